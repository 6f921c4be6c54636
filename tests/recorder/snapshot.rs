//! Whether a record is exact: a tree is looked at before and after a command, and what `trackle record show --json` tells
//! must be the difference, no path more and none less. The command runs once more unrecorded, in a tree made in the same
//! way: what it prints, how it ends and what it leaves must be the same.

use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{CStr, OsStr};
use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;
use trackle::model::session::FilePath;

/// What a path is, as far as a change set tells it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Node {
    kind: String,
    mode: String,
    owner: (u64, u64),
    /// Of files and links.
    size: Option<u64>,
    sha256: Option<String>,
    target: Option<String>,
    xattrs: BTreeMap<String, String>,
}

pub type Tree = BTreeMap<String, Node>;
/// Both sides of each path that differs.
type Differences = BTreeMap<String, (Option<Node>, Option<Node>)>;

/// A kind of work.
pub struct Work<'a> {
    /// Makes what the work begins with.
    pub before: &'a str,
    pub script: &'a str,
    /// The shell that runs it.
    pub shell: &'a str,
    /// What it leaves is not the same twice (times, random names within files).
    pub varies: bool,
    /// Whose work it is: a number; 0 is root, who the tests have to run as for any other.
    pub user: u32,
}

impl<'a> Work<'a> {
    pub fn of(before: &'a str, script: &'a str) -> Work<'a> {
        Work { before, script, shell: "sh", varies: false, user: 0 }
    }

    pub fn varying(before: &'a str, script: &'a str) -> Work<'a> {
        Work { varies: true, ..Work::of(before, script) }
    }
}

/// A directory with a tree in which scripts run.
pub struct Bench {
    dir: TempDir,
    /// A further tree on another file system, `$ELSEWHERE` to scripts.
    elsewhere: TempDir,
    user: u32,
    /// The library that is installed for privileged programs, for this bench alone.
    installed: Option<PathBuf>,
}

/// Installs the library and lets everybody use sudo, where only this one process and its children see it.
const INSTALLED: &str = r#"set -e
mkdir -p "$0"; mount -t tmpfs tmpfs "$0"; cd "$0"; mkdir lu lw eu ew
mount -t overlay overlay -o lowerdir="$L",upperdir="$0/lu",workdir="$0/lw" "$L"
mount -t overlay overlay -o lowerdir=/etc,upperdir="$0/eu",workdir="$0/ew" /etc
mount -t tmpfs tmpfs /run
cp "$SO" "$L/libtrackle.so"; chmod 4644 "$L/libtrackle.so"
mkdir -p /run/trackle/s; chmod 1733 /run/trackle/s
printf '#%s ALL=(ALL) NOPASSWD: ALL\n' "$U" > /etc/sudoers.d/recorder; chmod 440 /etc/sudoers.d/recorder
cd "$W"; exec setpriv --reuid="$U" --regid="$U" --clear-groups "$@""#;

/// What a record told of a run.
pub struct Told {
    pub lines: Vec<Value>,
    pub output: Output,
}

impl Bench {
    pub fn new() -> Bench {
        // not below /tmp, which some programs treat in ways of their own
        let dir =
            tempfile::Builder::new().prefix("recorder").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let elsewhere = tempfile::Builder::new().prefix("recorder").tempdir_in("/dev/shm").unwrap();
        let bench = Bench { dir, elsewhere, user: 0, installed: None };
        fs::create_dir(bench.tree()).unwrap();
        bench
    }

    /// One for the work of an ordinary user.
    pub fn of_user(user: u32) -> Bench {
        let bench = Bench { user, ..Bench::new() };
        for dir in [bench.dir.path(), bench.elsewhere.path(), &bench.tree()] {
            std::os::unix::fs::chown(dir, Some(user), Some(user)).unwrap();
        }
        bench
    }

    /// One for the work of an ordinary user who may use sudo, with the recorder installed; `None` where that cannot be
    /// tried.
    pub fn of_sudoer(user: u32) -> Option<Bench> {
        let mut bench = Bench::of_user(user);
        // the carried library is in the cache once something was recorded
        bench.begin("true");
        assert!(bench.record("sh", "true").status.success());
        let cache = fs::read_dir(bench.dir.path().join("cache/trackle")).ok()?;
        bench.installed = cache.flatten().map(|entry| entry.path()).next();
        let tried = bench.record("sh", "sudo -n true");
        tried.status.success().then_some(bench)
    }

    /// What is in both trees now.
    pub fn look(&self) -> Tree {
        let mut all = tree(&self.tree());
        all.extend(tree(self.elsewhere.path()));
        all
    }

    pub fn tree(&self) -> PathBuf {
        self.dir.path().join("tree")
    }

    /// The top of the tree on another file system.
    pub fn elsewhere(&self) -> &Path {
        self.elsewhere.path()
    }

    pub fn out(&self) -> PathBuf {
        self.dir.path().join("out")
    }

    /// Empties the tree and makes it anew.
    pub fn begin(&self, script: &str) {
        fs::remove_dir_all(self.tree()).unwrap();
        for entry in fs::read_dir(self.elsewhere.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
        }
        for name in ["", "home", "tmp"] {
            fs::create_dir(self.tree().join(name)).unwrap();
            std::os::unix::fs::chown(self.tree().join(name), Some(self.user), Some(self.user)).unwrap();
        }
        let mut command = self.command("sh");
        if self.installed.is_some() {
            // there are files of root's among those that somebody with sudo works with
            command = Command::new("sh");
            command.current_dir(self.tree());
        }
        let made = command.args(["-ec", script]).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }

    /// A command in the tree, with an environment that is always the same.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new("setpriv");
        if self.user == 0 {
            command = Command::new(program);
        } else {
            let user = self.user;
            command.args([format!("--reuid={user}"), format!("--regid={user}"), "--clear-groups".into()]);
            command.arg(program);
        }
        let tree = self.tree();
        command.current_dir(&tree).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        command.env("HOME", tree.join("home")).env("TMPDIR", tree.join("tmp")).env("TERM", "xterm");
        command
            .env("ELSEWHERE", self.elsewhere.path())
            .env("XDG_CACHE_HOME", self.dir.path().join("cache"))
            .env("LC_ALL", "C.UTF-8");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_DATE"), "1700000000 +0000");
            command.env(format!("GIT_{who}_NAME"), "Ann").env(format!("GIT_{who}_EMAIL"), "ann@example.org");
        }
        command
    }

    /// Runs a script recorded.
    pub fn record(&self, shell: &str, script: &str) -> Output {
        self.record_with(&[], shell, script.as_ref())
    }

    /// The same in another way.
    pub fn record_with(&self, options: &[&str], shell: &str, script: &OsStr) -> Output {
        let _ = fs::remove_dir_all(self.out());
        let trackle = env!("CARGO_BIN_EXE_trackle");
        let mut command = self.command(trackle);
        if let Some(library) = &self.installed {
            command = Command::new("unshare");
            command.env_clear().env("PATH", std::env::var_os("PATH").unwrap());
            command.args(["-m", "--propagation", "private", "sh", "-c", INSTALLED]);
            command.arg(self.dir.path().join("mounts")).arg(trackle).current_dir(self.tree());
            command.env("SO", library).env("U", self.user.to_string()).env("W", self.tree());
            command
                .env("L", format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH))
                .env("HOME", self.tree().join("home"));
        }
        command.arg("record").args(options).arg("--out").arg(self.out());
        command.args(["--", shell, "-c"]).arg(script);
        command.output().unwrap()
    }

    /// What the record tells.
    pub fn told(&self) -> Vec<Value> {
        let shown = self.show(&["--json"]);
        shown.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub fn show(&self, options: &[&str]) -> String {
        let mut command = self.command(env!("CARGO_BIN_EXE_trackle"));
        let shown = command.args(["record", "show"]).arg(self.out()).args(options).output().unwrap();
        assert!(shown.status.success(), "{}", String::from_utf8_lossy(&shown.stderr));
        String::from_utf8(shown.stdout).unwrap()
    }
}

/// Holds a kind of work to the law: the record is exact, and the work does not notice it.
pub fn exact(work: &Work<'_>) -> Told {
    let bench = if work.user == 0 { Bench::new() } else { Bench::of_user(work.user) };
    bench.begin(work.before);
    let plain = bench.command(work.shell).args(["-c", work.script]).output().unwrap();
    let left = bench.look();
    let (told, after) = recorded(&bench, work);
    let output = &told.output;
    let is = |output: &Output| (output.status.code(), output.stdout.clone(), output.stderr.clone());
    if !work.varies {
        assert_eq!(words(&is(&plain)), words(&is(output)), "the command noticed: {}", work.script);
        assert_eq!(left, after, "the command left something else");
    }
    assert_eq!(plain.status.code(), output.status.code());
    told
}

/// Runs a kind of work recorded, and holds the record against the trees; gives what is there afterwards, too.
pub fn recorded(bench: &Bench, work: &Work<'_>) -> (Told, Tree) {
    bench.begin(work.before);
    let before = bench.look();
    let output = bench.record(work.shell, work.script);
    let after = bench.look();
    let lines = bench.told();
    let wrong = wrong(&before, &after, &lines);
    assert!(wrong.is_empty(), "{}\n\n{}", wrong.join("\n"), bench.show(&["--witnesses"]));
    (Told { lines, output }, after)
}

fn words((code, out, err): &(Option<i32>, Vec<u8>, Vec<u8>)) -> (Option<i32>, String, String) {
    (*code, String::from_utf8_lossy(out).into_owned(), String::from_utf8_lossy(err).into_owned())
}

/// What a record tells otherwise than it is.
pub fn wrong(before: &Tree, after: &Tree, lines: &[Value]) -> Vec<String> {
    let (real, told) = (differences(before, after), reported(lines));
    let mut wrong = Vec::new();
    let paths: BTreeSet<&String> = real.keys().chain(told.keys()).collect();
    let unhashed = |side: &Option<Node>| side.clone().map(|node| Node { sha256: None, ..node });
    for path in paths {
        let mut real = real.get(path).cloned();
        if let (Some((before, after)), Some((then, now))) = (&mut real, told.get(path)) {
            // what is withheld or was too large is not hashed
            for (real, told) in [(before, then), (after, now)] {
                if told.as_ref().is_some_and(|node| node.sha256.is_none()) {
                    *real = unhashed(real);
                }
            }
        }
        match (real, told.get(path)) {
            (Some(real), None) => wrong.push(format!("missed: {path}: {real:?}")),
            (None, Some(told)) => wrong.push(format!("invented: {path}: {told:?}")),
            (Some(real), Some(told)) if real != *told => {
                wrong.push(format!("otherwise: {path}:\n   is {real:?}\n told {told:?}"));
            }
            _ => {}
        }
    }
    wrong
}

fn differences(before: &Tree, after: &Tree) -> Differences {
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let both =
        paths.into_iter().map(|path| (path.clone(), (before.get(path).cloned(), after.get(path).cloned())));
    both.filter(|(_, (before, after))| before != after).collect()
}

/// What lines tell, path by path: a rename is a path that is gone and one that is new.
fn reported(lines: &[Value]) -> Differences {
    let mut all = Differences::new();
    for line in lines {
        let path = line["path"].as_str().unwrap().to_owned();
        let (mut before, after) = (node(&line["before"]), node(&line["after"]));
        if let Some(from) = line["from"].as_str() {
            let gone = all.insert(from.to_owned(), (before.take(), None));
            assert_eq!(gone, None, "{from} is told of twice");
        }
        let twice = all.insert(path.clone(), (before, after));
        assert_eq!(twice, None, "{path} is told of twice");
    }
    all
}

fn node(side: &Value) -> Option<Node> {
    let text = |key: &str| side[key].as_str().map(str::to_owned);
    let side = side.as_object()?;
    let xattrs = side["xattrs"].as_object().unwrap();
    Some(Node {
        kind: text("type")?,
        mode: text("mode")?,
        owner: (side["uid"].as_u64().unwrap(), side["gid"].as_u64().unwrap()),
        size: side.get("size").and_then(Value::as_u64),
        sha256: text("sha256"),
        target: text("target"),
        xattrs: xattrs
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect(),
    })
}

/// What a directory is now, and all below it.
pub fn tree(root: &Path) -> Tree {
    let mut all = Tree::new();
    all.insert(name(root), look(root, &fs::symlink_metadata(root).unwrap()));
    let mut waiting = vec![root.to_owned()];
    while let Some(dir) = waiting.pop() {
        for entry in fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            let found = fs::symlink_metadata(&path).unwrap();
            if found.is_dir() {
                waiting.push(path.clone());
            }
            all.insert(name(&path), look(&path, &found));
        }
    }
    all
}

/// As the record tells it.
fn name(path: &Path) -> String {
    let path = FilePath::new(path.as_os_str().as_encoded_bytes());
    serde_json::to_value(path).unwrap().as_str().unwrap().to_owned()
}

fn look(path: &Path, found: &fs::Metadata) -> Node {
    let kind = found.file_type();
    let kinds = [
        (kind.is_file(), "file"),
        (kind.is_dir(), "directory"),
        (kind.is_symlink(), "symlink"),
        (kind.is_fifo(), "fifo"),
        (kind.is_socket(), "socket"),
        (kind.is_char_device(), "character"),
        (kind.is_block_device(), "block"),
    ];
    let kind = kinds.into_iter().find(|(is, _)| *is).unwrap().1;
    Node {
        kind: kind.to_owned(),
        mode: format!("{:04o}", found.mode() & 0o7777),
        owner: (found.uid().into(), found.gid().into()),
        size: (found.is_file() || found.is_symlink()).then_some(found.len()),
        sha256: found
            .is_file()
            .then(|| data_encoding::HEXLOWER.encode(&Sha256::digest(fs::read(path).unwrap()))),
        target: found.is_symlink().then(|| name(&fs::read_link(path).unwrap())),
        xattrs: xattrs(path),
    }
}

fn xattrs(path: &Path) -> BTreeMap<String, String> {
    let mut names = vec![0; 4096];
    let length = rustix::fs::llistxattr(path, &mut names).unwrap_or(0);
    let mut all = BTreeMap::new();
    for name in names[..length].split_inclusive(|b| *b == 0) {
        let name = CStr::from_bytes_with_nul(name).unwrap();
        let mut value = vec![0; 65536];
        let length = rustix::fs::lgetxattr(path, name, &mut value).unwrap();
        let name = name.to_str().unwrap().to_owned();
        all.insert(name, data_encoding::HEXLOWER.encode(&value[..length]));
    }
    all
}
