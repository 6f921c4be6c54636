//! A text as phrases are looked up in it: lower case, single spaces, none at the ends. Knows no phrase.

/// Folds a text; characters that `leaves_out` names are passed over. The Turkish capital İ becomes an i: its dot would be
/// a character of its own.
pub fn folded(text: &str, leaves_out: impl Fn(char) -> bool) -> String {
    let mut folded = String::with_capacity(text.len());
    // a blank is due before the next character that is kept
    let mut due = false;
    let mut keep = |c, due: &mut bool| {
        if std::mem::take(due) && !folded.is_empty() {
            folded.push(' ');
        }
        folded.push(c);
    };
    for c in text.chars() {
        match c {
            c if c.is_whitespace() => due = true,
            c if leaves_out(c) => {}
            c if c.is_ascii() => keep(c.to_ascii_lowercase(), &mut due),
            c => c.to_lowercase().filter(|c| *c != '\u{307}').for_each(|c| keep(c, &mut due)),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lower_case_and_single_spaces() {
        for (text, expected) in [
            ("", ""),
            ("  Hello,\t\tWORLD \n", "hello, world"),
            ("GRÜSSE aus İstanbul", "grüsse aus istanbul"),
            ("a \u{307} b", "a b"),
            ("\u{a0}x\u{2003}Y", "x y"),
            (" \u{307} a\u{307} \u{307} B ", "a b"),
            ("\x0bA\x1cB\x0c", "a\x1cb"),
        ] {
            assert_eq!(folded(text, |_| false), expected, "{text:?}");
        }
        assert_eq!(folded("* *Hello* w*O*rld *", |c| c == '*'), "hello world");
        assert_eq!(folded("** É* ** *é", |c| c == '*'), "é é");
    }
}
