//! Lines that are nearly commands: was one meant, and what is to be said about it. Its answers are told, never run.

use crate::command::forms::words;
use crate::command::{Bare, TABLE, Verb};
use crate::model::refusal::Refusal;
use crate::model::ticket::Number;

/// Whether an unmarked line of a staff member was most likely meant as a command.
pub(super) fn was_meant(plain: &str, first: bool) -> bool {
    let said: Vec<&str> = words(plain).take(7).collect();
    let Some((word, others)) = said.split_first() else { return false };
    let numbers = others.iter().filter(|other| Number::parse(other.trim_end_matches(':')).is_some()).count();
    if let Some(verb) = exact(word) {
        // further down, and with the words of every day, a sentence may well begin so; with a number it hardly does
        return said.len() <= 6 && ((first && (verb.bare == Bare::Anyone || said.len() == 1)) || numbers > 0);
    }
    let letters = word.trim_end_matches([':', '.', '!']);
    let near =
        |most| nearest(letters, most).is_some_and(|verb| !others.is_empty() || same_start(letters, verb));
    // a word alone is more often a greeting: "Hello" is as far from "help" as a typing error
    let most = if others.is_empty() { 1 } else { 2 };
    said.len() <= 3 && letters.len() >= 4 && numbers == others.len() && near(most)
}

fn same_start(a: &str, b: &str) -> bool {
    a.get(..1).zip(b.get(..1)).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
}

/// Why a line that was meant as a command is none.
pub(super) fn why_not(plain: &str) -> Refusal {
    let word = words(plain).next().unwrap_or("");
    match exact(word) {
        Some(verb) => Refusal::Form { usage: verb.usage },
        None => Refusal::Unknown { nearest: nearest(word.trim_end_matches([':', '.', '!']), 2) },
    }
}

/// The verb of exactly that word, punctuation after it left out.
pub(super) fn exact(word: &str) -> Option<&'static Verb> {
    Verb::of(word.trim_end_matches([':', '.', '!']))
}

/// The word of ours that differs least, by at most so many letters changed, added, left out or swapped.
fn nearest(word: &str, most: usize) -> Option<&'static str> {
    let word: Vec<u8> = word.bytes().take(20).map(|b| b.to_ascii_lowercase()).collect();
    TABLE
        .iter()
        .flat_map(|verb| verb.words())
        // a letter more or less is one that was added or left out
        .filter(|known| known.len().abs_diff(word.len()) <= most)
        .map(|known| (distance(&word, known.as_bytes()), known))
        .filter(|(far, known)| *far <= most && *far < known.len().saturating_sub(1))
        .min_by_key(|(far, _)| *far)
        .map(|(_, known)| known)
}

/// Optimal string alignment: a change, an addition, a loss or a swap of two neighbours counts one.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut previous = None;
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX - 1);
            let mut least = (cell(&last, j) + usize::from(x != y)).min(cell(&last, j + 1) + 1);
            least = least.min(cell(&row, j) + 1);
            let swapped = previous == Some(y) && j.checked_sub(1).and_then(|k| b.get(k)) == Some(x);
            if let (true, Some(k)) = (swapped, j.checked_sub(1)) {
                least = least.min(cell(&before, k) + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
        previous = Some(x);
    }
    last.last().copied().unwrap_or(a.len())
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn nearness_counts_letters() {
        for (a, b, far) in [
            ("close", "close", 0),
            ("colse", "close", 1),
            ("clos", "close", 1),
            ("xclose", "close", 1),
            ("cloze", "close", 1),
            ("hello", "help", 2),
            ("", "help", 4),
            ("help", "", 4),
        ] {
            assert_eq!(distance(a.as_bytes(), b.as_bytes()), far, "{a} {b}");
        }
    }
}
