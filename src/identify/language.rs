//! What a mail is written in, so that its sender is answered in words that he understands. A mail comes in; a language
//! goes out, and whether the text itself showed it. Header fields are what a mail program was set to once: they count
//! when the text is short, and against a text only as long as that leaves room for doubt. RFC 3282 (Content-Language,
//! Accept-Language). Knows no letters; which languages there are words in is `write`'s to know.

#[rustfmt::skip] // tables
mod words;

use crate::model::language::Language;
use crate::model::mail::Mail;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use words::{SCRIPTS, WORDS};

/// Words that are looked at.
const LOOKED_AT: usize = 600;
/// Different short words of one language that show it.
const ENOUGH: usize = 3;
/// ... and that show it whatever the header says.
const PLENTY: usize = 8;
/// Letters of a script that show its language.
const LETTERS: usize = 6;

/// What a mail seems to be written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    pub language: Language,
    /// The writer's own words show it: this may change what was believed before.
    pub clear: bool,
}

/// Guesses; `None` without a sign.
pub fn language(mail: &Mail) -> Option<Guess> {
    let text = spoken(&mail.new_text());
    let said = declared(mail);
    match (text, said) {
        (Some((code, found)), said) if found >= PLENTY || said.as_ref().is_none_or(|s| s.code() == code) => {
            Language::parse(code).map(|language| Guess { language, clear: true })
        }
        (_, said) => said.map(|language| Guess { language, clear: false }),
    }
}

/// What the header says: the language of the text, if it is one, else the first that its writer wants to read.
fn declared(mail: &Mail) -> Option<Language> {
    let tags = |name: &str| -> Vec<Language> {
        let value = mail.header(name).unwrap_or("");
        let tags = value.split(',').take(10).filter_map(|tag| Language::parse(tag.split(';').next()?));
        let mut all: Vec<Language> = tags.collect();
        all.dedup();
        all
    };
    match tags("Content-Language").as_slice() {
        [one] => Some(one.clone()),
        _ => tags("Accept-Language").into_iter().next(),
    }
}

/// What a text is in, and by how many signs.
fn spoken(text: &str) -> Option<(&'static str, usize)> {
    static BY_WORD: LazyLock<HashMap<&str, Vec<usize>>> = LazyLock::new(|| {
        let mut all: HashMap<&str, Vec<usize>> = HashMap::new();
        for (n, (_, words)) in WORDS.iter().enumerate() {
            words.split(' ').for_each(|word| all.entry(word).or_default().push(n));
        }
        all
    });
    let mut letters = vec![0_usize; SCRIPTS.len()];
    let mut others = 0_usize;
    let mut seen: HashSet<&str> = HashSet::new();
    let prose = text.split_whitespace().filter(|w| !(w.is_ascii() && w.contains(['/', '\\', '@'])));
    let words = prose.flat_map(|w| w.split(|c: char| !c.is_alphabetic())).filter(|w| !w.is_empty());
    for word in words.take(LOOKED_AT) {
        // no script that shows its language has letters among these
        let ascii = if word.is_ascii() { word.len().min(LOOKED_AT) } else { 0 };
        others += ascii;
        for c in word.chars().take(LOOKED_AT).skip(ascii) {
            match SCRIPTS.iter().position(|(_, first, last)| (*first..=*last).contains(&c)) {
                Some(n) => letters.iter_mut().skip(n).take(1).for_each(|count| *count += 1),
                None => others += 1,
            }
        }
        if word.len() <= 40 {
            seen.extend(BY_WORD.get_key_value(word.to_lowercase().as_str()).map(|(known, _)| *known));
        }
    }
    if let Some(found) = written(&letters, others) {
        return Some(found);
    }
    let mut found = vec![0_usize; WORDS.len()];
    for n in seen.iter().filter_map(|word| BY_WORD.get(word)).flatten() {
        found.iter_mut().skip(*n).take(1).for_each(|count| *count += 1);
    }
    let (best, most) = found.iter().enumerate().max_by_key(|(_, count)| **count)?;
    let next = found.iter().enumerate().filter(|(n, _)| *n != best).map(|(_, count)| *count).max()?;
    let clear = *most >= ENOUGH && most - next >= (most / 4).max(2);
    let (code, _) = WORDS.get(best).filter(|_| clear)?;
    // between close neighbours a header is asked
    let signs = if next * 2 > *most { (*most).min(PLENTY - 1) } else { *most };
    Some((code, signs))
}

/// The language whose script the text is in, mixed as it may be with Latin names. Some kana make Chinese characters
/// Japanese; a script's letter says as much as three Latin ones.
fn written(letters: &[usize], others: usize) -> Option<(&'static str, usize)> {
    let of = |code: &str| SCRIPTS.iter().zip(letters).find(|((c, ..), _)| *c == code).map_or(0, |(_, n)| *n);
    let (kana, han) = (of("ja"), of("zh"));
    if kana * 10 > han && (kana + han) * 3 > others && kana + han >= LETTERS {
        return Some(("ja", kana + han));
    }
    let ((code, ..), count) = SCRIPTS.iter().zip(letters).max_by_key(|(_, count)| **count)?;
    (*count >= LETTERS && count * 3 > others).then_some((code, *count))
}

#[cfg(test)]
mod tests;
