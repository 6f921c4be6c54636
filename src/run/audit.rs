//! `trackle audit`: the laws of the database, checked. Reads only; exit code 1 when one is broken.

use super::progress::Progress;
use super::{Failed, exit, read_config};
use crate::show::{audit, screen};
use crate::store::Reader;
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle audit`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// For programs: one object.
    #[arg(long)]
    pub json: bool,
}

/// Audits.
///
/// # Errors
/// A wrong configuration, no database.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = read_config(config)?;
    let reader = Reader::open(&config.robot.state)?;
    let mut progress = Progress::of("checking");
    let found = reader.audit(&mut |what, done, of| progress.tell(what, done, of));
    progress.clear();
    let found = found?;
    if args.json {
        screen::print_json(&audit::json(&found))?;
    } else {
        screen::print(&audit::page(&found, &screen::look()))?;
    }
    Ok(if found.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(exit::FAILED) })
}
