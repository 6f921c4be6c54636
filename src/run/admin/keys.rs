//! `trackle admin keys`: the keys with which the robot seals what it gives out: confirmation codes, reply addresses, links that
//! end a subscription, Message-IDs. The newest signs, all are believed. No key is ever shown.

use super::ask::agreed;
use super::file;
use crate::run::{Failed, read_config};
use crate::show::look::count;
use crate::show::screen;
use crate::{mint, show};
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle admin keys`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub struct Args {
    /// For programs: one array with an object for each key.
    #[arg(long)]
    pub json: bool,
    #[command(subcommand)]
    pub what: Option<What>,
}

const EXAMPLES: &str = "After a backup got lost:
  trackle admin keys rotate              new letters are sealed with a new key
  trackle admin keys forget              a month later: what was given out before is void

The key of a host is another matter: see `trackle host`.";

/// What to do about keys.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// List them by the names that letters have for this robot; never the keys themselves.
    List {
        /// For programs: one array with an object for each key.
        #[arg(long)]
        json: bool,
    },
    /// Seal with a new key from now on; what was given out before still holds.
    Rotate {
        /// What was given out before is void at once.
        #[arg(long)]
        forget_old: bool,
        /// Ask nothing.
        #[arg(long)]
        yes: bool,
        /// For programs: one object.
        #[arg(long)]
        json: bool,
    },
    /// Believe the newest key only: what was sealed with others is void.
    Forget {
        /// Ask nothing.
        #[arg(long)]
        yes: bool,
        /// For programs: one object.
        #[arg(long)]
        json: bool,
    },
}

/// Does it.
///
/// # Errors
/// A wrong configuration, keys that cannot be read or written, no yes.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let state = read_config(config)?.robot.state;
    match &args.what {
        None => list(&state, args.json),
        Some(What::List { json }) => list(&state, *json),
        Some(What::Rotate { forget_old, yes, json }) => {
            if *forget_old {
                agreed(&lost(&state, true)?, *yes)?;
            }
            told(&state, mint::rotate(&state, *forget_old)?, *json)
        }
        Some(What::Forget { yes, json }) => {
            if there(&state)?.len() > 1 {
                agreed(&lost(&state, false)?, *yes)?;
            }
            told(&state, mint::forget(&state)?, *json)
        }
    }
}

/// The names of the keys, which letters tell.
fn there(state: &Path) -> Result<Vec<String>, Failed> {
    // looking makes none
    let path = state.join(mint::FILE);
    std::fs::metadata(&path)
        .map_err(|e| crate::fault::Fault::lasting(format!("looking at {}: {e}", path.display())))?;
    Ok(mint::seal(state)?.instances())
}

fn list(state: &Path, json: bool) -> Result<ExitCode, Failed> {
    let all = there(state)?;
    if json {
        let one = |(at, name): (usize, &String)| json!({ "name": name, "signs": at == 0 });
        screen::print_json(&all.iter().enumerate().map(one).collect())?;
        return Ok(ExitCode::SUCCESS);
    }
    let line = |(at, name): (usize, &String)| {
        let does = if at == 0 { "signs" } else { "is believed" };
        format!("{}  {does}\n", show::safe::line(name))
    };
    screen::print(&all.iter().enumerate().map(line).collect::<String>())?;
    Ok(ExitCode::SUCCESS)
}

/// What forgetting costs.
fn lost(state: &Path, all: bool) -> Result<String, Failed> {
    let keys = there(state)?.len().saturating_sub(usize::from(!all)) as u64;
    Ok(format!(
        "Whatever {} sealed is void then: confirmation codes that wait for an answer, addresses and links in letters, and what \
         comes back to letters counts against nobody. Answers find their tickets by the subject alone. Forget?",
        if keys == 1 { "the earlier key".to_owned() } else { format!("the {} before", count(keys, "key")) }
    ))
}

fn told(state: &Path, keys: usize, json: bool) -> Result<ExitCode, Failed> {
    let robot = file::tell(state);
    if json {
        screen::print_json(&json!({ "keys": keys, "robot": robot.word() }))?;
    } else {
        let believed = if keys == 1 { "it alone is believed".into() } else { format!("{keys} are believed") };
        screen::print(&format!("the newest key signs, {believed}\n{}\n", robot.words()))?;
    }
    Ok(robot.code())
}
