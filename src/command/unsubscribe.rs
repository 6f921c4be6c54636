//! `unsubscribe`: the sender no longer follows it.

use super::{Bare, Does, Saying, Verb, Who, forms};
use crate::model::decision::What;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;

pub static VERB: Verb = Verb {
    word: "unsubscribe",
    aliases: &["leave"],
    form: forms::numbers,
    bare: Bare::Anyone,
    usage: "unsubscribe [12 …]",
    what: "you get no more mail about it",
    who: Who::Anyone,
    class: Class::Subscribe,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    let who = said.vouched.sender().address.clone();
    let from = said.view.level_of(&who).ok_or_else(|| Refusal::FollowsNot(who.to_string()))?;
    Ok(vec![What::Follows { who, from: Some(from), to: None }])
}

#[cfg(test)]
mod tests {
    use crate::command::tests::{Scene, address, refused};
    use crate::model::decision::What;
    use crate::model::following::Level;
    use crate::model::refusal::Refusal;
    use crate::model::ticket::Number;

    #[test]
    fn ends_it_for_oneself() {
        let who = address("ren@users.example");
        let left = What::Follows { who, from: Some(Level::Short), to: None };
        for text in ["unsubscribe", "Unsubscribe 1", "leave 1, thanks"] {
            assert_eq!(Scene::new().requester().says(text), Ok(left.clone()), "{text}");
        }
        let named = Scene::new().named().says("unsubscribe");
        assert_eq!(refused(named), Refusal::FollowsNot("named@users.example".into()));
        assert_eq!(refused(Scene::new().stranger().says("unsubscribe 1")), Refusal::NoTicket(Number(1)));
    }
}
