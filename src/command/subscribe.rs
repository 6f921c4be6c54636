//! `subscribe`: the sender follows it: anybody may, unless it is private.

use super::{Bare, Does, Saying, Verb, Who, forms};
use crate::model::decision::What;
use crate::model::following::Level;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;
use crate::model::ticket::State;

pub static VERB: Verb = Verb {
    word: "subscribe",
    aliases: &["follow"],
    form: read,
    bare: Bare::Anyone,
    usage: "subscribe [12 …] [short | full | daily | weekly]",
    what: "you get its news; full is for staff, daily and weekly gather them",
    who: Who::Public,
    class: Class::Subscribe,
    does: Does::Change(act),
};

fn read(tail: &forms::Tail<'_>) -> Option<forms::Args> {
    forms::one_of(tail, &["short", "full", "daily", "weekly", "digest"])
}

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    let level = match said.order.words.first().map(String::as_str) {
        Some("digest") => Level::Daily,
        Some(word) => Level::of(word).unwrap_or(Level::Short),
        None => Level::Short,
    };
    follow(said, level)
}

/// The sender follows the ticket so from now on.
pub(super) fn follow(said: &Saying<'_>, level: Level) -> Result<Vec<What>, Refusal> {
    let who = said.vouched.sender().address.clone();
    if level == Level::Full && said.vouched.login().is_none() {
        return Err(Refusal::StaffOnly);
    }
    let from = said.view.level_of(&who);
    if from == Some(level) || said.view.ticket.state == State::Unconfirmed {
        return Err(Refusal::SoAlready(said.view.ticket.number));
    }
    Ok(vec![What::Follows { who, from, to: Some(level) }])
}

#[cfg(test)]
mod tests {
    use crate::command::tests::{Scene, address, refused};
    use crate::model::decision::What;
    use crate::model::fields::Field;
    use crate::model::following::Level;
    use crate::model::refusal::Refusal;
    use crate::model::ticket::Number;

    #[test]
    fn anybody_may_follow_what_is_public() {
        let who = address("evil@elsewhere.example");
        for (text, level) in [
            ("subscribe", Level::Short),
            ("Subscribe 1, please", Level::Short),
            ("follow 1 weekly", Level::Weekly),
            ("subscribe digest", Level::Daily),
        ] {
            let follows = What::Follows { who: who.clone(), from: None, to: Some(level) };
            assert_eq!(Scene::new().stranger().says(text), Ok(follows), "{text}");
        }
    }

    #[test]
    fn refuses_the_rest() {
        let private = Scene::new().field(Field::Private, "yes").stranger().says("subscribe 1");
        assert_eq!(refused(private), Refusal::NoTicket(Number(1)));
        assert_eq!(refused(Scene::new().requester().says("subscribe")), Refusal::SoAlready(Number(1)));
        assert_eq!(refused(Scene::new().stranger().says("subscribe full")), Refusal::StaffOnly);
        assert!(Scene::new().staff().says("subscribe full").is_ok());
    }
}
