//! A place for the real program in trouble: a directory with a prepared conversation, an SMTP server that keeps what it takes,
//! the clock of the conversation, and a fault at one call of the program's. What lies on the disk afterwards is handed on to
//! the laws. No process is left behind.

pub mod laws;
pub mod mutants;
pub mod scenarios;

use crate::row::Trial;
use crate::sink::Sink;
use crate::town::home;
use scenarios::Scenario;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What happens to which call of the program's; see `shim.c`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// The number of the call; 0: none, they are only counted.
    pub at: u64,
    /// Which kinds are counted: w(rites), s(yncs), o(pens), r(eads), what is said to a server over the n(etwork).
    pub on: &'static str,
    /// `kill`, `torn`, `short`, or the number of an error.
    pub does: &'static str,
    /// And to all such calls after it.
    pub on_and_on: bool,
    /// Only calls about files of that name count.
    pub file: Option<&'static str>,
}

impl Fault {
    /// Whatever changes the disk or is said to a server.
    pub const EFFECTS: &'static str = "wsn";
    /// What is written to the disk.
    pub const WRITES: &'static str = "w";
    /// EIO and ENOSPC.
    pub const BROKEN: &'static str = "5";
    pub const FULL: &'static str = "28";

    /// The program is killed before that call.
    pub fn kill(at: u64) -> Fault {
        Fault { at, ..NOTHING }
    }
}

/// How a run ended.
#[derive(Debug)]
pub struct Ran {
    /// `None`: it was killed.
    pub code: Option<i32>,
    pub said: String,
    /// Calls of the kinds that count.
    pub calls: u64,
}

/// What is on the disk before a trial; every trial has a copy.
pub struct Prepared {
    pub dir: TempDir,
    pub name: &'static str,
    /// What the program is called with.
    pub words: &'static [&'static str],
    /// Sections of the configuration beyond the usual ones.
    pub config: &'static str,
    /// Seconds by which its clock is ahead.
    pub clock: i64,
}

/// A trial's own copy, with its own mail server.
pub struct Site {
    pub dir: TempDir,
    pub sink: Sink,
    words: &'static [&'static str],
    clock: i64,
}

/// As long as the slowest machine takes for one run, and more.
const PATIENCE: Duration = Duration::from_secs(60);
/// The usual configuration; mail comes from `in`.
const CONFIG: &str = r#"
[robot]
address = "help@desk.example"
state = "state"
[staff]
list = "staff@desk.example"
[[staff.member]]
login = "ann"
name = "Ann Admin"
address = "ann@desk.example"
[[staff.member]]
login = "ben"
name = "Ben Builder"
address = "ben@desk.example"
[identity]
authserv_id = ["mx.desk.example"]
mx_hosts = ["mx.desk.example"]
[[mailbox]]
kind = "maildir"
path = "in"
"#;

impl Site {
    /// A copy of what was prepared.
    pub fn new(prepared: &Prepared) -> Result<Site, String> {
        let dir = home();
        copy(prepared.dir.path(), dir.path()).map_err(|e| format!("copying a site: {e}"))?;
        let sink = Sink::open(0);
        let site = Site { dir, sink, words: prepared.words, clock: prepared.clock };
        site.configure(prepared.config)?;
        Ok(site)
    }

    fn configure(&self, more: &str) -> Result<(), String> {
        let port = self.sink.port;
        let courier = format!(
            "[courier]\nkind = \"smtp\"\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"plain\"\n"
        );
        fs::write(self.path("trackle.toml"), format!("{CONFIG}{courier}{more}"))
            .map_err(|e| e.to_string())?;
        fs::write(self.path("count"), [0; 8]).map_err(|e| e.to_string())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs the program as the scenario wants it, with that fault.
    pub fn run(&self, fault: Fault) -> Result<Ran, String> {
        self.call(self.words, fault, 0)
    }

    /// Whether the scenario is the daemon's.
    pub fn is_daemon(&self) -> bool {
        self.words == SERVE
    }

    /// Runs the daemon until all is done, after whatever happened. Something is put off by a minute or five where the disk
    /// failed, so time passes between the starts, within the
    /// hour that is counted in. What the scenario ran beside the daemon is run again too.
    pub fn recover(&self) -> Result<(), String> {
        let mut last = Err("never started".to_owned());
        for minutes in [0, 0, 2, 10, 30] {
            let ran = self.call(SERVE, NOTHING, minutes * 60)?;
            last = match laws::left_to_do(self)? {
                0 if ran.code == Some(0) => return self.again(minutes * 60),
                left => Err(format!("{left} mails and letters are left over: {ran:?}")),
            };
        }
        last
    }

    /// A backup that is there is whole; one that is not can be made now.
    fn again(&self, later: i64) -> Result<(), String> {
        if self.is_daemon() {
            return Ok(());
        }
        let file = self.path(scenarios::BACKUP);
        if !file.exists() {
            let ran = self.call(self.words, NOTHING, later)?;
            if ran.code != Some(0) {
                return Err(format!("it fails without any trouble: {ran:?}"));
            }
        }
        let backup = trackle::store::backup::look(&file).map_err(|fault| fault.doing)?;
        if backup.tickets == 1 { Ok(()) } else { Err(format!("the backup has {} tickets", backup.tickets)) }
    }

    /// Runs the program so many seconds later.
    pub fn call(&self, words: &[&str], fault: Fault, later: i64) -> Result<Ran, String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trackle"));
        command.arg("--config").arg(self.path("trackle.toml")).args(words).env("LD_PRELOAD", shim());
        self.ran(&mut command, fault, later)
    }

    /// Runs a script with the program and its arguments behind it, while the state directory lies on a disk of its own with
    /// so many bytes free. Afterwards what is on it lies where it was before.
    pub fn on_a_disk(&self, free: u64, script: &str) -> Result<Ran, String> {
        let wrong = |e: std::io::Error| format!("a disk: {e}");
        let script = format!("{MOUNT}{script}{UNMOUNT}");
        let mut command = Command::new("unshare");
        let mounts = if rustix::process::geteuid().is_root() { "-m" } else { "-rm" };
        command.args([mounts, "sh", "-c", &script, "sh", env!("CARGO_BIN_EXE_trackle"), "--config"]);
        command.arg(self.path("trackle.toml")).args(self.words);
        command
            .env("SHIM", shim())
            .env("SIZE", (pages(&self.path("state")).map_err(wrong)? + free).to_string());
        let ran = self.ran(&mut command, NOTHING, 0)?;
        if ran.code == Some(99) {
            return Err(format!("no mounts of our own: {ran:?}"));
        }
        fs::remove_dir(self.path("state")).map_err(wrong)?;
        fs::rename(self.path("kept"), self.path("state")).map_err(wrong)?;
        Ok(ran)
    }

    fn ran(&self, command: &mut Command, fault: Fault, later: i64) -> Result<Ran, String> {
        let (said, counted) = (self.path("said"), self.path("count"));
        fs::write(&counted, [0; 8]).map_err(|e| e.to_string())?;
        let err = fs::File::create(&said).map_err(|e| e.to_string())?;
        command.current_dir(self.dir.path()).env_remove("TRACKLE_LOG");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(err);
        command.env("FAULT_COUNT", &counted).env("FAULT_AT", fault.at.to_string());
        command.env("FAULT_ON", fault.on).env("FAULT_DO", fault.does);
        command.env("FAULT_ON_AND_ON", if fault.on_and_on { "1" } else { "0" });
        if let Some(name) = fault.file {
            command.env("FAULT_FILE", name);
        }
        // whoever waits for a disk that comes back waits no longer than a test can
        command.env("FAULT_FAST", "100");
        command.env("FAULT_LATER", (self.clock + later).to_string());
        let status = ended(command)?;
        let count = fs::read(&counted).map_err(|e| e.to_string())?;
        let calls = u64::from_ne_bytes(count.try_into().map_err(|_| "the count is lost")?);
        let said = String::from_utf8_lossy(&fs::read(&said).map_err(|e| e.to_string())?).into_owned();
        if said.contains("panicked") {
            return Err(format!("it panicked: {said}"));
        }
        if status.signal().is_some_and(|signal| signal != 9) {
            return Err(format!("it broke down: {status}: {said}"));
        }
        Ok(Ran { code: status.code(), said, calls })
    }
}

/// A scenario with what becomes of it when nothing goes wrong.
pub struct Known {
    pub prepared: Prepared,
    pub books: String,
    /// Calls by which it changes something.
    pub calls: u64,
}

impl Known {
    /// Runs a scenario without any trouble.
    pub fn of(scenario: &Scenario) -> Result<Known, String> {
        let tell = |what: String| format!("{}, undisturbed: {what}", scenario.name);
        let prepared = scenario.prepare().map_err(tell)?;
        let site = Site::new(&prepared)?;
        let ran = site.run(NOTHING).map_err(tell)?;
        if ran.code != Some(0) {
            return Err(tell(format!("{ran:?}")));
        }
        if prepared.words != SERVE {
            site.recover().map_err(tell)?;
        }
        let books = laws::books(&site).map_err(tell)?;
        laws::hold(&site, &books, 0).map_err(tell)?;
        Ok(Known { books, calls: ran.calls, prepared })
    }
}

/// The daemon, until there is nothing left to do.
pub const SERVE: &[&str] = &["serve", "--once", "--quiet"];
/// No fault.
pub const NOTHING: Fault = Fault { at: 0, on: Fault::EFFECTS, does: "kill", on_and_on: false, file: None };

/// Puts the state directory on a disk of its own, and takes it back.
const MOUNT: &str = "mv state kept && mkdir state && mount -t tmpfs -o size=$SIZE,mode=700 none state &&
    cp -a kept/. state/ || exit 99\n";
const UNMOUNT: &str = "\nrm -rf kept && cp -a state kept || exit 99\nexit $code";

/// Bytes that a directory takes on a disk in memory: whole pages, and one for each name.
fn pages(dir: &Path) -> std::io::Result<u64> {
    let mut bytes = 4_096;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let size = entry.metadata()?.len();
        bytes +=
            if entry.file_type()?.is_dir() { pages(&entry.path())? } else { size.div_ceil(4_096) * 4_096 };
    }
    Ok(bytes)
}

fn ended(command: &mut Command) -> Result<std::process::ExitStatus, String> {
    let mut child = command.spawn().map_err(|e| format!("starting the program: {e}"))?;
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
            return Ok(status);
        }
        if Instant::now() > end {
            let _ = child.kill();
            let _ = child.wait();
            return Err("it does not end".into());
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Tries each of the points, on all cores; the first that fails ends it.
pub fn each<P: Sync, T: Send>(
    trial: &Trial<'_>,
    points: &[P],
    work: impl Fn(&P) -> Result<T, String> + Sync,
) -> Result<Vec<T>, String> {
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (tell, told) = mpsc::channel();
    let cores = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        for _ in 0..cores {
            let (tell, work, next, failed) = (tell.clone(), &work, &next, &failed);
            scope.spawn(move || {
                while let Some(point) = points.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let one = work(point);
                    if failed.fetch_or(one.is_err(), Ordering::Relaxed) || tell.send(one).is_err() {
                        return;
                    }
                }
            });
        }
        drop(tell);
        told.iter().inspect(|_| trial.step()).collect()
    })
}

/// Copies a directory with all that is in it.
pub fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() { copy(&from, &to)? } else { fs::copy(&from, &to).map(drop)? }
    }
    Ok(())
}

/// The library that makes the faults, compiled once.
pub fn shim() -> &'static Path {
    static SHIM: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let compile = || {
        let dir = tempfile::tempdir().unwrap();
        let library = dir.path().join("shim.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trials/faults/shim.c");
        let options = ["-O1", "-w", "-shared", "-fPIC", "-U_FORTIFY_SOURCE", "-o"];
        let done = Command::new("cc").args(options).arg(&library).arg(source).arg("-ldl").status();
        assert!(done.is_ok_and(|done| done.success()), "cc cannot build the shim: run tests/install");
        (dir, library)
    };
    &SHIM.get_or_init(compile).1
}
