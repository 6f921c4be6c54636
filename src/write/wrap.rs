//! Prose that a long name or title made too long is broken again. A letter's body comes in; the same words go out,
//! 72 columns wide. Never touches what a person wrote, quoted lines, addresses, codes, or lines that fit.

use super::clean::{PROSE, VERBATIM};

/// Columns of prose.
pub(super) const WIDTH: usize = 72;

/// Breaks long prose and takes the marks of verbatim text away.
pub(super) fn prose(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut verbatim = false;
    for line in body.split('\n') {
        if !out.is_empty() {
            out.push('\n');
        }
        let begins = line.contains(VERBATIM);
        let is_marked = begins || line.contains(PROSE);
        match verbatim || begins || !breaks(line) {
            true if is_marked => out.extend(line.split([VERBATIM, PROSE])),
            true => out.push_str(line),
            false => fill(&mut out, line),
        }
        if is_marked {
            verbatim = line.rfind(VERBATIM) > line.rfind(PROSE);
        }
    }
    out
}

/// Whether a line is prose that may be broken.
fn breaks(line: &str) -> bool {
    let quoted = || line.trim_start().starts_with(['|', '>']);
    // no line has more characters than bytes
    let long = line.len() > WIDTH && line.chars().count() > WIDTH;
    long && !quoted() && !line.starts_with("[#") && !line.contains("://")
}

/// Writes a line's words, with its indentation in front of each part.
fn fill(out: &mut String, line: &str) {
    let indent: String = line.chars().take_while(|c| *c == ' ').collect();
    let mut column = 0;
    for word in line.split(' ').filter(|w| !w.is_empty()) {
        let width = word.chars().count();
        if column == 0 {
            out.push_str(&indent);
            column = indent.len();
        } else if column + 1 + width > WIDTH {
            out.push('\n');
            out.push_str(&indent);
            column = indent.len();
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_prose_is_broken() {
        let long = "word ".repeat(30);
        let long = long.trim_end();
        for stands in ["", "short", "a\n\n-- \nb"] {
            assert_eq!(prose(stands), stands);
        }
        for stands in [format!("  | {long}"), format!("> {long}"), format!("see https://x.example {long}")] {
            assert_eq!(prose(&stands), stands);
        }
        let own = format!("{VERBATIM}{long}\n{long}{PROSE}\nshort");
        assert_eq!(prose(&own), format!("{long}\n{long}\nshort"));
        let broken = prose(&format!("  {long}\n"));
        assert!(broken.lines().all(|l| l.starts_with("  word") && l.len() <= WIDTH), "{broken}");
        assert_eq!(broken.split_whitespace().count(), 30);
        assert!(broken.ends_with("word\n"));
    }

    #[test]
    fn a_word_longer_than_the_line_stands_alone() {
        let word = "x".repeat(100);
        assert_eq!(prose(&format!("a {word} b")), format!("a\n{word}\nb"));
    }
}
