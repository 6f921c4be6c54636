//! A ticket: what a team was asked, by whom, and how it stands.

use super::address::Address;
use super::mail::MessageId;
use super::person::Person;
use super::phrase::Phrase;
use jiff::Timestamp;
use std::fmt;

/// A ticket's number, as people say it; counts from 1 and is never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Number(pub u32);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl Number {
    /// Reads `12` or `#12`: ASCII digits, no sign, not zero, at most nine of them.
    pub fn parse(text: &str) -> Option<Number> {
        let digits = text.strip_prefix('#').unwrap_or(text);
        if digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        digits.parse().ok().filter(|n| *n > 0).map(Number)
    }
}

/// How a ticket stands (the paper's word for the first is *unconfirmed*).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its requester has not answered the confirmation yet: in no list, known to nobody but its requester.
    Unconfirmed,
    Open,
    Closed,
}

impl State {
    /// The word in the database, in letters to staff and in `--json`.
    pub fn word(self) -> &'static str {
        match self {
            State::Unconfirmed => "unconfirmed",
            State::Open => "open",
            State::Closed => "closed",
        }
    }
    /// The word for letters in any language.
    pub fn phrase(self) -> Phrase {
        Phrase::of(match self {
            State::Unconfirmed => "state.unconfirmed",
            State::Open => "state.open",
            State::Closed => "state.closed",
        })
    }
    /// The state of that word.
    pub fn of(word: &str) -> Option<State> {
        [State::Unconfirmed, State::Open, State::Closed].into_iter().find(|s| s.word() == word)
    }
}

/// A ticket's own fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    pub number: Number,
    pub state: State,
    /// One line; the subject of the mail that opened it, tags and `Re:` taken off.
    pub title: String,
    pub requester: Person,
    /// Login of the staff member who has it.
    pub owner: Option<String>,
    pub created: Timestamp,
    pub changed: Timestamp,
}

/// A ticket with everything that deciding and writing need, read in one go.
#[derive(Debug, Clone)]
pub struct View {
    pub ticket: Ticket,
    /// Who gets the short status mail, oldest subscription first; the requester is one of them unless he left.
    pub subscribers: Vec<Person>,
    /// Addresses that stood in To or Cc of the ticket's first mail: they may add text, they get no mail.
    pub named: Vec<Address>,
    /// Message-IDs that readers of the staff list have seen: the first, then the newest ones.
    pub staff_thread: Vec<MessageId>,
    /// The same for requester and subscribers.
    pub outside_thread: Vec<MessageId>,
    /// Reopenings by mail within the last hour.
    pub reopened_lately: u32,
}

impl View {
    /// Whether that address may add text: requester, subscriber or named in the first mail.
    pub fn has_part(&self, address: &Address) -> bool {
        self.ticket.requester.address == *address
            || self.subscribers.iter().any(|p| p.address == *address)
            || self.named.contains(address)
    }
}

#[cfg(test)]
mod tests {
    use super::Number;

    #[test]
    fn numbers_are_plain_digits() {
        assert_eq!(Number::parse("12"), Some(Number(12)));
        assert_eq!(Number::parse("#12"), Some(Number(12)));
        for bad in ["", "#", "0", "-1", "+1", "1.0", "１２", "9999999999", "12a", "##1"] {
            assert_eq!(Number::parse(bad), None, "{bad}");
        }
    }
}
