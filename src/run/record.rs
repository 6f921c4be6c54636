//! `trackle record --out DIR -- CMD…`: runs one command and keeps what it changed; `trackle record show DIR` tells it. The
//! command's streams and exit status are its own: nothing is printed beside them. What could not be recorded stands in
//! what `show` prints; that nothing can be recorded at all is said before the command runs, and then it does not run.

use super::{Failed, complain, exit};
use crate::clock::{Clock, SystemClock};
use crate::diff;
use crate::fault::Outcome;
use crate::machine;
use crate::model::lock::Process;
use crate::model::session::{Ending, FilePath};
use crate::record::changes::Changed;
use crate::record::library::{self, Library};
use crate::record::place::{End, Manner, Place, SANITIZERS, Start};
use crate::record::steady::{self, Steady};
use crate::record::witness::poll::Poll;
use crate::record::witness::{self, Reach, Supervisors};
use crate::record::{changes, child, place};
use crate::show::{self, screen};
use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use trackle_wire::state::flag;

/// Within DIR: the place while programs write to it. Closed, it bears this name with an ending.
const LIVE: &str = "session";
/// Within DIR: where the place is while privileged programs write to it too, which know but one.
const ELSEWHERE: &str = "elsewhere";

/// Options of `trackle record`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
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
    /// Do without the second witness, which sees into programs that load no library.
    #[arg(long)]
    pub library_only: bool,
    /// The command and its arguments.
    #[arg(last = true, value_name = "CMD", required = true)]
    pub command: Vec<OsString>,
    #[command(subcommand)]
    pub what: Option<What>,
}

const EXAMPLES: &str = "Such as:
  trackle record --out /tmp/made -- make install
  trackle record show /tmp/made --patch

The exit code is the command's.";

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
    /// Where the command's program is.
    program: PathBuf,
    /// `None`: programs that load no library are not seen into.
    supervisors: Option<Supervisors>,
}

fn record(out: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let Some((program, words)) = args.command.split_first() else {
        return Err(Failed { text: "a command is wanted: --out DIR -- CMD…".into(), code: exit::DATA });
    };
    let Some(path) = find_program(program) else {
        // before anything is made for it
        return Err(cannot_start(program, child::Unstarted::NotFound, &io::ErrorKind::NotFound.into()));
    };
    let is_new = !out.exists();
    let prepared = prepare(out, args, &path).inspect_err(|_| {
        if is_new {
            // so that it is not in the way of the next try
            let _ = fs::remove_dir_all(out);
        }
    });
    let ready = match prepared {
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
    let mut command = match &ready {
        Some(ready) => ready.command(program, words),
        None => command(program, words),
    };
    let steady = ready.as_ref().map(|ready| Steady::every(steady::PAUSE, &ready.place));
    let mut looks = None;
    let started = |process| {
        // programs that nobody sees into are named at least
        let alone = ready.as_ref().filter(|ready| ready.supervisors.is_none() && !args.library_only);
        looks = alone.and_then(|ready| Poll::start(ready.place.dir(), process).ok());
    };
    let ran = child::watch(&mut command, started)?;
    drop((looks, steady));
    let (pid, ending) = match ran {
        Ok(ended) => ended,
        Err((unstarted, e)) => {
            if let Some(ready) = ready {
                // nothing was begun, so nothing is left behind
                let _ = fs::remove_dir_all(ready.place.dir());
                let _ = fs::remove_file(out.join(ELSEWHERE));
            }
            return Err(cannot_start(program, unstarted, &e));
        }
    };
    if let Some(ready) = ready {
        // the command is done, and its exit status is what its caller waits for: a record that cannot be completed
        // is told by `show`, which completes it then
        let _ = finish(out, ready, ending.clone(), pid);
    }
    Ok(ExitCode::from(child::status(&ending)))
}

fn command(program: &OsStr, words: &[OsString]) -> Command {
    let mut command = Command::new(program);
    command.args(words);
    command
}

impl Ready {
    fn command(&self, program: &OsStr, words: &[OsString]) -> Command {
        let filter = self.supervisors.as_ref().filter(|_| witness::reach() == Reach::Session);
        let mut command = match filter.map(Supervisors::prefix) {
            Some([trackle, prefix @ ..]) => {
                let mut command = command(&trackle, &prefix);
                command.arg(program).args(words);
                command
            }
            // its start is seen, and said, by one that loads the library
            None if !library::is_loaded_by(&self.program) => {
                let mut shell = Command::new("/bin/sh");
                shell.args(["-c", r#"exec "$0" "$@""#]).arg(program).args(words);
                shell
            }
            None => command(program, words),
        };
        let preloaded = variable(trackle_wire::PRELOAD);
        command.envs(self.place.environment(&self.start, self.library.entry(), preloaded.as_deref()));
        command.envs([Place::for_sanitizers(variable(SANITIZERS).as_deref())]);
        command
    }
}

/// A program by its path, or in the directories of `PATH`.
fn find_program(program: &OsStr) -> Option<PathBuf> {
    if program.as_bytes().contains(&b'/') {
        return std::path::absolute(program).ok().filter(|path| path.exists());
    }
    let path = variable("PATH").unwrap_or_else(|| "/bin:/usr/bin".into());
    let found = std::env::split_paths(&path).map(|dir| dir.join(program)).find(|path| path.is_file());
    // an empty word in PATH is the working directory
    std::path::absolute(found?).ok()
}

fn prepare(out: &Path, args: &Args, program: &Path) -> Result<Ready, Failed> {
    let failed = |e: io::Error| Failed { text: format!("{}: {e}", out.display()), code: exit::FAILED };
    if is_recorded() {
        let text = "this runs within a tracked session already, which records it".to_owned();
        return Err(Failed { text, code: exit::FAILED });
    }
    match fs::read_dir(out) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(Failed { text: format!("{} is not empty", out.display()), code: exit::FAILED });
            }
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            DirBuilder::new().mode(0o700).create(out).map_err(failed)?;
        }
        Err(e) => return Err(failed(e)),
    }
    let library = library(out)?;
    let start = start(program, &args.command);
    let private = if args.withhold_private { flag::WITHHOLD_PRIVATE } else { 0 };
    let shared = library == Library::Installed && Path::new(trackle_wire::SESSIONS).is_dir();
    let live = if shared { Path::new(trackle_wire::SESSIONS).join(&start.id) } else { out.join(LIVE) };
    let manner = Manner { flags: flag::PROGRAMS | private, shared, ..Manner::default() };
    let reach = if args.library_only { Reach::Nothing } else { witness::reach() };
    let place = Place::make(&live, &start, &manner)?;
    if shared {
        // so that what a killed recorder leaves is found
        fs::write(out.join(ELSEWHERE), place.dir().as_os_str().as_bytes()).map_err(failed)?;
    }
    let supervisors = (reach != Reach::Nothing).then(|| supervisors(&place)).flatten();
    Ok(Ready { place, start, library, program: program.to_owned(), supervisors })
}

/// Whether we are a program of a session ourselves: the library in us would lead what we start back into that.
fn is_recorded() -> bool {
    let session = variable(trackle_wire::SESSION).is_some_and(|id| trackle_wire::id::is_valid(id.as_bytes()));
    let library = trackle_wire::LIBRARY.trim_end_matches(".so").as_bytes();
    let loaded = |libraries: &OsStr| libraries.as_bytes().windows(library.len()).any(|part| part == library);
    session && variable(trackle_wire::PRELOAD).is_some_and(|libraries| loaded(&libraries))
}

/// The second witness, where it can be had.
fn supervisors(place: &Place) -> Option<Supervisors> {
    let trackle = std::env::current_exe().ok()?;
    Supervisors::start(&trackle, place.dir()).ok()
}

fn start(program: &Path, command: &[OsString]) -> Start {
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
        shell: program.to_string_lossy().into_owned(),
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
    // a home that is not there ("/nonexistent") is not made
    let home = || variable("HOME").map(PathBuf::from).filter(|home| home.is_dir()).map(|h| h.join(".cache"));
    let own = || library::cache_of_root().or_else(home);
    let cache = variable("XDG_CACHE_HOME").map(PathBuf::from).or_else(own).filter(|path| path.is_absolute());
    if let Some(library) = cache.and_then(|cache| library::ready(&cache).ok()) {
        return Ok(library);
    }
    Ok(library::ready(&out.canonicalize()?)?)
}

fn finish(out: &Path, ready: Ready, ending: Ending, pid: u32) -> Outcome<()> {
    ready.place.ended(&End { ended: SystemClock.now(), ending, pid: Some(pid) })?;
    changes::finish(&bring(out, ready.place.close()?)?)
}

/// The closed place within DIR.
fn bring(out: &Path, closed: Place) -> Outcome<Place> {
    let home = out.join(format!("{LIVE}.closed"));
    if closed.dir().parent() != Some(Path::new(trackle_wire::SESSIONS)) {
        return Ok(closed);
    }
    let place = closed.carry(&home)?;
    let _ = fs::remove_file(out.join(ELSEWHERE));
    Ok(place)
}

/// As shells tell it.
fn cannot_start(program: &OsStr, unstarted: child::Unstarted, e: &io::Error) -> Failed {
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
    } else if show.patch {
        screen::print_bytes(&patch(&changed)?)?;
    } else {
        let look = screen::look();
        screen::print(&show::changes::page(&changed.changes, &changed.witnesses, changed.passing, &look))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What turns the files of the start into those of the end, one after the other.
fn patch(changed: &Changed) -> Outcome<Vec<u8>> {
    let owner = |uid: u32, gid: u32| format!("{uid}:{gid}");
    let mut all = Vec::new();
    for change in &changed.changes {
        let before = changed.contents.before(&change.path)?;
        let after = changed.contents.after(&change.path)?;
        all.extend(diff::of(change, before.as_deref(), after.as_deref(), &owner).patch());
    }
    Ok(all)
}

/// The closed place below DIR. One that a killed recorder left open is closed now.
fn find(dir: &Path) -> Result<Place, Failed> {
    let closed = dir.join(format!("{LIVE}.closed"));
    if closed.exists() {
        return Ok(Place::open(&closed)?);
    }
    let elsewhere = fs::read(dir.join(ELSEWHERE)).ok().map(|path| PathBuf::from(OsString::from_vec(path)));
    let live = elsewhere.unwrap_or_else(|| dir.join(LIVE));
    let mut name = live.clone().into_os_string();
    name.push(".closed");
    if Path::new(&name).exists() {
        return Ok(bring(dir, Place::open(Path::new(&name))?)?);
    }
    if !live.exists() {
        let text = format!("{} holds no record of a command", dir.display());
        return Err(Failed { text, code: exit::FAILED });
    }
    let place = Place::open(&live)?;
    let recorder = place.start()?.recorder;
    let running = recorder.is_some_and(|(pid, started)| machine::is_alive(&Process { pid, started }));
    if running {
        return Err(Failed { text: "the command is still running".into(), code: exit::LATER });
    }
    Ok(bring(dir, place.close()?)?)
}
