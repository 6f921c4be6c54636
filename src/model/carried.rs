//! A ticket on its way: from one installation to another, or from another program to here. Written as JSON it is one line
//! of `trackle admin export --format jsonl`, and the last mail of a ticket's mbox holds the same without the raw mails.
//! Everything in one that was read is a claim of whoever wrote the file.
//!
//! The line is one object; what is empty may be left out, and what nobody knows is passed over:
//!
//! | field | what |
//! | --- | --- |
//! | `trackle` | version of this form: 1 |
//! | `source` | where the ticket stood, unlike any other: `trackle:INSTANCE#12` |
//! | `number`, `state`, `title`, `owner` | `unconfirmed`, `open` or `closed`; a login or null |
//! | `requester` | `address`, `name`, `confirmed` (when the address was proven, or null) |
//! | `created`, `changed` | as all times: RFC 3339, UTC |
//! | `fields`, `keywords`, `named` | `model/fields.rs`; words; addresses that may add text |
//! | `relations` | `relation` (`model/links.rs`) and `other`, a number: those that were said of this ticket |
//! | `followers` | as `requester`, with `level` (`model/following.rs`), `since`, and `ended` of those who left |
//! | `described` | number of the event whose text tells what it is about, where that is not the first |
//! | `entries` | the thread: `at`, `author` or null, `text`, `staff_only`, `event`, `mail` (its SHA-256), `files` |
//! | `mails` | as they came: `sha256`, `message_id`, `arrived`, `raw` (base64) |
//! | `letters` | ours to staff: `message_id`, `kind`, `queued`; their bytes are in the mbox |
//! | `messages` | Message-IDs that lead to the ticket: `id`, `kind`, and who has `staff`, `outside` seen it |
//! | `events` | `number`, `at`, `actor`, `proof`, `mail`, `line`, `what`, `detail`, `hash` (of the chain there) |
//! | `sessions` | `number`, `event`, `worker`, `record` (`model/session.rs`), `contents` (base64, by name), `shown`, `remarks` |

use super::following::Level;
use super::robot::Robot;
use super::session::Session;
use data_encoding::BASE64;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::collections::BTreeMap;

/// The version of the form.
pub const FORM: u32 = 1;
/// How the sources of tickets begin that Trackle exported.
const OURS: &str = "trackle:";
/// The header field of the mail in a ticket's mbox that says how it stands.
pub const CARD_FIELD: &str = "X-Trackle-Export";
/// The media type of the part of that mail which is for programs.
pub const CARD_MEDIA: &str = "application/vnd.trackle.ticket+json";

/// A ticket with everything that is known of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Carried {
    pub trackle: u32,
    pub source: String,
    pub number: u32,
    pub state: String,
    pub title: String,
    pub owner: Option<String>,
    pub requester: Someone,
    pub created: Timestamp,
    pub changed: Timestamp,
    pub fields: BTreeMap<String, String>,
    pub keywords: Vec<String>,
    pub relations: Vec<Tie>,
    pub followers: Vec<Follower>,
    pub named: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub described: Option<i64>,
    pub entries: Vec<Entry>,
    pub mails: Vec<Mail>,
    pub letters: Vec<Letter>,
    pub messages: Vec<Message>,
    pub events: Vec<Event>,
    pub sessions: Vec<Worked>,
}

impl Carried {
    /// Whether only its people and staff may know of it.
    pub fn is_private(&self) -> bool {
        self.fields.contains_key("private")
    }

    /// Whether another program had it.
    pub fn is_foreign(&self) -> bool {
        !self.source.starts_with(OURS)
    }

    /// What the installation is called that it comes from.
    pub fn installation(&self) -> &str {
        self.source.rsplit_once('#').map_or(&self.source, |(installation, _)| installation)
    }

    /// The same with the mails named only.
    #[must_use]
    pub fn without_mails(mut self) -> Carried {
        self.mails.iter_mut().for_each(|mail| mail.raw = None);
        self
    }
}

/// A person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Someone {
    pub address: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Timestamp>,
}

/// What the ticket is to another one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tie {
    pub relation: String,
    pub other: u32,
}

/// Somebody who follows it, or did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Follower {
    #[serde(flatten)]
    pub who: Someone,
    pub level: String,
    pub since: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
}

impl Default for Follower {
    fn default() -> Follower {
        let level = Level::Short.word().to_owned();
        Follower { who: Someone::default(), level, since: Timestamp::UNIX_EPOCH, ended: None }
    }
}

/// A text of its thread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry {
    pub at: Timestamp,
    pub author: Option<Someone>,
    pub text: String,
    pub staff_only: bool,
    /// Number of the event that brought it; 0 where there is none.
    pub event: i64,
    /// SHA-256 of its mail, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<File>,
}

/// A file that came with a text; its bytes are in the mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct File {
    pub name: String,
    pub media: String,
    pub size: u64,
    /// In hexadecimal.
    pub sha256: String,
}

/// A mail as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mail {
    /// In hexadecimal.
    pub sha256: String,
    pub message_id: Option<String>,
    pub arrived: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<Bytes>,
}

/// A letter of ours to staff.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Letter {
    pub message_id: String,
    pub kind: String,
    pub queued: Timestamp,
    /// As it was frozen.
    #[serde(skip)]
    pub raw: Vec<u8>,
}

/// A Message-ID that leads to the ticket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Message {
    pub id: String,
    pub kind: String,
    pub staff: bool,
    pub outside: bool,
}

/// Something that happened to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Event {
    pub number: i64,
    pub at: Timestamp,
    pub actor: String,
    pub proof: String,
    /// SHA-256 of the mail that asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    pub line: u32,
    pub what: String,
    pub detail: Value,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hash: String,
}

/// A session in which somebody worked on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worked {
    pub number: u64,
    /// Number of the event that filed it.
    pub event: i64,
    pub worker: Someone,
    pub record: Session,
    /// What files held, by the names that the record knows them by.
    #[serde(default)]
    pub contents: BTreeMap<String, Bytes>,
    #[serde(default)]
    pub shown: Vec<Shown>,
    #[serde(default)]
    pub remarks: Vec<Remark>,
}

/// A file or a typed command that is shown, or not, unlike the record says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// `file` or `command`.
    pub kind: String,
    /// From 0.
    pub place: u64,
    pub shown: bool,
}

/// What was said about a line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    pub place: u64,
    /// `old` or `new`.
    pub side: String,
    pub line: u32,
    pub quoted: String,
    pub author: Someone,
    pub at: Timestamp,
    pub text: String,
}

/// Bytes, in JSON as base64 (RFC 4648 4).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64.decode(text.as_bytes()).map(Bytes).map_err(serde::de::Error::custom)
    }
}

/// What could not be brought along: of which sort, how often, and one example.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Losses(BTreeMap<String, (u64, String)>);

impl Losses {
    /// One more.
    pub fn add(&mut self, sort: impl Into<String>, example: impl Into<String>) {
        let loss = self.0.entry(sort.into()).or_insert_with(|| (0, example.into()));
        loss.0 += 1;
    }

    /// All of another's, too.
    pub fn extend(&mut self, other: Losses) {
        for (sort, (count, example)) in other.0 {
            self.0.entry(sort).or_insert_with(|| (0, example)).0 += count;
        }
    }

    /// Sort, count and example of each, by the alphabet.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64, &str)> {
        self.0.iter().map(|(sort, (count, example))| (sort.as_str(), *count, example.as_str()))
    }
}

/// Another program's installation, as nothing in its files says it.
#[derive(Debug, Clone, Copy)]
pub struct There<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Who is there, where, and who is on staff: the same team as here.
    pub robot: &'a Robot,
}

impl There<'_> {
    /// By whose clocks times are that say no more.
    pub fn zone(&self) -> &TimeZone {
        &self.robot.policy.zone
    }
}

/// What a foreign file holds: tickets, and what of it no ticket can hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cargo {
    pub tickets: Vec<Carried>,
    pub losses: Losses,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_and_what_is_left_out_is_empty() {
        let mail = Mail { sha256: "ab".into(), raw: Some(Bytes(vec![0, 255, 10])), ..Mail::default() };
        let follower = Follower {
            who: Someone { address: "ann@x".into(), ..Someone::default() },
            ..Follower::default()
        };
        let ticket =
            Carried { number: 12, mails: vec![mail], followers: vec![follower], ..Carried::default() };
        let text = serde_json::to_string(&ticket).unwrap();
        assert!(text.contains("\"raw\":\"AP8K\"") && !text.contains('\n'), "{text}");
        assert_eq!(serde_json::from_str::<Carried>(&text).unwrap(), ticket);
        assert_eq!(ticket.without_mails().mails[0].raw, None);
        let bare: Carried = serde_json::from_str(r#"{"number":3,"unheard":{"of":1}}"#).unwrap();
        assert_eq!((bare.number, bare.entries.len()), (3, 0));
        assert!(serde_json::from_str::<Carried>(r#"{"mails":[{"raw":"*"}]}"#).is_err());
    }

    #[test]
    fn losses_are_counted_with_their_first_example() {
        let mut all = Losses::default();
        all.add("files", "#1");
        all.add("files", "#2");
        let mut other = Losses::default();
        other.add("files", "#3");
        other.add("cc", "#4");
        all.extend(other);
        assert_eq!(all.iter().collect::<Vec<_>>(), [("cc", 1, "#4"), ("files", 3, "#1")]);
    }
}
