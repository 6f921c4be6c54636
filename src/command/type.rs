//! `type`: what sort of request it is.

use super::{Bare, Does, Saying, Verb, Who, forms, prio};
use crate::model::decision::What;
use crate::model::fields::Field;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;

pub static VERB: Verb = Verb {
    word: "type",
    aliases: &["kind"],
    form: forms::value,
    bare: Bare::Staff,
    usage: "type bug [12 …]",
    what: "what sort of request it is",
    who: Who::Staff,
    class: Class::Work,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    prio::set(said, Field::Type)
}

#[cfg(test)]
mod tests {
    use crate::command::tests::{Scene, refused};
    use crate::model::decision::What;
    use crate::model::fields::Field;
    use crate::model::refusal::Refusal;
    use crate::model::ticket::Number;

    fn to(value: &str) -> Result<What, Refusal> {
        Ok(What::Set { field: Field::Type, from: None, to: Some(value.into()) })
    }

    #[test]
    fn sets_a_value_of_the_site() {
        for line in ["type bug", "kind 1 Bug", "type: bug", "type 1: bug"] {
            assert_eq!(Scene::new().staff().says(line), to("bug"), "{line}");
        }
    }

    #[test]
    fn refuses_what_is_so_and_whom_it_may() {
        let scene = || Scene::new().field(Field::Type, "bug");
        assert_eq!(refused(scene().staff().says("type: bug")), Refusal::SoAlready(Number(1)));
        let none = What::Set { field: Field::Type, from: Some("bug".into()), to: None };
        assert_eq!(scene().staff().says("type none"), Ok(none));
        assert_eq!(refused(scene().stranger().says("!type bug")), Refusal::NoTicket(Number(1)));
        assert_eq!(refused(scene().requester().says("!type none")), Refusal::StaffOnly);
    }
}
