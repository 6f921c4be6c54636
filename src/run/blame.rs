//! `trackle blame /etc/fstab`: which sessions changed a file, and for which tickets. Reads only.

use super::{Failed, complain, exit, read_config};
use crate::model::session::FilePath;
use crate::show::{screen, sessions};
use crate::store::Reader;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Sessions that one file may have, at most.
const MOST: usize = 1_000;

/// Options of `trackle blame`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Only on that host.
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// For programs: one array with an object for each session.
    #[arg(long)]
    pub json: bool,
}

/// Shows them, the oldest first.
///
/// # Errors
/// A wrong configuration, no database. Exit code 1 when no session changed it.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = read_config(config)?;
    let path = path(&args.file)?;
    let touches = Reader::open(&config.robot.state)?.touches(&path, args.host.as_deref(), MOST)?;
    if args.json {
        screen::print_json(&sessions::blame_json(&touches))?;
    } else if !touches.is_empty() {
        screen::print(&sessions::blame(&touches, &screen::look()))?;
    }
    if touches.is_empty() {
        complain(&format!("no session changed {path}"));
        return Ok(ExitCode::from(exit::FAILED));
    }
    Ok(ExitCode::SUCCESS)
}

/// The whole path of a file, as records have it; links are not followed.
///
/// # Errors
/// When there is no working directory to begin it with.
pub(super) fn path(file: &Path) -> Result<FilePath, Failed> {
    let mut whole = PathBuf::new();
    for part in std::path::absolute(file)?.components() {
        match part {
            std::path::Component::ParentDir => {
                whole.pop();
            }
            part => whole.push(part),
        }
    }
    Ok(FilePath::new(whole.as_os_str().as_bytes()))
}
