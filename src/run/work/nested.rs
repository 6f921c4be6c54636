//! `trackle work` within a session: the shell is part of that session, which goes on when it ends.

use super::{Args, begin, failed, say};
use crate::record::child;
use crate::record::shell::Shell;
use crate::run::Failed;
use crate::run::prompt::Inside;
use std::process::ExitCode;

/// Starts one more shell in a session.
///
/// # Errors
/// When another ticket is named, or the shell cannot be started.
pub fn run(inside: &Inside, args: &Args, shell: &Shell) -> Result<ExitCode, Failed> {
    let ticket = inside.ticket.map_or_else(|| "a session".to_owned(), |number| format!("#{number}"));
    if let Some(other) = args.ticket.filter(|number| Some(number.0.into()) != inside.ticket) {
        return Err(failed(format!(
            "you are at work on {ticket}: `exit` that shell before you start on {other}"
        )));
    }
    say(&format!("You are at work on {ticket} already: this shell is part of it, until you `exit` it."));
    let invocation = begin::invocation(shell, args.command.as_deref(), &inside.dir, inside.ticket);
    // a shell of another user cannot write there: what it changes is recorded all the same
    let mut command = match invocation {
        Ok(invocation) => begin::command(&invocation),
        Err(_) => std::process::Command::new(&shell.path),
    };
    match child::run(&mut command)? {
        Ok((_, ending)) => Ok(ExitCode::from(child::status(&ending))),
        Err((_, why)) => Err(failed(format!("{} cannot be started: {why}", shell.path.display()))),
    }
}
