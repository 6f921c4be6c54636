//! Two processes of a recorded terminal, started by the recorder and by nobody else. `trackle __leader` makes the terminal on
//! its standard input its own and becomes a command, as a login shell's ancestors do (setsid(2), TIOCSCTTY in tty_ioctl(4));
//! `trackle __guard` puts the user's back when the recorder is killed (`record/guard.rs`).

use super::Failed;
use crate::record::guard;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

/// The command that is wanted.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

/// Becomes the command.
///
/// # Errors
/// When there is no such command, or the terminal is somebody else's.
pub fn run(args: &Args) -> Result<ExitCode, Failed> {
    rustix::process::setsid().map_err(io::Error::from)?;
    rustix::process::ioctl_tiocsctty(io::stdin()).map_err(io::Error::from)?;
    let Some((program, words)) = args.command.split_first() else { return Ok(ExitCode::SUCCESS) };
    let e = Command::new(program).args(words).exec();
    Err(Failed { text: format!("{}: {e}", program.display()), code: 127 })
}

/// Stands until the recorder has ended. The terminal is on standard error.
///
/// # Errors
/// When it is gone; there is nobody to be told.
pub fn guard() -> Result<ExitCode, Failed> {
    guard::stand(io::stdin().lock(), io::stdout().lock(), io::stderr())?;
    Ok(ExitCode::SUCCESS)
}
