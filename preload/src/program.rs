//! What is told of a program that is started: which, with what arguments, where, and whether anything of it will be seen.
//! Where the library would see nothing of it and the program is about to take this one's place, the second witness's filter
//! is put on first ([`crate::filter`]).

use core::ffi::c_int;

use linux_raw_sys::general as k;
use trackle_wire::elf::{self, Loading};
use trackle_wire::record::{NOT_PACKED, flag};
use trackle_wire::state::flag as page;
use trackle_wire::{Kind, Record};

use crate::environment;
use crate::filter;
use crate::foreign::{List, Name};
use crate::path;
use crate::session::{self, Session};
use crate::sys::{self, Fd, Stat};
use crate::text::{PATH, Span, Text};
use crate::write;

/// How a program is named.
#[derive(Clone, Copy)]
pub enum Named {
    /// By a path, seen from this directory; an empty one is the descriptor itself.
    At(c_int, Name),
    /// By a name that is looked for in PATH, unless it has a slash.
    Searched(Name),
}

/// What the library will see of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sight {
    /// Everything; or it is not known better.
    All,
    /// Nothing: it loads no library, or makes its own calls.
    None { is_static: bool },
    /// Nothing: it gets rights by being started, and the library is not where such programs take it from.
    Privileged,
}

/// What the second witness sees of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Second {
    /// A filter lies over the whole session.
    All,
    /// One has been put around this program.
    This,
    /// One could be put around it.
    Asked,
    Nothing,
}

/// A program is to be started by libc, from a process of its own.
pub fn starts(named: Named, argv: List) {
    let Some(session) = wanted() else { return };
    if session.flags & page::FILTER == 0 {
        // under a filter over the session its supervisor tells, and knows the new process
        tell(session, named, argv, Second::Nothing);
    }
}

/// This process is to become a program. Gives whether it can do so by [`goes`].
pub fn becomes(named: Named, argv: List) -> Way {
    let Some(session) = wanted() else { return Way::Libc };
    let way = if matches!(named, Named::At(..)) && environment::is_alone() { Way::Direct } else { Way::Libc };
    // what goes through libc is told by the supervisor, which hears of it
    let told = |second| {
        if way == Way::Direct {
            tell(session, named, argv, second);
        }
        way
    };
    if session.flags & page::FILTER != 0 {
        return told(Second::All);
    }
    let second = if session.flags & page::WITNESS != 0 { Second::Asked } else { Second::Nothing };
    if tell(session, named, argv, second) == Told::AsksForFilter {
        if filter::put_on() {
            return told(Second::This);
        }
        tell(session, named, argv, Second::Nothing);
    }
    Way::Libc
}

/// How a process becomes a program that was told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By libc, which another preloaded library may have its say in.
    Libc,
    /// By a call of ours that the filter lets pass, so that nobody tells of it once more.
    Direct,
}

/// Becomes the program, if that is the way. Comes back when it fails, so that libc says why.
pub fn goes(way: Way, dir: c_int, path: Name, lists: [List; 2], flags: c_int) {
    if way == Way::Direct {
        let [argv, envp] = lists;
        sys::become_program(dir, path.address(), argv.address(), envp.address(), flags);
    }
}

fn wanted() -> Option<Session> {
    session::now().filter(|s| s.flags & page::PROGRAMS != 0)
}

#[derive(PartialEq, Eq)]
enum Told {
    Yes,
    /// Not yet: a filter is to be put on first.
    AsksForFilter,
}

#[inline(never)]
fn tell(mut session: Session, named: Named, argv: List, second: Second) -> Told {
    let mut room = Text::new();
    let found = find(&session, &mut room, named);
    let sight = found.map_or(Sight::All, |path| look(&mut room, path));
    if second == Second::Asked && matches!(sight, Sight::None { .. }) {
        return Told::AsksForFilter;
    }
    let end = found.map_or(0, |path| path.end());
    let arguments = room.len();
    for argument in argv.names() {
        if room.push(argument).and_then(|()| room.push(b"\0")).is_none() {
            break;
        }
    }
    let cwd = room.len();
    if let Ok(length @ 1..) = room.fill(PATH, sys::getcwd) {
        room.cut(cwd + length - 1);
    }
    let mut record = Record { kind: Kind::Started as u16, pack: NOT_PACKED, ..Record::default() };
    record.flags = flags(sight, second);
    record.path = room.between(0, end);
    record.second = room.between(arguments, cwd);
    record.extra = room.from(cwd);
    write::record(&mut session, &mut record);
    Told::Yes
}

fn flags(sight: Sight, second: Second) -> u16 {
    let seen = matches!(second, Second::All | Second::This);
    match sight {
        Sight::All => 0,
        Sight::None { is_static } => {
            let is_static = if is_static { flag::STATIC } else { 0 };
            is_static | if seen { 0 } else { flag::UNSEEN }
        }
        Sight::Privileged if second == Second::All => 0,
        Sight::Privileged => flag::UNSEEN | flag::PRIVILEGED,
    }
}

/// Puts down the program's absolute path.
fn find(session: &Session, room: &mut Text, named: Named) -> Option<Span> {
    match named {
        Named::At(dir, name) => at(session, room, dir, name.path()?),
        Named::Searched(name) => {
            let name = name.path()?;
            if name.contains(&b'/') { at(session, room, k::AT_FDCWD, name) } else { search(room, name) }
        }
    }
}

fn at(session: &Session, room: &mut Text, dir: c_int, name: &[u8]) -> Option<Span> {
    if name.is_empty() {
        path::of_descriptor(dir, room)?;
        return room.end_path(0);
    }
    path::absolute(session, room, dir, name)
}

/// The first program of the name in the directories of PATH.
fn search(room: &mut Text, name: &[u8]) -> Option<Span> {
    let directories = environment::variable(b"PATH=").unwrap_or(b"/bin:/usr/bin");
    directories.split(|b| *b == b':').find_map(|directory| {
        room.cut(0);
        for part in [directory, b"/", name] {
            room.push(part)?;
        }
        let path = room.end_path(0)?;
        sys::stat_at(k::AT_FDCWD, room.name(path), 0).ok().filter(may_run).map(|_| path)
    })
}

fn may_run(stat: &Stat) -> bool {
    stat.st_mode & k::S_IFMT == k::S_IFREG && stat.st_mode & 0o111 != 0
}

/// What the library will see of the program at the end of the room.
fn look(room: &mut Text, path: Span) -> Sight {
    let end = room.len();
    let sight = look_into(room, path, 0);
    room.cut(end);
    sight.unwrap_or(Sight::All)
}

fn look_into(room: &mut Text, path: Span, scripts: usize) -> Option<Sight> {
    let program = sys::open(k::AT_FDCWD, room.name(path), k::O_RDONLY | k::O_NONBLOCK, 0).ok()?;
    let stat = sys::fstat(program.number()).ok().filter(may_run)?;
    let gains =
        gains_rights(&stat) || sys::attribute(room.name(path), c"security.capability", &mut []).is_ok();
    if gains {
        return Some(if environment::is_installed() { Sight::All } else { Sight::Privileged });
    }
    let begin = room.len();
    room.fill(elf::BEGIN, |to| sys::pread(program.number(), to, 0)).ok()?;
    drop::<Fd>(program);
    match elf::loading(room.from(begin)) {
        Loading::Static => Some(Sight::None { is_static: true }),
        Loading::OwnCalls | Loading::OtherMachine => Some(Sight::None { is_static: false }),
        Loading::Library => {
            // a script is what its interpreter is
            let (from, length) = interpreter(room.from(begin)).filter(|_| scripts < 4)?;
            room.move_down(begin, begin + from);
            room.cut(begin + length);
            let path = room.end_path(begin)?;
            look_into(room, path, scripts + 1)
        }
    }
}

/// Where a script names its interpreter, if it does so by an absolute path.
fn interpreter(script: &[u8]) -> Option<(usize, usize)> {
    let name = elf::interpreter(script).filter(|name| name.first() == Some(&b'/'))?;
    Some((script.windows(name.len()).position(|w| w == name)?, name.len()))
}

/// Whether a program gets another user's rights by being started.
fn gains_rights(stat: &Stat) -> bool {
    let by_user = stat.st_mode & k::S_ISUID != 0 && stat.st_uid != sys::euid();
    by_user || (stat.st_mode & k::S_ISGID != 0 && stat.st_mode & 0o010 != 0 && sys::euid() != 0)
}
