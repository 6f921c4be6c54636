//! `severity`: how much it hurts, as its requester sees it; kept apart from the priority that staff give.

use super::{Bare, Does, Saying, Verb, Who, forms, prio};
use crate::model::decision::What;
use crate::model::fields::Field;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;

pub static VERB: Verb = Verb {
    word: "severity",
    aliases: &["sev"],
    form: forms::value,
    bare: Bare::Staff,
    usage: "severity serious [12 …]",
    what: "how much it hurts, as the requester sees it",
    who: Who::RequesterOrStaff,
    class: Class::Own,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    prio::set(said, Field::Severity)
}

#[cfg(test)]
mod tests {
    use crate::command::tests::{Scene, refused};
    use crate::model::decision::What;
    use crate::model::fields::Field;
    use crate::model::refusal::Refusal;
    use crate::model::ticket::Number;

    fn to(value: &str) -> Result<What, Refusal> {
        Ok(What::Set { field: Field::Severity, from: None, to: Some(value.into()) })
    }

    #[test]
    fn sets_a_value_of_the_site() {
        for line in ["severity serious", "sev 1 SERIOUS", "severity: serious", "Severity 1: serious."] {
            assert_eq!(Scene::new().staff().says(line), to("serious"), "{line}");
        }
    }

    #[test]
    fn refuses_what_is_so_and_whom_it_may() {
        let scene = || Scene::new().field(Field::Severity, "serious");
        assert_eq!(refused(scene().staff().says("severity: serious")), Refusal::SoAlready(Number(1)));
        let none = What::Set { field: Field::Severity, from: Some("serious".into()), to: None };
        assert_eq!(scene().staff().says("severity none"), Ok(none));
        assert_eq!(refused(scene().stranger().says("!severity serious")), Refusal::NoTicket(Number(1)));
        assert!(scene().requester().says("!severity minor").is_ok());
    }
}
