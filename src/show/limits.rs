//! Every limit, its value, and why it is what it is.

use super::grid::{self, Column, painted, plain};
use super::look::{Look, Paint};
use serde_json::{Value, json};

/// Name, value and reason.
pub type Limit = (&'static str, String, &'static str);

/// For people.
pub fn page(limits: &[Limit], look: &Look) -> String {
    let row = |(name, value, why): &Limit| {
        vec![painted(Paint::Bold, name.to_ascii_lowercase()), plain(grouped(value)), plain(why)]
    };
    let rows: Vec<_> = limits.iter().map(row).collect();
    grid::lay(&[Column::Left, Column::Right, Column::Wrap], &rows, look)
}

/// `26214400` as `26,214,400`.
fn grouped(number: &str) -> String {
    if !number.bytes().all(|b| b.is_ascii_digit()) {
        return number.to_owned();
    }
    let mut out = String::new();
    for (at, digit) in number.chars().enumerate() {
        if at > 0 && (number.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// For programs, as an array.
pub fn json(limits: &[Limit]) -> Value {
    let one = |(name, value, why): &Limit| {
        let value = value.parse::<u64>().map_or_else(|_| json!(value), |number| json!(number));
        json!({ "name": name.to_ascii_lowercase(), "value": value, "why": why })
    };
    limits.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_a_table() {
        let limits =
            [("MAIL_BYTES", "26214400".to_owned(), "largest mail"), ("TRIES", "3".to_owned(), "tries")];
        let page = page(&limits, &Look::plain());
        assert_eq!(page, "mail_bytes  26,214,400  largest mail\ntries                3  tries\n");
        assert_eq!(json(&limits)[0]["value"], 26_214_400);
        for (number, text) in [("1", "1"), ("999", "999"), ("1000", "1,000"), ("0.5", "0.5"), ("", "")] {
            assert_eq!(grouped(number), text);
        }
    }
}
