//! `search`: which tickets have these words? It touches no ticket; deciding answers it with a letter. Without `!` the
//! colon has to be there: "search the cellar" is a sentence. `list text` says the same, and begins no sentence.

use super::{Bare, Does, Question, Verb, Who, forms};
use crate::model::perms::Class;

pub static VERB: Verb = Verb {
    word: "search",
    aliases: &[LIST],
    form: words,
    bare: Bare::Alone,
    usage: "search: WORDS",
    what: "tickets that have these words, by mail; works as a subject too",
    who: Who::Anyone,
    class: Class::Open,
    does: Does::Ask(Question::Search),
};

/// The other way to say it.
const LIST: &str = "list text";

fn words(tail: &forms::Tail<'_>) -> Option<forms::Args> {
    let mut said = tail.written.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let marked =
        tail.marked || LIST.split(' ').all(|word| said.next().is_some_and(|w| w.eq_ignore_ascii_case(word)));
    forms::text(&forms::Tail { marked, ..*tail })
}

#[cfg(test)]
mod tests {
    use super::VERB;
    use crate::command::line;

    #[test]
    fn takes_all_words_behind_it_and_changes_no_ticket() {
        for (text, words) in [
            ("search: printer fire", "printer fire"),
            ("Search : 12 fires, please", "12 fires"),
            ("search: x:y", "x:y"),
            ("!search printer", "printer"),
            ("!search: printer", "printer"),
            ("list text printer fire", "printer fire"),
            ("List text: printer, please", "printer"),
            ("Is it known?\n!search “printer”", "\"printer\""),
        ] {
            let reading = line::read(text, false);
            let order = reading.orders.first().unwrap_or_else(|| panic!("{text}: {reading:?}"));
            assert_eq!((order.verb.word, order.remark.as_str()), ("search", words), "{text}");
        }
        assert!(VERB.is_question());
    }

    #[test]
    fn sentences_are_no_searches() {
        for text in [
            "search the cellar",
            "Search is broken.",
            "search:",
            "search",
            "search 12",
            "list text",
            "list text:",
            "list texts of printers",
            "research: x",
            "search: printer\n\nIt stands in the cellar, please have a look.",
        ] {
            assert!(line::read(text, false).orders.is_empty(), "{text}");
        }
        assert!(line::read("!search", false).orders.is_empty());
    }
}
