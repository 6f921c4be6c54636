//! What happened and why: the events of a ticket, a mail or a letter, and the letters that came of them. Reading only;
//! a mail is found by its number or by its Message-ID, whatever became of it.

use super::audit::Findings;
use super::{Reader, Tx, time};
use crate::fault::Outcome;
use crate::model::letter::Chain;
use crate::model::mail::MessageId;
use crate::model::ticket::Number;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Params, Row, params};
use serde::{Deserialize, Serialize};

/// How many mails or letters of one Message-ID are told of, and letters of one mail.
const MOST: usize = 100;

/// An event as people look at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    pub seq: i64,
    pub ticket: Option<u32>,
    /// The mail that asked for it.
    pub mail: Option<i64>,
    /// What that mail calls itself.
    pub message_id: Option<String>,
    /// Its line that asked; 0 for the mail as a whole.
    pub line: u32,
    pub at: Timestamp,
    pub actor: String,
    pub proof: String,
    pub what: String,
    pub detail: String,
    /// Hash of the event and all before it, in hexadecimal.
    pub hash: String,
}

/// A mail that was taken in, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub mail: i64,
    pub message_id: Option<String>,
    /// The mailbox it lay in.
    pub mailbox: String,
    pub arrived: Timestamp,
    pub taken: Timestamp,
    /// One of the states in `schema/CURRENT.sql`.
    pub state: String,
    pub why: String,
    pub tries: u32,
    pub ticket: Option<u32>,
    /// Bytes.
    pub size: u64,
    /// A sysadmin let it through.
    pub released: bool,
}

/// A letter of ours, and how far it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    pub letter: i64,
    pub message_id: String,
    pub kind: String,
    pub recipient: String,
    /// Number of the event that it was written for.
    pub event: i64,
    pub state: String,
    pub tries: u32,
    pub queued: Timestamp,
    /// When it was sent, or given up.
    pub ended: Option<Timestamp>,
    /// The server's last words.
    pub said: String,
}

const EVENT: &str =
    "SELECT e.seq, e.ticket, e.intake, i.message_id, e.line, e.at, e.actor, e.proof, e.what, e.detail,
     e.hash FROM event e LEFT JOIN intake i ON i.id = e.intake";
const MAIL: &str =
    "SELECT i.id, i.message_id, m.name, i.arrived, i.taken, i.state, i.why, i.tries, i.ticket, r.size,
     i.released FROM intake i JOIN mailbox m ON m.id = i.mailbox JOIN raw r ON r.id = i.raw";
const LETTER: &str =
    "SELECT o.id, o.message_id, o.kind, o.recipient, o.event, o.state, o.tries, o.queued, o.ended,
     o.said FROM outbox o";

impl Reader {
    /// The history of a ticket, oldest first.
    pub fn history(&self, number: Number) -> Outcome<Vec<Happened>> {
        self.events(&format!("{EVENT} WHERE e.ticket = ?1 ORDER BY e.seq"), [number.0])
    }

    /// What a mail did, oldest first.
    pub fn events_of_mail(&self, mail: i64) -> Outcome<Vec<Happened>> {
        self.events(&format!("{EVENT} WHERE e.intake = ?1 ORDER BY e.seq"), [mail])
    }

    /// The event of that number.
    pub fn event(&self, seq: i64) -> Outcome<Option<Happened>> {
        Ok(self.events(&format!("{EVENT} WHERE e.seq = ?1"), [seq])?.pop())
    }

    /// The mail of that number.
    pub fn mail(&self, mail: i64) -> Outcome<Option<Taken>> {
        Ok(self.all(&format!("{MAIL} WHERE i.id = ?1"), [mail], taken)?.pop())
    }

    /// Mails that call themselves so, oldest first: one for each copy.
    pub fn mails_called(&self, id: &MessageId) -> Outcome<Vec<Taken>> {
        let query = format!("{MAIL} WHERE i.message_id = ?1 ORDER BY i.id LIMIT {MOST}");
        self.all(&query, [id.as_str()], taken)
    }

    /// Letters that a mail caused, oldest first.
    pub fn letters_of_mail(&self, mail: i64) -> Outcome<Vec<Owed>> {
        let events = "SELECT seq FROM event WHERE intake = ?1";
        let query = format!("{LETTER} WHERE o.event IN ({events}) ORDER BY o.id LIMIT {MOST}");
        self.all(&query, [mail], owed)
    }

    /// Letters of ours with that Message-ID, oldest first: one for each recipient.
    pub fn letters_called(&self, id: &MessageId) -> Outcome<Vec<Owed>> {
        let query = format!("{LETTER} WHERE o.message_id = ?1 ORDER BY o.id LIMIT {MOST}");
        self.all(&query, [id.as_str()], owed)
    }

    /// The ticket whose mails mention a Message-ID.
    pub fn mentioned(&self, id: &MessageId) -> Outcome<Option<Number>> {
        let found = self
            .db
            .query_row("SELECT ticket FROM message WHERE message_id = ?1", [id.as_str()], |row| row.get(0))
            .optional()?;
        Ok(found.map(Number))
    }

    /// The end of the chain as it was when event `seq` was the newest one; `None` when there is no such event.
    pub fn chain_at(&self, seq: i64) -> Outcome<Option<Chain>> {
        let hash: Option<Vec<u8>> = self
            .db
            .query_row("SELECT hash FROM event WHERE seq = ?1", params![seq], |row| row.get(0))
            .optional()?;
        Ok(hash.map(|hash| Chain::of(seq, &HEXLOWER.encode(&hash))))
    }

    /// Whether every event still hashes to what was written down beside it: how many there are, and where it breaks.
    pub fn chain_holds(&self, progress: &mut dyn FnMut(&str, u64, u64)) -> Outcome<(u64, Vec<String>)> {
        let mut found = Findings::default();
        self.check_chain(&mut found, progress)?;
        Ok((found.events, found.broken))
    }

    /// Events, without the addresses of people who were erased since.
    fn events(&self, query: &str, with: impl Params) -> Outcome<Vec<Happened>> {
        let masks = Tx { db: &self.db }.masks()?;
        let found = self.all(query, with, happened)?;
        Ok(found.into_iter().map(|event| masks.event(event)).collect())
    }

    fn all<T>(
        &self,
        query: &str,
        with: impl Params,
        row: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Outcome<Vec<T>> {
        let mut rows = self.db.prepare_cached(query)?;
        let found = rows.query_map(with, row)?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

fn happened(row: &Row<'_>) -> rusqlite::Result<Happened> {
    Ok(Happened {
        seq: row.get(0)?,
        ticket: row.get(1)?,
        mail: row.get(2)?,
        message_id: row.get(3)?,
        line: row.get(4)?,
        at: time(row.get(5)?),
        actor: row.get(6)?,
        proof: row.get(7)?,
        what: row.get(8)?,
        detail: row.get(9)?,
        hash: HEXLOWER.encode(&row.get::<_, Vec<u8>>(10)?),
    })
}

fn taken(row: &Row<'_>) -> rusqlite::Result<Taken> {
    Ok(Taken {
        mail: row.get(0)?,
        message_id: row.get(1)?,
        mailbox: row.get(2)?,
        arrived: time(row.get(3)?),
        taken: time(row.get(4)?),
        state: row.get(5)?,
        why: row.get(6)?,
        tries: row.get(7)?,
        ticket: row.get(8)?,
        size: row.get(9)?,
        released: row.get(10)?,
    })
}

fn owed(row: &Row<'_>) -> rusqlite::Result<Owed> {
    Ok(Owed {
        letter: row.get(0)?,
        message_id: row.get(1)?,
        kind: row.get(2)?,
        recipient: row.get(3)?,
        event: row.get(4)?,
        state: row.get(5)?,
        tries: row.get(6)?,
        queued: time(row.get(7)?),
        ended: row.get::<_, Option<i64>>(8)?.map(time),
        said: row.get(9)?,
    })
}
