//! Reading a bundle (layout in `model::bundle`). In: bytes from anywhere and the key that its host is known by; out: the
//! session and the contents in it, or why not. Nothing is unpacked before the signature holds, every size is capped
//! before it is believed, and paths stay data. Whose key it is and whether it may be believed is not asked here.

use crate::limits;
use crate::model::bundle::{
    self, Bundle, BundleId, CONTEXT, Chain, Cover, ENDING, FRONT, HostKey, MAGIC, MEDIA, Part, Refused,
    SIGNATURE, VERSION, is_hash,
};
use crate::model::host::{is_host, is_login};
use crate::model::mail::{Attachment, Mail};
use crate::model::session::{Change, Content, FilePath, Session};
use data_encoding::HEXLOWER;
use flate2::bufread::ZlibDecoder;
use jiff::{SignedDuration, Timestamp};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{ErrorKind, Read};

/// Clocks differ by less.
const CLOCKS: SignedDuration = SignedDuration::from_mins(10);
/// Bytes of a path (PATH_MAX is 4096; a path joined from a directory's and a name may be longer).
const PATH: usize = 16 * 1024;

/// A bundle that came without a mail around it, from the spool of its own machine: nobody's mail that carries it.
pub fn as_mail(bytes: &[u8]) -> Mail {
    let file =
        Attachment { name: format!("session{ENDING}"), media: MEDIA.to_owned(), bytes: bytes.to_vec() };
    Mail { attachments: vec![file], ..Mail::default() }
}

/// The outside of a bundle, its parts not believed yet.
struct Envelope<'a> {
    cover: Cover,
    /// Everything that is signed.
    signed: &'a [u8],
    signature: &'a [u8],
    body: &'a [u8],
}

/// What a bundle claims of itself: enough to find the key that it has to be signed with.
///
/// # Errors
/// It is none that can be read.
pub fn cover(bytes: &[u8]) -> Result<Cover, Refused> {
    envelope(bytes).map(|envelope| envelope.cover)
}

/// Opens a bundle that has to be signed with this key.
///
/// # Errors
/// Why it is not believed.
pub fn open(bytes: &[u8], key: &HostKey, now: Timestamp) -> Result<Bundle, Refused> {
    let Envelope { cover, signed, signature, body } = envelope(bytes)?;
    let message = [CONTEXT, signed].concat();
    if cover.key != *key || UnparsedPublicKey::new(&ED25519, &key.0).verify(&message, signature).is_err() {
        return Err(Refused::Forged);
    }
    let length = body.len() as u64;
    if length < cover.packed {
        return Err(Refused::Cut);
    }
    if length > cover.packed || HEXLOWER.encode(&Sha256::digest(body)) != cover.body {
        return Err(Refused::Damaged("its body is another than the one that was signed"));
    }
    if !bundle::fits(cover.raw, cover.packed) {
        return Err(Refused::Bomb);
    }
    let mut body = Body::new(&cover, body);
    let (session, contents) = body.unpack()?;
    plausible(&session, &contents, &cover, now)?;
    Ok(Bundle { id: BundleId::of(signed), cover, session, contents })
}

fn envelope(bytes: &[u8]) -> Result<Envelope<'_>, Refused> {
    let magic = bytes.get(..MAGIC.len()).unwrap_or(bytes);
    if magic.is_empty() || !MAGIC.starts_with(magic) {
        return Err(Refused::NoBundle);
    }
    let (front, rest) = bytes.split_at_checked(FRONT).ok_or(Refused::Cut)?;
    let number =
        |at: usize| -> Option<u16> { Some(u16::from_le_bytes(front.get(at..at + 2)?.try_into().ok()?)) };
    let (Some(version), Some(length)) = (number(MAGIC.len()), number(MAGIC.len() + 2)) else {
        return Err(Refused::Cut);
    };
    if version != VERSION {
        return Err(if version == 0 { Refused::NoBundle } else { Refused::Version(version) });
    }
    let length = usize::from(length);
    if length > limits::BUNDLE_COVER {
        return Err(Refused::TooBig("its cover"));
    }
    let (json, rest) = rest.split_at_checked(length).ok_or(Refused::Cut)?;
    let (signature, body) = rest.split_at_checked(SIGNATURE).ok_or(Refused::Cut)?;
    if body.len() > limits::BUNDLE_PACKED {
        return Err(Refused::TooBig("its body"));
    }
    let cover: Cover = json_of(json, "its cover")?;
    // what it claims is told to people before anybody vouches for it
    let program = cover.program.len() <= 40 && cover.program.bytes().all(|b| b.is_ascii_graphic());
    if !is_host(&cover.host) || !is_id(&cover.session) || !program {
        return Err(Refused::Damaged("its cover"));
    }
    let signed = bytes.get(..FRONT + length).unwrap_or_default();
    Ok(Envelope { cover, signed, signature, body })
}

/// The records of a body, as they are unpacked.
struct Body<'a> {
    from: std::io::Take<ZlibDecoder<&'a [u8]>>,
    chain: Chain,
    /// What there has to be in all.
    raw: u64,
    /// What there was.
    seen: u64,
    last: Option<Part>,
    items: usize,
}

impl<'a> Body<'a> {
    fn new(cover: &Cover, bytes: &'a [u8]) -> Body<'a> {
        let from = ZlibDecoder::new(bytes).take(cover.raw.saturating_add(1));
        Body { from, chain: Chain::new(cover), raw: cover.raw, seen: 0, last: None, items: 0 }
    }

    fn unpack(&mut self) -> Result<(Session, BTreeMap<String, Vec<u8>>), Refused> {
        let (Part::Head, head) = self.record()? else {
            return Err(Refused::Damaged("it begins with something else than its head"));
        };
        let mut session: Session = json_of(&head, "its head")?;
        let lists = session.typed.len() + session.ran.len() + session.changes.len() + session.evidence.len();
        if lists > 0 {
            return Err(Refused::Damaged("there are lists in its head"));
        }
        let mut contents = BTreeMap::new();
        loop {
            let link = self.chain.end();
            let (part, bytes) = self.record()?;
            match part {
                Part::Head => return Err(Refused::Damaged("it has two heads")),
                Part::Typed => session.typed.extend(self.list(&bytes)?),
                Part::Ran => session.ran.extend(self.list(&bytes)?),
                Part::Changes => session.changes.extend(self.list(&bytes)?),
                Part::Evidence => {
                    self.count(1)?;
                    session.evidence.push(json_of(&bytes, "a piece of evidence")?);
                }
                Part::Content => {
                    self.count(1)?;
                    let (name, held) =
                        bytes.split_at_checked(32).ok_or(Refused::Damaged("a file's content"))?;
                    if contents.insert(HEXLOWER.encode(name), held.to_vec()).is_some() {
                        return Err(Refused::Damaged("it holds the same content twice"));
                    }
                }
                Part::End if bytes != link => return Err(Refused::Damaged("its chain does not hold")),
                Part::End => break,
            }
        }
        self.finish()?;
        Ok((session, contents))
    }

    /// The next record.
    fn record(&mut self) -> Result<(Part, Vec<u8>), Refused> {
        let front = self.take(5)?;
        let part = front.first().copied().and_then(Part::from_byte);
        let part = part.ok_or(Refused::Damaged("it has a record of an unknown kind"))?;
        if self.last.is_some_and(|last| part < last) {
            return Err(Refused::Damaged("its records are out of order"));
        }
        self.last = Some(part);
        let length = front.get(1..).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
        let length = length.unwrap_or_default() as usize;
        if length > limits::BUNDLE_RECORD {
            return Err(Refused::TooBig("one of its records"));
        }
        let bytes = self.take(length)?;
        if part != Part::End {
            self.chain.add(part, &bytes);
        }
        Ok((part, bytes))
    }

    /// That many bytes, which are at most a record's.
    fn take(&mut self, length: usize) -> Result<Vec<u8>, Refused> {
        self.seen += length as u64;
        if self.seen > self.raw {
            return Err(Refused::Bomb);
        }
        let mut bytes = vec![0; length];
        self.from.read_exact(&mut bytes).map_err(|e| match e.kind() {
            ErrorKind::UnexpectedEof => Refused::Cut,
            _ => Refused::Damaged("its body cannot be unpacked"),
        })?;
        Ok(bytes)
    }

    fn list<T: DeserializeOwned>(&mut self, bytes: &[u8]) -> Result<Vec<T>, Refused> {
        let list: Vec<T> = json_of(bytes, "one of its lists")?;
        self.count(list.len())?;
        Ok(list)
    }

    fn count(&mut self, more: usize) -> Result<(), Refused> {
        self.items += more;
        if self.items > limits::BUNDLE_ITEMS {
            Err(Refused::TooBig("the number of things in it"))
        } else {
            Ok(())
        }
    }

    /// Behind the end there is nothing, packed or unpacked.
    fn finish(&mut self) -> Result<(), Refused> {
        let more =
            self.from.read(&mut [0; 1]).map_err(|_| Refused::Damaged("its body cannot be unpacked"))?;
        if self.seen != self.raw || more > 0 || !self.from.get_ref().get_ref().is_empty() {
            return Err(Refused::Damaged("there is something behind its end"));
        }
        Ok(())
    }
}

fn json_of<T: DeserializeOwned>(bytes: &[u8], what: &'static str) -> Result<T, Refused> {
    serde_json::from_slice(bytes).map_err(|_| Refused::Damaged(what))
}

/// Whether what it tells can be so.
fn plausible(
    session: &Session,
    contents: &BTreeMap<String, Vec<u8>>,
    cover: &Cover,
    now: Timestamp,
) -> Result<(), Refused> {
    if session.id != cover.session || session.host != cover.host {
        return Err(Refused::Damaged("its cover is that of another session"));
    }
    if !is_login(&session.login) {
        return Err(Refused::Damaged("the name of its user is none"));
    }
    if session.started > session.ended {
        return Err(Refused::Damaged("it ended before it began"));
    }
    let latest = session.typed.iter().map(|t| t.at).chain(session.ran.iter().map(|r| r.at)).max();
    let ahead = latest.unwrap_or(session.ended).max(session.ended).duration_since(now);
    if ahead > CLOCKS {
        return Err(Refused::FromTomorrow(ahead.as_mins()));
    }
    let mut named = BTreeSet::new();
    for change in &session.changes {
        named.extend(hashes(change));
        if !paths(change).all(is_path) {
            return Err(Refused::Damaged("a path in it is none"));
        }
    }
    if named.iter().any(|name| !is_hash(name)) {
        return Err(Refused::Damaged("a hash in it is none"));
    }
    if contents.keys().any(|name| !named.contains(name.as_str())) {
        return Err(Refused::Damaged("it holds what no change of it names"));
    }
    Ok(())
}

/// The names of what a change's file held before and after.
fn hashes(change: &Change) -> impl Iterator<Item = &str> {
    [&change.before, &change.after].into_iter().flatten().filter_map(|thing| match &thing.content {
        Content::Hash(name) => Some(name.as_str()),
        _ => None,
    })
}

fn paths(change: &Change) -> impl Iterator<Item = &FilePath> {
    [Some(&change.path), change.from.as_ref(), change.program.as_ref()].into_iter().flatten()
}

fn is_path(path: &FilePath) -> bool {
    (1..=PATH).contains(&path.0.len()) && !path.0.contains(&0)
}

/// 26 digits and small letters.
pub fn is_id(text: &str) -> bool {
    text.len() == 26 && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase())
}

#[cfg(test)]
mod tests;
