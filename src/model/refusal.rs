//! What is not done because of the sender's own doing. Becomes a line of a letter, or silence.

use super::fields::Field;
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
    /// It was changed since, so the change cannot be taken back; by whom, as the sender may call him.
    ChangedSince(Number, String),
    /// The line needs a session's number here.
    WhichSession,
    /// No such session, or none that the sender may know of.
    NoSession(u64),
    /// A session's log has no such file, or typed command.
    NotInSession { session: u64, word: String },
    /// It shows, or hides, all of that already.
    ShowsSo(u64),
    /// The mail has no text that the command could take.
    NoText,
    /// Somebody else works on it in a session: the name of whom, and since when.
    Locked { ticket: Number, holder: String, since: String },
    /// Reopened too often within an hour.
    TooOften(Number),
    /// More tickets than one mail may ask to see.
    ShowsAtMost(usize),
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
            Refusal::SoAlready(n) => Phrase::of("refused.so_already").with("ticket", n),
            Refusal::NoValue { field, word, all } => Phrase::of("refused.no_value")
                .with("field", field.word())
                .with("word", word)
                .with("all", all.join(", ")),
            Refusal::Past(day) => Phrase::of("refused.past").with("day", day),
            Refusal::Itself(n) => Phrase::of("refused.itself").with("ticket", n),
            Refusal::Circle(n) => Phrase::of("refused.circle").with("ticket", n),
            Refusal::Merged(n, into) => Phrase::of("refused.merged").with("ticket", n).with("into", into),
            Refusal::WouldLearn(into) => Phrase::of("refused.would_learn").with("into", into),
            Refusal::OwnAddress(address) => Phrase::of("refused.own_address").with("address", address),
            Refusal::Follows(address) => Phrase::of("refused.follows").with("address", address),
            Refusal::FollowsNot(address) => Phrase::of("refused.follows_not").with("address", address),
            Refusal::TooManyTags(most) => Phrase::of("refused.too_many_tags").with("most", most),
            Refusal::NothingToUndo => Phrase::of("refused.nothing_to_undo"),
            Refusal::ChangedSince(n, who) if who.is_empty() => {
                Phrase::of("refused.changed_since").with("ticket", n)
            }
            Refusal::ChangedSince(n, who) => {
                Phrase::of("refused.changed_by").with("ticket", n).with("who", who)
            }
            Refusal::WhichSession => Phrase::of("refused.which_session"),
            Refusal::NoSession(session) => Phrase::of("refused.no_session").with("session", session),
            Refusal::NotInSession { session, word } => {
                Phrase::of("refused.not_in_session").with("session", session).with("word", word)
            }
            Refusal::ShowsSo(session) => Phrase::of("refused.shows_so").with("session", session),
            Refusal::NoText => Phrase::of("refused.no_text"),
            Refusal::Locked { ticket, holder, since } => Phrase::of("refused.locked")
                .with("ticket", ticket)
                .with("holder", holder)
                .with("since", since)
                .with("number", ticket.0),
            Refusal::TooOften(n) => Phrase::of("refused.too_often").with("ticket", n),
            Refusal::Html => Phrase::of("refused.html"),
            Refusal::ShowsAtMost(most) => Phrase::of("refused.shows_at_most").with("most", most),
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
