//! Files that came with a mail and go on with a letter. Attachments come in; those that fit go out as MIME parts
//! (RFC 2045, 2183, 2231), all are named with their size. Never opens one, never believes its media type.

use super::clean;
use crate::limits;
use crate::model::mail::Attachment;
use crate::model::phrase::Phrase;
use data_encoding::BASE64_MIME;
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Attachment as Part, Body, SinglePart};
use std::borrow::Cow;

/// The media type of text that we made ourselves.
pub(super) const TEXT: &str = "text/plain; charset=utf-8";

/// What a letter carries and what it only names.
#[derive(Debug, Clone, Default)]
pub(super) struct Files<'a> {
    pub carried: Vec<Carried<'a>>,
    /// Too big to carry, as `film.mp4 (44 MB)`.
    pub left: Vec<String>,
}

/// One file on its way.
#[derive(Debug, Clone)]
pub(super) struct Carried<'a> {
    pub name: String,
    pub media: &'a str,
    pub bytes: Cow<'a, [u8]>,
}

impl<'a> Files<'a> {
    /// Takes attachments in their order until the letter is full; a smaller one may still fit after a big one.
    pub fn fitting(all: &'a [Attachment]) -> Files<'a> {
        let mut files = Files::default();
        let mut room = limits::LETTER_ATTACHMENTS;
        for (n, a) in all.iter().enumerate() {
            match room.checked_sub(a.bytes.len()) {
                Some(rest) if files.carried.len() < limits::ATTACHMENTS => {
                    room = rest;
                    files.carried.push(Carried {
                        name: called(a, n),
                        media: &a.media,
                        bytes: Cow::Borrowed(&a.bytes),
                    });
                }
                _ => files.left.push(named(a, n, |size| size.to_string())),
            }
        }
        files
    }
    /// Text of ours that a letter has no room for; beyond what it can carry it ends at a line's end.
    pub fn of_text(name: &str, mut text: String) -> Files<'a> {
        if text.len() > limits::LETTER_ATTACHMENTS {
            let room = text.floor_char_boundary(limits::LETTER_ATTACHMENTS);
            text.truncate(text.get(..room).and_then(|kept| kept.rfind('\n')).map_or(room, |end| end + 1));
        }
        let carried =
            vec![Carried { name: name.to_owned(), media: TEXT, bytes: Cow::Owned(text.into_bytes()) }];
        Files { carried, left: Vec::new() }
    }
}

impl Carried<'_> {
    /// The file as a part of a mail.
    pub fn part(&self) -> SinglePart {
        let mut lines = BASE64_MIME.encode(&self.bytes).into_bytes();
        // the end of the last one is the part's
        lines.truncate(lines.len().saturating_sub("\r\n".len()));
        let body = Body::dangerous_pre_encoded(lines, ContentTransferEncoding::Base64);
        Part::new(self.name.clone()).body(body, media(self.media))
    }
}

/// Every file with its size; `say` says the size.
pub(super) fn all_named(all: &[Attachment], say: impl Fn(Phrase) -> String) -> Vec<String> {
    all.iter().take(limits::ATTACHMENTS).enumerate().map(|(n, a)| named(a, n, &say)).collect()
}

fn named(a: &Attachment, n: usize, say: impl Fn(Phrase) -> String) -> String {
    format!("{} ({})", called(a, n), say(size(a.bytes.len() as u64)))
}

/// The name that a file goes by.
fn called(a: &Attachment, n: usize) -> String {
    let name = clean::line(&a.name.replace(['/', '\\', '"'], "_"), limits::LETTER_TITLE);
    if name.is_empty() { format!("file-{}", n + 1) } else { name }
}

/// A size as people read it.
pub(super) fn size(bytes: u64) -> Phrase {
    match bytes {
        1 => Phrase::of("size.byte"),
        0..1_000 => Phrase::of("size.bytes").with("count", bytes),
        1_000..1_000_000 => Phrase::of("size.kb").with("count", bytes.div_ceil(1_000)),
        _ => Phrase::of("size.mb").with("count", bytes / 1_000_000).with("tenths", bytes / 100_000 % 10),
    }
}

/// The claimed media type, where it can stand on a part of ours: a mail or a multipart may not be base 64 (RFC 2046
/// 5.1 and 5.2.1).
fn media(claim: &str) -> ContentType {
    if claim == TEXT {
        return ContentType::TEXT_PLAIN;
    }
    let plain = claim.len() <= 100
        && claim.bytes().all(|b| b.is_ascii_alphanumeric() || b"/+-._".contains(&b))
        && !claim.starts_with("multipart/")
        && !claim.starts_with("message/");
    let claimed = if plain { ContentType::parse(claim).ok() } else { None };
    claimed.or_else(|| ContentType::parse("application/octet-stream").ok()).unwrap_or(ContentType::TEXT_PLAIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, media: &str, bytes: usize) -> Attachment {
        Attachment { name: name.to_owned(), media: media.to_owned(), bytes: vec![b'x'; bytes] }
    }

    #[test]
    fn the_cap_is_kept_and_what_is_left_is_named() {
        let all = [
            file("a.pdf", "application/pdf", limits::LETTER_ATTACHMENTS - 5),
            file("film.mp4", "video/mp4", 44_000_000),
            file("", "text/plain", 5),
            file("c", "text/plain", 1),
        ];
        let files = Files::fitting(&all);
        let names: Vec<&str> = files.carried.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["a.pdf", "file-3"]);
        assert_eq!(files.left, ["film.mp4 (44.0 MB)", "c (1 byte)"]);
    }

    #[test]
    fn a_claimed_type_never_breaks_a_part() {
        let octets = ContentType::parse("application/octet-stream").unwrap();
        for bad in ["", "x", "text/plain\r\nBcc: a@b", "multipart/mixed", "message/rfc822", "a/b; name=\"x\""]
        {
            assert_eq!(media(bad), octets, "{bad}");
        }
        assert_eq!(media("image/svg+xml"), ContentType::parse("image/svg+xml").unwrap());
        let nasty = [file("a\r\nBcc: v@evil\u{202e}\".pdf", "application/pdf", 3)];
        let part = Files::fitting(&nasty).carried[0].part().formatted();
        let text = String::from_utf8(part).unwrap();
        assert!(!text.contains("\nBcc"), "{text}");
    }

    #[test]
    fn text_of_ours_ends_at_a_lines_end() {
        let kept = |text: &str| Files::of_text("list.txt", text.to_owned()).carried[0].bytes.len();
        assert_eq!((kept(""), kept("#12 Printer\n")), (0, 12));
        let line = "#12 Drücker\n";
        assert_eq!(kept(&line.repeat(limits::LETTER_ATTACHMENTS / line.len() + 2)) % line.len(), 0);
        assert!(kept(&"ü".repeat(limits::LETTER_ATTACHMENTS)) <= limits::LETTER_ATTACHMENTS);
    }

    #[test]
    fn sizes_are_for_people() {
        for (bytes, words) in [(0, "0 bytes"), (999, "999 bytes"), (1_000, "1 kB"), (120_000, "120 kB")] {
            assert_eq!(size(bytes).to_string(), words);
        }
        assert_eq!(size(44_123_456).to_string(), "44.1 MB");
    }
}
