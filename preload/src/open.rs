//! Opening files for writing in other ways than by a path and flags.

use core::ffi::c_int;

use linux_raw_sys::general as k;

use crate::foreign::{self, Name};
use crate::hook::{self, Argument, Words, word};
use crate::keep::{self, CREATE, How, NAME, WRITE};
use crate::path;
use crate::room::Room;
use crate::sys;

/// How a mode of fopen(3) changes the file; nothing where it only reads.
pub fn change(mode: Name) -> Option<How> {
    let mode = mode.bytes()?;
    match mode.first() {
        Some(b'w' | b'a') => Some(CREATE),
        // behind a comma stands the name of a character set
        _ if mode.iter().take_while(|b| **b != b',').any(|b| *b == b'+') => Some(WRITE),
        _ => None,
    }
}

/// A stream is opened on a path, with a mode.
pub fn stream(room: &mut Room, words: &[usize]) {
    if let Some(how) = change(Name::of(word(words, 1))) {
        keep::before(room, (k::AT_FDCWD, Name::of(word(words, 0))), how);
    }
}

/// A stream is opened again, without a path the same file with another mode.
pub fn again(room: &mut Room, words: &[usize]) {
    if word(words, 0) != 0 {
        return stream(room, words);
    }
    let fileno = hook::next(Name::of_text(c"fileno"));
    if fileno != 0 {
        // it only looks
        let fd = hook::call(fileno, &Words::from([word(words, 2), 0, 0, 0, 0, 0]));
        of_descriptor(room, fd as c_int);
    }
}

/// What a descriptor stands for is opened for writing.
fn of_descriptor(room: &mut Room, fd: c_int) {
    if let Some(path) = path::of_descriptor(fd, room) {
        keep::of_path(room, path, WRITE);
    }
}

/// A file is opened by its handle: what that stands for is told by opening it to be looked at.
pub fn by_handle(room: &mut Room, dir: c_int, handle: usize) {
    if let Ok(fd) = sys::open_by_handle(dir, handle) {
        of_descriptor(room, fd.number());
    }
}

/// A socket gets a name, which may be one in the file system.
pub fn socket(room: &mut Room, address: usize, length: usize) {
    if let Some(path) = foreign::socket_path(address, length as u32) {
        keep::at(room, k::AT_FDCWD, path, NAME);
    }
}

/// Files that libc writes by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Who is logged in.
    Present,
    /// Who was.
    Past,
    /// Both.
    Logins,
    /// The lock of the list of users.
    Lock,
}

/// One of those is written.
pub fn known(room: &mut Room, which: Known) {
    let mut write = |path: &[u8], how| {
        room.cut(0);
        keep::at(room, k::AT_FDCWD, path, how);
    };
    if which == Known::Lock {
        return write(c"/etc/.pwd.lock".to_bytes(), CREATE);
    }
    if which != Known::Past {
        write(c"/var/run/utmp".to_bytes(), WRITE);
    }
    if which != Known::Present {
        write(c"/var/log/wtmp".to_bytes(), WRITE);
    }
}
