//! `digest`: to staff, how everything stands, for reading in five seconds and acting on by answering. What needs somebody
//! stands first; each ticket is one line, or two when there is much to say of it, and stands in one group; what does not
//! fit is counted, and stands in a file beside the letter.

use super::deeds::did;
use super::lines::{ROOM, age, cut, day, folded, line, local, numbers};
use super::{Words, signed};
use crate::limits;
use crate::model::address::Address;
use crate::model::digest::{Deed, Digest as Facts, Lost, Standing};
use crate::model::fields::{Field, Wait};
use crate::model::importance::days_between;
use crate::model::letter::Stopped;
use crate::model::robot::Robot;
use crate::write::clean;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

#[derive(Debug, Clone, Default, askama::Template, Serialize)]
#[template(path = "mail/digest.txt")]
pub(super) struct Digest {
    robot: String,
    /// Such as `Mon 21 Nov`.
    date: String,
    since: String,
    has_open: bool,
    open: String,
    /// `1 new, 2 waiting for us`: the groups that there are.
    counts: String,
    fresh: Group,
    due: Group,
    ours: Group,
    theirs: Group,
    blocked: Group,
    old: Group,
    old_days: String,
    has_put_off: bool,
    /// `#4 until Mon 23 Nov, #9 until Tue 1 Dec`.
    put_off: String,
    has_people: bool,
    people: Vec<Person>,
    has_more_deeds: bool,
    more_deeds: String,
    lost: Group,
    /// Mails that a safety stop holds.
    stopped: Group,
    has_waiting: bool,
    /// `1 mail in quarantine, 2 held mails`.
    waiting: String,
    /// Mails wait that a sysadmin alone can let through.
    has_aside: bool,
    /// The letter leaves something out, which stands in the file of that name.
    has_whole: bool,
    whole: String,
}

/// The file with all of it.
pub(super) const FILE: &str = "digest.txt";

/// How much is told.
struct Most {
    /// Tickets of a group, and letters that did not arrive.
    lines: usize,
    deeds: usize,
    /// Tickets that are put off.
    put_off: usize,
    /// Reasons of held mails.
    stops: usize,
}

const LETTER: Most =
    Most { lines: limits::DIGEST_LINES, deeds: limits::DIGEST_CHANGES, put_off: 6, stops: 5 };
const WHOLE: Most = Most { lines: usize::MAX, deeds: usize::MAX, put_off: usize::MAX, stops: usize::MAX };

/// Some lines under one heading.
#[derive(Debug, Clone, Default, Serialize)]
struct Group {
    some: bool,
    count: String,
    lines: Vec<String>,
    has_more: bool,
    more: String,
}

/// Somebody and what he did.
#[derive(Debug, Clone, Serialize)]
struct Person {
    name: String,
    deeds: Vec<String>,
}

impl Digest {
    /// The letter.
    pub fn of(robot: &Robot, facts: &Facts) -> Digest {
        let told = Digest::within(robot, facts, &LETTER);
        let groups = [&told.fresh, &told.due, &told.ours, &told.theirs, &told.blocked, &told.old, &told.lost];
        let cut = groups.iter().any(|group| group.has_more) || told.stopped.has_more || told.has_more_deeds;
        Digest { has_whole: cut || facts.put_off.len() > LETTER.put_off, ..told }
    }

    /// All of it, for a file, when the letter leaves something out.
    pub fn whole(&self, robot: &Robot, facts: &Facts) -> Option<Digest> {
        self.has_whole.then(|| Digest::within(robot, facts, &WHOLE))
    }

    fn within(robot: &Robot, facts: &Facts, most: &Most) -> Digest {
        let today = facts.now.to_zoned(facts.zone.clone()).date();
        let tickets = |all: &[Standing]| {
            let lines = all.iter().take(most.lines);
            let lines: Vec<_> = lines.map(|s| ticket_lines(robot, s, facts.now, today)).collect();
            Group::of(lines.len(), lines.into_iter().flatten().collect(), all.len() as u64)
        };
        let lost: Vec<String> = facts.lost.iter().take(most.lines).map(lost_line).collect();
        let all_lost = facts.more_lost + facts.lost.len() as u64;
        let deeds = facts.deeds.get(..most.deeds).unwrap_or(&facts.deeds);
        let more_deeds = facts.more_deeds + (facts.deeds.len() - deeds.len()) as u64;
        let people = people(robot, deeds);
        let waiting = waiting(facts);
        Digest {
            robot: signed(robot),
            date: local(facts.now, &facts.zone, "%a %-d %b"),
            since: local(facts.since, &facts.zone, "%a %-d %b, %H:%M"),
            has_open: facts.open() > 0,
            open: facts.open().to_string(),
            counts: counts(facts),
            fresh: tickets(&facts.fresh),
            due: tickets(&facts.due),
            ours: tickets(&facts.ours),
            theirs: tickets(&facts.theirs),
            blocked: tickets(&facts.blocked),
            old: tickets(&facts.old),
            old_days: limits::DIGEST_OLD_DAYS.to_string(),
            has_put_off: !facts.put_off.is_empty(),
            put_off: put_off(&facts.put_off, today, most.put_off),
            has_people: !people.is_empty(),
            people,
            has_more_deeds: more_deeds > 0,
            more_deeds: more_deeds.to_string(),
            lost: Group::of(lost.len(), lost, all_lost),
            stopped: stopped(&facts.stopped, most.stops),
            has_waiting: !waiting.is_empty(),
            waiting,
            has_aside: facts.quarantined > 0 || !facts.stopped.is_empty(),
            has_whole: false,
            whole: FILE.into(),
        }
    }
}

impl Group {
    /// Lines about so many of all that there are.
    fn of(told: usize, lines: Vec<String>, all: u64) -> Group {
        let more = all.saturating_sub(told as u64);
        Group { some: all > 0, count: all.to_string(), has_more: more > 0, more: more.to_string(), lines }
    }
}

/// The groups that there are, with their numbers.
fn counts(facts: &Facts) -> String {
    let groups = [
        (&facts.fresh, "new"),
        (&facts.due, "due"),
        (&facts.ours, "waiting for us"),
        (&facts.theirs, "for the requester"),
        (&facts.blocked, "for other tickets"),
        (&facts.old, "untouched"),
        (&facts.put_off, "put off"),
    ];
    let some = groups.into_iter().filter(|(all, _)| !all.is_empty());
    some.map(|(all, what)| format!("{} {what}", all.len())).collect::<Vec<_>>().join(", ")
}

/// `#12 Printer on fire — Anna Lee, 3 days; due today, part of #7`, in one line while the title is to be read, or the
/// rest in a line below.
fn ticket_lines(robot: &Robot, standing: &Standing, now: Timestamp, today: Date) -> Vec<String> {
    let owner = standing.owner.as_ref().map(|login| cut(&clean::name(&robot.called(login)), OWNER));
    let owner = owner.filter(|o| !o.is_empty()).unwrap_or_else(|| "nobody".to_owned());
    let (number, title) = (standing.number.to_string(), &standing.title);
    let who = format!(" — {owner}, {}", age(standing.since, now));
    let details = details(standing, today).join(", ");
    let with = format!("{who}; {details}");
    let room = ROOM.saturating_sub(number.chars().count() + 1 + with.chars().count());
    match details.as_str() {
        "" => vec![line(&number, title, &who)],
        _ if clean::title(title).chars().count().min(TITLE) <= room => vec![line(&number, title, &with)],
        _ => vec![line(&number, title, &who), format!("    {}", cut(&details, ROOM - 4))],
    }
}

/// What else there is to say of a ticket, what presses first.
fn details(standing: &Standing, today: Date) -> Vec<String> {
    let (fields, ties) = (&standing.fields, &standing.ties);
    let value = |field: Field| fields.get(field).map(clean::words);
    let named = |field: Field, name: &str| value(field).map(|v| format!("{name} {v}"));
    let tied = |name: &str, to: &[_]| (!to.is_empty()).then(|| format!("{name} {}", numbers(to)));
    let waits = match fields.wait() {
        Some(Wait::User) => Some("waits for the requester".to_owned()),
        Some(Wait::Until(day)) if day <= today => Some("was put off until now".to_owned()),
        _ => None,
    };
    let all = [
        fields.due().map(|due| nearness(due, today)),
        tied("waits for", &ties.waits_for),
        tied("needed by", &ties.needed_by),
        waits,
        named(Field::Priority, "prio"),
        named(Field::Severity, "severity"),
        ties.part_of.map(|parent| format!("part of {parent}")),
        fields.is_private().then(|| "private".to_owned()),
        value(Field::Type),
        value(Field::Component),
        named(Field::Milestone, "milestone"),
    ];
    all.into_iter().flatten().collect()
}

/// How near the day is by which it is to be done.
fn nearness(due: Date, today: Date) -> String {
    match days_between(today, due) {
        ..-1 => format!("{} days late", days_between(due, today)),
        -1 => "1 day late".to_owned(),
        0 => "due today".to_owned(),
        1 => "due tomorrow".to_owned(),
        _ => format!("due {}", day(due, today)),
    }
}

/// The tickets that are put off, as far as they fit one line.
fn put_off(all: &[Standing], today: Date, most: usize) -> String {
    let one = |s: &Standing| match s.fields.wait() {
        Some(Wait::Until(until)) => format!("{} until {}", s.number, day(until, today)),
        _ => s.number.to_string(),
    };
    let mut told: Vec<String> = all.iter().take(most).map(one).collect();
    if all.len() > most {
        told.push(format!("{} more", all.len() - most));
    }
    told.join(", ")
}

fn lost_line(lost: &Lost) -> String {
    let ticket = lost.number.map(|n| format!("{n} ")).unwrap_or_default();
    cut(&format!("{ticket}to {}: {}", clean::words(&lost.recipient), clean::words(&lost.why)), ROOM)
}

/// Whose mails are held, by what rule, and their numbers.
fn stopped(all: &[Stopped], most: usize) -> Group {
    let told = all.iter().take(most);
    let lines: Vec<_> = told
        .map(|s| folded(&format!("mail {}: {}", s.numbers(), clean::words(&s.why)), STOP_LINES))
        .collect();
    Group::of(lines.len(), lines.into_iter().flatten().collect(), all.len() as u64)
}

/// Everybody with what he did, in the order in which they began.
fn people(robot: &Robot, deeds: &[Deed]) -> Vec<Person> {
    let mut people: Vec<(String, Person)> = Vec::new();
    for deed in deeds {
        let member = Address::parse(&deed.actor).and_then(|a| robot.member(&a).cloned());
        let key = member.as_ref().map_or_else(|| deed.actor.clone(), |m| m.login.clone());
        let itself = member.as_ref().map(|m| m.login.as_str());
        let Some(what) = did(robot, &deed.what, itself) else { continue };
        let said = line(&format!("{} {what}:", deed.number), &deed.title, "");
        match people.iter_mut().find(|(k, _)| *k == key) {
            Some((_, person)) => person.deeds.push(said),
            None => {
                let name = member.map_or_else(|| deed.name.clone(), |m| m.name);
                let name = Some(clean::name(&name)).filter(|n| !n.is_empty());
                let name = name.unwrap_or_else(|| clean::name(&deed.actor));
                people.push((key, Person { name: cut(&name, ROOM), deeds: vec![said] }));
            }
        }
    }
    people.into_iter().map(|(_, person)| person).collect()
}

/// What waits and is no open ticket.
fn waiting(facts: &Facts) -> String {
    let some = |n: u64, one: &str, many: &str| match n {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {many}")),
    };
    let parts = [
        some(facts.quarantined, "mail in quarantine", "mails in quarantine"),
        some(facts.held, "held mail", "held mails"),
        some(facts.unconfirmed, "unconfirmed ticket", "unconfirmed tickets"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Lines of a reason why mails are held.
const STOP_LINES: usize = 3;
/// Columns of an owner's name.
const OWNER: usize = 20;
/// Columns of a title that are not given up for what else there is to say.
const TITLE: usize = 24;

impl Words for Digest {
    const KIND: &'static str = "digest";
    const SOURCE: &'static str = include_str!("../../../templates/mail/digest.txt");
    fn samples() -> [Self; 2] {
        let group = |line: &str| Group::of(1, vec![line.to_owned()], 2);
        let full = Digest {
            robot: "Help".into(),
            date: "Mon 21 Nov".into(),
            since: "Sun 20 Nov, 07:00".into(),
            has_open: true,
            open: "8".into(),
            counts: "2 new, 2 waiting for us".into(),
            fresh: group("#12 Title — nobody, 2 hours"),
            due: group("#6 Title — Ann, 2 days; due today"),
            ours: group("#7 Title — Ann, 3 days"),
            theirs: group("#8 Title — Ann, 3 days"),
            blocked: group("#9 Title — Ann, 3 days; waits for #7"),
            old: group("#1 Title — Ann, 30 days"),
            old_days: "14".into(),
            has_put_off: true,
            put_off: "#4 until Mon 23 Nov".into(),
            has_people: true,
            people: vec![Person { name: "Ann".into(), deeds: vec!["#3 closed: Title".into()] }],
            has_more_deeds: true,
            more_deeds: "4".into(),
            lost: group("#3 to ann@x.example: no such user"),
            has_waiting: true,
            waiting: "1 mail in quarantine".into(),
            stopped: group("mail 8: ann@x.example sent more than 60 mails"),
            has_aside: true,
            has_whole: true,
            whole: FILE.into(),
        };
        let none = || Group::of(0, Vec::new(), 0);
        let bare = Digest {
            robot: "Help".into(),
            date: "Mon 21 Nov".into(),
            since: "Sun 20 Nov, 07:00".into(),
            open: "0".into(),
            fresh: none(),
            due: none(),
            ours: none(),
            theirs: none(),
            blocked: none(),
            old: none(),
            old_days: "14".into(),
            lost: none(),
            stopped: none(),
            ..Digest::default()
        };
        [full, bare]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fields::Fields;
    use crate::model::links::Ties;
    use crate::model::ticket::Number;

    const TODAY: Date = jiff::civil::date(2026, 11, 21);

    fn standing(fields: &[(Field, &str)]) -> Standing {
        let mut all = Fields::default();
        for (field, value) in fields {
            all.set(*field, Some((*value).to_owned()));
        }
        Standing {
            number: Number(12),
            title: "Printer".into(),
            owner: None,
            since: Timestamp::UNIX_EPOCH,
            fields: all,
            ties: Ties::default(),
            points: 0,
        }
    }

    #[test]
    fn what_presses_stands_first() {
        use Field::{Component, Due, Priority, Private, Wait};
        for (fields, said) in [
            (&[][..], ""),
            (&[(Due, "2026-11-28"), (Priority, "high")], "due Sat 28 Nov, prio high"),
            (&[(Due, "2027-02-01")], "due Mon 1 Feb 2027"),
            (&[(Due, "2026-11-21"), (Wait, "user")], "due today, waits for the requester"),
            (&[(Due, "2026-11-20"), (Component, "mail")], "1 day late, mail"),
            (&[(Due, "2026-10-21"), (Private, "yes")], "31 days late, private"),
            (&[(Wait, "2026-11-21")], "was put off until now"),
        ] {
            assert_eq!(details(&standing(fields), TODAY).join(", "), said);
        }
        let mut tied = standing(&[]);
        tied.ties.needed_by = [4, 5, 6, 7].map(Number).into();
        tied.ties.part_of = Some(Number(2));
        assert_eq!(details(&tied, TODAY).join(", "), "needed by #4, #5, #6 and 1 more, part of #2");
    }

    #[test]
    fn those_that_are_put_off_stand_in_one_line() {
        let all = [standing(&[(Field::Wait, "2026-11-23")]), standing(&[(Field::Wait, "later")])];
        assert_eq!(put_off(&all, TODAY, 6), "#12 until Mon 23 Nov, #12");
        let many = vec![standing(&[(Field::Wait, "later")]); 9];
        assert!(put_off(&many, TODAY, 6).ends_with("#12, 3 more"));
    }
}
