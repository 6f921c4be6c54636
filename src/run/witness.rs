//! `trackle __witness` and `trackle __filtered`: the two processes of the second witness, started by the recorder and by
//! nobody else. The first never returns while it is needed; the second becomes the command that it was given, whether the
//! filter could be put on or not.

use super::Failed;
use crate::record::witness;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// The supervisor of a session.
#[derive(Debug, clap::Args)]
pub struct Supervisor {
    /// The session's directory.
    dir: PathBuf,
    /// Be the second, which waits for the first to die.
    #[arg(long)]
    standby: bool,
}

/// A command under the filter.
#[derive(Debug, clap::Args)]
pub struct Filtered {
    /// The session's directory.
    dir: PathBuf,
    /// The command with its arguments.
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

/// Supervises until nothing is left to be supervised.
///
/// # Errors
/// When it cannot begin.
pub fn supervise(args: &Supervisor) -> Result<ExitCode, Failed> {
    let done = if args.standby { witness::stand_by(&args.dir) } else { witness::serve(&args.dir) };
    Ok(done.map(|()| ExitCode::SUCCESS)?)
}

/// Becomes the command.
///
/// # Errors
/// When there is no such command: 127, or 126 where it may not be run, as shells do.
pub fn become_filtered(args: &Filtered) -> Result<ExitCode, Failed> {
    // a session without the filter is told by its page; the command runs in any case
    let _ = witness::join(&args.dir);
    let Some((program, arguments)) = args.command.split_first() else { return Ok(ExitCode::SUCCESS) };
    let e = Command::new(program).args(arguments).exec();
    let code = if e.kind() == std::io::ErrorKind::NotFound { 127 } else { 126 };
    Err(Failed { text: format!("{}: {e}", program.display()), code })
}
