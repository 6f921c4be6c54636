//! Trac: rows of its tables `ticket`, `ticket_change`, `ticket_custom` and `attachment` (trac.edgewall.org, TracDev/
//! DatabaseSchema/TicketSystem), or of the CSV that its queries give, in; tickets out, and a count of what none can hold. Times
//! are microseconds since 1970, before Trac 0.12 seconds; CSV has them in words. Reporters, owners and authors are addresses,
//! logins or names as Trac has them: who they are here is not decided here.

use super::csv::Row;
use crate::model::carried::{Cargo, Carried, Entry, Event, FORM, Follower, Losses, Someone};
use crate::model::fields::{Field, LONGEST};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// The tables that are read.
pub const TABLES: [&str; 4] = ["ticket", "ticket_change", "ticket_custom", "attachment"];
/// What Trac's columns are called where CSV has their titles.
const TITLES: [(&str, &str); 4] =
    [("ticket", "id"), ("created", "time"), ("modified", "changetime"), ("#", "id")];
/// Columns of a ticket that are no field of its own here.
const KNOWN: [(&str, Field); 5] = [
    ("type", Field::Type),
    ("component", Field::Component),
    ("severity", Field::Severity),
    ("priority", Field::Priority),
    ("milestone", Field::Milestone),
];
/// More than this are no seconds, but microseconds.
const MICROSECONDS: i64 = 100_000_000_000;

/// The tickets of a database. `name` is what it is called here.
pub fn database(tables: &BTreeMap<String, Vec<Row>>, name: &str) -> Cargo {
    let rows = |table: &str| tables.get(table).map(Vec::as_slice).unwrap_or_default();
    let mut cargo = tickets(rows("ticket"), name);
    let mut by_number: BTreeMap<String, &mut Carried> =
        cargo.tickets.iter_mut().map(|ticket| (ticket.number.to_string(), ticket)).collect();
    for row in rows("ticket_change") {
        if let Some(ticket) = by_number.get_mut(text(row, "ticket")) {
            change(ticket, row, &mut cargo.losses);
        }
    }
    for row in rows("ticket_custom").iter().filter(|row| !text(row, "value").is_empty()) {
        let (ticket, name, value) = (text(row, "ticket"), text(row, "name"), text(row, "value"));
        cargo.losses.add(format!("values of the custom field {name}"), format!("#{ticket}: {value}"));
    }
    for row in rows("attachment").iter().filter(|row| text(row, "type") == "ticket") {
        let (ticket, name) = (text(row, "id"), text(row, "filename"));
        cargo.losses.add("attached files, which stand beside the database", format!("#{ticket}: {name}"));
        if let Some(ticket) = by_number.get_mut(ticket) {
            let detail = serde_json::json!({ "file": name, "size": text(row, "size"), "about": text(row, "description") });
            ticket.events.push(event(row, "attached", detail));
        }
    }
    for ticket in &mut cargo.tickets {
        ticket.entries.sort_by_key(|entry| entry.at);
        ticket.events.sort_by_key(|event| event.at);
    }
    cargo
}

/// The tickets of a query's CSV.
pub fn list(rows: Vec<Row>, name: &str) -> Cargo {
    let named = |row: Row| -> Row {
        let lower = |name: String| name.trim().to_lowercase();
        let title = |name: String| {
            TITLES.iter().find(|(title, _)| *title == name).map_or(name, |(_, n)| (*n).to_owned())
        };
        row.into_iter().map(|(name, value)| (title(lower(name)), value)).collect()
    };
    let rows: Vec<Row> = rows.into_iter().map(named).collect();
    let mut cargo = tickets(&rows, name);
    for ticket in &cargo.tickets {
        cargo.losses.add("comments and history, which a list has not", format!("#{}", ticket.number));
    }
    cargo
}

fn tickets(rows: &[Row], name: &str) -> Cargo {
    let mut cargo = Cargo::default();
    for row in rows {
        match text(row, "id").trim_start_matches('#').parse() {
            Ok(number) if number > 0 => {
                let ticket = ticket(row, number, name, &mut cargo.losses);
                cargo.tickets.push(ticket);
            }
            _ => cargo.losses.add("rows without a ticket's number", text(row, "summary")),
        }
    }
    cargo
}

fn ticket(row: &Row, number: u32, name: &str, losses: &mut Losses) -> Carried {
    let mut lose = |sort: &str, what: &str| losses.add(sort, format!("#{number}: {what}"));
    let closed = text(row, "status") == "closed";
    let created = time(text(row, "time"));
    if created.is_none() {
        lose("times that could not be read", text(row, "time"));
    }
    let created = created.unwrap_or_default();
    let mut ticket = Carried {
        trackle: FORM,
        source: format!("trac:{name}#{number}"),
        number,
        state: if closed { "closed" } else { "open" }.to_owned(),
        title: text(row, "summary").split_whitespace().collect::<Vec<_>>().join(" "),
        owner: Some(text(row, "owner").to_owned()).filter(|owner| !owner.is_empty()),
        requester: someone(text(row, "reporter")),
        created,
        changed: time(text(row, "changetime")).unwrap_or(created),
        ..Carried::default()
    };
    for (column, field) in KNOWN {
        let value = text(row, column).trim();
        if value.chars().count() > LONGEST {
            lose("values that are too long", value);
        } else if !value.is_empty() {
            ticket.fields.insert(field.word().to_owned(), value.to_owned());
        }
    }
    if !text(row, "version").is_empty() {
        lose("values of the field version", text(row, "version"));
    }
    let words = text(row, "keywords").split([',', ';', ' ']).map(|word| word.trim().to_lowercase());
    ticket.keywords = words.filter(|word| !word.is_empty()).collect();
    for who in text(row, "cc").split([',', ';', ' ', '\n']).map(str::trim).filter(|who| !who.is_empty()) {
        ticket.followers.push(Follower { who: someone(who), since: created, ..Follower::default() });
    }
    let resolution = text(row, "resolution");
    if !resolution.is_empty() {
        let detail = serde_json::json!({ "field": "resolution", "to": resolution });
        ticket.events.push(Event {
            at: ticket.changed,
            what: "resolution".into(),
            detail,
            ..Event::default()
        });
    }
    let author = Some(ticket.requester.clone());
    ticket.entries.push(Entry {
        at: created,
        author,
        text: text(row, "description").replace("\r\n", "\n"),
        ..Entry::default()
    });
    ticket
}

/// A row of `ticket_change`: a comment, or the change of a field.
fn change(ticket: &mut Carried, row: &Row, losses: &mut Losses) {
    let (field, from, to) = (text(row, "field"), text(row, "oldvalue"), text(row, "newvalue"));
    if field == "comment" {
        // a change without words has an empty comment
        if !to.trim().is_empty() {
            let (at, author) =
                (time(text(row, "time")).unwrap_or(ticket.created), Some(someone(text(row, "author"))));
            let text = to.replace("\r\n", "\n");
            ticket.entries.push(Entry { at, author, text, ..Entry::default() });
        }
    } else if field.starts_with('_') {
        losses.add("earlier versions of comments", format!("#{}: {from}", ticket.number));
    } else {
        let detail = serde_json::json!({ "field": field, "from": from, "to": to });
        ticket.events.push(event(row, "set", detail));
    }
}

fn event(row: &Row, what: &str, detail: serde_json::Value) -> Event {
    Event {
        at: time(text(row, "time")).unwrap_or_default(),
        actor: text(row, "author").to_owned(),
        what: what.to_owned(),
        detail,
        ..Event::default()
    }
}

fn text<'a>(row: &'a Row, column: &str) -> &'a str {
    row.get(column).map(String::as_str).unwrap_or_default()
}

/// `Bob <bob@example.net>`, an address, a login or a name.
pub(super) fn someone(said: &str) -> Someone {
    let said = said.trim();
    if let Some((name, rest)) = said.split_once('<')
        && let Some(address) = rest.strip_suffix('>')
    {
        let name = name.trim().trim_matches('"').to_owned();
        return Someone { address: address.trim().to_owned(), name, confirmed: None };
    }
    Someone { address: if said.is_empty() { "nobody" } else { said }.to_owned(), ..Someone::default() }
}

/// A time in numbers, or in one of the forms that queries give.
fn time(said: &str) -> Option<Timestamp> {
    let said = said.trim();
    if let Ok(number) = said.parse::<i64>() {
        return if number > MICROSECONDS {
            Timestamp::from_microsecond(number).ok()
        } else {
            Timestamp::from_second(number).ok()
        };
    }
    let in_utc = |time: DateTime| time.to_zoned(TimeZone::UTC).ok().map(|time| time.timestamp());
    let forms = ["%m/%d/%y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S"];
    said.parse::<Timestamp>()
        .ok()
        .or_else(|| said.parse::<DateTime>().ok().and_then(in_utc))
        .or_else(|| forms.iter().find_map(|form| DateTime::strptime(form, said).ok()).and_then(in_utc))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::csv;

    fn row(values: &[(&str, &str)]) -> Row {
        values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_database_gives_tickets_with_their_comments_and_history() {
        let ticket = row(&[
            ("id", "7"),
            ("type", "defect"),
            ("time", "1200000000000000"),
            ("changetime", "1200000300000000"),
            ("reporter", "Bob <bob@example.net>"),
            ("owner", "ann"),
            ("cc", "eve@example.net, joe"),
            ("status", "closed"),
            ("resolution", "fixed"),
            ("summary", "Printer\nsmokes"),
            ("description", "It\r\nsmokes."),
            ("keywords", "Ink, paper"),
            ("version", "1.0"),
        ]);
        let change = |time: &str, field: &str, from: &str, to: &str| {
            row(&[
                ("ticket", "7"),
                ("time", time),
                ("author", "ann"),
                ("field", field),
                ("oldvalue", from),
                ("newvalue", to),
            ])
        };
        let changes = vec![
            change("1200000300000000", "status", "new", "closed"),
            change("1200000300000000", "comment", "1", "Done."),
            change("1200000200000000", "comment", "", " "),
            change("1200000200000000", "_comment0", "Don.", "1"),
        ];
        let custom = vec![row(&[("ticket", "7"), ("name", "hours"), ("value", "3")])];
        let file =
            vec![row(&[("type", "ticket"), ("id", "7"), ("filename", "a.png"), ("time", "1200000100")])];
        let tables = [
            ("ticket", vec![ticket]),
            ("ticket_change", changes),
            ("ticket_custom", custom),
            ("attachment", file),
        ];
        let tables = tables.into_iter().map(|(name, rows)| (name.to_owned(), rows)).collect();
        let cargo = database(&tables, "office");
        let ticket = &cargo.tickets[0];
        assert_eq!(
            (ticket.source.as_str(), ticket.state.as_str(), ticket.title.as_str()),
            ("trac:office#7", "closed", "Printer smokes")
        );
        assert_eq!(
            (ticket.requester.address.as_str(), ticket.requester.name.as_str()),
            ("bob@example.net", "Bob")
        );
        assert_eq!((ticket.created.as_second(), ticket.changed.as_second()), (1_200_000_000, 1_200_000_300));
        let texts: Vec<&str> = ticket.entries.iter().map(|entry| entry.text.as_str()).collect();
        assert_eq!(texts, ["It\nsmokes.", "Done."]);
        let what: Vec<&str> = ticket.events.iter().map(|event| event.what.as_str()).collect();
        assert_eq!(what, ["attached", "resolution", "set"]);
        assert_eq!((ticket.keywords.join(" "), ticket.followers.len()), ("ink paper".to_owned(), 2));
        let lost: Vec<&str> = cargo.losses.iter().map(|(sort, ..)| sort).collect();
        let wanted = [
            "attached files, which stand beside the database",
            "earlier versions of comments",
            "values of the custom field hours",
            "values of the field version",
        ];
        assert_eq!(lost, wanted);
    }

    #[test]
    fn a_list_gives_tickets_whatever_its_columns_are_called() {
        let text = "Ticket,Summary,Status,Created,Modified,Reporter,Owner\n\
                    3,Tea,new,2024-01-02T10:11:12Z,01/02/24 12:00:00,bob@example.net,\nx,none,new,,,,\n";
        let cargo = list(csv::rows(text), "office");
        let ticket = &cargo.tickets[0];
        assert_eq!((cargo.tickets.len(), ticket.number, ticket.owner.as_deref()), (1, 3, None));
        assert_eq!(ticket.created.to_string(), "2024-01-02T10:11:12Z");
        assert_eq!(ticket.changed.to_string(), "2024-01-02T12:00:00Z");
        assert!(
            cargo
                .losses
                .iter()
                .any(|(sort, count, _)| sort.starts_with("comments and history") && count == 1)
        );
        assert!(cargo.losses.iter().any(|(sort, ..)| sort.starts_with("rows without")));
    }

    #[test]
    fn people_are_kept_as_they_are_said() {
        for (said, address) in
            [("", "nobody"), ("ann", "ann"), ("\"A B\" <a@b.example>", "a@b.example"), ("a <b", "a <b")]
        {
            assert_eq!(someone(said).address, address);
        }
    }
}
