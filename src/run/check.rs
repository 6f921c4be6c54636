//! `trackle check`: everything that the configuration names, tried without sending, marking or changing anything. One
//! line for each item: ok, warning or wrong, and what to do. No server gets more than ten seconds. Exit code 1 when
//! something is wrong.

mod here;
mod keys;
mod servers;
mod site;

use super::{Failed, exit, read_config};
use crate::clock::{Clock, SystemClock};
use crate::show::checks::{self, Check, Verdict};
use crate::show::screen;
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle check`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// For programs: one array with an object for each item.
    #[arg(long)]
    pub json: bool,
}

/// Checks.
///
/// # Errors
/// A wrong configuration, with every complaint about it.
pub fn run(path: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = read_config(path)?;
    let mut all = vec![Check::ok("config", format!("{} is understood", path.display()))];
    all.extend(here::user(&config.robot.state));
    all.extend(here::state(&config.robot.state));
    all.extend(here::key(&config.robot.state));
    all.push(here::database(&config.robot.state));
    all.push(here::daemon(&config.robot.state));
    all.push(here::clock(SystemClock.now()));
    all.extend(site::addresses(&config));
    all.extend(site::letters(&config));
    all.extend(site::identity(&config));
    all.extend(keys::keys(&config)?);
    all.extend(servers::all(&config)?);
    if args.json {
        screen::print_json(&checks::json(&all))?;
    } else {
        screen::print(&checks::page(&all, &screen::look()))?;
    }
    let wrong = all.iter().any(|c| c.verdict == Verdict::Wrong);
    Ok(if wrong { ExitCode::from(exit::FAILED) } else { ExitCode::SUCCESS })
}
