//! The schema's history: numbered steps, each in one transaction, each once. `schema/CURRENT.sql` is the result with
//! every table and column explained. A file made by a newer program is refused, never guessed at.

use crate::fault::{Fault, Outcome};
use rusqlite::{Connection, TransactionBehavior};

/// Step n brings version n to n + 1.
const STEPS: &[&str] = &[
    include_str!("schema/0001_first.sql"),
    include_str!("schema/0002_history.sql"),
    include_str!("schema/0003_search.sql"),
    include_str!("schema/0004_digest.sql"),
    include_str!("schema/0005_whole.sql"),
    include_str!("schema/0006_language.sql"),
    include_str!("schema/0007_lock.sql"),
    include_str!("schema/0008_word.sql"),
    include_str!("schema/0009_stopped.sql"),
    include_str!("schema/0010_sessions.sql"),
    include_str!("schema/0011_hosts.sql"),
    include_str!("schema/0012_outbox_held.sql"),
    include_str!("schema/0013_tokens.sql"),
    include_str!("schema/0014_erased.sql"),
];

/// Marks the file as ours (`PRAGMA application_id`): "Trkl".
const APPLICATION: i64 = 0x5472_6b6c;

/// Applies the steps that are missing.
///
/// # Errors
/// When the file belongs to another program or to a newer Trackle.
pub fn migrate(db: &mut Connection) -> Outcome<()> {
    let version = check(db)?;
    for (index, step) in STEPS.iter().enumerate().skip(version) {
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute_batch(step)
            .map_err(|e| Fault::from(e).while_(&format!("bringing the database to version {}", index + 1)))?;
        tx.pragma_update(None, "application_id", APPLICATION)?;
        tx.pragma_update(None, "user_version", index as i64 + 1)?;
        tx.commit()?;
    }
    Ok(())
}

/// For readers: the version must be exactly ours.
pub fn check_version(db: &Connection) -> Outcome<()> {
    match check(db)? {
        version if version == STEPS.len() => Ok(()),
        version => Err(Fault::lasting(format!(
            "the database has version {version}, this program knows {}; start the new `trackle serve` once",
            STEPS.len()
        ))),
    }
}

/// For what is to be brought up to date: ours, and not newer than this program.
///
/// # Errors
/// When it is another program's, or was made by a newer one.
pub fn check_known(db: &Connection) -> Outcome<()> {
    match check(db)? {
        0 => Err(Fault::lasting("that file is no database of trackle's")),
        _ => Ok(()),
    }
}

fn check(db: &Connection) -> Outcome<usize> {
    let version: usize = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let application: i64 = db.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let empty: bool = db.query_row("SELECT count(*) = 0 FROM sqlite_master", [], |row| row.get(0))?;
    if application != APPLICATION && !empty {
        return Err(Fault::lasting("that file is some other program's database"));
    }
    if version > STEPS.len() {
        return Err(Fault::lasting(format!(
            "the database was made by a newer trackle (version {version}, this program knows {}): \
             use the newer program, or restore the backup from before the change",
            STEPS.len()
        )));
    }
    Ok(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(db: &Connection) -> Vec<String> {
        let mut rows =
            db.prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").unwrap();
        let bare = |sql: String| {
            let lines = sql.lines().map(|l| l.split("--").next().unwrap_or("").to_owned());
            lines.collect::<String>().split_whitespace().collect::<String>()
        };
        rows.query_map([], |row| row.get::<_, String>(0)).unwrap().map(|sql| bare(sql.unwrap())).collect()
    }

    #[test]
    fn current_sql_is_what_the_steps_make() {
        let mut made = Connection::open_in_memory().unwrap();
        migrate(&mut made).unwrap();
        let written = Connection::open_in_memory().unwrap();
        written.execute_batch(include_str!("schema/CURRENT.sql")).unwrap();
        assert_eq!(shape(&made), shape(&written));
    }

    /// A database as the first version left it, with one mail that opened a ticket.
    fn first_version() -> Connection {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(STEPS[0]).unwrap();
        db.execute_batch(
            "INSERT INTO mailbox (name) VALUES ('m'); INSERT INTO raw (sha256, size, packed) VALUES (x'00', 1, x'00');
             INSERT INTO intake (mailbox, epoch, uid, raw, arrived, taken, state) VALUES (1, 0, 'a', 1, 0, 0, 'applied'),
               (1, 0, 'b', 1, 0, 0, 'ignored');
             INSERT INTO seen VALUES ('one@x', x'00', 1);
             INSERT INTO person (address, spelled, since) VALUES ('bob@x', 'bob@x', 0);
             INSERT INTO ticket (state, title, requester, created, changed) VALUES ('open', 'Drücker', 1, 0, 0);
             INSERT INTO event (at, actor, proof, line, what, detail, hash) VALUES (0, '', '', 0, 'opened', '{}', x'00');
             INSERT INTO entry (ticket, event, intake, author, at, text) VALUES (1, 1, 1, 1, 0, 'It smokes.');",
        )
        .unwrap();
        db.pragma_update(None, "application_id", APPLICATION).unwrap();
        db.pragma_update(None, "user_version", 1).unwrap();
        db
    }

    #[test]
    fn a_database_of_the_first_version_is_brought_along() {
        let mut db = first_version();
        assert!(check_version(&db).unwrap_err().doing.contains("version 1"));
        migrate(&mut db).unwrap();
        check_version(&db).unwrap();
        let ids: Vec<Option<String>> = db
            .prepare("SELECT message_id FROM intake ORDER BY id")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(ids, [Some("one@x".to_owned()), None]);
        let found = |word: &str| -> i64 {
            db.query_row("SELECT count(*) FROM search WHERE search MATCH ?1", [word], |row| row.get(0))
                .unwrap()
        };
        let titled = "SELECT count(*) FROM titles WHERE titles MATCH 'drucker'";
        assert_eq!(db.query_row(titled, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
        assert_eq!([found("drucker"), found("smokes"), found("fire")], [1, 1, 0]);
        let written = Connection::open_in_memory().unwrap();
        written.execute_batch(include_str!("schema/CURRENT.sql")).unwrap();
        assert_eq!(shape(&db), shape(&written));
    }

    #[test]
    fn a_file_of_the_first_version_keeps_what_is_in_it() {
        let mut db = Connection::open_in_memory().unwrap();
        db.execute_batch(STEPS[0]).unwrap();
        db.pragma_update(None, "application_id", APPLICATION).unwrap();
        db.pragma_update(None, "user_version", 1).unwrap();
        db.execute("INSERT INTO setting VALUES ('kept', 'yes')", []).unwrap();
        assert!(check_version(&db).unwrap_err().doing.contains("start the new `trackle serve` once"));
        migrate(&mut db).unwrap();
        check_version(&db).unwrap();
        let kept: String = db.query_row("SELECT value FROM setting", [], |row| row.get(0)).unwrap();
        let sent: i64 = db.query_row("SELECT count(*) FROM period_sent", [], |row| row.get(0)).unwrap();
        assert_eq!((kept.as_str(), sent), ("yes", 0));
    }

    #[test]
    fn questions_that_wait_survive_a_new_purpose() {
        let mut db = Connection::open_in_memory().unwrap();
        for step in &STEPS[..10] {
            db.execute_batch(step).unwrap();
        }
        db.execute_batch(
            "INSERT INTO mailbox (name) VALUES ('m'); INSERT INTO raw (sha256, size, packed) VALUES (x'00', 1, x'00');
             INSERT INTO intake (mailbox, epoch, uid, raw, arrived, taken, state) VALUES (1, 0, 'a', 1, 0, 0, 'held');
             INSERT INTO person (address, spelled, since) VALUES ('bob@x', 'bob@x', 0);
             INSERT INTO pending (id, purpose, person, intake, asked, expires, event, lines, bundle)
               VALUES (7, 'mail', 1, 1, 5, 6, 4, '{}', 9)",
        )
        .unwrap();
        db.pragma_update(None, "application_id", APPLICATION).unwrap();
        db.pragma_update(None, "user_version", 10).unwrap();
        db.pragma_update(None, "foreign_keys", true).unwrap();
        migrate(&mut db).unwrap();
        let row: (i64, String, i64, i64, String, i64) = db
            .query_row("SELECT id, purpose, expires, event, lines, bundle FROM pending", [], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
            })
            .unwrap();
        assert_eq!(row, (7, "mail".to_owned(), 6, 4, "{}".to_owned(), 9));
        db.execute(
            "INSERT INTO pending (purpose, person, intake, asked, expires) VALUES ('host', 1, 1, 0, 0)",
            [],
        )
        .unwrap();
        assert_eq!(db.last_insert_rowid(), 8);
    }

    #[test]
    fn steps_run_once_and_newer_or_foreign_files_are_refused() {
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db).unwrap();
        migrate(&mut db).unwrap();
        check_version(&db).unwrap();
        db.pragma_update(None, "user_version", 99).unwrap();
        assert!(migrate(&mut db).unwrap_err().doing.contains("newer"));
        let mut other = Connection::open_in_memory().unwrap();
        other.execute_batch("CREATE TABLE a(b)").unwrap();
        assert!(migrate(&mut other).unwrap_err().doing.contains("other program"));
    }
}
