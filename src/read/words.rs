//! Encoded words of headers (RFC 2047, language tags of RFC 2231 5). In: a field's unfolded value; out: its text,
//! one line, no control characters. Neighbouring words of one charset are joined before their bytes are decoded,
//! since mailers split inside characters. One pass; only the first `limits::HEADER_DECODED` bytes are looked at.

use super::{charset, transfer};
use crate::limits;

/// The readable form of a header value: words decoded, white space and controls tidied.
pub fn line(value: &str) -> String {
    tidy(&decoded(value))
}

/// One line: runs of white space and control characters become one blank, bidi overrides go.
pub fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() && c != '\u{a0}' && c != '\u{3000}' || c == '\u{85}' {
            if !out.ends_with(' ') && !out.is_empty() {
                out.push(' ');
            }
        } else if !c.is_control() && !is_bidi(c) && c != '\u{feff}' {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Characters that turn the direction of what follows, or hide it.
pub fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}

/// Decodes every encoded word, wherever it stands: mailers put them into quoted strings and between letters.
pub fn decoded(value: &str) -> String {
    let cut = value.floor_char_boundary(limits::HEADER_DECODED);
    let (mut rest, tail) = value.split_at_checked(cut).unwrap_or((value, ""));
    if !rest.contains("=?") {
        return value.to_owned();
    }
    let mut out = String::with_capacity(value.len());
    let mut run = Run::default();
    while let Some(at) = rest.find("=?") {
        let (before, word) = rest.split_at_checked(at).unwrap_or((rest, ""));
        match Word::read(word) {
            Read::Word(found, after) => {
                if run.is_empty() || !before.trim().is_empty() {
                    run.end(&mut out);
                    out.push_str(before);
                }
                run.add(found, &mut out);
                rest = after;
            }
            Read::NotOne => {
                run.end(&mut out);
                out.push_str(before);
                out.push_str("=?");
                rest = word.get(2..).unwrap_or("");
            }
            // no word can end any more
            Read::NoMore => break,
        }
    }
    run.end(&mut out);
    out.push_str(rest);
    out.push_str(tail);
    out
}

struct Word<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
}

enum Read<'a> {
    Word(Word<'a>, &'a str),
    NotOne,
    NoMore,
}

impl<'a> Word<'a> {
    /// Reads `=?charset*lang?Q?text?=` at the start of `from`.
    fn read(from: &'a str) -> Read<'a> {
        let body = from.get(2..).unwrap_or("");
        let near = body.get(..body.floor_char_boundary(80)).unwrap_or("");
        let Some((charset, after)) = near.split_once('?') else { return Read::NotOne };
        let label = charset.split('*').next().unwrap_or("");
        let encoding = after.as_bytes().first().map(u8::to_ascii_lowercase);
        let plain = label.bytes().all(|b| b.is_ascii_graphic()) && after.as_bytes().get(1) == Some(&b'?');
        let (Some(b'q' | b'b'), true) = (encoding, plain) else { return Read::NotOne };
        let text = body.get(charset.len() + 3..).unwrap_or("");
        let Some((text, rest)) = text.split_once("?=") else { return Read::NoMore };
        let bytes = match encoding {
            Some(b'b') => transfer::base64(text.as_bytes()).0,
            _ => transfer::quoted_printable(text.as_bytes(), true).0,
        };
        Read::Word(Word { charset: label, bytes }, rest)
    }
}

/// Words that follow each other in one charset.
#[derive(Default)]
struct Run<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
    open: bool,
}

impl<'a> Run<'a> {
    fn is_empty(&self) -> bool {
        !self.open
    }
    fn add(&mut self, word: Word<'a>, out: &mut String) {
        if self.open && !self.charset.eq_ignore_ascii_case(word.charset) {
            self.end(out);
        }
        (self.charset, self.open) = (word.charset, true);
        self.bytes.extend(word.bytes);
    }
    fn end(&mut self, out: &mut String) {
        if self.open {
            out.push_str(&charset::text(&self.bytes, self.charset));
            (self.bytes, self.open) = (Vec::new(), false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_decoded() {
        for (raw, want) in [
            ("plain", "plain"),
            ("=?utf-8?Q?caf=C3=A9?=", "café"),
            ("=?UTF-8?b?Y2Fmw6k=?= bar", "café bar"),
            ("a =?utf-8?q?b?= =?utf-8?q?c?= d", "a bc d"),
            ("=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),
            ("=?utf-8?q?a?= =?iso-8859-1?q?=E9?=", "aé"),
            // cut inside a character, as RFC 2047 forbids and many do
            ("=?utf-8?B?5omT5Q==?=\t =?UTF-8?Q?=8D=B0=E6=9C?= =?utf-8?b?ug==?=", "打印机"),
            ("=?gb2312?B?tPLT?= =?GB2312?B?obv6?=", "打印机"),
            ("=?gb2312?q?=B4=F2=D3?= =?gb2312?q?=A1=BB=FA?=", "打印机"),
            ("=?iso-2022-jp?B?GyRCJCI=?= =?iso-2022-jp?B?JCQbKEI=?=", "あい"),
            ("=?iso-2022-jp?B?GyRCJCIbKEI=?= =?iso-2022-jp?B?GyRCJCQbKEI=?=", "あい"),
            ("=?ks_c_5601-1987?B?x8E=?= =?ks_c_5601-1987?B?uLDFzQ==?=", "프린터"),
            ("=?x-mac-turkish?q?=DD=DF=DDk?=", "ışık"),
            ("=?koi8-r?B?8NLJztTF0g==?=", "Принтер"),
            ("=?utf-8?q?a=00b?=", "ab"),
            ("=?utf-8*en?Q?caf=C3=A9?=", "café"),
            ("\"=?utf-8?Q?a,_b?=\" <a@b>", "\"a, b\" <a@b>"),
            ("=?utf-8?Q?what??=", "what?"),
            ("=?utf-8?Q?two words?=", "two words"),
            ("x=?utf-8?Q?y?=z", "xyz"),
            ("=?x?z?y?=", "=?x?z?y?="),
            ("=?utf-8?Q?never", "=?utf-8?Q?never"),
            ("=?made-up?Q?caf=C3=A9?=", "café"),
            ("=?utf-8?Q?a=0D=0ABcc:_b?=", "a Bcc: b"),
            ("a\t \u{202e}b\u{7}", "a b"),
            ("=?utf-8?B?//8=?=", "ÿÿ"),
            ("1 =? 2", "1 =? 2"),
        ] {
            assert_eq!(line(raw), want, "{raw}");
        }
    }

    #[test]
    fn a_megabyte_of_beginnings_is_passed_by() {
        let many = "=?utf-8?Q?".repeat(100_000);
        assert!(line(&many).len() <= many.len());
        let words = "=?utf-8?Q?x?= ".repeat(100_000);
        assert!(line(&words).len() < words.len());
    }
}
