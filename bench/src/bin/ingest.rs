//! The acceptance figure: mails lie in the mailbox of a real Dovecot, `trackle serve --once` takes them in, answers them
//! and owes every letter. Tells mails per second, CPU time a mail, the most memory it had, disk syncs, and how long a
//! bare FETCH of the same mails takes. With `--carry` the letters are also carried, into Maildirs.
//!
//!     cargo build --release --workspace && target/release/ingest [MAILS] [--carry] [--mails DIR] [--under COMMAND]
//!
//! Without `--mails` (a folder of `*.eml`, taken by name; their receiver is the robot) the mails are generated.

use jiff::SignedDuration;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use trackle::clock::{Clock, SystemClock, instant};
use trackle::store::Reader;
use trackle_benches::mailgen::Post;
use trackle_benches::process::{self, Used};
use trackle_benches::servers::{PASSWORD, Servers};
use trackle_benches::site::{Site, deliver};
use trackle_benches::yardstick::bulk_fetch;
use trackle_benches::{figures, grouped, tell};

/// What the command line asks for.
struct Line {
    count: usize,
    carry: bool,
    mails: Option<PathBuf>,
    /// A program and its words that the robot runs under, such as strace or valgrind.
    under: Vec<String>,
}

fn main() {
    let line = line();
    let servers = Servers::imap_only();
    let inbox = servers.maildir("help");
    let home = fs::metadata(inbox.parent().unwrap()).unwrap();
    let mails = mails(&line);
    let count = mails.len();
    deliver(&inbox, &mails, Some((home.uid(), home.gid())));
    tell_of(&mails);
    drop(mails);
    let bare = bulk_fetch(servers.imap_port);
    tell("bare FETCH of the same mails", count as u64, bare);
    let mut site = Site::with_imap(servers.imap_port, PASSWORD);
    if !line.carry {
        site = site.owing();
    }
    if line.mails.is_some() {
        site = site.for_foreign_mail();
    }
    let (used, took) = taken_in(&site, &line, count);
    let each = used.cpu.as_secs_f64() * 1e3 / count as f64;
    println!(
        "CPU {each:.3} ms a mail ({:.2} s), at most {:.0} MB of memory",
        used.cpu.as_secs_f64(),
        used.memory as f64 / 1e6
    );
    println!("wall {:.1} times the bare FETCH", took.as_secs_f64() / bare.as_secs_f64());
    let found = Reader::open(&site.state()).unwrap().audit(&mut |_, _, _| {}).unwrap();
    println!("mails {:?}, letters {:?}, {} events", found.mails, found.letters, grouped(found.events));
    assert!(found.broken.is_empty(), "{:?}", found.broken);
    let what = if line.carry { "carried" } else { "owed" };
    figures::note(&[
        (&format!("ingest_{what}_cpu_ms"), each),
        (&format!("ingest_{what}_per_second"), count as f64 / took.as_secs_f64()),
        (&format!("ingest_{what}_over_fetch"), took.as_secs_f64() / bare.as_secs_f64()),
        (&format!("ingest_{what}_memory_mb"), used.memory as f64 / 1e6),
    ]);
}

fn line() -> Line {
    let mut line = Line { count: 10_000, carry: false, mails: None, under: Vec::new() };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--carry" => line.carry = true,
            "--under" => {
                line.under = words.next().expect("--under COMMAND").split(' ').map(str::to_owned).collect();
            }
            "--mails" => line.mails = Some(words.next().expect("--mails DIR").into()),
            number => line.count = number.parse().expect("the number of mails"),
        }
    }
    line
}

fn mails(line: &Line) -> Vec<Vec<u8>> {
    let Some(dir) = &line.mails else {
        return Post::new(1, 0, SystemClock.now() - SignedDuration::from_hours(12)).mails(line.count);
    };
    let mut files: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == "eml"));
    files.sort();
    files.iter().take(line.count).map(|file| vouched(fs::read(file).unwrap())).collect()
}

/// A mail as it comes from a server of ours that knows its sender's domain: with that server's two lines on top.
fn vouched(mail: Vec<u8>) -> Vec<u8> {
    let head = String::from_utf8_lossy(&mail[..mail.len().min(8_192)]).into_owned();
    let from = head.lines().find_map(|line| line.strip_prefix("From: ")).unwrap_or_default();
    let domain = from.rsplit_once('@').map_or("", |(_, rest)| rest.trim_end_matches('>'));
    let top = format!(
        "Authentication-Results: mx.team.example; dkim=pass header.d={domain}; dmarc=pass header.from={domain}\n\
         Received: from mail.{domain} by mx.team.example with ESMTPS; Mon, 16 Nov 2026 09:14:00 +0000\n"
    );
    [top.as_bytes(), &mail].concat()
}

fn tell_of(mails: &[Vec<u8>]) {
    let mut sizes: Vec<usize> = mails.iter().map(Vec::len).collect();
    sizes.sort_unstable();
    println!(
        "{} mails, {} MB, half of them below {:.1} kB, the largest of {} kB",
        grouped(mails.len() as u64),
        sizes.iter().sum::<usize>() / 1_000_000,
        sizes[mails.len() / 2] as f64 / 1e3,
        sizes.last().unwrap() / 1_000
    );
}

/// The program over the mailbox; what it used, and how long until every mail had its end.
fn taken_in(site: &Site, line: &Line, count: usize) -> (Used, Duration) {
    let trackle = std::env::current_exe().unwrap().with_file_name("trackle");
    assert!(trackle.exists(), "{} is missing: run cargo build --release --workspace", trackle.display());
    let mut words = line.under.clone();
    words.push(trackle.to_str().unwrap().to_owned());
    words.extend(["serve", "--once", "--quiet", "--config"].map(str::to_owned));
    let begun = instant();
    let child =
        Command::new(&words[0]).args(&words[1..]).arg(site.config()).stderr(Stdio::null()).spawn().unwrap();
    let (used, ended, handled) =
        process::watch(child, |_| handled(&site.state(), count).then(|| begun.elapsed()));
    let whole = begun.elapsed();
    // with nobody there to take the letters it says so, and that they are owed
    assert!(ended.success() || !line.carry, "trackle failed");
    tell("taken in and handled, every letter owed", count as u64, handled.unwrap_or(whole));
    if line.carry {
        tell("and every letter carried", count as u64, whole);
    }
    (used, whole)
}

/// Whether every mail has its end.
fn handled(state: &Path, count: usize) -> bool {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let Ok(db) = rusqlite::Connection::open_with_flags(state.join(trackle::store::FILE), flags) else {
        return false;
    };
    let query = "SELECT count(*) FROM intake WHERE state NOT IN ('new','reading')";
    db.query_row(query, [], |row| row.get::<_, i64>(0)).is_ok_and(|n| n >= count as i64)
}
