//! Who read the log of a session, and how: an event of its ticket, once a day for the same reader and manner.

use super::super::{Tx, seconds};
use crate::fault::Outcome;
use crate::model::session_log::Log;
use crate::store::events::Cause;
use jiff::SignedDuration;
use rusqlite::{OptionalExtension, params};

/// The word in the event table.
const READ: &str = "read";

impl Tx<'_> {
    /// Notes that somebody read a log; `how` says in which manner: shown, exported as a patch.
    pub fn log_was_read(&self, log: &Log, how: &str, cause: &Cause) -> Outcome<()> {
        let detail = serde_json::json!({ "how": how, "session": log.filed.number }).to_string();
        let day = seconds(cause.now - SignedDuration::from_hours(24));
        let noted = self
            .db
            .prepare_cached(
                "SELECT 1 FROM event WHERE ticket = ?1 AND what = ?2 AND actor = ?3 AND detail = ?4 AND at > ?5",
            )?
            .query_row(params![log.filed.ticket.0, READ, cause.actor, detail, day], |_| Ok(()))
            .optional()?;
        if noted.is_none() {
            self.add_raw_event(cause, Some(log.filed.ticket), 0, READ, &detail)?;
        }
        Ok(())
    }
}
