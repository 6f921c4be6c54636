//! Where raw mail comes from, as the daemon sees it: list what is there, fetch what is not known, mark what is done.
//! A mailbox never decides what is new (the store knows) and never marks before the daemon says that the mail's
//! effects are committed.

use crate::fault::Outcome;
use jiff::Timestamp;
use std::time::Duration;

/// A mail that the mailbox holds. `uid` is unique within `Listing::epoch`, and not used again there unless the mailbox
/// comes back from a backup; then `arrived` is another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// IMAP: the UID in decimal. Maildir: the unique name without its info suffix.
    pub uid: String,
    /// Bytes, when the mailbox can tell without fetching.
    pub size: Option<u64>,
    /// When it arrived in the mailbox, if known.
    pub arrived: Option<Timestamp>,
    /// Our own done-mark stands on it already.
    pub marked: bool,
    /// The mark of another installation that stands on it.
    pub another: Option<String>,
}

/// What a mailbox holds that has not been marked done, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// IMAP: UIDVALIDITY. A new number voids every uid known before.
    pub epoch: i64,
    pub entries: Vec<Entry>,
    /// What the mailbox holds behind them, when that is too much for one listing.
    pub more: Option<More>,
}

/// The rest of a mailbox, which a further listing begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct More {
    /// Its mails have numbers above this one.
    pub after: u64,
    /// How many they are.
    pub mails: usize,
}

/// One mail, or what could be had of it.
#[derive(Debug, Clone)]
pub struct Fetched {
    pub uid: String,
    pub bytes: Vec<u8>,
    pub arrived: Option<Timestamp>,
    /// Over `limits::MAIL_BYTES`: `bytes` is only its head.
    pub cut: bool,
}

/// A source of mail. Any error means: the connection is gone, call `list` again later.
#[allow(async_fn_in_trait)] // used through the `Source` enum and generics only, always on our own runtime
pub trait Mailbox {
    /// A name that stays the same over restarts: `imap:help@mail.example/INBOX`, `maildir:/var/mail/help`.
    fn name(&self) -> String;
    /// Connects when needed, and lists what is there with a number above `after` (IMAP; other mailboxes list all), or the
    /// first part of it. `after` belongs to the epoch it was seen in: `(epoch, uid)`; with another epoch everything is listed.
    async fn list(&mut self, after: Option<(i64, u64)>) -> Outcome<Listing>;
    /// Fetches these mails, in this order. One that has vanished meanwhile is left out of the answer.
    async fn fetch(&mut self, uids: &[Entry]) -> Outcome<Vec<Fetched>>;
    /// Marks mails as done after their effects were committed; marking twice does no harm.
    async fn mark(&mut self, uids: &[String]) -> Outcome<()>;
    /// Returns when something may have arrived, or after `limit`.
    async fn wait(&mut self, limit: Duration) -> Outcome<()>;
    /// Says goodbye.
    async fn close(&mut self);
}
