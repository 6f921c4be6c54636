//! Which values the fields of tickets have, whatever the site allows by now: counted, and the tickets that have one. Reads only.

use super::Tx;
use crate::fault::Outcome;
use crate::model::fields::Field;
use crate::model::ticket::Number;
use rusqlite::params;

/// A value, and the tickets that have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    pub value: String,
    pub open: u64,
    pub closed: u64,
}

impl Tx<'_> {
    /// Every value that tickets have of that field, by the alphabet; one that only unconfirmed tickets have counts 0.
    pub fn values_of(&self, field: Field) -> Outcome<Vec<Used>> {
        let mut rows = self.db.prepare_cached(
            "SELECT f.value, sum(t.state = 'open'), sum(t.state = 'closed')
             FROM field f JOIN ticket t ON t.number = f.ticket WHERE f.name = ?1 GROUP BY f.value ORDER BY f.value",
        )?;
        let found = rows.query_map([field.word()], |row| {
            Ok(Used { value: row.get(0)?, open: row.get(1)?, closed: row.get(2)? })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The first so many tickets, of whatever state, that have exactly that value.
    pub fn with_value(&self, field: Field, value: &str, most: usize) -> Outcome<Vec<Number>> {
        let mut rows = self.db.prepare_cached(
            "SELECT ticket FROM field WHERE name = ?1 AND value = ?2 ORDER BY ticket LIMIT ?3",
        )?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let found = rows.query_map(params![field.word(), value, most], |row| row.get(0).map(Number))?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}
