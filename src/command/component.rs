//! `component`: the area that it is about.

use super::{Bare, Does, Saying, Verb, Who, forms, prio};
use crate::model::decision::What;
use crate::model::fields::Field;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;

pub static VERB: Verb = Verb {
    word: "component",
    aliases: &["area"],
    form: forms::value,
    bare: Bare::Staff,
    usage: "component printing [12 …]",
    what: "the area that it is about",
    who: Who::Staff,
    class: Class::Work,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    prio::set(said, Field::Component)
}

#[cfg(test)]
mod tests {
    use crate::command::tests::{Scene, refused};
    use crate::model::decision::What;
    use crate::model::fields::Field;
    use crate::model::refusal::Refusal;
    use crate::model::ticket::Number;

    fn to(value: &str) -> Result<What, Refusal> {
        Ok(What::Set { field: Field::Component, from: None, to: Some(value.into()) })
    }

    #[test]
    fn sets_a_value_of_the_site() {
        for line in ["component: mail server", "area 1: mail server", "component:  mail server, please"] {
            assert_eq!(Scene::new().staff().says(line), to("mail server"), "{line}");
        }
    }

    #[test]
    fn refuses_what_is_so_and_whom_it_may() {
        let scene = || Scene::new().field(Field::Component, "mail server");
        assert_eq!(refused(scene().staff().says("component: mail server")), Refusal::SoAlready(Number(1)));
        let none = What::Set { field: Field::Component, from: Some("mail server".into()), to: None };
        assert_eq!(scene().staff().says("component none"), Ok(none));
        assert_eq!(refused(scene().stranger().says("!component: mail server")), Refusal::NoTicket(Number(1)));
        assert_eq!(refused(scene().requester().says("!component none")), Refusal::StaffOnly);
    }
}
