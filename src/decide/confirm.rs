//! The answer to a question of ours: the code came back. It opens the ticket or lets the held mail go on, once; a
//! second answer is told so and does nothing. No automatic mail can confirm (it never gets here), nor one that must not
//! be answered, nor one whose subject is a vacation message's; a sysadmin who looked at it may let it.

use super::{Case, enroll, invite, text_of};
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
    if case.nature.sounds_away && !case.released {
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
        Purpose::Host => enroll::answered(pending, case),
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
    decision.answers.push(pending.id);
    decision.proves_sender = true;
    decision
}

/// A mail's question is answered only from where it was asked: the code alone is not the person.
fn confirm_mail(pending: &Pending, sender: &Sender, case: Case<'_>) -> Decision {
    if !is_asked(pending, sender, case) {
        return Decision::end(End::Held, "a confirmation code that was given to somebody else");
    }
    let mut decision = Decision::end(End::Applied, confirmed(pending.bundled.len()));
    for (question, mail) in pending.bundled.iter().copied().chain([(pending.id, pending.intake)]) {
        decision.answers.push(question);
        decision.releases.push(mail);
    }
    decision.with_yes = added(case);
    decision.proves_sender = true;
    decision
}

fn confirmed(earlier: usize) -> String {
    match earlier {
        0 => "confirmed a held mail".to_owned(),
        n => format!("confirmed {} held mails", n + 1),
    }
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

/// A yes in words, and nothing else.
pub(super) fn is_yes(line: &str) -> bool {
    line.contains(char::is_alphabetic) && !says_something(line)
}

/// More than "yes" or "confirmed, thank you", in whatever language: worth showing to staff. In doubt it is: a yes too
/// many harms nobody, and "it burns again" is short as well.
fn says_something(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words
        .map(str::to_lowercase)
        .any(|word| !YES.iter().any(|language| language.split(' ').any(|w| w == word)))
}

/// Words of which a mere yes is made, one row for each language.
const YES: [&str; 28] = [
    "yes yep yup ok okay sure i it this that was is me mine my mail wrote sent did correct confirm confirmed thanks thank you please",
    "ja jo das war ich bin es stimmt richtig bestätige bestätigt danke vielen dank bitte",
    "oui c était moi est bien je confirme confirmé merci",
    "sí si fui yo soy confirmo confirmado gracias",
    "sóc gràcies",
    "sim fui eu obrigado obrigada",
    "sì sono io ero confermato grazie",
    "dat was ik klopt bevestigd bedankt dank",
    "det är jag var bekräftar tack",
    "er jeg mig meg bekræfter bekrefter tak takk",
    "já þetta ég",
    "kyllä joo se olin minä vahvistan kiitos",
    "jah see olin mina aitäh",
    "jā tas biju es paldies",
    "taip tai aš ačiū",
    "tak to ja byłem byłam potwierdzam dziękuję",
    "ano jsem já byl byla potvrzuji děkuji áno bol bola potvrdzujem ďakujem",
    "da potrjujem potvrđujem hvala",
    "igen én voltam megerősítem köszönöm",
    "eu am fost confirm mulțumesc",
    "evet bendim onaylıyorum teşekkürler teşekkür ederim",
    "ναι εγώ ήμουν επιβεβαιώνω ευχαριστώ",
    "да это я подтверждаю спасибо так це підтверджую дякую потвърждавам благодаря",
    "כן זה אני מאשר מאשרת תודה",
    "نعم أنا أؤكد شكرا بله من تأیید ممنون",
    "はい 私です 是 是的 是我 确认 確認 谢谢 謝謝 好的 네 예 맞습니다 감사합니다",
    "vâng có tôi cảm ơn xác nhận ใช่ ครับ ค่ะ ขอบคุณ",
    "ya benar saya terima kasih",
];

#[cfg(test)]
mod tests {
    use super::says_something;

    #[test]
    fn a_mere_yes_says_nothing() {
        for yes in [
            "yes",
            "Yes, it was me. Thanks!",
            "Ja, das war ich. Vielen Dank!",
            "Oui, c'était bien moi, merci.",
            "Sí, gracias",
            "Sim, fui eu.",
            "Sì, grazie",
            "Ja, dat was ik",
            "Ja, det var jag. Tack",
            "Kyllä, kiitos",
            "Tak, to ja, dziękuję",
            "Ano, děkuji",
            "Igen, köszönöm",
            "Evet",
            "Ναι",
            "Да, это я",
            "はい",
            "是的，谢谢",
            "네",
            "Ya, terima kasih",
            "👍",
            "",
        ] {
            assert!(!says_something(yes), "{yes}");
        }
        for more in
            ["It burns again", "Ja, und es brennt wieder", "no", "nein", "Oui, mais pas urgent", "12", "stop"]
        {
            assert!(says_something(more), "{more}");
        }
    }
}
