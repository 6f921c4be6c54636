//! Taking back: the changes of the sender's last mail, newest first, all of them or none. What was changed again since is
//! left alone and said; what cannot be taken back (text, letters, questions) stays.

use super::Case;
use crate::limits;
use crate::model::decision::What;
use crate::model::fields::Field;
use crate::model::links::Relation;
use crate::model::proof::Vouched;
use crate::model::refusal::Refusal;
use crate::model::ticket::{Number, View};
use std::collections::BTreeSet;

/// Who changed it since, as the sender may call him: staff by anybody, staff and nobody else by address.
fn by_whom(number: Number, case: Case<'_>) -> String {
    let since = case.known.last.iter().flat_map(|last| &last.since);
    let Some((_, actor)) = since.into_iter().find(|(changed, _)| *changed == number) else {
        return String::new();
    };
    match case.robot.member(actor) {
        Some(member) => member.name.clone(),
        None if case.is_staff() => actor.to_string(),
        None => String::new(),
    }
}

/// Whether what would be taken back was grave, or touched many: then taking it back is as grave.
pub(super) fn is_grave(case: Case<'_>) -> bool {
    let Some(last) = &case.known.last else { return false };
    let tickets: BTreeSet<Number> = last.changes.iter().map(|(number, _)| *number).collect();
    let grave = |what: &What| match what {
        What::Related { relation, .. } | What::Unrelated { relation, .. } => *relation == Relation::Merged,
        What::Requester { .. } => true,
        What::Follows { who, to: None, .. } => case.sender.is_some_and(|s| s.address != *who),
        _ => false,
    };
    tickets.len() > limits::TICKETS_UNASKED || last.changes.iter().any(|(_, what)| grave(what))
}

/// Whether the sender may still do by himself what takes a change back: he may be staff or requester no longer, and the
/// ticket may have become private since.
fn may(view: &View, back: &What, vouched: &Vouched) -> Result<(), Refusal> {
    let (ticket, address) = (&view.ticket, &vouched.sender().address);
    if vouched.login().is_some() {
        return Ok(());
    }
    if ticket.fields.is_private() && !view.has_part(address) {
        return Err(Refusal::NoTicket(ticket.number));
    }
    match back {
        What::Follows { who, .. } if who == address => Ok(()),
        What::State { .. } | What::Set { field: Field::Severity | Field::Private, .. } => {
            let his = ticket.requester.address == *address;
            if his { Ok(()) } else { Err(Refusal::NotYours(ticket.number)) }
        }
        _ => Err(Refusal::StaffOnly),
    }
}

/// What takes the last mail's changes back, in the order in which it is to happen.
pub(super) fn undo(
    views: &[View],
    vouched: &Vouched,
    case: Case<'_>,
) -> Result<Vec<(Number, What)>, Refusal> {
    let last = case.known.last.as_ref().ok_or(Refusal::NothingToUndo)?;
    let mut back = Vec::new();
    let mut touched: Vec<View> = views.to_vec();
    for (number, what) in last.changes.iter().rev() {
        let Some(inverse) = what.inverse() else { continue };
        let view =
            touched.iter_mut().find(|v| v.ticket.number == *number).ok_or(Refusal::NoTicket(*number))?;
        if !view.holds(what) {
            return Err(Refusal::ChangedSince(*number, by_whom(*number, case)));
        }
        may(view, &inverse, vouched)?;
        view.apply(&inverse);
        back.push((*number, inverse));
    }
    let first = back.first().map(|(number, _)| *number).ok_or(Refusal::NothingToUndo)?;
    back.push((first, What::Undid { mail: last.mail }));
    Ok(back)
}
