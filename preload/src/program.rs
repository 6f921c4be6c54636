//! What is told of a program that is started: which, with what arguments, where, and whether anything of it will be seen.
//! Static programs load no library, privileged ones only an installed one, and others not one of another machine.

use core::ffi::c_int;

use linux_raw_sys::general as k;
use trackle_wire::record::flag;
use trackle_wire::state::flag as page;
use trackle_wire::{Kind, Record};

use crate::filter;
use crate::foreign::{self, List, Name};
use crate::path;
use crate::room::{PATH, Room, Span};
use crate::seen::{self, Aspect};
use crate::session::{self, Session};
use crate::start;
use crate::sys::{self, Stat};
use crate::write;

/// How a program is found.
#[derive(Clone, Copy)]
pub struct Found {
    /// Where relative names begin; if the name is empty, the program itself.
    pub dir: c_int,
    pub name: Name,
    /// In one of the directories of PATH.
    pub in_path: bool,
}

/// What a second witness sees of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Second {
    /// Everything: a filter lies over the whole session, or has been put around this program.
    All,
    /// A filter could be put around it.
    Asked,
    Nothing,
}

/// How a process becomes a program.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By libc, which another preloaded library may have its say in.
    Libc,
    /// By a call of ours that the filter lets pass, since it has been told already.
    Direct,
}

/// A program is to be started in a process of its own.
pub fn starts(found: Found, argv: List) {
    if let Some(session) = wanted()
        // the supervisor of a filter over the session tells, since it knows the new process
        && session.flags() & page::FILTER == 0
    {
        tell(session, found, argv, Second::Nothing);
    }
}

/// This process is to become a program.
pub fn becomes(found: Found, argv: List) -> Way {
    let Some(session) = wanted() else { return Way::Libc };
    let way = if filter::may_go(found) { Way::Direct } else { Way::Libc };
    if session.flags() & page::FILTER != 0 {
        if way == Way::Direct {
            tell(session, found, argv, Second::All);
        }
        return way;
    }
    let second = if session.flags() & page::WITNESS != 0 { Second::Asked } else { Second::Nothing };
    if tell(session, found, argv, second) {
        return Way::Libc;
    }
    if !filter::put_on(session) {
        tell(session, found, argv, Second::Nothing);
        return Way::Libc;
    }
    if way == Way::Direct {
        tell(session, found, argv, Second::All);
    }
    way
}

fn wanted() -> Option<Session> {
    session::now().filter(|s| s.flags() & page::PROGRAMS != 0)
}

/// Writes the record; or not, where a filter is to be put on first.
#[inline(never)]
fn tell(session: Session, found: Found, argv: List, second: Second) -> bool {
    told(&mut Room::new(session), found, argv, second)
}

#[inline(never)]
fn told(room: &mut Room, found: Found, argv: List, second: Second) -> bool {
    let Some(path) = find(room, found) else { return true };
    let Some(mut flags) = manner(room, path) else { return true };
    if flags & flag::UNSEEN != 0 {
        match second {
            Second::All => flags &= !flag::UNSEEN,
            Second::Asked if flags & flag::PRIVILEGED == 0 => return false,
            _ => {}
        }
    }
    let arguments = room.len();
    for argument in argv.names() {
        // the directory is to have room as well; who has more arguments is recorded with the first of them
        if room.left() < 512 + argument.len() {
            break;
        }
        room.push(argument);
        room.push(b"\0");
    }
    let directory = room.len();
    let got = sys::getcwd(room.space(PATH));
    if let Ok(length @ 1..) = room.wrote(got) {
        room.cut(directory + length - 1);
    }
    let second = room.between(arguments, directory);
    let extra = room.from(directory);
    write::record(
        room.session,
        &mut Record { flags, extra, ..write::about(Kind::Started, room.of(path), second) },
    );
    true
}

// the search for a byte in long texts is longer itself than this
#[allow(clippy::manual_contains)]
fn has_slash(name: &[u8]) -> bool {
    name.iter().any(|b| *b == b'/')
}

fn find(room: &mut Room, found: Found) -> Option<Span> {
    match found.name.path()? {
        b"" => path::of_descriptor(found.dir, room),
        name if found.in_path && !has_slash(name) => in_path(room, name),
        name => path::absolute(room, found.dir, name),
    }
}

/// The first file of this name in the directories of PATH that may be run.
fn in_path(room: &mut Room, name: &[u8]) -> Option<Span> {
    let path =
        foreign::current().names().find_map(|v| start::value_of(v, "PATH")).unwrap_or(b"/bin:/usr/bin");
    path.split(|b| *b == b':').find_map(|directory| {
        room.cut(0);
        path::below(room, k::AT_FDCWD, directory, name).filter(|path| runs(room, *path).is_some())
    })
}

/// What a file is that may be run.
#[inline(never)]
fn runs(room: &Room, path: Span) -> Option<Stat> {
    let stat = sys::stat(room.name(path), sys::BEHIND).ok()?;
    (stat.kind() == k::S_IFREG && stat.mode & 0o111 != 0).then_some(stat)
}

/// Whether what the program does is seen: flags of its record. Nothing for what cannot be started: shells try one directory
/// after the other.
fn manner(room: &mut Room, path: Span) -> Option<u16> {
    let stat = runs(room, path)?;
    let stamp = stat.ino ^ stat.mtime ^ stat.size.rotate_left(40);
    let (session, key) = (room.session, seen::key(room, path, Aspect::Program(stamp)));
    if seen::is_known(session, key) {
        return Some(0);
    }
    let flags = privileged(room.name(path), &stat) | loads(room, path, 1);
    if flags == 0 {
        seen::remember(session, key);
    }
    Some(flags)
}

/// A program that gets more rights than its user loads nothing from a place of his.
fn privileged(name: Name, stat: &Stat) -> u16 {
    let installed = start::get().is_none_or(|start| !has_slash(start.entry()));
    let set_user = stat.mode & k::S_ISUID != 0 && stat.uid != sys::euid();
    let set_group = stat.mode & k::S_ISGID != 0 && stat.mode & 0o010 != 0 && stat.gid != sys::egid();
    let capable =
        || sys::euid() != 0 && sys::attribute(name, Name::of_text(c"security.capability"), &mut []).is_ok();
    if !installed && (set_user || set_group || capable()) { flag::UNSEEN | flag::PRIVILEGED } else { 0 }
}

/// Looks into the file: whether it has a loader that takes our library.
fn loads(room: &mut Room, path: Span, scripts: u8) -> u16 {
    const READ: usize = 2048;
    let Ok(file) = sys::open(k::AT_FDCWD, room.name(path), k::O_RDONLY | k::O_NONBLOCK, 0) else { return 0 };
    let start = room.len();
    let got = sys::pread(file.number(), room.space(READ), 0);
    if room.wrote(got).is_err() {
        return 0;
    }
    let bytes = room.from(start);
    if let [b'#', b'!', rest @ ..] = bytes {
        // the kernel starts the program that the first line names
        let blank = |b: &&u8| matches!(b, b' ' | b'\t');
        let blanks = rest.iter().take_while(blank).count();
        let length = rest.iter().skip(blanks).take_while(|b| !blank(b) && **b != b'\n').count();
        let from = start + 2 + blanks;
        let inner = room.again(from, from + length);
        let flags = inner.filter(|_| scripts > 0).map_or(0, |inner| loads(room, inner, scripts - 1));
        room.cut(start);
        return flags;
    }
    let loader = room.of(path).rsplit(|b| *b == b'/').next().is_some_and(|name| name.starts_with(b"ld-"));
    let flags = if loader { 0 } else { elf(bytes) };
    room.cut(start);
    flags
}

/// What the head of an ELF file says (elf(5)). What is no such file is left to the kernel.
#[inline(never)]
fn elf(bytes: &[u8]) -> u16 {
    const MACHINE: u16 = if cfg!(target_arch = "x86_64") { 62 } else { 183 };
    const INTERPRETER: u32 = 3;
    if bytes.first_chunk() != Some(b"\x7fELF") {
        return 0;
    }
    let half =
        |at: usize| bytes.get(at..at + 2).and_then(|b| b.try_into().ok()).map_or(0, u16::from_le_bytes);
    let word =
        |at: usize| bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes);
    if bytes.get(4) != Some(&2) || half(18) != MACHINE {
        return flag::UNSEEN;
    }
    let (table, size, count) = (word(32) as usize, usize::from(half(54)), usize::from(half(56)));
    let dynamic = (0..count.min(64)).any(|n| word(table.saturating_add(n * size)) == INTERPRETER);
    if !dynamic {
        return flag::STATIC | flag::UNSEEN;
    }
    // programs made by Go make their system calls themselves, also where they are linked dynamically
    if bytes.windows(4).any(|part| part == b"Go\0\0") { flag::UNSEEN } else { 0 }
}
