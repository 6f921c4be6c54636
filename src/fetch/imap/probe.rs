//! Trying an account out: connect, log in, open the folder, look what the server can do, log out. Marks nothing.

use super::Imap;
use crate::fault::Outcome;
use crate::fetch::mailbox::Mailbox;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Mails in the folder.
    pub mails: u32,
    /// It tells of new mail by itself (RFC 2177).
    pub idle: bool,
    /// It can move mail (RFC 6851).
    pub can_move: bool,
    /// Our mark stays on a mail.
    pub keeps_flags: bool,
}

impl Imap {
    /// Tries the account and the folder; ends the connection.
    ///
    /// # Errors
    /// As [`Mailbox::list`].
    pub async fn probe(&mut self) -> Outcome<Probe> {
        let (line, selected) = self.open().await?;
        let probe = Probe {
            mails: line.exists,
            idle: line.offers("IDLE"),
            can_move: line.offers("MOVE"),
            keeps_flags: selected.keeps_flags,
        };
        self.keep(line, selected);
        self.close().await;
        Ok(probe)
    }
}
