//! `milestone`: what it is to be done for.

use super::{Bare, Does, Saying, Verb, Who, forms, prio};
use crate::model::decision::What;
use crate::model::fields::Field;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;

pub static VERB: Verb = Verb {
    word: "milestone",
    aliases: &[],
    form: forms::value,
    bare: Bare::Staff,
    usage: "milestone autumn [12 …]",
    what: "what it is to be done for",
    who: Who::Staff,
    class: Class::Work,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    prio::set(said, Field::Milestone)
}

#[cfg(test)]
mod tests {
    use crate::command::tests::{Scene, refused};
    use crate::model::decision::What;
    use crate::model::fields::Field;
    use crate::model::refusal::Refusal;
    use crate::model::ticket::Number;

    fn to(value: &str) -> Result<What, Refusal> {
        Ok(What::Set { field: Field::Milestone, from: None, to: Some(value.into()) })
    }

    #[test]
    fn sets_a_value_of_the_site() {
        for line in ["milestone 24.04", "milestone 1 24.04", "milestone: 24.04"] {
            assert_eq!(Scene::new().staff().says(line), to("24.04"), "{line}");
        }
    }

    #[test]
    fn refuses_what_is_so_and_whom_it_may() {
        let scene = || Scene::new().field(Field::Milestone, "24.04");
        assert_eq!(refused(scene().staff().says("milestone: 24.04")), Refusal::SoAlready(Number(1)));
        let none = What::Set { field: Field::Milestone, from: Some("24.04".into()), to: None };
        assert_eq!(scene().staff().says("milestone none"), Ok(none));
        assert_eq!(refused(scene().stranger().says("!milestone 24.04")), Refusal::NoTicket(Number(1)));
        assert_eq!(refused(scene().requester().says("!milestone none")), Refusal::StaffOnly);
    }
}
