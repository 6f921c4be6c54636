//! `digest`: to staff, how everything stands, for reading in five seconds and acting on by answering. What needs somebody
//! stands first; each ticket is one line and stands in one group; what does not fit is counted.

use super::{Words, signed};
use crate::limits;
use crate::model::address::Address;
use crate::model::digest::{Deed, Did, Digest as Facts, Lost, Standing};
use crate::model::robot::Robot;
use crate::write::clean;
use crate::write::wrap::WIDTH;
use jiff::Timestamp;
use jiff::tz::TimeZone;
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
    fresh: Group,
    ours: Group,
    theirs: Group,
    old: Group,
    old_days: String,
    has_people: bool,
    people: Vec<Person>,
    has_more_deeds: bool,
    more_deeds: String,
    lost: Group,
    has_waiting: bool,
    /// `1 mail in quarantine, 2 held mails`.
    waiting: String,
    has_quarantined: bool,
}

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
    pub fn of(robot: &Robot, facts: &Facts) -> Digest {
        let tickets = |all: &[Standing]| {
            let line = |s: &Standing| ticket_line(robot, s, facts.now);
            Group::of(all.iter().take(limits::DIGEST_LINES).map(line).collect(), all.len() as u64)
        };
        let lost: Vec<String> = facts.lost.iter().map(lost_line).collect();
        let all_lost = facts.more_lost + lost.len() as u64;
        let people = people(robot, &facts.deeds);
        let waiting = waiting(facts);
        Digest {
            robot: signed(robot),
            date: local(facts.now, &facts.zone, "%a %-d %b"),
            since: local(facts.since, &facts.zone, "%a %-d %b, %H:%M"),
            has_open: facts.open() > 0,
            open: facts.open().to_string(),
            fresh: tickets(&facts.fresh),
            ours: tickets(&facts.ours),
            theirs: tickets(&facts.theirs),
            old: tickets(&facts.old),
            old_days: limits::DIGEST_OLD_DAYS.to_string(),
            has_people: !people.is_empty(),
            people,
            has_more_deeds: facts.more_deeds > 0,
            more_deeds: facts.more_deeds.to_string(),
            lost: Group::of(lost, all_lost),
            has_waiting: !waiting.is_empty(),
            waiting,
            has_quarantined: facts.quarantined > 0,
        }
    }
}

impl Group {
    fn of(lines: Vec<String>, all: u64) -> Group {
        let more = all.saturating_sub(lines.len() as u64);
        Group { some: all > 0, count: all.to_string(), has_more: more > 0, more: more.to_string(), lines }
    }
}

/// `#12 Printer on fire — Anna Lee, 3 days`, in one line whatever the title.
fn ticket_line(robot: &Robot, standing: &Standing, now: Timestamp) -> String {
    let owner = standing.owner.as_ref().map(|login| cut(&clean::name(&robot.called(login)), OWNER));
    let owner = owner.filter(|o| !o.is_empty()).unwrap_or_else(|| "nobody".to_owned());
    line(standing.number.to_string(), &standing.title, &format!(" — {owner}, {}", age(standing.since, now)))
}

fn lost_line(lost: &Lost) -> String {
    let ticket = lost.number.map(|n| format!("{n} ")).unwrap_or_default();
    cut(&format!("{ticket}to {}: {}", clean::words(&lost.recipient), clean::words(&lost.why)), ROOM)
}

/// Everybody with what he did, in the order in which they began.
fn people(robot: &Robot, deeds: &[Deed]) -> Vec<Person> {
    let mut people: Vec<(String, Person)> = Vec::new();
    for deed in deeds {
        let member = Address::parse(&deed.actor).and_then(|a| robot.member(&a).cloned());
        let key = member.as_ref().map_or_else(|| deed.actor.clone(), |m| m.login.clone());
        let itself = member.as_ref().map(|m| m.login.as_str());
        let what = match &deed.what {
            Did::Closed => "closed".to_owned(),
            Did::Reopened => "opened again".to_owned(),
            Did::Assigned(to) if itself == Some(to) => "taken".to_owned(),
            Did::Assigned(to) => format!("given to {}", cut(&clean::name(&robot.called(to)), OWNER)),
            Did::Dropped => "given up".to_owned(),
        };
        let said = line(format!("{} {what}:", deed.number), &deed.title, "");
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

/// Columns of a line behind its indentation; lines of deeds stand deeper.
const ROOM: usize = WIDTH - 4;
/// Columns of an owner's name.
const OWNER: usize = 20;

/// A ticket's line: the title gives way.
fn line(before: String, title: &str, after: &str) -> String {
    let room = ROOM.saturating_sub(before.chars().count() + 1 + after.chars().count());
    format!("{before} {}{after}", cut(&clean::title(title), room))
}

/// At most so many characters.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// How long ago, in words.
fn age(since: Timestamp, now: Timestamp) -> String {
    match now.duration_since(since).as_hours() {
        ..1 => "just now".to_owned(),
        1 => "1 hour".to_owned(),
        hours @ 2..48 => format!("{hours} hours"),
        hours => format!("{} days", hours / 24),
    }
}

fn local(at: Timestamp, zone: &TimeZone, how: &str) -> String {
    at.to_zoned(zone.clone()).strftime(how).to_string()
}

impl Words for Digest {
    const KIND: &'static str = "digest";
    const SOURCE: &'static str = include_str!("../../../templates/mail/digest.txt");
    fn samples() -> [Self; 2] {
        let group = |line: &str| Group::of(vec![line.to_owned()], 2);
        let full = Digest {
            robot: "Help".into(),
            date: "Mon 21 Nov".into(),
            since: "Sun 20 Nov, 07:00".into(),
            has_open: true,
            open: "8".into(),
            fresh: group("#12 Title — nobody, 2 hours"),
            ours: group("#7 Title — Ann, 3 days"),
            theirs: group("#8 Title — Ann, 3 days"),
            old: group("#1 Title — Ann, 30 days"),
            old_days: "14".into(),
            has_people: true,
            people: vec![Person { name: "Ann".into(), deeds: vec!["#3 closed: Title".into()] }],
            has_more_deeds: true,
            more_deeds: "4".into(),
            lost: group("#3 to ann@x.example: no such user"),
            has_waiting: true,
            waiting: "1 mail in quarantine".into(),
            has_quarantined: true,
        };
        let none = || Group::of(Vec::new(), 0);
        let bare = Digest {
            robot: "Help".into(),
            date: "Mon 21 Nov".into(),
            since: "Sun 20 Nov, 07:00".into(),
            open: "0".into(),
            fresh: none(),
            ours: none(),
            theirs: none(),
            old: none(),
            old_days: "14".into(),
            lost: none(),
            ..Digest::default()
        };
        [full, bare]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_round() {
        let at = |hours: i64| Timestamp::from_second(hours * 3_600 + 1_700_000_000).unwrap();
        for (hours, words) in [
            (-5, "just now"),
            (0, "just now"),
            (1, "1 hour"),
            (47, "47 hours"),
            (48, "2 days"),
            (500, "20 days"),
        ] {
            assert_eq!(age(at(0), at(hours)), words);
        }
    }

    #[test]
    fn titles_give_way() {
        let long = line("#123456789".into(), &"ö".repeat(500), " — somebody with a name, 1000 days");
        assert_eq!(long.chars().count(), ROOM);
        assert!(long.contains("ö… — somebody"));
        assert_eq!(line("#1".into(), "", ""), "#1 (no subject)");
    }
}
