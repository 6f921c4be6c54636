//! A few words of ours that code puts into a letter: a key and the values for its gaps. Said in English unless a
//! letter set has other words for the key. The English words stand in `templates/mail/phrases.toml`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

/// Words by key: `refused.no_ticket`.
pub type Words = BTreeMap<String, String>;

/// The file as it is built in: what every other set is held against.
pub const SOURCE: &str = include_str!("../../templates/mail/phrases.toml");

/// The English words.
pub static ENGLISH: LazyLock<Words> = LazyLock::new(|| {
    let found = parse(SOURCE).unwrap_or_default().into_iter();
    found.map(|line| (line.key, line.words)).collect()
});

/// Something to be said, in whatever language its reader has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    pub key: &'static str,
    values: Vec<(&'static str, String)>,
}

impl Phrase {
    /// The words of that key.
    pub fn of(key: &'static str) -> Phrase {
        Phrase { key, values: Vec::new() }
    }

    /// ... with a value for one of their gaps.
    pub fn with(mut self, gap: &'static str, value: impl ToString) -> Phrase {
        self.values.push((gap, value.to_string()));
        self
    }

    /// Puts the values into `words`, each where `{gap}` stands; what a value holds is never looked at again.
    pub fn said(&self, words: &str) -> String {
        let mut out = String::with_capacity(words.len());
        let mut rest = words;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let value = after.split_once('}').and_then(|(gap, rest)| {
                self.values.iter().find(|(name, _)| *name == gap).map(|(_, value)| (value, rest))
            });
            rest = match value {
                Some((value, rest)) => {
                    out.push_str(value);
                    rest
                }
                None => {
                    out.push('{');
                    after
                }
            };
        }
        out.push_str(rest);
        out
    }
}

impl fmt::Display for Phrase {
    /// In English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said(ENGLISH.get(self.key).map_or(self.key, String::as_str)))
    }
}

/// One phrase of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1.
    pub number: usize,
    pub key: String,
    pub words: String,
}

/// The gaps in some words.
pub fn gaps(words: &str) -> impl Iterator<Item = &str> {
    words.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(gap, _)| gap))
}

/// Reads a file of phrases: tables of strings.
///
/// # Errors
/// What is no such file: the line, where it is known, and why.
pub fn parse(text: &str) -> Result<Vec<Line>, (Option<usize>, String)> {
    let number = |at: usize| text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
    let tables: BTreeMap<String, BTreeMap<String, toml::Spanned<String>>> = toml::from_str(text)
        .map_err(|e| (e.span().map(|span| number(span.start)), e.message().trim().to_owned()))?;
    let mut lines: Vec<Line> = Vec::new();
    for (table, entries) in tables {
        for (name, words) in entries {
            let number = number(words.span().start);
            lines.push(Line { number, key: format!("{table}.{name}"), words: words.into_inner() });
        }
    }
    lines.sort_by_key(|line| line.number);
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_once() {
        let phrase = Phrase::of("x").with("a", "{b}").with("b", 2);
        for (words, said) in [
            ("{a} and {b}", "{b} and 2"),
            ("none", "none"),
            ("{c} {a", "{c} {a"),
            ("{", "{"),
            ("{{a}}", "{{b}}"),
            ("}{b}{b}", "}22"),
        ] {
            assert_eq!(phrase.said(words), said);
        }
    }

    #[test]
    fn files_are_read_with_their_lines() {
        let lines = parse("# words\n[state]\nopen = \"offen\"\n\n[said]\nx = \"{a} {b}\"\n").unwrap();
        let keys: Vec<(usize, &str)> = lines.iter().map(|l| (l.number, l.key.as_str())).collect();
        assert_eq!(keys, [(3, "state.open"), (6, "said.x")]);
        assert_eq!(gaps(&lines[1].words).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(parse("[state]\nopen = 1\n").unwrap_err().0, Some(2));
        assert_eq!(parse("[state]\nopen = \"a\"\nopen = \"b\"\n").unwrap_err().0, Some(3));
        assert!(parse("x = \"y\"").is_err() && !ENGLISH.is_empty());
    }
}
