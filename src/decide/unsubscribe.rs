//! No more mail about a ticket, or about all whose news come gathered. The code in List-Unsubscribe is made for one
//! person, and one ticket or all of those, so it is proof enough to act at once (RFC 2369, RFC 8058); the answer goes to
//! that person, whoever sent the mail.

use super::Case;
use crate::model::decision::{Change, Decision, End, Filing, Reply, Target, What};
use crate::model::person::Person;
use crate::model::ticket::Number;

/// Ends a subscription; `None`: all of those whose news come gathered.
pub fn unsubscribe(ticket: Option<Number>, person: &Person, case: Case<'_>) -> Decision {
    let what = ticket.map_or_else(|| "all gathered news".to_owned(), |ticket| ticket.to_string());
    let all = ticket.map_or_else(|| case.known.gathered.clone(), |ticket| vec![ticket]);
    let filings: Vec<Filing> = all.into_iter().filter_map(|ticket| leaves(ticket, person, case)).collect();
    if filings.is_empty() {
        return Decision::end(End::Applied, format!("not subscribed to {what} any more; nothing to do"));
    }
    let mut decision = Decision::end(End::Applied, format!("unsubscribed from {what}"));
    decision.filings = filings;
    decision.replies.push(Reply::Left { ticket });
    decision
}

/// That person follows it no longer, if he does.
fn leaves(ticket: Number, person: &Person, case: Case<'_>) -> Option<Filing> {
    let level = case.known.view(ticket)?.level_of(&person.address)?;
    let what = What::Follows { who: person.address.clone(), from: Some(level), to: None };
    let changes = vec![Change { line: 0, what, remark: String::new() }];
    Some(Filing { changes, quiet: true, ..Filing::of(Target::Known(ticket)) })
}
