//! Reading: in come raw mails as the database keeps them, out come mails in their order, with what the witnesses say of each.
//! Unpacking, checking and reading need no database, so they take both cores. Reading the next mails while the last ones
//! are handled was tried: where two cores are two threads of one, it only made both slower.

use super::Hub;
use super::hearing;
use crate::fault::{Fault, Outcome};
use crate::model::mail::Mail;
use crate::read;
use crate::store::spool::Packed;
use jiff::Timestamp;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// For fewer mails no thread is started.
const FEW: usize = 4;

/// What reading made of a raw mail.
pub enum Item {
    Mail(Box<Mail>),
    /// Not a mail at all, or over a cap: the same every time.
    Unreadable(String),
    /// Reading panicked: the try counts.
    Broke,
    /// The stored bytes could not be had.
    Lost(Fault),
}

/// Reads them, and has the witnesses heard about each.
pub fn all(hub: &Hub, raw: Vec<Outcome<Packed>>, now: Timestamp) -> Vec<Item> {
    let mut both: Vec<(Outcome<Vec<u8>>, Item)> = read_on_both_cores(raw);
    let mails = both.iter_mut().filter_map(|(bytes, item)| match (bytes, item) {
        (Ok(bytes), Item::Mail(mail)) => Some((bytes.as_slice(), mail.as_mut())),
        _ => None,
    });
    hearing::hear(hub, mails.collect(), now);
    both.into_iter().map(|(_, item)| item).collect()
}

fn read_on_both_cores(mut raw: Vec<Outcome<Packed>>) -> Vec<(Outcome<Vec<u8>>, Item)> {
    let one = |packed| {
        let bytes = unpacked(packed);
        let item = item(&bytes);
        (bytes, item)
    };
    if raw.len() < FEW {
        return raw.into_iter().map(one).collect();
    }
    let second = raw.split_off(raw.len() / 2);
    let wanted = second.len();
    std::thread::scope(|scope| {
        let other = scope.spawn(move || second.into_iter().map(one).collect::<Vec<_>>());
        let mut all: Vec<_> = raw.into_iter().map(one).collect();
        let others = other.join().unwrap_or_default();
        // reading catches its panics; whatever else ended the thread, a mail may have been the cause
        let missing = wanted - others.len();
        all.extend(others);
        all.extend((0..missing).map(|_| (Ok(Vec::new()), Item::Broke)));
        all
    })
}

fn unpacked(packed: Outcome<Packed>) -> Outcome<Vec<u8>> {
    packed.and_then(Packed::bytes)
}

fn item(bytes: &Outcome<Vec<u8>>) -> Item {
    match bytes {
        Err(fault) => Item::Lost(Fault { doing: fault.doing.clone(), again: fault.again }),
        Ok(bytes) => match catch_unwind(AssertUnwindSafe(|| read::mail(bytes))) {
            Ok(Ok(mail)) => Item::Mail(Box::new(mail)),
            Ok(Err(unreadable)) => Item::Unreadable(unreadable.why),
            Err(_) => Item::Broke,
        },
    }
}
