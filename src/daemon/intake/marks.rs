//! Marks on mails that the database does not know. In come a listing's entries, then each of them as it is kept; out goes
//! what becomes of it. IMAP cannot keep two installations out of one mailbox, so that they are noticed is all there is: what
//! another one has marked as done is set aside, since its sender was answered already, and staff are told. Our own mark on
//! an unknown mail stands there after a backup was restored, when it has to be taken again, or when a copy of us runs.

use super::Held;
use crate::fault::Outcome;
use crate::model::decision::End;
use crate::store::Tx;
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};

/// Marks of one listing.
#[derive(Default)]
pub struct Marks {
    others: HashMap<String, String>,
    ours: HashSet<String>,
    /// Mails that were there before the mailbox was ever looked into: whoever was there left them to us.
    left: HashSet<String>,
}

impl Marks {
    /// Those on mails that are not known; the mailbox was looked into for the first time at `first`.
    pub fn on(entries: &[Held], first: Timestamp) -> Marks {
        let others = entries.iter().filter_map(|e| Some((e.uid.clone(), e.another.clone()?)));
        let ours = entries.iter().filter(|e| e.marked && e.another.is_none()).map(|e| e.uid.clone());
        let left = entries.iter().filter(|e| e.arrived.is_some_and(|at| at <= first)).map(|e| e.uid.clone());
        Marks { others: others.collect(), ours: ours.collect(), left: left.collect() }
    }

    /// Another installation's mark, when it works here now.
    pub fn another(&self) -> Option<&String> {
        self.others.iter().find(|(uid, _)| !self.left.contains(*uid)).map(|(_, mark)| mark)
    }

    /// Sets a mail aside that was just kept, if another installation has done it. Gives whether our own mark is on it
    /// without reason. A mail whose bytes are known is a copy that somebody made of it, marks and all.
    ///
    /// # Errors
    /// Those of the database.
    pub fn judge(&self, tx: &Tx<'_>, uid: &str, intake: i64) -> Outcome<bool> {
        let other = self.others.get(uid);
        if (other.is_none() && !self.ours.contains(uid)) || tx.same_bytes(intake)?.is_some() {
            return Ok(false);
        }
        let was_left = self.left.contains(uid);
        match other {
            Some(mark) if was_left => {
                let why = format!("another Trackle ({mark}) had done it before this one came");
                tx.end(intake, End::Ignored, &why, None)?;
            }
            Some(mark) => tx.quarantine(
                intake,
                &format!(
                    "another Trackle works on this mailbox, too, and has marked it as done ({mark}); if that one was \
                     not meant to, let it through with `trackle quarantine retry`"
                ),
            )?,
            None => {}
        }
        Ok(other.is_none() && !was_left)
    }
}
