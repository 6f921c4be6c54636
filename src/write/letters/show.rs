//! `show`: how a ticket stands and what was said in it, for whoever asked. Staff see everything; whoever has a part in it
//! sees names instead of addresses and nothing that was said among staff; anybody else its title and state.

use super::{Words, signed, status};
use crate::model::fields::Field;
use crate::model::links::{Link, Relation};
use crate::model::lock;
use crate::model::marks;
use crate::model::person::Person;
use crate::model::phrase::Phrase;
use crate::model::robot::Robot;
use crate::model::shown::{Sight, Spoken};
use crate::model::ticket::View;
use crate::write::voice::Voice;
use crate::write::{attached, clean};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

/// What is told to those who have a part in it, of how a team sorts its work: nothing but this.
const FOR_ALL: [Field; 4] = [Field::Severity, Field::Type, Field::Component, Field::Private];

#[derive(askama::Template, Serialize)]
#[template(path = "mail/show.txt")]
pub(super) struct Show {
    robot: String,
    ticket: String,
    title: String,
    state: String,
    has_facts: bool,
    facts: Vec<Fact>,
    has_said: bool,
    said: Vec<Said>,
    has_left_out: bool,
    /// Texts behind the first one that are left out.
    left_out: String,
}

#[derive(Debug, Clone, Serialize)]
struct Fact {
    name: String,
    value: String,
}

/// One text.
#[derive(Debug, Clone, Serialize)]
struct Said {
    who: String,
    at: String,
    staff_only: bool,
    has_text: bool,
    /// Every line set in.
    text: String,
    has_files: bool,
    files: Vec<String>,
    /// It is the first one, and texts behind it are left out.
    before_gap: bool,
}

impl Show {
    pub fn of(
        robot: &Robot,
        say: &Voice<'_>,
        view: &View,
        sight: Sight,
        (said, left_out): (&[Spoken], usize),
    ) -> Show {
        let facts = if sight == Sight::Title { Vec::new() } else { facts(robot, say, view, sight) };
        let gap = |at: usize| left_out > 0 && at == 0;
        let said: Vec<Said> = said
            .iter()
            .enumerate()
            .map(|(at, s)| Said { before_gap: gap(at), ..one(say, s, sight) })
            .collect();
        let title = &view.ticket.title;
        Show {
            robot: signed(robot),
            ticket: view.ticket.number.to_string(),
            title: say.title(&if sight == Sight::Title {
                clean::without_addresses(title)
            } else {
                title.clone()
            }),
            state: say.say(view.ticket.state.phrase()),
            has_facts: !facts.is_empty(),
            facts,
            has_said: !said.is_empty(),
            said,
            has_left_out: left_out > 0,
            left_out: left_out.to_string(),
        }
    }
}

fn facts(robot: &Robot, say: &Voice<'_>, view: &View, sight: Sight) -> Vec<Fact> {
    let (ticket, staff) = (&view.ticket, sight == Sight::Staff);
    let name = |key: &'static str| say.say(Phrase::of(key));
    let mut facts = Vec::new();
    let mut add = |name: String, value: String| {
        if !value.is_empty() {
            facts.push(Fact { name, value });
        }
    };
    let asked = format!("{}, {}", person(&ticket.requester, sight), day(ticket.created));
    add(name("shown.asked"), asked);
    add(name("shown.changed"), day(ticket.changed));
    add(
        name("shown.owner"),
        ticket.owner.as_ref().map(|o| clean::name(&robot.called(o))).unwrap_or_default(),
    );
    if let Some(lock) = view.lock.as_ref().filter(|_| staff) {
        let (who, since) = (robot.called(&lock.login), lock::minute(lock.since, &robot.policy.zone));
        add(name("shown.lock"), format!("{}, {since}", clean::name(&who)));
    }
    for (field, value) in ticket.fields.iter().filter(|(f, _)| staff || FOR_ALL.contains(f)) {
        add(field.word().to_owned(), clean::words(&marks::value(field, Some(value), status::today(view))));
    }
    if staff {
        add(name("shown.tags"), clean::words(&ticket.tags.join(", ")));
    }
    for link in &view.links {
        let (name, value) = relation(say, link, staff);
        add(name, value);
    }
    let readers: Vec<String> = view.followers.iter().map(|f| person(&f.person, sight)).collect();
    add(name("shown.readers"), readers.join(", "));
    facts
}

/// Another ticket may be private: whoever is not staff hears of it only where his own went on there.
fn relation(say: &Voice<'_>, link: &Link, staff: bool) -> (String, String) {
    let went_on = matches!(link.relation, Relation::Duplicate | Relation::Merged);
    let went_on = went_on && link.outward && !link.private;
    let value = match (staff, went_on) {
        (true, _) => format!("{} ({}) {}", link.other, say.say(link.state.phrase()), say.title(&link.title)),
        (false, true) => link.other.to_string(),
        (false, false) => String::new(),
    };
    (link.relation.words(link.outward).to_owned(), value)
}

fn person(person: &Person, sight: Sight) -> String {
    match sight {
        Sight::Staff => status::written(&person.name, person.address.as_str()),
        _ => called(&person.name, person.address.as_str()),
    }
}

/// A name, or the part of the address before the at sign.
fn called(name: &str, address: &str) -> String {
    let name = clean::name(name);
    if name.is_empty() { clean::name(address) } else { name }
}

fn one(say: &Voice<'_>, spoken: &Spoken, sight: Sight) -> Said {
    let who = match sight {
        Sight::Staff => status::written(&spoken.name, &spoken.address),
        _ => called(&spoken.name, &spoken.address),
    };
    let mut text = clean::text(&spoken.text);
    if spoken.cut {
        text = format!("{text}\n{}", say.say(Phrase::of("shown.cut")));
    }
    let set_in = |line: &str| if line.trim().is_empty() { String::new() } else { format!("  {line}") };
    let text = text.lines().map(set_in).collect::<Vec<_>>().join("\n");
    let file = |(name, bytes): &(String, u64)| {
        format!("{} ({})", clean::words(name), say.say(attached::size(*bytes)))
    };
    Said {
        who,
        at: minute(spoken.at),
        staff_only: spoken.staff_only,
        has_text: !text.is_empty(),
        text: clean::verbatim(&text),
        has_files: !spoken.files.is_empty(),
        files: spoken.files.iter().map(file).collect(),
        before_gap: false,
    }
}

/// A form that every language reads.
fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).date().to_string()
}

fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

impl Words for Show {
    const KIND: &'static str = "show";
    const SOURCE: &'static str = include_str!("../../../templates/mail/show.txt");
    fn samples() -> [Self; 2] {
        let fact = Fact { name: "asked by".into(), value: "Ann, 2026-03-02".into() };
        let said = Said {
            who: "Ann".into(),
            at: "2026-03-02 09:00 UTC".into(),
            staff_only: true,
            has_text: true,
            text: "  Text".into(),
            has_files: true,
            files: vec!["a.pdf (1 kB)".into()],
            before_gap: true,
        };
        [true, false].map(|all| Show {
            robot: "Help".into(),
            ticket: "#12".into(),
            title: "Title".into(),
            state: "open".into(),
            has_facts: all,
            facts: if all { vec![fact.clone()] } else { Vec::new() },
            has_said: all,
            said: if all { vec![said.clone()] } else { Vec::new() },
            has_left_out: all,
            left_out: if all { "12".into() } else { String::new() },
        })
    }
}
