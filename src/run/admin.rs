//! `trackle admin`: what moves or removes data as a whole. Each part is a file; exit code 0 on success, another one on error.

mod bringing;
pub mod erase;
pub mod export;
mod file;
pub mod import;
mod settle;
mod shelf;
mod spools;
pub mod settings;

use super::Failed;
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle admin`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Write tickets into files: a mailbox for each, JSON for programs, or pages for a browser. Changes nothing.
    Export(export::Args),
    /// Bring tickets from such files, from Request Tracker or from Trac; writes to nobody.
    Import(import::Args),
    /// Take a person out of all that is kept, after the address was typed; it cannot be taken back.
    Erase(erase::Args),
    /// Show settings of the configuration, those that it says nothing of with their defaults.
    Get(settings::Get),
    /// Change a setting of the configuration; all else in the file stays as it is.
    Set(settings::Set),
    /// Take a setting out of the configuration, so that its default holds.
    Unset(settings::Unset),
}

/// Does it.
///
/// # Errors
/// Those of each part.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    match &args.what {
        What::Export(args) => export::run(config, args),
        What::Import(args) => import::run(config, args),
        What::Erase(args) => erase::run(config, args),
        What::Get(args) => settings::get(config, args),
        What::Set(args) => settings::set(config, args),
        What::Unset(args) => settings::unset(config, args),
    }
}
