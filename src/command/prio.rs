//! `prio`: how much it matters, as staff see it. What is said here of setting a field from a list of the site's holds for
//! the other such verbs too.

use super::{Bare, Does, Saying, Verb, Who, forms};
use crate::model::decision::What;
use crate::model::fields::Field;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;

pub static VERB: Verb = Verb {
    word: "prio",
    aliases: &["priority"],
    form: forms::value,
    bare: Bare::Staff,
    usage: "prio high [12 …]",
    what: "how much it matters to staff",
    who: Who::Staff,
    class: Class::Work,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    set(said, Field::Priority)
}

/// The field gets the value that the command names, as the site spells it; `none` empties it.
pub(super) fn set(said: &Saying<'_>, field: Field) -> Result<Vec<What>, Refusal> {
    let word = said.order.words.first().map_or("", String::as_str);
    let values = &said.robot.values;
    let to = match values.find(field, word) {
        Some(value) if !forms::is_none(word) => Some(value),
        _ if forms::is_none(word) => None,
        _ => {
            let all = values.of(field).unwrap_or_default().to_vec();
            return Err(Refusal::NoValue { field, word: word.to_owned(), all });
        }
    };
    change(said, field, to)
}

/// The field gets that value, if it has another.
pub(super) fn change(said: &Saying<'_>, field: Field, to: Option<String>) -> Result<Vec<What>, Refusal> {
    let from = said.view.ticket.fields.get(field).map(str::to_owned);
    if from == to {
        return Err(Refusal::SoAlready(said.view.ticket.number));
    }
    Ok(vec![What::Set { field, from, to }])
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
    fn sets_a_value_of_the_site() {
        let to = Ok(What::Set { field: Field::Priority, from: None, to: Some("high".into()) });
        for line in ["prio high", "Priority: HIGH", "prio 1 high", "prio high #1.", "prio 1: high, please"] {
            assert_eq!(Scene::new().staff().says(line), to, "{line}");
        }
        let none = Ok(What::Set { field: Field::Priority, from: Some("high".into()), to: None });
        assert_eq!(Scene::new().field(Field::Priority, "high").staff().says("prio none"), none);
    }

    #[test]
    fn refuses_the_rest() {
        let unknown = refused(Scene::new().staff().says("prio huge"));
        assert!(matches!(&unknown, Refusal::NoValue { word, all, .. } if word == "huge" && all.len() == 4));
        let high = || Scene::new().field(Field::Priority, "high");
        assert_eq!(refused(high().staff().says("prio high")), Refusal::SoAlready(Number(1)));
        assert_eq!(refused(high().requester().says("!prio low")), Refusal::StaffOnly);
    }

    #[test]
    fn sentences_are_no_values() {
        for text in ["prio is what we lack", "priority one is the printer", "prio", "prio high low"] {
            assert!(line::read(text, true).orders.is_empty(), "{text}");
        }
        assert!(line::read("type faster", false).orders.is_empty(), "only staff need no mark");
    }
}
