//! The process whose call was stopped, seen through /proc (proc(5)): which file do its arguments name? In: the notice and by
//! which arguments it names a file; out: a [`Spot`], the file's one name without symbolic links, and a descriptor of what is
//! there now. Paths are looked up as that process would: from its root, its directory, its descriptors. Nothing is opened
//! for reading here, so that no device, pipe or terminal notices.

use rustix::fs::{self, FileType, Mode, OFlags, ResolveFlags, Stat};
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::OnceLock;
use trackle_kernel::memory;
use trackle_kernel::notice::Notice;
use trackle_wire::calls::Name;

/// The longest path the kernel takes.
const LONGEST: usize = 4096;
/// Symbolic links that are followed one after the other, as the kernel does.
const LINKS: usize = 40;

/// A place in the file system.
#[derive(Debug)]
pub struct Spot {
    /// Absolute, as seen from our own root, without symbolic links but for the last part.
    pub path: Vec<u8>,
    /// What is there now (O_PATH), and how it was found; `None`: nothing.
    pub object: Option<(OwnedFd, Stat)>,
    /// The directory it lies in; `None` where a descriptor named the file itself.
    pub parent: Option<OwnedFd>,
}

impl Spot {
    /// Of what type it is.
    pub fn kind(&self) -> Option<FileType> {
        self.object.as_ref().map(|(_, stat)| FileType::from_raw_mode(stat.st_mode))
    }
}

/// Where relative paths begin.
enum Base {
    Open(OwnedFd),
    /// By a name of ours.
    Named(String),
}

impl Base {
    fn open(self) -> io::Result<OwnedFd> {
        match self {
            Base::Open(base) => Ok(base),
            Base::Named(name) => open_path(fs::CWD, name.as_bytes(), true),
        }
    }
}

/// A thread whose call is stopped.
#[derive(Debug)]
pub struct Target<'n> {
    notice: &'n Notice,
    /// `/proc/THREAD`.
    proc: String,
    /// Its root, where that is another than ours, and by which path we see it.
    root: Option<(OwnedFd, Vec<u8>)>,
}

impl<'n> Target<'n> {
    /// # Errors
    /// When the process is gone, or may not be looked at.
    pub fn of(notice: &'n Notice) -> io::Result<Target<'n>> {
        let proc = format!("/proc/{}", notice.thread);
        let theirs = format!("{proc}/root");
        let root = if same(&fs::stat(&theirs)?, our_root()?) {
            None
        } else {
            let root = open_path(fs::CWD, theirs.as_bytes(), true)?;
            let name = name_of(root.as_fd())?;
            Some((root, name))
        };
        Ok(Target { notice, proc, root })
    }

    /// Whether it sees another tree of mounts than we do, so that our names may be others.
    pub fn is_elsewhere(&self) -> bool {
        let theirs = fs::stat(format!("{}/ns/mnt", self.proc));
        let ours = fs::stat("/proc/self/ns/mnt");
        !matches!((theirs, ours), (Ok(theirs), Ok(ours)) if same(&theirs, &ours))
    }

    /// The process that the thread belongs to.
    pub fn process(&self) -> u32 {
        // it stands among the first lines
        let mut begin = [0; 512];
        let read = std::fs::File::open(format!("{}/status", self.proc)).and_then(|mut f| f.read(&mut begin));
        let status = String::from_utf8_lossy(begin.get(..read.unwrap_or(0)).unwrap_or_default());
        let line = status.lines().find_map(|line| line.strip_prefix("Tgid:"));
        line.and_then(|n| n.trim().parse().ok()).unwrap_or(self.notice.thread)
    }

    /// The program that it runs.
    pub fn program(&self) -> Vec<u8> {
        link(format!("{}/exe", self.proc).as_bytes()).unwrap_or_default()
    }

    /// Its working directory.
    pub fn directory(&self) -> Vec<u8> {
        link(format!("{}/cwd", self.proc).as_bytes()).unwrap_or_default()
    }

    pub fn argument(&self, index: u8) -> u64 {
        self.notice.arguments.get(usize::from(index)).copied().unwrap_or_default()
    }

    /// The text that an argument points at.
    ///
    /// # Errors
    /// When its memory may not be read.
    pub fn text(&self, index: u8) -> io::Result<Vec<u8>> {
        memory::text(self.notice.thread, self.argument(index), LONGEST)
    }

    /// The place that the arguments name; `None` for what has no name in the file system.
    ///
    /// # Errors
    /// When there is no such place, or it cannot be looked at.
    pub fn spot(&self, name: Name, follow: bool) -> io::Result<Option<Spot>> {
        match name {
            Name::Path(index) => self.find(None, &self.text(index)?, follow),
            Name::At(index) => {
                let text = self.text(index + 1)?;
                let base = self.argument(index) as i32;
                if text.is_empty() { self.open_file(base) } else { self.find(Some(base), &text, follow) }
            }
            Name::Open(index) => self.open_file(self.argument(index) as i32),
        }
    }

    /// What one of its descriptors stands for.
    fn open_file(&self, descriptor: i32) -> io::Result<Option<Spot>> {
        let at = if descriptor == fs::CWD.as_raw_fd() {
            format!("{}/cwd", self.proc)
        } else {
            format!("{}/fd/{descriptor}", self.proc)
        };
        by_descriptor(open_path(fs::CWD, at.as_bytes(), true)?)
    }

    /// Looks a path up, from a directory that a descriptor names, or the working directory.
    ///
    /// # Errors
    /// As [`Target::spot`].
    pub fn find(&self, base: Option<i32>, text: &[u8], follow: bool) -> io::Result<Option<Spot>> {
        let from = match base.filter(|fd| *fd != fs::CWD.as_raw_fd()) {
            None => format!("{}/cwd", self.proc),
            Some(fd) => format!("{}/fd/{fd}", self.proc),
        };
        let mut base = Base::Named(from);
        let mut text = text.to_vec();
        if text.is_empty() {
            return Err(io::ErrorKind::NotFound.into());
        }
        for _ in 0..LINKS {
            let (to, leaf) = split(&text);
            let parent = self.directory_at(base, to)?;
            if leaf.is_empty() || leaf == b"." || leaf == b".." {
                let whole = if leaf.is_empty() { &b"."[..] } else { leaf };
                return by_descriptor(open_path(parent.as_fd(), whole, false)?);
            }
            let object = match open_path(parent.as_fd(), leaf, false) {
                Ok(object) => Some((fs::fstat(&object)?, object)),
                Err(e) if e.kind() == io::ErrorKind::NotFound => None,
                Err(e) => return Err(e),
            };
            let is_link =
                |(stat, _): &(Stat, OwnedFd)| FileType::from_raw_mode(stat.st_mode) == FileType::Symlink;
            if follow && object.as_ref().is_some_and(is_link) {
                if is_proc(parent.as_fd()) {
                    // not a text to be followed, but a way to an open file
                    return by_descriptor(open_path(parent.as_fd(), leaf, true)?);
                }
                text = fs::readlinkat(&parent, leaf, Vec::new())?.into_bytes();
                base = Base::Open(parent);
                continue;
            }
            let mut path = name_of(parent.as_fd())?;
            if !path.starts_with(b"/") {
                return Ok(None);
            }
            if path != b"/" {
                path.push(b'/');
            }
            path.extend_from_slice(leaf);
            return Ok(Some(Spot { path, object: object.map(|(stat, o)| (o, stat)), parent: Some(parent) }));
        }
        Err(rustix::io::Errno::LOOP.into())
    }

    /// Opens a directory as the process would.
    fn directory_at(&self, base: Base, to: &[u8]) -> io::Result<OwnedFd> {
        let to = &self.its_own(to)[..];
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let open = |from: BorrowedFd<'_>, path: &[u8]| Ok(fs::openat(from, path, flags, Mode::empty())?);
        if let Some((root, root_name)) = &self.root {
            // in another root, a link from the root means that one
            let inside = if to.starts_with(b"/") {
                to.to_vec()
            } else {
                let base = base.open()?;
                let name = name_of(base.as_fd())?;
                match name.strip_prefix(&root_name[..]) {
                    Some(inner) => [inner, b"/", to].concat(),
                    None => return open(base.as_fd(), if to.is_empty() { b"." } else { to }),
                }
            };
            return Ok(fs::openat2(root, &inside[..], flags, Mode::empty(), ResolveFlags::IN_ROOT)?);
        }
        match base {
            _ if to.starts_with(b"/") => open(fs::CWD, to),
            Base::Open(base) if to.is_empty() => Ok(base),
            Base::Open(base) => open(base.as_fd(), to),
            Base::Named(name) => open(fs::CWD, &[name.as_bytes(), b"/", to].concat()),
        }
    }

    /// `/proc/self` is ours when we look: says the same with the number of the one we look for.
    fn its_own(&self, path: &[u8]) -> Vec<u8> {
        let with = |rest: &[u8]| [self.proc.as_bytes(), rest].concat();
        for own in ["/proc/self", "/proc/thread-self"] {
            match path.strip_prefix(own.as_bytes()) {
                Some(rest) if rest.is_empty() || rest.starts_with(b"/") => return with(rest),
                _ => {}
            }
        }
        if path == b"/dev/fd" || path == b"/dev/fd/" { with(b"/fd") } else { path.to_vec() }
    }
}

/// The place of an open file; `None` for one without a name: a pipe, a socket, a removed file.
fn by_descriptor(object: OwnedFd) -> io::Result<Option<Spot>> {
    let (path, stat) = (name_of(object.as_fd())?, fs::fstat(&object)?);
    let named = path.starts_with(b"/") && stat.st_nlink > 0;
    Ok(named.then_some(Spot { path, object: Some((object, stat)), parent: None }))
}

/// Opens without reading or writing; `follow` the last part.
fn open_path(base: BorrowedFd<'_>, path: &[u8], follow: bool) -> io::Result<OwnedFd> {
    let follow = if follow { OFlags::empty() } else { OFlags::NOFOLLOW };
    Ok(fs::openat(base, path, OFlags::PATH | OFlags::CLOEXEC | follow, Mode::empty())?)
}

/// The name of an open file, as the kernel tells it.
fn name_of(file: BorrowedFd<'_>) -> io::Result<Vec<u8>> {
    link(format!("/proc/self/fd/{}", file.as_raw_fd()).as_bytes())
}

fn link(path: &[u8]) -> io::Result<Vec<u8>> {
    Ok(fs::readlink(path, Vec::with_capacity(256))?.into_bytes())
}

fn our_root() -> io::Result<&'static Stat> {
    static ROOT: OnceLock<Stat> = OnceLock::new();
    match ROOT.get() {
        Some(root) => Ok(root),
        None => {
            let root = fs::stat("/")?;
            Ok(ROOT.get_or_init(|| root))
        }
    }
}

fn same(one: &Stat, other: &Stat) -> bool {
    (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)
}

/// Whether it lies in /proc.
pub fn is_proc(file: BorrowedFd<'_>) -> bool {
    fs::fstatfs(file).is_ok_and(|s| s.f_type == fs::PROC_SUPER_MAGIC)
}

/// The directory part of a path and its last part. What ends in a slash names a directory by its own last part.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    let end = path.iter().rposition(|b| *b != b'/').map_or(0, |at| at + 1);
    let (path, _) = path.split_at(end);
    match path.iter().rposition(|b| *b == b'/') {
        Some(at) => path.split_at(at + 1),
        None if end == 0 => (b"/", b""),
        None => (b"", path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    fn me() -> Notice {
        Notice { id: 1, thread: std::process::id(), arch: 0, number: 0, arguments: [0; 6] }
    }

    #[test]
    fn paths_are_split_as_the_kernel_does() {
        for (path, dir, leaf) in [
            ("/etc/fstab", "/etc/", "fstab"),
            ("/etc", "/", "etc"),
            ("x", "", "x"),
            ("x/", "", "x"),
            ("a/b//", "a/", "b"),
            ("/", "/", ""),
            ("//", "/", ""),
            ("a/..", "a/", ".."),
        ] {
            assert_eq!(split(path.as_bytes()), (dir.as_bytes(), leaf.as_bytes()), "{path}");
        }
    }

    #[test]
    fn a_file_has_one_name_however_it_is_called() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().canonicalize().unwrap();
        std::fs::create_dir(dir.join("real")).unwrap();
        std::fs::write(dir.join("real/file"), "x").unwrap();
        symlink("real", dir.join("way")).unwrap();
        symlink("way/file", dir.join("one")).unwrap();
        symlink("nowhere/else", dir.join("broken")).unwrap();
        symlink("real/new", dir.join("dangling")).unwrap();
        symlink("loop", dir.join("loop")).unwrap();
        let notice = me();
        let target = Target::of(&notice).unwrap();
        assert!(!target.is_elsewhere());
        let at = |name: &str| dir.join(name).as_os_str().as_bytes().to_vec();
        let find = |name: &str, follow| target.find(None, &at(name), follow);
        for (name, follow, path, there) in [
            ("real/file", true, "real/file", true),
            ("real//./file", true, "real/file", true),
            ("way/file", false, "real/file", true),
            ("way/../real/file", false, "real/file", true),
            ("one", true, "real/file", true),
            ("one", false, "one", true),
            ("dangling", true, "real/new", false),
            ("dangling", false, "dangling", true),
            ("real/none", true, "real/none", false),
            ("real/", false, "real", true),
            ("real/.", false, "real", true),
        ] {
            let spot = find(name, follow).unwrap().unwrap();
            assert_eq!((spot.path.clone(), spot.object.is_some()), (at(path), there), "{name}");
        }
        for name in ["broken", "loop", "real/file/x"] {
            assert!(find(name, true).is_err(), "{name}");
        }
    }

    #[test]
    fn the_others_own_process_is_not_ours() {
        let notice = me();
        let target = Target::of(&notice).unwrap();
        let proc = format!("/proc/{}", notice.thread);
        assert_eq!(target.its_own(b"/proc/self/fd/"), format!("{proc}/fd/").as_bytes());
        assert_eq!(target.its_own(b"/dev/fd/"), format!("{proc}/fd").as_bytes());
        assert_eq!(target.its_own(b"/proc/selfish"), b"/proc/selfish");
        let (_pipe, writer) = std::io::pipe().unwrap();
        let at = format!("/dev/fd/{}", writer.as_raw_fd());
        assert!(target.find(None, at.as_bytes(), true).unwrap().is_none());
        let file = tempfile::NamedTempFile::new().unwrap();
        let at = format!("/proc/self/fd/{}", file.as_raw_fd());
        let found = target.find(None, at.as_bytes(), true).unwrap().unwrap();
        assert_eq!(found.path, file.path().canonicalize().unwrap().as_os_str().as_bytes());
        assert_eq!(target.process(), notice.thread);
    }
}
