//! Tickets as pages for a browser: one for each, and one that lists them. Works from the disk, without a script, and names
//! nothing elsewhere. Foreign words go through [`safe`] first, which shows what turns text around, and are escaped by the
//! templates (askama escapes all that goes into `.html`). Addresses stand in it: the archive is for staff.

use crate::diff::{Diff, Kind, Line};
use crate::fault::{Fault, Outcome};
use crate::model::carried::{Carried, Entry, Event, Someone};
use crate::model::links::Relation;
use crate::model::session_log::Log;
use crate::model::session_words as words;
use crate::model::ticket::State;
use crate::show::look::{Look, count, size};
use crate::show::{history, safe};
use askama::Template;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// How all of it looks.
pub const STYLE: &str = include_str!("../../../templates/archive/style.css");

/// A session and the differences of its files that are shown, by place.
pub struct Session {
    pub log: Log,
    pub diffs: Vec<(usize, Diff)>,
}

/// The name of a ticket's page.
pub fn page_name(number: u32) -> String {
    format!("{number:05}.html")
}

/// A ticket in the list.
#[derive(Debug, Clone)]
pub struct Row {
    changed_at: Timestamp,
    number: u32,
    page: String,
    title: String,
    state: &'static str,
    owner: String,
    requester: String,
    changed: String,
    private: bool,
}

impl Row {
    /// What the list has of it.
    pub fn of(ticket: &Carried, look: &Look) -> Row {
        Row {
            changed_at: ticket.changed,
            number: ticket.number,
            page: page_name(ticket.number),
            title: safe::line(&ticket.title),
            state: State::of(&ticket.state).map_or("", State::word),
            owner: safe::line(ticket.owner.as_deref().unwrap_or("-")),
            requester: called(&ticket.requester),
            changed: look.date(ticket.changed),
            private: ticket.is_private(),
        }
    }
}

#[derive(Template)]
#[template(path = "archive/index.html")]
struct Index<'a> {
    name: &'a str,
    count: String,
    day: String,
    rows: &'a [Row],
}

/// The page that lists them.
///
/// # Errors
/// Never, as far as anybody knows: the template is compiled.
pub fn index(name: &str, mut rows: Vec<Row>, now: Timestamp, look: &Look) -> Outcome<String> {
    rows.sort_by_key(|row| std::cmp::Reverse((row.changed_at, row.number)));
    let (name, count) = (&safe::line(name), count(rows.len() as u64, "ticket"));
    rendered(&Index { name, count, day: look.date(now), rows: &rows })
}

#[derive(Template)]
#[template(path = "archive/ticket.html")]
struct Page {
    number: u32,
    title: String,
    facts: Vec<(String, String)>,
    ties: Vec<Tie>,
    entries: Vec<Said>,
    sessions: Vec<Work>,
    events: Vec<Happened>,
}

struct Tie {
    words: &'static str,
    number: u32,
    /// Empty where the other one is not in the archive.
    page: String,
}

struct Said {
    author: String,
    at: String,
    text: String,
    staff_only: bool,
    files: Vec<String>,
}

struct Happened {
    at: String,
    what: String,
    actor: String,
    proof: String,
    detail: String,
}

struct Work {
    head: String,
    span: String,
    facts: Vec<String>,
    typed: Vec<String>,
    files: Vec<Changed>,
    hidden: usize,
}

struct Changed {
    name: String,
    lines: Vec<Drawn>,
    /// What was said about its lines.
    said: Vec<String>,
}

struct Drawn {
    class: &'static str,
    parts: Vec<Part>,
}

struct Part {
    strong: bool,
    text: String,
}

/// A ticket's page; `all` are the tickets that have one.
///
/// # Errors
/// As [`index`].
pub fn page(ticket: &Carried, sessions: &[Session], all: &BTreeSet<u32>, look: &Look) -> Outcome<String> {
    let tie = |tie: &crate::model::carried::Tie| Tie {
        words: Relation::of(&tie.relation).map_or("see also", |relation| relation.words(true)),
        number: tie.other,
        page: if all.contains(&tie.other) { page_name(tie.other) } else { String::new() },
    };
    rendered(&Page {
        number: ticket.number,
        title: safe::line(&ticket.title),
        facts: facts(ticket, look),
        ties: ticket.relations.iter().map(tie).collect(),
        entries: ticket.entries.iter().map(|entry| said(entry, look)).collect(),
        sessions: sessions.iter().map(|session| work(session, look)).collect(),
        events: ticket.events.iter().map(|event| happened(event, look)).collect(),
    })
}

fn rendered(template: &impl Template) -> Outcome<String> {
    template.render().map_err(|e| Fault::lasting(format!("writing a page: {e}")))
}

fn facts(ticket: &Carried, look: &Look) -> Vec<(String, String)> {
    let mut facts = vec![
        ("state".to_owned(), safe::line(&ticket.state)),
        ("owner".to_owned(), safe::line(ticket.owner.as_deref().unwrap_or("nobody"))),
        ("requester".to_owned(), called(&ticket.requester)),
        ("since".to_owned(), look.date(ticket.created)),
        ("changed".to_owned(), look.date(ticket.changed)),
    ];
    facts.extend(ticket.fields.iter().map(|(name, value)| (safe::line(name), safe::line(value))));
    if !ticket.keywords.is_empty() {
        facts.push(("keywords".to_owned(), safe::line(&ticket.keywords.join(", "))));
    }
    let followers = ticket.followers.iter().filter(|f| f.ended.is_none());
    let followers: Vec<String> =
        followers.map(|f| format!("{} ({})", called(&f.who), safe::line(&f.level))).collect();
    if !followers.is_empty() {
        facts.push(("subscribers".to_owned(), followers.join(", ")));
    }
    facts
}

fn called(who: &Someone) -> String {
    let text =
        if who.name.is_empty() { who.address.clone() } else { format!("{} <{}>", who.name, who.address) };
    safe::line(&text)
}

fn said(entry: &Entry, look: &Look) -> Said {
    let file = |file: &crate::model::carried::File| {
        format!("{}, {}, {}", safe::line(&file.name), safe::line(&file.media), size(file.size))
    };
    Said {
        author: entry.author.as_ref().map_or_else(|| "trackle".to_owned(), called),
        at: look.date(entry.at),
        text: safe::block(&entry.text),
        staff_only: entry.staff_only,
        files: entry.files.iter().map(file).collect(),
    }
}

fn happened(event: &Event, look: &Look) -> Happened {
    Happened {
        at: look.date(event.at),
        what: safe::line(&event.what),
        actor: safe::line(&event.actor),
        proof: safe::line(&event.proof),
        detail: if event.detail.is_null() {
            String::new()
        } else {
            safe::line(&history::detail(&event.detail.to_string()))
        },
    }
}

fn work(session: &Session, look: &Look) -> Work {
    let (filed, record) = (&session.log.filed, &session.log.filed.session);
    let worker =
        if filed.worker.name.is_empty() { filed.worker.address.as_str() } else { &filed.worker.name };
    let verb = if record.is_note() { "wrote" } else { "worked" };
    let head = format!("session {}: {worker} {verb} on {} as {}", filed.number, record.host, record.login);
    let mut facts: Vec<String> = words::ending(record).into_iter().chain(words::witnesses(record)).collect();
    facts.push(record.remark.trim().to_owned());
    facts.retain(|line| !line.is_empty());
    let hidden = |at: &usize| session.log.overlay.hidden_commands.contains(at);
    let typed = record.typed.iter().enumerate().filter(|(at, _)| !hidden(at)).map(|(_, typed)| &typed.line);
    let files: Vec<Changed> = session
        .diffs
        .iter()
        .map(|(place, diff)| Changed {
            name: record
                .changes
                .get(*place)
                .map(|change| safe::line(&change.path.shown()))
                .unwrap_or_default(),
            lines: diff.lines.iter().map(drawn).collect(),
            said: about(&session.log, *place, look),
        })
        .collect();
    Work {
        head: safe::line(&head),
        span: format!("{} to {}", look.date(record.started), look.date(record.ended)),
        facts: facts.iter().map(|line| safe::block(line)).collect(),
        typed: record.command.iter().chain(typed).map(|line| safe::line(line)).collect(),
        hidden: session.log.changes().count().saturating_sub(files.len()),
        files,
    }
}

/// `Ben, 2026-03-02 09:00, /etc/fstab, line 12: Why?`
fn about(log: &Log, place: usize, look: &Look) -> Vec<String> {
    let said = log.overlay.annotations.iter().filter(|one| one.place == place);
    said.map(|one| safe::block(&format!("{}, {}, {}: {}", one.by, look.date(one.at), one.spot, one.text)))
        .collect()
}

fn drawn(line: &Line) -> Drawn {
    let class = match line.kind {
        Kind::Note => "note",
        Kind::Head => "head",
        Kind::Hunk => "hunk",
        Kind::Same | Kind::Unended => "same",
        Kind::Removed => "removed",
        Kind::Added => "added",
    };
    let (mut parts, mut at) = (Vec::new(), 0);
    let text = |from: usize, to: usize| {
        safe::block(&String::from_utf8_lossy(line.bytes.get(from..to).unwrap_or_default()))
    };
    for strong in &line.strong {
        parts.push(Part { strong: false, text: text(at, strong.start) });
        parts.push(Part { strong: true, text: text(strong.start, strong.end) });
        at = strong.end;
    }
    parts.push(Part { strong: false, text: text(at, line.bytes.len()) });
    parts.retain(|part| !part.text.is_empty());
    Drawn { class, parts }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::carried::{File, Tie};

    const HOSTILE: &str =
        "</pre><script>alert(1)</script>\" onload='x' <img src=x onerror=y> &amp; \u{202e}txt\u{1b}[31m";

    fn harmless(page: &str) {
        for words in ["<script", "<img", "\u{202e}", "\u{1b}", "http://", "https://", "javascript:"] {
            assert!(!page.contains(words), "{words} in {page}");
        }
        // no attribute was opened by a foreign quote, and no element was ended
        let tags: Vec<&str> = page.split('<').skip(1).filter_map(|rest| rest.split('>').next()).collect();
        assert!(tags.iter().all(|tag| !tag.contains("onload") && !tag.contains("onerror")), "{page}");
        assert_eq!(page.matches("<pre").count(), page.matches("</pre>").count(), "{page}");
    }

    #[test]
    fn hostile_words_are_harmless_wherever_they_stand() {
        let someone = Someone { address: HOSTILE.into(), name: HOSTILE.into(), confirmed: None };
        let file = File { name: HOSTILE.into(), media: HOSTILE.into(), size: 3, sha256: HOSTILE.into() };
        let entry = Entry {
            author: Some(someone.clone()),
            text: HOSTILE.into(),
            files: vec![file],
            staff_only: true,
            ..Entry::default()
        };
        let event = Event {
            actor: HOSTILE.into(),
            what: HOSTILE.into(),
            detail: serde_json::json!({ HOSTILE: HOSTILE }),
            ..Event::default()
        };
        let ticket = Carried {
            number: 12,
            state: HOSTILE.into(),
            title: HOSTILE.into(),
            owner: Some(HOSTILE.into()),
            requester: someone,
            fields: [(HOSTILE.to_owned(), HOSTILE.to_owned())].into(),
            keywords: vec![HOSTILE.into()],
            relations: vec![
                Tie { relation: HOSTILE.into(), other: 15 },
                Tie { relation: "depends".into(), other: 16 },
            ],
            entries: vec![entry],
            events: vec![event],
            ..Carried::default()
        };
        let look = Look::plain();
        let page = page(&ticket, &[], &BTreeSet::from([12, 15]), &look).unwrap();
        harmless(&page);
        assert!(page.contains("<a href=\"00015.html\">#15</a>") && page.contains("<td>#16</td>"), "{page}");
        let index = index(HOSTILE, vec![Row::of(&ticket, &look)], Timestamp::UNIX_EPOCH, &look).unwrap();
        harmless(&index);
        assert!(index.contains("<a href=\"00012.html\">#12</a>"), "{index}");
    }

    #[test]
    fn lines_of_a_difference_have_their_colours_and_strong_parts() {
        let line = Line {
            kind: Kind::Added,
            bytes: b"+a <b> \xff".to_vec(),
            strong: std::iter::once(3..6).collect(),
        };
        let drawn = drawn(&line);
        let parts: Vec<(bool, &str)> = drawn.parts.iter().map(|p| (p.strong, p.text.as_str())).collect();
        assert_eq!(
            (drawn.class, parts),
            ("added", vec![(false, "+a "), (true, "<b>"), (false, " \u{fffd}")])
        );
    }

    #[test]
    fn the_newest_change_stands_first() {
        let row = |number: u32, second: i64| {
            let changed = Timestamp::from_second(second).unwrap();
            Row::of(&Carried { number, changed, ..Carried::default() }, &Look::plain())
        };
        let page =
            index("help", vec![row(1, 50), row(2, 90), row(3, 70)], Timestamp::UNIX_EPOCH, &Look::plain())
                .unwrap();
        let places: Vec<_> = ["#2<", "#3<", "#1<"].map(|number| page.find(number).unwrap()).into();
        assert!(places.is_sorted() && page.contains("3 tickets"), "{page}");
    }
}
