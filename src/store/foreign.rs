//! Another program's SQLite database, looked at and never written to: rows of tables as text. What its schema says is not
//! trusted: only plain tables are read, no view and no trigger of it runs.

use crate::fault::{Fault, Outcome};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row};
use std::collections::BTreeMap;
use std::path::Path;

/// A row as text: values by the names of their columns.
pub type Cells = BTreeMap<String, String>;

/// The rows of these tables, in their order; a table that is not there has none.
///
/// # Errors
/// When the file is no such database, or is damaged.
pub fn tables(file: &Path, names: &[&str]) -> Outcome<BTreeMap<String, Vec<Cells>>> {
    let wrong = |e: rusqlite::Error| Fault::lasting(format!("reading {}: {e}", file.display()));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(file, flags).map_err(wrong)?;
    db.execute_batch("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA query_only=ON;")
        .map_err(wrong)?;
    let mut tables = BTreeMap::new();
    for name in names {
        let plain = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?1 AND sql NOT LIKE '%VIRTUAL%'";
        let there: i64 = db.query_row(plain, [name], |row| row.get(0)).map_err(wrong)?;
        let rows = if there > 0 { rows(&db, name).map_err(wrong)? } else { Vec::new() };
        tables.insert((*name).to_owned(), rows);
    }
    Ok(tables)
}

fn rows(db: &Connection, table: &str) -> rusqlite::Result<Vec<Cells>> {
    // the name is one of ours
    let mut rows = db.prepare(&format!("SELECT * FROM \"{table}\" ORDER BY rowid"))?;
    let names: Vec<String> = rows.column_names().map(str::to_owned).collect();
    rows.query_map([], |row| cells(row, &names))?.collect()
}

fn cells(row: &Row<'_>, names: &[String]) -> rusqlite::Result<Cells> {
    let mut cells = Cells::new();
    for (at, name) in names.iter().enumerate() {
        let text = match row.get_ref(at)? {
            ValueRef::Null => continue,
            ValueRef::Integer(number) => number.to_string(),
            ValueRef::Real(number) => number.to_string(),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        };
        cells.insert(name.clone(), text);
    }
    Ok(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_read_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("trac.db");
        let db = Connection::open(&path).unwrap();
        db.execute_batch(
            "CREATE TABLE ticket (id INTEGER, summary TEXT); INSERT INTO ticket VALUES (1, 'Tea'), (2, NULL);
             CREATE VIEW ticket_change AS SELECT 1 AS ticket;",
        )
        .unwrap();
        let found = tables(&path, &["ticket", "ticket_change", "missing"]).unwrap();
        assert_eq!(found["ticket"][0]["summary"], "Tea");
        assert_eq!(
            (found["ticket"][1].len(), found["ticket_change"].len(), found["missing"].len()),
            (1, 0, 0)
        );
        std::fs::write(&path, "no database").unwrap();
        assert!(tables(&path, &["ticket"]).is_err());
        assert!(tables(&dir.path().join("none"), &["ticket"]).is_err());
        assert!(!dir.path().join("none").exists());
    }
}
