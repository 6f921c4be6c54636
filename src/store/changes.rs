//! A change as the JSON that an event holds, and back: what `undo` takes back was read from here. Words and names in it
//! never change their meaning, since events are kept for ever.

use crate::model::address::Address;
use crate::model::decision::{Change, What};
use crate::model::fields::Field;
use crate::model::following::Level;
use crate::model::links::Relation;
use crate::model::session::FilePath;
use crate::model::ticket::{Description, Number, State};
use serde_json::{Value, json};

/// What changed, for the table and for `--json`.
pub(super) fn detail(change: &Change) -> String {
    let mut fields = fields(&change.what);
    if !change.remark.is_empty()
        && let Some(map) = fields.as_object_mut()
    {
        map.insert("remark".into(), change.remark.clone().into());
    }
    fields.to_string()
}

fn fields(what: &What) -> Value {
    match what {
        What::Opened | What::Confirmed | What::Commented | What::Asked | What::Answered => json!({}),
        What::State { from, to } => json!({ "from": from.word(), "to": to.word() }),
        What::Owner { from, to } => json!({ "from": from, "to": to }),
        What::Set { field, from, to } => json!({ "field": field.word(), "from": from, "to": to }),
        What::Described { from, to } => json!({ "from": event_of(*from), "to": event_of(*to) }),
        What::Tagged { added, removed } => json!({ "added": added, "removed": removed }),
        What::Related { relation, other } | What::Unrelated { relation, other } => {
            json!({ "relation": relation.word(), "other": other.0 })
        }
        What::Requester { from, to } => json!({ "from": from.as_str(), "to": to.as_str() }),
        What::Invited { who } => json!({ "who": who.as_str() }),
        What::Follows { who, from, to } => {
            json!({ "who": who.as_str(), "from": from.map(Level::word), "to": to.map(Level::word) })
        }
        What::Undid { mail } => json!({ "mail": mail }),
        What::Lock { holder, .. } => json!({ "holder": holder }),
        What::Worked { session, host, files, discarded } => {
            let mut fields = json!({ "session": session, "host": host, "files": files });
            if let (true, Some(map)) = (*discarded, fields.as_object_mut()) {
                map.insert("discarded".into(), true.into());
            }
            fields
        }
        What::Displayed { session, files, commands, .. } => {
            json!({ "session": session, "files": files, "commands": commands })
        }
        // what was said stands in its own table, where it can be taken out
        What::Annotated { session, spot, .. } => {
            json!({ "session": session, "file": spot.path, "side": spot.side.word(), "line": spot.line })
        }
        What::Unplaced { session, .. } => json!({ "session": session }),
        What::Redacted { session, places, file } => {
            json!({ "session": session, "places": places, "file": file })
        }
        What::Undelivered { recipient, why } => json!({ "recipient": recipient, "why": why }),
    }
}

/// The event that a description came with; none for the text that the ticket was opened with.
fn event_of(text: Description) -> Option<i64> {
    if let Description::Of(event) = text { Some(event) } else { None }
}

fn description(event: Option<&Value>) -> Description {
    event.and_then(Value::as_i64).map_or(Description::First, Description::Of)
}

/// The change that an event tells of; `None` for one that no command makes. A command opens a ticket too: `split`.
pub(super) fn read(word: &str, detail: &str) -> Option<What> {
    let detail: Value = serde_json::from_str(detail).ok()?;
    let text = |name: &str| detail.get(name).and_then(Value::as_str);
    let owned = |name: &str| text(name).map(str::to_owned);
    let address = |name: &str| text(name).and_then(Address::parse);
    let state = |name: &str| text(name).and_then(State::of);
    let level = |name: &str| text(name).and_then(Level::of);
    let words = |name: &str| -> Vec<String> {
        let all = detail.get(name).and_then(Value::as_array).into_iter().flatten();
        all.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let number = |name: &str| detail.get(name).and_then(Value::as_u64);
    let list = |name: &str| detail.get(name).and_then(Value::as_array).into_iter().flatten();
    let relation = || {
        let other = detail.get("other").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
        Some((text("relation").and_then(Relation::of)?, Number(other?)))
    };
    Some(match word {
        "opened" => What::Opened,
        "closed" | "reopened" => What::State { from: state("from")?, to: state("to")? },
        "assigned" | "dropped" => What::Owner { from: owned("from"), to: owned("to") },
        "set" => {
            What::Set { field: text("field").and_then(Field::of)?, from: owned("from"), to: owned("to") }
        }
        "described" => {
            What::Described { from: description(detail.get("from")), to: description(detail.get("to")) }
        }
        "tagged" => What::Tagged { added: words("added"), removed: words("removed") },
        "related" => relation().map(|(relation, other)| What::Related { relation, other })?,
        "unrelated" => relation().map(|(relation, other)| What::Unrelated { relation, other })?,
        "requester" => What::Requester { from: address("from")?, to: address("to")? },
        "subscribed" | "unsubscribed" | "follows" => {
            What::Follows { who: address("who")?, from: level("from"), to: level("to") }
        }
        "worked" => What::Worked {
            session: number("session")?,
            host: owned("host")?,
            files: number("files")?,
            discarded: detail.get("discarded").is_some(),
        },
        "session shown" | "session hidden" => What::Displayed {
            session: number("session")?,
            files: list("files").filter_map(Value::as_str).map(|f| FilePath::from(f.to_owned())).collect(),
            commands: list("commands").filter_map(Value::as_u64).collect(),
            shown: word == "session shown",
            lines: Vec::new(),
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<What> {
        let who = Address::parse("ren@users.example").unwrap();
        let other = Number(15);
        vec![
            What::State { from: State::Open, to: State::Closed },
            What::State { from: State::Closed, to: State::Open },
            What::Owner { from: None, to: Some("ann".into()) },
            What::Owner { from: Some("ann".into()), to: None },
            What::Set { field: Field::Due, from: None, to: Some("2026-12-01".into()) },
            What::Described { from: Description::First, to: Description::Of(7) },
            What::Tagged { added: vec!["ink".into()], removed: vec!["paper".into()] },
            What::Related { relation: Relation::Depends, other },
            What::Unrelated { relation: Relation::Duplicate, other },
            What::Requester { from: who.clone(), to: Address::parse("a@b.example").unwrap() },
            What::Follows { who: who.clone(), from: None, to: Some(Level::Short) },
            What::Follows { who: who.clone(), from: Some(Level::Muted), to: None },
            What::Follows { who, from: Some(Level::Muted), to: Some(Level::Daily) },
            What::Displayed {
                session: 17,
                files: vec![FilePath::new(b"/a\xff\\x"), "/etc/fstab".into()],
                commands: vec![3],
                shown: true,
                lines: vec![],
            },
        ]
    }

    #[test]
    fn what_is_written_down_is_read_the_same() {
        for what in all() {
            let change = Change { line: 1, what: what.clone(), remark: "words".into() };
            assert_eq!(read(what.word(), &detail(&change)), Some(what));
        }
    }

    #[test]
    fn taking_back_twice_changes_nothing() {
        for what in all() {
            assert_eq!(what.inverse().and_then(|back| back.inverse()), Some(what));
        }
    }

    #[test]
    fn what_no_command_makes_is_not_read() {
        for (word, detail) in [("asked", "{}"), ("set", "{}"), ("set", "["), ("related", r#"{"other":-1}"#)] {
            assert_eq!(read(word, detail), None, "{word} {detail}");
        }
    }
}
