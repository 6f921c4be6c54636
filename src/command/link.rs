//! `link`: two tickets have to do with each other. What is said here of relating one ticket to others holds for the
//! other such verbs too.

use super::{Bare, Does, Saying, Verb, Who, forms};
use crate::model::decision::What;
use crate::model::links::Relation;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;
use crate::model::ticket::Number;
use std::collections::BTreeSet;

pub static VERB: Verb = Verb {
    word: "link",
    aliases: &["see"],
    form: forms::relation,
    bare: Bare::Staff,
    usage: "link 15, link 12 to 15",
    what: "they have to do with each other; `link not 15` ends it",
    who: Who::Staff,
    class: Class::Work,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    relate(said, Relation::Link)
}

/// Relates the ticket to all others that the command names, or ends the relation.
pub(super) fn relate(said: &Saying<'_>, relation: Relation) -> Result<Vec<What>, Refusal> {
    let number = said.view.ticket.number;
    let has = |other: Number| {
        let same = |l: &&crate::model::links::Link| l.relation == relation && l.other == other;
        said.view.links.iter().filter(same).any(|l| l.outward || relation == Relation::Link)
    };
    if !said.order.words.is_empty() {
        let named = |other: &Number| said.order.others.is_empty() || said.order.others.contains(other);
        let ended = said.view.links.iter().filter(|l| l.relation == relation && l.outward && named(&l.other));
        let ended: Vec<What> = ended.map(|l| What::Unrelated { relation, other: l.other }).collect();
        return if ended.is_empty() { Err(Refusal::SoAlready(number)) } else { Ok(ended) };
    }
    let mut made = Vec::new();
    for other in said.order.others.iter().copied() {
        said.other(other)?;
        if other == number {
            return Err(Refusal::Itself(number));
        }
        if has(other) {
            return Err(Refusal::SoAlready(number));
        }
        made.push(What::Related { relation, other });
    }
    Ok(made)
}

/// Refuses a chain of such relations that leads back to where it began.
pub(super) fn no_circle(said: &Saying<'_>, relation: Relation) -> Result<(), Refusal> {
    let back = |other: &&Number| leads(said, relation, **other, said.view.ticket.number);
    match said.order.others.iter().find(back) {
        Some(other) if said.order.words.is_empty() => Err(Refusal::Circle(*other)),
        _ => Ok(()),
    }
}

/// Whether such relations lead from one ticket to the other: as the mail's commands so far leave the tickets that it
/// names, and as they stand for those beyond.
fn leads(said: &Saying<'_>, relation: Relation, from: Number, to: Number) -> bool {
    let mut seen = BTreeSet::from([from]);
    let mut waiting = vec![from];
    while let Some(at) = waiting.pop() {
        let next: Vec<Number> = match said.others.iter().find(|v| v.ticket.number == at) {
            Some(view) => {
                let links = view.links.iter().filter(|l| l.relation == relation && l.outward);
                links.map(|l| l.other).collect()
            }
            None => {
                let steps = said.steps.iter().filter(|s| s.relation == relation && s.from == at);
                steps.map(|s| s.to).collect()
            }
        };
        if next.contains(&to) {
            return true;
        }
        waiting.extend(next.into_iter().filter(|n| seen.insert(*n)));
    }
    false
}

#[cfg(test)]
mod tests {
    use crate::command::line;
    use crate::command::tests::{Scene, refused};
    use crate::model::decision::What;
    use crate::model::links::Relation;
    use crate::model::refusal::Refusal;
    use crate::model::ticket::Number;

    #[test]
    fn links_to_one_and_to_several() {
        let to = |number| What::Related { relation: Relation::Link, other: Number(number) };
        for text in ["link 2", "see #2", "link 1 to 2", "link: 2", "link with 2"] {
            assert_eq!(Scene::new().staff().says(text), Ok(to(2)), "{text}");
        }
        assert_eq!(Scene::new().staff().says_all("link 2, 3"), Ok(vec![to(2), to(3)]));
    }

    #[test]
    fn ends_what_was_linked() {
        let linked = || Scene::new().linked(Relation::Link, 2);
        let ended = What::Unrelated { relation: Relation::Link, other: Number(2) };
        for text in ["link not 2", "link not to 2", "link none"] {
            assert_eq!(linked().staff().says(text), Ok(ended.clone()), "{text}");
        }
        assert_eq!(refused(linked().staff().says("link 2")), Refusal::SoAlready(Number(1)));
    }

    #[test]
    fn refuses_the_rest() {
        assert_eq!(refused(Scene::new().staff().says("link 1")), Refusal::Itself(Number(1)));
        assert_eq!(refused(Scene::new().staff().says("link 99")), Refusal::NoTicket(Number(99)));
        assert_eq!(refused(Scene::new().requester().says("!link 2")), Refusal::StaffOnly);
        for text in ["link them up", "see you at 12", "see 12 people", "link"] {
            assert!(line::read(text, true).orders.is_empty(), "{text}");
        }
    }
}
