//! A ticket: what a team was asked, by whom, and how it stands.

use super::address::Address;
use super::decision::What;
use super::fields::{Field, Fields};
use super::following::{Follower, Level};
use super::links::{Link, Relation};
use super::lock::Lock;
use super::mail::MessageId;
use super::person::Person;
use super::phrase::Phrase;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A ticket's number, as people say it; counts from 1 and is never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
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

impl TryFrom<u32> for Number {
    type Error = &'static str;
    fn try_from(number: u32) -> Result<Number, &'static str> {
        (1..=999_999_999).contains(&number).then_some(Number(number)).ok_or("not a ticket number")
    }
}
impl From<Number> for u32 {
    fn from(number: Number) -> u32 {
        number.0
    }
}

/// How a ticket stands (the paper's word for the first is *unconfirmed*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    pub number: Number,
    pub state: State,
    /// One line; the subject of the mail that opened it, tags and `Re:` taken off.
    pub title: String,
    pub requester: Person,
    /// Login of the staff member who has it.
    pub owner: Option<String>,
    pub fields: Fields,
    /// Keywords, in the order of the alphabet.
    pub tags: Vec<String>,
    pub created: Timestamp,
    pub changed: Timestamp,
}

/// Which of a ticket's texts tells what it is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Description {
    /// The one that it was opened with.
    #[default]
    First,
    /// The one that is filed with the change itself.
    This,
    /// The one that was filed with that event.
    Of(i64),
}

/// A ticket with everything that deciding and writing need, read in one go.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct View {
    pub ticket: Ticket,
    /// Who follows it, oldest first; the requester is one of them unless he left.
    pub followers: Vec<Follower>,
    /// How it relates to others.
    pub links: Vec<Link>,
    /// Addresses that stood in To or Cc of the ticket's first mail: they may add text, they get no mail.
    pub named: Vec<Address>,
    /// Message-IDs that readers of the staff list have seen: the first, then the newest ones.
    pub staff_thread: Vec<MessageId>,
    /// The same for requester and subscribers.
    pub outside_thread: Vec<MessageId>,
    /// Reopenings by mail within the last hour.
    pub reopened_lately: u32,
    /// What it is about, as staff have put it.
    pub description: Description,
    /// Who works on it in a session; for staff only.
    pub lock: Option<Lock>,
}

impl View {
    /// Whether that address may add text: requester, follower or named in the first mail.
    pub fn has_part(&self, address: &Address) -> bool {
        self.ticket.requester.address == *address
            || self.level_of(address).is_some()
            || self.named.contains(address)
    }
    /// How that address follows it, if it does.
    pub fn level_of(&self, address: &Address) -> Option<Level> {
        self.followers.iter().find(|f| f.person.address == *address).map(|f| f.level)
    }
    /// Who gets a mail for each change, oldest first.
    pub fn subscribers(&self) -> impl Iterator<Item = &Person> {
        self.followers.iter().filter(|f| f.level.is_at_once() && !f.suspended).map(|f| &f.person)
    }
    /// The ticket that this one went into.
    pub fn merged_into(&self) -> Option<Number> {
        self.links.iter().find(|l| l.relation == Relation::Merged && l.outward).map(|l| l.other)
    }
    /// Carries a change, so that what comes after it in the same mail sees it.
    pub fn apply(&mut self, what: &What) {
        let ticket = &mut self.ticket;
        match what.clone() {
            What::State { to, .. } => ticket.state = to,
            What::Owner { to, .. } => ticket.owner = to,
            What::Set { field: Field::Title, to, .. } => ticket.title = to.unwrap_or_default(),
            What::Set { field, to, .. } => ticket.fields.set(field, to),
            What::Tagged { added, removed } => {
                ticket.tags.retain(|tag| !removed.contains(tag));
                ticket.tags.extend(added);
                ticket.tags.sort();
            }
            What::Related { relation, other } => {
                // what else there is to say of the other one the store says, once it is done
                let (outward, state, title, private, held) = (true, State::Open, String::new(), false, false);
                self.links.push(Link { relation, outward, other, state, title, private, held });
            }
            What::Unrelated { relation, other } => {
                self.links.retain(|l| !(l.outward && l.relation == relation && l.other == other));
            }
            What::Follows { who, to, .. } => self.apply_level(&who, to),
            What::Described { to, .. } => self.description = to,
            What::Requester { .. }
            | What::Opened
            | What::Confirmed
            | What::Invited { .. }
            | What::Undid { .. }
            | What::Lock { .. }
            | What::Worked { .. }
            | What::Displayed { .. }
            | What::Annotated { .. }
            | What::Unplaced { .. }
            | What::Redacted { .. }
            | What::Commented
            | What::Undelivered { .. }
            | What::Asked
            | What::Answered => {}
        }
    }

    /// Somebody new is no follower yet as far as this view goes: only the store knows his number.
    fn apply_level(&mut self, who: &Address, to: Option<Level>) {
        match to {
            Some(level) => {
                self.followers.iter_mut().filter(|f| f.person.address == *who).for_each(|f| f.level = level);
            }
            None => self.followers.retain(|f| f.person.address != *who),
        }
    }

    /// Whether the ticket is still as that change left it.
    pub fn holds(&self, what: &What) -> bool {
        let ticket = &self.ticket;
        let has = |relation, other| {
            self.links.iter().any(|l| l.outward && l.relation == relation && l.other == other)
        };
        match what {
            What::Opened => ticket.state == State::Open,
            What::State { to, .. } => ticket.state == *to,
            What::Owner { to, .. } => ticket.owner == *to,
            What::Set { field: Field::Title, to, .. } => to.as_ref() == Some(&ticket.title),
            What::Set { field, to, .. } => ticket.fields.get(*field) == to.as_deref(),
            What::Tagged { added, removed } => {
                added.iter().all(|t| ticket.tags.contains(t))
                    && !removed.iter().any(|t| ticket.tags.contains(t))
            }
            What::Related { relation, other } => has(*relation, *other),
            What::Unrelated { relation, other } => !has(*relation, *other),
            What::Requester { to, .. } => ticket.requester.address == *to,
            What::Follows { who, to, .. } => self.level_of(who) == *to,
            What::Described { to, .. } => self.description == *to,
            _ => true,
        }
    }
    /// Open tickets that have to be done first.
    pub fn waits_for(&self) -> impl Iterator<Item = &Link> {
        let open = |l: &&Link| l.relation == Relation::Depends && l.outward && l.state == State::Open;
        self.links.iter().filter(open)
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
