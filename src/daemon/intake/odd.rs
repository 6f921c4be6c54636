//! What is odd about a mailbox, and what is done about it: too much mail for an hour stays where it is, and staff are told,
//! once a day, of what only a person can set right. Nothing here throws a mail away.

use super::Held;
use crate::daemon::Hub;
use crate::fault::Outcome;
use crate::model::letter::Upset;
use crate::pipeline::notices;
use crate::store::tickets::hour;
use std::sync::Arc;

/// What mails taken in are counted as.
pub const TAKEN: &str = "taken";

/// Leaves in the mailbox what is too much for this hour, the newest of it; staff are told.
pub async fn leave_what_is_too_much(hub: &Arc<Hub>, name: &str, wanted: &mut Vec<Held>) -> Outcome<()> {
    let most = hub.house.robot.policy.mails_per_hour;
    let taken = hub.transact(|tx, hub| tx.count(TAKEN, "", hour(hub.now()))).await?;
    let room = most.saturating_sub(taken) as usize;
    let left = wanted.len().saturating_sub(room);
    if left > 0 {
        wanted.truncate(room);
        tell(hub, name, Upset::TooMuch { most, left }).await?;
    }
    Ok(())
}

/// Tells staff of something odd about the mailbox.
pub async fn tell(hub: &Arc<Hub>, name: &str, upset: Upset) -> Outcome<()> {
    let name = name.to_owned();
    let told = hub
        .transact(move |tx, hub| notices::tell_of_mailbox(tx, &hub.house, (&name, upset), hub.now()))
        .await?;
    if told {
        hub.letters.notify_one();
    }
    Ok(())
}
