//! `depends`: it can be done only after the other; a chain that leads back is refused.

use super::{Bare, Does, Saying, Verb, Who, forms, link};
use crate::model::decision::What;
use crate::model::links::Relation;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;

pub static VERB: Verb = Verb {
    word: "depends",
    aliases: &["needs"],
    form: forms::relation,
    bare: Bare::Staff,
    usage: "depends on 15, depends 12 on 15",
    what: "it can be done only after that one; `depends not on 15` ends it",
    who: Who::Staff,
    class: Class::Work,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    link::no_circle(said, Relation::Depends)?;
    link::relate(said, Relation::Depends)
}

#[cfg(test)]
mod tests {
    use crate::command::tests::{Scene, refused};
    use crate::model::decision::What;
    use crate::model::links::Relation;
    use crate::model::refusal::Refusal;
    use crate::model::ticket::Number;

    #[test]
    fn waits_for_others_and_never_for_itself() {
        let on = What::Related { relation: Relation::Depends, other: Number(2) };
        for text in ["depends on 2", "depends 1 on 2", "needs 2", "Depends on #2, please"] {
            assert_eq!(Scene::new().staff().says(text), Ok(on.clone()), "{text}");
        }
        assert_eq!(refused(Scene::new().staff().says("depends on 1")), Refusal::Itself(Number(1)));
        let back = Scene::new().needed_by(Relation::Depends, 2).staff().says("depends on 2");
        assert_eq!(refused(back), Refusal::Circle(Number(2)));
    }

    #[test]
    fn a_chain_of_many_that_leads_back_is_refused() {
        let chain = || Scene::new().beyond(4, Relation::Depends, 1).linked(Relation::Link, 3);
        // 2 is named in the mail and its relations are seen in its view; 1 waits for nobody yet
        assert!(chain().staff().says("depends on 2").is_ok());
        let long = chain().named_to(2, Relation::Depends, 5).beyond(5, Relation::Depends, 4);
        assert_eq!(refused(long.staff().says("depends on 2")), Refusal::Circle(Number(2)));
        let other = chain().named_to(2, Relation::Parent, 5).beyond(5, Relation::Depends, 4);
        assert!(other.staff().says("depends on 2").is_ok());
        // one that was there before ends nowhere
        let round = chain().named_to(2, Relation::Depends, 5).beyond(5, Relation::Depends, 6);
        assert!(round.beyond(6, Relation::Depends, 5).staff().says("depends on 2").is_ok());
    }

    #[test]
    fn ends_too() {
        let ended = What::Unrelated { relation: Relation::Depends, other: Number(2) };
        let scene = Scene::new().linked(Relation::Depends, 2).staff();
        assert_eq!(scene.says("depends not on 2"), Ok(ended));
    }
}
