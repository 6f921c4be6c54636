//! Marks on mails that the database does not know. In come a listing's entries, then each of them as it is kept; out goes
//! what becomes of it. IMAP cannot keep two installations out of one mailbox, so that they are noticed is all there is: what
//! another one has marked as done is set aside, since its sender was answered already, and staff are told. Our own mark on
//! an unknown mail stands there after a backup was restored, when it has to be taken again, or when a copy of us runs.

use super::Held;
use crate::fault::Outcome;
use crate::model::decision::End;
use crate::store::Tx;
use std::collections::{HashMap, HashSet};

/// Marks of one listing.
#[derive(Default)]
pub struct Marks {
    /// The mailbox was never looked into before: whoever was there left it to us.
    first: bool,
    others: HashMap<String, String>,
    ours: HashSet<String>,
}

impl Marks {
    /// Those on mails that are not known; `first` when none of the mailbox ever was.
    pub fn on(entries: &[Held], first: bool) -> Marks {
        let others = entries.iter().filter_map(|e| Some((e.uid.clone(), e.another.clone()?)));
        let ours = entries.iter().filter(|e| e.marked && e.another.is_none()).map(|e| e.uid.clone());
        Marks { first, others: others.collect(), ours: ours.collect() }
    }

    /// Another installation's mark, when it works here now.
    pub fn another(&self) -> Option<&String> {
        self.others.values().next().filter(|_| !self.first)
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
        match other {
            Some(mark) if self.first => {
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
        Ok(other.is_none() && !self.first)
    }
}
