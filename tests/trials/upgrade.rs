//! B24: the program is killed at every statement of every step by which an older database is brought up to date. Whatever is
//! on the disk then is brought up to date by the next start, with all that was in it; and a database of a newer program is
//! refused and left as it is.

use crate::row::{Row, Trial};
use rusqlite::Connection;
use std::fs;
use std::path::Path;
use trackle::store::{FILE, Reader, Store};

/// The row. Its trials are all there are, whatever the tier.
pub const ROW: Row = Row {
    name: "B24",
    about: "an upgrade that is killed goes on at the next start",
    unit: "rounds over all statements",
    amounts: [1, 5, 20],
    trial: |trial| upgrades(trial, true),
    // each statement for itself, not all in one transaction
    control: |trial| upgrades(trial, false),
};

/// The steps as they lie in the source, in order.
fn steps() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/schema");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|path| path.file_name().unwrap().to_string_lossy().starts_with("00"));
    files.sort();
    files.into_iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// The statements of a step, each whole: a semicolon within a trigger ends none.
fn statements(step: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for line in step.lines() {
        let code = line.split("--").next().unwrap_or_default();
        let last = all.last_mut().unwrap();
        last.push_str(code);
        last.push('\n');
        let whole = code.trim_end().ends_with(';')
            && (!last.trim_start().starts_with("CREATE TRIGGER")
                || code.trim() == "END;"
                || code.trim_end().ends_with(" END;"));
        if whole {
            all.push(String::new());
        }
    }
    all.retain(|statement| !statement.trim().is_empty());
    all
}

fn upgrades(trial: &Trial<'_>, in_one: bool) -> Result<String, String> {
    let steps = steps();
    let mut kills = 0_u64;
    for _ in trial.seeds() {
        for from in 1..steps.len() {
            let statements = statements(&steps[from]);
            for kill in 0..=statements.len() {
                killed(&steps[..from], &statements[..kill], in_one)
                    .map_err(|what| format!("version {from}, killed after statement {kill}: {what}"))?;
                kills += 1;
            }
        }
        refused(steps.len())?;
        trial.step();
    }
    trial.tried(kills);
    Ok(format!("{kills} kills in {} steps, nothing lost; a newer database is refused", steps.len()))
}

/// A database of that version with a mail and its ticket in it, at which the next step is broken off.
fn killed(before: &[String], statements: &[String], in_one: bool) -> Result<(), String> {
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let db = Connection::open(dir.path().join(FILE)).unwrap();
    db.query_row("PRAGMA journal_mode=WAL", [], |_| Ok(())).unwrap();
    for (version, step) in before.iter().enumerate() {
        db.execute_batch(step).map_err(|e| e.to_string())?;
        if version == 0 {
            fill(&db);
        }
    }
    db.pragma_update(None, "application_id", 0x5472_6b6c).unwrap();
    db.pragma_update(None, "user_version", before.len() as i64).unwrap();
    if in_one {
        db.execute_batch("BEGIN IMMEDIATE").unwrap();
    }
    for statement in statements {
        db.execute_batch(statement).map_err(|e| format!("{e}: {statement}"))?;
    }
    // what lies on the disk now is what a kill leaves
    let after = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    for file in fs::read_dir(dir.path()).unwrap().map(Result::unwrap) {
        if !file.file_name().to_string_lossy().ends_with("-shm") {
            fs::copy(file.path(), after.path().join(file.file_name())).unwrap();
        }
    }
    drop(db);
    Store::open(after.path()).map_err(|fault| fault.doing)?;
    let kept = Connection::open(after.path().join(FILE)).unwrap();
    let count =
        |query: &str| kept.query_row(query, [], |row| row.get::<_, i64>(0)).map_err(|e| e.to_string());
    let found = [
        count("SELECT count(*) FROM intake")?,
        count("SELECT count(*) FROM ticket WHERE title = 'Smoke'")?,
        count("SELECT count(*) FROM entry WHERE text = 'It smokes.'")?,
        count("SELECT count(*) FROM outbox WHERE recipient = 'bob@x' AND state = 'waiting'")?,
    ];
    if found != [2, 1, 1, 1] {
        return Err(format!("of two mails, a ticket, a text and a letter there are {found:?}"));
    }
    Reader::open(after.path()).and_then(|reader| reader.check_form()).map_err(|fault| fault.doing)
}

fn fill(db: &Connection) {
    db.execute_batch(
        "INSERT INTO mailbox (name) VALUES ('m'); INSERT INTO raw (sha256, size, packed) VALUES (x'00', 1, x'00');
         INSERT INTO intake (mailbox, epoch, uid, raw, arrived, taken, state) VALUES (1, 0, 'a', 1, 0, 0, 'applied'),
           (1, 0, 'b', 1, 0, 0, 'ignored');
         INSERT INTO person (address, spelled, since) VALUES ('bob@x', 'bob@x', 0);
         INSERT INTO ticket (state, title, requester, created, changed) VALUES ('open', 'Smoke', 1, 0, 0);
         INSERT INTO event (at, actor, proof, line, what, detail, hash) VALUES (0, '', '', 0, 'opened', '{}', x'00');
         INSERT INTO entry (ticket, event, intake, author, at, text) VALUES (1, 1, 1, 1, 0, 'It smokes.');
         INSERT INTO outbox (event, kind, recipient, message_id, packed, queued, due)
           VALUES (1, 'help', 'bob@x', '<1@x>', x'00', 0, 0);",
    )
    .unwrap();
}

/// A database of the next version is refused, and not a byte of it changes.
fn refused(version: usize) -> Result<(), String> {
    let dir = tempfile::tempdir().unwrap();
    drop(Store::open(dir.path()).map_err(|fault| fault.doing)?);
    let path = dir.path().join(FILE);
    let db = Connection::open(&path).unwrap();
    db.pragma_update(None, "user_version", version as i64 + 1).unwrap();
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(db);
    let bytes = fs::read(&path).unwrap();
    match Store::open(dir.path()) {
        Ok(_) => Err("a newer database was opened".into()),
        Err(fault) if !fault.doing.contains("newer trackle") => Err(fault.doing),
        Err(_) if fs::read(&path).unwrap() != bytes => Err("a newer database was changed".into()),
        Err(_) => Ok(()),
    }
}
