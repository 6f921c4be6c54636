//! A header block becomes fields (RFC 5322 2.2). In: bytes that start with a header; out: the fields, unfolded but
//! not decoded, and where the body begins. Every cap is applied here, before anything is decoded. Broken blocks are
//! read on: a stray line between fields is passed over, a block without its blank line ends where text begins.

use super::charset;
use super::params::Field;
use crate::{limits, model::mail::Header};
use encoding_rs::WINDOWS_1252;
use memchr::memchr;
use std::ops::Range;

/// A header block and what follows it.
#[derive(Debug, Default)]
pub struct Block<'a> {
    pub headers: Vec<Header>,
    pub body: &'a [u8],
    /// What was wrong with it, in words.
    pub damage: Vec<&'static str>,
    /// Values that are neither ASCII nor UTF-8, by the number of their field.
    raw: Vec<(usize, Vec<u8>)>,
}

/// Reads the block at the start of `bytes`.
pub fn block(bytes: &[u8]) -> Block<'_> {
    let mut block = Block::default();
    let mut field: Option<Range<usize>> = None;
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let line = first_line(rest);
        let end = at + line.len();
        match kind(line) {
            _ if rest.is_empty() => break,
            Line::Blank => {
                at = end;
                break;
            }
            Line::Folded if field.is_some() => field = field.map(|f| f.start..end),
            Line::Field => {
                block.push(bytes, field.replace(at..end));
            }
            Line::Folded if !block.headers.is_empty() => {}
            _ if is_extension(line) || goes_on(bytes.get(end..).unwrap_or_default()) => {
                block.push(bytes, field.take());
                block.note("a line in the header is no field");
            }
            _ => {
                block.note("no blank line after the header");
                break;
            }
        }
        at = end;
    }
    block.push(bytes, field);
    block.decode();
    block.body = bytes.get(at..).unwrap_or_default();
    block
}

impl Block<'_> {
    fn push(&mut self, bytes: &[u8], range: Option<Range<usize>>) {
        let Some(range) = range else { return };
        if range.start > limits::HEADER_BLOCK || self.headers.len() >= limits::HEADER_COUNT {
            return self.note("header fields beyond the limit were left out");
        }
        let end =
            range.end.min(range.start + limits::HEADER_FIELD).min(limits::HEADER_BLOCK.max(range.start));
        if end < range.end {
            self.note("a header field beyond the limit was cut");
        }
        let raw = bytes.get(range.start..end).unwrap_or_default();
        if let Ok((field, _)) = mailparse::parse_header(raw) {
            let (name, raw) = (String::from_utf8_lossy(field.get_key_raw()), field.get_value_raw());
            if std::str::from_utf8(raw).is_err() {
                self.raw.push((self.headers.len(), raw.to_vec()));
            }
            self.headers.push(Header { name: name.trim_end().to_owned(), value: unfolded(raw) });
        }
    }
    /// Raw bytes in a header are in the charset of the text below, where the mail names one. Beside the subject only
    /// when that leaves ASCII alone: a server that checked the sender did not decode it.
    fn decode(&mut self) {
        let media = self.headers.iter().find(|h| h.name.eq_ignore_ascii_case("content-type"));
        let field = media.map(|h| Field::read(&h.value));
        let Some(label) = field.as_ref().and_then(|f| f.param("charset")).map(str::to_owned) else { return };
        let is_safe = charset::keeps_ascii(&label);
        for (n, raw) in std::mem::take(&mut self.raw) {
            if let Some(header) = self.headers.get_mut(n)
                && (is_safe || header.name.eq_ignore_ascii_case("subject"))
            {
                header.value = clean(&charset::text(&raw, &label));
            }
        }
    }
    fn note(&mut self, what: &'static str) {
        if !self.damage.contains(&what) {
            self.damage.push(what);
        }
    }
}

enum Line {
    Blank,
    Folded,
    Field,
    Other,
}

fn kind(line: &[u8]) -> Line {
    if line.iter().all(|b| b"\r\n".contains(b)) {
        return Line::Blank;
    }
    if line.starts_with(b" ") || line.starts_with(b"\t") {
        return Line::Folded;
    }
    let name = line.iter().take(100).take_while(|b| b.is_ascii_graphic() && **b != b':').count();
    let after = line.get(name..).unwrap_or_default().trim_ascii_start();
    // RFC 5322 4.5 lets old mail have blanks before the colon
    if name > 0 && after.first() == Some(&b':') { Line::Field } else { Line::Other }
}

/// A private field whose name breaks the rules; no text begins so.
fn is_extension(line: &[u8]) -> bool {
    line.get(..2).is_some_and(|x| x.eq_ignore_ascii_case(b"x-")) && line.contains(&b':')
}

/// Whether the header goes on after a line that is no field: the next line is one, or the block ends there.
fn goes_on(rest: &[u8]) -> bool {
    matches!(kind(first_line(rest)), Line::Field) && !rest.is_empty()
}

/// The first line with its end.
pub fn first_line(bytes: &[u8]) -> &[u8] {
    let end = memchr(b'\n', bytes).map_or(bytes.len(), |i| i + 1);
    bytes.get(..end).unwrap_or_default()
}

/// A value on one line, as text. Raw 8-bit values are UTF-8, else Latin-1 (as Windows-1252) for now; 7-bit Japanese is
/// known by its escapes. Control characters but tabs become U+FFFD: taken out, they would make another address of one.
fn unfolded(raw: &[u8]) -> String {
    let text = match std::str::from_utf8(raw) {
        _ if charset::has_jis_escape(raw) => charset::text(raw, "iso-2022-jp"),
        Ok(text) => text.to_owned(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(raw).0.into_owned(),
    };
    clean(&text)
}

fn clean(text: &str) -> String {
    let plain = |c: char| !c.is_control() || c == '\t';
    if text.chars().all(plain) {
        return text.trim().to_owned();
    }
    let unfolded = text.chars().filter(|c| !matches!(c, '\r' | '\n'));
    let clean: String = unfolded.map(|c| if plain(c) { c } else { char::REPLACEMENT_CHARACTER }).collect();
    clean.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> (Vec<String>, &str) {
        let block = block(raw.as_bytes());
        let shown = block.headers.iter().map(|h| format!("{}={}", h.name, h.value)).collect();
        (shown, std::str::from_utf8(block.body).unwrap())
    }

    #[test]
    fn blocks_end_where_the_body_begins() {
        for (raw, fields, body) in [
            ("A: 1\nB: 2\n\nx\n", &["A=1", "B=2"][..], "x\n"),
            ("A: 1\r\n\t2\r\n\r\nx", &["A=1\t2"], "x"),
            ("A:\n 1\nB :2\n\n", &["A=1", "B=2"], ""),
            ("A: 1\nHello you\nmore\n", &["A=1"], "Hello you\nmore\n"),
            ("A: 1\nstray\nB: 2\n\nx", &["A=1", "B=2"], "x"),
            ("A: 1\nX-a/\t(b): 2\n 3\nX-c d: 4\n\nx", &["A=1"], "x"),
            (" folded first\nA: 1\n\nx", &["A=1"], "x"),
            ("A: 1", &["A=1"], ""),
            ("A: 1\n \nB: 2\n\nx", &["A=1", "B=2"], "x"),
            ("\nx", &[], "x"),
            ("A: a\0b\x1bc\n\n", &["A=a\u{fffd}b\u{fffd}c"], ""),
            ("no header at all\n", &[], "no header at all\n"),
        ] {
            assert_eq!(read(raw), (fields.iter().map(|s| (*s).to_owned()).collect(), body), "{raw:?}");
        }
    }

    #[test]
    fn raw_bytes_are_read_as_text() {
        assert_eq!(block(b"S: caf\xe9\n\n").headers[0].value, "café");
        assert_eq!(block("S: café\n\n".as_bytes()).headers[0].value, "café");
        assert_eq!(block(b"S: \x1b$B$\"\x1b(B\n\n").headers[0].value, "あ");
        for (name, charset, raw, want) in [
            ("Subject", "koi8-r", &b"\xd4\xc5\xd3\xd4"[..], "тест"),
            ("From", "koi8-r", b"\xd4\xc5\xd3\xd4 <a@b>", "тест <a@b>"),
            ("Subject", "gb2312", b"\xb4\xf2", "打"),
            ("From", "gb2312", b"\xb4\xf2 <a@b>", "´ò <a@b>"),
            ("From", "utf-7", b"\xe9 ann+AEA-b.example", "é ann+AEA-b.example"),
            ("From", "shift_jis", b"ann\x83@b.example", "annƒ@b.example"),
            ("Subject", "utf-8", b"caf\xe9", "café"),
            ("Subject", "made-up", b"caf\xe9", "café"),
        ] {
            let head = format!("Content-Type: text/plain; charset={charset}\n\n");
            let bytes = [name.as_bytes(), b": ", raw, b"\n", head.as_bytes()].concat();
            assert_eq!(block(&bytes).headers[0].value, want, "{name} {charset}");
        }
    }

    #[test]
    fn caps_hold() {
        let many = "A: 1\n".repeat(limits::HEADER_COUNT + 1) + "\nbody";
        let read = block(many.as_bytes());
        assert_eq!((read.headers.len(), read.body), (limits::HEADER_COUNT, &b"body"[..]));
        assert_eq!(read.damage.len(), 1);
        let long = format!("A: {}\nB: 2\n\nbody", "x".repeat(limits::HEADER_FIELD));
        let read = block(long.as_bytes());
        assert_eq!(read.headers[0].value.len(), limits::HEADER_FIELD - 3);
        assert_eq!((read.headers[1].value.as_str(), read.body), ("2", &b"body"[..]));
        let folded = format!("A: 1{}\n\nbody", "\n x".repeat(limits::HEADER_BLOCK));
        assert_eq!(block(folded.as_bytes()).body, b"body");
    }
}
