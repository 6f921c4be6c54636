//! `trackle list`: the tickets. Reads only, beside a running daemon or without one.

use super::{Failed, read_config};
use crate::clock::{Clock, SystemClock};
use crate::model::ticket::State;
use crate::show::{list, screen};
use crate::store::Reader;
use crate::store::reports::{Owner, Which};
use clap::ValueEnum;
use std::path::Path;
use std::process::ExitCode;

/// How many tickets a person likes to scroll through.
const MOST: usize = 200;

/// Options of `trackle list`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which tickets.
    #[arg(long, value_enum, default_value_t = Wanted::Open)]
    pub state: Wanted,
    /// Only those of this staff member.
    #[arg(long, value_name = "LOGIN")]
    pub owner: Option<String>,
    /// Only those that nobody has taken.
    #[arg(long, conflicts_with = "owner")]
    pub unowned: bool,
    /// At most so many, those that changed last [default: 200, with --json all].
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// For programs: one array with an object for each ticket.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Wanted {
    Open,
    Closed,
    /// Both.
    All,
}

/// Lists.
///
/// # Errors
/// A wrong configuration, no database.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = read_config(config)?;
    let most = args.limit.unwrap_or(if args.json { usize::MAX } else { MOST });
    let owner = match &args.owner {
        _ if args.unowned => Owner::Nobody,
        Some(login) => Owner::Is(login),
        None => Owner::Anybody,
    };
    let state = match args.state {
        Wanted::Open => Some(State::Open),
        Wanted::Closed => Some(State::Closed),
        Wanted::All => None,
    };
    // one more than wanted tells whether there are more
    let which = Which { state, owner, most: most.saturating_add(1) };
    let mut tickets = Reader::open(&config.robot.state)?.list(which)?;
    let more = tickets.len().saturating_sub(most);
    tickets.drain(..more);
    if args.json {
        screen::print_json(&list::json(&tickets))?;
        return Ok(ExitCode::SUCCESS);
    }
    let look = screen::look();
    if tickets.is_empty() {
        screen::print("no tickets\n")?;
    } else {
        screen::print(&list::page(&tickets, args.state == Wanted::All, SystemClock.now(), &look))?;
    }
    if more > 0 {
        super::complain(&format!(
            "older ones are left out: --limit {} shows more",
            most.saturating_mul(5).max(MOST)
        ));
    }
    Ok(ExitCode::SUCCESS)
}
