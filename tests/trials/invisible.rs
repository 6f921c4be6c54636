//! B16: nobody sees that he is recorded. Twelve programs do a piece of work twice in the same directory, alone and recorded:
//! by the library, by both witnesses, with a recorder that is killed or stopped at the beginning, with a disk that is full.
//! Output, messages, exit status and every file are the same, and very many programs start as if nothing were there. The
//! control loads a library that is not invisible: it changes one bit of a mode.

#[path = "invisible/scripts.rs"]
mod scripts;

use crate::row::{Row, Trial};
use scripts::SCRIPTS;
use sha2::{Digest, Sha256};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The row.
pub const ROW: Row = Row {
    name: "B16",
    about: "nobody sees that he is recorded",
    unit: "process starts",
    amounts: [400, 20_000, 1_000_000],
    trial: |trial| works(trial, &MANNERS),
    control: |trial| works(trial, &[Manner::Altering]),
};

/// How a piece of work is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Library,
    Both,
    Killed,
    Stopped,
    FullDisk,
    /// Not at all: with a library that alters something.
    Altering,
}

const MANNERS: [Manner; 5] =
    [Manner::Library, Manner::Both, Manner::Killed, Manner::Stopped, Manner::FullDisk];
/// Process starts for each piece of work, the least and the most of these, however many starts there are.
const STARTS: u64 = 33;
const WORKS: (u64, u64) = (24, 3_000);
/// Longer than any of the scripts takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

fn works(trial: &Trial<'_>, manners: &[Manner]) -> Result<String, String> {
    let bench = Bench::new()?;
    // a single one is asked for to see it again
    let works = if trial.amount == 1 { 1 } else { (trial.amount / STARTS).clamp(WORKS.0, WORKS.1) };
    let starts = if manners.contains(&Manner::Altering) { 0 } else { trial.amount };
    for seed in trial.seed..trial.seed + works {
        let (name, script) = SCRIPTS[seed as usize % SCRIPTS.len()];
        // another one for each program, and for the same one the next time
        let manner = manners[(seed as usize + seed as usize / SCRIPTS.len()) % manners.len()];
        let alone = bench.work(script, None).map_err(|e| format!("seed {seed}: {name} alone: {e}"))?;
        let told = |what: String| format!("seed {seed}: {name}, {manner:?}: {what}");
        let recorded = bench.work(script, Some(manner)).map_err(told)?;
        differs(&alone, &recorded).map_err(told)?;
        if alone.last().is_none_or(|line| line != "status 0\n") {
            return Err(format!("seed {seed}: {name} does not work: {}", alone.concat()));
        }
        trial.step();
    }
    let seen = bench.starts(starts)?;
    trial.tried(works + starts);
    Ok(format!("{works} pieces of work in {} manners, {seen} programs started: no difference", manners.len()))
}

/// The first line that is not the same.
fn differs(alone: &[String], recorded: &[String]) -> Result<(), String> {
    let lines = alone.len().max(recorded.len());
    let pair = (0..lines).map(|at| (alone.get(at), recorded.get(at))).find(|(one, other)| one != other);
    pair.map_or(Ok(()), |(one, other)| Err(format!("alone {one:?}, recorded {other:?}")))
}

/// A directory to work in, which is there twice.
struct Bench {
    dir: TempDir,
}

impl Bench {
    fn new() -> Result<Bench, String> {
        let bench = Bench { dir: tempfile::tempdir().map_err(|e| e.to_string())? };
        fs::create_dir(bench.path("home")).map_err(|e| e.to_string())?;
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
        for (made, source, options) in [
            ("starter", "recorder/starter.c", &[][..]),
            ("nothing", "recorder/nothing.c", &[]),
            ("altering.so", "trials/invisible/altering.c", &["-shared", "-fPIC"]),
        ] {
            let mut cc = Command::new("gcc");
            cc.args(["-O1", "-w", "-o"]).arg(bench.path(made)).arg(sources.join(source)).args(options);
            let done = cc.status().map_err(|e| format!("gcc: {e}: run tests/install"))?;
            if !done.success() {
                return Err(format!("gcc cannot build {source}"));
            }
        }
        Ok(bench)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Does the work in an empty directory: what it left, line by line.
    fn work(&self, script: &str, manner: Option<Manner>) -> Result<Vec<String>, String> {
        let wrong = |e: std::io::Error| e.to_string();
        for name in ["tree", "out", "said"] {
            let _ = fs::remove_dir_all(self.path(name));
            fs::create_dir(self.path(name)).map_err(wrong)?;
        }
        let first = match manner {
            Some(Manner::Killed) => "kill -9 $PPID",
            Some(Manner::Stopped) => "kill -STOP $PPID",
            Some(Manner::FullDisk) => "head -c 99M /dev/zero >$OUT/fill 2>/dev/null",
            _ => "true",
        };
        let whole = format!(
            "{first}\n(set -e\nmkdir made; chmod 755 made; ! cat none\n{script}) >$SAID/out 2>$SAID/err </dev/null\n\
             echo $? >$SAID/.status; mv $SAID/.status $SAID/status"
        );
        let mut child =
            self.command(&whole, manner).spawn().map_err(|e| format!("it does not start: {e}"))?;
        let ended = self.ended(&mut child, manner);
        if ended.is_err() {
            let _ = child.kill();
            let _ = child.wait();
        }
        ended?;
        self.left()
    }

    fn command(&self, whole: &str, manner: Option<Manner>) -> Command {
        let record = |words: &str| {
            let trackle = env!("CARGO_BIN_EXE_trackle");
            format!("exec {trackle} record {words} --out $OUT/record -- bash -c \"$WORK\"")
        };
        let line = match manner {
            None | Some(Manner::Altering) => "exec bash -c \"$WORK\"".to_owned(),
            Some(Manner::Library) => record("--library-only"),
            Some(Manner::Both | Manner::Killed | Manner::Stopped) => record(""),
            Some(Manner::FullDisk) => format!("mount -t tmpfs -o size=40m none $OUT && {}", record("")),
        };
        let mut command = match manner {
            Some(Manner::FullDisk) => {
                let mut own = Command::new("unshare");
                own.args(["--mount", "--propagation", "private", "bash"]);
                own
            }
            _ => Command::new("bash"),
        };
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.args(["-c", &line]).current_dir(self.path("tree")).env_clear().env("PATH", path);
        for (name, dir) in [("HOME", "home"), ("OUT", "out"), ("SAID", "said")] {
            command.env(name, self.path(dir));
        }
        for (name, value) in scripts::ENVIRONMENT {
            command.env(name, value);
        }
        if manner == Some(Manner::Altering) {
            command.env("LD_PRELOAD", self.path("altering.so"));
        }
        command.env("WORK", whole).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    /// Waits for the work, and for whoever recorded it.
    fn ended(&self, child: &mut Child, manner: Option<Manner>) -> Result<(), String> {
        let (begun, status) = (Instant::now(), self.path("said/status"));
        let mut over = None;
        while !status.exists() || over.is_none() {
            if begun.elapsed() > PATIENCE {
                return Err(format!("it hangs; its status is there: {}", status.exists()));
            }
            over = over.or(child.try_wait().map_err(|e| e.to_string())?);
            if manner == Some(Manner::Stopped) && status.exists() && over.is_none() {
                let recorder = rustix::process::Pid::from_child(child);
                let _ = rustix::process::kill_process(recorder, rustix::process::Signal::CONT);
            }
            // who is not killed waits for the work: it did not begin
            if over.is_some() && manner != Some(Manner::Killed) && !status.exists() {
                return Err(format!("it ended with {over:?} and did nothing"));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Every file that the work left, what it said, and how it ended.
    fn left(&self) -> Result<Vec<String>, String> {
        let mut lines = Vec::new();
        look(&self.path("tree"), &self.path("tree"), &mut lines).map_err(|e| e.to_string())?;
        lines.sort();
        for name in ["out", "err", "status"] {
            let said = fs::read(self.path("said").join(name)).map_err(|e| e.to_string())?;
            lines.push(format!("{name} {}", String::from_utf8_lossy(&said)));
        }
        Ok(lines)
    }

    /// Programs started one after the other in one recorded session.
    fn starts(&self, times: u64) -> Result<u64, String> {
        if times == 0 {
            return Ok(0);
        }
        let _ = fs::remove_dir_all(self.path("out"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_trackle"));
        command.arg("record").arg("--out").arg(self.path("out")).arg("--").arg(self.path("starter"));
        command.arg(times.to_string()).arg(self.path("nothing")).env("HOME", self.path("home"));
        let done = command.stdin(Stdio::null()).output().map_err(|e| e.to_string())?;
        if done.status.code() != Some(0) || done.stdout != b"all is well\n" || !done.stderr.is_empty() {
            return Err(format!("{times} programs: {done:?}"));
        }
        Ok(times)
    }
}

/// Type, rights, links and contents of all that is below a directory.
fn look(root: &Path, dir: &Path, lines: &mut Vec<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let meta = path.symlink_metadata()?;
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        let what = if meta.is_symlink() {
            format!("-> {}", fs::read_link(&path)?.display())
        } else if meta.is_file() {
            data_encoding::HEXLOWER.encode(&Sha256::digest(fs::read(&path)?))
        } else {
            String::new()
        };
        lines.push(format!("{name} {:o} {} {what}", meta.permissions().mode(), meta.nlink()));
        if meta.is_dir() {
            look(root, &path, lines)?;
        }
    }
    Ok(())
}
