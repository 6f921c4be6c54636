//! What a path is before its first change: in comes a place, out goes the record `Before` of it, with its content in the
//! record or in the pack. Secrets are kept back before anything is read of them ([`trackle_wire::deny`]); what is big, or
//! cannot be read, is described and not kept. Devices, pipes and sockets are never opened.

use super::ledger::Ledger;
use super::target::Spot;
use rustix::fs::{self, FileType, Mode, OFlags, Stat};
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::fs::FileExt;
use trackle_wire::aspect::Aspect;
use trackle_wire::record::{NOT_PACKED, flag};
use trackle_wire::state::flag as page;
use trackle_wire::{Kind, Record, deny};

/// The most bytes that go into the record itself.
const INLINE: u64 = 4096;
/// The most bytes of a file that are kept.
const LARGEST: u64 = 64 << 20;
/// Bytes of names of extended attributes, of one value, and of all: more is passed over.
const NAMES: usize = 64 << 10;
const VALUES: usize = 256 << 10;
/// Originals begin at a page of the pack, so that a file system that can share them does.
const PAGE: u64 = 4096;

/// Keeps what a path is, unless that was kept before. With `metadata` only mode, owner and attributes are about to change.
/// `process` tells whose change it is, when it comes to that; `None`: do not keep it.
pub fn keep(ledger: &Ledger, spot: &Spot, metadata: bool, process: impl FnOnce() -> Option<u32>) {
    if ledger.is_own(&spot.path) || is_kernels(&spot.path) {
        return;
    }
    spot.kind().iter().for_each(|kind| tell_kind(ledger, &spot.path, *kind));
    if metadata && ledger.is_known(&spot.path, Aspect::Whole) {
        return;
    }
    let aspect = if metadata { Aspect::Metadata } else { Aspect::Whole };
    ledger.once(&spot.path, aspect, || {
        let Some(process) = process() else { return false };
        let flags = flag::SECOND_WITNESS;
        let mut before = Before { path: &spot.path, pack: NOT_PACKED, flags, ..Before::default() };
        if let Some((object, stat)) = &spot.object {
            before.look(ledger, object.as_fd(), stat, metadata);
        }
        ledger.append(&before.record(process));
        true
    });
}

/// The library keeps in mind which names are links or directories, to look at others only once.
pub fn tell_kind(ledger: &Ledger, path: &[u8], kind: FileType) {
    match kind {
        FileType::Symlink => ledger.remember(path, Aspect::Link),
        FileType::Directory => ledger.remember(path, Aspect::Directory),
        _ => {}
    }
}

/// Files of the kernel's own, which are views and not kept things. Its settings are worth a record.
fn is_kernels(path: &[u8]) -> bool {
    (path.starts_with(b"/proc/") && !path.starts_with(b"/proc/sys/")) || path.starts_with(b"/dev/pts/")
}

#[derive(Default)]
struct Before<'p> {
    path: &'p [u8],
    flags: u16,
    stat: Option<Stat>,
    size: u64,
    pack: u64,
    target: Vec<u8>,
    attributes: Vec<u8>,
    content: Vec<u8>,
}

impl Before<'_> {
    fn look(&mut self, ledger: &Ledger, object: BorrowedFd<'_>, stat: &Stat, metadata: bool) {
        self.stat = Some(*stat);
        self.size = u64::try_from(stat.st_size).unwrap_or_default();
        self.attributes = attributes(object);
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::Symlink => {
                self.target =
                    fs::readlinkat(object, "", Vec::new()).map(|l| l.into_bytes()).unwrap_or_default()
            }
            FileType::RegularFile if metadata => self.flags |= flag::METADATA,
            FileType::RegularFile => {
                let is_private = stat.st_mode & 0o044 == 0 && ledger.flags() & page::WITHHOLD_PRIVATE != 0;
                if is_private || deny::rule(self.path).is_some() {
                    self.flags |= flag::WITHHELD;
                } else if self.content(ledger, object).is_none() {
                    self.flags |= flag::NOT_KEPT;
                }
            }
            _ if metadata => self.flags |= flag::METADATA,
            _ => {}
        }
    }

    /// Keeps what a regular file holds.
    fn content(&mut self, ledger: &Ledger, object: BorrowedFd<'_>) -> Option<()> {
        if self.size > LARGEST {
            return None;
        }
        let file = reopen(object).ok()?;
        if self.size <= INLINE {
            let mut content = Vec::new();
            (&file).take(INLINE).read_to_end(&mut content).ok()?;
            // settings of the kernel have no size before they are read
            self.size = content.len() as u64;
            self.content = content;
            return Some(());
        }
        let at = ledger.reserve(self.size.next_multiple_of(PAGE))?;
        // who makes it shorter meanwhile is no program of this session: it has none running
        self.size = copy(&file, &ledger.pack, at, self.size).ok()?;
        self.pack = at;
        Some(())
    }

    fn record(&self, pid: u32) -> Record<'_> {
        let common = Record {
            kind: Kind::Before as u16,
            flags: self.flags,
            pid,
            pack: self.pack,
            path: self.path,
            second: &self.target,
            extra: &self.attributes,
            content: &self.content,
            size: self.size,
            ..Record::default()
        };
        let Some(stat) = &self.stat else { return common };
        let mtime = i128::from(stat.st_mtime) * 1_000_000_000 + i128::from(stat.st_mtime_nsec);
        Record {
            dev: stat.st_dev,
            ino: stat.st_ino,
            mtime: u64::try_from(mtime).unwrap_or_default(),
            mode: stat.st_mode,
            uid: stat.st_uid,
            gid: stat.st_gid,
            links: u32::try_from(stat.st_nlink).unwrap_or(u32::MAX),
            ..common
        }
    }
}

/// Opens for reading what was only looked at, without waiting and without a trace where that is allowed.
pub fn reopen(object: BorrowedFd<'_>) -> io::Result<File> {
    let path = format!("/proc/self/fd/{}", object.as_raw_fd());
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let opened = match fs::open(&path, flags | OFlags::NOATIME, Mode::empty()) {
        Err(rustix::io::Errno::PERM) => fs::open(&path, flags, Mode::empty()),
        other => other,
    };
    Ok(File::from(opened?))
}

/// Copies the beginning of a file into the pack; gives how many bytes there were.
fn copy(from: &File, pack: &File, at: u64, size: u64) -> io::Result<u64> {
    let (mut read, mut write) = (0, at);
    while read < size {
        let rest = usize::try_from(size - read).unwrap_or(usize::MAX);
        match fs::copy_file_range(from, Some(&mut read), pack, Some(&mut write), rest) {
            Ok(0) => break,
            Ok(_) => {}
            // other file systems, or a kernel that does not copy between these two
            Err(_) => return by_hand(from, pack, at, read, size),
        }
    }
    Ok(read)
}

fn by_hand(from: &File, pack: &File, at: u64, mut done: u64, size: u64) -> io::Result<u64> {
    let mut room = vec![0; 256 << 10];
    while done < size {
        let rest = usize::try_from(size - done).unwrap_or(usize::MAX).min(room.len());
        let count = from.read_at(room.get_mut(..rest).unwrap_or_default(), done)?;
        if count == 0 {
            break;
        }
        pack.write_all_at(room.get(..count).unwrap_or_default(), at + done)?;
        done += count as u64;
    }
    Ok(done)
}

/// Extended attributes, as a record has them: name, NUL, length, value.
fn attributes(object: BorrowedFd<'_>) -> Vec<u8> {
    // a descriptor that only looks has no attributes of its own
    let path = format!("/proc/self/fd/{}", object.as_raw_fd());
    let mut names = vec![0; NAMES];
    let count = fs::listxattr(&path, &mut names[..]).unwrap_or(0);
    let mut all = Vec::new();
    for name in names.get(..count).unwrap_or_default().split(|b| *b == 0).filter(|n| !n.is_empty()) {
        let mut value = vec![0; NAMES];
        let Ok(count) = fs::getxattr(&path, name, &mut value[..]) else { continue };
        let Some(value) = value.get(..count).filter(|v| all.len() + v.len() < VALUES) else { continue };
        all.extend_from_slice(name);
        all.push(0);
        all.extend_from_slice(&u32::try_from(count).unwrap_or_default().to_le_bytes());
        all.extend_from_slice(value);
    }
    all
}
