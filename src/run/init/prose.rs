//! Lines for a terminal that is narrower than they are. In: text, and how many columns there are; out: the same text, broken
//! between words, what follows set in. A line that is set in without a mark is to be typed, and stays as it is.

use crate::show::safe;

/// Below this nothing is broken: there is no room for words.
const LEAST: usize = 20;

/// The text for so many columns; without a terminal as it is.
pub fn wrapped(text: &str, width: Option<usize>) -> String {
    let Some(width) = width.filter(|width| *width >= LEAST) else { return text.to_owned() };
    let lines: Vec<String> = text.split('\n').map(|line| broken(line, width)).collect();
    lines.join("\n")
}

fn broken(line: &str, width: usize) -> String {
    let Some(indent) = indent(line).filter(|_| safe::width(line) > width) else { return line.to_owned() };
    let (mark, words) = line.split_at_checked(indent).unwrap_or(("", line));
    let (mut text, mut column) = (mark.to_owned(), indent);
    for (at, word) in words.split(' ').enumerate() {
        let wide = safe::width(word);
        if at > 0 && column + 1 + wide > width {
            text.push_str(&format!("\n{:indent$}", ""));
            column = indent;
        } else if at > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += wide;
    }
    text
}

/// How far the lines are set in that follow; `None` for what is to be typed.
fn indent(line: &str) -> Option<usize> {
    let inner = line.trim_start();
    let before = line.len() - inner.len();
    let mark = inner
        .split(' ')
        .next()
        .filter(|mark| *mark == "-" || (!mark.is_empty() && mark.bytes().all(|byte| byte.is_ascii_digit())));
    match mark {
        Some(mark) => {
            let words = inner.get(mark.len()..).unwrap_or_default();
            Some(line.len() - words.trim_start().len())
        }
        None => (before == 0).then_some(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_broken_between_words_and_commands_are_not() {
        for (text, shown) in [
            ("one two three four five six", "one two three four\nfive six"),
            ("  - one two three four five", "  - one two three\n    four five"),
            ("  1  one two three four five", "  1  one two three\n     four five"),
            ("  trackle --config /a/long/path serve", "  trackle --config /a/long/path serve"),
            ("a\n\none two three four five\n", "a\n\none two three four\nfive\n"),
            ("see /a/path/that/is/longer/than/all", "see\n/a/path/that/is/longer/than/all"),
            ("größe größe größe üüü", "größe größe größe\nüüü"),
            ("", ""),
        ] {
            assert_eq!(wrapped(text, Some(20)), shown, "{text}");
            assert_eq!(wrapped(text, None), text);
        }
    }
}
