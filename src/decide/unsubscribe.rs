//! No more mail about a ticket. The code in List-Unsubscribe is made for one person and one ticket, so it is proof
//! enough to act at once (RFC 2369, RFC 8058); the answer goes to that person, whoever sent the mail.

use super::Case;
use crate::model::decision::{Change, Decision, End, Filing, Reply, Target, What};
use crate::model::person::Person;
use crate::model::ticket::Number;

/// Ends a subscription.
pub fn unsubscribe(ticket: Number, person: &Person, case: Case<'_>) -> Decision {
    let level = case.known.view(ticket).and_then(|v| v.level_of(&person.address));
    if level.is_none() {
        return Decision::end(End::Applied, format!("not subscribed to {ticket} any more; nothing to do"));
    }
    let mut decision = Decision::end(End::Applied, format!("unsubscribed from {ticket}"));
    decision.filings.push(Filing {
        target: Target::Known(ticket),
        entry: None,
        changes: vec![Change {
            line: 0,
            what: What::Follows { who: person.address.clone(), from: level, to: None },
            remark: String::new(),
        }],
        quiet: true,
        requester: None,
    });
    decision.replies.push(Reply::Left { ticket });
    decision
}
