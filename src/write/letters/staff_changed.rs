//! `staff_changed`: the long form of a change. Its first line is the receipt for whoever gave the commands.

use super::Words;
use super::related;
use super::status::{self, Standing};
use crate::model::address::Address;
use crate::model::decision::{Change, What};
use crate::model::fields;
use crate::model::letter::News;
use crate::model::links::Relation;
use crate::model::lock::Turn;
use crate::model::marks;
use crate::model::robot::Robot;
use crate::model::session::FilePath;
use crate::model::session_log::Spot;
use crate::model::session_words;
use crate::model::ticket::{State, View};
use crate::write::attached::Files;
use crate::write::clean;
use crate::write::voice::Voice;
use jiff::civil::Date;
use serde::Serialize;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/staff_changed.txt")]
pub(super) struct StaffChanged {
    ticket: String,
    title: String,
    state: String,
    owner: String,
    has_marks: bool,
    /// What is set besides.
    marks: String,
    requester: String,
    has_readers: bool,
    /// Who gets what staff answer.
    readers: String,
    who: String,
    /// `wrote`, or `noted` when it is for staff only.
    wrote: String,
    has_proof: bool,
    proof: String,
    has_done: bool,
    /// The verbs, as `take, close`.
    done: String,
    fields: Vec<Field>,
    /// Files, perhaps, but nothing to read.
    has_nothing: bool,
    /// What else happened, one line each.
    facts: Vec<String>,
    has_remarks: bool,
    remarks: Vec<String>,
    has_text: bool,
    text: String,
    has_left: bool,
    left: Vec<String>,
}

/// One field of the ticket that changed.
#[derive(Debug, Clone, Serialize)]
struct Field {
    name: String,
    from: String,
    to: String,
}

impl StaffChanged {
    pub fn of(robot: &Robot, say: &Voice<'_>, view: &View, news: &News, files: &Files<'_>) -> StaffChanged {
        let (now, today) = (Standing::of(robot, view), status::today(view));
        let (proof, text) = (status::proof(news), status::text(news, say));
        let mut done: Vec<String> = news.changes.iter().filter_map(|c| verb(robot, news, c)).collect();
        done.dedup_by(|next, before| next == before && OFTEN.contains(&next.as_str()));
        let remarks: Vec<String> = status::remarks(news);
        let fields: Vec<Field> = news.changes.iter().filter_map(|c| field(robot, today, &c.what)).collect();
        let mut facts: Vec<String> = news.changes.iter().filter_map(|c| fact(robot, view, &c.what)).collect();
        facts.extend(related::consequences(view, &news.changes));
        let told = !(done.is_empty() && fields.is_empty() && facts.is_empty() && remarks.is_empty());
        StaffChanged {
            ticket: now.ticket,
            title: now.title,
            state: now.state,
            owner: now.owner,
            has_marks: !now.marks.is_empty(),
            marks: now.marks,
            requester: now.requester,
            has_readers: !now.readers.is_empty(),
            readers: now.readers,
            who: status::who(robot, news),
            wrote: if news.noted { "noted".to_owned() } else { "wrote".to_owned() },
            has_proof: !proof.is_empty(),
            proof,
            has_done: !done.is_empty(),
            done: done.join(", "),
            fields,
            has_nothing: !told && text.is_empty(),
            facts,
            has_remarks: !remarks.is_empty(),
            remarks,
            has_text: !text.is_empty(),
            text,
            has_left: !files.left.is_empty(),
            left: files.left.clone(),
        }
    }
}

/// Verbs that are said once, however often they were.
const OFTEN: [&str; 3] = ["comment", "show", "hide"];

/// The verb that was carried out; none for what followed from another one, or from a mail's arrival.
fn verb(robot: &Robot, news: &News, change: &Change) -> Option<String> {
    if follows(news, change) {
        return None;
    }
    let actor = Address::parse(&news.actor_address);
    let actor = actor.and_then(|a| robot.member(&a)).map(|m| m.login.as_str());
    Some(match &change.what {
        What::State { to: State::Closed, .. } => "close".to_owned(),
        What::State { from: State::Closed, .. } => "reopen".to_owned(),
        What::Owner { to: Some(login), .. } if actor == Some(login.as_str()) => "take".to_owned(),
        What::Owner { to: Some(login), .. } => format!("assign {}", clean::words(login)),
        What::Owner { to: None, .. } => "drop".to_owned(),
        What::Set { field: fields::Field::Priority, .. } => "prio".to_owned(),
        What::Set { field: fields::Field::Private, to: None, .. } => "public".to_owned(),
        What::Set { field, .. } => field.word().to_owned(),
        What::Described { .. } => "describe".to_owned(),
        What::Tagged { .. } => "tag".to_owned(),
        What::Related { relation: Relation::Duplicate, .. } => "dup".to_owned(),
        What::Related { relation: Relation::Merged, .. } => "merge".to_owned(),
        What::Related { relation, .. } | What::Unrelated { relation, .. } => relation.word().to_owned(),
        What::Requester { .. } => "requester".to_owned(),
        What::Invited { .. } => "cc".to_owned(),
        What::Undid { .. } => "undo".to_owned(),
        What::Lock { turn: Turn::Broken, .. } => "break lock".to_owned(),
        What::Displayed { shown: true, .. } => "show".to_owned(),
        What::Displayed { .. } => "hide".to_owned(),
        What::Annotated { .. } => "comment".to_owned(),
        What::Redacted { .. } => "redact".to_owned(),
        _ => return None,
    })
}

/// Closed by `dup` or `merge`; no longer waiting, since its requester wrote.
fn follows(news: &News, change: &Change) -> bool {
    match &change.what {
        What::State { to: State::Closed, .. } => {
            news.changes.iter().any(|c| c.line == change.line && is_elsewhere(&c.what))
        }
        What::Set { field: fields::Field::Wait, to: None, .. } => change.line == 0,
        _ => false,
    }
}

fn is_elsewhere(what: &What) -> bool {
    matches!(what, What::Related { relation: Relation::Duplicate | Relation::Merged, .. })
}

fn field(robot: &Robot, today: Date, what: &What) -> Option<Field> {
    let person = |login: &Option<String>| {
        login.as_ref().map_or_else(|| "nobody".to_owned(), |l| clean::name(&robot.called(l)))
    };
    let (name, from, to) = match what {
        What::State { from, to } => ("state", from.word().to_owned(), to.word().to_owned()),
        What::Owner { from, to } => ("owner", person(from), person(to)),
        What::Set { field, from, to } => {
            let shown = |value: &Option<String>| clean::title(&marks::value(*field, value.as_deref(), today));
            (field.word(), shown(from), shown(to))
        }
        What::Requester { from, to } => ("requester", clean::words(from.as_str()), clean::words(to.as_str())),
        _ => return None,
    };
    Some(Field { name: name.to_owned(), from, to })
}

/// `+ink -paper`
fn keywords(added: &[String], removed: &[String]) -> String {
    let signed = |sign, all: &[String]| all.iter().map(|w| format!(" {sign}{w}")).collect::<String>();
    clean::words(&format!("keywords:{}{}", signed("+", added), signed("-", removed)))
}

/// Files and commands whose names a letter tells.
const NAMED: usize = 5;

/// `Session 17 shows: /etc/fstab, command 3.`
fn displayed(session: u64, (files, commands): (&[FilePath], &[u64]), shown: bool) -> String {
    let names = files.iter().map(FilePath::shown).chain(commands.iter().map(|n| format!("command {n}")));
    let all: Vec<String> = names.map(|name| clean::words(&name)).collect();
    let more = all.len().saturating_sub(NAMED);
    let named = all.get(..NAMED.min(all.len())).unwrap_or_default().join(", ");
    let more = if more > 0 { format!(" and {more} others") } else { String::new() };
    let verb = if shown { "shows" } else { "no longer shows" };
    format!("Session {session} {verb}: {named}{more}.")
}

/// The line, and below it what was said about it.
fn annotated(session: u64, spot: &Spot, text: &str) -> String {
    let said: Vec<String> = clean::text(text).lines().map(|line| format!("  {line}")).collect();
    let place = clean::words(&format!("Session {session}, {spot}"));
    let quoted = if spot.line == 0 { String::new() } else { format!("\n  | {}", clean::code(&spot.quoted)) };
    clean::verbatim(&format!("{place}:{quoted}\n{}", said.join("\n")))
}

fn fact(robot: &Robot, view: &View, what: &What) -> Option<String> {
    Some(match what {
        What::Confirmed => "The requester has confirmed the request.".to_owned(),
        What::Follows { who, to: None, .. } => {
            format!("{} follows it no longer.", clean::words(who.as_str()))
        }
        What::Follows { who, to: Some(level), .. } => {
            format!("{} follows it ({}).", clean::words(who.as_str()), level.word())
        }
        What::Invited { who } => format!("{} was asked to follow it.", clean::words(who.as_str())),
        What::Related { relation, other } => related::relation(view, *relation, *other),
        What::Unrelated { relation, other } => format!("No longer {} {other}.", relation.words(true)),
        What::Lock { turn: Turn::Broken, holder } => {
            format!("{} had the lock, and has it no longer.", clean::name(&robot.called(holder)))
        }
        What::Tagged { added, removed } => keywords(added, removed),
        What::Undid { mail } => format!("What mail {mail} changed was taken back."),
        What::Worked { session, host, files, discarded: false } => {
            format!("Session {session} on {}: {}.", clean::name(host), session_words::changed(*files))
        }
        What::Worked { session, host, .. } => {
            format!("Session {session} on {} was given up.", clean::name(host))
        }
        What::Displayed { session, files, commands, shown, lines } => {
            let told = displayed(*session, (files, commands), *shown);
            let lines: Vec<String> = lines.iter().map(|line| clean::code(line)).collect();
            if lines.is_empty() { told } else { format!("{told}\n{}", clean::verbatim(&lines.join("\n"))) }
        }
        What::Annotated { session, spot, text } => annotated(*session, spot, text),
        What::Unplaced { session, quoted } => {
            let quoted = clean::words(quoted);
            format!(
                "What was said below \"{quoted}\" is text: session {session} has no such line, or several."
            )
        }
        What::Redacted { session, places, .. } => {
            format!(
                "{} of session {session} taken out.",
                if *places == 1 { "1 place".to_owned() } else { format!("{places} places") }
            )
        }
        What::Undelivered { recipient, why } => {
            format!("A letter to {} did not arrive: {}", clean::words(recipient), clean::words(why))
        }
        What::Asked => "A question was mailed to the sender.".to_owned(),
        What::Answered => return None,
        What::Opened
        | What::State { .. }
        | What::Owner { .. }
        | What::Set { .. }
        | What::Requester { .. }
        | What::Lock { .. }
        | What::Described { .. }
        | What::Commented => return None,
    })
}

impl Words for StaffChanged {
    const KIND: &'static str = "staff_changed";
    const SOURCE: &'static str = include_str!("../../../templates/mail/staff_changed.txt");
    fn samples() -> [Self; 2] {
        let some = |all: bool, word: &str| if all { vec![word.to_owned()] } else { Vec::new() };
        let field = Field { name: "state".into(), from: "open".into(), to: "closed".into() };
        let sample = |all: bool| StaffChanged {
            ticket: "#12".into(),
            title: "Title".into(),
            state: "closed".into(),
            owner: "Bo's".into(),
            has_marks: all,
            marks: if all { "high".into() } else { String::new() },
            requester: "Ann <ann@x.example>".into(),
            has_readers: all,
            readers: if all { "Ann".into() } else { String::new() },
            who: "Bo <bo@x.example>".into(),
            wrote: "wrote".into(),
            has_proof: all,
            proof: some(all, "confirmed by mail").concat(),
            has_done: all,
            done: some(all, "close").concat(),
            fields: if all { vec![field.clone()] } else { Vec::new() },
            has_nothing: all,
            facts: some(all, "A fact."),
            has_remarks: all,
            remarks: some(all, "Done."),
            has_text: all,
            text: some(all, "Text").concat(),
            has_left: all,
            left: some(all, "film.mp4 (44.0 MB)"),
        };
        [sample(true), sample(false)]
    }
}
