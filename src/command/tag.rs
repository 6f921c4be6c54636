//! `tag`: keywords, free for staff to choose.

use super::{Bare, Does, Saying, Verb, Who, forms};
use crate::limits;
use crate::model::decision::What;
use crate::model::perms::Class;
use crate::model::refusal::Refusal;
use std::collections::BTreeSet;

pub static VERB: Verb = Verb {
    word: "tag",
    aliases: &["label", "keyword"],
    form: forms::keywords,
    bare: Bare::Staff,
    usage: "tag +ink -paper [12 …], tag =ink",
    what: "adds and removes keywords; = leaves only these",
    who: Who::Staff,
    class: Class::Work,
    does: Does::Change(act),
};

fn act(said: &Saying<'_>) -> Result<Vec<What>, Refusal> {
    let before = &said.view.ticket.tags;
    let mut after: BTreeSet<String> = before.iter().cloned().collect();
    let only = said.order.words.iter().any(|word| word.starts_with('='));
    if only {
        after.clear();
    }
    for word in &said.order.words {
        let bare = word.trim_start_matches(['+', '-', '=']);
        match word.strip_prefix('-') {
            Some(_) => after.remove(bare),
            None => after.insert(bare.to_owned()),
        };
    }
    if after.len() > limits::TAGS {
        return Err(Refusal::TooManyTags(limits::TAGS));
    }
    let added: Vec<String> = after.iter().filter(|word| !before.contains(word)).cloned().collect();
    let removed: Vec<String> = before.iter().filter(|word| !after.contains(*word)).cloned().collect();
    if added.is_empty() && removed.is_empty() {
        return Err(Refusal::SoAlready(said.view.ticket.number));
    }
    Ok(vec![What::Tagged { added, removed }])
}

#[cfg(test)]
mod tests {
    use crate::command::line;
    use crate::command::tests::{Scene, refused};
    use crate::model::decision::What;
    use crate::model::refusal::Refusal;
    use crate::model::ticket::Number;

    fn tagged(added: &[&str], removed: &[&str]) -> What {
        let all = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect();
        What::Tagged { added: all(added), removed: all(removed) }
    }

    #[test]
    fn adds_removes_and_replaces() {
        for (text, added, removed) in [
            ("tag +Cellar", &["cellar"][..], &[][..]),
            ("tag cellar", &["cellar"], &[]),
            ("label 1 +cellar -ink", &["cellar"], &["ink"]),
            ("tag =cellar", &["cellar"], &["ink"]),
            ("tag: cellar, roof", &["cellar", "roof"], &[]),
            ("keyword -ink", &[], &["ink"]),
        ] {
            assert_eq!(Scene::new().tagged("ink").staff().says(text), Ok(tagged(added, removed)), "{text}");
        }
    }

    #[test]
    fn refuses_the_rest() {
        let same = Scene::new().tagged("ink").staff().says("tag +ink");
        assert_eq!(refused(same), Refusal::SoAlready(Number(1)));
        assert_eq!(refused(Scene::new().requester().says("!tag ink")), Refusal::StaffOnly);
        for text in ["tag the printers", "tag", "label on the box", "tag +"] {
            assert!(line::read(text, true).orders.is_empty(), "{text}");
        }
    }
}
