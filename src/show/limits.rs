//! Every limit, the value that is in force, and why it is what it is; where the site has set it, the default too.

use super::grid::{self, Column, painted, plain};
use super::look::{Look, Paint};
use serde_json::{Value, json};

/// One limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// As the program's own table has it, in capitals.
    pub name: &'static str,
    pub default: String,
    /// What the configuration says instead.
    pub set: Option<String>,
    pub why: &'static str,
}

impl Limit {
    /// The value in force.
    fn value(&self) -> &str {
        self.set.as_ref().unwrap_or(&self.default)
    }
}

/// For people.
pub fn page(limits: &[Limit], look: &Look) -> String {
    let row = |limit: &Limit| {
        let why = match &limit.set {
            Some(_) => {
                format!("{} Set in the configuration; the default is {}.", limit.why, grouped(&limit.default))
            }
            None => limit.why.to_owned(),
        };
        vec![painted(Paint::Bold, limit.name.to_ascii_lowercase()), plain(grouped(limit.value())), plain(why)]
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
    let number = |text: &str| text.parse::<u64>().map_or_else(|_| json!(text), |number| json!(number));
    let one = |limit: &Limit| {
        json!({
            "name": limit.name.to_ascii_lowercase(),
            "value": number(limit.value()),
            "default": number(&limit.default),
            "why": limit.why,
        })
    };
    limits.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_a_table() {
        let limit = |name, default: &str, set: Option<&str>, why| Limit {
            name,
            default: default.to_owned(),
            set: set.map(str::to_owned),
            why,
        };
        let limits = [
            limit("MAIL_BYTES", "26214400", None, "Largest mail."),
            limit("MAILS", "6000", Some("3"), "Mails in an hour."),
        ];
        let page = page(&limits, &Look::plain());
        assert_eq!(
            page,
            "mail_bytes  26,214,400  Largest mail.\n\
             mails                3  Mails in an hour. Set in the configuration; the default is 6,000.\n"
        );
        assert_eq!(json(&limits)[0]["value"], 26_214_400);
        assert_eq!((&json(&limits)[1]["value"], &json(&limits)[1]["default"]), (&3.into(), &6_000.into()));
        for (number, text) in [("1", "1"), ("999", "999"), ("1000", "1,000"), ("0.5", "0.5"), ("", "")] {
            assert_eq!(grouped(number), text);
        }
    }
}
