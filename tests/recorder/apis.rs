//! Every function of libc that the library takes the place of, called once by a small program: its journal must hold what
//! was there before. And what the library itself is: what it needs, what it gives, how big it is.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::{Mutex, OnceLock};
use tempfile::TempDir;
use trackle::record::journal::{self, Entry, Journal};
use trackle::record::place::{Manner, Place, Start, new_id};
use trackle_wire::record::flag;
use trackle_wire::{Kind, state};

#[allow(dead_code)]
#[path = "../../preload/src/left.rs"]
mod left;

/// The file "f" with its content is kept.
const ORIGINAL: &str = "open open64 __open __open64 openat openat64 __open_2 __open64_2 __openat_2 __openat64_2 openat2 \
     open_by_handle_at creat creat64 fopen fopen64 freopen freopen64 truncate truncate64 acct \
     posix_spawn_file_actions_addopen unlink unlinkat remove updwtmp updwtmpx \
     SYS_openat SYS_openat2 SYS_open SYS_creat SYS_truncate SYS_unlinkat SYS_unlink";
/// There was nothing at "new".
const MADE: &str = "rename renameat renameat2 link linkat symlink symlinkat mkdir mkdirat mknod mknodat mkfifo mkfifoat \
     __xmknod __xmknodat bind mkstemp mkstemp64 mkostemp mkostemp64 mkstemps mkstemps64 mkostemps mkostemps64 mkdtemp \
     SYS_renameat2 SYS_mkdirat SYS_symlinkat SYS_linkat SYS_mknodat SYS_rename SYS_mkdir";
/// Of "f" mode, owner and attributes are kept.
const METADATA: &str = "chmod lchmod fchmodat fchmod chown lchown fchown fchownat utime utimes lutimes futimes futimesat \
     futimens utimensat setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr SYS_fchmodat SYS_fchownat \
     SYS_setxattr SYS_chmod";
/// A program is started without an environment, and makes "new".
const STARTS: &str = "execve execvpe fexecve execveat execle posix_spawn posix_spawnp pidfd_spawn pidfd_spawnp execv \
     execvp execl execlp system popen SYS_execve SYS_execveat";
/// That something is done is told.
const DONE: &str = "ioctl mount umount umount2 swapon swapoff";
/// These change the host itself, so nobody calls them here; and the way to all the others.
const UNCALLED: &str = "logwtmp login logout pututline pututxline lckpwdf rmdir chroot syscall";

fn words(list: &str) -> impl Iterator<Item = &str> {
    list.split_ascii_whitespace()
}

/// A directory with the file "f" and the directory "d", and a session beside it.
pub struct Bench {
    dir: TempDir,
    pub place: Place,
    pub start: Start,
}

/// The library as it is carried within the program.
pub fn library() -> &'static Path {
    static LIBRARY: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = LIBRARY.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("libtrackle-test.so");
        fs::write(&path, trackle::record::library::BYTES).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        (dir, path)
    });
    path
}

/// A program of this folder, compiled.
pub fn compiled(compiler: &'static str, source: &'static str, options: &[&str]) -> PathBuf {
    type Known = (TempDir, HashMap<String, PathBuf>);
    static KNOWN: OnceLock<Mutex<Known>> = OnceLock::new();
    let empty = || {
        let dir = tempfile::tempdir().unwrap();
        // other users run them as well
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        Mutex::new((dir, HashMap::new()))
    };
    let (dir, programs) = &mut *KNOWN.get_or_init(empty).lock().unwrap();
    let name = format!("{}-{compiler}{}", source.replace('/', "-"), options.concat());
    let program = dir.path().join(&name);
    let compile = || {
        let from =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorder").join(source).with_extension("c");
        let mut command = Command::new(compiler);
        command.args(["-O1", "-w", "-o"]).arg(&program).arg(from).args(options);
        let done = command.status().unwrap_or_else(|e| panic!("{compiler}: {e}: run tests/install"));
        assert!(done.success(), "{compiler} cannot build {source}");
        program
    };
    programs.entry(name).or_insert_with(compile).clone()
}

fn prober() -> &'static Path {
    static PROBER: OnceLock<PathBuf> = OnceLock::new();
    PROBER.get_or_init(|| compiled("cc", "prober", &["-ldl"]))
}

impl Bench {
    pub fn new() -> Bench {
        let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        fs::create_dir(dir.path().join("w")).unwrap();
        fs::create_dir(dir.path().join("w/d")).unwrap();
        fs::write(dir.path().join("w/f"), "before\n").unwrap();
        let _ =
            Command::new("setfattr").args(["-n", "user.old", "-v", "v"]).arg(dir.path().join("w/f")).status();
        let start = Start {
            id: new_id(),
            host: "host".into(),
            login: "ann".into(),
            uid: rustix::process::geteuid().as_raw(),
            ticket: None,
            started: jiff::Timestamp::UNIX_EPOCH,
            directory: "/".into(),
            shell: "/bin/sh".into(),
            command: None,
            environment: Vec::new(),
            witnesses: Vec::new(),
            recorder: None,
        };
        let manner = Manner { flags: state::flag::PROGRAMS, ..Manner::default() };
        let place = Place::make(&dir.path().join("session"), &start, &manner).unwrap();
        Bench { dir, place, start }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join("w").join(name)
    }

    /// A program that is recorded.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path(""));
        command.envs(self.place.environment(&self.start, library().as_os_str(), None));
        command
    }

    fn run(&self, program: &Path, arguments: &[&str]) -> ExitStatus {
        self.command(program).args(arguments).status().unwrap()
    }

    pub fn journal(&self) -> Journal {
        journal::read(&self.place).unwrap()
    }

    /// The records of what was at a path.
    pub fn before(&self, path: &Path) -> Vec<Entry> {
        let is = |e: &Entry| e.kind == Kind::Before && e.path == path.as_os_str().as_encoded_bytes();
        self.journal().entries.into_iter().filter(is).collect()
    }
}

/// Calls each function of a list; gives nothing for those that this libc has not.
fn each(list: &str, look: impl Fn(&str, &Bench)) {
    let prober = prober();
    for name in words(list) {
        let bench = Bench::new();
        match bench.run(prober, &[name]).code() {
            Some(77) => eprintln!("{name}: not here"),
            Some(0) => look(name, &bench),
            other => panic!("{name}: {other:?}"),
        }
        assert_eq!(bench.journal().lost, 0, "{name}");
    }
}

/// Shows T147.
#[test]
fn what_is_opened_to_be_written_or_taken_away_is_kept() {
    each(ORIGINAL, |name, bench| {
        let kept = bench.before(&bench.path("f"));
        let [kept] = &kept[..] else { panic!("{name}: {kept:?}") };
        assert_eq!((kept.mode, kept.size), (0o100_644, 7), "{name}");
        assert!(kept.content.is_some_and(|c| c.size == 7), "{name}");
    });
}

/// Shows T147.
#[test]
fn where_something_is_made_there_was_nothing() {
    each(MADE, |name, bench| {
        let new = |entry: &&fs::DirEntry| entry.file_name().to_string_lossy().starts_with("new");
        let entries: Vec<_> = fs::read_dir(bench.path("")).unwrap().map(Result::unwrap).collect();
        let made = entries.iter().find(new).unwrap_or_else(|| panic!("{name} makes nothing")).path();
        assert_eq!(bench.before(&made).iter().map(|b| b.mode).collect::<Vec<_>>(), [0], "{name}");
        let told =
            bench.journal().entries.iter().filter(|e| [Kind::Moved, Kind::Linked].contains(&e.kind)).count();
        assert_eq!(
            told,
            usize::from(name.contains("rename") || name.contains("_link") || name.starts_with("link"))
        );
    });
}

/// Shows T147.
#[test]
fn mode_owner_and_attributes_are_kept() {
    each(METADATA, |name, bench| {
        let kept = bench.before(&bench.path("f"));
        let [kept] = &kept[..] else { panic!("{name}: {kept:?}") };
        assert_eq!((kept.mode, kept.flags), (0o100_644, flag::METADATA), "{name}");
        if name.contains("removexattr") {
            assert_eq!(kept.extra, b"user.old\0\x01\0\0\0v", "{name}");
        }
    });
}

#[test]
fn programs_without_an_environment_stay_in_the_session() {
    each(STARTS, |name, bench| {
        assert_eq!(fs::read_to_string(bench.path("new")).unwrap(), "x\n", "{name}");
        assert_eq!(bench.before(&bench.path("new")).len(), 1, "{name}");
        let is_shell = |e: &Entry| {
            e.kind == Kind::Started && e.path.ends_with(b"sh") && e.second.starts_with(b"sh\0-c\0")
        };
        // what a shell within libc is started as is libc's own business
        let shells = bench.journal().entries.iter().filter(|e| is_shell(e)).count();
        assert_eq!(shells, usize::from(name != "system" && name != "popen"), "{name}");
    });
}

#[test]
fn what_leaves_no_file_behind_is_told() {
    each(DONE, |name, bench| {
        let told = bench.journal().entries.iter().filter(|e| e.kind == Kind::Done).count();
        assert_eq!(told, 1, "{name}");
    });
}

#[test]
fn a_directory_is_removed_and_one_becomes_the_root() {
    each("rmdir", |_, bench| {
        let kept = bench.before(&bench.path("d"));
        assert_eq!(kept.iter().map(|k| k.mode & 0o170_000).collect::<Vec<_>>(), [0o040_000]);
    });
    each("chroot", |_, bench| {
        assert_eq!(bench.before(&bench.path("d/new")).iter().map(|b| b.mode).collect::<Vec<_>>(), [0]);
        assert!(bench.journal().entries.iter().any(|e| e.kind == Kind::Rooted));
    });
}

/// What `nm -D` says of the library.
fn symbols(option: &str) -> BTreeSet<String> {
    let listed =
        Command::new("nm").args(["-D", option]).arg(library()).output().expect("nm: run tests/install");
    let text = String::from_utf8(listed.stdout).unwrap();
    text.lines().filter_map(|line| line.split_ascii_whitespace().last()).map(str::to_owned).collect()
}

#[test]
fn the_library_takes_the_functions_of_the_table_and_no_others() {
    let given = symbols("--defined-only");
    let rows = [ORIGINAL, MADE, METADATA, STARTS, DONE, UNCALLED];
    let rows = rows.iter().flat_map(|list| words(list)).filter(|name| !name.starts_with("SYS_"));
    assert_eq!(given, rows.map(str::to_owned).collect());
    for (name, reason) in left::LEFT {
        assert!(!given.contains(*name) && !reason.is_empty(), "{name}");
    }
}

#[test]
fn the_library_needs_nothing_that_allocates_or_locks() {
    let needed = symbols("--undefined-only");
    let expected = ["__errno_location", "dlsym", "environ", "getauxval"];
    assert_eq!(needed, expected.map(str::to_owned).into());
    // every program of a session maps it: what it weighs is looked at when it grows
    let size = trackle::record::library::BYTES.len();
    assert!(size < 40_000, "{size} bytes");
}

/// A number of so many bytes.
fn number(at: usize, length: usize) -> u64 {
    let bytes = &trackle::record::library::BYTES[at..at + length];
    bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

#[test]
fn what_the_library_writes_to_lies_on_one_page() {
    // each mapping and each page touched is paid for at every start of a program (elf(5))
    const LOAD: u64 = 1;
    const PAGE: u64 = 4096;
    let (table, size, count) = (number(32, 8), number(54, 2), number(56, 2));
    let entries = (0..count).map(|n| (table + n * size) as usize);
    let loaded: Vec<usize> = entries.filter(|entry| number(*entry, 4) == LOAD).collect();
    let [_, written] = loaded[..] else { panic!("{} mappings", loaded.len()) };
    let (address, length) = (number(written + 16, 8), number(written + 40, 8));
    assert!(address % PAGE + length <= PAGE, "{length} bytes at {address:#x}");
}

/// The secret in the sixth argument is gone once the call is made. libc's next call, which has fewer, would carry it on past
/// the filter; whether it does depends on what the compiler does with the register, so the source is looked at.
#[test]
fn every_call_takes_its_secret_out_of_the_register_again() {
    let mut calls = 0;
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("preload/src")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = fs::read_to_string(&path).unwrap();
            for (instruction, clears) in
                [("\"syscall\"", ", \"xor r9d, r9d\""), ("\"svc 0\"", ", \"mov x5, xzr\"")]
            {
                for (at, found) in source.match_indices(instruction) {
                    calls += 1;
                    assert!(source[at + found.len()..].starts_with(clears), "{}", path.display());
                }
            }
        }
    }
    assert!(calls >= 2, "{calls}");
}
