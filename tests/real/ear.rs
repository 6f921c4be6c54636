//! A line to a server that somebody listens in on: every command of every client is kept, and something can happen just
//! before one reaches the server.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

type Deed = Box<dyn FnOnce() + Send>;

/// Listens until the test ends.
pub struct Ear {
    pub port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    heard: Mutex<Vec<String>>,
    before: Mutex<Option<(&'static str, Deed)>>,
}

impl Ear {
    /// In front of that port.
    pub fn at(server: u16) -> Ear {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let ear = Ear { port: listener.local_addr().unwrap().port(), shared: Arc::default() };
        let shared = Arc::clone(&ear.shared);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                // a line that breaks is broken on both sides
                thread::spawn(move || hand_through(&client, server, &shared));
            }
        });
        ear
    }

    /// Does something once, before the next command with these words goes on.
    pub fn before(&self, words: &'static str, deed: impl FnOnce() + Send + 'static) {
        *self.shared.before.lock().unwrap() = Some((words, Box::new(deed)));
    }

    /// All commands so far that have these words in them.
    pub fn heard(&self, words: &str) -> Vec<String> {
        self.shared.heard.lock().unwrap().iter().filter(|said| said.contains(words)).cloned().collect()
    }
}

fn hand_through(client: &TcpStream, server: u16, shared: &Shared) -> io::Result<()> {
    let server = TcpStream::connect(("127.0.0.1", server))?;
    let (mut answers, mut out) = (server.try_clone()?, client.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut answers, &mut out);
        out.shutdown(Shutdown::Both)
    });
    let mut said = String::new();
    let mut client = BufReader::new(client);
    while client.read_line(&mut said)? > 0 {
        let deed = shared.before.lock().unwrap().take_if(|(words, _)| said.contains(*words));
        if let Some((_, deed)) = deed {
            deed();
        }
        shared.heard.lock().unwrap().push(said.trim_end().to_owned());
        (&server).write_all(said.as_bytes())?;
        said.clear();
    }
    server.shutdown(Shutdown::Both)
}
