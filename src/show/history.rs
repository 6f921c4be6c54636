//! Events in full: what happened, when, by whom, by what proof, because of which line of which mail. A ticket's log is
//! a grid of them.

use super::grid::{self, Column, painted, plain};
use super::look::{Look, Paint, json_time};
use crate::store::history::Happened;
use serde_json::{Value, json};

/// Events as lines below their heads, oldest first.
pub fn page(events: &[Happened], look: &Look) -> String {
    let heads = ["event", "when", "ticket", "what", "who", "proof", "asked by", "details"];
    let mut rows = vec![heads.iter().map(|h| painted(Paint::Dim, h)).collect::<Vec<_>>()];
    rows.extend(events.iter().map(|h| {
        vec![
            painted(Paint::Bold, h.seq.to_string()),
            plain(look.date(h.at)),
            plain(h.ticket.map_or_else(|| "-".into(), |n| format!("#{n}"))),
            plain(&h.what),
            plain(&h.actor),
            plain(&h.proof),
            plain(asked_by(h)),
            plain(detail(&h.detail)),
        ]
    }));
    let columns = [Column::Right, Column::Left, Column::Right].into_iter().chain([Column::Left; 4]);
    grid::lay(&columns.chain([Column::Wrap]).collect::<Vec<_>>(), &rows, look)
}

/// `mail 7, line 2`, or a dash for what the robot did by itself and for what was done by hand.
fn asked_by(event: &Happened) -> String {
    match (event.mail, event.line) {
        (None, _) => "-".into(),
        (Some(mail), 0) => format!("mail {mail}"),
        (Some(mail), line) => format!("mail {mail}, line {line}"),
    }
}

/// `{"from":"open","remark":"done","to":"closed"}` as `from open, to closed, remark done`, and what was set as
/// `priority, from none, to high`.
pub fn detail(json: &str) -> String {
    let Ok(Value::Object(fields)) = serde_json::from_str(json) else { return json.to_owned() };
    // what has no field's name beside it is about people
    let nothing = if fields.contains_key("field") { "none" } else { "nobody" };
    let word = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => nothing.into(),
        Value::Array(all) => all
            .iter()
            .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(" "),
        other => other.to_string(),
    };
    let mut fields: Vec<_> =
        fields.iter().filter(|(_, value)| value.as_array().is_none_or(|a| !a.is_empty())).collect();
    let order = ["field", "from", "to"];
    fields.sort_by_key(|(name, _)| order.iter().position(|first| first == name).unwrap_or(order.len()));
    let said = |(name, value): (&String, &Value)| match name.as_str() {
        "field" => word(value),
        name => format!("{name} {}", word(value)),
    };
    fields.into_iter().map(said).collect::<Vec<_>>().join(", ")
}

/// One event for programs.
pub fn event_json(event: &Happened) -> Value {
    let detail = serde_json::from_str(&event.detail).unwrap_or_else(|_| json!(event.detail));
    json!({
        "seq": event.seq,
        "ticket": event.ticket,
        "mail": event.mail,
        "message_id": event.message_id,
        "line": event.line,
        "at": json_time(event.at),
        "actor": event.actor,
        "proof": event.proof,
        "what": event.what,
        "detail": detail,
        "hash": event.hash,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    pub fn event(mail: Option<i64>, line: u32) -> Happened {
        Happened {
            seq: 4,
            ticket: Some(12),
            mail,
            message_id: mail.map(|_| "1@x.example".into()),
            line,
            at: Timestamp::from_second(0).unwrap(),
            actor: "ann\u{1b}@x.example".into(),
            proof: "domain".into(),
            what: "closed".into(),
            detail: r#"{"from":"open","to":"closed"}"#.into(),
            hash: "0af9".repeat(16),
        }
    }

    #[test]
    fn events_say_who_asked_and_where() {
        let page = page(&[event(Some(7), 2), event(Some(7), 0), event(None, 0)], &Look::plain());
        let wanted = "\
event  when              ticket  what    who                proof   asked by        details
    4  1970-01-01 00:00     #12  closed  ann\\x1b@x.example  domain  mail 7, line 2  from open, to closed
    4  1970-01-01 00:00     #12  closed  ann\\x1b@x.example  domain  mail 7          from open, to closed
    4  1970-01-01 00:00     #12  closed  ann\\x1b@x.example  domain  -               from open, to closed
";
        assert_eq!(page, wanted, "{page}");
        let json = event_json(&event(Some(7), 2));
        assert_eq!((&json["line"], &json["message_id"]), (&json!(2), &json!("1@x.example")));
        assert_eq!(json["detail"]["to"], "closed");
    }

    #[test]
    fn details_that_are_no_json_are_shown_as_they_are() {
        assert_eq!(detail("{"), "{");
        assert_eq!(detail(r#"{"to":null,"remark":"x","from":"ann"}"#), "from ann, to nobody, remark x");
        assert_eq!(
            detail(r#"{"field":"due","from":null,"to":"2026-12-01"}"#),
            "due, from none, to 2026-12-01"
        );
        assert_eq!(detail(r#"{"added":["ink","toner"],"removed":[]}"#), "added ink toner");
    }
}
