//! A mail server that takes letters and writes down what it heard: each envelope, and each letter to the byte. It believes in
//! more ends of a letter than there are, as old servers do, so that one that is smuggled inside another is seen.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use trackle::model::server::{Roots, Security, Server};
use trackle::send::Carrier;
use trackle::send::smtp::{Patience, Smtp};

/// A letter that it took.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// Everything that was said in RCPT and accepted.
    pub to: Vec<String>,
    pub bytes: Vec<u8>,
}

#[derive(Default)]
struct Book {
    taken: Vec<Taken>,
    /// Every command, as it was said.
    heard: Vec<String>,
    recipients: usize,
    /// Every how many-th RCPT is put off; 0: none.
    refuses: usize,
    /// Nobody may send anything.
    locked: bool,
}

pub struct Relay {
    port: u16,
    book: Arc<Mutex<Book>>,
}

impl Relay {
    /// A server that says "later" to every how many-th recipient; to none for 0.
    pub fn new(refuses: usize) -> Relay {
        let book = Arc::new(Mutex::new(Book { refuses, ..Book::default() }));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let kept = Arc::clone(&book);
        std::thread::spawn(move || {
            for tcp in listener.incoming().flatten() {
                let book = Arc::clone(&kept);
                std::thread::spawn(move || serve(tcp, &book));
            }
        });
        Relay { port, book }
    }

    /// From now on it takes everybody.
    pub fn relents(&self) {
        self.book.lock().unwrap().refuses = 0;
    }
    /// From now on it lets nobody send anything, or everybody.
    pub fn locks(&self, locked: bool) {
        self.book.lock().unwrap().locked = locked;
    }
    pub fn taken(&self) -> Vec<Taken> {
        self.book.lock().unwrap().taken.clone()
    }
    pub fn heard(&self) -> Vec<String> {
        self.book.lock().unwrap().heard.clone()
    }
    /// Who carries letters to it.
    pub fn carrier(&self) -> Carrier {
        let (host, security) = ("127.0.0.1".to_owned(), Security::Plain);
        let server = Server { host, port: self.port, security, roots: Roots::Bundled, login: None };
        let long = Duration::from_secs(60);
        let patience = Patience { step: long, dot: long, idle: long };
        Carrier::Smtp(Box::new(Smtp::new(server, "robot.example", patience)))
    }
}

fn serve(tcp: TcpStream, book: &Mutex<Book>) -> io::Result<()> {
    let (mut out, mut lines) = (tcp.try_clone()?, BufReader::new(tcp));
    let mut letter = Taken::default();
    out.write_all(b"220 relay.example ESMTP\r\n")?;
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&line).trim_end().to_owned();
        let word = said.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match word.as_str() {
            "EHLO" => b"250-relay.example\r\n250 8BITMIME\r\n",
            "RCPT" if book.lock().unwrap().puts_off() => b"450 4.2.1 not now\r\n",
            "RCPT" => {
                letter.to.push(said.clone());
                b"250 2.1.5 fine\r\n"
            }
            "DATA" => {
                out.write_all(b"354 go on\r\n")?;
                letter.bytes = body(&mut lines)?;
                book.lock().unwrap().taken.push(letter.clone());
                b"250 2.0.0 kept\r\n"
            }
            "MAIL" if book.lock().unwrap().locked => b"530 5.7.0 log in first\r\n",
            "MAIL" | "RSET" => {
                letter = Taken::default();
                b"250 2.1.0 fine\r\n"
            }
            "QUIT" => b"221 2.0.0 bye\r\n",
            _ => b"500 5.5.1 what?\r\n",
        };
        book.lock().unwrap().heard.push(said);
        out.write_all(answer)?;
    }
}

impl Book {
    fn puts_off(&mut self) -> bool {
        self.recipients += 1;
        self.refuses > 0 && self.recipients.is_multiple_of(self.refuses)
    }
}

/// A letter without the dots that the way put in. It ends at a dot alone in a line, and any CR or LF ends a line here.
fn body(lines: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let (mut letter, mut line) = (Vec::new(), Vec::new());
    loop {
        let mut one = [0];
        lines.read_exact(&mut one)?;
        line.push(one[0]);
        let is_over = match one[0] {
            b'\n' => true,
            // a CR alone ends a line too, one before a LF does not yet
            b'\r' => lines.fill_buf()?.first() != Some(&b'\n'),
            _ => false,
        };
        if !is_over {
            continue;
        }
        if line.trim_ascii() == b"." {
            return Ok(letter);
        }
        letter.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        line.clear();
    }
}
