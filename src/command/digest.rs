//! `digest`: its news once a day or once a week instead of at once, for the sender alone.

use super::{Bare, Does, Saying, Verb, Who, forms, subscribe};
use crate::model::decision::What;
use crate::model::following::Level;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;

pub static VERB: Verb = Verb {
    word: "digest",
    aliases: &[],
    form: read,
    bare: Bare::Anyone,
    usage: "digest [12 …] [daily | weekly | off]",
    what: "its news gathered in one mail a day or a week",
    who: Who::Public,
    class: Class::Subscribe,
    does: Does::Change(act),
};

fn read(tail: &forms::Tail<'_>) -> Option<forms::Args> {
    forms::one_of(tail, &["daily", "weekly", "off", "on"])
}

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    let level = match said.order.words.first().map(String::as_str) {
        Some("weekly") => Level::Weekly,
        Some("off") => Level::Short,
        _ => Level::Daily,
    };
    subscribe::follow(said, level)
}

#[cfg(test)]
mod tests {
    use crate::command::tests::{Scene, address};
    use crate::model::decision::What;
    use crate::model::following::Level;

    #[test]
    fn gathers_the_news() {
        for (text, level) in
            [("digest", Level::Daily), ("digest 1 weekly", Level::Weekly), ("digest daily", Level::Daily)]
        {
            let who = address("ren@users.example");
            let gathered = What::Follows { who, from: Some(Level::Short), to: Some(level) };
            assert_eq!(Scene::new().requester().says(text), Ok(gathered), "{text}");
        }
        assert!(Scene::new().requester().says("digest off").is_err(), "it comes at once already");
    }
}
