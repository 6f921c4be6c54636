//! Storing: SQLite, one writer, one mail one transaction. What comes in are decisions and frozen bytes, what goes out
//! are facts. Never decides, never writes a letter, never talks to a server.
//!
//! A power cut must not lose what was committed, so the journal is WAL with `synchronous=FULL`, and that is asserted
//! at every start: with NORMAL a mail could be marked done whose ticket was lost.

pub mod apply;
pub mod archive;
pub mod audit;
pub mod backup;
pub mod bring;
mod bundle;
mod changes;
pub mod digest;
pub mod erase;
pub mod events;
mod find;
pub mod foreign;
pub mod history;
pub mod hosts;
mod likely;
pub mod listing;
pub mod lists;
pub mod locks;
mod longer;
mod look_up;
mod masks;
pub mod outbox;
pub mod owed;
pub mod packing;
pub mod people;
pub mod proven;
pub mod quarantine;
pub mod reach;
pub mod reports;
pub mod roundup;
pub mod schema;
pub mod search;
pub mod sessions;
pub mod spool;
mod stopped;
pub mod suspect;
pub mod texts;
pub mod tickets;
pub mod ties;
pub mod values;
pub mod tokens;
mod wanted;

use crate::fault::{Fault, Outcome};
use crate::limits;
use jiff::{SignedDuration, Timestamp};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The database's name below the state directory.
pub const FILE: &str = "trackle.db";
/// The lock file's name below the state directory.
pub const LOCK: &str = "trackle.lock";
/// Bytes before each page in the write-ahead log.
const FRAME_HEAD: u64 = 24;
/// How often, and how long apart, the lock is tried for: `is_in_use` holds it for a moment.
const LOCK_TRIES: u32 = 5;
const LOCK_WAIT: Duration = Duration::from_millis(40);
/// Nothing that is tried again is put off for longer, by any rule of ours.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(2);

/// The one writer. Holds the lock file for as long as it lives.
pub struct Store {
    db: Connection,
    is_checked: bool,
    suspect: Arc<suspect::Suspect>,
    lock: File,
}

/// A transaction under way; every change of the database is a method of it.
pub struct Tx<'db> {
    pub(in crate::store) db: &'db Connection,
}

/// A read-only view for lists and screens; sees one consistent state per call.
pub struct Reader {
    pub(in crate::store) db: Connection,
}

/// A second writer beside a running daemon, for what a sysadmin does by hand: small transactions, then gone. Takes no
/// lock file. That is safe because SQLite lets one transaction write at a time (the other waits its turn), and because
/// the daemon keeps nothing in memory that such a transaction changes: it works on mails that are new or being read,
/// a guest on those that are set aside.
pub struct Guest {
    db: Connection,
}

impl Guest {
    /// Opens the database below `state`, which has to be of this program's version: a guest brings nothing up to date.
    ///
    /// # Errors
    /// When there is no database yet, or one of another version.
    pub fn open(state: &Path) -> Outcome<Guest> {
        let db = open_existing(state)?;
        settle(&db)?;
        schema::check_version(&db)?;
        Ok(Guest { db })
    }

    /// Runs `work` in one transaction, as [`Store::transact`] does.
    ///
    /// # Errors
    /// Those of the work; a passing one when a daemon keeps writing for longer than the patience of five seconds.
    pub fn transact<T>(&mut self, work: impl FnOnce(&Tx<'_>) -> Outcome<T>) -> Outcome<T> {
        transact(&mut self.db, work)
    }

    /// Runs `work` and takes everything back.
    ///
    /// # Errors
    /// Those of the work.
    pub fn rehearse<T>(&mut self, work: impl FnOnce(&Tx<'_>) -> Outcome<T>) -> Outcome<T> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = work(&Tx { db: &tx });
        tx.rollback()?;
        result
    }

    /// Empties the log beside the database, in which what was overwritten still stands. `false` when others were reading
    /// or writing all the time; then it is done some day, by whoever writes next.
    ///
    /// # Errors
    /// Those of the database.
    pub fn empty_log(&self) -> Outcome<bool> {
        let busy: i64 = self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        Ok(busy == 0)
    }
}

impl Store {
    /// Opens (or makes) the database below `state`, takes the lock, brings the schema up to date and asserts the
    /// settings that the promises rest on.
    ///
    /// # Errors
    /// When another daemon holds the lock, when the file was made by a newer version, when it is damaged.
    pub fn open(state: &Path) -> Outcome<Store> {
        std::fs::create_dir_all(state)
            .map_err(|e| Fault::passing(format!("making {}: {e}", state.display())))?;
        let lock = lock(&state.join(LOCK))?;
        let path = state.join(FILE);
        private(&path)?;
        let mut db = Connection::open(&path)
            .map_err(|e| Fault::from(e).while_(&format!("opening the database {}", path.display())))?;
        settle(&db)?;
        schema::migrate(&mut db)?;
        let is_checked = size(&db)? <= limits::CHECK_AT_START;
        if is_checked {
            check_pages(&db).map_err(|fault| fault.while_(&format!("the database {}", path.display())))?;
        }
        let suspect = Arc::new(suspect::Suspect::open(state)?);
        let mut store = Store { db, is_checked, lock, suspect };
        store.acquit_all_but_the_suspect()?;
        Ok(store)
    }

    /// Whether the form of the whole file was checked; of a large one a [`Reader`] does it beside the work.
    pub fn is_checked(&self) -> bool {
        self.is_checked
    }

    /// Runs `work` in one transaction: all of it is committed to disk, or none of it happened.
    pub fn transact<T>(&mut self, work: impl FnOnce(&Tx<'_>) -> Outcome<T>) -> Outcome<T> {
        transact(&mut self.db, work)
    }

    /// Runs `work` and takes everything back: for `explain`.
    pub fn rehearse<T>(&mut self, work: impl FnOnce(&Tx<'_>) -> Outcome<T>) -> Outcome<T> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = work(&Tx { db: &tx });
        tx.rollback()?;
        result
    }

    /// Bytes that are free for us on the disk of the database; `None` when the file system does not say.
    pub fn free_disk(&self) -> Option<u64> {
        let disk = rustix::fs::fstatvfs(&self.lock).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    /// Folds the write-ahead log back into the file, as far as nobody reads what was there before, and waits for nobody.
    /// Gives the bytes of the log that are in use: it begins anew only at a moment when nobody reads.
    pub fn tidy(&self) -> Outcome<u64> {
        let frames: i64 = self.db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1))?;
        let page: u64 = self.db.query_row("PRAGMA page_size", [], |row| row.get(0))?;
        Ok(u64::try_from(frames).unwrap_or(0) * (page + FRAME_HEAD))
    }
}

impl Tx<'_> {
    /// A part of the transaction that can be taken back alone: one mail among several that share a disk sync. Parts may
    /// stand within parts; one that fails or panics leaves nothing behind, and nothing of those within it.
    pub fn part<T>(&self, work: impl FnOnce(&Tx<'_>) -> Outcome<T>) -> Outcome<T> {
        self.db.prepare_cached("SAVEPOINT part")?.execute([])?;
        let mut part = Part { db: self.db, open: true };
        let result = work(&Tx { db: self.db })?;
        self.db.prepare_cached("RELEASE part")?.execute([])?;
        part.open = false;
        Ok(result)
    }
}

impl Tx<'_> {
    /// Whether SQLite gave the whole transaction up by itself (a full disk): then nothing more can be done in it.
    pub fn is_broken(&self) -> bool {
        self.db.is_autocommit()
    }
    /// Makes due what a clock that was ahead has put off: no mail or letter is tried again later than in two hours. What
    /// was never tried may wait for its time, unless it was written in the future too.
    pub fn mend_waits(&self, now: Timestamp) -> Outcome<()> {
        let far = seconds(now.saturating_add(LONGEST_WAIT).unwrap_or(now));
        self.db.execute("UPDATE intake SET due = 0 WHERE state = 'new' AND due > ?1", [far])?;
        self.db.execute(
            "UPDATE outbox SET due = 0
             WHERE state = 'waiting' AND due > ?1 AND (tries > 0 OR said != '' OR queued > ?2)",
            [far, seconds(now)],
        )?;
        Ok(())
    }
}

/// A part under way; taken back when it is dropped open, by an error or a panic.
struct Part<'db> {
    db: &'db Connection,
    open: bool,
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        // a full disk makes SQLite roll the whole transaction back by itself; then there is nothing left to undo
        if self.open
            && !self.db.is_autocommit()
            && self.db.execute_batch("ROLLBACK TO part; RELEASE part").is_err()
        {
            tracing::error!("a part of a transaction could not be taken back");
        }
    }
}

impl Reader {
    /// Opens the database below `state` for reading only.
    ///
    /// # Errors
    /// When there is no database yet, or one of another version.
    pub fn open(state: &Path) -> Outcome<Reader> {
        let db = open_existing(state)?;
        db.busy_timeout(Duration::from_secs(5))?;
        db.execute_batch("PRAGMA query_only=ON; PRAGMA trusted_schema=OFF;")?;
        schema::check_version(&db)?;
        Ok(Reader { db })
    }

    /// A copy of the database as it is at this moment, below another directory; does not disturb the writer.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn copy_to(&self, state: &Path) -> Outcome<()> {
        let path = state.join(FILE);
        let name = path.to_str().ok_or_else(|| Fault::lasting("the name of the copy is no text"))?;
        // SQLite takes the other file for a change, though nothing of this one is changed
        self.db.execute_batch("PRAGMA query_only=OFF")?;
        let copied = self.db.execute("VACUUM INTO ?1", [name]);
        self.db.execute_batch("PRAGMA query_only=ON")?;
        copied.map(drop).map_err(|e| Fault::from(e).while_("copying the database"))
    }

    /// Bytes of the database.
    pub fn size(&self) -> Outcome<u64> {
        size(&self.db)
    }

    /// Checks what can be checked without reading everything: the form of the file and its journal.
    ///
    /// # Errors
    /// When the file is damaged or not in the form that keeps mail safe.
    pub fn check_form(&self) -> Outcome<()> {
        check_pages(&self.db)?;
        let journal: String = self.db.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
        if journal != "wal" {
            return Err(Fault::lasting(format!(
                "its journal is {journal} where wal is wanted: start `trackle serve`"
            )));
        }
        Ok(())
    }
}

fn size(db: &Connection) -> Outcome<u64> {
    let pages = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
    Ok(db.query_row(pages, [], |row| row.get(0))?)
}

fn check_pages(db: &Connection) -> Outcome<()> {
    let found: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" {
        return Ok(());
    }
    Err(Fault::lasting(format!("it is damaged: {found}; restore a backup")))
}

fn transact<T>(db: &mut Connection, work: impl FnOnce(&Tx<'_>) -> Outcome<T>) -> Outcome<T> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let result = work(&Tx { db: &tx })?;
    tx.commit()?;
    Ok(result)
}

/// The database below `state`, not made when it is missing.
fn open_existing(state: &Path) -> Outcome<Connection> {
    let path = state.join(FILE);
    let there =
        path.try_exists().map_err(|e| Fault::passing(format!("looking for {}: {e}", path.display())))?;
    if !there {
        return Err(Fault::lasting(format!(
            "there is no database in {} yet: start `trackle serve` first",
            state.display()
        )));
    }
    // not READ_ONLY at the level of the file: a reader of a WAL database has to be able to make its index
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(&path, flags)
        .map_err(|e| Fault::from(e).while_(&format!("opening the database {}", path.display())))
}

/// Whether a daemon works on that state directory.
///
/// # Errors
/// When its lock file may not be looked at.
pub fn is_in_use(state: &Path) -> Outcome<bool> {
    let path = state.join(LOCK);
    let file = match OpenOptions::new().write(true).open(&path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(e) => return Err(Fault::passing(format!("looking at the lock {}: {e}", path.display()))),
    };
    match rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockShared) {
        Ok(()) => Ok(false),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(true),
        Err(e) => Err(Fault::passing(format!("looking at the lock {}: {e}", path.display()))),
    }
}

/// Makes the file for nobody else to read, wherever the directory came from; SQLite gives its log the same mode. Only
/// before SQLite opens it: closing a file drops this process's locks on it.
fn private(path: &Path) -> Outcome<()> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .map(drop)
        .map_err(|e| Fault::passing(format!("making the database {}: {e}", path.display())))
}

/// The pragmas of the one writer, read back where a wrong value would break a promise.
fn settle(db: &Connection) -> Outcome<()> {
    db.busy_timeout(Duration::from_secs(5))?;
    let journal: String = db.query_row("PRAGMA journal_mode=WAL", [], |row| row.get(0))?;
    db.execute_batch(
        "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;
         PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-8000;",
    )?;
    // what a long reader made of the log is given back when he is gone
    db.pragma_update(None, "journal_size_limit", limits::LOG_KEPT)?;
    db.set_prepared_statement_cache_capacity(256);
    // without it SQLite plans a statement anew whenever a value bound to it might make a partial index usable
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    let synchronous: i64 = db.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
    let foreign: i64 = db.query_row("PRAGMA foreign_keys", [], |row| row.get(0))?;
    if journal != "wal" || synchronous != 2 || foreign != 1 {
        return Err(Fault::lasting(format!(
            "the database refuses the settings that keep mail safe (journal {journal}, synchronous {synchronous}, \
             foreign keys {foreign}); is it on a network file system?"
        )));
    }
    Ok(())
}

fn lock(path: &PathBuf) -> Outcome<File> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)
        .map_err(|e| Fault::passing(format!("opening the lock {}: {e}", path.display())))?;
    let mut tries = 1;
    loop {
        match rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(file),
            Err(rustix::io::Errno::WOULDBLOCK) if tries < LOCK_TRIES => std::thread::sleep(LOCK_WAIT),
            Err(e) => {
                let what = "another trackle works on this state directory";
                return Err(Fault::passing(format!("{what} ({}: {e})", path.display())));
            }
        }
        tries += 1;
    }
}

/// Seconds as the database keeps them.
fn seconds(at: Timestamp) -> i64 {
    at.as_second()
}

/// A time from the database; what cannot be a time is the beginning of time.
fn time(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_panics_within_a_part_leaves_nothing_of_either() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let note =
            |tx: &Tx<'_>, name: &str| tx.db.execute("INSERT INTO setting VALUES (?1, '')", [name]).unwrap();
        let names = store.transact(|tx| {
            note(tx, "before");
            let work = || {
                tx.part(|outer| {
                    note(outer, "outer");
                    outer.part(|inner| -> Outcome<()> {
                        note(inner, "inner");
                        panic!("in the middle");
                    })
                })
            };
            assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err());
            assert!(
                tx.part(|part| -> Outcome<()> { Err(Fault::lasting(note(part, "failed").to_string())) })
                    .is_err()
            );
            tx.part(|part| Ok(note(part, "after")))?;
            let mut rows = tx.db.prepare("SELECT name FROM setting WHERE value = '' ORDER BY name")?;
            let names: Vec<String> = rows.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok(names)
        });
        assert_eq!(names.unwrap(), ["after", "before"]);
    }

    #[test]
    fn one_daemon_at_a_time_and_it_can_be_seen() {
        let dir = tempfile::tempdir().unwrap();
        assert!(!is_in_use(dir.path()).unwrap());
        assert!(std::fs::read_dir(dir.path()).unwrap().next().is_none());
        let store = Store::open(dir.path()).unwrap();
        assert!(is_in_use(dir.path()).unwrap());
        assert!(Store::open(dir.path()).is_err_and(|fault| fault.doing.contains("another trackle")));
        drop(store);
        assert!(!is_in_use(dir.path()).unwrap());
    }

    #[test]
    fn a_large_database_is_checked_beside_the_work() {
        use std::os::unix::fs::FileExt;
        let dir = tempfile::tempdir().unwrap();
        for large in [false, true] {
            assert!(Store::open(dir.path()).unwrap().is_checked());
            let db = Connection::open(dir.path().join(FILE)).unwrap();
            let mail = "INSERT INTO raw (sha256, size, packed) VALUES (x'00', 0, zeroblob(?1))";
            db.execute(mail, [if large { limits::CHECK_AT_START } else { 0 }]).unwrap();
            let page = |sql: &str| db.query_row(sql, [], |row| row.get::<_, u64>(0)).unwrap();
            let root = page("SELECT rootpage FROM sqlite_master WHERE name = 'named'");
            let bytes = page("PRAGMA page_size");
            db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
            drop(db);
            let file = OpenOptions::new().read(true).write(true).open(dir.path().join(FILE)).unwrap();
            let mut good = vec![0; bytes as usize];
            file.read_exact_at(&mut good, (root - 1) * bytes).unwrap();
            file.write_all_at(&[0xff; 64], (root - 1) * bytes).unwrap();
            let opened = Store::open(dir.path());
            if large {
                assert!(!opened.unwrap().is_checked());
                let reader = Reader::open(dir.path()).unwrap();
                assert!(reader.check_form().is_err_and(|fault| fault.doing.contains("damaged")));
            } else {
                assert!(opened.is_err_and(|fault| fault.doing.contains("damaged")));
            }
            file.write_all_at(&good, (root - 1) * bytes).unwrap();
            let db = Connection::open(dir.path().join(FILE)).unwrap();
            db.execute("DELETE FROM raw", []).unwrap();
        }
    }

    #[test]
    fn a_log_that_a_reader_made_grow_is_told_and_given_back() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let write = |store: &mut Store, bytes: u64| {
            let note = "INSERT INTO setting VALUES ('x', hex(randomblob(?1))) ON CONFLICT DO UPDATE SET value = excluded.value";
            store.transact(|tx| Ok(tx.db.execute(note, [bytes / 2])?)).unwrap();
        };
        let log = || std::fs::metadata(dir.path().join(format!("{FILE}-wal"))).unwrap().len();
        let reader = Reader::open(dir.path()).unwrap();
        reader.db.execute_batch("BEGIN; SELECT count(*) FROM setting").unwrap();
        for _ in 0..4 {
            write(&mut store, limits::LOG_KEPT);
        }
        let told = store.tidy().unwrap();
        assert!(told > 4 * limits::LOG_KEPT && log() >= told, "{told} of {}", log());
        reader.db.execute_batch("COMMIT").unwrap();
        store.tidy().unwrap();
        store.transact(|tx| tx.mailbox("x")).unwrap();
        assert!(store.tidy().unwrap() < limits::LOG_KEPT / 2);
        assert!(log() <= limits::LOG_KEPT, "{}", log());
    }

    #[test]
    fn readers_and_guests_make_no_database_and_a_copy_is_one() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Reader::open(dir.path()).is_err_and(|fault| fault.doing.contains("start `trackle serve`")));
        assert!(Guest::open(dir.path()).is_err());
        assert!(!dir.path().join(FILE).exists());
        let mut store = Store::open(dir.path()).unwrap();
        store.transact(|tx| tx.mailbox("x")).unwrap();
        let reader = Reader::open(dir.path()).unwrap();
        reader.check_form().unwrap();
        let copy = tempfile::tempdir().unwrap();
        reader.copy_to(copy.path()).unwrap();
        let mut copied = Store::open(copy.path()).unwrap();
        assert_eq!(copied.transact(|tx| tx.mailbox("x")).unwrap().mailbox, 1);
    }
}
