//! `[fields]`: the values that a ticket's fields may have. A value is one line that no command could be taken for.

use super::sheet::Sheet;
use crate::config::written::Fields;
use crate::model::fields::{LONGEST, Values};
use crate::model::ticket::Number;
use toml::Spanned;

/// Most values of one field.
const MOST: usize = 200;

/// What a site allows; a field that is not mentioned keeps its own values.
pub(super) fn values(said: &Fields, sheet: &mut Sheet) -> Values {
    let own = Values::default();
    let mut list = |said: &Option<Vec<Spanned<String>>>, own: Vec<String>| match said {
        Some(all) => all.iter().take(MOST).filter_map(|value| one(value, sheet)).collect(),
        None => own,
    };
    Values {
        priority: list(&said.priority, own.priority),
        severity: list(&said.severity, own.severity),
        kind: list(&said.kind, own.kind),
        component: list(&said.component, own.component),
        milestone: list(&said.milestone, own.milestone),
        private: said.private.unwrap_or(own.private),
    }
}

fn one(said: &Spanned<String>, sheet: &mut Sheet) -> Option<String> {
    let value = said.get_ref().trim();
    let long = value.chars().count() > LONGEST || value.is_empty();
    if long || value.contains([':', '\n', '"']) || value.chars().any(char::is_control) {
        return sheet.wrong(said, "must be a few words on one line, without colon and quotes");
    }
    if Number::parse(value).is_some() {
        return sheet.wrong(said, "would be taken for the number of a ticket in a command");
    }
    Some(value.to_owned())
}
