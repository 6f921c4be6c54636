//! What the letters about a ticket have in common: how it stands, who did something and how sure we are, the text of
//! the mail and its files. News come in; cleaned values go out.

use crate::limits;
use crate::model::decision::What;
use crate::model::letter::News;
use crate::model::links::Relation;
use crate::model::lock::minute;
use crate::model::marks;
use crate::model::person::Person;
use crate::model::phrase::Phrase;
use crate::model::robot::Robot;
use crate::model::ticket::View;
use crate::write::attached::{Carried, Files, TEXT};
use crate::write::clean;
use crate::write::voice::Voice;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// How a ticket stands, for staff.
pub(super) struct Standing {
    pub ticket: String,
    pub title: String,
    pub state: String,
    /// `nobody's`, or `Anna Lee's`.
    pub owner: String,
    /// Who works on it, and what is set besides, as `high, due Fri 27 Nov, waits for #15`; empty when nothing is.
    pub marks: String,
    /// Name and address.
    pub requester: String,
    /// Who gets what staff answer: `Bob Hill`, or `Bob Hill and 2 others`; empty when nobody does.
    pub readers: String,
}

impl Standing {
    pub fn of(robot: &Robot, view: &View) -> Standing {
        let t = &view.ticket;
        Standing {
            ticket: t.number.to_string(),
            title: clean::title(&t.title),
            state: t.state.word().to_owned(),
            owner: match &t.owner {
                Some(login) => format!("{}'s", clean::name(&robot.called(login))),
                None => "nobody's".to_owned(),
            },
            marks: marks(robot, view),
            requester: written(&t.requester.name, t.requester.address.as_str()),
            readers: readers(view),
        }
    }
}

fn marks(robot: &Robot, view: &View) -> String {
    let at_work = view.lock.as_ref().map(|lock| {
        let since = minute(lock.since, &robot.policy.zone);
        format!("{} works on it since {since}", clean::name(&robot.called(&lock.login)))
    });
    let set = marks::marks(&view.ticket, &view.links, today(view));
    let all = at_work.into_iter().chain(set.iter().map(|mark| clean::words(mark)));
    all.collect::<Vec<_>>().join(", ")
}

/// The day of the letter: the ticket was changed just now, and a letter has to know no better.
pub(super) fn today(view: &View) -> Date {
    view.ticket.changed.to_zoned(TimeZone::UTC).date()
}

fn readers(view: &View) -> String {
    let requester = &view.ticket.requester;
    let all: Vec<&Person> = view.subscribers().collect();
    let first = all.iter().find(|p| p.address == requester.address).or(all.first());
    let Some(first) = first else { return String::new() };
    let name = Some(clean::name(&first.called())).filter(|n| !n.is_empty());
    let name = name.unwrap_or_else(|| first.address.local().to_owned());
    match all.len() {
        0 | 1 => name,
        2 => format!("{name} and 1 other"),
        n => format!("{name} and {} others", n - 1),
    }
}

/// `Alice Lee <alice@x.example>`, or what there is of it.
pub(super) fn written(name: &str, address: &str) -> String {
    let (name, address) = (clean::name(name), clean::words(address));
    match (name.is_empty(), address.is_empty()) {
        (true, _) => address,
        (false, true) => name,
        (false, false) => format!("{name} <{address}>"),
    }
}

/// Who did it, for staff.
pub(super) fn who(robot: &Robot, news: &News) -> String {
    let who = written(&news.actor, &news.actor_address);
    if who.is_empty() { super::signed(robot) } else { who }
}

/// Who did it, for others: never an address.
pub(super) fn actor(robot: &Robot, news: &News, say: &Voice<'_>) -> String {
    if news.actor.trim().is_empty() {
        return super::signed(robot);
    }
    let name = clean::name(&news.actor);
    if name.is_empty() { say.say(Phrase::of("said.somebody")) } else { name }
}

/// How sure we are that it was them, for staff.
pub(super) fn proof(news: &News) -> String {
    clean::words(&news.proof)
}

/// The ticket that a new one was taken out of; empty when it was not.
pub(super) fn origin(news: &News) -> String {
    let opened = news.changes.iter().any(|c| c.what == What::Opened && c.line > 0);
    let other = news.changes.iter().find_map(|c| match c.what {
        What::Related { relation: Relation::Link, other } => Some(other.to_string()),
        _ => None,
    });
    other.filter(|_| opened).unwrap_or_default()
}

/// The text as a letter shows it; one that is too long is attached.
pub(super) fn text(news: &News, say: &Voice<'_>) -> String {
    if is_long(news) {
        say.say(Phrase::of("said.attached").with("file", TEXT_FILE))
    } else {
        clean::verbatim(&clean::text(&news.text))
    }
}

/// Files for staff: everything that fits.
pub(super) fn files(news: &News) -> Files<'_> {
    let mut files = text_file(news);
    let more = Files::fitting(&news.attachments);
    files.carried.extend(more.carried);
    files.left = more.left;
    files
}

/// Files for others: only a text that is too long for a letter.
pub(super) fn text_file(news: &News) -> Files<'_> {
    let mut files = Files::default();
    if is_long(news) {
        files.carried.push(Carried {
            name: TEXT_FILE.to_owned(),
            media: TEXT,
            bytes: news.text.as_bytes().into(),
        });
    }
    files
}

const TEXT_FILE: &str = "text.txt";

fn is_long(news: &News) -> bool {
    news.text.len() > limits::LETTER_TEXT
}

/// Words for requester and subscribers that came with commands, each once.
pub(super) fn remarks(news: &News) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for change in &news.changes {
        let remark = clean::text(&change.remark);
        if !remark.is_empty() && !all.contains(&remark) {
            all.push(remark);
        }
    }
    all
}
