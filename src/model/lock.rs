//! The lock of a ticket: while somebody works on it in a session, nobody else can start to. It has a lease, so that a
//! session that crashed holds nobody back for ever; one that lives renews it. Whether a process lives is found out
//! elsewhere, and comes in as a fact.

use super::refusal::Refusal;
use super::robot::Robot;
use super::ticket::Number;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// Who works on a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    pub login: String,
    /// The name of the machine.
    pub host: String,
    /// What holds it there; `None` for a lock that was taken by hand, which ends with its lease.
    pub process: Option<Process>,
    pub since: Timestamp,
    /// The end of the lease, unless it is renewed.
    pub until: Timestamp,
}

/// A process of a machine, told from a later one that was given the same number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    pub pid: u32,
    /// When it started, in whatever way its machine counts; never empty.
    pub started: String,
}

impl Lock {
    /// Whether it holds nobody back any more: its lease is over, and its process was not seen alive (`lives`).
    pub fn is_stale(&self, lives: bool, now: Timestamp) -> bool {
        self.until <= now && !lives
    }
    /// Whether somebody else than that login holds it.
    pub fn keeps_out(&self, login: &str) -> bool {
        self.login != login
    }
    /// What somebody whom it keeps out is told.
    pub fn refusal(&self, ticket: Number, robot: &Robot) -> Refusal {
        let since = minute(self.since, &robot.policy.zone);
        Refusal::Locked { ticket, holder: robot.called(&self.login), since }
    }
}

/// A time to the minute, as people read it there.
pub fn minute(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// What happens to a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    Taken,
    /// By its holder.
    Released,
    /// It was stale.
    Expired,
    /// By somebody else.
    Broken,
}

impl Turn {
    pub const ALL: [Turn; 4] = [Turn::Taken, Turn::Released, Turn::Expired, Turn::Broken];

    /// The word in the event table.
    pub fn word(self) -> &'static str {
        match self {
            Turn::Taken => "locked",
            Turn::Released => "unlocked",
            Turn::Expired => "lock expired",
            Turn::Broken => "lock broken",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_stale_when_its_lease_is_over_and_its_process_gone() {
        let at = |s| Timestamp::from_second(s).unwrap();
        let lock =
            Lock { login: "ann".into(), host: "desk".into(), process: None, since: at(0), until: at(900) };
        for (lives, now, stale) in [
            (true, 899, false),
            (false, 899, false),
            (true, 900, false),
            (false, 900, true),
            (true, 90_000, false),
        ] {
            assert_eq!(lock.is_stale(lives, at(now)), stale, "{lives} {now}");
        }
        assert!(lock.keeps_out("ben") && !lock.keeps_out("ann"));
    }

    #[test]
    fn times_are_those_of_the_team() {
        let at: Timestamp = "2026-03-02T13:02:59Z".parse().unwrap();
        assert_eq!(minute(at, &TimeZone::UTC), "2026-03-02 13:02");
        assert_eq!(minute(at, &TimeZone::fixed(jiff::tz::offset(1))), "2026-03-02 14:02");
    }

    #[test]
    fn every_turn_has_its_own_word() {
        let words: std::collections::BTreeSet<&str> = Turn::ALL.iter().map(|turn| turn.word()).collect();
        assert_eq!(words.len(), Turn::ALL.len());
    }
}
