//! Commands: what can be said to the robot in a line of a mail. In comes a line that [`line::read`] understood, out
//! comes what it changes in one ticket, or why not. Each verb is one file: its word, its help, who may, its effect,
//! its tests. A new verb is one file and one line in [`TABLE`].
//! Never changes anything itself and never runs a word that is only similar to a verb.

mod assign;
mod close;
mod drop;
mod help;
pub mod line;
mod reopen;
mod search;
mod take;

use crate::model::decision::What;
use crate::model::proof::Vouched;
use crate::model::refusal::Refusal;
use crate::model::robot::Robot;
use crate::model::ticket::{State, View};
pub use line::{Order, Reading};

/// Every verb, in the order in which help shows them.
pub static TABLE: &[&Verb] =
    &[&close::VERB, &reopen::VERB, &take::VERB, &assign::VERB, &drop::VERB, &search::VERB, &help::VERB];

/// What a command does to one ticket; the caller has asked [`may`] before. Changes nothing, only says what to change.
pub type Act = fn(&Order, &View, &Vouched, &Robot) -> Result<What, Refusal>;

/// One word of the language.
#[derive(Debug)]
pub struct Verb {
    /// The word that help and the log use.
    pub word: &'static str,
    /// Other words for it; one may be two words.
    pub aliases: &'static [&'static str],
    /// What may follow it.
    pub shape: Shape,
    /// How it is written, on one line.
    pub usage: &'static str,
    /// What it does, on one line.
    pub what: &'static str,
    pub who: Who,
    pub act: Act,
}

impl Verb {
    /// The word and all its aliases.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.word).chain(self.aliases.iter().copied())
    }
    /// Whether it asks something of the robot and touches no ticket; its `act` is never to be called.
    pub fn is_question(&self) -> bool {
        matches!(self.shape, Shape::Alone | Shape::Words)
    }
}

/// What may follow a verb. Ticket numbers may always be left out in a ticket's own thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Nothing; without `!` it counts only in a mail without other text, since "Help!" is also how people begin.
    Alone,
    /// `search: printer fire`, `!search printer fire`; all that follows, which is for the robot. Counts as [`Shape::Alone`]
    /// does.
    Words,
    /// `take 12 15`
    Tickets,
    /// `close 12: the cable was loose`
    TicketsText,
    /// `assign ann 12`, `assign 12 to ann`; without `!` it is read from staff only, since it takes any word.
    PersonTickets,
}

/// Whose order a verb follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Anyone,
    RequesterOrStaff,
    Staff,
}

/// Whether this person may use that verb on that ticket. Whoever has no part in a ticket is not told that it exists.
pub fn may(verb: &Verb, view: &View, vouched: &Vouched) -> Result<(), Refusal> {
    let number = view.ticket.number;
    let address = &vouched.sender().address;
    match verb.who {
        Who::Staff if vouched.login().is_none() => Err(Refusal::StaffOnly),
        Who::RequesterOrStaff if vouched.login().is_none() && view.ticket.requester.address != *address => {
            Err(if view.has_part(address) { Refusal::NotYours(number) } else { Refusal::NoTicket(number) })
        }
        // for everybody but its requester's confirmation it does not exist yet
        _ if view.ticket.state == State::Unconfirmed => Err(Refusal::NoTicket(number)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
