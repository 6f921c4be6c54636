//! Tables of words in one row of bytes, made by the compiler from what stands in the source: a table of pointers would have
//! to be set right by the loader each time a recorded program starts.

// what counts indices runs in the compiler only: a wrong one does not compile
#![allow(clippy::indexing_slicing)]

/// Words, each with the name of its rule.
pub(super) type Rules<'r> = &'r [(&'r [u8], &'r str)];

/// For each word its length, that of the rule's name, or 0 for that of the word before, and both.
#[derive(Clone, Copy)]
pub(super) struct Table(&'static [u8]);

impl Table {
    pub(super) const fn of(bytes: &'static [u8]) -> Table {
        Table(bytes)
    }

    /// The rule of the first word that fits.
    pub(super) fn find(self, mut fits: impl FnMut(&[u8]) -> bool) -> Option<&'static str> {
        let (mut rest, mut rule) = (self.0, &[][..]);
        while let [word, name, behind @ ..] = rest {
            let (word, behind) = behind.split_at_checked(usize::from(*word))?;
            let (name, behind) = behind.split_at_checked(usize::from(*name))?;
            if !name.is_empty() {
                rule = name;
            }
            if fits(word) {
                return Some(text(rule));
            }
            rest = behind;
        }
        None
    }

    /// Whether there is a word that fits.
    pub(super) fn any(self, fits: impl FnMut(&[u8]) -> bool) -> bool {
        self.find(fits).is_some()
    }
}

/// A rule's name, which was text in the source.
#[inline(never)]
fn text(name: &'static [u8]) -> &'static str {
    core::str::from_utf8(name).unwrap_or_default()
}

/// How many bytes the table takes.
pub(super) const fn size(rules: Rules<'_>) -> usize {
    let (mut at, mut size) = (0, 0);
    while at < rules.len() {
        size += 2 + rules[at].0.len() + if is_new(rules, at) { rules[at].1.len() } else { 0 };
        at += 1;
    }
    size
}

/// The bytes of the table.
pub(super) const fn bytes<const SIZE: usize>(rules: Rules<'_>) -> [u8; SIZE] {
    let (mut to, mut end, mut at) = ([0; SIZE], 0, 0);
    while at < rules.len() {
        let (word, rule) = rules[at];
        let name: &[u8] = if is_new(rules, at) { rule.as_bytes() } else { b"" };
        assert!(word.len() < 256 && rule.len() < 256);
        to[end] = word.len() as u8;
        to[end + 1] = name.len() as u8;
        end = put(&mut to, end + 2, word);
        end = put(&mut to, end, name);
        at += 1;
    }
    to
}

/// Whether the rule is another than that of the word before.
const fn is_new(rules: Rules<'_>, at: usize) -> bool {
    if at == 0 {
        return true;
    }
    let (one, other) = (rules[at - 1].1.as_bytes(), rules[at].1.as_bytes());
    if one.len() != other.len() {
        return true;
    }
    let mut n = 0;
    while n < one.len() {
        if one[n] != other[n] {
            return true;
        }
        n += 1;
    }
    false
}

const fn put(to: &mut [u8], at: usize, bytes: &[u8]) -> usize {
    let mut n = 0;
    while n < bytes.len() {
        to[at + n] = bytes[n];
        n += 1;
    }
    at + n
}

/// A table of words with rules.
macro_rules! rules {
    ($($(#[$about:meta])* const $name:ident = [$(($word:expr, $rule:expr)),* $(,)?];)+) => {$(
        $(#[$about])*
        const $name: $crate::deny::table::Table = {
            const RULES: $crate::deny::table::Rules<'static> = &[$(($word, $rule)),*];
            static BYTES: [u8; $crate::deny::table::size(RULES)] = $crate::deny::table::bytes(RULES);
            $crate::deny::table::Table::of(&BYTES)
        };
    )+};
}

/// A table of words.
macro_rules! words {
    ($($(#[$about:meta])* const $name:ident = [$($word:expr),* $(,)?];)+) => {
        $crate::deny::table::rules! { $($(#[$about])* const $name = [$(($word, "")),*];)+ }
    };
}

pub(super) use {rules, words};
