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
    fn ends_too() {
        let ended = What::Unrelated { relation: Relation::Depends, other: Number(2) };
        let scene = Scene::new().linked(Relation::Depends, 2).staff();
        assert_eq!(scene.says("depends not on 2"), Ok(ended));
    }
}
