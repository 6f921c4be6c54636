//! A session on its way into its ticket: in comes its record with what the files held, from whoever took it in (the spool,
//! the admin's own shell on this machine, a host's mail), out go rows, one event and owed letters, all within one
//! transaction. Comes it again, nothing happens. What another program redacted is redacted here once more, since hosts lag
//! behind.

mod again;
mod diffs;
pub mod drift;
pub mod redaction;

use super::House;
use super::by_hand::Done;
use super::owing::freeze;
use crate::decide;
use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::model::clues::Reviewed;
use crate::model::decision::{Change, Entry, Filing, Target, What};
use crate::model::mail::Attachment;
use crate::model::proof::Sender;
use crate::model::refusal::Refusal;
use crate::model::session::{Ending, Session, Witnesses, Worker};
use crate::model::session_log::{Contents, Diffed, Drifted, Log, Told};
use crate::model::session_words;
use crate::model::ticket::{Number, State, View};
use crate::read;
use crate::store::Tx;
use crate::store::events::Cause;
use crate::store::tickets::SeenBy;
pub use diffs::{diff, diffs};
use jiff::Timestamp;
use std::borrow::Cow;

/// The kind of the letter that staff get.
const LETTER: &str = "session_log";

/// A session that somebody hands in.
#[derive(Clone, Copy)]
pub struct Arrival<'a> {
    pub session: &'a Session,
    /// What its files held, as far as that came along.
    pub contents: &'a Contents,
    pub worker: &'a Worker,
    /// The word for how the worker is known: `console`, or that of a [`crate::model::proof::Proof`].
    pub proof: &'a str,
    /// The mail that it came with, if it did.
    pub intake: Option<i64>,
    /// By the rules of this very program, a moment ago.
    pub is_redacted: bool,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    pub number: u64,
    pub ticket: Number,
    /// It had not come before.
    pub is_new: bool,
}

/// Files a session with a ticket (with the one that it went into, when it did) and owes the letters. A closed ticket, or
/// one that somebody else works on by now, takes it as well: the work is done.
///
/// # Errors
/// Those of the database; a refusal when there is no such ticket.
pub fn file(tx: &Tx<'_>, house: &House, arrival: Arrival<'_>, ticket: Number, now: Timestamp) -> Done<Taken> {
    if let Some(number) = tx.session_of(&arrival.session.id)? {
        let filed = tx.session(number)?.map_or(ticket, |log| log.filed.ticket);
        return Ok(Ok(Taken { number, ticket: filed, is_new: false }));
    }
    let Some(view) = end_of_way(tx, ticket, now)? else { return Ok(Err(Refusal::NoTicket(ticket))) };
    let ticket = view.ticket.number;
    let session = kept(arrival.session);
    let (session, contents) = if arrival.is_redacted {
        (session, Cow::Borrowed(arrival.contents))
    } else {
        let (session, contents) = again::redacted(&session, arrival.contents);
        (Cow::Owned(session), Cow::Owned(contents))
    };
    let worker = tx.meet(&arrival.worker.address, &arrival.worker.name, now)?;
    let number = tx.add_session(&session, ticket, &worker)?;
    for (name, bytes) in named(&session, &contents) {
        tx.keep_content(number, name, bytes)?;
    }
    let worked = What::Worked {
        session: number,
        host: session.host.clone(),
        files: session.changes.len() as u64,
        discarded: session.ending == Ending::Discarded,
    };
    let filing = Filing {
        entry: Some(Entry { text: session_words::entry(number, &session), staff_only: true }),
        changes: vec![Change { line: 0, what: worked, remark: String::new() }],
        ..Filing::of(Target::Known(ticket))
    };
    let cause = Cause {
        actor: arrival.worker.address.key(),
        proof: arrival.proof.to_owned(),
        intake: arrival.intake,
        now,
    };
    let mut filed = tx.file(&filing, None, &worker, &cause, SeenBy::default())?;
    // the worker's lock goes with the session
    let login = house.robot.member(&arrival.worker.address).map(|member| member.login.as_str());
    filed.view.lock.take_if(|lock| login == Some(lock.login.as_str()));
    tx.session_filed(number, filed.event)?;
    let log = tx.session(number)?.ok_or_else(|| Fault::lasting("a session is gone that was just filed"))?;
    let all = diffs(tx, &log, |_| true)?;
    tx.index_session(number, &indexed(&log, &all))?;
    let drifted = drift::before(tx, &log)?;
    if !drifted.is_empty() {
        undocumented(tx, &log, &drifted, &cause)?;
    }
    let told = told(house, log, all, drifted);
    for letter in decide::session::letters(&filed, &told, &house.robot) {
        freeze(tx, house, &letter, now)?;
    }
    Ok(Ok(Taken { number, ticket, is_new: true }))
}

/// Makes a session's commands, paths and changed lines known to searches.
///
/// # Errors
/// Those of the database; a session that is not there.
pub fn index(tx: &Tx<'_>, number: u64) -> Outcome<()> {
    let log = tx.session(number)?.ok_or_else(|| Fault::lasting(format!("session {number} is gone")))?;
    let all = diffs(tx, &log, |_| true)?;
    tx.index_session(number, &indexed(&log, &all))
}

/// The ticket itself, or the one at the end of the way that it went; `None` when nobody may know of it.
fn end_of_way(tx: &Tx<'_>, mut ticket: Number, now: Timestamp) -> Outcome<Option<View>> {
    /// Merges of merges that are followed.
    const STEPS: usize = 20;
    for _ in 0..STEPS {
        let view = tx.view(ticket, now)?.filter(|view| view.ticket.state != State::Unconfirmed);
        match view.as_ref().and_then(View::merged_into) {
            Some(into) => ticket = into,
            None => return Ok(view),
        }
    }
    Ok(None)
}

/// What is kept of a session: all of it, or nothing but the fact when its admin gave up.
fn kept(session: &Session) -> Cow<'_, Session> {
    if session.ending != Ending::Discarded {
        return Cow::Borrowed(session);
    }
    Cow::Owned(Session {
        command: None,
        environment: Vec::new(),
        witnesses: Witnesses::default(),
        typed: Vec::new(),
        ran: Vec::new(),
        changes: Vec::new(),
        tags: Vec::new(),
        evidence: Vec::new(),
        ..session.clone()
    })
}

/// Contents that the record names, none that is larger than it may be.
fn named<'a>(session: &'a Session, contents: &'a Contents) -> impl Iterator<Item = (&'a str, &'a [u8])> {
    let things = session.changes.iter().flat_map(|change| change.before.iter().chain(&change.after));
    let names = things.filter_map(|thing| crate::model::session_log::name_of(&thing.content));
    let kept = names.filter_map(|name| Some((name, contents.get(name)?.as_slice())));
    kept.filter(|(_, bytes)| bytes.len() <= limits::SESSION_CONTENT)
}

/// The session whose letter a member of staff answers, as he has it before him.
///
/// # Errors
/// Those of the database.
pub(super) fn reviewed(
    tx: &Tx<'_>,
    answered: &[i64],
    sender: Option<&Sender>,
) -> Outcome<Option<Box<Reviewed>>> {
    if sender.is_none_or(|sender| sender.staff.is_none()) {
        return Ok(None);
    }
    for (at, event) in answered.iter().enumerate() {
        let Some(log) = tx.session_of_event(*event)?.map(|number| tx.session(number)).transpose()?.flatten()
        else {
            continue;
        };
        let diffs = diffs(tx, &log, |place| log.shows(place))?;
        let bytes = tx.letter_of(*event, LETTER)?.unwrap_or_default();
        let letter = read::mail(&bytes).map(|mail| mail.text).unwrap_or_default();
        return Ok(Some(Box::new(Reviewed { log, diffs, letter, is_parent: at == 0 })));
    }
    Ok(None)
}

/// A filing with the lines of what it shows from now on: who is told of it sees them.
///
/// # Errors
/// Those of the database.
pub fn with_lines(tx: &Tx<'_>, filing: &Filing) -> Outcome<Filing> {
    let mut filing = filing.clone();
    for change in &mut filing.changes {
        if let What::Displayed { session, files, shown: true, lines, .. } = &mut change.what
            && let Some(log) = tx.session(*session)?
        {
            let is_meant = |place: usize| {
                log.filed.session.changes.get(place).is_some_and(|change| files.contains(&change.path))
            };
            for diff in diffs(tx, &log, is_meant)? {
                let parted = !lines.is_empty();
                lines.extend(parted.then(String::new));
                lines.extend(diff.lines);
            }
            let left = lines.len().saturating_sub(limits::SESSION_LINES);
            lines.truncate(limits::SESSION_LINES);
            lines.extend((left > 0).then(|| format!("({left} more lines)")));
        }
    }
    Ok(filing)
}

/// That files were changed without a session is an event of its own.
fn undocumented(tx: &Tx<'_>, log: &Log, drifted: &[Drifted], cause: &Cause) -> Outcome<()> {
    let path = |one: &Drifted| log.filed.session.changes.get(one.place).map(|change| &change.path);
    let files: Vec<_> = drifted.iter().filter_map(path).collect();
    let detail = serde_json::json!({ "session": log.filed.number, "files": files }).to_string();
    tx.add_raw_event(cause, Some(log.filed.ticket), 0, "undocumented", &detail).map(|_| ())
}

/// The text that a session is found by: what was typed, the files, what came and what went, and the admin's words.
fn indexed(log: &Log, diffs: &[Diffed]) -> String {
    let session = &log.filed.session;
    let typed = session.typed.iter().map(|typed| typed.line.clone());
    let paths = session.changes.iter().map(|change| change.path.shown());
    let differs = |line: &&String| line.starts_with(['+', '-']);
    let lines = diffs.iter().flat_map(|diff| diff.lines.iter().skip(2).filter(differs));
    let lines = lines.filter_map(|line| line.get(1..)).map(str::to_owned);
    let mut text = String::new();
    for line in [session.remark.clone()].into_iter().chain(typed).chain(paths).chain(lines) {
        if text.len() + line.len() > limits::SESSION_SEARCHED {
            break;
        }
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// What a letter tells of a session.
fn told(house: &House, log: Log, mut diffs: Vec<Diffed>, drifted: Vec<Drifted>) -> Told {
    diffs.retain(|diff| log.shows(diff.place));
    let number = log.filed.number;
    let mut files = Vec::new();
    let (patch, left) = diffs::joined(&log, &diffs);
    if !patch.is_empty() {
        files.push(Attachment {
            name: format!("session-{number}.patch"),
            media: "text/x-diff".to_owned(),
            bytes: patch,
        });
    }
    if !log.filed.session.is_note() {
        let history = session_words::history(&log, &house.robot.policy.zone);
        let history = cut(history, limits::SESSION_PATCH, number);
        files.push(Attachment {
            name: format!("session-{number}-history.txt"),
            media: "text/plain; charset=utf-8".to_owned(),
            bytes: history.into_bytes(),
        });
    }
    for one in &log.filed.session.evidence {
        files.push(Attachment {
            name: format!("session-{number}-{}", one.name),
            media: "text/plain; charset=utf-8".to_owned(),
            bytes: cut(one.text.clone(), limits::SESSION_EVIDENCE, number).into_bytes(),
        });
    }
    let address = log.filed.worker.address.clone();
    Told { log, diffs, drifted, left, files, address }
}

/// Whole lines of so many bytes at most, and where the rest is.
fn cut(mut text: String, most: usize, session: u64) -> String {
    if text.len() > most {
        let room = text.floor_char_boundary(most);
        text.truncate(text.get(..room).and_then(|kept| kept.rfind('\n')).map_or(room, |end| end + 1));
        text.push_str(&format!("(cut here: trackle session show {session} --json has all of it)\n"));
    }
    text
}
