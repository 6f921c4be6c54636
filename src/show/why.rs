//! Why something happened, or did not: a mail with its end, its events and its letters; a letter of ours with its
//! cause and how far it came.

use super::grid::{self, Column, painted, plain};
use super::history;
use super::look::{Look, Paint, json_time, size};
use crate::store::history::{Happened, Owed, Taken};
use serde_json::{Value, json};

/// What became of a mail.
#[derive(Debug, Clone)]
pub struct Mail {
    pub taken: Taken,
    /// Who it says it is from, its subject, and what sort of mail it is; empty for one that cannot be read.
    pub read: Vec<(&'static str, String)>,
    pub events: Vec<Happened>,
    pub letters: Vec<Owed>,
}

/// A letter of ours.
#[derive(Debug, Clone)]
pub struct Letter {
    pub owed: Owed,
    pub cause: Option<Happened>,
}

impl Mail {
    /// For people.
    pub fn page(&self, look: &Look) -> String {
        let taken = &self.taken;
        let named = taken.message_id.as_deref().map_or_else(|| "no usable Message-ID".into(), id);
        let released = if taken.released { ", let through by a sysadmin" } else { "" };
        let mut rows = vec![("mail", format!("{}, {named}", taken.mail))];
        rows.extend(self.read.iter().map(|(label, text)| (*label, text.clone())));
        rows.push(("arrived", format!("{} in {}", look.date(taken.arrived), taken.mailbox)));
        rows.push(("taken", format!("{}, {}", look.date(taken.taken), size(taken.size))));
        rows.push(("end", format!("{}{released}", taken.state)));
        rows.push(("why", if taken.why.is_empty() { "not handled yet".into() } else { taken.why.clone() }));
        rows.push(("ticket", taken.ticket.map_or_else(|| "none".into(), |n| format!("#{n}"))));
        let mut page = labelled(&rows, look);
        if !self.events.is_empty() {
            page.push_str(&headed("what it did", &history::page(&self.events, look), look));
        }
        if !self.letters.is_empty() {
            page.push_str(&headed("letters it caused", &letters(&self.letters, look), look));
        }
        page
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let taken = &self.taken;
        let read: serde_json::Map<String, Value> =
            self.read.iter().map(|(label, text)| ((*label).to_owned(), json!(text))).collect();
        json!({
            "mail": taken.mail,
            "message_id": taken.message_id,
            "mailbox": taken.mailbox,
            "read": read,
            "arrived": json_time(taken.arrived),
            "taken": json_time(taken.taken),
            "state": taken.state,
            "why": taken.why,
            "tries": taken.tries,
            "ticket": taken.ticket,
            "size": taken.size,
            "released": taken.released,
            "events": self.events.iter().map(history::event_json).collect::<Vec<_>>(),
            "letters": self.letters.iter().map(letter_json).collect::<Vec<_>>(),
        })
    }
}

impl Letter {
    /// For people.
    pub fn page(&self, look: &Look) -> String {
        let owed = &self.owed;
        let mut rows = vec![
            ("letter", format!("{}, {}", owed.letter, id(&owed.message_id))),
            ("kind", owed.kind.clone()),
            ("to", owed.recipient.clone()),
            ("queued", look.date(owed.queued)),
            ("state", progress(owed, look)),
        ];
        if !owed.said.is_empty() {
            rows.push(("server said", owed.said.clone()));
        }
        let mut page = labelled(&rows, look);
        if let Some(cause) = &self.cause {
            page.push_str(&headed("its cause", &history::page(std::slice::from_ref(cause), look), look));
        }
        page
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let mut json = letter_json(&self.owed);
        if let Some(fields) = json.as_object_mut() {
            fields.insert("cause".into(), self.cause.as_ref().map_or(Value::Null, history::event_json));
        }
        json
    }
}

fn id(id: &str) -> String {
    format!("<{id}>")
}

/// `sent 2026-11-20 10:12 after 2 tries`.
fn progress(owed: &Owed, look: &Look) -> String {
    let ended = owed.ended.map(|at| format!(" {}", look.date(at))).unwrap_or_default();
    let tries = if owed.tries == 0 {
        ", not tried yet".into()
    } else {
        let tries = if owed.tries == 1 { "1 try".into() } else { format!("{} tries", owed.tries) };
        format!(" after {tries}")
    };
    format!("{}{ended}{tries}", owed.state)
}

fn letters(all: &[Owed], look: &Look) -> String {
    let row = |owed: &Owed| {
        vec![
            painted(Paint::Bold, owed.letter.to_string()),
            plain(&owed.kind),
            plain(&owed.recipient),
            plain(progress(owed, look)),
            painted(Paint::Dim, id(&owed.message_id)),
        ]
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    grid::lay(&[Column::Right, Column::Left, Column::Left, Column::Left, Column::Wrap], &rows, look)
}

fn labelled(rows: &[(&str, String)], look: &Look) -> String {
    let rows: Vec<_> = rows.iter().map(|(label, text)| vec![plain(label), plain(text)]).collect();
    grid::lay(&[Column::Left, Column::Wrap], &rows, look)
}

fn headed(head: &str, page: &str, look: &Look) -> String {
    format!("\n{}\n{page}", look.paint(Paint::Bold, head))
}

fn letter_json(owed: &Owed) -> Value {
    json!({
        "letter": owed.letter,
        "message_id": owed.message_id,
        "kind": owed.kind,
        "recipient": owed.recipient,
        "event": owed.event,
        "state": owed.state,
        "tries": owed.tries,
        "queued": json_time(owed.queued),
        "ended": owed.ended.map(json_time),
        "said": owed.said,
    })
}

/// Several mails and letters of one Message-ID, with a word about how many there are.
pub fn pages(mails: &[Mail], sent: &[Letter], look: &Look) -> String {
    let all: Vec<String> =
        mails.iter().map(|m| m.page(look)).chain(sent.iter().map(|l| l.page(look))).collect();
    let head = match all.len() {
        1 => String::new(),
        many => format!("{many} of that Message-ID\n\n"),
    };
    head + &all.join("\n")
}

/// The same for programs.
pub fn json(mails: &[Mail], sent: &[Letter]) -> Value {
    json!({
        "mails": mails.iter().map(Mail::json).collect::<Vec<_>>(),
        "letters": sent.iter().map(Letter::json).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn owed(tries: u32, ended: Option<Timestamp>) -> Owed {
        Owed {
            letter: 3,
            message_id: "trk.12.4.x@y".into(),
            kind: "changed".into(),
            recipient: "bob@x.example".into(),
            event: 4,
            state: if ended.is_some() { "sent" } else { "waiting" }.into(),
            tries,
            queued: at(0),
            ended,
            said: "250 ok\u{1b}".into(),
        }
    }

    #[test]
    fn a_mail_is_told_with_its_end_and_its_letters() {
        let taken = Taken {
            mail: 7,
            message_id: Some("1@x.example".into()),
            mailbox: "maildir:/in".into(),
            arrived: at(0),
            taken: at(60),
            state: "held".into(),
            why: "the sender has no part in #12".into(),
            tries: 1,
            ticket: None,
            size: 900,
            released: false,
        };
        let read = vec![("subject", "Hi\u{202e}".to_owned())];
        let mail = Mail { taken, read, events: vec![], letters: vec![owed(2, Some(at(60))), owed(0, None)] };
        let wanted = "\
mail     7, <1@x.example>
subject  Hi\\u{202e}
arrived  1970-01-01 00:00 in maildir:/in
taken    1970-01-01 00:01, 900 bytes
end      held
why      the sender has no part in #12
ticket   none

letters it caused
3  changed  bob@x.example  sent 1970-01-01 00:01 after 2 tries  <trk.12.4.x@y>
3  changed  bob@x.example  waiting, not tried yet               <trk.12.4.x@y>
";
        assert_eq!(mail.page(&Look::plain()), wanted);
        assert_eq!(mail.json()["read"]["subject"], "Hi\u{202e}");
        assert_eq!(json(&[mail], &[])["mails"][0]["letters"][0]["tries"], 2);
    }

    #[test]
    fn a_letter_is_told_with_its_cause() {
        let letter = Letter { owed: owed(1, Some(at(0))), cause: None };
        let page = letter.page(&Look::plain());
        assert!(page.starts_with("letter       3, <trk.12.4.x@y>\nkind         changed\n"), "{page}");
        assert!(
            page.ends_with("state        sent 1970-01-01 00:00 after 1 try\nserver said  250 ok\\x1b\n"),
            "{page}"
        );
        assert_eq!(letter.json()["cause"], Value::Null);
        assert!(pages(&[], &[letter.clone(), letter], &Look::plain()).starts_with("2 "));
    }
}
