//! The engine: takes raw mail that waits, counts the try, has it read, and runs the pipeline on each, many
//! to one disk sync but each mail alone in its part of the transaction. What a mail breaks, breaks that mail only.

use super::reading::{self, Item};
use super::{Hub, off_the_loop, stopped};
use crate::fault::{Fault, Outcome};
use crate::journal::Entry;
use crate::limits;
use crate::model::decision::End;
use crate::model::kind::Kind;
use crate::pipeline::{self, Trace};
use crate::store::Tx;
use crate::store::spool::{Packed, Waiting};
use jiff::{SignedDuration, Timestamp};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;

/// How long a mail waits after a failure of ours that may pass.
const POSTPONED: SignedDuration = SignedDuration::from_secs(60);
/// How long the engine rests when the database itself fails.
const REST: Duration = Duration::from_secs(5);

/// Works until told to stop.
pub async fn run(hub: Arc<Hub>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let woken = hub.mail.notified();
        match round(&hub).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(fault) => {
                tracing::error!("handling mail: {fault}; trying again in {} s", REST.as_secs());
                tokio::select! { () = sleep(REST) => {}, () = stopped(&mut stop) => return }
                continue;
            }
        }
        let until_due = idle_for(&hub);
        tokio::select! { () = woken => {}, () = sleep(until_due) => {}, () = stopped(&mut stop) => return }
    }
}

fn idle_for(hub: &Hub) -> Duration {
    let due = hub.store().next_due().ok().flatten();
    let seconds = due.map_or(60, |at| at.as_second() - hub.now().as_second());
    Duration::from_secs(seconds.clamp(1, 60).unsigned_abs())
}

/// Handles one batch; gives the number of mails in it.
///
/// # Errors
/// Those of the database; then the batch is still waiting.
pub async fn round(hub: &Arc<Hub>) -> Outcome<usize> {
    let worker = Arc::clone(hub);
    let done = off_the_loop(move || batch(&worker)).await?;
    if done > 0 {
        hub.handled.notify_waiters();
        hub.letters.notify_one();
    }
    Ok(done)
}

/// Gives tries back that were counted for a batch of which nothing happened. What a full disk refuses is kept in mind
/// for the next time, so that three such hours do not send sound mails to quarantine.
fn give_tries_back(hub: &Hub, now: Timestamp) -> Outcome<()> {
    let owed = std::mem::take(&mut *hub.tries_owed());
    if owed.is_empty() {
        return Ok(());
    }
    let given =
        hub.store().transact(|tx| owed.iter().try_for_each(|intake| tx.postpone(*intake, now + POSTPONED)));
    if given.is_err() {
        hub.tries_owed().extend(owed);
    }
    given
}

/// Takes the next mails, reads them, handles them.
pub fn batch(hub: &Hub) -> Outcome<usize> {
    let now = hub.now();
    give_tries_back(hub, now)?;
    let (waiting, raw) = {
        let mut store = hub.store();
        let due = store.due(now, limits::BATCH_MAILS)?;
        if due.is_empty() {
            return Ok(0);
        }
        let seen = due.len();
        let waiting = store.transact(|tx| tx.begin(&due))?;
        if waiting.is_empty() {
            return Ok(seen);
        }
        let raw: Vec<Outcome<Packed>> = waiting.iter().map(|w| store.packed(w.raw)).collect();
        (waiting, raw)
    };
    let suspect = hub.store().suspect();
    // what breaks in company is tried alone next time; what breaks alone is to blame
    match waiting.as_slice() {
        [alone] => suspect.name(alone.intake)?,
        _ => suspect.clear()?,
    }
    let items = reading::all(hub, raw, now);
    let done = hub.store().transact(|tx| {
        let mut done = Vec::with_capacity(waiting.len());
        for (mail, item) in waiting.iter().zip(&items) {
            done.push((mail.intake, handle(tx, hub, mail, item, now)?));
        }
        suspect.clear()?;
        Ok(done)
    });
    match done {
        Ok(done) => {
            done.iter().for_each(|(intake, end)| end.note(*intake));
            Ok(waiting.len())
        }
        Err(fault) => {
            // nothing of the batch happened, and none of it was to blame
            hub.tries_owed().extend(waiting.iter().map(|w| w.intake));
            if let Err(also) = give_tries_back(hub, now) {
                tracing::error!("giving {} mails their try back: {also}; done later", waiting.len());
            }
            Err(fault)
        }
    }
}

/// How one mail of a batch ended.
enum Ended {
    Handled(Box<Trace>),
    Quarantined(String),
    Postponed(String),
}

fn handle(tx: &Tx<'_>, hub: &Hub, mail: &Waiting, item: &Item, now: Timestamp) -> Outcome<Ended> {
    if !tx.is_being_read(mail.intake)? {
        return Ok(Ended::Postponed("somebody in it was erased while it was read".into()));
    }
    let last_try = mail.tries + 1 >= limits::TRIES;
    let broke = |tx: &Tx<'_>| {
        if last_try {
            aside(tx, mail.intake, format!("it failed on each of {} tries", limits::TRIES))
        } else {
            tx.try_again(mail.intake)?;
            Ok(Ended::Postponed("reading or handling it failed".into()))
        }
    };
    let read = match item {
        Item::Mail(read) => read,
        Item::Unreadable(why) => return aside(tx, mail.intake, format!("it cannot be read: {why}")),
        Item::Lost(fault) if fault.again => {
            tx.postpone(mail.intake, now + POSTPONED)?;
            return Ok(Ended::Postponed(fault.doing.clone()));
        }
        Item::Lost(fault) => return aside(tx, mail.intake, fault.doing.clone()),
        Item::Broke => return broke(tx),
    };
    if let Some(id) = &read.message_id {
        tx.call(mail.intake, id)?;
    }
    let work = || tx.part(|part| pipeline::handle(part, &hub.house, mail.intake, read, now));
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(trace)) => Ok(Ended::Handled(Box::new(trace))),
        Ok(Err(fault)) if tx.is_broken() => Err(fault),
        Ok(Err(fault)) if fault.again => {
            tx.postpone(mail.intake, now + POSTPONED)?;
            Ok(Ended::Postponed(fault.doing))
        }
        Ok(Err(fault)) => aside(tx, mail.intake, fault.doing),
        Err(_) if tx.is_broken() => Err(Fault::passing("the transaction ended with a panic")),
        Err(_) => broke(tx),
    }
}

fn aside(tx: &Tx<'_>, intake: i64, why: String) -> Outcome<Ended> {
    tx.quarantine(intake, &why)?;
    Ok(Ended::Quarantined(why))
}

impl Ended {
    /// Logs it; called after the commit, so that the log does not tell what a crash took back.
    fn note(&self, intake: i64) {
        match self {
            Ended::Quarantined(why) => Entry::MailQuarantined { intake, why }.note(),
            Ended::Postponed(why) => tracing::warn!("mail {intake} is tried again: {why}"),
            Ended::Handled(trace) => note(intake, trace),
        }
    }
}

fn note(intake: i64, trace: &Trace) {
    let ticket = trace.ticket.map(|n| i64::from(n.0));
    let from = trace.sender.as_ref().map_or("", |sender| sender.address.as_str());
    match trace.end {
        End::Applied => Entry::MailApplied { intake, ticket, what: &trace.why }.note(),
        End::Duplicate => Entry::MailDuplicate { intake }.note(),
        End::Ignored if trace.nature.kind == Kind::ListAdmin => Entry::ListWrote { intake, from }.note(),
        End::Ignored => Entry::MailIgnored { intake, why: &trace.why }.note(),
        End::Held => Entry::MailHeld { intake, from, why: &trace.why }.note(),
        End::Quarantined => Entry::MailQuarantined { intake, why: &trace.why }.note(),
    }
    for (held, inner) in &trace.released {
        note(*held, inner);
    }
}
