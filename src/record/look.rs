//! What stands at a path now. In: a path; out: its type, mode, owner, attributes, where a link leads, and the bytes of a
//! regular file. Follows no link at the end of a path, opens nothing but regular files, waits for nobody.

use super::journal::{Entry, Kept};
use crate::model::session::{Content, FilePath, Thing, Type};
use data_encoding::HEXLOWER;
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::ffi::{CStr, OsStr};
use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// What a path was at a moment, and what tells one file from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    pub thing: Thing,
    pub dev: u64,
    pub ino: u64,
    /// Nanoseconds since 1970: when the kernel last saw anything of it change; for a state of the past, when it was seen.
    pub changed: u64,
    /// The same: when the file was made; 0 where the file system does not tell.
    pub born: u64,
    /// Where its bytes lie, if they were kept.
    pub kept: Option<Kept>,
    /// Its content was looked at, or should have been: otherwise nothing was about to change it.
    pub opened: bool,
}

impl State {
    pub fn is(&self, kind: Type) -> bool {
        self.thing.kind == kind
    }

    pub fn is_same_file(&self, other: &State) -> bool {
        (self.dev, self.ino) == (other.dev, other.ino)
    }

    /// What a record says; `None`: there was nothing.
    pub fn of(entry: &Entry) -> Option<State> {
        let kind = kind(entry.mode)?;
        let thing = Thing {
            kind,
            mode: entry.mode & 0o7777,
            uid: entry.uid,
            gid: entry.gid,
            size: entry.size,
            mtime: entry.mtime,
            links: entry.links,
            target: (kind == Type::Symlink).then(|| FilePath::new(&entry.second)),
            attributes: recorded_attributes(&entry.extra),
            content: Content::None,
        };
        let (dev, ino) = (entry.dev, entry.ino);
        Some(State { thing, dev, ino, changed: entry.time, born: 0, kept: None, opened: false })
    }
}

/// What stands there now; `None`: nothing.
///
/// # Errors
/// When it cannot be told, such as below a directory that is closed to us.
pub fn at(path: &[u8]) -> io::Result<Option<State>> {
    let path = Path::new(OsStr::from_bytes(path));
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(e) => return Err(e),
    };
    let kind = kind_of(&found);
    let target = (kind == Type::Symlink).then(|| fs::read_link(path)).transpose()?;
    let thing = Thing {
        kind,
        mode: found.mode() & 0o7777,
        uid: found.uid(),
        gid: found.gid(),
        size: found.size(),
        mtime: nanoseconds(found.mtime(), found.mtime_nsec()),
        links: u32::try_from(found.nlink()).unwrap_or(u32::MAX),
        target: target.map(|t| FilePath(t.into_os_string().into_vec())),
        attributes: attributes(path),
        content: Content::None,
    };
    let changed = nanoseconds(found.ctime(), found.ctime_nsec());
    let born = found.created().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let born = born.and_then(|since| u64::try_from(since.as_nanos()).ok()).unwrap_or(0);
    Ok(Some(State { thing, dev: found.dev(), ino: found.ino(), changed, born, kept: None, opened: false }))
}

/// A regular file for reading, if it is still the one that was seen.
///
/// # Errors
/// When it is not, or cannot be opened.
pub fn open(path: &[u8], seen: &State) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    let found = file.metadata()?;
    if !found.is_file() || (found.dev(), found.ino()) != (seen.dev, seen.ino) {
        return Err(io::Error::other("another file took its place"));
    }
    Ok(file)
}

fn nanoseconds(seconds: i64, rest: i64) -> u64 {
    let all = i128::from(seconds) * 1_000_000_000 + i128::from(rest);
    u64::try_from(all).unwrap_or(0)
}

fn kind_of(found: &Metadata) -> Type {
    let kind = found.file_type();
    match () {
        () if kind.is_dir() => Type::Directory,
        () if kind.is_symlink() => Type::Symlink,
        () if kind.is_fifo() => Type::Fifo,
        () if kind.is_socket() => Type::Socket,
        () if kind.is_char_device() => Type::Character,
        () if kind.is_block_device() => Type::Block,
        () => Type::File,
    }
}

/// The type in a mode; `None` for no file at all.
fn kind(mode: u32) -> Option<Type> {
    use rustix::fs::FileType;
    if mode == 0 {
        return None;
    }
    match FileType::from_raw_mode(mode) {
        FileType::RegularFile => Some(Type::File),
        FileType::Directory => Some(Type::Directory),
        FileType::Symlink => Some(Type::Symlink),
        FileType::Fifo => Some(Type::Fifo),
        FileType::Socket => Some(Type::Socket),
        FileType::CharacterDevice => Some(Type::Character),
        FileType::BlockDevice => Some(Type::Block),
        FileType::Unknown => None,
    }
}

/// Extended attributes by name, ACLs and capabilities among them; none where the file system has none.
fn attributes(path: &Path) -> Vec<(String, String)> {
    let names = grown(|room| rustix::fs::llistxattr(path, room)).unwrap_or_default();
    let value = |name: &CStr| {
        let value = grown(|room| rustix::fs::lgetxattr(path, name, room)).ok()?;
        Some((name.to_string_lossy().into_owned(), HEXLOWER.encode(&value)))
    };
    let names = names.split_inclusive(|b| *b == 0).filter_map(|name| CStr::from_bytes_with_nul(name).ok());
    let mut all: Vec<_> = names.filter(|name| is_told(name.to_bytes())).filter_map(value).collect();
    all.sort();
    all
}

/// An answer of whatever length the kernel has for it.
fn grown(ask: impl Fn(&mut [u8]) -> Result<usize, Errno>) -> Result<Vec<u8>, Errno> {
    let mut room = vec![0; 256];
    loop {
        match ask(&mut room) {
            Ok(length) => {
                room.truncate(length);
                return Ok(room);
            }
            Err(Errno::RANGE) if room.len() < 1 << 17 => room.resize(room.len() * 8, 0),
            Err(e) => return Err(e),
        }
    }
}

/// As a record has them: each name NUL length(u32) value.
fn recorded_attributes(mut bytes: &[u8]) -> Vec<(String, String)> {
    let mut all = Vec::new();
    while let Some(end) = bytes.iter().position(|b| *b == 0) {
        let (name, rest) = bytes.split_at(end);
        let Some((length, rest)) = rest.get(1..).and_then(|rest| rest.split_first_chunk::<4>()) else {
            break;
        };
        let Some((value, rest)) = rest.split_at_checked(u32::from_le_bytes(*length) as usize) else { break };
        if is_told(name) {
            all.push((String::from_utf8_lossy(name).into_owned(), HEXLOWER.encode(value)));
        }
        bytes = rest;
    }
    all.sort();
    all
}

/// Those of `trusted.` only root sees, so that a user's program and his recorder would tell different things.
fn is_told(name: &[u8]) -> bool {
    !name.starts_with(b"trusted.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_seen_without_following_or_opening_it() {
        let dir = tempfile::tempdir().unwrap();
        let name = |name: &str| dir.path().join(name).into_os_string().into_vec();
        fs::write(dir.path().join("f"), "x\n").unwrap();
        std::os::unix::fs::symlink("f", dir.path().join("l")).unwrap();
        let file = at(&name("f")).unwrap().unwrap();
        assert_eq!((file.thing.kind, file.thing.size, file.thing.links), (Type::File, 2, 1));
        let link = at(&name("l")).unwrap().unwrap();
        assert_eq!((link.thing.kind, link.thing.target.clone()), (Type::Symlink, Some("f".into())));
        assert!(open(&name("f"), &file).is_ok());
        assert!(open(&name("f"), &link).is_err());
        assert!(open(&name("l"), &link).is_err());
        assert_eq!(at(&name("none")).unwrap(), None);
        assert_eq!(at(&name("f/below")).unwrap(), None);
    }

    #[test]
    fn attributes_read_back_from_a_record() {
        let bytes = b"user.b\0\x01\0\0\0zuser.a\0\0\0\0\0trusted.x\0\x01\0\0\0x";
        let all = [("user.a".to_owned(), String::new()), ("user.b".to_owned(), "7a".to_owned())];
        assert_eq!(recorded_attributes(bytes), all);
        for cut in 0..bytes.len() {
            assert!(recorded_attributes(&bytes[..cut]).len() <= 2);
        }
        assert_eq!(recorded_attributes(b"user.a\0\xff\xff\xff\xffx"), []);
    }
}
