//! An SMTP server that takes every letter and keeps it, for tests that count letters. A letter is kept before the
//! server says so, as a server must.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use trackle::clock::instant;

/// A letter with its one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Taken {
    pub to: String,
    pub bytes: Vec<u8>,
}

/// Listens until it is dropped.
pub struct Sink {
    pub port: u16,
    kept: Arc<Kept>,
    closed: Arc<AtomicBool>,
}

/// What its threads share.
#[derive(Default)]
struct Kept {
    taken: Mutex<Vec<(Instant, Taken)>>,
    /// Lines that are open, by a number.
    lines: Mutex<HashMap<usize, TcpStream>>,
}

impl Sink {
    /// On that port; 0 is any.
    pub fn open(port: u16) -> Sink {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let sink = Sink {
            port: listener.local_addr().unwrap().port(),
            kept: Arc::default(),
            closed: Arc::default(),
        };
        let (kept, closed) = (Arc::clone(&sink.kept), Arc::clone(&sink.closed));
        thread::spawn(move || {
            for (number, client) in listener.incoming().flatten().enumerate() {
                if closed.load(Ordering::Relaxed) {
                    return;
                }
                let kept = Arc::clone(&kept);
                kept.lines.lock().unwrap().insert(number, client.try_clone().unwrap());
                // a client that is killed breaks the line: that is all there is to say about it
                thread::spawn(move || {
                    let _ = serve(&client, &kept.taken);
                    kept.lines.lock().unwrap().remove(&number);
                });
            }
        });
        sink
    }

    /// All letters so far, in the order they came.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken_when().into_iter().map(|(_, taken)| taken).collect()
    }

    /// The same, each with the time when it was kept.
    pub fn taken_when(&self) -> Vec<(Instant, Taken)> {
        self.kept.taken.lock().unwrap().clone()
    }

    /// Breaks every line, whatever is being said.
    pub fn hang_up(&self) {
        self.kept.lines.lock().unwrap().values().for_each(|line| drop(line.shutdown(Shutdown::Both)));
    }

    /// Waits until nobody is connected: what a client that is dead has sent is kept by then.
    pub fn let_go(&self) {
        while !self.kept.lines.lock().unwrap().is_empty() {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(mut client: &TcpStream, taken: &Mutex<Vec<(Instant, Taken)>>) -> std::io::Result<()> {
    client.set_nodelay(true)?;
    let mut lines = BufReader::new(client);
    let mut to = String::new();
    client.write_all(b"220 sink.example ESMTP\r\n")?;
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let answer = match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" => "250-sink.example\r\n250 8BITMIME",
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                "250 2.1.5 fine"
            }
            "DATA" => {
                client.write_all(b"354 go on\r\n")?;
                let Some(bytes) = letter(&mut lines)? else { return Ok(()) };
                taken.lock().unwrap().push((instant(), Taken { to: to.clone(), bytes }));
                "250 2.0.0 kept"
            }
            "QUIT" => {
                client.write_all(b"221 goodbye\r\n")?;
                return Ok(());
            }
            _ => "250 2.0.0 fine",
        };
        client.write_all(format!("{answer}\r\n").as_bytes())?;
    }
}

/// A whole letter; nothing when the line broke before its final dot.
fn letter(lines: &mut impl BufRead) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if line == b".\r\n" {
            return Ok(Some(bytes));
        }
        bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
