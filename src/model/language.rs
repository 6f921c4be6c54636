//! A language by its short code, as mail programs and letter sets name it. Tags of any kind come in; the code of two
//! or three letters goes out. RFC 5646 (tags), ISO 639 (codes). Knows no language itself.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Two or three lower-case letters, such as `de`. Regions and scripts make no difference to a letter here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

/// Codes that mean the language of another code: the two written forms of Norwegian, codes given up long ago.
const SAME: [(&str, &str); 5] = [("nb", "no"), ("nn", "no"), ("iw", "he"), ("in", "id"), ("fil", "tl")];

impl Language {
    /// The language of the built-in words.
    pub fn english() -> Language {
        Language("en".to_owned())
    }

    /// The language of a tag such as `de`, `de-AT` or `pt_BR`; `None` for what is no tag, and for `i-…`, `x-…` and
    /// codes that stand for no language (`und`, `mul`, `zxx`, `mis`).
    pub fn parse(tag: &str) -> Option<Language> {
        let code = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
        let is_code = matches!(code.len(), 2 | 3) && code.bytes().all(|b| b.is_ascii_lowercase());
        if !is_code || matches!(code.as_str(), "und" | "mul" | "zxx" | "mis") {
            return None;
        }
        let code = SAME.iter().find(|(other, _)| *other == code).map_or(code, |(_, same)| (*same).to_owned());
        Some(Language(code))
    }

    /// The code.
    pub fn code(&self) -> &str {
        &self.0
    }

    /// Whether it is the language of the built-in words.
    pub fn is_english(&self) -> bool {
        self.0 == "en"
    }
}

impl TryFrom<String> for Language {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Language, &'static str> {
        Language::parse(&text).ok_or("not a language")
    }
}
impl From<Language> for String {
    fn from(language: Language) -> String {
        language.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn tags_lose_their_regions() {
        for (tag, code) in [
            ("de", "de"),
            ("de-AT", "de"),
            (" DE_de ", "de"),
            ("zh-Hant-TW", "zh"),
            ("nb-NO", "no"),
            ("nn", "no"),
            ("iw", "he"),
            ("gsw", "gsw"),
        ] {
            assert_eq!(Language::parse(tag).unwrap().code(), code, "{tag}");
        }
        for bad in ["", "*", "x-klingon", "i-default", "german", "d", "und", "mul", "d1", "dé", "../de"] {
            assert_eq!(Language::parse(bad), None, "{bad}");
        }
    }
}
