//! `trackle hosts`: the hosts whose sessions the robot believes, and what came from them. Looking reads only.

use super::{Failed, read_config};
use crate::clock::{Clock, SystemClock};
use crate::show::{hosts, screen};
use crate::store::Reader;
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle hosts`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// For programs: one array with an object for each host.
    #[arg(long)]
    pub json: bool,
}

/// Shows them.
///
/// # Errors
/// A wrong configuration, no database.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let all = Reader::open(&read_config(config)?.robot.state)?.hosts()?;
    if args.json {
        screen::print_json(&hosts::json(&all))?;
    } else if all.is_empty() {
        screen::print("no host is enrolled; on one: `trackle host enroll --robot ADDRESS`\n")?;
    } else {
        screen::print(&hosts::page(&all, SystemClock.now(), &screen::look()))?;
    }
    Ok(ExitCode::SUCCESS)
}
