//! What a path is just before its first change: kept once, whoever comes first. Every early return means "not recorded",
//! never "not done".

use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

use linux_raw_sys::errno;
use linux_raw_sys::general::{self as k, AT_FDCWD};
use trackle_wire::record::{NOT_PACKED, flag};
use trackle_wire::{Kind, Record, aspect, deny, state};

use crate::foreign::Name;
use crate::path;
use crate::seen::{self, Aspect};
use crate::session::{self, Session};
use crate::sys::{self, Errno, Fd, Stat};
use crate::text::{PATH, Span, Text};
use crate::write;

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
pub const METADATA: How = How { follow: true, makes: false, metadata: true, once: true };
/// The same of the link itself.
pub const OF_LINK: How = How { follow: false, makes: false, metadata: true, once: true };

/// The most bytes of one file that are kept when its blocks cannot be shared.
const FILE_LIMIT: u64 = 64 << 20;
/// The most bytes that the originals of one user take.
const PACK_LIMIT: u64 = 1 << 30;
/// Originals in the pack begin at a block, so that blocks can be shared.
const BLOCK: u64 = 4096;

/// Keeps what a name stands for. A NUL stands behind the name, as libc's callers give it.
pub fn before(dir: i32, name: Option<&[u8]>, how: How) {
    makes(dir, name, how);
}

/// The same; tells whether a file is made whose descriptor will be asked about, as that of the last one was.
pub fn makes(dir: i32, name: Option<&[u8]>, how: How) -> bool {
    let Some(mut session) = session::now() else { return false };
    let Some(name) = name.filter(|name| *name != b"/dev/null") else { return false };
    let mut room = Text::new();
    let Some(path) = path::absolute(&session, &mut room, dir, name) else { return false };
    let near = (dir, Name::lent(name));
    let was = at_path(&mut session, &mut room, path, how, Some(near).filter(|_| name.first() != Some(&b'/')));
    was == Some(What::Nothing) && ASKED.load(Relaxed)
}

/// Whether something was done to a descriptor in this program: then it is of use to know the files that it makes by number.
static ASKED: AtomicBool = AtomicBool::new(false);

/// A file was made and opened.
pub fn opened(fd: i32) {
    if let (Some(session), Ok(stat)) = (session::now(), sys::fstat(fd)) {
        seen::remember(&session, seen::file(stat.st_dev, stat.st_ino));
    }
}

/// What is at a path.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum What {
    Nothing,
    Directory,
    Link,
    /// Or it was kept before, and was neither of the others.
    Other,
}

/// Keeps what is at an absolute path. Gives what there is; `None` where the call will fail, or changes no file.
pub fn of_path(session: &mut Session, room: &mut Text, path: Span, how: How) -> Option<What> {
    at_path(session, room, path, how, None)
}

/// The same with a name that the kernel finds in fewer steps.
fn at_path(
    session: &mut Session,
    room: &mut Text,
    path: Span,
    how: How,
    near: Option<(i32, Name)>,
) -> Option<What> {
    if let Some(what) = known(session, room.of(path), how) {
        return Some(what);
    }
    let mut path = path;
    let (dir, name) = near.unwrap_or((AT_FDCWD, room.name(path)));
    let mut stat = look(dir, name)?;
    if how.follow && stat.is_some_and(|s| s.st_mode & k::S_IFMT == k::S_IFLNK) {
        path = path::followed(session, room, path)?;
        if let Some(what) = known(session, room.of(path), How { follow: false, ..how }) {
            return Some(what);
        }
        stat = look(AT_FDCWD, room.name(path))?;
    }
    let kind = stat.map(|s| s.st_mode & k::S_IFMT);
    let writes = how.follow && !how.metadata;
    // what is written into a device or a pipe changes no file; nor does what fails
    if kind.map_or(!how.makes, |kind| writes && kind != k::S_IFREG) || is_passing(room.of(path)) {
        return None;
    }
    let what = match kind {
        None => What::Nothing,
        Some(k::S_IFDIR) => What::Directory,
        Some(k::S_IFLNK) => What::Link,
        Some(_) => What::Other,
    };
    is_a(session, room.of(path), what);
    let aspect = if how.metadata { Aspect::Metadata } else { Aspect::Whole };
    let key = seen::key(session, room.of(path), aspect);
    let page = *session;
    let mut save = || record(session, room, path, stat.as_ref(), how);
    if how.once {
        seen::once(&page, key, &mut save)
    } else {
        save()
    }
    Some(what)
}

/// Remembers of a name what else than a file it is, from now on.
pub fn is_a(session: &Session, path: &[u8], what: What) {
    let aspect = match what {
        What::Directory => Aspect::Directory,
        What::Link => Aspect::Link,
        What::Nothing | What::Other => return,
    };
    seen::remember(session, seen::key(session, path, aspect));
}

/// What is at a path of which all is kept already. Through a name that was a link once, something else may be meant by now.
fn known(session: &Session, path: &[u8], how: How) -> Option<What> {
    let (hash, again) = (state::hash(path), session.word(state::word::AGAIN).load(Relaxed));
    let is = |what| seen::is_known(session, aspect::of(hash, what, again));
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
const NOT_ALLOWED: Errno = Errno(errno::EPERM as usize);

/// What is at a path: nothing, or something; `None` where that cannot be told, so that the call fails as well.
fn look(dir: i32, name: Name) -> Option<Option<Stat>> {
    match sys::stat_at(dir, name) {
        Ok(stat) => Some(Some(stat)),
        Err(NONE | NO_DIRECTORY) => Some(None),
        Err(_) => None,
    }
}

/// Paths that are not recorded: the kernel's views, but for its settings and the memory that looks like a disk, and the
/// session's own directory.
fn is_passing(path: &[u8]) -> bool {
    let view = match path.split_first_chunk() {
        Some((b"/proc/", rest)) => !rest.starts_with(b"sys/"),
        _ => {
            path.starts_with(b"/sys/")
                || path.strip_prefix(b"/dev/").is_some_and(|rest| !rest.starts_with(b"shm/"))
        }
    };
    view || session::start().is_some_and(|start| start.is_own(path))
}

/// Writes the record of what is at a path. In the room behind the path stand where it leads or its attributes, and then
/// the content.
fn record(session: &mut Session, room: &mut Text, path: Span, stat: Option<&Stat>, how: How) {
    let mut record = Record { kind: Kind::Before as u16, pack: NOT_PACKED, ..Record::default() };
    let second = room.len();
    let mut extra = second;
    if let Some(stat) = stat {
        describe(&mut record, stat);
        if stat.st_mode & k::S_IFMT == k::S_IFLNK {
            let name = room.name(path);
            let _ = room.fill(PATH, |to| sys::readlink(AT_FDCWD, name, to));
        }
        extra = room.len();
    }
    let regular = stat.filter(|stat| stat.st_mode & k::S_IFMT == k::S_IFREG && !how.metadata);
    let file = regular.and_then(|stat| original(session, &mut record, room, path, stat));
    if stat.is_some() {
        attributes(room, path, file.as_ref());
    }
    let content = room.len();
    if how.metadata && stat.is_some() {
        record.flags |= flag::METADATA;
    }
    if let (Some(file), Some(stat)) = (file, regular)
        && content_of(session, &mut record, room, &file, stat).is_none()
    {
        record.flags |= flag::NOT_KEPT;
    }
    record.path = room.of(path);
    record.second = room.between(second, extra);
    record.extra = room.between(extra, content);
    record.content = room.from(content);
    write::record(session, &mut record);
    room.cut(second);
}

fn describe(record: &mut Record<'_>, stat: &Stat) {
    (record.dev, record.ino, record.size) = (stat.st_dev, stat.st_ino, stat.st_size as u64);
    (record.mode, record.uid, record.gid) = (stat.st_mode, stat.st_uid, stat.st_gid);
    record.links = stat.st_nlink as u32;
    record.mtime = sys::changed(stat);
}

/// Puts the extended attributes behind the rest: each name, NUL, the value's length in four bytes, the value.
fn attributes(room: &mut Text, path: Span, file: Option<&Fd>) {
    let mut names = [MaybeUninit::uninit(); 512];
    let listed = match file {
        Some(file) => sys::attributes_of(file, &mut names),
        None => sys::attributes(room.name(path), &mut names),
    };
    let Ok(length @ 1..) = listed else { return };
    let names = sys::written(names.get(..length).unwrap_or_default());
    let of = room.name(path);
    for name in names.split_inclusive(|b| *b == 0) {
        let start = room.len();
        let put = room.push(name).and_then(|()| room.push(&[0; 4]));
        let value = room.fill(usize::MAX, |to| sys::attribute(of, Name::lent(name), to));
        match (put, value) {
            (Some(()), Ok(length)) => room.put(start + name.len(), (length as u32).to_le_bytes()),
            _ => room.cut(start),
        }
    }
}

/// Opens a file whose content is to be kept. Whether it may be read is asked before.
fn original(
    session: &Session,
    record: &mut Record<'_>,
    room: &mut Text,
    path: Span,
    stat: &Stat,
) -> Option<Fd> {
    if stat.st_size == 0 && !room.of(path).starts_with(b"/proc/sys/") {
        return None;
    }
    let private = session.flags() & state::flag::WITHHOLD_PRIVATE != 0 && stat.st_mode & 0o044 == 0;
    let withheld = private || deny::is_withheld(room.of(path));
    if withheld || (session.is_foreign() && !is_public(room, path, stat)) {
        record.flags |= flag::WITHHELD;
        return None;
    }
    let file = read_only(room.name(path));
    if file.is_none() {
        record.flags |= flag::NOT_KEPT;
    }
    file
}

/// Keeps the content: behind the rest where it is small, else in the pack.
fn content_of(
    session: &mut Session,
    record: &mut Record<'_>,
    room: &mut Text,
    file: &Fd,
    stat: &Stat,
) -> Option<()> {
    let size = stat.st_size as usize;
    if size == 0 {
        // a setting of the kernel's, whose size nobody knows before
        record.size = room.fill(usize::MAX, |to| sys::pread(file.number(), to, 0)).ok()? as u64;
        return Some(());
    }
    if size <= room.left() {
        return room.fill(size, |to| sys::pread(file.number(), to, 0)).ok().filter(|n| *n == size).map(drop);
    }
    record.pack = packed(session, file, size as u64)?;
    Some(())
}

/// Opens a file to be read without a trace where that is allowed: the access time is the owner's to keep.
fn read_only(name: Name) -> Option<Fd> {
    const FLAGS: u32 = k::O_RDONLY | k::O_NOFOLLOW | k::O_NONBLOCK;
    match sys::open(AT_FDCWD, name, FLAGS | k::O_NOATIME, 0) {
        Err(NOT_ALLOWED) => sys::open(AT_FDCWD, name, FLAGS, 0).ok(),
        other => other.ok(),
    }
}

/// Puts a file's first bytes into the pack, and tells where they begin.
fn packed(session: &mut Session, file: &Fd, size: u64) -> Option<u64> {
    let limit = match session.word(state::word::PACK_LIMIT).load(Relaxed) {
        0 => PACK_LIMIT,
        limit => limit,
    };
    let pack = session.open(session::PACK, k::O_WRONLY)?;
    let end = session.word(state::word::PACK_END);
    if end.load(Relaxed).saturating_add(size) > limit {
        return None;
    }
    let place = end.fetch_add(size.next_multiple_of(BLOCK), Relaxed);
    if size > FILE_LIMIT {
        return sys::clone_range(file.number(), pack.number(), place).ok().map(|_| place);
    }
    let mut done = 0;
    while done < size {
        let rest = (size - done) as usize;
        let copied = match sys::copy_file_range(file.number(), done, pack.number(), place + done, rest) {
            Ok(copied) => copied,
            Err(_) => {
                sys::seek(pack.number(), place + done).ok()?;
                sys::sendfile(file.number(), done, pack.number(), rest).ok()?
            }
        };
        done += Some(copied as u64).filter(|n| *n > 0)?;
    }
    Some(place)
}

/// Whether everybody may read a file: it says so, and so does every directory above.
fn is_public(room: &mut Text, path: Span, stat: &Stat) -> bool {
    let tail = room.len();
    let mut open = stat.st_mode & 0o004 != 0;
    for slash in path.start()..path.end() {
        if open && room.between(slash, slash + 1) == b"/" {
            room.cut(tail);
            let above =
                room.push_again(path.start(), slash.max(path.start() + 1)).and_then(|()| room.end_path(tail));
            let stat = above.map(|above| sys::stat(room.name(above), sys::BEHIND));
            open = matches!(stat, Some(Ok(stat)) if stat.st_mode & 0o001 != 0);
        }
    }
    room.cut(tail);
    open
}

/// A directory is to be made under this name.
pub fn directory(dir: i32, name: Name) {
    is_made(dir, name, What::Directory);
}

/// Something is to be made under this name. It is remembered whether or not that succeeds: to look at a name that is a file
/// once more costs less than to miss one. Gives what was there.
pub fn is_made(dir: i32, name: Name, what: What) -> Option<What> {
    let mut session = session::now()?;
    let mut room = Text::new();
    let path = path::absolute(&session, &mut room, dir, name.path()?)?;
    let was = of_path(&mut session, &mut room, path, NAME);
    is_a(&session, room.of(path), what);
    was
}

/// A file or a directory was made under a name of the function's own choice, where nothing was.
pub fn made(name: Name, fd: Option<i32>) {
    let Some(mut session) = session::now() else { return };
    let mut room = Text::new();
    let Some(path) = name.path().and_then(|name| path::absolute(&session, &mut room, AT_FDCWD, name)) else {
        return;
    };
    match fd.map(sys::fstat) {
        // the mode of such files is mostly set next
        Some(Ok(stat)) => seen::remember(&session, seen::file(stat.st_dev, stat.st_ino)),
        _ => is_a(&session, room.of(path), What::Directory),
    }
    let key = seen::key(&session, room.of(path), Aspect::Whole);
    let page = session;
    seen::once(&page, key, &mut || record(&mut session, &mut room, path, None, NAME));
}

/// Mode, owner, attributes or times are about to change of what a descriptor stands for.
pub fn descriptor(fd: i32) {
    let Some(mut session) = session::now() else { return };
    let Ok(stat) = sys::fstat(fd) else { return };
    let object = seen::file(stat.st_dev, stat.st_ino);
    if seen::is_known(&session, object) {
        return;
    }
    ASKED.store(true, Relaxed);
    let mut room = Text::new();
    if let Some(path) = path::of_descriptor(fd, &mut room)
        && of_path(&mut session, &mut room, path, OF_LINK).is_some()
    {
        seen::remember(&session, object);
    }
}

/// The same of a name with the flags of the calls that end in "at".
pub fn metadata_at(dir: i32, name: Name, flags: i32) {
    let flags = flags as u32;
    match name.path() {
        Some(b"") if flags & k::AT_EMPTY_PATH != 0 && dir >= 0 => descriptor(dir),
        name if flags & k::AT_SYMLINK_NOFOLLOW != 0 => before(dir, name, OF_LINK),
        name => before(dir, name, METADATA),
    }
}

/// The same of times: without a name those of the descriptor.
pub fn times(dir: i32, name: Name, flags: i32) {
    if name.bytes().is_none() {
        return descriptor(dir);
    }
    metadata_at(dir, name, flags);
}
