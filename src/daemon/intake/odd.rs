//! What is odd about a mailbox, and what is done about it: too much mail for an hour stays where it is, and staff are told,
//! once a day, of what only a person can set right. Nothing here throws a mail away.

use super::Source;
use crate::daemon::{Hub, room};
use crate::fault::Outcome;
use crate::model::letter::Upset;
use crate::pipeline::notices;
use crate::store::tickets::hour;
use std::sync::Arc;

/// What mails taken in are counted as. One whose bytes are known is none: a whole folder that was numbered anew comes again
/// without keeping new mail waiting for hours.
pub const TAKEN: &str = "taken";

/// How many more mails may come within this hour.
pub async fn room(hub: &Arc<Hub>) -> Outcome<usize> {
    let taken = hub.transact(|tx, hub| tx.count(TAKEN, "", hour(hub.now()))).await?;
    Ok(hub.house.robot.policy.mails_per_hour.saturating_sub(taken) as usize)
}

/// Tells staff of mails that were left, and of those that carry our own mark and were not known.
pub async fn tell_of_all(hub: &Arc<Hub>, name: &str, (left, forgotten): (usize, usize)) -> Outcome<()> {
    if left > 0 {
        let most = hub.house.robot.policy.mails_per_hour;
        tell(hub, name, Upset::TooMuch { most, left }).await?;
    }
    if forgotten > 0 {
        tell(hub, name, Upset::Forgotten { count: forgotten }).await?;
    }
    Ok(())
}

/// Tells staff that a mailbox has not worked for so many minutes, and what the last try came to. Of a full disk they have
/// heard already.
pub async fn tell_of_trouble(hub: &Arc<Hub>, source: &Source, (minutes, doing): (i64, String)) {
    if room::lacking(hub, source.largest()).await.is_ok_and(|lacking| lacking.is_some()) {
        return;
    }
    if let Err(fault) = tell(hub, &source.name(), Upset::Away { minutes, doing }).await {
        tracing::error!("telling staff of a mailbox in trouble: {fault}");
    }
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
