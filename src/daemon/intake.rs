//! Intake: one loop for each mailbox. Lists, fetches what the store does not know, stores it raw (the instant of
//! acceptance), and marks in the mailbox what the engine has finished. Never marks first, never trusts a flag.

mod marks;
mod odd;
mod source;

use super::{Hub, off_the_loop, room, stopped};
use crate::fault::{Fault, Outcome};
use crate::fetch::mailbox::{Entry as Held, Fetched};
use crate::journal::Entry;
use crate::limits;
use crate::model::letter::Upset;
use crate::store::spool::{Cursor, Listed, Parcelled};
use crate::store::tickets::hour;
use marks::Marks;
use odd::TAKEN;
pub use source::Source;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;

/// Waits between tries at a mailbox in trouble: doubled from the first to the last.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LAST_WAIT: Duration = Duration::from_secs(300);
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
    let mut wait = FIRST_WAIT;
    let mut troubled = false;
    let mut swept = crate::clock::instant();
    let mut whole = true;
    loop {
        let looked = tokio::select! {
            looked = round(&hub, &mut source, whole) => looked,
            () = stopped(&mut stop) => break,
        };
        // told before the wait, which may last for minutes
        if looked.is_ok() && std::mem::take(&mut troubled) {
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
                wait = FIRST_WAIT;
                whole = swept.elapsed() > SWEEP;
                if whole {
                    swept = crate::clock::instant();
                }
            }
            Err(fault) => {
                let retry_in = wait.mul_f64(0.8 + 0.4 * rand::random::<f64>());
                Entry::MailboxTrouble { source: &name, doing: &fault.doing, retry_in }.note();
                (troubled, whole, wait) = (true, true, (wait * 2).min(LAST_WAIT));
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
    let mut cursor = hub.transact(move |tx, _| tx.mailbox(&named)).await?;
    let is_first = cursor.epoch == 0;
    source.wear(&hub.house.robot.seal.instances());
    let listing = source.list((!whole).then_some((cursor.epoch, cursor.last))).await?;
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
    if let Some(highest) = counts_on_from(&listing.entries, cursor.last, whole) {
        cursor.last = highest;
        hub.transact(move |tx, _| tx.move_cursor(cursor)).await?;
    }
    let mut wanted = unknown(hub, cursor, listing.entries).await?;
    odd::leave_what_is_too_much(hub, &name, &mut wanted).await?;
    let marks = Arc::new(Marks::on(&wanted, is_first));
    if let Some(mark) = marks.another() {
        odd::tell(hub, &name, Upset::Another { mark: mark.clone() }).await?;
    }
    let mut taken = Kept::default();
    let mut left = None;
    let mut rest = wanted.as_slice();
    let mut fetched = Vec::new();
    while !rest.is_empty() {
        if let Err(full) = room::for_mail(hub, source.largest()).await {
            keep(hub, cursor, &marks, fetched).await?;
            return Err(full);
        }
        let (batch, after) = rest.split_at(batch_length(rest));
        // the server sends the next mails while the last ones are packed and stored
        let (kept, next) =
            tokio::join!(keep(hub, cursor, &marks, fetched), fetch_batch(source, cursor, batch));
        taken.add(kept?);
        let (next, missed) = next?;
        let highest = batch.iter().filter_map(|e| e.uid.parse::<u64>().ok()).max().unwrap_or(0);
        cursor.last = cursor.last.max(highest);
        (fetched, left, rest) = (next, left.or(missed), after);
    }
    taken.add(keep(hub, cursor, &marks, fetched).await?);
    if let Some(first) = left {
        cursor.last = cursor.last.min(first.saturating_sub(1));
        hub.transact(move |tx, _| tx.move_cursor(cursor)).await?;
    }
    if taken.forgotten > 0 {
        odd::tell(hub, &name, Upset::Forgotten { count: taken.forgotten }).await?;
    }
    if taken.new > 0 {
        Entry::MailTaken { source: &name, count: taken.new }.note();
    }
    Ok(taken.new)
}

/// How many mails were kept.
#[derive(Default)]
struct Kept {
    /// That were new.
    new: usize,
    /// Of those, that carried our own mark.
    forgotten: usize,
}

impl Kept {
    fn add(&mut self, more: Kept) {
        self.new += more.new;
        self.forgotten += more.forgotten;
    }
}

/// The highest number of a listing that goes below what was read before, when it is lower: in a folder that came back from
/// a backup the next mail gets the number after it, and nobody would look there.
fn counts_on_from(entries: &[Held], last: u64, whole: bool) -> Option<u64> {
    let numbers = || entries.iter().filter_map(|e| e.uid.parse::<u64>().ok());
    let below = whole || numbers().any(|uid| uid <= last);
    numbers().max().filter(|highest| below && *highest < last)
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

/// How many of the first mails go together: bounded in number and in bytes, at least one.
fn batch_length(entries: &[Held]) -> usize {
    let mut bytes = 0;
    let fits = entries.iter().take(limits::BATCH_MAILS).take_while(|e| {
        bytes += e.size.unwrap_or(0).min(limits::MAIL_BYTES as u64) as usize;
        bytes <= limits::BATCH_BYTES
    });
    fits.count().max(1)
}

/// Fetches some mails; gives them, and the lowest number that could not be had and has to be tried again.
async fn fetch_batch(
    source: &mut Source,
    cursor: Cursor,
    batch: &[Held],
) -> Outcome<(Vec<Fetched>, Option<u64>)> {
    match source.fetch(batch).await {
        Ok(fetched) => Ok((fetched, None)),
        // one mail that cannot be had must not keep its neighbours from us: each alone, the next ones later
        Err(fault) if batch.len() > 1 => one_by_one(source, cursor, batch, fault).await,
        Err(fault) => Err(fault),
    }
}

/// Stores mails, and that the mailbox was read so far: the instant of acceptance. Gives how many were new. Packing takes
/// the longest and is done before the database is locked.
async fn keep(hub: &Arc<Hub>, at: Cursor, marks: &Arc<Marks>, fetched: Vec<Fetched>) -> Outcome<Kept> {
    if fetched.is_empty() {
        return Ok(Kept::default());
    }
    let marks = Arc::clone(marks);
    let packed = off_the_loop(move || Ok(pack(fetched))).await?;
    let taken = hub.transact(move |tx, hub| {
        let now = hub.now();
        let mut taken = Kept::default();
        for mail in &packed {
            if let Some(intake) = tx.keep(at, mail, now)? {
                tx.tally(TAKEN, "", hour(now))?;
                let forgotten = usize::from(marks.judge(tx, &mail.uid, intake)?);
                taken.add(Kept { new: 1, forgotten });
            }
        }
        tx.move_cursor(at)?;
        Ok(taken)
    });
    let taken = taken.await?;
    hub.mail.notify_one();
    Ok(taken)
}

/// What can be had of a batch that could not be had together; `why` is what that failed of. With it the first number
/// that was left, from which on the next listing begins.
async fn one_by_one(
    source: &mut Source,
    cursor: Cursor,
    batch: &[Held],
    why: Fault,
) -> Outcome<(Vec<Fetched>, Option<u64>)> {
    let mut all = Vec::new();
    let mut left = None;
    let (mut broken, mut why) = (true, why);
    for entry in batch {
        if broken {
            // an error ended the connection; numbers of another epoch would name other mails
            let again = source.list(Some((cursor.epoch, cursor.last))).await;
            if !again.is_ok_and(|listing| listing.epoch == cursor.epoch) {
                return Err(why);
            }
        }
        match source.fetch(std::slice::from_ref(entry)).await {
            Ok(one) => {
                broken = false;
                all.extend(one);
            }
            Err(fault) => {
                tracing::warn!("mail {} is left for later: {fault}", entry.uid);
                left = left.or_else(|| entry.uid.parse().ok());
                (broken, why) = (true, fault);
            }
        }
    }
    if all.is_empty() { Err(why) } else { Ok((all, left)) }
}

/// Packs mails, on both cores when there are many.
fn pack(mut fetched: Vec<Fetched>) -> Vec<Parcelled> {
    let one = |f: &Fetched| Parcelled::new(f.uid.clone(), &f.bytes, f.arrived, f.cut);
    if fetched.len() < 8 {
        return fetched.iter().map(one).collect();
    }
    let second = fetched.split_off(fetched.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| second.iter().map(one).collect::<Vec<_>>());
        let mut all: Vec<Parcelled> = fetched.iter().map(one).collect();
        // packing does not panic; if it ever did, the mails are fetched again
        all.extend(other.join().unwrap_or_default());
        all
    })
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
            assert_eq!(counts_on_from(&entries(uids), last, whole), expected, "{uids:?} after {last}");
        }
    }
}
