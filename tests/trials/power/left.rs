//! What a power cut left on the disk: mails that are kept, ends that are noted, letters that are owed.

use rusqlite::{Connection, OpenFlags};
use std::collections::HashSet;
use std::fs;
use std::path::Path;
use trackle::store::FILE;
use trackle::store::packing::unpack;

/// What is there.
pub struct Left {
    /// Numbers of the mails that are kept.
    pub mails: HashSet<usize>,
    /// Names of those of the mailbox that came to their end.
    pub ended: HashSet<String>,
    pub letters: HashSet<Vec<u8>>,
}

impl Left {
    /// In a state directory, and in the folder of mails that were delivered and not taken in yet.
    pub fn read(state: &Path, spool: &Path) -> Result<Left, String> {
        let db = open(state)?;
        let sized = |row: &rusqlite::Row<'_>| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?));
        let mails = rows(&db, "SELECT packed, size FROM raw", sized)?;
        let mails = mails.into_iter().filter_map(|(packed, size)| unpack(&packed, size as usize).ok());
        let waiting = fs::read_dir(spool).into_iter().flatten().flatten();
        let waiting = waiting.filter_map(|file| fs::read(file.path()).ok());
        let done = "SELECT uid FROM intake WHERE state NOT IN ('new','reading')";
        let letters = rows(&db, "SELECT packed FROM outbox", |row| row.get::<_, Vec<u8>>(0))?;
        Ok(Left {
            mails: mails.chain(waiting).filter_map(|bytes| number(&bytes)).collect(),
            ended: rows(&db, done, |row| row.get(0))?.into_iter().collect(),
            letters: letters.into_iter().filter_map(|packed| unpack(&packed, 1 << 20).ok()).collect(),
        })
    }
}

/// The database below that directory.
pub fn open(state: &Path) -> Result<Connection, String> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    Connection::open_with_flags(state.join(FILE), flags).map_err(|e| format!("opening what is left: {e}"))
}

/// All that a query finds.
pub fn rows<T>(
    db: &Connection,
    query: &str,
    one: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, String> {
    let mut query = db.prepare(query).map_err(|e| e.to_string())?;
    let found = query.query_map([], one).and_then(Iterator::collect);
    found.map_err(|e| e.to_string())
}

/// The number of a mail.
fn number(bytes: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(bytes);
    text.lines().find_map(|line| line.strip_prefix("Subject: Cut ")?.trim().parse().ok())
}
