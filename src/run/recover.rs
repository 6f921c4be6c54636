//! `trackle recover`: sessions whose shell, recorder or machine died are completed from what is on disk, and filed. And
//! `trackle attach 42 SESSION`: one that could not be filed, or was meant for another ticket, is filed now.

use super::account::Account;
use super::desk::As;
use super::work::{Counter, roots};
use super::{Failed, complain, exit};
use crate::clock::{Clock, SystemClock};
use crate::model::ticket::Number;
use crate::record::place::Place;
use crate::record::recover::{self, Left};
use crate::record::{changes, complete};
use crate::show::look::{age, count};
use crate::show::screen;
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle recover`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only tell which there are.
    #[arg(long)]
    pub list: bool,
    /// Also those that a program still works in; what it does from now on is not recorded.
    #[arg(long)]
    pub now: bool,
    #[command(flatten)]
    pub who: As,
}

/// Options of `trackle attach`.
#[derive(Debug, clap::Args)]
pub struct Attach {
    /// The ticket's number: 42 or #42.
    #[arg(value_name = "TICKET", value_parser = super::number)]
    pub ticket: Number,
    /// The session's name, or how it begins.
    #[arg(value_name = "SESSION")]
    pub session: String,
    #[command(flatten)]
    pub who: As,
}

/// Completes and files what was left behind.
///
/// # Errors
/// A wrong configuration, nobody on staff of that name; exit code 75 when one could not be filed.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let left = mine();
    if args.list {
        return list(&left);
    }
    if rustix::process::geteuid().is_root() {
        let swept = recover::sweep(Path::new(trackle_wire::SESSIONS));
        if swept > 0 {
            let filed = count(swept, "filed session");
            screen::print(&format!("what root's programs had recorded for {filed} is taken away\n"))?;
        }
    }
    let left: Vec<Left> = left.into_iter().filter(|left| !left.recorded).collect();
    if left.is_empty() {
        screen::print("no session was left behind\n")?;
        return Ok(ExitCode::SUCCESS);
    }
    let counter = Counter::of(config, &args.who)?;
    let mut code = ExitCode::SUCCESS;
    for left in left {
        let name = left.start.id.clone();
        if let Err(why) = recovered(&counter, left, args.now) {
            complain(&format!("session {name}: {}", why.text));
            code = ExitCode::from(exit::LATER);
        }
    }
    Ok(code)
}

fn recovered(counter: &Counter, left: Left, now: bool) -> Result<(), Failed> {
    if let (Some(process), false) = (left.living.first(), now) {
        let text = format!("process {process} still works in it; end it first, or say --now");
        return Err(Failed { text, code: exit::LATER });
    }
    let ticket = left.start.ticket.and_then(|number| u32::try_from(number).ok()).map(Number);
    // nobody works on it any more, whether or not it can be filed
    let unlocked = counter.unlock(&left.start);
    let place = closed(left)?;
    // the change set is that of now, whenever it is filed
    changes::finish(&place)?;
    let Some(ticket) = ticket else {
        let text = format!("it is for no ticket; {} has it", place.dir().display());
        return Err(Failed { text, code: exit::FAILED });
    };
    counter.file(&place, complete::complete(&place)?, ticket)?;
    unlocked
}

/// Files one with a ticket.
///
/// # Errors
/// No such session, one that is not over, no such ticket; what cannot be filed stays where it is.
pub fn attach(config: &Path, args: &Attach) -> Result<ExitCode, Failed> {
    let counter = Counter::of(config, &args.who)?;
    let mut left: Vec<Left> = mine();
    left.retain(|left| left.start.id.starts_with(&args.session));
    let left = match (left.pop(), left.len()) {
        (Some(left), 0) => left,
        (None, _) => {
            return Err(failed(format!(
                "there is no session {:?} here; `trackle recover --list` tells which lie here",
                args.session
            )));
        }
        (Some(_), _) => return Err(failed(format!("more than one session begins with {}", args.session))),
    };
    if left.recorded || !left.living.is_empty() {
        return Err(failed(format!("session {} is not over", left.start.id)));
    }
    counter.unlock(&left.start)?;
    let place = closed(left)?;
    let mut complete = complete::complete(&place)?;
    complete.session.ticket = Some(args.ticket.0.into());
    counter.file(&place, complete, args.ticket)?;
    Ok(ExitCode::SUCCESS)
}

/// Those of this user.
fn mine() -> Vec<Left> {
    let account = Account::here();
    let mut all = recover::all(&roots(&account));
    all.retain(|left| left.start.uid == account.uid);
    all
}

fn closed(left: Left) -> Result<Place, Failed> {
    if left.is_closed() { Ok(left.place) } else { Ok(left.place.close()?) }
}

fn list(left: &[Left]) -> Result<ExitCode, Failed> {
    if left.is_empty() {
        screen::print("no session of yours lies here\n")?;
    }
    let now = SystemClock.now();
    for left in left {
        let ticket = left.start.ticket.map_or_else(|| "no ticket".to_owned(), |number| format!("#{number}"));
        let state = match (left.recorded, left.living.first()) {
            (true, _) if left.is_closed() => "being filed".to_owned(),
            (true, _) => "going on".to_owned(),
            (false, Some(process)) => format!("left, but process {process} still works in it"),
            (false, None) => "left".to_owned(),
        };
        let since = age(left.start.started, now);
        screen::print(&format!("{}  {ticket}  {since} ago  {state}\n", left.start.id))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn failed(text: String) -> Failed {
    Failed { text, code: exit::FAILED }
}
