//! `trackle admin erase ADDRESS`: a person is taken out of all that is kept, as the law may ask. First is told where he stands,
//! then somebody types the address, then it is done; it cannot be taken back. Names are looked for when somebody types
//! them, since what a stranger calls himself may be anybody's words. What is out of reach is told at the end: the chain of
//! events keeps what it has, and so do backups, mailboxes and whoever got a letter.

use super::spools;
use crate::clock::{Clock, SystemClock};
use crate::daemon;
use crate::model::address::Address;
use crate::model::sought::{DOMAIN, Sought, stand_in, stands_in};
use crate::pipeline::erase::mails::Pen;
use crate::pipeline::erase::{self, Found};
use crate::run::progress::Progress;
use crate::run::{Failed, complain, exit, read_config};
use crate::show::look::count;
use crate::show::{safe, screen};
use crate::store::erase::Numbers;
use crate::store::{Guest, Reader};
use serde_json::{Value, json};
use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Longest name, in characters, and how many of them.
const NAME: usize = 120;
const NAMES: usize = 20;

/// Options of `trackle admin erase`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Whom.
    #[arg(value_name = "ADDRESS")]
    pub address: String,
    /// A name, taken out wherever it stands as whole words, whoever is meant; may be given again.
    #[arg(long = "name", value_name = "FULL NAME")]
    pub names: Vec<String>,
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
    let mut sought = sought(&config, args)?;
    let state = &config.robot.state;
    let reader = Reader::open(state)?;
    let now = SystemClock.now();
    let mut progress = Progress::of("looking through");
    let found = erase::find(&reader, &mut sought, now, &mut |what, done, of| progress.tell(what, done, of));
    progress.clear();
    drop(reader);
    let nobody = stand_in(0).unwrap_or_else(|| sought.address.clone());
    let spooled = spools::holding(state, Pen { sought: &sought, by: &nobody, now })?;
    let found = Stand { found: found?, spooled };
    if args.dry_run {
        told(&sought, &found, args, None)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut guest = Guest::open(state)?;
    if found.found.is_nothing() && found.spooled.is_empty() {
        // he may have been taken out before, while somebody read what was there
        if !guest.empty_log()? {
            complain(LOG);
        }
        return Err(failed(format!("{} stands nowhere", sought.address)));
    }
    if !args.yes && !asked(&sought, &found)? {
        return Err(failed("that is not the address: nothing was done".into()));
    }
    take_out(&mut guest, &sought, found, args)
}

/// Where he stands, or stood.
struct Stand {
    found: Found,
    /// Files of the robot's own spools.
    spooled: Vec<PathBuf>,
}

/// Does it, and tells.
fn take_out(guest: &mut Guest, sought: &Sought, stand: Stand, args: &Args) -> Result<ExitCode, Failed> {
    let Stand { found, spooled } = stand;
    sought.forget();
    let cause = crate::run::console(SystemClock.now());
    let mut progress = Progress::of("taking out of");
    let mut tell = |what: &str, done: u64, of: u64| progress.tell(what, done, of);
    let mut work = || -> Result<Found, Failed> {
        let done = guest.transact(|tx| erase::erase(tx, sought, &found, &cause, &mut tell))?;
        spools::remove(&spooled)?;
        guest.tidy_words(&mut tell)?;
        Ok(done)
    };
    let done = work();
    progress.clear();
    let done = done?;
    let emptied = guest.empty_log()?;
    told(sought, &Stand { found: Found { damaged: found.damaged, ..done }, spooled }, args, Some(emptied))?;
    Ok(ExitCode::SUCCESS)
}

/// What stays where the log could not be emptied.
const LOG: &str = "the log beside the database may still have it, until the robot is started again";

fn failed(text: String) -> Failed {
    Failed { text, code: exit::FAILED }
}

/// Whom to look for: nobody on staff, and nobody who was erased.
fn sought(config: &crate::config::Config, args: &Args) -> Result<Sought, Failed> {
    let robot = daemon::house(config)?.robot;
    let wrong = |text: String| Failed { text, code: exit::DATA };
    let address =
        Address::parse(&args.address).ok_or_else(|| wrong(format!("{} is no address", args.address)))?;
    if let Some(member) = robot.member(&address) {
        let text = format!("{address} is {} on staff: take it out of the configuration first", member.login);
        return Err(failed(text));
    }
    if address == robot.address || address == robot.list {
        return Err(failed(format!("{address} is nobody's but the robot's and staff's")));
    }
    if stands_in(address.as_str()) {
        return Err(failed(format!("addresses at {DOMAIN} stand for people who were erased")));
    }
    if args.names.len() > NAMES {
        return Err(wrong(format!("more than {NAMES} names")));
    }
    for name in &args.names {
        let letters = name.chars().filter(|c| c.is_alphanumeric()).count();
        if letters < 2 || name.chars().count() > NAME || name.contains('@') {
            return Err(wrong(format!("{name:?} is no name that can be looked for")));
        }
    }
    let names: Vec<String> = args.names.iter().map(|name| name.trim().to_owned()).collect();
    Sought::of(address, &names).map_err(|e| wrong(format!("looking for {}: {e}", args.address)))
}

/// Has the address typed.
fn asked(sought: &Sought, found: &Stand) -> Result<bool, Failed> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        return Err(failed("nobody can be asked: say --yes".into()));
    }
    let mut out = std::io::stderr();
    let address = &sought.address;
    writeln!(out, "{address} stands in {}.", places(found))?;
    for line in named(sought) {
        writeln!(out, "{line}, whoever is meant.")?;
    }
    write!(out, "This cannot be taken back.\nType the address to erase it: ")?;
    out.flush()?;
    let mut answer = String::new();
    input.lock().read_line(&mut answer)?;
    Ok(Address::parse(&answer).is_some_and(|typed| typed == *address))
}

/// In how much he stands.
fn places(stand: &Stand) -> String {
    let Numbers { raws, letters, sessions } = &stand.found.numbers;
    format!(
        "{}, {}, {} and {}",
        count(raws.len() as u64, "mail"),
        count(letters.len() as u64, "letter"),
        count(sessions.len() as u64, "session"),
        count(stand.found.texts, "text"),
    )
}

/// In how much each name stands that was typed.
fn named(sought: &Sought) -> Vec<String> {
    let line = |(name, things): &(String, u64)| {
        format!("the name {} stands in {things} of all these", safe::line(&format!("{name:?}")))
    };
    sought.names().iter().map(line).collect()
}

/// What was done, or would be, and what stays: `emptied` says whether the log beside the database is free of it.
fn told(sought: &Sought, stand: &Stand, args: &Args, emptied: Option<bool>) -> Result<(), Failed> {
    let found = &stand.found;
    let stays = stays(found, emptied);
    if args.json {
        let names: Vec<Value> =
            sought.names().iter().map(|(name, things)| json!({ "name": name, "in": things })).collect();
        let told: Value = json!({
            "dry_run": args.dry_run,
            "known": found.is_known,
            "mails": found.numbers.raws.len(),
            "letters": found.numbers.letters.len(),
            "sessions": found.numbers.sessions.len(),
            "texts": found.texts,
            "files": found.files,
            "spooled": stand.spooled.len(),
            "names": names,
            "owed": emptied.map(|_| found.owed),
            "damaged": found.damaged,
            "events": found.events,
            "stays": stays,
        });
        return Ok(screen::print_json(&told)?);
    }
    let verb = if args.dry_run { "would be taken out of" } else { "was taken out of" };
    let mut text = format!("{} {verb} {}\n", sought.address, places(stand));
    for line in named(sought) {
        text.push_str(&format!("{line}\n"));
    }
    if found.files > 0 {
        text.push_str(&format!("with that {} of mails: {}\n", gone(args), count(found.files, "file")));
    }
    if !stand.spooled.is_empty() {
        let mails = count(stand.spooled.len() as u64, "mail");
        text.push_str(&format!("and {} of the robot's own spools: {mails}\n", gone(args)));
    }
    if found.owed > 0 {
        text.push_str(&format!("not sent any more: {}\n", count(found.owed, "letter")));
    }
    for line in stays {
        text.push_str(&format!("stays: {line}\n"));
    }
    Ok(screen::print(&text)?)
}

fn gone(args: &Args) -> &'static str {
    if args.dry_run { "would go out" } else { "went out" }
}

fn stays(found: &Found, emptied: Option<bool>) -> Vec<String> {
    let mut stays = Vec::new();
    if found.events > 0 {
        stays.push(format!(
            "{} in the chain, which proves that nothing was changed because it never is; nothing shows it any more, \
             but whoever opens the database by hand can read it there",
            count(found.events, "event")
        ));
    }
    if found.damaged > 0 {
        stays.push(format!("{}, damaged, which nobody can look through", count(found.damaged, "mail")));
    }
    stays.push("what mailboxes, backups, exports, logs of the system and readers of letters have".to_owned());
    stays.push(
        "names that were not typed, and what files hold in forms that are not text, such as pictures and archives"
            .to_owned(),
    );
    if emptied == Some(false) {
        stays.push(LOG.to_owned());
    }
    stays
}
