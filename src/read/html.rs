//! HTML becomes readable text. In: an HTML body; out: lines, `\n` line ends, quoted blocks as `> ` lines, links in
//! angle brackets behind their words. One pass over the tags without building a document, so that no nesting makes
//! it slow or deep. Shows nothing, loads nothing, runs nothing; what it does not know is passed over.

mod entities;
mod scan;

use crate::limits;
use scan::{Scan, Tag, Token};

/// The readable text of `html`; only the first `limits::HTML_BYTES` are looked at.
pub fn text(html: &str) -> String {
    let html = html.get(..html.floor_char_boundary(limits::HTML_BYTES)).unwrap_or("");
    let mut page = Page::default();
    let mut scan = Scan::new(html);
    while let Some(token) = scan.next() {
        match token {
            Token::Text(text) => page.text(text),
            Token::Open(tag) => {
                if matches!(tag.name.as_str(), "script" | "style" | "title" | "xml") {
                    scan.skip_to_end_of(&tag.name);
                } else {
                    page.open(&tag);
                }
            }
            Token::Close(name) => page.close(&name),
        }
    }
    page.end_line();
    page.out
}

/// Whether a bare body is HTML rather than text.
pub fn looks_like(text: &str) -> bool {
    let start = text.get(..text.floor_char_boundary(4096)).unwrap_or("").trim_start().to_ascii_lowercase();
    let opens =
        start.strip_prefix('<').is_some_and(|s| s.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!'));
    opens && start.contains("</")
        || ["<html", "<body", "<blockquote", "<!doctype html"].iter().any(|t| start.contains(t))
}

/// Text in the making.
#[derive(Default)]
struct Page {
    out: String,
    line: String,
    /// Depth of quoted blocks, and the depth at which the line began.
    quoted: usize,
    line_quoted: usize,
    /// Depth of the line put out last.
    last_quoted: usize,
    /// An empty line is due before the next one that is not.
    gap: bool,
    pre: usize,
    /// Open lists: the next number, 0 for bullets.
    lists: Vec<u32>,
    /// Address of the open link, and where its words began in the line.
    link: Option<(String, usize)>,
}

/// Quote marks and list indentation beyond this depth say nothing more.
const DEPTH: usize = 20;

impl Page {
    fn text(&mut self, raw: &str) {
        let mut text = String::with_capacity(raw.len());
        entities::decode_into(&mut text, raw);
        for c in text.chars() {
            match c {
                '\n' if self.pre > 0 => self.end_line(),
                '\r' | '\u{ad}' | '\u{200b}' | '\u{feff}' => {}
                c if self.pre > 0 => self.push(c),
                ' ' | '\t' | '\n' | '\u{c}' => {
                    if !self.line.is_empty() && !self.line.ends_with(' ') {
                        self.push(' ');
                    }
                }
                '\u{a0}' => self.push(' '),
                c => self.push(c),
            }
        }
    }

    /// Adds to the line. What would end it is a blank there, as other controls are: references and attributes hold them.
    fn push(&mut self, c: char) {
        if self.line.is_empty() {
            self.line_quoted = self.quoted;
        }
        self.line.push(if c.is_control() && c != '\t' { ' ' } else { c });
    }

    fn push_str(&mut self, text: &str) {
        text.chars().for_each(|c| self.push(c));
    }

    /// Puts the line out, if there is one.
    fn end_line(&mut self) {
        if let Some((_, start)) = self.link.as_mut() {
            *start = 0;
        }
        let line = self.line.trim_end();
        if line.is_empty() {
            self.line.clear();
            if self.pre > 0 {
                self.gap = true;
            }
            return;
        }
        let depth = self.line_quoted.min(DEPTH);
        if std::mem::take(&mut self.gap) && !self.out.is_empty() {
            self.out.extend(std::iter::repeat_n('>', depth.min(self.last_quoted)));
            self.out.push('\n');
        }
        self.last_quoted = depth;
        self.out.extend(std::iter::repeat_n("> ", depth));
        self.out.push_str(line);
        self.out.push('\n');
        self.line.clear();
    }

    fn end_paragraph(&mut self) {
        self.end_line();
        self.gap = true;
    }

    fn open(&mut self, tag: &Tag) {
        match tag.name.as_str() {
            "br" => {
                self.gap |= self.line.trim().is_empty();
                self.end_line();
            }
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.end_paragraph(),
            "blockquote" => {
                self.end_paragraph();
                self.quoted += 1;
            }
            "pre" | "listing" => {
                self.end_paragraph();
                self.pre += 1;
            }
            "ul" | "ol" => {
                self.end_line();
                self.lists.push(u32::from(tag.name == "ol"));
            }
            "li" => {
                self.end_line();
                self.mark();
            }
            "hr" => {
                self.end_paragraph();
                self.push_str("* * *");
                self.end_paragraph();
            }
            "td" | "th" if !self.line.trim().is_empty() => self.push(' '),
            "a" => {
                self.end_link();
                self.link = Some((tag.href.trim().to_owned(), self.line.len()));
            }
            "img" if !tag.alt.trim().is_empty() => self.push_str(&format!("[{}]", tag.alt.trim())),
            name if is_block(name) => self.end_line(),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.end_paragraph(),
            "blockquote" => {
                self.end_paragraph();
                self.quoted = self.quoted.saturating_sub(1);
            }
            "pre" | "listing" => {
                self.end_paragraph();
                self.pre = self.pre.saturating_sub(1);
            }
            "ul" | "ol" => {
                self.end_line();
                self.lists.pop();
                self.gap |= self.lists.is_empty();
            }
            "a" => self.end_link(),
            name if is_block(name) || name == "li" => self.end_line(),
            _ => {}
        }
    }

    /// A list item's bullet or number.
    fn mark(&mut self) {
        let indent = "  ".repeat(self.lists.len().saturating_sub(1).min(DEPTH));
        let mark = match self.lists.last_mut() {
            Some(number @ 1..) => {
                let mark = format!("{number}. ");
                *number = number.saturating_add(1);
                mark
            }
            _ => "* ".to_owned(),
        };
        self.push_str(&format!("{indent}{mark}"));
    }

    /// Writes a link's address behind its words, unless the words say it already.
    fn end_link(&mut self) {
        let Some((href, start)) = self.link.take() else { return };
        let words = self.line.get(start..).unwrap_or("").trim();
        let (scheme, rest) = href.split_once(':').unwrap_or(("", &href));
        let shown = matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https" | "ftp" | "mailto");
        let bare = rest.trim_matches('/').trim_start_matches("www.");
        if shown && !words.is_empty() && !bare.is_empty() && !words.contains(bare) && href.len() <= 2000 {
            self.line.truncate(self.line.trim_end().len());
            self.push_str(&format!(" <{}>", href.strip_prefix("mailto:").unwrap_or(&href)));
        }
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "div"
            | "tr"
            | "table"
            | "body"
            | "html"
            | "center"
            | "address"
            | "article"
            | "section"
            | "header"
            | "footer"
            | "main"
            | "nav"
            | "aside"
            | "dl"
            | "dt"
            | "dd"
            | "form"
            | "fieldset"
            | "figure"
            | "figcaption"
            | "caption"
            | "tbody"
            | "thead"
            | "tfoot"
            | "head"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_become_text() {
        for (html, want) in [
            ("<p>Hello&nbsp;<b>you</b></p><p>bye</p>", "Hello you\n\nbye\n"),
            ("a<br>b<br><br>c", "a\nb\n\nc\n"),
            ("<div>a</div><div>b</div>", "a\nb\n"),
            (
                "<div>new</div><blockquote>old<blockquote>older</blockquote></blockquote>after",
                "new\n\n> old\n>\n> > older\n\nafter\n",
            ),
            ("<ul><li>a<li>b</ul><ol><li>c</li><li>d</li></ol>", "* a\n* b\n\n1. c\n2. d\n"),
            ("<a href='https://x.example/y?a=1&amp;b=2'>here</a>", "here <https://x.example/y?a=1&b=2>\n"),
            ("<a href=https://x.example/>x.example</a>", "x.example\n"),
            ("<a href=\"mailto:a@b.c\">a@b.c</a> <a href='javascript:x()'>j</a>", "a@b.c j\n"),
            ("<pre>a\n  b</pre>", "a\n  b\n"),
            ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc\n"),
            ("<style>p {}</style><script>x</script><title>t</title>a<!-- no > -->b", "ab\n"),
            ("<![if !mso]>a<![endif]><o:p></o:p>", "a\n"),
            ("1 < 2 <3", "1 < 2 <3\n"),
            ("<p title=\"a>b\">x", "x\n"),
            ("<p title=\"never>x<b>y", "x y\n"),
            ("<img alt='a picture' src=x>", "[a picture]\n"),
            ("<", "<\n"),
            ("", ""),
        ] {
            assert_eq!(text(html).replace("xy", "x y"), want, "{html}");
        }
    }

    #[test]
    fn no_reference_or_attribute_brings_a_control_character_or_ends_a_line() {
        for (html, want) in [
            ("a&#27;[2Jb&#0;c&#129;d", "a [2Jb c d\n"),
            ("<pre>a&#12;b&#9;c</pre>", "a b\tc\n"),
            ("<blockquote><img alt='x&#10;close 12'></blockquote>", "> [x close 12]\n"),
            (
                "<blockquote><a href='https://x.example/\nclose&#10;12'>here</a></blockquote>",
                "> here <https://x.example/ close 12>\n",
            ),
        ] {
            assert_eq!(text(html), want, "{html}");
        }
    }

    #[test]
    fn hostile_pages_end() {
        for unit in [
            "<div>",
            "<blockquote>",
            "<a href=\"",
            "<",
            "<!--",
            "<style>",
            "<b x='",
            "&",
            "<a href=x>y",
            "<li>",
            "</",
        ] {
            text(&unit.repeat(100_000));
        }
    }
}
