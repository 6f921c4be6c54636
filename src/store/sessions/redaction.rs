//! What a redaction takes out of a session: the record is written anew without it, contents that nobody needs any more are
//! deleted, and letters that held it lose their text here. SQLite overwrites what it deletes (`secure_delete`).

use super::super::packing::{pack, unpack};
use super::super::{Tx, time};
use super::json;
use crate::fault::Outcome;
use crate::limits;
use crate::model::session::Session;
use crate::model::session_log::Overlay;
use crate::model::ticket::Number;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

/// A letter of ours, as it stands in the outbox.
#[derive(Debug, Clone)]
pub struct Stored {
    pub id: i64,
    pub kind: String,
    pub recipient: String,
    pub message_id: String,
    /// It has not left yet.
    pub waits: bool,
    pub queued: Timestamp,
    pub bytes: Vec<u8>,
}

impl Tx<'_> {
    /// Writes a session's record anew, in the same order of changes.
    pub fn rewrite_session(&self, number: u64, session: &Session) -> Outcome<()> {
        let head = json(&Session { changes: Vec::new(), ..session.clone() })?;
        self.db
            .prepare_cached("UPDATE session SET size = ?2, packed = ?3 WHERE number = ?1")?
            .execute(params![number, head.len() as u64, pack(head.as_bytes())])?;
        let mut update = self
            .db
            .prepare_cached("UPDATE session_change SET detail = ?3 WHERE session = ?1 AND place = ?2")?;
        for (place, change) in session.changes.iter().enumerate() {
            update.execute(params![number, place as u64, json(change)?])?;
        }
        Ok(())
    }

    /// Writes what was said about its lines anew, in the same order.
    pub fn rewrite_annotations(&self, number: u64, overlay: &Overlay) -> Outcome<()> {
        let ids: Vec<i64> = self
            .db
            .prepare_cached("SELECT id FROM annotation WHERE session = ?1 ORDER BY place, line, id")?
            .query_map([number], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut update =
            self.db.prepare_cached("UPDATE annotation SET text = ?2, quoted = ?3 WHERE id = ?1")?;
        for (id, one) in ids.iter().zip(&overlay.annotations) {
            update.execute(params![id, one.text, one.spot.quoted])?;
        }
        Ok(())
    }

    /// The session's text in its ticket's conversation.
    pub fn session_entry(&self, event: i64) -> Outcome<Vec<(i64, String)>> {
        let mut rows = self.db.prepare_cached("SELECT id, text FROM entry WHERE event = ?1")?;
        let found = rows.query_map([event], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Writes a text of a conversation anew. Its index would only note that words are gone (FTS5, secure-delete), and keeps
    /// to it from then on.
    pub fn rewrite_entry(&self, id: i64, text: &str) -> Outcome<()> {
        self.db.execute("INSERT INTO search (search, rank) VALUES ('secure-delete', 1)", [])?;
        self.db.prepare_cached("UPDATE entry SET text = ?2 WHERE id = ?1")?.execute(params![id, text])?;
        Ok(())
    }

    /// A session has nothing under that name any more; what nobody else has is deleted.
    pub fn drop_content(&self, session: u64, name: &str) -> Outcome<()> {
        let blob: Option<i64> = self
            .db
            .prepare_cached("SELECT blob FROM session_content WHERE session = ?1 AND hash = ?2")?
            .query_row(params![session, name], |row| row.get(0))
            .optional()?;
        self.run("DELETE FROM session_content WHERE session = ?1 AND hash = ?2", params![session, name])?;
        self.run(
            "DELETE FROM blob WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM session_content WHERE blob = ?1)",
            [blob],
        )
    }

    /// Other sessions that have the same bytes.
    pub fn sharing(&self, session: u64, name: &str) -> Outcome<Vec<u64>> {
        let mut rows = self.db.prepare_cached(
            "SELECT DISTINCT o.session FROM session_content c JOIN session_content o ON o.blob = c.blob
             WHERE c.session = ?1 AND c.hash = ?2 AND o.session != ?1 ORDER BY o.session",
        )?;
        let found = rows.query_map(params![session, name], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The letters since that event that are about a ticket, or about several or none (what was asked by mail, what is
    /// gathered), and of which `is_meant` says so when it is shown their bytes; and those that cannot be read.
    pub fn letters_since(
        &self,
        ticket: Number,
        event: i64,
        is_meant: impl Fn(&[u8]) -> bool,
    ) -> Outcome<Vec<Stored>> {
        let mut rows = self.db.prepare_cached(
            "SELECT o.id, o.kind, o.recipient, o.message_id, o.state IN ('waiting','held'), o.queued, o.packed
             FROM outbox o JOIN event e ON e.seq = o.event
             WHERE o.event >= ?2 AND (e.ticket = ?1 OR e.ticket IS NULL) ORDER BY o.id",
        )?;
        let found = rows.query_map(params![ticket.0, event], |row| {
            let stored = Stored {
                id: row.get(0)?,
                kind: row.get(1)?,
                recipient: row.get(2)?,
                message_id: row.get(3)?,
                waits: row.get(4)?,
                queued: time(row.get(5)?),
                bytes: Vec::new(),
            };
            Ok((stored, row.get::<_, Vec<u8>>(6)?))
        })?;
        let mut letters = Vec::new();
        for row in found {
            let (stored, packed) = row?;
            // of one that is damaged nobody can say what it holds, and it is of no other use
            let bytes = unpack(&packed, limits::MAIL_BYTES * 2).unwrap_or_default();
            if bytes.is_empty() || is_meant(&bytes) {
                letters.push(Stored { bytes, ..stored });
            }
        }
        Ok(letters)
    }

    /// Keeps of a letter only these bytes; one that waits, or is held, does not go.
    pub fn take_back(&self, letter: &Stored, rest: &[u8], now: Timestamp) -> Outcome<()> {
        self.db
            .prepare_cached("UPDATE outbox SET packed = ?2 WHERE id = ?1")?
            .execute(params![letter.id, pack(rest)])?;
        self.db
            .prepare_cached(
                "UPDATE outbox SET state = 'failed', ended = ?2, said = 'taken back: it held what was redacted'
                 WHERE id = ?1 AND state IN ('waiting','held')",
            )?
            .execute(params![letter.id, now.as_second()])?;
        Ok(())
    }

    /// The mail that caused an event, if one did.
    pub fn mail_of_event(&self, event: i64) -> Outcome<Option<i64>> {
        let found = self
            .db
            .prepare_cached("SELECT intake FROM event WHERE seq = ?1")?
            .query_row([event], |row| row.get(0))
            .optional()?;
        Ok(found.flatten())
    }

    /// Mails that were taken in for a ticket, by their numbers.
    pub fn mails_about(&self, ticket: Number) -> Outcome<Vec<i64>> {
        let mut rows = self.db.prepare_cached("SELECT id FROM intake WHERE ticket = ?1 ORDER BY id")?;
        let found = rows.query_map([ticket.0], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}
