//! Address lists of From, To, Cc, Reply-To and Sender (RFC 5322 3.4), as leniently as mailers write them. In: the
//! unfolded field; out: who it names, in order. Structure is read before encoded words are, so that an encoded comma
//! parts nothing. Hand-written and one pass: no field makes it slow. Judges no address; `Mailbox::address` does.

use super::words;
use crate::{limits, model::address::Mailbox};

/// All mailboxes of a field, group names dropped (RFC 5322 3.4, RFC 6854).
pub fn list(field: &str) -> Vec<Mailbox> {
    let field = field.get(..field.floor_char_boundary(limits::HEADER_FIELD)).unwrap_or("");
    let mut found: Vec<Entry> = Vec::new();
    let mut entry = Entry::default();
    let mut scan = Scan { rest: field, quotes: true, comments: true, angles: true };
    while let Some(piece) = scan.next() {
        match piece {
            Piece::End => {
                keep(&mut found, std::mem::take(&mut entry));
                if found.len() >= limits::ADDRESSES {
                    break;
                }
            }
            Piece::Group => entry = Entry::default(),
            Piece::Angle(addr) => {
                // `<a@b> <c@d>` is two: whoever relies on there being one must see that
                if entry.angle.is_some() {
                    keep(&mut found, std::mem::take(&mut entry));
                }
                entry.angle = Some(addr.to_owned());
            }
            // a quoted local part keeps its quotes: without them it would be another address
            Piece::Quoted(text) if scan.rest.starts_with('@') && !text.starts_with("=?") => {
                entry.words.push_str(&format!("\"{}\"", text.replace(' ', "")));
            }
            Piece::Quoted(text) => {
                entry.quoted = true;
                entry.words.push_str(&text);
            }
            Piece::Comment(text) => entry.comment = text.to_owned(),
            Piece::Char(c) => entry.words.push(c),
        }
    }
    keep(&mut found, entry);
    found.into_iter().map(Entry::mailbox).filter(|m| !m.addr.is_empty() || !m.name.is_empty()).collect()
}

/// What has been read of one mailbox.
#[derive(Default)]
struct Entry {
    words: String,
    quoted: bool,
    comment: String,
    angle: Option<String>,
}

/// Adds an entry; `Last, First <a@b>` without quotes was one name.
fn keep(found: &mut Vec<Entry>, mut entry: Entry) {
    if entry.angle.is_some()
        && !entry.quoted
        && !entry.words.trim().is_empty()
        && found.last().is_some_and(|last| last.angle.is_none() && !last.words.contains('@') && !last.quoted)
        && let Some(last) = found.pop()
    {
        entry.words = format!("{}, {}", last.words.trim(), entry.words.trim());
    }
    if entry.angle.is_some() || !entry.words.trim().is_empty() {
        found.push(entry);
    }
}

impl Entry {
    fn mailbox(self) -> Mailbox {
        let words = words::line(&self.words);
        let comment = words::line(&self.comment);
        match self.angle {
            Some(angle) => {
                let addr = bare(&angle);
                let name = if words.is_empty() { comment } else { words };
                Mailbox { name: name.trim_matches(['"', '\'']).trim().to_owned(), addr }
            }
            None => {
                let raw = words::tidy(&self.words);
                let (addrs, around): (Vec<&str>, Vec<&str>) = raw.split(' ').partition(|w| w.contains('@'));
                match addrs.as_slice() {
                    [addr] if around.is_empty() => Mailbox { name: comment, addr: (*addr).to_owned() },
                    [addr] if raw.ends_with(addr) => {
                        Mailbox { name: words::line(&around.join(" ")), addr: (*addr).to_owned() }
                    }
                    // nobody's address, or nobody knows whose: `a@b . c` is not `a@b`
                    _ => Mailbox { name: comment, addr: raw },
                }
            }
        }
    }
}

/// An angle address without blanks, comments and source route (RFC 5322 4.4).
fn bare(angle: &str) -> String {
    let mut depth = 0usize;
    let mut text = String::with_capacity(angle.len());
    for c in words::tidy(angle).chars() {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            ' ' => {}
            _ if depth == 0 => text.push(c),
            _ => {}
        }
    }
    let text = match text.split_once(':') {
        Some((route, addr)) if route.starts_with('@') => addr.to_owned(),
        _ => text,
    };
    match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => text.get(7..).unwrap_or("").to_owned(),
        _ => text,
    }
}

enum Piece<'a> {
    /// A comma or semicolon.
    End,
    /// A colon: what stood before it was a group's name.
    Group,
    Angle(&'a str),
    Quoted(String),
    Comment(&'a str),
    Char(char),
}

/// Cuts a field into pieces. Each flag turns off when a closing mark was looked for in vain: there is none ahead, and
/// nobody searches for it again.
struct Scan<'a> {
    rest: &'a str,
    quotes: bool,
    comments: bool,
    angles: bool,
}

impl<'a> Iterator for Scan<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let first = self.rest.chars().next()?;
        let after = self.rest.get(first.len_utf8()..).unwrap_or("");
        self.rest = after;
        Some(match first {
            ',' | ';' => Piece::End,
            ':' => Piece::Group,
            '"' if self.quotes => match quoted(after) {
                Some((text, rest)) => {
                    self.rest = rest;
                    Piece::Quoted(text)
                }
                None => {
                    self.quotes = false;
                    Piece::Char(' ')
                }
            },
            '(' if self.comments => match commented(after) {
                Some((text, rest)) => {
                    self.rest = rest;
                    Piece::Comment(text)
                }
                None => {
                    self.comments = false;
                    Piece::Char(first)
                }
            },
            '<' if self.angles => match after.split_once('>') {
                // `<<a@b>>`
                Some((addr, rest)) => {
                    self.rest = rest.trim_start_matches('>');
                    Piece::Angle(addr.trim_start_matches('<'))
                }
                None => {
                    self.angles = false;
                    self.rest = "";
                    Piece::Angle(after)
                }
            },
            '=' if after.starts_with('?') => self.word(),
            _ => Piece::Char(first),
        })
    }
}

impl<'a> Scan<'a> {
    /// An encoded word is passed through whole: it may hold commas and brackets against the rules.
    fn word(&mut self) -> Piece<'a> {
        let near = self.rest.get(..self.rest.floor_char_boundary(200)).unwrap_or("");
        let text = near.splitn(4, '?').nth(3).unwrap_or("");
        match text.split_once("?=") {
            Some((body, _)) if !body.contains(char::is_whitespace) => {
                let end = near.len() - text.len() + body.len() + 2;
                let word = format!("={}", self.rest.get(..end).unwrap_or(""));
                self.rest = self.rest.get(end..).unwrap_or("");
                Piece::Quoted(word)
            }
            _ => Piece::Char('='),
        }
    }
}

/// A quoted string's text, its opening quote taken off, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut it = text.char_indices();
    while let Some((i, c)) = it.next() {
        match c {
            '"' => return Some((out, text.get(i + 1..)?)),
            '\\' => out.push(it.next()?.1),
            _ => out.push(c),
        }
    }
    None
}

/// A comment's text, comments within it included, its opening bracket taken off, and what follows it.
fn commented(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0usize;
    let mut it = text.char_indices();
    while let Some((i, c)) = it.next() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some((text.get(..i)?, text.get(i + 1..)?)),
            ')' => depth -= 1,
            '\\' => {
                it.next();
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(field: &str) -> String {
        list(field).iter().map(|m| format!("{}|{}", m.name, m.addr)).collect::<Vec<_>>().join(" ; ")
    }

    #[test]
    fn addresses_as_mailers_write_them() {
        for (raw, want) in [
            ("a@b.c", "|a@b.c"),
            ("Ann Lee <a@b.c>", "Ann Lee|a@b.c"),
            ("\"Lee, Ann\" <a@b.c>, d@e.f", "Lee, Ann|a@b.c ; |d@e.f"),
            ("Lee, Ann <a@b.c>", "Lee, Ann|a@b.c"),
            ("a@b.c (Ann (the) Lee)", "Ann (the) Lee|a@b.c"),
            ("(x) Ann <a@b.c>", "Ann|a@b.c"),
            ("Team: a@b.c, Ann <d@e.f>; g@h.i", "|a@b.c ; Ann|d@e.f ; |g@h.i"),
            ("undisclosed-recipients:;", ""),
            ("a@b.c, , d@e.f", "|a@b.c ; |d@e.f"),
            ("Foo Bar a@b.c", "Foo Bar|a@b.c"),
            ("MAILER-DAEMON", "|MAILER-DAEMON"),
            ("MAILER-DAEMON (Mail Delivery)", "Mail Delivery|MAILER-DAEMON"),
            ("<>", ""),
            ("=?utf-8?Q?Lee,_Ann?= <a@b.c>", "Lee, Ann|a@b.c"),
            ("\"=?utf-8?Q?Lee=2C_Ann?=\" <a@b.c>", "Lee, Ann|a@b.c"),
            ("=?utf-8?B?PGV2aWxAeD4=?= <a@b.c>", "<evil@x>|a@b.c"),
            ("=?utf-8?Q?evil=40x.y?=", "|=?utf-8?Q?evil=40x.y?="),
            ("Ann <a@b.c", "Ann|a@b.c"),
            ("Ann \" Lee <a@b.c>", "Ann Lee|a@b.c"),
            ("<@r1,@r2:a@b.c>", "|a@b.c"),
            ("<mailto:a@b.c>", "|a@b.c"),
            ("Ann <a(x (y))@b.c (z)>", "Ann|a@b.c"),
            ("\"a b\"@c.d", "|\"ab\"@c.d"),
            ("a@b.c; d@e.f", "|a@b.c ; |d@e.f"),
            ("Müller <m@b.c>", "Müller|m@b.c"),
            ("<a@b.c> <d@e.f>", "|a@b.c ; |d@e.f"),
            ("a@b.c d@e.f", "|a@b.c d@e.f"),
            ("a@b . c", "|a@b . c"),
            ("\"a@b.c\" <d@e.f>", "a@b.c|d@e.f"),
            ("", ""),
        ] {
            assert_eq!(shown(raw), want, "{raw}");
        }
    }

    #[test]
    fn hostile_fields_end() {
        for unit in ["(", "\"", "<", "a@b,", "((a)", "\\", "=?", ":", "<a>"] {
            list(&unit.repeat(limits::HEADER_FIELD));
        }
    }
}
