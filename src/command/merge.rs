//! `merge`: it goes into the other. It is closed, and whatever comes for it from now on goes there.

use super::{Bare, Does, Saying, Verb, Who, dup, forms};
use crate::model::decision::What;
use crate::model::links::Relation;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;

pub static VERB: Verb = Verb {
    word: "merge",
    aliases: &[],
    form: forms::relation,
    bare: Bare::Staff,
    usage: "merge 12, merge 15 into 12",
    what: "it goes into that one, with its followers and all mail to come",
    who: Who::Staff,
    class: Class::Heavy,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    dup::close_into(said, Relation::Merged, VERB.usage)
}

#[cfg(test)]
mod tests {
    use crate::command::tests::{Scene, refused};
    use crate::model::decision::What;
    use crate::model::links::Relation;
    use crate::model::perms::Class;
    use crate::model::refusal::Refusal;
    use crate::model::ticket::{Number, State};

    #[test]
    fn goes_into_another_one() {
        let merged = What::Related { relation: Relation::Merged, other: Number(2) };
        let closed = What::State { from: State::Open, to: State::Closed };
        for text in ["merge 2", "merge into 2", "merge 1 into 2"] {
            let all = Scene::new().staff().says_all(text);
            assert_eq!(all, Ok(vec![merged.clone(), closed.clone()]), "{text}");
        }
        assert_eq!(super::VERB.class, Class::Heavy);
    }

    #[test]
    fn refuses_the_rest() {
        assert_eq!(
            refused(Scene::new().staff().says("merge 2 3")),
            Refusal::Form { usage: super::VERB.usage }
        );
        let back = Scene::new().needed_by(Relation::Merged, 2).staff().says("merge 2");
        assert_eq!(refused(back), Refusal::Circle(Number(2)));
        assert_eq!(refused(Scene::new().requester().says("!merge 2")), Refusal::StaffOnly);
    }
}
