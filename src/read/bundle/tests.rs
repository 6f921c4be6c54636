//! Bundles made by hand after the layout, by nothing that the program itself writes with, and what becomes of bad ones.

use super::*;
use crate::model::session::Ending;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use std::io::Write;

const ID: &str = "0123456789abcdefghijklmnop";
const HELD: &[u8] = b"one\ntwo\n";

fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[3; 32]).unwrap()
}

fn key_of(pair: &Ed25519KeyPair) -> HostKey {
    HostKey(pair.public_key().as_ref().try_into().unwrap())
}

fn now() -> Timestamp {
    "2026-05-01T12:00:00Z".parse().unwrap()
}

fn head() -> Value {
    json!({
        "id": ID, "host": "web1", "login": "ann", "ticket": 42, "started": "2026-05-01T11:00:00Z",
        "ended": "2026-05-01T11:30:00Z", "ending": { "exit": 0 }, "directory": "/root", "shell": "/bin/bash",
        "command": null, "environment": [], "typed": [], "ran": [], "changes": [], "remark": "", "tags": [],
        "evidence": [],
        "witnesses": { "by": [], "unseen": [], "lost": 0, "not_kept": 0, "still_running": [], "notes": [] },
    })
}

fn change() -> Value {
    let file = json!({
        "type": "file", "mode": 420, "uid": 0, "gid": 0, "size": 8, "mtime": 0, "links": 1, "target": null,
        "attributes": [], "content": { "hash": HEXLOWER.encode(&[5; 32]) },
    });
    json!({
        "path": "/etc/fstab", "action": "created", "from": null, "before": null, "after": file, "program": null,
        "replaced": false, "backup_of": null, "others": false, "shown": true, "package": null, "description": null,
    })
}

fn record(kind: u8, bytes: &[u8]) -> Vec<u8> {
    [&[kind], &u32::try_from(bytes.len()).unwrap().to_le_bytes()[..], bytes].concat()
}

/// Kinds and payloads.
type Records = Vec<(u8, Vec<u8>)>;

/// How a bundle is made, so that a test may do one thing otherwise.
struct Made {
    cover: Value,
    records: Records,
    /// Behind the records.
    behind: Vec<u8>,
    /// Instead of the true size.
    raw: Option<u64>,
    chained: bool,
    level: u32,
}

impl Default for Made {
    fn default() -> Made {
        let typed =
            json!([{ "at": "2026-05-01T11:01:00Z", "directory": "/", "line": "vi /etc/fstab", "status": 0 }]);
        Made {
            cover: json!({ "host": "web1", "key": key_of(&pair()).to_string(), "session": ID, "sequence": 1,
                           "previous": null, "program": "0.1.0" }),
            records: vec![
                (1, head().to_string().into_bytes()),
                (2, typed.to_string().into_bytes()),
                (4, json!([change()]).to_string().into_bytes()),
                (6, [&[5; 32], HELD].concat()),
            ],
            behind: Vec::new(),
            raw: None,
            chained: true,
            level: 6,
        }
    }
}

impl Made {
    fn bytes(&self) -> Vec<u8> {
        let mut cover = self.cover.clone();
        cover["raw"] = json!(0);
        cover["packed"] = json!(0);
        cover["body"] = json!("");
        let outside: Cover = serde_json::from_value(cover.clone()).unwrap();
        let mut chain = Chain::new(&outside);
        let mut body = Vec::new();
        for (kind, bytes) in &self.records {
            body.extend(record(*kind, bytes));
            if let Some(part) = Part::from_byte(*kind) {
                chain.add(part, bytes);
            }
        }
        if self.chained {
            body.extend(record(7, &chain.end()));
        }
        body.extend(&self.behind);
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::new(self.level));
        packer.write_all(&body).unwrap();
        let packed = packer.finish().unwrap();
        cover["raw"] = json!(self.raw.unwrap_or(body.len() as u64));
        cover["packed"] = json!(packed.len());
        cover["body"] = json!(HEXLOWER.encode(&Sha256::digest(&packed)));
        wrapped(1, cover.to_string().as_bytes(), &packed)
    }

    fn open(&self) -> Result<Bundle, Refused> {
        open(&self.bytes(), &key_of(&pair()), now())
    }
}

fn wrapped(version: u16, cover: &[u8], packed: &[u8]) -> Vec<u8> {
    let length = u16::try_from(cover.len()).unwrap();
    let front = [&MAGIC[..], &version.to_le_bytes(), &length.to_le_bytes(), cover].concat();
    let signature = pair().sign(&[CONTEXT, &front].concat());
    [&front, signature.as_ref(), packed].concat()
}

#[test]
fn what_follows_the_layout_is_read() {
    let bundle = Made::default().open().unwrap();
    assert_eq!(bundle.session.ending, Ending::Exit(0));
    assert_eq!(bundle.session.typed[0].line, "vi /etc/fstab");
    assert_eq!(bundle.session.changes[0].path, FilePath::from("/etc/fstab"));
    assert_eq!(bundle.contents.values().collect::<Vec<_>>(), [HELD]);
    assert_eq!((bundle.cover.host.as_str(), bundle.cover.sequence), ("web1", 1));
}

#[test]
fn no_bit_of_it_can_be_turned() {
    let whole = Made::default().bytes();
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << bit;
            assert!(open(&bytes, &key_of(&pair()), now()).is_err(), "byte {at}, bit {bit}");
        }
    }
}

#[test]
fn cut_anywhere_it_is_refused() {
    let whole = Made::default().bytes();
    for end in 0..whole.len() {
        let why = open(&whole[..end], &key_of(&pair()), now()).unwrap_err();
        assert_eq!(why, if end == 0 { Refused::NoBundle } else { Refused::Cut }, "{end}");
    }
    for more in [&b"\0"[..], b"\n", b"PK"] {
        let longer = [&whole, more].concat();
        assert!(matches!(open(&longer, &key_of(&pair()), now()), Err(Refused::Damaged(_))));
    }
}

#[test]
fn another_key_signs_nothing() {
    let bytes = Made::default().bytes();
    assert_eq!(open(&bytes, &HostKey([9; 32]), now()), Err(Refused::Forged));
    // the cover names a key that did not sign
    let other = HostKey([9; 32]);
    let mut made = Made::default();
    made.cover["key"] = json!(other.to_string());
    assert_eq!(open(&made.bytes(), &other, now()), Err(Refused::Forged));
    // the signature of something that is no bundle
    let cover = serde_json::to_vec(&cover(&bytes).unwrap()).unwrap();
    let bare = pair().sign(&cover);
    let forged =
        [&MAGIC[..], &1u16.to_le_bytes(), &(cover.len() as u16).to_le_bytes(), &cover, bare.as_ref()];
    assert_eq!(open(&forged.concat(), &key_of(&pair()), now()), Err(Refused::Forged));
}

#[test]
fn other_files_and_layouts_from_later_are_told_apart() {
    for other in [&b""[..], b"PK\x03\x04", b"From: ann", &[0; 200], b"Trackle\x1a\x01\0"] {
        assert_eq!(open(other, &key_of(&pair()), now()), Err(Refused::NoBundle));
    }
    assert_eq!(open(&wrapped(2, b"?", b""), &key_of(&pair()), now()), Err(Refused::Version(2)));
    assert_eq!(open(&wrapped(0, b"{}", b""), &key_of(&pair()), now()), Err(Refused::NoBundle));
    assert!(matches!(cover(&wrapped(1, b"{}", b"")), Err(Refused::Damaged(_))));
    assert_eq!(cover(&wrapped(1, &[b' '; 5000], b"")), Err(Refused::TooBig("its cover")));
}

#[test]
fn bombs_do_not_go_off() {
    // zeros that pack a thousand times
    let zeros = [&[5; 32][..], &vec![0; limits::BUNDLE_RECORD - 32]].concat();
    let mut bomb = Made::default();
    let others: Vec<Vec<u8>> = (0..8u8).map(|n| [&[n + 10; 32][..], &zeros[32..]].concat()).collect();
    bomb.records.extend(others.into_iter().map(|bytes| (6, bytes)));
    assert_eq!(bomb.open(), Err(Refused::Bomb));
    // more than it says, by as little as a byte
    for less in [1, 40, 100] {
        let whole = cover(&Made::default().bytes()).unwrap().raw;
        let made = Made { raw: Some(whole - less), ..Made::default() };
        assert_eq!(made.open(), Err(Refused::Bomb), "{less}");
    }
    // less than it says
    assert!(Made { raw: Some(100_000), ..Made::default() }.open().is_err());
    assert_eq!(Made { raw: Some(u64::MAX), ..Made::default() }.open(), Err(Refused::Bomb));
    // one dull file is no bomb
    let mut dull = Made::default();
    dull.records[3].1 = zeros;
    assert!(dull.open().is_ok());
}

#[test]
fn sizes_are_not_believed() {
    let huge = |kind: u8, length: u32| [&[kind][..], &length.to_le_bytes(), b"x"].concat();
    for (kind, length) in [(6, u32::MAX), (6, limits::BUNDLE_RECORD as u32 + 1)] {
        let made = Made { chained: false, behind: huge(kind, length), ..Made::default() };
        assert_eq!(made.open(), Err(Refused::TooBig("one of its records")));
    }
    let made = Made { chained: false, behind: huge(6, 2_000_000), ..Made::default() };
    assert_eq!(made.open(), Err(Refused::Bomb));
    let made = Made { chained: false, behind: huge(6, 100), raw: Some(5000), ..Made::default() };
    assert_eq!(made.open(), Err(Refused::Cut));
    // more things than there may be
    let mut many = Made { level: 1, ..Made::default() };
    many.records.truncate(1);
    for list in 0..11 {
        let one = |n| json!({ "at": "2026-05-01T11:01:00Z", "directory": "/", "line": format!("{list}{}", n * n), "status": null });
        let all: Vec<Value> = (0..20_000_i64).map(one).collect();
        many.records.push((2, json!(all).to_string().into_bytes()));
    }
    assert_eq!(many.open(), Err(Refused::TooBig("the number of things in it")));
}

#[test]
fn records_have_their_order_and_their_chain() {
    type Otherwise<'a> = &'a dyn Fn(&mut Records);
    let with = |change: Otherwise<'_>| {
        let mut made = Made::default();
        change(&mut made.records);
        made.open()
    };
    assert!(with(&|_| ()).is_ok());
    let wrong: [(&str, Otherwise<'_>); 10] = [
        ("no head", &|r| drop(r.remove(0))),
        ("two heads", &|r| r.insert(1, (1, head().to_string().into_bytes()))),
        ("a list in the head", &|r| {
            let mut head = head();
            head["changes"] = json!([change()]);
            r[0].1 = head.to_string().into_bytes();
        }),
        ("out of order", &|r| r.swap(1, 2)),
        ("unknown", &|r| r.insert(1, (9, Vec::new()))),
        ("nothing", &|r| r.clear()),
        ("an early end", &|r| r.insert(1, (7, vec![0; 32]))),
        ("the same content twice", &|r| r.push(r[3].clone())),
        ("nobody's content", &|r| r[3].1[0] ^= 1),
        ("a short content", &|r| r[3].1.truncate(31)),
    ];
    for (what, change) in wrong {
        assert!(matches!(with(change), Err(Refused::Damaged(_))), "{what}: {:?}", with(change).err());
    }
    let unchained = Made { chained: false, behind: record(7, &[0; 32]), ..Made::default() };
    assert_eq!(unchained.open(), Err(Refused::Damaged("its chain does not hold")));
    let more = Made { behind: record(6, &[6; 40]), ..Made::default() };
    assert_eq!(more.open(), Err(Refused::Damaged("there is something behind its end")));
    assert_eq!(Made { chained: false, ..Made::default() }.open(), Err(Refused::Bomb));
}

#[test]
fn what_cannot_be_is_not_believed() {
    let with = |change: &dyn Fn(&mut Value)| {
        let mut made = Made::default();
        let mut head = head();
        change(&mut head);
        made.records[0].1 = head.to_string().into_bytes();
        made.open()
    };
    assert_eq!(with(&|h| h["ended"] = json!("2026-05-02T11:00:00Z")), Err(Refused::FromTomorrow(23 * 60)));
    assert_eq!(with(&|h| h["ended"] = json!("2026-05-01T12:11:00Z")), Err(Refused::FromTomorrow(11)));
    assert!(with(&|h| h["ended"] = json!("2026-05-01T12:09:00Z")).is_ok());
    for (name, value) in [
        ("host", json!("a b")),
        ("host", json!("x".repeat(300))),
        ("session", json!("../x")),
        ("program", json!("0.1\n")),
        ("key", json!("ed25519:AAAA")),
        ("sequence", json!(-1)),
    ] {
        let made = Made::default();
        let mut claims: Value = serde_json::to_value(cover(&made.bytes()).unwrap()).unwrap();
        claims[name] = value;
        let bytes = wrapped(1, claims.to_string().as_bytes(), b"");
        assert_eq!(cover(&bytes), Err(Refused::Damaged("its cover")), "{name}");
    }
    let wrong: [&dyn Fn(&mut Value); 6] = [
        &|h| h["ended"] = json!("2026-05-01T10:00:00Z"),
        &|h| h["host"] = json!("web2"),
        &|h| h["id"] = json!("0123456789abcdefghijklmnoq"),
        &|h| h["login"] = json!(""),
        &|h| h["ticket"] = json!(-1),
        &|h| h["directory"] = json!(vec![vec![0]]),
    ];
    for change in wrong {
        assert!(matches!(with(change), Err(Refused::Damaged(_))));
    }
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut made = Made::default();
        let mut value = self::change();
        change(&mut value);
        made.records[2].1 = json!([value]).to_string().into_bytes();
        made.open()
    };
    for bad in ["", "/a\\x00b", &"/x".repeat(10_000)] {
        assert_eq!(changed(&|c| c["path"] = json!(bad)), Err(Refused::Damaged("a path in it is none")));
    }
    assert!(changed(&|c| c["after"]["content"] = json!({ "hash": "../../etc" })).is_err());
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let mut made = Made::default();
    made.records[2].1 = deep.into_bytes();
    assert!(made.open().is_err());
}

proptest! {
    #[test]
    fn no_bytes_make_it_stumble(bytes in proptest::collection::vec(any::<u8>(), 0..300), version in 0u16..3) {
        let _ = open(&bytes, &HostKey([1; 32]), now());
        let _ = open(&[&MAGIC[..], &bytes].concat(), &HostKey([1; 32]), now());
        let _ = open(&wrapped(version, &bytes, &bytes), &key_of(&pair()), now());
        let mut made = Made::default();
        made.records[1].1 = bytes.clone();
        let _ = made.open();
        made.records.truncate(1);
        let _ = Made { behind: bytes, chained: false, ..made }.open();
    }
}
