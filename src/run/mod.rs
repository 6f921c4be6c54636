//! Running: one file for each subcommand. May use every room; is used by `main` alone.

mod account;
pub mod admin;
pub mod audit;
pub mod backup;
pub mod blame;
pub mod check;
pub mod console;
pub mod deliver;
pub mod demo;
mod denied;
mod desk;
pub mod digest;
pub mod drift;
pub mod explain;
pub mod host;
pub mod hosts;
pub mod init;
pub mod install_recorder;
mod leader;
mod line;
pub mod limits;
pub mod list;
pub mod lock;
pub mod log;
pub mod manual;
pub mod note;
pub mod outbox;
pub mod people;
pub mod pause;
pub mod perms;
pub mod post;
mod progress;
pub mod prompt;
pub mod quarantine;
pub mod record;
pub mod recover;
pub mod redact;
pub mod restore;
pub mod search;
pub mod serve;
pub mod session;
pub mod sessions;
pub mod show;
pub mod status;
pub mod submit;
mod tickets;
pub mod verify;
pub mod why;
pub mod witness;
pub mod work;

use crate::config::Config;
use crate::fault::Fault;
use crate::journal::Format;
use crate::model::ticket::Number;
use crate::record::pauses::Turn;
use crate::show::{safe, screen};
use crate::store::events::Cause;
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use jiff::Timestamp;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Where the configuration is, unless somebody says otherwise.
const CONFIG: &str = "/etc/trackle/trackle.toml";

/// Exit codes of `sysexits.h`.
pub mod exit {
    /// The words do not say enough.
    pub const USAGE: u8 = 2;
    /// Something was asked for that cannot be had, or laws do not hold.
    pub const FAILED: u8 = 1;
    /// The data given is wrong.
    pub const DATA: u8 = 65;
    /// Try again later.
    pub const LATER: u8 = 75;
    /// The configuration is wrong.
    pub const CONFIG: u8 = 78;
}

/// A mail-driven ticket robot for a team's help address.
#[derive(Debug, Parser)]
#[command(name = "trackle", version, max_term_width = 100, after_help = MORE)]
pub struct Line {
    /// The configuration file [default: /etc/trackle/trackle.toml, or your own ~/.config/trackle/trackle.toml without one].
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = EVERYWHERE)]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub log: Log,
    #[command(subcommand)]
    pub what: What,
}

/// Over options that would otherwise stand among those of each subcommand.
const EVERYWHERE: &str = "Options of every command";

const MORE: &str = "First steps:
  trackle demo              see it work, without server or configuration
  trackle init              set it up: asks, tries, writes the configuration
  trackle check             is everything well?
  trackle serve             fetch, handle and send mail

Exit codes: 0 done; 1 not done, nothing found, or something is wrong; 2 the command line is wrong;
65 the data is wrong; 75 try again later; 78 the configuration is wrong.";

/// How the daemon logs, on standard error.
#[derive(Debug, Args)]
pub struct Log {
    /// How log lines are written.
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text, help_heading = EVERYWHERE)]
    pub log: LogFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

impl From<LogFormat> for Format {
    fn from(format: LogFormat) -> Format {
        match format {
            LogFormat::Text => Format::Text,
            LogFormat::Json => Format::Json,
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Fetch, handle and send mail until told to stop.
    Serve(serve::Args),
    /// Play one request from the first mail to the last, without server or configuration.
    Demo(demo::Args),
    /// Ask what has to be decided, try it out, and write the configuration: the first thing to run.
    Init(init::Args),
    /// Take one mail from standard input, for /etc/aliases, procmail or a Sieve pipe.
    Deliver(deliver::Args),
    /// See the open tickets on the whole screen, work on them, change them and write to them.
    Console(console::Args),
    /// List tickets.
    List(list::Args),
    /// Find tickets by the words in their titles and texts; exit code 1 when there is none.
    Search(search::Args),
    /// Show one ticket with its thread and its history.
    Show(show::Args),
    /// Write down what was done to a ticket, for staff only; nobody else can start on it meanwhile.
    Note(note::Args),
    /// Work on a ticket in your own shell: what you change stands in its thread afterwards.
    Work(work::Args),
    /// Record nothing in this shell until `trackle resume`; the log says so.
    Pause,
    /// Record again.
    Resume,
    /// Record nothing in this shell any more.
    Off,
    /// Take the command that was typed last out of what is recorded.
    Forget(pause::Forget),
    /// File a session with a ticket that could not be filed when it ended.
    Attach(recover::Attach),
    /// Complete and file sessions whose shell, recorder or machine died.
    Recover(recover::Args),
    /// Mark the prompt of a recorded shell; exit code 0 within one, 1 outside.
    Prompt(prompt::Args),
    /// List what was done in sessions, newest first; exit code 1 when there is none.
    Sessions(sessions::Args),
    /// Show the log of a session, or what of it is shown; without a word, the same as `work`.
    Session(session::Args),
    /// Tell which sessions changed a file, and for which tickets; exit code 1 when none did.
    Blame(blame::Args),
    /// Find files that are not as the last session left them; exit code 1 when there are any.
    Drift(drift::Args),
    /// Take something out of what was kept of a session.
    Redact(redact::Args),
    /// Show who works on which ticket, or take, release and break such locks by hand.
    Lock(lock::Args),
    /// Send the sessions that wait on this host, or show what waits.
    Submit(submit::Args),
    /// Have this host believed by the robot; on its machine, say which hosts are.
    Host(host::Args),
    /// List the hosts whose sessions are believed, and what came from them.
    Hosts(hosts::Args),
    /// Show the letter that tells staff how everything stands, or write it now.
    Digest(digest::Args),
    /// List a ticket's events in full: who did what, when, by what proof, because of which line of which mail.
    Log(log::Args),
    /// Tell what became of a mail, or of a letter of ours, and why.
    Why(why::Args),
    /// Tell how the robot is doing; exit code 1 when something needs a person.
    Status(status::Args),
    /// Show who wrote, who confirmed an address, and whom letters do not reach.
    People(people::Args),
    /// Look after mails that could not be handled, and mails that are held.
    Quarantine(quarantine::Args),
    /// List the letters that have not left yet; send or give up those that are held.
    Outbox(outbox::Args),
    /// Write everything into one file, while the daemon goes on.
    Backup(backup::Args),
    /// Make a backup the database again; what it owed is held, what came since is taken in anew.
    Restore(restore::Args),
    /// Look after settings, staff, values, letters and keys; carry tickets elsewhere or here, take a person out of all that
    /// is kept.
    Admin(admin::Args),
    /// Record what one command changes, without a ticket; or show such a record.
    Record(record::Args),
    /// Check the laws of the database; exit code 1 when one is broken.
    Audit(audit::Args),
    /// Compare the letters in a mailbox with the database; exit code 1 when the history is not what it was.
    Verify(verify::Args),
    /// Try everything that the configuration names; exit code 1 when something is wrong. Sends nothing, but `check mail`
    /// sends itself a forged mail, to see whether the mail server may be believed.
    Check(check::Args),
    /// Tell what the robot would make of a mail, verb by verb; changes nothing and sends nothing.
    Explain(explain::Args),
    /// List every limit with its reason and the value that is in force.
    Limits(limits::Args),
    /// Show who may do what, with what proof.
    Perms(perms::Args),
    /// Run a command in a terminal of its own.
    #[command(name = crate::record::tty::LEADER, hide = true)]
    Leader(leader::Args),
    /// Put the terminal back when the recorder is killed.
    #[command(name = crate::record::guard::GUARD, hide = true)]
    Guard,
    /// Once, as root: put the library where privileged programs load it, so that sessions go on below sudo and su.
    InstallRecorder(install_recorder::Args),
    /// Watch over the calls of a session's programs.
    #[command(name = crate::record::witness::SUPERVISOR, hide = true)]
    Supervisor(witness::Supervisor),
    /// Run a command whose calls are watched.
    #[command(name = crate::record::witness::FILTERED, hide = true)]
    Filtered(witness::Filtered),
    /// Write manual pages into a directory.
    #[command(hide = true)]
    Man(manual::Args),
    /// Write a shell's completions.
    #[command(hide = true)]
    Completions(manual::Shells),
}

/// The machine's configuration; where the machine has none, that of the user whose robot it is.
fn found() -> PathBuf {
    let machines = PathBuf::from(CONFIG);
    let is_missing = machines.symlink_metadata().is_err_and(|e| e.kind() == std::io::ErrorKind::NotFound);
    let own = post::directory().ok().filter(|_| is_missing).map(|dir| dir.join("trackle.toml"));
    own.filter(|own| own.is_file()).unwrap_or(machines)
}

/// Runs a subcommand.
pub fn run(line: Line) -> ExitCode {
    let named = line.config;
    let config = named.clone().unwrap_or_else(found);
    let result = match line.what {
        What::Serve(args) => serve::run(&config, line.log.log.into(), &args),
        What::Demo(args) => demo::run(&args),
        What::Init(args) => init::run(named.as_deref(), &args),
        What::Deliver(args) => deliver::run(&config, &args),
        What::Console(args) => console::run(&config, &args),
        What::List(args) => list::run(&config, &args),
        What::Search(args) => search::run(&config, &args),
        What::Show(args) => show::run(&config, &args),
        What::Note(args) => note::run(&config, &args),
        What::Work(args) => work::run(&config, &args),
        What::Pause => pause::turn(Turn::Pause),
        What::Resume => pause::turn(Turn::Resume),
        What::Off => pause::turn(Turn::Off),
        What::Forget(args) => pause::forget(&args),
        What::Attach(args) => recover::attach(&config, &args),
        What::Recover(args) => recover::run(&config, &args),
        What::Prompt(args) => prompt::run(&args),
        What::Sessions(args) => sessions::run(&config, &args),
        What::Session(args) => session::run(&config, &args),
        What::Blame(args) => blame::run(&config, &args),
        What::Drift(args) => drift::run(&config, &args),
        What::Redact(args) => redact::run(&config, &args),
        What::Lock(args) => lock::run(&config, &args),
        What::Submit(args) => submit::run(&config, &args),
        What::Host(args) => host::run(&config, &args),
        What::Hosts(args) => hosts::run(&config, &args),
        What::Digest(args) => digest::run(&config, &args),
        What::Log(args) => log::run(&config, &args),
        What::Why(args) => why::run(&config, &args),
        What::Status(args) => status::run(&config, &args),
        What::People(args) => people::run(&config, &args),
        What::Quarantine(args) => quarantine::run(&config, &args),
        What::Outbox(args) => outbox::run(&config, &args),
        What::Backup(args) => backup::run(&config, &args),
        What::Restore(args) => restore::run(&config, &args),
        What::Admin(args) => admin::run(&config, &args),
        What::Record(args) => record::run(&args),
        What::Audit(args) => audit::run(&config, &args),
        What::Verify(args) => verify::run(&config, &args),
        What::Check(args) => check::run(&config, &args),
        What::Explain(args) => explain::run(&config, &args),
        What::Limits(args) => limits::run(&config, &args),
        What::Perms(args) => perms::run(&args),
        What::Leader(args) => leader::run(&args),
        What::Guard => leader::guard(),
        What::InstallRecorder(args) => install_recorder::run(&args),
        What::Supervisor(args) => witness::supervise(&args),
        What::Filtered(args) => witness::become_filtered(&args),
        What::Man(args) => manual::pages(&args),
        What::Completions(args) => manual::completions(&args),
    };
    match result {
        Ok(code) => code,
        Err(failed) => {
            complain(&failed.text);
            if let Some(advice) = denied::advice(&config, &failed) {
                complain(&advice);
                return ExitCode::from(exit::FAILED);
            }
            ExitCode::from(failed.code)
        }
    }
}

/// A subcommand that could not do its work: what to tell, and the exit code.
#[derive(Debug)]
pub struct Failed {
    pub text: String,
    pub code: u8,
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Failed {
        let code = if fault.again { exit::LATER } else { exit::FAILED };
        Failed { text: fault.doing, code }
    }
}

impl From<std::io::Error> for Failed {
    fn from(e: std::io::Error) -> Failed {
        Failed { text: e.to_string(), code: exit::FAILED }
    }
}

/// Whoever sits at the console; the kernel says who, the environment could say anything.
fn console(now: Timestamp) -> Cause {
    let actor = format!("console, uid {}", rustix::process::getuid().as_raw());
    Cause { actor, proof: "console".into(), intake: None, now }
}

/// A ticket's number on the command line.
fn number(text: &str) -> Result<Number, &'static str> {
    Number::parse(text).ok_or("not a ticket number")
}

/// A session's number on the command line.
fn session_number(text: &str) -> Result<u64, &'static str> {
    text.parse()
        .ok()
        .filter(|number| *number > 0)
        .ok_or("not a session's number: `trackle sessions` lists them")
}

/// Reads the configuration.
///
/// # Errors
/// Every complaint about it, with exit code 78.
pub fn read_config(path: &std::path::Path) -> Result<Config, Failed> {
    Config::read(path).map_err(|wrong| {
        let missing = std::fs::metadata(path).is_err_and(|e| e.kind() == std::io::ErrorKind::NotFound);
        let text = if missing {
            let path = path.display();
            format!(
                "there is no {path}: run this where the robot is, name its configuration with --config, or write \
                 one with `trackle init`"
            )
        } else {
            wrong.to_string()
        };
        Failed { text, code: exit::CONFIG }
    })
}

/// Writes to standard error; a closed one is nobody's loss. Servers' and strangers' words in it are made safe.
pub fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "trackle: {}", safe::block(&in_words(text)));
}

/// Without the numbers that the system's errors have behind their words: `(os error 30)`.
fn in_words(text: &str) -> String {
    const NUMBER: &str = " (os error ";
    let mut parts = text.split(NUMBER);
    let mut words = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(')') {
            Some((number, rest)) if number.bytes().all(|b| b.is_ascii_digit()) => words.push_str(rest),
            _ => words.extend([NUMBER, part]),
        }
    }
    words
}

/// Writes a mail's bytes as they came to standard output, but not to a terminal, which they could steer.
///
/// # Errors
/// When there is a terminal, or the bytes cannot be written.
pub fn write_raw(bytes: &[u8]) -> Result<(), Failed> {
    if screen::is_terminal() {
        let text =
            "raw mail can steer a terminal: send it elsewhere, such as `| less` or `> mail.eml`".into();
        return Err(Failed { text, code: exit::FAILED });
    }
    Ok(screen::print_bytes(bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn numbers_of_errors_are_left_out() {
        let full = std::io::Error::from_raw_os_error(28).to_string();
        for (text, told) in [
            (format!("writing /x: {full}; try again"), "writing /x: No space left on device; try again"),
            ("nothing".to_owned(), "nothing"),
            ("a (os error 1) (os error 2)".to_owned(), "a"),
            ("a (os error x) b (os error ".to_owned(), "a (os error x) b (os error "),
        ] {
            assert_eq!(in_words(&text), told);
        }
    }

    /// Two options of one subcommand with one name show when it is used, and not before.
    #[test]
    fn the_command_line_of_every_subcommand_is_sound() {
        Line::command().debug_assert();
    }
}
