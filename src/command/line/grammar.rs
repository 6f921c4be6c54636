//! One line as a command: verb, tickets, person, words. In comes a line, out comes what it says when it is a command
//! from its first to its last word, else nothing. Never guesses; knows no other line and no ticket.

use crate::command::{Shape, TABLE, Verb};
use crate::model::ticket::Number;
use std::collections::BTreeSet;

/// A line that is a command from end to end.
pub(super) struct Found {
    pub verb: &'static Verb,
    pub tickets: Vec<Number>,
    pub who: Option<String>,
    pub remark: String,
}

impl Found {
    fn new(verb: &'static Verb) -> Found {
        Found { verb, tickets: Vec::new(), who: None, remark: String::new() }
    }
}

/// Reads a whole line: `plain` is tidied, `written` is the same line as it came, from which remarks are cut. `marked`
/// says that an exclamation mark stood in front.
pub(super) fn parse(plain: &str, written: &str, marked: bool) -> Option<Found> {
    let (verb, after) = verb_of(plain)?;
    let after = after.trim_start();
    let (colon, after) = after.strip_prefix(':').map_or((false, after), |rest| (true, rest));
    let found = Found::new(verb);
    match verb.shape {
        Shape::Alone => polite(after).is_empty().then_some(found),
        Shape::Words => {
            let words = polite(after).trim();
            // no colon, no search: "search the cellar" is a sentence
            let meant = (colon || marked) && words.contains(char::is_alphanumeric);
            meant.then(|| Found { remark: words.to_owned(), ..found })
        }
        Shape::Tickets => Some(Found { tickets: tickets(polite(after))?, ..found }),
        Shape::TicketsText => tickets_text(found, after, colon, written),
        Shape::PersonTickets => person_tickets(found, polite(after)),
    }
}

/// `12 15`, `12: text`, and after a colon also plain text.
fn tickets_text(found: Found, after: &str, colon: bool, written: &str) -> Option<Found> {
    if let Some(tickets) = tickets(polite(after)) {
        return Some(Found { tickets, ..found });
    }
    let named = after.split_once(':').and_then(|(head, _)| tickets(head)).filter(|named| !named.is_empty());
    let colons = usize::from(colon) + usize::from(named.is_some());
    // no colon, no text: "close the window first" is a sentence
    let remark = written.splitn(colons + 1, ':').nth(colons).filter(|_| colons > 0)?;
    Some(Found { tickets: named.unwrap_or_default(), remark: remark.trim().to_owned(), ..found })
}

/// `ann 12`, `12 ann`, `12 to ann`: one word that is no number, wherever it stands.
fn person_tickets(found: Found, after: &str) -> Option<Found> {
    let mut words = words(after).filter(|word| !word.eq_ignore_ascii_case("to"));
    let mut numbers = Vec::new();
    let mut who = None;
    words.try_for_each(|word| match Number::parse(word) {
        Some(number) => {
            numbers.push(number);
            Some(())
        }
        None if who.is_none() && is_name(word) => {
            who = Some(word.trim_matches('"').trim_matches('\'').to_owned());
            Some(())
        }
        None => None,
    })?;
    who.is_some().then(|| Found { tickets: once_each(numbers), who, ..found })
}

/// A login or an address, as far as can be told without knowing anybody.
fn is_name(word: &str) -> bool {
    word.len() <= 254
        && word.chars().any(char::is_alphabetic)
        && !word.contains([':', ';', '#', '(', ')', '!', '?', '/', '<', '>'])
}

/// Ticket numbers and nothing else.
fn tickets(text: &str) -> Option<Vec<Number>> {
    words(text).map(Number::parse).collect::<Option<Vec<_>>>().map(once_each)
}

fn once_each(mut numbers: Vec<Number>) -> Vec<Number> {
    let mut seen = BTreeSet::new();
    numbers.retain(|number| seen.insert(*number));
    numbers
}

pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty())
}

/// The verb at the start of a line and what follows it; the longest word wins, so that "assign me" is not "assign".
fn verb_of(plain: &str) -> Option<(&'static Verb, &str)> {
    TABLE
        .iter()
        .flat_map(|verb| verb.words().map(move |word| (*verb, word)))
        .filter(|(_, word)| {
            let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
            plain.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
                && plain.get(word.len()..).is_some_and(ends)
        })
        .max_by_key(|(_, word)| word.len())
        .and_then(|(verb, word)| Some((verb, plain.get(word.len()..)?)))
}

/// What people add out of politeness comes off the end.
fn polite(mut text: &str) -> &str {
    loop {
        let bare = text.trim_end_matches(|c: char| c.is_whitespace() || ".!,".contains(c));
        let shorter = ["please", "thanks", "thank you"].iter().find_map(|word| {
            let at = bare.len().checked_sub(word.len())?;
            let (before, end) = bare.split_at_checked(at)?;
            let whole = before.is_empty() || before.ends_with([' ', ',', '.', '!']);
            (whole && end.eq_ignore_ascii_case(word)).then_some(before)
        });
        match shorter {
            Some(before) => text = before,
            None => return bare,
        }
    }
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
