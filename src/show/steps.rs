//! One mail's way through the sentence: each verb, and its answer in a few lines.

use super::grid::{self, Column, painted, plain};
use super::look::{Look, Paint};
use super::safe;

/// A verb and what it answered.
pub type Step = (&'static str, Vec<String>);

/// The steps of the mail of that name.
pub fn page(name: &str, steps: &[Step], look: &Look) -> String {
    let mut rows = Vec::new();
    for (verb, lines) in steps {
        for (at, line) in lines.iter().enumerate() {
            rows.push(vec![painted(Paint::Bold, if at == 0 { verb } else { "" }), plain(line)]);
        }
    }
    let grid = grid::lay(&[Column::Left, Column::Wrap], &rows, look);
    format!("{}\n{grid}", look.paint(Paint::Dim, &safe::line(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_stand_in_front_of_their_answers() {
        let steps = [
            ("read", vec!["from a@b.c".to_owned(), "1 file".to_owned()]),
            ("identify", vec!["a\nb".to_owned()]),
        ];
        assert_eq!(
            page("x.eml", &steps, &Look::plain()),
            "x.eml\nread      from a@b.c\n          1 file\nidentify  a\\x0ab\n"
        );
    }
}
