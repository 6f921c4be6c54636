//! Somebody who is looked for in texts to be taken out of them: by his address, in each form that mail programs and servers
//! write it, and by the names that somebody typed. In come bytes, out go the same without him. A display name, which a
//! stranger chose, is looked for beside the address alone. Knows where an address begins and ends: whoever masks one in
//! what was written before asks here too, so that both mean the same.

use super::address::Address;
use regex::bytes::{Captures, Regex};
use std::cell::Cell;
use std::ops::Range;

/// Stands for a name.
pub const NAME: &str = "erased person";
/// The domain of the addresses that stand for erased ones (RFC 2606).
pub const DOMAIN: &str = "erased.invalid";
/// What stands between the halves of an address: as it is, in URLs, in the bounce addresses of lists, in HTML, in JSON.
const SIGNS: &str = r"@|%40|=40|=|&#0*64;|&#x0*40;|&commat;|\\u0040";
/// Endings of files that are called by an address; no domain ends so.
const ENDINGS: [&str; 22] = [
    "asc", "crt", "csv", "doc", "docx", "eml", "gz", "html", "ics", "jpg", "json", "key", "log", "mbox",
    "msg", "pdf", "pem", "png", "txt", "vcf", "xls", "xlsx",
];
/// Display names that are looked for beside the address: the first ones that were seen there.
const BESIDE: usize = 100;
/// Characters of a display name.
const LONGEST: usize = 120;

/// The address that stands for the erased person of that number.
pub fn stand_in(number: u64) -> Option<Address> {
    Address::parse(&format!("erased-{number}@{DOMAIN}"))
}

/// Whether an address stands for an erased one.
pub fn stands_in(address: &str) -> bool {
    address.rsplit_once('@').is_some_and(|(_, domain)| domain.eq_ignore_ascii_case(DOMAIN))
}

/// Whom to look for.
pub struct Sought {
    pub address: Address,
    forms: Regex,
    names: Vec<Name>,
    /// Names that are taken out where the address follows, or goes before, lower case.
    beside: Vec<String>,
}

/// A name that somebody typed.
struct Name {
    text: String,
    pattern: Regex,
    /// It stood in what was looked at since the last [`Sought::turn`].
    met: Cell<bool>,
    things: Cell<u64>,
}

/// A place where he stands, and what is to stand there.
struct Place {
    range: Range<usize>,
    instead: Vec<u8>,
}

impl Sought {
    /// By his address, and by names that are looked for everywhere.
    ///
    /// # Errors
    /// A name that is too long to be looked for.
    pub fn of(address: Address, names: &[String]) -> Result<Sought, regex::Error> {
        let (local, domain) = (regex::escape(address.local()), regex::escape(address.domain()));
        let forms = Regex::new(&format!("(?i-u)(?:{local}({SIGNS}){domain}|{domain}(=){local}@)"))?;
        let name = |text: &String| {
            let words: Vec<String> = text.split_whitespace().map(regex::escape).collect();
            let gap = r"[^\p{L}\p{N}@]{0,3}[\s_][^\p{L}\p{N}@]{0,3}";
            let pattern = Regex::new(&format!("(?i){}", words.join(gap)))?;
            Ok(Name { text: text.clone(), pattern, met: Cell::new(false), things: Cell::new(0) })
        };
        let names = names.iter().map(name).collect::<Result<_, regex::Error>>()?;
        Ok(Sought { address, forms, names, beside: Vec::new() })
    }

    /// A display name that he had somewhere: it is taken out where it stands beside the address.
    pub fn is_called(&mut self, name: &str) {
        let name = name.trim().to_lowercase();
        let fits = (2..=LONGEST).contains(&name.chars().count()) && !name.contains('@');
        if fits && self.beside.len() < BESIDE && !self.beside.contains(&name) {
            self.beside.push(name);
        }
    }

    /// The names that were typed, and in how many things each stood.
    pub fn names(&self) -> Vec<(String, u64)> {
        self.names.iter().map(|name| (name.text.clone(), name.things.get())).collect()
    }

    /// From here on another thing is looked at.
    pub fn turn(&self) {
        for name in self.names.iter().filter(|name| name.met.take()) {
            name.things.set(name.things.get() + 1);
        }
    }

    /// Counts from nothing again.
    pub fn forget(&self) {
        self.turn();
        self.names.iter().for_each(|name| name.things.set(0));
    }

    /// Whether he stands in it.
    pub fn is_in(&self, bytes: &[u8]) -> bool {
        !self.places(bytes, &self.address).is_empty()
    }

    /// Whether it is his address.
    pub fn is_his(&self, text: &str) -> bool {
        Address::parse(text).is_some_and(|address| address == self.address)
    }

    /// The bytes without him; `None` when he is not there.
    pub fn without(&self, bytes: &[u8], by: &Address) -> Option<Vec<u8>> {
        let places = self.places(bytes, by);
        if places.is_empty() {
            return None;
        }
        let (mut out, mut done) = (Vec::with_capacity(bytes.len() + 64), 0);
        for place in places.iter().filter(|place| !place.range.is_empty()) {
            if place.range.start < done {
                continue;
            }
            out.extend_from_slice(bytes.get(done..place.range.start).unwrap_or_default());
            out.extend_from_slice(&place.instead);
            done = place.range.end;
        }
        out.extend_from_slice(bytes.get(done..).unwrap_or_default());
        Some(out)
    }

    /// The same for a text.
    pub fn text_without(&self, text: &str, by: &Address) -> Option<String> {
        self.without(text.as_bytes(), by).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Where he stands, in their order; they may overlap.
    fn places(&self, bytes: &[u8], by: &Address) -> Vec<Place> {
        let mut all = Vec::new();
        for found in self.forms.captures_iter(bytes) {
            let Some((range, instead)) = form(&found, bytes, by) else { continue };
            all.extend(self.beside(bytes, &range).into_iter().map(named));
            all.push(Place { range, instead });
        }
        for name in &self.names {
            let found = name.pattern.find_iter(bytes).map(|found| found.range());
            let before = all.len();
            all.extend(found.filter(|range| is_apart_name(bytes, range)).map(named));
            name.met.set(name.met.get() || all.len() > before);
        }
        all.sort_by_key(|place| (place.range.start, std::cmp::Reverse(place.range.end)));
        all
    }

    /// The display name before or behind an address.
    fn beside(&self, bytes: &[u8], address: &Range<usize>) -> Option<Range<usize>> {
        let before = bytes.get(..address.start).unwrap_or_default();
        let after = bytes.get(address.end..).unwrap_or_default();
        let bare = before.strip_suffix(b"mailto:").unwrap_or(before);
        let bare =
            bare.strip_suffix(b"<").or_else(|| bare.strip_suffix(b"[")).or_else(|| bare.strip_suffix(b"("));
        let bare = bare.map(|bare| trimmed_end(bare.trim_ascii_end()));
        let is = |bytes: &[u8], name: &str| {
            std::str::from_utf8(bytes).is_ok_and(|text| text.to_lowercase() == *name)
        };
        let ends = |name: &String| {
            let start = bare?.len().checked_sub(name.len())?;
            let range = start..bare?.len();
            (is(bytes.get(range.clone())?, name) && is_apart_name(bytes, &range)).then_some(range)
        };
        let begins = |name: &String| {
            let blanks = after.len() - after.trim_ascii_start().len();
            let start = blanks + usize::from(after.get(blanks) == Some(&b'('));
            let named = after.get(start..start.checked_add(name.len())?)?;
            let closed = after.get(start + name.len()) == Some(&b')');
            let at = address.end + start;
            (start > blanks && closed && is(named, name)).then_some(at..at + name.len())
        };
        self.beside.iter().find_map(ends).or_else(|| self.beside.iter().find_map(begins))
    }
}

fn named(range: Range<usize>) -> Place {
    Place { range, instead: NAME.as_bytes().to_vec() }
}

/// Without the quotes that a display name stands in.
fn trimmed_end(bytes: &[u8]) -> &[u8] {
    let quoted = bytes.strip_suffix(b"\"").or_else(|| bytes.strip_suffix(b"'"));
    quoted
        .or_else(|| bytes.strip_suffix(b"\\\""))
        .map_or(bytes, |bytes| bytes.strip_suffix(b"\\").unwrap_or(bytes))
}

/// The range of an address that stands for itself, and what is to stand there in the same form.
fn form(found: &Captures<'_>, bytes: &[u8], by: &Address) -> Option<(Range<usize>, Vec<u8>)> {
    let whole = found.get(0)?.range();
    let Some(sign) = found.get(1) else {
        // as servers that forward write it (SRS): domain=local@
        let instead = format!("{}={}@", by.domain(), by.local()).into_bytes();
        return begins_apart(bytes, whole.start, true).then_some((whole, instead));
    };
    let is_list = sign.as_bytes() == b"=";
    let apart = begins_apart(bytes, whole.start, is_list) && ends_apart(bytes, whole.end);
    let instead = [by.local().as_bytes(), sign.as_bytes(), by.domain().as_bytes()].concat();
    apart.then_some((whole, instead))
}

/// Whether an address may begin there: nothing before it belongs to it. In the bounce address of a list (`loose`) it stands
/// behind a hyphen or a plus.
pub fn begins_apart(bytes: &[u8], start: usize, loose: bool) -> bool {
    let before = bytes.get(..start).unwrap_or_default();
    let joins = |byte: &u8| b"-_+.".contains(byte);
    match before {
        [.., b'%', x, y] if x.is_ascii_hexdigit() && y.is_ascii_hexdigit() => true,
        // a line's end as JSON and shells write it
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., b'-' | b'+'] if loose => true,
        [.., b'.', b'.'] => true,
        [.., last] if joins(last) => {
            let run = before.iter().rev().take(64).take_while(|byte| joins(byte)).count();
            !before.iter().rev().nth(run).is_some_and(u8::is_ascii_alphanumeric)
        }
        [.., last] => !last.is_ascii_alphanumeric(),
        [] => true,
    }
}

/// Whether an address may end there: nothing behind it belongs to it, unless that makes the name of a file.
pub fn ends_apart(bytes: &[u8], end: usize) -> bool {
    match bytes.get(end..).unwrap_or_default() {
        [b'.', rest @ ..] if is_ending(rest) => true,
        [b'-' | b'_' | b'.', next, ..] => !next.is_ascii_alphanumeric(),
        [next, ..] => !next.is_ascii_alphanumeric(),
        [] => true,
    }
}

fn is_ending(bytes: &[u8]) -> bool {
    let more = |byte: &u8| byte.is_ascii_alphanumeric() || b"-.".contains(byte);
    let end = bytes.iter().take(8).position(|byte| !more(byte)).unwrap_or(bytes.len().min(8));
    let ending = bytes.get(..end).unwrap_or_default();
    let ending = ending.strip_suffix(b".").unwrap_or(ending);
    ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known.as_bytes()))
}

/// Whether a name stands for itself: it is no part of a longer word, and none of an address.
pub fn is_apart_name(bytes: &[u8], range: &Range<usize>) -> bool {
    let before = bytes.get(..range.start).unwrap_or_default();
    let after = bytes.get(range.end..).unwrap_or_default();
    let last = tail(before).chars().next_back();
    let next = head(after).chars().next();
    let joined = last.into_iter().chain(next).any(char::is_alphanumeric);
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+=-".contains(byte);
    let local =
        after.iter().take(64).position(|byte| !part(byte)).and_then(|at| after.get(at)) == Some(&b'@');
    let behind = before.iter().rev().take(190).position(|byte| !part(byte));
    let domain = behind.and_then(|at| before.get(before.len() - 1 - at)) == Some(&b'@');
    !joined && !local && !domain
}

/// The end of bytes as text: a few characters.
fn tail(bytes: &[u8]) -> String {
    let mut at = bytes.len().saturating_sub(4);
    while bytes.get(at).is_some_and(|byte| byte & 0xc0 == 0x80) {
        at += 1;
    }
    String::from_utf8_lossy(bytes.get(at..).unwrap_or_default()).into_owned()
}

/// The beginning of bytes as text: a few characters.
fn head(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.get(..bytes.len().min(4)).unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bob(names: &[&str]) -> (Sought, Address) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        (Sought::of(Address::parse("bob@x.example").unwrap(), &names).unwrap(), stand_in(7).unwrap())
    }

    #[test]
    fn his_address_goes_in_each_form_and_those_of_others_stay() {
        let (sought, by) = bob(&[]);
        for (text, wanted) in [
            ("Bob@X.example wrote", "erased-7@erased.invalid wrote"),
            ("<bob@x.example>, 'bob@x.example'.", "<erased-7@erased.invalid>, 'erased-7@erased.invalid'."),
            ("to=bob@x.example; \\nbob@x.example", "to=erased-7@erased.invalid; \\nerased-7@erased.invalid"),
            ("_bob@x.example_ *bob@x.example*", "_erased-7@erased.invalid_ *erased-7@erased.invalid*"),
            ("...bob@x.example...and", "...erased-7@erased.invalid...and"),
            ("请写bob@x.example吧", "请写erased-7@erased.invalid吧"),
            (
                "mailto:bob%40x.example %3Cbob@x.example",
                "mailto:erased-7%40erased.invalid %3Cerased-7@erased.invalid",
            ),
            ("list+bob=x.example@l.example", "list+erased-7=erased.invalid@l.example"),
            ("SRS0=a=b=x.example=bob@f.example", "SRS0=a=b=erased.invalid=erased-7@f.example"),
            (
                "bob@x.example.pdf, bob@x.example.eml.",
                "erased-7@erased.invalid.pdf, erased-7@erased.invalid.eml.",
            ),
            ("bob&#64;x.example", "erased-7&#64;erased.invalid"),
        ] {
            assert_eq!(sought.text_without(text, &by).as_deref(), Some(wanted), "{text}");
        }
        for text in [
            "jimbob@x.example",
            "jim.bob@x.example",
            "jim-bob@x.example",
            "bob@x.example.com",
            "bob@x.example-y.com",
            "bob@x.examples",
            "bob",
            "x.example",
            "bob @x.example",
            "Bob Jones",
        ] {
            assert_eq!(sought.text_without(text, &by), None, "{text}");
        }
    }

    #[test]
    fn a_display_name_goes_beside_the_address_alone() {
        let (mut sought, by) = bob(&[]);
        for name in ["of the", "Böb Jones", "b", "b@c"] {
            sought.is_called(name);
        }
        for (text, wanted) in [
            (
                "one of the <bob@x.example> kind, of the best",
                "one erased person <erased-7@erased.invalid> kind, of the best",
            ),
            (
                "Am 1. schrieb \"böb jones\" <bob@x.example>:",
                "Am 1. schrieb \"erased person\" <erased-7@erased.invalid>:",
            ),
            ("Böb Jones [mailto:bob@x.example]", "erased person [mailto:erased-7@erased.invalid]"),
            ("bob@x.example (Böb Jones)", "erased-7@erased.invalid (erased person)"),
            ("proof the <bob@x.example>", "proof the <erased-7@erased.invalid>"),
        ] {
            assert_eq!(sought.text_without(text, &by).as_deref(), Some(wanted), "{text}");
        }
        assert_eq!(sought.text_without("of the", &by), None);
    }

    #[test]
    fn names_that_were_typed_go_everywhere_as_whole_words() {
        let (sought, by) = bob(&["Bob Jones", "O'Brien"]);
        for (text, wanted) in [
            ("“bob  JONES” asked", "“erased person” asked"),
            ("> Bob\n> Jones, O'BRIEN", "> erased person, erased person"),
            ("Bob Jones Bob Jones", "erased person erased person"),
        ] {
            assert_eq!(sought.text_without(text, &by).as_deref(), Some(wanted), "{text}");
        }
        for text in
            ["Bob Jonesson", "Jim-Bob", "äBob Jones", "bob.jones@y.example", "a@bob jones.y", "Bob, Jones"]
        {
            let is_left = sought.text_without(text, &by).is_none_or(|text| text.contains("a@"));
            assert!(is_left || text == "Bob, Jones", "{text}");
        }
        sought.forget();
        sought.is_in(b"Bob Jones Bob Jones");
        sought.turn();
        sought.is_in(b"O'Brien and Bob Jones");
        sought.turn();
        assert_eq!(sought.names(), [("Bob Jones".to_owned(), 2), ("O'Brien".to_owned(), 1)]);
    }
}
