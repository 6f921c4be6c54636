//! Text for IMAP commands: strings, folder names and sets of UIDs. Comes in: what people and the store write;
//! goes out: what stands in a command. Nothing that goes out holds a line end.
//! Strings and sets: RFC 9051 section 9; folder names: modified UTF-7, RFC 3501 section 5.1.3.

use data_encoding::BASE64_NOPAD;
use std::fmt::Write;

/// A quoted string; `None` when the text has bytes that such a string cannot hold (it must go as a literal).
pub fn quoted(text: &str) -> Option<String> {
    if !text.bytes().all(|b| (b' '..=b'~').contains(&b)) {
        return None;
    }
    Some(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// A folder's name as the server knows it, quoted. Levels are parted by `/` here and by `separator` there.
pub fn folder(name: &str, separator: char) -> String {
    let name = if separator == '/' { name.to_owned() } else { name.replace('/', &separator.to_string()) };
    // what UTF-7 leaves is printable, so that it can always be quoted
    quoted(&utf7(&name)).unwrap_or_default()
}

fn utf7(name: &str) -> String {
    let mut out = String::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let plain = is_plain(first);
        let end = rest.find(|c| is_plain(c) != plain).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        if plain {
            out.push_str(&run.replace('&', "&-"));
        } else {
            let units: Vec<u8> = run.encode_utf16().flat_map(u16::to_be_bytes).collect();
            // writing to a String cannot fail
            let _ = write!(out, "&{}-", BASE64_NOPAD.encode(&units).replace('/', ","));
        }
        rest = after;
    }
    out
}

fn is_plain(c: char) -> bool {
    (' '..='~').contains(&c)
}

/// A sequence set such as `3:7,9`. `None` when there are no numbers.
pub fn uid_set(uids: impl IntoIterator<Item = u32>) -> Option<String> {
    let mut sorted: Vec<u32> = uids.into_iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    let mut out = String::new();
    for run in sorted.chunk_by(|a, b| a.checked_add(1) == Some(*b)) {
        let comma = if out.is_empty() { "" } else { "," };
        let _ = match run {
            [one] => write!(out, "{comma}{one}"),
            [first, .., last] => write!(out, "{comma}{first}:{last}"),
            [] => Ok(()),
        };
    }
    (!out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_cannot_break_out() {
        assert_eq!(quoted(r#"a"b\c"#).unwrap(), r#""a\"b\\c""#);
        assert_eq!(quoted("").unwrap(), "\"\"");
        for bad in ["a\r\nb", "ü", "\0", "\u{7f}"] {
            assert_eq!(quoted(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn folder_names_in_modified_utf7() {
        for (name, separator, wire) in [
            ("INBOX", '/', "\"INBOX\""),
            ("Trackle/Done", '.', "\"Trackle.Done\""),
            ("Erledigt & fertig", '/', "\"Erledigt &- fertig\""),
            ("Entwürfe", '/', "\"Entw&APw-rfe\""),
            // the RFC's own example
            ("~peter/mail/台北/日本語", '/', "\"~peter/mail/&U,BTFw-/&ZeVnLIqe-\""),
            ("a\r\nb", '/', "\"a&AA0ACg-b\""),
            ("😀", '/', "\"&2D3eAA-\""),
        ] {
            assert_eq!(folder(name, separator), wire);
        }
    }

    #[test]
    fn uids_are_gathered_into_runs() {
        assert_eq!(uid_set([9, 3, 4, 5, 6, 7, 7]).unwrap(), "3:7,9");
        assert_eq!(uid_set([1, 3, 4]).unwrap(), "1,3:4");
        assert_eq!(uid_set([u32::MAX - 1, u32::MAX]).unwrap(), "4294967294:4294967295");
        assert_eq!(uid_set([]), None);
    }
}
