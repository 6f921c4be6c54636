//! Letters owed. Bytes, Message-ID and recipient are frozen when the letter is owed, in the transaction of its cause;
//! a second copy after a crash is the same to the byte. States are in `schema/CURRENT.sql` at table outbox.

use super::bring::NOWHERE;
use super::packing::{pack, unpack};
use super::{Store, Tx, seconds, time};
use crate::fault::Outcome;
use crate::limits;
use crate::model::address::Address;
use crate::model::letter::Frozen;
use crate::model::sought::{DOMAIN, stands_in};
use crate::model::ticket::Number;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

/// A letter that is being sent.
#[derive(Debug, Clone)]
pub struct Leased {
    pub id: i64,
    pub event: i64,
    pub to: Address,
    pub envelope_from: Option<Address>,
    pub bytes: Vec<u8>,
    pub queued: Timestamp,
    /// This one included.
    pub tries: u32,
    pub kind: String,
}

/// A letter that cannot be read any more, or whose recipient is no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damaged {
    pub letter: i64,
    pub kind: String,
    /// As it stands in the database.
    pub recipient: String,
    pub ticket: Option<Number>,
}

/// What became of a sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    Sent { said: String },
    Later { said: String, at: Timestamp },
    Failed { said: String },
}

/// How long a letter being sent is nobody else's, in minutes: longer than the longest wait for a server.
const LEASE_MINUTES: i64 = 15;
/// Why a letter is held that cannot be read any more; the same once staff know.
const DAMAGED: &str = "damaged in the database";
const DAMAGED_AND_TOLD: &str = "damaged in the database; staff were told";
/// Why a letter is given up that was written before its reader left.
const UNWANTED: &str = "not sent: its reader follows this no longer";

impl Store {
    /// When the next letter may go, if any waits.
    pub fn next_letter(&self) -> Outcome<Option<Timestamp>> {
        let at: Option<i64> =
            self.db.query_row("SELECT min(due) FROM outbox WHERE state = 'waiting'", [], |row| row.get(0))?;
        Ok(at.map(time))
    }

    /// How many letters that could go wait for another try, and the server's last words about one of them. What is put
    /// off on purpose does not count.
    pub fn put_off(&self, now: Timestamp) -> Outcome<(u64, String)> {
        let row = self.db.query_row(
            "SELECT (SELECT count(*) FROM outbox WHERE state = 'waiting' AND (tries > 0 OR said != '' OR due <= ?1)),
               coalesce((SELECT said FROM outbox WHERE state = 'waiting' AND tries > 0 ORDER BY id DESC LIMIT 1), '')",
            [seconds(now)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        Ok(row)
    }
}

impl Store {
    /// How many letters wait to be sent; counts to a thousand and no further.
    pub fn waiting_letters(&self) -> Outcome<u32> {
        Ok(self.db.query_row(
            "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE state = 'waiting' LIMIT 1000)",
            [],
            |row| row.get(0),
        )?)
    }
}

impl Tx<'_> {
    /// The bytes of a letter of that kind that an event caused, to whomever.
    pub fn letter_of(&self, event: i64, kind: &str) -> Outcome<Option<Vec<u8>>> {
        let packed: Option<Vec<u8>> = self
            .db
            .prepare_cached("SELECT packed FROM outbox WHERE event = ?1 AND kind = ?2 ORDER BY id LIMIT 1")?
            .query_row(params![event, kind], |row| row.get(0))
            .optional()?;
        packed.map(|packed| unpack(&packed, limits::MAIL_BYTES * 2)).transpose()
    }

    /// Owes a letter. The same cause, kind and recipient are owed once; whoever has no address is owed none.
    pub fn owe(&self, letter: &Frozen, now: Timestamp) -> Outcome<()> {
        if letter.to.key().ends_with(NOWHERE) {
            return Ok(());
        }
        self.db
            .prepare_cached(
                "INSERT INTO outbox (event, kind, recipient, envelope_from, message_id, packed, queued, due)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (event, kind, recipient) DO NOTHING",
            )?
            .execute(params![
                letter.event,
                letter.kind,
                letter.to.as_str(),
                letter.envelope_from.as_ref().map(Address::as_str),
                letter.message_id.as_str(),
                pack(&letter.bytes),
                seconds(now),
                // at once is not "from now on": the clock may be set back before it leaves
                letter.not_before.map_or(0, seconds)
            ])?;
        Ok(())
    }

    /// Takes due letters to be sent, oldest first; the try is counted before the attempt. None of them only when none is
    /// due: one that cannot be read any more is held, and one whose reader has left meanwhile is given up.
    pub fn lease(&self, now: Timestamp, most: usize) -> Outcome<Vec<Leased>> {
        loop {
            let taken = self.take(now, most)?;
            if taken.is_empty() {
                return Ok(Vec::new());
            }
            let mut leased = Vec::new();
            for (id, letter) in taken {
                match letter {
                    None => self.hold(id, DAMAGED)?,
                    Some(letter) if self.is_wanted(&letter)? => leased.push(letter),
                    Some(_) => self.settle(id, &Settled::Failed { said: UNWANTED.to_owned() }, now)?,
                }
            }
            if !leased.is_empty() {
                leased.sort_by_key(|l| l.id);
                return Ok(leased);
            }
        }
    }

    /// Due letters that are being sent from now on, by their numbers; none where it cannot be read.
    fn take(&self, now: Timestamp, most: usize) -> Outcome<Vec<(i64, Option<Leased>)>> {
        let mut rows = self.db.prepare_cached(
            "UPDATE outbox SET state = 'sending', tries = tries + 1, lease = ?2
             WHERE id IN (SELECT id FROM outbox WHERE state = 'waiting' AND due <= ?1 ORDER BY due, id LIMIT ?3)
             RETURNING id, event, recipient, envelope_from, packed, queued, tries, kind",
        )?;
        let until = seconds(now) + LEASE_MINUTES * 60;
        let found = rows.query_map(params![seconds(now), until, most as i64], |row| {
            let id = row.get(0)?;
            let (to, from): (String, Option<String>) = (row.get(2)?, row.get(3)?);
            let (packed, queued): (Vec<u8>, i64) = (row.get(4)?, row.get(5)?);
            let (event, tries, kind) = (row.get(1)?, row.get(6)?, row.get(7)?);
            let bytes = unpack(&packed, limits::MAIL_BYTES * 2).ok().filter(|bytes| !bytes.is_empty());
            let letter = Address::parse(&to).zip(bytes).map(|(to, bytes)| Leased {
                id,
                event,
                to,
                envelope_from: from.as_deref().and_then(Address::parse),
                bytes,
                queued: time(queued),
                tries,
                kind,
            });
            Ok((id, letter))
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// A letter stays here until a sysadmin says otherwise.
    fn hold(&self, id: i64, why: &str) -> Outcome<()> {
        tracing::error!("letter {id} is held: {why}");
        self.run("UPDATE outbox SET state = 'held', said = ?2, lease = 0 WHERE id = ?1", params![id, why])
    }

    /// The letters that are held since they are damaged, each given once.
    pub fn newly_damaged(&self) -> Outcome<Vec<Damaged>> {
        let mut rows = self.db.prepare_cached(
            "UPDATE outbox SET said = ?2
             WHERE id IN (SELECT id FROM outbox WHERE state = 'held' AND said = ?1 ORDER BY id)
             RETURNING id, kind, recipient, (SELECT ticket FROM event WHERE seq = outbox.event)",
        )?;
        let found = rows.query_map([DAMAGED, DAMAGED_AND_TOLD], |row| {
            let ticket = row.get::<_, Option<u32>>(3)?.map(Number);
            Ok(Damaged { letter: row.get(0)?, kind: row.get(1)?, recipient: row.get(2)?, ticket })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Letters whose sending was cut off by the end of the program: back to waiting. Gives their numbers, since each
    /// may have been delivered.
    pub fn reclaim(&self) -> Outcome<Vec<i64>> {
        let mut rows = self
            .db
            .prepare("UPDATE outbox SET state = 'waiting', lease = 0 WHERE state = 'sending' RETURNING id")?;
        let found = rows.query_map([], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Gives letters back that were taken and not tried; not before `until`, when the way out is closed till then.
    pub fn unlease(&self, ids: &[i64], until: Timestamp) -> Outcome<()> {
        let mut update = self.db.prepare_cached(
            "UPDATE outbox SET state = 'waiting', lease = 0, tries = max(tries - 1, 0),
               said = CASE WHEN due < ?2 THEN 'no letter could be sent' ELSE said END, due = max(due, ?2)
             WHERE id = ?1 AND state = 'sending'",
        )?;
        for id in ids {
            update.execute(params![id, seconds(until)])?;
        }
        Ok(())
    }

    /// Letters that were not taken the last time go at once: whoever starts the daemon anew, or has it read its
    /// configuration again, has mended something. What was put off on purpose was never tried and keeps its time.
    pub fn hurry(&self) -> Outcome<()> {
        self.db.execute("UPDATE outbox SET due = 0 WHERE state = 'waiting' AND tries > 0", [])?;
        Ok(())
    }

    /// Notes what became of a letter.
    pub fn settle(&self, id: i64, settled: &Settled, now: Timestamp) -> Outcome<()> {
        let (state, said, due) = match settled {
            Settled::Sent { said } => ("sent", said, None),
            Settled::Later { said, at } => ("waiting", said, Some(seconds(*at))),
            Settled::Failed { said } => ("failed", said, None),
        };
        self.db
            .prepare_cached(
                "UPDATE outbox SET state = ?2, said = ?3, due = coalesce(?4, due), lease = 0,
                   ended = CASE ?2 WHEN 'waiting' THEN NULL ELSE ?5 END WHERE id = ?1 AND state = 'sending'",
            )?
            .execute(params![id, state, said, due, seconds(now)])?;
        Ok(())
    }

    /// A report says that a letter we thought delivered was not. Gives whether that was news: of a letter to somebody who
    /// was erased there is none any more.
    pub fn bounced(&self, id: i64, why: &str) -> Outcome<bool> {
        let changed = self
            .db
            .prepare_cached(
                "UPDATE outbox SET state = 'bounced', said = ?2
                 WHERE id = ?1 AND state = 'sent' AND lower(recipient) NOT LIKE ?3",
            )?
            .execute(params![id, why, format!("%@{DOMAIN}")])?;
        Ok(changed == 1)
    }

    /// Whether it stands in a ticket already that letters about it do not reach somebody.
    pub fn is_out_of_reach(&self, ticket: Number, recipient: &str) -> Outcome<bool> {
        // nobody is to be told of a letter to somebody who was erased, and what the server says names him
        if stands_in(recipient) {
            return Ok(true);
        }
        let known = self
            .db
            .prepare_cached(
                "SELECT 1 FROM event WHERE ticket = ?1 AND what = 'undelivered' AND detail ->> 'recipient' = ?2",
            )?
            .exists(params![ticket.0, recipient])?;
        Ok(known)
    }

    /// The ticket of the event that caused a letter.
    pub fn ticket_of_letter(&self, id: i64) -> Outcome<Option<Number>> {
        let ticket: Option<u32> = self.db.query_row(
            "SELECT e.ticket FROM outbox o JOIN event e ON e.seq = o.event WHERE o.id = ?1",
            [id],
            |row| row.get(0),
        )?;
        Ok(ticket.map(Number))
    }
}
