//! From what a program calls a file to the absolute path under which the file is recorded: every link on the way
//! resolved, so that one file has one path. Asking the kernel for that costs three calls, so a directory that turned out
//! to be no link itself and to lie below none is remembered in the shared page, until a directory is moved or removed.

use core::sync::atomic::Ordering::Relaxed;

use linux_raw_sys::general as k;
use trackle_wire::state;

use crate::memo::Memo;
use crate::root;
use crate::seen::{self, Aspect};
use crate::session::Session;
use crate::sys;
use crate::text::{PATH, Span, Text, digits};

/// Puts the absolute path of a name into the room, its directory resolved; its last part is as it was given. Nothing when
/// the kernel would not find it either.
pub fn absolute(session: &Session, room: &mut Text, dir: i32, name: &[u8]) -> Option<Span> {
    let start = room.len();
    if name.is_empty() {
        return None;
    }
    if name.first() == Some(&b'/') {
        room.push(root::prefix())?;
    } else {
        directory(session, dir, room)?;
    }
    tidy(room, start, name)?;
    let path = room.end_path(start)?;
    if room.of(path).ends_with(b"/..") {
        return real(room, path);
    }
    straight(session, room, path)
}

/// The same for a name that is the last in the room.
pub fn again(session: &Session, room: &mut Text, name: Span) -> Option<Span> {
    let start = name.start();
    let tail = room.len();
    if room.of(name).first() == Some(&b'/') {
        room.push(root::prefix())?;
    } else {
        directory(session, k::AT_FDCWD, room)?;
        room.push(b"/")?;
    }
    room.push_again(start, name.end())?;
    room.push(b"\0")?;
    room.move_down(start, tail);
    let path = room.end_moved(start)?;
    straight(session, room, path)
}

/// Where the path at the end of the room leads, all links followed.
pub fn real(room: &mut Text, path: Span) -> Option<Span> {
    let start = path.start();
    let real = resolve(room, start, path.end())?;
    room.move_down(start, real.start());
    room.end_moved(start)
}

/// The same path with its directory resolved. It is the last in the room.
fn straight(session: &Session, room: &mut Text, path: Span) -> Option<Span> {
    let start = path.start();
    let slash = start + room.of(path).iter().rposition(|b| *b == b'/')?;
    if slash == start {
        return Some(path);
    }
    let moves = session.word(state::word::MOVES).load(Relaxed);
    let known = seen::key(session, room.between(start, slash), Aspect::Straight(moves));
    if seen::is_known(session, known) {
        return Some(path);
    }
    let tail = room.len();
    let real = match behind_first(session, room, start, slash) {
        None => {
            room.cut(tail);
            resolve(room, start, slash)?
        }
        Some(known) => known,
    };
    if room.of(real) == room.between(start, slash) {
        room.cut(tail);
        seen::remember(session, known);
        return Some(path);
    }
    seen::remember(session, seen::key(session, room.of(real), Aspect::Straight(moves)));
    let root = room.of(real) == b"/";
    room.cut(if root { real.start() } else { real.end() });
    room.push_again(slash, path.end())?;
    room.push(b"\0")?;
    room.move_down(start, real.start());
    room.end_moved(start)
}

/// Where a path leads whose first part is a link, as /bin is one to usr/bin, if what is there is known to be straight. The
/// kernel is asked for the link alone: to be told a whole path by it takes a process that has just begun 15 µs.
fn behind_first(session: &Session, room: &mut Text, start: usize, end: usize) -> Option<Span> {
    let path = room.between(start, end);
    let first = start + 1 + path.get(1..)?.iter().position(|b| *b == b'/').unwrap_or(path.len() - 1);
    let tail = room.len();
    room.push_again(start, first)?;
    let link = room.end_path(tail)?;
    let name = room.name(link);
    let real = room.len();
    room.push(b"/")?;
    room.fill(PATH, |to| sys::readlink(k::AT_FDCWD, name, to)).ok()?;
    room.push_again(first, end)?;
    let moves = session.word(state::word::MOVES).load(Relaxed);
    let known = seen::key(session, room.from(real), Aspect::Straight(moves));
    seen::is_known(session, known).then_some(())?;
    room.end_path(real)
}

/// Puts the parts of a name behind a path that has no slash at its end; "//" and "/./" are left out, as the kernel does.
fn tidy(room: &mut Text, start: usize, name: &[u8]) -> Option<()> {
    for part in name.split(|b| *b == b'/').filter(|part| !part.is_empty() && *part != b".") {
        room.push(b"/")?;
        room.push(part)?;
    }
    if room.len() == start { room.push(b"/") } else { Some(()) }
}

/// Puts down the path of the directory that relative names begin at, without a slash at its end.
fn directory(session: &Session, dir: i32, room: &mut Text) -> Option<()> {
    let start = room.len();
    if dir != k::AT_FDCWD {
        of_directory(session, dir, room)?;
    } else {
        room.push(root::prefix())?;
        let below = room.len();
        room.fill(PATH, sys::getcwd).ok()?;
        room.cut(room.len() - 1);
        // "(unreachable)…": outside of the process's root
        room.from(below).starts_with(b"/").then_some(())?;
    }
    if room.from(start).ends_with(b"/") {
        room.cut(room.len() - 1);
    }
    Some(())
}

/// Puts down the path of an open directory, which is asked for once: until one is moved, it stays where it is.
fn of_directory(session: &Session, dir: i32, room: &mut Text) -> Option<()> {
    static KNOWN: [Memo; 2] = [const { Memo::new() }; 2];
    let stat = sys::fstat(dir).ok()?;
    let memo = KNOWN.get(stat.st_ino as usize % KNOWN.len())?;
    let tag = [stat.st_dev, stat.st_ino, session.word(state::word::MOVES).load(Relaxed) + 1];
    let start = room.len();
    if memo.get(tag, room).is_none() {
        at_descriptor(dir, room)?;
        memo.set(tag, room.from(start));
    }
    Some(())
}

/// Puts down the path of an open file, as the kernel knows it; nothing for what has no name (any more).
pub fn of_descriptor(fd: i32, room: &mut Text) -> Option<Span> {
    let start = room.len();
    at_descriptor(fd, room)?;
    room.end_path(start)
}

fn at_descriptor(fd: i32, room: &mut Text) -> Option<()> {
    let start = room.len();
    let mut number = [0; 24];
    let number = digits(u64::try_from(fd).ok()?, &mut number);
    room.push(FDS)?;
    room.push(number)?;
    let link = room.end_path(start)?;
    room.push(root::prefix())?;
    let below = room.len();
    let name = room.name(link);
    room.fill(PATH, |to| sys::readlink(k::AT_FDCWD, name, to)).ok()?;
    let path = room.from(below);
    if !path.starts_with(b"/") || path.ends_with(b" (deleted)") {
        return None;
    }
    room.move_down(start, link.end() + 1);
    if room.len() - start > 1 && room.from(start).ends_with(b"/") {
        // the root itself, where that lies below another
        room.cut(room.len() - 1);
    }
    Some(())
}

const FDS: &[u8] = b"/proc/self/fd/";

/// Puts down where a path leads, all links followed.
fn resolve(room: &mut Text, start: usize, end: usize) -> Option<Span> {
    let tail = room.len();
    room.push_again(start, end)?;
    let path = room.end_path(tail)?;
    let fd = sys::open(k::AT_FDCWD, room.name(path), k::O_PATH, 0);
    room.cut(tail);
    of_descriptor(fd.ok()?.number(), room)
}

/// Where a link at the end of the room leads: the path of what is there, or where a file would be made. `None` also where it
/// leads to something without a name, such as a pipe.
pub fn followed(session: &Session, room: &mut Text, link: Span) -> Option<Span> {
    let (start, mut path) = (link.start(), link);
    for _ in 0..8 {
        if let Some(real) = resolve(room, start, path.end()) {
            room.move_down(start, real.start());
            return room.end_moved(start);
        }
        // it dangles: a file is made where it points
        let tail = path.end() + 1;
        room.cut(tail);
        let name = room.name(path);
        room.fill(PATH, |to| sys::readlink(k::AT_FDCWD, name, to)).ok()?;
        let (from, to) = (tail, room.len());
        if room.from(tail).first() == Some(&b'/') {
            room.push(root::prefix())?;
        } else {
            let slash = room.of(path).iter().rposition(|b| *b == b'/')?;
            room.push_again(start, start + slash)?;
            room.push(b"/")?;
        }
        room.push_again(from, to)?;
        room.push(b"\0")?;
        room.move_down(start, to);
        path = straight(session, room, room.end_moved(start)?)?;
        if !sys::stat(room.name(path), sys::ITSELF).is_ok_and(|s| s.st_mode & k::S_IFMT == k::S_IFLNK) {
            return Some(path);
        }
    }
    None
}
