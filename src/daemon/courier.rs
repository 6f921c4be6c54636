//! The courier's loop: takes letters that are due, carries them one by one, notes each result before the next is
//! fetched. The try is on disk before the attempt, `sent` only after the server's yes.

use super::{Ends, Hub, off_the_loop, stopped};
use crate::fault::Outcome;
use crate::journal::Entry;
use crate::pipeline;
use crate::send::courier::{Courier, Delivery, Parcel, Trouble};
use crate::send::retry::{self, Next};
use crate::store::outbox::{Leased, Settled};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;

/// Letters taken at a time.
const LEASE: usize = 20;
/// How long the loop rests when the database fails.
const REST: Duration = Duration::from_secs(5);

/// Carries until told to stop.
pub async fn run(hub: Arc<Hub>, mut ends: Ends, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let woken = hub.letters.notified();
        match round(&hub, &mut ends, LEASE).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(fault) => {
                tracing::error!("sending letters: {fault}; trying again in {} s", REST.as_secs());
                tokio::select! { () = sleep(REST) => {}, () = stopped(&mut stop) => break }
                continue;
            }
        }
        let idle = idle_for(&hub);
        let ended = tokio::select! {
            () = woken => false,
            () = rest(&mut ends, idle) => false,
            () = stopped(&mut stop) => true,
        };
        if ended {
            break;
        }
    }
    close(&mut ends).await;
}

/// Sleeps; a connection that nobody needs for a while is given back.
async fn rest(ends: &mut Ends, idle: Duration) {
    let short = Duration::from_secs(30).min(idle);
    sleep(short).await;
    if idle > short {
        close(ends).await;
        sleep(idle - short).await;
    }
}

fn idle_for(hub: &Hub) -> Duration {
    let due = hub.store().next_letter().ok().flatten();
    let seconds = due.map_or(60, |at| at.as_second() - hub.now().as_second());
    Duration::from_secs(seconds.clamp(1, 60).unsigned_abs())
}

/// Ends the connection.
pub async fn close(ends: &mut Ends) {
    ends.carrier.close().await;
}

/// Letters that were being sent when the program ended last time go again; each may arrive twice, and is logged.
///
/// # Errors
/// Those of the database.
pub async fn reclaim(hub: &Arc<Hub>) -> Outcome<()> {
    for outbox in hub.transact(|tx, _| tx.reclaim()).await? {
        Entry::LetterMaybeTwice { outbox }.note();
    }
    Ok(())
}

/// Carries due letters, at most `most`; gives how many were tried.
///
/// # Errors
/// Those of the database.
pub async fn round(hub: &Arc<Hub>, ends: &mut Ends, most: usize) -> Outcome<usize> {
    let mut tried = 0;
    while tried < most {
        let leased = hub.transact(|tx, hub| tx.lease(hub.now(), LEASE)).await?;
        if leased.is_empty() {
            break;
        }
        let mut waiting = leased.into_iter();
        while let Some(letter) = waiting.next() {
            tried += 1;
            if let Some(until) = carry(hub, ends, letter).await? {
                // the door is locked for all of them
                let rest: Vec<i64> = waiting.map(|l| l.id).collect();
                hub.transact(move |tx, _| tx.unlease(&rest, until)).await?;
                return Ok(tried);
            }
        }
    }
    Ok(tried)
}

/// Carries one letter and notes what became of it. Gives until when the server lets nobody in, if so.
async fn carry(hub: &Arc<Hub>, ends: &mut Ends, letter: Leased) -> Outcome<Option<Timestamp>> {
    let from = match (&letter.envelope_from, &ends.bounce_address) {
        (Some(_), Some(insisted)) => Some(insisted.clone()),
        (from, _) => from.clone(),
    };
    let parcel = Parcel { id: letter.id, from, to: letter.to.clone(), bytes: letter.bytes.clone() };
    let delivery = ends.carrier.carry(&parcel).await;
    let now = hub.now();
    let jitter = 0.4 * rand::random::<f64>() - 0.2;
    let next = retry::next(&delivery, letter.tries, letter.queued, now, jitter);
    let said = words(&delivery);
    let worker = Arc::clone(hub);
    let id = letter.id;
    if let Delivery::Unknown(_) = delivery {
        Entry::LetterMaybeTwice { outbox: id }.note();
    }
    off_the_loop(move || settle(&worker, &letter, &next, said, now)).await
}

fn settle(
    hub: &Hub,
    letter: &Leased,
    next: &Next,
    said: String,
    now: Timestamp,
) -> Outcome<Option<Timestamp>> {
    let id = letter.id;
    match next {
        Next::Done => {
            hub.store().transact(|tx| tx.settle(id, &Settled::Sent { said }, now))?;
            Entry::LetterSent { outbox: id }.note();
        }
        Next::At(at) => {
            hub.store().transact(|tx| tx.settle(id, &Settled::Later { said: said.clone(), at: *at }, now))?;
            Entry::LetterLater { outbox: id, why: &said, at: *at }.note();
        }
        Next::LockCourier { until } => {
            hub.store()
                .transact(|tx| tx.settle(id, &Settled::Later { said: said.clone(), at: *until }, now))?;
            Entry::CourierLocked { why: &said, until: *until }.note();
            return Ok(Some(*until));
        }
        Next::GiveUp { .. } => {
            hub.store().transact(|tx| {
                tx.settle(id, &Settled::Failed { said: said.clone() }, now)?;
                // letters about letters that failed are not followed by letters about those; and a direct answer that
                // does not arrive is the matter of whoever wrote: staff are not told of strangers with forged senders
                let about_letters = letter.kind == "undelivered" || letter.kind == "quarantined";
                if about_letters || letter.envelope_from.is_none() {
                    return Ok(());
                }
                let ticket = tx.ticket_of_letter(id)?;
                pipeline::tell_of_undelivered(tx, &hub.house, ticket, letter.to.as_str(), &said, now)
            })?;
            Entry::LetterGivenUp { outbox: id, why: &said }.note();
        }
    }
    Ok(None)
}

fn words(delivery: &Delivery) -> String {
    match delivery {
        Delivery::Sent(said) => said.clone(),
        Delivery::Later(t) | Delivery::Refused(t) | Delivery::Unknown(t) | Delivery::Locked(t) => trouble(t),
    }
}

fn trouble(trouble: &Trouble) -> String {
    if trouble.code == 0 { trouble.text.clone() } else { format!("{} {}", trouble.code, trouble.text) }
}
