//! One mail's reading as a JSON object, for `explain --json` and for the tests that score foreign mail. In: what
//! `read` and `identify` said; out: an object with the fields below. Shows claims as claims: nothing in it is proven.
//!
//! Programs that sort bounces count "not delivered yet" among them, as a soft one: `kind` is `bounce` for both, and
//! `final` says whether the other machine has given up. The robot itself keeps the two apart: a delay is no failure.

use crate::model::{
    kind::{Kind, Nature},
    mail::{Mail, MessageId, Report, ReportKind},
};
use serde_json::{Value, json};

/// The reading of the mail in the file `path`.
pub fn reading(path: &str, mail: &Mail, nature: &Nature) -> Value {
    let ids = |all: &[MessageId]| all.iter().map(MessageId::to_string).collect::<Vec<_>>();
    let attachments: Vec<Value> = mail
        .attachments
        .iter()
        .map(|a| json!({ "name": a.name, "type": a.media, "size": a.bytes.len() }))
        .collect();
    json!({
        "path": path,
        "subject": mail.subject,
        "from": mail.from.first().map(|m| m.addr.as_str()).unwrap_or_default(),
        "message_id": mail.message_id.as_ref().map(MessageId::to_string),
        "in_reply_to": ids(&mail.in_reply_to),
        "references": ids(&mail.references),
        "text": mail.text,
        "new_text": mail.new_text(),
        "attachments": attachments,
        "kind": word(nature.kind),
        "may_answer": nature.may_answer,
        "why": nature.why,
        "bounce": mail.report.as_ref().map(report),
        "doubled": mail.doubled,
        "damage": mail.damage,
    })
}

fn report(report: &Report) -> Value {
    json!({
        "recipients": report.recipients,
        "status": report.status,
        "dead": report.dead,
        "final": report.kind != ReportKind::Delay,
        "diagnostic": report.diagnostic,
    })
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Delay => Kind::Bounce.word(),
        kind => kind.word(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_has_what_programs_ask_for() {
        let mail =
            crate::read::mail(b"From: Ann <a@b.c>\nSubject: x\nMessage-ID: <1@b.c>\n\nhello\n").unwrap();
        let nature = Nature {
            kind: Kind::Mail,
            may_answer: true,
            sounds_away: false,
            why: "nothing speaks against it".to_owned(),
        };
        let shown = reading("x.eml", &mail, &nature);
        assert_eq!(shown["from"], "a@b.c");
        assert_eq!(shown["message_id"], "<1@b.c>");
        assert_eq!(shown["new_text"], "hello");
        assert_eq!(shown["bounce"], Value::Null);
    }

    /// Two words of the same sort to a program; only one of them is the end, and neither is a dead address.
    #[test]
    fn a_delay_is_a_bounce_that_is_not_final() {
        for (action, status, last, dead) in [
            ("delayed", "4.4.1", false, false),
            ("failed", "4.4.7", true, false),
            ("failed", "5.1.1", true, true),
        ] {
            let raw = format!(
                "From: MAILER-DAEMON@b.c\nSubject: Your mail\nContent-Type: multipart/report; boundary=x; \
                 report-type=delivery-status\n\n--x\n\nIt did not arrive.\n--x\nContent-Type: \
                 message/delivery-status\n\nReporting-MTA: dns; b.c\n\nFinal-Recipient: rfc822; a@b.c\n\
                 Action: {action}\nStatus: {status}\n\n--x--\n"
            );
            let mail = crate::read::mail(raw.as_bytes()).unwrap();
            let shown = reading("x.eml", &mail, &crate::identify::loops::nature(&mail));
            assert_eq!(shown["kind"], "bounce", "{action}");
            assert_eq!(shown["bounce"]["final"], last, "{action} {status}");
            assert_eq!(shown["bounce"]["dead"], dead, "{action} {status}");
        }
    }
}
