//! What has to be so when the trouble is over: every mail has its one end, every owed letter left as it was owed, the books
//! are those of a run without trouble, and the program's own audit finds nothing. Reading only.

use super::Site;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeMap;
use std::fmt::Write;
use trackle::store::packing::unpack;
use trackle::store::{FILE, Reader};

/// Columns that differ from run to run: times, and what is made of them. Whether there is anything in them counts.
const TIMES: &[&str] = &[
    "at",
    "created",
    "changed",
    "arrived",
    "taken",
    "due",
    "tries",
    "hash",
    "since",
    "queued",
    "ended",
    "lease",
    "asked",
    "expires",
    "answered",
    "confirmed",
    "packed",
    "message_id",
    "said",
    "upto",
    "enrolled",
    "started",
    "until",
    "warned",
    "scored",
    "bucket",
    "print",
    "size",
    "sha256",
    "told",
    "mailbox",
];
/// Tables of SQLite's, and those that others are looked up by.
const DERIVED: &[&str] = &["sqlite_", "search", "titles", "word", "title_word", "session_search", "mailbox"];

/// The database, for reading. It has to be there.
pub fn database(site: &Site) -> Result<Connection, String> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let path = site.path("state").join(FILE);
    Connection::open_with_flags(path, flags).map_err(|e| format!("the database: {e}"))
}

/// What the negative controls do: what was left owed counts as sent.
pub fn forget_letters(site: &Site) -> Result<(), String> {
    let forget = "UPDATE outbox SET state = 'sent', ended = 1 WHERE state IN ('waiting','sending')";
    database(site)?.execute_batch(forget).map_err(|e| e.to_string())
}

/// How many mails and letters wait, in the mailbox or the database.
pub fn left_to_do(site: &Site) -> Result<u64, String> {
    let new = std::fs::read_dir(site.path("in/new")).map_or(0, |new| new.count() as u64);
    let query = "SELECT (SELECT count(*) FROM intake WHERE state IN ('new','reading'))
                      + (SELECT count(*) FROM outbox WHERE state IN ('waiting','sending'))";
    let known: u64 = database(site)?.query_row(query, [], |row| row.get(0)).map_err(|e| e.to_string())?;
    Ok(known + new)
}

/// Everything in the database but times, a row a line, in whatever order it came.
pub fn books(site: &Site) -> Result<String, String> {
    let db = database(site)?;
    let wrong = |e: rusqlite::Error| format!("reading the books: {e}");
    let mut tables =
        db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").map_err(wrong)?;
    let names: Vec<String> =
        tables.query_map([], |row| row.get(0)).and_then(Iterator::collect).map_err(wrong)?;
    let mut books = String::new();
    for name in names.iter().filter(|name| !DERIVED.iter().any(|other| name.starts_with(other))) {
        let mut rows = db.prepare(&format!("SELECT * FROM {name}")).map_err(wrong)?;
        let columns: Vec<String> = rows.column_names().map(str::to_owned).collect();
        let mut lines = Vec::new();
        let mut rows = rows.query([]).map_err(wrong)?;
        while let Some(row) = rows.next().map_err(wrong)? {
            let mut line = name.clone();
            for (at, column) in columns.iter().enumerate() {
                let value: Value = row.get(at).map_err(wrong)?;
                let hidden = TIMES.contains(&column.as_str()) && value != Value::Null;
                write!(line, " {column}={}", if hidden { "·".into() } else { format!("{value:?}") }).unwrap();
            }
            // how much was free is chance
            let end = if line.contains("disk_full") { line.find(" detail=") } else { None };
            line.truncate(end.unwrap_or(line.len()));
            lines.push(line);
        }
        // when a mailbox was looked at, first and last, and when staff were told of a full disk
        let times = ["looked:maildir:", "first:maildir:", "disk:told"];
        lines.retain(|line| !times.iter().any(|name| line.contains(name)));
        lines.sort();
        books += &(lines.join("\n") + "\n");
    }
    Ok(books)
}

/// Everything that has to hold. `windows`: how often the line may have broken between a letter and the note of it.
/// Gives how many letters came twice.
pub fn hold(site: &Site, calm: &str, windows: usize) -> Result<usize, String> {
    let books = books(site)?;
    if let Some((own, other)) = difference(&books, calm) {
        return Err(format!("{own} instead of {other}"));
    }
    let broken = Reader::open(&site.path("state"))
        .and_then(|reader| reader.audit(&mut |_, _, _| {}))
        .map_err(|fault| fault.doing)?
        .broken;
    if !broken.is_empty() {
        return Err(format!("laws are broken: {broken:?}"));
    }
    if left_to_do(site)? > 0 {
        return Err("something waits, or lies in the mailbox as if it were new".into());
    }
    letters(site, windows)
}

fn difference<'a>(own: &'a str, other: &'a str) -> Option<(&'a str, &'a str)> {
    if own == other {
        return None;
    }
    let missing = |these: &'a str, those: &str| these.lines().find(|line| !those.lines().any(|l| l == *line));
    Some((missing(own, other).unwrap_or("less"), missing(other, own).unwrap_or("nothing")))
}

/// Each letter that was sent left once at the least, as it was owed to the byte; nothing else left.
fn letters(site: &Site, windows: usize) -> Result<usize, String> {
    let db = database(site)?;
    let wrong = |e: rusqlite::Error| format!("reading the letters: {e}");
    let mut rows =
        db.prepare("SELECT recipient, kind, state, packed, message_id FROM outbox").map_err(wrong)?;
    let mut rows = rows.query([]).map_err(wrong)?;
    let mut taken: BTreeMap<(String, Vec<u8>), usize> = BTreeMap::new();
    for letter in site.sink.taken() {
        *taken.entry((letter.to, letter.bytes)).or_default() += 1;
    }
    let mut doubled = 0;
    while let Some(row) = rows.next().map_err(wrong)? {
        let (to, kind): (String, String) = (row.get(0).map_err(wrong)?, row.get(1).map_err(wrong)?);
        let (state, id): (String, String) = (row.get(2).map_err(wrong)?, row.get(4).map_err(wrong)?);
        let packed: Vec<u8> = row.get(3).map_err(wrong)?;
        let mut bytes = unpack(&packed, 1 << 24).map_err(|fault| fault.doing)?;
        if !bytes.ends_with(b"\r\n") {
            bytes.extend_from_slice(b"\r\n");
        }
        if !String::from_utf8_lossy(&bytes).contains(&id) {
            return Err(format!("{kind} to {to} does not carry its Message-ID {id}"));
        }
        match taken.remove(&(to.clone(), bytes)) {
            Some(copies) if matches!(state.as_str(), "sent" | "bounced") => doubled += copies - 1,
            // what was sent while the conversation was prepared did not go to this server
            None if state != "sent" || sent_before(site, &id) => {}
            Some(_) => return Err(format!("{kind} to {to} left and is {state}")),
            None => return Err(format!("{kind} to {to} never left")),
        }
    }
    if let Some(((to, _), _)) = taken.first_key_value() {
        return Err(format!("a letter to {to} left that nobody owed so"));
    }
    if doubled > windows {
        return Err(format!("{doubled} letters left twice in {windows} windows"));
    }
    Ok(doubled)
}

/// Whether a letter had left before the trial began.
fn sent_before(site: &Site, id: &str) -> bool {
    std::fs::read_to_string(site.path("left")).unwrap_or_default().lines().any(|line| line == id)
}
