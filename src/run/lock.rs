//! `trackle lock`: who works on which ticket, and the locks that are taken, given back and broken by hand. Works beside
//! a running daemon, which carries the letter about a broken lock.

use super::desk::{As, Sitting};
use super::line::Line;
use super::tickets::{self, Far};
use super::{Failed, exit, read_config};
use crate::limits;
use crate::model::api::Turn;
use crate::model::lock::{Lock, minute};
use crate::model::ticket::Number;
use crate::show::{locks, safe, screen};
use crate::store::Reader;
use jiff::SignedDuration;
use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle lock`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    pub what: Option<What>,
    /// Only the lock of that ticket; exit code 1 when it has none.
    #[arg(value_name = "TICKET", value_parser = super::number)]
    pub ticket: Option<Number>,
    /// For programs: one array with an object for each lock.
    #[arg(long)]
    pub json: bool,
}

/// What to do with a lock.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Work on a ticket: nobody else can start to.
    Take {
        /// The ticket's number: 12 or #12.
        #[arg(value_name = "TICKET", value_parser = super::number)]
        ticket: Number,
        /// How long, such as 30m or 4h [default: 2h]; whoever has it may take it again.
        #[arg(long = "for", value_name = "TIME", value_parser = length)]
        length: Option<SignedDuration>,
        #[command(flatten)]
        who: As,
    },
    /// Give your lock back.
    Release {
        /// The ticket's number: 12 or #12.
        #[arg(value_name = "TICKET", value_parser = super::number)]
        ticket: Number,
        #[command(flatten)]
        who: As,
    },
    /// End somebody else's lock; staff are told.
    Break {
        /// The ticket's number: 12 or #12.
        #[arg(value_name = "TICKET", value_parser = super::number)]
        ticket: Number,
        /// Without asking.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        who: As,
    },
}

/// Shows or does it.
///
/// # Errors
/// A wrong configuration, no database, nobody on staff of that name, a lock that is somebody else's.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let Some(what) = &args.what else { return show(config, args) };
    if let Some((_, line)) = tickets::far(config)? {
        screen::print(&there(line, what)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let said = match what {
        What::Take { ticket, length, who } => {
            let sitting = Sitting::down(config, who)?;
            let length = length.unwrap_or(SignedDuration::from_hours(limits::LOCK_BY_HAND_HOURS));
            sitting.act(|desk, tx| desk.hold(tx, *ticket, length))?;
            format!("{ticket}: {} works on it\n", sitting.member().login)
        }
        What::Release { ticket, who } => {
            Sitting::down(config, who)?.act(|desk, tx| desk.release(tx, *ticket))?;
            format!("{ticket}: nobody works on it\n")
        }
        What::Break { ticket, yes, who } => {
            let sitting = Sitting::down(config, who)?;
            if !yes && !asked(config, &sitting, *ticket)? {
                return Err(failed("nothing was done".into()));
            }
            match sitting.act(|desk, tx| desk.break_lock(tx, *ticket))? {
                Some(lock) => {
                    format!("{ticket}: {} has the lock no longer\n", sitting.robot().called(&lock.login))
                }
                None => format!("{ticket}: nobody works on it\n"),
            }
        }
    };
    screen::print(&said)?;
    Ok(ExitCode::SUCCESS)
}

fn show(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let mut all = tickets::locks(config)?;
    if let Some(ticket) = args.ticket {
        all.retain(|(number, _)| *number == ticket);
    }
    if args.json {
        screen::print_json(&locks::all_json(&all))?;
    } else if all.is_empty() {
        let what = args.ticket.map_or_else(|| "a ticket".to_owned(), |ticket| ticket.to_string());
        screen::print(&format!("nobody works on {what}\n"))?;
    } else {
        screen::print(&locks::page(&all, &screen::look()))?;
    }
    let found = args.ticket.is_none() || !all.is_empty();
    Ok(if found { ExitCode::SUCCESS } else { ExitCode::from(exit::FAILED) })
}

/// The same where the tickets are elsewhere.
fn there(line: Line, what: &What) -> Result<String, Failed> {
    let (What::Take { who, .. } | What::Release { who, .. } | What::Break { who, .. }) = what;
    let far = Far::open(line, who)?;
    Ok(match what {
        What::Take { ticket, length, .. } => {
            let length = length.unwrap_or(SignedDuration::from_hours(limits::LOCK_BY_HAND_HOURS));
            far.grip(*ticket, None, Turn::Take(length.as_secs()))?;
            format!("{ticket}: {} works on it\n", safe::line(&far.site.login))
        }
        What::Release { ticket, .. } => {
            far.grip(*ticket, None, Turn::Release)?;
            format!("{ticket}: nobody works on it\n")
        }
        What::Break { ticket, yes, .. } => {
            let all: Vec<(Number, Lock)> = far.line.get("locks")?;
            let held = all.into_iter().find(|(number, _)| number == ticket).map(|(_, lock)| lock);
            let name = held.as_ref().map(|lock| far.called(&lock.login)).unwrap_or_default();
            if let (false, Some(lock)) = (*yes, &held)
                && !agreed(*ticket, &safe::line(&name), &minute(lock.since, &screen::look().zone))?
            {
                return Err(failed("nothing was done".into()));
            }
            match far.grip(*ticket, None, Turn::Break)? {
                Some(lock) => {
                    format!("{ticket}: {} has the lock no longer\n", safe::line(&far.called(&lock.login)))
                }
                None => format!("{ticket}: nobody works on it\n"),
            }
        }
    })
}

/// Asks on the terminal whether a lock is to be broken.
fn asked(config: &Path, sitting: &Sitting, ticket: Number) -> Result<bool, Failed> {
    let lock = Reader::open(&read_config(config)?.robot.state)?.look(|tx| tx.lock(ticket))?;
    // when there is none, there is nothing to ask
    let Some(lock) = lock else { return Ok(true) };
    let (name, since) =
        (sitting.robot().called(&lock.login), minute(lock.since, &sitting.robot().policy.zone));
    agreed(ticket, &name, &since)
}

fn agreed(ticket: Number, name: &str, since: &str) -> Result<bool, Failed> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        return Err(failed("nobody can be asked: say --yes".into()));
    }
    let mut out = std::io::stderr();
    write!(out, "{name} works on {ticket} since {since}. Break that lock? [y/N] ")?;
    out.flush()?;
    let mut answer = String::new();
    input.lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

/// `30m`, `4h`, `1h 30m`.
fn length(text: &str) -> Result<SignedDuration, String> {
    let longest = SignedDuration::from_hours(limits::LOCK_LONGEST_HOURS);
    let length: SignedDuration = text.parse().map_err(|_| "not a time such as 30m or 4h".to_owned())?;
    if length <= SignedDuration::ZERO || length > longest {
        return Err(format!("it must be more than nothing, and at most {}h", limits::LOCK_LONGEST_HOURS));
    }
    Ok(length)
}

fn failed(text: String) -> Failed {
    Failed { text, code: exit::FAILED }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_short_and_not_for_ever() {
        for (text, minutes) in [("30m", 30), ("4h", 240), ("1h30m", 90), ("167h", 10_020), ("168h", 10_080)] {
            assert_eq!(length(text), Ok(SignedDuration::from_mins(minutes)), "{text}");
        }
        for text in ["", "x", "0m", "-1h", "168h 1s", "169h", "2", "P1Y"] {
            assert!(length(text).is_err(), "{text}");
        }
        assert_eq!(limits::LOCK_LONGEST_HOURS, 168);
    }
}
