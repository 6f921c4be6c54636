//! Whether the past makes the present slower: the time per mail (who, where, what, letters, commit) with a hundred,
//! ten thousand and a million tickets in the database. `TRACKLE_BENCH_TICKETS=100,10000` chooses other numbers; a
//! million take a minute to make and some gigabytes below the temporary folder.

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use jiff::SignedDuration;
use std::sync::Arc;
use std::time::Duration;
use trackle::clock::{Clock, SystemClock, instant};
use trackle::daemon::Hub;
use trackle::store::spool::Parcelled;
use trackle::{pipeline, read};
use trackle_benches::mailgen::Post;
use trackle_benches::site::Site;
use trackle_benches::{figures, grouped, history, tell};

/// Mails of one transaction.
const BATCH: usize = 200;

/// A robot with a past, and the stream of its mail.
struct Scene {
    hub: Arc<Hub>,
    post: Post,
    count: usize,
    _site: Site,
}

impl Scene {
    fn set(tickets: u32) -> Scene {
        let site = Site::with_maildir();
        history::make(&site.state(), tickets);
        let start = SystemClock.now() - SignedDuration::from_hours(12);
        let mut scene = Scene { hub: site.hub(), post: Post::new(2, tickets, start), count: 0, _site: site };
        // caches as they are in a daemon that runs
        for _ in 0..5 {
            scene.batch();
        }
        scene
    }

    /// Handles some new mails; gives how long that took, from the read mail to the commit.
    fn batch(&mut self) -> Duration {
        let mails = self.post.mails(BATCH);
        let now = self.hub.now();
        let kept: Vec<i64> = self
            .hub
            .store()
            .transact(|tx| {
                let cursor = tx.mailbox("maildir:/bench")?;
                let keep = |mail: &Vec<u8>| {
                    self.count += 1;
                    tx.keep(cursor, &Parcelled::new(self.count.to_string(), mail, None, false), now)
                };
                mails.iter().map(keep).map(|kept| Ok(kept?.unwrap())).collect()
            })
            .unwrap();
        let mails: Vec<_> = mails.iter().map(|bytes| read::mail(bytes).unwrap()).collect();
        let mut store = self.hub.store();
        let begun = instant();
        store
            .transact(|tx| {
                kept.iter().zip(&mails).try_for_each(|(intake, mail)| {
                    tx.part(|part| pipeline::handle(part, &self.hub.house, *intake, mail, now)).map(drop)
                })
            })
            .unwrap();
        begun.elapsed()
    }
}

fn growth(c: &mut Criterion) {
    let mut group = c.benchmark_group("handle with a past of");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(BATCH as u64));
    let wished = std::env::var("TRACKLE_BENCH_TICKETS").unwrap_or_else(|_| "100,10000,1000000".into());
    for tickets in wished.split(',').map(|n| n.trim().parse::<u32>().unwrap()) {
        let name = format!("{} tickets", grouped(u64::from(tickets)));
        let begun = instant();
        let mut scene = Scene::set(tickets);
        println!("made {name} in {:.1} s", begun.elapsed().as_secs_f64());
        let (mut all, mut runs) = (Duration::ZERO, 0);
        group.bench_function(&name, |b| {
            b.iter_custom(|rounds| {
                let took = (0..rounds).map(|_| scene.batch()).sum();
                all += took;
                runs += rounds;
                took
            });
        });
        let mails = runs * BATCH as u64;
        tell(&format!("with a past of {name}"), mails, all);
        figures::note(&[(&format!("handle_ms_{tickets}"), all.as_secs_f64() * 1e3 / mails as f64)]);
    }
    group.finish();
}

criterion_group!(benches, growth);
criterion_main!(benches);
