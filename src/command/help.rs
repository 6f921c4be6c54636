//! `help`: what can be said to this robot. It touches no ticket; deciding answers it with the help letter.

use super::{Order, Shape, Verb, Who};
use crate::model::decision::What;
use crate::model::proof::Vouched;
use crate::model::refusal::Refusal;
use crate::model::robot::Robot;
use crate::model::ticket::View;

pub static VERB: Verb = Verb {
    word: "help",
    aliases: &[],
    shape: Shape::Alone,
    usage: "help",
    what: "this list, by mail",
    who: Who::Anyone,
    act,
};

/// A question changes no ticket, so there is nothing to say here.
fn act(_: &Order, _: &View, _: &Vouched, _: &Robot) -> Result<What, Refusal> {
    Err(Refusal::Form { usage: VERB.usage })
}

#[cfg(test)]
mod tests {
    use super::VERB;
    use crate::command::tests::{Scene, refused};
    use crate::model::refusal::Refusal;

    #[test]
    fn changes_no_ticket() {
        assert!(VERB.is_question());
        assert_eq!(refused(Scene::new().staff().says("help")), Refusal::Form { usage: "help" });
    }
}
