//! Text and commands for tickets. Text of those who have a part in the ticket is filed and passed on; commands run
//! when all of them can, in the order written, or none does. Where proof is short the mail is held and its sender is
//! asked by one mail, never refused.

use super::review::{Review, review};
use super::would::would;
use super::{Case, help, orders, search, show, text_of};
use crate::command::{Does, Order, Question};
use crate::limits;
use crate::model::clues::Evidence;
use crate::model::decision::{Ask, Change, Decision, End, Entry, Filing, Reply, Target, What};
use crate::model::fields::{Field, Wait};
use crate::model::perms::{Class, Level, Verdict, verdict};
use crate::model::proof::Proof;
use crate::model::refusal::NotRun;
use crate::model::ticket::{Number, State, View};

/// Questions to one staff member that may wait at a time: where no proof is configured each command is one.
const STAFF_QUESTIONS: u32 = 25;

/// A mail for one ticket.
pub fn follow_up(ticket: Number, evidence: Evidence, case: Case<'_>) -> Decision {
    let (Some(view), Some(sender)) = (case.known.view(ticket), case.sender) else {
        return Decision::end(End::Held, "it has no single usable From address");
    };
    if let Some(held) = case.flood() {
        return held;
    }
    let party = sender.staff.is_some() || view.has_part(&sender.address);
    if view.ticket.state == State::Unconfirmed {
        return add_to_unconfirmed(view, case);
    }
    if !case.released && !party {
        return ask(Some(ticket), format!("the sender has no part in {ticket}"), case);
    }
    if !case.released && evidence.is_guessable() && sender.proof == Proof::None {
        return ask(
            Some(ticket),
            format!("anybody could have sent it: {}, and {}", evidence.words(), sender.why),
            case,
        );
    }
    act(Some(view), !party, case)
}

/// Commands that all name their tickets.
pub fn orders(case: Case<'_>) -> Decision {
    if let Some(held) = case.flood() {
        return held;
    }
    act(None, false, case)
}

/// While a ticket waits for its confirmation only its requester can add to it, and nobody is told.
fn add_to_unconfirmed(view: &View, case: Case<'_>) -> Decision {
    let number = view.ticket.number;
    if case.sender.is_none_or(|s| s.address != view.ticket.requester.address) {
        return Decision::end(
            End::Held,
            format!("{number} is not confirmed yet, and this is not its requester"),
        );
    }
    let mut decision = Decision::end(End::Applied, format!("text for {number}, still unconfirmed"));
    let text = text_of(case.mail, &case.mail.new_text());
    decision.filings.push(Filing {
        entry: Some(Entry { text, staff_only: false }),
        quiet: true,
        ..Filing::of(Target::Known(number))
    });
    decision
}

/// Files the text, and runs the commands if all of them can be run.
fn act(context: Option<&View>, staff_only: bool, case: Case<'_>) -> Decision {
    let commands = &case.reading.orders;
    let about = context.map(|v| v.ticket.number);
    if let Some(agreed) = case.agreed
        && commands.iter().any(|order| !agreed.contains(&shown(order, case)))
    {
        // what was signed, or read, when it was asked about was less than what stands there
        return Decision::end(End::Held, "it commands more than its sender was asked about");
    }
    // who is proven learns at once of a line that cannot be run, and is asked about those that can
    let tried = case.vouched.filter(|_| case.reading.not_run.is_empty());
    let tried = tried.map(|vouched| orders::run(commands, about, vouched, case));
    if let (Some(why), false) = (must_ask(commands, case), matches!(tried, Some(Err(_)))) {
        let grave = orders::class(commands, case) == Class::Heavy;
        let would = tried.and_then(Result::ok).filter(|_| grave).map(|filings| would(&filings, case));
        return ask_showing(about, why, would.unwrap_or_default(), case);
    }
    if case.may_be_forged() {
        let why = case.sender.map_or_else(String::new, |s| s.why.clone());
        return ask(about, format!("it is in a staff member's name: {why}"), case);
    }
    let review = review(case);
    let text = review.as_ref().map_or_else(|| text_of(case.mail, &case.reading.rest), |r| r.rest.clone());
    let mut filings = Vec::new();
    let mut not_run = case.reading.not_run.clone();
    not_run.extend(case.reading.slip.clone().filter(|_| about.is_none()));
    // who cannot be told what was not run is not answered half
    let questions: &[Order] = if not_run.is_empty() { commands } else { &[] };
    match tried {
        Some(Ok(done)) => filings = done,
        Some(Err(refused)) => not_run = refused,
        None => {}
    }
    if let Some(number) = about.filter(|_| !orders::takes_text(commands)) {
        // what is said below a session's log is said among those who may see it
        let noted = orders::is_note(commands, number) || case.answers_a_log();
        file_text(number, &text, staff_only || (case.is_staff() && noted), &mut filings, case);
        place(number, review.unwrap_or_default(), &mut filings, case);
        end_of_wait(number, &mut filings, case);
    }
    let mut decision = Decision::end(End::Applied, summary(about, &filings, &not_run));
    if !not_run.is_empty() && case.vouched.is_some() && case.may_answer() {
        decision.replies.push(Reply::Transcript {
            about,
            lines: not_run,
            has_text: about.is_some() && !text.is_empty(),
        });
    } else if case.may_answer() {
        decision.replies = answers(questions, about, case);
    }
    decision.filings = filings;
    decision
}

/// Commands that stand in a mail which opens a ticket, and name others: what they change, and the answer to them. Of
/// strangers' they are text, like all that nobody vouches for.
///
/// # Errors
/// The question, when they have to be asked about first.
pub(super) fn beside(orders: &[Order], case: Case<'_>) -> Result<(Vec<Filing>, Vec<Reply>), Box<Decision>> {
    let unrun = |lines| vec![Reply::Transcript { about: None, lines, has_text: true }];
    let Some(vouched) = case.vouched else {
        return match must_ask(orders, case) {
            Some(why) if case.is_staff() => Err(Box::new(ask(None, why, case))),
            _ => Ok((Vec::new(), Vec::new())),
        };
    };
    if !case.reading.not_run.is_empty() {
        return Ok((Vec::new(), unrun(case.reading.not_run.clone())));
    }
    match (orders::run(orders, None, vouched, case), must_ask(orders, case)) {
        (Err(lines), _) => Ok((Vec::new(), unrun(lines))),
        (Ok(filings), Some(why)) => Err(Box::new(ask_showing(None, why, would(&filings, case), case))),
        (Ok(filings), None) => Ok((filings, answers(orders, None, case))),
    }
}

/// The answers to questions that stand among the orders: help, a search and a list once, each ticket once.
fn answers(orders: &[Order], about: Option<Number>, case: Case<'_>) -> Vec<Reply> {
    let asked = |question: Question| {
        orders.iter().find(move |o: &&Order| matches!(o.verb.does, Does::Ask(q) if q == question))
    };
    let help = asked(Question::Help).map(|_| help::reply(orders, case));
    let found = asked(Question::Search).map(|order| search::reply(&order.remark, case));
    let listed = asked(Question::List).map(|order| show::list(order, case));
    help.into_iter().chain(found).chain(show::tickets(orders, about, case)).chain(listed).collect()
}

/// The text goes to the ticket that the mail is about, with the changes made there.
fn file_text(number: Number, text: &str, staff_only: bool, filings: &mut Vec<Filing>, case: Case<'_>) {
    if text.is_empty() && case.mail.attachments.is_empty() {
        return;
    }
    let entry = Some(Entry { text: text.to_owned(), staff_only });
    match filings.iter_mut().find(|f| f.target == Target::Known(number)) {
        // a note has it already, with the words of its line
        Some(filing) if filing.entry.is_some() => {}
        Some(filing) => (filing.entry, filing.quiet) = (entry, false),
        None => filings.push(Filing { entry, ..Filing::of(Target::Known(number)) }),
    }
}

/// Comments go to their lines; of those that have none it is written down that they are text.
fn place(number: Number, review: Review, filings: &mut Vec<Filing>, case: Case<'_>) {
    let Some(session) = case.known.reviewed.as_ref().map(|reviewed| reviewed.log.filed.number) else {
        return;
    };
    let comments = review.comments.into_iter();
    let placed = comments.map(|(spot, text)| What::Annotated { session, spot, text });
    let unplaced = review.unplaced.into_iter().map(|quoted| What::Unplaced { session, quoted });
    let changes = placed.chain(unplaced).map(|what| Change { line: 0, what, remark: String::new() });
    let changes: Vec<Change> = changes.collect();
    if changes.is_empty() {
        return;
    }
    match filings.iter_mut().find(|f| f.target == Target::Known(number)) {
        Some(filing) => filing.changes.extend(changes),
        None => filings.push(Filing { changes, ..Filing::of(Target::Known(number)) }),
    }
}

/// A ticket that waits for its requester waits no longer when he writes.
fn end_of_wait(number: Number, filings: &mut [Filing], case: Case<'_>) {
    let waits = case.known.view(number).is_some_and(|v| {
        v.ticket.fields.wait() == Some(Wait::User)
            && case.sender.is_some_and(|s| s.address == v.ticket.requester.address)
    });
    let filing = filings.iter_mut().find(|f| f.target == Target::Known(number) && f.entry.is_some());
    if let (true, Some(filing)) = (waits, filing) {
        let what = What::Set { field: Field::Wait, from: Some("user".into()), to: None };
        filing.changes.push(Change { line: 0, what, remark: String::new() });
    }
}

/// Why commands are asked about instead of run, if they are: by the table of `model::perms`, and since an old mail, signed
/// as it is, could be played again.
fn must_ask(commands: &[Order], case: Case<'_>) -> Option<String> {
    if commands.is_empty() || case.released {
        return None;
    }
    if let Some(why) =
        orders::classes(commands, case).into_iter().rev().find_map(|class| lacks_proof(class, case))
    {
        return Some(why);
    }
    if orders::class(commands, case) == Class::Open {
        return None;
    }
    if case.mail.date.is_none() || case.mail.message_id.is_none() {
        return Some("commands from a mail without a Date or a Message-ID".to_owned());
    }
    stale_hours(case).map(|age| format!("commands from a mail that is {age} hours old"))
}

/// Why a command of that class is asked about, by the table.
fn lacks_proof(class: Class, case: Case<'_>) -> Option<String> {
    let (proof, why) = case.sender.map_or((Proof::None, ""), |s| (s.proof, s.why.as_str()));
    let answered = case.known.person.as_ref().is_some_and(|p| p.confirmed.is_some()) || case.is_staff();
    match verdict(class, Level::from(proof)) {
        Verdict::Do => None,
        Verdict::AskOnce if answered => None,
        Verdict::AskOnce => Some("whoever follows tickets answers one mail first".to_owned()),
        _ if class == Class::Heavy && proof > Proof::None => {
            Some("so much at once is confirmed in any case".to_owned())
        }
        _ => Some(format!("commands need proof of their sender: {why}")),
    }
}

/// Holds the mail and asks the sender whether he wrote it.
pub(super) fn ask(about: Option<Number>, why: String, case: Case<'_>) -> Decision {
    ask_showing(about, why, Vec::new(), case)
}

/// The same, with what its commands would do.
fn ask_showing(about: Option<Number>, why: String, would: Vec<String>, case: Case<'_>) -> Decision {
    let most = if case.is_staff() { STAFF_QUESTIONS } else { limits::CONFIRMATIONS_PER_ADDRESS };
    let mut decision = Decision::end(End::Held, why);
    decision.ask = Some(Ask::Mail {
        lines: case.reading.orders.iter().map(|o| shown(o, case)).collect(),
        has_text: !case.reading.rest.trim().is_empty(),
        would,
        about,
        mail_it: case.may_answer() && case.known.counts.questions_open < most,
    });
    decision
}

/// A command as the question shows it: to staff as written, so that a forged one is found out; to others without the
/// words behind it, since anybody may have written them for us to mail them to a stranger.
fn shown(order: &Order, case: Case<'_>) -> String {
    if case.is_staff() {
        return order.text.clone();
    }
    let numbers = order.tickets.iter().map(|n| format!(" {n}"));
    std::iter::once(order.verb.word.to_owned()).chain(numbers).collect()
}

/// How many hours too far from now the mail was written, if it was.
fn stale_hours(case: Case<'_>) -> Option<i64> {
    let hours = (case.now.as_second() - case.mail.date?.as_second()) / 3_600;
    (hours.abs() > case.robot.policy.command_hours).then_some(hours)
}

fn summary(about: Option<Number>, filings: &[Filing], not_run: &[NotRun]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for filing in filings {
        let Target::Known(number) = filing.target else { continue };
        let mut words: Vec<&str> = filing.changes.iter().map(|c| c.what.word()).collect();
        if filing.entry.is_some() {
            words.push("text");
        }
        parts.push(format!("{number}: {}", words.join(", ")));
    }
    if !not_run.is_empty() {
        parts.push(format!("{} lines not run", not_run.len()));
    }
    match (parts.is_empty(), about) {
        (false, _) => parts.join("; "),
        (true, Some(number)) => format!("nothing new in it for {number}"),
        (true, None) => "nothing in it to do".to_owned(),
    }
}
