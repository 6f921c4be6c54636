//! What is not done because of the sender's own doing. Becomes a line of a letter, or silence.

use super::fields::Field;
use super::ticket::{Number, State};
use std::fmt;

/// Why a command line was not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No verb of ours; perhaps this one was meant.
    Unknown { nearest: Option<&'static str> },
    /// A verb of ours, followed by something it cannot take; how it is used.
    Form { usage: &'static str },
    /// No such ticket, or none that the sender may know of.
    NoTicket(Number),
    /// The line needs a ticket number here.
    WhichTicket,
    /// Only staff may.
    StaffOnly,
    /// Only the ticket's requester or staff may.
    NotYours(Number),
    /// Nobody on staff of that name; these begin so.
    WhoIs { word: String, close: Vec<String> },
    /// It is in that state already.
    Already(Number, State),
    /// It is as it was asked to be: nobody's, that person's, that value.
    SoAlready(Number),
    /// The site has no such value; these it has.
    NoValue { field: Field, word: String, all: Vec<String> },
    /// A day that is over.
    Past(String),
    /// A ticket cannot be related to itself.
    Itself(Number),
    /// That ticket already leads back to this one.
    Circle(Number),
    /// It went into another one, which is to be named instead.
    Merged(Number, Number),
    /// That one is private, and people would come into it who have no part in it.
    WouldLearn(Number),
    /// That address is the robot's own, or staff's.
    OwnAddress(String),
    /// That address follows the ticket already.
    Follows(String),
    /// That address does not follow the ticket.
    FollowsNot(String),
    /// More keywords than one ticket may have.
    TooManyTags(usize),
    /// There is nothing that the sender could take back.
    NothingToUndo,
    /// It was changed since, so the change cannot be taken back.
    ChangedSince(Number),
    /// The mail has no text that the command could take.
    NoText,
    /// Reopened too often within an hour.
    TooOften(Number),
    /// More commands than one mail may hold.
    TooMany(usize),
    /// The mail has no plain text, and what its reader sees of HTML may not be what we see.
    Html,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Unknown { nearest: Some(verb) } => {
                write!(f, "no such command; did you mean \"{verb}\"?")
            }
            Refusal::Unknown { nearest: None } => f.write_str("no such command"),
            Refusal::Form { usage } => write!(f, "not understood; it goes: {usage}"),
            Refusal::NoTicket(n) => write!(f, "there is no ticket {n}"),
            Refusal::WhichTicket => f.write_str("which ticket? Put its number after the command"),
            Refusal::StaffOnly => f.write_str("only staff can do that"),
            Refusal::NotYours(n) => write!(f, "{n} is not your request"),
            Refusal::WhoIs { word, close } if close.is_empty() => {
                write!(f, "nobody on staff is called \"{word}\"")
            }
            Refusal::WhoIs { word, close } => write!(f, "\"{word}\" could be {}", close.join(" or ")),
            Refusal::Already(n, state) => write!(f, "{n} is {} already", state.word()),
            Refusal::SoAlready(n) => write!(f, "{n} is so already"),
            Refusal::NoValue { field, word, all } => {
                write!(f, "there is no {} \"{word}\"; there is {}", field.word(), all.join(", "))
            }
            Refusal::Past(day) => write!(f, "{day} is over"),
            Refusal::Itself(n) => write!(f, "{n} cannot be related to itself"),
            Refusal::Circle(n) => write!(f, "{n} already leads back to it"),
            Refusal::Merged(n, into) => write!(f, "{n} went into {into}; name that one"),
            Refusal::WouldLearn(into) => write!(
                f,
                "{into} is private, and not everybody here has a part in it; `dup` closes this one and tells them \
                 nothing of {into}"
            ),
            Refusal::OwnAddress(address) => write!(f, "{address} gets all mail already"),
            Refusal::Follows(address) => write!(f, "{address} follows it already"),
            Refusal::FollowsNot(address) => write!(f, "{address} does not follow it"),
            Refusal::TooManyTags(most) => write!(f, "a ticket has at most {most} keywords"),
            Refusal::NothingToUndo => f.write_str("no mail of yours changed anything that can be taken back"),
            Refusal::ChangedSince(n) => write!(f, "{n} was changed again since; nothing was taken back"),
            Refusal::NoText => f.write_str("the mail has no text that it could take"),
            Refusal::TooOften(n) => {
                write!(f, "{n} was reopened several times within the hour; a sysadmin has to do it now")
            }
            Refusal::Html => f.write_str("commands are read from plain text only, and this mail is HTML"),
            Refusal::TooMany(most) => write!(f, "more than {most} commands in one mail"),
        }
    }
}

/// A line that was not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotRun {
    /// As written, one line, cut to what a letter can show.
    pub line: String,
    pub why: Refusal,
}

impl NotRun {
    /// The line as a letter can show it: one line of at most 120 characters, nothing invisible.
    pub fn new(line: &str, why: Refusal) -> NotRun {
        const MOST: usize = 120;
        let invisible = |c: char| {
            c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        };
        let blank = |c: char| if c == '\t' { ' ' } else { c };
        let text: String = line.trim().chars().map(blank).filter(|c| !invisible(*c)).take(MOST + 1).collect();
        let line = if text.chars().count() > MOST {
            text.chars().take(MOST - 1).chain(['…']).collect()
        } else {
            text
        };
        NotRun { line, why }
    }
}
