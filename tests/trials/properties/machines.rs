//! What other machines wrote down: bundles, the journals of recorded programs, and what kernels keep of programs.

use super::NOW;
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::sync::LazyLock;
use trackle::limits;
use trackle::model::bundle::{CONTEXT, Chain, Cover, MAGIC, Part, VERSION};
use trackle::model::session::Content;
use trackle::read::{self, accounting, audit};
use trackle::record::hostkey::Signer;
use trackle::record::journal;
use trackle::record::seal::{Turn, seal};
use trackle_wire::record::{LONGEST, NOT_PACKED, PATIENCE, Record};
use trackle_wire::{Kind, take_within};

static HOST: LazyLock<Signer> = LazyLock::new(|| Signer::new(&[3; 32]).expect("a key"));

/// The session of all bundles here.
pub const SESSION: &str = "0123456789abcdefghijklmnop";

/// A bundle. The first byte says how it came: as it stands (0), or as the records that a host signed, with (1) or without
/// (2) the end that holds its chain.
pub fn bundle(bytes: &[u8]) {
    let Some((way, said)) = bytes.split_first() else { return };
    let made = match way % 3 {
        0 => said.to_vec(),
        way => signed(said, way == 1),
    };
    if let Ok(cover) = read::bundle::cover(&made) {
        assert!(read::bundle::is_id(&cover.session) && cover.host.len() <= 255);
    }
    let Ok(bundle) = read::bundle::open(&made, &HOST.key(), NOW) else { return };
    assert_eq!((&bundle.session.id, &bundle.session.host), (&bundle.cover.session, &bundle.cover.host));
    assert!(bundle.session.started <= bundle.session.ended);
    let held: usize = bundle.contents.values().map(Vec::len).sum();
    assert!(held <= limits::BUNDLE_RAW && held as u64 <= bundle.cover.raw);
    for change in &bundle.session.changes {
        assert!(!change.path.0.is_empty() && !change.path.0.contains(&0));
    }
    let named = |name: &String| {
        bundle
            .session
            .changes
            .iter()
            .flat_map(|c| [&c.before, &c.after])
            .flatten()
            .any(|thing| matches!(&thing.content, Content::Hash(hash) if hash == name))
    };
    assert!(bundle.contents.keys().all(named), "it holds what no change names");
    // what was read can be sealed, and is read again as the same
    let turn = Turn { sequence: bundle.cover.sequence, previous: bundle.cover.previous };
    let sealed = seal(bundle.session, bundle.contents.clone(), &turn, &HOST).expect("it fits");
    let again = read::bundle::open(&sealed.bytes, &HOST.key(), NOW).expect("it is read again");
    assert_eq!((again.session, again.contents), (sealed.session, bundle.contents));
}

/// These records as a host that is known would send them.
fn signed(records: &[u8], has_end: bool) -> Vec<u8> {
    let cover = Cover {
        host: "web1".into(),
        key: HOST.key(),
        session: SESSION.into(),
        sequence: 1,
        previous: None,
        program: "0.1.0".into(),
        raw: 0,
        packed: 0,
        body: String::new(),
    };
    let body = if has_end { chained(&cover, records) } else { records.to_vec() };
    wrapped(cover, &body, &HOST)
}

/// Records with the end that holds their chain.
pub fn chained(cover: &Cover, records: &[u8]) -> Vec<u8> {
    let (mut chain, mut rest) = (Chain::new(cover), records);
    while let Some((kind, payload, after)) = record(rest) {
        if let Some(part) = Part::from_byte(kind) {
            chain.add(part, payload);
        }
        rest = after;
    }
    [records, &[Part::End as u8], &32_u32.to_le_bytes(), &chain.end()].concat()
}

/// A body, packed and signed by whoever has that key, with all that the cover says of it.
pub fn wrapped(mut cover: Cover, body: &[u8], signer: &Signer) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(body).expect("it is packed");
    let packed = packer.finish().expect("it is packed");
    (cover.raw, cover.packed) = (body.len() as u64, packed.len() as u64);
    cover.body = HEX.encode(&Sha256::digest(&packed));
    let json = serde_json::to_vec(&cover).expect("a cover");
    let length = u16::try_from(json.len()).expect("a short cover").to_le_bytes();
    let front = [&MAGIC[..], &VERSION.to_le_bytes(), &length, &json].concat();
    let signature = signer.sign(CONTEXT, &front);
    [&front, signature.as_ref(), &packed].concat()
}

/// The first record: its kind, what it holds, and what follows it.
pub fn record(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (front, rest) = bytes.split_at_checked(5)?;
    let length = u32::from_le_bytes(front.get(1..)?.try_into().ok()?);
    let (payload, after) = rest.split_at_checked(length as usize)?;
    Some((front[0], payload, after))
}

/// A journal. The bytes are read as they stand, and as a recipe of sound records with torn ones and dirt between them, of
/// which each sound one is found.
pub fn journal(bytes: &[u8]) {
    found(bytes);
    let (mut lane, mut numbers, mut rest) = (Vec::new(), Vec::new(), bytes);
    let mut room = vec![0; 4096];
    while let Some((&[how, length], after)) = rest.split_first_chunk::<2>() {
        let (piece, after) = after.split_at_checked(usize::from(length)).unwrap_or((after, b""));
        rest = after;
        if how < 0x40 {
            lane.extend_from_slice(piece);
            continue;
        }
        let path = [b"/", piece].concat();
        let number = numbers.len() as u64;
        let record = Record {
            kind: Kind::Before as u16,
            number,
            size: piece.len() as u64,
            pack: NOT_PACKED,
            path: &path,
            content: piece,
            ..Record::default()
        };
        let whole = trackle_wire::put(&record, &mut room).expect("room for a record");
        // killed while it was written
        if how >= 0xC0 {
            lane.extend_from_slice(&whole[..whole.len().min(usize::from(how))]);
        } else {
            lane.extend_from_slice(whole);
            numbers.push((number, !piece.contains(&0)));
        }
    }
    let seen: Vec<u64> = found(&lane);
    let whole: Vec<u64> = numbers.into_iter().filter(|(_, path)| *path).map(|(number, _)| number).collect();
    assert!(whole.iter().all(|number| seen.contains(number)), "{whole:?} {seen:?}");
}

/// The numbers of the records that are found.
fn found(bytes: &[u8]) -> Vec<u64> {
    let (mut at, mut sound, mut patience) = (0, 0, PATIENCE);
    while let Some((before, length, record)) = take_within(&bytes[at..], &mut patience) {
        assert!(length <= LONGEST && at + before + length <= bytes.len());
        assert!(record.path.len() + record.second.len() + record.extra.len() + record.content.len() < length);
        (at, sound) = (at + before + length, sound + 1);
    }
    let mut entries = Vec::new();
    let torn = journal::entries(1000, &mut &*bytes, &mut entries).expect("bytes are read");
    assert!(torn <= bytes.len() as u64 && entries.len() <= sound);
    for entry in &entries {
        let Some(kept) = entry.content.filter(|kept| !kept.packed) else { continue };
        assert!(kept.at + kept.size <= bytes.len() as u64, "{kept:?} of {}", bytes.len());
    }
    entries.into_iter().map(|entry| entry.number).collect()
}

/// Process accounting, audit records, and the card of a host.
pub fn evidence(bytes: &[u8]) {
    let processes = accounting::processes(bytes).processes;
    assert!(processes.len() <= bytes.len() / 32 + 1);
    for process in processes {
        let _ = (process.exit(), process.signal(), process.terminal());
    }
    audit::log(bytes, i64::MIN, i64::MAX);
    assert!(read::host::card(bytes).is_err() || bytes.starts_with(b"trackle"));
}
