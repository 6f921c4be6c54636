//! The letters that the robot owes staff by itself: about mails that it could not handle, a disk that is full, and letters of
//! its own that will never arrive or are damaged. Never owes a letter about such a letter.

use super::House;
use super::owing::freeze;
use crate::fault::Outcome;
use crate::model::address::Address;
use crate::model::clues::Outgoing;
use crate::model::decision::{Change, Filed, What};
use crate::model::letter::{About, Letter, Recipient, Stopped, Stuck, Upset};
use crate::model::proof::Proof;
use crate::model::ticket::{Number, View};
use crate::store::Tx;
use crate::store::events::Cause;
use crate::store::outbox::Damaged;
use crate::store::tickets::day;
use jiff::Timestamp;

/// The letters that tell of letters: where even these are damaged as they are written, no further ones help.
const ABOUT_THESE: &str = "undelivered";

/// Tells staff of mails that could not be handled, and of those that a safety stop holds, in one letter.
pub fn tell_of_stuck(
    tx: &Tx<'_>,
    house: &House,
    (items, stopped): (Vec<Stuck>, Vec<Stopped>),
    now: Timestamp,
) -> Outcome<()> {
    let cause = Cause { actor: "trackle".into(), proof: Proof::None.word().into(), intake: None, now };
    let held = stopped.iter().flat_map(|s| &s.mails).copied();
    let numbers: Vec<i64> = items.iter().map(|i| i.intake).chain(held).collect();
    let detail = serde_json::json!({ "mails": numbers }).to_string();
    let event = tx.add_raw_event(&cause, None, 0, "quarantined", &detail)?;
    let to = Recipient::Staff(house.robot.list.clone());
    freeze(
        tx,
        house,
        &Letter { to, about: About::Quarantined { items, stopped }, event, not_before: None },
        now,
    )?;
    Ok(())
}

/// Tells staff that no mail is fetched: so many MiB are free on the disk, and not so many.
pub fn tell_of_full_disk(
    tx: &Tx<'_>,
    house: &House,
    (free, wanted): (u64, u64),
    now: Timestamp,
) -> Outcome<()> {
    let cause = Cause { actor: "trackle".into(), proof: Proof::None.word().into(), intake: None, now };
    let detail = serde_json::json!({ "free": free, "wanted": wanted }).to_string();
    let event = tx.add_raw_event(&cause, None, 0, "disk_full", &detail)?;
    let to = Recipient::Staff(house.robot.list.clone());
    freeze(tx, house, &Letter { to, about: About::DiskFull { free, wanted }, event, not_before: None }, now)?;
    Ok(())
}

/// Tells staff of something odd about a mailbox, once a day for each and each oddity. Gives whether a letter was owed.
pub fn tell_of_mailbox(
    tx: &Tx<'_>,
    house: &House,
    (mailbox, upset): (&str, Upset),
    now: Timestamp,
) -> Outcome<bool> {
    if tx.tally(upset.word(), mailbox, day(now))? > 1 {
        return Ok(false);
    }
    let cause = Cause { actor: "trackle".into(), proof: Proof::None.word().into(), intake: None, now };
    let detail = serde_json::json!({ "mailbox": mailbox, "what": upset.word() }).to_string();
    let event = tx.add_raw_event(&cause, None, 0, "mailbox", &detail)?;
    let about = About::Mailbox { mailbox: mailbox.to_owned(), upset };
    let to = Recipient::Staff(house.robot.list.clone());
    freeze(tx, house, &Letter { to, about, event, not_before: None }, now)?;
    Ok(true)
}

/// Tells staff of letters that are held since they are damaged in the database, of each once, in its ticket's thread. Gives
/// how many there were. One whose own notice cannot be written keeps no other letter from going.
pub fn tell_of_damaged(tx: &Tx<'_>, house: &House, now: Timestamp) -> Outcome<usize> {
    let all = tx.newly_damaged()?;
    for damaged in all.iter().filter(|damaged| damaged.kind != ABOUT_THESE) {
        match tx.part(|tx| tell_of(tx, house, damaged, now)) {
            Err(fault) if fault.again || tx.is_broken() => return Err(fault),
            Err(fault) => tracing::error!("telling staff that letter {} is damaged: {fault}", damaged.letter),
            Ok(()) => {}
        }
    }
    Ok(all.len())
}

fn tell_of(tx: &Tx<'_>, house: &House, damaged: &Damaged, now: Timestamp) -> Outcome<()> {
    let Damaged { letter, kind, recipient, ticket } = damaged;
    let cause = Cause { actor: "trackle".into(), proof: Proof::None.word().into(), intake: None, now };
    let detail = serde_json::json!({ "letter": letter, "kind": kind, "to": recipient }).to_string();
    let event = tx.add_raw_event(&cause, *ticket, 0, "damaged", &detail)?;
    let view = ticket.map(|n| tx.view(n, now)).transpose()?.flatten().map(Box::new);
    let why = format!("letter {letter} is damaged in our database and held: see `trackle outbox`");
    let about = About::Undelivered { view, recipient: recipient.clone(), why };
    let to = Recipient::Staff(house.robot.list.clone());
    freeze(tx, house, &Letter { to, about, event, not_before: None }, now)?;
    Ok(())
}

/// A word to staff about a letter that came back.
pub(super) fn undelivered(house: &House, filed: &Filed, letter: &Outgoing) -> Option<Letter> {
    let why = filed.changes.iter().find_map(|change| match &change.what {
        What::Undelivered { why, .. } => Some(why.clone()),
        _ => None,
    })?;
    let view = Some(Box::new(filed.view.clone()));
    to_staff_about(house, view, &letter.recipient, why, filed.event)
}

/// The letter about an undelivered one. None to staff about letters to staff, since it would not arrive either; the log
/// and `status` tell it.
fn to_staff_about(
    house: &House,
    view: Option<Box<View>>,
    recipient: &str,
    why: String,
    event: i64,
) -> Option<Letter> {
    let reads_list = Address::parse(recipient).is_some_and(|a| house.robot.reads_list(&a));
    let to = Recipient::Staff(house.robot.list.clone());
    let about = About::Undelivered { view, recipient: recipient.to_owned(), why };
    (!reads_list).then_some(Letter { to, about, event, not_before: None })
}

/// Tells staff of a letter that will never arrive, in its ticket's thread, and notes it there; once for each ticket and
/// recipient.
pub fn tell_of_undelivered(
    tx: &Tx<'_>,
    house: &House,
    ticket: Option<Number>,
    recipient: &str,
    why: &str,
    now: Timestamp,
) -> Outcome<()> {
    let known = ticket.map_or(Ok(false), |ticket| tx.is_out_of_reach(ticket, recipient))?;
    let cause = Cause { actor: "trackle".into(), proof: Proof::None.word().into(), intake: None, now };
    let what = What::Undelivered { recipient: recipient.to_owned(), why: why.to_owned() };
    let event = tx.add_event(&cause, ticket, &Change { line: 0, what, remark: String::new() })?;
    let view = ticket.map(|n| tx.view(n, now)).transpose()?.flatten().map(Box::new);
    let letter = to_staff_about(house, view, recipient, why.to_owned(), event);
    if let Some(letter) = letter.filter(|_| !known) {
        freeze(tx, house, &letter, now)?;
    }
    Ok(())
}
