//! What is to happen because of one mail. Made by `decide` from facts alone, carried out by `store` in one
//! transaction; nothing in it has happened yet.

use super::address::Address;
use super::clues::Hit;
use super::fields::Field;
use super::following::Level;
use super::host::Card;
use super::links::Relation;
use super::lock::Turn;
use super::person::Person;
use super::refusal::NotRun;
use super::session::FilePath;
use super::session_log::Spot;
use super::shown::{Listing, Sight, Sort, Spoken};
use super::ticket::{Description, Number, State, View};

/// The whole answer to one mail.
#[derive(Debug, Clone)]
pub struct Decision {
    /// How the mail ends (one of the states of `reliability`: applied, ignored, held).
    pub end: End,
    /// Why, in one line for `explain`, the log and the intake row.
    pub why: String,
    /// A safety stop holds it: nobody is asked, so staff are told, with the reason.
    pub stopped: bool,
    pub filings: Vec<Filing>,
    /// Hold or open unconfirmed, and ask the sender.
    pub ask: Option<Ask>,
    /// The questions that this mail answers, by their numbers.
    pub answers: Vec<i64>,
    /// The held mails that may now be handled, by their intake numbers, in this order.
    pub releases: Vec<i64>,
    /// Text that came with the yes: for the ticket of the mail that is released.
    pub with_yes: Option<String>,
    /// The sender's address counts as proven from now on.
    pub proves_sender: bool,
    /// A letter that will never arrive.
    pub undelivered: Option<Failure>,
    /// Whoever gets mail at this address has complained about a letter of ours.
    pub complaint: Option<Address>,
    /// Letters to the sender alone.
    pub replies: Vec<Reply>,
}

impl Decision {
    /// A mail that ends like this and does nothing else.
    pub fn end(end: End, why: impl Into<String>) -> Decision {
        Decision {
            end,
            why: why.into(),
            stopped: false,
            filings: Vec::new(),
            ask: None,
            answers: Vec::new(),
            releases: Vec::new(),
            with_yes: None,
            proves_sender: false,
            undelivered: None,
            complaint: None,
            replies: Vec::new(),
        }
    }

    /// A mail that a safety stop holds; `why` names its sender, the rule and the remedy.
    pub fn stopped(why: impl Into<String>) -> Decision {
        Decision { stopped: true, ..Decision::end(End::Held, why) }
    }
}

/// A letter that came back for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Its outbox row.
    pub letter: i64,
    pub recipient: String,
    /// The report's words.
    pub why: String,
    /// What it counts against the address.
    pub half_points: u8,
}

/// The end of a mail that was handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Applied,
    Duplicate,
    Ignored,
    /// Kept, nothing done; waits for its sender's or a sysadmin's yes.
    Held,
    /// Set aside for a sysadmin; staff are told.
    Quarantined,
}

impl End {
    /// The word in the database.
    pub fn word(self) -> &'static str {
        match self {
            End::Applied => "applied",
            End::Duplicate => "duplicate",
            End::Ignored => "ignored",
            End::Held => "held",
            End::Quarantined => "quarantined",
        }
    }
}

/// What is written down under one ticket.
#[derive(Debug, Clone)]
pub struct Filing {
    pub target: Target,
    /// The mail's new text becomes an entry of the ticket.
    pub entry: Option<Entry>,
    pub changes: Vec<Change>,
    /// Tell nobody (an unconfirmed ticket, a subscription that ended).
    pub quiet: bool,
    /// Whose a new ticket is, if not the sender's.
    pub requester: Option<Person>,
}

impl Filing {
    /// One that writes nothing down yet.
    pub fn of(target: Target) -> Filing {
        Filing { target, entry: None, changes: Vec::new(), quiet: false, requester: None }
    }
}

/// A filing that was carried out: what those who are to be told are told of.
#[derive(Debug, Clone)]
pub struct Filed {
    /// The ticket as it is now.
    pub view: View,
    /// The first event of the filing: the cause of its letters.
    pub event: i64,
    pub changes: Vec<Change>,
    pub entry: Option<Entry>,
    pub quiet: bool,
    /// Public tickets that may ask for the same as one that is new, the likeliest first.
    pub likely: Vec<Hit>,
}

/// Which ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A new one in that state.
    New {
        title: String,
        state: State,
    },
    Known(Number),
}

/// Text for a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub text: String,
    /// Not for requester and subscribers: its writer has no part in the ticket.
    pub staff_only: bool,
}

/// One change, as one line of a mail asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Line of the mail's text, from 1; 0 when no command line asked for it.
    pub line: u32,
    pub what: What,
    /// Words for requester and subscribers that came with the command.
    pub remark: String,
}

/// What changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A new ticket; its creator is subscribed.
    Opened,
    /// Its requester's address is proven.
    Confirmed,
    State {
        from: State,
        to: State,
    },
    /// Logins.
    Owner {
        from: Option<String>,
        to: Option<String>,
    },
    /// A field's value; `None` is none.
    Set {
        field: Field,
        from: Option<String>,
        to: Option<String>,
    },
    /// What it is about is told by another text.
    Described {
        from: Description,
        to: Description,
    },
    /// Keywords; never the same in both.
    Tagged {
        added: Vec<String>,
        removed: Vec<String>,
    },
    /// This ticket is that to the other.
    Related {
        relation: Relation,
        other: Number,
    },
    /// It is so no longer.
    Unrelated {
        relation: Relation,
        other: Number,
    },
    /// Whose request it is.
    Requester {
        from: Address,
        to: Address,
    },
    /// Somebody was asked whether he wants to follow it.
    Invited {
        who: Address,
    },
    /// Somebody follows it, or in another way than before; `None`: not at all.
    Follows {
        who: Address,
        from: Option<Level>,
        to: Option<Level>,
    },
    /// All that a mail changed was taken back; its number.
    Undid {
        mail: i64,
    },
    /// What became of the lock that a member of that login has.
    Lock {
        turn: Turn,
        holder: String,
    },
    /// Somebody worked on it in a session of that number, which changed so many files.
    Worked {
        session: u64,
        host: String,
        files: u64,
        /// He gave up: nothing of it was kept.
        discarded: bool,
    },
    /// Files and typed commands (by number, from 1) of a session's log are shown from now on, or not.
    Displayed {
        session: u64,
        files: Vec<FilePath>,
        commands: Vec<u64>,
        shown: bool,
        /// Of what is shown now, the lines; they are read when all else is done, for the letter alone.
        lines: Vec<String>,
    },
    /// Something was said about a line of a session's log.
    Annotated {
        session: u64,
        spot: Spot,
        text: String,
    },
    /// It was said below a quoted line that the session's log has not, or has more than once: it is text.
    Unplaced {
        session: u64,
        quoted: String,
    },
    /// Something was taken out of a session's record, at so many places; the file, when it was all of one.
    Redacted {
        session: u64,
        places: u64,
        file: Option<FilePath>,
    },
    /// Text was added.
    Commented,
    /// A letter about the ticket did not arrive.
    Undelivered {
        recipient: String,
        why: String,
    },
    /// A question was mailed to the sender.
    Asked,
    /// The sender was answered directly.
    Answered,
}

impl What {
    /// The word in the event table and in `trackle show`.
    pub fn word(&self) -> &'static str {
        match self {
            What::Opened => "opened",
            What::Confirmed => "confirmed",
            What::State { to: State::Closed, .. } => "closed",
            What::State { .. } => "reopened",
            What::Owner { to: Some(_), .. } => "assigned",
            What::Owner { to: None, .. } => "dropped",
            What::Set { .. } => "set",
            What::Described { .. } => "described",
            What::Tagged { .. } => "tagged",
            What::Related { .. } => "related",
            What::Unrelated { .. } => "unrelated",
            What::Requester { .. } => "requester",
            What::Invited { .. } => "invited",
            What::Follows { from: None, .. } => "subscribed",
            What::Follows { to: None, .. } => "unsubscribed",
            What::Follows { .. } => "follows",
            What::Undid { .. } => "undid",
            What::Lock { turn, .. } => turn.word(),
            What::Worked { .. } => "worked",
            What::Displayed { shown: true, .. } => "session shown",
            What::Displayed { .. } => "session hidden",
            What::Annotated { .. } => "annotated",
            What::Unplaced { .. } => "not placed",
            What::Redacted { .. } => "redacted",
            What::Commented => "commented",
            What::Undelivered { .. } => "undelivered",
            What::Asked => "asked",
            What::Answered => "answered",
        }
    }
}

impl What {
    /// Whether followers are told of such a change: of how it stands, not of how a team sorts its work.
    pub fn concerns_followers(&self) -> bool {
        match self {
            What::State { .. } | What::Owner { .. } | What::Confirmed => true,
            What::Set { field, to, .. } => {
                *field == Field::Title || (*field == Field::Wait && to.as_deref() == Some("user"))
            }
            What::Related { relation, .. } => matches!(relation, Relation::Duplicate | Relation::Merged),
            What::Worked { files, discarded, .. } => *files > 0 && !discarded,
            _ => false,
        }
    }

    /// What takes it back; `None` for what cannot be taken back.
    pub fn inverse(&self) -> Option<What> {
        Some(match self.clone() {
            What::State { from, to } => What::State { from: to, to: from },
            What::Owner { from, to } => What::Owner { from: to, to: from },
            What::Set { field, from, to } => What::Set { field, from: to, to: from },
            What::Described { from, to } => What::Described { from: to, to: from },
            What::Tagged { added, removed } => What::Tagged { added: removed, removed: added },
            What::Related { relation, other } => What::Unrelated { relation, other },
            What::Unrelated { relation, other } => What::Related { relation, other },
            What::Requester { from, to } => What::Requester { from: to, to: from },
            What::Follows { who, from, to } => What::Follows { who, from: to, to: from },
            What::Displayed { session, files, commands, shown, .. } => {
                What::Displayed { session, files, commands, shown: !shown, lines: Vec::new() }
            }
            // what was written stays, nobody works on it
            What::Opened => What::State { from: State::Open, to: State::Closed },
            What::Confirmed
            | What::Invited { .. }
            | What::Undid { .. }
            | What::Lock { .. }
            | What::Worked { .. }
            | What::Annotated { .. }
            | What::Unplaced { .. }
            | What::Redacted { .. }
            | What::Commented
            | What::Undelivered { .. }
            | What::Asked
            | What::Answered => return None,
        })
    }
}

/// The question to the sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Is this address yours? Then your ticket opens.
    Ticket { mail_it: bool },
    /// Did you write this? Then it is done: the command lines as written, whether there is text to file too, and of
    /// grave ones what they would do.
    Mail { lines: Vec<String>, has_text: bool, would: Vec<String>, about: Option<Number>, mail_it: bool },
    /// Is this host one of ours? Then what it signs is believed. All of staff are asked.
    Host { card: Card },
}

/// A letter to the sender alone.
#[derive(Debug, Clone)]
pub enum Reply {
    /// What can be said to this robot, or how that one word is said.
    Help { staff: bool, verb: Option<&'static str> },
    /// What a search found; `words` are empty when nobody vouches for them, `full` is for proven staff.
    Found { words: String, hits: Vec<Hit>, full: bool },
    /// How a ticket stands. What was said in it, and how many texts are left out, is read when all else is done.
    Shown { ticket: Number, sight: Sight, said: Vec<Spoken>, left_out: usize },
    /// Which tickets there are, for staff or for one person; the list is read when all else is done.
    Listed { sort: Sort, staff: bool, listing: Listing },
    /// Which lines were not run, and why; nothing was run.
    Transcript { about: Option<Number>, lines: Vec<NotRun>, has_text: bool },
    /// That question was answered before.
    Already { ticket: Option<Number> },
    /// The question came too late.
    TooLate { ticket: Option<Number> },
    /// No more mail about this ticket (`None`: about all whose news were gathered); `by` whom, when the reader did not ask
    /// for it.
    Left { ticket: Option<Number>, by: Option<String> },
}
