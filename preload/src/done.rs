//! What is done to a path and leaves no file behind.

use core::ffi::c_int;

use linux_raw_sys::general as k;
use linux_raw_sys::ioctl::{FS_IOC_FSSETXATTR, FS_IOC_SETFLAGS};
use trackle_wire::Kind;

use crate::foreign::Name;
use crate::path;
use crate::room::{Room, Span};
use crate::write;

/// Something is done at a path.
pub fn at(room: &mut Room, path: Name, what: &[u8]) {
    let path = path.path().and_then(|name| path::absolute(room, k::AT_FDCWD, name));
    tell(room, Kind::Done, path, what);
}

/// Whether what a device is told is for the flags of a file (chattr(1)).
pub fn is_setting(request: usize) -> bool {
    request == FS_IOC_SETFLAGS as usize || request == FS_IOC_FSSETXATTR as usize
}

/// The flags of a file are set.
pub fn flags(room: &mut Room, fd: c_int) {
    let path = path::of_descriptor(fd, room);
    tell(room, Kind::Done, path, b"flags");
}

/// Tells of a path.
pub fn tell(room: &Room, kind: Kind, path: Option<Span>, what: &[u8]) {
    if let Some(path) = path {
        write::record(room.session, &mut write::about(kind, room.of(path), what));
    }
}
