//! A ticket's attributes (the paper's *component*, *milestone*, *priority*, *user severity*, *type*, its keywords and a
//! few of time and privacy): what they are called and which values a site allows. Values are text; nothing here knows
//! a clock, a person or a mail.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longest value of a field, in characters.
pub const LONGEST: usize = 200;

/// Something a ticket has one value of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// One line, never empty.
    Title,
    /// How much it matters, as staff see it.
    Priority,
    /// How much it hurts, as its requester sees it.
    Severity,
    Type,
    /// The area it is about.
    Component,
    Milestone,
    /// A day by which it is to be done.
    Due,
    /// What it waits for: a day, `user`, or `later`.
    Wait,
    /// `yes`: known to nobody but its people and staff.
    Private,
}

impl Field {
    /// Every field, in the order in which letters and lists show them.
    pub const ALL: [Field; 9] = [
        Field::Title,
        Field::Priority,
        Field::Severity,
        Field::Type,
        Field::Component,
        Field::Milestone,
        Field::Due,
        Field::Wait,
        Field::Private,
    ];

    /// The word in the database, in letters and in `--json`.
    pub fn word(self) -> &'static str {
        match self {
            Field::Title => "title",
            Field::Priority => "priority",
            Field::Severity => "severity",
            Field::Type => "type",
            Field::Component => "component",
            Field::Milestone => "milestone",
            Field::Due => "due",
            Field::Wait => "wait",
            Field::Private => "private",
        }
    }
    /// The field of that word.
    pub fn of(word: &str) -> Option<Field> {
        Field::ALL.into_iter().find(|f| f.word() == word)
    }
}

/// What a ticket's fields hold; the title is not among them. A field that is not set is not in here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fields(BTreeMap<Field, String>);

impl Fields {
    pub fn get(&self, field: Field) -> Option<&str> {
        self.0.get(&field).map(String::as_str)
    }
    /// Sets a field, or empties it.
    pub fn set(&mut self, field: Field, value: Option<String>) {
        match value {
            Some(value) => self.0.insert(field, value),
            None => self.0.remove(&field),
        };
    }
    /// All that are set, in the order of [`Field::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Field, &str)> {
        self.0.iter().map(|(field, value)| (*field, value.as_str()))
    }
    /// The day by which it is to be done.
    pub fn due(&self) -> Option<Date> {
        self.get(Field::Due)?.parse().ok()
    }
    /// What it waits for.
    pub fn wait(&self) -> Option<Wait> {
        self.get(Field::Wait).map(Wait::of)
    }
    /// Whether only its people and staff may know of it.
    pub fn is_private(&self) -> bool {
        self.get(Field::Private).is_some()
    }
}

/// What a ticket waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Its requester's next mail ends it.
    User,
    /// That day ends it.
    Until(Date),
    /// Somebody has to end it.
    Later,
}

impl Wait {
    fn of(value: &str) -> Wait {
        match value.parse() {
            Ok(day) => Wait::Until(day),
            Err(_) if value == "user" => Wait::User,
            Err(_) => Wait::Later,
        }
    }
    /// Whether it still waits on that day.
    pub fn holds(self, today: Date) -> bool {
        match self {
            Wait::Until(day) => today < day,
            Wait::User | Wait::Later => true,
        }
    }
}

/// Which values a site allows, per field; where there are none every word is allowed. Priorities and severities go
/// from the least to the most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Values {
    pub priority: Vec<String>,
    pub severity: Vec<String>,
    pub kind: Vec<String>,
    pub component: Vec<String>,
    pub milestone: Vec<String>,
    /// New tickets are private.
    pub private: bool,
}

impl Default for Values {
    fn default() -> Values {
        let words = |all: &[&str]| all.iter().map(|w| (*w).to_owned()).collect();
        Values {
            priority: words(&["low", "normal", "high", "urgent"]),
            severity: words(&["minor", "normal", "serious", "blocking"]),
            kind: words(&["bug", "request", "question", "security"]),
            component: Vec::new(),
            milestone: Vec::new(),
            private: false,
        }
    }
}

impl Values {
    /// The values of a field; `None` for one that takes no list.
    pub fn of(&self, field: Field) -> Option<&[String]> {
        Some(match field {
            Field::Priority => &self.priority,
            Field::Severity => &self.severity,
            Field::Type => &self.kind,
            Field::Component => &self.component,
            Field::Milestone => &self.milestone,
            Field::Title | Field::Due | Field::Wait | Field::Private => return None,
        })
    }

    /// The value as the site spells it; `None` when the site does not have it.
    pub fn find(&self, field: Field, said: &str) -> Option<String> {
        let all = self.of(field)?;
        if all.is_empty() {
            return Some(said.chars().take(LONGEST).collect());
        }
        all.iter().find(|known| known.to_lowercase() == said.to_lowercase()).cloned()
    }

    /// How far up in its list a value stands, from 0 for one that is in no list to 1 for the last.
    pub fn rank(&self, field: Field, value: &str) -> f64 {
        let all = self.of(field).unwrap_or_default();
        let place = all.iter().position(|known| known == value).map_or(0, |at| at + 1);
        place as f64 / all.len().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_its_own_word() {
        for field in Field::ALL {
            assert_eq!(Field::of(field.word()), Some(field));
        }
        assert_eq!(Field::of("colour"), None);
    }

    #[test]
    fn a_site_allows_what_it_lists_and_everything_where_it_lists_nothing() {
        let values = Values::default();
        assert_eq!(values.find(Field::Priority, "HIGH"), Some("high".into()));
        assert_eq!(values.find(Field::Priority, "higher"), None);
        assert_eq!(values.find(Field::Component, "Mail"), Some("Mail".into()));
        assert_eq!(values.find(Field::Due, "2026-12-01"), None);
        assert!(values.rank(Field::Priority, "urgent") > values.rank(Field::Priority, "low"));
    }

    #[test]
    fn waiting_ends_with_its_day() {
        let day: Date = "2026-12-01".parse().unwrap();
        let mut fields = Fields::default();
        for (value, before, on) in [("2026-12-01", true, false), ("user", true, true), ("later", true, true)]
        {
            fields.set(Field::Wait, Some(value.into()));
            let wait = fields.wait().unwrap();
            assert_eq!((wait.holds(day.yesterday().unwrap()), wait.holds(day)), (before, on), "{value}");
        }
        fields.set(Field::Wait, None);
        assert_eq!(fields.wait(), None);
    }
}
