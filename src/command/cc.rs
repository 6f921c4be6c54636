//! `cc`: somebody is asked by mail whether he wants to follow it; nobody is added in silence.

use super::{Bare, Does, Saying, Verb, Who, forms};
use crate::model::address::Address;
use crate::model::decision::What;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;

pub static VERB: Verb = Verb {
    word: "cc",
    aliases: &["invite"],
    form: forms::addresses,
    bare: Bare::Staff,
    usage: "cc ADDRESS … [12 …]",
    what: "asks them by mail whether they want to follow it",
    who: Who::RequesterOrStaff,
    class: Class::Own,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    let mut made = Vec::new();
    for who in said.order.people.iter().filter_map(|p| Address::parse(p)) {
        if said.robot.is_own(&who) || said.robot.reads_list(&who) {
            return Err(Refusal::OwnAddress(who.to_string()));
        }
        if said.view.level_of(&who).is_some() {
            return Err(Refusal::Follows(who.to_string()));
        }
        made.push(What::Invited { who });
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use crate::command::line;
    use crate::command::tests::{Scene, address, refused};
    use crate::model::decision::What;
    use crate::model::refusal::Refusal;

    #[test]
    fn asks_each_of_them() {
        let asked = |who: &str| What::Invited { who: address(who) };
        for text in ["cc eve@x.org", "invite eve@x.org to 1", "cc: <eve@x.org>"] {
            assert_eq!(Scene::new().staff().says(text), Ok(asked("eve@x.org")), "{text}");
        }
        let two = Scene::new().requester().says_all("!cc eve@x.org and bob@x.org");
        assert_eq!(two, Ok(vec![asked("eve@x.org"), asked("bob@x.org")]));
    }

    #[test]
    fn refuses_the_rest() {
        let follows = Scene::new().staff().says("cc ren@users.example");
        assert_eq!(refused(follows), Refusal::Follows("ren@users.example".into()));
        assert!(Scene::new().named().says("!cc eve@x.org").is_err());
        for text in ["cc the boss", "cc", "cc eve"] {
            assert!(line::read(text, true).orders.is_empty(), "{text}");
        }
    }
}
