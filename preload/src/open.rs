//! Opening files for writing: from then on their content may change at any time, so the original is kept at this call, and
//! no write has to be looked at.

use core::ffi::{c_int, c_long};

use linux_raw_sys::general as k;

use crate::foreign::{Name, Stream};
use crate::hook;
use crate::keep::{self, CREATE, WRITE};

hook! {
    // The mode is a word of its own behind the flags; where it was not given, what stands there is passed on unread.
    open open64 __open __open64(path: Name, flags: c_int, mode: c_long) -> c_int = -1;
        before { opens(k::AT_FDCWD, path, flags) }
    openat openat64(dir: c_int, path: Name, flags: c_int, mode: c_long) -> c_int = -1;
        before { opens(dir, path, flags) }
    // what a fortified program calls where it gives no mode
    __open_2 __open64_2(path: Name, flags: c_int) -> c_int = -1;
        before { opens(k::AT_FDCWD, path, flags) }
    __openat_2 __openat64_2(dir: c_int, path: Name, flags: c_int) -> c_int = -1;
        before { opens(dir, path, flags) }
    creat creat64(path: Name, mode: c_int) -> c_int = -1;
        before { keep::before(k::AT_FDCWD, path.path(), CREATE) }
    fopen fopen64(path: Name, mode: Name) -> Stream = Stream::NONE;
        before { streams(path, mode) }
    freopen freopen64(path: Name, mode: Name, stream: Stream) -> Stream = Stream::NONE;
        before { streams(path, mode) }
    truncate truncate64(path: Name, length: i64) -> c_int = -1;
        before { keep::before(k::AT_FDCWD, path.path(), WRITE) }
}

/// A file is opened with these flags.
#[inline]
pub fn opens(dir: c_int, path: Name, flags: c_int) {
    const CHANGES: u32 = k::O_WRONLY | k::O_RDWR | k::O_CREAT | k::O_TRUNC;
    let flags = flags as u32;
    if flags & CHANGES != 0 && flags & k::O_PATH == 0 && flags & k::O_TMPFILE != k::O_TMPFILE {
        keep::before(dir, path.path(), if flags & k::O_CREAT != 0 { CREATE } else { WRITE });
    }
}

/// A stream is opened with this mode.
fn streams(path: Name, mode: Name) {
    let mode = mode.bytes().unwrap_or_default().split(|b| *b == b',').next().unwrap_or_default();
    if mode.iter().any(|b| b"wa".contains(b)) {
        keep::before(k::AT_FDCWD, path.path(), CREATE);
    } else if mode.contains(&b'+') {
        keep::before(k::AT_FDCWD, path.path(), WRITE);
    }
}
