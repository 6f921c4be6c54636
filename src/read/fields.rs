//! Message-IDs and dates out of header fields (RFC 5322 3.6.4 and 3.3). Lenient: ids are found among prose and
//! commas, dates by two readers in turn. Never judges whether an id or a date is true.

use crate::{limits, model::mail::MessageId};
use jiff::Timestamp;
use std::collections::HashSet;

/// The ids in a field: everything in angle brackets; bare words with an at sign where there are no brackets.
pub fn ids(field: &str) -> impl Iterator<Item = MessageId> {
    let bare = !field.contains('<');
    let separators: &[char] = if bare { &[' ', '\t', ',', ';'] } else { &['<'] };
    field.split(separators).skip(usize::from(!bare)).filter_map(move |piece| match piece.split_once('>') {
        Some((id, _)) => MessageId::parse(&id.replace([' ', '\t'], "")),
        None if bare && piece.contains('@') => MessageId::parse(piece),
        // Outlook cuts long ids off
        None => None,
    })
}

/// References: each once, at most `limits::REFERENCES`: the first, which names the thread, and the newest.
pub fn references<'a>(fields: impl Iterator<Item = &'a str>) -> Vec<MessageId> {
    let mut seen = HashSet::new();
    let mut all: Vec<MessageId> = fields.flat_map(ids).filter(|id| seen.insert(id.clone())).collect();
    if all.len() > limits::REFERENCES {
        all.drain(1..=all.len() - limits::REFERENCES);
    }
    all
}

/// The Date field. `None` when nobody can read it: an empty one is not 1970.
pub fn date(field: &str) -> Option<Timestamp> {
    static STRICT: jiff::fmt::rfc2822::DateTimeParser =
        jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true);
    let field = field.get(..field.floor_char_boundary(200)).unwrap_or("").trim();
    if field.is_empty() {
        return None;
    }
    STRICT.parse_timestamp(field).ok().or_else(|| {
        let seconds = mailparse::dateparse(field).ok().filter(|s| *s != 0)?;
        Timestamp::from_second(seconds).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_among_prose() {
        for (raw, want) in [
            ("<a@b>", "a@b"),
            ("<a@b> <c@d>", "a@b c@d"),
            ("<a@b>,<c@d>", "a@b c@d"),
            ("Your message <a@b> (comment)", "a@b"),
            ("a@b", "a@b"),
            ("a@b c@d", "a@b c@d"),
            ("<no-at>", "no-at"),
            ("<a@b", ""),
            ("<a @b>", "a@b"),
            ("<<a@b>>", "a@b"),
            ("<caf\u{e9}@b>", ""),
            ("", ""),
        ] {
            let got: Vec<String> = ids(raw).map(|id| id.as_str().to_owned()).collect();
            assert_eq!(got.join(" "), want, "{raw}");
        }
    }

    #[test]
    fn references_keep_the_first_and_the_newest() {
        let field: String = (0..10_000).map(|i| format!("<{i}@x> ")).collect();
        let kept = references([field.as_str()].into_iter());
        assert_eq!(kept.len(), limits::REFERENCES);
        assert_eq!((kept[0].as_str(), kept[1].as_str()), ("0@x", "9951@x"));
        assert_eq!(references(["<a@b> <a@b>"].into_iter()).len(), 1);
    }

    #[test]
    fn dates_are_read_by_two_readers() {
        for (raw, want) in [
            ("Thu, 1 Jan 2026 10:00:00 +0100", Some(1_767_258_000)),
            ("Thu,1 Jan 2026 10:00:00 +0100", Some(1_767_258_000)),
            ("Fri, 1 Jan 2026 10:00:00 +0100", Some(1_767_258_000)),
            ("1 Jan 26 10:00 EST", Some(1_767_279_600)),
            ("Thu, 1 Jan 2026 10:00:00 +0100 (CET (x))", Some(1_767_258_000)),
            ("", None),
            ("yesterday", None),
        ] {
            assert_eq!(date(raw).map(Timestamp::as_second), want, "{raw}");
        }
        assert!(date(&"(".repeat(200_000)).is_none());
    }
}
