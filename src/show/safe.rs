//! Strangers' words on a terminal. In: any text; out: text that moves no cursor, colours nothing, rings no bell and
//! turns no line around: what would do that is shown as an escape such as `\x1b` or `\u{202e}`. Also how wide text is.
//! Never drops a character, so that what was sent can be told from what is shown.

/// Text as one line.
pub fn line(text: &str) -> String {
    visible(text, false)
}

/// Text with its line ends (LF or CRLF) and tabs.
pub fn block(text: &str) -> String {
    visible(text, true)
}

/// JSON that means the same. What steers a terminal can stand in its strings only, and those may escape anything.
pub fn json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if (c.is_control() && c != '\n') || is_hidden(c) {
            out.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    out
}

fn visible(text: &str, lines: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' | '\t' if lines => out.push(c),
            '\r' if lines && chars.peek() == Some(&'\n') => {}
            '\t' => out.push(' '),
            '\0'..='\u{ff}' if c.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            _ if is_hidden(c) => out.extend(c.escape_unicode()),
            _ => out.push(c),
        }
    }
    out
}

/// Turns text around, ends a line, or takes no room, so that two different texts look the same. The joiners are not
/// among them: Persian, Hindi and emoji need those.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Columns that text takes on a terminal, as far as a table is concerned.
pub fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// The text, or its beginning and an ellipsis when it is wider than `most` columns.
pub fn cut(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let mut room = most.saturating_sub(1);
    let fits = |c: &char| {
        let left = room.checked_sub(columns(*c));
        room = left.unwrap_or(0);
        left.is_some()
    };
    let mut out: String = text.chars().take_while(fits).collect();
    out.push('…');
    out
}

/// The text, or an ellipsis and its end.
pub fn cut_front(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let mut room = most.saturating_sub(1);
    let mut from = text.len();
    for (at, sign) in text.char_indices().rev() {
        let Some(left) = room.checked_sub(columns(sign)) else { break };
        (room, from) = (left, at);
    }
    format!("…{}", text.get(from..).unwrap_or_default())
}

/// Two for East Asian and emoji blocks, none for marks that stand on the character before (Unicode UAX #11, coarsely).
fn columns(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}'
        | '\u{200c}'
        | '\u{200d}'
        | '\u{20d0}'..='\u{20ff}'
        | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' => 2,
        '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' => 2,
        '\u{1f300}'..='\u{1f64f}'
        | '\u{1f680}'..='\u{1f6ff}'
        | '\u{1f900}'..='\u{1f9ff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_that_steers_it() {
        let steers =
            |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        for code in (0..=0xff).chain(0x2000..=0x2070).chain([0x61c, 0xfeff, 0xe0041]) {
            let c = char::from_u32(code).unwrap();
            let text = format!("a{c}b");
            assert!(!line(&text).chars().any(steers), "{code:x}");
            assert!(!block(&text).chars().any(|c| steers(c) && c != '\n' && c != '\t'), "{code:x}");
        }
        assert_eq!(line("\u{1b}[31mred\u{9b}x\u{7}"), "\\x1b[31mred\\x9bx\\x07");
        assert_eq!(line("a\u{202e}b\nc\td"), "a\\u{202e}b\\x0ac d");
        assert_eq!(block("a\r\nb\rc\td\n"), "a\nb\\x0dc\td\n");
        assert_eq!(line("Grüße, 東京 👩\u{200d}💻"), "Grüße, 東京 👩\u{200d}💻");
    }

    #[test]
    fn json_keeps_its_meaning() {
        let value = serde_json::json!({ "a": "\u{9b}31m\u{7f} \u{202e}x \u{e0041} ü\n東京" });
        for text in [value.to_string(), format!("{value:#}")] {
            let safe = json(&text);
            assert!(safe.chars().all(|c| c == '\n' || (!c.is_control() && !is_hidden(c))), "{safe}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), value);
        }
    }

    #[test]
    fn width_counts_columns_and_cut_keeps_to_them() {
        for (text, columns) in [("abc", 3), ("", 0), ("東京", 4), ("e\u{301}", 1), ("ß", 1)] {
            assert_eq!(width(text), columns, "{text}");
        }
        for (text, most, out) in [
            ("abcdef", 6, "abcdef"),
            ("abcdef", 4, "abc…"),
            ("東京都", 4, "東…"),
            ("ab", 1, "…"),
            ("ab", 0, "…"),
        ] {
            assert_eq!(cut(text, most), out, "{text} {most}");
        }
    }
}
