//! `trackle session show 17`: the log of a session, in colour and in a pager, as a patch, or for programs; `session hide` and
//! `session reveal`: what of it is shown. Without such a word `trackle session` is `trackle work`.

mod pager;
mod withheld;

use super::desk::{As, Sitting};
use super::line::Line;
use super::{Failed, exit, read_config, tickets, work};
use crate::clock::{Clock, SystemClock};
use crate::command::reveal::Meant;
use crate::config::Config;
use crate::diff::Diff;
use crate::fault::Outcome;
use crate::model::session_log::Log;
use crate::pipeline::session;
use crate::show::{safe, screen, session as page};
use crate::store::{Guest, Reader, Tx};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle session`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
#[group(skip)]
pub struct Args {
    #[command(subcommand)]
    pub what: Option<What>,
    #[command(flatten)]
    pub work: work::Args,
}

/// What to do with a log.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Show the log of a session.
    Show(Show),
    /// Show those files of a log from now on, whatever its admin chose.
    Reveal(Edit),
    /// Show those files of a log no longer; they stay in the record.
    Hide(Edit),
}

/// Options of `trackle session show`.
#[derive(Debug, clap::Args)]
pub struct Show {
    /// The session's number.
    #[arg(value_name = "SESSION", value_parser = super::session_number)]
    pub session: u64,
    /// Only these files: paths, their ends, or directories with a slash behind them.
    #[arg(value_name = "FILE")]
    pub files: Vec<String>,
    /// Also the files and commands that are hidden.
    #[arg(long)]
    pub all: bool,
    /// For programs: one object with everything.
    #[arg(long, conflicts_with_all = ["patch", "withheld"])]
    pub json: bool,
    /// The changes as a patch, for `patch -p1`; hidden files too.
    #[arg(long, conflicts_with = "withheld")]
    pub patch: bool,
    /// What is not in the log, and why.
    #[arg(long)]
    pub withheld: bool,
}

/// Options of `trackle session hide` and `reveal`.
#[derive(Debug, clap::Args)]
pub struct Edit {
    /// The session's number.
    #[arg(value_name = "SESSION", value_parser = super::session_number)]
    pub session: u64,
    /// Files: paths, their ends, or directories with a slash behind them.
    #[arg(value_name = "FILE", required_unless_present = "command")]
    pub files: Vec<String>,
    /// A typed command, by its number in the log.
    #[arg(long, value_name = "N")]
    pub command: Vec<u64>,
    #[command(flatten)]
    pub who: As,
}

/// Does it.
///
/// # Errors
/// A wrong configuration, no database, no such session or file; those of `trackle work`.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    match &args.what {
        None => work::run(config, &args.work),
        Some(What::Show(show)) => match tickets::far(config)? {
            Some((_, line)) => shown_there(&line, show),
            None => shown(&read_config(config)?, show),
        },
        Some(What::Reveal(edit)) => edited(config, edit, true),
        Some(What::Hide(edit)) => edited(config, edit, false),
    }
}

/// The page as the robot makes it. What else there is of a record stays on its machine.
fn shown_there(line: &Line, args: &Show) -> Result<ExitCode, Failed> {
    if args.all || args.json || args.patch || args.withheld || !args.files.is_empty() {
        return Err(failed(
            "from this host a log is shown as it is: the rest is on the robot's own machine".into(),
        ));
    }
    let page: String = line.get(&format!("sessions/{}", args.session))?;
    pager::show(&safe::block(&page))?;
    Ok(ExitCode::SUCCESS)
}

fn shown(config: &Config, args: &Show) -> Result<ExitCode, Failed> {
    let reader = Reader::open(&config.robot.state)?;
    let Some(log) = reader.session(args.session)? else { return Err(missing(args.session)) };
    let wanted = wanted(&log, args)?;
    noted(config, &log, args);
    if args.withheld {
        let rows = reader.look(|tx| withheld::rows(tx, &log))?;
        let text = page::withheld(&rows, &screen::look());
        screen::print(if text.is_empty() { "nothing was withheld\n" } else { &text })?;
        return Ok(ExitCode::SUCCESS);
    }
    let diffs = reader.look(|tx| diffs(tx, &log, &wanted))?;
    let screen = page::Screen { log: &log, diffs: &diffs, all: args.all };
    if args.json {
        screen::print_json(&screen.json())?;
    } else if args.patch {
        if screen::is_terminal() {
            pager::show(&page::patch(&diffs, &screen::look()))?;
        } else {
            let patch: Vec<u8> = diffs.iter().flat_map(|(_, diff)| diff.patch()).collect();
            screen::print_bytes(&patch)?;
        }
    } else {
        pager::show(&screen.page(&screen::look()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes down that it is read. Whoever may only read the database reads all the same.
fn noted(config: &Config, log: &Log, args: &Show) {
    let how = match args {
        Show { patch: true, .. } => "exported as a patch",
        Show { json: true, .. } => "exported as JSON",
        Show { withheld: true, .. } => "what was withheld",
        Show { all: true, .. } => "shown with what is hidden",
        _ => "shown",
    };
    let cause = super::console(SystemClock.now());
    let _ = Guest::open(&config.robot.state)
        .and_then(|mut guest| guest.transact(|tx| tx.log_was_read(log, how, &cause)));
}

/// The files that are shown here.
fn wanted(log: &Log, args: &Show) -> Result<BTreeSet<usize>, Failed> {
    if args.files.is_empty() {
        let all = args.all || args.patch || args.json;
        let shown = log.changes().map(|(place, _)| place).filter(|place| all || log.shows(*place));
        return Ok(shown.collect());
    }
    let mut places = BTreeSet::new();
    for said in &args.files {
        let found = log.meant(said);
        if found.is_empty() {
            return Err(failed(format!("session {} has no file {said}", args.session)));
        }
        places.extend(found);
    }
    Ok(places)
}

fn diffs(tx: &Tx<'_>, log: &Log, wanted: &BTreeSet<usize>) -> Outcome<Vec<(usize, Diff)>> {
    let changes = log.changes().filter(|(place, _)| wanted.contains(place));
    changes.map(|(place, change)| Ok((place, session::diff(tx, log.filed.number, change)?))).collect()
}

fn edited(config: &Path, args: &Edit, shown: bool) -> Result<ExitCode, Failed> {
    let sitting = Sitting::down(config, &args.who)?;
    let meant = Meant { session: None, files: args.files.clone(), commands: args.command.clone() };
    sitting.act(|desk, tx| desk.display(tx, args.session, &meant, shown))?;
    let verb = if shown { "shows" } else { "no longer shows" };
    screen::print(&format!("session {} {verb} it; staff are told\n", args.session))?;
    Ok(ExitCode::SUCCESS)
}

fn missing(session: u64) -> Failed {
    failed(format!("there is no session {session}; `trackle sessions` lists them"))
}

fn failed(text: String) -> Failed {
    Failed { text, code: exit::FAILED }
}
