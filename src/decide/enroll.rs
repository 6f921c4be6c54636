//! A host wants to be believed: it is held, and staff are asked on their list. Whoever on staff answers with a yes lets it
//! happen; any other answer is talk. In: the card and what is known of its key; out: what happens to its mail.

use super::Case;
use super::confirm::is_yes;
use crate::limits;
use crate::model::clues::Pending;
use crate::model::decision::{Ask, Decision, End};
use crate::model::host::Card;

/// Decides about a card.
pub fn enroll(card: &Card, case: Case<'_>) -> Decision {
    let name = &card.name;
    if let Some(known) = &case.known.host
        && known.revoked.is_none()
        && (&known.name, &known.login, &known.member) == (name, &card.login, &card.member)
    {
        return Decision::end(End::Applied, format!("{name} is believed already"));
    }
    if case.released {
        return Decision::end(End::Applied, format!("{name} is believed from now on"));
    }
    if case.known.hosts_today >= limits::HOSTS_PER_DAY {
        return Decision::stopped(format!(
            "{name} wants to be enrolled, when {} hosts asked for it today already, the most there may be; if it is yours, \
             let it through with `trackle quarantine retry`",
            case.known.hosts_today
        ));
    }
    let why = format!("{name} wants to be enrolled: staff were asked");
    Decision { ask: Some(Ask::Host { card: card.clone() }), ..Decision::end(End::Held, why) }
}

/// The answer to that question. It was asked of all staff, so each of them can say yes, in words.
pub(super) fn answered(pending: &Pending, case: Case<'_>) -> Decision {
    if !case.is_staff() {
        return Decision::end(
            End::Held,
            "a yes to a question that was asked of staff, from somebody who is not",
        );
    }
    if case.may_be_forged() {
        return Decision::end(
            End::Held,
            "a yes to a question that was asked of staff, in a member's name and without the mail server's proof",
        );
    }
    let text = case.mail.new_text();
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if !is_yes(first) {
        return Decision::end(
            End::Ignored,
            "talk about a host that wants to be enrolled: no yes on its first line",
        );
    }
    let mut decision = Decision::end(End::Applied, "said yes to a host");
    decision.answers.push(pending.id);
    decision.releases.push(pending.intake);
    decision
}
