//! The list of tickets: a line each, and below it what is set, if anything is. The most important one, or the newest
//! change, stands at the bottom, where the eye is.

use super::grid::{self, Cell, Column, painted, plain};
use super::locks;
use super::look::{Look, Paint, age, json_time};
use super::safe;
use crate::model::links::Link;
use crate::model::marks;
use crate::model::ticket::State;
use crate::store::lists::Line;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

/// Columns that the second line is set in by.
const INDENT: usize = 8;

/// The tickets as lines, the last one on top; `states` when they are not all in one state.
pub fn page(tickets: &[Line], states: bool, now: Timestamp, look: &Look) -> String {
    let today = now.to_zoned(look.zone.clone()).date();
    let mut columns = vec![Column::Right, Column::Grow, Column::Left, Column::Left, Column::Right];
    let mut heads = vec!["ticket", "title", "owner", "requester", "age"];
    if states {
        columns.insert(1, Column::Left);
        heads.insert(1, "state");
    }
    let mut rows = vec![heads.into_iter().map(|h| painted(Paint::Dim, h)).collect()];
    rows.extend(tickets.iter().rev().map(|line| row(line, states, now)));
    let laid = grid::lay(&columns, &rows, look);
    let below = std::iter::once(None).chain(tickets.iter().rev().map(|line| set(line, today, look)));
    let mut out = String::with_capacity(2 * laid.len());
    for (line, below) in laid.lines().zip(below) {
        out.push_str(line);
        out.push('\n');
        out.extend(below);
    }
    out
}

fn row(line: &Line, states: bool, now: Timestamp) -> Vec<Cell> {
    let ticket = &line.ticket;
    let owner = match (&ticket.owner, &line.lock) {
        (None, None) => painted(Paint::Careful, "-"),
        (Some(owner), None) => plain(owner),
        (owner, Some(lock)) => plain(format!("{} ({} at work)", owner.as_deref().unwrap_or("-"), lock.login)),
    };
    let mut row = vec![
        painted(Paint::Bold, ticket.number.to_string()),
        plain(&ticket.title),
        owner,
        plain(ticket.requester.address.as_str()),
        plain(age(ticket.created, now)),
    ];
    if states {
        row.insert(1, plain(ticket.state.word()));
    }
    row
}

/// What is set, as a line of its own.
fn set(line: &Line, today: Date, look: &Look) -> Option<String> {
    let all = marks::marks(&line.ticket, &line.links, today);
    if all.is_empty() {
        return None;
    }
    let paint = if marks::is_overdue(&line.ticket, today) { Paint::Bad } else { Paint::Dim };
    let text = safe::line(&all.join(", "));
    let text = look.width.map_or(text.clone(), |w| safe::cut(&text, w.saturating_sub(INDENT).max(INDENT)));
    Some(format!("{}{}\n", " ".repeat(INDENT), look.paint(paint, &text)))
}

/// The tickets as an array, the most important one or the newest change first.
pub fn json(tickets: &[Line]) -> Value {
    let one = |line: &Line| {
        let t = &line.ticket;
        let fields: Map<String, Value> =
            t.fields.iter().map(|(field, value)| (field.word().to_owned(), json!(value))).collect();
        json!({
            "number": t.number.0,
            "state": t.state.word(),
            "title": t.title,
            "owner": t.owner,
            "lock": locks::json(line.lock.as_ref()),
            "requester": t.requester.address.as_str(),
            "created": json_time(t.created),
            "changed": json_time(t.changed),
            "fields": fields,
            "keywords": t.tags,
            "relations": line.links.iter().map(link_json).collect::<Vec<_>>(),
        })
    };
    tickets.iter().map(one).collect()
}

/// A relation: `outward` tells whether it was said of this ticket.
pub(super) fn link_json(link: &Link) -> Value {
    json!({
        "relation": link.relation.word(),
        "outward": link.outward,
        "other": link.other.0,
        "open": link.state == State::Open,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::address::Address;
    use crate::model::fields::{Field, Fields};
    use crate::model::links::Relation;
    use crate::model::person::Person;
    use crate::model::ticket::{Number, Ticket};

    fn at(s: i64) -> Timestamp {
        Timestamp::from_second(s).unwrap()
    }

    fn line(number: u32, title: &str, owner: Option<&str>) -> Line {
        let address = Address::parse("bob@example.org").unwrap();
        let ticket = Ticket {
            number: Number(number),
            state: State::Open,
            title: title.into(),
            owner: owner.map(str::to_owned),
            requester: Person { id: 1, address, name: "Bob".into(), confirmed: None, language: None },
            fields: Fields::default(),
            tags: vec![],
            created: at(0),
            changed: at(60),
        };
        Line { ticket, links: vec![], lock: None }
    }

    #[test]
    fn tickets_stand_below_each_other_the_first_at_the_bottom() {
        let tickets = [line(12, "Mail", Some("ann")), line(3, "Printer\u{1b}]0;x\u{7} is dead", None)];
        let page = page(&tickets, true, at(7_200), &Look::plain());
        let wanted = "\
ticket  state  title                        owner  requester        age
    #3  open   Printer\\x1b]0;x\\x07 is dead  -      bob@example.org   2h
   #12  open   Mail                         ann    bob@example.org   2h
";
        assert_eq!(page, wanted);
        let json = json(&tickets);
        assert_eq!((&json[1]["owner"], &json[0]["number"]), (&Value::Null, &json!(12)));
        assert_eq!(json[0]["changed"], "1970-01-01T00:01:00Z");
    }

    #[test]
    fn what_is_set_stands_below_and_what_is_late_is_said_in_words() {
        let mut late = line(12, "Mail", Some("ann"));
        late.ticket.fields.set(Field::Priority, Some("high".into()));
        late.ticket.fields.set(Field::Due, Some("1970-01-02".into()));
        late.ticket.tags = vec!["ink\u{1b}".into()];
        let (relation, title) = (Relation::Depends, String::new());
        let (other, state) = (Number(15), State::Open);
        late.links.push(Link { relation, outward: true, other, state, title, private: false, held: false });
        let now = at(3 * 86_400);
        let wanted = "\
ticket  title  owner  requester        age
    #3  Ink    -      bob@example.org   3d
   #12  Mail   ann    bob@example.org   3d
        high, OVERDUE since Fri 2 Jan, waits for #15, +ink\\x1b
";
        let tickets = [late, line(3, "Ink", None)];
        assert_eq!(page(&tickets, false, now, &Look::plain()), wanted);
        let narrow = Look { width: Some(44), colour: true, ..Look::plain() };
        let page = page(&tickets, false, now, &narrow);
        assert!(
            page.ends_with("        \u{1b}[31mhigh, OVERDUE since Fri 2 Jan, wait…\u{1b}[0m\n"),
            "{page:?}"
        );
        let json = json(&tickets);
        assert_eq!(
            (&json[0]["fields"]["due"], &json[0]["keywords"][0]),
            (&json!("1970-01-02"), &json!("ink\u{1b}"))
        );
        assert_eq!(json[0]["relations"][0]["relation"], "depends");
    }
}
