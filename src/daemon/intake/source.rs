//! A mailbox of either kind, as the loop that looks after it sees it: what both can do, and what only a server has. Comes in
//! and goes out what [`Mailbox`] says; a folder on the disk has no marks and shuts nobody out.

use super::Held;
use crate::fault::Outcome;
use crate::fetch::imap::{BADGE, Imap};
use crate::fetch::mailbox::{Fetched, Listing, Mailbox};
use crate::fetch::maildir::Maildir;
use std::time::Duration;

/// A mailbox of either kind.
pub enum Source {
    Imap(Box<Imap>),
    Maildir(Maildir),
}

impl Source {
    /// Logs out, if there is anything to log out from.
    pub async fn close_politely(&mut self) {
        match self {
            Source::Imap(m) => m.close().await,
            Source::Maildir(m) => m.close().await,
        }
    }
    pub(super) fn name(&self) -> String {
        match self {
            Source::Imap(m) => m.name(),
            Source::Maildir(m) => m.name(),
        }
    }
    /// The largest mail that is fetched in whole: bytes.
    pub(super) fn largest(&self) -> usize {
        match self {
            Source::Imap(m) => m.largest,
            Source::Maildir(m) => m.largest,
        }
    }
    pub(super) async fn list(&mut self, after: Option<(i64, u64)>) -> Outcome<Listing> {
        match self {
            Source::Imap(m) => m.list(after).await,
            Source::Maildir(m) => m.list(after).await,
        }
    }
    pub(super) async fn fetch(&mut self, entries: &[Held]) -> Outcome<Vec<Fetched>> {
        match self {
            Source::Imap(m) => m.fetch(entries).await,
            Source::Maildir(m) => m.fetch(entries).await,
        }
    }
    pub(super) async fn mark(&mut self, uids: &[String]) -> Outcome<()> {
        match self {
            Source::Imap(m) => m.mark(uids).await,
            Source::Maildir(m) => m.mark(uids).await,
        }
    }
    /// What our marks are told by: the names of this installation, the present one first.
    pub(super) fn wear(&mut self, names: &[String]) {
        if let Source::Imap(m) = self
            && m.badges.is_empty()
        {
            m.badges = names.iter().map(|name| format!("{BADGE}{name}")).collect();
        }
    }
    /// Another installation's mark that was found on mails of ours since the last time.
    pub(super) fn stranger(&mut self) -> Option<String> {
        if let Source::Imap(m) = self { m.stranger.take() } else { None }
    }
    /// The server was there at the last try, and did not let us into the folder.
    pub(super) fn is_shut(&self) -> bool {
        if let Source::Imap(m) = self { m.shut } else { false }
    }
    pub(super) async fn wait(&mut self, limit: Duration) -> Outcome<()> {
        match self {
            Source::Imap(m) => m.wait(limit).await,
            Source::Maildir(m) => m.wait(limit).await,
        }
    }
}
