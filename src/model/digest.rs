//! The digest: when it is due, to whom, and what it tells. A period is known by the local date on which it begins, so
//! that a clock that is changed twice a year, or stands wrong, can be asked about at any time and gives one answer.

use super::address::Address;
use super::decision::What;
use super::fields::{Fields, Wait};
use super::importance::days_between;
use super::letter::Stopped;
use super::links::Ties;
use super::ticket::Number;
use crate::limits;
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
    /// Whether each member of staff is told what was done in his name, every day.
    pub own: bool,
    /// Whether those who follow tickets get their gathered news; only where nothing is ever due they do not.
    pub news: bool,
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
            own: false,
            news: false,
        }
    }

    /// The period of the staff's digest that runs at that time.
    pub fn period(&self, now: Timestamp) -> Option<Date> {
        self.period_of(self.days, now)
    }

    /// The period that runs at that time of what comes on those days: the newest day on which it is due by then. `None`
    /// when there is none, and while the machine's clock is not set.
    pub fn period_of(&self, days: Days, now: Timestamp) -> Option<Date> {
        if now.as_second() < CLOCK_IS_SET {
            return None;
        }
        let mut day = self.today(now);
        // today may be too early, and behind it lie at most six days without a digest
        for _ in 0..8 {
            if days.has(day) && self.due(day).is_some_and(|due| due <= now) {
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
}

impl Days {
    fn has(self, day: Date) -> bool {
        match self {
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
    /// Open tickets, each in one group only, what matters most first.
    pub fresh: Vec<Standing>,
    pub due: Vec<Standing>,
    pub ours: Vec<Standing>,
    pub theirs: Vec<Standing>,
    pub blocked: Vec<Standing>,
    pub old: Vec<Standing>,
    /// The next day first.
    pub put_off: Vec<Standing>,
    /// Oldest first, at most [`crate::limits::DIGEST_WHOLE`].
    pub deeds: Vec<Deed>,
    /// Deeds beyond those.
    pub more_deeds: u64,
    /// Oldest first, at most [`crate::limits::DIGEST_WHOLE`].
    pub lost: Vec<Lost>,
    pub more_lost: u64,
    /// Mails that a safety stop holds now, by reason.
    pub stopped: Vec<Stopped>,
    /// How many wait now.
    pub unconfirmed: u64,
    pub held: u64,
    pub quarantined: u64,
}

impl Digest {
    /// One that tells of nothing, since then.
    pub fn nothing(since: Timestamp, now: Timestamp, zone: TimeZone) -> Digest {
        Digest {
            since,
            now,
            zone,
            fresh: Vec::new(),
            due: Vec::new(),
            ours: Vec::new(),
            theirs: Vec::new(),
            blocked: Vec::new(),
            old: Vec::new(),
            put_off: Vec::new(),
            deeds: Vec::new(),
            more_deeds: 0,
            lost: Vec::new(),
            more_lost: 0,
            stopped: Vec::new(),
            unconfirmed: 0,
            held: 0,
            quarantined: 0,
        }
    }

    /// The tickets of a group.
    pub fn group(&mut self, group: Group) -> &mut Vec<Standing> {
        match group {
            Group::New => &mut self.fresh,
            Group::Due => &mut self.due,
            Group::Ours => &mut self.ours,
            Group::Theirs => &mut self.theirs,
            Group::Blocked => &mut self.blocked,
            Group::Old => &mut self.old,
            Group::PutOff => &mut self.put_off,
        }
    }

    /// Open tickets.
    pub fn open(&self) -> usize {
        let groups =
            [&self.fresh, &self.due, &self.ours, &self.theirs, &self.blocked, &self.old, &self.put_off];
        groups.into_iter().map(Vec::len).sum()
    }

    /// Nothing is open and nothing happened. Unconfirmed and held mail alone is no reason to write: most of it is
    /// nobody's, and it goes by itself; not so what a safety stop holds.
    pub fn is_empty(&self) -> bool {
        let waits = self.quarantined > 0 || !self.stopped.is_empty();
        self.open() == 0 && self.deeds.is_empty() && self.lost.is_empty() && !waits
    }
}

/// Where an open ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Opened since the last digest.
    New,
    /// Late, or due within [`limits::DIGEST_DUE_DAYS`].
    Due,
    /// The last word is the requester's, or another outsider's.
    Ours,
    /// The last word is staff's.
    Theirs,
    /// It waits for another ticket that is open.
    Blocked,
    /// Longer than [`limits::DIGEST_OLD_DAYS`] without any change.
    Old,
    /// It has to wait for a day, or for somebody to take it up again.
    PutOff,
}

impl Group {
    pub const ALL: [Group; 7] =
        [Group::New, Group::Due, Group::Ours, Group::Theirs, Group::Blocked, Group::Old, Group::PutOff];

    /// The group of a ticket; `None` when it depends on who had the last word. `fresh` was opened since the last
    /// digest, `old` was not touched for long.
    pub fn of(standing: &Standing, today: Date, fresh: bool, old: bool) -> Option<Group> {
        let near = |day: Date| days_between(today, day) <= limits::DIGEST_DUE_DAYS;
        match standing.fields.wait() {
            Some(wait @ (Wait::Until(_) | Wait::Later)) if wait.holds(today) => Some(Group::PutOff),
            _ if !standing.ties.waits_for.is_empty() => Some(Group::Blocked),
            _ if standing.fields.due().is_some_and(near) => Some(Group::Due),
            _ if fresh => Some(Group::New),
            // the day that it was put off to has come
            Some(Wait::Until(_)) => Some(Group::Ours),
            _ if old => Some(Group::Old),
            Some(Wait::User) => Some(Group::Theirs),
            _ => None,
        }
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
    pub fields: Fields,
    pub ties: Ties,
    /// How much it matters; see [`super::importance`].
    pub points: i64,
}

/// What somebody did to a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    pub number: Number,
    pub title: String,
    pub what: What,
    /// His address, or the robot's or the console's word for itself.
    pub actor: String,
    /// His name, where he is known by one.
    pub name: String,
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
    use super::super::fields::Field;
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

    #[test]
    fn what_a_ticket_waits_for_tells_its_group() {
        use Group::{Blocked, Due, New, Old, Ours, PutOff, Theirs};
        let today = jiff::civil::date(2026, 11, 21);
        let group = |fields: &[(Field, &str)], blocked: bool, fresh, old| {
            let mut all = Fields::default();
            for (field, value) in fields {
                all.set(*field, Some((*value).to_owned()));
            }
            let waits_for = if blocked { vec![Number(7)] } else { Vec::new() };
            let standing = Standing {
                number: Number(1),
                title: String::new(),
                owner: None,
                since: Timestamp::UNIX_EPOCH,
                fields: all,
                ties: Ties { waits_for, ..Ties::default() },
                points: 0,
            };
            Group::of(&standing, today, fresh, old)
        };
        let (wait, due) = (Field::Wait, Field::Due);
        for (fields, blocked, fresh, old, wanted) in [
            (&[][..], false, false, false, None),
            (&[], false, true, false, Some(New)),
            (&[], false, false, true, Some(Old)),
            (&[], true, true, true, Some(Blocked)),
            (&[(due, "2026-11-28")], false, true, false, Some(Due)),
            (&[(due, "2026-11-01")], false, false, true, Some(Due)),
            (&[(due, "2026-11-29")], false, false, false, None),
            (&[(due, "2026-11-01")], true, false, false, Some(Blocked)),
            (&[(wait, "user")], false, false, false, Some(Theirs)),
            (&[(wait, "user")], false, false, true, Some(Old)),
            (&[(wait, "user"), (due, "2026-11-21")], false, false, false, Some(Due)),
            (&[(wait, "2026-11-22")], false, true, true, Some(PutOff)),
            (&[(wait, "2026-11-22")], true, false, false, Some(PutOff)),
            (&[(wait, "2026-11-21")], false, false, true, Some(Ours)),
            (&[(wait, "later")], false, false, true, Some(PutOff)),
        ] {
            assert_eq!(group(fields, blocked, fresh, old), wanted, "{fields:?} {blocked} {fresh} {old}");
        }
    }
}
