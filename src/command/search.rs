//! `search`: which tickets have these words? It touches no ticket; deciding answers it with a letter. Without `!` the
//! colon has to be there: "search the cellar" is a sentence.

use super::{Bare, Does, Question, Verb, Who, forms};
use crate::model::perms::Class;

pub static VERB: Verb = Verb {
    word: "search",
    aliases: &[],
    form: forms::text,
    bare: Bare::Alone,
    usage: "search: WORDS",
    what: "tickets that have these words, by mail; works as a subject too",
    who: Who::Anyone,
    class: Class::Open,
    does: Does::Ask(Question::Search),
};

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
            "research: x",
            "search: printer\n\nIt stands in the cellar, please have a look.",
        ] {
            assert!(line::read(text, false).orders.is_empty(), "{text}");
        }
        assert!(line::read("!search", false).orders.is_empty());
    }
}
