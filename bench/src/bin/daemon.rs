//! What the daemon costs and how soon it answers: its size, the start up to READY, memory at rest and with the largest
//! mail, the time from a real Dovecot's announcement under IDLE to the letter in the hands of an SMTP server, and how
//! many letters a second a real Postfix takes from it.
//!
//!     cargo build --release --workspace && target/release/daemon

use jiff::SignedDuration;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};
use trackle::clock::{Clock, SystemClock, instant};
use trackle_benches::process::{self, memory, most_memory};
use trackle_benches::servers::{PASSWORD, Servers};
use trackle_benches::sink::Sink;
use trackle_benches::site::{Site, deliver};
use trackle_benches::{figures, tell};

/// Starts that are measured.
const STARTS: usize = 21;
/// Mails that are answered under IDLE.
const ANSWERS: usize = 31;
/// Letters for Postfix.
const LETTERS: usize = 2_000;

fn main() {
    let program = std::env::current_exe().unwrap().with_file_name("trackle");
    assert!(program.exists(), "{} is missing: run cargo build --release --workspace", program.display());
    let size = fs::metadata(&program).unwrap().len() as f64 / 1e6;
    println!("the program: {size:.1} MB");
    figures::note(&[("program_mb", size)]);
    let servers = Servers::start();
    starts(&program, &servers);
    at_rest(&program, &servers);
    answers(&program, &servers);
    largest(&program, &servers);
    letters(&program, &servers);
}

/// A daemon that has said READY.
struct Daemon {
    child: Child,
    /// From the start of the process.
    ready: Duration,
}

impl Daemon {
    fn start(program: &PathBuf, site: &Site) -> Daemon {
        let config = site.config();
        let socket = config.with_file_name("notify");
        let _ = fs::remove_file(&socket);
        let notify = UnixDatagram::bind(&socket).unwrap();
        notify.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let begun = instant();
        let child = Command::new(program)
            .args(["serve", "--quiet", "--config"])
            .arg(&config)
            .env("NOTIFY_SOCKET", &socket)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = [0; 512];
        loop {
            let length = notify.recv(&mut said).expect("READY within half a minute");
            if String::from_utf8_lossy(&said[..length]).contains("READY=1") {
                return Daemon { child, ready: begun.elapsed() };
            }
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn median(mut all: Vec<Duration>) -> (f64, f64) {
    all.sort_unstable();
    let ms = |at: usize| all[at].as_secs_f64() * 1e3;
    (ms(all.len() / 2), ms(all.len() - 1))
}

fn starts(program: &PathBuf, servers: &Servers) {
    let site = Site::with_imap(servers.imap_port, PASSWORD);
    // the first one makes the database
    drop(Daemon::start(program, &site));
    let (middle, most) = median((0..STARTS).map(|_| Daemon::start(program, &site).ready).collect());
    println!("from the start to READY: {middle:.1} ms, at most {most:.1} ms");
    figures::note(&[("ready_ms", middle)]);
}

fn at_rest(program: &PathBuf, servers: &Servers) {
    let site = Site::with_imap(servers.imap_port, PASSWORD);
    let daemon = Daemon::start(program, &site);
    sleep(Duration::from_secs(5));
    let rest = memory(daemon.child.id()).unwrap() as f64 / 1e6;
    println!("at rest, listening: {rest:.1} MB of memory");
    figures::note(&[("idle_memory_mb", rest)]);
}

/// Mails come one by one; each is answered by a letter.
fn answers(program: &PathBuf, servers: &Servers) {
    let (announced, heard) = channel();
    let listens = wire_tap(servers.imap_port, announced);
    let sink = Sink::open(0);
    let site = Site::with_imap(listens, PASSWORD).by_smtp(sink.port);
    let _daemon = Daemon::start(program, &site);
    sleep(Duration::from_secs(2));
    let mut took = Vec::new();
    for number in 0..ANSWERS {
        while heard.try_recv().is_ok() {}
        let before = sink.taken().len();
        servers.deliver(
            "help",
            [format!(
                "From: Nobody Known <n{number}@far{number}.example>\r\nTo: help@team.example\r\n\
                 Subject: Lamp {number} is dark\r\nMessage-ID: <lamp{number}@far{number}.example>\r\n\r\nIt is dark.\r\n"
            )],
        );
        let at: Instant = heard.recv_timeout(Duration::from_secs(30)).expect("Dovecot announces it");
        while sink.taken().len() == before {
            assert!(at.elapsed() < Duration::from_secs(30), "no answer to mail {number}");
            sleep(Duration::from_micros(200));
        }
        took.push(at.elapsed());
        // until it listens again
        sleep(Duration::from_millis(300));
    }
    let (middle, most) = median(took);
    println!("from the announcement to the answer at the SMTP server: {middle:.1} ms, at most {most:.1} ms");
    figures::note(&[("answer_ms", middle), ("answer_most_ms", most)]);
}

/// A port that hands everything on to that one and back, and tells when the server announces a mail.
fn wire_tap(port: u16, announced: Sender<Instant>) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let own = listener.local_addr().unwrap().port();
    spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(("127.0.0.1", port)).unwrap();
            client.set_nodelay(true).unwrap();
            server.set_nodelay(true).unwrap();
            let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            spawn(move || hand_on(from, to, |_| ()));
            let announced = announced.clone();
            spawn(move || {
                hand_on(server, client, |bytes| {
                    if bytes.windows(8).any(|some| some == b" EXISTS\r") {
                        let _ = announced.send(instant());
                    }
                });
            });
        }
    });
    own
}

fn hand_on(mut from: TcpStream, mut to: TcpStream, mut seen: impl FnMut(&[u8])) {
    let mut bytes = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        seen(&bytes[..length]);
        if to.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Both);
}

/// One mail of nearly the largest size that is taken.
fn largest(program: &PathBuf, servers: &Servers) {
    let sink = Sink::open(0);
    let site = Site::with_imap(servers.imap_port, PASSWORD).by_smtp(sink.port);
    let daemon = Daemon::start(program, &site);
    sleep(Duration::from_secs(2));
    let before = sink.taken().len();
    let line = format!("{}\r\n", "QUJD".repeat(19));
    let file = line.repeat(25_000_000 / line.len());
    let mail = format!(
        "From: Big <big@far.example>\r\nTo: help@team.example\r\nSubject: A big file\r\nMessage-ID: <big@far.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHere it is.\r\n--b\r\n\
         Content-Type: application/octet-stream; name=big.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n{file}--b--\r\n"
    );
    servers.deliver("help", [mail]);
    let begun = instant();
    while sink.taken().len() == before {
        assert!(begun.elapsed() < Duration::from_secs(60), "no answer to the big mail");
        sleep(Duration::from_millis(20));
    }
    let most = most_memory(daemon.child.id()).unwrap() as f64 / 1e6;
    println!("with a mail of 25 MB: at most {most:.1} MB of memory");
    figures::note(&[("large_mail_memory_mb", most)]);
}

/// Letters that are owed, given to Postfix.
fn letters(program: &PathBuf, servers: &Servers) {
    let site = Site::with_maildir().for_neighbours();
    let now = SystemClock.now() - SignedDuration::from_hours(1);
    let mails: Vec<Vec<u8>> = (0..LETTERS / 2).map(|number| neighbour(number, now)).collect();
    deliver(&site.maildir(), &mails, None);
    site.take_in();
    let site = site.by_smtp(servers.smtp_port);
    let begun = instant();
    let child = Command::new(program)
        .args(["serve", "--once", "--quiet", "--config"])
        .arg(site.config())
        .spawn()
        .unwrap();
    let (used, ended, _) = process::watch(child, |_| None::<()>);
    let took = begun.elapsed();
    assert!(ended.success(), "trackle failed");
    let sent = trackle::store::Reader::open(&site.state()).unwrap().audit(&mut |_, _, _| {}).unwrap().letters;
    let many: u64 = sent.get("sent").copied().unwrap_or(0);
    tell("letters that Postfix took", many, took);
    println!("CPU {:.2} ms a letter", used.cpu.as_secs_f64() * 1e3 / many as f64);
    figures::note(&[("letters_per_second", many as f64 / took.as_secs_f64())]);
}

/// A request of somebody whose mail comes and goes by the server's own domain.
fn neighbour(number: usize, at: jiff::Timestamp) -> Vec<u8> {
    let date = at.strftime("%a, %d %b %Y %H:%M:%S +0000");
    format!(
        "Authentication-Results: mx.team.example; dkim=pass header.d=team.example; dmarc=pass header.from=team.example\n\
         Received: from mail.team.example by mx.team.example with ESMTPS; {date}\nDate: {date}\n\
         From: Alice <alice+{number}@team.example>\nTo: help@team.example\nSubject: Lamp {number} is dark\n\
         Message-ID: <lamp.{number}@team.example>\n\nIt is dark since Monday.\n"
    )
    .into_bytes()
}
