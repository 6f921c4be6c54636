//! `trackle admin people`: who is on staff, in the configuration, and what is theirs; and what an administrator puts right about
//! others. Whoever goes hands over his tickets first, by the same door as a mailed command. `trackle people` only looks.

mod leave;
mod look;
mod update;

use super::file::Sheet;
use super::settings::{self, stuck};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::config::change::{self, Said};
use crate::model::address::Address;
use crate::run::desk::As;
use crate::run::people::{clear, parsed};
use crate::run::{Failed, console, exit, read_config};
use crate::show::screen;
use crate::store::Guest;
use crate::store::reach::Suspension;
use leave::{Parting, remove};
use look::list;
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
        /// Who goes.
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
        /// Whose, as `people` shows it.
        #[arg(value_name = "ADDRESS")]
        address: String,
    },
    /// News to an address again, as `trackle people clear` does.
    Restore {
        /// Whose, as `people` shows it.
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
        Some(What::Update(args)) => update::update(config, args),
        Some(What::Remove { member: login, hand_to, yes, json, who }) => {
            remove(config, login, Parting { hand_to: hand_to.as_deref(), yes: *yes, json: *json, who })
        }
        Some(What::Suspend { address }) => suspend(config, &parsed(address)?),
        Some(What::Restore { address }) => clear(&read_config(config)?.robot.state, &parsed(address)?),
    }
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
