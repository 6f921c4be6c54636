//! Bytes become the tree of MIME parts (RFC 2046 5). In: a whole mail; out: its parts, transfer encodings undone,
//! and what was wrong. Caps come first: depth (forwarded mails included), number of parts, header sizes. Splitting is
//! by whole boundary lines, so that one boundary may begin with another; each level looks at its bytes once.

use super::{
    headers::{self, first_line},
    params::Field,
    part::Part,
    transfer, unlabelled,
};
use crate::limits;
use std::borrow::Cow;

/// A mail's parts and the notes made on the way.
#[derive(Debug, Default)]
pub struct Tree {
    pub root: Part,
    /// Each kind of damage once, in words.
    pub damage: Vec<String>,
}

/// Takes a mail apart; any bytes make a tree.
pub fn tree(bytes: &[u8]) -> Tree {
    let bytes = start(bytes);
    let mut grower = Grower { parts: 0, damage: Vec::new() };
    let mut root = grower.part(&bytes, Place { depth: 0, in_digest: false, inside_mail: false });
    unlabelled::label(&mut root);
    Tree { root, damage: grower.damage }
}

/// The mail proper: without byte order mark, blank lines and mbox line in front, bare CR line ends made LF.
pub(super) fn start(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    loop {
        let line = first_line(rest);
        let mbox = line.starts_with(b"From ") || line.starts_with(b">From ");
        if line.is_empty() || !(line.trim_ascii().is_empty() || mbox && line.ends_with(b"\n")) {
            break;
        }
        rest = rest.get(line.len()..).unwrap_or_default();
    }
    let bare_cr = rest.contains(&b'\r') && !rest.contains(&b'\n');
    if !bare_cr {
        return rest.into();
    }
    let lf: Vec<u8> = rest.iter().map(|b| if *b == b'\r' { b'\n' } else { *b }).collect();
    match start(&lf) {
        Cow::Borrowed(again) => again.to_vec().into(),
        Cow::Owned(again) => again.into(),
    }
}

/// Where a part stands.
#[derive(Clone, Copy)]
struct Place {
    depth: usize,
    /// Children of `multipart/digest` are mails unless they say otherwise (RFC 2046 5.1.5).
    in_digest: bool,
    /// Inside a forwarded mail, whose bytes are kept there: memory stays a small multiple of the mail.
    inside_mail: bool,
}

struct Grower {
    parts: usize,
    damage: Vec<String>,
}

impl Grower {
    fn part(&mut self, bytes: &[u8], place: Place) -> Part {
        self.parts += 1;
        let block = headers::block(bytes);
        block.damage.iter().for_each(|what| self.note(what));
        let mut part = Part { headers: block.headers, ..Part::default() };
        self.label(&mut part, place);
        let deeper = Place { depth: place.depth + 1, in_digest: false, ..place };
        if part.media.starts_with("multipart/") {
            self.children(&mut part, block.body, deeper);
            return part;
        }
        let field = part.header("Content-Transfer-Encoding").unwrap_or("").to_owned();
        let (body, damaged) = transfer::decoded(block.body, &field);
        if let Some(encoding) = damaged {
            self.note(&format!("damaged {encoding} in a {} part", part.media));
        }
        let mail = matches!(part.media.as_str(), "message/rfc822" | "message/global");
        if mail && self.may_grow(deeper.depth) {
            // a forwarded mail may begin with blank lines or an mbox line of its own
            part.parts.push(self.part(&start(&body), Place { inside_mail: true, ..deeper }));
        }
        if !(mail && place.inside_mail) {
            part.body = body.into_owned();
        }
        part
    }

    /// Type, parameters, disposition and name from the part's own headers.
    fn label(&mut self, part: &mut Part, place: Place) {
        let content = Field::read(part.header("Content-Type").unwrap_or(""));
        let disposition = Field::read(part.header("Content-Disposition").unwrap_or(""));
        let default = if place.in_digest { "message/rfc822" } else { "text/plain" };
        part.media = media(&content.value).unwrap_or_else(|| default.to_owned());
        part.disposition = match disposition.value.as_str() {
            "" => String::new(),
            "inline" => "inline".to_owned(),
            // RFC 2183 2.8: what is not known is an attachment
            _ => "attachment".to_owned(),
        };
        let names = [disposition.param("filename"), content.param("name"), content.param("filename")];
        let spare = disposition.param("name");
        part.name =
            names.into_iter().chain([spare]).flatten().find(|n| !n.is_empty()).unwrap_or("").to_owned();
        part.params = content.params;
    }

    fn children(&mut self, part: &mut Part, body: &[u8], place: Place) {
        let place = Place { in_digest: part.media == "multipart/digest", ..place };
        let declared = part.param("boundary").map(|b| b.trim_end().as_bytes().to_vec()).unwrap_or_default();
        let mut split = Split::of(body, &declared);
        if split.pieces.is_empty()
            && let Some(seen) = boundary_in(body)
        {
            self.note("a multipart's boundary had to be guessed");
            split = Split::of(body, &seen);
        }
        if split.pieces.is_empty() {
            self.note("a multipart without parts");
            part.media = "text/plain".to_owned();
            part.body = body.to_vec();
            return;
        }
        if !split.closed {
            self.note("a multipart has no end");
        }
        for piece in split.pieces {
            if !self.may_grow(place.depth) {
                break;
            }
            let child = self.part(piece, place);
            part.parts.push(child);
        }
    }

    fn may_grow(&mut self, depth: usize) -> bool {
        if depth >= limits::MIME_DEPTH {
            self.note("parts nested beyond the limit were left out");
        } else if self.parts >= limits::MIME_PARTS {
            self.note("parts beyond the limit were left out");
        } else {
            return true;
        }
        false
    }

    fn note(&mut self, what: &str) {
        if self.damage.len() < 20 && !self.damage.iter().any(|d| d == what) {
            self.damage.push(what.to_owned());
        }
    }
}

/// `type/subtype` of a Content-Type value, when it is one. RFC 822 wrote `text` alone.
fn media(value: &str) -> Option<String> {
    let token = value.split(|c: char| c.is_whitespace() || c == ',').next().unwrap_or("");
    let (kind, sub) = token.split_once('/')?;
    let fits = |s: &str| {
        !s.is_empty()
            && s.len() <= 100
            && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    (fits(kind) && fits(sub)).then(|| token.to_owned())
}

/// The pieces of a multipart body between its boundary lines.
#[derive(Default)]
pub(super) struct Split<'a> {
    pub(super) pieces: Vec<&'a [u8]>,
    /// Its last boundary line was there.
    pub(super) closed: bool,
}

impl<'a> Split<'a> {
    pub(super) fn of(body: &'a [u8], boundary: &[u8]) -> Split<'a> {
        let mut split = Split::default();
        if boundary.is_empty() {
            return split;
        }
        let (mut at, mut open) = (0, None);
        while at < body.len() && split.pieces.len() <= limits::MIME_PARTS {
            let line = first_line(body.get(at..).unwrap_or_default());
            let delimiter =
                line.strip_prefix(b"--").and_then(|l| l.strip_prefix(boundary)).map(<[u8]>::trim_ascii);
            if let Some(tail @ (b"" | b"--")) = delimiter {
                if let Some(start) = open {
                    split.pieces.push(without_line_end(body.get(start..at).unwrap_or_default()));
                }
                open = Some(at + line.len());
                if tail == b"--" {
                    split.closed = true;
                    return split;
                }
            }
            at += line.len();
        }
        split.pieces.extend(open.and_then(|start| body.get(start..)));
        split
    }
}

/// The line end before a boundary belongs to the boundary.
fn without_line_end(piece: &[u8]) -> &[u8] {
    let piece = piece.strip_suffix(b"\n").unwrap_or(piece);
    piece.strip_suffix(b"\r").unwrap_or(piece)
}

/// The boundary that a multipart body shows when its header does not name it: its first `--something` line after
/// which a header field follows.
fn boundary_in(body: &[u8]) -> Option<Vec<u8>> {
    let mut rest = body;
    for _ in 0..100 {
        let line = first_line(rest);
        rest = rest.get(line.len()..)?;
        let name =
            line.strip_prefix(b"--").map(<[u8]>::trim_ascii_end).filter(|n| (1..=70).contains(&n.len()));
        if let Some(name) = name
            && first_line(rest).to_ascii_lowercase().starts_with(b"content-")
        {
            return Some(name.to_vec());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree in one line: `multipart/mixed[text/plain "a",image/png "b"]`.
    fn shown(part: &Part) -> String {
        let inner: Vec<String> = part.parts.iter().map(shown).collect();
        let body = if part.body.is_empty() || !inner.is_empty() {
            String::new()
        } else {
            format!(" {:?}", String::from_utf8_lossy(&part.body))
        };
        let inner = if inner.is_empty() { String::new() } else { format!("[{}]", inner.join(",")) };
        format!("{}{body}{inner}", part.media)
    }

    #[test]
    fn trees_of_sound_and_broken_mails() {
        let mixed = "Content-Type: multipart/mixed; boundary=z\n\n";
        for (raw, want) in [
            ("A: b\n\nhello".to_owned(), "text/plain \"hello\""),
            (
                format!("{mixed}pre\n--z\n\na\n--z\nContent-Type: image/png\n\nb\n--z--\nend"),
                "multipart/mixed[text/plain \"a\",image/png \"b\"]",
            ),
            (format!("{mixed}--z\n\na\n--z\n\nb"), "multipart/mixed[text/plain \"a\",text/plain \"b\"]"),
            (
                format!(
                    "{mixed}--z\nContent-Type: multipart/alternative; boundary=zz\n\n--zz\n\na\n--zz--\n--z\n\nb\n--z--\n"
                ),
                "multipart/mixed[multipart/alternative[text/plain \"a\"],text/plain \"b\"]",
            ),
            (
                format!(
                    "{mixed}--z\nContent-Type: multipart/alternative; boundary=y\n\n--y\n\na\n--z\n\nb\n--z--\n"
                ),
                "multipart/mixed[multipart/alternative[text/plain \"a\"],text/plain \"b\"]",
            ),
            (format!("{mixed}no parts"), "text/plain \"no parts\""),
            (
                "Content-Type: multipart/mixed\n\n--q\nContent-Type: text/html\n\na\n--q--\n".to_owned(),
                "multipart/mixed[text/html \"a\"]",
            ),
            ("\r\n\r\nFrom x Mon\nA: b\n\nhello".to_owned(), "text/plain \"hello\""),
            ("\u{feff}A: b\n\nhello".to_owned(), "text/plain \"hello\""),
            ("A: b\rC: d\r\rhello".to_owned(), "text/plain \"hello\""),
            (
                "Content-Type: text/plain (c); charset=x\nContent-Transfer-Encoding: base64 (x)\n\naGk="
                    .to_owned(),
                "text/plain \"hi\"",
            ),
            (
                "Content-Type: message/rfc822\n\nContent-Type: text/html\n\nin".to_owned(),
                "message/rfc822[text/html \"in\"]",
            ),
            (
                "Content-Type: multipart/digest; boundary=z\n\n--z\n\nA: b\n\nin\n--z--".to_owned(),
                "multipart/digest[message/rfc822[text/plain \"in\"]]",
            ),
            ("Content-Type: rubbish\n\nx".to_owned(), "text/plain \"x\""),
            (String::new(), "text/plain"),
        ] {
            assert_eq!(shown(&tree(raw.as_bytes()).root), want, "{raw}");
        }
    }

    #[test]
    fn caps_hold() {
        let nested: String =
            (0..3_000).map(|i| format!("Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n")).collect();
        assert!(tree(nested.as_bytes()).damage.iter().any(|d| d.contains("nested")));
        let mails = "Content-Type: message/rfc822\n\n".repeat(33_000);
        assert!(tree(mails.as_bytes()).root.walk().len() <= limits::MIME_DEPTH);
        let many = "Content-Type: multipart/mixed; boundary=z\n\n".to_owned() + &"--z\n\n\n".repeat(50_000);
        assert_eq!(tree(many.as_bytes()).root.walk().len(), limits::MIME_PARTS);
    }
}
