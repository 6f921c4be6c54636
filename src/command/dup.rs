//! `dup`: somebody asked for the same before. It is closed, and whoever follows it follows the other from now on.

use super::{Bare, Does, Saying, Verb, Who, forms, link};
use crate::model::decision::What;
use crate::model::links::Relation;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;
use crate::model::ticket::State;

pub static VERB: Verb = Verb {
    word: "dup",
    aliases: &["duplicate"],
    form: forms::relation,
    bare: Bare::Staff,
    usage: "dup 12, dup 15 of 12",
    what: "it asks for the same as that one: it is closed, its followers follow that one",
    who: Who::Staff,
    class: Class::Work,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    close_into(said, Relation::Duplicate, VERB.usage)
}

/// Relates the ticket to the one that has its matter from now on, and closes it.
pub(super) fn close_into(
    said: &Saying<'_>,
    relation: Relation,
    usage: &'static str,
) -> Result<Vec<What>, Refusal> {
    let ends = !said.order.words.is_empty();
    if said.order.others.len() != 1 && !ends {
        return Err(Refusal::Form { usage });
    }
    link::no_circle(said, relation)?;
    let mut made = link::relate(said, relation)?;
    if said.view.ticket.state == State::Open && !ends {
        made.push(What::State { from: State::Open, to: State::Closed });
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use crate::command::tests::{Scene, refused};
    use crate::model::decision::What;
    use crate::model::links::Relation;
    use crate::model::refusal::Refusal;
    use crate::model::ticket::{Number, State};

    #[test]
    fn closes_the_younger_one() {
        let dup = What::Related { relation: Relation::Duplicate, other: Number(2) };
        let closed = What::State { from: State::Open, to: State::Closed };
        for text in ["dup 2", "duplicate of 2", "dup 1 of 2", "Dup of #2."] {
            let all = Scene::new().staff().says_all(text);
            assert_eq!(all, Ok(vec![dup.clone(), closed.clone()]), "{text}");
        }
        assert_eq!(Scene::new().state(State::Closed).staff().says("dup 2"), Ok(dup));
    }

    #[test]
    fn refuses_two_originals_and_itself() {
        assert_eq!(refused(Scene::new().staff().says("dup 2 3")), Refusal::Form { usage: super::VERB.usage });
        assert_eq!(refused(Scene::new().staff().says("dup 1")), Refusal::Itself(Number(1)));
        assert_eq!(refused(Scene::new().named().says("!dup 2")), Refusal::StaffOnly);
    }
}
