//! Whether a letter is still wanted when it is about to leave. Letters wait: for their hour, for a server, for a word of a
//! sysadmin; and whoever leaves or mutes a ticket meanwhile, or is taken off it, gets none of its news any more. In comes a
//! letter, yes or no goes out. What answers somebody, asks him something or is for staff goes in any case.

use super::outbox::Leased;
use super::{Tx, seconds};
use crate::fault::Outcome;
use rusqlite::params;

/// Its reader has left the ticket that a letter tells of, or wants no mail about it.
const LEFT: &str = "SELECT 1 FROM event e CROSS JOIN person p ON p.address = ?1
    CROSS JOIN subscription s ON s.ticket = e.ticket AND s.person = p.id
    WHERE e.seq = ?2 AND (s.ended IS NOT NULL OR s.level = 'muted')";
/// He has left everything whose news come to him gathered, since they were: a letter tells of many tickets.
const LEFT_ALL: &str = "SELECT 1 FROM person p CROSS JOIN subscription s ON s.person = p.id
    WHERE p.address = ?1 AND s.level IN ('daily','weekly') AND s.ended >= ?2
    AND NOT EXISTS (SELECT 1 FROM subscription o
      WHERE o.person = p.id AND o.level IN ('daily','weekly') AND o.ended IS NULL)";

impl Tx<'_> {
    /// Whether its reader still follows what it tells of.
    pub(super) fn is_wanted(&self, letter: &Leased) -> Outcome<bool> {
        let (gone, since) = match letter.kind.as_str() {
            "changed" => (LEFT, letter.event),
            "news" => (LEFT_ALL, seconds(letter.queued)),
            _ => return Ok(true),
        };
        Ok(!self.db.prepare_cached(gone)?.exists(params![letter.to.key(), since])?)
    }
}
