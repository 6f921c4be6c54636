//! `describe`: the text of this mail tells from now on what the ticket is about; the one before stays in the thread. For
//! staff only, as a note is: whoever asked has said it in words of his own.

use super::{Bare, Does, Verb, Who, forms};
use crate::model::perms::Class;

pub static VERB: Verb = Verb {
    word: "describe",
    aliases: &["description"],
    form: forms::numbers,
    bare: Bare::Staff,
    usage: "describe [12]",
    what: "the text of this mail tells staff what the ticket is about",
    who: Who::Staff,
    class: Class::Work,
    does: Does::Describe,
};

#[cfg(test)]
mod tests {
    use crate::command::line;

    #[test]
    fn leaves_its_text_to_the_mail() {
        for text in ["describe\n\nThe roller is worn.", "!description 12\nThe roller is worn."] {
            let reading = line::read(text, true);
            assert_eq!(reading.orders.first().unwrap().verb.word, "describe");
            assert_eq!(reading.rest, "The roller is worn.");
        }
        assert!(line::read("describe what you see", true).orders.is_empty());
    }
}
