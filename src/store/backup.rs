//! A copy of everything in one file, and the way back. The file is a database like the working one, made by SQLite from
//! one moment of it while the daemon goes on (`VACUUM INTO`, never a copy of the file, which could be of two moments), with
//! a stamp and the robot's keys among its settings: whoever has it can read all mail and forge confirmations.
//!
//! A restored database starts with its owed letters held: most of them were sent after the backup was made. What is in a
//! backup is never changed, and what a restore takes the place of is put aside, not thrown away.

use super::events::Cause;
use super::{FILE, LOCK, Tx, check_pages, lock, open_existing, schema, settle, size};
use crate::fault::{Fault, Outcome};
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior, params};
use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// What the names of backups end with, unless somebody chose another.
pub const ENDING: &str = "backup";
/// Names of the settings that only a backup has begin so.
const STAMP: &str = "backup:";
/// What SQLite puts beside a database.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// When, where and by what a backup was made, and the keys that belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Seconds since 1970.
    pub made: i64,
    /// The program's version.
    pub program: String,
    /// The machine's name.
    pub host: String,
    /// The key file, one key a line, the newest first.
    pub keys: String,
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    pub stamp: Stamp,
    pub tickets: u64,
    pub mails: u64,
    /// Letters that were still owed.
    pub owed: u64,
    /// Hosts that were believed then.
    pub hosts: u64,
    pub bytes: u64,
}

/// What a restore did.
#[derive(Debug)]
pub struct Restored {
    pub backup: Backup,
    /// Letters that wait for a sysadmin's word.
    pub held: u64,
    /// Where the database is that was there before.
    pub aside: Option<PathBuf>,
}

/// Writes a backup of the database below `state` to `to`, readable for nobody else, and reads it through once.
///
/// # Errors
/// When there is no database, when `to` exists or cannot be written, when what was written is not sound.
pub fn write(state: &Path, to: &Path, stamp: &Stamp) -> Outcome<Backup> {
    if to.symlink_metadata().is_ok() {
        return Err(Fault::lasting(format!("{} is there already: name another file", to.display())));
    }
    let db = open_existing(state)?;
    settle(&db)?;
    schema::check_version(&db)?;
    let part = beside(to, ".part");
    let written = fill(&db, &part, stamp).and_then(|()| {
        let backup = look(&part)?;
        fs::hard_link(&part, to).map_err(|e| naming(to, &e))?;
        Ok(backup)
    });
    let _ = fs::remove_file(&part);
    let written = written.map_err(|fault| fault.while_(&format!("writing the backup {}", to.display())))?;
    sync_directory(to)?;
    Ok(written)
}

fn fill(db: &Connection, part: &Path, stamp: &Stamp) -> Outcome<()> {
    let _ = fs::remove_file(part);
    // for nobody else to read from its first byte on
    OpenOptions::new().create_new(true).write(true).mode(0o600).open(part).map_err(|e| naming(part, &e))?;
    let name = part.to_str().ok_or_else(|| Fault::lasting("its name is no text"))?;
    db.execute("VACUUM INTO ?1", [name])?;
    let copy = Connection::open_with_flags(part, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // a backup is one file and stays one
    copy.query_row("PRAGMA journal_mode=DELETE", [], |_| Ok(()))?;
    for (name, value) in [
        ("made", stamp.made.to_string().as_str()),
        ("program", &stamp.program),
        ("host", &stamp.host),
        ("keys", &stamp.keys),
    ] {
        copy.execute(
            "INSERT INTO setting (name, value) VALUES (?1, ?2)",
            params![format!("{STAMP}{name}"), value],
        )?;
    }
    copy.close().map_err(|(_, e)| Fault::from(e))?;
    File::open(part).and_then(|file| file.sync_all()).map_err(|e| naming(part, &e))
}

/// Reads a backup through and tells what is in it.
///
/// # Errors
/// When it is none, is damaged, or was made by a newer program.
pub fn look(file: &Path) -> Outcome<Backup> {
    let wrong = |fault: Fault| fault.while_(&format!("the backup {}", file.display()));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(file, flags).map_err(|e| wrong(e.into()))?;
    inside(&db).map_err(wrong)
}

fn inside(db: &Connection) -> Outcome<Backup> {
    db.execute_batch("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;")?;
    schema::check_known(db)?;
    let setting = |name: &str| -> Outcome<Option<String>> {
        let query = "SELECT value FROM setting WHERE name = ?1";
        Ok(db.query_row(query, [format!("{STAMP}{name}")], |row| row.get(0)).optional()?)
    };
    let made = setting("made")?.and_then(|made| made.parse().ok());
    let Some(made) = made else {
        return Err(Fault::lasting("it is a database, but no backup: make one with `trackle backup`"));
    };
    let found: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if found != "ok" {
        return Err(Fault::lasting(format!("it is damaged: {found}")));
    }
    let count = |query: &str| -> Outcome<u64> { Ok(db.query_row(query, [], |row| row.get(0))?) };
    Ok(Backup {
        stamp: Stamp {
            made,
            program: setting("program")?.unwrap_or_default(),
            host: setting("host")?.unwrap_or_default(),
            keys: setting("keys")?.unwrap_or_default(),
        },
        tickets: count("SELECT count(*) FROM ticket")?,
        mails: count("SELECT count(*) FROM intake")?,
        owed: count("SELECT count(*) FROM outbox WHERE state IN ('waiting','sending')")?,
        // an older program's has none
        hosts: count("SELECT count(*) FROM host WHERE revoked IS NULL").unwrap_or(0),
        bytes: size(db)?,
    })
}

/// Whether a backup has the record of the session with that id, as it was when the backup was made.
///
/// # Errors
/// When it is none of ours or cannot be read.
pub fn holds_session(file: &Path, id: &str) -> Outcome<bool> {
    let wrong = |fault: Fault| fault.while_(&format!("the backup {}", file.display()));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let look = || -> Outcome<bool> {
        let db = Connection::open_with_flags(file, flags)?;
        db.execute_batch("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;")?;
        schema::check_known(&db)?;
        // older ones know of no sessions
        let known = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'session'";
        if db.query_row(known, [], |row| row.get::<_, u64>(0))? == 0 {
            return Ok(false);
        }
        Ok(db.query_row("SELECT count(*) FROM session WHERE id = ?1", [id], |row| row.get::<_, u64>(0))? > 0)
    };
    look().map_err(wrong)
}

/// How a restore is done.
#[derive(Debug, Clone, Copy)]
pub struct How<'a> {
    /// Letters that were owed go out, also those that were sent since.
    pub release: bool,
    /// A database that is there is put aside, under its name with this behind it.
    pub aside: Option<&'a str>,
}

/// Makes the backup the database below `state`. What has to be so when it is the database, `ready` does, with what the
/// backup knows: a kill before the last step leaves the old database, and all of it can be done again.
///
/// # Errors
/// When the backup is not sound, when a daemon works on `state`, when a database is there and may not be put aside; then
/// nothing has happened. Those of `ready`; then the old database is still there.
pub fn restore(
    file: &Path,
    state: &Path,
    how: How<'_>,
    cause: &Cause,
    ready: impl FnOnce(&Tx<'_>) -> Outcome<()>,
) -> Outcome<Restored> {
    let backup = look(file)?;
    fs::create_dir_all(state).map_err(|e| Fault::passing(format!("making {}: {e}", state.display())))?;
    let _lock = lock(&state.join(LOCK))?;
    let path = state.join(FILE);
    let there = path.symlink_metadata().is_ok();
    if there && how.aside.is_none() {
        return Err(Fault::lasting(format!(
            "there is a database in {} already: --replace puts it aside and takes the backup instead",
            state.display()
        )));
    }
    let part = beside(&path, ".restoring");
    let held = unpack(file, &part, how.release, cause).and_then(|held| {
        let copy = Connection::open_with_flags(&part, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        ready(&Tx { db: &copy }).map(|()| held)
    });
    let held = held.map_err(|fault| {
        let _ = fs::remove_file(&part);
        fault.while_(&format!("restoring {}", file.display()))
    })?;
    let aside = how.aside.filter(|_| there).map(|name| put_aside(&path, name)).transpose()?;
    fs::rename(&part, &path).map_err(|e| naming(&path, &e))?;
    sync_directory(&path)?;
    Ok(Restored { backup, held, aside })
}

/// Copies the backup, brings it up to date, takes the stamp out, and holds what it owes.
fn unpack(file: &Path, part: &Path, release: bool, cause: &Cause) -> Outcome<u64> {
    for beside_it in BESIDE {
        let _ = fs::remove_file(beside(part, beside_it));
    }
    let mut to = OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(part)
        .map_err(|e| naming(part, &e))?;
    File::open(file).and_then(|mut from| std::io::copy(&mut from, &mut to)).map_err(|e| naming(part, &e))?;
    drop(to);
    let mut db = Connection::open_with_flags(part, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // one file until it has its name
    db.query_row("PRAGMA journal_mode=DELETE", [], |_| Ok(()))?;
    db.execute_batch("PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF;")?;
    schema::migrate(&mut db)?;
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let held = if release { 0 } else { hold(&tx)? };
    let made: i64 = tx.query_row(
        "SELECT CAST(value AS INTEGER) FROM setting WHERE name = ?1",
        [format!("{STAMP}made")],
        |row| row.get(0),
    )?;
    tx.execute("DELETE FROM setting WHERE substr(name, 1, ?1) = ?2", params![STAMP.len() as i64, STAMP])?;
    let detail = serde_json::json!({ "backup": made, "held": held }).to_string();
    Tx { db: &tx }.add_raw_event(cause, None, 0, "restored", &detail)?;
    tx.commit()?;
    check_pages(&db)?;
    db.close().map_err(|(_, e)| Fault::from(e))?;
    File::open(part).and_then(|file| file.sync_all()).map_err(|e| naming(part, &e))?;
    Ok(held)
}

/// Letters that the backup still owed wait for a sysadmin's word.
fn hold(db: &Connection) -> Outcome<u64> {
    let held = db.execute(
        "UPDATE outbox SET state = 'held', lease = 0, said = 'owed when the backup was made, and perhaps sent since'
         WHERE state IN ('waiting','sending')",
        [],
    )?;
    Ok(held as u64)
}

/// Gives the database and what SQLite put beside it another name. Its log goes first: beside another database it would be
/// taken for that one's.
fn put_aside(path: &Path, name: &str) -> Outcome<PathBuf> {
    let aside = beside(path, name);
    if aside.symlink_metadata().is_ok() {
        return Err(Fault::lasting(format!("{} is there already", aside.display())));
    }
    // a database that can still do so takes its log into itself: then a kill between here and the new name loses nothing
    let folded = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .and_then(|old| old.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())));
    if let Err(e) = folded {
        tracing::warn!("the database that is put aside keeps its log beside it: {e}");
    }
    fs::hard_link(path, &aside).map_err(|e| naming(&aside, &e))?;
    for ending in BESIDE {
        match fs::rename(beside(path, ending), beside(&aside, ending)) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(naming(&aside, &e)),
            _ => {}
        }
    }
    Ok(aside)
}

/// A file of the same name with something behind it.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn naming(path: &Path, e: &std::io::Error) -> Fault {
    Fault::passing(format!("{}: {e}", path.display()))
}

fn sync_directory(of: &Path) -> Outcome<()> {
    let dir = of.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(|e| naming(dir, &e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::address::Address;
    use crate::model::letter::Frozen;
    use crate::model::mail::MessageId;
    use crate::store::spool::Parcelled;
    use crate::store::{Reader, Store};
    use jiff::Timestamp;
    use std::os::unix::fs::PermissionsExt;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;
    const PLAIN: How<'_> = How { release: false, aside: None };

    fn stamp() -> Stamp {
        Stamp {
            made: 7,
            program: "0.1.0".into(),
            host: "mail".into(),
            keys: format!("{}\n", "ab".repeat(32)),
        }
    }

    fn cause() -> Cause {
        Cause { actor: "console, uid 0".into(), proof: "console".into(), intake: None, now: NOW }
    }

    /// A database with one mail and one letter owed.
    fn state() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let letter = Frozen {
            event: 1,
            kind: "help",
            to: Address::parse("bob@example.org").unwrap(),
            envelope_from: None,
            message_id: MessageId::parse("<1@example.org>").unwrap(),
            bytes: b"A letter\r\n".to_vec(),
            not_before: None,
        };
        store
            .transact(|tx| {
                tx.keep(tx.mailbox("x")?, &Parcelled::new("1".into(), b"A mail", None, false), NOW)?;
                tx.owe(&letter, NOW)
            })
            .unwrap();
        dir
    }

    #[test]
    fn what_was_there_comes_back_and_its_letters_wait_for_a_word() {
        let (from, to) = (state(), tempfile::tempdir().unwrap());
        let file = from.path().join("b.trackle");
        let backup = write(from.path(), &file, &stamp()).unwrap();
        assert_eq!((backup.mails, backup.owed, backup.stamp.clone()), (1, 1, stamp()));
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let restored = restore(&file, to.path(), PLAIN, &cause(), |_| Ok(())).unwrap();
        assert_eq!((restored.held, restored.backup, restored.aside), (1, backup, None));
        let mut store = Store::open(to.path()).unwrap();
        assert_eq!(store.waiting_letters().unwrap(), 0);
        let reader = Reader::open(to.path()).unwrap();
        assert_eq!(reader.health(NOW).unwrap().letters_held, 1);
        assert_eq!(reader.raw_of(1).unwrap(), b"A mail");
        let keys: i64 = reader
            .db
            .query_row("SELECT count(*) FROM setting WHERE name LIKE 'backup:%'", [], |r| r.get(0))
            .unwrap();
        assert_eq!(keys, 0, "the keys stay out of the working database");
        store.transact(|tx| tx.release_held(&[1], &cause())).unwrap();
        assert_eq!(store.waiting_letters().unwrap(), 1);
    }

    #[test]
    fn nothing_is_replaced_unasked_and_nothing_is_thrown_away() {
        let (from, to) = (state(), state());
        let file = from.path().join("b.trackle");
        write(from.path(), &file, &stamp()).unwrap();
        assert!(write(from.path(), &file, &stamp()).unwrap_err().doing.contains("is there already"));
        let refused = restore(&file, to.path(), PLAIN, &cause(), |_| Ok(())).unwrap_err();
        assert!(refused.doing.contains("--replace"), "{refused}");
        let busy = Store::open(to.path()).unwrap();
        let how = How { aside: Some(".before"), release: true };
        assert!(
            restore(&file, to.path(), how, &cause(), |_| Ok(()))
                .unwrap_err()
                .doing
                .contains("another trackle")
        );
        drop(busy);
        let restored = restore(&file, to.path(), how, &cause(), |_| Ok(())).unwrap();
        assert_eq!((restored.held, restored.aside), (0, Some(to.path().join("trackle.db.before"))));
        assert!(to.path().join("trackle.db.before").exists());
        assert_eq!(Store::open(to.path()).unwrap().waiting_letters().unwrap(), 1);
    }

    #[test]
    fn what_cannot_be_made_ready_leaves_the_old_database() {
        let (from, to) = (state(), state());
        let file = from.path().join("b.trackle");
        write(from.path(), &file, &stamp()).unwrap();
        let old = fs::read(to.path().join(FILE)).unwrap();
        let how = How { aside: Some(".before"), release: false };
        let failed = restore(&file, to.path(), how, &cause(), |_| Err(Fault::passing("a full disk")));
        assert!(failed.unwrap_err().doing.contains("a full disk"));
        assert_eq!(fs::read(to.path().join(FILE)).unwrap(), old);
        assert!(
            !to.path().join("trackle.db.before").exists() && !to.path().join("trackle.db.restoring").exists()
        );
    }

    #[test]
    fn what_is_no_sound_backup_is_refused() {
        let (from, to) = (state(), tempfile::tempdir().unwrap());
        let file = from.path().join("b.trackle");
        write(from.path(), &file, &stamp()).unwrap();
        let refused = |file: &Path| restore(file, to.path(), PLAIN, &cause(), |_| Ok(())).unwrap_err().doing;
        assert!(refused(&from.path().join(FILE)).contains("no backup"));
        fs::write(from.path().join("text"), "not at all").unwrap();
        assert!(refused(&from.path().join("text")).contains("not a database"));
        assert!(refused(&from.path().join("missing")).contains("unable to open"));
        let whole = fs::read(&file).unwrap();
        fs::write(from.path().join("half"), &whole[..whole.len() / 2]).unwrap();
        assert!(!refused(&from.path().join("half")).is_empty());
        assert!(!to.path().join(FILE).exists());
    }
}
