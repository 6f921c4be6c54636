//! What a function or a system call does to which file: in comes its row and its arguments, and what it is about to change
//! is kept. The rows of system calls are those by which the second witness looks at them ([`trackle_wire::calls`]).

use core::ffi::c_int;

use linux_raw_sys::general as k;
use trackle_wire::calls::{Act, Follow, Made, Name as Which};

use crate::done;
use crate::foreign::Name;
use crate::hook::{Argument, word};
use crate::keep::{self, CREATE, GONE, NAME, WRITE, What};
use crate::moved;
use crate::open::{self, Known};
use crate::room::Room;
use crate::root;
use crate::session;

/// What is looked at before a function is called.
#[derive(Clone, Copy)]
pub enum Does {
    /// It is as this system call.
    Call(Act),
    /// The same, and it gives a descriptor of the file.
    Opens(Act),
    /// It opens a stream on a path, with a mode.
    Stream,
    /// It opens a stream again, as that and the stream itself say.
    Again,
    /// It writes one of libc's own files.
    Writes(Known),
    /// It tells a device something.
    Control,
    /// It uses a file for memory, or (false) does no more.
    Swap(bool),
    /// It makes a directory the root.
    Root,
    /// It is a system call by its number.
    ByNumber,
}

/// A file that is named by some arguments: a directory's descriptor and a name, or no name and its own descriptor.
pub type Place = (c_int, Name);

#[inline(never)]
fn place(words: &[usize], which: Which) -> Place {
    match which {
        Which::Path(at) => (k::AT_FDCWD, Name::of(word(words, at))),
        Which::At(at) => (word(words, at) as c_int, Name::of(word(words, at + 1))),
        Which::Open(at) => (word(words, at) as c_int, Name::NONE),
    }
}

/// Looks at a call; tells whether the descriptor that it gives is to be looked at.
#[inline(never)]
pub fn before(does: &Does, words: &[usize]) -> bool {
    // most calls only read
    let changes = match does {
        Does::Call(act) | Does::Opens(act) => writes(act, words),
        Does::Stream | Does::Again => open::change(Name::of(word(words, 1))).is_some(),
        Does::Control => done::is_setting(word(words, 1)),
        _ => true,
    };
    changes && keeps(does, words)
}

/// Whether an opening call is to change anything; others are.
fn writes(act: &Act, words: &[usize]) -> bool {
    const CHANGES: u32 = k::O_WRONLY | k::O_RDWR | k::O_CREAT | k::O_TRUNC;
    if !matches!(act, Act::Open(..) | Act::OpenHow(..) | Act::OpenHandle(_)) {
        return true;
    }
    let flags = flags(act, words);
    flags & CHANGES != 0 && flags & k::O_PATH == 0 && flags & k::O_TMPFILE != k::O_TMPFILE
}

/// The flags of an opening call.
#[inline(never)]
fn flags(act: &Act, words: &[usize]) -> u32 {
    match *act {
        Act::Open(_, at) | Act::OpenHandle(at) => word(words, at) as u32,
        Act::OpenHow(_, at) => Name::of(word(words, at)).first_word() as u32,
        _ => 0,
    }
}

fn keeps(does: &Does, words: &[usize]) -> bool {
    let Some(session) = session::now() else { return false };
    let room = &mut Room::new(session);
    let path = Name::of(word(words, 0));
    match *does {
        Does::Opens(ref act) => return call(room, act, words) == Some(What::Nothing) && keep::asks(),
        Does::Call(ref act) => {
            call(room, act, words);
        }
        Does::Stream => open::stream(room, words),
        Does::Again => open::again(room, words),
        Does::Writes(known) => open::known(room, known),
        Does::Control => done::flags(room, word(words, 0) as c_int),
        Does::Swap(on) => done::at(room, path, if on { b"swap on" } else { b"swap off" }),
        Does::Root => root::changes(room, path),
        Does::ByNumber => {}
    }
    false
}

/// Keeps what a system call is about to change; gives what there was.
fn call(room: &mut Room, act: &Act, words: &[usize]) -> Option<What> {
    let at = match act {
        Act::Open(which, _)
        | Act::OpenHow(which, _)
        | Act::Create(which)
        | Act::Truncate(which)
        | Act::Make(which, _)
        | Act::Remove(which)
        | Act::Rename(which, ..)
        | Act::Link(which, ..)
        | Act::Metadata(which, _)
        | Act::Exec(which, _)
        | Act::Mount(which, _) => place(words, *which),
        Act::OpenHandle(_) | Act::Bind(_) | Act::Refused => (0, Name::NONE),
    };
    let how = match *act {
        Act::Open(..) | Act::OpenHow(..) if flags(act, words) & k::O_CREAT == 0 => WRITE,
        Act::Open(..) | Act::OpenHow(..) | Act::Create(_) => CREATE,
        Act::Truncate(_) => WRITE,
        Act::Remove(_) => GONE,
        Act::Make(_, Made::Other) => NAME,
        Act::Metadata(_, follow) => {
            keep::metadata(room, at, follow_flags(words, follow));
            return None;
        }
        _ => {
            others(room, act, at, words);
            return None;
        }
    };
    keep::before(room, at, how)
}

fn others(room: &mut Room, act: &Act, at: Place, words: &[usize]) {
    match *act {
        Act::OpenHandle(_) => open::by_handle(room, word(words, 0) as c_int, word(words, 1)),
        Act::Make(_, Made::Directory) => {
            keep::is_made(room, at, What::Directory);
        }
        Act::Make(..) => moved::linked(room, at),
        Act::Rename(_, to, flags) => {
            let flags = flags.map_or(0, |at| word(words, at));
            moved::rename(room, at, place(words, to), flags as u32);
        }
        Act::Link(_, to, follow) => {
            moved::link(room, at, place(words, to), follow_flags(words, follow));
        }
        Act::Bind(at) => open::socket(room, word(words, at), word(words, at + 1)),
        Act::Mount(_, on) => done::at(room, at.1, if on { b"mount" } else { b"unmount" }),
        _ => {}
    }
}

/// The flags of a call that say whether a link is followed.
fn follow_flags(words: &[usize], follow: Follow) -> u32 {
    match follow {
        Follow::Yes => 0,
        Follow::No => k::AT_SYMLINK_NOFOLLOW,
        Follow::Flags(at) => word(words, at) as u32,
    }
}
