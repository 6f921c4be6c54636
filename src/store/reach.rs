//! Addresses that letters do not reach, or whose owners have complained: counted, suspended, warned, let in again. Each
//! step is an event; the arithmetic is `model/reach.rs`. A suspended person gets no news of what he follows.

use super::events::Cause;
use super::tickets::{day, person};
use super::{Reader, Tx, seconds, time};
use crate::fault::Outcome;
use crate::limits;
use crate::model::address::Address;
use crate::model::person::Person;
use crate::model::reach::Reach;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, params};

/// Why an address is suspended, as its event says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suspension {
    /// Too many letters came back: its owner is told, in case he reads it after all.
    Bounces,
    /// He has called our mail spam: he is written to no more.
    Complaint,
    /// An administrator has said so: he is not warned.
    Staff,
}

/// A person as `trackle people` shows him.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    pub address: String,
    pub name: String,
    pub since: Timestamp,
    pub confirmed: Option<Timestamp>,
    /// Points for letters that came back.
    pub score: f64,
    /// The day of the last of them.
    pub scored: Option<Timestamp>,
    pub suspended: Option<Timestamp>,
    pub warnings: u32,
    /// Open tickets that he follows in whatever way.
    pub follows: u32,
}

const SECONDS_A_DAY: i64 = 86_400;

impl Tx<'_> {
    /// Counts a letter that came back. Gives whether that is the one too many; then nothing is suspended yet.
    pub fn count_failure(&self, address: &Address, half_points: u8, now: Timestamp) -> Outcome<bool> {
        let found = self
            .db
            .prepare_cached("SELECT score, scored, suspended IS NOT NULL FROM person WHERE address = ?1")?
            .query_row([address.key()], |row| Ok((row.get::<_, f64>(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((score, day_of_last, suspended)) = found else { return Ok(false) };
        // a score is a small multiple of one half
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let before = Reach { half_points: (score * 2.0) as u32, day: day_of_last, suspended };
        let after = before.after(half_points, day(now));
        self.db
            .prepare_cached("UPDATE person SET score = ?2, scored = ?3 WHERE address = ?1")?
            .execute(params![address.key(), f64::from(after.half_points) / 2.0, after.day])?;
        Ok(after.suspended && !before.suspended)
    }

    /// No more news to that address until it writes again. Gives whether that is new.
    pub fn suspend(&self, address: &Address, why: Suspension, cause: &Cause) -> Outcome<bool> {
        let (word, warnings) = match why {
            Suspension::Bounces => ("letters came back", 0),
            Suspension::Complaint => ("complaint", limits::SUSPENDED_WARNINGS),
            Suspension::Staff => ("staff", limits::SUSPENDED_WARNINGS),
        };
        let changed = self
            .db
            .prepare_cached(
                "UPDATE person SET suspended = ?2, warnings = ?3, warned = 0 WHERE address = ?1 AND suspended IS NULL",
            )?
            .execute(params![address.key(), seconds(cause.now), warnings])?;
        if changed == 1 {
            let detail = serde_json::json!({ "who": address.as_str(), "why": word }).to_string();
            self.add_raw_event(cause, None, 0, "suspended", &detail)?;
        }
        Ok(changed == 1)
    }

    /// Whether that address gets no news.
    pub fn is_suspended(&self, address: &Address) -> Outcome<bool> {
        let mut found =
            self.db.prepare_cached("SELECT 1 FROM person WHERE address = ?1 AND suspended IS NOT NULL")?;
        Ok(found.exists([address.key()])?)
    }

    /// News to that address again, and nothing is held against it. Gives whether it was suspended.
    pub fn restore(&self, address: &Address, cause: &Cause) -> Outcome<bool> {
        let changed = self
            .db
            .prepare_cached(
                "UPDATE person SET score = 0, scored = 0, suspended = NULL, warnings = 0, warned = 0
                 WHERE address = ?1 AND suspended IS NOT NULL",
            )?
            .execute([address.key()])?;
        if changed == 1 {
            let detail = serde_json::json!({ "who": address.as_str() }).to_string();
            self.add_raw_event(cause, None, 0, "restored", &detail)?;
        }
        Ok(changed == 1)
    }

    /// Suspended people whose next warning is due, and which one it is, counted from 1.
    pub fn to_be_warned(&self, now: Timestamp, most: usize) -> Outcome<Vec<(Person, u32)>> {
        let week = SignedDuration::from_hours(24 * limits::SUSPENDED_WARNING_DAYS);
        let mut rows = self.db.prepare_cached(
            "SELECT id, spelled, name, confirmed, language, warnings FROM person
             WHERE suspended IS NOT NULL AND warnings < ?1 AND warned <= ?2 ORDER BY id LIMIT ?3",
        )?;
        let due = params![limits::SUSPENDED_WARNINGS, seconds(now - week), most as i64];
        let found = rows.query_map(due, |row| Ok((person(row, 0)?, row.get::<_, u32>(5)? + 1)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// A warning is owed to that person.
    pub fn warned(&self, person: i64, now: Timestamp) -> Outcome<()> {
        self.db
            .prepare_cached("UPDATE person SET warnings = warnings + 1, warned = ?2 WHERE id = ?1")?
            .execute(params![person, seconds(now)])?;
        Ok(())
    }

    /// How many questions wait for this person's answer, and how many of them invite to that ticket.
    pub fn questions_to(&self, person: i64, ticket: u32, now: Timestamp) -> Outcome<(u32, u32)> {
        let counts = self
            .db
            .prepare_cached(
                "SELECT count(*), count(*) FILTER (WHERE purpose = 'follow' AND ticket = ?2) FROM pending
                 WHERE person = ?1 AND answered IS NULL AND expires > ?3 AND event > 0",
            )?
            .query_row(params![person, ticket, seconds(now)], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(counts)
    }
}

impl Reader {
    /// Everybody who ever wrote, or the one of that address; the troubled first, then the newest.
    pub fn people(&self, only: Option<&Address>, most: usize) -> Outcome<Vec<Standing>> {
        let mut rows = self.db.prepare(
            "SELECT p.spelled, p.name, p.since, p.confirmed, p.score, p.scored, p.suspended, p.warnings,
               (SELECT count(*) FROM subscription s JOIN ticket t ON t.number = s.ticket
                WHERE s.person = p.id AND s.ended IS NULL AND t.state = 'open')
             FROM person p WHERE ?1 IS NULL OR p.address = ?1
             ORDER BY p.suspended IS NULL, p.score = 0, p.id DESC LIMIT ?2",
        )?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let found = rows.query_map(params![only.map(Address::key), most], |row| {
            Ok(Standing {
                address: row.get(0)?,
                name: row.get(1)?,
                since: time(row.get(2)?),
                confirmed: row.get::<_, Option<i64>>(3)?.map(time),
                score: row.get(4)?,
                scored: Some(row.get::<_, i64>(5)?).filter(|d| *d > 0).map(|d| time(d * SECONDS_A_DAY)),
                suspended: row.get::<_, Option<i64>>(6)?.map(time),
                warnings: row.get(7)?,
                follows: row.get(8)?,
            })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}
