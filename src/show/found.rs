//! What a search found: one ticket on a line, and below it the words around the hit.

use super::grid::{self, Column, painted, plain};
use super::look::{Look, Paint};
use crate::model::clues::Hit;
use serde_json::{Value, json};

/// For people, the best one first.
pub fn page(hits: &[Hit], look: &Look) -> String {
    let mut rows = Vec::new();
    for hit in hits {
        rows.push(vec![
            painted(Paint::Bold, hit.number.to_string()),
            plain(hit.state.word()),
            plain(&hit.title),
        ]);
        if !hit.snippet.is_empty() {
            rows.push(vec![plain(""), plain(""), painted(Paint::Dim, &hit.snippet)]);
        }
    }
    grid::lay(&[Column::Right, Column::Left, Column::Wrap], &rows, look)
}

/// For programs, as an array.
pub fn json(hits: &[Hit]) -> Value {
    let one = |hit: &Hit| {
        json!({
            "number": hit.number.0,
            "state": hit.state.word(),
            "title": hit.title,
            "snippet": hit.snippet,
        })
    };
    hits.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ticket::{Number, State};

    #[test]
    fn hits_stand_above_their_words() {
        let hit = |number, snippet: &str| Hit {
            number: Number(number),
            state: State::Closed,
            title: "Printer\u{1b}c".into(),
            snippet: snippet.into(),
        };
        let hits = [hit(3, "…it \u{202e}smokes…"), hit(12, "")];
        let wanted =
            " #3  closed  Printer\\x1bc\n             …it \\u{202e}smokes…\n#12  closed  Printer\\x1bc\n";
        assert_eq!(page(&hits, &Look::plain()), wanted);
        assert_eq!((&json(&hits)[1]["number"], &json(&hits)[1]["state"]), (&json!(12), &json!("closed")));
    }
}
