//! A session's directory with supervisors, a tree to work in, and what the journal says of it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use trackle::record::witness::Supervisors;
use trackle_wire::record::flag;
use trackle_wire::state::{self, word};
use trackle_wire::{Kind, Record, file, take};

pub const TRACKLE: &str = env!("CARGO_BIN_EXE_trackle");

pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// The static shell, where it is installed.
pub fn busybox() -> Option<PathBuf> {
    let path = PathBuf::from("/bin/busybox");
    let begin = fs::read(&path).ok()?;
    trackle_wire::elf::is_static(begin.get(..4096)?).then_some(path)
}

pub struct Session {
    pub supervisors: Supervisors,
    dir: tempfile::TempDir,
    tree: tempfile::TempDir,
}

/// What a path is.
pub type Thing = (u32, Vec<u8>);

impl Session {
    pub fn new() -> Session {
        let dir = tempfile::tempdir().unwrap();
        let own = dir.path().join(rustix::process::geteuid().as_raw().to_string());
        fs::create_dir(&own).unwrap();
        let page = File::create(own.join(file::STATE)).unwrap();
        page.set_len(state::SIZE as u64).unwrap();
        page.write_all_at(&state::MAGIC.to_le_bytes(), word::MAGIC as u64 * 8).unwrap();
        page.write_all_at(&state::flag::PROGRAMS.to_le_bytes(), word::FLAGS as u64 * 8).unwrap();
        File::create(own.join(file::JOURNAL)).unwrap();
        File::create(own.join(file::PACK)).unwrap();
        let supervisors = Supervisors::start(Path::new(TRACKLE), dir.path()).unwrap();
        Session { supervisors, dir, tree: tempfile::tempdir().unwrap() }
    }

    /// The tree to work in.
    pub fn work(&self) -> &Path {
        self.tree.path()
    }

    /// The session's own directory.
    pub fn own(&self) -> PathBuf {
        self.dir.path().join(rustix::process::geteuid().as_raw().to_string())
    }

    /// A file in the tree, or a directory where the name ends in a slash.
    pub fn put(&self, name: &str, content: &str) -> PathBuf {
        let path = self.work().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if name.ends_with('/') {
            fs::create_dir(&path).unwrap()
        } else {
            fs::write(&path, content).unwrap()
        }
        path
    }

    /// The same command under the filter, in the tree.
    pub fn run(&self, command: &mut Command) -> Command {
        let [program, rest @ ..] = self.supervisors.prefix();
        let mut filtered = Command::new(program);
        filtered.args(rest).arg(command.get_program()).args(command.get_args()).current_dir(self.work());
        filtered
    }

    pub fn journal(&self) -> Vec<u8> {
        fs::read(self.own().join(file::JOURNAL)).unwrap()
    }

    pub fn records(&self) -> Vec<Owned> {
        let journal = self.journal();
        let pack = fs::read(self.own().join(file::PACK)).unwrap();
        let mut rest = &journal[..];
        let mut all = Vec::new();
        while let Some((before, length, record)) = take(rest) {
            assert_eq!(before, 0, "torn");
            all.push(Owned::of(&record, &pack));
            rest = &rest[before + length..];
        }
        assert!(rest.is_empty());
        all
    }

    /// The first record of each path.
    pub fn first(&self) -> BTreeMap<PathBuf, Owned> {
        let mut all = BTreeMap::new();
        for record in self.records().into_iter().filter(|r| r.kind == Kind::Before as u16) {
            all.entry(record.path.clone()).or_insert(record);
        }
        all
    }

    /// Whatever differs from before has a record that says how it was.
    pub fn assert_seen(&self, before: &BTreeMap<PathBuf, Thing>) {
        let (after, first) = (snapshot(self.work()), self.first());
        let mut changed = 0;
        for path in before.keys().chain(after.keys().filter(|p| !before.contains_key(*p))) {
            if before.get(path) == after.get(path) {
                continue;
            }
            changed += 1;
            let record = first.get(path).unwrap_or_else(|| panic!("{} went unseen", path.display()));
            match before.get(path) {
                None => assert_eq!(record.mode, 0, "{}", path.display()),
                Some((mode, content)) => {
                    assert_eq!(record.mode, *mode, "{}", path.display());
                    if record.flags & flag::METADATA == 0 {
                        assert!(record.content == *content, "{}: {:?}", path.display(), record);
                    }
                }
            }
        }
        assert!(changed > 0);
    }

    /// No record tells of a place outside the tree.
    pub fn assert_all_kept_before(&self) {
        for (path, _) in self.first() {
            assert!(path.starts_with(self.work()), "{}", path.display());
        }
    }

    /// The programs that were started, as the journal has them.
    pub fn started(&self) -> Vec<(PathBuf, String)> {
        let started = self.records().into_iter().filter(|r| r.kind == Kind::Started as u16);
        started
            .map(|r| (r.path, String::from_utf8_lossy(&r.second).replace('\0', " ").trim().to_owned()))
            .collect()
    }
}

#[derive(Debug, Clone)]
pub struct Owned {
    pub kind: u16,
    pub flags: u16,
    pub pid: u32,
    pub mode: u32,
    pub path: PathBuf,
    pub second: Vec<u8>,
    pub content: Vec<u8>,
}

impl Owned {
    fn of(record: &Record<'_>, pack: &[u8]) -> Owned {
        let bytes = |path: &[u8]| PathBuf::from(std::ffi::OsStr::from_bytes(path));
        let content = if record.pack == trackle_wire::record::NOT_PACKED {
            record.content.to_vec()
        } else {
            pack[record.pack as usize..][..record.size as usize].to_vec()
        };
        let content = if record.mode & 0o170_000 == 0o120_000 { record.second.to_vec() } else { content };
        Owned {
            kind: record.kind,
            flags: record.flags,
            pid: record.pid,
            mode: record.mode,
            path: bytes(record.path),
            second: record.second.to_vec(),
            content,
        }
    }
}

/// Everything below a directory, links by where they lead.
pub fn snapshot(dir: &Path) -> BTreeMap<PathBuf, Thing> {
    let mut all = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let found = fs::symlink_metadata(&path).unwrap();
            let content = match found.file_type() {
                kind if kind.is_dir() => {
                    folders.push(path.clone());
                    Vec::new()
                }
                kind if kind.is_symlink() => {
                    fs::read_link(&path).unwrap().into_os_string().as_encoded_bytes().to_vec()
                }
                kind if kind.is_file() => fs::read(&path).unwrap(),
                _ => Vec::new(),
            };
            all.insert(path, (found.mode(), content));
        }
    }
    all
}
