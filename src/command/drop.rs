//! `drop`: the ticket is nobody's again.

use super::{Bare, Does, Saying, Verb, Who, forms};
use crate::model::decision::What;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;

pub static VERB: Verb = Verb {
    word: "drop",
    aliases: &["unassign"],
    form: forms::numbers,
    bare: Bare::Anyone,
    usage: "drop [12 …]",
    what: "it is nobody's again",
    who: Who::Staff,
    class: Class::Work,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    let ticket = &said.view.ticket;
    match &ticket.owner {
        Some(login) => Ok(vec![What::Owner { from: Some(login.clone()), to: None }]),
        None => Err(Refusal::SoAlready(ticket.number)),
    }
}

#[cfg(test)]
mod tests {
    use crate::command::tests::{Scene, refused};
    use crate::model::decision::What;
    use crate::model::refusal::Refusal;
    use crate::model::ticket::Number;

    #[test]
    fn drops_what_somebody_has() {
        for line in ["drop", "unassign 1"] {
            let dropped = What::Owner { from: Some("bob".into()), to: None };
            assert_eq!(Scene::new().owner("bob").staff().says(line), Ok(dropped), "{line}");
        }
        assert_eq!(refused(Scene::new().staff().says("drop")), Refusal::SoAlready(Number(1)));
        assert_eq!(refused(Scene::new().requester().says("drop")), Refusal::StaffOnly);
    }
}
