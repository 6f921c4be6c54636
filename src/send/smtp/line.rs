//! The line to an SMTP server: commands go out, whole answers come in, each within its time and its size (RFC 5321
//! 4.2 and 4.5.3). A `Fault` from here always means that the line is of no more use. Never believes that a server
//! ends its lines, counts them or speaks ASCII; never gives out a byte that could trouble a terminal or a log.

use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::model::server::Server;
use crate::tls::{self, Stream};
use std::fmt::Display;
use std::future::Future;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// One answer: what the server said to one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// 200 to 599.
    pub code: u16,
    /// The text of its lines without codes: printable ASCII.
    pub lines: Vec<String>,
}

/// A connection that is asked and answers.
#[derive(Debug)]
pub struct Line {
    stream: Stream,
    /// Host and port, for people who read faults.
    name: String,
    /// Received and not yet read.
    held: Vec<u8>,
    /// How long one step may take.
    step: Duration,
}

impl Line {
    pub fn new(stream: Stream, name: String, step: Duration) -> Line {
        Line { stream, name, held: Vec::new(), step }
    }

    /// Sends a command, which brings its own line end, and waits for the answer.
    ///
    /// # Errors
    /// When the line breaks, is silent for too long, or carries no SMTP.
    pub async fn ask(&mut self, command: impl Display) -> Outcome<Answer> {
        let command = command.to_string();
        self.say(command.as_bytes()).await?;
        self.hear().await
    }

    /// Waits one step for an answer.
    ///
    /// # Errors
    /// As [`Line::ask`].
    pub async fn hear(&mut self) -> Outcome<Answer> {
        self.answer(self.step).await
    }

    /// Sends bytes; an `Ok` means that all of them were handed to the system.
    ///
    /// # Errors
    /// When not all of them could be.
    pub async fn say(&mut self, bytes: &[u8]) -> Outcome<()> {
        let stream = &mut self.stream;
        within(self.step, async {
            stream.write_all(bytes).await?;
            stream.flush().await
        })
        .await
        .map_err(|fault| fault.while_(&self.name))
    }

    /// Waits for a whole answer; `limit` is for all of it, so that a byte a second does not hold us.
    ///
    /// # Errors
    /// As [`Line::ask`].
    pub async fn answer(&mut self, limit: Duration) -> Outcome<Answer> {
        let gathered = tokio::time::timeout(limit, self.gather()).await;
        gathered.unwrap_or_else(|_| Err(silence(limit))).map_err(|fault| fault.while_(&self.name))
    }

    /// Nothing was received that nobody asked for.
    pub fn is_quiet(&self) -> bool {
        self.held.is_empty()
    }

    /// The same line under TLS; what was held unread is gone.
    ///
    /// # Errors
    /// As [`tls::upgrade`].
    pub async fn protected(self, server: &Server) -> Outcome<Line> {
        let stream = tls::upgrade(self.stream, server, self.step).await?;
        Ok(Line::new(stream, self.name, self.step))
    }

    async fn gather(&mut self) -> Outcome<Answer> {
        let mut lines = Vec::new();
        let mut first = None;
        while lines.len() < limits::SMTP_LINES {
            let line = self.line().await?;
            let Some((code, more, text)) = parted(&line) else {
                return Err(Fault::passing(format!("no SMTP answer: {:.80}", line)));
            };
            if *first.get_or_insert(code) != code {
                return Err(Fault::passing("one answer with two codes"));
            }
            lines.push(text.to_owned());
            if !more {
                return Ok(Answer { code, lines });
            }
        }
        Err(Fault::passing(format!("an answer of more than {} lines", limits::SMTP_LINES)))
    }

    /// The next line without its end, made printable.
    async fn line(&mut self) -> Outcome<String> {
        let mut seen = 0;
        loop {
            let end = self.held.iter().skip(seen).position(|b| *b == b'\n').map(|at| seen + at);
            if end.unwrap_or(self.held.len()) > limits::SMTP_LINE {
                return Err(Fault::passing(format!("a line of more than {} bytes", limits::SMTP_LINE)));
            }
            if let Some(end) = end {
                let rest = self.held.split_off(end + 1);
                return Ok(printable(&std::mem::replace(&mut self.held, rest)));
            }
            seen = self.held.len();
            let mut piece = [0; 2048];
            let count = self.stream.read(&mut piece).await.map_err(broken)?;
            if count == 0 {
                return Err(Fault::passing("the server closed the connection"));
            }
            self.held.extend(piece.iter().take(count));
        }
    }
}

async fn within(limit: Duration, work: impl Future<Output = io::Result<()>>) -> Outcome<()> {
    match tokio::time::timeout(limit, work).await {
        Ok(done) => done.map_err(broken),
        Err(_) => Err(silence(limit)),
    }
}

fn silence(limit: Duration) -> Fault {
    Fault::passing(format!("the server kept silent for {} seconds", limit.as_secs()))
}

fn broken(error: io::Error) -> Fault {
    Fault::passing(format!("the connection broke: {error}"))
}

/// Code, whether more lines follow, and text.
fn parted(line: &str) -> Option<(u16, bool, &str)> {
    let (code, rest) = line.split_at_checked(3)?;
    let code = code.bytes().all(|b| b.is_ascii_digit()).then(|| code.parse().ok()).flatten()?;
    if !(200..600).contains(&code) {
        return None;
    }
    match rest.split_at_checked(1) {
        None => Some((code, false, "")),
        Some((" ", text)) => Some((code, false, text)),
        Some(("-", text)) => Some((code, true, text)),
        Some(_) => None,
    }
}

/// We never asked for SMTPUTF8, so an answer is ASCII (RFC 6531 3.7.4); one that is not stays readable.
fn printable(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let shown = |b: &u8| match *b {
        b'\t' => ' ',
        b if b == b' ' || b.is_ascii_graphic() => char::from(b),
        _ => '?',
    };
    line.iter().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::{TcpListener, TcpStream};

    /// What is made of these bytes, followed by the end of the connection.
    async fn heard(bytes: Vec<u8>) -> Outcome<Answer> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.write_all(&bytes).await;
        });
        let stream = Stream::Plain(TcpStream::connect(address).await.unwrap());
        let answer =
            Line::new(stream, "fake".to_owned(), Duration::from_secs(5)).answer(Duration::from_secs(5)).await;
        server.await.unwrap();
        answer
    }

    #[tokio::test]
    async fn answers_are_read_as_servers_write_them() {
        for (bytes, code, lines) in [
            (&b"250 ok\r\n"[..], 250, &["ok"][..]),
            (b"250\r\n", 250, &[""]),
            (b"250 \r\n", 250, &[""]),
            (b"250 ok\n", 250, &["ok"]),
            (b"250-a\r\n250-  \r\n250 b\r\n", 250, &["a", "  ", "b"]),
            (b"550 gel\xf6scht \x1b[2J\x07\r\n", 550, &["gel?scht ?[2J?"]),
            (b"220 one\r\n220 two\r\n", 220, &["one"]),
        ] {
            let answer = heard(bytes.to_vec()).await.unwrap();
            assert_eq!((answer.code, answer.lines), (code, lines.iter().map(|s| s.to_string()).collect()));
        }
    }

    #[tokio::test]
    async fn what_is_no_answer_breaks_the_line() {
        for bytes in [
            &b""[..],
            b"2",
            b"250 ok",
            b"\r\n",
            b"25\r\n",
            b"150 early\r\n",
            b"600 late\r\n",
            b"+25 x\r\n",
            b"250x\r\n",
            b"250-a\r\n251 b\r\n",
            b"HTTP/1.1 400 Bad Request\r\n",
            b"\xff\xfe\r\n",
        ] {
            assert!(heard(bytes.to_vec()).await.is_err(), "{bytes:?}");
        }
    }

    #[tokio::test]
    async fn sizes_are_held_to_the_last_byte() {
        let line = |length: usize| [b"250 ".as_slice(), &vec![b'x'; length - 5], b"\r\n"].concat();
        for (length, fits) in
            [(limits::SMTP_LINE - 1, true), (limits::SMTP_LINE, true), (limits::SMTP_LINE + 1, false)]
        {
            assert_eq!(heard(line(length)).await.is_ok(), fits, "{length}");
        }
        let lines =
            |count: usize| ["250-x\r\n".repeat(count - 1), "250 x\r\n".to_owned()].concat().into_bytes();
        for (count, fits) in
            [(limits::SMTP_LINES - 1, true), (limits::SMTP_LINES, true), (limits::SMTP_LINES + 1, false)]
        {
            assert_eq!(heard(lines(count)).await.is_ok(), fits, "{count}");
        }
        assert!(heard(vec![b'2'; 1_000_000]).await.is_err());
    }
}
