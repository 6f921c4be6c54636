//! HTML cut into tags and text (HTML Living Standard 13.2.5, as far as mail needs it). In: a page; out: one token
//! after another. Always goes forward: an unfinished tag, comment or quote never makes it look at anything twice
//! more than once. Knows nothing about what tags mean.

use super::entities;

pub enum Token<'a> {
    Text(&'a str),
    Open(Tag),
    Close(String),
}

/// A start tag, its name in lower case, with the attributes that matter here.
#[derive(Default)]
pub struct Tag {
    pub name: String,
    pub href: String,
    pub alt: String,
}

/// Cuts HTML into tags and text.
pub struct Scan<'a> {
    rest: &'a str,
    /// A quoted attribute value still has an end somewhere; once one had none, quotes mean nothing any more.
    quotes: bool,
    /// Likewise for comments.
    comments: bool,
}

impl<'a> Scan<'a> {
    /// Begins at the start of `html`.
    pub fn new(html: &'a str) -> Scan<'a> {
        Scan { rest: html, quotes: true, comments: true }
    }

    /// The next tag or run of text.
    pub fn next(&mut self) -> Option<Token<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let Some(after) = self.rest.strip_prefix('<') else {
                let end = self.rest.find('<').unwrap_or(self.rest.len());
                return Some(Token::Text(self.take(end)));
            };
            let closing = after.starts_with('/');
            let name = after.strip_prefix('/').unwrap_or(after);
            if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
                return Some(self.tag(name, closing));
            }
            match after.chars().next() {
                Some('!' | '?' | '/') => self.skip_markup(after),
                // a lone bracket is text
                _ => {
                    let end = after.find('<').map_or(self.rest.len(), |i| i + 1);
                    return Some(Token::Text(self.take(end)));
                }
            }
        }
    }

    fn take(&mut self, end: usize) -> &'a str {
        let (head, tail) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = tail;
        head
    }

    /// Passes over a comment, a declaration or a conditional of Microsoft's.
    fn skip_markup(&mut self, after: &'a str) {
        if after.starts_with("!--") && self.comments {
            if let Some((_, rest)) = after.split_once("-->") {
                self.rest = rest;
                return;
            }
            self.comments = false;
        }
        // a comment that never ends hides all the rest in a browser; here it hides one tag
        self.rest = after.split_once('>').map_or("", |(_, rest)| rest);
    }

    /// Passes over the raw text of a script or style element.
    pub fn skip_to_end_of(&mut self, name: &str) {
        let mut rest = self.rest;
        while let Some((_, after)) = rest.split_once("</") {
            if after.get(..name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name)) {
                self.rest = after.split_once('>').map_or("", |(_, r)| r);
                return;
            }
            rest = after;
        }
        self.rest = "";
    }

    /// Reads a tag whose name begins at `from`.
    fn tag(&mut self, from: &'a str, closing: bool) -> Token<'a> {
        let length = from.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(from.len());
        let (name, mut rest) = from.split_at_checked(length).unwrap_or((from, ""));
        let mut tag = Tag { name: name.to_ascii_lowercase(), ..Tag::default() };
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            let end = rest.find(|c: char| c.is_whitespace() || "=>/".contains(c)).unwrap_or(rest.len());
            let (key, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
            rest = after.trim_start();
            if let Some(value) = rest.strip_prefix('=') {
                let (value, after) = self.value(value.trim_start());
                rest = after;
                match key.to_ascii_lowercase().as_str() {
                    "href" => entities::decode_into(&mut tag.href, value),
                    "alt" => entities::decode_into(&mut tag.alt, value),
                    _ => {}
                }
            }
            if rest.is_empty() || rest.starts_with('>') {
                break;
            }
        }
        self.rest = rest.get(1..).unwrap_or("");
        if closing { Token::Close(tag.name) } else { Token::Open(tag) }
    }

    /// An attribute's value and what follows it.
    fn value(&mut self, from: &'a str) -> (&'a str, &'a str) {
        for quote in ['"', '\''] {
            if let Some(inner) = from.strip_prefix(quote).filter(|_| self.quotes) {
                match inner.split_once(quote) {
                    Some(split) => return split,
                    None => self.quotes = false,
                }
            }
        }
        let end = from.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(from.len());
        from.split_at_checked(end).unwrap_or((from, ""))
    }
}
