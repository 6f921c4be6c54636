//! No more mail about a ticket, or about all whose news come gathered. The code in List-Unsubscribe is made for one
//! person, and one ticket or all of those, so it is proof enough to act at once (RFC 2369, RFC 8058), by mail or by link;
//! the answer goes to that person, whoever sent the mail.

use crate::model::decision::{Change, Decision, End, Filing, Reply, Target, What};
use crate::model::person::Person;
use crate::model::ticket::{Number, View};

/// Ends a subscription; `None`: all of those whose news come gathered. `views` are the tickets, as far as they exist.
pub fn unsubscribe(ticket: Option<Number>, person: &Person, views: &[&View]) -> Decision {
    let what = ticket.map_or_else(|| "all gathered news".to_owned(), |ticket| ticket.to_string());
    let filings: Vec<Filing> = views.iter().filter_map(|view| leaves(view, person)).collect();
    if filings.is_empty() {
        return Decision::end(End::Applied, format!("not subscribed to {what} any more; nothing to do"));
    }
    let mut decision = Decision::end(End::Applied, format!("unsubscribed from {what}"));
    decision.filings = filings;
    decision.replies.push(Reply::Left { ticket, by: None });
    decision
}

/// That person follows it no longer, if he does.
fn leaves(view: &View, person: &Person) -> Option<Filing> {
    let level = view.level_of(&person.address)?;
    let what = What::Follows { who: person.address.clone(), from: Some(level), to: None };
    let changes = vec![Change { line: 0, what, remark: String::new() }];
    Some(Filing { changes, quiet: true, ..Filing::of(Target::Known(view.ticket.number)) })
}
