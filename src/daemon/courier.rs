//! The courier's loop: takes letters that are due, carries them one by one, notes each result before the next is
//! fetched. The try is on disk before the attempt, `sent` only after the server's yes.

use super::{Ends, Hub, off_the_loop, stopped};
use crate::fault::Outcome;
use crate::journal::Entry;
use crate::pipeline::{House, notices, reach};
use crate::send::courier::{Courier, Delivery, Parcel, Trouble};
use crate::send::retry::{self, Next};
use crate::store::Tx;
use crate::store::outbox::{Leased, Settled};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;

/// Letters taken at a time.
const LEASE: usize = 20;
/// Letters taken at a time where they are settled together.
const LEASE_TOGETHER: usize = 200;
/// When a letter that was carried but could not be settled is carried again.
const UNSETTLED: SignedDuration = SignedDuration::from_mins(5);
/// How often it is tried to note what became of letters, with a rest between; then they stay as being sent until the
/// next start, when they go again.
const NOTE_TRIES: u32 = 60;
/// Seconds for which the way out may be closed.
const LONGEST_CLOSED: i64 = 3_600;
/// Letters about letters.
const ABOUT_LETTERS: [&str; 3] = ["undelivered", "quarantined", "complained"];
/// How long the loop rests when the database fails.
const REST: Duration = Duration::from_secs(5);

/// Whether the way out is open: when nobody answers, or the server lets nobody in, a thousand letters need not find
/// that out one by one.
#[derive(Debug, Default)]
pub struct Door {
    /// Seconds since 1970; 0 while it is open.
    opens: AtomicI64,
}

impl Door {
    fn is_closed(&self, now: Timestamp) -> bool {
        let opens = self.opens.load(Ordering::Acquire);
        // a clock that was set back must not keep it closed for longer than it was ever meant to be
        opens > now.as_second() && opens - now.as_second() <= LONGEST_CLOSED
    }
    fn opens(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.opens.load(Ordering::Acquire)).ok().filter(|at| at.as_second() > 0)
    }
    fn close(&self, until: Option<Timestamp>) {
        self.opens.store(until.map_or(0, Timestamp::as_second), Ordering::Release);
    }
}

/// Carries until told to stop.
pub async fn run(hub: Arc<Hub>, mut ends: Ends, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let woken = hub.letters.notified();
        match round(&hub, &mut ends, || !*stop.borrow()).await {
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
    let due = due.map(|at| hub.door.opens().map_or(at, |opens| at.max(opens)));
    let seconds = due.map_or(60, |at| at.as_second() - hub.now().as_second());
    Duration::from_secs(seconds.clamp(1, 60).unsigned_abs())
}

/// Ends the connection.
pub async fn close(ends: &mut Ends) {
    ends.carrier.close().await;
}

/// Letters that were being sent when the program ended last time go again; each may arrive twice, and is logged. What a
/// wrong clock put off for too long is due again.
///
/// # Errors
/// Those of the database.
pub async fn reclaim(hub: &Arc<Hub>) -> Outcome<()> {
    let reclaimed = hub.transact(|tx, hub| {
        tx.mend_waits(hub.now())?;
        tx.reclaim()
    });
    for outbox in reclaimed.await? {
        Entry::LetterMaybeTwice { outbox }.note();
    }
    Ok(())
}

/// Carries due letters; gives how many were tried. `go_on` is asked before each one: what is left when it says no is
/// given back untried.
///
/// # Errors
/// Those of the database.
pub async fn round(hub: &Arc<Hub>, ends: &mut Ends, go_on: impl Fn() -> bool) -> Outcome<usize> {
    let mut tried = 0;
    while go_on() && !hub.door.is_closed(hub.now()) {
        let together = ends.carrier.replaces();
        let some = if together { LEASE_TOGETHER } else { LEASE };
        let leased = hub.transact(move |tx, hub| take(tx, hub, some)).await?;
        if leased.is_empty() {
            break;
        }
        let mut waiting = leased.into_iter();
        let mut carried = Vec::new();
        while let Some(letter) = waiting.next() {
            if !go_on() {
                settle_and_note(hub, ends, carried).await?;
                let rest: Vec<i64> = std::iter::once(letter).chain(waiting).map(|l| l.id).collect();
                hub.transact(move |tx, _| tx.unlease(&rest, Timestamp::UNIX_EPOCH)).await?;
                return Ok(tried);
            }
            tried += 1;
            carried.push(carry(hub, ends, letter).await);
            // where a second copy would be a second letter, each is noted before the next goes
            if together && !carried.iter().any(|one| one.closes().is_some()) {
                continue;
            }
            let noted = note(hub, std::mem::take(&mut carried)).await;
            if let Ok(None) = noted {
                continue;
            }
            // the door is locked for all of them, or what becomes of them could not be noted
            let until = noted.as_ref().ok().copied().flatten().unwrap_or_else(|| hub.now());
            let rest: Vec<i64> = waiting.map(|l| l.id).collect();
            hub.transact(move |tx, _| tx.unlease(&rest, until)).await?;
            return noted.map(|_| tried);
        }
        settle_and_note(hub, ends, carried).await?;
    }
    Ok(tried)
}

/// Takes due letters; staff hear of those that are damaged, and that letter goes with the rest.
fn take(tx: &Tx<'_>, hub: &Hub, most: usize) -> Outcome<Vec<Leased>> {
    let leased = tx.lease(hub.now(), most)?;
    let damaged = notices::tell_of_damaged(tx, &hub.house, hub.now())?;
    if leased.is_empty() && damaged > 0 { tx.lease(hub.now(), most) } else { Ok(leased) }
}

/// Notes letters that were carried together, once they are safe.
async fn settle_and_note(hub: &Arc<Hub>, ends: &mut Ends, mut carried: Vec<Carried>) -> Outcome<()> {
    if carried.is_empty() {
        return Ok(());
    }
    if let Err(trouble) = ends.carrier.settle().await {
        carried.iter_mut().for_each(|one| one.unsettle(&trouble));
    }
    note(hub, carried).await.map(|_| ())
}

/// A letter that was carried, or not, and what that means for it.
struct Carried {
    letter: Leased,
    next: Next,
    said: String,
    at: Timestamp,
    /// What the try counts against the address.
    half_points: u8,
}

impl Carried {
    /// It may be lost with the next power cut, so it has to go again.
    fn unsettle(&mut self, trouble: &Trouble) {
        if let Next::Done = self.next {
            self.next = Next::At(self.at + UNSETTLED);
            self.said.clone_from(&trouble.text);
        }
    }
    /// Until when nothing else needs to try.
    fn closes(&self) -> Option<Timestamp> {
        match self.next {
            Next::LockCourier { until } | Next::Away { others: until, .. } => Some(until),
            _ => None,
        }
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
    Carried { said: words(&delivery), letter, next, at, half_points: retry::half_points(&delivery) }
}

/// Notes what became of letters, in one transaction. Gives until when the server lets nobody in, if so. What is out
/// must not go again only because the disk is full just now, so this is tried for minutes.
async fn note(hub: &Arc<Hub>, carried: Vec<Carried>) -> Outcome<Option<Timestamp>> {
    let carried = Arc::new(carried);
    let mut tries = 0;
    loop {
        let (worker, these) = (Arc::clone(hub), Arc::clone(&carried));
        let noted = off_the_loop(move || {
            worker.store().transact(|tx| these.iter().try_for_each(|one| settle(tx, &worker, one)))
        });
        match noted.await {
            // logged after the commit: the log does not tell what a crash takes back
            Ok(()) => {
                carried.iter().for_each(told);
                let closed = carried.iter().filter_map(Carried::closes).max();
                hub.door.close(closed);
                return Ok(closed);
            }
            Err(fault) if fault.again && tries < NOTE_TRIES => {
                tries += 1;
                tracing::error!("noting what became of {} letters: {fault}; trying again", carried.len());
                sleep(REST).await;
            }
            Err(fault) => return Err(fault),
        }
    }
}

fn settle(tx: &Tx<'_>, hub: &Hub, carried: &Carried) -> Outcome<()> {
    let Carried { letter, next, said, at, half_points } = carried;
    // somebody in it was erased meanwhile: what the server said of it would bring his address back
    if !tx.is_being_sent(letter.id)? {
        return Ok(());
    }
    let said = said.clone();
    // most direct answers that fail went to addresses that somebody made up
    if letter.envelope_from.is_some() {
        reach::count(tx, &hub.house.robot, (&letter.to, *half_points), &reach::by_itself(*at))?;
    }
    match next {
        Next::Done => tx.settle(letter.id, &Settled::Sent { said }, *at),
        Next::At(due) | Next::LockCourier { until: due } | Next::Away { at: due, .. } => {
            tx.settle(letter.id, &Settled::Later { said, at: *due }, *at)
        }
        Next::GiveUp { .. } => give_up(tx, &hub.house, letter, &said, *at),
    }
}

/// Closes a letter that will never arrive, and owes staff a word about it.
///
/// # Errors
/// Those of the database.
pub fn give_up(tx: &Tx<'_>, house: &House, letter: &Leased, said: &str, now: Timestamp) -> Outcome<()> {
    tx.settle(letter.id, &Settled::Failed { said: said.to_owned() }, now)?;
    // Letters about letters that failed are not followed by letters about those. A direct automatic answer is missed
    // by nobody, and most of those that fail went to addresses that somebody made up.
    if letter.envelope_from.is_none() || ABOUT_LETTERS.contains(&letter.kind.as_str()) {
        return Ok(());
    }
    let told = tx.part(|tx| {
        let ticket = tx.ticket_of_letter(letter.id)?;
        notices::tell_of_undelivered(tx, house, ticket, letter.to.as_str(), said, now)
    });
    match told {
        Err(fault) if !fault.again => {
            tracing::error!("telling staff that letter {} failed: {fault}", letter.id)
        }
        told => return told,
    }
    Ok(())
}

/// Logs what became of a letter.
fn told(Carried { letter, next, said, .. }: &Carried) {
    let outbox = letter.id;
    match next {
        Next::Done => Entry::LetterSent { outbox }.note(),
        Next::At(at) | Next::Away { at, .. } => Entry::LetterLater { outbox, why: said, at: *at }.note(),
        Next::GiveUp { .. } => Entry::LetterGivenUp { outbox, why: said }.note(),
        Next::LockCourier { until } => Entry::CourierLocked { why: said, until: *until }.note(),
    }
}

fn words(delivery: &Delivery) -> String {
    match delivery {
        Delivery::Sent(said) => said.clone(),
        Delivery::Later(t)
        | Delivery::Away(t)
        | Delivery::Refused(t)
        | Delivery::Unknown(t)
        | Delivery::Locked(t) => trouble(t),
    }
}

fn trouble(trouble: &Trouble) -> String {
    if trouble.code == 0 { trouble.text.clone() } else { format!("{} {}", trouble.code, trouble.text) }
}
