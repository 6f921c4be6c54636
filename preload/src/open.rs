//! Opening files for writing, in all the ways there are.

use core::ffi::c_int;
use core::sync::atomic::AtomicUsize;

use linux_raw_sys::general as k;

use crate::call;
use crate::foreign::{self, Name, Stream};
use crate::keep::{self, CREATE, NAME, WRITE};
use crate::path;
use crate::session;
use crate::sys;
use crate::text::Text;

/// A file is opened with these flags; tells whether its descriptor is to be looked at.
#[inline]
pub fn opens(dir: c_int, path: Name, flags: c_int) -> bool {
    const CHANGES: u32 = k::O_WRONLY | k::O_RDWR | k::O_CREAT | k::O_TRUNC;
    let flags = flags as u32;
    let changes = flags & CHANGES != 0 && flags & k::O_PATH == 0 && flags & k::O_TMPFILE != k::O_TMPFILE;
    changes && keep::makes(dir, path.path(), if flags & k::O_CREAT != 0 { CREATE } else { WRITE })
}

/// The same where the descriptor is not at hand.
pub fn told(dir: c_int, path: Name, flags: c_int) {
    opens(dir, path, flags);
}

/// How a mode of fopen(3) changes the file; nothing where it only reads.
fn change(mode: Name) -> Option<keep::How> {
    // behind a comma stands the name of a character set
    let mode = mode.bytes()?.split(|b| *b == b',').next()?;
    match mode.first() {
        Some(b'w' | b'a') => Some(CREATE),
        _ if mode.contains(&b'+') => Some(WRITE),
        _ => None,
    }
}

/// A stream is opened with this mode.
pub fn streams(path: Name, mode: Name) {
    if let Some(how) = change(mode) {
        keep::before(k::AT_FDCWD, path.path(), how);
    }
}

/// A stream is opened again, without a path the same file with another mode.
pub fn again(path: Name, mode: Name, stream: Stream) {
    match path.path() {
        Some(_) => streams(path, mode),
        None if change(mode).is_some() => of_descriptor(number(stream)),
        None => {}
    }
}

/// The descriptor of a stream.
fn number(stream: Stream) -> c_int {
    static REAL: AtomicUsize = AtomicUsize::new(0);
    call::real(&REAL, c"fileno").map_or(-1, |real| call::fileno(real, stream))
}

/// What a descriptor stands for is opened for writing.
fn of_descriptor(fd: c_int) {
    let Some(mut session) = session::now() else { return };
    let mut room = Text::new();
    if let Some(path) = path::of_descriptor(fd, &mut room) {
        keep::of_path(&mut session, &mut room, path, WRITE);
    }
}

/// A file is opened by its handle: what that stands for is told by opening it to be looked at.
pub fn by_handle(dir: c_int, handle: usize, flags: c_int) {
    if flags as u32 & (k::O_WRONLY | k::O_RDWR | k::O_TRUNC) == 0 || session::now().is_none() {
        return;
    }
    if let Ok(fd) = sys::open_by_handle(dir, handle) {
        of_descriptor(fd.number());
    }
}

/// A socket gets a name, which may be one in the file system.
pub fn socket(address: usize, length: u32) {
    if let Some(path) = foreign::socket_path(address, length) {
        keep::before(k::AT_FDCWD, Some(path), NAME);
    }
}

/// Both files of who is logged in.
pub fn logins() {
    for path in [c"/var/run/utmp", c"/var/log/wtmp"] {
        keep::before(k::AT_FDCWD, Some(path.to_bytes()), WRITE);
    }
}
