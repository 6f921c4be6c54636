//! Raw mail: kept before anybody looks at it, counted as tried before anybody parses it, closed with exactly one end.
//! The states are in `schema/CURRENT.sql` at table intake.

use super::packing::{pack, unpack};
use super::{Store, Tx, seconds, time};
use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::model::decision::End;
use crate::model::mail::MessageId;
use crate::model::ticket::Number;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};

/// A mail as a mailbox handed it over, packed and named by its content; made outside the transaction.
pub struct Parcelled {
    pub uid: String,
    pub arrived: Option<Timestamp>,
    /// Only the head of a mail over the size limit: goes to quarantine at once.
    pub cut: bool,
    sha256: [u8; 32],
    size: usize,
    packed: Vec<u8>,
}

impl Parcelled {
    /// Packs a mail.
    pub fn new(uid: String, bytes: &[u8], arrived: Option<Timestamp>, cut: bool) -> Parcelled {
        Parcelled {
            uid,
            arrived,
            cut,
            sha256: Sha256::digest(bytes).into(),
            size: bytes.len(),
            packed: pack(bytes),
        }
    }
}

impl Parcelled {
    /// The SHA-256 of its bytes.
    pub(in crate::store) fn name(&self) -> &[u8; 32] {
        &self.sha256
    }
}

/// A raw mail as the database keeps it.
pub struct Packed {
    raw: i64,
    sha256: Vec<u8>,
    size: usize,
    packed: Vec<u8>,
}

impl Packed {
    /// Its bytes.
    ///
    /// # Errors
    /// When they no longer match their SHA-256.
    pub fn bytes(self) -> Outcome<Vec<u8>> {
        let bytes = unpack(&self.packed, self.size)?;
        if Sha256::digest(&bytes).as_slice() != self.sha256.as_slice() {
            return Err(Fault::lasting(format!("raw mail {} no longer matches its SHA-256", self.raw)));
        }
        Ok(bytes)
    }
}

/// What a listing says of a mail.
#[derive(Debug, Clone)]
pub struct Listed {
    pub uid: String,
    /// Bytes.
    pub size: Option<u64>,
    /// In the mailbox.
    pub arrived: Option<Timestamp>,
}

impl Listed {
    /// Whether it may be another mail than the one that is kept under its number: it came at another time, or is of quite
    /// another size. Some servers count line ends in another way than they send them, so sizes have some room.
    fn is_another(&self, arrived: i64, size: u64) -> bool {
        let moved = self.arrived.is_some_and(|time| seconds(time) != arrived);
        // of a mail over the limit only the beginning is kept
        let whole = size != limits::HEAD_BYTES as u64;
        moved || self.size.is_some_and(|listed| whole && listed.abs_diff(size) > size / 8 + 64)
    }
}

/// A mail that waits to be handled.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub intake: i64,
    pub raw: i64,
    pub tries: u32,
    pub size: u64,
}

/// How far a mailbox was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub mailbox: i64,
    pub epoch: i64,
    pub last: u64,
}

impl Store {
    /// A raw mail as it is kept.
    ///
    /// # Errors
    /// Those of the database.
    pub fn packed(&self, raw: i64) -> Outcome<Packed> {
        Tx { db: &self.db }.packed(raw)
    }
    /// Mails that are due, oldest first, at most `most`, and at most `limits::BATCH_BYTES` of them (but always one).
    /// Those that were being read when the program ended come first and alone, so that a mail that kills the program
    /// does not use up the tries of its neighbours.
    pub fn due(&self, now: Timestamp, most: usize) -> Outcome<Vec<Waiting>> {
        // two looks along the index: sorting all that waits, for each batch anew, would cost the square of a backlog
        let interrupted = self.waiting("reading", now, 1)?;
        if !interrupted.is_empty() {
            return Ok(interrupted);
        }
        let mut bytes = 0;
        let mut batch = self.waiting("new", now, most)?;
        let fits = batch.iter().take_while(|waiting| {
            bytes += waiting.size as usize;
            bytes <= limits::BATCH_BYTES
        });
        let many = fits.count().max(1);
        batch.truncate(many);
        Ok(batch)
    }

    fn waiting(&self, state: &'static str, now: Timestamp, most: usize) -> Outcome<Vec<Waiting>> {
        let mut rows = self.db.prepare_cached(
            "SELECT i.id, i.raw, i.tries, r.size FROM intake i JOIN raw r ON r.id = i.raw
             WHERE i.state = ?1 AND i.state IN ('new','reading') AND i.due <= ?2 ORDER BY i.due, i.id LIMIT ?3",
        )?;
        let found = rows.query_map(params![state, seconds(now), most as i64], |row| {
            Ok(Waiting { intake: row.get(0)?, raw: row.get(1)?, tries: row.get(2)?, size: row.get(3)? })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// When the next waiting mail is due, if any waits.
    pub fn next_due(&self) -> Outcome<Option<Timestamp>> {
        let at: Option<i64> =
            self.db.query_row("SELECT min(due) FROM intake WHERE state IN ('new','reading')", [], |row| {
                row.get(0)
            })?;
        Ok(at.map(time))
    }
    /// How many mails are in the database and not handled.
    pub fn put_off_mails(&self) -> Outcome<u64> {
        let waiting = "SELECT count(*) FROM intake WHERE state IN ('new','reading')";
        Ok(self.db.query_row(waiting, [], |row| row.get(0))?)
    }
    /// Which of these a mailbox has not shown us yet, in the same order. A number that we
    /// know with another time or size may be another mail's by now: the folder came back from a backup, and the numbers that had
    /// been given since were given again.
    pub fn unknown(&self, mailbox: i64, epoch: i64, mails: &[Listed]) -> Outcome<Vec<bool>> {
        let mut known = self.db.prepare_cached(
            "SELECT i.arrived, r.size, r.erased FROM intake i JOIN raw r ON r.id = i.raw
             WHERE i.mailbox = ?1 AND i.epoch = ?2 AND i.uid = ?3",
        )?;
        let mut is_unknown = |mail: &Listed| {
            let there = known
                .query_row(params![mailbox, epoch, mail.uid], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get::<_, bool>(2)?))
                })
                .optional()?;
            // of one in which somebody was erased the size tells nothing, and it must not come again
            Ok(there.is_none_or(|(arrived, size, erased)| !erased && mail.is_another(arrived, size)))
        };
        mails.iter().map(&mut is_unknown).collect()
    }
    /// Mails of a mailbox and epoch whose end is committed and that carry no mark yet.
    pub fn unmarked(&self, mailbox: i64, epoch: i64, most: usize) -> Outcome<Vec<(i64, String)>> {
        let mut rows = self.db.prepare_cached(
            "SELECT id, uid FROM intake WHERE mailbox = ?1 AND epoch = ?2 AND marked = 0
             AND state NOT IN ('new','reading') ORDER BY id LIMIT ?3",
        )?;
        let found =
            rows.query_map(params![mailbox, epoch, most as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// The row of a mailbox, made when it is new.
    pub fn mailbox(&self, name: &str) -> Outcome<Cursor> {
        self.db
            .prepare_cached("INSERT INTO mailbox (name) VALUES (?1) ON CONFLICT DO NOTHING")?
            .execute([name])?;
        let row =
            self.db.query_row("SELECT id, epoch, last FROM mailbox WHERE name = ?1", [name], |row| {
                Ok(Cursor { mailbox: row.get(0)?, epoch: row.get(1)?, last: row.get(2)? })
            })?;
        Ok(row)
    }

    /// Those of these mails that a mailbox has not shown us in its present epoch.
    pub fn unknown_to(&self, mailbox: &str, uids: Vec<String>) -> Outcome<Vec<String>> {
        let mut known = self.db.prepare_cached(
            "SELECT 1 FROM intake i JOIN mailbox m ON m.id = i.mailbox AND i.epoch = m.epoch
             WHERE m.name = ?1 AND i.uid = ?2",
        )?;
        let mut unknown = Vec::new();
        for uid in uids {
            if !known.exists(params![mailbox, uid])? {
                unknown.push(uid);
            }
        }
        Ok(unknown)
    }

    /// Notes how far a mailbox was read. A new epoch voids the old uids; whether a mail is known is then told by
    /// its bytes.
    pub fn move_cursor(&self, cursor: Cursor) -> Outcome<()> {
        self.db
            .prepare_cached("UPDATE mailbox SET epoch = ?2, last = ?3 WHERE id = ?1")?
            .execute(params![cursor.mailbox, cursor.epoch, cursor.last])?;
        Ok(())
    }

    /// Keeps a mail: the instant of acceptance, once the transaction commits. Keeping the same mail again changes nothing
    /// but its time of arrival; one that had its number before gives it up. Gives the intake number of a mail that is new.
    pub fn keep(&self, cursor: Cursor, mail: &Parcelled, now: Timestamp) -> Outcome<Option<i64>> {
        let added = self
            .db
            .prepare_cached(
                "INSERT INTO raw (sha256, size, packed) VALUES (?1, ?2, ?3) ON CONFLICT (sha256) DO NOTHING",
            )?
            .execute(params![mail.sha256, mail.size as i64, mail.packed])?;
        let raw: i64 = match added {
            0 => self
                .db
                .prepare_cached("SELECT id FROM raw WHERE sha256 = ?1")?
                .query_row([mail.sha256], |row| row.get(0))?,
            _ => self.db.last_insert_rowid(),
        };
        if self.is_there(cursor, mail, raw)? {
            return Ok(None);
        }
        let (state, why) = match mail.cut {
            // of a mail that is too large the beginning is fetched, which is always as long
            true if mail.size == limits::HEAD_BYTES => ("quarantined", "larger than the size limit"),
            true => ("quarantined", "the mail server does not give all of it, however often it is asked"),
            false => ("new", ""),
        };
        self.db
            .prepare_cached(
                "INSERT INTO intake (mailbox, epoch, uid, raw, arrived, taken, state, due, why)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8)",
            )?
            .execute(params![
                cursor.mailbox,
                cursor.epoch,
                mail.uid,
                raw,
                seconds(mail.arrived.unwrap_or(now)),
                seconds(now),
                state,
                why
            ])?;
        Ok(Some(self.db.last_insert_rowid()))
    }

    /// Whether a mail is there under its number. Another one there is no longer what the mailbox calls so: it keeps its
    /// row under a name that no mailbox gives, and needs no mark any more.
    fn is_there(&self, cursor: Cursor, mail: &Parcelled, raw: i64) -> Outcome<bool> {
        let there: Option<(i64, i64)> = self
            .db
            .prepare_cached("SELECT id, raw FROM intake WHERE mailbox = ?1 AND epoch = ?2 AND uid = ?3")?
            .query_row(params![cursor.mailbox, cursor.epoch, mail.uid], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((intake, its)) = there else { return Ok(false) };
        if its == raw {
            self.db
                .prepare_cached("UPDATE intake SET arrived = coalesce(?2, arrived) WHERE id = ?1")?
                .execute(params![intake, mail.arrived.map(seconds)])?;
        } else {
            self.db
                .prepare_cached("UPDATE intake SET uid = uid || '@' || id, marked = 1 WHERE id = ?1")?
                .execute([intake])?;
        }
        Ok(its == raw)
    }

    /// Counts a try before the mail is read; committed first, so that a crash counts too.
    /// A mail without tries left goes to quarantine instead; those that may be read are given back.
    pub fn begin(&self, batch: &[Waiting]) -> Outcome<Vec<Waiting>> {
        let (go, tired): (Vec<&Waiting>, Vec<&Waiting>) =
            batch.iter().partition(|mail| mail.tries < limits::TRIES);
        for mail in tired {
            self.quarantine(mail.intake, "it ended the program on every try")?;
        }
        let all = serde_json::json!(go.iter().map(|mail| mail.intake).collect::<Vec<_>>()).to_string();
        self.run(
            "UPDATE intake SET state = 'reading', tries = tries + 1
             WHERE id IN (SELECT value FROM json_each(?1))",
            [all],
        )?;
        Ok(go.into_iter().cloned().collect())
    }

    /// Notes what a mail calls itself, whatever becomes of it: by that it can be asked for later.
    pub fn call(&self, intake: i64, id: &MessageId) -> Outcome<()> {
        self.db
            .prepare_cached("UPDATE intake SET message_id = ?2 WHERE id = ?1")?
            .execute(params![intake, id.as_str()])?;
        Ok(())
    }

    /// Closes a mail with its one end.
    pub fn end(&self, intake: i64, end: End, why: &str, ticket: Option<Number>) -> Outcome<()> {
        self.db
            .prepare_cached("UPDATE intake SET state = ?2, why = ?3, ticket = ?4 WHERE id = ?1")?
            .execute(params![intake, end.word(), why, ticket.map(|n| n.0)])?;
        Ok(())
    }

    /// Puts a mail back to be tried later, without counting the try: the fault was not the mail's.
    pub fn postpone(&self, intake: i64, until: Timestamp) -> Outcome<()> {
        self.db
            .prepare_cached(
                "UPDATE intake SET state = 'new', tries = max(tries - 1, 0), due = ?2 WHERE id = ?1 AND state = 'reading'",
            )?
            .execute(params![intake, seconds(until)])?;
        Ok(())
    }

    /// Puts a mail back to be tried again; the try counts.
    pub fn try_again(&self, intake: i64) -> Outcome<()> {
        self.db
            .prepare_cached("UPDATE intake SET state = 'new' WHERE id = ?1 AND state = 'reading'")?
            .execute([intake])?;
        Ok(())
    }

    /// Sets a mail aside for a sysadmin.
    pub fn quarantine(&self, intake: i64, why: &str) -> Outcome<()> {
        self.db
            .prepare_cached("UPDATE intake SET state = 'quarantined', why = ?2, told = 0 WHERE id = ?1")?
            .execute(params![intake, why])?;
        Ok(())
    }

    /// The bytes of a raw mail, checked against their SHA-256.
    pub fn raw(&self, raw: i64) -> Outcome<Vec<u8>> {
        self.packed(raw)?.bytes()
    }

    fn packed(&self, raw: i64) -> Outcome<Packed> {
        let packed = self
            .db
            .prepare_cached("SELECT sha256, size, packed FROM raw WHERE id = ?1")?
            .query_row([raw], |row| {
                Ok(Packed { raw, sha256: row.get(0)?, size: row.get(1)?, packed: row.get(2)? })
            })?;
        Ok(packed)
    }

    /// The raw mail of an intake row.
    pub fn raw_of(&self, intake: i64) -> Outcome<Vec<u8>> {
        let raw = self.db.query_row("SELECT raw FROM intake WHERE id = ?1", [intake], |row| row.get(0))?;
        self.raw(raw)
    }

    /// The earlier intake row with the very same bytes, if it was handled or is being handled.
    pub fn same_bytes(&self, intake: i64) -> Outcome<Option<i64>> {
        let found = self
            .db
            .prepare_cached(
                "SELECT o.id FROM intake i JOIN intake o ON o.raw = i.raw AND o.id < i.id WHERE i.id = ?1
                 ORDER BY o.id LIMIT 1",
            )?
            .query_row([intake], |row| row.get(0))
            .optional()?;
        Ok(found)
    }

    /// The earlier mail of the same Message-ID and content.
    pub fn seen(&self, id: &MessageId, print: &[u8; 32], intake: i64) -> Outcome<Option<i64>> {
        let earlier: Option<i64> = self
            .db
            .prepare_cached("SELECT intake FROM seen WHERE message_id = ?1 AND print = ?2")?
            .query_row(params![id.as_str(), print], |row| row.get(0))
            .optional()?;
        Ok(earlier.filter(|e| *e != intake))
    }

    /// Earlier mails of the same Message-ID, whatever they say; at most eight, the oldest first.
    pub fn same_id(&self, id: &MessageId, intake: i64) -> Outcome<Vec<i64>> {
        // nearly always there is none: sorting them here spares SQLite a table of its own for each mail
        let mut query =
            self.db.prepare_cached("SELECT intake FROM seen WHERE message_id = ?1 AND intake <> ?2")?;
        let rows = query.query_map(params![id.as_str(), intake], |row| row.get(0))?;
        let mut earlier: Vec<i64> = rows.collect::<Result<_, _>>()?;
        earlier.sort_unstable();
        earlier.truncate(8);
        Ok(earlier)
    }

    /// Remembers a mail by its Message-ID and content.
    pub fn remember(&self, id: &MessageId, print: &[u8; 32], intake: i64) -> Outcome<()> {
        self.db
            .prepare_cached(
                "INSERT INTO seen (message_id, print, intake) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            )?
            .execute(params![id.as_str(), print, intake])?;
        Ok(())
    }

    /// Notes that the mailbox was told.
    pub fn marked(&self, intakes: &[i64]) -> Outcome<()> {
        let mut update = self.db.prepare_cached("UPDATE intake SET marked = 1 WHERE id = ?1")?;
        for intake in intakes {
            update.execute([intake])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Option<Timestamp> {
        Timestamp::from_second(second).ok()
    }

    #[test]
    fn a_number_that_is_given_again_names_another_mail() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let keep = |store: &mut Store, uid: &str, bytes: &[u8], second: i64| {
            let parcel = Parcelled::new(uid.into(), bytes, at(second), false);
            store.transact(|tx| tx.keep(tx.mailbox("x")?, &parcel, Timestamp::UNIX_EPOCH)).unwrap()
        };
        let first = keep(&mut store, "7", b"One", 100).unwrap();
        let unknown = |store: &Store, uid: &str, arrived| {
            store.unknown(1, 0, &[Listed { uid: uid.to_owned(), size: None, arrived }]).unwrap()[0]
        };
        assert_eq!(
            [("7", at(100)), ("7", None), ("7", at(101)), ("8", at(100))].map(|(u, s)| unknown(&store, u, s)),
            [false, false, true, true]
        );
        let sized = |size| Listed { uid: "7".into(), size: Some(size), arrived: at(100) };
        assert_eq!(store.unknown(1, 0, &[sized(60), sized(600)]).unwrap(), [false, true]);
        // the same mail with another time, as after a copy of the folder
        assert_eq!(keep(&mut store, "7", b"One", 101), None);
        assert!(!unknown(&store, "7", at(101)));
        // whatever a stranger has us write down of his mail
        store.transact(|tx| tx.end(first, End::Applied, "X-Autoreply: gone (erased)", None)).unwrap();
        assert!(unknown(&store, "7", at(200)));
        let second = keep(&mut store, "7", b"Two", 200).unwrap();
        assert_ne!(first, second);
        store.transact(|tx| tx.end(second, End::Applied, "so", None)).unwrap();
        assert_eq!(store.unmarked(1, 0, 9).unwrap(), [(second, "7".to_owned())]);
        // one in which somebody was erased has another size, and must not come again, however it ends
        store
            .transact(|tx| {
                let raw = tx.db.query_row("SELECT max(id) FROM raw", [], |row| row.get(0))?;
                tx.rewrite_raw(raw, b"Somebody else", false)
            })
            .unwrap();
        store.transact(|tx| tx.end(second, End::Ignored, "by hand", None)).unwrap();
        assert!(!unknown(&store, "7", at(200)) && !unknown(&store, "7", at(300)));
    }
}
