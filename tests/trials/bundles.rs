//! B18: bundles that are cut, spoilt, replayed, put together of several, signed by others, full of nothing, or signed by their
//! host and yet none: what stands in the database is what the honest ones tell, each once, and reading them takes little
//! memory. The control is somebody who has the host's key and makes a bundle of his own as it should be made.

use crate::chance::Chance;
use crate::properties::machines::{chained, record, wrapped};
use crate::row::{Row, Trial};
use crate::town::host::Host;
use crate::town::session::Work;
use crate::town::{ALICE, Town, believing};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use trackle::limits;
use trackle::model::bundle::{Cover, FRONT, Part, SIGNATURE};
use trackle::record::hostkey::Signer;

/// The row.
pub const ROW: Row = Row {
    name: "B18",
    about: "no hostile bundle is filed, and no honest one twice",
    unit: "bundles",
    amounts: [1_000, 20_000, 100_000],
    trial: |trial| bundles(trial, false),
    control: |trial| bundles(trial, true),
};

/// Bundles that one town gets; fewer than one sender may send in an hour.
const TOGETHER: usize = 40;
/// Sessions that were really worked.
const HONEST: usize = 4;
/// The most memory that one may take beside what was taken before.
const MEMORY: u64 = 64 << 20;
/// The number of the host's key.
const KEY: u8 = 3;

fn bundles(trial: &Trial<'_>, has_key: bool) -> Result<String, String> {
    let seeds: Vec<u64> = trial.seeds().collect();
    let (mut filed, mut most) = (0, 0);
    for some in seeds.chunks(TOGETHER) {
        let mut town = Town::new(believing());
        let got = some_bundles(&mut town, some, has_key, &mut || trial.step());
        town.abandon();
        let (sessions, memory) = got?;
        (filed, most) = (filed + sessions, most.max(memory));
    }
    Ok(format!("{filed} honest ones filed once, nothing else; at most {} MiB of memory", most >> 20))
}

/// The bundles of these seeds come to a town; gives how many sessions were filed, and the most memory that one bundle took.
fn some_bundles(
    town: &mut Town,
    seeds: &[u64],
    has_key: bool,
    step: &mut dyn FnMut(),
) -> Result<(usize, u64), String> {
    let (ticket, _, _) = town.opened(ALICE, "Backup", "It is on fire, please come.");
    let host = Host::new("web1", KEY);
    town.enroll(&host.card(None, None));
    let honest: Vec<Honest> =
        (0..HONEST).map(|n| Honest::new(&host, town.now(), u64::from(ticket), n)).collect();
    let (mut filed, mut most) = (BTreeSet::new(), 0);
    for seed in seeds {
        let mut chance = Chance::new(*seed);
        let n = chance.below(HONEST);
        let bytes = if chance.once_in(12) {
            filed.insert(n);
            honest[n].bytes.clone()
        } else if has_key && chance.once_in(3) {
            of_his_own(&honest[n], *seed)
        } else {
            hostile(&honest, n, filed.contains(&n), town.now(), &mut chance)
        };
        town.submit(&host, &bytes);
        drop(bytes);
        most = most.max(memory_of(|| town.settle()));
        if most > MEMORY {
            return Err(format!("seed {seed}: {} MiB", most >> 20));
        }
        town.delivered();
        let (found, right) = (stands(town), filed.iter().map(|n| honest[*n].row.clone()).collect::<Vec<_>>());
        if found != right {
            return Err(format!("seed {seed}: {found:?} is filed instead of {right:?}"));
        }
        step();
    }
    Ok((filed.len(), most))
}

/// A session that was worked and sealed as it should be.
struct Honest {
    bytes: Vec<u8>,
    cover: Cover,
    signature: Vec<u8>,
    packed: Vec<u8>,
    /// The body without its end.
    records: Vec<u8>,
    /// How it stands in the database.
    row: String,
}

impl Honest {
    fn new(host: &Host, now: Timestamp, ticket: u64, n: usize) -> Honest {
        let mut work = Work::before(now).id(&n.to_string()).typed("vi /etc/motd");
        work.session.login = "ann".into();
        for file in 0..=n {
            let text = format!("hello {n} {file}\n").repeat(20 * n + 1);
            work = work.file(&format!("/etc/motd{file}"), Some("hello\n"), Some(&text));
        }
        let bytes = host.seal(&work, ticket);
        let length = usize::from(u16::from_le_bytes([bytes[FRONT - 2], bytes[FRONT - 1]]));
        let (json, rest) = bytes[FRONT..].split_at(length);
        let (signature, packed) = rest.split_at(SIGNATURE);
        let mut records = Vec::new();
        flate2::read::ZlibDecoder::new(packed).read_to_end(&mut records).expect("it is unpacked");
        records.truncate(records.len() - 37);
        let names: Vec<&str> = work.contents.keys().map(String::as_str).collect();
        let paths: Vec<String> = (0..=n).map(|file| format!("/etc/motd{file}")).collect();
        Honest {
            cover: serde_json::from_slice(json).expect("a cover"),
            signature: signature.to_vec(),
            packed: packed.to_vec(),
            records,
            row: format!("{} {ticket} web1 ann {} {}", work.session.id, paths.join(" "), names.join(" ")),
            bytes,
        }
    }

    /// Kinds and payloads.
    fn pieces(&self) -> Vec<(u8, Vec<u8>)> {
        let (mut all, mut rest) = (Vec::new(), self.records.as_slice());
        while let Some((kind, payload, after)) = record(rest) {
            all.push((kind, payload.to_vec()));
            rest = after;
        }
        all
    }

    /// Other records under its cover, the chain and all sums made anew, signed with that key.
    fn with(&self, pieces: &[(u8, Vec<u8>)], key: u8) -> Vec<u8> {
        let signer = signer(key);
        let cover = Cover { key: signer.key(), ..self.cover.clone() };
        wrapped(cover.clone(), &chained(&cover, &joined(pieces)), &signer)
    }
}

fn signer(key: u8) -> Signer {
    Signer::new(&[key; 32]).expect("a key")
}

fn joined(pieces: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let one = |(kind, payload): &(u8, Vec<u8>)| {
        [&[*kind], &u32::try_from(payload.len()).expect("a short record").to_le_bytes()[..], payload].concat()
    };
    pieces.iter().flat_map(one).collect()
}

/// The sessions in the database with their files and contents, by their ids.
fn stands(town: &Town) -> Vec<String> {
    let query = "SELECT s.id || ' ' || s.ticket || ' ' || s.host || ' ' || s.login || ' ' || coalesce(
        (SELECT group_concat(CAST(path AS TEXT), ' ' ORDER BY place) FROM session_change WHERE session = s.number), '')
        || ' ' || coalesce((SELECT group_concat(lower(hex(b.sha256)), ' ' ORDER BY c.hash) FROM session_content c
        JOIN blob b ON b.id = c.blob WHERE c.session = s.number), '') FROM session s ORDER BY s.id";
    let db = town.database();
    let mut rows = db.prepare(query).expect("a query");
    rows.query_map([], |row| row.get(0)).expect("rows").map(|row| row.expect("a row")).collect()
}

/// Everything right, but that nobody worked it.
fn of_his_own(honest: &Honest, seed: u64) -> Vec<u8> {
    let id = format!("{seed:0>26}");
    let cover = Cover { session: id.clone(), ..honest.cover.clone() };
    let mut pieces = honest.pieces();
    altered(&mut pieces[0].1, &honest.cover.session, &id);
    wrapped(cover.clone(), &chained(&cover, &joined(&pieces)), &signer(KEY))
}

/// Other words in a record of JSON.
fn altered(record: &mut Vec<u8>, from: &str, to: &str) {
    let text = std::str::from_utf8(record).expect("text");
    assert!(text.contains(from), "{from} is not in {text}");
    *record = text.replace(from, to).into_bytes();
}

/// A bundle that is not to be filed. `is_filed`: the one that it is made of is already.
fn hostile(all: &[Honest], n: usize, is_filed: bool, now: Timestamp, chance: &mut Chance) -> Vec<u8> {
    let one = &all[n];
    let mut bytes = one.bytes.clone();
    match chance.below(9) {
        0 => bytes.truncate(chance.below(bytes.len())),
        1 => {
            let at = chance.below(bytes.len());
            bytes[at] ^= 1 << chance.below(8);
        }
        2 => bytes.extend((0..=chance.below(100)).map(|_| chance.below(256) as u8)),
        3 => {
            let at = chance.below(bytes.len());
            let length = chance.below((bytes.len() - at).min(64));
            bytes.copy_within(at..at + length, 0);
        }
        4 => {
            // the body of another under this cover
            let other = &all[(n + 1) % all.len()];
            bytes = [&bytes[..bytes.len() - one.packed.len()], &other.packed].concat();
        }
        5 => {
            // altered and counted anew, with the signature of before
            let mut pieces = one.pieces();
            let last = pieces.len() - 1;
            pieces[last].1.push(b'!');
            let body = chained(&one.cover, &joined(&pieces));
            let made = wrapped(one.cover.clone(), &body, &signer(9));
            let length = usize::from(u16::from_le_bytes([made[FRONT - 2], made[FRONT - 1]]));
            let (front, rest) = made.split_at(FRONT + length);
            bytes = [front, &one.signature, &rest[SIGNATURE..]].concat();
        }
        6 => bytes = one.with(&one.pieces(), 9),
        // a key that nobody knows signs in the host's name
        7 => bytes = wrapped(one.cover.clone(), &chained(&one.cover, &one.records), &signer(9)),
        _ => bytes = broken_host(one, is_filed, now, chance),
    }
    if bytes == one.bytes {
        bytes.pop();
    }
    bytes
}

/// Signed by the host, and yet none.
fn broken_host(one: &Honest, is_filed: bool, now: Timestamp, chance: &mut Chance) -> Vec<u8> {
    let mut pieces = one.pieces();
    let last = pieces.len() - 1;
    let nothing = |length: usize| (Part::Content as u8, [vec![5; 32], vec![0; length]].concat());
    match chance.below(10) {
        0 => pieces.swap(0, last),
        1 => pieces.insert(chance.below(last), pieces[0].clone()),
        2 => pieces.push(nothing(8)),
        3 => pieces.push(pieces[last].clone()),
        4 => pieces.push((chance.below(256) as u8, vec![1; 40])),
        5 => {
            // more than it may unpack to for its size, or just as much
            let big = chance.once_in(2);
            let records = if big { limits::BUNDLE_RAW / limits::BUNDLE_RECORD - 1 } else { 3 };
            for n in 0..records {
                let mut piece = nothing(limits::BUNDLE_RECORD - 32);
                piece.1[0] = n as u8;
                let noise = piece.1.iter_mut().skip(32).take(if big { 40_000 } else { 0 });
                noise.for_each(|byte| *byte = chance.below(256) as u8);
                pieces.push(piece);
            }
        }
        6 => pieces[0].1 = "[".repeat(1 + chance.below(100_000)).into_bytes(),
        7 => {
            let many = format!("[{}0]", "0,".repeat(chance.below(limits::BUNDLE_ITEMS * 2)));
            pieces.insert(1, (Part::Typed as u8, many.into_bytes()));
        }
        8 => {
            let later = now + SignedDuration::from_hours(1 + chance.below(1_000) as i64);
            altered(&mut pieces[0].1, &format!("\"ended\":\"{now}\""), &format!("\"ended\":\"{later}\""));
        }
        // the same session, sealed anew, with other words in it
        _ if is_filed => altered(&mut pieces[0].1, "\"remark\":\"\"", "\"remark\":\"not so\""),
        // the end of another chain
        _ => {
            let cover = Cover { sequence: 77, ..one.cover.clone() };
            return wrapped(one.cover.clone(), &chained(&cover, &one.records), &signer(KEY));
        }
    }
    one.with(&pieces, KEY)
}

/// The most memory that some work took beside what was taken before it.
fn memory_of(work: impl FnOnce()) -> u64 {
    let _ = fs::write("/proc/self/clear_refs", "5");
    let before = memory("VmRSS:");
    work();
    memory("VmHWM:").saturating_sub(before)
}

/// A size from /proc/self/status, in bytes.
fn memory(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().unwrap_or(0);
    kibibytes * 1024
}
