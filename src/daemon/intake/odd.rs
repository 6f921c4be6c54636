//! What is odd about a mailbox, and what is done about it: too much mail for an hour stays where it is, a mail under a
//! number that another one had is taken in beside it, and staff are told, once a day, of what only a person can set right.
//! Nothing here throws a mail away.

use super::{Held, Source, batch_length, fetch_batch, pack};
use crate::daemon::{Hub, off_the_loop};
use crate::fault::Outcome;
use crate::model::letter::Upset;
use crate::pipeline::notices;
use crate::store::renumbered::Listed;
use crate::store::spool::Cursor;
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

/// Of a whole listing, what may be other mails than those that are kept under their numbers.
pub async fn renumbered(hub: &Arc<Hub>, cursor: Cursor, entries: &[Held]) -> Outcome<Vec<Held>> {
    let entries = entries.to_vec();
    let hub = Arc::clone(hub);
    off_the_loop(move || {
        let listed = |e: &Held| Listed { uid: e.uid.clone(), size: e.size, arrived: e.arrived };
        let all: Vec<Listed> = entries.iter().map(listed).collect();
        let doubtful = hub.store().doubtful(cursor, &all)?;
        Ok(entries
            .into_iter()
            .zip(doubtful)
            .filter_map(|(entry, doubtful)| doubtful.then_some(entry))
            .collect())
    })
    .await
}

/// Looks at those, and takes in which are indeed others.
pub async fn take_renumbered(
    hub: &Arc<Hub>,
    source: &mut Source,
    cursor: Cursor,
    entries: &[Held],
) -> Outcome<()> {
    let mut rest = entries;
    while !rest.is_empty() {
        let (batch, after) = rest.split_at(batch_length(rest));
        rest = after;
        let (fetched, _) = fetch_batch(source, cursor, batch).await?;
        let packed = off_the_loop(move || Ok(pack(fetched))).await?;
        let taken = hub.transact(move |tx, hub| {
            let mut taken = 0;
            for mail in &packed {
                taken += usize::from(tx.keep_instead(cursor, mail, hub.now())?.is_some());
            }
            Ok(taken)
        });
        let taken = taken.await?;
        if taken > 0 {
            tracing::warn!("{taken} mails lie under numbers that other mails had; they are taken in, too");
            hub.mail.notify_one();
        }
    }
    Ok(())
}
