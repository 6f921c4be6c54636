//! `trackle admin token`: the tokens by which hosts speak to the API. A token is shown once, when it is made; the database
//! knows its hash. Who made and who ended one is an event.

use crate::clock::{Clock, SystemClock};
use crate::model::host::{is_host, is_login};
use crate::model::token::{BYTES, Grant, Token};
use crate::run::{Failed, console, exit, read_config};
use crate::show::{screen, tokens};
use crate::store::tokens::For;
use crate::store::{Guest, Reader};
use jiff::{SignedDuration, Timestamp};
use std::path::Path;
use std::process::ExitCode;

/// How long the old one holds beside a new one, in hours.
const BOTH: i64 = 24;

/// Options of `trackle admin token`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

/// What to do with tokens.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Make one for one member of staff at one host, and print it: it is shown only now.
    Add {
        /// In whose name it acts, by a login of the configuration.
        #[arg(long = "for", value_name = "LOGIN")]
        member: String,
        /// From where: what that host is called.
        #[arg(long, value_name = "NAME", value_parser = host)]
        host: String,
        /// The one user there whose sessions the host's key may sign [default: whoever enrolls with it].
        #[arg(long, value_name = "USER", value_parser = login)]
        user: Option<String>,
    },
    /// List them, and when they were used last.
    List {
        /// For programs: one array with an object for each token.
        #[arg(long)]
        json: bool,
    },
    /// Let one in no longer. What was done with it stays, and so does the host's key.
    Revoke {
        /// Its number, as the list has it.
        #[arg(value_name = "NUMBER")]
        number: i64,
    },
    /// Make another one for the same member and host; the old one counts for a day more.
    Rotate {
        /// The number of the old one, as the list has it.
        #[arg(value_name = "NUMBER")]
        number: i64,
        /// The old one counts no more from now on.
        #[arg(long)]
        now: bool,
    },
}

/// Does it.
///
/// # Errors
/// A wrong configuration, no database, nobody on staff of that name, no such token.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = read_config(config)?;
    let (state, now) = (&config.robot.state, SystemClock.now());
    match &args.what {
        What::Add { member, host, user } => {
            let known = config.staff.members.iter().any(|known| known.login == *member);
            if !known {
                return Err(failed(format!("nobody on staff has the login {member:?}")));
            }
            let wish = For { login: member, host, user: user.as_deref() };
            let token = Token::of(&rand::random::<[u8; BYTES]>());
            let cause = console(now);
            Guest::open(state)?.transact(|tx| tx.add_token(&token.hash(), wish, &cause))?;
            screen::print(&format!("{}\n", token.reveal()))?;
        }
        What::List { json } => {
            let all = Reader::open(state)?.tokens()?;
            if *json {
                screen::print_json(&tokens::json(&all, now))?;
            } else if all.is_empty() {
                screen::print("there is no token; `trackle admin token add` makes one\n")?;
            } else {
                screen::print(&tokens::page(&all, now, &screen::look()))?;
            }
        }
        What::Revoke { number } => {
            let old = one(state, *number, now)?;
            let cause = console(now);
            Guest::open(state)?.transact(|tx| tx.end_token(old.id, now, &cause))?;
            screen::print(&format!("{}: the token of {} is let in no longer\n", old.host, old.login))?;
        }
        What::Rotate { number, now: at_once } => {
            let old = one(state, *number, now)?;
            let token = Token::of(&rand::random::<[u8; BYTES]>());
            let end = if *at_once { now } else { now + SignedDuration::from_hours(BOTH) };
            let cause = console(now);
            Guest::open(state)?.transact(|tx| {
                let wish = For { login: &old.login, host: &old.host, user: old.user.as_deref() };
                tx.add_token(&token.hash(), wish, &cause)?;
                tx.end_token(old.id, end, &cause)
            })?;
            screen::print(&format!("{}\n", token.reveal()))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A token that still counts.
fn one(state: &Path, number: i64, now: Timestamp) -> Result<Grant, Failed> {
    let found = Reader::open(state)?.tokens()?.into_iter().find(|grant| grant.id == number);
    let missing = || failed(format!("there is no token {number}; `trackle admin token list` has them"));
    let found = found.ok_or_else(missing)?;
    if !found.holds(now) {
        return Err(failed(format!("token {number} is revoked already")));
    }
    Ok(found)
}

fn host(text: &str) -> Result<String, &'static str> {
    if is_host(text) { Ok(text.to_owned()) } else { Err("not a name of a host") }
}

fn login(text: &str) -> Result<String, &'static str> {
    if is_login(text) { Ok(text.to_owned()) } else { Err("not a user's name") }
}

fn failed(text: String) -> Failed {
    Failed { text, code: exit::FAILED }
}
