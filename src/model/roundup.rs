//! What comes once a day or a week for one person: to a follower, the news of the tickets that he follows so; to a member
//! of staff, what was done in his name.

use super::decision::What;
use super::following::Level;
use super::ticket::{Number, State};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The gathered news of one follower.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roundup {
    /// [`Level::Daily`] or [`Level::Weekly`].
    pub level: Level,
    pub now: Timestamp,
    /// In which his dates are.
    pub zone: TimeZone,
    /// His own number, for the code that ends it.
    pub person: i64,
    /// Those with news, at most [`crate::limits::DIGEST_LINES`].
    pub tickets: Vec<Told>,
    /// Tickets with news beyond those.
    pub more: u64,
}

/// A ticket with its news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub number: Number,
    pub title: String,
    /// How it stands now.
    pub state: State,
    /// Oldest first; the newest of them, at most [`crate::limits::ROUNDUP_NEWS`].
    pub news: Vec<Piece>,
    /// Older ones that are left out.
    pub more: u64,
}

/// What somebody did or said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub at: Timestamp,
    /// As a reader may call him; never an address.
    pub who: String,
    pub say: Say,
}

/// Which of the two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Say {
    /// With the words for followers that came with it; the other ticket that it names may be hidden from him.
    Changed { what: What, remark: String, hidden: bool },
    /// Text that was added, as far as one may want to see of it, and so many files.
    Wrote { text: String, files: u64 },
}

/// What was done in a member's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    pub since: Timestamp,
    pub now: Timestamp,
    pub zone: TimeZone,
    /// Login.
    pub login: String,
    /// Oldest first, at most [`crate::limits::DIGEST_CHANGES`].
    pub acts: Vec<Act>,
    /// Acts beyond those.
    pub more: u64,
}

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    pub at: Timestamp,
    pub number: Number,
    pub title: String,
    pub what: What,
    /// Word of the proof.
    pub proof: String,
}
