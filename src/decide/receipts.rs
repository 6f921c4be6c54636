//! What is said to those whom a change is about and who are told in no other way: the receipt of who follows a ticket from
//! now on, or in another way, or no longer; a word to whoever was taken off it, and to the two whose request it was and is.
//! Only changes that somebody ordered are answered; a code or a complaint has its own answer, or none.

use super::Case;
use super::announce::{actor, is_actor};
use crate::model::address::Address;
use crate::model::clues::Purpose;
use crate::model::decision::{Change, Filed, Reply, What};
use crate::model::following::Level;
use crate::model::letter::{About, Letter, Recipient};

/// The letters to each of them.
pub(super) fn letters(filed: &Filed, case: Case<'_>) -> Vec<Letter> {
    let invited = case.known.pending.as_ref().is_some_and(|p| p.purpose == Purpose::Follow);
    // an order in an address has no line; the link that ends a subscription has its own answer, and no number
    let unwritten = case.reading.orders.iter().any(|order| order.line == 0 && !order.tickets.is_empty());
    let asked = |c: &&Change| c.line > 0 || unwritten || invited;
    let mut owed: Vec<Letter> = Vec::new();
    for change in filed.changes.iter().filter(asked) {
        match &change.what {
            What::Follows { who, to, .. } => owed.extend(followed(filed, who, *to, case)),
            What::Requester { from, to } => {
                owed.extend([from, to].into_iter().filter_map(|who| requester(filed, who, case)));
            }
            _ => {}
        }
    }
    owed
}

/// One receipt instead of one for each ticket of the same mail: the first names the others.
pub fn gather(owed: &mut Vec<Letter>) {
    let mut first: Option<(usize, Recipient, Level)> = None;
    let mut others = Vec::new();
    let mut at = 0;
    owed.retain(|letter| {
        let About::Followed { view, level, .. } = &letter.about else {
            at += 1;
            return true;
        };
        match &first {
            Some((_, to, same)) if *to == letter.to && same == level => {
                others.push(view.ticket.number);
                false
            }
            _ => {
                first.get_or_insert((at, letter.to.clone(), *level));
                at += 1;
                true
            }
        }
    });
    if let Some((at, ..)) = first
        && let Some(About::Followed { others: named, .. }) = owed.get_mut(at).map(|letter| &mut letter.about)
    {
        *named = others;
    }
}

/// One receipt, when it is the last word of the mail about this follower.
fn followed(filed: &Filed, who: &Address, to: Option<Level>, case: Case<'_>) -> Option<Letter> {
    let is_actor = is_actor(who, case);
    if filed.view.level_of(who) != to || (is_actor && !case.may_answer()) {
        return None;
    }
    match to {
        // whoever joins because his ticket went elsewhere is told of that
        Some(_) if !is_actor => None,
        Some(level) => {
            let person = filed.view.followers.iter().find(|f| f.person.address == *who)?.person.clone();
            let answers = case.mail.message_id.clone();
            let view = Box::new(filed.view.clone());
            Some(letter(
                filed,
                Recipient::Person(person),
                About::Followed { view, level, others: Vec::new(), answers },
            ))
        }
        None if !is_actor && case.robot.reads_list(who) => None,
        None => {
            let by = (!is_actor).then(|| actor(case));
            let answers = case.mail.message_id.clone().filter(|_| is_actor);
            let reply = Reply::Left { ticket: Some(filed.view.ticket.number), by };
            Some(letter(filed, Recipient::Sender(who.clone()), About::Reply { reply, view: None, answers }))
        }
    }
}

/// A word to the old or the new requester, unless staff hear of it anyway or no mail reaches him.
fn requester(filed: &Filed, who: &Address, case: Case<'_>) -> Option<Letter> {
    let is_actor = is_actor(who, case);
    if is_actor || case.robot.reads_list(who) || case.robot.member(who).is_some() {
        return None;
    }
    let person =
        filed.view.followers.iter().find(|f| f.person.address == *who && !f.suspended)?.person.clone();
    let about = About::Requester { view: Box::new(filed.view.clone()), by: actor(case) };
    Some(letter(filed, Recipient::Person(person), about))
}

fn letter(filed: &Filed, to: Recipient, about: About) -> Letter {
    Letter { to, about, event: filed.event, not_before: None }
}
