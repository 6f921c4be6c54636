//! The last look at a letter before it is owed: its finished bytes are read again as a server would read them. The
//! letter comes in with what its header has to hold; nothing or a fault goes out. RFC 5322 2.1.1 and 2.2.

use crate::fault::{Fault, Outcome};
use crate::model::address::Address;
use memchr::memchr;
use std::borrow::Cow;

/// Octets of a line without its end (RFC 5322 2.1.1).
const LINE: usize = 998;

/// Refuses a letter with a header field too many, too few or too long, or that reads otherwise than it was meant (where that
/// is given), with another recipient, with a stray line end.
pub(super) fn letter(bytes: &[u8], fields: &[(String, Option<String>)], to: &Address) -> Outcome<()> {
    let wrong = |what: &str| Err(Fault::lasting(format!("a letter came out wrong: {what}")));
    let Ok(text) = std::str::from_utf8(bytes) else { return wrong("it is not text") };
    if !text.is_ascii() || text.contains('\0') {
        return wrong("a zero or a byte that is not ASCII");
    }
    let mut found: Vec<(&str, String)> = Vec::new();
    let mut in_body = false;
    let mut rest = text;
    while let Some(end) = memchr(b'\n', rest.as_bytes()) {
        let (line, after) = rest.split_at(end + 1);
        rest = after;
        let Some(line) = line.strip_suffix("\r\n") else { return wrong("a line without its end") };
        if line.len() > LINE {
            return wrong("a line is too long");
        }
        if memchr(b'\r', line.as_bytes()).is_some() {
            return wrong("a stray line end");
        }
        if in_body {
            continue;
        }
        if line.is_empty() {
            in_body = true;
        } else if line.starts_with([' ', '\t']) {
            match found.last_mut() {
                Some((_, value)) if !line.trim().is_empty() => value.push_str(line),
                _ => return wrong("a header line that continues nothing"),
            }
        } else {
            match line.split_once(": ") {
                Some((name, value)) => found.push((name, value.to_owned())),
                None => return wrong("a header line without a name"),
            }
        }
    }
    if !rest.is_empty() {
        return wrong("a line without its end");
    }
    if !in_body {
        return wrong("no end of the header");
    }
    let mut have: Vec<&str> = found.iter().map(|(name, _)| *name).collect();
    let mut want: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    have.sort_unstable();
    want.sort_unstable();
    if have != want {
        return wrong(&format!("its fields are {have:?}, not {want:?}"));
    }
    if have.windows(2).any(|two| matches!(two, [a, b] if a.eq_ignore_ascii_case(b))) {
        return wrong("a field stands twice");
    }
    for (name, meant) in fields.iter().filter_map(|(name, meant)| Some((name, meant.as_ref()?))) {
        let read = found.iter().find(|(n, _)| n == name).map(|(_, value)| words(name, value));
        // where characters had to be encoded a word may end inside one; that is a blemish, a line end in it would be none
        let same = |read: &Cow<'_, str>| match meant.is_ascii() {
            // where a field was folded, and how many blanks stood there, is nothing that a reader sees
            true => read.split_ascii_whitespace().eq(meant.split_ascii_whitespace()),
            false => !read.contains(|c: char| c.is_control() && c != '\t'),
        };
        if !read.as_ref().is_some_and(same) {
            return wrong(&format!("its {name} reads {read:?}"));
        }
    }
    match found.iter().find(|(name, _)| *name == "To") {
        Some((_, value)) if value == to.as_str() => Ok(()),
        _ => wrong("To is not its recipient"),
    }
}

/// What a reader sees of a field: encoded words are decoded (RFC 2047), and it is one line.
#[allow(clippy::disallowed_methods)] // quadratic in what is hostile and large; this is of our own making and short
fn words<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    if !value.contains("=?") {
        return value.into();
    }
    let field = format!("{name}: {value}\r\n");
    mailparse::parse_header(field.as_bytes()).map(|(field, _)| field.get_value()).unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_differs_is_refused() {
        let to = Address::parse("a@x.example").unwrap();
        let names = [("To".to_owned(), None), ("Subject".to_owned(), Some("one two".to_owned()))];
        let right = "To: a@x.example\r\nSubject: one\r\n two\r\n\r\nbody\r\n";
        letter(right.as_bytes(), &names, &to).unwrap();
        for (from, into) in [
            ("a@x", "b@x"),
            ("a@x.example", "a@x.example, b@x.example"),
            ("Subject: one", "Subject: one\r\nBcc: b@x.example"),
            ("Subject: one", "Subject: one\r\nsubject: one"),
            ("Subject: one", "To: a@x.example"),
            ("Subject: one", "Subject one"),
            ("Subject: one", "Subject: won"),
            ("Subject: one", "Subject: =?utf-8?q?one=0D=0ABcc:_b?="),
            ("\r\n two", "\r\n  "),
            ("one", "one\nBcc: b@x.example"),
            ("body", "bo\rdy"),
            ("body", "bo\ndy"),
            ("body", "bo\0dy"),
            ("body", "bödy"),
            ("body\r\n", "body"),
            ("\r\n\r\nbody", ""),
            ("body", &"x".repeat(999)),
            ("one", &"x".repeat(999)),
        ] {
            let bent = right.replacen(from, into, 1);
            assert!(letter(bent.as_bytes(), &names, &to).is_err(), "{bent:?}");
        }
        let encoded = right.replacen("Subject: one", "Subject: =?utf-8?q?one?=", 1);
        letter(encoded.as_bytes(), &names, &to).unwrap();
    }
}
