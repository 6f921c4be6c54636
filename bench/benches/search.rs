//! How long a search takes among a million mails: words that stand everywhere, words that stand nowhere, several at once,
//! as staff search (titles and texts) and as everybody does (titles). Also how long it takes to find what may ask for
//! the same as a new ticket. The words are as frequent as in a language: the second stands half as often as the first,
//! the third a third as often.

use criterion::{Criterion, criterion_group, criterion_main};
use rusqlite::{Connection, params};
use std::hint::black_box;
use std::path::Path;
use trackle::store::{FILE, Reader, Store, search::Scope};
use trackle_benches::{figures, grouped};

/// Different words.
const WORDS: u64 = 30_000;
/// Words of a mail, and of a title.
const LONG: usize = 60;
const SHORT: usize = 5;
/// Mails of a ticket.
const THREAD: u32 = 4;

/// A die whose throws are always the same.
struct Die(u64);

impl Die {
    fn throw(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
    /// By Zipf's law: the rank of a word is the number of words to the power of an even throw.
    fn words(&mut self, count: usize) -> String {
        let rank = |die: &mut Die| (WORDS as f64).powf(die.throw()) as u64;
        (0..count).map(|_| word(rank(self))).collect::<Vec<_>>().join(" ")
    }
}

/// The word of that rank, from 1: syllables of its digits.
fn word(rank: u64) -> String {
    const SYLLABLES: [&str; 10] = ["ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zu"];
    (rank + 100).to_string().bytes().map(|b| SYLLABLES[usize::from(b - b'0')]).collect()
}

fn fill(state: &Path, mails: u32) {
    drop(Store::open(state).unwrap());
    let db = Connection::open(state.join(FILE)).unwrap();
    db.execute_batch(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-200000; BEGIN;
         INSERT INTO person (id, address, spelled, since) VALUES (1, 'bob@x.example', 'bob@x.example', 0);",
    )
    .unwrap();
    let mut die = Die(7);
    let mut ticket = db
        .prepare("INSERT INTO ticket (number, state, title, requester, created, changed) VALUES (?1, ?2, ?3, 1, 0, 0)")
        .unwrap();
    let mut entry =
        db.prepare("INSERT INTO entry (id, ticket, event, at, text) VALUES (?1, ?2, 1, 0, ?3)").unwrap();
    for mail in 0..mails {
        let number = mail / THREAD + 1;
        if mail % THREAD == 0 {
            let state = if number % 20 == 0 { "open" } else { "closed" };
            ticket.execute(params![number, state, die.words(SHORT)]).unwrap();
        }
        entry.execute(params![mail + 1, number, die.words(LONG)]).unwrap();
    }
    // every fifth one is hidden
    db.execute("INSERT INTO field SELECT number, 'private', 'yes' FROM ticket WHERE number % 5 = 0", [])
        .unwrap();
    db.execute_batch("COMMIT").unwrap();
}

fn search(c: &mut Criterion) {
    let mails = std::env::var("TRACKLE_BENCH_MAILS").map_or(1_000_000, |n| n.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), mails);
    let reader = Reader::open(dir.path()).unwrap();
    let mut group = c.benchmark_group(format!("search of {} mails", grouped(u64::from(mails))));
    group.sample_size(10);
    let mut most_ms: f64 = 0.0;
    let title = Die(99).words(SHORT);
    group.bench_function("what may ask for the same", |b| {
        b.iter(|| black_box(reader.look(|tx| tx.likely(&title, None, jiff::Timestamp::UNIX_EPOCH)).unwrap()));
    });
    let (most, many, some, rare) = (word(1), word(10), word(500), word(25_000));
    for (name, words) in [
        ("the most frequent word", most.clone()),
        ("a frequent word", many.clone()),
        ("a word of some mails", some.clone()),
        ("a rare word", rare.clone()),
        ("a word of none", "nowhere".to_owned()),
        ("four frequent words", format!("{most} {} {many} {}", word(2), word(3))),
        ("frequent and rare", format!("{most} {rare}")),
        ("frequent ones and rare", format!("{most} {} {many} {} {rare}", word(2), word(3))),
        ("the begin of many words", word(1)[..4].to_owned()),
        ("a longer begin of many words", word(1)[..5].to_owned()),
        ("two begins of many words", format!("{} {}", &word(1)[..4], &word(400)[..4])),
    ] {
        for (who, scope) in [("staff", Scope::All), ("everybody", Scope::Titles)] {
            let one = || drop(black_box(reader.search(&words, scope, 10).unwrap()));
            group.bench_function(format!("{name}, {who}"), |b| b.iter(one));
            most_ms = f64::max(most_ms, figures::median_ms(10, one));
        }
    }
    figures::note(&[(&format!("search_most_ms_{mails}"), most_ms)]);
    group.finish();
}

criterion_group!(benches, search);
criterion_main!(benches);
