//! `trackle digest`: the letter that tells staff how everything stands, shown (the default) or owed at once, beside a
//! running daemon or without one. Says nothing when all is well, as cron likes it; the daemon, or the next
//! `serve --once`, carries the letter.

use super::{Failed, complain, exit, read_config};
use crate::clock::{Clock, SystemClock};
use crate::daemon;
use crate::pipeline;
use crate::read;
use crate::show::{safe, screen};
use crate::store::{Guest, Reader};
use jiff::civil::Date;
use std::path::Path;
use std::process::ExitCode;

/// What `--help` says at its end.
const MORE: &str = "\
The daemon writes the digest by itself at the time that [digest] names. A site that would rather use cron sets days to \
\"never\" there, and has a line such as

  0 7 * * 1-5  trackle digest --now

which prints nothing. Exit codes: 0 shown or written, or there was nothing to say; 2 the command line is wrong; 78 the \
configuration is wrong; 75 later it may work; 1 anything else.";

/// Options of `trackle digest`.
#[derive(Debug, clap::Args)]
#[command(after_help = MORE)]
pub struct Args {
    /// Show what would be sent now; this is what happens without any option.
    #[arg(long)]
    pub preview: bool,
    /// Write it now, to everybody who gets it; the next one tells what happens from now on.
    #[arg(long, conflicts_with = "preview")]
    pub now: bool,
    /// Tell what happened from that day on, instead of since the last one.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub since: Option<Date>,
}

/// Shows it, or owes it.
///
/// # Errors
/// A wrong configuration, no database, a database that cannot be written to.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = read_config(config)?;
    let state = &config.robot.state;
    let now = SystemClock.now();
    if args.now {
        let mut guest = Guest::open(state)?;
        let house = daemon::house(&config)?;
        let owed = guest.transact(|tx| pipeline::digest::owe_now(tx, &house, args.since, now))?;
        if owed == 0 && screen::is_terminal() {
            complain(NOTHING);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let reader = Reader::open(state)?;
    let house = daemon::house(&config)?;
    let (letter, goes) = reader.look(|tx| pipeline::digest::preview(tx, &house, args.since, now))?;
    let mail = read::mail(&letter.bytes).map_err(|e| Failed { text: e.why, code: exit::FAILED })?;
    screen::print(&format!("{}\n\n{}\n", safe::line(&mail.subject), safe::block(mail.text.trim_end())))?;
    if !goes {
        complain(NOTHING);
    }
    Ok(ExitCode::SUCCESS)
}

const NOTHING: &str = "nothing is open and nothing happened: no digest is sent";
