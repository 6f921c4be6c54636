//! A ticket from elsewhere on its way into the database, in one transaction: its rows, and what makes its mails known, so that
//! one that comes again is told from a new one, and its sessions found. Decides nothing and owes no letter.

use super::{copies, session};
use crate::fault::Outcome;
use crate::model::carried::Carried;
use crate::read;
use crate::store::Tx;
use crate::store::bring::Brought;
use jiff::Timestamp;

/// Brings it.
///
/// # Errors
/// Those of the database; what is no address, no state.
pub fn bring(tx: &Tx<'_>, ticket: &Carried, now: Timestamp) -> Outcome<Brought> {
    let brought = tx.bring(ticket, now)?;
    for (intake, place) in &brought.mails {
        let raw = ticket.mails.get(*place).and_then(|mail| mail.raw.as_ref());
        let Some(mail) = raw.and_then(|raw| read::mail(&raw.0).ok()) else { continue };
        copies::remember(tx, *intake, &mail, &copies::print(&mail))?;
    }
    for number in &brought.sessions {
        session::index(tx, *number)?;
    }
    Ok(brought)
}
