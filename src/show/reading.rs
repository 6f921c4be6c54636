//! One mail's reading as a JSON object, for `explain --json` and for the tests that score foreign mail. In: what
//! `read` and `identify` said; out: an object with the fields below. Shows claims as claims: nothing in it is proven.

use crate::model::{
    kind::Nature,
    mail::{Mail, MessageId},
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
    let bounce = mail.report.as_ref().map(|r| {
        json!({ "recipients": r.recipients, "status": r.status, "dead": r.dead, "diagnostic": r.diagnostic })
    });
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
        "kind": nature.kind.word(),
        "may_answer": nature.may_answer,
        "why": nature.why,
        "bounce": bounce,
        "doubled": mail.doubled,
        "damage": mail.damage,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::kind::Kind;

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
}
