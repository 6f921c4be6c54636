//! The event table: who changed what, by what proof, because of which mail, each row chained to the one before by
//! SHA-256. Rows are added here and nowhere else; triggers forbid everything but adding.

use super::changes::detail;
use super::{Tx, seconds, time};
use crate::fault::{Fault, Outcome};
use crate::model::decision::Change;
use crate::model::letter::Chain;
use crate::model::ticket::Number;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};

/// Who does something, why we believe it, and when.
#[derive(Debug, Clone)]
pub struct Cause {
    /// Address, or `trackle` for what the robot does by itself.
    pub actor: String,
    /// Word of the proof.
    pub proof: String,
    /// The mail, if one asked for it.
    pub intake: Option<i64>,
    pub now: Timestamp,
}

/// An event as it stands in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub seq: i64,
    pub ticket: Option<u32>,
    pub at: Timestamp,
    pub actor: String,
    pub proof: String,
    pub intake: Option<i64>,
    pub line: u32,
    pub what: String,
    pub detail: String,
}

impl Event {
    /// The hash of this row after `before`: every field with its length, so that no two rows read alike.
    pub fn hash(&self, before: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(before);
        let numbers = [
            self.seq,
            self.ticket.map_or(-1, i64::from),
            self.at.as_second(),
            self.intake.unwrap_or(-1),
            i64::from(self.line),
        ];
        for number in numbers {
            hash.update(number.to_be_bytes());
        }
        for text in [&self.actor, &self.proof, &self.what, &self.detail] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
        hash.finalize().into()
    }
}

impl Tx<'_> {
    /// The newest event, for the letters that are written now.
    ///
    /// # Errors
    /// When nothing ever happened: then there is no letter to write.
    pub fn chain(&self) -> Outcome<Chain> {
        let (seq, hash) =
            self.newest()?.ok_or_else(|| Fault::lasting("no event yet that a letter could come from"))?;
        Ok(Chain::of(seq, &HEXLOWER.encode(&hash)))
    }

    /// Number of the newest event; 0 when nothing ever happened.
    pub(super) fn newest_event(&self) -> Outcome<i64> {
        Ok(self.newest()?.map_or(0, |(seq, _)| seq))
    }

    /// Number and hash of the newest event.
    fn newest(&self) -> Outcome<Option<(i64, Vec<u8>)>> {
        let row = self
            .db
            .prepare_cached("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(row)
    }

    /// Who did something with a ticket last: an address, or `trackle`.
    pub fn last_actor(&self, ticket: Number) -> Outcome<Option<String>> {
        let found: Option<(i64, String)> = self
            .db
            .prepare_cached("SELECT seq, actor FROM event WHERE ticket = ?1 ORDER BY seq DESC LIMIT 1")?
            .query_row([ticket.0], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let masks = self.masks()?;
        Ok(found.map(|(event, actor)| masks.text(&actor, event)))
    }

    /// Adds an event; gives its number.
    pub fn add_event(&self, cause: &Cause, ticket: Option<Number>, change: &Change) -> Outcome<i64> {
        self.add_raw_event(cause, ticket, change.line, change.what.word(), &detail(change))
    }

    /// Adds an event in plain words: for what is no change of a ticket.
    pub fn add_raw_event(
        &self,
        cause: &Cause,
        ticket: Option<Number>,
        line: u32,
        what: &str,
        detail: &str,
    ) -> Outcome<i64> {
        let (seq, before) = self.newest()?.map_or((1, vec![0; 32]), |(seq, hash)| (seq + 1, hash));
        let event = Event {
            seq,
            ticket: ticket.map(|n| n.0),
            at: time(seconds(cause.now)),
            actor: cause.actor.clone(),
            proof: cause.proof.clone(),
            intake: cause.intake,
            line,
            what: what.to_owned(),
            detail: detail.to_owned(),
        };
        self.db
            .prepare_cached(
                "INSERT INTO event (seq, ticket, at, actor, proof, intake, line, what, detail, hash)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                seq,
                event.ticket,
                seconds(event.at),
                event.actor,
                event.proof,
                event.intake,
                event.line,
                event.what,
                event.detail,
                event.hash(&before)
            ])?;
        Ok(seq)
    }
}
