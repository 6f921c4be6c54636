//! What stands in the place of secrets: in come the places, out comes the content with marks. `«redacted:password»` is the
//! first secret of its rule in a content (both sides of a file are one), `«redacted:password:2»` the second that is another.
//! Marks that stand in a content already are left alone, and counted on.

use super::{Found, Hit};
use crate::limits;
use regex::bytes::Regex;
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

/// What a mark begins and ends with.
pub const BEGIN: &str = "«redacted:";
pub const END: &str = "»";

static MARK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("«redacted:([a-z0-9-]{1,40})(?::([0-9]{1,6}))?»").ok());

/// The n-th mark of a rule.
pub(super) fn of(rule: &str, n: u32) -> String {
    let rule = rule.replace(' ', "-");
    if n < 2 { format!("«redacted:{rule}»") } else { format!("«redacted:{rule}:{n}»") }
}

/// The content with marks that do not tell one secret from another: for comparing what two sessions saw of one file, which
/// counted for themselves.
pub fn unnumbered(content: &[u8]) -> Cow<'_, [u8]> {
    MARK.as_ref()
        .map_or(Cow::Borrowed(content), |mark| mark.replace_all(content, "«redacted:${1}»".as_bytes()))
}

/// The marks of one content, or of both sides of one file.
pub(super) struct Marks {
    of: HashMap<Vec<u8>, String>,
    last: HashMap<String, u32>,
}

impl Marks {
    /// Counts on from what stands in these contents.
    pub(super) fn among(contents: &[&[u8]]) -> Marks {
        let mut last: HashMap<String, u32> = HashMap::new();
        let found = MARK.iter().flat_map(|mark| contents.iter().flat_map(|c| mark.captures_iter(c)));
        for mark in found {
            let text = |n| mark.get(n).map_or("", |m| std::str::from_utf8(m.as_bytes()).unwrap_or_default());
            let n = text(2).parse().unwrap_or(1);
            let count = last.entry(text(1).to_owned()).or_default();
            *count = n.max(*count);
        }
        Marks { of: HashMap::new(), last }
    }

    fn of(&mut self, secret: &[u8], rule: &str) -> String {
        if let Some(mark) = self.of.get(secret) {
            return mark.clone();
        }
        let count = self.last.entry(rule.replace(' ', "-")).or_default();
        *count += 1;
        let mark = of(rule, *count);
        self.of.insert(secret.to_vec(), mark.clone());
        mark
    }

    /// Puts marks in the places.
    pub(super) fn put(
        &mut self,
        content: &[u8],
        hits: &[Hit],
    ) -> Result<(Vec<u8>, Vec<Found>), &'static str> {
        let places = united(content, hits);
        if places.len() > limits::REDACT_FOUND {
            return Err("too many secrets");
        }
        let mut bytes = Vec::with_capacity(content.len());
        let mut found = Vec::with_capacity(places.len());
        let (mut at, mut line) = (0, 1);
        for place in places {
            let between = content.get(at..place.range.start).unwrap_or_default();
            let secret = content.get(place.range.clone()).unwrap_or_default();
            line += ends(between);
            bytes.extend_from_slice(between);
            bytes.extend_from_slice(self.of(secret, place.rule).as_bytes());
            found.push(Found { rule: place.rule, line });
            line += ends(secret);
            at = place.range.end;
        }
        bytes.extend_from_slice(content.get(at..).unwrap_or_default());
        Ok((bytes, found))
    }
}

fn ends(text: &[u8]) -> u32 {
    u32::try_from(text.iter().filter(|b| **b == b'\n').count()).unwrap_or(u32::MAX)
}

/// Places in order, overlapping ones as one under the name of the first, without those that hold marks and nothing else, or
/// begin within one.
fn united(content: &[u8], hits: &[Hit]) -> Vec<Hit> {
    let marks: Vec<Range<usize>> =
        MARK.iter().flat_map(|mark| mark.find_iter(content)).map(|m| m.range()).collect();
    let marked = |at: usize| {
        let n = marks.partition_point(|mark| mark.start < at);
        n.checked_sub(1).and_then(|n| marks.get(n)).is_some_and(|mark| at < mark.end)
    };
    let mut hits: Vec<&Hit> =
        hits.iter().filter(|hit| !hit.range.is_empty() && !marked(hit.range.start)).collect();
    hits.sort_by_key(|hit| (hit.range.start, hit.rule == "known", std::cmp::Reverse(hit.range.end)));
    let mut places: Vec<Hit> = Vec::new();
    for hit in hits {
        match places.last_mut() {
            Some(last) if hit.range.start < last.range.end => {
                last.range.end = last.range.end.max(hit.range.end);
            }
            _ => places.push(hit.clone()),
        }
    }
    places.retain(|place| !is_marks(content.get(place.range.clone()).unwrap_or_default()));
    places
}

fn is_marks(secret: &[u8]) -> bool {
    let rest = MARK.as_ref().map_or(Cow::Borrowed(secret), |mark| mark.replace_all(secret, &b""[..]));
    rest.len() < secret.len() && rest.iter().all(|b| b" \t\r\n\"'\\:,".contains(b))
}
