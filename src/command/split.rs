//! `split`: the text of this mail is a matter of its own: it becomes a new ticket, linked to the one it was written for.

use super::{Bare, Does, Verb, Who, forms};
use crate::model::perms::Class;

pub static VERB: Verb = Verb {
    word: "split",
    aliases: &[],
    form: titled_or_not,
    bare: Bare::Staff,
    usage: "split [: TITLE]",
    what: "the text of this mail becomes a ticket of its own",
    who: Who::Staff,
    class: Class::Work,
    does: Does::Split,
};

fn titled_or_not(tail: &forms::Tail<'_>) -> Option<forms::Args> {
    forms::alone(tail).or_else(|| forms::titled(tail))
}

#[cfg(test)]
mod tests {
    use crate::command::line;

    #[test]
    fn takes_a_title_or_none() {
        for (text, title) in [("split\n\nText", ""), ("split: Paper jam\n\nText", "Paper jam")] {
            let reading = line::read(text, true);
            let order = reading.orders.first().unwrap();
            assert_eq!(
                (order.verb.word, order.remark.as_str(), reading.rest.as_str()),
                ("split", title, "Text")
            );
        }
        assert!(line::read("split the cable", true).orders.is_empty());
    }
}
