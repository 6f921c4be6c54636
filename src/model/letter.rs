//! A letter: what somebody will be told, first as an intention with its recipient, then as frozen bytes.

use super::address::Address;
use super::clues::Hit;
use super::decision::{Change, Reply};
use super::digest::Digest;
use super::following::Level;
use super::host::{Card, Kept};
use super::mail::{Attachment, MessageId};
use super::person::Person;
use super::phrase::Phrase;
use super::roundup::{Own, Roundup};
use super::session_log::Told;
use super::ticket::{Number, View};
use jiff::Timestamp;
use std::fmt;

/// A letter to be written.
#[derive(Debug, Clone)]
pub struct Letter {
    pub to: Recipient,
    pub about: About,
    /// The event that causes it: makes its Message-ID.
    pub event: i64,
    /// When it may go, if not at once.
    pub not_before: Option<Timestamp>,
}

/// To whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// The staff list and the other addresses that get the long form.
    Staff(Address),
    /// A requester or subscriber.
    Person(Person),
    /// Somebody we only know as the sender of one mail.
    Sender(Address),
}

impl Recipient {
    /// Where it goes.
    pub fn address(&self) -> &Address {
        match self {
            Recipient::Staff(a) | Recipient::Sender(a) => a,
            Recipient::Person(p) => &p.address,
        }
    }
}

/// What it says; one template in `templates/mail` for each.
#[derive(Debug, Clone)]
pub enum About {
    /// `confirm_ticket`: answer this and your request opens.
    ConfirmTicket { code: String, likely: Vec<Hit>, answers: Option<MessageId> },
    /// `confirm_mail`: answer this and what your mail asks is done.
    ConfirmMail {
        code: String,
        /// What waits for the answer, oldest first; never empty. The last one is the mail that is answered.
        mails: Vec<Waiting>,
        answers: Option<MessageId>,
    },
    /// `ticket_opened`: to the requester; `likely` may ask for the same.
    Opened { view: Box<View>, likely: Vec<Hit> },
    /// `staff_opened`: the first mail of a thread on the staff list.
    StaffOpened { view: Box<View>, news: Box<News>, likely: Vec<Hit> },
    /// `staff_changed`: the long form of a change.
    StaffChanged { view: Box<View>, news: Box<News> },
    /// `changed`: the short form, for requester and subscribers.
    Changed { view: Box<View>, news: Box<News> },
    /// A direct answer to the sender: `help`, `transcript`, `already`, `too_late`, `left`.
    Reply { reply: Reply, view: Option<Box<View>>, answers: Option<MessageId> },
    /// `followed`: to somebody who follows it from now on, or in another way, and has asked for that; `others` are further
    /// tickets of which the same mail asked the same.
    Followed { view: Box<View>, level: Level, others: Vec<Number>, answers: Option<MessageId> },
    /// `invited`: answer this and you follow it. `by` is the name of whoever asked for it.
    Invited { code: String, view: Box<View>, by: String },
    /// `done`: to whoever invited people or took some off.
    Done { view: Box<View>, deeds: Deeds, answers: Option<MessageId> },
    /// `requester`: to the one whose request it is now, or was; `by` is the name of whoever said so.
    Requester { view: Box<View>, by: String },
    /// `suspended`: letters to the reader came back; the how many-th warning.
    Suspended { warning: u32 },
    /// `complained`: to staff, somebody has reported a letter of ours as spam.
    Complained { view: Option<Box<View>>, recipient: String },
    /// `quarantined`: to staff, mails that could not be handled, and those that a safety stop holds.
    Quarantined { items: Vec<Stuck>, stopped: Vec<Stopped> },
    /// `disk_full`: to staff, no mail is fetched because so many MiB are free and not so many.
    DiskFull { free: u64, wanted: u64 },
    /// `mailbox`: to staff, what a mailbox shows that only a person can set right.
    Mailbox { mailbox: String, upset: Upset },
    /// `host`: to staff, a host wants to be believed (with a code), or is from now on. `by` is whoever asks, or said yes.
    Host { card: Box<Card>, code: Option<String>, by: String },
    /// `session_kept`: to whoever worked on a host, what became of the session and what else there is to say.
    Kept { kept: Box<Kept> },
    /// `undelivered`: to staff, a letter that will not arrive.
    Undelivered { view: Option<Box<View>>, recipient: String, why: String },
    /// `digest`: to staff, how everything stands.
    Digest { digest: Box<Digest> },
    /// `news`: to a follower, the gathered news of what he follows.
    Roundup { roundup: Box<Roundup> },
    /// `session_log`: to staff, what was done in a session.
    SessionLog { view: Box<View>, told: Box<Told> },
    /// `own`: to a member, what was done in his name.
    Own { own: Box<Own> },
}

/// A mail that waits for its sender's yes, as the question lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// When it was asked about.
    pub at: Timestamp,
    /// Empty for a reader whom anybody could have it mailed to.
    pub subject: String,
    pub lines: Vec<String>,
    pub has_text: bool,
    /// What its lines would do, where that is grave.
    pub would: Vec<String>,
    /// The ticket that the text is for, and the lines that name none.
    pub about: Option<Number>,
}

/// What somebody did about others who follow a ticket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deeds {
    pub asked: Vec<Address>,
    /// Those who were not asked, since that would be too much.
    pub passed: Vec<Address>,
    pub removed: Vec<Address>,
}

/// What happened to a ticket, for those who are told.
#[derive(Debug, Clone, Default)]
pub struct News {
    /// Who did it, as readers may call him.
    pub actor: String,
    /// His address; shown to staff only.
    pub actor_address: String,
    /// How sure we are that it was him; shown to staff only.
    pub proof: String,
    pub changes: Vec<Change>,
    /// Text of the mail; empty when there was none.
    pub text: String,
    /// A member wrote it for staff only.
    pub noted: bool,
    pub attachments: Vec<Attachment>,
    /// A person wrote (some of) it: the letter is not an automatic one.
    pub by_person: bool,
    /// The mail that caused it, when the readers of the letter have seen it.
    pub answers: Option<MessageId>,
}

/// A mail in quarantine, as staff are told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stuck {
    pub intake: i64,
    pub size: u64,
    /// First characters of the SHA-256 of its bytes.
    pub print: String,
    pub why: String,
}

/// What is odd about a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Upset {
    /// More mails came than `most` in an hour; so many were left in it.
    TooMuch { most: u32, left: usize },
    /// Another installation puts its own mark on mails there.
    Another { mark: String },
    /// So many mails carry our own mark, and the database does not know them.
    Forgotten { count: usize },
    /// It has not worked for so many minutes; `doing` is what was tried last, and what happened.
    Away { minutes: i64, doing: String },
}

impl Upset {
    /// The word for it in the record of events.
    pub fn word(&self) -> &'static str {
        match self {
            Upset::TooMuch { .. } => "too much mail",
            Upset::Another { .. } => "another trackle",
            Upset::Forgotten { .. } => "marks not known",
            Upset::Away { .. } => "does not work",
        }
    }
}

/// Mails that a safety stop holds for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// Whose they are, by what rule, and what to do about it.
    pub why: String,
    /// Numbers of the first ones.
    pub mails: Vec<i64>,
    /// How many there are.
    pub count: u64,
}

impl Stopped {
    /// `7, 8 and 12 more`.
    pub fn numbers(&self) -> String {
        let named: Vec<String> = self.mails.iter().map(i64::to_string).collect();
        match self.count.saturating_sub(self.mails.len() as u64) {
            0 => named.join(", "),
            more => format!("{} and {more} more", named.join(", ")),
        }
    }
}

/// Where a word stands in the help letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    EveryDay,
    /// What is known of a ticket.
    Fields,
    /// With other tickets.
    Others,
    /// Who hears of it.
    People,
    /// What was done at a shell.
    Sessions,
    Asking,
}

impl Group {
    /// In the order of the letter.
    pub const ALL: [Group; 6] =
        [Group::EveryDay, Group::Fields, Group::Others, Group::People, Group::Sessions, Group::Asking];
    /// Its heading.
    pub fn phrase(self) -> Phrase {
        Phrase::of(match self {
            Group::EveryDay => "group.every_day",
            Group::Fields => "group.fields",
            Group::Others => "group.others",
            Group::People => "group.people",
            Group::Sessions => "group.sessions",
            Group::Asking => "group.asking",
        })
    }
}

/// One line of the help letter, from the table of commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerbHelp {
    /// The word.
    pub word: String,
    /// Other words for it.
    pub also: Vec<String>,
    pub group: Group,
    /// The short list leaves it out.
    pub seldom: bool,
    /// How it is written, such as `close [12 …] [: words]`.
    pub usage: String,
    /// What it does.
    pub what: String,
    /// Not shown to others.
    pub staff_only: bool,
}

/// How far the chain of events had come when a letter was written: whoever keeps the letter can prove it later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// Number of the newest event.
    pub seq: i64,
    /// The first 16 hexadecimal digits of its hash.
    pub mark: String,
}

impl Chain {
    /// Digits of a mark.
    const DIGITS: usize = 16;

    /// The end of a chain whose newest event has that hash, in lower-case hexadecimal.
    pub fn of(seq: i64, hash: &str) -> Chain {
        Chain { seq, mark: hash.chars().take(Chain::DIGITS).collect() }
    }

    /// Reads what [`fmt::Display`] writes; `None` for anything else.
    pub fn parse(text: &str) -> Option<Chain> {
        let (seq, mark) = text.trim().split_once(' ')?;
        let is_digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        let right = mark.len() == Chain::DIGITS && mark.bytes().all(is_digit);
        let seq = seq.parse().ok().filter(|n: &i64| *n > 0)?;
        right.then(|| Chain { seq, mark: mark.to_owned() })
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.seq, self.mark)
    }
}

/// A letter whose bytes will never change again.
#[derive(Debug, Clone)]
pub struct Frozen {
    /// Name of its template.
    pub kind: &'static str,
    pub to: Address,
    /// Envelope sender; `None` is the null sender.
    pub envelope_from: Option<Address>,
    pub message_id: MessageId,
    pub event: i64,
    pub bytes: Vec<u8>,
    pub not_before: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::Chain;

    #[test]
    fn a_chain_is_read_as_it_is_written_and_nothing_else_is() {
        let chain = Chain::of(12, &"0af9".repeat(16));
        assert_eq!(chain.to_string(), "12 0af90af90af90af9");
        assert_eq!(Chain::parse(" 12 0af90af90af90af9 "), Some(chain));
        for wrong in ["", "12", "12 ", "0 0af90af90af90af9", "-1 0af90af90af90af9", "x 0af90af90af90af9"] {
            assert_eq!(Chain::parse(wrong), None, "{wrong}");
        }
        for wrong in
            ["12 0AF90af90af90af9", "12 0af90af90af90af", "12 0af90af90af90af9 x", "12  af90af90af90af9"]
        {
            assert_eq!(Chain::parse(wrong), None, "{wrong}");
        }
    }
}
