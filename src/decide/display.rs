//! Showing and hiding: an order about files and typed commands of a session's log, and the logs that the mail names or
//! answers, come in; what is to change, or why nothing, goes out. The record itself stays as it is.

use super::Case;
use crate::command::Order;
use crate::command::reveal::{self, Meant};
use crate::model::decision::What;
use crate::model::refusal::Refusal;
use crate::model::session_log::Log;
use crate::model::ticket::Number;
use std::collections::BTreeSet;

/// The session's ticket, and what changes.
pub(super) fn change(order: &Order, shown: bool, case: Case<'_>) -> Result<(Number, What), Refusal> {
    // nobody else learns that there are sessions, and what is in them
    if case.vouched.is_none_or(|vouched| vouched.login().is_none()) {
        return Err(Refusal::StaffOnly);
    }
    let meant = reveal::meant(&order.words).ok_or(Refusal::Form { usage: order.verb.usage })?;
    let log = log(meant.session, case)?;
    of_log(log, &meant, shown).map(|what| (log.filed.ticket, what))
}

/// What changes in that log, or why nothing does.
///
/// # Errors
/// A file or command that it has not; nothing that would be otherwise.
pub fn of_log(log: &Log, meant: &Meant, shown: bool) -> Result<What, Refusal> {
    let session = log.filed.number;
    let mut files = BTreeSet::new();
    for said in &meant.files {
        let found = log.meant(said);
        if found.is_empty() {
            return Err(Refusal::NotInSession { session, word: said.clone() });
        }
        files.extend(found);
    }
    let typed = log.filed.session.typed.len() as u64;
    if let Some(none) = meant.commands.iter().find(|number| **number > typed) {
        return Err(Refusal::NotInSession { session, word: format!("command {none}") });
    }
    files.retain(|place| log.shows(*place) != shown);
    let path = |place: usize| log.filed.session.changes.get(place).map(|change| change.path.clone());
    let is_hidden = |number: u64| {
        let place = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
        log.overlay.hidden_commands.contains(&place)
    };
    let commands: Vec<u64> =
        meant.commands.iter().copied().filter(|number| is_hidden(*number) == shown).collect();
    if files.is_empty() && commands.is_empty() {
        return Err(Refusal::ShowsSo(session));
    }
    let files = files.into_iter().filter_map(path).collect();
    Ok(What::Displayed { session, files, commands, shown, lines: Vec::new() })
}

/// The log of that number, or the one whose letter is answered.
fn log(session: Option<u64>, case: Case<'_>) -> Result<&Log, Refusal> {
    let reviewed = case.known.reviewed.as_ref().map(|reviewed| &reviewed.log);
    let Some(number) = session else { return reviewed.ok_or(Refusal::WhichSession) };
    let named = case.known.sessions.iter().chain(reviewed);
    named.into_iter().find(|log| log.filed.number == number).ok_or(Refusal::NoSession(number))
}
