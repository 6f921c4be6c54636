//! `assign`: the ticket becomes somebody's on staff, by login, address, another of the addresses, or the unique
//! beginning of a login.

use super::{Bare, Does, Saying, Verb, Who, forms, take};
use crate::model::decision::What;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;

pub static VERB: Verb = Verb {
    word: "assign",
    aliases: &["give", "owner"],
    form: forms::person,
    bare: Bare::Staff,
    usage: "assign WHO [12 …]",
    what: "it is that person's now; WHO is a login, its beginning, or an address",
    who: Who::Staff,
    class: Class::Work,
    does: Does::Change(act),
};

/// So many names are offered when a word could mean several people.
const CHOICES: usize = 5;

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    let own = said.vouched.login().ok_or(Refusal::StaffOnly)?;
    let Some(word) = said.order.people.first() else { return Err(Refusal::Form { usage: VERB.usage }) };
    match said.robot.by_word(word) {
        Ok(member) => take::give(said, &member.login),
        Err(_) if word.eq_ignore_ascii_case("me") => take::give(said, own),
        Err(close) => Err(Refusal::WhoIs {
            word: word.to_owned(),
            close: close.iter().take(CHOICES).map(|member| member.login.clone()).collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use crate::command::tests::{Scene, refused};
    use crate::model::decision::What;
    use crate::model::refusal::Refusal;
    use crate::model::ticket::Number;

    #[test]
    fn finds_people_by_every_name() {
        for line in [
            "assign bob",
            "Assign: Bob 1",
            "give b@staff.example #1",
            "owner robert@home.example",
            "assign @bob",
            "assign 1 to bo",
            "assign “bob” please",
            "assign to bob.",
        ] {
            let to_bob = What::Owner { from: None, to: Some("bob".into()) };
            assert_eq!(Scene::new().staff().says(line), Ok(to_bob), "{line}");
        }
        let to_ann = What::Owner { from: None, to: Some("ann".into()) };
        assert_eq!(Scene::new().staff().says("give 1 to me"), Ok(to_ann));
    }

    #[test]
    fn never_guesses_whom() {
        let who = |word: &str, close: &[&str]| Refusal::WhoIs {
            word: word.into(),
            close: close.iter().map(|c| (*c).to_owned()).collect(),
        };
        assert_eq!(refused(Scene::new().staff().says("assign an")), who("an", &["ann", "andy"]));
        assert_eq!(refused(Scene::new().staff().says("assign zoe")), who("zoe", &[]));
        assert_eq!(
            refused(Scene::new().owner("bob").staff().says("assign bob")),
            Refusal::SoAlready(Number(1))
        );
        assert_eq!(refused(Scene::new().requester().says("!assign bob")), Refusal::StaffOnly);
    }
}
