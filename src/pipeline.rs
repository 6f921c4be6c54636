//! The sentence as code: the one file that knows all verbs and their order. One mail is one part of a transaction:
//! it is identified, routed, decided, carried out, its letters written and owed, all of it or nothing.
//!
//! The order that must never change: what was read is on disk before it is looked at; dedupe keys, used-up codes and
//! owed letters are in the same transaction as the change; the mailbox is marked, and letters leave, only after it.

mod asking;
mod bundles;
pub mod bring;
pub mod by_hand;
mod carry_out;
mod copies;
pub mod digest;
mod echo;
pub mod erase;
mod invite;
pub mod leave;
pub mod notices;
mod owing;
pub mod reach;
mod replies;
pub mod session;

use crate::command::line::{self, Reading};
use crate::decide::{self, Case};
use crate::fault::Outcome;
use crate::identify;
use crate::limits;
use crate::model::clues::{Clues, Hit, Known};
use crate::model::decision::{Decision, End, Reply};
use crate::model::digest::Schedule;
use crate::model::kind::{Kind, Nature};
use crate::model::mail::Mail;
use crate::model::proof::{Proof, Sender, Vouched};
use crate::model::refusal::{NotRun, Refusal};
use crate::model::request::Request;
use crate::model::robot::Robot;
use crate::model::ticket::Number;
use crate::model::witness::{OpenPgp, Witness};
use crate::route;
use crate::store::Tx;
use crate::store::events::Cause;
use crate::store::search::Scope;
use crate::store::tickets::{day, hour};
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
    /// The held mails that this one let go on: intake numbers and their own traces.
    pub released: Vec<(i64, Trace)>,
    /// The lines that were not run, as the sender is told.
    pub not_run: Vec<NotRun>,
}

impl Trace {
    /// Of a mail about which nothing was done yet but deciding.
    fn of(nature: Nature, sender: Option<Sender>, request: Request, decision: &Decision) -> Trace {
        let Decision { end, why, .. } = decision;
        let (end, why) = (*end, why.clone());
        let (letters, released) = (Vec::new(), Vec::new());
        let not_run = decision.replies.iter().flat_map(|reply| match reply {
            Reply::Transcript { lines, .. } => lines.as_slice(),
            _ => &[],
        });
        let not_run = not_run.cloned().collect();
        Trace { nature, sender, request, commands: 0, end, why, ticket: None, letters, released, not_run }
    }
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
    /// A member said it at the machine, or at a host that has a token of his.
    Desk(Proof),
}

impl Yes {
    /// What it proves of the sender, and why.
    fn proof(self) -> Option<(Proof, &'static str)> {
        match self {
            Yes::Not => None,
            Yes::Sender => Some((Proof::Confirmed, "its sender confirmed it by mail")),
            Yes::Sysadmin => Some((Proof::Confirmed, "a sysadmin let it through")),
            Yes::Desk(proof) => Some((proof, "")),
        }
    }
    fn is_desk(self) -> bool {
        matches!(self, Yes::Desk(_))
    }
}

/// Handles one mail; `intake` is its row. Everything is inside the transaction of `tx`.
///
/// # Errors
/// Only for failures of ours; then nothing of it has happened.
pub fn handle(tx: &Tx<'_>, house: &House, intake: i64, mail: &Mail, now: Timestamp) -> Outcome<Trace> {
    let yes = if tx.is_released(intake)? { Yes::Sysadmin } else { Yes::Not };
    if let Some(trace) = brought(tx, house, intake, mail, now)? {
        return Ok(trace);
    }
    let trace = step(tx, house, intake, mail, yes, now)?;
    if let (Request::Enroll { card }, End::Applied, Yes::Sysadmin) = (&trace.request, trace.end, yes) {
        let cause = Cause { actor: "trackle".into(), proof: "console".into(), intake: Some(intake), now };
        bundles::enroll(tx, house, card, "the console", &cause)?;
    }
    Ok(trace)
}

/// The session that a mail brings, filed or set aside; whatever else stands in such a mail is nobody's request.
fn brought(tx: &Tx<'_>, house: &House, intake: i64, mail: &Mail, now: Timestamp) -> Outcome<Option<Trace>> {
    let Some(file) = bundles::file_of(mail) else { return Ok(None) };
    let (nature, sender, _) = identified(mail, &house.robot, Yes::Not, now);
    // a report quotes what came back; anything else that carries one, a machine may have sent
    if !matches!(nature.kind, Kind::Mail | Kind::AutoReply | Kind::ListAdmin) {
        return Ok(None);
    }
    let came = bundles::Came { intake, file, nature, sender, now };
    came.session(tx, house).map(Some)
}

fn step(tx: &Tx<'_>, house: &House, intake: i64, whole: &Mail, yes: Yes, now: Timestamp) -> Outcome<Trace> {
    let robot = &house.robot;
    let signed = if yes == Yes::Not { as_signed(whole, robot, now) } else { None };
    let mail = signed.as_ref().unwrap_or(whole);
    let (nature, mut sender, mut vouched) = identified(mail, robot, yes, now);
    let reading = match yes {
        Yes::Desk(_) => by_hand::said::reading(mail),
        _ => commands(mail, sender.as_ref(), robot),
    };
    let from = sender.as_ref().map(|s| &s.address);
    let clues = route::clues::clues(mail, from, &reading, robot, now);
    let clues = match yes {
        Yes::Desk(_) => by_hand::said::clues(mail, clues),
        _ => Clues { card: bundles::card(mail), ..clues },
    };
    let mut known = known(tx, robot, &clues, sender.as_ref(), intake, (yes, now))?;
    let facts = route::Facts {
        mail,
        nature: &nature,
        sender: sender.as_ref(),
        clues: &clues,
        known: &known,
        reading: &reading,
    };
    let request = match yes {
        Yes::Desk(_) => by_hand::said::request(mail, &known),
        _ => route::request(facts),
    };
    if signed.is_some() && is_beyond_its_orders(&request, &clues) {
        return step(tx, house, intake, &without_signature(whole), yes, now);
    }
    if let Some(less) = beyond_its_address(facts, &request, robot) {
        vouched = identify::sender::vouch(&less);
        sender = Some(less);
    }
    if nature.may_answer {
        known.hits = found(tx, &request, &reading, vouched.as_ref())?;
    }
    let trace = |decision: &Decision| Trace {
        commands: reading.orders.len(),
        ..Trace::of(nature.clone(), sender.clone(), request.clone(), decision)
    };
    let print = copies::print(mail);
    if yes == Yes::Not
        && let Some(earlier) = copies::seen_before(tx, robot, (intake, mail, &print), vouched.is_some(), now)?
    {
        return Ok(trace(&ended_as_copy(tx, intake, &earlier.to_string())?));
    }
    if let (Some(sender), Yes::Not) = (&sender, yes) {
        count(tx, &sender.address.key(), &mut known, now)?;
    }
    let agreed = if yes == Yes::Sender { tx.agreed(intake)? } else { None };
    let case = Case {
        mail,
        nature: &nature,
        sender: sender.as_ref(),
        vouched: vouched.as_ref(),
        known: &known,
        reading: &reading,
        robot,
        released: yes != Yes::Not,
        agreed: agreed.as_deref(),
        now,
        today: now.to_zoned(house.digest.zone.clone()).date(),
    };
    let decision = echo::held(tx, decide::decision(&request, case), case)?;
    remember(tx, intake, (case, &print), decision.end)?;
    let mut trace = trace(&decision);
    let pending = if let Request::Confirm { pending } = &request { Some(pending.as_ref()) } else { None };
    Work { tx, house, case, intake, pending }.carry_out(&request, &decision, &mut trace)?;
    Ok(trace)
}

/// Counts the mail against its sender's hour and day.
fn count(tx: &Tx<'_>, whom: &str, known: &mut Known, now: Timestamp) -> Outcome<()> {
    known.counts.mails_this_hour = tx.tally("mails", whom, hour(now))?;
    known.counts.mails_today = tx.tally("mails of the day", whom, day(now))?;
    if known.bad_code {
        known.counts.wrong_codes = tx.tally("wrong codes", whom, hour(now))?;
    }
    Ok(())
}

/// The end of a mail that came before.
fn ended_as_copy(tx: &Tx<'_>, intake: i64, earlier: &str) -> Outcome<Decision> {
    let why = format!("the same mail as {earlier}");
    tx.end(intake, End::Duplicate, &why, None)?;
    Ok(Decision::end(End::Duplicate, why))
}

/// What the database knows of a mail's clues and sender.
fn known(
    tx: &Tx<'_>,
    robot: &Robot,
    clues: &Clues,
    sender: Option<&Sender>,
    intake: i64,
    (yes, now): (Yes, Timestamp),
) -> Outcome<Known> {
    let mut known = tx.look_up(clues, sender.map(|s| &s.address), robot, now, intake)?;
    known.reviewed = session::reviewed(tx, &clues.answered, sender)?;
    // what a sysadmin lets through only looked like a code
    known.bad_code &= yes == Yes::Not;
    known.answers_notice &= yes == Yes::Not;
    Ok(known)
}

/// Keeps what later mails are held against, and what the sender reads.
fn remember(tx: &Tx<'_>, intake: i64, (case, print): (Case<'_>, &[u8; 32]), end: End) -> Outcome<()> {
    // a copy that came to nothing (a list marked it as bulk) must not hide the one that came directly
    if matches!(end, End::Applied | End::Held) {
        copies::remember(tx, intake, case.mail, print)?;
    }
    match case.sender.filter(|_| case.nature.kind == Kind::Mail) {
        Some(sender) => learn_language(tx, case, sender),
        None => Ok(()),
    }
}

/// What it is, who sent it, and whether that is proof enough to change something.
fn identified(
    mail: &Mail,
    robot: &Robot,
    yes: Yes,
    now: Timestamp,
) -> (Nature, Option<Sender>, Option<Vouched>) {
    let nature = match identify::own::is_own(mail, robot) {
        // whatever the words are, it was no machine that said them
        _ if yes.is_desk() => Nature {
            kind: Kind::Mail,
            may_answer: true,
            sounds_away: false,
            why: "said at the machine".into(),
        },
        Some(why) => Nature { kind: Kind::Own, may_answer: false, sounds_away: false, why },
        None => identify::loops::nature_for(mail, robot),
    };
    let mut sender = identify::sender::sender(mail, robot, now);
    if let Some((proof, why)) = yes.proof()
        && let Some(sender) = sender.as_mut()
    {
        sender.proof = proof;
        sender.why = if yes.is_desk() { by_hand::said::seat(mail) } else { why.into() };
    }
    let vouched = sender.as_ref().and_then(identify::sender::vouch);
    (nature, sender, vouched)
}

/// What its sender writes in, once a mail makes it clear: the answer to this very mail is written in it.
fn learn_language(tx: &Tx<'_>, case: Case<'_>, sender: &Sender) -> Outcome<()> {
    let Some(guess) = identify::language::language(case.mail) else { return Ok(()) };
    let known = case.known.person.as_ref().filter(|person| !person.name.is_empty());
    if known.is_some_and(|person| person.language.as_ref() == Some(&guess.language)) {
        return Ok(());
    }
    let person = tx.meet(&sender.address, &sender.name, case.now)?;
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

/// The mail with nothing in it but the orders, and the text with them, that a member has signed. Where a mail belongs
/// is not signed, only its text is: so there are orders, and each names its tickets. Any other signed mail is as good
/// as an unsigned one.
fn as_signed(mail: &Mail, robot: &Robot, now: Timestamp) -> Option<Mail> {
    let signed = identify::signed::cut_to_signed(mail, robot, now)?;
    let orders = line::read(&signed.new_text(), true).orders;
    let all = orders.iter().all(|order| order.verb.is_question() || !order.tickets.is_empty());
    (all && orders.iter().any(|order| !order.tickets.is_empty())).then_some(signed)
}

fn without_signature(mail: &Mail) -> Mail {
    let witness = Witness { openpgp: OpenPgp::NotAsked, ..mail.witness.clone() };
    Mail { witness, ..mail.clone() }
}

/// Whether a signed mail is about a ticket that none of its orders names: somebody else may have put it there.
fn is_beyond_its_orders(request: &Request, clues: &Clues) -> bool {
    matches!(request, Request::FollowUp { ticket, .. } if !clues.commanded.contains(ticket))
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
/// its reader saw may not be what we see. Of HTML the sender is told so. Those in addresses stand before all others.
fn commands(mail: &Mail, sender: Option<&Sender>, robot: &Robot) -> Reading {
    let text = mail.new_text();
    if !mail.doubled.is_empty() {
        return Reading { rest: text, ..Reading::default() };
    }
    let mut reading = line::read(&text, sender.is_some_and(|s| s.staff.is_some()));
    if mail.html_only {
        let not_run = reading.orders.iter().map(|o| NotRun::new(&o.text, Refusal::Html)).collect();
        reading = Reading { not_run, rest: text, ..Reading::default() };
    }
    reading.orders.splice(0..0, route::unwritten::orders(mail, robot));
    reading
}

/// What `explain` tells of who and what a mail is: its nature, its sender, its command lines.
pub fn at_first_sight(robot: &Robot, mail: &Mail, now: Timestamp) -> (Nature, Option<Sender>, Reading) {
    let signed = as_signed(mail, robot, now);
    let mail = signed.as_ref().unwrap_or(mail);
    let (nature, sender, _) = identified(mail, robot, Yes::Not, now);
    let reading = commands(mail, sender.as_ref(), robot);
    (nature, sender, reading)
}
