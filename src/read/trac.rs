//! Trac: rows of its tables `ticket`, `ticket_change`, `ticket_custom`, `attachment` and `session_attribute` (trac.edgewall.org,
//! TracDev/DatabaseSchema), or of the CSV that its queries give, in; tickets out, and a count of what none can hold. Times are
//! microseconds since 1970, before Trac 0.12 seconds; CSV has them in words. Reporters, owners and authors are addresses,
//! logins or names as Trac has them, logins with the address that their settings have: who they are here is not decided here.
//! The bytes of attached files are no part of it: it says which there are.

mod files;
mod settings;

use super::csv::Row;
use crate::model::carried::{Cargo, Carried, Entry, Event, FORM, Losses, Someone, There};
use crate::model::fields::{Field, LONGEST};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use settings::Settings;
use std::collections::BTreeMap;

pub use files::{Lying, attach, places};

/// The tables that are read.
pub const TABLES: [&str; 5] = ["ticket", "ticket_change", "ticket_custom", "attachment", "session_attribute"];
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

/// A whole Trac: its tickets, and the files of each by its number.
#[derive(Debug, Default)]
pub struct Whole {
    pub cargo: Cargo,
    pub files: BTreeMap<u32, Vec<Lying>>,
}

/// The tickets of a database.
pub fn database(tables: &BTreeMap<String, Vec<Row>>, there: &There<'_>) -> Whole {
    let rows = |table: &str| tables.get(table).map(Vec::as_slice).unwrap_or_default();
    let mut cargo = tickets(rows("ticket"), there);
    let mut places: BTreeMap<String, &mut Carried> =
        cargo.tickets.iter_mut().map(|ticket| (ticket.number.to_string(), ticket)).collect();
    for row in rows("ticket_change") {
        match places.get_mut(text(row, "ticket")) {
            Some(ticket) => change(ticket, row, &mut cargo.losses),
            None => cargo.losses.add("changes of tickets that are not there", text(row, "ticket")),
        }
    }
    for row in rows("ticket_custom").iter().filter(|row| !text(row, "value").is_empty()) {
        if let Some(ticket) = places.get_mut(text(row, "ticket")) {
            custom(ticket, row, &mut cargo.losses);
        }
    }
    let mut files: BTreeMap<u32, Vec<Lying>> = BTreeMap::new();
    for row in rows("attachment").iter().filter(|row| text(row, "type") == "ticket") {
        let (name, about) = (text(row, "filename").to_owned(), text(row, "description").to_owned());
        let Some(ticket) = places.get_mut(text(row, "id")) else {
            cargo.losses.add("files of tickets that are not there", name);
            continue;
        };
        let detail = serde_json::json!({ "file": name, "size": text(row, "size"), "about": about });
        ticket.events.push(event(row, "attached", detail));
        let at = time(text(row, "time"), &TimeZone::UTC).unwrap_or(ticket.created);
        let author = someone(text(row, "author"));
        files.entry(ticket.number).or_default().push(Lying { name, at, author, about });
    }
    let settings = Settings::of(rows("session_attribute"), there);
    let authors = files.values_mut().flatten().map(|file| &mut file.author);
    cargo.tickets.iter_mut().flat_map(people).chain(authors).for_each(|who| settings.know(who));
    for ticket in &mut cargo.tickets {
        ticket.named.iter_mut().for_each(|said| *said = settings.address(said));
        ticket.entries.sort_by_key(|entry| entry.at);
        ticket.events.sort_by_key(|event| event.at);
    }
    Whole { cargo, files }
}

fn people(ticket: &mut Carried) -> impl Iterator<Item = &mut Someone> {
    let authors = ticket.entries.iter_mut().filter_map(|entry| entry.author.as_mut());
    std::iter::once(&mut ticket.requester).chain(authors)
}

/// The tickets of a query's CSV; `None` when no column has their numbers.
pub fn list(rows: Vec<Row>, there: &There<'_>) -> Option<Cargo> {
    let named = |row: Row| -> Row {
        let lower = |name: String| name.trim().to_lowercase();
        let title = |name: String| {
            TITLES.iter().find(|(title, _)| *title == name).map_or(name, |(_, n)| (*n).to_owned())
        };
        row.into_iter().map(|(name, value)| (title(lower(name)), value)).collect()
    };
    let rows: Vec<Row> = rows.into_iter().map(named).collect();
    if !rows.iter().any(|row| row.contains_key("id")) {
        return None;
    }
    let mut cargo = tickets(&rows, there);
    for ticket in &cargo.tickets {
        cargo.losses.add("comments and history, which a list has not", format!("#{}", ticket.number));
    }
    Some(cargo)
}

fn tickets(rows: &[Row], there: &There<'_>) -> Cargo {
    let mut cargo = Cargo::default();
    for row in rows {
        match text(row, "id").trim_start_matches('#').parse() {
            Ok(number) if number > 0 => {
                let ticket = ticket(row, number, there, &mut cargo.losses);
                cargo.tickets.push(ticket);
            }
            _ => cargo.losses.add("rows without a ticket's number", text(row, "summary")),
        }
    }
    cargo
}

fn ticket(row: &Row, number: u32, there: &There<'_>, losses: &mut Losses) -> Carried {
    let mut lose = |sort: &str, what: &str| losses.add(sort, format!("#{number}: {what}"));
    let closed = text(row, "status") == "closed";
    let created = time(text(row, "time"), there.zone());
    if created.is_none() {
        lose("times that could not be read", text(row, "time"));
    }
    let created = created.unwrap_or_default();
    let mut ticket = Carried {
        trackle: FORM,
        source: format!("trac:{}#{number}", there.name),
        number,
        state: if closed { "closed" } else { "open" }.to_owned(),
        title: text(row, "summary").split_whitespace().collect::<Vec<_>>().join(" "),
        owner: Some(text(row, "owner").to_owned()).filter(|owner| !owner.is_empty()),
        requester: someone(text(row, "reporter")),
        created,
        changed: time(text(row, "changetime"), there.zone()).unwrap_or(created),
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
    ticket.keywords = words(text(row, "keywords")).collect();
    ticket.named = copied(text(row, "cc"));
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
            let (at, author) = (
                time(text(row, "time"), &TimeZone::UTC).unwrap_or(ticket.created),
                Some(someone(text(row, "author"))),
            );
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

/// A custom field: one that is called as ours are is that.
fn custom(ticket: &mut Carried, row: &Row, losses: &mut Losses) {
    let (name, value) = (text(row, "name"), text(row, "value").trim());
    let free = |field: &Field| !ticket.fields.contains_key(field.word());
    let own = KNOWN.iter().map(|(_, field)| *field).find(|field| field.word() == name.to_lowercase());
    match own.filter(free).filter(|_| value.chars().count() <= LONGEST) {
        Some(field) => {
            ticket.fields.insert(field.word().to_owned(), value.to_owned());
        }
        None if ["tags", "keywords"].contains(&name) => ticket.keywords.extend(words(value)),
        None => {
            losses.add(format!("values of the custom field {name}"), format!("#{}: {value}", ticket.number));
        }
    }
}

/// Keywords, however they are parted.
fn words(said: &str) -> impl Iterator<Item = String> {
    let words = said.split(|c: char| c.is_whitespace() || [',', ';'].contains(&c)).map(str::to_lowercase);
    words.filter(|word| !word.is_empty())
}

/// Who stands in Cc: Trac parts them by commas, semicolons and white space; a name may stand before an address.
fn copied(said: &str) -> Vec<String> {
    let mut all = Vec::new();
    for one in said.split([',', ';', '\n']).map(str::trim).filter(|one| !one.is_empty()) {
        if one.contains('<') {
            all.push(someone(one).address);
        } else {
            all.extend(one.split_whitespace().map(str::to_owned));
        }
    }
    all
}

fn event(row: &Row, what: &str, detail: serde_json::Value) -> Event {
    Event {
        at: time(text(row, "time"), &TimeZone::UTC).unwrap_or_default(),
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

/// Times in words, as queries give them in the languages of those who ask.
const FORMS: [&str; 5] = [
    "%m/%d/%y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%b %d, %Y, %I:%M:%S %p",
    "%b %d, %Y %I:%M:%S %p",
];

/// A time in numbers, or in words; those without an offset are by the clocks of `zone`.
fn time(said: &str, zone: &TimeZone) -> Option<Timestamp> {
    let said = said.trim().replace(['\u{202f}', '\u{a0}'], " ");
    if let Ok(number) = said.parse::<i64>() {
        return if number > MICROSECONDS {
            Timestamp::from_microsecond(number).ok()
        } else {
            Timestamp::from_second(number).ok()
        };
    }
    let there = |time: DateTime| time.to_zoned(zone.clone()).ok().map(|time| time.timestamp());
    said.parse::<Timestamp>()
        .ok()
        .or_else(|| said.parse::<DateTime>().ok().and_then(there))
        .or_else(|| FORMS.iter().find_map(|form| DateTime::strptime(form, &said).ok()).and_then(there))
}

#[cfg(test)]
pub(super) mod tests;
