//! `private`: known to nobody but its people and staff.

use super::forms::{Args, Tail};
use super::{Bare, Does, Saying, Verb, Who, forms, prio};
use crate::model::decision::What;
use crate::model::fields::Field;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;

pub static VERB: Verb = Verb {
    word: "private",
    aliases: &["public"],
    form: read,
    bare: Bare::Anyone,
    usage: "private [12 …], public [12 …]",
    what: "only its people and staff may know of it; `public` ends it",
    who: Who::RequesterOrStaff,
    class: Class::Own,
    does: Does::Change(act),
};

/// The two words are one verb; which of them was said is kept as its word.
fn read(tail: &Tail<'_>) -> Option<Args> {
    let args = forms::one_of(tail, &["on", "off", "yes", "no"])?;
    let said = tail.written.trim_start_matches(['!', ' ', '\u{feff}']).to_lowercase();
    let off = args.words.first().is_some_and(|w| forms::is_none(w));
    let public = said.starts_with("public") != off;
    Some(Args { words: vec![if public { "public" } else { "private" }.to_owned()], ..args })
}

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    let public = said.order.words.iter().any(|word| word == "public");
    prio::change(said, Field::Private, (!public).then(|| "yes".to_owned()))
}

#[cfg(test)]
mod tests {
    use crate::command::tests::{Scene, refused};
    use crate::model::decision::What;
    use crate::model::fields::Field;
    use crate::model::refusal::Refusal;
    use crate::model::ticket::Number;

    #[test]
    fn hides_and_shows() {
        let hidden = What::Set { field: Field::Private, from: None, to: Some("yes".into()) };
        for text in ["private", "private 1", "Private on", "!private"] {
            assert_eq!(Scene::new().staff().says(text), Ok(hidden.clone()), "{text}");
        }
        assert_eq!(Scene::new().requester().says("private"), Ok(hidden));
        let shown = What::Set { field: Field::Private, from: Some("yes".into()), to: None };
        for text in ["public", "private off", "!public 1"] {
            let scene = Scene::new().field(Field::Private, "yes");
            assert_eq!(scene.staff().says(text), Ok(shown.clone()), "{text}");
        }
    }

    #[test]
    fn refuses_the_rest() {
        assert_eq!(refused(Scene::new().staff().says("public")), Refusal::SoAlready(Number(1)));
        assert_eq!(refused(Scene::new().named().says("private")), Refusal::NotYours(Number(1)));
    }
}
