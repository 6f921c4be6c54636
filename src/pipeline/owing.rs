//! Owing letters: in comes what is to be said to whom, out goes a letter whose bytes never change again, in the outbox and
//! in its ticket's thread. Within the transaction of whatever caused it; decides nothing but when a letter may go.

use super::House;
use crate::fault::Outcome;
use crate::model::language::Language;
use crate::model::letter::{About, Frozen, Letter, Recipient};
use crate::model::ticket::Number;
use crate::store::Tx;
use crate::store::tickets::{MessageKind, SeenBy, hour};
use crate::write::{self, Moment};
use jiff::{SignedDuration, Timestamp};

/// Writes a letter, owes it, and makes its Message-ID lead to its ticket.
pub(super) fn freeze(tx: &Tx<'_>, house: &House, letter: &Letter, now: Timestamp) -> Outcome<Frozen> {
    let at = Moment { now, chain: tx.chain()?, language: language_of(tx, house, &letter.to)? };
    let mut frozen = write::freeze(letter, &house.robot, &house.wording, &at)?;
    frozen.not_before = frozen.not_before.max(after_the_flood(tx, house, &frozen, now)?);
    tx.owe(&frozen, now)?;
    if let Some(ticket) = about_ticket(&letter.about) {
        tx.add_message(&frozen.message_id, ticket, MessageKind::Ours, readers(letter))?;
    }
    Ok(frozen)
}

/// When a letter may go that is one too many for its hour: whatever goes wrong, in us or around us, floods nobody.
fn after_the_flood(
    tx: &Tx<'_>,
    house: &House,
    frozen: &Frozen,
    now: Timestamp,
) -> Outcome<Option<Timestamp>> {
    let most = house.robot.policy.letters_per_hour.max(1);
    let owed = tx.tally("letters", "", hour(now))?;
    if owed == most.saturating_add(1) {
        tracing::warn!(
            "more than {most} letters within an hour (policy.letters_per_hour), this one is to {}, because of event {}: \
             it and all after it wait for the next hours; `trackle log` tells who caused them",
            frozen.to,
            frozen.event
        );
    }
    let hours = i64::from(owed.saturating_sub(1) / most);
    Ok((hours > 0).then(|| now + SignedDuration::from_hours(hours)))
}

/// Whose thread a letter is part of. The long form at a person's own address is in nobody else's.
fn readers(letter: &Letter) -> SeenBy {
    match (&letter.to, &letter.about) {
        (Recipient::Staff(_), _) => SeenBy { staff: true, outside: false },
        (_, About::StaffChanged { .. } | About::SessionLog { .. }) => SeenBy::default(),
        _ => SeenBy { staff: false, outside: true },
    }
}

/// What its reader writes in. Staff read what their site speaks, wherever they write from.
fn language_of(tx: &Tx<'_>, house: &House, to: &Recipient) -> Outcome<Option<Language>> {
    let staff = matches!(to, Recipient::Staff(_)) || house.robot.member(to.address()).is_some();
    Ok(if staff { None } else { tx.person(to.address())?.and_then(|person| person.language) })
}

/// The ticket whose thread a letter is part of.
fn about_ticket(about: &About) -> Option<Number> {
    match about {
        About::Opened { view, .. }
        | About::StaffOpened { view, .. }
        | About::StaffChanged { view, .. }
        | About::SessionLog { view, .. }
        | About::Changed { view, .. } => Some(view.ticket.number),
        _ => None,
    }
}
