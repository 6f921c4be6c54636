//! What was tried before the robot is let loose, how it went, and what to do.

use super::grid::{self, Column, painted, plain};
use super::look::{Look, Paint};
use serde_json::{Value, json};

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Ok,
    /// Works, but somebody should know.
    Warning,
    /// Does not work.
    Wrong,
}

impl Verdict {
    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Ok => "ok",
            Verdict::Warning => "warning",
            Verdict::Wrong => "wrong",
        }
    }
}

/// One thing that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub verdict: Verdict,
    /// Such as `mailbox`.
    pub item: &'static str,
    /// What was found and, unless it is well, what to do.
    pub text: String,
}

impl Check {
    /// It is well.
    pub fn ok(item: &'static str, text: impl Into<String>) -> Check {
        Check { verdict: Verdict::Ok, item, text: text.into() }
    }
    /// It works, but.
    pub fn warning(item: &'static str, text: impl Into<String>) -> Check {
        Check { verdict: Verdict::Warning, item, text: text.into() }
    }
    /// It does not work.
    pub fn wrong(item: &'static str, text: impl Into<String>) -> Check {
        Check { verdict: Verdict::Wrong, item, text: text.into() }
    }
}

/// For people: one line each.
pub fn page(checks: &[Check], look: &Look) -> String {
    let paint = |verdict| match verdict {
        Verdict::Ok => Paint::Good,
        Verdict::Warning => Paint::Careful,
        Verdict::Wrong => Paint::Bad,
    };
    let row = |c: &Check| vec![painted(paint(c.verdict), c.verdict.word()), plain(c.item), plain(&c.text)];
    let rows: Vec<_> = checks.iter().map(row).collect();
    grid::lay(&[Column::Left, Column::Left, Column::Wrap], &rows, look)
}

/// For programs, as an array.
pub fn json(checks: &[Check]) -> Value {
    checks.iter().map(|c| json!({ "verdict": c.verdict.word(), "item": c.item, "text": c.text })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_item_is_a_line() {
        let checks = [Check::ok("clock", "it is 2026"), Check::wrong("mailbox", "no login:\u{1b}c")];
        assert_eq!(
            page(&checks, &Look::plain()),
            "ok     clock    it is 2026\nwrong  mailbox  no login:\\x1bc\n"
        );
        assert_eq!(json(&checks)[1]["verdict"], "wrong");
    }
}
