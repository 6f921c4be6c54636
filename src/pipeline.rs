//! The sentence as code: the one file that knows all verbs and their order. One mail is one part of a transaction:
//! it is identified, routed, decided, carried out, its letters written and owed, all of it or nothing.
//!
//! The order that must never change: what was read is on disk before it is looked at; dedupe keys, used-up codes and
//! owed letters are in the same transaction as the change; the mailbox is marked, and letters leave, only after it.

mod carry_out;
mod copies;
pub mod digest;
mod invite;
pub mod leave;
pub mod notices;
pub mod reach;

use crate::command::line::{self, Reading};
use crate::decide::{self, Case};
use crate::fault::Outcome;
use crate::identify;
use crate::limits;
use crate::model::clues::Hit;
use crate::model::decision::{Decision, End};
use crate::model::digest::Schedule;
use crate::model::kind::{Kind, Nature};
use crate::model::mail::Mail;
use crate::model::proof::{Proof, Sender, Vouched};
use crate::model::refusal::{NotRun, Refusal};
use crate::model::request::Request;
use crate::model::robot::Robot;
use crate::model::ticket::Number;
use crate::route;
use crate::store::Tx;
use crate::store::search::Scope;
use crate::store::tickets::hour;
use crate::write::Wording;
use carry_out::Work;
use jiff::Timestamp;

/// What stays the same from mail to mail.
pub struct House {
    pub robot: Robot,
    pub wording: Wording,
    pub digest: Schedule,
}

/// Each verb's answer for one mail: what `explain` prints and the log tells.
#[derive(Debug, Clone)]
pub struct Trace {
    pub nature: Nature,
    pub sender: Option<Sender>,
    pub request: Request,
    pub commands: usize,
    pub end: End,
    pub why: String,
    pub ticket: Option<Number>,
    /// Kind, recipient and size of every letter owed.
    pub letters: Vec<(&'static str, String, usize)>,
    /// The held mail that this one let go on: its intake number and its own trace.
    pub released: Option<(i64, Box<Trace>)>,
}

/// Who said yes to a mail that was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Yes {
    /// Nobody yet.
    Not,
    /// Its sender answered the question.
    Sender,
    /// A sysadmin let it through.
    Sysadmin,
}

/// Handles one mail; `intake` is its row. Everything is inside the transaction of `tx`.
///
/// # Errors
/// Only for failures of ours; then nothing of it has happened.
pub fn handle(tx: &Tx<'_>, house: &House, intake: i64, mail: &Mail, now: Timestamp) -> Outcome<Trace> {
    let yes = if tx.is_released(intake)? { Yes::Sysadmin } else { Yes::Not };
    step(tx, house, intake, mail, yes, now)
}

fn step(tx: &Tx<'_>, house: &House, intake: i64, mail: &Mail, yes: Yes, now: Timestamp) -> Outcome<Trace> {
    let robot = &house.robot;
    let (nature, mut sender, mut vouched) = identified(mail, robot, yes, now);
    let reading = commands(mail, sender.as_ref());
    let from = sender.as_ref().map(|s| &s.address);
    let clues = route::clues::clues(mail, from, &reading, robot, now);
    let mut known = tx.look_up(&clues, from, &robot.seal, now)?;
    // what a sysadmin lets through only looked like a code
    known.bad_code &= yes == Yes::Not;
    let facts = route::Facts {
        mail,
        nature: &nature,
        sender: sender.as_ref(),
        clues: &clues,
        known: &known,
        reading: &reading,
    };
    let request = route::request(facts);
    if let Some(less) = beyond_its_address(facts, &request, robot) {
        vouched = identify::sender::vouch(&less);
        sender = Some(less);
    }
    if nature.may_answer {
        known.hits = found(tx, &request, &reading, vouched.as_ref())?;
    }
    let address = sender.as_ref().map(|s| &s.address);
    let trace = |decision: &Decision| Trace {
        nature: nature.clone(),
        sender: sender.clone(),
        request: request.clone(),
        commands: reading.orders.len(),
        end: decision.end,
        why: decision.why.clone(),
        ticket: None,
        letters: Vec::new(),
        released: None,
    };
    if yes == Yes::Not
        && let Some(earlier) = copies::seen_before(tx, robot, (intake, mail), vouched.is_some(), now)?
    {
        let why = format!("the same mail as {earlier}");
        tx.end(intake, End::Duplicate, &why, None)?;
        return Ok(trace(&Decision::end(End::Duplicate, why)));
    }
    if let (Some(address), Yes::Not) = (address, yes) {
        known.counts.mails_this_hour = tx.tally("mails", &address.key(), hour(now))?;
    }
    let case = Case {
        mail,
        nature: &nature,
        sender: sender.as_ref(),
        vouched: vouched.as_ref(),
        known: &known,
        reading: &reading,
        robot,
        released: yes != Yes::Not,
        now,
        today: now.to_zoned(house.digest.zone.clone()).date(),
    };
    let decision = decide::decision(&request, case);
    // a copy that came to nothing (a list marked it as bulk) must not hide the one that came directly
    if let Some(id) = &mail.message_id
        && matches!(decision.end, End::Applied | End::Held)
    {
        tx.remember(id, &copies::print(mail), intake)?;
    }
    if let Some(sender) = sender.as_ref().filter(|_| nature.kind == Kind::Mail) {
        learn_language(tx, mail, sender, now)?;
    }
    let mut trace = trace(&decision);
    let pending = if let Request::Confirm { pending } = &request { Some(pending.as_ref()) } else { None };
    Work { tx, house, case, intake, pending }.carry_out(&request, &decision, &mut trace)?;
    Ok(trace)
}

/// What it is, who sent it, and whether that is proof enough to change something.
fn identified(
    mail: &Mail,
    robot: &Robot,
    yes: Yes,
    now: Timestamp,
) -> (Nature, Option<Sender>, Option<Vouched>) {
    let nature = match identify::own::is_own(mail, robot) {
        Some(why) => Nature { kind: Kind::Own, may_answer: false, why },
        None => identify::loops::nature_for(mail, robot),
    };
    let mut sender = identify::sender::sender(mail, robot, now);
    if let Some(sender) = sender.as_mut().filter(|_| yes != Yes::Not) {
        sender.proof = Proof::Confirmed;
        sender.why =
            if yes == Yes::Sender { "its sender confirmed it by mail" } else { "a sysadmin let it through" }
                .into();
    }
    let vouched = sender.as_ref().and_then(identify::sender::vouch);
    (nature, sender, vouched)
}

/// What its sender writes in, once a mail makes it clear: the answer to this very mail is written in it.
fn learn_language(tx: &Tx<'_>, mail: &Mail, sender: &Sender, now: Timestamp) -> Outcome<()> {
    let Some(guess) = identify::language::language(mail) else { return Ok(()) };
    let person = tx.meet(&sender.address, &sender.name, now)?;
    if guess.clear || person.language.is_none() {
        tx.learn_language(person.id, &guess.language)
    } else {
        Ok(())
    }
}

/// What a search in the mail finds, as far as its sender may see it.
fn found(tx: &Tx<'_>, request: &Request, reading: &Reading, vouched: Option<&Vouched>) -> Outcome<Vec<Hit>> {
    let line = reading.orders.iter().find(|o| o.verb.word == "search").map(|o| &o.remark);
    let words = if let Request::Search { words } = request { Some(words) } else { line };
    let Some(words) = words else { return Ok(Vec::new()) };
    let is_staff = vouched.is_some_and(|v| v.login().is_some());
    tx.search(words, if is_staff { Scope::All } else { Scope::Titles }, limits::SEARCH_HITS)
}

/// A reply address proves its person for its own ticket. When the mail is about another one, or commands one, the
/// sender is who he is without it.
fn beyond_its_address(facts: route::Facts<'_>, request: &Request, robot: &Robot) -> Option<Sender> {
    let sender = facts.sender.filter(|s| s.proof == Proof::Person)?;
    let about = if let Request::FollowUp { ticket, .. } = request { Some(*ticket) } else { None };
    let mut all = about.into_iter().chain(facts.clues.commanded.iter().copied());
    if all.all(|number| facts.clues.reply == Some(number)) {
        return None;
    }
    let (proof, why) = identify::carried::proof(facts.mail, &sender.address, robot);
    Some(Sender { proof, why: format!("its reply address is another ticket's; {why}"), ..sender.clone() })
}

/// The command lines of what the writer added. None are run from HTML, nor from a mail whose headers are doubled: what
/// its reader saw may not be what we see. Of HTML the sender is told so.
fn commands(mail: &Mail, sender: Option<&Sender>) -> Reading {
    let text = mail.new_text();
    if !mail.doubled.is_empty() {
        return Reading { orders: Vec::new(), not_run: Vec::new(), rest: text };
    }
    let reading = line::read(&text, sender.is_some_and(|s| s.staff.is_some()));
    if !mail.html_only {
        return reading;
    }
    let not_run = reading.orders.into_iter().map(|o| NotRun::new(&o.text, Refusal::Html)).collect();
    Reading { orders: Vec::new(), not_run, rest: text }
}

/// What `explain` tells of who and what a mail is: its nature, its sender, its command lines.
pub fn at_first_sight(robot: &Robot, mail: &Mail, now: Timestamp) -> (Nature, Option<Sender>, Reading) {
    let (nature, sender, _) = identified(mail, robot, Yes::Not, now);
    let reading = commands(mail, sender.as_ref());
    (nature, sender, reading)
}
