//! `trackle sessions`: what was done in sessions, newest first, by ticket. Reads only.

use super::{Failed, complain, exit, tickets};
use crate::model::ticket::Number;
use crate::show::{screen, sessions};
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle sessions`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only those of that ticket.
    #[arg(long, value_name = "TICKET", value_parser = super::number)]
    pub ticket: Option<Number>,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: usize,
    /// For programs: one array with an object for each session.
    #[arg(long)]
    pub json: bool,
}

/// Lists them.
///
/// # Errors
/// A wrong configuration, no database. Exit code 1 when there is none.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let all = tickets::sessions(config, args.ticket, args.limit)?;
    if args.json {
        screen::print_json(&sessions::json(&all))?;
    } else if !all.is_empty() {
        screen::print(&sessions::page(&all, &screen::look()))?;
    }
    if all.is_empty() {
        complain(&match args.ticket {
            Some(ticket) => format!("no session of {ticket} yet; `trackle work {}` begins one", ticket.0),
            None => "no session yet; `trackle work TICKET` begins one".to_owned(),
        });
        return Ok(ExitCode::from(exit::FAILED));
    }
    Ok(ExitCode::SUCCESS)
}
