//! What is done to a path and leaves no file behind.

use core::ffi::c_int;

use linux_raw_sys::general as k;
use linux_raw_sys::ioctl::{FS_IOC_FSSETXATTR, FS_IOC_SETFLAGS};
use trackle_wire::record::NOT_PACKED;
use trackle_wire::{Kind, Record};

use crate::foreign::Name;
use crate::path;
use crate::session;
use crate::text::Text;
use crate::write;

/// Something is done at a path.
pub fn at(path: Name, what: &[u8]) {
    tell(Kind::Done, path.path(), -1, what);
}

/// A device is told something: the flags of a file are worth a record (chattr(1)).
pub fn control(fd: c_int, request: usize) {
    if [FS_IOC_SETFLAGS as usize, FS_IOC_FSSETXATTR as usize].contains(&request) {
        tell(Kind::Done, None, fd, b"flags");
    }
}

/// Tells of a path, or of what a descriptor stands for.
pub fn tell(kind: Kind, name: Option<&[u8]>, fd: c_int, what: &[u8]) {
    let Some(mut session) = session::now() else { return };
    let mut room = Text::new();
    let path = match name {
        Some(name) => path::absolute(&session, &mut room, k::AT_FDCWD, name),
        None => path::of_descriptor(fd, &mut room),
    };
    let Some(path) = path else { return };
    let head = Record { kind: kind as u16, pack: NOT_PACKED, ..Record::default() };
    write::record(&mut session, &mut Record { path: room.of(path), second: what, ..head });
}
