//! `trackle admin people`: who is on staff, in the configuration, and what is theirs; and what an administrator puts right about
//! others. Whoever goes hands over his tickets first, by the same door as a mailed command. `trackle people` only looks.

use super::ask::agreed;
use super::file::Sheet;
use super::settings::{self, stuck};
use crate::clock::{Clock, SystemClock};
use crate::config::change::{self, Place, Said};
use crate::config::{Config, Member};
use crate::model::address::Address;
use crate::model::said::Words;
use crate::model::ticket::{Number, State};
use crate::run::desk::{As, Sitting};
use crate::run::people::{clear, parsed};
use crate::run::{Failed, complain, console, exit, read_config};
use crate::show::look::count;
use crate::show::staff::{self, Known};
use crate::show::{safe, screen};
use crate::store::lists::{Owner, Which};
use crate::store::reach::Suspension;
use crate::store::{Guest, Reader};
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle admin people`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub struct Args {
    /// For programs: one array with an object for each member of staff.
    #[arg(long)]
    pub json: bool,
    #[command(subcommand)]
    pub what: Option<What>,
}

const EXAMPLES: &str = "Such as:
  trackle admin people add bob --address bob@example.org --name 'Bob Jones'
  trackle admin people update bob --alias bob@home.example
  trackle admin people remove bob --hand-to ann --as ann
  trackle admin people update carl@users.example --confirmed --as ann

Everybody who ever wrote: `trackle people`.";

/// What to do about people.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// List staff, or tell all that is known of one person.
    List {
        /// A login or anybody's address.
        #[arg(value_name = "WHO")]
        who: Option<String>,
        /// For programs: one array with an object for each.
        #[arg(long)]
        json: bool,
    },
    /// Somebody is on staff from now on, and may command.
    Add {
        /// One word: what `assign` takes.
        #[arg(value_name = "LOGIN")]
        login: String,
        /// Where this person gets mail and writes from.
        #[arg(long, value_name = "ADDRESS")]
        address: String,
        /// For people to read [default: the login].
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// A further word or address of this person; may stand more than once.
        #[arg(long = "alias", value_name = "WORD")]
        aliases: Vec<String>,
        /// The whole fingerprint of an OpenPGP key of this person; may stand more than once.
        #[arg(long = "key", value_name = "FINGERPRINT")]
        keys: Vec<String>,
        /// For programs: one object.
        #[arg(long)]
        json: bool,
    },
    /// Change what is said of a member, or put right what is known of somebody else.
    Update(Box<Update>),
    /// Somebody is on staff no longer.
    Remove {
        #[arg(value_name = "LOGIN")]
        member: String,
        /// Who gets the open tickets.
        #[arg(long, value_name = "LOGIN")]
        hand_to: Option<String>,
        /// Ask nothing: open tickets stay with the login.
        #[arg(long)]
        yes: bool,
        /// For programs: one object.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        who: As,
    },
    /// No news to an address, until somebody writes from there.
    Suspend {
        #[arg(value_name = "ADDRESS")]
        address: String,
    },
    /// News to an address again, as `trackle people clear` does.
    Restore {
        #[arg(value_name = "ADDRESS")]
        address: String,
    },
}

/// What changes of somebody.
#[derive(Debug, clap::Args)]
pub struct Update {
    /// A login, or the address of somebody who is not on staff.
    #[arg(value_name = "WHO")]
    pub whom: String,
    /// For people to read.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// A member: where this person gets mail and writes from.
    #[arg(long, value_name = "ADDRESS")]
    pub address: Option<String>,
    /// A member: a further word or address; may stand more than once.
    #[arg(long = "alias", value_name = "WORD")]
    pub aliases: Vec<String>,
    /// A member: not this word or address.
    #[arg(long = "remove-alias", value_name = "WORD")]
    pub not_aliases: Vec<String>,
    /// A member: the whole fingerprint of a key; may stand more than once.
    #[arg(long = "key", value_name = "FINGERPRINT")]
    pub keys: Vec<String>,
    /// A member: not this key.
    #[arg(long = "remove-key", value_name = "FINGERPRINT")]
    pub not_keys: Vec<String>,
    /// Somebody else: the address counts as proven, on your word.
    #[arg(long)]
    pub confirmed: bool,
    /// For programs: one object.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub who: As,
}

/// Does it.
///
/// # Errors
/// A wrong configuration, somebody who is not there, a file that cannot be changed, no yes.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    match &args.what {
        None => list(config, None, args.json),
        Some(What::List { who, json }) => list(config, who.as_deref(), *json),
        Some(What::Add { login, address, name, aliases, keys, json }) => {
            let sheet = Sheet::open(config)?;
            let mut settings = vec![("login", Said::Word(login.clone()))];
            settings.extend(name.clone().map(|name| ("name", Said::Word(name))));
            settings.push(("address", Said::Word(address.clone())));
            let lists =
                [("aliases", aliases), ("keys", keys)].into_iter().filter(|(_, words)| !words.is_empty());
            settings.extend(lists.map(|(key, words)| (key, Said::Words(words.clone()))));
            let text = change::add_table(sheet.text(), "staff.member", &settings).map_err(stuck)?;
            settings::tell(&sheet.write(text)?, *json)
        }
        Some(What::Update(args)) => update(config, args),
        Some(What::Remove { member: login, hand_to, yes, json, who }) => {
            remove(config, login, Parting { hand_to: hand_to.as_deref(), yes: *yes, json: *json, who })
        }
        Some(What::Suspend { address }) => suspend(config, &parsed(address)?),
        Some(What::Restore { address }) => clear(&read_config(config)?.robot.state, &parsed(address)?),
    }
}

fn list(path: &Path, who: Option<&str>, json: bool) -> Result<ExitCode, Failed> {
    let config = read_config(path)?;
    let reader = super::reader(&config)?;
    let look = screen::look();
    let Some(who) = who else {
        let all = config.staff.members.iter().map(|m| member_known(&config, reader.as_ref(), m));
        let all = all.collect::<Result<Vec<_>, _>>()?;
        if json {
            screen::print_json(&staff::json(&all))?
        } else {
            screen::print(&staff::page(&all, &look))?
        };
        return Ok(ExitCode::SUCCESS);
    };
    let known = match config.staff_by_word(who) {
        Ok(member) => member_known(&config, reader.as_ref(), member)?,
        Err(_) => {
            let address = parsed(who).map_err(|_| nobody(who))?;
            let known = known(&config, reader.as_ref(), None, &[&address])?;
            if known.addresses.iter().all(|(_, standing, _)| standing.is_none()) {
                return Err(failed(format!("{address} never wrote, and is nobody's on staff")));
            }
            known
        }
    };
    if json {
        screen::print_json(&staff::one_json(&known))?
    } else {
        screen::print(&staff::one(&known, &look))?
    };
    Ok(ExitCode::SUCCESS)
}

fn member_known(config: &Config, reader: Option<&Reader>, member: &Member) -> Result<Known, Failed> {
    let addresses: Vec<&Address> = std::iter::once(&member.address).chain(&member.addresses).collect();
    known(config, reader, Some(member), &addresses)
}

/// What is known of whoever has these addresses.
fn known(
    config: &Config,
    reader: Option<&Reader>,
    member: Option<&Member>,
    addresses: &[&Address],
) -> Result<Known, Failed> {
    let reads = |address: &&Address| config.staff.list == **address || config.staff.also.contains(address);
    let mut known = Known {
        member: member.cloned(),
        reads_list: addresses.iter().any(reads),
        addresses: Vec::new(),
        tickets: Vec::new(),
        hosts: Vec::new(),
    };
    let Some(reader) = reader else {
        known.addresses = addresses.iter().map(|address| (address.to_string(), None, None)).collect();
        return Ok(known);
    };
    for address in addresses {
        let standing = reader.people(Some(address), 1)?.pop();
        let proven = reader.look(|tx| tx.proven(address))?;
        known.addresses.push((address.to_string(), standing, proven));
    }
    if let Some(member) = member {
        known.tickets = open_of(reader, &member.login)?;
        known.hosts = reader.hosts()?;
        let login = Some(member.login.as_str());
        known.hosts.retain(|standing| {
            let host = &standing.host;
            host.revoked.is_none() && (host.member.as_deref().or(host.login.as_deref()) == login)
        });
    }
    Ok(known)
}

fn open_of(reader: &Reader, login: &str) -> Result<Vec<Number>, Failed> {
    let which = Which { state: Some(State::Open), owner: Owner::Is(login), only: &[], most: usize::MAX };
    let mut numbers = reader.numbers_of(which)?;
    numbers.sort();
    Ok(numbers)
}

fn update(config: &Path, args: &Update) -> Result<ExitCode, Failed> {
    let now = read_config(config)?;
    let Ok(member) = now.staff_by_word(&args.whom) else { return update_other(config, args) };
    if args.confirmed {
        return Err(failed(format!("{} is on staff: the configuration vouches already", member.login)));
    }
    let login = member.login.clone();
    let sheet = Sheet::open(config)?;
    let at = place_of(&sheet.config()?, &login)?;
    let place = |key: &str| Place { table: "staff.member".into(), at, key: key.into() };
    let mut text = sheet.text().to_owned();
    for (key, value) in [("name", &args.name), ("address", &args.address)] {
        if let Some(value) = value {
            text = change::set(&text, &place(key), &Said::Word(value.clone())).map_err(stuck)?;
        }
    }
    for (key, more, less) in
        [("aliases", &args.aliases, &args.not_aliases), ("keys", &args.keys, &args.not_keys)]
    {
        if !more.is_empty() || !less.is_empty() {
            let said = change::said(&text, &place(key)).map_err(stuck)?;
            let words = if let Some(Said::Words(words)) = said { words } else { Vec::new() };
            let words = with_and_without(words, more, less)?;
            text = change::set(&text, &place(key), &Said::Words(words)).map_err(stuck)?;
        }
    }
    settings::tell(&sheet.write(text)?, args.json)
}

/// A list with more words and without others, in whatever case and with whatever blanks.
fn with_and_without(mut words: Vec<String>, more: &[String], less: &[String]) -> Result<Vec<String>, Failed> {
    let bare = |word: &str| word.split_whitespace().collect::<String>().to_lowercase();
    for word in less {
        let at = words.iter().position(|known| bare(known) == bare(word));
        words.remove(
            at.ok_or_else(|| failed(format!("{word} is not there; there are {}", words.join(", "))))?,
        );
    }
    for word in more {
        if !words.iter().any(|known| bare(known) == bare(word)) {
            words.push(word.clone());
        }
    }
    Ok(words)
}

/// Somebody who is not on staff.
fn update_other(config: &Path, args: &Update) -> Result<ExitCode, Failed> {
    let address = parsed(&args.whom).map_err(|_| nobody(&args.whom))?;
    let lists = [&args.aliases, &args.not_aliases, &args.keys, &args.not_keys];
    if args.address.is_some() || lists.iter().any(|list| !list.is_empty()) {
        return Err(failed(format!(
            "{address} is nobody's on staff: only --name and --confirmed can be said"
        )));
    }
    if args.name.is_none() && !args.confirmed {
        return Err(Failed {
            text: "say what is to change: --name or --confirmed".into(),
            code: exit::USAGE,
        });
    }
    if let Some(name) = &args.name
        && (name.trim().is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control))
    {
        return Err(Failed { text: "a name is one line of 1 to 100 characters".into(), code: exit::DATA });
    }
    let sitting = Sitting::down(config, &args.who)?;
    if sitting.reader()?.people(Some(&address), 1)?.is_empty() {
        return Err(failed(format!("{address} never wrote")));
    }
    let (named, vouched) = sitting.act(|desk, tx| {
        let named = match &args.name {
            Some(name) => desk.name_person(tx, &address, name.trim())?,
            None => false,
        };
        Ok(Ok((named, args.confirmed && desk.vouch(tx, &address)?)))
    })?;
    if args.json {
        screen::print_json(
            &serde_json::json!({ "changed": named || vouched, "named": named, "vouched": vouched }),
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    let named = if named {
        format!("{address} is called {} now\n", args.name.as_deref().unwrap_or_default())
    } else {
        String::new()
    };
    let vouched = if vouched {
        format!("{address} counts as proven, on the word of {}\n", sitting.member().login)
    } else {
        String::new()
    };
    let both = named + &vouched;
    screen::print(&safe::block(if both.is_empty() { "it is so already\n" } else { &both }))?;
    Ok(ExitCode::SUCCESS)
}

/// How somebody is to go.
struct Parting<'a> {
    hand_to: Option<&'a str>,
    yes: bool,
    json: bool,
    who: &'a As,
}

fn remove(path: &Path, login: &str, how: Parting<'_>) -> Result<ExitCode, Failed> {
    let config = read_config(path)?;
    let member = config.staff.members.iter().find(|m| m.login == login.trim().to_ascii_lowercase());
    let member = member.ok_or_else(|| nobody(login))?;
    let reader = super::reader(&config)?;
    let known = member_known(&config, reader.as_ref(), member)?;
    let mut handed = 0;
    match how.hand_to {
        Some(to) => {
            let heir = config.staff_by_word(to).map_err(|_| nobody(to))?;
            if heir.login == member.login {
                return Err(failed(format!("{to} is the one who goes")));
            }
            if !known.tickets.is_empty() {
                handed = hand_over(path, how.who, &known.tickets, &heir.login)?;
            }
        }
        None if !known.tickets.is_empty() => {
            let tickets = count(known.tickets.len() as u64, "open ticket");
            let stays = format!(
                "{} has {tickets}: --hand-to LOGIN gives them to somebody. Remove, and leave them?",
                member.login
            );
            agreed(&stays, how.yes)?;
        }
        None => {}
    }
    let sheet = Sheet::open(path)?;
    let at = place_of(&sheet.config()?, &member.login)?;
    let text = change::remove_table(sheet.text(), "staff.member", at).map_err(stuck)?;
    let changed = sheet.write(text)?;
    if handed > 0 && !how.json {
        let to = how.hand_to.unwrap_or_default();
        screen::print(&safe::line(&format!("{} went to {to}", count(handed, "ticket"))))?;
        screen::print("\n")?;
    }
    for line in left(&config, reader.as_ref(), &known, member)? {
        complain(&line);
    }
    settings::tell(&changed, how.json)
}

/// Assigns tickets as a mail would; staff are told as always.
fn hand_over(config: &Path, who: &As, tickets: &[Number], to: &str) -> Result<u64, Failed> {
    let sitting = Sitting::down(config, who)?;
    for ticket in tickets {
        let words =
            Words { about: Some(*ticket), commands: vec![format!("assign {to}")], ..Words::default() };
        let said = sitting.say(&words)?;
        said.map_err(|why| {
            failed(format!("{ticket}: {why}; those before it are handed over, and nobody is removed"))
        })?;
    }
    Ok(tickets.len() as u64)
}

/// What somebody who went still has elsewhere.
fn left(
    config: &Config,
    reader: Option<&Reader>,
    known: &Known,
    member: &Member,
) -> Result<Vec<String>, Failed> {
    let mut left: Vec<String> = known
        .hosts
        .iter()
        .map(|host| {
            let (name, login) = (&host.host.name, &member.login);
            format!(
                "sessions of {name} were {login}'s: `trackle admin host revoke {name}` believes it no longer"
            )
        })
        .collect();
    if let Some(reader) = reader {
        let locks = reader.look(|tx| tx.locks())?;
        let own = locks.into_iter().filter(|(_, lock)| lock.login == member.login);
        left.extend(own.map(|(ticket, _)| {
            format!("{} still works on {ticket}: `trackle lock break {ticket}`", member.login)
        }));
    }
    if known.reads_list {
        left.push(format!("{} still gets every mail: see `trackle admin list`", member.address));
    } else {
        left.push(format!(
            "if {} is a mailing list, take {} off it there",
            config.staff.list, member.address
        ));
    }
    Ok(left)
}

fn suspend(path: &Path, address: &Address) -> Result<ExitCode, Failed> {
    let config = read_config(path)?;
    let cause = console(SystemClock.now());
    let mut guest = Guest::open(&config.robot.state)?;
    if guest.transact(|tx| tx.person(address))?.is_none() {
        return Err(failed(format!("{address} never wrote")));
    }
    if !guest.transact(|tx| tx.suspend(address, Suspension::Staff, &cause))? {
        return Err(failed(format!("{address} is suspended already")));
    }
    screen::print(&format!("{address} gets no news until somebody writes from there\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// Which of the members somebody is in the file.
fn place_of(config: &Config, login: &str) -> Result<usize, Failed> {
    config.staff.members.iter().position(|m| m.login == login).ok_or_else(|| nobody(login))
}

fn nobody(who: &str) -> Failed {
    failed(format!("nobody on staff is called {who:?}: see `trackle admin people`"))
}

fn failed(text: String) -> Failed {
    Failed { text, code: exit::FAILED }
}
