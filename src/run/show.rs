//! `trackle show 12`: one ticket with its thread and its history. Reads only.

use super::{Failed, exit, read_config, write_raw};
use crate::clock::{Clock, SystemClock};
use crate::model::ticket::Number;
use crate::show::screen;
use crate::show::ticket::Story;
use crate::store::Reader;
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle show`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The ticket's number: 12 or #12.
    #[arg(value_name = "TICKET", value_parser = super::number)]
    pub ticket: Number,
    /// For programs: one object with everything.
    #[arg(long)]
    pub json: bool,
    /// Write the exact bytes of this mail of the ticket instead; not to a terminal.
    #[arg(long, value_name = "MAIL", conflicts_with = "json")]
    pub raw: Option<i64>,
}

/// Sessions of a ticket that are named.
const SESSIONS: usize = 50;

/// Shows.
///
/// # Errors
/// A wrong configuration, no database, no such ticket or mail.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = read_config(config)?;
    let reader = Reader::open(&config.robot.state)?;
    let now = SystemClock.now();
    let missing = |text: String| Failed { text, code: exit::FAILED };
    let Some(view) = reader.view(args.ticket, now)? else {
        return Err(missing(format!("there is no ticket {}", args.ticket)));
    };
    let story = Story {
        view,
        said: reader.said(args.ticket)?,
        history: reader.history(args.ticket)?,
        sessions: reader.sessions(Some(args.ticket), SESSIONS)?,
    };
    if let Some(mail) = args.raw {
        if !story.has_mail(mail) {
            return Err(missing(format!("mail {mail} is not one of {}", args.ticket)));
        }
        write_raw(&reader.raw_of(mail)?)?;
    } else if args.json {
        screen::print_json(&story.json())?;
    } else {
        screen::print(&story.page(now, &screen::look()))?;
    }
    Ok(ExitCode::SUCCESS)
}
