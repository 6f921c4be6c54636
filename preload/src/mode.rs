//! Mode, owner and times: twenty bytes that are kept without the content.

use core::ffi::c_int;

use linux_raw_sys::general as k;

use crate::foreign::Name;
use crate::hook;
use crate::keep::{self, METADATA, OF_LINK};

hook! {
    chmod(path: Name, mode: u32) -> c_int = -1;
        before { keep::before(k::AT_FDCWD, path.path(), METADATA) }
    lchmod(path: Name, mode: u32) -> c_int = -1;
        before { keep::before(k::AT_FDCWD, path.path(), OF_LINK) }
    fchmodat(dir: c_int, path: Name, mode: u32, flags: c_int) -> c_int = -1;
        before { keep::metadata_at(dir, path, flags) }
    fchmod(fd: c_int, mode: u32) -> c_int = -1;
        before { keep::descriptor(fd) }
    chown(path: Name, owner: u32, group: u32) -> c_int = -1;
        before { keep::before(k::AT_FDCWD, path.path(), METADATA) }
    lchown(path: Name, owner: u32, group: u32) -> c_int = -1;
        before { keep::before(k::AT_FDCWD, path.path(), OF_LINK) }
    fchownat(dir: c_int, path: Name, owner: u32, group: u32, flags: c_int) -> c_int = -1;
        before { keep::metadata_at(dir, path, flags) }
    fchown(fd: c_int, owner: u32, group: u32) -> c_int = -1;
        before { keep::descriptor(fd) }
}
