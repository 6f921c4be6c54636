//! The end of a subscription by link (RFC 8058): the code of a List-Unsubscribe field comes in, and is all the proof there
//! is; the decision is the one that the same code gets by mail. No letter follows: the reader has pressed a button and
//! sees what came of it.

use super::House;
use crate::decide::unsubscribe::unsubscribe;
use crate::fault::Outcome;
use crate::model::ticket::Number;
use crate::store::Tx;
use crate::store::events::Cause;
use crate::store::tickets::SeenBy;
use jiff::Timestamp;

/// The word of this proof in events.
const PROOF: &str = "link";

/// The ticket that a code is for (none: all whose news come gathered), if we gave it out to somebody.
pub fn ticket_of(house: &House, code: &str) -> Option<Option<Number>> {
    house.robot.seal.open_leave(code).map(|(ticket, _)| ticket)
}

/// Ends what the code's owner follows; gives the ticket, also when he did not follow it any more, and nothing for a code
/// that we never gave out.
///
/// # Errors
/// Those of the database.
pub fn by_link(tx: &Tx<'_>, house: &House, code: &str, now: Timestamp) -> Outcome<Option<Option<Number>>> {
    let Some((ticket, person)) = house.robot.seal.open_leave(code) else { return Ok(None) };
    let Some(person) = tx.person_numbered(person)? else { return Ok(None) };
    let all = ticket.map_or_else(|| tx.gathered(person.id), |ticket| Ok(vec![ticket]))?;
    let views = all.into_iter().map(|ticket| tx.view(ticket, now)).collect::<Outcome<Vec<_>>>()?;
    let decision = unsubscribe(ticket, &person, &views.iter().flatten().collect::<Vec<_>>());
    let cause = Cause { actor: person.address.key(), proof: PROOF.into(), intake: None, now };
    for filing in &decision.filings {
        tx.file(filing, None, &person, &cause, SeenBy::default())?;
    }
    Ok(Some(ticket))
}
