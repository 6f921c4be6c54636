//! What was done in the name of a member of staff, told to that member once a day: at the address that gets his mail,
//! whatever address was written from. A day on which nothing was done has no letter.

use super::super::House;
use super::{Due, Turn, owe, turn};
use crate::fault::Outcome;
use crate::model::digest::Days;
use crate::model::letter::{About, Recipient};
use crate::model::person::Member;
use crate::model::roundup::Own;
use crate::store::Tx;
use crate::store::digest::Mark;
use jiff::Timestamp;

/// What comes once in a period.
const KIND: &str = "own";

/// Owes each member the letter of this day, if something was done; gives how many were owed.
///
/// # Errors
/// Only for failures of ours; then nothing of it has happened.
pub fn owe_due(tx: &Tx<'_>, house: &House, now: Timestamp) -> Outcome<usize> {
    let day = house.digest.period_of(Days::Daily, now).filter(|_| house.digest.own);
    let Some(day) = day else { return Ok(0) };
    let period = day.to_string();
    let mut owed = 0;
    for member in &house.robot.members {
        let due = Due { kind: KIND, to: &member.address, period: &period };
        if let Turn::Since(since) = turn(tx, house, due, now)?
            && let Some(own) = acts(tx, house, member, since, now)?
        {
            let about = About::Own { own: Box::new(own) };
            owe(tx, house, due, Recipient::Staff(member.address.clone()), about, now)?;
            owed += 1;
        }
    }
    Ok(owed)
}

/// What was done in his name, if anything was.
fn acts(tx: &Tx<'_>, house: &House, member: &Member, since: Mark, now: Timestamp) -> Outcome<Option<Own>> {
    let (acts, more) = tx.own(member, since.event)?;
    let (zone, login) = (house.digest.zone.clone(), member.login.clone());
    Ok((!acts.is_empty()).then_some(Own { since: since.at, now, zone, login, acts, more }))
}
