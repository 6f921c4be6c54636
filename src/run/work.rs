//! `trackle work 42`: the user's own shell, recorded, on a ticket. It takes the ticket's lock, and when the shell ends the
//! ticket's thread has what was changed. What cannot be recorded, locked or filed is told before anything is lost.

mod begin;
mod counter;
mod end;
mod nested;
mod picker;
mod ticket;

use super::account::Account;
use super::desk::As;
use super::prompt::Inside;
use super::{Failed, exit};
use crate::clock::{Clock, SystemClock};
use crate::model::session::Ending;
use crate::model::ticket::Number;
use crate::record::child;
use crate::record::place::{End, Place};
use crate::record::shell::Shell;
use crate::show::safe;
use counter::Job;
use rustix::termios::Termios;
use std::ffi::OsString;
use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::{Command, ExitCode};

pub use begin::roots;
pub use counter::{Counter, note, posted};

/// Options of `trackle work`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The ticket's number: 42 or #42; without it the open ones are offered.
    #[arg(value_name = "TICKET", value_parser = super::number)]
    pub ticket: Option<Number>,
    /// Run that one command with the shell instead of somebody typing.
    #[arg(long, short, value_name = "COMMAND")]
    pub command: Option<OsString>,
    /// The shell [default: $SHELL].
    #[arg(long, value_name = "SHELL")]
    pub shell: Option<OsString>,
    /// Work on the ticket though it is closed.
    #[arg(long)]
    pub closed: bool,
    /// Record what the terminal shows as well; never what is typed.
    #[arg(long)]
    pub tty: bool,
    /// Go on when nothing can be recorded.
    #[arg(long)]
    pub untracked: bool,
    #[command(flatten)]
    pub wish: end::Wish,
    #[command(flatten)]
    pub who: As,
}

const EXAMPLES: &str = "Such as:
  trackle work 42                        your own shell, recorded; `exit` ends it
  trackle work 42 -c 'make install' --yes";

/// Works.
///
/// # Errors
/// A wrong configuration, nobody on staff of that name, no such ticket or shell, a ticket that somebody else works on, no
/// means to record when nobody agrees to go without; a session that could not be filed, with where it is.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let account = Account::here();
    let shell = shell(args, &account)?;
    if let Some(inside) = Inside::now() {
        return nested::run(&inside, args, &shell);
    }
    let counter = Counter::of(config, &args.who)?;
    let Some(job) = counter.ticket(args.ticket, args.closed)? else {
        return Ok(ExitCode::from(exit::USAGE));
    };
    let work = Work { counter: &counter, args, account: &account, shell: &shell, job: &job };
    counter.locked(job.number, || work.done())
}

fn shell(args: &Args, account: &Account) -> Result<Shell, Failed> {
    let named = args.shell.as_ref().unwrap_or(&account.shell);
    Shell::find(named, &account.search).map_err(failed)
}

/// All that is known before it begins.
struct Work<'a> {
    counter: &'a Counter,
    args: &'a Args,
    account: &'a Account,
    shell: &'a Shell,
    job: &'a Job,
}

impl Work<'_> {
    fn done(&self) -> Result<ExitCode, Failed> {
        match begin::begin(self) {
            Ok(begun) => self.recorded(begun),
            Err(why) => self.untracked(&why.text),
        }
    }

    /// A session: from the first line to the last.
    fn recorded(&self, begun: begin::Begun) -> Result<ExitCode, Failed> {
        if self.args.tty && !std::io::stdin().is_terminal() {
            begun.forget();
            return Err(failed("there is no terminal whose screen --tty could record: leave it out".into()));
        }
        self.greet(&begun);
        let modes = picker::modes();
        let mut command = begun.command();
        let passing = self.args.tty.then(|| begun.terminal(&mut command)).transpose()?;
        let started = child::watch(&mut command, |process| begun.started(process));
        drop(passing);
        let now = SystemClock.now();
        let (pid, ending) = match started {
            Ok(Ok(ended)) => ended,
            Ok(Err((_, why))) => {
                begun.forget();
                return Err(failed(format!("{} cannot be started: {why}", self.shell.path.display())));
            }
            Err(fault) => {
                begun.forget();
                return Err(fault.into());
            }
        };
        let place = closed(begun.place, &End { ended: now, ending: ending.clone(), pid: Some(pid) }, modes)?;
        let filed = end::end(self.counter, &place, self.job.number, &self.args.wish);
        let code = if self.args.command.is_some() { child::status(&ending) } else { 0 };
        match filed {
            Err(why) if code == 0 => Err(why),
            Err(why) => {
                super::complain(&why.text);
                Ok(ExitCode::from(code))
            }
            Ok(()) => Ok(ExitCode::from(code)),
        }
    }

    /// What is recorded, and how it ends: the first line that somebody sees.
    fn greet(&self, begun: &begin::Begun) {
        let title =
            self.job.title.as_ref().map(|title| format!(" ({})", safe::line(title))).unwrap_or_default();
        let (what, end) = match self.args.command {
            Some(_) => ("this command", ""),
            None => ("this shell", "; `exit` ends it, `trackle pause` interrupts it"),
        };
        say(&format!("Trackle records {what} for {}{title}{end}.", self.job.number));
        for warning in &begun.warnings {
            say(&format!("  {warning}"));
        }
    }

    /// The same shell without a record, when whoever sits there agrees.
    fn untracked(&self, why: &str) -> Result<ExitCode, Failed> {
        say(&format!("This cannot be recorded: {}.", safe::line(why)));
        if !self.args.untracked && !agreed("Go on without a record?")? {
            let way =
                if std::io::stdin().is_terminal() { "" } else { "; --untracked goes on without a record" };
            return Err(failed(format!("nothing was done{way}")));
        }
        let mut command = Command::new(&self.shell.path);
        if let Some(line) = &self.args.command {
            command.arg("-c").arg(line);
        }
        match child::run(&mut command)? {
            Ok((_, ending)) => {
                say(&format!(
                    "Nothing was recorded for {}; `trackle note` tells what you did.",
                    self.job.number
                ));
                Ok(ExitCode::from(if self.args.command.is_some() { child::status(&ending) } else { 0 }))
            }
            Err((_, why)) => Err(failed(format!("{} cannot be started: {why}", self.shell.path.display()))),
        }
    }
}

/// Ends all recording, and writes down how it ended.
fn closed(place: Place, end: &End, modes: Option<Termios>) -> Result<Place, Failed> {
    // a full disk must not keep what was recorded from being filed: then it ends as one that nobody saw the end of
    let written = place.ended(end);
    let place = place.close()?;
    if let Err(fault) = written {
        super::complain(&fault.doing);
    }
    if matches!(end.ending, Ending::Signal(_)) {
        picker::take_terminal_back(modes.as_ref());
    }
    Ok(place)
}

/// Tells whoever sits there, beside what his commands print.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{}", super::in_words(text));
}

/// Asks on the terminal; without one the answer is no.
fn agreed(question: &str) -> Result<bool, Failed> {
    Ok(matches!(asked(&format!("{question} [y/N] "))?.to_ascii_lowercase().as_str(), "y" | "yes"))
}

/// A line that somebody types; nothing without a terminal, or when it is gone.
fn asked(question: &str) -> Result<String, Failed> {
    let input = std::io::stdin();
    let mut answer = String::new();
    if input.is_terminal() {
        let mut out = std::io::stderr();
        write!(out, "{question}")?;
        out.flush()?;
        input.lock().read_line(&mut answer)?;
    }
    Ok(answer.trim().to_owned())
}

fn failed(text: String) -> Failed {
    Failed { text, code: exit::FAILED }
}
