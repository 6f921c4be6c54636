//! Waiting for one mail: in the mailboxes that the configuration names, and in the database, where a robot that serves
//! meanwhile may have put it before anybody could see it. Reads only; what is there is neither marked nor moved.

use super::forgery::Forgery;
use crate::clock;
use crate::config::{Config, Mailbox as Place};
use crate::daemon::SPOOL;
use crate::fault::Outcome;
use crate::fetch::imap::{Done, Imap};
use crate::fetch::mailbox::{Entry, Mailbox};
use crate::fetch::maildir::Maildir;
use crate::model::mail::{Mail, MessageId};
use crate::read;
use crate::store::{self, Reader};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::sleep;

/// Between two looks.
const PAUSE: Duration = Duration::from_secs(1);

/// Everywhere the mail may turn up.
pub struct Watch {
    imap: Vec<Watched<Imap>>,
    maildirs: Vec<Watched<Maildir>>,
    state: PathBuf,
}

/// A mailbox, and what was in it before.
struct Watched<M> {
    mailbox: M,
    known: BTreeSet<String>,
    /// What is not listed any more.
    after: Option<(i64, u64)>,
}

impl Watch {
    /// Looks what is there already.
    ///
    /// # Errors
    /// Those of the mailboxes.
    pub async fn begin(config: &Config) -> Outcome<Watch> {
        let state = config.robot.state.clone();
        let mut watch = Watch { imap: Vec::new(), maildirs: Vec::new(), state };
        // where `trackle deliver` puts mail
        let spool = watch.state.join(SPOOL);
        if spool.exists() {
            watch.maildirs.push(Watched::begin(Maildir::open(&spool)?).await?);
        }
        for place in &config.mailboxes {
            match place {
                Place::Maildir(m) => watch.maildirs.push(Watched::begin(Maildir::open(&m.path)?).await?),
                Place::Imap(m) => {
                    for folder in &m.folders {
                        let imap = Imap::new(m.server.clone(), folder, Done::Flag);
                        watch.imap.push(Watched::begin(imap).await?);
                    }
                }
            }
        }
        Ok(watch)
    }

    /// The mail and where it was found; `None` when it did not come in time.
    pub async fn wait(&mut self, forgery: &Forgery, limit: Duration) -> Option<(Mail, String)> {
        let begun = clock::instant();
        let mut found = None;
        while found.is_none() && begun.elapsed() < limit {
            sleep(PAUSE.min(limit)).await;
            found = self.look(forgery).await;
        }
        for watched in &mut self.imap {
            watched.mailbox.close().await;
        }
        found
    }

    async fn look(&mut self, forgery: &Forgery) -> Option<(Mail, String)> {
        for watched in &mut self.imap {
            if let Some(mail) = watched.look(forgery).await {
                return Some((mail, watched.mailbox.name()));
            }
        }
        for watched in &mut self.maildirs {
            if let Some(mail) = watched.look(forgery).await {
                return Some((mail, watched.mailbox.name()));
            }
        }
        taken(&self.state, forgery).map(|mail| (mail, "the robot that is serving".to_owned()))
    }
}

impl<M: Mailbox> Watched<M> {
    async fn begin(mailbox: M) -> Outcome<Watched<M>> {
        let mut watched = Watched { mailbox, known: BTreeSet::new(), after: None };
        watched.known = watched.list().await?.into_iter().map(|entry| entry.uid).collect();
        Ok(watched)
    }

    /// The end of what is there, the first time all of it: a large folder comes in parts.
    async fn list(&mut self) -> Outcome<Vec<Entry>> {
        let mut entries = Vec::new();
        loop {
            let listing = self.mailbox.list(self.after).await?;
            entries.extend(listing.entries);
            let Some(more) = listing.more else { return Ok(entries) };
            self.after = Some((listing.epoch, more.after));
        }
    }

    /// A mailbox in trouble is asked again with the next look.
    async fn look(&mut self, forgery: &Forgery) -> Option<Mail> {
        let mut entries = self.list().await.ok()?;
        entries.retain(|entry| !self.known.contains(&entry.uid));
        for fetched in self.mailbox.fetch(&entries).await.ok()? {
            self.known.insert(fetched.uid);
            if let Some(mail) = found_in(&fetched.bytes, forgery) {
                return Some(mail);
            }
        }
        None
    }
}

fn taken(state: &Path, forgery: &Forgery) -> Option<Mail> {
    if !state.join(store::FILE).exists() {
        return None;
    }
    let reader = Reader::open(state).ok()?;
    let id = MessageId::parse(&forgery.message_id)?;
    let taken = reader.mails_called(&id).ok()?.into_iter().next()?;
    found_in(&reader.raw_of(taken.mail).ok()?, forgery)
}

fn found_in(bytes: &[u8], forgery: &Forgery) -> Option<Mail> {
    read::mail(bytes).ok().filter(|mail| forgery.is_in(mail))
}
