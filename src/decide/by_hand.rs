//! Who is told of what a member of staff does to a ticket on the machine, where no mail says it: staff by the long form,
//! and, of words that are not for staff only, requester and subscribers by the short one. Nobody what he did himself.

use crate::model::decision::Filed;
use crate::model::following::Level;
use crate::model::letter::{About, Letter, News, Recipient};
use crate::model::person::Member;
use crate::model::robot::Robot;

/// The letters that it owes; `proof` says how it was done.
pub fn letters(filed: &Filed, member: &Member, proof: &str, robot: &Robot) -> Vec<Letter> {
    let news = News {
        actor: member.name.clone(),
        actor_address: member.address.to_string(),
        proof: proof.to_owned(),
        changes: filed.changes.clone(),
        text: filed.entry.as_ref().map_or_else(String::new, |entry| entry.text.clone()),
        noted: filed.entry.as_ref().is_some_and(|entry| entry.staff_only),
        by_person: filed.entry.is_some(),
        ..News::default()
    };
    let letter = |to, about| Letter { to, about, event: filed.event, not_before: None };
    let (view, news) = (Box::new(filed.view.clone()), Box::new(news));
    let long = About::StaffChanged { view: view.clone(), news: news.clone() };
    let short = About::Changed { view, news };
    let also = robot.also.iter().filter(|address| **address != robot.list);
    let lists = std::iter::once(&robot.list).chain(also);
    let mut letters: Vec<Letter> =
        lists.map(|list| letter(Recipient::Staff(list.clone()), long.clone())).collect();
    let is_public = filed.entry.as_ref().is_some_and(|entry| !entry.staff_only);
    let others =
        filed.view.subscribers().filter(|p| !member.writes_from(&p.address) && !robot.reads_list(&p.address));
    for person in others {
        let full = filed.view.level_of(&person.address) == Some(Level::Full);
        let to = Recipient::Person(person.clone());
        if full && robot.member(&person.address).is_some() {
            letters.push(letter(to, long.clone()));
        } else if is_public {
            letters.push(letter(to, short.clone()));
        }
    }
    letters
}
