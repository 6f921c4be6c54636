//! A batch of mails in one command, and a second look at those that came oddly. Comes in: UIDs and the sizes of the
//! listing; goes out: bodies. Never takes half a mail for a whole one, and never lets one broken mail keep the
//! others out for good: after some tries what there is of it is handed on as cut.

use super::folder::{self, Got, Sizes};
use super::strict::{Line, Trouble};
use super::{Imap, login};
use crate::fault::{Fault, Outcome};
use crate::limits;
use std::collections::HashMap;

/// What was had of a mail.
pub struct Body {
    pub bytes: Vec<u8>,
    /// It is only a part.
    pub cut: bool,
}

/// Bodies by UID.
pub type Bodies = HashMap<u32, Body>;

impl Imap {
    /// Fetches a batch; what is doubtful is asked for again by itself. What has vanished is left out.
    pub(super) async fn batch(&mut self, line: &mut Line, sizes: &Sizes) -> Outcome<Bodies> {
        let first = match folder::fetch(line, sizes).await {
            Ok(got) => got,
            // one bad mail makes some servers refuse all
            Err(Trouble::Refused(_)) => sizes.keys().map(|uid| (*uid, Got::Doubtful(None))).collect(),
            Err(lost) => return Err(self.fault("fetching mail", &lost)),
        };
        let mut bodies = Bodies::with_capacity(first.len());
        for (uid, got) in first {
            let body = match got {
                Got::Whole(bytes) => Some(Body { bytes, cut: false }),
                Got::Doubtful(before) => {
                    let size = sizes.get(&uid).copied().flatten();
                    self.again(line, (uid, size), before).await?
                }
            };
            bodies.extend(body.map(|body| (uid, body)));
        }
        Ok(bodies)
    }

    /// The second look at one mail, of which `before` came at first. Its length may differ from the listing when
    /// the same bytes come twice: some servers only estimate sizes. `None`: it has vanished.
    async fn again(
        &mut self,
        line: &mut Line,
        mail: (u32, Option<u64>),
        before: Option<Vec<u8>>,
    ) -> Outcome<Option<Body>> {
        let (uid, _) = mail;
        let after = match folder::fetch(line, &Sizes::from([mail])).await {
            Ok(mut got) => match got.remove(&uid) {
                None => return Ok(None),
                Some(Got::Whole(bytes)) => return Ok(Some(Body { bytes, cut: false })),
                Some(Got::Doubtful(after)) => after,
            },
            Err(Trouble::Refused(_)) => None,
            Err(lost) => return Err(self.fault("fetching mail", &lost)),
        };
        let twice = after.as_ref().is_some_and(|bytes| !bytes.is_empty()) && before == after;
        let bytes = after.unwrap_or_default();
        if twice {
            tracing::debug!(uid, bytes = bytes.len(), "the server lists another size than it sends");
            return Ok(Some(Body { bytes, cut: false }));
        }
        let tries = self.doubts.entry(uid).or_insert(0);
        *tries += 1;
        if *tries < limits::TRIES {
            let what = format!("mail {uid} of {} does not come whole", self.folder);
            return Err(Fault::passing(format!("{}: {what}", login::place(&self.server))));
        }
        Ok(Some(Body { bytes, cut: true }))
    }
}
