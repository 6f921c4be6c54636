//! What a letter belongs to, for mail programs that show conversations. An envelope comes in; the Message-IDs of
//! In-Reply-To and References go out: the reader's own thread only, never an id that he has not seen, never one that
//! could harm a header. RFC 5322 3.6.4.

use super::envelope::Envelope;
use crate::limits;
use crate::model::letter::About;
use crate::model::mail::MessageId;

impl<'a> Envelope<'a> {
    /// The mail that the letter answers, or else the newest of its thread.
    pub(super) fn parent(&self) -> Option<&'a MessageId> {
        let answered = match &self.letter.about {
            About::ConfirmTicket { answers, .. }
            | About::ConfirmMail { answers, .. }
            | About::Followed { answers, .. }
            | About::Done { answers, .. }
            | About::Reply { answers, .. } => answers.as_ref(),
            About::StaffOpened { news, .. }
            | About::StaffChanged { news, .. }
            | About::Changed { news, .. } => news.answers.as_ref(),
            _ => None,
        };
        let usable = |id: &&MessageId| id.is_strict() && **id != self.message_id;
        answered.filter(usable).or_else(|| self.thread().iter().rev().find(usable))
    }

    /// What this reader has seen of the ticket, oldest first.
    fn thread(&self) -> &'a [MessageId] {
        match (&self.letter.about, self.view) {
            // a direct answer refers to the mail that it answers and to nothing that its reader may not know
            (About::Reply { .. } | About::Followed { .. } | About::Done { .. }, _) | (_, None) => &[],
            (About::Opened { .. } | About::Changed { .. } | About::Requester { .. }, Some(view)) => {
                &view.outside_thread
            }
            (_, Some(view)) => &view.staff_thread,
        }
    }

    /// The first of the thread and the newest, the parent last (RFC 5322 3.6.4).
    pub(super) fn references(&self) -> Vec<String> {
        let Some(parent) = self.parent() else { return Vec::new() };
        let mut ids: Vec<&MessageId> = Vec::new();
        for id in self.thread() {
            if id.is_strict() && *id != self.message_id && id != parent && !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids.push(parent);
        let surplus = ids.len().saturating_sub(limits::LETTER_REFERENCES);
        ids.drain(1..1 + surplus);
        ids.iter().map(|id| id.to_string()).collect()
    }
}
