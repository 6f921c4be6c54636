//! The digest: when it is due, to whom, and what it tells. A period is known by the local date on which it begins, so
//! that a clock that is changed twice a year, or stands wrong, can be asked about at any time and gives one answer.

use super::address::Address;
use super::ticket::Number;
use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

/// When the digest is due, and to whom it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    pub days: Days,
    /// Local time on those days.
    pub at: Time,
    pub zone: TimeZone,
    /// Each gets one of its own.
    pub to: Vec<Address>,
    /// Whether one goes out that has nothing to say.
    pub when_empty: bool,
}

/// The days on which it is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Days {
    Daily,
    /// Monday to Friday.
    Weekdays,
    /// Mondays.
    Weekly,
    Never,
}

/// Before this second (the beginning of 2024) the machine has not been told the time yet.
const CLOCK_IS_SET: i64 = 1_704_067_200;

impl Schedule {
    /// Nothing is ever due.
    pub fn never() -> Schedule {
        Schedule {
            days: Days::Never,
            at: Time::midnight(),
            zone: TimeZone::UTC,
            to: Vec::new(),
            when_empty: false,
        }
    }

    /// The period that runs at that time: the newest day whose digest is due by then. `None` when there is none, and
    /// while the machine's clock is not set.
    pub fn period(&self, now: Timestamp) -> Option<Date> {
        if now.as_second() < CLOCK_IS_SET {
            return None;
        }
        let mut day = self.today(now);
        // today may be too early, and behind it lie at most six days without a digest
        for _ in 0..8 {
            if self.is_day(day) && self.due(day).is_some_and(|due| due <= now) {
                return Some(day);
            }
            day = day.yesterday().ok()?;
        }
        None
    }

    /// The local date.
    pub fn today(&self, now: Timestamp) -> Date {
        now.to_zoned(self.zone.clone()).date()
    }

    /// When the digest of a day is due. A time that a change of the clock leaves out comes as much later as the clock
    /// was put forward; of one that comes twice the first counts.
    pub fn due(&self, day: Date) -> Option<Timestamp> {
        day.to_datetime(self.at).to_zoned(self.zone.clone()).ok().map(|zoned| zoned.timestamp())
    }

    /// Begin of a local day, for "everything since".
    pub fn begin(&self, day: Date) -> Option<Timestamp> {
        day.to_zoned(self.zone.clone()).ok().map(|zoned| zoned.timestamp())
    }

    fn is_day(&self, day: Date) -> bool {
        match self.days {
            Days::Daily => true,
            Days::Weekdays => !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday),
            Days::Weekly => day.weekday() == Weekday::Monday,
            Days::Never => false,
        }
    }
}

/// What a digest tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// What happened after this is told.
    pub since: Timestamp,
    pub now: Timestamp,
    /// In which its reader's dates are.
    pub zone: TimeZone,
    /// Open tickets, each in one group only: opened since the last digest.
    pub fresh: Vec<Standing>,
    /// Longer than [`crate::limits::DIGEST_OLD_DAYS`] without any change.
    pub old: Vec<Standing>,
    /// The last word is the requester's, or another outsider's.
    pub ours: Vec<Standing>,
    /// The last word is staff's.
    pub theirs: Vec<Standing>,
    /// Oldest first, at most [`crate::limits::DIGEST_CHANGES`].
    pub deeds: Vec<Deed>,
    /// Deeds beyond those.
    pub more_deeds: u64,
    /// Oldest first, at most [`crate::limits::DIGEST_LINES`].
    pub lost: Vec<Lost>,
    pub more_lost: u64,
    /// How many wait now.
    pub unconfirmed: u64,
    pub held: u64,
    pub quarantined: u64,
}

impl Digest {
    /// Open tickets.
    pub fn open(&self) -> usize {
        self.fresh.len() + self.old.len() + self.ours.len() + self.theirs.len()
    }

    /// Nothing is open and nothing happened. Unconfirmed and held mail alone is no reason to write: most of it is
    /// nobody's, and it goes by itself.
    pub fn is_empty(&self) -> bool {
        self.open() == 0 && self.deeds.is_empty() && self.lost.is_empty() && self.quarantined == 0
    }
}

/// How an open ticket stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub number: Number,
    pub title: String,
    /// Login.
    pub owner: Option<String>,
    /// Since when it stands so: opened, last word, or last change.
    pub since: Timestamp,
}

/// What somebody did to a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    pub number: Number,
    pub title: String,
    pub what: Did,
    /// His address, or the robot's or the console's word for itself.
    pub actor: String,
    /// His name, where he is known by one.
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Did {
    Closed,
    Reopened,
    /// To that login.
    Assigned(String),
    Dropped,
}

/// A letter that did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    pub number: Option<Number>,
    pub recipient: String,
    pub why: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    fn schedule(days: Days, at: &str, zone: &str) -> Schedule {
        let zone = TimeZone::posix(zone).unwrap();
        Schedule { days, at: at.parse().unwrap(), zone, ..Schedule::never() }
    }

    fn period(schedule: &Schedule, now: &str) -> String {
        schedule.period(now.parse().unwrap()).map(|d| d.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_period_begins_at_its_time_on_its_day() {
        let berlin = "CET-1CEST,M3.5.0,M10.5.0/3";
        for (days, now, begun) in [
            (Days::Daily, "2026-11-21T05:59:59Z", "2026-11-20"),
            (Days::Daily, "2026-11-21T06:00:00Z", "2026-11-21"),
            (Days::Daily, "2026-11-21T23:30:00Z", "2026-11-21"),
            (Days::Weekdays, "2026-11-22T12:00:00Z", "2026-11-20"),
            (Days::Weekdays, "2026-11-23T05:00:00Z", "2026-11-20"),
            (Days::Weekdays, "2026-11-23T06:00:00Z", "2026-11-23"),
            (Days::Weekly, "2026-11-23T05:00:00Z", "2026-11-16"),
            (Days::Weekly, "2026-11-29T23:00:00Z", "2026-11-23"),
            (Days::Never, "2026-11-23T06:00:00Z", ""),
            // the clock of a machine without a battery
            (Days::Daily, "1970-01-01T00:10:00Z", ""),
        ] {
            assert_eq!(period(&schedule(days, "07:00", berlin), now), begun, "{days:?} {now}");
        }
        let summer = schedule(Days::Daily, "07:00", berlin);
        assert_eq!(period(&summer, "2026-07-01T05:00:00Z"), "2026-07-01");
    }

    /// Ten years in steps of five hours, where clocks change at night, at midnight, by half an hour, and on the other half of
    /// the earth: each day is a period once, and none comes again.
    #[test]
    fn changes_of_the_clock_leave_out_no_day_and_repeat_none() {
        for zone in [
            "CET-1CEST,M3.5.0,M10.5.0/3",
            "EST5EDT,M3.2.0,M11.1.0",
            "<-04>4<-03>,M9.1.6/24,M4.1.6/24",
            "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
            "NZST-12NZDT,M9.5.0,M4.1.0/3",
        ] {
            for at in ["00:00", "00:30", "02:30", "07:00"] {
                let schedule = schedule(Days::Daily, at, zone);
                let mut now: Timestamp = "2025-01-01T12:00:00Z".parse().unwrap();
                let mut last = schedule.period(now).unwrap();
                for _ in 0..24 * 366 * 2 {
                    now += SignedDuration::from_hours(5);
                    let next = schedule.period(now).unwrap();
                    assert!(next == last || next == last.tomorrow().unwrap(), "{zone} {at}: {last} {next}");
                    last = next;
                }
                assert!(last.year() == 2034 || last.year() == 2035);
            }
        }
    }
}
