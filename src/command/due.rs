//! `due`: the day by which it is to be done; the nearer it is, the further up the ticket stands.

use super::day::Day;
use super::{Bare, Does, Saying, Verb, Who, forms, prio};
use crate::model::decision::What;
use crate::model::fields::Field;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;
use jiff::civil::Date;

pub static VERB: Verb = Verb {
    word: "due",
    aliases: &["deadline"],
    form: forms::day,
    bare: Bare::Staff,
    usage: "due friday [12 …], due 2026-12-01 [12 …]",
    what: "the day by which it is to be done; `due none` takes it off",
    who: Who::Staff,
    class: Class::Work,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    let word = said.order.words.first().map_or("", String::as_str);
    let to = if forms::is_none(word) { None } else { Some(day(said, word)?.to_string()) };
    prio::change(said, Field::Due, to)
}

/// The day that is meant, which is not over.
pub(super) fn day(said: &Saying<'_>, word: &str) -> Result<Date, Refusal> {
    let day = Day::parse(word).and_then(|day| day.from(said.today));
    let day = day.ok_or(Refusal::Form { usage: said.order.verb.usage })?;
    if day < said.today { Err(Refusal::Past(day.to_string())) } else { Ok(day) }
}

#[cfg(test)]
mod tests {
    use crate::command::line;
    use crate::command::tests::{Scene, refused};
    use crate::model::decision::What;
    use crate::model::fields::Field;
    use crate::model::refusal::Refusal;
    use crate::model::ticket::Number;

    #[test]
    fn sets_a_day() {
        let to = Ok(What::Set { field: Field::Due, from: None, to: Some("2026-11-27".into()) });
        for text in ["due friday", "due 1 friday", "due by 2026-11-27", "deadline: 27.11.", "due in 6 days"] {
            assert_eq!(Scene::new().staff().says(text), to, "{text}");
        }
        let scene = || Scene::new().field(Field::Due, "2026-11-27").staff();
        assert_eq!(refused(scene().says("due friday")), Refusal::SoAlready(Number(1)));
        let none = What::Set { field: Field::Due, from: Some("2026-11-27".into()), to: None };
        assert_eq!(scene().says("due none"), Ok(none));
    }

    #[test]
    fn refuses_the_rest() {
        assert_eq!(refused(Scene::new().staff().says("due 2026-11-20")), Refusal::Past("2026-11-20".into()));
        assert_eq!(refused(Scene::new().requester().says("!due friday")), Refusal::StaffOnly);
        assert!(line::read("due to the storm", true).orders.is_empty());
    }
}
