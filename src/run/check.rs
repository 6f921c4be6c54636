//! `trackle check`: everything that the configuration names, tried without sending, marking or changing anything. One
//! line for each item: ok, warning or wrong, and what to do. No server gets more than ten seconds. Exit code 1 when
//! something is wrong. `--security` weighs how open all of it stands. `trackle check mail` alone sends something, and only to ourselves.

mod here;
mod keys;
mod mail;
mod security;
mod servers;
mod site;

use super::{Failed, exit, read_config};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::fault::Outcome;
use crate::show::checks::{self, Check, Verdict};
use crate::show::exposure::Figure;
use crate::show::screen;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// Options of `trackle check`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// `mail`: send a forged mail to the help address, and see whether the mail server can be believed.
    #[arg(value_enum)]
    pub what: Option<Thing>,
    /// How many seconds to wait for that mail.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub wait: u64,
    /// For programs: one array with an object for each item; with --security one object.
    #[arg(long)]
    pub json: bool,
    /// How open the robot stands: files, passwords, lines, orders, keys, hosts, the process. Connects to nothing.
    #[arg(long, conflicts_with = "what")]
    pub security: bool,
    /// With --security: exit code 1 when the figure lies above this one.
    #[arg(long, value_name = "FIGURE", requires = "security", default_value = "5.0", value_parser = Figure::parse)]
    pub threshold: Figure,
    /// With --security: where backups are kept.
    #[arg(long, value_name = "DIR", requires = "security")]
    pub backups: Option<PathBuf>,
}

const EXAMPLES: &str = "Such as:
  trackle check                          as the user that serves
  trackle check mail                     may the mail server be believed?
  trackle check --security --threshold 2.5";

/// What is tried only when it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Thing {
    /// What the mail server does to forged fields.
    Mail,
}

/// Checks.
///
/// # Errors
/// A wrong configuration, with every complaint about it.
pub fn run(path: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = read_config(path)?;
    if args.what == Some(Thing::Mail) {
        let (all, code) = mail::run(&config, Duration::from_secs(args.wait))?;
        print(&all, args)?;
        return Ok(ExitCode::from(code));
    }
    if args.security {
        return security::run(path, &config, args);
    }
    let mut all = vec![Check::ok("config", format!("{} is understood", path.display()))];
    all.extend(here::user(&config.robot.state));
    all.extend(tried(&config)?);
    print(&all, args)?;
    let wrong = all.iter().any(|c| c.verdict == Verdict::Wrong);
    Ok(if wrong { ExitCode::from(exit::FAILED) } else { ExitCode::SUCCESS })
}

/// Tries what a configuration names, whoever asks.
///
/// # Errors
/// When no runtime can be started.
pub(super) fn tried(config: &Config) -> Outcome<Vec<Check>> {
    let mut all = here::state(&config.robot.state);
    all.extend(here::key(&config.robot.state));
    all.push(here::database(&config.robot.state));
    all.push(here::daemon(&config.robot.state));
    all.push(here::clock(SystemClock.now()));
    all.extend(site::addresses(config));
    all.extend(site::letters(config));
    all.extend(site::identity(config));
    all.extend(keys::keys(config)?);
    all.extend(servers::all(config)?);
    for check in &mut all {
        check.text = super::in_words(&check.text);
    }
    Ok(all)
}

fn print(all: &[Check], args: &Args) -> Result<(), Failed> {
    if args.json {
        screen::print_json(&checks::json(all))?;
    } else {
        screen::print(&checks::page(all, &screen::look()))?;
    }
    Ok(())
}
