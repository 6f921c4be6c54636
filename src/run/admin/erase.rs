//! `trackle admin erase ADDRESS`: a person is taken out of all that is kept, as the law may ask. First is told where he stands,
//! then somebody types the address, then it is done; it cannot be taken back. What is out of reach is told at the end: the
//! chain of events keeps what it has, and so do backups, mailboxes and whoever got a letter.

use crate::clock::{Clock, SystemClock};
use crate::daemon;
use crate::model::address::Address;
use crate::pipeline::erase::{self, Found, Person};
use crate::run::progress::Progress;
use crate::run::{Failed, exit, read_config};
use crate::show::look::count;
use crate::show::screen;
use crate::store::{Guest, Reader};
use serde_json::{Value, json};
use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle admin erase`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Whom.
    #[arg(value_name = "ADDRESS")]
    pub address: String,
    /// Ask nothing.
    #[arg(long)]
    pub yes: bool,
    /// Say where he stands, and do nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// For programs: one object about what was done.
    #[arg(long)]
    pub json: bool,
}

/// Erases.
///
/// # Errors
/// A wrong configuration, no database; somebody on staff, an address that stands nowhere, no yes.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = read_config(config)?;
    let robot = daemon::house(&config)?.robot;
    let Some(address) = Address::parse(&args.address) else {
        return Err(Failed { text: format!("{} is no address", args.address), code: exit::DATA });
    };
    if let Some(member) = robot.member(&address) {
        let text = format!("{address} is {} on staff: take it out of the configuration first", member.login);
        return Err(failed(text));
    }
    if address == robot.address || address == robot.list {
        return Err(failed(format!("{address} is nobody's but the robot's and staff's")));
    }
    let reader = Reader::open(&config.robot.state)?;
    let name = reader.look(|tx| tx.name_of(&address))?.unwrap_or_default();
    let person = Person::of(address, &name)?;
    let mut progress = Progress::of("looking through");
    let found = erase::find(&reader, &person, &mut |what, done, of| progress.tell(what, done, of));
    progress.clear();
    let found = found?;
    if args.dry_run {
        told(&person, &found, args, None)?;
        return Ok(ExitCode::SUCCESS);
    }
    if found.is_nothing() {
        return Err(failed(format!("{} stands nowhere", person.address)));
    }
    if !args.yes && !asked(&person, &found)? {
        return Err(failed("that is not the address: nothing was done".into()));
    }
    let mut guest = Guest::open(&config.robot.state)?;
    let cause = crate::run::console(SystemClock.now());
    let done = guest.transact(|tx| erase::erase(tx, &person, found, &cause))?;
    let emptied = guest.empty_log()?;
    told(&person, &done, args, Some(emptied))?;
    Ok(ExitCode::SUCCESS)
}

fn failed(text: String) -> Failed {
    Failed { text, code: exit::FAILED }
}

/// Has the address typed.
fn asked(person: &Person, found: &Found) -> Result<bool, Failed> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        return Err(failed("nobody can be asked: say --yes".into()));
    }
    let mut out = std::io::stderr();
    let address = &person.address;
    write!(
        out,
        "{address} stands in {}, {} and {}. This cannot be taken back.\nType the address to erase it: ",
        count(found.raws.len() as u64, "mail"),
        count(found.letters.len() as u64, "letter"),
        count(found.sessions.len() as u64, "session"),
    )?;
    out.flush()?;
    let mut answer = String::new();
    input.lock().read_line(&mut answer)?;
    Ok(Address::parse(&answer).is_some_and(|typed| typed == *address))
}

/// What was done, or would be, and what stays: `emptied` says whether the log beside the database is free of it.
fn told(person: &Person, found: &Found, args: &Args, emptied: Option<bool>) -> Result<(), Failed> {
    let stays = stays(found, emptied);
    if args.json {
        let told: Value = json!({
            "dry_run": args.dry_run,
            "known": found.is_known,
            "mails": found.raws.len(),
            "letters": found.letters.len(),
            "sessions": found.sessions.len(),
            "texts": emptied.map(|_| found.texts),
            "events": found.events,
            "stays": stays,
        });
        return Ok(screen::print_json(&told)?);
    }
    let verb = if args.dry_run { "would be taken out of" } else { "was taken out of" };
    let mut text = format!(
        "{} {verb} {}, {} and {}",
        person.address,
        count(found.raws.len() as u64, "mail"),
        count(found.letters.len() as u64, "letter"),
        count(found.sessions.len() as u64, "session"),
    );
    if emptied.is_some() {
        text.push_str(&format!(", and {}", count(found.texts, "text")));
    }
    text.push('\n');
    for line in stays {
        text.push_str(&format!("stays: {line}\n"));
    }
    Ok(screen::print(&text)?)
}

fn stays(found: &Found, emptied: Option<bool>) -> Vec<String> {
    let mut stays = Vec::new();
    if found.events > 0 {
        stays.push(format!(
            "{} in the chain, which proves that nothing was changed because it never is; nothing shows the address any more, \
             but whoever opens the database by hand can read it there",
            count(found.events, "event")
        ));
    }
    stays.push("what mailboxes, backups, exports, logs of the system and readers of letters have".to_owned());
    stays.push(
        "a first name alone, and what files hold in forms that are not text, such as pictures and archives"
            .to_owned(),
    );
    if emptied == Some(false) {
        stays.push("the log beside the database, until the robot is started again".to_owned());
    }
    stays
}
