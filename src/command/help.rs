//! `help`: what can be said to this robot. It touches no ticket; deciding answers it with the help letter.

use super::{Bare, Does, Question, Verb, Who, forms};
use crate::model::perms::Class;

pub static VERB: Verb = Verb {
    word: "help",
    aliases: &[],
    form: forms::alone,
    bare: Bare::Alone,
    usage: "help",
    what: "this list, by mail",
    who: Who::Anyone,
    class: Class::Open,
    does: Does::Ask(Question::Help),
};

#[cfg(test)]
mod tests {
    use super::VERB;

    #[test]
    fn changes_no_ticket() {
        assert!(VERB.is_question());
    }
}
