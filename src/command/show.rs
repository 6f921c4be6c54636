//! `show`: how a ticket stands, with its text, by mail; to whoever has no part in it its title and state, unless it is
//! private.

use super::{Bare, Does, Question, Verb, Who, forms};
use crate::model::perms::Class;

pub static VERB: Verb = Verb {
    word: "show",
    aliases: &["status"],
    form: forms::numbers,
    bare: Bare::Alone,
    usage: "show [12 …]",
    what: "how it stands and what was said, by mail",
    who: Who::Public,
    class: Class::Own,
    does: Does::Ask(Question::Show),
};

#[cfg(test)]
mod tests {
    use super::VERB;
    use crate::command::line;

    #[test]
    fn asks_and_changes_nothing() {
        assert!(VERB.is_question());
        for (text, found) in
            [("show", 1), ("show 12 15", 1), ("status #12", 1), ("show me", 0), ("Show\n\nText", 0)]
        {
            assert_eq!(line::read(text, true).orders.len(), found, "{text}");
        }
        assert_eq!(line::read("Text\n!show 12", false).orders.len(), 1);
    }
}
