//! Taking back: the changes of the sender's last mail, newest first, all of them or none. What was changed again since is
//! left alone and said; what cannot be taken back (text, letters, questions) stays.

use super::Case;
use crate::model::decision::What;
use crate::model::refusal::Refusal;
use crate::model::ticket::{Number, View};

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

/// What takes the last mail's changes back, in the order in which it is to happen.
pub(super) fn undo(views: &[View], case: Case<'_>) -> Result<Vec<(Number, What)>, Refusal> {
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
        view.apply(&inverse);
        back.push((*number, inverse));
    }
    let first = back.first().map(|(number, _)| *number).ok_or(Refusal::NothingToUndo)?;
    back.push((first, What::Undid { mail: last.mail }));
    Ok(back)
}
