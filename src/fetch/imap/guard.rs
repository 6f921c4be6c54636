//! Watches an IMAP server's bytes before the parser sees them. Comes in: the line to the server; goes out: the same
//! bytes, or an error at the first one that would make the parser allocate, recurse or wait without bound: a line
//! or a literal over its cap, too many parentheses, silence. Never changes or keeps a byte.
//! Lines and literals as in RFC 9051 section 4.3 and 9.

use crate::limits;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// More than any answer to what we ask; the parser below recurses on what a server nests, about 370 deep.
const PARENTHESES: usize = 64;

/// A line to a server, watched.
pub struct Guard<S> {
    inner: S,
    scan: Scan,
    /// Largest literal, and all literals of one answer together, in bytes.
    pub literal: u64,
    patience: Duration,
    /// Runs while the server says nothing.
    silence: Option<Pin<Box<Sleep>>>,
}

impl<S> Guard<S> {
    pub fn new(inner: S, patience: Duration) -> Guard<S> {
        let literal = u64::try_from(limits::IMAP_LINE).unwrap_or(u64::MAX);
        Guard { inner, scan: Scan::default(), literal, patience, silence: None }
    }
    /// How long the server may say nothing while we read; counted anew from now.
    pub fn wait(&mut self, patience: Duration) {
        self.patience = patience;
        self.silence = None;
    }
    /// Whole answers that have come in, and whether a further one has begun.
    pub fn answers(&self) -> (u64, bool) {
        (self.scan.answers, self.scan.length > 0)
    }
    pub fn into_inner(self) -> S {
        self.inner
    }
}

/// Where in the grammar the last byte was. An answer is text with literals in it, up to the end of a line that
/// announces no further literal.
#[derive(Default)]
struct Scan {
    /// Bytes of the literal that are still to come.
    inside: u64,
    /// Bytes of all literals of this answer.
    literals: u64,
    /// Bytes of text of this answer.
    length: usize,
    /// Its first bytes, upper case.
    head: [u8; 5],
    parentheses: usize,
    announced: Announced,
    answers: u64,
}

/// How much of `{123}` CR LF has been seen.
#[derive(Default, Clone, Copy)]
enum Announced {
    #[default]
    Nothing,
    Size(u64),
    Closed(u64),
    Return(u64),
}

impl Scan {
    fn take(&mut self, mut bytes: &[u8], literal: u64) -> Result<(), &'static str> {
        while !bytes.is_empty() {
            if self.inside > 0 {
                let skip = usize::try_from(self.inside).unwrap_or(usize::MAX).min(bytes.len());
                self.inside -= skip as u64;
                bytes = bytes.get(skip..).unwrap_or_default();
            } else if let Some((byte, rest)) = bytes.split_first() {
                self.text(*byte, literal)?;
                bytes = rest;
            }
        }
        Ok(())
    }

    fn text(&mut self, byte: u8, literal: u64) -> Result<(), &'static str> {
        if let Some(place) = self.head.get_mut(self.length) {
            *place = byte.to_ascii_uppercase();
        }
        self.length += 1;
        if self.length > limits::IMAP_LINE {
            return Err("a line of its answer is too long");
        }
        self.parentheses += usize::from(byte == b'(');
        if self.parentheses > PARENTHESES {
            return Err("its answer is nested too deeply");
        }
        self.announced = match (byte, self.announced) {
            (b'{', _) => Announced::Size(0),
            (b'0'..=b'9', Announced::Size(n)) => {
                Announced::Size(n.saturating_mul(10).saturating_add(u64::from(byte - b'0')))
            }
            (b'}', Announced::Size(n)) => Announced::Closed(n),
            (b'\r', Announced::Closed(n)) => Announced::Return(n),
            (b'\n', Announced::Return(n)) => return self.literal(n, literal),
            _ => Announced::Nothing,
        };
        if byte == b'\n' {
            *self = Scan { answers: self.answers + 1, ..Scan::default() };
        }
        Ok(())
    }

    fn literal(&mut self, size: u64, cap: u64) -> Result<(), &'static str> {
        // "* OK", "A1 OK" and "+" are followed by free text, where the parser sees no literal: whoever announces
        // one there wants us and the parser to disagree about where the answer ends
        if !self.head.starts_with(b"* ")
            || [&b"OK "[..], b"NO ", b"BAD", b"BYE", b"PRE"].contains(&self.word())
        {
            return Err("its answer announces data where none can be");
        }
        self.announced = Announced::Nothing;
        self.literals = self.literals.saturating_add(size);
        self.inside = size;
        if self.literals > cap { Err("it announces more data than was asked for") } else { Ok(()) }
    }

    fn word(&self) -> &[u8] {
        self.head.get(2..).unwrap_or_default()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guard<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        if let Poll::Ready(done) = Pin::new(&mut this.inner).poll_read(cx, buf) {
            this.silence = None;
            done?;
            let new = buf.filled().get(before..).unwrap_or_default();
            let watched = this.scan.take(new, this.literal);
            return Poll::Ready(watched.map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e)));
        }
        let patience = this.patience;
        let silence = this.silence.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(silence.as_mut().poll(cx));
        let seconds = patience.as_secs();
        Poll::Ready(Err(io::Error::new(
            io::ErrorKind::TimedOut,
            format!("it has said nothing for {seconds} seconds"),
        )))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guard<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, bytes)
    }
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

impl<S> fmt::Debug for Guard<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guard")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// However the bytes are cut into pieces, the guard sees the same.
        #[test]
        fn pieces_make_no_difference(text in "([* A(){}+0-9\r\n]|OK |\\{[0-9]{1,3}\\}\r\n){0,60}", at in 0_usize..200) {
            let (first, second) = text.as_bytes().split_at(at.min(text.len()));
            let (mut whole, mut halves) = (Scan::default(), Scan::default());
            let one = whole.take(text.as_bytes(), 100);
            let two = halves.take(first, 100).and_then(|()| halves.take(second, 100));
            prop_assert_eq!(one, two);
            prop_assert!(one.is_err() || (whole.answers, whole.length) == (halves.answers, halves.length));
        }
    }

    /// All at once and byte by byte must come to the same end.
    fn scan(text: &[u8]) -> Result<(u64, bool), &'static str> {
        let mut whole = Scan::default();
        let first = whole.take(text, 100).map(|()| (whole.answers, whole.length > 0));
        let mut single = Scan::default();
        let second = text
            .chunks(1)
            .try_for_each(|b| single.take(b, 100))
            .map(|()| (single.answers, single.length > 0));
        assert_eq!(first, second);
        first
    }

    #[test]
    fn lines_and_literals_are_counted() {
        for (text, end) in [
            (&b""[..], (0, false)),
            (b"* OK hi\r\n", (1, false)),
            (b"* OK hi\r\nA1", (1, true)),
            (b"* 1 FETCH (BODY[] {5}\r\na{9}\r)\r\n", (1, false)),
            (b"* 1 FETCH (BODY[] {11}\r\n{999999}\r\n\n)\r\n* 2 EXISTS\r\n", (2, false)),
            (b"* 1 FETCH (BODY[] {0}\r\n X {2}\r\nab)\r\n", (1, false)),
            (b"* 1 FETCH (BODY[] {100}\r\n", (0, true)),
            (b"* 1 FETCH (X {5} {} {a} Y)\r\n", (1, false)),
        ] {
            assert_eq!(scan(text), Ok(end), "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn what_would_hurt_the_parser_is_stopped() {
        let nested = format!("* 1 FETCH {}", "(".repeat(65));
        let long = format!("* OK {}", "x".repeat(limits::IMAP_LINE));
        for text in [
            "* 1 FETCH (BODY[] {101}\r\n",
            "* 1 FETCH (BODY[] {500000000}\r\n",
            "* 1 FETCH (BODY[] {99999999999999999999999999}\r\n",
            "* 1 FETCH (X {60}\r\n............................................................ Y {60}\r\n",
            "* OK well {10}\r\n",
            "* bye {10}\r\n",
            "A1 OK {10}\r\n",
            "+ {10}\r\n",
            nested.as_str(),
            long.as_str(),
        ] {
            assert!(scan(text.as_bytes()).is_err(), "{:.60}", text);
        }
    }
}
