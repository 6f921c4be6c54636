//! Routing: from what a mail offers as evidence, and what the database knows of it, to the one thing it asks for.
//! Evidence is ranked: a Message-ID with our mark, the sender's own reply address, a Message-ID known in the ticket,
//! the ticket's plain address, a quoted footer, a subject tag. Subject text never routes anything.
//! On the staff list the robot is one reader of many: it hears what answers its own letters, and what is written to it.

pub mod clues;
pub mod unwritten;

use crate::command::line::Reading;
use crate::command::{Does, Order, Verb, Who};
use crate::model::clues::{Clues, Evidence, Known, Pending};
use crate::model::kind::{Kind, Nature};
use crate::model::mail::Mail;
use crate::model::proof::{Proof, Sender};
use crate::model::request::Request;
use crate::model::ticket::{Number, State};

/// Words of an answer to a warning that are no request.
const BACK_WORDS: usize = 12;

/// Everything that routing looks at.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    pub mail: &'a Mail,
    pub nature: &'a Nature,
    pub sender: Option<&'a Sender>,
    pub clues: &'a Clues,
    pub known: &'a Known,
    /// The command lines of the mail's new text.
    pub reading: &'a Reading,
}

/// What the mail asks for.
pub fn request(facts: Facts<'_>) -> Request {
    match facts.nature.kind {
        Kind::Mail => {}
        Kind::Bounce | Kind::Delay | Kind::Success | Kind::Feedback | Kind::Receipt => {
            return Request::Report { letter: facts.known.outgoing.clone() };
        }
        Kind::AutoReply | Kind::ListAdmin | Kind::Own => {
            return Request::Nothing { why: facts.nature.why.clone() };
        }
    }
    if let Some(card) = &facts.clues.card {
        return Request::Enroll { card: Box::new(card.clone()) };
    }
    if let (Some((ticket, _)), Some(person)) = (facts.clues.leave, &facts.known.leaver) {
        return Request::Leave { ticket, person: person.clone() };
    }
    if let Some(pending) = &facts.known.pending {
        if let Some(ticket) = goes_on(facts, pending) {
            return Request::FollowUp { ticket, evidence: Evidence::ReplyAddress };
        }
        return Request::Confirm { pending: Box::new(pending.clone()) };
    }
    if facts.known.bad_code {
        return Request::StaleCode;
    }
    // a few words say that they arrive; more of them may be a request
    if facts.known.answers_warning && facts.mail.new_text().split_whitespace().count() <= BACK_WORDS {
        return Request::Back;
    }
    let ticket = ticket(facts);
    if facts.clues.overheard && ticket.is_none() && !facts.clues.apart {
        return Request::Nothing { why: "talk on the staff list: not written to us, about no ticket".into() };
    }
    if asks_for_help(facts) {
        return Request::Help;
    }
    if let Some(words) = searched(facts) {
        return Request::Search { words };
    }
    match ticket {
        Some((ticket, evidence)) => Request::FollowUp { ticket: facts.known.where_it_went(ticket), evidence },
        None if is_orders(facts) => Request::Orders,
        // if it opened a ticket, a program that answers all it gets would have us write the next letter like that
        None if facts.known.answers_notice => Request::Remark,
        None => Request::Open,
    }
}

/// The ticket of a question that was answered before, when the one who was asked now has something to add: people
/// answer the same letter again. The code, mailed to this address alone, is as good as a reply address.
fn goes_on(facts: Facts<'_>, pending: &Pending) -> Option<Number> {
    let asked = facts.sender.is_some_and(|s| s.address == pending.person.address);
    // more than "yes" or "confirmed, thank you"
    let adds = facts.mail.new_text().split_whitespace().count() > 4 || !facts.mail.attachments.is_empty();
    let ticket = pending.ticket.filter(|_| pending.answered.is_some() && asked && adds)?;
    facts.known.view(ticket).is_some().then_some(ticket)
}

/// The ticket with the strongest evidence that exists.
fn ticket(facts: Facts<'_>) -> Option<(Number, Evidence)> {
    let (clues, known) = (facts.clues, facts.known);
    // an unconfirmed ticket is known to nobody but its requester, so nobody else's mail can be about it
    let exists = |number: Number| {
        known.view(number).is_some_and(|v| {
            let ticket = &v.ticket;
            ticket.state != State::Unconfirmed
                || facts.sender.is_some_and(|s| s.address == ticket.requester.address)
        })
    };
    let ours = clues.ours.iter().copied().find(|n| exists(*n));
    // on a list other robots' mails are answered too, and their numbers look like ours
    let is_anothers = clues.overheard && clues.ours.is_empty() && !clues.foreign.is_empty();
    let typed = |number: Option<Number>| number.filter(|n| !is_anothers && has_part(facts, *n));
    let ranked = [
        (ours, Evidence::OurId),
        (clues.reply, Evidence::ReplyAddress),
        (known.by_id, Evidence::KnownId),
        (clues.plus.filter(|n| may_know(facts, *n)), Evidence::PlainAddress),
        (typed(clues.footer), Evidence::Footer),
        (typed(clues.tag), Evidence::SubjectTag),
    ];
    ranked.into_iter().find_map(|(number, evidence)| Some((number.filter(|n| exists(*n))?, evidence)))
}

/// A private ticket's own address is nobody's for those who have no part in it.
fn may_know(facts: Facts<'_>, number: Number) -> bool {
    let private = facts.known.view(number).is_some_and(|v| v.ticket.fields.is_private());
    !private || has_part(facts, number)
}

/// A number that anybody can type leads to a ticket only for those who have a part in it, and for staff.
fn has_part(facts: Facts<'_>, number: Number) -> bool {
    facts.sender.is_some_and(|sender| {
        sender.staff.is_some() || facts.known.view(number).is_some_and(|v| v.has_part(&sender.address))
    })
}

fn asks_for_help(facts: Facts<'_>) -> bool {
    let subject = facts.mail.subject.trim().trim_start_matches("Re:").trim();
    let only_help = facts.reading.rest.trim().is_empty()
        && !facts.reading.orders.is_empty()
        && facts.reading.orders.iter().all(|o| o.verb.word == "help");
    only_help
        || (subject.eq_ignore_ascii_case("help")
            && facts.mail.new_text().split_whitespace().count() <= unwritten::FEW_WORDS)
}

/// The words of a mail that is nothing but a search: one line of text, or a subject above (nearly) none.
fn searched(facts: Facts<'_>) -> Option<String> {
    if let [order] = facts.reading.orders.as_slice()
        && order.verb.word == "search"
        && facts.reading.rest.trim().is_empty()
    {
        return Some(order.remark.clone());
    }
    let (verb, words) = facts.mail.subject.split_once(':')?;
    let asks = verb.trim().eq_ignore_ascii_case("search") && words.contains(char::is_alphanumeric);
    (asks && unwritten::is_short(facts.mail)).then(|| words.trim().to_owned())
}

/// A mail that is nothing but commands which need no ticket or name theirs; or one with any, well written or not, that
/// answers a letter about no ticket, such as a digest, and is staff's, or is all about what its sender follows himself:
/// it is no new request, whatever its sender says beside them.
fn is_orders(facts: Facts<'_>) -> bool {
    let orders = &facts.reading.orders;
    let staff = facts.sender.is_some_and(|s| s.staff.is_some());
    // a slip of a member's pen opens no ticket; he learns what was not understood
    let proven = staff && facts.sender.is_some_and(|s| s.proof >= Proof::Domain);
    let lines = facts.reading.rest.lines().filter(|line| !line.trim().is_empty()).count();
    let slips = facts.reading.not_run.len() + usize::from(facts.reading.slip.is_some());
    if proven && lines > 0 && lines == slips {
        return true;
    }
    let alone = |o: &Order| {
        let named = !o.tickets.is_empty() || o.session().is_some();
        named || o.verb.is_question() || matches!(o.verb.does, Does::Undo)
    };
    if facts.clues.apart {
        let any = !(orders.is_empty() && facts.reading.not_run.is_empty());
        let own = !orders.is_empty() && orders.iter().all(|o| is_own_affair(o.verb));
        if (staff && any) || own {
            return true;
        }
    }
    facts.reading.rest.trim().is_empty() && !orders.is_empty() && orders.iter().all(alone)
}

/// Whether everybody may say it, of what he follows himself.
fn is_own_affair(verb: &Verb) -> bool {
    matches!(verb.who, Who::Public | Who::Anyone)
}
