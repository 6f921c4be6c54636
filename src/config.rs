//! What the configuration file means. Two steps, as in ripgrep: `written` is the file as typed, `meaning` checks
//! it and makes a [`Config`]: addresses that parse, absolute paths, spans of time, every default filled in.
//! In comes the text of `trackle.toml`, out goes a `Config` or every complaint with its line and field (`wrong`).
//! Never holds a secret (only where one is found), never connects, never creates anything.
//! `config.example.toml` documents every setting; a test holds it against this file.

pub mod change;
pub mod host;
pub mod known;
mod meaning;
mod robot;
mod written;
mod wrong;

#[cfg(test)]
mod tests;

pub use wrong::{Complaint, Wrong};

use crate::model::address::Address;
use crate::model::column::Column;
use crate::model::digest::Days;
use crate::model::fields::Values;
use crate::model::language::Language;
use crate::model::network::Network;
use crate::model::server::Server;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A whole configuration, checked: nobody has to look at it twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    pub robot: Robot,
    pub staff: Staff,
    /// Where mail is fetched; may be empty, since `trackle deliver` takes mail in any case.
    pub mailboxes: Vec<Mailbox>,
    pub courier: Courier,
    pub identity: Identity,
    pub policy: Policy,
    pub digest: Digest,
    pub web: Web,
    pub console: Console,
    /// `[fields]`: what the fields of a ticket may hold.
    pub fields: Values,
}

/// `[robot]`: who the robot is and where it lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Robot {
    /// The help address that people write to.
    pub address: Address,
    /// Shown in From. One line without control characters. Default `Help desk`.
    pub name: String,
    /// Further addresses of the same robot. Default none.
    pub aliases: Vec<Address>,
    /// Directory of the database, absolute. Default `/var/lib/trackle`.
    pub state: PathBuf,
    /// Whether letters carry `help+12@…`; a server without subaddresses needs `false`. Default `true`.
    pub plus_addressing: bool,
    /// Stands between the local part and the detail; one of `+ - = _`. Default `+`. Incoming mail is split at it
    /// even when `plus_addressing` is off, since older letters are still out there.
    pub delimiter: char,
    /// Directory with letter templates that replace the built-in ones, a folder in it for each language, absolute.
    /// Default none.
    pub letters: Option<PathBuf>,
    /// Where the world reaches `[web]`, without a slash at its end: letters then carry a link that ends a subscription.
    /// Default none: then nothing listens.
    pub base_url: Option<String>,
    /// Language of letters to staff, and to whoever's own is not known or has no letters. Default `en`.
    pub language: Language,
}

/// `[staff]`: who works on tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// Where the ticket threads go: the staff's mailing list, or one person.
    pub list: Address,
    /// More addresses that get the long form. Default none.
    pub also: Vec<Address>,
    /// Who may command. Logins, aliases and addresses name one member each. Default nobody.
    pub members: Vec<Member>,
}

/// `[[staff.member]]`: one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// One word, lower case: what `assign` takes and lists show.
    pub login: String,
    /// For people to read. Default the login.
    pub name: String,
    /// Where this person gets mail and writes from.
    pub address: Address,
    /// Further addresses that this person writes from: the entries of `aliases` with an at sign.
    pub addresses: Vec<Address>,
    /// Further words that mean this person, lower case: the other entries of `aliases`.
    pub aliases: Vec<String>,
    /// Fingerprints of this person's OpenPGP keys, upper-case hexadecimal. Default none.
    pub keys: Vec<String>,
}

/// `[[mailbox]]`: one place where mail is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mailbox {
    Imap(Imap),
    Maildir(Maildir),
}

/// A mailbox with `kind = "imap"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imap {
    /// Has a login always.
    pub server: Server,
    /// At least one. Default `INBOX`.
    pub folders: Vec<String>,
    pub done: Done,
    /// Longest time without looking, also when the server promises to tell. Default 5 minutes.
    pub poll: Duration,
}

/// What happens to a mail on the server after its effects are committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// It gets a flag and stays where it is.
    Flag,
    /// It moves into this folder, which is none of those that are fetched. Default `Done`.
    Move(String),
}

/// A mailbox with `kind = "maildir"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maildir {
    /// The directory that holds `cur`, `new` and `tmp`, absolute.
    pub path: PathBuf,
    /// Time between two looks. Default 5 minutes.
    pub poll: Duration,
}

/// `[courier]`: who carries letters away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Courier {
    Smtp(Smtp),
    /// Letters are put into a maildir, absolute path: for trials and tests.
    Maildir(PathBuf),
}

/// A courier with `kind = "smtp"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smtp {
    pub server: Server,
    /// Envelope sender: where bounces go. Default the robot's address, which reads them.
    pub bounce_address: Address,
}

/// `[identity]`: which witnesses of a sender's identity are believed. Believing none is safe: staff then confirm
/// each mail with commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Ids of believed Authentication-Results fields (RFC 8601), as our mail server writes them. Default none.
    pub authserv_id: Vec<String>,
    /// Names that our mail servers put after `by` in Received, lower case. Default none.
    pub mx_hosts: Vec<String>,
    /// Domains, lower case, whose authenticated mail needs no confirmation. Default none.
    pub trusted_domains: Vec<String>,
    /// Mail handed to our mail server from here needs no confirmation. Default none.
    pub trusted_networks: Vec<Network>,
    /// DKIM signatures are checked by ourselves where our mail servers say nothing. Default `false`.
    pub dkim: bool,
    /// File with the public keys that members sign with, absolute. Default none: signatures are not looked at.
    pub keyring: Option<PathBuf>,
    /// A mail with commands that is older than this is confirmed in any case. Default 48 hours.
    pub command_age: Duration,
}

/// `[policy]`: what a site may decide. Defaults and reasons stand in [`crate::limits`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// A stranger's new ticket waits until its sender confirms it. Default `true`.
    pub confirm_tickets: bool,
    /// People in To and Cc of a ticket's first mail are asked whether they want to follow it. Default `true`.
    pub invite_named: bool,
    pub tell_worked: bool,
    /// Automatic mails to one address in a day.
    pub automatic_per_day: u32,
    /// Mails of one sender applied in an hour; more are held.
    pub mails_per_sender_hour: u32,
    /// Confirmation mails in an hour in all.
    pub confirmations_per_hour: u32,
    /// Letters in an hour in all; the rest goes out in the hours after. Default 20000.
    pub letters_per_hour: u32,
    /// Mails taken in within an hour in all; the rest stays in its mailbox until the next one.
    pub mails_per_hour: u32,
    /// Mails of one sender applied in a day; more are held.
    pub mails_per_sender_day: u32,
    /// New tickets of one sender from outside in an hour; what would open more is held.
    pub tickets_per_sender_hour: u32,
    /// Mails about one ticket announced in an hour; more are held.
    pub news_per_ticket_hour: u32,
    /// Reopenings of one ticket in an hour, by all but staff.
    pub reopens_per_hour: u32,
    /// Mails of one sender with a wrong confirmation code in an hour, before staff are told.
    pub wrong_codes_per_hour: u32,
    /// Largest mail taken in whole, in bytes.
    pub mail_bytes: usize,
}

/// `[digest]`: when staff get the letter that tells how everything stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// Default daily.
    pub days: Days,
    /// Local time. Default 07:00.
    pub at: Time,
    /// Default, and `None`: the machine's own.
    pub zone: Option<TimeZone>,
    /// Default none: the staff list.
    pub to: Vec<Address>,
    /// Whether it comes when it has nothing to say. Default `false`.
    pub when_empty: bool,
    /// Whether each member is told every day what was done in his name. Default `true`.
    pub own: bool,
}

/// `[web]`: where a proxy hands requests to the robot: those of `robot.base_url`, and those of hosts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Web {
    /// Default 127.0.0.1, port 8025.
    pub listen: Listen,
    /// Whether enrolled hosts may speak to it there. Default no.
    pub api: bool,
}

/// `[console]`: what `trackle console` shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Console {
    /// The columns of the overview, in their order. Default number, title, owner, changed.
    pub columns: Vec<Column>,
}

/// Where the web endpoint listens, for a proxy that speaks TLS with the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    Tcp(SocketAddr),
    /// A socket in the file system, absolute.
    Unix(PathBuf),
}

impl Listen {
    /// As it is written in the configuration.
    pub fn named(&self) -> String {
        match self {
            Listen::Tcp(address) => address.to_string(),
            Listen::Unix(path) => path.display().to_string(),
        }
    }
}

impl Config {
    /// Reads the file. Relative paths in it start from the file's own directory.
    ///
    /// # Errors
    /// When the file cannot be read, and every complaint about what it says.
    pub fn read(path: &Path) -> Result<Config, Wrong> {
        let unreadable = |e: std::io::Error| Wrong::unreadable(path, &e);
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        let whole = std::path::absolute(path).map_err(unreadable)?;
        let base = whole.parent().unwrap_or(Path::new("/"));
        let name = path.file_name().map_or_else(|| path.display().to_string(), |n| n.display().to_string());
        Config::parse(&text, base).map_err(|wrong| Wrong { file: name, ..wrong })
    }

    /// Understands a configuration's text; relative paths start from `base`, which is absolute.
    ///
    /// # Errors
    /// Every complaint about what it says, at least one.
    pub fn parse(text: &str, base: &Path) -> Result<Config, Wrong> {
        let written = written::Written::parse(text)?;
        meaning::config(&written, base).map_err(|complaints| Wrong::about(text, complaints))
    }

    /// The member who has this address, any of theirs.
    pub fn staff_by_address(&self, address: &Address) -> Option<&Member> {
        self.staff.members.iter().find(|m| m.address == *address || m.addresses.contains(address))
    }

    /// The member whom a word means: login, alias, address, or the beginning of one login only. Case is ignored.
    ///
    /// # Errors
    /// The members that an ambiguous beginning fits; none when nobody is meant.
    pub fn staff_by_word(&self, word: &str) -> Result<&Member, Vec<&Member>> {
        let word = word.trim().to_ascii_lowercase();
        let whole = match Address::parse(&word) {
            Some(address) => self.staff_by_address(&address),
            None => self.staff.members.iter().find(|m| m.login == word || m.aliases.contains(&word)),
        };
        if let Some(member) = whole {
            return Ok(member);
        }
        let fits = |m: &&Member| !word.is_empty() && m.login.starts_with(&word);
        let found: Vec<&Member> = self.staff.members.iter().filter(fits).collect();
        match found.as_slice() {
            [one] => Ok(one),
            _ => Err(found),
        }
    }

    /// Whether mail to this address comes back to the robot: its address and aliases, with any detail.
    pub fn is_own(&self, address: &Address) -> bool {
        self.robot.owns(address)
    }
}

impl Robot {
    fn owns(&self, address: &Address) -> bool {
        let mut own = std::iter::once(&self.address).chain(&self.aliases);
        own.any(|ours| ours == address || is_detail_of(address, ours, self.delimiter))
    }
}

/// Whether `address` is `ours` with a delimiter and anything after it; `ours` may itself hold the delimiter.
fn is_detail_of(address: &Address, ours: &Address, delimiter: char) -> bool {
    let local = address.local().to_ascii_lowercase();
    let rest = local.strip_prefix(&ours.local().to_ascii_lowercase());
    address.domain().eq_ignore_ascii_case(ours.domain()) && rest.is_some_and(|r| r.starts_with(delimiter))
}
