//! `trackle status`: how the robot is doing. Reads only; exit code 1 when something needs a person, for monitoring.

use super::{Failed, exit, read_config};
use crate::clock::{Clock, SystemClock};
use crate::config::{self, Config};
use crate::daemon::room;
use crate::fetch::{imap, maildir};
use crate::show::health::{self, Outside};
use crate::show::screen;
use crate::store::{Reader, is_in_use};
use jiff::SignedDuration;
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle status`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// For programs: one object.
    #[arg(long)]
    pub json: bool,
}

/// Tells.
///
/// # Errors
/// A wrong configuration, no database.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = read_config(config)?;
    let now = SystemClock.now();
    let found = Reader::open(&config.robot.state)?.health(now)?;
    let outside = Outside {
        running: is_in_use(&config.robot.state).ok(),
        rounds: rounds(&config),
        full: full(&config),
    };
    if args.json {
        screen::print_json(&health::json(&found, &outside, now))?;
    } else {
        screen::print(&health::page(&found, &outside, now, &screen::look()))?;
    }
    let well = health::needs(&found, &outside, now).is_empty();
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(exit::FAILED) })
}

/// What is free and what is wanted, when no mail is fetched.
fn full(config: &Config) -> Option<(u64, u64)> {
    let disk = rustix::fs::statvfs(&config.robot.state).ok()?;
    room::too_little(disk.f_bavail.saturating_mul(disk.f_frsize), config.policy.mail_bytes)
}

/// The mailboxes by the names that the daemon gives them, and how often it looks into each.
fn rounds(config: &Config) -> Vec<(String, SignedDuration)> {
    let mut rounds = Vec::new();
    for mailbox in &config.mailboxes {
        let (names, poll) = match mailbox {
            config::Mailbox::Maildir(m) => (vec![maildir::name(&m.path)], m.poll),
            config::Mailbox::Imap(m) => {
                (m.folders.iter().map(|f| imap::name(&m.server, f)).collect(), m.poll)
            }
        };
        let poll = SignedDuration::try_from(poll).unwrap_or(SignedDuration::MAX);
        rounds.extend(names.into_iter().map(|name| (name, poll)));
    }
    rounds
}
