//! Intake: one loop for each mailbox. Lists, fetches what the store does not know, stores it raw (the instant of
//! acceptance), and marks in the mailbox what the engine has finished. Never marks first, never trusts a flag.

mod marks;
mod odd;
mod source;
mod take;
mod trouble;

use super::{Hub, off_the_loop, stopped};
use crate::fault::{Fault, Outcome};
use crate::fetch::mailbox::Entry as Held;
use crate::journal::Entry;
use crate::model::letter::Upset;
use crate::store::spool::{Cursor, Listed};
use marks::Marks;
pub use source::Source;
use std::sync::Arc;
use std::time::Duration;
use take::{Kept, take};
use tokio::sync::watch;
use tokio::time::sleep;
use trouble::Trouble;

/// How long marking waits for the engine to finish what was just taken in.
const ENGINE_PATIENCE: Duration = Duration::from_secs(10);
/// Marks given in one command.
const MARKS: usize = 500;
/// A whole listing, from the first uid on, is asked for at start and then this often: it finds what a lying server or
/// a person in the mailbox made us miss.
const SWEEP: Duration = Duration::from_secs(3_600);

/// Looks after one mailbox until told to stop.
pub async fn run(hub: Arc<Hub>, mut source: Source, poll: Duration, mut stop: watch::Receiver<bool>) {
    let name = source.name();
    let mut trouble = Trouble::default();
    let mut swept = crate::clock::instant();
    let mut whole = true;
    loop {
        let looked = tokio::select! {
            looked = round(&hub, &mut source, whole) => looked,
            () = stopped(&mut stop) => break,
        };
        // told before the wait, which may last for minutes
        if looked.is_ok() && trouble.ends() {
            Entry::MailboxBack { source: &name }.note();
        }
        let waited = match looked {
            Err(fault) => Err(fault),
            Ok(()) => tokio::select! {
                waited = source.wait(poll) => waited,
                () = stopped(&mut stop) => break,
            },
        };
        match waited {
            Ok(()) => {
                trouble.forget();
                whole = swept.elapsed() > SWEEP;
                if whole {
                    swept = crate::clock::instant();
                }
            }
            Err(fault) => {
                let wait = trouble.grow(source.is_shut(), hub.now());
                let retry_in = wait.mul_f64(0.8 + 0.4 * rand::random::<f64>());
                Entry::MailboxTrouble { source: &name, doing: &fault.doing, retry_in }.note();
                if let Some(minutes) = trouble.minutes(hub.now()) {
                    odd::tell_of_trouble(&hub, &source, (minutes, fault.doing)).await;
                }
                whole = true;
                tokio::select! { () = sleep(retry_in) => {}, () = stopped(&mut stop) => break }
            }
        }
    }
    source.close_politely().await;
}

/// Takes in what is there, lets the engine work, and marks what is done.
async fn round(hub: &Arc<Hub>, source: &mut Source, whole: bool) -> Outcome<()> {
    // listened for before there is anything to hear, since the engine may be done before we are
    let handled = hub.handled.notified();
    if take_in_from(hub, source, whole).await? > 0 {
        // when the engine is slow the marks come with the next round; correctness does not need them
        let _ = tokio::time::timeout(ENGINE_PATIENCE, handled).await;
    }
    mark_done(hub, source).await
}

/// Takes in everything a mailbox holds that the store does not know; gives the number of new mails.
///
/// # Errors
/// The mailbox's or the store's; what was stored before stays stored.
pub async fn take_in(hub: &Arc<Hub>, source: &mut Source) -> Outcome<usize> {
    take_in_from(hub, source, true).await
}

async fn take_in_from(hub: &Arc<Hub>, source: &mut Source, whole: bool) -> Outcome<usize> {
    let name = source.name();
    let named = name.clone();
    let (mut cursor, first) = hub
        .transact(move |tx, hub| {
            let cursor = tx.mailbox(&named)?;
            Ok((cursor, tx.first_look(&named, cursor.epoch == 0, hub.now())?))
        })
        .await?;
    source.wear(&hub.house.robot.seal.instances());
    let (read, mut taken, mut seen) = (cursor.last, Kept::default(), Seen::default());
    let mut after = (!whole).then_some((cursor.epoch, cursor.last));
    // a large folder comes in parts
    let left = loop {
        let listing = source.list(after).await?;
        // only now: `trackle status` is to show a mailbox that has not answered for long
        let named = name.clone();
        hub.transact(move |tx, hub| tx.looked(&named, hub.now())).await?;
        if listing.epoch != cursor.epoch {
            if cursor.epoch != 0 {
                Entry::EpochChanged { source: &name }.note();
            }
            cursor = Cursor { epoch: listing.epoch, last: 0, ..cursor };
            // noted before anything is marked: a mark given by an old number would fall on another mail
            hub.transact(move |tx, _| tx.move_cursor(cursor)).await?;
        }
        seen.add(&listing.entries);
        let wanted = unknown(hub, cursor, listing.entries).await?;
        let marks = Arc::new(Marks::on(&wanted, first));
        if let Some(mark) = marks.another() {
            odd::tell(hub, &name, Upset::Another { mark: mark.clone() }).await?;
        }
        let part = take(hub, source, (&mut cursor, &wanted), &marks).await?;
        let left = part.left;
        taken.add(part);
        match listing.more {
            Some(more) if left == 0 => after = Some((cursor.epoch, more.after)),
            // what lies behind the last number that was read is new; before it, nearly all has been taken in
            Some(more) if more.after >= read => break left + more.mails,
            _ => break left,
        }
    };
    let on = if left == 0 { seen.counts_on_from(read, whole) } else { None };
    let last = on.unwrap_or(cursor.last).min(taken.missed.map_or(u64::MAX, |first| first.saturating_sub(1)));
    if last < cursor.last {
        cursor.last = last;
        hub.transact(move |tx, _| tx.move_cursor(cursor)).await?;
    }
    odd::tell_of_all(hub, &name, (left, taken.forgotten)).await?;
    if taken.gone > 0 {
        Entry::MailGone { source: &name, count: taken.gone }.note();
    }
    if taken.new > 0 {
        Entry::MailTaken { source: &name, count: taken.new }.note();
    }
    Ok(taken.new)
}

/// The lowest and the highest number that a mailbox has shown.
#[derive(Default)]
struct Seen(Option<(u64, u64)>);

impl Seen {
    fn add(&mut self, entries: &[Held]) {
        for uid in entries.iter().filter_map(|e| e.uid.parse::<u64>().ok()) {
            let (low, high) = self.0.unwrap_or((uid, uid));
            self.0 = Some((low.min(uid), high.max(uid)));
        }
    }

    /// The highest number of a listing that goes below what was read before, when it is lower: in a folder that came back
    /// from a backup the next mail gets the number after it, and nobody would look there.
    fn counts_on_from(&self, read: u64, whole: bool) -> Option<u64> {
        let (low, high) = self.0?;
        ((whole || low <= read) && high < read).then_some(high)
    }
}

async fn unknown(hub: &Arc<Hub>, cursor: Cursor, entries: Vec<Held>) -> Outcome<Vec<Held>> {
    let hub = Arc::clone(hub);
    off_the_loop(move || {
        let listed = |e: &Held| Listed { uid: e.uid.clone(), size: e.size, arrived: e.arrived };
        let mails: Vec<Listed> = entries.iter().map(listed).collect();
        let new = hub.store().unknown(cursor.mailbox, cursor.epoch, &mails)?;
        Ok(entries.into_iter().zip(new).filter_map(|(entry, new)| new.then_some(entry)).collect())
    })
    .await
}

/// Marks in the mailbox what has been handled and committed.
///
/// # Errors
/// The mailbox's; marking is repeated until it works and harms nothing when done twice.
pub async fn mark_done(hub: &Arc<Hub>, source: &mut Source) -> Outcome<()> {
    let name = source.name();
    let named = name.clone();
    let cursor = hub.transact(move |tx, _| tx.mailbox(&named)).await?;
    loop {
        let other = Arc::clone(hub);
        let done = off_the_loop(move || other.store().unmarked(cursor.mailbox, cursor.epoch, MARKS)).await?;
        if done.is_empty() {
            return Ok(());
        }
        let (intakes, uids): (Vec<i64>, Vec<String>) = done.into_iter().unzip();
        source.mark(&uids).await.map_err(|f: Fault| f.while_("marking mails as done"))?;
        if let Some(mark) = source.stranger() {
            odd::tell(hub, &name, Upset::Another { mark }).await?;
        }
        hub.transact(move |tx, _| tx.marked(&intakes)).await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_came_back_is_read_on_from_where_it_counts_on() {
        let entries = |uids: &[&str]| -> Vec<Held> {
            let held = |uid: &&str| Held { uid: (*uid).to_owned(), ..Held::default() };
            uids.iter().map(held).collect()
        };
        for (uids, last, whole, expected) in [
            (&["3", "9"][..], 9, true, None),
            (&["3", "9"], 12, true, Some(9)),
            // the server said by itself that it goes back
            (&["3", "9"], 12, false, Some(9)),
            (&["13", "14"], 12, false, None),
            (&[], 12, true, None),
            (&["1795219200.M1.x"], 12, true, None),
        ] {
            // in one part or in many
            let (mut all, mut parts) = (Seen::default(), Seen::default());
            all.add(&entries(uids));
            entries(uids).chunks(1).for_each(|one| parts.add(one));
            for seen in [all, parts] {
                assert_eq!(seen.counts_on_from(last, whole), expected, "{uids:?} after {last}");
            }
        }
    }
}
