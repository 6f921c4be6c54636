//! `trackle status`: how the robot is doing. Reads only; exit code 1 when something needs a person, for monitoring.

use super::{Failed, exit, read_config};
use crate::clock::{Clock, SystemClock};
use crate::show::{health, screen};
use crate::store::{Reader, is_in_use};
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle status`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// For programs: one object.
    #[arg(long)]
    pub json: bool,
}

/// Tells.
///
/// # Errors
/// A wrong configuration, no database.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = read_config(config)?;
    let now = SystemClock.now();
    let found = Reader::open(&config.robot.state)?.health(now)?;
    let running = is_in_use(&config.robot.state).ok();
    if args.json {
        screen::print_json(&health::json(&found, running, now))?;
    } else {
        screen::print(&health::page(&found, running, now, &screen::look()))?;
    }
    Ok(if health::needs(&found, now).is_empty() { ExitCode::SUCCESS } else { ExitCode::from(exit::FAILED) })
}
