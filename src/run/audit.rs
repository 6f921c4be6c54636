//! `trackle audit`: the laws of the database, checked. Reads only; exit code 1 when one is broken.

use super::{Failed, exit, read_config};
use crate::clock;
use crate::show::{audit, screen};
use crate::store::Reader;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

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
    let mut progress = Progress::new();
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

/// A line on standard error that is written over, for work that takes long; nothing when nobody looks.
struct Progress {
    next: Option<Instant>,
    told: bool,
}

impl Progress {
    /// Before it says anything for the first time.
    const FIRST: Duration = Duration::from_secs(1);
    const STEP: Duration = Duration::from_millis(200);

    fn new() -> Progress {
        let seen = std::io::stderr().is_terminal();
        Progress { next: seen.then(|| clock::instant() + Progress::FIRST), told: false }
    }

    fn tell(&mut self, what: &str, done: u64, of: u64) {
        let now = clock::instant();
        if self.next.is_some_and(|next| now >= next) {
            let percent = done * 100 / of.max(1);
            let _ = write!(std::io::stderr(), "\r\u{1b}[Kchecking {what}: {percent} %");
            (self.next, self.told) = (Some(now + Progress::STEP), true);
        }
    }

    fn clear(&self) {
        if self.told {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }
}
