//! `remove`: somebody no longer follows it, and is told so.

use super::{Bare, Does, Saying, Verb, Who, forms};
use crate::model::address::Address;
use crate::model::decision::What;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;

pub static VERB: Verb = Verb {
    word: "remove",
    aliases: &[],
    form: forms::addresses,
    bare: Bare::Staff,
    usage: "remove ADDRESS … [12 …]",
    what: "they no longer follow it; confirmed by mail",
    who: Who::Staff,
    class: Class::Heavy,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    let gone = said.order.people.iter().filter_map(|p| Address::parse(p)).map(|who| {
        let from = said.view.level_of(&who).ok_or_else(|| Refusal::FollowsNot(who.to_string()))?;
        Ok(What::Follows { who, from: Some(from), to: None })
    });
    gone.collect()
}

#[cfg(test)]
mod tests {
    use crate::command::tests::{Scene, address, refused};
    use crate::model::decision::What;
    use crate::model::following::Level;
    use crate::model::perms::Class;
    use crate::model::refusal::Refusal;

    #[test]
    fn ends_what_somebody_follows() {
        let who = address("ren@users.example");
        let gone = What::Follows { who, from: Some(Level::Short), to: None };
        assert_eq!(Scene::new().staff().says("remove ren@users.example from 1"), Ok(gone));
        assert_eq!(super::VERB.class, Class::Heavy);
    }

    #[test]
    fn refuses_the_rest() {
        let nobody = Scene::new().staff().says("remove eve@x.org");
        assert_eq!(refused(nobody), Refusal::FollowsNot("eve@x.org".into()));
        assert_eq!(refused(Scene::new().requester().says("!remove eve@x.org")), Refusal::StaffOnly);
    }
}
