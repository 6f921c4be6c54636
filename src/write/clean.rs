//! What others wrote, made fit for a letter. Names, titles and reports come in as anybody typed them; one line of
//! visible characters goes out, or, for the text of a mail, lines without control characters. Never judges meaning.

use crate::limits;

/// Marks the begin of text that is not wrapped. No cleaned value can hold it.
pub(super) const VERBATIM: char = '\u{2}';
/// Marks its end.
pub(super) const PROSE: char = '\u{3}';

/// One line of at most `most` characters; what could break, turn or hide it becomes a visible escape. Encoded words
/// (RFC 2047) are broken up, since a mail program would decode them once more.
pub(super) fn line(text: &str, most: usize) -> String {
    let mut out = String::new();
    for (n, c) in text.trim().chars().enumerate() {
        if n == most {
            out.push('…');
            break;
        }
        match c {
            '\t' | '\u{a0}' => out.push(' '),
            c if c.is_control() || hides(c) => out.extend(c.escape_default()),
            '?' if out.ends_with('=') => out.push_str(" ?"),
            c => out.push(c),
        }
    }
    out
}

/// A person's name. Never an address: what follows an at sign is left out.
pub(super) fn name(text: &str) -> String {
    let before = text.split('@').next().unwrap_or("");
    line(before, limits::LETTER_NAME)
}

/// A title for whoever may know that and nothing else: words with an at sign are left out, and links.
pub(super) fn without_addresses(title: &str) -> String {
    let hides = |word: &&str| word.contains('@') || word.contains("://") || word.starts_with("www.");
    let word = |word| if hides(&word) { "…" } else { word };
    title.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// A ticket's title.
pub(super) fn title(text: &str) -> String {
    let title = line(text, limits::LETTER_TITLE);
    if title.is_empty() { "(no subject)".to_owned() } else { title }
}

/// One line of a report, a command, an address.
pub(super) fn words(text: &str) -> String {
    line(text, limits::LETTER_LINE)
}

/// The text of a mail: keeps `\n` and `\t`, no other control character; no blank lines around it.
pub(super) fn text(text: &str) -> String {
    let kept: String = text.split(|c: char| c.is_control() && !matches!(c, '\n' | '\t')).collect();
    kept.trim_matches('\n').trim_end().to_owned()
}

/// A line of a difference: tabs and blanks stay, what could steer or hide becomes a visible escape, and what a mail program
/// would take for the begin of a signature is none. At most so many characters of it that it can still be read.
pub(super) fn code(line: &str) -> String {
    let mut out = String::new();
    for (n, c) in line.chars().enumerate() {
        if n == limits::SESSION_COLUMNS {
            out.push('…');
            break;
        }
        match c {
            '\t' => out.push('\t'),
            c if c.is_control() || hides(c) => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    if out == "-- " { "--".to_owned() } else { out }
}

/// Text that stands as it is: the wrapping leaves it alone. Empty text stays empty.
pub(super) fn verbatim(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{VERBATIM}{text}{PROSE}") }
}

/// Characters that turn the direction of what follows, or show nothing at all. The joiners of emoji and of Persian
/// are not among them.
fn hides(c: char) -> bool {
    matches!(c,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_one_line() {
        for (typed, shown) in [
            ("  Printer on fire ", "Printer on fire"),
            ("a\r\nBcc: b@c", "a\\r\\nBcc: b@c"),
            ("nul\0 esc\u{1b}[31m", "nul\\u{0} esc\\u{1b}[31m"),
            ("txt\u{202e}exe", "txt\\u{202e}exe"),
            ("line\u{2028}two\u{2029}", "line\\u{2028}two"),
            ("=?utf-8?q?=0ABcc?=", "= ?utf-8?q?=0ABcc?="),
            ("\u{2}\u{3}x", "\\u{2}\\u{3}x"),
            ("👩\u{200d}🔧 שלום", "👩\u{200d}🔧 שלום"),
        ] {
            assert_eq!(line(typed, 100), shown);
        }
        assert_eq!(line(&"ä".repeat(10_000), 5), "äääää…");
    }

    #[test]
    fn names_hold_no_address() {
        assert_eq!(name("Anna \"the, boss\" Lee"), "Anna \"the, boss\" Lee");
        assert_eq!(name("anna@corp.example"), "anna");
    }

    #[test]
    fn titles_for_everybody_hold_neither_addresses_nor_links() {
        for (title, shown) in [
            ("Mail for bob@home.example bounces", "Mail for … bounces"),
            ("buy at https://evil.example now", "buy at … now"),
            ("www.evil.example", "…"),
        ] {
            assert_eq!(without_addresses(title), shown);
        }
    }

    #[test]
    fn texts_keep_their_lines() {
        assert_eq!(text("\n\n  a\tb\r\nc\u{7}\u{2}\n\n"), "  a\tb\nc");
        assert_eq!(text("\0"), "");
    }
}
