//! A folder of an IMAP account as a [`Mailbox`]. Comes in: a server and a folder's name; goes out: listings and raw
//! mails. Never believes an answer that is not whole, never touches what people see of a mail (\Seen) and never
//! deletes one. After an error the connection is dropped; the next `list` makes a new one. RFC 9051 and RFC 3501,
//! IDLE RFC 2177, MOVE RFC 6851.

mod batch;
pub mod folder;
mod guard;
mod idle;
mod login;
mod names;
mod probe;
pub mod strict;

#[cfg(test)]
mod tests;

use super::mailbox::{Entry, Fetched, Listing, Mailbox};
use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::model::server::Server;
use batch::{Bodies, Body};
pub use folder::BADGE;
use folder::Selected;
pub use probe::Probe;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;
pub use strict::Patience;
use strict::{Line, Trouble};
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// The time of which `limits::IMAP_LOGINS` is the measure.
const LOGINS_WITHIN: Duration = Duration::from_secs(120);

/// What is done with a mail whose effects are committed. Only a courtesy to people: the store knows by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// It gets the flag `$TrackleDone`.
    Flag,
    /// It is moved to this folder (levels parted by `/`), which is made when missing.
    Move(String),
}

/// What a folder of an account is called in the database and the log.
pub fn name(server: &Server, folder: &str) -> String {
    let user = server.login.as_ref().map_or("", |l| l.user.as_str());
    format!("imap:{user}@{}/{folder}", server.host)
}

/// One folder of one account.
#[derive(Debug)]
pub struct Imap {
    server: Server,
    folder: String,
    /// What happens to mail that is done.
    pub done: Done,
    /// Of a larger mail only the head is fetched, in bytes; `limits::MAIL_BYTES` unless set lower.
    pub largest: usize,
    /// Flags that tell our marks from those of another installation: ours, and what ours were before; none are set or
    /// looked for when empty.
    pub badges: Vec<String>,
    /// The badge of another installation that was found on mails of ours.
    pub stranger: Option<String>,
    /// At the last try the server was there, and did not let us into the folder.
    pub shut: bool,
    /// Deadlines; the defaults are those of `limits`.
    pub patience: Patience,
    line: Option<Line>,
    selected: Option<Selected>,
    /// UIDVALIDITY of the last listing, which all UIDs we are told belong to.
    epoch: Option<u32>,
    /// The done folder's name on the wire, once found.
    done_folder: Option<String>,
    /// The server offered IDLE and then refused it.
    no_idle: bool,
    /// How often a mail could not be fetched whole.
    doubts: HashMap<u32, u32>,
    /// When the last logins were tried, oldest first.
    logins: VecDeque<Instant>,
}

impl Imap {
    /// Nothing is connected before the first `list`.
    pub fn new(server: Server, folder: &str, done: Done) -> Imap {
        Imap {
            server,
            folder: folder.to_owned(),
            done,
            largest: limits::MAIL_BYTES,
            badges: Vec::new(),
            stranger: None,
            shut: false,
            patience: Patience::default(),
            line: None,
            selected: None,
            epoch: None,
            done_folder: None,
            no_idle: false,
            doubts: HashMap::new(),
            logins: VecDeque::new(),
        }
    }

    /// The connection with the folder selected. It leaves `self` and comes back by [`Imap::keep`], so that an error
    /// or a call given up half-way ends it.
    async fn open(&mut self) -> Outcome<(Line, Selected)> {
        if let (Some(line), Some(selected)) = (self.line.take(), self.selected.take()) {
            return Ok((line, selected));
        }
        if let Some(turn) = self.turn(Instant::now()) {
            sleep_until(turn).await;
        }
        self.shut = true;
        let mut line = login::connect(&self.server, self.patience).await.map_err(|closed| {
            self.shut = closed.shut;
            closed.fault
        })?;
        self.no_idle = false;
        let selected = folder::select(&mut line, &self.folder)
            .await
            .map_err(|t| self.fault(&format!("opening the folder {}", self.folder), &t))?;
        self.shut = false;
        Ok((line, selected))
    }

    /// When a login that is wanted now has its turn; `None`: at once. Whoever comes too often is locked out by some
    /// servers, and for longer.
    fn turn(&mut self, now: Instant) -> Option<Instant> {
        let full = self.logins.len() >= limits::IMAP_LOGINS;
        let first = if full { self.logins.pop_front() } else { None };
        let turn = first.map(|first| first + LOGINS_WITHIN).filter(|turn| *turn > now);
        self.logins.push_back(turn.unwrap_or(now));
        turn
    }

    fn keep(&mut self, line: Line, selected: Selected) {
        (self.line, self.selected) = (Some(line), Some(selected));
    }

    /// As [`Imap::open`], for UIDs of the last listing: they mean other mails in another epoch.
    async fn reopen(&mut self) -> Outcome<(Line, Selected)> {
        let (line, selected) = self.open().await?;
        if self.epoch != Some(selected.epoch) {
            let what = match self.epoch {
                Some(_) => "the server has numbered the folder anew (UIDVALIDITY)",
                None => "the folder has not been listed yet",
            };
            self.keep(line, selected);
            return Err(Fault::passing(format!("{}: {what}", login::place(&self.server))));
        }
        Ok((line, selected))
    }

    fn fault(&self, doing: &str, trouble: &Trouble) -> Fault {
        login::fault(&self.server, doing, trouble)
    }

    async fn mark_all(&mut self, line: &mut Line, selected: Selected, uids: &[u32]) -> Result<(), Trouble> {
        if let Done::Move(folder) = &self.done
            && line.offers("MOVE")
        {
            if self.done_folder.is_none() {
                match folder::ensure(line, folder).await {
                    Ok(name) => self.done_folder = Some(name),
                    Err(Trouble::Refused(text)) => {
                        tracing::warn!(folder, text, "the folder for mail that is done cannot be made");
                    }
                    Err(lost) => return Err(lost),
                }
            }
            if let Some(name) = &self.done_folder {
                match folder::move_to(line, uids, name).await {
                    Err(Trouble::Refused(text)) => {
                        tracing::warn!(folder, text, "mail that is done cannot be moved");
                        // perhaps somebody removed the folder: look again next time
                        self.done_folder = None;
                    }
                    other => return other,
                }
            }
        }
        if !selected.keeps_flags {
            return Ok(());
        }
        let badge = self.badges.first().filter(|_| selected.keeps_any);
        if badge.is_some() {
            let found = folder::badges(line, uids, &self.badges).await?;
            self.stranger = self.stranger.take().or(found);
        }
        folder::flag(line, uids, badge.map(String::as_str)).await
    }
}

impl Mailbox for Imap {
    fn name(&self) -> String {
        name(&self.server, &self.folder)
    }

    async fn list(&mut self, after: Option<(i64, u64)>) -> Outcome<Listing> {
        // a connection that died in silence, or while nobody listened, costs one more try and no error
        if let (Some(mut line), Some(selected)) = (self.line.take(), self.selected.take()) {
            match line.command("NOOP", |_| Ok(())).await {
                Ok(()) => self.keep(line, selected),
                Err(trouble) => tracing::debug!(?trouble, "connecting anew"),
            }
        }
        let is_new = self.line.is_none();
        let (mut line, selected) = self.open().await?;
        let after = match after {
            Some((epoch, uid)) if epoch == i64::from(selected.epoch) => {
                u32::try_from(uid).unwrap_or(u32::MAX)
            }
            _ => 0,
        };
        // a number that is to be given once more: the folder came back from a backup
        let goes_back = is_new && selected.next.is_some_and(|next| next <= after);
        let after = if goes_back { 0 } else { after };
        if self.epoch != Some(selected.epoch) {
            self.doubts.clear();
        }
        self.epoch = Some(selected.epoch);
        line.grown = false;
        let part = folder::list(&mut line, (after, selected.next), &self.badges)
            .await
            .map_err(|t| self.fault("listing the folder", &t))?;
        self.keep(line, selected);
        Ok(Listing { epoch: i64::from(selected.epoch), more: part.more, entries: part.entries() })
    }

    async fn fetch(&mut self, uids: &[Entry]) -> Outcome<Vec<Fetched>> {
        let wanted: Vec<(u32, &Entry)> = uids.iter().filter_map(|e| Some((e.uid.parse().ok()?, e))).collect();
        let (mut line, selected) = self.reopen().await?;
        let mut bodies = Bodies::new();
        let largest = self.largest as u64;
        let large = |e: &Entry| e.size.is_some_and(|s| s > largest);
        let (heads, whole): (Vec<_>, Vec<_>) = wanted.iter().partition(|(_, e)| large(e));
        for some in whole.chunks(limits::BATCH_MAILS) {
            let sizes = some.iter().map(|(uid, e)| (*uid, e.size)).collect();
            bodies.extend(self.batch(&mut line, &sizes).await?);
        }
        for (uid, _) in heads {
            let head =
                folder::fetch_head(&mut line, uid).await.map_err(|t| self.fault("fetching mail", &t))?;
            bodies.extend(head.map(|bytes| (uid, Body { bytes, cut: true })));
        }
        self.keep(line, selected);
        let fetched = wanted.into_iter().filter_map(|(uid, entry)| {
            let Body { bytes, cut } = bodies.remove(&uid)?;
            Some(Fetched { uid: entry.uid.clone(), bytes, arrived: entry.arrived, cut })
        });
        Ok(fetched.collect())
    }

    async fn mark(&mut self, uids: &[String]) -> Outcome<()> {
        let numbers: Vec<u32> = uids.iter().filter_map(|u| u.parse().ok()).collect();
        let (mut line, selected) = self.reopen().await?;
        for some in numbers.chunks(limits::BATCH_MAILS) {
            match self.mark_all(&mut line, selected, some).await {
                Ok(()) => {}
                // the mark is a courtesy: who refuses it gets the same mails listed again, and the store knows them
                Err(Trouble::Refused(text)) => tracing::debug!(text, "marks are refused"),
                Err(lost) => return Err(self.fault("marking mail", &lost)),
            }
        }
        self.keep(line, selected);
        Ok(())
    }

    async fn wait(&mut self, limit: Duration) -> Outcome<()> {
        let (line, selected) = self.open().await?;
        let can_idle = !self.no_idle && line.offers("IDLE");
        // kept in its place while waiting: a wait that is given up leaves an IDLE that can still be ended
        self.keep(line, selected);
        let Some(line) = self.line.as_mut() else { return Ok(()) };
        if line.grown {
            return Ok(());
        }
        let result = if can_idle { idle(line, limit.min(self.patience.idle)).await } else { Ok(false) };
        match result {
            Ok(true) => Ok(()),
            Ok(false) => {
                self.no_idle = true;
                sleep(limit.min(self.patience.poll)).await;
                Ok(())
            }
            Err(trouble) => {
                (self.line, self.selected) = (None, None);
                Err(self.fault("waiting for mail", &trouble))
            }
        }
    }

    async fn close(&mut self) {
        self.selected = None;
        if let Some(mut line) = self.line.take() {
            // a server that does not say goodbye is left without
            let _ = timeout(Duration::from_secs(2), line.command("LOGOUT", |_| Ok(()))).await;
        }
    }
}

/// Waits in IDLE. `Ok(false)`: the server does not want to.
async fn idle(line: &mut Line, limit: Duration) -> Result<bool, Trouble> {
    if !line.begin_idle().await? {
        return Ok(false);
    }
    line.idle(limit).await?;
    line.end_idle().await?;
    Ok(true)
}
