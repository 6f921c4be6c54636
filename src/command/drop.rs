//! `drop`: the ticket is nobody's again.

use super::{Order, Shape, Verb, Who};
use crate::model::decision::What;
use crate::model::proof::Vouched;
use crate::model::refusal::Refusal;
use crate::model::robot::Robot;
use crate::model::ticket::View;

pub static VERB: Verb = Verb {
    word: "drop",
    aliases: &["unassign"],
    shape: Shape::Tickets,
    usage: "drop [12 …]",
    what: "it is nobody's again",
    who: Who::Staff,
    act,
};

fn act(_: &Order, view: &View, _: &Vouched, _: &Robot) -> Result<What, Refusal> {
    match &view.ticket.owner {
        Some(login) => Ok(What::Owner { from: Some(login.clone()), to: None }),
        None => Err(Refusal::OwnerAlready(view.ticket.number)),
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
        assert_eq!(refused(Scene::new().staff().says("drop")), Refusal::OwnerAlready(Number(1)));
        assert_eq!(refused(Scene::new().requester().says("drop")), Refusal::StaffOnly);
    }
}
