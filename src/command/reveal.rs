//! `reveal`, mostly said as `show FILE`: what changed in those files is shown in a session's log from now on, whatever its
//! admin chose. With it the form that `hide` shares: a session's number where the mail answers none of its letters, then
//! files, each as its path, the end of its path, or a directory with a slash behind it; or typed commands by their numbers.

use super::forms::{Args, Tail, polite};
use super::{Bare, Does, Verb, Who};
use crate::limits;
use crate::model::perms::Class;

pub static VERB: Verb = Verb {
    word: "reveal",
    aliases: &["show", "unhide"],
    form: files,
    bare: Bare::Staff,
    usage: "reveal [SESSION] /FILE …",
    what: "shows those files of a session (said as show /FILE too), or command 3",
    who: Who::Staff,
    class: Class::Work,
    does: Does::Display(true),
};

/// What is to be shown or hidden.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meant {
    pub session: Option<u64>,
    pub files: Vec<String>,
    /// Typed commands, by number from 1.
    pub commands: Vec<u64>,
}

/// `show /etc/fstab`, `hide 17 /var/cache/`, `hide commands 3-5 7`, `show: fstab`. A word without a slash is a file's only
/// where a colon or an exclamation mark says that this is no sentence.
pub(super) fn files(tail: &Tail<'_>) -> Option<Args> {
    let words = quoted(polite(tail.plain))?;
    let meant = meant(&words)?;
    let right = tail.colon || tail.marked || meant.files.iter().all(|file| file.contains('/'));
    right.then(|| Args { words, ..Args::default() })
}

/// What the words of such a command mean.
pub fn meant(words: &[String]) -> Option<Meant> {
    let mut meant = Meant::default();
    let mut words = words.iter().map(String::as_str).peekable();
    words.next_if(|word| word.eq_ignore_ascii_case("session"));
    meant.session = words.next_if(|word| number(word).is_some()).and_then(number);
    if words.next_if(|word| ["command", "commands"].iter().any(|c| c.eq_ignore_ascii_case(word))).is_some() {
        for word in words {
            let (first, last) = word.split_once('-').unwrap_or((word, word));
            let (first, last) = (number(first)?, number(last)?);
            // one more than there may be is enough to see that there are too many
            meant.commands.extend((first..=last).take(limits::SESSION_EDITS + 1));
            // … and of many ranges each would add as much, before anybody knows who wrote them
            if meant.commands.len() > limits::SESSION_EDITS {
                return None;
            }
        }
    } else {
        meant.files = words.map(str::to_owned).collect();
    }
    let counted = meant.files.len() + meant.commands.len();
    let named = meant.files.iter().all(|file| number(file).is_none());
    (named && (1..=limits::SESSION_EDITS).contains(&counted)).then_some(meant)
}

fn number(word: &str) -> Option<u64> {
    let digits = word.strip_prefix('#').unwrap_or(word);
    let right = (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|n| right && *n > 0)
}

/// The words of a line; one in quotes may hold blanks. `None` when a quote has no end.
fn quoted(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    for (at, part) in line.split('"').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            let bare = part.split([' ', ',']).filter(|word| !word.is_empty());
            words.extend(bare.filter(|word| !word.eq_ignore_ascii_case("and")).map(str::to_owned));
        }
    }
    line.matches('"').count().is_multiple_of(2).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::{Meant, meant};
    use crate::command::line;
    use crate::limits;

    fn read(text: &str) -> Option<(&'static str, Meant)> {
        let reading = line::read(text, true);
        let order = reading.orders.first()?;
        meant(&order.words).map(|meant| (order.verb.word, meant))
    }

    fn of(session: Option<u64>, files: &[&str], commands: &[u64]) -> Meant {
        let files = files.iter().map(|f| (*f).to_owned()).collect();
        Meant { session, files, commands: commands.to_vec() }
    }

    #[test]
    fn files_and_commands_are_named_and_sentences_are_left_alone() {
        for (text, verb, wanted) in [
            ("show /etc/fstab", "reveal", of(None, &["/etc/fstab"], &[])),
            (
                "Show 17 /etc/fstab etc/motd, please.",
                "reveal",
                of(Some(17), &["/etc/fstab", "etc/motd"], &[]),
            ),
            (
                "hide session #17 /var/cache/ and /var/tmp/",
                "hide",
                of(Some(17), &["/var/cache/", "/var/tmp/"], &[]),
            ),
            ("hide \"/srv/a b\"\n\nNot for everybody.", "hide", of(None, &["/srv/a b"], &[])),
            ("hide: motd", "hide", of(None, &["motd"], &[])),
            ("!show motd", "reveal", of(None, &["motd"], &[])),
            ("hide commands 3-5 7", "hide", of(None, &[], &[3, 4, 5, 7])),
            ("unhide 17 command 3", "reveal", of(Some(17), &[], &[3])),
        ] {
            assert_eq!(read(text), Some((verb, wanted)), "{text}");
        }
        for text in [
            "hide",
            "hide 17",
            "hide it",
            "hide the /etc/fstab",
            "show me /etc",
            "hide commands",
            "hide \"/a",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        // of numbers alone it is the ticket that is shown
        assert_eq!(line::read("show 17", true).orders[0].verb.word, "show");
    }

    /// What is more is not run at all: whoever hides a thousand commands must not believe that all of them are hidden.
    #[test]
    fn one_line_names_as_many_as_it_may_and_no_more() {
        let most = limits::SESSION_EDITS;
        for (n, is_taken) in [(most - 1, true), (most, true), (most + 1, false), (999_999_999, false)] {
            let taken = read(&format!("hide commands 1-{n}")).map(|(_, m)| m.commands.len());
            assert_eq!(taken, is_taken.then_some(n), "1-{n}");
        }
        for (n, is_taken) in [(most - 1, true), (most, true), (most + 1, false)] {
            let halves = read(&format!("hide commands 1-{} 2000-{}", n / 2, 1_999 + n - n / 2));
            assert_eq!(halves.is_some(), is_taken, "{n} in two pieces");
            let files = "/a ".repeat(n);
            assert_eq!(read(&format!("hide {files}")).is_some(), is_taken, "{n} files");
        }
    }
}
