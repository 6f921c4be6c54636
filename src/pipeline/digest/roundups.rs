//! The gathered news of followers: once a day or a week to each of them, when there are any, and in many small
//! transactions, so that mail goes on meanwhile.

use super::super::House;
use super::{Due, owe};
use crate::fault::Outcome;
use crate::limits;
use crate::model::digest::Days;
use crate::model::following::Level;
use crate::model::letter::{About, Recipient};
use crate::model::person::Person;
use crate::model::roundup::Roundup;
use crate::store::Tx;
use crate::store::digest::{Done, Mark};
use crate::store::roundup::Gathering;
use jiff::Timestamp;

/// Who gathers, on which days his news come, and what that is called in the database.
const SORTS: [(Level, Days, &str); 2] =
    [(Level::Daily, Days::Daily, "news"), (Level::Weekly, Days::Weekly, "news weekly")];

/// What one transaction came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Letters owed.
    pub owed: usize,
    /// There may be more to do.
    pub more: bool,
}

/// Owes their news to those who have not had them in this period, as many as one transaction should hold.
///
/// # Errors
/// Only for failures of ours; then nothing of it has happened.
pub fn owe_due(tx: &Tx<'_>, house: &House, now: Timestamp) -> Outcome<Round> {
    let mut round = Round::default();
    for (level, days, kind) in SORTS {
        let period = house.digest.period_of(days, now).filter(|_| house.digest.news);
        let Some((day, due)) = period.and_then(|day| Some((day, house.digest.due(day)?))) else { continue };
        let period = day.to_string();
        let gatherers = tx.gatherers(level, kind, &period)?;
        round.more |= gatherers.len() == limits::ROUNDUPS;
        for person in &gatherers {
            let turn = Due { kind, to: &person.address, period: &period };
            round.owed += usize::from(tell(tx, house, (person, level), turn, (due, now))?);
        }
    }
    Ok(round)
}

/// Owes somebody his news, if there are any; gives whether there were. The news of the first day come with the period
/// after it.
fn tell(
    tx: &Tx<'_>,
    house: &House,
    (person, level): (&Person, Level),
    turn: Due<'_>,
    (due, now): (Timestamp, Timestamp),
) -> Outcome<bool> {
    let last = tx.last_digest(turn.kind, &person.address)?;
    let is_new = last.is_none() && tx.gathers_since(person)?.is_some_and(|at| at >= due);
    let since = last.map_or(Mark { at: due, event: 0 }, |last| last.mark);
    let mark = if is_new { since } else { tx.mark(now)? };
    let done = Done { kind: turn.kind, to: turn.to, period: turn.period, mark };
    if !tx.digest_done(done)? || is_new {
        return Ok(false);
    }
    let (tickets, more) = tx.news(&house.robot, Gathering { person, level, since: since.event })?;
    if tickets.is_empty() {
        return Ok(false);
    }
    let roundup = Roundup { level, now, zone: house.digest.zone.clone(), person: person.id, tickets, more };
    let about = About::Roundup { roundup: Box::new(roundup) };
    owe(tx, house, turn, Recipient::Person(person.clone()), about, now)?;
    Ok(true)
}
