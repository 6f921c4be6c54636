//! `reopen`: it was not done after all. Limited by the hour for all but staff, since two robots could play at it.

use super::{Bare, Does, Saying, Verb, Who, forms};
use crate::model::decision::What;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;
use crate::model::ticket::State;

pub static VERB: Verb = Verb {
    word: "reopen",
    aliases: &["open"],
    form: forms::numbers,
    bare: Bare::Anyone,
    usage: "reopen [12 …]",
    what: "it was not done after all",
    who: Who::RequesterOrStaff,
    class: Class::Own,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    let ticket = &said.view.ticket;
    match ticket.state {
        State::Closed
            if said.vouched.login().is_none()
                && said.view.reopened_lately >= said.robot.policy.reopens_per_hour =>
        {
            Err(Refusal::TooOften(ticket.number))
        }
        State::Closed => Ok(vec![What::State { from: State::Closed, to: State::Open }]),
        State::Open => Err(Refusal::Already(ticket.number, State::Open)),
        State::Unconfirmed => Err(Refusal::NoTicket(ticket.number)),
    }
}

#[cfg(test)]
mod tests {
    use crate::command::tests::{Scene, refused};
    use crate::limits::REOPENS_PER_HOUR;
    use crate::model::decision::What;
    use crate::model::refusal::Refusal;
    use crate::model::ticket::{Number, State};

    #[test]
    fn opens_what_is_closed() {
        let opened = Ok(What::State { from: State::Closed, to: State::Open });
        for line in ["reopen", "open 1", "Reopen: #1"] {
            assert_eq!(Scene::new().state(State::Closed).requester().says(line), opened, "{line}");
        }
        assert_eq!(refused(Scene::new().staff().says("reopen")), Refusal::Already(Number(1), State::Open));
    }

    #[test]
    fn the_limit_holds_for_all_but_staff() {
        for (times, ok) in
            [(REOPENS_PER_HOUR - 1, true), (REOPENS_PER_HOUR, false), (REOPENS_PER_HOUR + 1, false)]
        {
            let scene = || Scene::new().state(State::Closed).reopened(times);
            assert_eq!(scene().requester().says("reopen").is_ok(), ok, "{times}");
            assert!(scene().staff().says("reopen").is_ok());
        }
        let often = Scene::new().state(State::Closed).reopened(REOPENS_PER_HOUR).requester().says("open");
        assert_eq!(refused(often), Refusal::TooOften(Number(1)));
    }
}
