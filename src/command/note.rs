//! `note`: text for staff only: what follows on the line, and the rest of the mail.

use super::{Bare, Does, Verb, Who, forms};
use crate::model::perms::Class;

pub static VERB: Verb = Verb {
    word: "note",
    aliases: &[],
    form: forms::numbers_text,
    bare: Bare::Staff,
    usage: "note [12 …] [: TEXT]",
    what: "the text of this mail is for staff only",
    who: Who::Staff,
    class: Class::Work,
    does: Does::Note,
};

#[cfg(test)]
mod tests {
    use crate::command::line;

    #[test]
    fn takes_words_or_leaves_them_to_the_mail() {
        for (text, words, rest) in [
            ("note\n\nThe boss calls daily.", "", "The boss calls daily."),
            ("note: the boss calls daily", "the boss calls daily", ""),
            ("!note 12: the boss", "the boss", ""),
        ] {
            let reading = line::read(text, true);
            let order = reading.orders.first().unwrap();
            assert_eq!(
                (order.verb.word, order.remark.as_str(), reading.rest.as_str()),
                ("note", words, rest)
            );
        }
        assert!(line::read("note that it rains", true).orders.is_empty());
    }
}
