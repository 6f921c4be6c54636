//! A text as phrases are looked up in it: lower case, single spaces, none at the ends. Knows no phrase.

/// Folds a text; characters that `leaves_out` names are passed over. The Turkish capital İ becomes an i: its dot would be
/// a character of its own.
pub fn folded(text: &str, leaves_out: impl Fn(char) -> bool) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let before = folded.len();
        if before > 0 {
            folded.push(' ');
        }
        let begins = folded.len();
        if word.bytes().all(|b| b.is_ascii() && !leaves_out(char::from(b))) {
            folded.push_str(word);
            // most words are so, and are lowered in one go
            if let Some(new) = folded.get_mut(begins..) {
                new.make_ascii_lowercase();
            }
        } else {
            let kept = word.chars().filter(|c| !leaves_out(*c)).flat_map(char::to_lowercase);
            folded.extend(kept.filter(|c| *c != '\u{307}'));
        }
        if folded.len() == begins {
            folded.truncate(before);
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
        ] {
            assert_eq!(folded(text, |_| false), expected, "{text:?}");
        }
        assert_eq!(folded("* *Hello* w*O*rld *", |c| c == '*'), "hello world");
    }
}
