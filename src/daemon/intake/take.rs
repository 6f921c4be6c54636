//! Mails of a listing, fetched and kept. In come those that the store does not know; what is kept is stored raw, which is the
//! instant of acceptance, with how far the mailbox was read. Never more than the hour has room for, and one mail that cannot
//! be had keeps no other out.

use super::marks::Marks;
use super::odd::{self, TAKEN};
use super::{Held, Source};
use crate::daemon::{Hub, off_the_loop, room};
use crate::fault::{Fault, Outcome};
use crate::fetch::mailbox::Fetched;
use crate::limits;
use crate::store::spool::{Cursor, Parcelled};
use crate::store::tickets::hour;
use std::sync::Arc;

/// Fetches mails and keeps them, as many as the hour has room for, oldest first; the cursor goes with them.
pub async fn take(
    hub: &Arc<Hub>,
    source: &mut Source,
    (cursor, wanted): (&mut Cursor, &[Held]),
    marks: &Arc<Marks>,
) -> Outcome<Kept> {
    let (mut taken, mut rest, mut fetched) = (Kept::default(), wanted, Vec::new());
    while !rest.is_empty() {
        if let Err(full) = room::for_mail(hub, source.largest()).await {
            keep(hub, *cursor, marks, fetched).await?;
            return Err(full);
        }
        // what waits to be kept may prove to be known
        let mut fits = odd::room(hub).await?.saturating_sub(fetched.len());
        if fits == 0 {
            taken.add(keep(hub, *cursor, marks, std::mem::take(&mut fetched)).await?);
            fits = odd::room(hub).await?;
        }
        if fits == 0 {
            taken.left = rest.len();
            break;
        }
        let (batch, after) = rest.split_at(batch_length(rest).min(fits));
        // the server sends the next mails while the last ones are packed and stored
        let (kept, next) =
            tokio::join!(keep(hub, *cursor, marks, fetched), fetch_batch(source, *cursor, batch));
        taken.add(kept?);
        let Had { mails, missed, gone } = next?;
        taken.add(Kept { missed, gone, ..Kept::default() });
        let highest = batch.iter().filter_map(|e| e.uid.parse::<u64>().ok()).max().unwrap_or(0);
        cursor.last = cursor.last.max(highest);
        (fetched, rest) = (mails, after);
    }
    taken.add(keep(hub, *cursor, marks, fetched).await?);
    Ok(taken)
}

/// What became of mails that were wanted.
#[derive(Default)]
pub struct Kept {
    /// Those that were kept and are new.
    pub new: usize,
    /// Of those, that carried our own mark.
    pub forgotten: usize,
    /// Somebody took them out of the mailbox before they could be fetched.
    pub gone: usize,
    /// The lowest number that could not be had and has to be tried again.
    pub missed: Option<u64>,
    /// Those that the hour has no room for.
    pub left: usize,
}

impl Kept {
    /// Both together.
    pub fn add(&mut self, more: Kept) {
        self.new += more.new;
        self.forgotten += more.forgotten;
        self.gone += more.gone;
        self.left += more.left;
        self.missed = self.missed.into_iter().chain(more.missed).min();
    }
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

/// What could be had of some mails.
struct Had {
    mails: Vec<Fetched>,
    /// The lowest number that could not be had and has to be tried again.
    missed: Option<u64>,
    /// So many are not there any more.
    gone: usize,
}

/// Fetches some mails.
async fn fetch_batch(source: &mut Source, cursor: Cursor, batch: &[Held]) -> Outcome<Had> {
    match source.fetch(batch).await {
        Ok(mails) => Ok(Had { gone: batch.len().saturating_sub(mails.len()), mails, missed: None }),
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
        let (mut taken, mut unseen) = (Kept::default(), 0);
        for mail in &packed {
            if let Some(intake) = tx.keep(at, mail, now)? {
                unseen += usize::from(tx.same_bytes(intake)?.is_none());
                let forgotten = usize::from(marks.judge(tx, &mail.uid, intake)?);
                taken.add(Kept { new: 1, forgotten, ..Kept::default() });
            }
        }
        if unseen > 0 {
            tx.count_more(TAKEN, "", hour(now), unseen)?;
        }
        tx.move_cursor(at)?;
        Ok(taken)
    });
    let taken = taken.await?;
    hub.mail.notify_one();
    Ok(taken)
}

/// What can be had of a batch that could not be had together; `why` is what that failed of.
async fn one_by_one(source: &mut Source, cursor: Cursor, batch: &[Held], why: Fault) -> Outcome<Had> {
    let mut had = Had { mails: Vec::new(), missed: None, gone: 0 };
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
                had.gone += usize::from(one.is_empty());
                had.mails.extend(one);
            }
            Err(fault) => {
                tracing::warn!("mail {} is left for later: {fault}", entry.uid);
                had.missed = had.missed.or_else(|| entry.uid.parse().ok());
                (broken, why) = (true, fault);
            }
        }
    }
    if had.mails.is_empty() { Err(why) } else { Ok(had) }
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
