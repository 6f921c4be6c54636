//! `trackle backup`: everything in one file, while the daemon goes on. Never a copy of the database's own file, which could
//! be of two moments.

use super::{Failed, read_config};
use crate::clock::{Clock, SystemClock};
use crate::fault::Fault;
use crate::show::look::{count, size};
use crate::show::screen;
use crate::store::backup::{self, Stamp};
use crate::{machine, mint};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Options of `trackle backup`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Where it goes; a directory gets a file with the time in its name. Whoever can read it can read all mail and forge
    /// confirmations.
    #[arg(value_name = "FILE", default_value = ".")]
    pub to: PathBuf,
    /// For programs: one object.
    #[arg(long)]
    pub json: bool,
}

const EXAMPLES: &str = "Each night from cron:
  0 3 * * * trackle backup /backup";

/// Writes it.
///
/// # Errors
/// A wrong configuration, no database, a file that is there already or cannot be written.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let state = read_config(config)?.robot.state;
    let now = SystemClock.now();
    let to = if args.to.is_dir() {
        args.to.join(format!("trackle-{}.{}", now.strftime("%Y-%m-%dT%H%M%SZ"), backup::ENDING))
    } else {
        args.to.clone()
    };
    let keys = state.join(mint::FILE);
    let keys = std::fs::read_to_string(&keys)
        .map_err(|e| Fault::passing(format!("reading the keys {}: {e}", keys.display())))?;
    let stamp = Stamp {
        made: now.as_second(),
        program: env!("CARGO_PKG_VERSION").into(),
        host: machine::host(),
        keys,
    };
    let made = backup::write(&state, &to, &stamp)?;
    if args.json {
        screen::print_json(&json!({
            "file": to,
            "made": stamp.made,
            "tickets": made.tickets,
            "mails": made.mails,
            "letters_owed": made.owed,
            "bytes": made.bytes,
        }))?;
    } else {
        let (tickets, mails) = (count(made.tickets, "ticket"), count(made.mails, "mail"));
        screen::print(&format!(
            "{}: {tickets}, {mails}, {}, read through\n",
            to.display(),
            size(made.bytes)
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}
