//! What a path is just before its first change: kept once, whoever comes first. Every early return means "not recorded",
//! never "not done".

use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

use linux_raw_sys::errno;
use linux_raw_sys::general::{self as k, AT_FDCWD};
use trackle_wire::{aspect, state};

use crate::act::Place;
use crate::foreign::Name;
use crate::original;
use crate::path;
use crate::room::{Room, Span};
use crate::seen::{self, Aspect};
use crate::session;
use crate::start;
use crate::sys::{self, Errno, Stat};

/// How a call is about to change what it names.
#[derive(Clone, Copy)]
pub struct How {
    /// A link at the end is followed.
    pub follow: bool,
    /// Where there is nothing it makes something.
    pub makes: bool,
    /// Content stays as it is.
    pub metadata: bool,
    /// It is not remembered, since another file is to be there afterwards of which nothing is kept yet.
    pub once: bool,
}

/// The content of what a name leads to.
pub const WRITE: How = How { follow: true, makes: false, metadata: false, once: true };
/// The same, which is made where it is not there.
pub const CREATE: How = How { follow: true, makes: true, metadata: false, once: true };
/// The name itself: what it stands for is new, or is gone.
pub const NAME: How = How { follow: false, makes: true, metadata: false, once: true };
/// The name itself, which is gone afterwards: where there is none, nothing is.
pub const GONE: How = How { follow: false, makes: false, metadata: false, once: true };
/// Mode, owner, attributes or times of what a name leads to.
const METADATA: How = How { follow: true, makes: false, metadata: true, once: true };
/// The same of the link itself.
const OF_LINK: How = How { follow: false, makes: false, metadata: true, once: true };

/// What is at a path.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum What {
    Nothing,
    Directory,
    Link,
    /// Or it was kept before, and was neither of the others.
    Other,
}

/// Keeps what a call names. Gives what there is; `None` where the call will fail, or changes no file.
#[inline(never)]
pub fn before(room: &mut Room, (dir, name): Place, how: How) -> Option<What> {
    at(room, dir, name.path()?, how)
}

/// The same of a name behind which a NUL stands.
pub fn at(room: &mut Room, dir: i32, name: &[u8], how: How) -> Option<What> {
    if name == b"/dev/null" {
        return None;
    }
    let path = path::absolute(room, dir, name)?;
    // a relative name is found by the kernel in fewer steps
    let near = (!matches!(name, [b'/', ..])).then(|| (dir, Name::lent(name)));
    at_path(room, path, how, near.unwrap_or((AT_FDCWD, room.name(path))))
}

/// Whether something was done to a descriptor in this program: then it is of use to know the files that it makes by number.
static ASKED: AtomicBool = AtomicBool::new(false);

/// Whether a file that is made will be asked for by its descriptor, as one was before.
pub fn asks() -> bool {
    ASKED.load(Relaxed)
}

/// A file was made and opened.
pub fn opened(fd: i32) {
    if let (Some(session), Ok(stat)) = (session::now(), sys::fstat(fd)) {
        seen::remember(session, seen::file(stat.dev, stat.ino));
    }
}

/// Keeps what is at an absolute path. Gives what there is; `None` where the call will fail, or changes no file.
#[inline(never)]
pub fn of_path(room: &mut Room, path: Span, how: How) -> Option<What> {
    at_path(room, path, how, (AT_FDCWD, room.name(path)))
}

#[inline(never)]
fn at_path(room: &mut Room, mut path: Span, how: How, near: Place) -> Option<What> {
    if let Some(what) = known(room, path, how) {
        return Some(what);
    }
    let mut stat = look(near)?;
    if how.follow && stat.kind() == k::S_IFLNK {
        path = path::followed(room, path)?;
        if let Some(what) = known(room, path, How { follow: false, ..how }) {
            return Some(what);
        }
        stat = look((AT_FDCWD, room.name(path)))?;
    }
    let what = match stat.kind() {
        0 => What::Nothing,
        k::S_IFDIR => What::Directory,
        k::S_IFLNK => What::Link,
        _ => What::Other,
    };
    let fails = if what == What::Nothing {
        !how.makes
    } else {
        // what is written into a device or a pipe changes no file
        how.follow && !how.metadata && stat.kind() != k::S_IFREG
    };
    if fails || is_passing(room.of(path)) {
        return None;
    }
    is_a(room, path, what);
    let aspect = if how.metadata { Aspect::Metadata } else { Aspect::Whole };
    let key = seen::key(room, path, aspect);
    let claimed = if how.once { seen::claim(room.session, key) } else { Some(None) };
    if let Some(claimed) = claimed {
        original::record(room, path, &stat, how.metadata);
        seen::saved(room.session, claimed);
    }
    Some(what)
}

/// Remembers of a name what else than a file it is, from now on.
#[inline(never)]
pub fn is_a(room: &Room, path: Span, what: What) {
    let aspect = match what {
        What::Directory => Aspect::Directory,
        What::Link => Aspect::Link,
        What::Nothing | What::Other => return,
    };
    seen::remember(room.session, seen::key(room, path, aspect));
}

/// What is at a path of which all is kept already. Through a name that was a link once, something else may be meant by now.
#[inline(never)]
fn known(room: &Room, path: Span, how: How) -> Option<What> {
    let again = room.session.word(state::word::AGAIN).load(Relaxed);
    let hash = state::hash(room.of(path));
    let is = |what| seen::is_known(room.session, aspect::of(hash, what, again));
    let kept = is(Aspect::Whole) || (how.metadata && is(Aspect::Metadata));
    if !kept || (how.follow && is(Aspect::Link)) {
        return None;
    }
    if how.follow {
        return Some(What::Other);
    }
    Some(match (is(Aspect::Directory), is(Aspect::Link)) {
        (true, _) => What::Directory,
        (_, true) => What::Link,
        _ => What::Other,
    })
}

const NONE: Errno = Errno(errno::ENOENT as usize);
const NO_DIRECTORY: Errno = Errno(errno::ENOTDIR as usize);

/// What is at a place, or nothing; `None` where that cannot be told, so that the call fails as well.
fn look((dir, name): Place) -> Option<Stat> {
    match sys::stat_at(dir, name, sys::ITSELF) {
        Err(NONE | NO_DIRECTORY) => Some(Stat::NOTHING),
        other => other.ok(),
    }
}

/// Paths that are not recorded: the kernel's views, but for its settings and the memory that looks like a disk, and the
/// session's own directory.
#[inline(never)]
fn is_passing(path: &[u8]) -> bool {
    let is_below = |tree: &[u8]| path.starts_with(tree);
    let view = is_below(b"/proc/") || is_below(b"/dev/") || is_below(b"/sys/");
    let open = is_below(b"/proc/sys/") || is_below(b"/dev/shm/");
    (view && !open) || start::get().is_some_and(|start| start.is_own(path))
}

/// Something is to be made under this name. It is remembered whether or not that succeeds: to look at a name that is a file
/// once more costs less than to miss one. Gives what was there.
pub fn is_made(room: &mut Room, at: Place, what: What) -> Option<What> {
    let path = path::of(room, at)?;
    let was = of_path(room, path, NAME);
    is_a(room, path, what);
    was
}

/// A file or a directory was made under a name of the function's own choice, where nothing was.
pub fn made(name: Name, fd: Option<i32>) {
    let (Some(session), Some(name)) = (session::now(), name.path()) else { return };
    if fd.is_some_and(|fd| fd < 0) {
        return;
    }
    let room = &mut Room::new(session);
    let Some(path) = path::absolute(room, AT_FDCWD, name) else { return };
    match fd.map(sys::fstat) {
        // the mode of such files is mostly set next
        Some(Ok(stat)) => seen::remember(session, seen::file(stat.dev, stat.ino)),
        _ => is_a(room, path, What::Directory),
    }
    if let Some(claimed) = seen::claim(session, seen::key(room, path, Aspect::Whole)) {
        original::record(room, path, &Stat::NOTHING, false);
        seen::saved(session, claimed);
    }
}

/// Mode, owner, attributes or times are about to change of what a descriptor stands for.
fn descriptor(room: &mut Room, fd: i32) {
    let Ok(stat) = sys::fstat(fd) else { return };
    let (session, object) = (room.session, seen::file(stat.dev, stat.ino));
    if seen::is_known(session, object) {
        return;
    }
    ASKED.store(true, Relaxed);
    if let Some(path) = path::of_descriptor(fd, room)
        && of_path(room, path, OF_LINK).is_some()
    {
        seen::remember(session, object);
    }
}

/// The same of what a name stands for, with the flags of the calls that end in "at"; without a name, of the descriptor.
pub fn metadata(room: &mut Room, (dir, name): Place, flags: u32) {
    match name.path() {
        None if name.bytes().is_none() => descriptor(room, dir),
        Some(b"") if flags & k::AT_EMPTY_PATH != 0 => descriptor(room, dir),
        _ => {
            let how = if flags & k::AT_SYMLINK_NOFOLLOW != 0 { OF_LINK } else { METADATA };
            before(room, (dir, name), how);
        }
    }
}
