//! Content-Type and Content-Disposition: a value and its parameters (RFC 2045 5.1, RFC 2183, RFC 2231). In: the
//! unfolded field; out: the value in lower case and the parameters decoded, names in lower case. Written for what
//! mailers send: comments, missing quotes and semicolons, encoded words where RFC 2231 was meant. One pass, no errors.

use super::{charset, words};
use std::collections::BTreeMap;

/// Parameters read of one field; no mailer needs more.
const PARAMS: usize = 200;

/// A structured field, read.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Field {
    pub value: String,
    pub params: Vec<(String, String)>,
}

impl Field {
    /// Reads a field.
    pub fn read(text: &str) -> Field {
        let mut scan = Scan { rest: text };
        let value = scan.token(";").trim().trim_matches('"').to_ascii_lowercase();
        let mut raw = Vec::new();
        while raw.len() < PARAMS {
            scan.rest = scan.rest.trim_start_matches(|c: char| c == ';' || c.is_whitespace());
            if scan.rest.is_empty() {
                break;
            }
            let name = scan.token("=;").trim().to_ascii_lowercase();
            if let Some(after) = scan.rest.strip_prefix('=') {
                scan.rest = after;
                raw.push((name, scan.value()));
            }
        }
        Field { value, params: joined(raw) }
    }

    /// A parameter's value.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

struct Scan<'a> {
    rest: &'a str,
}

impl Scan<'_> {
    /// Everything up to one of `ends`, comments left out.
    fn token(&mut self, ends: &str) -> String {
        let mut out = String::new();
        let mut depth = 0u32;
        let mut it = self.rest.char_indices();
        let at = loop {
            match it.next() {
                None => break self.rest.len(),
                Some((i, c)) if depth == 0 && ends.contains(c) => break i,
                Some((_, '(')) => depth += 1,
                Some((_, ')')) if depth > 0 => depth -= 1,
                Some((_, c)) if depth == 0 => out.push(c),
                Some(_) => {}
            }
        };
        self.rest = self.rest.get(at..).unwrap_or("");
        out
    }

    /// A parameter's value: a quoted string, or all up to the semicolon. Outlook and others forget the quotes
    /// around names with blanks, so a blank ends nothing unless `name=` follows it.
    fn value(&mut self) -> String {
        self.rest = self.rest.trim_start();
        if let Some(quoted) = self.rest.strip_prefix('"')
            && let Some((text, after)) = unquoted(quoted)
        {
            self.rest = after;
            return text;
        }
        let end = self.rest.find(';').unwrap_or(self.rest.len());
        let (value, after) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        let (value, after) = match missing_semicolon(value) {
            Some(cut) => (value.get(..cut).unwrap_or(value), self.rest.get(cut..).unwrap_or("")),
            None => (value, after),
        };
        self.rest = after;
        let value = value.trim();
        let plain = match value.split_once(" (") {
            Some((before, comment)) if comment.ends_with(')') => before.trim_end(),
            _ => value,
        };
        plain.trim_start_matches('"').to_owned()
    }
}

/// Where `name=` begins after a blank in an unquoted value.
fn missing_semicolon(value: &str) -> Option<usize> {
    let (before, _) = value.split_once('=')?;
    let blank = before.rfind(char::is_whitespace)?;
    let name = before.get(blank..)?.trim();
    let known = ["charset", "name", "filename", "boundary", "format", "type", "size"];
    known.iter().any(|k| name.eq_ignore_ascii_case(k)).then_some(blank)
}

/// The text of a quoted string whose opening quote was taken off, and what follows the closing one.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut it = text.char_indices();
    while let Some((i, c)) = it.next() {
        match c {
            '"' => return Some((out, text.get(i + 1..).unwrap_or(""))),
            '\\' => match it.next() {
                Some((_, c @ ('"' | '\\'))) => out.push(c),
                // a Windows path, not an escape
                Some((_, c)) => out.extend(['\\', c]),
                None => return None,
            },
            _ => out.push(c),
        }
    }
    None
}

/// One parameter being put together from RFC 2231 sections.
#[derive(Default)]
struct Sections {
    charset: String,
    /// By number: the bytes.
    pieces: BTreeMap<u32, Vec<u8>>,
}

/// Joins continuations and decodes: a `name*` form wins over the plain one, the first of equals wins.
fn joined(raw: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut order: Vec<(String, Option<String>)> = Vec::new();
    let mut starred: BTreeMap<String, Sections> = BTreeMap::new();
    for (key, value) in raw {
        let (name, star) = match key.split_once('*') {
            Some((name, star)) => (name.to_owned(), Some(star)),
            None => (key.clone(), None),
        };
        let Some(star) = star else {
            match order.iter_mut().find(|(n, _)| *n == name) {
                Some((_, plain)) if plain.is_none() => *plain = Some(value),
                Some(_) => {}
                None => order.push((name, Some(value))),
            }
            continue;
        };
        if !order.iter().any(|(n, _)| *n == name) {
            order.push((name.clone(), None));
        }
        let number: u32 = star.trim_end_matches('*').parse().unwrap_or(0);
        let sections = starred.entry(name).or_default();
        let encoded = star.is_empty() || star.ends_with('*');
        let (label, text) = match value.splitn(3, '\'').collect::<Vec<_>>().as_slice() {
            [label, _, text] if encoded && number == 0 => (Some((*label).to_owned()), (*text).to_owned()),
            _ => (None, value),
        };
        if let Some(label) = label {
            sections.charset = label;
        }
        let bytes = if encoded { percent_decoded(&text) } else { text.into_bytes() };
        sections.pieces.entry(number).or_insert(bytes);
    }
    let value = |name: &str, plain: Option<String>| match starred.get(name) {
        Some(s) => starred_text(s),
        None => plain.map_or_else(String::new, |p| words::decoded(&p)),
    };
    order.into_iter().map(|(name, plain)| (name.clone(), value(&name, plain))).collect()
}

fn starred_text(sections: &Sections) -> String {
    let bytes: Vec<u8> = sections.pieces.values().flatten().copied().collect();
    // some mailers put encoded words into continuations
    words::decoded(&charset::text(&bytes, &sections.charset))
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&b, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|d| std::str::from_utf8(d).ok());
        match digits.filter(|_| b == b'%').and_then(|d| u8::from_str_radix(d, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                out.push(b);
                rest = after;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_as_mailers_write_them() {
        for (raw, value, name, want) in [
            ("text/plain; charset=utf-8", "text/plain", "charset", "utf-8"),
            ("text/plain (c); charset=utf-8 (x)", "text/plain", "charset", "utf-8"),
            ("TEXT/Plain ;  Charset = \"utf-8\" ; x=y", "text/plain", "charset", "utf-8"),
            ("a/b; name=\"x;y\\\"z\"", "a/b", "name", "x;y\"z"),
            ("a/b; name=two words.pdf; x=1", "a/b", "name", "two words.pdf"),
            ("\"a/b\"; name=x", "a/b", "name", "x"),
            ("a/b;; boundary=\"=_ _= 1(2)\"", "a/b", "boundary", "=_ _= 1(2)"),
            ("a/b; boundary=----=_Part_1", "a/b", "boundary", "----=_Part_1"),
            ("a/b; charset=utf-8 name=x", "a/b", "name", "x"),
            ("a/b; name=\"unclosed", "a/b", "name", "unclosed"),
            ("attachment; filename=x; filename*=utf-8''y%C3%A9", "attachment", "filename", "yé"),
            (
                "attachment; filename*0*=utf-8'en'a%C3; filename*1*=%A9; filename*2=b",
                "attachment",
                "filename",
                "aéb",
            ),
            ("attachment; filename*1=b; filename*0=a", "attachment", "filename", "ab"),
            ("attachment; filename=\"=?utf-8?Q?caf=C3=A9?=\"", "attachment", "filename", "café"),
            ("attachment; filename==?utf-8?Q?a_b?=", "attachment", "filename", "a b"),
            ("attachment; filename=\"C:\\dir\\x\"", "attachment", "filename", "C:\\dir\\x"),
            ("attachment; filename*=broken", "attachment", "filename", "broken"),
        ] {
            let field = Field::read(raw);
            assert_eq!((field.value.as_str(), field.param(name)), (value, Some(want)), "{raw}");
        }
        assert_eq!(Field::read(""), Field::default());
    }

    #[test]
    fn hostile_fields_end() {
        for raw in
            ["(".repeat(100_000), "a=".repeat(50_000), "a;".repeat(50_000), "a/b;x=\"\\".repeat(20_000)]
        {
            Field::read(&raw);
        }
    }
}
