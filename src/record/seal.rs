//! Sealing: a session and what its files held become a bundle (layout in `model::bundle`), signed with the host's key.
//! What comes in is redacted already. What is too much for one mail is left out, the contents of the largest files
//! first, and the session's notes say so; the host keeps the whole. Never reads a file and never asks the time.

use super::hostkey::Signer;
use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::model::bundle::{self, BundleId, CONTEXT, Chain, Cover, MAGIC, Part, VERSION};
use crate::model::session::{Content, Session};
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

/// Programs that ran, beyond which the next one says less than what a file held.
const MANY: usize = 10_000;
/// A list's record is closed when it has so many bytes.
const LIST: usize = 64 * 1024;

/// The place of a bundle among those of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// From 1.
    pub sequence: u64,
    pub previous: Option<BundleId>,
}

/// A bundle, ready to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    pub id: BundleId,
    pub bytes: Vec<u8>,
    /// The session as it is in there: its notes tell what was left out.
    pub session: Session,
}

/// Seals a session. `contents` are by the names that its changes have for them; others are left out.
///
/// # Errors
/// When not even its head fits, or a content's name is none.
pub fn seal(
    session: Session,
    contents: BTreeMap<String, Vec<u8>>,
    turn: &Turn,
    signer: &Signer,
) -> Outcome<Sealed> {
    let mut load = Load::new(session, contents);
    loop {
        let mut cover = Cover {
            host: load.session.host.clone(),
            key: signer.key(),
            session: load.session.id.clone(),
            sequence: turn.sequence,
            previous: turn.previous.clone(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            raw: 0,
            packed: 0,
            body: String::new(),
        };
        if let Some(body) = load.body(&mut cover)? {
            return signed(&cover, &body, load.session(), signer);
        }
        if !load.lighten() {
            return Err(Fault::lasting("the session is too big to be sent, even without its lists"));
        }
    }
}

fn signed(cover: &Cover, body: &[u8], session: Session, signer: &Signer) -> Outcome<Sealed> {
    let json = json(cover)?;
    let length = u16::try_from(json.len()).ok().filter(|n| usize::from(*n) <= limits::BUNDLE_COVER);
    let length = length.ok_or_else(|| Fault::lasting("the name of this host is too long"))?;
    let mut bytes = Vec::with_capacity(json.len() + body.len() + 128);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&json);
    let id = BundleId::of(&bytes);
    let signature = signer.sign(CONTEXT, &bytes);
    bytes.extend_from_slice(&signature);
    bytes.extend_from_slice(body);
    Ok(Sealed { id, bytes, session })
}

/// What goes into a bundle, and how much of it did not fit.
struct Load {
    session: Session,
    contents: BTreeMap<String, Vec<u8>>,
    notes: Vec<String>,
    without: Without,
}

/// What was left out.
#[derive(Default)]
struct Without {
    contents: usize,
    ran: usize,
    typed: usize,
    evidence: usize,
    changes: usize,
}

impl Load {
    fn new(mut session: Session, contents: BTreeMap<String, Vec<u8>>) -> Load {
        let named = names(&session);
        let notes = std::mem::take(&mut session.witnesses.notes);
        let mut load = Load { session, contents, notes, without: Without::default() };
        load.contents.retain(|name, _| named.contains(name));
        let all = load.contents.len();
        load.contents.retain(|_, bytes| bytes.len() + 32 <= limits::BUNDLE_RECORD);
        load.without.contents = all - load.contents.len();
        for ran in &mut load.session.ran {
            shorten(&mut ran.arguments);
        }
        load
    }

    /// The session as it is sent.
    fn session(mut self) -> Session {
        self.session.witnesses.notes = self.notes();
        self.session
    }

    fn notes(&self) -> Vec<String> {
        let Without { contents, ran, typed, evidence, changes } = self.without;
        let left = [
            (contents, "files' contents"),
            (ran, "programs that ran"),
            (typed, "typed commands"),
            (evidence, "pieces of evidence"),
            (changes, "changed files"),
        ];
        let left = left.iter().filter(|(count, _)| *count > 0);
        let left: Vec<String> = left.map(|(count, what)| format!("{count} {what}")).collect();
        let mut notes = self.notes.clone();
        if !left.is_empty() {
            notes.push(format!("too much for one bundle, so left out of it: {}", left.join(", ")));
        }
        notes
    }

    /// The packed records, and their sizes and hash on the cover; nothing when they are too many.
    fn body(&mut self, cover: &mut Cover) -> Outcome<Option<Vec<u8>>> {
        let items = self.session.typed.len()
            + self.session.ran.len()
            + self.session.changes.len()
            + self.session.evidence.len()
            + self.contents.len();
        let held: usize = self.contents.values().map(Vec::len).sum();
        if items > limits::BUNDLE_ITEMS || held > limits::BUNDLE_RAW {
            return Ok(None);
        }
        let mut to = Records::new(cover);
        let fits = self.records(&mut to)?;
        let (raw, body) = to.finish()?;
        (cover.raw, cover.packed) = (raw, body.len() as u64);
        cover.body = HEX.encode(&Sha256::digest(&body));
        Ok((fits && bundle::fits(cover.raw, cover.packed)).then_some(body))
    }

    /// Writes all records; gives whether each of them fits.
    fn records(&mut self, to: &mut Records) -> Outcome<bool> {
        let notes = self.notes();
        let session = &mut self.session;
        // what has its own records is not in the head
        let typed = std::mem::take(&mut session.typed);
        let ran = std::mem::take(&mut session.ran);
        let changes = std::mem::take(&mut session.changes);
        let evidence = std::mem::take(&mut session.evidence);
        session.witnesses.notes = notes;
        let head = json(session);
        session.witnesses.notes.clear();
        let mut fits = to.add(Part::Head, &head?)?;
        fits &=
            to.list(Part::Typed, &typed)? & to.list(Part::Ran, &ran)? & to.list(Part::Changes, &changes)?;
        for one in &evidence {
            fits &= to.add(Part::Evidence, &json(one)?)?;
        }
        (session.typed, session.ran, session.changes, session.evidence) = (typed, ran, changes, evidence);
        for (name, held) in &self.contents {
            let name = HEX
                .decode(name.as_bytes())
                .map_err(|_| Fault::lasting("a content has no hash for a name"))?;
            fits &= to.add(Part::Content, &[name.as_slice(), held].concat())?;
        }
        Ok(fits)
    }

    /// Leaves out what is missed least: half of the programs where they are very many; half the bytes of the contents, the
    /// largest first; then half of a list. Gives whether there was anything.
    fn lighten(&mut self) -> bool {
        if self.session.ran.len() > MANY {
            return halve(&mut self.session.ran, &mut self.without.ran);
        }
        if !self.contents.is_empty() {
            let mut sizes: Vec<(usize, String)> =
                self.contents.iter().map(|(name, bytes)| (bytes.len(), name.clone())).collect();
            sizes.sort_unstable();
            let mut half = sizes.iter().map(|(size, _)| size).sum::<usize>() / 2;
            while let Some((size, name)) = sizes.pop() {
                self.contents.remove(&name);
                self.without.contents += 1;
                if size >= half {
                    break;
                }
                half -= size;
            }
            return true;
        }
        let (session, without) = (&mut self.session, &mut self.without);
        halve(&mut session.evidence, &mut without.evidence)
            || halve(&mut session.ran, &mut without.ran)
            || halve(&mut session.typed, &mut without.typed)
            || halve(&mut session.changes, &mut without.changes)
    }
}

fn halve<T>(list: &mut Vec<T>, without: &mut usize) -> bool {
    let gone = list.len().div_ceil(2);
    list.truncate(list.len() - gone);
    *without += gone;
    gone > 0
}

/// The arguments of one program, as far as anybody reads.
fn shorten(arguments: &mut Vec<String>) {
    let mut room = limits::BUNDLE_ARGUMENTS;
    let mut whole = 0;
    for argument in arguments.iter_mut() {
        if argument.len() > room {
            argument.truncate(argument.floor_char_boundary(room));
            argument.push('…');
            whole += 1;
            break;
        }
        room -= argument.len();
        whole += 1;
    }
    if whole < arguments.len() {
        let gone = arguments.len() - whole;
        arguments.truncate(whole);
        arguments.push(format!("… ({gone} more)"));
    }
}

/// The names of all contents that the changes have.
fn names(session: &Session) -> BTreeSet<String> {
    let things = session.changes.iter().flat_map(|change| [&change.before, &change.after]).flatten();
    let names = things.filter_map(|thing| match &thing.content {
        Content::Hash(name) => Some(name.clone()),
        _ => None,
    });
    names.collect()
}

/// Records on their way into a body.
struct Records {
    to: ZlibEncoder<Vec<u8>>,
    chain: Chain,
    raw: u64,
}

impl Records {
    fn new(cover: &Cover) -> Records {
        let to = ZlibEncoder::new(Vec::new(), Compression::default());
        Records { to, chain: Chain::new(cover), raw: 0 }
    }

    /// Adds one; gives whether it is as small as it has to be.
    fn add(&mut self, part: Part, bytes: &[u8]) -> Outcome<bool> {
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.to.write_all(&[part as u8])?;
        self.to.write_all(&length.to_le_bytes())?;
        self.to.write_all(bytes)?;
        self.raw += 5 + bytes.len() as u64;
        self.chain.add(part, bytes);
        Ok(bytes.len() <= limits::BUNDLE_RECORD)
    }

    /// Adds a list, in as many records as it needs.
    fn list<T: Serialize>(&mut self, part: Part, list: &[T]) -> Outcome<bool> {
        let mut fits = true;
        let mut record = Vec::new();
        for item in list {
            record.push(if record.is_empty() { b'[' } else { b',' });
            record.extend(json(item)?);
            if record.len() >= LIST {
                record.push(b']');
                fits &= self.add(part, &record)?;
                record.clear();
            }
        }
        if !record.is_empty() {
            record.push(b']');
            fits &= self.add(part, &record)?;
        }
        Ok(fits)
    }

    fn finish(mut self) -> Outcome<(u64, Vec<u8>)> {
        let end = self.chain.end();
        self.add(Part::End, &end)?;
        Ok((self.raw, self.to.finish()?))
    }
}

fn json<T: Serialize>(value: &T) -> Outcome<Vec<u8>> {
    serde_json::to_vec(value).map_err(|e| Fault::lasting(format!("writing the session: {e}")))
}

#[cfg(test)]
mod tests;
