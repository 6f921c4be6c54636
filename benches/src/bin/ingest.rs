//! The acceptance figure: generated mails lie in the mailbox of a real Dovecot, `trackle serve --once` takes them in,
//! answers them and carries the letters into Maildirs. Tells mails per second, CPU time, and the most memory it had.
//!
//!     cargo build --release && cargo run --release -p trackle-benches --bin ingest [MAILS]

use jiff::SignedDuration;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::Duration;
use trackle::clock::{Clock, SystemClock, instant};
use trackle::store::Reader;
use trackle_benches::mailgen::Post;
use trackle_benches::servers::{PASSWORD, Servers};
use trackle_benches::site::{Site, deliver};
use trackle_benches::{grouped, tell};

fn main() {
    let count = std::env::args().nth(1).map_or(10_000, |n| n.parse().expect("the number of mails"));
    let trackle = std::env::current_exe().unwrap().with_file_name("trackle");
    assert!(trackle.exists(), "{} is missing: run cargo build --release", trackle.display());
    let mut sizes = Vec::new();
    let servers = Servers::imap_only();
    let inbox = servers.maildir("help");
    let home = fs::metadata(inbox.parent().unwrap()).unwrap();
    let mut post = Post::new(1, 0, SystemClock.now() - SignedDuration::from_hours(12));
    let mails = post.mails(count);
    deliver(&inbox, &mails, Some((home.uid(), home.gid())));
    sizes.extend(mails.iter().map(Vec::len));
    drop(mails);
    sizes.sort_unstable();
    println!(
        "{} mails, {} MB, half of them below {:.1} kB, the largest of {} kB",
        grouped(count as u64),
        sizes.iter().sum::<usize>() / 1_000_000,
        sizes[count / 2] as f64 / 1e3,
        sizes[count - 1] / 1_000
    );
    let site = Site::with_imap(servers.imap_port, PASSWORD);
    let begun = instant();
    let child = Command::new(&trackle)
        .args(["serve", "--once", "--quiet", "--config"])
        .arg(site.config())
        .spawn()
        .unwrap();
    let (used, handled) = watch(child, || handled(&site.state(), count).then(|| begun.elapsed()));
    tell("taken in and handled, every letter owed", count as u64, handled.unwrap_or_else(|| begun.elapsed()));
    tell("and every letter carried", count as u64, begun.elapsed());
    println!("CPU {:.2} s, at most {:.0} MB of memory", used.cpu.as_secs_f64(), used.memory as f64 / 1e6);
    let found = Reader::open(&site.state()).unwrap().audit(&mut |_, _, _| {}).unwrap();
    println!("mails {:?}, letters {:?}, {} events", found.mails, found.letters, grouped(found.events));
    assert!(found.broken.is_empty(), "{:?}", found.broken);
}

/// What a process has used.
struct Used {
    cpu: Duration,
    /// Bytes.
    memory: u64,
}

/// Waits for a process, and looks at its memory until it ends.
/// Whether every mail has its end.
fn handled(state: &std::path::Path, count: usize) -> bool {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let Ok(db) = rusqlite::Connection::open_with_flags(state.join(trackle::store::FILE), flags) else {
        return false;
    };
    let query = "SELECT count(*) FROM intake WHERE state NOT IN ('new','reading')";
    db.query_row(query, [], |row| row.get::<_, i64>(0)).is_ok_and(|n| n >= count as i64)
}

/// Waits for the end of the program; gives what it used, and when `reached` first said so.
fn watch(mut child: Child, reached: impl Fn() -> Option<Duration>) -> (Used, Option<Duration>) {
    let pid = child.id();
    let (mut memory, mut at) = (0, None);
    let ended = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    while waitid(WaitId::Pid(Pid::from_child(&child)), ended).unwrap().is_none() {
        memory = high_water(pid).unwrap_or(memory);
        at = at.or_else(&reached);
        sleep(Duration::from_millis(20));
    }
    // as long as nobody has asked for its end, its times are still there
    let cpu = cpu_time(pid);
    assert!(child.wait().unwrap().success(), "trackle failed");
    (Used { cpu, memory }, at)
}

/// The kernel's own mark of the most memory, in bytes.
fn high_water(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

/// User and system time; the 14th and 15th field of `stat`, in hundredths of a second.
fn cpu_time(pid: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}
