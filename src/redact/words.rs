//! Lists of words, as they stand in the tables of the rules: in comes a word, out comes whether it is one of them.

use std::collections::HashSet;
use std::sync::OnceLock;

/// Words with blanks between them.
pub(super) struct Words {
    text: &'static str,
    set: OnceLock<HashSet<&'static str>>,
}

pub(super) const fn words(text: &'static str) -> Words {
    Words { text, set: OnceLock::new() }
}

impl Words {
    pub(super) fn all(&self) -> impl Iterator<Item = &'static str> {
        self.text.split_ascii_whitespace()
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.set.get_or_init(|| self.text.split_ascii_whitespace().collect()).contains(word)
    }
}
