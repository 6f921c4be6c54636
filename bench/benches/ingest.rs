//! Taking mail in: from the mailbox to the owed letters, everything committed, marks set. Letters are not carried.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use jiff::{SignedDuration, Timestamp};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;
use trackle::clock::{Clock, SystemClock};
use trackle_benches::mailgen::Post;
use trackle_benches::servers::{PASSWORD, Servers};
use trackle_benches::site::{Site, deliver};
use trackle_benches::tell;

/// Mails of one ingest.
const MAILS: usize = 1_000;

fn mails() -> Vec<Vec<u8>> {
    Post::new(1, 0, hours_ago(12)).mails(MAILS)
}

fn hours_ago(hours: i64) -> Timestamp {
    SystemClock.now() - SignedDuration::from_hours(hours)
}

/// Measures one ingest again and again; `prepare` makes a site with full mailbox, and its time does not count.
fn measure(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, mut prepare: impl FnMut() -> Site) {
    let (mut all, mut runs) = (Duration::ZERO, 0);
    group.bench_function(name, |b| {
        b.iter_custom(|rounds| {
            let took = (0..rounds).map(|_| prepare().take_in()).sum();
            all += took;
            runs += rounds;
            took
        });
    });
    tell(&format!("ingest from {name}"), runs * MAILS as u64, all);
}

fn ingest(c: &mut Criterion) {
    let mut group = c.benchmark_group("ingest");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(MAILS as u64));
    let mails = mails();
    measure(&mut group, "Maildir", || {
        let site = Site::with_maildir();
        deliver(&site.maildir(), &mails, None);
        site
    });
    let servers = Servers::imap_only();
    let inbox = servers.maildir("help");
    let home = fs::metadata(inbox.parent().unwrap()).unwrap();
    measure(&mut group, "Dovecot", || {
        // what an earlier ingest has marked goes, index and all
        let _ = fs::remove_dir_all(&inbox);
        deliver(&inbox, &mails, Some((home.uid(), home.gid())));
        Site::with_imap(servers.imap_port, PASSWORD)
    });
    group.finish();
}

criterion_group!(benches, ingest);
criterion_main!(benches);
