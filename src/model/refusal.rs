//! What is not done because of the sender's own doing. Becomes a line of a letter, or silence.

use super::phrase::Phrase;
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

impl Refusal {
    /// Why, as a phrase; `say` says those within it.
    pub fn phrase(&self, say: impl Fn(Phrase) -> String) -> Phrase {
        match self {
            Refusal::Unknown { nearest: Some(verb) } => Phrase::of("refused.nearly").with("verb", verb),
            Refusal::Unknown { nearest: None } => Phrase::of("refused.unknown"),
            Refusal::Form { usage } => Phrase::of("refused.form").with("usage", usage),
            Refusal::NoTicket(n) => Phrase::of("refused.no_ticket").with("ticket", n),
            Refusal::WhichTicket => Phrase::of("refused.which_ticket"),
            Refusal::StaffOnly => Phrase::of("refused.staff_only"),
            Refusal::NotYours(n) => Phrase::of("refused.not_yours").with("ticket", n),
            Refusal::WhoIs { word, close } if close.is_empty() => {
                Phrase::of("refused.nobody").with("word", word)
            }
            Refusal::WhoIs { word, close } => {
                let names = close.join(&say(Phrase::of("refused.or")));
                Phrase::of("refused.who").with("word", word).with("names", names)
            }
            Refusal::Already(n, state) => {
                Phrase::of("refused.already").with("ticket", n).with("state", say(state.phrase()))
            }
            Refusal::OwnerAlready(n) => Phrase::of("refused.owner_already").with("ticket", n),
            Refusal::TooOften(n) => Phrase::of("refused.too_often").with("ticket", n),
            Refusal::Html => Phrase::of("refused.html"),
            Refusal::TooMany(most) => Phrase::of("refused.too_many").with("most", most),
        }
    }
}

impl fmt::Display for Refusal {
    /// In English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase(|phrase| phrase.to_string()).fmt(f)
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
