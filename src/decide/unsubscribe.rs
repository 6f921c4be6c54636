//! No more mail about a ticket. The code in List-Unsubscribe is made for one person and one ticket, so it is proof
//! enough to act at once (RFC 2369, RFC 8058), by mail or by link; the answer goes to that person, whoever sent the mail.

use crate::model::decision::{Change, Decision, End, Filing, Reply, Target, What};
use crate::model::person::Person;
use crate::model::ticket::{Number, View};

/// Ends a subscription; `view` is the ticket, if it exists.
pub fn unsubscribe(ticket: Number, person: &Person, view: Option<&View>) -> Decision {
    let level = view.and_then(|v| v.level_of(&person.address));
    if level.is_none() {
        return Decision::end(End::Applied, format!("not subscribed to {ticket} any more; nothing to do"));
    }
    let mut decision = Decision::end(End::Applied, format!("unsubscribed from {ticket}"));
    let what = What::Follows { who: person.address.clone(), from: level, to: None };
    decision.filings.push(Filing {
        changes: vec![Change { line: 0, what, remark: String::new() }],
        quiet: true,
        ..Filing::of(Target::Known(ticket))
    });
    decision.replies.push(Reply::Left { ticket, by: None });
    decision
}
