//! A mail that opens a ticket. A stranger's ticket stays unconfirmed, known to nobody, until the stranger has answered
//! one mail; that mail is also the acknowledgement. Who answered before, and who is proven by other means that the
//! configuration trusts, need not. What its first lines say of the ticket is a matter of `birth.rs`.

use super::follow_up::{ask, beside};
use super::{Case, birth};
use crate::command::Order;
use crate::limits;
use crate::model::decision::{Ask, Change, Decision, End, Entry, Filing, Reply, Target, What};
use crate::model::proof::{Proof, Sender};
use crate::model::subject;
use crate::model::ticket::State;

/// Longest title, in characters.
const TITLE: usize = 200;

/// Opens a ticket, confirmed or not.
pub fn open(case: Case<'_>) -> Decision {
    let Some(sender) = case.sender else {
        return Decision::end(End::Held, "it has no single usable From address");
    };
    if let Some(held) = case.flood().or_else(|| case.flood_of_tickets()) {
        return held;
    }
    if case.may_be_forged() {
        return ask(None, format!("it is in a staff member's name: {}", sender.why), case);
    }
    let birth = birth::birth(sender, case);
    if birth.needs_proof {
        return ask(None, format!("commands need proof of their sender: {}", sender.why), case);
    }
    let orders = others(case);
    let (filings, replies) = match beside(&orders, case) {
        Ok(done) => done,
        Err(question) => return *question,
    };
    let ran = !filings.is_empty() || replies.iter().any(|r| !matches!(r, Reply::Transcript { .. }));
    let trusted = trust(sender, case);
    let state = if trusted.is_some() { State::Open } else { State::Unconfirmed };
    let waiting = case.known.counts.questions_open;
    let mail_it = case.may_answer() && waiting < limits::CONFIRMATIONS_PER_ADDRESS;
    let mut changes = vec![change(What::Opened)];
    if trusted.is_none() && mail_it {
        changes.push(change(What::Asked));
    }
    changes.extend(birth.changes);
    let filing = Filing {
        target: Target::New { title: called(sender, case), state },
        entry: Some(Entry { text: without(birth.text, if ran { &orders } else { &[] }), staff_only: false }),
        changes,
        quiet: trusted.is_none(),
        requester: None,
    };
    let why = trusted.map_or("opened unconfirmed".to_owned(), |why| format!("opened: {why}"));
    let mut decision = Decision::end(End::Applied, why);
    // the first one has the mail's own thread
    decision.filings.push(filing);
    decision.filings.extend(filings);
    decision.replies.extend(replies.into_iter().filter(|_| case.may_answer()));
    if !birth.not_run.is_empty() && case.may_answer() {
        let lines = birth.not_run;
        decision.replies.push(Reply::Transcript { about: None, lines, has_text: true });
    }
    if state == State::Unconfirmed {
        if !mail_it {
            decision.why = format!("opened unconfirmed, no question mailed ({})", quiet_reason(case));
        }
        decision.ask = Some(Ask::Ticket { mail_it });
    }
    decision
}

/// Orders about other tickets, and questions.
fn others(case: Case<'_>) -> Vec<Order> {
    let apart = |o: &&Order| !o.tickets.is_empty() || o.verb.is_question();
    case.reading.orders.iter().filter(apart).cloned().collect()
}

/// The text without the lines that were run.
fn without(text: String, orders: &[Order]) -> String {
    if orders.is_empty() {
        return text;
    }
    let is_order = |line: &&str| !orders.iter().any(|o| o.line > 0 && o.text == line.trim());
    text.lines().filter(is_order).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// Why this sender need not confirm, if so.
fn trust(sender: &Sender, case: Case<'_>) -> Option<String> {
    let domain = sender.address.domain().to_ascii_lowercase();
    if sender.staff.is_some() {
        Some("staff".into())
    } else if case.released {
        Some("somebody on staff let it through".into())
    } else if !case.robot.policy.confirm_tickets {
        Some("the configuration asks for no confirmation".into())
    } else if case.known.person.as_ref().is_some_and(|p| p.confirmed.is_some()) {
        Some("the address was confirmed before".into())
    } else if sender.proof == Proof::Submission {
        Some(sender.why.clone())
    } else if sender.proof >= Proof::Domain
        && case.robot.trust.domains.iter().any(|d| d.eq_ignore_ascii_case(&domain))
    {
        Some(format!("trusted domain, {}", sender.why))
    } else {
        None
    }
}

fn quiet_reason(case: Case<'_>) -> String {
    if !case.nature.may_answer {
        format!("no automatic answer to this mail: {}", case.nature.why)
    } else if case.known.counts.questions_open >= limits::CONFIRMATIONS_PER_ADDRESS {
        "earlier questions to this address wait for an answer".into()
    } else {
        "enough automatic mail to this address for today".into()
    }
}

fn change(what: What) -> Change {
    Change { line: 0, what, remark: String::new() }
}

/// What it is called: what somebody types at the console is a title as it is.
fn called(sender: &Sender, case: Case<'_>) -> String {
    let subject = &case.mail.subject;
    if sender.proof == Proof::Console { cut(subject) } else { title(subject) }
}

/// A subject without what mail programs, lists and we put in front of it.
pub fn title(subject: &str) -> String {
    let mut rest = subject.trim();
    loop {
        let before = rest;
        if let Some((_, after)) = subject::prefix(rest) {
            rest = after;
        }
        if let Some((tag, after)) = rest.strip_prefix("[#").and_then(|r| r.split_once(']'))
            && tag.bytes().all(|b| b.is_ascii_digit())
        {
            rest = after.trim_start();
        }
        if rest == before {
            break;
        }
    }
    cut(rest)
}

fn cut(subject: &str) -> String {
    let cut: String = subject.chars().take(TITLE).collect();
    if cut.trim().is_empty() { "(no subject)".to_owned() } else { cut.trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn titles_lose_their_prefixes() {
        for (subject, expected) in [
            ("Printer", "Printer"),
            ("Re: AW: Fwd: Printer", "Printer"),
            ("RE: [#12] Re: Printer", "Printer"),
            ("RE : TR : Imprimante", "Imprimante"),
            ("回复：打印机", "打印机"),
            ("[staff] Printer", "[staff] Printer"),
            ("  ", "(no subject)"),
            ("Re:", "(no subject)"),
            ("Reading room", "Reading room"),
        ] {
            assert_eq!(title(subject), expected);
        }
        assert_eq!(title(&"ü".repeat(500)).chars().count(), 200);
    }
}
