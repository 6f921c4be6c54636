//! `[console]`: which columns the overview has.

use super::sheet::Sheet;
use crate::config::{Console, written};
use crate::model::column::Column;

/// Columns that one line may have.
const MOST: usize = 10;

pub(super) fn console(said: &written::Console, sheet: &mut Sheet) -> Console {
    let Some(said) = &said.columns else { return Console { columns: Column::USUAL.to_vec() } };
    let mut columns = Vec::new();
    for word in said.iter().take(MOST) {
        match Column::of(word.get_ref()) {
            Some(column) if columns.contains(&column) => {
                sheet.note(word, format!("{:?} stands there twice", word.get_ref()));
            }
            Some(column) => columns.push(column),
            None => {
                let all = Column::words().collect::<Vec<_>>().join(", ");
                sheet.note(word, format!("{:?} is no column; these are: {all}", word.get_ref()));
            }
        }
    }
    if columns.is_empty() {
        columns = Column::USUAL.to_vec();
    }
    Console { columns }
}
