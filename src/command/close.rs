//! `close`: the work is done. Text after the colon goes to requester and subscribers.

use super::{Bare, Does, Saying, Verb, Who, forms};
use crate::model::decision::What;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;
use crate::model::ticket::State;

pub static VERB: Verb = Verb {
    word: "close",
    aliases: &["done", "fix", "fixed", "resolve", "resolved"],
    form: forms::numbers_text,
    bare: Bare::Anyone,
    usage: "close [12 …] [: words for the requester]",
    what: "the work is done; words after the colon go to the requester",
    who: Who::RequesterOrStaff,
    class: Class::Own,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    let ticket = &said.view.ticket;
    match ticket.state {
        State::Open => Ok(vec![What::State { from: State::Open, to: State::Closed }]),
        State::Closed => Err(Refusal::Already(ticket.number, State::Closed)),
        State::Unconfirmed => Err(Refusal::NoTicket(ticket.number)),
    }
}

#[cfg(test)]
mod tests {
    use crate::command::tests::{Scene, refused};
    use crate::model::decision::What;
    use crate::model::refusal::Refusal;
    use crate::model::ticket::{Number, State};

    #[test]
    fn closes_what_is_open() {
        let done = Ok(What::State { from: State::Open, to: State::Closed });
        for line in ["close", "Done.", "fix 1", "fixed: new cable", "resolve", "RESOLVED!"] {
            assert_eq!(Scene::new().staff().says(line), done, "{line}");
        }
        assert_eq!(Scene::new().requester().says("close"), done);
    }

    #[test]
    fn refuses_the_rest() {
        let one = Number(1);
        let (closed, unconfirmed) = (State::Closed, State::Unconfirmed);
        assert_eq!(refused(Scene::new().state(closed).staff().says("close")), Refusal::Already(one, closed));
        assert_eq!(refused(Scene::new().state(unconfirmed).staff().says("close")), Refusal::NoTicket(one));
        assert_eq!(refused(Scene::new().stranger().says("close")), Refusal::NoTicket(one));
        assert_eq!(refused(Scene::new().named().says("close")), Refusal::NotYours(one));
    }
}
