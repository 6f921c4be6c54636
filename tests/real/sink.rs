//! An SMTP server that takes every letter and keeps it, for tests that count letters. A letter is kept before the
//! server says so, as a server must.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// A letter with its one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub to: String,
    pub bytes: Vec<u8>,
}

/// Listens until it is dropped.
pub struct Sink {
    pub port: u16,
    taken: Arc<Mutex<Vec<Taken>>>,
    closed: Arc<AtomicBool>,
}

impl Sink {
    /// On that port; 0 is any.
    pub fn open(port: u16) -> Sink {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let sink = Sink {
            port: listener.local_addr().unwrap().port(),
            taken: Arc::default(),
            closed: Arc::default(),
        };
        let (taken, closed) = (Arc::clone(&sink.taken), Arc::clone(&sink.closed));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if closed.load(Ordering::Relaxed) {
                    return;
                }
                let taken = Arc::clone(&taken);
                // a client that is killed breaks the line: that is all there is to say about it
                thread::spawn(move || serve(&client, &taken).ok());
            }
        });
        sink
    }

    /// All letters so far, in the order they came.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(mut client: &TcpStream, taken: &Mutex<Vec<Taken>>) -> std::io::Result<()> {
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
                taken.lock().unwrap().push(Taken { to: to.clone(), bytes });
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
