//! `trackle perms`: who may do what, with what proof. Needs no configuration.

use super::Failed;
use crate::command::{TABLE, Verb};
use crate::show::perms::{self, Command};
use crate::show::screen;
use std::process::ExitCode;

/// Options of `trackle perms`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// For programs: one object with levels, classes and commands.
    #[arg(long)]
    pub json: bool,
}

/// Prints the table.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: &Args) -> Result<ExitCode, Failed> {
    let commands: Vec<Command> = TABLE.iter().map(|verb| command(verb)).collect();
    if args.json {
        screen::print_json(&perms::json(&commands))?;
    } else {
        screen::print(&perms::page(&commands, &screen::look()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn command(verb: &Verb) -> Command {
    Command { usage: verb.usage, class: verb.class, who: verb.who_may() }
}
