//! `trackle check --security`: how open the robot stands, in the manner of `systemd-analyze security`. `look` looks at this
//! machine and writes nothing; `weigh` thinks about what was seen. Exit code 1 when the figure lies above the threshold, or
//! when not everything could be seen.

mod facts;
mod look;
mod weigh;

use super::Args;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::run::{Failed, exit};
use crate::show::exposure::{self, Figure};
use crate::show::screen;
use std::path::Path;
use std::process::ExitCode;

/// Looks, weighs and tells.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(path: &Path, config: &Config, args: &Args) -> Result<ExitCode, Failed> {
    let seen = look::look(path, config, args.backups.as_deref());
    let rows = weigh::rows(config, &seen, SystemClock.now());
    if args.json {
        screen::print_json(&exposure::json(&rows, args.threshold))?;
    } else {
        screen::print(&exposure::page(&rows, &screen::look()))?;
        screen::print(&not_seen(config))?;
    }
    let well = Figure::of(&rows) <= args.threshold && rows.iter().all(|row| row.seen);
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(exit::FAILED) })
}

/// What no program on this machine can see, so that nobody takes the figure for more than it is.
fn not_seen(config: &Config) -> String {
    format!(
        "not to be seen from here: who may post to {} and read its archive; whether your mail server removes forged \
         fields (`trackle check mail` tries it)\n",
        crate::show::safe::line(config.staff.list.as_str())
    )
}
