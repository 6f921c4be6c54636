//! What a mail offers as evidence of where it belongs, and what the database knows about that evidence.
//! Clues are claims; [`Known`] is fact. `route` weighs the two.

use super::address::Address;
use super::decision::What;
use super::host::{Card, Host};
use super::links::Step;
use super::mail::MessageId;
use super::person::Person;
use super::session_log::{Diffed, Log};
use super::ticket::{Number, State, View};
use jiff::Timestamp;

/// Evidence found in one mail, each list strongest or newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clues {
    /// A confirmation code in an address, the subject or the text: pending number and mark, not yet checked.
    pub code: Option<(i64, String)>,
    /// An unsubscribe code that we gave out (mark checked): ticket (`None`: all whose news come gathered) and person.
    pub leave: Option<(Option<Number>, i64)>,
    /// A line is about all tickets whose news the sender gathers.
    pub gathered: bool,
    /// The ticket of a reply address given to this very sender (mark checked).
    pub reply: Option<Number>,
    /// Tickets of Message-IDs of ours in References or In-Reply-To (marks checked).
    pub ours: Vec<Number>,
    /// It answers a letter of ours that is about no ticket, such as a digest (mark checked): what it quotes from there
    /// names tickets without being about them.
    pub apart: bool,
    /// It was written to the readers of the staff list, and only as one of them to us.
    pub overheard: bool,
    /// The event that caused that letter.
    pub apart_event: Option<i64>,
    /// Other Message-IDs in References and In-Reply-To.
    pub foreign: Vec<MessageId>,
    /// A bare number in our address, `help+12@`: anybody can type that.
    pub plus: Option<Number>,
    /// `[#12]` at the start of a quoted line.
    pub footer: Option<Number>,
    /// `[#12]` in the subject.
    pub tag: Option<Number>,
    /// Tickets that command lines name.
    pub commanded: Vec<Number>,
    /// Event and mark of a return path of ours that the mail was sent to (not yet checked).
    pub bounce: Option<(i64, String)>,
    /// Event of a Message-ID of ours that a report is about (mark checked).
    pub reported: Option<i64>,
    /// Whose letter about which ticket a complaint returns, by the unsubscribe code in its headers; the mark was right.
    pub returned: Option<(Option<Number>, i64)>,
    /// The addresses that a report speaks of.
    pub failed: Vec<Address>,
    /// The card of a host that wants to be believed (its signature checked).
    pub card: Option<Card>,
    /// Events of letters of ours that it answers (marks checked), that of its parent first.
    pub answered: Vec<i64>,
    /// Sessions that command lines name.
    pub sessions: Vec<u64>,
    /// Addresses of the sender, when a line asks to take back what his last mail changed.
    pub undo: Vec<Address>,
}

/// What a mail changed that can be taken back, oldest change first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastMail {
    pub mail: i64,
    pub changes: Vec<(Number, What)>,
    /// Who changed those tickets after it, each ticket's last one.
    pub since: Vec<(Number, Address)>,
}

/// Why a mail is taken to belong to a ticket, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// It answers a Message-ID with our mark.
    OurId,
    /// It was sent to the reply address of this person.
    ReplyAddress,
    /// It answers a Message-ID that this ticket's mails have used, or mention.
    KnownId,
    /// It was sent to `help+12@`.
    PlainAddress,
    /// A quoted line of one of our letters.
    Footer,
    /// `[#12]` in the subject.
    SubjectTag,
}

impl Evidence {
    /// In words, for `explain` and the log.
    pub fn words(self) -> &'static str {
        match self {
            Evidence::OurId => "answers a Message-ID of ours",
            Evidence::ReplyAddress => "sent to the sender's own reply address",
            Evidence::KnownId => "answers a Message-ID known in the ticket",
            Evidence::PlainAddress => "sent to the ticket's address",
            Evidence::Footer => "quotes one of our letters",
            Evidence::SubjectTag => "ticket number in the subject",
        }
    }
    /// Whether a stranger could have typed it without ever having seen a mail of the ticket.
    pub fn is_guessable(self) -> bool {
        self >= Evidence::PlainAddress
    }
}

/// What the database knows of a mail's clues and sender.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The sender's row, when he wrote before.
    pub person: Option<Person>,
    /// The question that a code in the mail answers; its mark was right.
    pub pending: Option<Pending>,
    /// A code was there but its mark was wrong.
    pub bad_code: bool,
    /// The ticket that foreign Message-IDs lead to.
    pub by_id: Option<Number>,
    /// Every ticket that a clue names and that exists.
    pub views: Vec<View>,
    /// Those of `views` about which enough was announced for this hour.
    pub busy: Vec<Number>,
    /// The host of the key on a card, when it was ever enrolled.
    pub host: Option<Host>,
    /// Hosts that wanted to be enrolled today, and staff were asked about.
    pub hosts_today: u32,
    /// It answers our warning that letters to its sender come back.
    pub answers_warning: bool,
    /// It answers our letter about mails that are set aside.
    pub answers_notice: bool,
    /// The letter that a report is about.
    pub outgoing: Option<Outgoing>,
    /// Address of the person of an unsubscribe code.
    pub leaver: Option<Person>,
    /// The tickets whose news the sender, or the person of an unsubscribe code, gathers, when the mail is about all.
    pub gathered: Vec<Number>,
    pub counts: Counts,
    /// What a search in the mail found, as far as its sender may see it.
    pub hits: Vec<Hit>,
    /// What the sender's last mail changed, when he wants it taken back.
    pub last: Option<LastMail>,
    /// Sessions that its lines name.
    pub sessions: Vec<Log>,
    /// The session whose letter it answers, when staff do.
    pub reviewed: Option<Box<Reviewed>>,
    /// Where the relations of commanded tickets lead, as far as a bounded walk goes.
    pub steps: Vec<Step>,
}

impl Known {
    /// The ticket of that number, if it exists.
    pub fn view(&self, number: Number) -> Option<&View> {
        self.views.iter().find(|v| v.ticket.number == number)
    }
    /// The ticket that a merged one went into, at the end of the chain; itself when it did not.
    pub fn where_it_went(&self, mut number: Number) -> Number {
        for _ in 0..self.views.len() {
            let Some(into) = self.view(number).and_then(View::merged_into) else { break };
            number = into;
        }
        number
    }
}

/// A session's log as somebody has it before him who answers the letter about it.
#[derive(Debug, Clone)]
pub struct Reviewed {
    pub log: Log,
    /// Of the files that are shown.
    pub diffs: Vec<Diffed>,
    /// The letter's text.
    pub letter: String,
    /// It is this very letter that is answered, not one further down the thread.
    pub is_parent: bool,
}

/// A ticket that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub number: Number,
    pub state: State,
    /// One line.
    pub title: String,
    /// The text around the words that were found, one line; empty when only the title was searched.
    pub snippet: String,
}

/// How often something happened lately; counted per bucket of an hour or a day, so that a look costs the same always.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Mails of this sender in this hour, this one included.
    pub mails_this_hour: u32,
    /// Today, this one included.
    pub mails_today: u32,
    /// Tickets that this sender opened in this hour.
    pub tickets_this_hour: u32,
    /// Wrong codes in mails of this sender in this hour, this one included.
    pub wrong_codes: u32,
    /// Automatic mails to this sender today.
    pub automatic_today: u32,
    /// Questions to this sender that wait for their answer.
    pub questions_open: u32,
}

/// A question that waits for its answer: the robot mailed a code and something happens when it comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    pub id: i64,
    pub purpose: Purpose,
    pub ticket: Option<Number>,
    /// Whom the code was mailed to.
    pub person: Person,
    /// The mail that is held until then.
    pub intake: i64,
    /// Earlier questions that its letter lists as well and that are still open, with their mails, oldest first.
    pub bundled: Vec<(i64, i64)>,
    pub expires: Timestamp,
    pub answered: Option<Timestamp>,
}

/// What a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A new ticket waits for its requester's address to be proven.
    Ticket,
    /// A mail waits, because its commands or its sender needed more proof.
    Mail,
    /// Somebody was asked whether he wants to follow a ticket.
    Follow,
    /// A host wants to be believed: asked of all of staff.
    Host,
}

impl Purpose {
    /// The word in the database.
    pub fn word(self) -> &'static str {
        match self {
            Purpose::Ticket => "ticket",
            Purpose::Mail => "mail",
            Purpose::Follow => "follow",
            Purpose::Host => "host",
        }
    }
    /// The purpose of that word; whatever else it is, a held mail is the careful guess.
    pub fn of(word: &str) -> Purpose {
        [Purpose::Ticket, Purpose::Follow, Purpose::Host]
            .into_iter()
            .find(|p| p.word() == word)
            .unwrap_or(Purpose::Mail)
    }
}

/// A letter of ours that a report speaks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Outbox row.
    pub id: i64,
    pub ticket: Option<Number>,
    pub recipient: String,
    /// The report came to this letter's own return path, and does not only quote it.
    pub proven: bool,
    /// The report returns the unsubscribe code of this letter's reader, which nobody else was given.
    pub returned: bool,
    /// A direct automatic answer, or a letter about letters: when it fails nobody is told.
    pub automatic: bool,
}
