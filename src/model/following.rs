//! Following a ticket: who does, and how much mail each of them wants. The requester follows from the start; he can
//! have less mail, and stays a part of the ticket whatever he chooses.

use super::person::Person;
use serde::{Deserialize, Serialize};

/// How much mail a follower gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The short status mail, at once.
    Short,
    /// Everything that staff get, at once; for staff only.
    Full,
    /// One mail a day with what changed, if anything did.
    Daily,
    /// The same once a week.
    Weekly,
    /// None; what he writes is still his part of the ticket.
    Muted,
}

impl Level {
    pub const ALL: [Level; 5] = [Level::Short, Level::Full, Level::Daily, Level::Weekly, Level::Muted];

    /// The word in commands, in the database and in `--json`.
    pub fn word(self) -> &'static str {
        match self {
            Level::Short => "short",
            Level::Full => "full",
            Level::Daily => "daily",
            Level::Weekly => "weekly",
            Level::Muted => "muted",
        }
    }
    /// The level of that word.
    pub fn of(word: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|l| l.word() == word)
    }
    /// Whether each change is mailed as it happens.
    pub fn is_at_once(self) -> bool {
        matches!(self, Level::Short | Level::Full)
    }
}

/// Somebody who follows a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follower {
    pub person: Person,
    pub level: Level,
    /// Too many letters to that address came back: it gets none until it writes again.
    pub suspended: bool,
}

#[cfg(test)]
mod tests {
    use super::Level;

    #[test]
    fn every_level_has_its_own_word() {
        for level in Level::ALL {
            assert_eq!(Level::of(level.word()), Some(level));
        }
        assert_eq!(Level::of("loud"), None);
    }
}
