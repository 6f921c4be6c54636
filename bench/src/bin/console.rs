//! How fast the console is: from its start to the first screen, from a key press to what it changes on the screen, and how
//! much memory it takes, over a hundred thousand open tickets, in a terminal (a pair of pseudo-terminals) that this program
//! holds the other end of.
//!
//!     target/release/console [TICKETS]

use rusqlite::Connection;
use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;
use trackle::clock::instant;
use trackle::store::FILE;
use trackle_benches::figures::{median_ms, note};
use trackle_benches::site::Site;
use trackle_benches::{history, process};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);

fn main() {
    let tickets = std::env::args().nth(1).map_or(100_000, |n| n.parse().expect("a number of tickets"));
    let site = Site::with_maildir();
    history::make(&site.state(), tickets);
    let db = Connection::open(site.state().join(FILE)).unwrap();
    db.execute_batch("UPDATE ticket SET state = 'open'; ANALYZE;").unwrap();
    drop(db);
    let start = median_ms(9, || drop(Console::open(&site, tickets)));
    let mut console = Console::open(&site, tickets);
    let key = median_ms(101, || console.press(b"\x1b[B"));
    let page = median_ms(101, || console.press(b"\x1b[6~"));
    let end = median_ms(3, || {
        console.press(b"\x1b[F");
        console.press(b"\x1b[H");
    }) / 2.0;
    console.press(b"/");
    // what is typed is on the screen before what it finds
    let typed = median_ms(9, || console.press(b"7"));
    let memory = process::most_memory(console.child.id()).unwrap() as f64 / 1e6;
    println!("{tickets} open tickets");
    println!("from the start to the first screen  {start:8.1} ms");
    println!("a key: the next line                {key:8.2} ms");
    println!("a key: the next page                {page:8.2} ms");
    println!("a key: the last line, or the first  {end:8.2} ms");
    println!("a key: a letter that is looked for  {typed:8.2} ms");
    println!("the most memory                     {memory:8.1} MB");
    note(&[
        ("console_start_ms", start),
        ("console_key_ms", key.max(page).max(end).max(typed)),
        ("console_memory_mb", memory),
    ]);
}

/// A console in a terminal of 80 columns and 24 lines.
struct Console {
    child: Child,
    terminal: File,
    shown: Receiver<Vec<u8>>,
}

impl Console {
    /// Starts it, and waits until it shows how many tickets there are.
    fn open(site: &Site, tickets: u32) -> Console {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap();
        let theirs = File::from(open(&name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap());
        tcsetwinsize(&theirs, Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let stdio = || Stdio::from(theirs.try_clone().unwrap());
        let program = std::env::current_exe().unwrap().with_file_name("trackle");
        let child = Command::new(program)
            .arg("--config")
            .arg(site.config())
            .args(["console", "--as", "anna"])
            .env("TERM", "xterm-256color")
            .stdin(stdio())
            .stdout(stdio())
            .stderr(stdio())
            .spawn()
            .unwrap();
        let (to, shown) = channel();
        let mut from = File::from(ours.try_clone().unwrap());
        thread::spawn(move || {
            let mut bytes = [0; 65_536];
            while let Ok(read) = from.read(&mut bytes) {
                if read == 0 || to.send(bytes[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        let console = Console { child, terminal: File::from(ours), shown };
        console.until(&format!("of {tickets} open"));
        console
    }

    /// Waits until that was drawn.
    fn until(&self, words: &str) {
        let (begun, mut all) = (instant(), Vec::new());
        while !String::from_utf8_lossy(&all).contains(words) {
            let left = LONG.saturating_sub(begun.elapsed());
            let more = self.shown.recv_timeout(left);
            all.extend(
                more.unwrap_or_else(|_| {
                    panic!("{words:?} does not appear: {}", String::from_utf8_lossy(&all))
                }),
            );
        }
    }

    /// Presses a key, and waits for what it changes on the screen.
    fn press(&mut self, key: &[u8]) {
        while self.shown.try_recv().is_ok() {}
        self.terminal.write_all(key).unwrap();
        self.shown.recv_timeout(LONG).expect("nothing changes on the screen");
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
