//! What a list of tickets can show of each.

use super::fields::Field;
use serde::{Deserialize, Serialize};

/// What a column shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Column {
    Number,
    Title,
    Owner,
    /// The time since the last change.
    Changed,
    Created,
    State,
    Requester,
    Keywords,
    Field(Field),
}

impl Column {
    /// Those that are shown when nobody says otherwise.
    pub const USUAL: [Column; 4] = [Column::Number, Column::Title, Column::Owner, Column::Changed];

    /// The word of every column.
    pub fn words() -> impl Iterator<Item = &'static str> {
        let own = ["number", "title", "owner", "changed", "created", "state", "requester", "keywords"];
        own.into_iter().chain(Field::ALL.into_iter().filter(|f| *f != Field::Title).map(Field::word))
    }

    /// The column of that word: a field's, or one of `number title owner changed created state requester keywords`.
    pub fn of(word: &str) -> Option<Column> {
        Some(match word {
            "number" => Column::Number,
            "title" => Column::Title,
            "owner" => Column::Owner,
            "changed" => Column::Changed,
            "created" => Column::Created,
            "state" => Column::State,
            "requester" => Column::Requester,
            "keywords" => Column::Keywords,
            _ => Column::Field(Field::of(word)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Column;

    #[test]
    fn every_word_is_a_column_of_its_own() {
        let all: Vec<Column> = Column::words().map(|word| Column::of(word).unwrap()).collect();
        assert_eq!(all.len(), 16);
        assert!(all.iter().enumerate().all(|(at, column)| !all[..at].contains(column)));
        assert_eq!(Column::of("colour"), None);
    }
}
