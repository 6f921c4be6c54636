//! `wait`: nothing can be done for now: until a day, or until its requester answers.

use super::{Bare, Does, Saying, Verb, Who, due, forms, prio};
use crate::model::decision::What;
use crate::model::fields::Field;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;

pub static VERB: Verb = Verb {
    word: "wait",
    aliases: &["hold", "stall"],
    form: forms::wait,
    bare: Bare::Staff,
    usage: "wait [12 …] [until friday | for user]",
    what: "nothing can be done until that day, or until the requester answers; `wait off` ends it",
    who: Who::Staff,
    class: Class::Work,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    let word = said.order.words.first().map_or("", String::as_str);
    let to = match word {
        "" => Some("later".to_owned()),
        word if forms::WAITED_FOR.contains(&word) => Some("user".to_owned()),
        word if forms::is_none(word) => None,
        word => Some(due::day(said, word)?.to_string()),
    };
    prio::change(said, Field::Wait, to)
}

#[cfg(test)]
mod tests {
    use crate::command::line;
    use crate::command::tests::{Scene, refused};
    use crate::model::decision::What;
    use crate::model::fields::Field;
    use crate::model::refusal::Refusal;

    #[test]
    fn waits_for_a_day_for_the_user_or_for_later() {
        for (text, value) in [
            ("wait", "later"),
            ("hold 1", "later"),
            ("wait for user", "user"),
            ("stall for the requester, please", "user"),
            ("wait until 2026-12-01", "2026-12-01"),
            ("wait 1 until friday", "2026-11-27"),
            ("wait 3d", "2026-11-24"),
            ("Wait: until 1 dec.", "2026-12-01"),
        ] {
            let to = What::Set { field: Field::Wait, from: None, to: Some(value.into()) };
            assert_eq!(Scene::new().staff().says(text), Ok(to), "{text}");
        }
        let off = What::Set { field: Field::Wait, from: Some("user".into()), to: None };
        assert_eq!(Scene::new().field(Field::Wait, "user").staff().says("wait off"), Ok(off));
    }

    #[test]
    fn refuses_days_gone_by_and_no_sentence_is_one() {
        let past = refused(Scene::new().staff().says("wait until 2026-11-20"));
        assert_eq!(past, Refusal::Past("2026-11-20".into()));
        assert_eq!(refused(Scene::new().requester().says("!wait")), Refusal::StaffOnly);
        for text in ["wait until the printer arrives", "hold the line", "wait a moment"] {
            assert!(line::read(text, true).orders.is_empty(), "{text}");
        }
    }
}
