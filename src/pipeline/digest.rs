//! The digests: what opens at its time, not by a mail. In come the schedule, the time and the database; out goes one
//! letter for each recipient and period, owed in the transaction that notes the period as done. Whatever crashes, both
//! happened or neither; wherever the clock jumps, no period comes twice; of several that were slept through the newest
//! comes, and tells of all of them. This file is the staff's; `own` and `roundups` go by the same rules.

pub mod own;
pub mod roundups;

use super::House;
use super::owing::freeze;
use crate::fault::{Fault, Outcome};
use crate::model::address::Address;
use crate::model::digest::Digest;
use crate::model::letter::{About, Frozen, Letter, Recipient};
use crate::model::proof::Proof;
use crate::store::Tx;
use crate::store::digest::{Done, Mark};
use crate::store::events::Cause;
use crate::write::{self, Moment};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// What comes once in a period.
const KIND: &str = "digest";
/// Characters of a date: what a period begins with, whatever stands behind it.
const DATE: usize = 10;

/// A letter that may be due: what it is called, for whom, in which period.
#[derive(Clone, Copy)]
struct Due<'a> {
    kind: &'static str,
    to: &'a Address,
    period: &'a str,
}

/// Whether it is due.
enum Turn {
    /// It was done, or this first look only begins.
    Over,
    /// It is, and tells what happened since then; the period is noted as done.
    Since(Mark),
}

/// Owes the digest of the period that runs to everybody who has not had it; gives how many letters were owed. Whoever
/// is new to it begins with the next period, and hears of the day before this look too.
///
/// # Errors
/// Only for failures of ours; then nothing of it has happened.
pub fn owe_due(tx: &Tx<'_>, house: &House, now: Timestamp) -> Outcome<usize> {
    let Some(period) = house.digest.period(now) else { return Ok(0) };
    let period = period.to_string();
    let mut owed = 0;
    for to in recipients(house) {
        let due = Due { kind: KIND, to, period: &period };
        if let Turn::Since(since) = turn(tx, house, due, now)? {
            owed += usize::from(tell(tx, house, due, since, now)?);
        }
    }
    Ok(owed)
}

/// Looks whether it is due, and notes the period as done.
fn turn(tx: &Tx<'_>, house: &House, due: Due<'_>, now: Timestamp) -> Outcome<Turn> {
    let Due { kind, to, period } = due;
    match tx.last_digest(kind, to)? {
        None => {
            let mark = tx.mark_of(now - SignedDuration::from_hours(24))?;
            tx.digest_done(Done { kind, to, period, mark })?;
            Ok(Turn::Over)
        }
        // a clock that was put back asks for days that are over
        Some(last) if last.period.get(..DATE) >= Some(period) => {
            if last.period.get(..DATE) > Some(house.digest.today(now).to_string().as_str()) {
                let day = &last.period;
                tracing::warn!(
                    "the clock was ahead: no {kind} before {day}, unless by `trackle digest --now`"
                );
            }
            Ok(Turn::Over)
        }
        Some(last) if tx.digest_done(Done { kind, to, period, mark: tx.mark(now)? })? => {
            Ok(Turn::Since(last.mark))
        }
        Some(_) => Ok(Turn::Over),
    }
}

/// Owes a digest to everybody at once, because somebody wants it; `since` goes back further than the last one. Gives
/// how many letters were owed. The next one at its time tells what happens from now on; it is also the way out after
/// a clock that was years ahead.
///
/// # Errors
/// Only for failures of ours; then nothing of it has happened.
pub fn owe_now(tx: &Tx<'_>, house: &House, since: Option<Date>, now: Timestamp) -> Outcome<usize> {
    let running = house.digest.period(now).unwrap_or_else(|| house.digest.today(now));
    let period = format!("{running} {now}");
    let mut owed = 0;
    for to in recipients(house) {
        let since = begin(tx, house, to, since, now)?;
        let due = Due { kind: KIND, to, period: &period };
        if tx.digest_done(Done { kind: KIND, to, period: &period, mark: tx.mark(now)? })? {
            owed += usize::from(tell(tx, house, due, since, now)?);
        }
    }
    Ok(owed)
}

/// The digest that the first recipient would get now, and whether it would be sent.
///
/// # Errors
/// Those of the database.
pub fn preview(tx: &Tx<'_>, house: &House, since: Option<Date>, now: Timestamp) -> Outcome<(Frozen, bool)> {
    let to = recipients(house).first().copied().unwrap_or(&house.robot.list);
    let since = begin(tx, house, to, since, now)?;
    let digest = tx.digest(&house.robot, &house.digest.zone, since, now)?;
    let goes = is_worth_it(&digest, house);
    let at = Moment { now, chain: tx.chain()?, language: None };
    let about = About::Digest { digest: Box::new(digest) };
    let letter = Letter { to: Recipient::Staff(to.clone()), about, event: 0, not_before: None };
    Ok((write::freeze(&letter, &house.robot, &house.wording, &at)?, goes))
}

fn recipients(house: &House) -> Vec<&Address> {
    if house.digest.to.is_empty() { vec![&house.robot.list] } else { house.digest.to.iter().collect() }
}

/// From where on a digest that is asked for tells: that day, the last digest, or a day ago.
fn begin(tx: &Tx<'_>, house: &House, to: &Address, since: Option<Date>, now: Timestamp) -> Outcome<Mark> {
    match since {
        Some(day) => {
            let at = house.digest.begin(day);
            tx.mark_of(at.ok_or_else(|| Fault::lasting(format!("{day} is out of reach")))?)
        }
        None => match tx.last_digest(KIND, to)? {
            Some(last) => Ok(last.mark),
            None => tx.mark_of(now - SignedDuration::from_hours(24)),
        },
    }
}

/// Owes the staff's digest, when there is something to say; gives whether there was.
fn tell(tx: &Tx<'_>, house: &House, due: Due<'_>, since: Mark, now: Timestamp) -> Outcome<bool> {
    let digest = tx.digest(&house.robot, &house.digest.zone, since, now)?;
    if !is_worth_it(&digest, house) {
        return Ok(false);
    }
    let about = About::Digest { digest: Box::new(digest) };
    owe(tx, house, due, Recipient::Staff(due.to.clone()), about, now)?;
    Ok(true)
}

/// Owes a letter that comes once in a period.
fn owe(tx: &Tx<'_>, house: &House, due: Due<'_>, to: Recipient, about: About, now: Timestamp) -> Outcome<()> {
    let cause = Cause { actor: "trackle".into(), proof: Proof::None.word().into(), intake: None, now };
    let detail = serde_json::json!({ "kind": due.kind, "period": due.period, "to": due.to.as_str() });
    let event = tx.add_raw_event(&cause, None, 0, "digest", &detail.to_string())?;
    freeze(tx, house, &Letter { to, about, event, not_before: None }, now)?;
    Ok(())
}

fn is_worth_it(digest: &Digest, house: &House) -> bool {
    house.digest.when_empty || !digest.is_empty()
}

#[cfg(test)]
mod tests;
