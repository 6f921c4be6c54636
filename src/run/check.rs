//! `trackle check`: everything that the configuration names, tried without sending anything.

use super::Failed;
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle check`.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Checks.
///
/// # Errors
/// A wrong configuration.
pub fn run(_config: &Path, _args: &Args) -> Result<ExitCode, Failed> {
    Ok(ExitCode::SUCCESS)
}
