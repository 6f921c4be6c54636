//! `mute`: no mail about it, for the sender alone; it stays his.

use super::{Bare, Does, Saying, Verb, Who, forms, subscribe};
use crate::model::decision::What;
use crate::model::following::Level;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;

pub static VERB: Verb = Verb {
    word: "mute",
    aliases: &[],
    form: forms::numbers,
    bare: Bare::Anyone,
    usage: "mute [12 …]",
    what: "no mail about it; what you write still arrives, `subscribe` ends it",
    who: Who::Anyone,
    class: Class::Subscribe,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    subscribe::follow(said, Level::Muted)
}

#[cfg(test)]
mod tests {
    use crate::command::tests::{Scene, address, refused};
    use crate::model::decision::What;
    use crate::model::following::Level;
    use crate::model::refusal::Refusal;
    use crate::model::ticket::Number;

    #[test]
    fn keeps_the_part_and_stops_the_mail() {
        let who = address("ren@users.example");
        let muted = What::Follows { who, from: Some(Level::Short), to: Some(Level::Muted) };
        assert_eq!(Scene::new().requester().says("mute"), Ok(muted));
        assert_eq!(refused(Scene::new().stranger().says("mute 1")), Refusal::NoTicket(Number(1)));
    }
}
