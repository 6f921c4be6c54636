//! One ticket of Request Tracker: its object, its transactions and their attachments in; the ticket as it is carried out, and
//! what of it none can hold. What RT calls a comment is for staff alone here, as it is there, and so are its files; of other
//! transactions than these and answers nothing is taken but that they happened.

use super::Export;
use super::value::{host, list, number, of_sort, person, said, time};
use crate::model::carried::{Carried, Entry, Event, FORM, Follower, Losses, Message, There, Tie};
use crate::model::fields::{Field, LONGEST};
use crate::model::links::Relation;
use crate::model::mail::MessageId;
use crate::read::html;
use crate::read::posted::{Attached, Post, posted};
use crate::read::trac::someone;
use data_encoding::BASE64;
use serde_json::Value;

/// What RT calls tickets that are done, and that are not, unless a site has words of its own.
const DONE: [&str; 3] = ["resolved", "rejected", "deleted"];
const UNDONE: [&str; 3] = ["new", "open", "stalled"];
/// Links of a ticket, and what they are here.
const LINKS: [(&str, Relation); 3] =
    [("depends-on", Relation::Depends), ("parent", Relation::Parent), ("refers-to", Relation::Link)];
/// What stands for nobody.
const NOBODY: [&str; 2] = ["Nobody", "6"];
/// Fields of ours that a custom field of that name is.
const OWN: [Field; 3] = [Field::Type, Field::Severity, Field::Milestone];
/// Numbers and days that no ticket has a place for.
const NUMBERS: [(&str, &str); 3] = [
    ("TimeWorked", "times worked, in minutes"),
    ("TimeEstimated", "times estimated, in minutes"),
    ("TimeLeft", "times left, in minutes"),
];

/// Somewhere to count what a ticket loses.
struct Lost {
    ticket: u32,
    losses: Losses,
}

impl Lost {
    fn add(&mut self, sort: impl Into<String>, what: &str) {
        self.losses.add(sort, format!("#{}: {what}", self.ticket));
    }
}

/// What a transaction says.
#[derive(Default)]
struct Said {
    text: String,
    files: Vec<Attached>,
}

impl Export<'_> {
    pub(super) fn ticket(&self, id: u32, value: &Value, there: &There<'_>) -> (Carried, Losses) {
        let mut lost = Lost { ticket: id, losses: Losses::default() };
        let created = time(value, "Created").unwrap_or_default();
        let mut ticket = Carried {
            trackle: FORM,
            source: format!("rt:{}#{id}", host(value).unwrap_or(there.name)),
            number: id,
            state: if is_done(value, &mut lost) { "closed" } else { "open" }.to_owned(),
            title: said(value, "Subject").split_whitespace().collect::<Vec<_>>().join(" "),
            owner: value.get("Owner").map(person).filter(|owner| !NOBODY.contains(owner)).map(str::to_owned),
            created,
            changed: time(value, "LastUpdated").unwrap_or(created),
            ..Carried::default()
        };
        people(&mut ticket, value, &mut lost);
        fields(&mut ticket, value, there, &mut lost);
        custom(&mut ticket, value, &mut lost);
        ties(&mut ticket, value, &mut lost);
        for transaction in self.transactions.get(&id).into_iter().flatten() {
            self.transaction(&mut ticket, transaction, &mut lost);
        }
        ticket.entries.sort_by_key(|entry| entry.at);
        ticket.events.sort_by_key(|event| event.at);
        (ticket, lost.losses)
    }

    fn transaction(&self, ticket: &mut Carried, value: &Value, lost: &mut Lost) {
        let (at, kind) = (time(value, "Created").unwrap_or(ticket.created), said(value, "Type"));
        let actor = value.get("Creator").map_or("", person).to_owned();
        let id = number(Some(value)).unwrap_or_default();
        let parts = self.attachments.get(&id).map(Vec::as_slice).unwrap_or_default();
        let ids = parts.iter().filter_map(|part| MessageId::parse(said(part, "MessageId")));
        let leads = |id: MessageId| Message {
            id: id.as_str().to_owned(),
            kind: "ghost".into(),
            ..Message::default()
        };
        ticket.messages.extend(ids.map(leads));
        if ["Create", "Correspond", "Comment"].contains(&kind) {
            let said = self.said(parts, lost);
            let author = someone(&actor);
            let called = format!("{}/{id}", ticket.source);
            let post = Post { author: &author, at, title: &ticket.title, text: &said.text, called: &called };
            let made = posted(&post, said.files);
            made.left.iter().for_each(|file| lost.add("attached files beyond what a mail may have", file));
            if !said.text.trim().is_empty() || made.mail.is_some() {
                ticket.entries.push(Entry {
                    at,
                    text: said.text,
                    staff_only: kind == "Comment",
                    mail: made.mail.as_ref().map(|mail| mail.sha256.clone()),
                    files: made.files,
                    author: Some(author),
                    event: 0,
                });
                ticket.mails.extend(made.mail);
            }
        } else if !parts.is_empty() {
            lost.add(format!("texts of transactions of the sort {kind}"), &id.to_string());
        }
        let value_of = |name: &str| value.get(name).map_or("", person);
        let detail = serde_json::json!({
            "field": said(value, "Field"), "from": value_of("OldValue"), "to": value_of("NewValue"),
        });
        ticket.events.push(Event { at, actor, what: kind.to_lowercase(), detail, ..Event::default() });
    }

    /// What a transaction says: its first plain text, or else its first page; all else are files.
    fn said(&self, parts: &[&Value], lost: &mut Lost) -> Said {
        let (mut plain, mut page, mut files) = (None, None, Vec::new());
        for part in parts {
            let (media, name) = (said(part, "ContentType"), said(part, "Filename"));
            if media.starts_with("multipart/") {
                continue;
            }
            let content = part.get("Content").and_then(Value::as_str);
            let Some(bytes) =
                content.and_then(|content| BASE64.decode(content.replace(['\n', '\r'], "").as_bytes()).ok())
            else {
                lost.add("attached files whose content is not there", &format!("{name} ({media})"));
                continue;
            };
            let holder = number(part.get("Parent")).and_then(|holder| self.holders.get(&holder));
            match media {
                "text/plain" if plain.is_none() && name.is_empty() => plain = Some(lines(&bytes)),
                "text/html" if page.is_none() && name.is_empty() => page = Some((holder, bytes)),
                _ => files.push(Attached { name: name.into(), media: media.into(), bytes }),
            }
        }
        let text = match (plain, page) {
            (Some(plain), Some((holder, bytes))) => {
                // beside the text the same as a page, unless it stands for itself
                if holder.is_some_and(|holder| *holder != "multipart/alternative") {
                    files.push(Attached { name: "page.html".into(), media: "text/html".into(), bytes });
                }
                plain
            }
            (Some(plain), None) => plain,
            (None, Some((_, bytes))) => html::text(&lines(&bytes)),
            (None, None) => String::new(),
        };
        Said { text: text.trim_matches('\n').to_owned(), files }
    }
}

fn lines(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace("\r\n", "\n")
}

/// Whether it is done. A word of the site's own is one for done tickets where they say when they were.
fn is_done(value: &Value, lost: &mut Lost) -> bool {
    let status = said(value, "Status");
    if status == "deleted" {
        lost.add("tickets that were deleted there, closed here", said(value, "Subject"));
    }
    if DONE.contains(&status) || UNDONE.contains(&status) {
        return DONE.contains(&status);
    }
    lost.add("states of the site's own, open or closed here", status);
    time(value, "Resolved").is_some()
}

/// Whoever asked follows it; whoever else it names is known, and follows nothing until he says so.
fn people(ticket: &mut Carried, value: &Value, lost: &mut Lost) {
    let mut members = |role: &str| -> Vec<&str> {
        let (users, groups): (Vec<&Value>, Vec<&Value>) =
            list(value, role).partition(|member| of_sort(member, "user"));
        groups.iter().for_each(|group| lost.add(format!("groups in {role}"), person(group)));
        users.into_iter().map(person).filter(|who| !who.is_empty()).collect()
    };
    let mut asked = members("Requestor").into_iter();
    ticket.requester = someone(asked.next().unwrap_or_else(|| value.get("Creator").map_or("", person)));
    for who in asked {
        let (who, since) = (someone(who), ticket.created);
        ticket.followers.push(Follower { who, since, ..Follower::default() });
    }
    ticket.named = members("Cc").into_iter().chain(members("AdminCc")).map(str::to_owned).collect();
    for (role, members) in value.get("CustomRoles").and_then(Value::as_object).into_iter().flatten() {
        let all = members.as_array().map_or(std::slice::from_ref(members), Vec::as_slice);
        let all = all.iter().map(person).filter(|who| !who.is_empty() && !NOBODY.contains(who));
        all.for_each(|who| lost.add(format!("people in the role {role}"), who));
    }
}

fn fields(ticket: &mut Carried, value: &Value, there: &There<'_>, lost: &mut Lost) {
    let mut set = |field: Field, text: &str| ticket.fields.insert(field.word().to_owned(), text.to_owned());
    let priority = value.get("Priority").map(|priority| match priority.as_str() {
        Some(word) => word.to_owned(),
        None => priority.as_u64().unwrap_or_default().to_string(),
    });
    if let Some(priority) = priority.filter(|priority| !["", "0"].contains(&priority.as_str())) {
        set(Field::Priority, &priority);
    }
    if said(value, "Status") == "stalled" {
        set(Field::Wait, "later");
    }
    if let Some(due) = time(value, "Due") {
        set(Field::Due, &due.to_zoned(there.zone().clone()).date().to_string());
    }
    match value.get("Queue").and_then(|queue| queue.get("Name").and_then(Value::as_str)) {
        Some(queue) if queue.chars().count() <= LONGEST => {
            set(Field::Component, queue);
        }
        _ => lost
            .add("queues without a name (ask for fields[Queue]=Name)", value.get("Queue").map_or("", person)),
    }
    for (name, sort) in NUMBERS {
        let minutes =
            value.get(name).map(|minutes| minutes.as_str().map_or(minutes.to_string(), str::to_owned));
        if let Some(minutes) = minutes.filter(|minutes| !["", "0", "null"].contains(&minutes.as_str())) {
            lost.add(sort, &minutes);
        }
    }
    if time(value, "Starts").is_some() {
        lost.add("days on which work was to start", said(value, "Starts"));
    }
}

/// Custom fields that are called like fields here are those.
fn custom(ticket: &mut Carried, value: &Value, lost: &mut Lost) {
    for field in list(value, "CustomFields") {
        let text =
            |value: &Value| value.as_str().unwrap_or_else(|| said(value, "filename")).trim().to_owned();
        let values: Vec<String> = list(field, "values").map(text).filter(|v| !v.is_empty()).collect();
        let name = said(field, "name");
        let own = Field::of(&name.to_lowercase()).filter(|field| OWN.contains(field));
        match (own, values.as_slice()) {
            (_, []) => {}
            _ if ["keywords", "tags"].contains(&name.to_lowercase().as_str()) => {
                let words = values.iter().flat_map(|value| value.split([',', ';', ' ', '\n', '\t']));
                ticket.keywords.extend(words.map(str::to_lowercase).filter(|word| !word.is_empty()));
            }
            (Some(field), [one]) if one.chars().count() <= LONGEST => {
                ticket.fields.insert(field.word().to_owned(), one.clone());
            }
            _ => lost.add(format!("values of the custom field {name}"), &values.join(", ")),
        }
    }
}

/// Its links to tickets, and the ticket that it went into.
fn ties(ticket: &mut Carried, value: &Value, lost: &mut Lost) {
    for link in list(value, "_hyperlinks") {
        let Some((_, relation)) = LINKS.iter().find(|(word, _)| *word == said(link, "ref")) else { continue };
        // an article or an asset may have a ticket's number
        match number(Some(link)).filter(|_| of_sort(link, "ticket")) {
            Some(other) => ticket.relations.push(Tie { relation: relation.word().to_owned(), other }),
            None => lost.add("links to what is no ticket", said(link, "_url")),
        }
    }
    if let Some(other) = number(value.get("EffectiveId")).filter(|other| *other != ticket.number) {
        ticket.state = "closed".to_owned();
        ticket.relations.push(Tie { relation: Relation::Merged.word().to_owned(), other });
    }
}
