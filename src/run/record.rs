//! `trackle record --out DIR -- CMD…`: runs one command and keeps what it changed; `trackle record show DIR` tells it. The
//! command's streams and exit status are its own: nothing is printed beside them. What could not be recorded stands in
//! what `show` prints; that nothing can be recorded at all is said before the command runs, and then it does not run.

use super::{Failed, complain, exit};
use crate::clock::{Clock, SystemClock};
use crate::machine;
use crate::model::session::{Ending, FilePath};
use crate::record::library::{self, Library};
use crate::record::place::{End, Manner, Place, Start};
use crate::record::{changes, child, place};
use crate::show::{self, screen};
use std::ffi::OsString;
use std::fs::{self, DirBuilder};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use trackle_wire::state::flag;

/// Within DIR: the place while programs write to it. Closed, it bears this name with an ending.
const LIVE: &str = "session";

/// Options of `trackle record`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    /// Where the record goes: a directory that is empty or not there yet.
    #[arg(long, value_name = "DIR", required = true)]
    pub out: Option<PathBuf>,
    /// Run the command even if it cannot be recorded.
    #[arg(long)]
    pub untracked: bool,
    /// Keep nothing of files that only their owner may read but the fact that they changed.
    #[arg(long)]
    pub withhold_private: bool,
    /// The command and its arguments.
    #[arg(last = true, value_name = "CMD", required = true)]
    pub command: Vec<OsString>,
    #[command(subcommand)]
    pub what: Option<What>,
}

/// What else can be done with records.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Print what a recorded command changed.
    Show(Show),
}

/// Options of `trackle record show`.
#[derive(Debug, clap::Args)]
pub struct Show {
    /// What `--out` named.
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// For programs: one object a line, for each path that differs.
    #[arg(long, conflicts_with = "patch")]
    pub json: bool,
    /// A patch that `patch -p1` applies at the root directory.
    #[arg(long)]
    pub patch: bool,
    /// Say who saw the command run, and what nobody saw; with `--json` as one more object at the end.
    #[arg(long, conflicts_with = "patch")]
    pub witnesses: bool,
}

/// Records or shows.
///
/// # Errors
/// When nothing can be recorded, or the record cannot be read: a sentence.
pub fn run(args: &Args) -> Result<ExitCode, Failed> {
    match (&args.what, &args.out) {
        (Some(What::Show(show)), _) => tell(show),
        (None, Some(out)) => record(out, args),
        (None, None) => Err(Failed { text: "where to is wanted: --out DIR".into(), code: exit::DATA }),
    }
}

/// A recording that is ready to begin.
struct Ready {
    place: Place,
    start: Start,
    library: Library,
}

fn record(out: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let Some((program, words)) = args.command.split_first() else {
        return Err(Failed { text: "a command is wanted: --out DIR -- CMD…".into(), code: exit::DATA });
    };
    let ready = match prepare(out, args) {
        Ok(ready) => Some(ready),
        Err(failed) if args.untracked => {
            complain(&format!("not recorded: {}", failed.text));
            None
        }
        Err(failed) => {
            let text = format!("cannot record: {}; run anyway with --untracked", failed.text);
            return Err(Failed { text, ..failed });
        }
    };
    let mut command = Command::new(program);
    command.args(words);
    if let Some(ready) = &ready {
        let preloaded = variable(trackle_wire::PRELOAD);
        let all = ready.place.environment(&ready.start, ready.library.entry(), preloaded.as_deref());
        command.envs(all);
    }
    let (pid, ending) = match child::run(&mut command)? {
        Ok(ended) => ended,
        Err((unstarted, e)) => {
            if let Some(ready) = ready {
                // nothing was begun, so nothing is left behind
                let _ = fs::remove_dir_all(ready.place.dir());
            }
            return Err(cannot_start(program, unstarted, &e));
        }
    };
    if let Some(ready) = ready {
        // the command is done, and its exit status is what its caller waits for: a record that cannot be completed
        // is told by `show`, which completes it then
        let _ = finish(ready.place, ending.clone(), pid);
    }
    Ok(ExitCode::from(child::status(&ending)))
}

fn prepare(out: &Path, args: &Args) -> Result<Ready, Failed> {
    let failed = |e: std::io::Error| Failed { text: format!("{}: {e}", out.display()), code: exit::FAILED };
    match fs::read_dir(out) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(Failed { text: format!("{} is not empty", out.display()), code: exit::FAILED });
            }
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            DirBuilder::new().mode(0o700).create(out).map_err(failed)?;
        }
        Err(e) => return Err(failed(e)),
    }
    let library = library(out)?;
    let start = start(&args.command);
    let private = if args.withhold_private { flag::WITHHOLD_PRIVATE } else { 0 };
    let manner = Manner { flags: flag::PROGRAMS | private, ..Manner::default() };
    let place = Place::make(&out.join(LIVE), &start, &manner)?;
    Ok(Ready { place, start, library })
}

fn start(command: &[OsString]) -> Start {
    let words: Vec<String> = command.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let uid = rustix::process::getuid().as_raw();
    let login = ["USER", "LOGNAME"].into_iter().find_map(variable);
    Start {
        id: place::new_id(),
        host: machine::host(),
        login: login.map_or_else(|| uid.to_string(), |name| name.to_string_lossy().into_owned()),
        uid,
        ticket: None,
        started: SystemClock.now(),
        directory: std::env::current_dir()
            .map(|dir| FilePath::new(dir.as_os_str().as_bytes()))
            .unwrap_or_default(),
        shell: words.first().cloned().unwrap_or_default(),
        command: Some(words.join(" ")),
        environment: Vec::new(),
        witnesses: vec!["preload library".to_owned()],
        recorder: machine::this_process().map(|process| (process.pid, process.started)),
    }
}

#[allow(clippy::disallowed_methods)] // what the command's own environment is made from
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// The preload library: from the user's cache, or else, where he has none to write to, from the record itself.
fn library(out: &Path) -> Result<Library, Failed> {
    let home = || variable("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cache = variable("XDG_CACHE_HOME").map(PathBuf::from).or_else(home).filter(|path| path.is_absolute());
    if let Some(library) = cache.and_then(|cache| library::ready(&cache).ok()) {
        return Ok(library);
    }
    Ok(library::ready(&out.canonicalize()?)?)
}

fn finish(place: Place, ending: Ending, pid: u32) -> crate::fault::Outcome<()> {
    place.ended(&End { ended: SystemClock.now(), ending, pid: Some(pid) })?;
    changes::finish(&place.close()?)
}

/// As shells tell it.
fn cannot_start(program: &OsString, unstarted: child::Unstarted, e: &std::io::Error) -> Failed {
    let name = program.to_string_lossy();
    match unstarted {
        child::Unstarted::NotFound => Failed { text: format!("{name}: command not found"), code: 127 },
        child::Unstarted::NotAllowed => Failed { text: format!("{name}: {e}"), code: 126 },
    }
}

fn tell(show: &Show) -> Result<ExitCode, Failed> {
    let place = find(&show.dir)?;
    let changed = changes::of(&place)?;
    if show.json {
        let mut text = String::new();
        for change in &changed.changes {
            text.push_str(&show::safe::json(&show::changes::json(change).to_string()));
            text.push('\n');
        }
        if show.witnesses {
            let seen = show::changes::json_witnesses(&changed.witnesses, changed.passing);
            text.push_str(&format!("{}\n", show::safe::json(&seen.to_string())));
        }
        screen::print(&text)?;
    } else {
        let look = screen::look();
        screen::print(&show::changes::page(&changed.changes, &changed.witnesses, changed.passing, &look))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The closed place below DIR. One that a killed recorder left open is closed now.
fn find(dir: &Path) -> Result<Place, Failed> {
    let closed = dir.join(format!("{LIVE}.closed"));
    if closed.exists() {
        return Ok(Place::open(&closed)?);
    }
    let live = dir.join(LIVE);
    if !live.exists() {
        let text = format!("{} holds no record of a command", dir.display());
        return Err(Failed { text, code: exit::FAILED });
    }
    let place = Place::open(&live)?;
    let recorder = place.start()?.recorder;
    let running = recorder.is_some_and(|(pid, started)| {
        machine::lives(&crate::model::lock::Lock {
            login: String::new(),
            host: machine::host(),
            process: Some(crate::model::lock::Process { pid, started }),
            since: SystemClock.now(),
            until: SystemClock.now(),
        })
    });
    if running {
        return Err(Failed { text: "the command is still running".into(), code: exit::LATER });
    }
    Ok(place.close()?)
}
