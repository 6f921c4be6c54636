//! The loops: intake (one for each mailbox), engine, courier, clock and, where it is wanted, web; how they start, stop, and wake each other.
//! No loop waits for another's network. All of them share one database with one writer, behind [`Hub`].

pub mod answer;
pub mod api;
pub mod clock_tick;
pub mod courier;
pub mod engine;
pub mod hearing;
pub mod intake;
mod parts;
mod reading;
pub mod room;
pub mod web;

use crate::clock::Clock;
use crate::fault::{Fault, Outcome};
use crate::journal::Entry;
use crate::pipeline::House;
use crate::store::{Store, Tx};
use crate::witness::Witnesses;
use intake::Source;
use jiff::Timestamp;
pub use parts::{Ends, SESSIONS, SPOOL, ends, house, open, witnesses};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// How long loops may take to finish what they are doing when the program is told to stop.
const GRACE: Duration = Duration::from_secs(20);

/// What the loops share.
pub struct Hub {
    store: Mutex<Store>,
    pub house: House,
    pub clock: Arc<dyn Clock>,
    /// Who is asked about signatures; nobody unless [`Hub::asking`] says so.
    witnesses: Witnesses,
    /// Mails whose try was counted by mistake, while the disk would not take that back.
    tries_owed: Mutex<Vec<i64>>,
    /// Whether letters can go just now.
    pub door: courier::Door,
    /// Rung when raw mail was stored.
    pub mail: Notify,
    /// Rung when mails were handled.
    pub handled: Notify,
    /// Rung when letters were owed.
    pub letters: Notify,
}

impl Hub {
    /// Shares a store among loops.
    pub fn new(store: Store, house: House, clock: Arc<dyn Clock>) -> Hub {
        Hub {
            store: Mutex::new(store),
            house,
            clock,
            witnesses: Witnesses::default(),
            tries_owed: Mutex::default(),
            door: courier::Door::default(),
            mail: Notify::new(),
            handled: Notify::new(),
            letters: Notify::new(),
        }
    }
    /// The same, asking these about signatures.
    pub fn asking(self, witnesses: Witnesses) -> Hub {
        Hub { witnesses, ..self }
    }
    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
    /// The store, for as long as the guard lives; blocks.
    pub fn store(&self) -> MutexGuard<'_, Store> {
        // a panic while the lock was held rolled its transaction back; the store itself is sound
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// Mails whose tries the engine owes.
    fn tries_owed(&self) -> MutexGuard<'_, Vec<i64>> {
        self.tries_owed.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// Runs a transaction off the async threads.
    ///
    /// # Errors
    /// Those of the work, and of the disk.
    pub async fn transact<T: Send + 'static>(
        self: &Arc<Hub>,
        work: impl FnOnce(&Tx<'_>, &Hub) -> Outcome<T> + Send + 'static,
    ) -> Outcome<T> {
        let hub = Arc::clone(self);
        off_the_loop(move || hub.store().transact(|tx| work(tx, &hub))).await
    }
    /// Gives the store back once nobody else holds the hub. The loops have ended by then, but a transaction of theirs
    /// may still be under way on a thread that cannot be stopped.
    ///
    /// # Errors
    /// The hub itself, when somebody still holds it after `GRACE`.
    pub async fn into_store(mut self: Arc<Hub>) -> Result<Store, Arc<Hub>> {
        let end = tokio::time::Instant::now() + GRACE;
        loop {
            match Arc::try_unwrap(self) {
                Ok(hub) => return Ok(hub.store.into_inner().unwrap_or_else(PoisonError::into_inner)),
                Err(held) if tokio::time::Instant::now() >= end => return Err(held),
                Err(held) => self = held,
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Runs what blocks where it may.
///
/// # Errors
/// Those of the work; a panic in it is a passing fault.
pub async fn off_the_loop<T: Send + 'static>(
    work: impl FnOnce() -> Outcome<T> + Send + 'static,
) -> Outcome<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|e| Err(Fault::passing(format!("a worker thread ended: {e}"))))
}

/// Takes in, handles and sends everything there is, and returns. Gives the complaints of mailboxes and the courier.
///
/// # Errors
/// Those of the database.
pub async fn once(hub: &Arc<Hub>, mut ends: Ends) -> Outcome<Vec<String>> {
    let mut troubles = Vec::new();
    courier::reclaim(hub).await?;
    clock_tick::end_stale_locks(hub).await?;
    let mut sources = std::mem::take(&mut ends.sources);
    let mut quiet = false;
    while !quiet {
        let taken = AtomicBool::new(false);
        let (came, tried) = tokio::join!(
            take_in(hub, &mut sources, &mut troubles, &taken),
            handle_and_carry(hub, &mut ends, &taken)
        );
        quiet = came == 0 && tried? == 0;
        for (source, _) in &mut sources {
            if let Err(fault) = intake::mark_done(hub, source).await {
                troubles.push(fault.doing);
            }
        }
        let told = clock_tick::tell_of_stuck(hub).await?;
        let warned = clock_tick::warn(hub).await?;
        if clock_tick::owe_digests(hub).await? || told || warned {
            courier::round(hub, &mut ends, || true).await?;
            quiet = false;
        }
        if !troubles.is_empty() {
            break;
        }
    }
    for (source, _) in &mut sources {
        source.close_politely().await;
    }
    courier::close(&mut ends).await;
    let worker = Arc::clone(hub);
    let (mails, letters) = off_the_loop(move || {
        let store = worker.store();
        Ok((store.put_off_mails()?, store.put_off(worker.now())?))
    })
    .await?;
    match mails {
        0 => {}
        1 => troubles.push("1 mail waits for another try".into()),
        count => troubles.push(format!("{count} mails wait for another try")),
    }
    match letters {
        (0, _) => {}
        (1, said) => troubles.push(format!("1 letter waits for another try: {said}")),
        (count, said) => troubles.push(format!("{count} letters wait for another try; the last one: {said}")),
    }
    Ok(troubles)
}

/// Takes in what every mailbox holds; gives how many mails came. `done` is set, and the engine woken, at the end.
async fn take_in(
    hub: &Arc<Hub>,
    sources: &mut [(Source, Duration)],
    troubles: &mut Vec<String>,
    done: &AtomicBool,
) -> usize {
    let mut came = 0;
    for (source, _) in sources {
        match intake::take_in(hub, source).await {
            Ok(count) => came += count,
            Err(fault) => troubles.push(fault.doing),
        }
    }
    done.store(true, Ordering::Release);
    hub.mail.notify_one();
    came
}

/// Handles all mail that waits or comes until `taken` is set, and meanwhile carries the letters that are owed for it.
/// Gives how many were tried.
async fn handle_and_carry(hub: &Arc<Hub>, ends: &mut Ends, taken: &AtomicBool) -> Outcome<usize> {
    let handled = AtomicBool::new(false);
    let handle = async {
        loop {
            // asked before the round, so that the last one sees all mails
            let last = taken.load(Ordering::Acquire);
            if engine::round(hub).await? > 0 {
                continue;
            }
            if last {
                break;
            }
            hub.mail.notified().await;
        }
        handled.store(true, Ordering::Release);
        hub.letters.notify_one();
        Ok::<_, Fault>(())
    };
    let carry = async {
        let mut tried = 0;
        loop {
            // asked before the round, so that the last one sees all letters
            let last = handled.load(Ordering::Acquire);
            let now = courier::round(hub, ends, || true).await?;
            tried += now;
            if last {
                return Ok::<_, Fault>(tried);
            }
            if now == 0 {
                hub.letters.notified().await;
            }
        }
    };
    let ((), tried) = tokio::try_join!(handle, carry)?;
    Ok(tried)
}

/// Why the loops ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Told to stop.
    Stop,
    /// Told to read the configuration again.
    Reload,
}

/// Runs the loops until told to stop or to reload.
///
/// # Errors
/// Those of the database that do not pass.
pub async fn run(hub: &Arc<Hub>, ends: Ends, mut told: watch::Receiver<Option<Ended>>) -> Outcome<Ended> {
    courier::reclaim(hub).await?;
    hub.transact(|tx, _| tx.hurry()).await?;
    let (stop, stopping) = watch::channel(false);
    let mut tasks = tokio::task::JoinSet::new();
    let Ends { sources, carrier, bounce_address, web } = ends;
    for (source, poll) in sources {
        tasks.spawn(intake::run(Arc::clone(hub), source, poll, stopping.clone()));
    }
    tasks.spawn(engine::run(Arc::clone(hub), stopping.clone()));
    let out = Ends { sources: Vec::new(), carrier, bounce_address, web: None };
    tasks.spawn(courier::run(Arc::clone(hub), out, stopping.clone()));
    tasks.spawn(clock_tick::run(Arc::clone(hub), stopping.clone()));
    if let Some(listen) = web {
        tasks.spawn(web::run(Arc::clone(hub), listen, stopping.clone()));
    }
    let ended = loop {
        if let Some(ended) = *told.borrow_and_update() {
            break ended;
        }
        tokio::select! {
            changed = told.changed() => if changed.is_err() { break Ended::Stop },
            Some(task) = tasks.join_next() => {
                // a loop ends by itself only when it broke: better to start anew than to live on half deaf
                stop.send_replace(true);
                return Err(Fault::passing(match task {
                    Ok(()) => "a loop ended by itself".into(),
                    Err(e) => format!("a loop broke: {e}"),
                }));
            }
        }
    };
    if ended == Ended::Stop {
        Entry::Stopping.note();
    }
    stop.send_replace(true);
    hub.mail.notify_waiters();
    hub.letters.notify_waiters();
    let finish = async { while tasks.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(GRACE, finish).await;
    tasks.shutdown().await;
    Ok(ended)
}

/// Waits until the flag is set.
pub async fn stopped(flag: &mut watch::Receiver<bool>) {
    // the sender lives as long as the loops; if it is gone, that is a stop too
    let _ = flag.wait_for(|stop| *stop).await;
}
