//! Reports of other machines. They are about the delivery of a letter, never content: they open nothing, reopen
//! nothing and are answered by nobody (RFC 3464; half of all mail loops began here). A complaint (RFC 5965) ends at once
//! what its maker follows: nobody is to be asked twice.

use super::Case;
use crate::model::address::Address;
use crate::model::clues::Outgoing;
use crate::model::decision::{Change, Decision, End, Failure, Filing, Target, What};
use crate::model::kind::Kind;

/// Notes what a report says of a letter of ours.
pub fn bounce(letter: Option<&Outgoing>, case: Case<'_>) -> Decision {
    let kind = case.nature.kind;
    let Some(letter) = letter else {
        return Decision::end(End::Ignored, format!("{kind}, about no letter of ours ({})", case.nature.why));
    };
    match kind {
        Kind::Bounce => failed(letter, case),
        Kind::Feedback => complaint(letter, case),
        _ => Decision::end(End::Ignored, format!("{kind} about letter {}", letter.id)),
    }
}

fn failed(letter: &Outgoing, case: Case<'_>) -> Decision {
    let report = case.mail.report.as_ref();
    let why = report.map_or_else(String::new, |r| reason(&r.status, &r.diagnostic));
    let mut decision = Decision::end(End::Applied, format!("letter {} did not arrive: {why}", letter.id));
    let recipient = letter.recipient.clone();
    let half_points = half_points(letter, case);
    decision.undelivered =
        Some(Failure { letter: letter.id, recipient: recipient.clone(), why: why.clone(), half_points });
    decision.filings.extend(letter.ticket.map(|t| quiet(t, What::Undelivered { recipient, why })));
    decision
}

/// The status and the other server's words, which mostly have it in them.
fn reason(status: &str, said: &str) -> String {
    let known = said.split_whitespace().any(|word| word == status);
    if known { said.to_owned() } else { format!("{status} {said}").trim().to_owned() }
}

/// What the report counts against the address (Mailman's numbers): a dead one a point, a full one half, a letter that
/// was not liked nothing. Where each letter has its own return path, what did not come to it counts nothing: whoever
/// got a letter of the ticket could have written that report.
fn half_points(letter: &Outgoing, case: Case<'_>) -> u8 {
    match &case.mail.report {
        _ if letter.automatic || (case.robot.returns && !letter.proven) => 0,
        Some(report) if report.dead => 2,
        Some(report) if matches!(report.status.as_str(), "4.2.2" | "5.2.2") => 1,
        _ => 0,
    }
}

/// Somebody pressed "this is spam". Done only where it shows that the letter's own reader got it: by the return path that
/// it came to, or by the unsubscribe code that it returns. Whoever got a letter of the ticket could have written any other.
fn complaint(letter: &Outgoing, case: Case<'_>) -> Decision {
    let Some(who) = Address::parse(&letter.recipient).filter(|a| !is_staff(a, case)) else {
        return Decision::end(End::Ignored, format!("a complaint from staff about letter {}", letter.id));
    };
    if !(letter.proven || letter.returned || case.released) {
        return Decision::stopped(format!(
            "a report that {who} complained about letter {}, which anybody may have written: it came to no return path of \
             ours, and returns no unsubscribe link of theirs; if it is true, let it through with `trackle quarantine retry`",
            letter.id
        ));
    }
    let mut decision = Decision::end(End::Applied, format!("{who} complained about letter {}", letter.id));
    let level = letter.ticket.and_then(|t| case.known.view(t)).and_then(|v| v.level_of(&who));
    let leaves = letter.ticket.filter(|_| level.is_some());
    decision
        .filings
        .extend(leaves.map(|t| quiet(t, What::Follows { who: who.clone(), from: level, to: None })));
    decision.complaint = Some(who);
    decision
}

fn is_staff(address: &Address, case: Case<'_>) -> bool {
    case.robot.reads_list(address) || case.robot.member(address).is_some()
}

fn quiet(ticket: crate::model::ticket::Number, what: What) -> Filing {
    let changes = vec![Change { line: 0, what, remark: String::new() }];
    Filing { changes, quiet: true, ..Filing::of(Target::Known(ticket)) }
}
