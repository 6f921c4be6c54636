//! What a mail asks for, as `route` understood it. One mail is one request.

use super::clues::{Evidence, Outgoing, Pending, Purpose};
use super::host::{Brought, Card};
use super::person::Person;
use super::ticket::Number;

/// The question that `decide` answers; one file there for each variant.
#[derive(Debug, Clone)]
pub enum Request {
    /// A new ticket.
    Open,
    /// Text or commands for a ticket.
    FollowUp { ticket: Number, evidence: Evidence },
    /// Commands that all name their tickets, with no ticket of their own and no other text.
    Orders,
    /// The answer to a question of ours.
    Confirm { pending: Box<Pending> },
    /// A code that we never gave out or that was meant for something long gone.
    StaleCode,
    /// No more mail about a ticket, by the code in List-Unsubscribe.
    Leave { ticket: Option<Number>, person: Person },
    /// A session that somebody worked on a host.
    Session { brought: Box<Brought> },
    /// A host wants to be believed.
    Enroll { card: Box<Card> },
    /// The answer to our warning that letters come back: they arrive again.
    Back,
    /// Words below our letter about mails that are set aside: talk among staff, or a vacation program's.
    Remark,
    /// How does this work?
    Help,
    /// Which tickets have these words?
    Search { words: String },
    /// Another machine's report about a letter of ours, if it can be told which.
    Report { letter: Option<Outgoing> },
    /// Nothing: our own mail come back, a robot's answer; the reason.
    Nothing { why: String },
}

impl Request {
    /// The request in words, for `explain`.
    pub fn words(&self) -> String {
        match self {
            Request::Open => "a new ticket".into(),
            Request::FollowUp { ticket, evidence } => format!("follow-up to {ticket} ({})", evidence.words()),
            Request::Orders => "commands that name their tickets".into(),
            Request::Confirm { pending } if pending.purpose == Purpose::Follow => {
                format!(
                    "answer to an invitation{}",
                    pending.ticket.map_or_else(String::new, |n| format!(" to {n}"))
                )
            }
            Request::Confirm { pending } => match pending.ticket {
                Some(ticket) => format!("confirmation of {ticket}"),
                None => "confirmation of a held mail".into(),
            },
            Request::StaleCode => "a confirmation code that is not ours or no longer known".into(),
            Request::Leave { ticket: Some(ticket), .. } => format!("unsubscribe from {ticket}"),
            Request::Leave { ticket: None, .. } => "unsubscribe from all gathered news".into(),
            Request::Session { brought } => format!("a session from {}", brought.from()),
            Request::Enroll { card } => format!("{} wants to be enrolled", card.name),
            Request::Back => "letters arrive again".into(),
            Request::Remark => "talk about mails that are set aside".into(),
            Request::Help => "help".into(),
            Request::Search { .. } => "a search".into(),
            Request::Report { letter: Some(l) } => format!("report about letter {}", l.id),
            Request::Report { letter: None } => "report about no letter of ours".into(),
            Request::Nothing { why } => format!("nothing: {why}"),
        }
    }
}
