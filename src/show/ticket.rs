//! One ticket: how it stands, what was written in it, what happened to it.

use super::grid::{self, Cell, Column, painted, plain};
use super::look::{Look, Paint, age, json_time, size};
use super::{history, list, locks, safe, sessions};
use crate::fault::Outcome;
use crate::model::fields::Field;
use crate::model::following::{Follower, Level};
use crate::model::links::Link;
use crate::model::marks;
use crate::model::person::Person;
use crate::model::ticket::{Description, Number, View};
use crate::store::Reader;
use crate::store::history::Happened;
use crate::store::reports::Said;
use crate::store::sessions::Listed;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Everything around one ticket.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Story {
    pub view: View,
    /// Oldest first.
    pub said: Vec<Said>,
    /// Oldest first.
    pub history: Vec<Happened>,
    /// What was done in sessions, newest first.
    pub sessions: Vec<Listed>,
}

impl Story {
    /// Reads it, with at most so many sessions; `None` when there is no such ticket.
    ///
    /// # Errors
    /// Those of the database.
    pub fn read(reader: &Reader, ticket: Number, sessions: usize, now: Timestamp) -> Outcome<Option<Story>> {
        let Some(view) = reader.view(ticket, now)? else { return Ok(None) };
        Ok(Some(Story {
            view,
            said: reader.said(ticket)?,
            history: reader.history(ticket)?,
            sessions: reader.sessions(Some(ticket), sessions)?,
        }))
    }

    /// What it is about, as staff have put it, or as it was opened.
    pub fn description(&self) -> Option<&Said> {
        match self.view.description {
            Description::Of(event) => self.said.iter().find(|said| said.event == event),
            Description::First | Description::This => self.said.first(),
        }
    }

    /// The same, when it is not the first text anyway.
    pub fn description_of_staff(&self) -> Option<&Said> {
        self.description().filter(|_| self.view.description != Description::First)
    }

    /// Whether that mail is one of the ticket's.
    pub fn has_mail(&self, mail: i64) -> bool {
        self.said
            .iter()
            .filter_map(|s| s.mail)
            .chain(self.history.iter().filter_map(|h| h.mail))
            .any(|m| m == mail)
    }

    /// For people.
    pub fn page(&self, now: Timestamp, look: &Look) -> String {
        let mut page = self.head(now, look);
        if let Some(said) = self.description_of_staff() {
            page.push_str(&format!("\n{}\n", look.paint(Paint::Bold, "description")));
            page.push_str(&entry(said, look));
        }
        for said in &self.said {
            page.push('\n');
            page.push_str(&entry(said, look));
        }
        page.push('\n');
        page.push_str(&look.paint(Paint::Bold, "history"));
        page.push('\n');
        page.push_str(&self.events(look));
        page
    }

    fn head(&self, now: Timestamp, look: &Look) -> String {
        let ticket = &self.view.ticket;
        let title = format!("{} {}", ticket.number, safe::line(&ticket.title));
        let since = |at| format!("{} ({} ago)", look.date(at), age(at, now));
        let mut rows = vec![
            vec![plain("state"), plain(ticket.state.word())],
            vec![plain("owner"), plain(ticket.owner.as_deref().unwrap_or("nobody"))],
            vec![plain("requester"), plain(spelled(&ticket.requester))],
            vec![plain("since"), plain(since(ticket.created))],
            vec![plain("changed"), plain(since(ticket.changed))],
        ];
        if let Some(lock) = &self.view.lock {
            rows.push(vec![plain("lock"), plain(locks::line(lock, look))]);
        }
        rows.extend(self.set(now, look));
        rows.extend(self.view.links.iter().map(related));
        rows.extend(self.sessions.iter().rev().map(|session| sessions::line(session, look)));
        let followers: Vec<String> = self.view.followers.iter().filter_map(|f| self.follows(f)).collect();
        if !followers.is_empty() {
            rows.push(vec![plain("subscribers"), plain(followers.join(", "))]);
        }
        format!(
            "{}\n{}",
            look.paint(Paint::Bold, &title),
            grid::lay(&[Column::Left, Column::Wrap], &rows, look)
        )
    }

    /// A line for each field that is set, and one for the keywords.
    fn set(&self, now: Timestamp, look: &Look) -> Vec<Vec<Cell>> {
        let ticket = &self.view.ticket;
        let today = now.to_zoned(look.zone.clone()).date();
        let row = |(field, value): (Field, &str)| {
            let cell = match field {
                Field::Due if marks::is_overdue(ticket, today) => {
                    painted(Paint::Bad, format!("{value}, OVERDUE"))
                }
                Field::Wait if value == "user" => plain("for its requester"),
                Field::Private => plain("yes: only its people and staff may know of it"),
                _ => plain(value),
            };
            vec![plain(field.word()), cell]
        };
        let mut rows: Vec<_> = ticket.fields.iter().map(row).collect();
        if !ticket.tags.is_empty() {
            rows.push(vec![plain("keywords"), plain(ticket.tags.join(", "))]);
        }
        rows
    }

    /// Who follows it and how; the requester is named above, and here only when he does not get every news at once.
    fn follows(&self, follower: &Follower) -> Option<String> {
        let usual = follower.level == Level::Short && !follower.suspended;
        if usual && follower.person.id == self.view.ticket.requester.id {
            return None;
        }
        let back = if follower.suspended { " (gets none: letters came back)" } else { "" };
        let level = if follower.level == Level::Short {
            String::new()
        } else {
            format!(" ({})", follower.level.word())
        };
        Some(format!("{}{level}{back}", spelled(&follower.person)))
    }

    fn events(&self, look: &Look) -> String {
        let row = |h: &Happened| {
            let mail = h.mail.map(|m| format!("mail {m}")).unwrap_or_default();
            vec![
                plain(look.date(h.at)),
                plain(&h.what),
                plain(format!("{} ({})", h.actor, h.proof)),
                painted(Paint::Dim, mail),
                plain(history::detail(&h.detail)),
            ]
        };
        let rows: Vec<_> = self.history.iter().map(row).collect();
        grid::lay(&[Column::Left, Column::Left, Column::Left, Column::Left, Column::Wrap], &rows, look)
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let ticket = &self.view.ticket;
        let named: Vec<&str> = self.view.named.iter().map(|a| a.as_str()).collect();
        let fields: Map<String, Value> =
            ticket.fields.iter().map(|(field, value)| (field.word().to_owned(), json!(value))).collect();
        json!({
            "number": ticket.number.0,
            "state": ticket.state.word(),
            "title": ticket.title,
            "owner": ticket.owner,
            "requester": person(&ticket.requester),
            "lock": locks::json(self.view.lock.as_ref()),
            "created": json_time(ticket.created),
            "changed": json_time(ticket.changed),
            "fields": fields,
            "keywords": ticket.tags,
            "description": self.description().map(|said| said.text.as_str()),
            "relations": self.view.links.iter().map(relation).collect::<Vec<_>>(),
            "subscribers": self.view.followers.iter().map(follower).collect::<Vec<_>>(),
            "named": named,
            "thread": self.said.iter().map(said_json).collect::<Vec<_>>(),
            "sessions": sessions::json(&self.sessions),
            "history": self.history.iter().map(history::event_json).collect::<Vec<_>>(),
        })
    }
}

/// `waits for  #15 (open) No ink`
fn related(link: &Link) -> Vec<Cell> {
    let other = format!("{} ({}) {}", link.other, link.state.word(), link.title);
    vec![plain(link.relation.words(link.outward)), plain(other)]
}

fn relation(link: &Link) -> Value {
    let mut json = list::link_json(link);
    if let Some(fields) = json.as_object_mut() {
        fields.insert("title".into(), json!(link.title));
    }
    json
}

fn follower(follower: &Follower) -> Value {
    let mut json = person(&follower.person);
    if let Some(fields) = json.as_object_mut() {
        fields.insert("level".into(), json!(follower.level.word()));
        fields.insert("suspended".into(), json!(follower.suspended));
    }
    json
}

/// A text of the thread, its lines set in.
fn entry(said: &Said, look: &Look) -> String {
    let only = if said.staff_only { ", for staff only" } else { "" };
    let mail = said.mail.map(|m| format!(", mail {m}")).unwrap_or_default();
    let head = look.paint(Paint::Bold, &safe::line(&said.author));
    let rest = look.paint(Paint::Dim, &format!("{}{only}{mail}", look.date(said.at)));
    let mut out = format!("{head}, {rest}\n");
    for line in safe::block(&said.text).split('\n') {
        let line = format!("    {line}");
        out.push_str(line.trim_end());
        out.push('\n');
    }
    for (name, media, bytes) in &said.attachments {
        let name = if name.is_empty() { "without a name" } else { name };
        out.push_str(&format!("    [{}, {}, {}]\n", safe::line(name), safe::line(media), size(*bytes)));
    }
    out
}

fn spelled(person: &Person) -> String {
    let unproven = if person.confirmed.is_some() { "" } else { " (not confirmed)" };
    match person.name.as_str() {
        "" => format!("{}{unproven}", person.address),
        name => format!("{name} <{}>{unproven}", person.address),
    }
}

fn person(person: &Person) -> Value {
    json!({
        "address": person.address.as_str(),
        "name": person.name,
        "confirmed": person.confirmed.map(json_time),
    })
}

fn said_json(said: &Said) -> Value {
    let files: Vec<Value> = said
        .attachments
        .iter()
        .map(|(name, media, size)| json!({ "name": name, "type": media, "size": size }))
        .collect();
    json!({
        "event": said.event,
        "mail": said.mail,
        "at": json_time(said.at),
        "author": said.author,
        "text": said.text,
        "staff_only": said.staff_only,
        "attachments": files,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::address::Address;
    use crate::model::links::Relation;
    use crate::model::ticket::{Description, Number, State, Ticket};

    fn story() -> Story {
        let at = |s: i64| Timestamp::from_second(s).unwrap();
        let bob = Person {
            id: 1,
            address: Address::parse("bob@example.org").unwrap(),
            name: "Bob \u{202e}Lee".into(),
            confirmed: None,
            language: None,
        };
        let ticket = Ticket {
            number: Number(12),
            state: State::Open,
            title: "Printer".into(),
            requester: bob.clone(),
            owner: None,
            fields: crate::model::fields::Fields::default(),
            tags: vec![],
            created: at(0),
            changed: at(60),
        };
        let view = View {
            ticket,
            followers: vec![crate::model::following::Follower {
                person: bob,
                level: crate::model::following::Level::Short,
                suspended: false,
            }],
            links: vec![],
            named: vec![],
            staff_thread: vec![],
            outside_thread: vec![],
            reopened_lately: 0,
            description: Description::First,
            lock: None,
        };
        let said = Said {
            event: 1,
            mail: Some(7),
            at: at(0),
            author: "Bob".into(),
            text: "It smokes.\n\nHelp\u{1b}c!".into(),
            staff_only: false,
            attachments: vec![("a.png".into(), "image/png".into(), 12_000)],
        };
        let happened = Happened {
            seq: 1,
            ticket: Some(12),
            mail: Some(7),
            message_id: Some("1@example.org".into()),
            line: 1,
            at: at(0),
            actor: "bob@example.org".into(),
            proof: "none".into(),
            what: "closed".into(),
            detail: r#"{"from":"open","remark":"done","to":"closed"}"#.into(),
            hash: "0af9".repeat(16),
        };
        Story { view, said: vec![said], history: vec![happened], sessions: vec![] }
    }

    #[test]
    fn a_ticket_is_told_from_head_to_history() {
        let page = story().page(Timestamp::from_second(7_200).unwrap(), &Look::plain());
        let wanted = "\
#12 Printer
state      open
owner      nobody
requester  Bob \\u{202e}Lee <bob@example.org> (not confirmed)
since      1970-01-01 00:00 (2h ago)
changed    1970-01-01 00:01 (1h ago)

Bob, 1970-01-01 00:00, mail 7
    It smokes.

    Help\\x1bc!
    [a.png, image/png, 12 kB]

history
1970-01-01 00:00  closed  bob@example.org (none)  mail 7  from open, to closed, remark done
";
        assert_eq!(page, wanted);
    }

    #[test]
    fn what_is_set_and_who_has_to_do_with_it_is_told() {
        let mut story = story();
        let fields = [(Field::Priority, "high"), (Field::Due, "1970-01-01"), (Field::Wait, "user")];
        for (field, value) in fields.into_iter().chain([(Field::Private, "yes")]) {
            story.view.ticket.fields.set(field, Some(value.into()));
        }
        story.view.ticket.tags = vec!["ink".into(), "paper".into()];
        let link = |relation, outward, other| Link {
            relation,
            outward,
            other: Number(other),
            state: State::Open,
            title: "No\u{1b} ink".into(),
            private: false,
            held: false,
        };
        story.view.links = vec![link(Relation::Depends, true, 15), link(Relation::Parent, false, 16)];
        story.view.followers[0].level = Level::Weekly;
        story.view.followers[0].suspended = true;
        story.sessions = vec![Listed {
            number: 17,
            ticket: Number(12),
            title: "Printer".into(),
            worker: "Ann\u{1b}".into(),
            host: "web1".into(),
            login: "root".into(),
            started: Timestamp::from_second(0).unwrap(),
            ended: Timestamp::from_second(0).unwrap(),
            files: 3,
        }];
        let page = story.page(Timestamp::from_second(2 * 86_400).unwrap(), &Look::plain());
        let wanted = "\
priority      high
due           1970-01-01, OVERDUE
wait          for its requester
private       yes: only its people and staff may know of it
keywords      ink, paper
waits for     #15 (open) No\\x1b ink
has the part  #16 (open) No\\x1b ink
session 17    1970-01-01 00:00 Ann\\x1b, root@web1, 3 files changed
subscribers   Bob \\u{202e}Lee <bob@example.org> (not confirmed) (weekly) (gets none: letters came back)
";
        assert!(page.contains(wanted), "{page}");
        let json = story.json();
        assert_eq!(
            (&json["fields"]["priority"], &json["subscribers"][0]["level"]),
            (&json!("high"), &json!("weekly"))
        );
        assert_eq!(json["relations"][1]["title"], "No\u{1b} ink");
    }

    #[test]
    fn programs_get_everything() {
        let story = story();
        let json = story.json();
        assert_eq!(json["requester"]["address"], "bob@example.org");
        assert_eq!(json["thread"][0]["attachments"][0]["size"], 12_000);
        assert_eq!(json["history"][0]["detail"]["to"], "closed");
        assert!(story.has_mail(7) && !story.has_mail(8));
    }
}
