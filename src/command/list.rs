//! `list`: which tickets there are, by mail: staff see all, everybody else those that he has a part in.

use super::{Bare, Does, Question, Verb, Who, forms};
use crate::model::fields::LONGEST;
use crate::model::perms::Class;

pub static VERB: Verb = Verb {
    word: "list",
    aliases: &[],
    form: sort,
    bare: Bare::Alone,
    usage: "list [open | mine | waiting | due | new | closed | milestone autumn | text printer]",
    what: "which tickets there are, by mail",
    who: Who::Anyone,
    class: Class::Own,
    does: Does::Ask(Question::List),
};

/// What can be listed besides milestones; the first is meant when nothing is said.
pub const SORTS: [&str; 6] = ["open", "mine", "waiting", "due", "new", "closed"];
/// What stands before the name of one.
const MILESTONE: &str = "milestone";

fn sort(tail: &forms::Tail<'_>) -> Option<forms::Args> {
    let mut words = tail.plain.split_whitespace();
    if words.next().is_some_and(|first| first.eq_ignore_ascii_case(MILESTONE)) {
        let name = words.collect::<Vec<_>>().join(" ");
        let name = name.trim_matches('"');
        let right = !name.is_empty() && name.chars().count() <= LONGEST;
        return right.then(|| forms::Args {
            words: vec![MILESTONE.to_owned(), name.to_owned()],
            ..forms::Args::default()
        });
    }
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
        let reading = line::read("list Milestone \"autumn term 26\"", true);
        assert_eq!(reading.orders.first().unwrap().words, ["milestone", "autumn term 26"]);
        for text in ["list 12", "list of things", "list mine open", "list milestone"] {
            assert!(line::read(text, true).orders.is_empty(), "{text}");
        }
    }
}
