//! Looking for something in all that lies below a directory: in the bytes of every file, also those that a database does not
//! use any more and its log; in all that is packed anywhere in them; in what mails hold, however it is encoded; and in the
//! rows and the words of the indexes of a database.

use flate2::read::ZlibDecoder;
use regex::bytes::Regex;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use trackle::store::FILE;

/// The most that anything packed is unpacked to.
const UNPACKED: u64 = 2_000_000;
/// The indexes, and what is asked for their words.
const INDEXES: [&str; 3] = ["search", "session_search", "titles"];

/// Every file below a directory.
pub fn files(below: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(below).into_iter().flatten().flatten();
    entries.map(|e| e.path()).flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Where it stands.
pub fn found(below: &Path, wanted: &Regex) -> Result<Vec<String>, String> {
    let mut places = Vec::new();
    for file in files(below) {
        let bytes = fs::read(&file).map_err(|e| e.to_string())?;
        places.extend(within(&bytes, wanted).map(|at| format!("{}, {at}", file.display())));
        if file.file_name().is_some_and(|name| name == FILE) {
            places.extend(in_tables(&file, wanted).map_err(|e| e.to_string())?);
        }
    }
    Ok(places)
}

/// Whether bytes have it, as they are, as a mail, or in something packed that begins anywhere in them.
pub fn within(bytes: &[u8], wanted: &Regex) -> Option<String> {
    if let Some(at) = wanted.find(bytes) {
        return Some(format!("byte {}", at.start()));
    }
    if in_mail(bytes, wanted) {
        return Some("encoded in a mail".into());
    }
    // the head of a zlib stream (RFC 1950 2.2) is divisible by 31
    let heads = bytes.windows(2).enumerate().filter(|(_, head)| {
        head[0] == 0x78 && (u16::from(head[0]) * 256 + u16::from(head[1])).is_multiple_of(31)
    });
    heads.map(|(at, _)| at).find_map(|at| {
        let mut unpacked = Vec::new();
        // as far as it goes: a page of the database may end in the middle of it
        let _ = ZlibDecoder::new(&bytes[at..]).take(UNPACKED).read_to_end(&mut unpacked);
        (wanted.is_match(&unpacked) || in_mail(&unpacked, wanted)).then(|| format!("packed at byte {at}"))
    })
}

fn in_mail(bytes: &[u8], wanted: &Regex) -> bool {
    let starts = |words: &[u8]| bytes.starts_with(words);
    if ![&b"Return-Path:"[..], b"From:", b"Received:", b"Date:", b"To:", b"Message-ID:"]
        .into_iter()
        .any(starts)
    {
        return false;
    }
    let Ok(mail) = trackle::read::mail(bytes) else { return false };
    wanted.is_match(mail.text.as_bytes())
        || wanted.is_match(mail.subject.as_bytes())
        || mail.attachments.iter().any(|file| wanted.is_match(&file.bytes))
}

/// The same, asked of the database: what is longer than a page, and the words of its indexes.
fn in_tables(file: &Path, wanted: &Regex) -> rusqlite::Result<Vec<String>> {
    let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let query = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'";
    let mut tables: Vec<String> =
        db.prepare(query)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for index in INDEXES {
        db.execute_batch(&format!(
            "CREATE VIRTUAL TABLE temp.words_of_{index} USING fts5vocab(main, '{index}', 'row')"
        ))?;
        tables.push(format!("temp.words_of_{index}"));
    }
    let mut places = Vec::new();
    for table in tables {
        let mut rows = db.prepare(&format!("SELECT * FROM {table}"))?;
        let names: Vec<String> = rows.column_names().map(str::to_owned).collect();
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            for (at, name) in names.iter().enumerate() {
                if let ValueRef::Text(bytes) | ValueRef::Blob(bytes) = row.get_ref(at)?
                    && within(bytes, wanted).is_some()
                {
                    let kind = if table == "outbox" { row.get::<_, String>("kind")? } else { String::new() };
                    places.push(format!("{table}.{name} {kind}").trim_end().to_owned());
                }
            }
        }
    }
    Ok(places)
}
