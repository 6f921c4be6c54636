//! `trackle show 12`: one ticket with its thread and its history. Reads only, here or from a robot elsewhere.

use super::{Failed, exit, read_config, tickets, write_raw};
use crate::clock::{Clock, SystemClock};
use crate::model::ticket::Number;
use crate::show::screen;
use crate::show::ticket::Story;
use crate::store::Reader;
use jiff::Timestamp;
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
    let missing = |text: String| Failed { text, code: exit::FAILED };
    let now = SystemClock.now();
    if let Some((_, line)) = tickets::far(config)? {
        if args.raw.is_some() {
            return Err(missing("the bytes of mails are on the robot's own machine alone".into()));
        }
        let story: Story = line.get(&format!("tickets/{}", args.ticket.0))?;
        return shown(&story, args, now);
    }
    let config = read_config(config)?;
    let reader = Reader::open(&config.robot.state)?;
    let Some(story) = Story::read(&reader, args.ticket, SESSIONS, now)? else {
        return Err(missing(format!("there is no ticket {}", args.ticket)));
    };
    if let Some(mail) = args.raw {
        if !story.has_mail(mail) {
            return Err(missing(format!("mail {mail} is not one of {}", args.ticket)));
        }
        write_raw(&reader.raw_of(mail)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    shown(&story, args, now)
}

fn shown(story: &Story, args: &Args, now: Timestamp) -> Result<ExitCode, Failed> {
    if args.json {
        screen::print_json(&story.json())?;
    } else {
        screen::print(&story.page(now, &screen::look()))?;
    }
    Ok(ExitCode::SUCCESS)
}
