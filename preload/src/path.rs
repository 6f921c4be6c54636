//! From what a program calls a file to the absolute path under which the file is recorded: every link on the way
//! resolved, so that one file has one path. Asking the kernel for that costs three calls, so a directory that turned out
//! to be no link itself and to lie below none is remembered in the shared page, until a directory is moved or removed.

use core::sync::atomic::Ordering::Relaxed;

use linux_raw_sys::general as k;
use trackle_wire::state;

use crate::act::Place;
use crate::own;
use crate::room::{PATH, Room, Span, digits};
use crate::root;
use crate::seen::{self, Aspect};
use crate::sys;

/// The same as [`absolute`] of what a call names.
#[inline(never)]
pub fn of(room: &mut Room, (dir, name): Place) -> Option<Span> {
    absolute(room, dir, name.path()?)
}

/// Puts the absolute path of a name into the room, its directory resolved; its last part is as it was given. Nothing when
/// the kernel would not find it either.
pub fn absolute(room: &mut Room, dir: i32, name: &[u8]) -> Option<Span> {
    if name.is_empty() {
        return None;
    }
    below(room, dir, name, b"")
}

/// The same of a name below the one of a directory; the working directory has an empty one.
#[inline(never)]
pub fn below(room: &mut Room, dir: i32, above: &[u8], name: &[u8]) -> Option<Span> {
    let start = room.len();
    if let [b'/', ..] = above {
        room.push(root::prefix());
    } else {
        directory(dir, room)?;
    }
    tidy(room, above);
    tidy(room, name);
    if room.len() == start {
        room.slash();
    }
    let path = room.end_path(start)?;
    if let [.., b'/', b'.', b'.'] = room.of(path) {
        return real(room, path);
    }
    straight(room, path)
}

/// Where the path at the end of the room leads, all links followed.
pub fn real(room: &mut Room, path: Span) -> Option<Span> {
    let start = path.start();
    let real = resolve(room, start, path.end())?;
    room.move_down(start, real.start())
}

/// The same path with its directory resolved. It is the last in the room.
fn straight(room: &mut Room, path: Span) -> Option<Span> {
    let start = path.start();
    let slash = start + room.of(path).iter().rposition(|b| *b == b'/')?;
    if slash == start {
        return Some(path);
    }
    let session = room.session;
    let known = straight_key(room, Span::of(start, slash)?);
    if seen::is_known(session, known) {
        return Some(path);
    }
    let tail = room.len();
    let real = match behind_first(room, start, slash) {
        None => resolve(room, start, slash)?,
        Some(known) => known,
    };
    seen::remember(session, straight_key(room, real));
    if room.of(real) == room.between(start, slash) {
        room.cut(tail);
        return Some(path);
    }
    let root = room.of(real) == b"/";
    room.cut(if root { real.start() } else { real.end() });
    room.push_again(slash, path.end());
    room.push(b"\0");
    room.move_down(start, real.start())
}

/// What is remembered of a directory that no link leads to.
#[inline(never)]
fn straight_key(room: &Room, path: Span) -> u64 {
    seen::key(room, path, Aspect::Straight(moves(room)))
}

fn moves(room: &Room) -> u64 {
    room.session.word(state::word::MOVES).load(Relaxed)
}

/// Where a path leads whose first part is a link, as /bin is one to usr/bin, if what is there is known to be straight. The
/// kernel is asked for the link alone: to be told a whole path by it takes a process that has just begun 15 µs.
fn behind_first(room: &mut Room, start: usize, end: usize) -> Option<Span> {
    // longer ones are none of those that everybody uses, and would need room
    const LONGEST: usize = 255;
    if end - start > LONGEST {
        return None;
    }
    let path = room.between(start, end);
    let first = start + 1 + path.get(1..)?.iter().position(|b| *b == b'/').unwrap_or(path.len() - 1);
    let link = room.again(start, first)?;
    let real = room.len();
    room.slash();
    room.link(link).ok()?;
    room.push_again(first, end);
    let real = room.end_path(real)?;
    seen::is_known(room.session, straight_key(room, real)).then_some(real)
}

/// Puts the parts of a name behind a path that has no slash at its end; "//" and "/./" are left out, as the kernel does.
#[inline(never)]
fn tidy(room: &mut Room, name: &[u8]) {
    for part in name.split(|b| *b == b'/').filter(|part| !matches!(part, [] | [b'.'])) {
        room.slash();
        room.push(part);
    }
}

/// Puts down the path of the directory that relative names begin at, without a slash at its end.
fn directory(dir: i32, room: &mut Room) -> Option<()> {
    let start = room.len();
    if dir != k::AT_FDCWD {
        of_directory(dir, room)?;
    } else {
        room.push(root::prefix());
        let below = room.len();
        let got = sys::getcwd(room.space(PATH));
        room.wrote(got).ok()?;
        room.cut(room.len() - 1);
        // "(unreachable)…": outside of the process's root
        let [b'/', ..] = room.from(below) else { return None };
    }
    if let [.., b'/'] = room.from(start) {
        room.cut(room.len() - 1);
    }
    Some(())
}

/// Puts down the path of an open directory, which is asked for once: until one is moved, it stays where it is.
fn of_directory(dir: i32, room: &mut Room) -> Option<()> {
    let stat = sys::fstat(dir).ok()?;
    let memo = own::get()?.known.get(stat.ino as usize % 2)?;
    // never 0, which is that of an empty one
    let tag = seen::file(stat.dev, stat.ino) ^ moves(room) << 32;
    let start = room.len();
    if memo.get(tag, room).is_none() {
        at_descriptor(dir, room)?;
        memo.set(tag, room.from(start));
    }
    Some(())
}

/// Puts down the path of an open file, as the kernel knows it; nothing for what has no name (any more).
pub fn of_descriptor(fd: i32, room: &mut Room) -> Option<Span> {
    let start = room.len();
    at_descriptor(fd, room)?;
    room.end_path(start)
}

fn at_descriptor(fd: i32, room: &mut Room) -> Option<()> {
    let start = room.len();
    room.push(FDS);
    room.push(digits(u32::try_from(fd).ok()?, &mut [0; 16]));
    let link = room.end_path(start)?;
    room.push(root::prefix());
    let below = room.len();
    room.link(link).ok()?;
    let path = room.from(below);
    if !matches!(path, [b'/', ..]) || path.ends_with(b" (deleted)") {
        return None;
    }
    room.move_down(start, link.end() + 1);
    if let [_, .., b'/'] = room.from(start) {
        // the root itself, where that lies below another
        room.cut(room.len() - 1);
    }
    Some(())
}

const FDS: &[u8] = b"/proc/self/fd/";

/// Puts down where a path leads, all links followed.
fn resolve(room: &mut Room, start: usize, end: usize) -> Option<Span> {
    let tail = room.len();
    let path = room.again(start, end)?;
    let fd = sys::open(k::AT_FDCWD, room.name(path), k::O_PATH, 0);
    room.cut(tail);
    of_descriptor(fd.ok()?.number(), room)
}

/// Where a link at the end of the room leads: the path of what is there, or where a file would be made. `None` also where it
/// leads to something without a name, such as a pipe.
pub fn followed(room: &mut Room, link: Span) -> Option<Span> {
    let (start, mut path) = (link.start(), link);
    for _ in 0..8 {
        if let Some(real) = resolve(room, start, path.end()) {
            return room.move_down(start, real.start());
        }
        // it dangles: a file is made where it points
        let tail = path.end() + 1;
        room.cut(tail);
        room.link(path).ok()?;
        let (from, to) = (tail, room.len());
        if let [b'/', ..] = room.from(tail) {
            room.push(root::prefix());
        } else {
            let slash = room.of(path).iter().rposition(|b| *b == b'/')?;
            room.push_again(start, start + slash);
            room.slash();
        }
        room.push_again(from, to);
        room.push(b"\0");
        let moved = room.move_down(start, to)?;
        path = straight(room, moved)?;
        if !sys::stat(room.name(path), sys::ITSELF).is_ok_and(|s| s.kind() == k::S_IFLNK) {
            return Some(path);
        }
    }
    None
}
