//! `trackle man DIR` and `trackle completions SHELL`: for whoever packages it. Both are made from the command line's own
//! definition, so they cannot fall behind it.

use super::{Failed, Line};
use crate::fault::Fault;
use crate::show::screen;
use clap::CommandFactory;
use clap_complete::Shell;
use std::path::PathBuf;
use std::process::ExitCode;

/// Options of `trackle man`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// An existing directory.
    #[arg(value_name = "DIR")]
    pub to: PathBuf,
}

/// Options of `trackle completions`.
#[derive(Debug, clap::Args)]
pub struct Shells {
    pub shell: Shell,
}

/// Writes `trackle.1`, and `trackle-list.1` and so on for each subcommand.
///
/// # Errors
/// When a file cannot be written.
pub fn pages(args: &Args) -> Result<ExitCode, Failed> {
    // without `help`, which would get a page for each subcommand again
    clap_mangen::generate_to(Line::command().disable_help_subcommand(true), &args.to)
        .map_err(|e| Fault::lasting(format!("writing pages into {}: {e}", args.to.display())))?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a shell's completions to standard output.
///
/// # Errors
/// When standard output cannot be written.
pub fn completions(args: &Shells) -> Result<ExitCode, Failed> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Line::command(), "trackle", &mut script);
    screen::print_bytes(&script)?;
    Ok(ExitCode::SUCCESS)
}
