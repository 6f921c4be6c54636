//! `undo`: takes back all that the sender's last mail changed, as one.

use super::{Bare, Does, Verb, Who, forms};
use crate::model::perms::Class;

pub static VERB: Verb = Verb {
    word: "undo",
    aliases: &[],
    form: forms::alone,
    bare: Bare::Anyone,
    usage: "undo",
    what: "takes back what your last mail changed",
    who: Who::Anyone,
    class: Class::Own,
    does: Does::Undo,
};

#[cfg(test)]
mod tests {
    use crate::command::line;

    #[test]
    fn stands_alone() {
        for (text, found) in [("undo", true), ("Undo, please.", true), ("undo it", false), ("undo 12", false)]
        {
            assert_eq!(!line::read(text, true).orders.is_empty(), found, "{text}");
        }
    }
}
