//! `trackle log 12`: a ticket's events in full. Reads only.

use super::{Failed, exit, read_config};
use crate::model::ticket::Number;
use crate::show::{history, screen};
use crate::store::Reader;
use serde_json::Value;
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle log`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The ticket's number: 12 or #12.
    #[arg(value_name = "TICKET", value_parser = super::number)]
    pub ticket: Number,
    /// For programs: one array with an object for each event.
    #[arg(long)]
    pub json: bool,
}

/// Lists the events.
///
/// # Errors
/// A wrong configuration, no database, no such ticket.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = read_config(config)?;
    let events = Reader::open(&config.robot.state)?.history(args.ticket)?;
    if events.is_empty() {
        // a ticket begins with an event
        return Err(Failed { text: format!("there is no ticket {}", args.ticket), code: exit::FAILED });
    }
    if args.json {
        screen::print_json(&events.iter().map(history::event_json).collect::<Value>())?;
    } else {
        screen::print(&history::page(&events, &screen::look()))?;
    }
    Ok(ExitCode::SUCCESS)
}
