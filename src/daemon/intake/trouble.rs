//! A mailbox that cannot be used: how long it is left alone, and when staff hear of it. In comes each try that failed; out
//! goes the wait before the next one. A line that broke is tried again soon, but a server that is there and lets nobody in
//! (a wrong password, too many logins, an expired token or certificate, no such folder) is asked seldom, since it locks out
//! for longer who comes often. Never ends the program: other mailboxes, and letters, go on.

use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// How long a trouble lasts before staff are told.
const TELL_AFTER: SignedDuration = SignedDuration::from_mins(30);

/// Waits between tries: each so many times as long as the one before, from the first to the last.
struct Pace {
    first: Duration,
    times: u32,
    last: Duration,
}

/// The line broke, or nobody answers.
const BROKEN: Pace = Pace { first: Duration::from_secs(1), times: 2, last: Duration::from_secs(300) };
/// Three tries in ten minutes: fail2ban shuts out after five.
const SHUT: Pace = Pace { first: Duration::from_secs(30), times: 4, last: Duration::from_secs(900) };

/// What a mailbox has been through.
#[derive(Debug, Default)]
pub struct Trouble {
    since: Option<Timestamp>,
    waited: Duration,
}

impl Trouble {
    /// The mailbox was looked into. Gives whether that is news.
    pub fn ends(&mut self) -> bool {
        self.since.take().is_some()
    }

    /// It was waited for in peace: the next trouble is another one.
    pub fn forget(&mut self) {
        self.waited = Duration::ZERO;
    }

    /// Something failed, where the server `shut` us out or the line broke. Gives how long to wait.
    pub fn grow(&mut self, shut: bool, now: Timestamp) -> Duration {
        // a clock that was set back must not put off what staff are told
        self.since = Some(self.since.map_or(now, |since| since.min(now)));
        let pace = if shut { SHUT } else { BROKEN };
        self.waited = (self.waited * pace.times).clamp(pace.first, pace.last);
        self.waited
    }

    /// For how many minutes, when that is so long that staff should know.
    pub fn minutes(&self, now: Timestamp) -> Option<i64> {
        let lasted = now.duration_since(self.since?);
        (lasted >= TELL_AFTER).then(|| lasted.as_mins())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + minute * 60).unwrap()
    }

    #[test]
    fn a_broken_line_is_tried_soon_and_a_shut_door_seldom() {
        for (shut, expected) in
            [(false, vec![1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]), (true, vec![30, 120, 480, 900, 900])]
        {
            let mut trouble = Trouble::default();
            let waits: Vec<u64> = expected.iter().map(|_| trouble.grow(shut, at(0)).as_secs()).collect();
            assert_eq!(waits, expected);
            // looked into and broken again at once is the same trouble; after a peaceful wait it is another
            trouble.ends();
            assert_eq!(trouble.grow(shut, at(0)).as_secs(), *expected.last().unwrap());
            trouble.forget();
            assert_eq!(trouble.grow(shut, at(0)).as_secs(), expected[0]);
        }
        // a server that was away and comes back with a shut door, and the other way round
        let mut trouble = Trouble::default();
        let waits = [false, false, true, false, true].map(|shut| trouble.grow(shut, at(0)).as_secs());
        assert_eq!(waits, [1, 2, 30, 60, 240]);
    }

    #[test]
    fn staff_hear_of_what_lasts() {
        let mut trouble = Trouble::default();
        assert!(trouble.minutes(at(0)).is_none() && !trouble.ends());
        trouble.grow(false, at(0));
        assert_eq!([0, 29, 30, 600].map(|m| trouble.minutes(at(m))), [None, None, Some(30), Some(600)]);
        assert!(trouble.ends());
        assert_eq!(trouble.minutes(at(600)), None);
        trouble.grow(false, at(600));
        trouble.grow(false, at(0));
        assert_eq!([29, 30].map(|m| trouble.minutes(at(m))), [None, Some(30)]);
    }
}
