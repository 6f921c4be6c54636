//! One ticket: how it stands, what was written in it, what happened to it.

use super::grid::{self, Column, painted, plain};
use super::look::{Look, Paint, age, json_time, size};
use super::{history, locks, safe};
use crate::model::person::Person;
use crate::model::ticket::View;
use crate::store::history::Happened;
use crate::store::reports::Said;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Everything around one ticket.
#[derive(Debug, Clone)]
pub struct Story {
    pub view: View,
    /// Oldest first.
    pub said: Vec<Said>,
    /// Oldest first.
    pub history: Vec<Happened>,
}

impl Story {
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
        let others: Vec<String> = self
            .view
            .followers
            .iter()
            .map(|f| &f.person)
            .filter(|p| p.id != ticket.requester.id)
            .map(spelled)
            .collect();
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
        if !others.is_empty() {
            rows.push(vec![plain("subscribers"), plain(others.join(", "))]);
        }
        format!(
            "{}\n{}",
            look.paint(Paint::Bold, &title),
            grid::lay(&[Column::Left, Column::Wrap], &rows, look)
        )
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
        json!({
            "number": ticket.number.0,
            "state": ticket.state.word(),
            "title": ticket.title,
            "owner": ticket.owner,
            "requester": person(&ticket.requester),
            "lock": locks::json(self.view.lock.as_ref()),
            "created": json_time(ticket.created),
            "changed": json_time(ticket.changed),
            "subscribers": self.view.followers.iter().map(|f| person(&f.person)).collect::<Vec<_>>(),
            "named": named,
            "thread": self.said.iter().map(said_json).collect::<Vec<_>>(),
            "history": self.history.iter().map(history::event_json).collect::<Vec<_>>(),
        })
    }
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
    use crate::model::ticket::{Number, State, Ticket};

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
        Story { view, said: vec![said], history: vec![happened] }
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
    fn programs_get_everything() {
        let story = story();
        let json = story.json();
        assert_eq!(json["requester"]["address"], "bob@example.org");
        assert_eq!(json["thread"][0]["attachments"][0]["size"], 12_000);
        assert_eq!(json["history"][0]["detail"]["to"], "closed");
        assert!(story.has_mail(7) && !story.has_mail(8));
    }
}
