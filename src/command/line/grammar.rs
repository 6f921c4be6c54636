//! One line as a command: the verb at its start, and what the verb's own form makes of what follows. In comes a line,
//! out comes what it says when it is a command from its first to its last word, else nothing. Never guesses; knows no
//! other line and no ticket.

use crate::command::forms::{Args, Tail};
use crate::command::{TABLE, Verb};

/// A line that is a command from end to end.
pub(super) struct Found {
    pub verb: &'static Verb,
    pub args: Args,
}

/// Reads a whole line: `plain` is tidied, `written` is the same line as it came, from which remarks are cut. `marked`
/// says that an exclamation mark stood in front.
pub(super) fn parse(plain: &str, written: &str, marked: bool) -> Option<Found> {
    verbs_of(plain).into_iter().find_map(|(verb, after)| {
        let after = after.trim_start();
        let (colon, plain) = after.strip_prefix(':').map_or((false, after), |rest| (true, rest));
        let args = (verb.form)(&Tail { plain, written, colon, marked })?;
        Some(Found { verb, args })
    })
}

/// The verb at the start of a line and what follows it; the longest word wins, so that "assign me" is not "assign". Two
/// verbs may have one word for different things, as "show" is said of tickets and of files.
fn verbs_of(plain: &str) -> Vec<(&'static Verb, &str)> {
    let all: Vec<(usize, &'static Verb)> = TABLE
        .iter()
        .flat_map(|verb| verb.words().map(move |word| (*verb, word)))
        .filter(|(_, word)| {
            let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
            plain.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
                && plain.get(word.len()..).is_some_and(ends)
        })
        .map(|(verb, word)| (word.len(), verb))
        .collect();
    let longest = all.iter().map(|(length, _)| *length).max().unwrap_or(0);
    let those = all.into_iter().filter(|(length, _)| *length == longest);
    those.filter_map(|(length, verb)| Some((verb, plain.get(length..)?))).collect()
}

/// What clients do to a typed line is undone: odd blanks, curly quotes, invisible characters. Blanks at its ends go.
pub(super) fn tidy(line: &str) -> String {
    let plain: String = line
        .chars()
        .filter(|c| !matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{ad}'))
        .map(|c| match c {
            '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' => '\'',
            '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' => '"',
            c if c.is_whitespace() => ' ',
            c => c,
        })
        .collect();
    plain.trim().to_owned()
}
