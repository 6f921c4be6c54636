//! `parent`: it is a part of the other.

use super::{Bare, Does, Saying, Verb, Who, forms, link};
use crate::model::decision::What;
use crate::model::links::{Link, Relation};
use crate::model::perms::Class;
use crate::model::refusal::Refusal;

pub static VERB: Verb = Verb {
    word: "parent",
    aliases: &["part"],
    form: forms::relation,
    bare: Bare::Staff,
    usage: "parent 15, parent 12 to 15",
    what: "it is a part of that one; `parent none` ends it",
    who: Who::Staff,
    class: Class::Work,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    if said.order.others.len() > 1 {
        return Err(Refusal::Form { usage: VERB.usage });
    }
    link::no_circle(said, Relation::Parent)?;
    let has = |l: &&Link| l.relation == Relation::Parent && l.outward;
    let mut made = link::relate(said, Relation::Parent)?;
    if said.order.words.is_empty() {
        // a ticket is part of one: the new one takes the old one's place
        let before = said.view.links.iter().filter(has);
        made.splice(0..0, before.map(|l| What::Unrelated { relation: Relation::Parent, other: l.other }));
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use crate::command::tests::{Scene, refused};
    use crate::model::decision::What;
    use crate::model::links::Relation;
    use crate::model::refusal::Refusal;
    use crate::model::ticket::Number;

    #[test]
    fn is_part_of_one() {
        let of = |number| What::Related { relation: Relation::Parent, other: Number(number) };
        for text in ["parent 2", "part of 2", "parent 1 to 2"] {
            assert_eq!(Scene::new().staff().says(text), Ok(of(2)), "{text}");
        }
        let ended = What::Unrelated { relation: Relation::Parent, other: Number(2) };
        let scene = || Scene::new().linked(Relation::Parent, 2).staff();
        assert_eq!(scene().says_all("parent 3"), Ok(vec![ended.clone(), of(3)]));
        assert_eq!(scene().says("parent none"), Ok(ended));
    }

    #[test]
    fn is_not_part_of_its_own_part() {
        let back = Scene::new().needed_by(Relation::Parent, 2).staff().says("parent 2");
        assert_eq!(refused(back), Refusal::Circle(Number(2)));
        assert_eq!(
            refused(Scene::new().staff().says("parent 2 3")),
            Refusal::Form { usage: super::VERB.usage }
        );
    }
}
