//! What a digest tells, and which digests were owed. The work grows with the open tickets and with what happened since
//! the last digest, never with what is closed and over. Changes are told by the numbers of their events, so that each
//! is told once, whatever the clock said.

use super::changes::read as read_change;
use super::masks::Masks;
use super::ties::Attributes;
use super::{Reader, Tx, seconds, time};
use crate::fault::Outcome;
use crate::limits;
use crate::model::address::Address;
use crate::model::digest::{Deed, Digest, Group, Lost, Standing};
use crate::model::fields::Wait;
use crate::model::importance::{self, Weight};
use crate::model::robot::Robot;
use crate::model::ticket::Number;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Row, params};
use std::collections::BTreeSet;

/// The condition of the index `intake_stuck`, word for word: without it each count reads all mails that ever came.
pub(in crate::store) const ASIDE: &str = "state IN ('held','quarantined')";

/// From where on a digest tells what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    pub at: Timestamp,
    /// The last event before.
    pub event: i64,
}

/// The last digest of a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Last {
    pub period: String,
    pub mark: Mark,
}

/// A digest that is noted as done.
#[derive(Debug, Clone, Copy)]
pub struct Done<'a> {
    /// What comes once in a period.
    pub kind: &'static str,
    pub to: &'a Address,
    pub period: &'a str,
    /// Up to where it told.
    pub mark: Mark,
}

impl Tx<'_> {
    /// The last digest of that kind to a recipient, written or not.
    pub fn last_digest(&self, kind: &str, to: &Address) -> Outcome<Option<Last>> {
        let last = self
            .db
            .prepare_cached(
                "SELECT period, at, upto FROM period_sent WHERE kind = ?1 AND recipient = ?2 ORDER BY id DESC LIMIT 1",
            )?
            .query_row(params![kind, to.key()], |row| {
                let mark = Mark { at: time(row.get(1)?), event: row.get(2)? };
                Ok(Last { period: row.get(0)?, mark })
            })
            .optional()?;
        Ok(last)
    }

    /// Notes a digest as done. Gives whether that is new: what was done for this period before is not done again.
    pub fn digest_done(&self, done: Done<'_>) -> Outcome<bool> {
        let Done { kind, to, period, mark } = done;
        let new = self
            .db
            .prepare_cached(
                "INSERT INTO period_sent (kind, recipient, period, at, upto) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (kind, recipient, period) DO NOTHING",
            )?
            .execute(params![kind, to.key(), period, seconds(mark.at), mark.event])?;
        Ok(new == 1)
    }

    /// Now, as a mark.
    pub fn mark(&self, now: Timestamp) -> Outcome<Mark> {
        let event = self.db.query_row("SELECT coalesce(max(seq), 0) FROM event", [], |row| row.get(0))?;
        Ok(Mark { at: now, event })
    }

    /// The mark of a time in the past: what happened from then on lies behind it.
    pub fn mark_of(&self, at: Timestamp) -> Outcome<Mark> {
        // the plus keeps SQLite from looking through all events in the order of their numbers
        let first = "SELECT min(+seq) FROM event WHERE at >= ?1";
        let first: Option<i64> = self.db.query_row(first, [seconds(at)], |row| row.get(0))?;
        let event = first.map_or_else(|| self.mark(at).map(|mark| mark.event), |first| Ok(first - 1))?;
        Ok(Mark { at, event })
    }

    /// How everything stands, and what happened since the mark.
    pub fn digest(&self, robot: &Robot, zone: &TimeZone, since: Mark, now: Timestamp) -> Outcome<Digest> {
        let count = |query: &str| -> Outcome<u64> { Ok(self.db.query_row(query, [], |row| row.get(0))?) };
        let (deeds, more_deeds) = self.deeds(since.event)?;
        let (lost, more_lost) = self.lost(since.event)?;
        let mut digest = Digest {
            deeds,
            more_deeds,
            lost,
            more_lost,
            stopped: self.stopped()?,
            unconfirmed: count("SELECT count(*) FROM ticket WHERE state = 'unconfirmed'")?,
            held: count(&format!("SELECT count(*) FROM intake WHERE {ASIDE} AND state = 'held'"))?,
            quarantined: count(&format!(
                "SELECT count(*) FROM intake WHERE {ASIDE} AND state = 'quarantined'"
            ))?,
            ..Digest::nothing(since.at, now, zone.clone())
        };
        self.sort_open(robot, since.event, &mut digest)?;
        Ok(digest)
    }

    /// Puts each open ticket into its group.
    fn sort_open(&self, robot: &Robot, since: i64, digest: &mut Digest) -> Outcome<()> {
        let now = digest.now;
        let today = now.to_zoned(digest.zone.clone()).date();
        let fresh = self.opened_since(since)?;
        let old = now - SignedDuration::from_hours(24 * limits::DIGEST_OLD_DAYS);
        let mut attributes = self.attributes_of_open()?;
        let masks = self.masks()?;
        let mut rows = self.db.prepare_cached(
            "SELECT t.number, t.title, t.owner, t.created, t.changed, p.spelled
             FROM ticket t JOIN person p ON p.id = t.requester WHERE t.state = 'open'",
        )?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let (created, changed, requester) =
                (time(row.get(3)?), time(row.get(4)?), row.get::<_, String>(5)?);
            let mut standing = standing(row, &mut attributes)?;
            standing.points = points(&standing, robot, today, now.duration_since(created));
            let is_fresh = fresh.contains(&standing.number.0);
            let group = match Group::of(&standing, today, is_fresh, changed < old) {
                Some(group) => {
                    standing.since = if is_fresh { created } else { changed };
                    group
                }
                None => {
                    let word = self.last_word(standing.number, &masks)?;
                    standing.since = word.as_ref().map_or(created, |w| w.1);
                    let by_staff = word.is_some_and(|(who, _)| is_staff(robot, &who, &requester));
                    if by_staff { Group::Theirs } else { Group::Ours }
                }
            };
            digest.group(group).push(standing);
        }
        for group in Group::ALL {
            // of two that matter the same the one that waits longer stands first
            digest.group(group).sort_by_key(|s| (-s.points, s.since, s.number));
        }
        digest.put_off.sort_by_key(until);
        Ok(())
    }

    /// Tickets that were opened, or confirmed, after that event.
    fn opened_since(&self, event: i64) -> Outcome<BTreeSet<u32>> {
        let mut rows = self.db.prepare_cached(
            "SELECT ticket FROM event WHERE seq > ?1 AND what IN ('opened','confirmed') AND ticket IS NOT NULL AND proof != 'imported'",
        )?;
        let found = rows.query_map([event], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Who spoke last in a ticket, and when: wrote something, or opened it again.
    fn last_word(&self, number: Number, masks: &Masks) -> Outcome<Option<(String, Timestamp)>> {
        let word = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, time(row.get(2)?)));
        let wrote = self
            .db
            .prepare_cached(
                "SELECT e.event, coalesce(p.spelled, ''), e.at FROM entry e LEFT JOIN person p ON p.id = e.author
                 WHERE e.ticket = ?1 ORDER BY e.id DESC LIMIT 1",
            )?
            .query_row([number.0], word)
            .optional()?;
        let reopened = self
            .db
            .prepare_cached(
                "SELECT seq, actor, at FROM event WHERE ticket = ?1 AND what = 'reopened' ORDER BY seq DESC LIMIT 1",
            )?
            .query_row([number.0], word)
            .optional()?;
        let reopened = reopened.map(|(event, who, at)| (event, masks.text(&who, event), at));
        Ok(wrote.max(reopened).map(|(_, who, at)| (who, at)))
    }

    /// What was done to tickets after that event, and how much more there is.
    fn deeds(&self, event: i64) -> Outcome<(Vec<Deed>, u64)> {
        const DEEDS: &str = "seq > ?1 AND proof != 'imported' AND what IN
            ('closed','reopened','assigned','dropped','set','related','unrelated','requester','worked')";
        let masks = self.masks()?;
        let mut rows = self.db.prepare_cached(&format!(
            "SELECT e.ticket, t.title, e.what, e.detail,
               CASE WHEN p.id IS NULL AND instr(e.actor, '@') > 0 THEN 'somebody' ELSE e.actor END, coalesce(p.name, ''), e.seq
             FROM event e
             JOIN ticket t ON t.number = e.ticket LEFT JOIN person p ON p.address = e.actor
             WHERE {DEEDS} ORDER BY e.seq LIMIT {}",
            limits::DIGEST_WHOLE
        ))?;
        let mut rows = rows.query([event])?;
        let (mut deeds, mut told) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            told += 1;
            let (event, actor): (i64, String) = (row.get(6)?, row.get(4)?);
            let detail = masks.detail(&row.get::<_, String>(3)?, event);
            let Some(what) = read_change(&row.get::<_, String>(2)?, &detail) else {
                continue;
            };
            // whoever was erased and writes again is somebody else in what was before
            let is_masked = masks.text(&actor, event) != actor;
            let (actor, name) =
                if is_masked { ("somebody".to_owned(), String::new()) } else { (actor, row.get(5)?) };
            deeds.push(Deed { number: Number(row.get(0)?), title: row.get(1)?, what, actor, name });
        }
        let more = self.count_events(DEEDS, event)?.saturating_sub(told);
        Ok((deeds, more))
    }

    /// Letters that turned out not to arrive after that event, and how many more.
    fn lost(&self, event: i64) -> Outcome<(Vec<Lost>, u64)> {
        const LOST: &str = "seq > ?1 AND what = 'undelivered'";
        let masks = self.masks()?;
        let mut rows = self.db.prepare_cached(&format!(
            "SELECT ticket, detail, seq FROM event WHERE {LOST} ORDER BY seq LIMIT {}",
            limits::DIGEST_WHOLE
        ))?;
        let found = rows.query_map([event], |row| {
            let detail = fields(&masks.detail(&row.get::<_, String>(1)?, row.get(2)?));
            let number: Option<u32> = row.get(0)?;
            Ok(Lost {
                number: number.map(Number),
                recipient: text(&detail, "recipient"),
                why: text(&detail, "why"),
            })
        })?;
        let lost = found.collect::<Result<Vec<_>, _>>()?;
        let more = self.count_events(LOST, event)?.saturating_sub(lost.len() as u64);
        Ok((lost, more))
    }

    fn count_events(&self, which: &'static str, event: i64) -> Outcome<u64> {
        let count = format!("SELECT count(*) FROM event WHERE {which}");
        Ok(self.db.prepare_cached(&count)?.query_row([event], |row| row.get(0))?)
    }
}

impl Reader {
    /// Looks, in one consistent state, at what a transaction would see.
    pub fn look<T>(&self, work: impl FnOnce(&Tx<'_>) -> Outcome<T>) -> Outcome<T> {
        let tx = self.db.unchecked_transaction()?;
        work(&Tx { db: &tx })
    }
}

/// Whether staff spoke, and not in a matter of their own.
fn is_staff(robot: &Robot, who: &str, requester: &str) -> bool {
    match Address::parse(who) {
        Some(who) => {
            robot.member(&who).is_some() && Address::parse(requester).is_none_or(|requester| requester != who)
        }
        // the console
        None => true,
    }
}

/// A ticket's line without its group.
fn standing(row: &Row<'_>, attributes: &mut Attributes) -> Outcome<Standing> {
    let number = Number(row.get(0)?);
    let (fields, ties) = attributes.take(number);
    let (title, owner, since) = (row.get(1)?, row.get(2)?, time(row.get(4)?));
    Ok(Standing { number, title, owner, since, fields, ties, points: 0 })
}

fn points(standing: &Standing, robot: &Robot, today: Date, age: SignedDuration) -> i64 {
    let weight = Weight {
        fields: &standing.fields,
        age: age.as_hours() / 24,
        needed_by: standing.ties.needed_by.len(),
        waits_for: standing.ties.waits_for.len(),
    };
    importance::points(&weight, &robot.values, today)
}

/// The day that it is put off to; those without one come last.
fn until(standing: &Standing) -> (Date, Number) {
    match standing.fields.wait() {
        Some(Wait::Until(day)) => (day, standing.number),
        _ => (Date::MAX, standing.number),
    }
}

/// The words for followers that came with a change.
pub(in crate::store) fn remark(detail: &str) -> String {
    text(&fields(detail), "remark")
}

fn fields(detail: &str) -> serde_json::Value {
    serde_json::from_str(detail).unwrap_or_default()
}

fn text(fields: &serde_json::Value, name: &str) -> String {
    fields.get(name).and_then(|v| v.as_str()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    /// SQLite says so itself: no query of a digest walks through what is over.
    #[test]
    fn what_is_over_is_not_looked_at() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        for query in [
            format!("SELECT count(*) FROM intake WHERE {ASIDE} AND state = 'held'"),
            "SELECT count(*) FROM ticket WHERE state = 'unconfirmed'".into(),
            "SELECT min(+seq) FROM event WHERE at >= 5".into(),
            "SELECT number FROM ticket WHERE state = 'open'".into(),
            "SELECT f.name FROM ticket t CROSS JOIN field f ON f.ticket = t.number WHERE t.state = 'open'"
                .into(),
            "SELECT seq FROM event WHERE ticket = 1 AND what = 'reopened' ORDER BY seq DESC LIMIT 1".into(),
        ] {
            let mut plan = store.db.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
            let steps = plan.query_map([], |row| row.get::<_, String>(3)).unwrap();
            for step in steps.map(Result::unwrap) {
                let direct = step.contains(" INDEX ") || step.contains(" PRIMARY KEY ");
                assert!(direct, "{query}: {step}");
            }
        }
    }
}
