//! The beginning of a session: its directory, what stands in it before the first program runs, and the command that is
//! run. Whatever is missing for a record is an error before anything is started.

use super::{Work, failed};
use crate::clock::{Clock, SystemClock};
use crate::machine;
use crate::model::session::FilePath;
use crate::record::library::{self, Library};
use crate::record::place::{self, Manner, Place, SANITIZERS, Start};
use crate::record::recover;
use crate::record::shell::{Invocation, Own, Shell};
use crate::record::steady::{self, Steady};
use crate::record::tty::{self, Passing, Tty};
use crate::record::witness::{self, Reach, Supervisors};
use crate::redact::Redactor;
use crate::run::Failed;
use crate::run::account::{Account, variable};
use jiff::Timestamp;
use std::ffi::{OsStr, OsString};
use std::io::IsTerminal;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use trackle_wire::state::{SIZE, flag};

/// Neither the environment nor the user database has one.
const NO_HOME: &str = "there is no home directory where HOME says";

/// Below this, a disk counts as full: bytes. The page of the session, and as much for what it records.
const ROOM: u64 = 2 * SIZE as u64;

/// A session that waits for its first program.
pub struct Begun {
    pub place: Place,
    /// What whoever sits there should know.
    pub warnings: Vec<String>,
    invocation: Invocation,
    variables: Vec<(&'static str, OsString)>,
    supervisors: Option<Supervisors>,
    started: Timestamp,
    _steady: Steady,
}

impl Begun {
    pub fn command(&self) -> Command {
        let mut command = command(&self.invocation);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Has the command run in a terminal of its own, and what that shows recorded.
    ///
    /// # Errors
    /// Without a terminal to show it on.
    pub fn terminal(&self, command: &mut Command) -> Result<Passing, Failed> {
        let why = |e: std::io::Error| {
            self.forget();
            failed(format!("what the terminal shows cannot be recorded: {e}"))
        };
        let tty = Tty::open().map_err(why)?;
        let mut leader = Command::new(std::env::current_exe().map_err(why)?);
        leader.args([tty::LEADER, "--"]).arg(command.get_program()).args(command.get_args());
        leader.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        tty.hand_to(&mut leader).map_err(why)?;
        *command = leader;
        let kind = variable("TERM").unwrap_or_default();
        tty.pass(self.place.dir(), self.started.as_second(), &kind.to_string_lossy()).map_err(why)
    }

    /// Once the shell runs: the second witness stays for it, even without us.
    pub fn started(&self, process: u32) {
        if let Some(supervisors) = &self.supervisors {
            supervisors.stay_for(process);
        }
    }

    /// Takes it away again: nothing ran.
    pub fn forget(&self) {
        let _ = std::fs::remove_dir_all(self.place.dir());
    }
}

/// Makes everything ready.
///
/// # Errors
/// Why it cannot be recorded.
pub fn begin(work: &Work<'_>) -> Result<Begun, Failed> {
    let now = SystemClock.now();
    let mut start = Start {
        id: place::new_id(),
        host: machine::host(),
        login: work.account.name.clone(),
        uid: work.account.uid,
        ticket: Some(work.job.number.0.into()),
        started: now,
        directory: directory(),
        shell: work.shell.path.to_string_lossy().into_owned(),
        command: work.args.command.as_ref().map(|line| line.to_string_lossy().into_owned()),
        environment: environment(),
        witnesses: vec!["preload library".to_owned()],
        recorder: machine::this_process().map(|process| (process.pid, process.started)),
    };
    let library = library(work.account)?;
    let reach = witness::reach();
    start.witnesses.extend(match reach {
        Reach::Session => Some("system call filter over the whole session".to_owned()),
        Reach::StaticPrograms => Some("system call filter around static programs".to_owned()),
        Reach::Nothing => None,
    });
    let place = place(work.account, &start, &library)?;
    let supervisors = if reach == Reach::Nothing { None } else { supervisors(&place) };
    let preloaded = variable(trackle_wire::PRELOAD);
    let mut variables = place.environment(&start, library.entry(), preloaded.as_deref());
    variables.push(Place::for_sanitizers(variable(SANITIZERS).as_deref()));
    let command = work.args.command.as_deref();
    let mut invocation = invocation(work.shell, command, place.dir(), start.ticket)
        .map_err(|e| failed(format!("{}: {e}", place.dir().display())))?;
    if let Some(filter) = supervisors.as_ref().filter(|_| reach == Reach::Session) {
        let [trackle, prefix @ ..] = filter.prefix();
        let shell = std::mem::replace(&mut invocation.program, trackle.into());
        invocation.arguments = prefix.into_iter().chain([shell.into()]).chain(invocation.arguments).collect();
    }
    let _steady = Steady::every(steady::PAUSE, &place);
    Ok(Begun {
        warnings: warnings(work, reach),
        place,
        invocation,
        variables,
        supervisors,
        started: now,
        _steady,
    })
}

/// How the shell is started, with its prompt marked.
///
/// # Errors
/// When what it reads cannot be written into the session's directory.
pub fn invocation(
    shell: &Shell,
    command: Option<&OsStr>,
    session: &Path,
    ticket: Option<u64>,
) -> std::io::Result<Invocation> {
    if let Some(command) = command {
        return Ok(shell.command(command));
    }
    let dumb = variable("TERM").is_none_or(|term| term == "dumb");
    let own = Own {
        zdotdir: variable("ZDOTDIR").unwrap_or_default(),
        env: variable("ENV").unwrap_or_default(),
        colour: !dumb && variable("NO_COLOR").is_none(),
    };
    let mark = ticket.map_or_else(|| "Trackle".to_owned(), |number| format!("Trackle #{number}"));
    shell.interactive(session, &mark, &own)
}

/// The command that it is.
pub fn command(invocation: &Invocation) -> Command {
    let mut command = Command::new(&invocation.program);
    command.args(&invocation.arguments);
    command.envs(invocation.variables.iter().map(|(name, value)| (name, value)));
    command
}

/// Where sessions may lie, the best place first: with the installed recorder, on disk, in memory.
pub fn roots(account: &Account) -> Vec<PathBuf> {
    let state = variable("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let state = state.or_else(|| account.home.as_ref().map(|home| home.join(".local/state")));
    let runtime = variable("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute());
    let own = [state.map(|dir| dir.join("trackle/sessions")), runtime.map(|dir| dir.join("trackle"))];
    let installed = Some(PathBuf::from(trackle_wire::SESSIONS)).filter(|dir| dir.is_dir());
    installed.into_iter().chain(own.into_iter().flatten()).collect()
}

/// The directory of this session, in the first place that takes it.
fn place(account: &Account, start: &Start, library: &Library) -> Result<Place, Failed> {
    let mut why = Vec::new();
    for root in roots(account) {
        // programs of other users write there only where they load the library too
        let shared = root == Path::new(trackle_wire::SESSIONS);
        if shared && *library != Library::Installed {
            continue;
        }
        let manner = Manner { flags: flag::PROGRAMS, shared, ..Manner::default() };
        match place_in(&root, start, &manner) {
            Ok(place) => return Ok(place),
            Err(failed) => why.push(failed.text),
        }
    }
    if why.is_empty() {
        why.push(NO_HOME.into());
    }
    Err(failed(why.join("; ")))
}

fn place_in(root: &Path, start: &Start, manner: &Manner) -> Result<Place, Failed> {
    let why = |e: std::io::Error| failed(format!("{}: {e}", root.display()));
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(root).map_err(why)?;
    let disk = rustix::fs::statvfs(root).map_err(|e| why(e.into()))?;
    if disk.f_bavail.saturating_mul(disk.f_frsize) < ROOM {
        let text = format!("{}: less than {} MiB are free on that disk", root.display(), ROOM >> 20);
        return Err(failed(text));
    }
    Ok(Place::make(&root.join(&start.id), start, manner)?)
}

/// The second witness, where it can be had.
fn supervisors(place: &Place) -> Option<Supervisors> {
    Supervisors::start(&std::env::current_exe().ok()?, place.dir()).ok()
}

fn directory() -> FilePath {
    std::env::current_dir().map(|dir| FilePath::new(dir.as_os_str().as_bytes())).unwrap_or_default()
}

/// What of the environment may be told.
fn environment() -> Vec<(String, String)> {
    let mut redactor = Redactor::new();
    let told = std::env::vars_os().filter_map(|(name, value)| {
        let (name, value) = (name.into_string().ok()?, value.into_string().ok()?);
        let value = redactor.environment(&name, &value)?;
        Some((name, value))
    });
    let mut told: Vec<(String, String)> = told.collect();
    told.sort();
    told
}

fn warnings(work: &Work<'_>, reach: Reach) -> Vec<String> {
    let mut warnings = Vec::new();
    if reach != Reach::Session && !library::is_loaded_by(&work.shell.path) {
        let shell = work.shell.path.display();
        warnings
            .push(format!("What {shell} does by itself is not seen, since it is static; what it starts is."));
    }
    let left = recover::all(&roots(work.account));
    if left.iter().any(|left| left.start.uid == work.account.uid && !left.recorded && left.living.is_empty())
    {
        warnings.push("An earlier session was not filed: `trackle recover` does it.".into());
    }
    if !work.counter.locks() {
        warnings.push("This host does not see the tickets: nobody else is kept from starting on it.".into());
    }
    let windows =
        [("TMUX", "tmux"), ("STY", "screen")].into_iter().find(|(name, _)| variable(name).is_some());
    if let Some((_, program)) = windows {
        warnings.push(format!("New windows of {program} are not part of it: type `trackle work` in them."));
    }
    if work.args.command.is_none() && !work.shell.keeps_history() {
        let shell = work.shell.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        warnings.push(format!("{shell} does not tell what you type; the programs that run are recorded."));
    }
    if work.args.command.is_none() && !std::io::stdin().is_terminal() {
        warnings.push("There is no terminal: lines are read from standard input.".into());
    }
    warnings
}

/// The library that records, from the first place where it can stand.
fn library(account: &Account) -> Result<Library, Failed> {
    let cache = variable("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = cache.or_else(library::cache_of_root);
    let cache = cache.or_else(|| account.home.as_ref().map(|home| home.join(".cache")));
    let runtime = variable("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute());
    let mut why = failed(NO_HOME.into());
    for place in cache.into_iter().chain(runtime) {
        match library::ready(&place) {
            Ok(library) => return Ok(library),
            Err(fault) => why = fault.into(),
        }
    }
    Err(why)
}
