//! `take`: the ticket becomes the sender's.

use super::{Bare, Does, Saying, Verb, Who, forms};
use crate::model::decision::What;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;

pub static VERB: Verb = Verb {
    word: "take",
    aliases: &["mine", "claim", "assign me"],
    form: forms::numbers,
    bare: Bare::Anyone,
    usage: "take [12 …]",
    what: "it is yours now",
    who: Who::Staff,
    class: Class::Work,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    let login = said.vouched.login().ok_or(Refusal::StaffOnly)?;
    give(said, login)
}

/// The ticket gets that owner, whoever had it before; not while somebody else works on it than who says it, or gets it.
pub(super) fn give(said: &Saying<'_>, login: &str) -> Result<Vec<What>, Refusal> {
    let owner = &said.view.ticket.owner;
    if owner.as_deref() == Some(login) {
        return Err(Refusal::SoAlready(said.view.ticket.number));
    }
    said.not_kept_out(&[login, said.vouched.login().unwrap_or_default()])?;
    Ok(vec![What::Owner { from: owner.clone(), to: Some(login.to_owned()) }])
}

#[cfg(test)]
mod tests {
    use crate::command::tests::{Scene, refused};
    use crate::model::decision::What;
    use crate::model::refusal::Refusal;
    use crate::model::ticket::Number;

    #[test]
    fn takes_from_nobody_and_from_others() {
        for line in ["take", "mine 1", "claim #1", "assign me", "Assign me 1"] {
            let to_ann = What::Owner { from: None, to: Some("ann".into()) };
            assert_eq!(Scene::new().staff().says(line), Ok(to_ann), "{line}");
        }
        let from_bob = What::Owner { from: Some("bob".into()), to: Some("ann".into()) };
        assert_eq!(Scene::new().owner("bob").staff().says("take"), Ok(from_bob));
    }

    #[test]
    fn refuses_whom_it_belongs_to_and_strangers() {
        assert_eq!(refused(Scene::new().owner("ann").staff().says("take")), Refusal::SoAlready(Number(1)));
        assert_eq!(refused(Scene::new().requester().says("take")), Refusal::StaffOnly);
    }
}
