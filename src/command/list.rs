//! `list`: which tickets there are, by mail: staff see all, everybody else those that he has a part in.

use super::{Bare, Does, Question, Verb, Who, forms};
use crate::model::perms::Class;

pub static VERB: Verb = Verb {
    word: "list",
    aliases: &[],
    form: sort,
    bare: Bare::Alone,
    usage: "list [open | mine | waiting | due | new | closed]",
    what: "which tickets there are, by mail",
    who: Who::Anyone,
    class: Class::Own,
    does: Does::Ask(Question::List),
};

/// What can be listed; the first is meant when nothing is said.
pub const SORTS: [&str; 6] = ["open", "mine", "waiting", "due", "new", "closed"];

fn sort(tail: &forms::Tail<'_>) -> Option<forms::Args> {
    forms::one_of(tail, &SORTS).filter(|args| args.tickets.is_empty())
}

#[cfg(test)]
mod tests {
    use crate::command::line;

    #[test]
    fn takes_one_sort() {
        for (text, words) in [("list", vec![]), ("list mine", vec!["mine"]), ("!List DUE", vec!["due"])] {
            let reading = line::read(text, true);
            let order = reading.orders.first().unwrap_or_else(|| panic!("{text}"));
            assert_eq!(order.words, words, "{text}");
        }
        for text in ["list 12", "list of things", "list mine open"] {
            assert!(line::read(text, true).orders.is_empty(), "{text}");
        }
    }
}
