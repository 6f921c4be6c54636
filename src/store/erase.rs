//! What a person leaves in the database, found and taken out: rows here, what is to stand in their place comes from
//! `pipeline/erase.rs`. Events are never changed: who reads them through Trackle sees what stands for an erased person
//! (`masks.rs`). SQLite overwrites what it deletes (`secure_delete`).

use super::events::Cause;
use super::packing::{pack, unpack};
use super::{Guest, Tx, seconds};
use crate::fault::Outcome;
use crate::limits;
use crate::model::address::Address;
use crate::model::session::Session;
use crate::model::sought::{DOMAIN, stand_in};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// What a mail ends with whose writer was erased before anybody handled it.
const UNHANDLED: &str = "its writer was erased before it was handled (erased)";
/// Why a letter is given up that somebody stood in.
const TAKEN_BACK: &str = "taken back: somebody in it was erased";
const UNDER_WAY: &str =
    "somebody in it was erased while it was being sent: it may have arrived, and does not go again";

/// A letter in the outbox.
#[derive(Debug)]
pub struct Sent {
    pub id: i64,
    pub recipient: String,
    /// Whose doing it tells of: an address, or what the robot calls itself.
    pub about: String,
    pub bytes: Vec<u8>,
}

/// Raw mails, letters and sessions by their numbers.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Numbers {
    pub raws: Vec<i64>,
    pub letters: Vec<i64>,
    pub sessions: Vec<u64>,
}

/// The newest of each that was looked at.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Upto {
    pub raw: i64,
    pub letter: i64,
    pub session: u64,
}

impl Numbers {
    /// The newest of them; of what there is none, the newest before.
    pub fn last(&self, before: Upto) -> Upto {
        Upto {
            raw: self.raws.last().copied().unwrap_or(before.raw),
            letter: self.letters.last().copied().unwrap_or(before.letter),
            session: self.sessions.last().copied().unwrap_or(before.session),
        }
    }
}

impl Tx<'_> {
    /// All raw mails, letters and sessions that came after these.
    pub fn numbers_after(&self, upto: Upto) -> Outcome<Numbers> {
        let session = i64::try_from(upto.session).unwrap_or(i64::MAX);
        let sessions = self.ids("SELECT number FROM session WHERE number > ?1 ORDER BY number", session)?;
        Ok(Numbers {
            raws: self.ids("SELECT id FROM raw WHERE id > ?1 ORDER BY id", upto.raw)?,
            letters: self.ids("SELECT id FROM outbox WHERE id > ?1 ORDER BY id", upto.letter)?,
            sessions: sessions.into_iter().filter_map(|n| u64::try_from(n).ok()).collect(),
        })
    }

    fn ids(&self, query: &str, after: i64) -> Outcome<Vec<i64>> {
        let mut rows = self.db.prepare(query)?;
        let found = rows.query_map([after], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// A letter; one that is damaged has no bytes.
    pub fn sent(&self, id: i64) -> Outcome<Option<Sent>> {
        let query = "SELECT o.recipient, coalesce(e.actor, ''), o.packed FROM outbox o LEFT JOIN event e ON e.seq = o.event
             WHERE o.id = ?1";
        let sent = |row: &Row<'_>| {
            let bytes = unpack(&row.get::<_, Vec<u8>>(2)?, limits::MAIL_BYTES * 2).unwrap_or_default();
            Ok(Sent { id, recipient: row.get(0)?, about: row.get(1)?, bytes })
        };
        Ok(self.db.prepare_cached(query)?.query_row([id], sent).optional()?)
    }

    /// The name of the person of that address.
    pub fn name_of(&self, address: &Address) -> Outcome<Option<String>> {
        let found = self
            .db
            .prepare_cached("SELECT name FROM person WHERE address = ?1")?
            .query_row([address.key()], |row| row.get(0))
            .optional()?;
        Ok(found)
    }

    /// Other bytes stand in a raw mail's place; the mails that had it say so, and one that is being read is read again. His
    /// own that nobody has handled are handled no more.
    pub fn rewrite_raw(&self, raw: i64, bytes: &[u8], is_his: bool) -> Outcome<()> {
        // two copies of a mail may be the same once he is gone from both
        let head = format!("X-Trackle-Erased: {raw}\r\n");
        let bytes = if bytes.starts_with(head.as_bytes()) {
            bytes.to_vec()
        } else {
            [head.as_bytes(), bytes].concat()
        };
        self.run(
            "UPDATE raw SET sha256 = ?2, size = ?3, packed = ?4, erased = 1 WHERE id = ?1",
            params![raw, Sha256::digest(&bytes).as_slice(), bytes.len() as u64, pack(&bytes)],
        )?;
        self.run(
            "UPDATE intake SET why = ltrim(why || ' (erased)') WHERE raw = ?1 AND why NOT LIKE '%(erased)'",
            [raw],
        )?;
        if is_his {
            return self.run(
                "UPDATE intake SET state = 'ignored', why = ?2
                 WHERE raw = ?1 AND state IN ('new','reading','held','quarantined')",
                params![raw, UNHANDLED],
            );
        }
        self.run(
            "UPDATE intake SET state = 'new', tries = max(tries - 1, 0) WHERE raw = ?1 AND state = 'reading'",
            [raw],
        )
    }

    /// Other bytes stand in a letter's place. One that waits does not go, and one that is being sent does not go again,
    /// whatever becomes of it. Gives whether it was still owed.
    pub fn rewrite_letter(&self, id: i64, bytes: &[u8], now: Timestamp) -> Outcome<bool> {
        self.run("UPDATE outbox SET packed = ?2 WHERE id = ?1", params![id, pack(bytes)])?;
        let owed = self.db.execute(
            "UPDATE outbox SET said = CASE state WHEN 'sending' THEN ?3 ELSE ?4 END, state = 'failed', ended = ?2, lease = 0
             WHERE id = ?1 AND state IN ('waiting','held','sending')",
            params![id, seconds(now), UNDER_WAY, TAKEN_BACK],
        )?;
        Ok(owed == 1)
    }

    /// The paths, host and user of a session, as its record has them now.
    pub fn rewrite_paths(&self, number: u64, session: &Session) -> Outcome<()> {
        let mut update = self.db.prepare_cached(
            "UPDATE session_change SET path = ?3, origin = ?4 WHERE session = ?1 AND place = ?2",
        )?;
        for (place, change) in session.changes.iter().enumerate() {
            let origin = change.from.as_ref().map(|from| from.0.as_slice());
            update.execute(params![number, place as u64, change.path.0, origin])?;
        }
        self.run(
            "UPDATE session SET host = ?2, login = ?3 WHERE number = ?1",
            params![number, session.host, session.login],
        )
    }

    /// The person that has this address by now has no name, follows nothing, is asked nothing and written to no more. Gives
    /// whether there is one.
    pub fn empty_person(&self, by: &Address, now: Timestamp) -> Outcome<bool> {
        let Some(person) = self.person(by)? else { return Ok(false) };
        let now = seconds(now);
        self.run(
            "UPDATE person SET name = '', confirmed = NULL, language = NULL, suspended = ?2, warnings = ?3, warned = ?2
             WHERE id = ?1",
            params![person.id, now, limits::SUSPENDED_WARNINGS],
        )?;
        self.run(
            "UPDATE subscription SET ended = ?2 WHERE person = ?1 AND ended IS NULL",
            params![person.id, now],
        )?;
        self.run(
            "UPDATE pending SET answered = ?2 WHERE person = ?1 AND answered IS NULL",
            params![person.id, now],
        )?;
        Ok(true)
    }

    /// What has the address by itself and is of no use without it: who may write in a ticket, what is counted.
    pub fn drop_keys(&self, address: &Address) -> Outcome<()> {
        let key = address.key();
        self.run("DELETE FROM named WHERE address = ?1", [&key])?;
        // some are counted by several words, of which the address is one
        self.run("DELETE FROM tally WHERE instr(' ' || whom || ' ', ' ' || ?1 || ' ') > 0", [&key])
    }

    /// How many rows there are that [`Tx::drop_keys`] takes.
    pub fn keys_of(&self, address: &Address) -> Outcome<u64> {
        let query = "SELECT (SELECT count(*) FROM named WHERE address = ?1)
             + (SELECT count(*) FROM tally WHERE instr(' ' || whom || ' ', ' ' || ?1 || ' ') > 0)";
        Ok(self.db.query_row(query, [address.key()], |row| row.get(0))?)
    }

    /// The address that an erased person gets: one that nobody has or had, whoever made it up.
    pub fn next_erased(&self) -> Outcome<Option<Address>> {
        let query = "SELECT address FROM person WHERE address LIKE ?1 UNION SELECT recipient FROM period_sent WHERE recipient LIKE ?1
             UNION SELECT lower(recipient) FROM outbox WHERE recipient LIKE ?1 UNION SELECT address FROM named WHERE address LIKE ?1";
        let mut rows = self.db.prepare(query)?;
        let found = rows.query_map([format!("%@{DOMAIN}")], |row| row.get::<_, String>(0))?;
        let mut taken: BTreeSet<String> = found.collect::<Result<_, _>>()?;
        taken.extend(self.stand_ins()?);
        let all = taken.len() as u64 + 1;
        Ok((1..=all).filter_map(stand_in).find(|address| !taken.contains(&address.key())))
    }

    /// How many events name somebody; they stay as they are.
    pub fn events_naming(&self, is_in: &dyn Fn(&str) -> bool) -> Outcome<u64> {
        let mut rows = self.db.prepare("SELECT actor, detail FROM event")?;
        let mut rows = rows.query([])?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            let (actor, detail) =
                (row.get_ref(0)?.as_str().unwrap_or(""), row.get_ref(1)?.as_str().unwrap_or(""));
            count += u64::from(is_in(actor) || is_in(detail));
        }
        Ok(count)
    }

    /// Writes down that it was done, in one event that does not name him.
    pub fn erased(&self, cause: &Cause, detail: &str) -> Outcome<i64> {
        self.add_raw_event(cause, None, 0, "erased", detail)
    }

    /// Whether a mail is still being read: one in which somebody was erased meanwhile is no longer.
    pub fn is_being_read(&self, intake: i64) -> Outcome<bool> {
        let mut row = self.db.prepare_cached("SELECT 1 FROM intake WHERE id = ?1 AND state = 'reading'")?;
        Ok(row.exists([intake])?)
    }

    /// Whether a letter is still being sent: one in which somebody was erased meanwhile is no longer.
    pub fn is_being_sent(&self, letter: i64) -> Outcome<bool> {
        let mut row = self.db.prepare_cached("SELECT 1 FROM outbox WHERE id = ?1 AND state = 'sending'")?;
        Ok(row.exists([letter])?)
    }
}

impl Guest {
    /// Puts the indexes of words in order, so that no word is left in them that was in a text before.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tidy_words(&mut self, progress: &mut dyn FnMut(&str, u64, u64)) -> Outcome<()> {
        const INDEXES: [&str; 3] = ["titles", "session_search", "search"];
        self.transact(|tx| {
            for (done, index) in INDEXES.iter().enumerate() {
                progress("the indexes of words", done as u64, INDEXES.len() as u64);
                tx.db.execute(&format!("INSERT INTO {index} ({index}) VALUES ('optimize')"), [])?;
            }
            Ok(())
        })
    }
}
