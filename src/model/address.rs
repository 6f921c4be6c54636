//! Mail addresses, in two strengths: a [`Mailbox`] is what a header said, an [`Address`] is one that may be
//! stored, compared and written to. Never holds a quoted local part, an encoded word or a control character, so
//! that an address means the same to us and to every server it passes (RFC 5321 4.1.2, dot-atom form only).

use serde::{Deserialize, Serialize};
use std::fmt;

/// One entry of a From, To or Cc header as it was written; nothing in it is believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mailbox {
    /// Display name, decoded; empty when there was none. Never used for identity.
    pub name: String,
    /// The address as text, without angle brackets; may be anything a stranger can type.
    pub addr: String,
}

impl Mailbox {
    /// The strict address, when the text is one.
    pub fn address(&self) -> Option<Address> {
        Address::parse(&self.addr)
    }
}

/// An address in dot-atom form: ASCII, at most 64 octets before the at sign and 254 in all.
/// Equality and order ignore case in both halves: people are matched so, the spelling is kept for sending.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    text: String,
    at: usize,
}

impl Address {
    /// Reads a bare address. `None` for quoted local parts, address literals, encoded words, IDN in UTF-8 form,
    /// a leading hyphen, empty labels and over-long parts.
    pub fn parse(text: &str) -> Option<Address> {
        let text = text.trim();
        if text.len() > 254 || text.contains("=?") {
            return None;
        }
        let (local, domain) = text.rsplit_once('@')?;
        let local_ok = (1..=64).contains(&local.len())
            && !local.starts_with('-')
            && local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atom));
        let domain_ok = (1..=190).contains(&domain.len())
            && domain.split('.').all(|label| {
                (1..=63).contains(&label.len())
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            });
        (local_ok && domain_ok).then(|| Address { text: text.to_owned(), at: local.len() })
    }

    /// The spelling to send to.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands before the at sign.
    pub fn local(&self) -> &str {
        self.text.get(..self.at).unwrap_or("")
    }

    /// What stands after the at sign.
    pub fn domain(&self) -> &str {
        self.text.get(self.at + 1..).unwrap_or("")
    }

    /// Lower-case form: the key under which a person is stored.
    pub fn key(&self) -> String {
        self.text.to_ascii_lowercase()
    }

    /// Splits `help+12` at the first `delimiter` (RFC 5233 subaddress): the bare address and the detail.
    pub fn split_detail(&self, delimiter: char) -> (String, Option<&str>) {
        match self.local().split_once(delimiter) {
            Some((user, detail)) if !user.is_empty() => (format!("{user}@{}", self.domain()), Some(detail)),
            _ => (self.text.clone(), None),
        }
    }

    /// The same mailbox with a detail: `help@x` and `12` make `help+12@x`. `None` when the result is too long.
    pub fn with_detail(&self, delimiter: char, detail: &str) -> Option<Address> {
        Address::parse(&format!("{}{delimiter}{detail}@{}", self.local(), self.domain()))
    }
}

impl PartialEq for Address {
    fn eq(&self, other: &Address) -> bool {
        self.text.eq_ignore_ascii_case(&other.text)
    }
}
impl Eq for Address {}

impl PartialOrd for Address {
    fn partial_cmp(&self, other: &Address) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Address {
    fn cmp(&self, other: &Address) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}
impl std::hash::Hash for Address {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for Address {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Address, &'static str> {
        Address::parse(&text).ok_or("not a mail address")
    }
}
impl From<Address> for String {
    fn from(address: Address) -> String {
        address.text
    }
}

/// RFC 5322 `atext`.
fn is_atom(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_plain_addresses_and_refuses_tricks() {
        for good in ["a@b", "Ann.Lee+tag@Example.ORG", "o'brien@x.example", "a_b@mail-1.example"] {
            assert!(Address::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "@",
            "a@",
            "@b",
            "a..b@c",
            ".a@c",
            "a.@c",
            "\"a b\"@c",
            "a@[192.0.2.1]",
            "-a@c",
            "a@-c",
            "a b@c",
            "=?x?q?foo=40victim.example?=@evil.example",
            "a@b\r\nBcc: c@d",
            "a@b,c@d",
            "ü@x.example",
            "a@b..c",
        ] {
            assert!(Address::parse(bad).is_none(), "{bad}");
        }
        assert!(Address::parse(&format!("{}@x", "a".repeat(64))).is_some());
        assert!(Address::parse(&format!("{}@x", "a".repeat(65))).is_none());
    }

    #[test]
    fn case_does_not_part_people() {
        assert_eq!(Address::parse("Ann@X.example"), Address::parse("ann@x.EXAMPLE"));
    }

    #[test]
    fn detail_comes_off_and_goes_on() {
        let a = Address::parse("help+12.abc@x").unwrap();
        assert_eq!(a.split_detail('+'), ("help@x".to_owned(), Some("12.abc")));
        assert_eq!(Address::parse("help@x").unwrap().with_detail('+', "12").unwrap().as_str(), "help+12@x");
    }
}
