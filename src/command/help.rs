//! `help`: what can be said to this robot, or how one word is said. It touches no ticket; deciding answers it with the
//! help letter, which shows the words in the groups that are made here.

use super::{Bare, Does, Question, Verb, Who, forms};
use crate::model::letter::Group;
use crate::model::perms::Class;

pub static VERB: Verb = Verb {
    word: "help",
    aliases: &[],
    form: read,
    bare: Bare::Alone,
    usage: "help [WORD]",
    what: "this list, by mail, or how that word is said",
    who: Who::Anyone,
    class: Class::Open,
    does: Does::Ask(Question::Help),
};

fn read(tail: &forms::Tail<'_>) -> Option<forms::Args> {
    let about = || {
        let verb = Verb::of(forms::polite(tail.plain).trim())?;
        Some(forms::Args { words: vec![verb.word.to_owned()], ..forms::Args::default() })
    };
    forms::alone(tail).or_else(about)
}

/// The group of a word in the help letter.
pub fn group(word: &str) -> Group {
    match word {
        "close" | "reopen" | "take" | "assign" | "drop" | "wait" | "note" => Group::EveryDay,
        "dup" | "link" | "depends" | "parent" | "merge" | "split" => Group::Others,
        "requester" | "cc" | "remove" | "subscribe" | "unsubscribe" | "mute" | "digest" => Group::People,
        "reveal" | "hide" => Group::Sessions,
        "show" | "list" | "search" | "undo" | "help" => Group::Asking,
        _ => Group::Fields,
    }
}

/// Words for everybody that the short list leaves to `help WORD`.
pub const SELDOM: [&str; 3] = ["digest", "mute", "help"];

#[cfg(test)]
mod tests {
    use super::{SELDOM, VERB, group};
    use crate::command::{TABLE, Who, line};
    use crate::model::letter::Group;

    #[test]
    fn names_one_word_or_none() {
        for (text, word) in [
            ("help", None),
            ("Help, please!", None),
            ("help close", Some("close")),
            ("HELP Done.", Some("close")),
            ("help assign me", Some("take")),
            ("!help undo", Some("undo")),
        ] {
            let reading = line::read(text, false);
            let order = reading.orders.first().unwrap_or_else(|| panic!("{text}"));
            assert_eq!(order.words.first().map(String::as_str), word, "{text}");
        }
        for text in ["help me", "help us close it", "help 12", "Help!\n\nThe printer burns."] {
            assert!(line::read(text, true).orders.is_empty(), "{text}");
        }
    }

    #[test]
    fn the_short_list_is_short() {
        let everybody = TABLE.iter().filter(|v| v.who != Who::Staff && !SELDOM.contains(&v.word));
        assert!(everybody.count() <= 12);
        let daily = TABLE.iter().filter(|v| group(v.word) == Group::EveryDay);
        assert_eq!(daily.count(), 7);
    }

    #[test]
    fn changes_no_ticket() {
        assert!(VERB.is_question());
    }
}
