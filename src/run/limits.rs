//! `trackle limits`: every limit with its reason. Needs no configuration.

use super::Failed;
use crate::show::{limits, screen};
use std::process::ExitCode;

/// Options of `trackle limits`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// For programs: one array with an object for each limit.
    #[arg(long)]
    pub json: bool,
}

/// Prints them.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: &Args) -> Result<ExitCode, Failed> {
    let all = crate::limits::all();
    if args.json {
        screen::print_json(&limits::json(&all))?;
    } else {
        screen::print(&limits::page(&all, &screen::look()))?;
    }
    Ok(ExitCode::SUCCESS)
}
