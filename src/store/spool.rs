//! Raw mail: kept before anybody looks at it, counted as tried before anybody parses it, closed with exactly one end.
//! The states are in `schema/CURRENT.sql` at table intake.

use super::{Store, Tx, seconds, time};
use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::model::decision::End;
use crate::model::mail::MessageId;
use crate::model::ticket::Number;
use flate2::read::ZlibDecoder;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};
use std::fmt::Display;
use std::io::Read;

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
    /// The bytes of a raw mail.
    ///
    /// # Errors
    /// When the stored bytes no longer match their SHA-256.
    pub fn raw(&self, raw: i64) -> Outcome<Vec<u8>> {
        Tx { db: &self.db }.raw(raw)
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
    /// Which of these a mailbox has not shown us yet, in the same order.
    pub fn unknown(&self, mailbox: i64, epoch: i64, uids: &[String]) -> Outcome<Vec<bool>> {
        let mut known =
            self.db.prepare_cached("SELECT 1 FROM intake WHERE mailbox = ?1 AND epoch = ?2 AND uid = ?3")?;
        uids.iter().map(|uid| Ok(!known.exists(params![mailbox, epoch, uid])?)).collect()
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

    /// Keeps a mail: the instant of acceptance, once the transaction commits. Keeping the same (mailbox, epoch, uid)
    /// again changes nothing. Gives the intake number of a mail that is new.
    pub fn keep(&self, cursor: Cursor, mail: &Parcelled, now: Timestamp) -> Outcome<Option<i64>> {
        self.db
            .prepare_cached(
                "INSERT INTO raw (sha256, size, packed) VALUES (?1, ?2, ?3) ON CONFLICT (sha256) DO NOTHING",
            )?
            .execute(params![mail.sha256, mail.size as i64, mail.packed])?;
        let raw: i64 = self
            .db
            .prepare_cached("SELECT id FROM raw WHERE sha256 = ?1")?
            .query_row([mail.sha256], |row| row.get(0))?;
        let (state, why) = if mail.cut { ("quarantined", "larger than the size limit") } else { ("new", "") };
        let kept = self
            .db
            .prepare_cached(
                "INSERT INTO intake (mailbox, epoch, uid, raw, arrived, taken, state, due, why)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8) ON CONFLICT (mailbox, epoch, uid) DO NOTHING",
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
        Ok((kept == 1).then(|| self.db.last_insert_rowid()))
    }

    /// Counts a try before the mail is read; committed first, so that a crash counts too.
    /// A mail without tries left goes to quarantine instead; those that may be read are given back.
    pub fn begin(&self, batch: &[Waiting]) -> Outcome<Vec<Waiting>> {
        let mut go = Vec::with_capacity(batch.len());
        for mail in batch {
            if mail.tries >= limits::TRIES {
                self.quarantine(mail.intake, "it ended the program on every try")?;
            } else {
                self.db
                    .prepare_cached("UPDATE intake SET state = 'reading', tries = tries + 1 WHERE id = ?1")?
                    .execute([mail.intake])?;
                go.push(mail.clone());
            }
        }
        Ok(go)
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
        let (sha256, size, packed): (Vec<u8>, i64, Vec<u8>) = self
            .db
            .prepare_cached("SELECT sha256, size, packed FROM raw WHERE id = ?1")?
            .query_row([raw], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let bytes = unpack(&packed, size as usize)?;
        if Sha256::digest(&bytes).as_slice() != sha256.as_slice() {
            return Err(Fault::lasting(format!("raw mail {raw} no longer matches its SHA-256")));
        }
        Ok(bytes)
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
        let mut query = self.db.prepare_cached(
            "SELECT intake FROM seen WHERE message_id = ?1 AND intake <> ?2 ORDER BY intake LIMIT 8",
        )?;
        let rows = query.query_map(params![id.as_str(), intake], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
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

/// Stands before what LZ4 packed. What zlib packed, as earlier versions did, begins with another byte (RFC 1950 2.2).
const LZ4: u8 = b'4';

/// Packs bytes for the database: LZ4, which takes a tenth of the time that zlib does, and files in mails, being base64,
/// get no smaller by either.
pub fn pack(bytes: &[u8]) -> Vec<u8> {
    let block = lz4_flex::block::compress(bytes);
    let mut packed = Vec::with_capacity(5 + block.len());
    packed.push(LZ4);
    packed.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
    packed.extend_from_slice(&block);
    packed
}

/// Unpacks what [`pack`] made; never more than `size` bytes, whatever the row says.
pub fn unpack(packed: &[u8], size: usize) -> Outcome<Vec<u8>> {
    let broken = |e: &dyn Display| Fault::lasting(format!("unpacking what is stored: {e}"));
    if let [LZ4, a, b, c, d, block @ ..] = packed {
        let long = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
        if long > size {
            return Err(broken(&format!("it would be {long} bytes instead of {size}")));
        }
        return lz4_flex::block::decompress(block, long).map_err(|e| broken(&e));
    }
    let mut bytes = Vec::with_capacity(size.min(limits::MAIL_BYTES * 2));
    ZlibDecoder::new(packed).take(size as u64 + 1).read_to_end(&mut bytes).map_err(|e| broken(&e))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::read::ZlibEncoder;

    #[test]
    fn what_is_packed_comes_out_again_by_whichever_version() {
        for bytes in [&b""[..], b"a", &b"From: ann@x.example\r\n\r\nHello, hello, hello.\r\n".repeat(500)] {
            assert_eq!(unpack(&pack(bytes), bytes.len()).unwrap(), bytes);
            let mut old = Vec::new();
            ZlibEncoder::new(bytes, Compression::fast()).read_to_end(&mut old).unwrap();
            assert_eq!(unpack(&old, bytes.len()).unwrap(), bytes);
        }
    }

    #[test]
    fn what_is_not_what_it_says_is_no_mail() {
        let packed = pack(&b"Hello, hello, hello.\r\n".repeat(100));
        assert!(unpack(&packed, 100).is_err());
        for cut in 0..packed.len() {
            assert!(unpack(&packed[..cut], 2_200).map_or(true, |bytes| bytes.len() != 2_200), "{cut}");
        }
        // a length that somebody changed takes no memory
        let mut huge = packed.clone();
        huge[1..5].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(unpack(&huge, 1 << 20).is_err());
        for at in 5..packed.len() {
            let mut other = packed.clone();
            other[at] ^= 0x55;
            let _ = unpack(&other, 2_200);
        }
    }
}
