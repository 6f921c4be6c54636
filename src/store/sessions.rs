//! Sessions: what was done on some host while somebody worked on a ticket, and what staff made of its log since. Rows are
//! written here alone. Never looks into a file, computes no difference, and purges nothing but what a redaction takes out.

mod edits;
mod found;
mod lists;
mod readings;
mod redaction;

pub use lists::{Listed, Touch};
pub use redaction::Stored;

use super::packing::{pack, unpack};
use super::{Reader, Tx, seconds};
use crate::fault::{Fault, Outcome};
use crate::model::address::Address;
use crate::model::person::Person;
use crate::model::session::{Change, Filed, Session, Worker};
use crate::model::session_log::Log;
use crate::model::ticket::Number;
use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};

impl Tx<'_> {
    /// The number that a session was filed under, if it was.
    pub fn session_of(&self, id: &str) -> Outcome<Option<u64>> {
        let found = self
            .db
            .prepare_cached("SELECT number FROM session WHERE id = ?1")?
            .query_row([id], |row| row.get(0))
            .optional()?;
        Ok(found)
    }

    /// The session that an event filed, if it did.
    pub fn session_of_event(&self, event: i64) -> Outcome<Option<u64>> {
        let found = self
            .db
            .prepare_cached("SELECT number FROM session WHERE event = ?1")?
            .query_row([event], |row| row.get(0))
            .optional()?;
        Ok(found)
    }

    /// Keeps a session's record; gives its number. The event is told of by [`Tx::session_filed`].
    pub fn add_session(&self, session: &Session, ticket: Number, worker: &Person) -> Outcome<u64> {
        self.add_session_as(None, session, ticket, worker)
    }

    /// The same, under a number that no session has.
    pub(in crate::store) fn add_session_as(
        &self,
        number: Option<u64>,
        session: &Session,
        ticket: Number,
        worker: &Person,
    ) -> Outcome<u64> {
        let head = json(&Session { changes: Vec::new(), ..session.clone() })?;
        self.db
            .prepare_cached(
                "INSERT INTO session (number, id, ticket, person, event, host, login, started, ended, files, size, packed)
                 VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                number,
                session.id,
                ticket.0,
                worker.id,
                session.host,
                session.login,
                seconds(session.started),
                seconds(session.ended),
                session.changes.len() as u64,
                head.len() as u64,
                pack(head.as_bytes())
            ])?;
        let number = u64::try_from(self.db.last_insert_rowid())
            .map_err(|_| Fault::lasting("no session numbers left"))?;
        let mut add = self.db.prepare_cached(
            "INSERT INTO session_change (session, place, path, origin, detail) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for (place, change) in session.changes.iter().enumerate() {
            let origin = change.from.as_ref().map(|from| from.0.as_slice());
            add.execute(params![number, place as u64, change.path.0, origin, json(change)?])?;
        }
        Ok(number)
    }

    /// Notes by which event a session was filed.
    pub fn session_filed(&self, session: u64, event: i64) -> Outcome<()> {
        self.db
            .prepare_cached("UPDATE session SET event = ?2 WHERE number = ?1")?
            .execute(params![session, event])?;
        Ok(())
    }

    /// Keeps what a file held, under the name that a session's record has for it.
    pub fn keep_content(&self, session: u64, name: &str, bytes: &[u8]) -> Outcome<()> {
        let sha256 = Sha256::digest(bytes);
        let known: Option<i64> = self
            .db
            .prepare_cached("SELECT id FROM blob WHERE sha256 = ?1")?
            .query_row([sha256.as_slice()], |row| row.get(0))
            .optional()?;
        let blob = match known {
            Some(blob) => blob,
            None => {
                self.db
                    .prepare_cached("INSERT INTO blob (sha256, size, packed) VALUES (?1, ?2, ?3)")?
                    .execute(params![sha256.as_slice(), bytes.len() as u64, pack(bytes)])?;
                self.db.last_insert_rowid()
            }
        };
        self.db
            .prepare_cached(
                "INSERT INTO session_content (session, hash, blob) VALUES (?1, ?2, ?3)
                 ON CONFLICT (session, hash) DO UPDATE SET blob = excluded.blob",
            )?
            .execute(params![session, name, blob])?;
        Ok(())
    }

    /// What a file held, if it was kept.
    pub fn content(&self, session: u64, name: &str) -> Outcome<Option<Vec<u8>>> {
        let found: Option<(u64, Vec<u8>)> = self
            .db
            .prepare_cached(
                "SELECT b.size, b.packed FROM session_content c JOIN blob b ON b.id = c.blob
                 WHERE c.session = ?1 AND c.hash = ?2",
            )?
            .query_row(params![session, name], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        found.map(|(size, packed)| unpack(&packed, usize::try_from(size).unwrap_or(0))).transpose()
    }

    /// The log of that number.
    pub fn session(&self, number: u64) -> Outcome<Option<Log>> {
        let row = self
            .db
            .prepare_cached(
                "SELECT s.ticket, s.event, s.size, s.packed, p.spelled, p.name FROM session s
                 JOIN person p ON p.id = s.person WHERE s.number = ?1",
            )?
            .query_row([number], |row| {
                let (size, packed): (usize, Vec<u8>) = (row.get(2)?, row.get(3)?);
                let worker: (String, String) = (row.get(4)?, row.get(5)?);
                Ok((Number(row.get(0)?), row.get(1)?, (size, packed), worker))
            })
            .optional()?;
        let Some((ticket, event, (size, packed), (address, name))) = row else { return Ok(None) };
        let head = unpack(&packed, size)?;
        let mut session: Session = serde_json::from_slice(&head)
            .map_err(|e| Fault::lasting(format!("the record of session {number}: {e}")))?;
        session.changes = self.changes_of(number)?;
        let address = Address::parse(&address)
            .ok_or_else(|| Fault::lasting(format!("session {number} is nobody's")))?;
        let filed = Filed { number, ticket, worker: Worker { address, name }, session };
        Ok(Some(Log { filed, event, overlay: self.overlay(number)? }))
    }

    fn changes_of(&self, number: u64) -> Outcome<Vec<Change>> {
        let mut rows =
            self.db.prepare_cached("SELECT detail FROM session_change WHERE session = ?1 ORDER BY place")?;
        let found = rows.query_map([number], |row| row.get::<_, String>(0))?;
        let mut changes = Vec::new();
        for detail in found {
            changes.push(change(&detail?)?);
        }
        Ok(changes)
    }
}

impl Reader {
    /// As [`Tx::session`].
    ///
    /// # Errors
    /// Those of the database.
    pub fn session(&self, number: u64) -> Outcome<Option<Log>> {
        self.look(|tx| tx.session(number))
    }
}

/// A change as it was written down.
fn change(detail: &str) -> Outcome<Change> {
    serde_json::from_str(detail).map_err(|e| Fault::lasting(format!("a change of a session: {e}")))
}

fn json(value: &impl serde::Serialize) -> Outcome<String> {
    serde_json::to_string(value).map_err(|e| Fault::lasting(format!("a session as JSON: {e}")))
}

#[cfg(test)]
mod tests;
