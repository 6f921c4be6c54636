//! The values of fields: which ones a site allows, and how many tickets have which.

use super::grid::{self, Cell, Column, plain};
use super::look::Look;
use crate::model::fields::Field;
use crate::store::values::Used;
use serde_json::{Value, json};

/// A field.
#[derive(Debug, Clone)]
pub struct Standing {
    pub field: Field,
    /// None: every word.
    pub allowed: Vec<String>,
    pub used: Vec<Used>,
}

impl Standing {
    /// Every value that is allowed or used, with whether it is in the list.
    fn all(&self) -> Vec<(Used, bool)> {
        let of = |value: &String| self.used.iter().find(|used| used.value == *value).cloned();
        let nobody = |value: &String| Used { value: value.clone(), open: 0, closed: 0 };
        let listed = self.allowed.iter().map(|value| (of(value).unwrap_or_else(|| nobody(value)), true));
        let others = self.used.iter().filter(|used| !self.allowed.contains(&used.value));
        listed.chain(others.map(|used| (used.clone(), false))).collect()
    }
}

/// A line for each value below that of its field.
pub fn page(all: &[Standing]) -> String {
    all.iter()
        .map(|standing| format!("{}\n{}", head(standing), rows(standing)))
        .collect::<Vec<_>>()
        .join("\n")
}

fn head(standing: &Standing) -> String {
    let order = match standing.field {
        _ if standing.allowed.is_empty() => " (every word)",
        Field::Priority | Field::Severity => " (from the least to the most)",
        _ => "",
    };
    format!("{}{order}", standing.field.word())
}

fn rows(standing: &Standing) -> String {
    let row = |(used, listed): (Used, bool)| -> Vec<Cell> {
        let stray = if listed || standing.allowed.is_empty() { "" } else { "not in the list" };
        let (open, closed) = (format!("{} open", used.open), format!("{} closed", used.closed));
        vec![plain("  ".to_owned() + &used.value), plain(open), plain(closed), plain(stray)]
    };
    let rows: Vec<Vec<Cell>> = standing.all().into_iter().map(row).collect();
    grid::lay(&[Column::Left, Column::Right, Column::Right, Column::Left], &rows, &Look::plain())
}

/// All there is to tell, as an array.
pub fn json(all: &[Standing]) -> Value {
    let value = |(used, listed): (Used, bool)| json!({ "value": used.value, "open": used.open, "closed": used.closed, "listed": listed });
    let one = |standing: &Standing| {
        json!({
            "field": standing.field.word(),
            "every_word": standing.allowed.is_empty(),
            "values": standing.all().into_iter().map(value).collect::<Vec<_>>(),
        })
    };
    all.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_and_not_allowed_is_seen() {
        let used = |value: &str, open| Used { value: value.into(), open, closed: 1 };
        let priority = Standing {
            field: Field::Priority,
            allowed: vec!["low".into(), "high".into()],
            used: vec![used("high", 12), used("huge", 1)],
        };
        let free = Standing { field: Field::Milestone, allowed: vec![], used: vec![] };
        let wanted = "\
priority (from the least to the most)
  low    0 open  0 closed
  high  12 open  1 closed
  huge   1 open  1 closed  not in the list

milestone (every word)
";
        assert_eq!(page(&[priority.clone(), free]), wanted);
        assert_eq!(json(&[priority])[0]["values"][2]["listed"], false);
    }
}
