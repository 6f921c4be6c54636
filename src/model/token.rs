//! Tokens: what a host shows to be let in at the API. In comes text, out comes the hash under which the database knows a
//! token; of the token itself nothing is kept. 160 random bits in base 32 (RFC 4648) behind a mark that people, and the rules
//! for secrets in session logs, know it by.

use data_encoding::Specification;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::fmt;

/// The mark; `redact` looks for it.
pub const MARK: &str = "trk_";
/// Random bytes.
pub const BYTES: usize = 20;
/// Characters behind the mark.
const LETTERS: usize = 32;

/// A token. Debug shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The token of these random bytes.
    pub fn of(random: &[u8; BYTES]) -> Token {
        let mut lower = Specification::new();
        lower.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
        // a table of 32 different signs is one
        let letters = lower.encoding().map(|base32| base32.encode(random)).unwrap_or_default();
        Token(format!("{MARK}{letters}"))
    }

    /// Reads one, with whatever blanks are around it.
    pub fn parse(text: &str) -> Option<Token> {
        let text = text.trim();
        let letters = text.strip_prefix(MARK)?;
        let is_sign = |b: u8| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b);
        (letters.len() == LETTERS && letters.bytes().all(is_sign)).then(|| Token(text.to_owned()))
    }

    /// The text, for the one place that shows or sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the database knows it by.
    pub fn hash(&self) -> [u8; 32] {
        hash(&self.0)
    }
}

/// What a text would be known by, were it a token.
pub fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token«secret»")
    }
}

/// What a token allows: to act as one member, from one host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub id: i64,
    pub login: String,
    pub host: String,
    /// The one user there whose sessions the host's key may sign; `None`: any one.
    pub user: Option<String>,
    pub made: Timestamp,
    /// From then on it counts no more.
    pub ends: Option<Timestamp>,
    /// When it was used last, to the minute.
    pub seen: Option<Timestamp>,
    /// The version of Trackle that used it.
    pub program: Option<String>,
    /// Bundles that waited there then.
    pub unsent: Option<u64>,
}

impl Grant {
    /// Whether it still counts.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.ends.is_none_or(|end| now < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_a_mark_and_letters() {
        let token = Token::of(&[255; BYTES]);
        assert_eq!(token.reveal(), format!("trk_{}", "7".repeat(32)));
        assert_eq!(Token::parse(&format!(" {}\n", token.reveal())), Some(token.clone()));
        assert_ne!(token.hash(), Token::of(&[0; BYTES]).hash());
        assert!(!format!("{token:?}").contains("777"));
        for bad in ["", "trk_", "trk_7", &token.reveal().to_uppercase(), &format!("{}7", token.reveal())] {
            assert_eq!(Token::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_end_is_no_more() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let grant = |ends| Grant {
            id: 1,
            login: "ann".into(),
            host: "web1".into(),
            user: None,
            made: at(0),
            ends,
            seen: None,
            program: None,
            unsent: None,
        };
        assert!(grant(None).holds(Timestamp::MAX) && grant(Some(at(5))).holds(at(4)));
        assert!(!grant(Some(at(5))).holds(at(5)));
    }
}
