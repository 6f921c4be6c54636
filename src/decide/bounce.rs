//! Reports of other machines. They are about the delivery of a letter, never content: they open nothing, reopen
//! nothing and are answered by nobody (RFC 3464; half of all mail loops began here).

use super::Case;
use crate::model::clues::Outgoing;
use crate::model::decision::{Change, Decision, End, Filing, Target, What};
use crate::model::kind::Kind;

/// Notes what a report says of a letter of ours.
pub fn bounce(letter: Option<&Outgoing>, case: Case<'_>) -> Decision {
    let kind = case.nature.kind;
    let Some(letter) = letter else {
        return Decision::end(End::Ignored, format!("{kind}, about no letter of ours ({})", case.nature.why));
    };
    if kind != Kind::Bounce {
        return Decision::end(End::Ignored, format!("{kind} about letter {}", letter.id));
    }
    let why = case
        .mail
        .report
        .as_ref()
        .map_or_else(String::new, |r| format!("{} {}", r.status, r.diagnostic).trim().to_owned());
    let mut decision = Decision::end(End::Applied, format!("letter {} did not arrive: {why}", letter.id));
    decision.undelivered = Some((letter.id, why.clone()));
    if let Some(ticket) = letter.ticket {
        let what = What::Undelivered { recipient: letter.recipient.clone(), why };
        decision.filings.push(Filing {
            target: Target::Known(ticket),
            entry: None,
            changes: vec![Change { line: 0, what, remark: String::new() }],
            quiet: true,
            requester: None,
        });
    }
    decision
}
