//! What members of staff do to the logs of sessions on the machine: the same as by mail, by the same door. Each is an event
//! of the ticket, and staff are told.

use super::{Desk, Done};
use crate::command::reveal::Meant;
use crate::decide::display;
use crate::fault::Outcome;
use crate::model::decision::{Change, Filing, Target, What};
use crate::model::refusal::Refusal;
use crate::model::session_log::Log;
use crate::pipeline::session::redaction::{self, Redaction, Wanted};
use crate::pipeline::session::with_lines;
use crate::store::Tx;
use crate::store::tickets::SeenBy;

impl Desk<'_> {
    /// Shows files and commands of a session's log from now on, or shows them no longer.
    ///
    /// # Errors
    /// Those of the database.
    pub fn display(&self, tx: &Tx<'_>, session: u64, meant: &Meant, shown: bool) -> Done<()> {
        let Some(log) = tx.session(session)? else { return Ok(Err(Refusal::NoSession(session))) };
        match display::of_log(&log, meant, shown) {
            Err(why) => Ok(Err(why)),
            Ok(what) => self.edited(tx, &log, what).map(Ok),
        }
    }

    /// Takes something out of what was kept of a session. When it is not there nothing happens.
    ///
    /// # Errors
    /// Those of the database.
    pub fn redact(&self, tx: &Tx<'_>, session: u64, wanted: &Wanted) -> Done<Redaction> {
        let Some(log) = tx.session(session)? else { return Ok(Err(Refusal::NoSession(session))) };
        let done = redaction::redact(tx, &log, wanted, self.now)?;
        if done.places > 0 {
            let file = if let Wanted::File(path) = wanted { Some(path.clone()) } else { None };
            self.edited(tx, &log, What::Redacted { session, places: done.places, file })?;
        }
        Ok(Ok(done))
    }

    fn edited(&self, tx: &Tx<'_>, log: &Log, what: What) -> Outcome<()> {
        let author = tx.meet(&self.member.address, &self.member.name, self.now)?;
        let changes = vec![Change { line: 0, what, remark: String::new() }];
        let filing = Filing { changes, ..Filing::of(Target::Known(log.filed.ticket)) };
        let filing = with_lines(tx, &filing)?;
        let filed = tx.file(&filing, None, &author, &self.cause(), SeenBy::default())?;
        self.tell(tx, &filed)
    }
}
