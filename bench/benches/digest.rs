//! How long a digest takes, from the first look to the letter that is owed: a hundred thousand tickets of which a
//! thousand are open, and then ten times as many closed ones, which should make no difference.

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use std::hint::black_box;
use trackle::pipeline::digest::owe_due;
use trackle::store::FILE;
use trackle::store::digest::{Done, Mark};
use trackle_benches::site::Site;
use trackle_benches::{figures, grouped, history};

const OPEN: u32 = 1_000;
/// Seconds between the past and its last changes, so that no open ticket lies untouched: those are the cheap ones.
const LATER: i64 = 100_000_000;
/// Events since the last digest.
const NEWS: i64 = 1_000;

fn digest(c: &mut Criterion) {
    let mut group = c.benchmark_group("digest of 1,000 open tickets among");
    group.sample_size(20);
    let wished = std::env::var("TRACKLE_BENCH_TICKETS").unwrap_or_else(|_| "100000,1000000".into());
    for tickets in wished.split(',').map(|n| n.trim().parse::<u32>().unwrap()) {
        let site = Site::with_maildir();
        history::make(&site.state(), tickets);
        let db = Connection::open(site.state().join(FILE)).unwrap();
        db.execute(
            "UPDATE ticket SET state = iif(number % ?1 = 0, 'open', 'closed')",
            [(tickets / OPEN).max(1)],
        )
        .unwrap();
        db.execute("UPDATE ticket SET changed = changed + ?1 WHERE state = 'open'", [LATER]).unwrap();
        drop(db);
        let hub = site.hub();
        let last = Timestamp::from_second(1_700_000_000 + LATER + i64::from(tickets)).unwrap();
        let now = last + SignedDuration::from_hours(36);
        let mark = Mark { at: last, event: i64::from(tickets) - NEWS };
        let mut store = hub.store();
        store
            .transact(|tx| {
                let to = &hub.house.robot.list;
                tx.digest_done(Done { kind: "digest", to, period: "2023-01-01", mark }).map(drop)
            })
            .unwrap();
        let mut one = || {
            let owed = store.rehearse(|tx| owe_due(tx, &hub.house, now)).unwrap();
            assert_eq!(black_box(owed), 1);
        };
        group.bench_function(grouped(u64::from(tickets)), |b| b.iter(&mut one));
        figures::note(&[(&format!("digest_ms_{tickets}"), figures::median_ms(20, one))]);
    }
    group.finish();
}

criterion_group!(benches, digest);
criterion_main!(benches);
