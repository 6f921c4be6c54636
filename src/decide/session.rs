//! Who is told of a session: staff get its log, once, in the ticket's thread; requester and subscribers a single sentence,
//! where the site lets them have it and the ticket is not private, and nothing when nothing came of it. Nobody is told what
//! he did himself but the list, which is everybody's.

use crate::model::decision::Filed;
use crate::model::following::Level;
use crate::model::letter::{About, Letter, News, Recipient};
use crate::model::robot::Robot;
use crate::model::session_log::Told;

/// The letters that a filed session owes.
pub fn letters(filed: &Filed, told: &Told, robot: &Robot) -> Vec<Letter> {
    if told.log.is_discarded() {
        return Vec::new();
    }
    let letter = |to, about| Letter { to, about, event: filed.event, not_before: None };
    let long = || About::SessionLog { view: Box::new(filed.view.clone()), told: Box::new(told.clone()) };
    let also = robot.also.iter().filter(|address| **address != robot.list);
    let lists = std::iter::once(&robot.list).chain(also);
    let mut letters: Vec<Letter> = lists.map(|list| letter(Recipient::Staff(list.clone()), long())).collect();
    let changed = !told.log.filed.session.changes.is_empty();
    let for_all = changed && robot.policy.tell_worked && !filed.view.ticket.fields.is_private();
    let worker = robot.member(&told.address);
    for person in filed.view.subscribers().filter(|p| !robot.reads_list(&p.address)) {
        if person.address == told.address || worker.is_some_and(|w| w.writes_from(&person.address)) {
            continue;
        }
        let full = filed.view.level_of(&person.address) == Some(Level::Full);
        let to = Recipient::Person(person.clone());
        if full && robot.member(&person.address).is_some() {
            letters.push(letter(to, long()));
        } else if for_all {
            letters.push(letter(
                to,
                About::Changed { view: Box::new(filed.view.clone()), news: Box::new(news(filed, told)) },
            ));
        }
    }
    letters
}

/// That somebody worked on it, and nothing else.
fn news(filed: &Filed, told: &Told) -> News {
    News {
        actor: told.log.filed.worker.name.clone(),
        actor_address: told.address.to_string(),
        changes: filed.changes.clone(),
        ..News::default()
    }
}
