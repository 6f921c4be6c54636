//! `merge`: it goes into the other. It is closed, and whatever comes for it from now on goes there.

use super::{Bare, Does, Saying, Verb, Who, dup, forms};
use crate::model::decision::What;
use crate::model::links::Relation;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;
use crate::model::ticket::View;

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
    said.not_kept_out(&[said.vouched.login().unwrap_or_default()])?;
    if let ([into], true) = (said.order.others.as_slice(), said.order.words.is_empty())
        && would_learn(said, said.other(*into)?)
    {
        return Err(Refusal::WouldLearn(*into));
    }
    dup::close_into(said, Relation::Merged, VERB.usage)
}

/// Whether people would come into a private ticket who have no part in it: their mail goes there from then on.
fn would_learn(said: &Saying<'_>, into: &View) -> bool {
    let view = said.view;
    let followers = view.followers.iter().map(|f| &f.person.address);
    let mut people = followers.chain(&view.named).chain([&view.ticket.requester.address]);
    into.ticket.fields.is_private() && people.any(|p| said.robot.member(p).is_none() && !into.has_part(p))
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
    fn brings_nobody_into_a_private_one() {
        let into = |people: &[&str]| Scene::new().private_for(2, people).staff().says_all("merge into 2");
        assert_eq!(into(&[]), Err(Refusal::WouldLearn(Number(2))));
        assert_eq!(into(&["ren@users.example"]), Err(Refusal::WouldLearn(Number(2))));
        assert!(into(&["ren@users.example", "named@users.example"]).is_ok());
        assert!(Scene::new().private_for(2, &[]).staff().says_all("dup 2").is_ok());
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
