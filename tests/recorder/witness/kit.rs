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
use trackle_wire::{Kind, Record, elf, file, take};

pub const TRACKLE: &str = env!("CARGO_BIN_EXE_trackle");

pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// The static shell.
pub fn busybox() -> PathBuf {
    let path = PathBuf::from("/bin/busybox");
    let begin = fs::read(&path).expect("busybox-static is missing: run tests/install");
    assert!(elf::loading(&begin[..elf::BEGIN]) == elf::Loading::Static, "busybox is not the static one");
    path
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

    /// The processes that supervise it, the one on duty first.
    pub fn supervising(&self) -> Vec<u32> {
        supervising(self.dir.path())
    }

    /// Nothing is recorded any more.
    pub fn close(&self) {
        let page = fs::OpenOptions::new().read(true).write(true).open(self.own().join(file::STATE)).unwrap();
        page.write_all_at(&state::flag::CLOSED.to_le_bytes(), word::FLAGS as u64 * 8).unwrap();
    }

    /// The recorder is gone; what it leaves: the tree and the session's directory.
    pub fn end(self) -> (tempfile::TempDir, tempfile::TempDir) {
        (self.tree, self.dir)
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

/// The processes that supervise a session, the one on duty first.
pub fn supervising(dir: &Path) -> Vec<u32> {
    let all =
        fs::read_dir("/proc").unwrap().flatten().filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok());
    let mut found: Vec<(bool, u32)> = all
        .filter_map(|pid| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
            let words: Vec<&[u8]> = line.split(|b| *b == 0).collect();
            let ours =
                words.get(1) == Some(&&b"__witness"[..]) && words.get(2) == Some(&dir.as_os_str().as_bytes());
            let threads = fs::read_dir(format!("/proc/{pid}/task")).ok()?.count();
            // who is on duty has threads that answer
            ours.then_some((threads < 2, pid))
        })
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, pid)| pid).collect()
}

/// Kills a process and waits until it is dead: another look finds only those that live.
pub fn kill(number: u32) {
    let pid = rustix::process::Pid::from_raw(number as i32).unwrap();
    let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
    let is_dead = |stat: String| stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(['Z', 'X']));
    while !fs::read_to_string(format!("/proc/{number}/stat")).map_or(true, is_dead) {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}

/// A program of C, where there is a compiler for it.
pub fn compiled(name: &str, source: &str, options: &[&str]) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("programs");
    fs::create_dir_all(&dir).unwrap();
    let (program, text) = (dir.join(name), dir.join(format!("{name}.c")));
    fs::write(&text, source).unwrap();
    let built = Command::new("cc").args(options).arg("-O1").arg("-o").arg(&program).arg(&text).output();
    let built = built.expect("cc is missing: run tests/install");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    program
}

/// A program of Go, which makes its own calls.
pub fn go() -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("programs");
    fs::create_dir_all(&dir).unwrap();
    let (program, text) = (dir.join("changes-in-go"), dir.join("changes.go"));
    fs::write(&text, GO).unwrap();
    let cache = dir.join("cache");
    let mut build = Command::new("go");
    build.args(["build", "-o"]).arg(&program).arg(&text).env("GOFLAGS", "-mod=mod").env("GOPROXY", "off");
    let built = build.env("CGO_ENABLED", "0").env("GOCACHE", cache).output();
    let built = built.expect("go is missing: run tests/install");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    program
}

const GO: &str = r#"package main

import "os"

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	done := make(chan bool)
	for _, name := range []string{"a", "b"} {
		go func(name string) { check(os.WriteFile(name, []byte("after"), 0644)); done <- true }(name)
	}
	<-done
	<-done
	check(os.Remove("c"))
	check(os.MkdirAll("x/y/z", 0755))
	check(os.Symlink("a", "x/link"))
	check(os.Rename("b", "x/b"))
	check(os.Chmod("a", 0600))
}
"#;

/// One call of each kind, most of them raw.
pub const CALLS: &str = r#"
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>
#define CHECK(x) do { if ((long)(x) < 0) { perror(#x); return 1; } } while (0)
int main(void) {
    struct { uint64_t flags, mode, resolve; } how = { O_WRONLY | O_TRUNC, 0, 0 };
    struct sockaddr_un address = { AF_UNIX, "socket" };
    int dir, fd;
    CHECK(dir = open("deep", O_RDONLY | O_DIRECTORY));
    CHECK(fd = syscall(SYS_openat, dir, "file", O_RDWR));
    CHECK(write(fd, "new", 3));
    CHECK(fd = syscall(SYS_openat, AT_FDCWD, "opened", O_RDWR | O_TRUNC));
    CHECK(fd = syscall(437, AT_FDCWD, "how", &how, sizeof how));
    CHECK(syscall(SYS_renameat2, AT_FDCWD, "exchanged-1", AT_FDCWD, "exchanged-2", 2));
    CHECK(syscall(SYS_renameat2, AT_FDCWD, "renamed", dir, "renamed", 0));
    CHECK(syscall(SYS_unlinkat, AT_FDCWD, "unlinked", 0));
    CHECK(syscall(SYS_mkdirat, dir, "made", 0700));
    CHECK(syscall(SYS_symlinkat, "nowhere", dir, "symlink"));
    CHECK(syscall(SYS_mknodat, dir, "pipe", S_IFIFO | 0600, 0));
    CHECK(fchown(open("owned", O_RDONLY), 1, 1));
    CHECK(fchmod(open("moded", O_RDONLY), 0604));
    CHECK(setxattr("xattr", "user.test", "v", 1, 0));
    CHECK(fd = open(".", O_TMPFILE | O_RDWR, 0600));
    CHECK(write(fd, "tmp", 3));
    char path[64];
    sprintf(path, "/proc/self/fd/%d", fd);
    CHECK(linkat(AT_FDCWD, path, AT_FDCWD, "named-late", AT_SYMLINK_FOLLOW));
    CHECK(fd = socket(AF_UNIX, SOCK_STREAM, 0));
    CHECK(bind(fd, (struct sockaddr *)&address, sizeof address));
    char params[256] = { 0 };
    syscall(425, 4, params);
    printf("io_uring: %d\n", errno);
    return 0;
}
"#;

/// Without a library at all: the calls of a 32-bit machine.
pub const SMALL: &str = r#"
static long call(long n, long a, long b, long c) {
    long r;
    __asm__ volatile("int $0x80" : "=a"(r) : "a"(n), "b"(a), "c"(b), "d"(c) : "memory");
    return r;
}
void _start(void) {
    long fd = call(5, (long)"old", 01 | 01000, 0);
    call(4, fd, (long)"new", 3);
    call(39, (long)"dir", 0755, 0);
    call(38, (long)"old", (long)"dir/moved", 0);
    call(1, 7, 0, 0);
}
"#;
