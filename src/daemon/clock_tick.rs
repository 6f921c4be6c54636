//! What happens because time passes: staff are told of mails in quarantine and of those that a safety stop holds (the
//! first at once, then once an hour), get their digest, followers their gathered news, suspended addresses their warnings;
//! old counts are forgotten, locks of sessions that crashed end, what a wrong clock put off for too long is due again, the
//! database log is folded back, systemd hears that we live.

use super::{Hub, off_the_loop, stopped};
use crate::fault::Outcome;
use crate::journal::Entry;
use crate::limits;
use crate::machine;
use crate::model::digest::Days;
use crate::pipeline::digest::roundups;
use crate::pipeline::{by_hand, digest, notices, reach};
use crate::store::tickets::hour;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;

/// Time between two ticks.
const TICK: Duration = Duration::from_secs(5);
/// Time between two letters about quarantine.
const TELL_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// Mails named in one letter.
const TELL_MOST: usize = 50;
/// Ticks between two tidyings.
const TIDY_TICKS: u32 = 120;

/// Ticks until told to stop.
pub async fn run(hub: Arc<Hub>, mut stop: watch::Receiver<bool>) {
    let mut told: Option<Timestamp> = None;
    let mut ticks: u32 = 0;
    // what the clock says now; the database says what is done
    let mut period: Option<Date> = None;
    loop {
        tell_systemd(&hub).await;
        let now = hub.now();
        if told.is_none_or(|at| now.duration_since(at) >= TELL_EVERY || now < at) {
            match tell_of_stuck(&hub).await {
                Ok(true) => told = Some(now),
                Ok(false) => {}
                Err(fault) => tracing::error!("telling staff of mail that is set aside: {fault}"),
            }
        }
        let running = hub.house.digest.period_of(Days::Daily, now);
        if running != period {
            match owe_digests(&hub).await {
                Ok(_) => period = running,
                Err(fault) => tracing::error!("writing the digest: {fault}"),
            }
        }
        if ticks.is_multiple_of(TIDY_TICKS)
            && let Err(fault) = tidy(&hub).await
        {
            tracing::warn!("tidying the database: {fault}");
        }
        ticks = ticks.wrapping_add(1);
        tokio::select! { () = sleep(TICK) => {}, () = stopped(&mut stop) => return }
    }
}

/// Says that we live, and what waits. A hung database keeps it from being said, and systemd starts us anew.
async fn tell_systemd(hub: &Arc<Hub>) {
    let worker = Arc::clone(hub);
    let Ok(waiting) = off_the_loop(move || worker.store().waiting_letters()).await else { return };
    let status =
        if waiting == 0 { "taking mail".to_owned() } else { format!("taking mail; {waiting} letters wait") };
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Watchdog, sd_notify::NotifyState::Status(&status)]);
}

/// Owes staff a letter about mails that are newly quarantined or held by a safety stop, if there are any.
///
/// # Errors
/// Those of the database.
pub async fn tell_of_stuck(hub: &Arc<Hub>) -> Outcome<bool> {
    let told = hub
        .transact(|tx, hub| {
            let (stuck, stopped) = (tx.newly_stuck(TELL_MOST)?, tx.newly_stopped()?);
            if stuck.is_empty() && stopped.is_empty() {
                return Ok(false);
            }
            notices::tell_of_stuck(tx, &hub.house, (stuck, stopped), hub.now())?;
            Ok(true)
        })
        .await?;
    if told {
        hub.letters.notify_one();
    }
    Ok(told)
}

/// Owes everything that comes once in a period, if it is due. Gives whether a letter was owed.
///
/// # Errors
/// Those of the database.
pub async fn owe_digests(hub: &Arc<Hub>) -> Outcome<bool> {
    let mut owed = hub.transact(|tx, hub| digest::owe_due(tx, &hub.house, hub.now())).await?;
    owed += hub.transact(|tx, hub| digest::own::owe_due(tx, &hub.house, hub.now())).await?;
    loop {
        let round = hub.transact(|tx, hub| roundups::owe_due(tx, &hub.house, hub.now())).await?;
        owed += round.owed;
        if !round.more {
            break;
        }
    }
    if owed > 0 {
        hub.letters.notify_one();
    }
    Ok(owed > 0)
}

/// Owes those whose letters come back a warning, if one is due. Gives whether a letter was owed.
///
/// # Errors
/// Those of the database.
pub async fn warn(hub: &Arc<Hub>) -> Outcome<bool> {
    let owed = hub.transact(|tx, hub| reach::warn(tx, &hub.house, hub.now())).await?;
    if owed > 0 {
        hub.letters.notify_one();
    }
    Ok(owed > 0)
}

/// Ends the locks of sessions that crashed.
///
/// # Errors
/// Those of the database.
pub async fn end_stale_locks(hub: &Arc<Hub>) -> Outcome<()> {
    hub.transact(|tx, hub| by_hand::end_stale(tx, machine::lives, hub.now())).await?;
    Ok(())
}

async fn tidy(hub: &Arc<Hub>) -> Outcome<()> {
    warn(hub).await?;
    hub.transact(|tx, hub| {
        tx.mend_waits(hub.now())?;
        tx.forget_tallies(hour(hub.now()))
    })
    .await?;
    end_stale_locks(hub).await?;
    let worker = Arc::clone(hub);
    let log = off_the_loop(move || worker.store().tidy()).await?;
    if log > limits::LOG_BYTES {
        Entry::LogGrows { bytes: log }.note();
    }
    Ok(())
}
