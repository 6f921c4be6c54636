//! What of a mail is its text and what is attached (RFC 2046, RFC 2183). In: the tree of parts; out: the readable
//! text and the attachments in order. Of alternatives the plain one is taken unless it says nothing. Never opens an
//! attachment: a TNEF, calendar or forwarded part stays as it came.

use super::{charset, flowed, html, names, part::Part, uuencode};
use crate::{limits, model::mail::Attachment};

/// The parts of a tree by their use.
#[derive(Debug, Default)]
pub struct Content<'a> {
    texts: Vec<&'a Part>,
    attached: Vec<&'a Part>,
    /// Texts of mails that are attached to this one.
    forwarded: Vec<&'a Part>,
}

/// The readable text of a mail.
#[derive(Debug, Default)]
pub struct Readable {
    pub text: String,
    /// The texts of forwarded and returned mails, one after another.
    pub forwarded: String,
    /// Some of `text` was HTML.
    pub html: bool,
    /// Files that stood uuencoded in the text.
    pub files: Vec<Attachment>,
    /// There was more than `limits::TEXT_BYTES` of text or `limits::HTML_BYTES` of HTML.
    pub cut: bool,
}

impl<'a> Content<'a> {
    /// Sorts the parts of `root`.
    pub fn of(root: &'a Part) -> Content<'a> {
        let mut content = Content::default();
        content.sort(root, true);
        if content.texts.is_empty() {
            // a text that came as a file, and nothing else: it is both
            let shown = |p: &&&Part| {
                matches!(p.media.as_str(), "text/plain" | "text/html") && p.disposition != "attachment"
            };
            content.texts.extend(content.attached.iter().find(shown).copied());
        }
        content
    }

    fn sort(&mut self, part: &'a Part, only: bool) {
        match part.media.as_str() {
            "multipart/alternative" if !part.parts.is_empty() => {
                let choices: Vec<Content<'a>> = part.parts.iter().map(Content::among).collect();
                let best = best_of(&choices);
                for (i, choice) in choices.into_iter().enumerate() {
                    if best == Some(i) {
                        self.texts.extend(choice.texts);
                    }
                    self.attached.extend(choice.attached);
                    self.forwarded.extend(choice.forwarded);
                }
            }
            media if media.starts_with("multipart/") => part.parts.iter().for_each(|p| self.sort(p, false)),
            _ if is_text(part, only) => self.texts.push(part),
            _ => {
                self.attached.push(part);
                for mail in &part.parts {
                    let inner = Content::of(mail);
                    self.forwarded.extend(inner.texts);
                    self.forwarded.extend(inner.forwarded);
                }
            }
        }
    }

    fn among(part: &'a Part) -> Content<'a> {
        let mut content = Content::default();
        content.sort(part, false);
        content
    }

    /// Plain text that says something.
    fn is_plain(&self) -> bool {
        let said = self.texts.iter().any(|t| !is_blank(t));
        let plain = self.texts.iter().all(|t| t.media == "text/plain");
        said && plain && !self.texts.iter().all(|t| is_placeholder(t))
    }

    /// The text parts put together.
    pub fn readable(&self) -> Readable {
        let mut all = Readable::default();
        let mut room = limits::TEXT_BYTES;
        for part in &self.texts {
            let (body, files) = without_uuencoded(&part.body);
            all.files.extend(files);
            let text = text_of(part, body.as_deref().unwrap_or(&part.body));
            all.html |= is_html(part) && !text.trim().is_empty();
            all.cut |= is_html(part) && part.body.len() > limits::HTML_BYTES;
            all.cut |= !add(&mut all.text, &text, &mut room);
        }
        for part in &self.forwarded {
            if all.cut {
                break;
            }
            all.cut |= !add(&mut all.forwarded, &text(part), &mut room);
        }
        all
    }

    /// For each part of the tree, in `Part::walk` order, whether it is attached.
    pub fn attached_in(&self, root: &Part) -> Vec<bool> {
        root.walk().iter().map(|p| self.attached.iter().any(|a| std::ptr::eq(*a, *p))).collect()
    }
}

/// The alternative to read: the last plain one that says something, else HTML, else anything that is not blank.
fn best_of(choices: &[Content<'_>]) -> Option<usize> {
    let says = |c: &Content<'_>| c.texts.iter().any(|t| !is_blank(t));
    let html = |c: &Content<'_>| says(c) && c.texts.iter().any(|t| is_html(t));
    let plain = choices.iter().rposition(Content::is_plain);
    plain.or_else(|| choices.iter().rposition(html)).or_else(|| choices.iter().rposition(says))
}

/// Adds a text on a line of its own, as far as there is room; `false` when there was too little.
fn add(to: &mut String, text: &str, room: &mut usize) -> bool {
    if !to.is_empty() && !to.ends_with('\n') {
        to.push('\n');
    }
    let end = text.floor_char_boundary(*room);
    to.push_str(text.get(..end).unwrap_or(""));
    *room -= end;
    end == text.len()
}

/// Takes the attachments out of a tree: those marked by `Content::attached_in`, without copying their bytes.
/// Returns at most `limits::ATTACHMENTS`.
pub fn attachments(root: Part, attached: Vec<bool>) -> Vec<Attachment> {
    let mut found = Vec::new();
    take(root, &mut attached.into_iter(), &mut found);
    found
}

fn take(part: Part, attached: &mut impl Iterator<Item = bool>, found: &mut Vec<Attachment>) {
    if attached.next() == Some(true) && found.len() < limits::ATTACHMENTS {
        let name = names::safe(&part.name);
        found.push(Attachment { name, media: part.media, bytes: part.body });
    }
    part.parts.into_iter().for_each(|p| take(p, attached, found));
}

/// A part whose text belongs to the mail: text that is not said to be attached and has no file name.
fn is_text(part: &Part, only: bool) -> bool {
    let media = matches!(
        part.media.as_str(),
        "text/plain"
            | "text/html"
            | "text/x-amp-html"
            | "text/enriched"
            | "text/richtext"
            | "text/markdown"
            | "text/x-markdown"
    );
    media && part.disposition != "attachment" && (only || part.name.is_empty())
}

fn is_html(part: &Part) -> bool {
    part.media == "text/html"
}

fn is_blank(part: &Part) -> bool {
    part.body.iter().all(|b| b.is_ascii_whitespace() || *b == 0)
}

/// A plain part that only says that there is an HTML part.
fn is_placeholder(part: &Part) -> bool {
    let text = text_of(part, part.body.get(..400).unwrap_or(&part.body)).to_ascii_lowercase();
    let hints = ["view", "show", "display", "support", "read", "client", "browser", "format"];
    part.body.len() < 400 && text.contains("html") && hints.iter().any(|h| text.contains(h))
}

/// A part's text: charset decoded, flowed lines joined, HTML rendered, cleaned.
pub fn text(part: &Part) -> String {
    text_of(part, &part.body)
}

fn text_of(part: &Part, body: &[u8]) -> String {
    // what is over the limit is not worth decoding; a character cut in half is replaced
    let body = body.get(..limits::TEXT_BYTES * 4).unwrap_or(body);
    let text = clean(&charset::text(body, part.param("charset").unwrap_or("")));
    let said =
        |name: &str, value: &str| part.param(name).is_some_and(|v| v.trim().eq_ignore_ascii_case(value));
    if is_html(part) {
        html::text(&text)
    } else if part.media == "text/plain" && said("format", "flowed") {
        flowed::joined(&text, said("delsp", "yes"))
    } else {
        text
    }
}

/// Line ends become `\n`; byte order marks and control characters but tabs go.
pub fn clean(text: &str) -> String {
    let goes = |c: char| c == '\u{feff}' || c.is_control() && !matches!(c, '\n' | '\t');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(goes) {
        let (kept, from) = rest.split_at(at);
        out.push_str(kept);
        rest = from.get(from.ceil_char_boundary(1)..).unwrap_or_default();
        if from.starts_with('\r') && !rest.starts_with('\n') {
            out.push('\n');
        }
    }
    out.push_str(rest);
    out
}

/// Cuts uuencoded files out of a text; `None` when there are none.
fn without_uuencoded(body: &[u8]) -> (Option<Vec<u8>>, Vec<Attachment>) {
    let mut files = Vec::new();
    let mut kept = Vec::new();
    let mut rest = body;
    while files.len() < limits::ATTACHMENTS
        && let Some(found) = uuencode::first(rest)
    {
        kept.extend_from_slice(found.before);
        let media = "application/octet-stream".to_owned();
        files.push(Attachment { name: names::safe(&found.name), media, bytes: found.bytes });
        rest = found.after;
    }
    if files.is_empty() {
        return (None, files);
    }
    kept.extend_from_slice(rest);
    (Some(kept), files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::tree::tree;

    fn read(raw: &str) -> (String, Vec<String>) {
        let root = tree(raw.as_bytes()).root;
        let content = Content::of(&root);
        let readable = content.readable();
        let attached = content.attached_in(&root);
        let names = readable.files.into_iter().chain(attachments(root, attached)).map(|a| a.name).collect();
        (readable.text, names)
    }

    fn mixed(kind: &str, parts: &[&str]) -> String {
        let parts: String = parts.iter().map(|p| format!("--z\n{p}\n")).collect();
        format!("Content-Type: multipart/{kind}; boundary=z\n\n{parts}--z--\n")
    }

    #[test]
    fn texts_are_told_from_attachments() {
        let html = "Content-Type: text/html\n\n<p>rich</p>";
        let file = "Content-Type: text/plain; name=a.txt\n\nfile";
        for (raw, text, names) in [
            (mixed("mixed", &["\nhello", file]), "hello", &["a.txt"][..]),
            (mixed("mixed", &["\nhello", "\nfooter"]), "hello\nfooter", &[]),
            (mixed("alternative", &["\nplain", html]), "plain", &[]),
            (mixed("alternative", &["\n \n", html]), "rich\n", &[]),
            (mixed("alternative", &["\nYour client cannot show HTML.", html]), "rich\n", &[]),
            (mixed("mixed", &["\na", "Content-Disposition: attachment\n\nb"]), "a", &[""]),
            ("Content-Type: text/plain; name=x.txt\n\nroot".to_owned(), "root", &[]),
            (mixed("mixed", &[file]), "file", &["a.txt"]),
            (mixed("alternative", &["\nfirst", "\nbetter"]), "better", &[]),
            ("\nsee\nbegin 644 a.txt\n#0V%T\n`\nend\nbye\n".to_owned(), "see\nbye\n", &["a.txt"]),
            ("Content-Type: text/plain; format=flowed\n\na \nb\n".to_owned(), "a b\n", &[]),
            ("A: b\n\nx\0y\x07\r\nz\r".to_owned(), "xy\nz\n", &[]),
        ] {
            let names = names.iter().map(|n| (*n).to_owned()).collect();
            assert_eq!(read(&raw), (text.to_owned(), names), "{raw}");
        }
    }

    #[test]
    fn a_forwarded_mail_is_attached_and_its_text_is_kept_apart() {
        let raw = mixed(
            "mixed",
            &["\nsee below", "Content-Type: message/rfc822; name=x.eml\n\nSubject: y\n\ninner"],
        );
        let root = tree(raw.as_bytes()).root;
        let content = Content::of(&root);
        let readable = content.readable();
        assert_eq!((readable.text.as_str(), readable.forwarded.as_str()), ("see below", "inner"));
        let attached = attachments(root.clone(), content.attached_in(&root));
        assert_eq!((attached.len(), attached[0].name.as_str()), (1, "x.eml"));
        assert!(attached[0].bytes.starts_with(b"Subject: y"));
    }
}
