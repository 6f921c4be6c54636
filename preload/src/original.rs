//! The record of what is at a path: what kind of thing, where a link leads, the attributes, and the content of a file, which
//! is its original from then on.

use core::mem::MaybeUninit;
use core::sync::atomic::Ordering::Relaxed;

use linux_raw_sys::errno;
use linux_raw_sys::general::{self as k, AT_FDCWD};
use trackle_wire::record::{NOT_PACKED, flag};
use trackle_wire::{Kind, Record, deny, state};

use crate::foreign::Name;
use crate::place;
use crate::room::{Room, Span};
use crate::session::Session;
use crate::sys::{self, Errno, Fd, Stat};
use crate::write;

/// The most bytes of one file that are kept when its blocks cannot be shared.
const FILE_LIMIT: u64 = 64 << 20;
/// The most bytes that the originals of one user take.
const PACK_LIMIT: u64 = 1 << 30;
/// Originals in the pack begin at a block, so that blocks can be shared.
const BLOCK: u64 = 4096;

/// Writes the record. In the room behind the path stand where it leads or its attributes, and then the content.
#[inline(never)]
pub fn record(room: &mut Room, path: Span, stat: &Stat, metadata: bool) {
    let (mut flags, mut pack, mut size) = (0, NOT_PACKED, stat.size);
    let second = room.len();
    if stat.kind() == k::S_IFLNK {
        let _ = room.link(path);
    }
    let extra = room.len();
    let mut file = None;
    if stat.kind() == k::S_IFREG && !metadata {
        match open(room, path, stat) {
            Ok(opened) => file = opened,
            Err(why) => flags = why,
        }
    }
    if stat.mode != 0 {
        attributes(room, path, file.as_ref());
        flags |= if metadata { flag::METADATA } else { 0 };
    }
    let content = room.len();
    if let Some(file) = &file
        && keep(room, file, &mut size, &mut pack).is_none()
    {
        flags |= flag::NOT_KEPT;
    }
    let mut record = Record {
        flags,
        size,
        pack,
        dev: stat.dev,
        ino: stat.ino,
        mtime: stat.mtime,
        mode: stat.mode,
        uid: stat.uid,
        gid: stat.gid,
        links: stat.links,
        extra: room.between(extra, content),
        content: room.from(content),
        ..write::about(Kind::Before, room.of(path), room.between(second, extra))
    };
    write::record(room.session, &mut record);
    room.cut(second);
}

/// Puts the extended attributes behind the rest: each name, NUL, the value's length in four bytes, the value.
fn attributes(room: &mut Room, path: Span, file: Option<&Fd>) {
    let mut names = [MaybeUninit::uninit(); 512];
    let of = room.name(path);
    let Ok(length @ 1..) = sys::attributes(of, file, &mut names) else { return };
    let names = sys::written(names.get(..length).unwrap_or_default());
    for name in names.split_inclusive(|b| *b == 0) {
        let start = room.len();
        room.push(name);
        room.push(&[0; 4]);
        let value = sys::attribute(of, Name::lent(name), room.space(usize::MAX));
        match room.wrote(value) {
            _ if room.was_full(start) => {}
            Ok(length) => room.put(start + name.len(), (length as u32).to_le_bytes()),
            Err(_) => room.cut(start),
        }
    }
}

/// Opens a file whose content is to be kept, unless there is none; or tells by a flag why it is not. Whether it may be read
/// is asked before.
fn open(room: &mut Room, path: Span, stat: &Stat) -> Result<Option<Fd>, u16> {
    // a setting of the kernel's has a size that nobody knows before
    if stat.size == 0 && !room.of(path).starts_with(b"/proc/sys/") {
        return Ok(None);
    }
    let session = room.session;
    let private = session.flags() & state::flag::WITHHOLD_PRIVATE != 0 && stat.mode & 0o044 == 0;
    let withheld =
        private || deny::is_withheld(room.of(path)) || (session.is_foreign() && !is_public(room, path, stat));
    if withheld {
        return Err(flag::WITHHELD);
    }
    read_only(room.name(path)).map(Some).map_err(|_| flag::NOT_KEPT)
}

/// Opens a file to be read without a trace where that is allowed: the access time is the owner's to keep.
fn read_only(name: Name) -> sys::Out<Fd> {
    const FLAGS: u32 = k::O_RDONLY | k::O_NOFOLLOW | k::O_NONBLOCK;
    const NOT_ALLOWED: Errno = Errno(errno::EPERM as usize);
    match sys::open(AT_FDCWD, name, FLAGS | k::O_NOATIME, 0) {
        Err(NOT_ALLOWED) => sys::open(AT_FDCWD, name, FLAGS, 0),
        other => other,
    }
}

/// Keeps the content: behind the rest where it is small, else in the pack.
fn keep(room: &mut Room, file: &Fd, size: &mut u64, pack: &mut u64) -> Option<()> {
    if *size > room.left() as u64 {
        *pack = packed(room.session, file, *size)?;
        return Some(());
    }
    let most = if *size == 0 { usize::MAX } else { *size as usize };
    let got = sys::pread(file.number(), room.space(most), 0);
    let got = room.wrote(got).ok()? as u64;
    if *size == 0 {
        *size = got;
    }
    (got == *size).then_some(())
}

/// Puts a file's first bytes into the pack, and tells where they begin.
#[inline(never)]
fn packed(session: Session, file: &Fd, size: u64) -> Option<u64> {
    let limit = match session.word(state::word::PACK_LIMIT).load(Relaxed) {
        0 => PACK_LIMIT,
        limit => limit,
    };
    let (session, pack) = session.open(place::PACK, k::O_WRONLY)?;
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
fn is_public(room: &mut Room, path: Span, stat: &Stat) -> bool {
    let tail = room.len();
    let mut open = stat.mode & 0o004 != 0;
    for slash in path.start()..path.end() {
        if open && room.between(slash, slash + 1) == b"/" {
            let above = room.again(path.start(), slash.max(path.start() + 1));
            let stat = above.map(|above| sys::stat(room.name(above), sys::BEHIND));
            open = matches!(stat, Some(Ok(stat)) if stat.mode & 0o001 != 0);
            room.cut(tail);
        }
    }
    open
}
