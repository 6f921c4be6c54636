//! `trackle outbox`: the letters that have not left yet, and what is to become of those that are held. Looking reads only;
//! `release` and `drop` write beside a running daemon, which finds its work within a minute.

use super::{Failed, exit, read_config};
use crate::clock::{Clock, SystemClock};
use crate::show::look::count;
use crate::show::{outbox, screen};
use crate::store::{Guest, Reader};
use std::path::Path;
use std::process::ExitCode;

/// Letters that are listed.
const LISTED: usize = 1_000;

/// Options of `trackle outbox`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    pub what: Option<What>,
    /// For programs: one array with an object for each letter.
    #[arg(long)]
    pub json: bool,
}

/// What to do with letters.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Send letters that are held since a backup was restored.
    Release {
        /// The letters' numbers, as `outbox` shows them.
        #[arg(value_name = "LETTER", required_unless_present = "all")]
        letters: Vec<i64>,
        /// All that are held.
        #[arg(long, conflicts_with = "letters")]
        all: bool,
    },
    /// Give letters up that are held or wait; their bytes are kept.
    Drop {
        /// The letters' numbers, as `outbox` shows them.
        #[arg(value_name = "LETTER", required = true)]
        letters: Vec<i64>,
        /// Why, for the record.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

/// Does it.
///
/// # Errors
/// A wrong configuration, no database, a letter that is not held (then nothing is done to the others either).
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let state = read_config(config)?.robot.state;
    let now = SystemClock.now();
    match &args.what {
        None => list(&state, args.json)?,
        Some(What::Release { letters, all }) => {
            let by = super::console(now);
            let released = Guest::open(&state)?.transact(|tx| {
                let letters = if *all { tx.held_letters()? } else { letters.clone() };
                if !letters.is_empty() {
                    tx.release_held(&letters, &by)?;
                }
                Ok(letters.len() as u64)
            })?;
            if released == 0 {
                return Err(Failed { text: "no letter is held".into(), code: exit::FAILED });
            }
            screen::print(&format!("{} to be sent\n", count(released, "letter")))?;
        }
        Some(What::Drop { letters, reason }) => {
            let by = super::console(now);
            Guest::open(&state)?.transact(|tx| tx.give_up(letters, reason, &by))?;
            screen::print(&format!("{} given up\n", count(letters.len() as u64, "letter")))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(state: &Path, json: bool) -> Result<(), Failed> {
    let mut letters = Reader::open(state)?.owed(LISTED + 1)?;
    let more = letters.len() > LISTED;
    letters.truncate(LISTED);
    if json {
        screen::print_json(&outbox::json(&letters))?;
    } else if letters.is_empty() {
        screen::print("every letter has left\n")?;
    } else {
        screen::print(&outbox::page(&letters, more, SystemClock.now(), &screen::look()))?;
    }
    Ok(())
}
