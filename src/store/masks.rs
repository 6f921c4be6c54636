//! What stands for erased people wherever events are read: the chain is never changed, so whoever reads a row of it for
//! somebody's eyes asks here first. Addresses and names are known by their hashes alone, and hidden in events up to the one
//! that told of the erasure: whoever writes again is there again.

use super::Tx;
use super::history::Happened;
use super::texts::in_json;
use crate::fault::Outcome;
use crate::model::address::Address;
use crate::model::sought::{NAME, begins_apart, ends_apart, is_apart_name};
use data_encoding::HEXLOWER;
use rusqlite::params;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The settings that say which addresses are erased: the number of an event and what stands for the address up to it, as
/// often as it was erased.
const ADDRESS: &str = "erased:";
/// Those that say which names are: behind it the number of words and the hash.
const CALLED: &str = "erased name:";
/// What stands between the halves of an address, as `model/sought.rs` knows it.
const SIGNS: [&str; 5] = ["@", "=", "%40", "=40", "&#64;"];
/// Places at which an address may begin and end, of each that might be one.
const BEGINS: usize = 64;
const ENDS: usize = 2;

/// What stands for erased addresses and names, by their hashes.
#[derive(Default)]
pub(in crate::store) struct Masks {
    addresses: BTreeMap<String, Vec<(i64, String)>>,
    names: BTreeMap<String, i64>,
    /// How many words they have.
    lengths: BTreeSet<usize>,
}

impl Tx<'_> {
    /// What stands for erased people in events.
    pub(in crate::store) fn masks(&self) -> Outcome<Masks> {
        let mut rows = self
            .db
            .prepare_cached("SELECT name, value FROM setting WHERE name >= 'erased' AND name < 'erasee'")?;
        let mut masks = Masks::default();
        for row in rows.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))? {
            let (name, value) = row?;
            masks.add(&name, &value);
        }
        Ok(masks)
    }

    /// From that event back an address, and names, are hidden.
    pub fn mask(&self, upto: i64, address: &Address, by: &Address, names: &[String]) -> Outcome<()> {
        let earlier = "INSERT INTO setting (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = value || ' ' || excluded.value";
        self.run(earlier, params![format!("{ADDRESS}{}", hash(&address.key())), format!("{upto} {by}")])?;
        let again = "INSERT INTO setting (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        for name in names {
            let (words, normal) = normal(name);
            self.run(again, params![format!("{CALLED}{words}:{}", hash(&normal)), upto.to_string()])?;
        }
        Ok(())
    }

    /// What stands for addresses that were erased.
    pub(in crate::store) fn stand_ins(&self) -> Outcome<Vec<String>> {
        Ok(self.masks()?.addresses.into_values().flatten().map(|(_, by)| by).collect())
    }
}

impl Masks {
    fn add(&mut self, name: &str, value: &str) {
        if let Some(hash) = name.strip_prefix(ADDRESS) {
            let words: Vec<&str> = value.split(' ').collect();
            let pairs = words.chunks_exact(2).filter_map(|pair| match pair {
                [upto, by] => Some((upto.parse().ok()?, (*by).to_owned())),
                _ => None,
            });
            self.addresses.insert(hash.to_owned(), pairs.collect());
        } else if let Some((words, hash)) = name.strip_prefix(CALLED).and_then(|rest| rest.split_once(':')) {
            self.lengths.extend(words.parse::<usize>());
            self.names.insert(hash.to_owned(), value.parse().unwrap_or(i64::MAX));
        }
    }

    /// An event without them.
    pub fn event(&self, mut event: Happened) -> Happened {
        event.actor = self.text(&event.actor, event.seq);
        event.detail = self.detail(&event.detail, event.seq);
        event
    }

    /// The detail of that event, JSON, without them.
    pub fn detail(&self, detail: &str, event: i64) -> String {
        if self.addresses.is_empty() && self.names.is_empty() {
            return detail.to_owned();
        }
        let change = |text: &str| Some(self.text(text, event)).filter(|masked| masked != text);
        in_json(detail, &change).unwrap_or_else(|| detail.to_owned())
    }

    /// A text of that event without them.
    pub fn text(&self, text: &str, event: i64) -> String {
        let text = self.without_addresses(text, event);
        self.lengths.iter().fold(text, |text, words| self.without_names(&text, *words, event))
    }

    fn without_addresses(&self, text: &str, event: i64) -> String {
        let (mut out, mut done) = (String::with_capacity(text.len()), 0);
        if self.addresses.is_empty() {
            return text.to_owned();
        }
        let mut signs: Vec<(usize, &str)> = SIGNS.iter().flat_map(|sign| text.match_indices(sign)).collect();
        signs.sort_unstable_by_key(|(at, sign)| (*at, std::cmp::Reverse(sign.len())));
        for (at, sign) in signs {
            let found = self.address_at(text, (at, sign), event).filter(|(start, ..)| *start >= done);
            let Some((start, end, by)) = found else { continue };
            out.push_str(text.get(done..start).unwrap_or_default());
            out.push_str(&by.replacen('@', sign, 1));
            done = end;
        }
        out.push_str(text.get(done..).unwrap_or_default());
        out
    }

    /// The masked address around that place: where it begins, where it ends, and what stands for it.
    fn address_at(&self, text: &str, (at, sign): (usize, &str), event: i64) -> Option<(usize, usize, &str)> {
        let bytes = text.as_bytes();
        let local = |byte: &&u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(*byte);
        let domain = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-_.".contains(*byte);
        let back = bytes.get(..at)?.iter().rev().take(BEGINS).take_while(local).count();
        let domain_at = at + sign.len();
        let on = bytes.get(domain_at..)?.iter().take(190).take_while(domain).count();
        let begins = (at - back..at).filter(|start| begins_apart(bytes, *start, sign == "="));
        let may_end = |end: &usize| {
            bytes.get(*end - 1).is_some_and(u8::is_ascii_alphanumeric) && ends_apart(bytes, *end)
        };
        let ends: Vec<usize> = (domain_at + 1..=domain_at + on).rev().filter(may_end).take(ENDS).collect();
        for start in begins {
            for end in &ends {
                let word =
                    format!("{}@{}", text.get(start..at)?, text.get(domain_at..*end)?).to_ascii_lowercase();
                let masks = self.addresses.get(&hash(&word));
                if let Some((_, by)) = masks.and_then(|all| all.iter().find(|(upto, _)| event <= *upto)) {
                    return Some((start, *end, by));
                }
            }
        }
        None
    }

    fn without_names(&self, text: &str, words: usize, event: i64) -> String {
        let places = words_of(text);
        let (mut out, mut done) = (String::with_capacity(text.len()), 0);
        for window in places.windows(words.max(1)) {
            let (Some(first), Some(last)) = (window.first(), window.last()) else { continue };
            let range = first.start..last.end;
            // no name is that long
            if range.start < done || range.len() > 300 || !is_apart_name(text.as_bytes(), &range) {
                continue;
            }
            let said = text.get(range.clone()).unwrap_or_default();
            if self.names.get(&hash(&normal(said).1)).is_some_and(|upto| event <= *upto) {
                out.push_str(text.get(done..range.start).unwrap_or_default());
                out.push_str(NAME);
                done = range.end;
            }
        }
        out.push_str(text.get(done..).unwrap_or_default());
        out
    }
}

/// Where words of letters and digits stand.
fn words_of(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut words: Vec<std::ops::Range<usize>> = Vec::new();
    for (at, sign) in text.char_indices().filter(|(_, sign)| sign.is_alphanumeric()) {
        let end = at + sign.len_utf8();
        match words.last_mut().filter(|word| word.end == at) {
            Some(word) => word.end = end,
            None => words.push(at..end),
        }
    }
    words
}

/// A name as it is compared, and how many words it has: lower case, one blank where there are any.
fn normal(name: &str) -> (usize, String) {
    let words = words_of(name);
    let mut out = String::with_capacity(name.len());
    let mut end = words.first().map_or(0, |word| word.start);
    for word in &words {
        let gap = name.get(end..word.start).unwrap_or_default();
        let is_blank = gap.contains(|c: char| c.is_whitespace() || c == '_');
        out.push_str(if is_blank { " " } else { gap });
        out.push_str(&name.get(word.clone()).unwrap_or_default().to_lowercase());
        end = word.end;
    }
    (words.len(), out)
}

fn hash(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masks() -> Masks {
        let mut masks = Masks::default();
        let name = |prefix: &str, text: &str| format!("{prefix}{}", hash(text));
        masks.add(&name(ADDRESS, "bob@x.example"), "9 erased-1@erased.invalid 20 erased-2@erased.invalid");
        masks.add(&name("erased name:2:", "bob jones"), "9");
        masks.add(&name("erased name:2:", &normal("O'Brien").1), "9");
        masks
    }

    #[test]
    fn erased_people_are_masked_up_to_their_event() {
        let masks = masks();
        for (text, wanted) in [
            (
                r#"{"to":"jim.bob@x.example, bob@x.example."}"#,
                r#"{"to":"jim.bob@x.example, erased-1@erased.invalid."}"#,
            ),
            (
                r#"{"a":["x\nBob@x.example"],"b":{"c":"to=bob@x.example"}}"#,
                r#"{"a":["x\nerased-1@erased.invalid"],"b":{"c":"to=erased-1@erased.invalid"}}"#,
            ),
            (
                r#"{"a":"'bob@x.example' l+bob=x.example@l.example"}"#,
                r#"{"a":"'erased-1@erased.invalid' l+erased-1=erased.invalid@l.example"}"#,
            ),
            (
                r#"{"a":"Bob  Jones, o'brien, Bob Jonesson"}"#,
                r#"{"a":"erased person, erased person, Bob Jonesson"}"#,
            ),
            (r#"{"a":"mailto:bob%40x.example"}"#, r#"{"a":"mailto:erased-1%40erased.invalid"}"#),
            (r#"{"a":"...bob@x.example..."}"#, r#"{"a":"...erased-1@erased.invalid..."}"#),
            ("bob@x.example no JSON", "erased-1@erased.invalid no JSON"),
        ] {
            assert_eq!(masks.detail(text, 9), wanted);
            assert_eq!(masks.detail(text, 21), text);
        }
        assert_eq!(masks.text("bob@x.example", 10), "erased-2@erased.invalid");
        let many = "a!b!@..".repeat(20_000);
        assert_eq!(masks.text(&many, 1), many);
    }

    /// A query that gives what an event says, to whomever, hides who was erased: this is where that is not forgotten.
    #[test]
    fn whoever_reads_events_masks_them() {
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
        // these compare, and show nobody what they read: chains and indexes, logins of locks, names of imports
        let compare = ["audit.rs", "bring.rs", "events.rs", "locks.rs", "masks.rs", "erase.rs", "schema.rs"];
        let files = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
        for file in files.filter(|file| file.extension().is_some_and(|end| end == "rs")) {
            let text = std::fs::read_to_string(&file).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap();
            let reads = text.split('"').filter(|query| {
                let said = query.split("WHERE").next().unwrap_or_default();
                query.contains("event")
                    && query.contains("SELECT")
                    && (said.contains("actor") || said.contains("detail"))
            });
            let name = file.file_name().unwrap().to_str().unwrap();
            let asks = text.matches("masks").count();
            assert!(
                reads.count() == 0 || asks > 0 || compare.contains(&name),
                "{name} reads events without masks"
            );
        }
    }
}
