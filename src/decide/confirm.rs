//! The answer to a question of ours: the code came back. It opens the ticket or lets the held mail go on, once; a
//! second answer is told so and does nothing. No automatic mail can confirm (it never gets here), nor one that must not
//! be answered, nor one whose subject is a vacation message's; a sysadmin who looked at it may let it.

use super::{Case, invite, text_of};
use crate::model::clues::{Pending, Purpose};
use crate::model::decision::{Change, Decision, End, Entry, Filing, Reply, Target, What};
use crate::model::proof::Sender;

/// Confirms.
pub fn confirm(pending: &Pending, case: Case<'_>) -> Decision {
    let Some(sender) = case.sender else {
        return Decision::end(End::Held, "a confirmation with no single usable From address");
    };
    if !case.nature.may_answer && !case.released {
        // a bounce that nobody recognized quotes the code as well
        return Decision::end(
            End::Held,
            format!(
                "it carries a confirmation code, but nothing that a machine may have sent confirms: {}",
                case.nature.why
            ),
        );
    }
    if sounds_away(&case.mail.subject) && !case.released {
        return Decision::end(
            End::Held,
            "it carries a confirmation code, but its subject is a vacation message's",
        );
    }
    if pending.answered.is_some() {
        let mut decision = Decision::end(End::Applied, "confirmed before; nothing to do");
        if case.may_answer() && is_asked(pending, sender, case) {
            decision.replies.push(Reply::Already { ticket: pending.ticket });
        }
        return decision;
    }
    if case.now > pending.expires && !case.released {
        let mut decision = Decision::end(End::Held, "the confirmation came too late");
        if case.may_answer() && is_asked(pending, sender, case) {
            decision.replies.push(Reply::TooLate { ticket: pending.ticket });
        }
        return decision;
    }
    match pending.purpose {
        Purpose::Ticket => confirm_ticket(pending, case),
        Purpose::Mail => confirm_mail(pending, sender, case),
        Purpose::Follow => invite::answered(pending, sender, case),
    }
}

fn confirm_ticket(pending: &Pending, case: Case<'_>) -> Decision {
    let Some(ticket) = pending.ticket else {
        return Decision::end(End::Held, "a confirmation of no ticket");
    };
    let mut decision = Decision::end(End::Applied, format!("confirmed {ticket}"));
    decision.filings.push(Filing {
        target: Target::Known(ticket),
        entry: added(case).map(|text| Entry { text, staff_only: false }),
        changes: vec![Change { line: 0, what: What::Confirmed, remark: String::new() }],
        quiet: false,
        requester: None,
    });
    decision.answers = Some(pending.id);
    decision.proves_sender = true;
    decision
}

/// A mail's question is answered only from where it was asked: the code alone is not the person.
fn confirm_mail(pending: &Pending, sender: &Sender, case: Case<'_>) -> Decision {
    if !is_asked(pending, sender, case) {
        return Decision::end(End::Held, "a confirmation code that was given to somebody else");
    }
    let mut decision = Decision::end(End::Applied, "confirmed a held mail");
    decision.answers = Some(pending.id);
    decision.releases = Some(pending.intake);
    decision.with_yes = added(case);
    decision.proves_sender = true;
    decision
}

/// What the answer says beyond yes, if anything; empty when it only brings files.
pub(super) fn added(case: Case<'_>) -> Option<String> {
    let text = text_of(case.mail, &case.mail.new_text());
    let text = if says_something(&text) { text } else { String::new() };
    (!text.is_empty() || !case.mail.attachments.is_empty()).then_some(text)
}

/// Whether the sender is the one who was asked: the same address, or another address of the same staff member.
pub(super) fn is_asked(pending: &Pending, sender: &Sender, case: Case<'_>) -> bool {
    pending.person.address == sender.address
        || case.robot.member(&pending.person.address).is_some_and(|m| m.writes_from(&sender.address))
}

/// More than "yes" or "confirmed, thank you": worth showing to staff. In doubt it is: a yes too many harms nobody, and
/// "it burns again" is short as well.
fn says_something(text: &str) -> bool {
    const YES: [&str; 34] = [
        "yes",
        "yep",
        "ok",
        "okay",
        "yup",
        "sure",
        "confirm",
        "confirmed",
        "i",
        "it",
        "this",
        "that",
        "was",
        "is",
        "me",
        "mine",
        "my",
        "mail",
        "wrote",
        "sent",
        "did",
        "correct",
        "thanks",
        "thank",
        "you",
        "please",
        "ja",
        "danke",
        "oui",
        "merci",
        "si",
        "sí",
        "sim",
        "да",
    ];
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).any(|word| !YES.contains(&word.as_str()))
}

/// Subjects that mail programs give to vacation messages.
fn sounds_away(subject: &str) -> bool {
    const AWAY: [&str; 22] = [
        "automatic reply",
        "auto reply",
        "auto-reply",
        "autoreply",
        "auto:",
        "out of office",
        "out-of-office",
        "away from",
        "on vacation",
        "abwesenheit",
        "automatische antwort",
        "réponse automatique",
        "reponse automatique",
        "absence",
        "respuesta automática",
        "fuera de la oficina",
        "risposta automatica",
        "resposta automática",
        "automatisch antwoord",
        "autosvar",
        "automaattinen vastaus",
        "автоответ",
    ];
    let subject = subject.to_lowercase();
    AWAY.iter().any(|a| subject.starts_with(a))
}
