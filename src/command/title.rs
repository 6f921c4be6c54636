//! `title`: what it is called.

use super::{Bare, Does, Saying, Verb, Who, forms};
use crate::model::decision::What;
use crate::model::fields::{self, Field};
use crate::model::perms::Class;
use crate::model::refusal::Refusal;

pub static VERB: Verb = Verb {
    word: "title",
    aliases: &["retitle", "rename", "subject"],
    form: forms::titled,
    bare: Bare::Staff,
    usage: "title [12]: TEXT",
    what: "what it is called",
    who: Who::Staff,
    class: Class::Work,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    let from = &said.view.ticket.title;
    let words: Vec<&str> = said.order.remark.split_whitespace().collect();
    let to: String = words.join(" ").chars().filter(|c| !c.is_control()).take(fields::LONGEST).collect();
    if to.is_empty() {
        return Err(Refusal::Form { usage: VERB.usage });
    }
    if *from == to {
        return Err(Refusal::SoAlready(said.view.ticket.number));
    }
    Ok(vec![What::Set { field: Field::Title, from: Some(from.clone()), to: Some(to) }])
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
    fn calls_it_so() {
        let to =
            What::Set { field: Field::Title, from: Some("No ink".into()), to: Some("No: paper!".into()) };
        for text in ["title: No: paper!", "rename 1: No:  paper!", "Subject : No: paper!"] {
            assert_eq!(Scene::new().staff().says(text), Ok(to.clone()), "{text}");
        }
    }

    #[test]
    fn refuses_the_rest() {
        assert_eq!(refused(Scene::new().staff().says("title: No ink")), Refusal::SoAlready(Number(1)));
        assert_eq!(refused(Scene::new().requester().says("!title: Fire")), Refusal::StaffOnly);
        for text in ["title", "title:", "title No ink", "subject to change"] {
            assert!(line::read(text, true).orders.is_empty(), "{text}");
        }
    }
}
