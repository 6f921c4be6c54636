//! What is not done because of the sender's own doing. Becomes a line of a letter, or silence.

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
    /// It is nobody's, or already that person's.
    OwnerAlready(Number),
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
            Refusal::OwnerAlready(n) => write!(f, "{n} is so already"),
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
