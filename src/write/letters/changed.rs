//! `changed`: the short form, for requester and subscribers. No address of anybody, no proof, no field names.

use super::{Words, signed, status};
use crate::model::address::Address;
use crate::model::decision::What;
use crate::model::fields::Field;
use crate::model::letter::News;
use crate::model::links::Relation;
use crate::model::mail::Attachment;
use crate::model::phrase::Phrase;
use crate::model::robot::Robot;
use crate::model::ticket::{State, View};
use crate::write::voice::Voice;
use crate::write::{attached, clean};
use serde::Serialize;

#[derive(Default, askama::Template, Serialize)]
#[template(path = "mail/changed.txt")]
pub(super) struct Changed {
    robot: String,
    ticket: String,
    title: String,
    actor: String,
    /// It is closed now, and the reader is its requester.
    may_reopen: bool,
    /// It was closed because another ticket asks for the same.
    is_same: bool,
    closed: bool,
    reopened: bool,
    has_owner: bool,
    /// Who takes care of it now.
    owner: String,
    dropped: bool,
    /// What else the reader should know, one sentence each.
    facts: Vec<String>,
    /// One of the above.
    has_news: bool,
    /// None of the above, and no words either.
    quiet: bool,
    has_remarks: bool,
    remarks: Vec<String>,
    has_text: bool,
    text: String,
    has_files: bool,
    /// There are files and nothing else.
    only_files: bool,
    /// `2 files: a.pdf (120 kB), b.txt (1 kB)`.
    files: String,
    one_file: bool,
}

impl Changed {
    pub fn of(robot: &Robot, say: &Voice<'_>, to: &Address, view: &View, news: &News) -> Changed {
        let (text, remarks) = (status::text(news, say), status::remarks(news));
        let mut told = Changed {
            robot: signed(robot),
            ticket: view.ticket.number.to_string(),
            title: say.title(&view.ticket.title),
            actor: status::actor(robot, news, say),
            has_remarks: !remarks.is_empty(),
            remarks,
            has_text: !text.is_empty(),
            text,
            has_files: !news.attachments.is_empty(),
            files: counted(&news.attachments, say),
            one_file: news.attachments.len() == 1,
            ..Changed::default()
        };
        let origin = status::origin(news);
        if !origin.is_empty() {
            let phrase = Phrase::of("fact.split").with("actor", &told.actor).with("ticket", origin);
            told.facts.push(say.say(phrase));
        }
        for change in &news.changes {
            told.add(robot, view, &change.what, say);
        }
        if told.closed {
            // whose it was matters to nobody any more
            (told.has_owner, told.dropped) = (false, false);
        }
        told.has_news =
            told.closed || told.reopened || told.has_owner || told.dropped || !told.facts.is_empty();
        let said = told.has_news || told.has_remarks || told.has_text;
        told.only_files = told.has_files && !said;
        told.quiet = !told.has_files && !said;
        // a merged ticket cannot be opened again: what is written to it goes where it went
        let became = |one| {
            news.changes.iter().any(|c| matches!(&c.what, What::Related { relation, .. } if *relation == one))
        };
        told.is_same = became(Relation::Duplicate);
        told.may_reopen = told.closed && view.ticket.requester.address == *to && !became(Relation::Merged);
        told
    }

    /// The last change of a kind is how it stands.
    fn add(&mut self, robot: &Robot, view: &View, what: &What, say: &Voice<'_>) {
        match what {
            What::State { from, to } => {
                self.closed = *to == State::Closed;
                self.reopened = *from == State::Closed && *to == State::Open;
            }
            What::Owner { to: Some(login), .. } => {
                self.owner = clean::name(&robot.called(login));
                (self.has_owner, self.dropped) = (true, false);
            }
            What::Owner { to: None, .. } => (self.has_owner, self.dropped) = (false, true),
            _ => {
                // of a private ticket nobody learns here: he may have no part in it
                let other = if let What::Related { other, .. } = what { Some(*other) } else { None };
                let hidden = view.links.iter().any(|l| l.outward && Some(l.other) == other && l.private);
                self.facts.extend(fact(&self.actor, hidden, what, say));
            }
        }
    }
}

/// What a follower is told of the rest: what concerns him, and nothing of how a team sorts its work.
pub(super) fn fact(actor: &str, hidden: bool, what: &What, say: &Voice<'_>) -> Option<String> {
    Some(say.say(match what {
        What::Related { relation: Relation::Duplicate | Relation::Merged, .. } if hidden => {
            Phrase::of("fact.elsewhere")
        }
        What::Related { relation: Relation::Duplicate, other } => {
            Phrase::of("fact.duplicate").with("ticket", other)
        }
        What::Related { relation: Relation::Merged, other } => {
            Phrase::of("fact.merged").with("ticket", other)
        }
        What::Set { field: Field::Wait, to: Some(to), .. } if to == "user" => {
            Phrase::of("fact.waits").with("actor", actor)
        }
        What::Set { field: Field::Title, to: Some(to), .. } => {
            Phrase::of("fact.title").with("title", clean::title(to))
        }
        _ => return None,
    }))
}

fn counted(all: &[Attachment], say: &Voice<'_>) -> String {
    let files = attached::all_named(all, |phrase| say.say(phrase));
    let phrase = match files.len() {
        0 => return String::new(),
        1 => Phrase::of("files.one"),
        count => Phrase::of("files.many").with("count", count),
    };
    say.say(phrase.with("files", files.join(", ")))
}

impl Words for Changed {
    const KIND: &'static str = "changed";
    const SOURCE: &'static str = include_str!("../../../templates/mail/changed.txt");
    fn samples() -> [Self; 2] {
        let bare = || Changed {
            robot: "Help".into(),
            ticket: "#12".into(),
            title: "Title".into(),
            actor: "Bo".into(),
            ..Changed::default()
        };
        let full = Changed {
            closed: true,
            reopened: true,
            has_owner: true,
            owner: "Bo".into(),
            dropped: true,
            facts: vec!["A fact.".into()],
            has_news: true,
            may_reopen: true,
            is_same: true,
            quiet: true,
            has_remarks: true,
            remarks: vec!["Done.".into()],
            has_text: true,
            text: "Text".into(),
            has_files: true,
            only_files: true,
            files: "a file: a.pdf (1 kB)".into(),
            one_file: true,
            ..bare()
        };
        [full, bare()]
    }
}
