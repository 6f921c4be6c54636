//! `requester`: it is the request of somebody else, who follows it from now on.

use super::{Bare, Does, Saying, Verb, Who, forms};
use crate::model::address::Address;
use crate::model::decision::What;
use crate::model::following::Level;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;

pub static VERB: Verb = Verb {
    word: "requester",
    aliases: &[],
    form: forms::address,
    bare: Bare::Staff,
    usage: "requester ADDRESS [12 …]",
    what: "whose request it is; confirmed by mail",
    who: Who::Staff,
    class: Class::Heavy,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    let usage = VERB.usage;
    let to = said.order.people.first().and_then(|p| Address::parse(p)).ok_or(Refusal::Form { usage })?;
    let from = said.view.ticket.requester.address.clone();
    if from == to {
        return Err(Refusal::SoAlready(said.view.ticket.number));
    }
    if said.robot.is_own(&to) || said.robot.reads_list(&to) {
        return Err(Refusal::OwnAddress(to.to_string()));
    }
    let mut made = vec![What::Requester { from, to: to.clone() }];
    if said.view.level_of(&to).is_none() {
        made.push(What::Follows { who: to, from: None, to: Some(Level::Short) });
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use crate::command::tests::{Scene, address, refused};
    use crate::model::decision::What;
    use crate::model::following::Level;
    use crate::model::perms::Class;
    use crate::model::refusal::Refusal;
    use crate::model::ticket::Number;

    #[test]
    fn gives_the_request_to_somebody() {
        let (from, to) = (address("ren@users.example"), address("eve@users.example"));
        let all = vec![
            What::Requester { from, to: to.clone() },
            What::Follows { who: to, from: None, to: Some(Level::Short) },
        ];
        for text in ["requester eve@users.example", "requester: <eve@users.example> 1"] {
            assert_eq!(Scene::new().staff().says_all(text), Ok(all.clone()), "{text}");
        }
        assert_eq!(super::VERB.class, Class::Heavy);
    }

    #[test]
    fn refuses_the_rest() {
        let same = Scene::new().staff().says("requester Ren@Users.example");
        assert_eq!(refused(same), Refusal::SoAlready(Number(1)));
        let own = Scene::new().staff().says("requester help+12@x.example");
        assert_eq!(refused(own), Refusal::OwnAddress("help+12@x.example".into()));
        assert_eq!(refused(Scene::new().requester().says("!requester a@b.example")), Refusal::StaffOnly);
    }
}
