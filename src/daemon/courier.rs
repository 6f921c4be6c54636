//! The courier's loop: takes letters that are due, carries them one by one, notes each result before the next is
//! fetched. The try is on disk before the attempt, `sent` only after the server's yes.

use super::{Ends, Hub, off_the_loop, stopped};
use crate::fault::Outcome;
use crate::journal::Entry;
use crate::pipeline;
use crate::send::courier::{Courier, Delivery, Parcel, Trouble};
use crate::send::retry::{self, Next};
use crate::store::Tx;
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
        let mut carried = Vec::new();
        while let Some(letter) = waiting.next() {
            tried += 1;
            carried.push(carry(hub, ends, letter).await);
            // where a second copy would be a second letter, each is noted before the next goes
            if ends.carrier.replaces() && !carried.iter().any(Carried::locks) {
                continue;
            }
            if let Some(until) = note(hub, std::mem::take(&mut carried)).await? {
                // the door is locked for all of them
                let rest: Vec<i64> = waiting.map(|l| l.id).collect();
                hub.transact(move |tx, _| tx.unlease(&rest, until)).await?;
                return Ok(tried);
            }
        }
        note(hub, carried).await?;
    }
    Ok(tried)
}

/// A letter that was carried, or not, and what that means for it.
struct Carried {
    letter: Leased,
    next: Next,
    said: String,
    at: Timestamp,
}

impl Carried {
    fn locks(&self) -> bool {
        matches!(self.next, Next::LockCourier { .. })
    }
}

/// Carries one letter.
async fn carry(hub: &Arc<Hub>, ends: &mut Ends, letter: Leased) -> Carried {
    let from = match (&letter.envelope_from, &ends.bounce_address) {
        (Some(_), Some(insisted)) => Some(insisted.clone()),
        (from, _) => from.clone(),
    };
    let parcel = Parcel { id: letter.id, from, to: letter.to.clone(), bytes: letter.bytes.clone() };
    let delivery = ends.carrier.carry(&parcel).await;
    let at = hub.now();
    let jitter = 0.4 * rand::random::<f64>() - 0.2;
    let next = retry::next(&delivery, letter.tries, letter.queued, at, jitter);
    if let Delivery::Unknown(_) = delivery {
        Entry::LetterMaybeTwice { outbox: letter.id }.note();
    }
    Carried { said: words(&delivery), letter, next, at }
}

/// Notes what became of letters, in one transaction. Gives until when the server lets nobody in, if so.
async fn note(hub: &Arc<Hub>, carried: Vec<Carried>) -> Outcome<Option<Timestamp>> {
    if carried.is_empty() {
        return Ok(None);
    }
    let worker = Arc::clone(hub);
    off_the_loop(move || {
        worker.store().transact(|tx| carried.iter().try_for_each(|one| settle(tx, &worker, one)))?;
        // logged after the commit: the log does not tell what a crash takes back
        Ok(carried.iter().fold(None, |locked, one| told(one).or(locked)))
    })
    .await
}

fn settle(tx: &Tx<'_>, hub: &Hub, Carried { letter, next, said, at }: &Carried) -> Outcome<()> {
    let said = said.clone();
    let settled = match next {
        Next::Done => Settled::Sent { said },
        Next::At(due) | Next::LockCourier { until: due } => Settled::Later { said, at: *due },
        Next::GiveUp { .. } => Settled::Failed { said },
    };
    tx.settle(letter.id, &settled, *at)?;
    match settled {
        // letters about letters that failed are not followed by letters about those
        Settled::Failed { said } if letter.kind != "undelivered" && letter.kind != "quarantined" => {
            let ticket = tx.ticket_of_letter(letter.id)?;
            pipeline::tell_of_undelivered(tx, &hub.house, ticket, letter.to.as_str(), &said, *at)
        }
        _ => Ok(()),
    }
}

/// Logs what became of a letter. Gives until when the server lets nobody in, if so.
fn told(Carried { letter, next, said, .. }: &Carried) -> Option<Timestamp> {
    let outbox = letter.id;
    match next {
        Next::Done => Entry::LetterSent { outbox }.note(),
        Next::At(at) => Entry::LetterLater { outbox, why: said, at: *at }.note(),
        Next::GiveUp { .. } => Entry::LetterGivenUp { outbox, why: said }.note(),
        Next::LockCourier { until } => {
            Entry::CourierLocked { why: said, until: *until }.note();
            return Some(*until);
        }
    }
    None
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
