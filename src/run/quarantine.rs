//! `trackle quarantine`: mails that could not be handled, and mails held because nobody vouched for them. Looking reads
//! only; `retry` and `drop` write beside a running daemon, which finds its work within a minute.

use super::{Failed, exit, read_config, write_raw};
use crate::clock::{Clock, SystemClock};
use crate::limits;
use crate::read;
use crate::show::aside::Sent;
use crate::show::look::count;
use crate::show::{aside, screen};
use crate::store::quarantine::Aside;
use crate::store::{Guest, Reader, is_in_use};
use std::panic::catch_unwind;
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle quarantine`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

/// What to do with mails that are set aside.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// List the mails that are set aside, oldest first.
    List {
        /// For programs: one array with an object for each mail.
        #[arg(long)]
        json: bool,
    },
    /// Show why a mail was set aside, and how it begins.
    Show {
        /// The mail's number, as `quarantine list` shows it.
        #[arg(value_name = "MAIL")]
        mail: i64,
        /// Write its exact bytes instead; not to a terminal.
        #[arg(long)]
        raw: bool,
    },
    /// Handle mails again. A held one is let through: your word is the proof that it lacked.
    Retry {
        /// The mails' numbers, as `quarantine list` shows them.
        #[arg(value_name = "MAIL", required = true)]
        mails: Vec<i64>,
    },
    /// Close mails without handling them; their bytes are kept.
    Drop {
        /// The mails' numbers, as `quarantine list` shows them.
        #[arg(value_name = "MAIL", required = true)]
        mails: Vec<i64>,
        /// Why, for the record.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

/// Does it.
///
/// # Errors
/// A wrong configuration, no database, a mail that is not set aside (then nothing is done to the others either).
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = read_config(config)?;
    let state = &config.robot.state;
    let now = SystemClock.now();
    match &args.what {
        What::List { json } => {
            let reader = Reader::open(state)?;
            let mails: Vec<Sent> = reader.aside()?.into_iter().map(|mail| sent(&reader, mail)).collect();
            if *json {
                screen::print_json(&aside::json(&mails))?;
            } else if mails.is_empty() {
                screen::print("no mail is set aside\n")?;
            } else {
                screen::print(&aside::page(&mails, now, &screen::look()))?;
            }
        }
        What::Show { mail, raw } => show(&Reader::open(state)?, *mail, *raw)?,
        What::Retry { mails } => {
            let by = super::console(now);
            Guest::open(state)?.transact(|tx| mails.iter().try_for_each(|mail| tx.retry(*mail, &by)))?;
            let when = if is_in_use(state).unwrap_or(true) {
                "within a minute"
            } else {
                "when `trackle serve` runs"
            };
            screen::print(&format!("{}: handled again {when}\n", count(mails.len() as u64, "mail")))?;
        }
        What::Drop { mails, reason } => {
            let by = super::console(now);
            Guest::open(state)?
                .transact(|tx| mails.iter().try_for_each(|mail| tx.discard(*mail, reason, &by)))?;
            screen::print(&format!("{} closed\n", count(mails.len() as u64, "mail")))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(reader: &Reader, mail: i64, raw: bool) -> Result<(), Failed> {
    let Some(found) = reader.aside()?.into_iter().find(|a| a.intake == mail) else {
        return Err(Failed { text: format!("mail {mail} is not set aside"), code: exit::FAILED });
    };
    let bytes = reader.raw_of(mail)?;
    if raw {
        return write_raw(&bytes);
    }
    let found = sent(reader, found);
    Ok(screen::print(&aside::one(&found, &bytes, SystemClock.now(), &screen::look()))?)
}

/// The mail with its sender, as its head tells him; nobody when that cannot be read.
fn sent(reader: &Reader, mail: Aside) -> Sent {
    let bytes = reader.raw_of(mail.intake).unwrap_or_default();
    let head = bytes.get(..limits::HEAD_BYTES).unwrap_or(&bytes);
    // as in the daemon: a mail that breaks the reading breaks nothing else
    let read = catch_unwind(|| read::mail(head).ok().and_then(|mail| mail.sender()));
    let from = read.ok().flatten().map_or_else(String::new, |from| from.to_string());
    (mail, from)
}
