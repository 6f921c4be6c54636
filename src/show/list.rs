//! The list of tickets: one line each, the newest change at the bottom, where the eye is.

use super::grid::{self, Cell, Column, painted, plain};
use super::locks;
use super::look::{Look, Paint, age, json_time};
use crate::store::reports::Line;
use jiff::Timestamp;
use serde_json::{Value, json};

/// The tickets as lines; `states` when they are not all in one state.
pub fn page(tickets: &[Line], states: bool, now: Timestamp, look: &Look) -> String {
    let mut columns = vec![Column::Right, Column::Grow, Column::Left, Column::Left, Column::Right];
    let mut heads = vec!["ticket", "title", "owner", "requester", "age"];
    if states {
        columns.insert(1, Column::Left);
        heads.insert(1, "state");
    }
    let mut rows = vec![heads.into_iter().map(|h| painted(Paint::Dim, h)).collect()];
    rows.extend(tickets.iter().map(|t| row(t, states, now)));
    grid::lay(&columns, &rows, look)
}

fn row(ticket: &Line, states: bool, now: Timestamp) -> Vec<Cell> {
    let owner = match (&ticket.owner, &ticket.lock) {
        (None, None) => painted(Paint::Careful, "-"),
        (Some(owner), None) => plain(owner),
        (owner, Some(lock)) => plain(format!("{} ({} at work)", owner.as_deref().unwrap_or("-"), lock.login)),
    };
    let mut row = vec![
        painted(Paint::Bold, format!("#{}", ticket.number)),
        plain(&ticket.title),
        owner,
        plain(&ticket.requester),
        plain(age(ticket.created, now)),
    ];
    if states {
        row.insert(1, plain(&ticket.state));
    }
    row
}

/// The tickets as an array.
pub fn json(tickets: &[Line]) -> Value {
    let one = |t: &Line| {
        json!({
            "number": t.number,
            "state": t.state,
            "title": t.title,
            "owner": t.owner,
            "lock": locks::json(t.lock.as_ref()),
            "requester": t.requester,
            "created": json_time(t.created),
            "changed": json_time(t.changed),
        })
    };
    tickets.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tickets_stand_below_each_other() {
        let at = |s: i64| Timestamp::from_second(s).unwrap();
        let line = |number, title: &str, owner: Option<&str>| Line {
            number,
            state: "open".into(),
            title: title.into(),
            owner: owner.map(str::to_owned),
            lock: None,
            requester: "bob@example.org".into(),
            created: at(0),
            changed: at(60),
        };
        let tickets = [line(3, "Printer\u{1b}]0;x\u{7} is dead", None), line(12, "Mail", Some("ann"))];
        let page = page(&tickets, true, at(7_200), &Look::plain());
        let wanted = "\
ticket  state  title                        owner  requester        age
    #3  open   Printer\\x1b]0;x\\x07 is dead  -      bob@example.org   2h
   #12  open   Mail                         ann    bob@example.org   2h
";
        assert_eq!(page, wanted);
        let json = json(&tickets);
        assert_eq!((&json[0]["owner"], &json[1]["number"]), (&Value::Null, &json!(12)));
        assert_eq!(json[0]["changed"], "1970-01-01T00:01:00Z");
    }
}
