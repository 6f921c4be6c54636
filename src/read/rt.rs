//! Request Tracker: what its REST 2.0 gives (`RT::REST2`: `/ticket/N`, `/ticket/N/history`, `/transaction/N`, `/attachment/N`, and
//! lists of those in `items`), one JSON value after another, in; tickets out, and a count of what none can hold. That form, and
//! not the older `rt show`, since its times are in UTC, its contents whole (base64), and its people told from its words.

use super::html;
use super::trac::someone;
use crate::model::carried::{Cargo, Carried, Entry, Event, FORM, Follower, Losses, Tie};
use crate::model::fields::{Field, LONGEST};
use crate::model::links::Relation;
use data_encoding::BASE64;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;

/// What RT calls tickets that are done.
const DONE: [&str; 3] = ["resolved", "rejected", "deleted"];
/// Links of a ticket, and what they are here.
const LINKS: [(&str, Relation); 3] =
    [("depends-on", Relation::Depends), ("parent", Relation::Parent), ("refers-to", Relation::Link)];
/// What stands for nobody.
const NOBODY: [&str; 2] = ["Nobody", "6"];

/// The tickets in these values; `name` is what the installation is called where no value says so.
pub fn tickets(values: &[Value], name: &str) -> Cargo {
    let mut parts = Parts::default();
    for value in values {
        match value.get("items").and_then(Value::as_array) {
            Some(items) => items.iter().for_each(|item| parts.sort(item)),
            None => parts.sort(value),
        }
    }
    let mut losses = std::mem::take(&mut parts.losses);
    let tickets = parts.tickets.iter().map(|(number, value)| parts.ticket(*number, value, name, &mut losses));
    let tickets = tickets.collect();
    for transaction in parts.transactions.values() {
        let ticket = number(transaction.get("Object"));
        if ticket.is_none_or(|ticket| !parts.tickets.contains_key(&ticket)) {
            losses.add("transactions of tickets that are not here", said(transaction, "Type"));
        }
    }
    Cargo { tickets, losses }
}

/// What came, by number: an object that came twice counts once.
#[derive(Default)]
struct Parts<'a> {
    tickets: BTreeMap<u32, &'a Value>,
    transactions: BTreeMap<u32, &'a Value>,
    attachments: BTreeMap<u32, &'a Value>,
    losses: Losses,
}

impl<'a> Parts<'a> {
    fn sort(&mut self, value: &'a Value) {
        let has = |name: &str| value.get(name).is_some();
        let place = if has("Subject") && has("Status") {
            Some(&mut self.tickets)
        } else if has("TransactionId") {
            Some(&mut self.attachments)
        } else if has("Object") && has("Type") {
            Some(&mut self.transactions)
        } else {
            None
        };
        match (place, number(Some(value))) {
            (Some(place), Some(id)) => {
                place.insert(id, value);
            }
            _ => {
                let kind = said(value, "type");
                self.losses.add("objects that are no whole ticket, transaction or attachment", kind);
            }
        }
    }

    fn ticket(&self, id: u32, value: &Value, name: &str, losses: &mut Losses) -> Carried {
        let status = said(value, "Status");
        let created = time(value, "Created").unwrap_or_default();
        let mut ticket = Carried {
            trackle: FORM,
            source: format!("rt:{}#{id}", host(value).unwrap_or(name)),
            number: id,
            state: if DONE.contains(&status) { "closed" } else { "open" }.to_owned(),
            title: said(value, "Subject").split_whitespace().collect::<Vec<_>>().join(" "),
            owner: value.get("Owner").map(person).filter(|owner| !NOBODY.contains(owner)).map(str::to_owned),
            created,
            changed: time(value, "LastUpdated").unwrap_or(created),
            ..Carried::default()
        };
        let mut people = list(value, "Requestor").map(person);
        ticket.requester = someone(people.next().unwrap_or_else(|| value.get("Creator").map_or("", person)));
        for who in people.chain(list(value, "Cc").map(person)) {
            ticket.followers.push(Follower { who: someone(who), since: created, ..Follower::default() });
        }
        fields(&mut ticket, value, losses);
        ties(&mut ticket, value);
        let own = self.transactions.values().filter(|t| number(t.get("Object")) == Some(id));
        own.for_each(|transaction| self.transaction(&mut ticket, transaction, losses));
        ticket
    }

    fn transaction(&self, ticket: &mut Carried, value: &Value, losses: &mut Losses) {
        let (at, kind) = (time(value, "Created").unwrap_or(ticket.created), said(value, "Type"));
        let actor = value.get("Creator").map_or("", person).to_owned();
        if ["Create", "Correspond", "Comment"].contains(&kind) {
            let text = self.text(ticket.number, number(Some(value)), losses);
            if !text.trim().is_empty() {
                let (author, staff_only) = (Some(someone(&actor)), kind == "Comment");
                ticket.entries.push(Entry { at, author, text, staff_only, ..Entry::default() });
            }
        }
        let detail = serde_json::json!({
            "field": said(value, "Field"), "from": said(value, "OldValue"), "to": said(value, "NewValue"),
        });
        ticket.events.push(Event { at, actor, what: kind.to_lowercase(), detail, ..Event::default() });
    }

    /// What a transaction says: its first plain text, or else its first page.
    fn text(&self, ticket: u32, transaction: Option<u32>, losses: &mut Losses) -> String {
        let own = self.attachments.values().filter(|a| number(a.get("TransactionId")) == transaction);
        let (mut plain, mut page) = (None, None);
        for one in own {
            let media = said(one, "ContentType");
            let file = said(one, "Filename");
            let bytes = BASE64.decode(said(one, "Content").replace(['\n', '\r'], "").as_bytes());
            match (media, bytes) {
                (media, _) if media.starts_with("multipart/") => {}
                ("text/plain", Ok(bytes)) if plain.is_none() && file.is_empty() => {
                    plain = Some(String::from_utf8_lossy(&bytes).replace("\r\n", "\n"));
                }
                ("text/html", Ok(bytes)) if file.is_empty() => {
                    page = page.or_else(|| Some(html::text(&String::from_utf8_lossy(&bytes))));
                }
                _ => losses.add("attached files", format!("#{ticket}: {file} ({media})")),
            }
        }
        plain.or(page).unwrap_or_default().trim_matches('\n').to_owned()
    }
}

fn fields(ticket: &mut Carried, value: &Value, losses: &mut Losses) {
    let number = ticket.number;
    let mut lose = |sort: String, what: String| losses.add(sort, format!("#{number}: {what}"));
    let mut set = |field: Field, text: &str| ticket.fields.insert(field.word().to_owned(), text.to_owned());
    let priority = said(value, "Priority");
    if !["", "0"].contains(&priority) {
        set(Field::Priority, priority);
    }
    if said(value, "Status") == "stalled" {
        set(Field::Wait, "later");
    }
    if said(value, "Status") == "deleted" {
        lose("tickets that were deleted there, closed here".into(), ticket.title.clone());
    }
    if let Some(due) = time(value, "Due").filter(|due| due.as_second() > 0) {
        set(Field::Due, &due.strftime("%Y-%m-%d").to_string());
    }
    match value.get("Queue").and_then(|queue| queue.get("Name").and_then(Value::as_str)) {
        Some(queue) if queue.chars().count() <= LONGEST => {
            set(Field::Component, queue);
        }
        _ => lose(
            "queues without a name (ask for fields[Queue]=Name)".into(),
            value.get("Queue").map_or("", person).into(),
        ),
    }
    for field in list(value, "CustomFields") {
        let values: Vec<&str> =
            list(field, "values").filter_map(Value::as_str).filter(|v| !v.is_empty()).collect();
        if !values.is_empty() {
            lose(format!("values of the custom field {}", said(field, "name")), values.join(", "));
        }
    }
    list(value, "AdminCc").for_each(|who| lose("watchers of the sort AdminCc".into(), person(who).into()));
    if !["", "0"].contains(&said(value, "TimeWorked")) {
        lose("times worked, in minutes".into(), said(value, "TimeWorked").into());
    }
}

fn ties(ticket: &mut Carried, value: &Value) {
    for link in list(value, "_hyperlinks") {
        let relation = LINKS.iter().find(|(word, _)| *word == said(link, "ref"));
        if let (Some((_, relation)), Some(other)) = (relation, number(Some(link))) {
            ticket.relations.push(Tie { relation: relation.word().to_owned(), other });
        }
    }
}

/// An object's number: a number, or digits, as itself or as its `id`.
fn number(value: Option<&Value>) -> Option<u32> {
    let value = value?;
    let id = value.get("id").unwrap_or(value);
    let number = id.as_u64().and_then(|id| u32::try_from(id).ok());
    number.or_else(|| id.as_str()?.parse().ok()).filter(|id| *id > 0)
}

/// Who somebody is: RT's users are known by their names, which for strangers are their addresses.
fn person(value: &Value) -> &str {
    let named = ["EmailAddress", "id"].iter().find_map(|name| value.get(name).and_then(Value::as_str));
    named.or(value.as_str()).unwrap_or_default()
}

fn said<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn time(value: &Value, name: &str) -> Option<Timestamp> {
    said(value, name).parse().ok()
}

/// The name of the host that gave it.
fn host(value: &Value) -> Option<&str> {
    let url =
        list(value, "_hyperlinks").find(|link| said(link, "ref") == "self").map(|link| said(link, "_url"))?;
    url.split("//").nth(1)?.split(['/', ':']).next().filter(|host| !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn user(id: &str) -> Value {
        json!({ "type": "user", "id": id, "_url": format!("https://rt.example/REST/2.0/user/{id}") })
    }

    fn parts() -> Vec<Value> {
        let ticket = json!({
            "id": 12, "Subject": "Printer", "Status": "resolved", "Priority": "50", "Due": "2026-12-01T00:00:00Z",
            "Queue": { "id": "1", "Name": "General" }, "Owner": user("ann"), "Creator": user("bob@example.net"),
            "Requestor": [user("bob@example.net"), user("joe@example.net")], "Cc": [user("eve@example.net")], "AdminCc": [user("root")],
            "Created": "2026-01-02T10:00:00Z", "LastUpdated": "2026-01-03T10:00:00Z", "TimeWorked": "5",
            "CustomFields": [{ "id": "3", "name": "Room", "values": ["12b"] }, { "name": "Empty", "values": [] }],
            "_hyperlinks": [
                { "ref": "self", "type": "ticket", "id": 12, "_url": "https://rt.example/REST/2.0/ticket/12" },
                { "ref": "depends-on", "type": "ticket", "id": "15" },
            ],
        });
        let transaction = |id: u32, kind: &str, at: &str| {
            json!({ "id": id, "Type": kind, "Object": { "type": "ticket", "id": "12" }, "Creator": user("ann"),
                    "Created": at, "Field": "", "OldValue": "", "NewValue": "" })
        };
        let history = json!({ "items": [
            transaction(2, "Comment", "2026-01-03T10:00:00Z"), transaction(1, "Create", "2026-01-02T10:00:00Z"),
        ] });
        let attachment = |id: u32, of: Value, media: &str, file: &str, text: &str| json!({ "id": id, "TransactionId": of, "ContentType": media, "Filename": file, "Content": BASE64.encode(text.as_bytes()) });
        vec![
            ticket,
            history,
            attachment(5, json!({ "id": "1" }), "text/plain", "", "It\r\nsmokes."),
            attachment(6, json!({ "id": "1" }), "image/png", "a.png", "x"),
            attachment(7, json!("2"), "text/html", "", "<p>Among <b>us</b></p>"),
            json!({ "type": "ticket", "id": "99" }),
        ]
    }

    #[test]
    fn what_the_interface_gives_makes_tickets() {
        let cargo = tickets(&parts(), "rt");
        let ticket = &cargo.tickets[0];
        assert_eq!((ticket.source.as_str(), ticket.state.as_str()), ("rt:rt.example#12", "closed"));
        assert_eq!(
            (ticket.owner.as_deref(), ticket.requester.address.as_str()),
            (Some("ann"), "bob@example.net")
        );
        assert_eq!(
            ticket.followers.iter().map(|f| f.who.address.as_str()).collect::<Vec<_>>(),
            ["joe@example.net", "eve@example.net"]
        );
        let fields: Vec<(&str, &str)> = ticket.fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(fields, [("component", "General"), ("due", "2026-12-01"), ("priority", "50")]);
        let texts: Vec<(&str, bool)> =
            ticket.entries.iter().map(|e| (e.text.as_str(), e.staff_only)).collect();
        assert_eq!(texts, [("It\nsmokes.", false), ("Among us", true)]);
        assert_eq!(ticket.relations, [Tie { relation: "depends".into(), other: 15 }]);
        let lost: Vec<&str> = cargo.losses.iter().map(|(sort, ..)| sort).collect();
        let wanted = [
            "attached files",
            "objects that are no whole ticket, transaction or attachment",
            "times worked, in minutes",
            "values of the custom field Room",
            "watchers of the sort AdminCc",
        ];
        assert_eq!(lost, wanted);
    }

    #[test]
    fn nonsense_is_counted_and_nothing_more() {
        for value in [
            json!(null),
            json!([1, 2]),
            json!({ "items": [3, null] }),
            json!({ "Subject": 1, "Status": 2, "id": -1 }),
        ] {
            assert!(tickets(&[value], "rt").tickets.is_empty());
        }
        let bare = json!({ "id": "3", "Subject": "", "Status": "" });
        assert_eq!(tickets(&[bare], "rt").tickets[0].requester.address, "nobody");
    }
}
