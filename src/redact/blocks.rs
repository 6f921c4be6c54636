//! Secrets of several lines: in comes a content, out come places. Private keys between their lines BEGIN and END (RFC 7468,
//! RFC 4880, RFC 4716), PuTTY's files, what is below `data:` in a Secret of Kubernetes.

use super::Hit;
use regex::bytes::Regex;
use std::ops::Range;
use std::sync::LazyLock;

static BEGIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let form = r"(?-u)---- ?-?BEGIN [A-Z0-9 ]{0,60}(?:PRIVATE KEY(?: BLOCK)?|OpenVPN Static key V[0-9]|OpenVPN tls-crypt-v2 [a-z]+ key)-?-? ?---";
    Regex::new(form).ok()
});
static END: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?-u)-{4,5} ?(?:END|BEGIN) ").ok());
static PUTTY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m-u)^Private-Lines: *([0-9]{1,4})\r?\n").ok());
static KIND: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?m-u)^[ \t-]*kind:[ \t]*["']?Secret["']?[ \t]*\r?$"#).ok());
static DATA: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?-u)^([ \t-]*)(?:data|stringData):[ \t]*\r?\n?$").ok());
static JSON_KIND: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?-u)\\?"kind\\?"\s{0,9}:\s{0,9}\\?"Secret\\?""#).ok());
static JSON_DATA: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?-u)\\?"(?:data|stringData)\\?"\s{0,9}:\s{0,9}\{([^{}]*)\}"#).ok());
static JSON_VALUE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?-u)\\?"\s{0,9}:\s{0,9}\\?"((?:[^"\\]|\\[^"])+)\\?""#).ok());

pub(super) fn find(content: &[u8], hits: &mut Vec<Hit>) {
    keys(content, hits);
    for lines in PUTTY.iter().flat_map(|putty| putty.captures_iter(content)) {
        let (Some(all), Some(count)) = (lines.get(0), lines.get(1)) else { continue };
        let count = std::str::from_utf8(count.as_bytes()).ok().and_then(|n| n.parse().ok()).unwrap_or(0);
        let rest = content.get(all.end()..).unwrap_or_default();
        let length: usize = rest.split_inclusive(|b| *b == b'\n').take(count).map(<[u8]>::len).sum();
        hits.push(Hit { range: trimmed(content, all.end()..all.end() + length), rule: "private key" });
    }
    if KIND.as_ref().is_some_and(|kind| kind.is_match(content)) {
        manifests(content, hits);
    }
    if JSON_KIND.as_ref().is_some_and(|kind| kind.is_match(content)) {
        for data in JSON_DATA.iter().flat_map(|data| data.captures_iter(content)).filter_map(|d| d.get(1)) {
            let values = JSON_VALUE.iter().flat_map(|value| value.captures_iter(data.as_bytes()));
            hits.extend(values.filter_map(|v| v.get(1)).map(|value| Hit {
                range: data.start() + value.start()..data.start() + value.end(),
                rule: "kubernetes",
            }));
        }
    }
}

/// What stands between BEGIN and END; without an END, all up to the next BEGIN or the end.
fn keys(content: &[u8], hits: &mut Vec<Hit>) {
    let (Some(begin), Some(end)) = (BEGIN.as_ref(), END.as_ref()) else { return };
    for begun in begin.find_iter(content) {
        let dashes =
            content.get(begun.end()..).unwrap_or_default().iter().take_while(|b| **b == b'-').count();
        let start = begun.end() + dashes;
        let until = end.find_at(content, start).map_or(content.len(), |end| end.start());
        hits.push(Hit { range: trimmed(content, start..until), rule: "private key" });
    }
}

/// Without the ends of lines around it, be they written `\n` as within JSON.
fn trimmed(content: &[u8], range: Range<usize>) -> Range<usize> {
    let (mut start, mut end) = (range.start, range.end.min(content.len()));
    loop {
        let text = content.get(start..end).unwrap_or_default();
        if text.starts_with(b"\\n") || text.starts_with(b"\\r") {
            start += 2;
        } else if text.ends_with(b"\\n") || text.ends_with(b"\\r") {
            end -= 2;
        } else if text.first().is_some_and(u8::is_ascii_whitespace) {
            start += 1;
        } else if text.last().is_some_and(|b| b.is_ascii_whitespace() || *b == b'#') {
            end -= 1;
        } else {
            return start..end.max(start);
        }
    }
}

/// In each YAML document that holds a Secret, every value below `data:` and `stringData:`.
fn manifests(content: &[u8], hits: &mut Vec<Hit>) {
    let mut at = 0;
    let mut documents = vec![Vec::new()];
    for line in content.split_inclusive(|b| *b == b'\n') {
        if line.starts_with(b"---") {
            documents.push(Vec::new());
        } else if let Some(document) = documents.last_mut() {
            document.push((at, line));
        }
        at += line.len();
    }
    for document in documents {
        let is_secret =
            document.iter().any(|(_, line)| KIND.as_ref().is_some_and(|kind| kind.is_match(line)));
        if is_secret {
            below_data(&document, hits);
        }
    }
}

fn below_data(document: &[(usize, &[u8])], hits: &mut Vec<Hit>) {
    let mut data: Option<usize> = None;
    for (at, line) in document {
        let indent = line.iter().take_while(|b| matches!(b, b' ' | b'-')).count();
        if line.trim_ascii().is_empty() {
            continue;
        }
        if data.is_some_and(|outer| indent <= outer) {
            data = None;
        }
        if data.is_none() {
            let found = DATA.as_ref().and_then(|data| data.captures(line)).and_then(|d| d.get(1));
            data = found.map(|indent| indent.len());
            continue;
        }
        // a value behind its name, or a line of one that has several
        let name = line.iter().position(|b| *b == b':').filter(|colon| {
            let name = line.get(indent..*colon).unwrap_or_default();
            let blank = line.get(colon + 1).is_none_or(u8::is_ascii_whitespace);
            blank && name.iter().all(|b| b.is_ascii_alphanumeric() || b"._-\"'".contains(b))
        });
        let from = name.map_or(indent, |colon| colon + 1);
        let text = line.get(from..).unwrap_or_default();
        let start = at + from + (text.len() - text.trim_ascii_start().len());
        let text = text.trim_ascii();
        if !matches!(text, b"" | b"|" | b">" | b"|-" | b">-" | b"\"\"" | b"''") {
            hits.push(Hit { range: start..start + text.len(), rule: "kubernetes" });
        }
    }
}
