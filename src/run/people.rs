//! `trackle people`: who wrote to the robot, whether letters reach them, and who gets no news since they do not. Looking
//! reads only; `clear` writes beside a running daemon.

use super::{Failed, exit, read_config};
use crate::clock::{Clock, SystemClock};
use crate::model::address::Address;
use crate::show::{people, screen};
use crate::store::{Guest, Reader};
use std::path::Path;
use std::process::ExitCode;

/// How many people anybody likes to scroll through.
const MOST: usize = 200;

/// Options of `trackle people`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    /// Only the person of this address.
    #[arg(value_name = "ADDRESS")]
    pub address: Option<String>,
    /// For programs: one array with an object for each person.
    #[arg(long)]
    pub json: bool,
    #[command(subcommand)]
    pub what: Option<What>,
}

/// What to do for somebody.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Let somebody who is suspended have news again, and forget the letters that came back.
    Clear {
        /// Whose, as `people` shows it.
        #[arg(value_name = "ADDRESS")]
        address: String,
    },
}

/// Shows, or clears.
///
/// # Errors
/// A wrong configuration, no database; an address that nobody has, or that is not suspended.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = read_config(config)?;
    let state = &config.robot.state;
    if let Some(What::Clear { address }) = &args.what {
        return clear(state, &parsed(address)?);
    }
    let only = args.address.as_deref().map(parsed).transpose()?;
    let most = if args.json { usize::MAX } else { MOST };
    let mut found = Reader::open(state)?.people(only.as_ref(), most.saturating_add(1))?;
    let more = found.len() > most;
    found.truncate(most);
    if let (Some(only), true) = (&only, found.is_empty()) {
        return Err(Failed { text: format!("{only} never wrote"), code: exit::FAILED });
    }
    if args.json {
        screen::print_json(&people::json(&found))?;
    } else if found.is_empty() {
        screen::print("nobody wrote yet\n")?;
    } else {
        screen::print(&people::page(&found, SystemClock.now(), &screen::look()))?;
    }
    if more {
        super::complain(&format!("only the first {MOST} are shown: name an address, or use --json"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Lets somebody who is suspended have news again.
///
/// # Errors
/// No database; an address that is not suspended.
pub(super) fn clear(state: &Path, who: &Address) -> Result<ExitCode, Failed> {
    let cause = super::console(SystemClock.now());
    if !Guest::open(state)?.transact(|tx| tx.restore(who, &cause))? {
        return Err(Failed { text: format!("{who} is not suspended"), code: exit::FAILED });
    }
    screen::print(&format!("{who} gets news again\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// An address that was typed.
///
/// # Errors
/// When it is none.
pub(super) fn parsed(text: &str) -> Result<Address, Failed> {
    let wrong = || Failed { text: format!("{text:?} is not a mail address"), code: exit::DATA };
    Address::parse(text).ok_or_else(wrong)
}
