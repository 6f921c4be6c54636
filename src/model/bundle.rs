//! A bundle: one session as it travels from its host to the robot. This is its layout, which `record::seal` writes and
//! `read::bundle` reads; what is in it is a [`Session`] and the files of it whose contents go along.
//!
//! ```text
//! magic           8 bytes
//! version         u16, little endian like every number here
//! cover's length  u16
//! cover           JSON, see `Cover`; it has the length and the SHA-256 of the body
//! signature       64 bytes: Ed25519 (RFC 8032), by the host's key, over `CONTEXT` and everything above
//! body            zlib (RFC 1950) of records, to the end of the file
//!
//! record          kind u8, length u32, that many bytes
//! ```
//! The records stand in the order of [`Part`]; each is a link of a chain of SHA-256 that begins with the cover and ends
//! in the last record. So nothing in it can be changed, left out, moved or cut off, and later a record can be erased and
//! the rest still be proven by its hash alone. A bundle's name is the SHA-256 of what is signed.

use super::session::Session;
use crate::limits;
use data_encoding::{BASE64_NOPAD, HEXLOWER};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;

/// What every bundle begins with; the last byte stops those who print it.
pub const MAGIC: &[u8; 8] = b"trackle\x1a";
/// The layout that is written here.
pub const VERSION: u16 = 1;
/// Bytes of magic, version and length.
pub const FRONT: usize = 12;
/// Bytes of a signature.
pub const SIGNATURE: usize = 64;
/// What is signed in front of a bundle, so that no other signature of the key is one.
pub const CONTEXT: &[u8] = b"a trackle bundle, signed by its host\0";
/// The media type of a bundle that comes by mail.
pub const MEDIA: &str = "application/vnd.trackle.bundle";
/// What the file's name ends with.
pub const ENDING: &str = ".trackle";

/// A bundle that was read, every claim of it checked but who its host is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    pub id: BundleId,
    pub cover: Cover,
    pub session: Session,
    /// What files held, by the name that `model::session::Content::Hash` has for it.
    pub contents: BTreeMap<String, Vec<u8>>,
}

/// What stands on the outside of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    /// The name of the host.
    pub host: String,
    /// Whose signature this is.
    pub key: HostKey,
    /// The session's id.
    pub session: String,
    /// Counts the bundles of a key, from 1: a missing one is seen.
    pub sequence: u64,
    /// The bundle before it; `None` for the first one.
    pub previous: Option<BundleId>,
    /// The version of the Trackle that made it.
    pub program: String,
    /// Bytes of the body before it was packed.
    pub raw: u64,
    /// Bytes of the body.
    pub packed: u64,
    /// SHA-256 of the body, in hexadecimal.
    pub body: String,
}

/// The records of a body, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Part {
    /// The session without its lists, in JSON; there is one.
    Head = 1,
    /// Lists in JSON, each as often as needed.
    Typed = 2,
    Ran = 3,
    Changes = 4,
    /// One piece of evidence, in JSON.
    Evidence = 5,
    /// 32 bytes that name it, then what a file held.
    Content = 6,
    /// The last link of the chain, 32 bytes.
    End = 7,
}

impl Part {
    /// The part of that number.
    pub fn from_byte(byte: u8) -> Option<Part> {
        use Part::{Changes, Content, End, Evidence, Head, Ran, Typed};
        [Head, Typed, Ran, Changes, Evidence, Content, End].into_iter().find(|part| *part as u8 == byte)
    }
}

/// The name of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BundleId(String);

impl BundleId {
    /// The name of what these bytes begin: all that stands before the signature.
    pub fn of(signed: &[u8]) -> BundleId {
        BundleId(HEXLOWER.encode(&Sha256::digest(signed)))
    }

    /// 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<BundleId> {
        is_hash(text).then(|| BundleId(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BundleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of a bundle, from its bytes alone; nothing of it is checked.
pub fn id_of(bytes: &[u8]) -> Option<BundleId> {
    let length = bytes.get(FRONT - 2..FRONT)?.try_into().ok().map(u16::from_le_bytes)?;
    bytes.starts_with(MAGIC).then_some(())?;
    Some(BundleId::of(bytes.get(..FRONT + usize::from(length))?))
}

/// Whether a body may have these sizes, unpacked and packed. So few bytes as one record has may be as dull as they like.
pub fn fits(raw: u64, packed: u64) -> bool {
    let swollen = packed.saturating_mul(limits::BUNDLE_RATIO).saturating_add(limits::BUNDLE_RECORD as u64);
    raw <= (limits::BUNDLE_RAW as u64).min(swollen) && packed <= limits::BUNDLE_PACKED as u64
}

/// A SHA-256 as it is written everywhere here.
pub fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// The public key of a host: `ed25519:` and 43 signs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct HostKey(pub [u8; 32]);

/// What stands before the signs of a key.
const KIND: &str = "ed25519:";

impl HostKey {
    pub fn parse(text: &str) -> Option<HostKey> {
        let signs = text.trim().strip_prefix(KIND)?;
        if signs.len() != 43 {
            return None;
        }
        BASE64_NOPAD.decode(signs.as_bytes()).ok()?.try_into().ok().map(HostKey)
    }

    /// What people compare: `3f2a-90c1-…`, 64 bits of its hash.
    pub fn print(&self) -> String {
        let hash = HEXLOWER.encode(Sha256::digest(self.0).get(..8).unwrap_or_default());
        let groups: Vec<&str> = (0..4).filter_map(|n| hash.get(n * 4..n * 4 + 4)).collect();
        groups.join("-")
    }
}

impl fmt::Display for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{KIND}{}", BASE64_NOPAD.encode(&self.0))
    }
}

impl fmt::Debug for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<HostKey> for String {
    fn from(key: HostKey) -> String {
        key.to_string()
    }
}

impl TryFrom<String> for HostKey {
    type Error = &'static str;

    fn try_from(text: String) -> Result<HostKey, &'static str> {
        HostKey::parse(&text).ok_or("no key of a host")
    }
}

/// The chain of a body's records.
#[derive(Debug, Clone, Copy)]
pub struct Chain([u8; 32]);

impl Chain {
    /// It begins with what makes this bundle another than all others.
    pub fn new(cover: &Cover) -> Chain {
        let previous = cover.previous.as_ref().map_or("", BundleId::as_str);
        let begin =
            format!("{}\n{}\n{}\n{}\n{previous}\n", cover.key, cover.host, cover.session, cover.sequence);
        Chain(Sha256::digest(begin.as_bytes()).into())
    }

    /// One more record.
    pub fn add(&mut self, part: Part, payload: &[u8]) {
        let mut link = Sha256::new();
        link.update(self.0);
        link.update([part as u8]);
        link.update(Sha256::digest(payload));
        self.0 = link.finalize().into();
    }

    pub fn end(&self) -> [u8; 32] {
        self.0
    }
}

/// Why a bundle was not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// It begins like none.
    NoBundle,
    /// Made by a newer Trackle.
    Version(u16),
    /// It ends before its end.
    Cut,
    /// This is larger than it may be.
    TooBig(&'static str),
    /// The signature is not that of the key.
    Forged,
    /// Unpacked it is more than it says, or more than so few bytes may become.
    Bomb,
    /// Something in it contradicts something else.
    Damaged(&'static str),
    /// It tells of what has not happened yet: so many minutes ahead.
    FromTomorrow(i64),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::NoBundle => f.write_str("it is no bundle of Trackle"),
            Refused::Version(n) => {
                write!(f, "it was made by a newer Trackle (layout {n}, this one knows {VERSION})")
            }
            Refused::Cut => f.write_str("it is cut off"),
            Refused::TooBig(what) => write!(f, "{what} is larger than it may be"),
            Refused::Forged => f.write_str("its signature is not that of its host"),
            Refused::Bomb => f.write_str("it unpacks to more than it may"),
            Refused::Damaged(what) => write!(f, "it is damaged: {what}"),
            Refused::FromTomorrow(minutes) => {
                let ahead = match (minutes + 30) / 60 {
                    _ if *minutes < 60 => format!("{minutes} minutes"),
                    1 => "about an hour".to_owned(),
                    hours => format!("about {hours} hours"),
                };
                write!(
                    f,
                    "it is from the future, by {ahead}: the clock of its host is wrong, or ours; once that time has come, \
                     `trackle quarantine retry` files it"
                )
            }
        }
    }
}

impl std::error::Error for Refused {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_written_and_read_back() {
        let key = HostKey([7; 32]);
        assert_eq!(HostKey::parse(&key.to_string()), Some(key));
        assert_eq!(HostKey::parse(&format!(" {key}\n")), Some(key));
        assert_eq!(key.print().len(), 19);
        let json = serde_json::to_string(&key).unwrap();
        assert_eq!(serde_json::from_str::<HostKey>(&json).unwrap(), key);
        for wrong in ["", "ed25519:", "ed25519:AAAA", &key.to_string()[8..], &format!("{key}A"), "ed25519:ä"]
        {
            assert_eq!(HostKey::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_hash_is_64_small_digits() {
        let id = BundleId::of(b"x");
        assert_eq!(BundleId::parse(id.as_str()), Some(id));
        for wrong in ["", &"a".repeat(63), &"A".repeat(64), &"g".repeat(64)] {
            assert_eq!(BundleId::parse(wrong), None, "{wrong}");
        }
    }
}
