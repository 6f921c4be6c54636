//! The queue of bundles on this host: sealed one after the other, each with its number, and kept until a mail server has
//! taken it; then for a while more, to be sent again. Works without a network. In: sessions; out: files
//! `0000000007-<session>.trackle`, of which `sent/` holds those that went out. A session is sealed once, however often it
//! is put here; a power cut leaves a bundle whole or none.

use super::hostkey::Signer;
use super::seal::{self, Sealed, Turn};
use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::model::bundle::{self, BundleId, ENDING};
use crate::model::session::Session;
use jiff::{SignedDuration, Timestamp};
use rustix::fs::{FlockOperation, flock};
use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

const SENT: &str = "sent";
const LOCK: &str = "lock";
/// Behind the name of a bundle: what was said when it was not taken.
const TROUBLE: &str = ".why";

/// The queue of one user of this host.
#[derive(Debug, Clone)]
pub struct Queue {
    dir: PathBuf,
}

/// A bundle in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    pub sequence: u64,
    /// The session's id.
    pub session: String,
    /// Bytes.
    pub size: u64,
    /// When it was sealed; of one that was sent, when that was.
    pub since: Timestamp,
    /// Why it was not taken the last time.
    pub trouble: Option<String>,
    pub path: PathBuf,
}

/// The right to send, for as long as it lives: two at once would send everything twice.
#[derive(Debug)]
pub struct Turnstile {
    _file: File,
}

impl Queue {
    /// Opens the queue; its directory is made when it is missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(dir: &Path) -> Outcome<Queue> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(dir.join(SENT))
            .map_err(|e| Fault::passing(format!("making the queue {}: {e}", dir.display())))?;
        Ok(Queue { dir: dir.to_owned() })
    }

    /// Seals a session into the queue. One that was sealed before stays as it is.
    ///
    /// # Errors
    /// When it cannot be sealed or written; then there is nothing of it in the queue.
    pub fn put(
        &self,
        session: Session,
        contents: BTreeMap<String, Vec<u8>>,
        signer: &Signer,
    ) -> Outcome<Queued> {
        let _lock = self.lock(FlockOperation::LockExclusive)?;
        let all = [self.waiting()?, self.sent()?].concat();
        if let Some(known) = all.iter().find(|queued| queued.session == session.id) {
            return Ok(known.clone());
        }
        let last = all.iter().max_by_key(|queued| queued.sequence);
        let turn = match last {
            Some(last) => Turn {
                sequence: last.sequence.saturating_add(1),
                previous: self.bytes(last).ok().and_then(|bytes| bundle::id_of(&bytes)),
            },
            None => self.forgotten()?,
        };
        let id = session.id.clone();
        let Sealed { bytes, .. } = seal::seal(session, contents, &turn, signer)?;
        let path = self.dir.join(format!("{:010}-{id}{ENDING}", turn.sequence));
        self.write(&path, &bytes)?;
        let waiting = self.waiting()?.into_iter().find(|queued| queued.path == path);
        waiting.ok_or_else(|| Fault::passing(format!("{} is gone already", path.display())))
    }

    /// What was not sent yet, in order.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn waiting(&self) -> Outcome<Vec<Queued>> {
        list(&self.dir)
    }

    /// What was sent within the last [`limits::BUNDLE_KEPT_DAYS`] days, in order.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn sent(&self) -> Outcome<Vec<Queued>> {
        list(&self.dir.join(SENT))
    }

    /// The bundle itself.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn bytes(&self, queued: &Queued) -> Outcome<Vec<u8>> {
        fs::read(&queued.path).map_err(|e| Fault::passing(format!("reading {}: {e}", queued.path.display())))
    }

    /// Notes that a mail server has taken it.
    ///
    /// # Errors
    /// When it cannot be moved: then it will be sent again, and the robot files it once.
    pub fn taken(&self, queued: &Queued, now: Timestamp) -> Outcome<()> {
        let name = queued.path.file_name().unwrap_or_default();
        let done = File::open(&queued.path)
            .and_then(|file| file.set_modified(now.into()))
            .and_then(|()| fs::rename(&queued.path, self.dir.join(SENT).join(name)));
        done.map_err(|e| Fault::passing(format!("noting that {} was sent: {e}", queued.path.display())))?;
        let _ = fs::remove_file(beside(&queued.path));
        self.forget(now)
    }

    /// Notes why it was not taken.
    pub fn not_taken(&self, queued: &Queued, why: &str) {
        // the sentence is for people only: where it cannot be kept, nothing is lost
        let _ = fs::write(beside(&queued.path), why);
    }

    /// Puts a session that was sent into the queue again. Gives whether there was one.
    ///
    /// # Errors
    /// When it cannot be moved.
    pub fn again(&self, session: &str) -> Outcome<bool> {
        let Some(sent) = self.sent()?.into_iter().find(|sent| sent.session == session) else {
            return Ok(false);
        };
        let name = sent.path.file_name().unwrap_or_default();
        fs::rename(&sent.path, self.dir.join(name))
            .map_err(|e| Fault::passing(format!("queueing {} again: {e}", sent.path.display())))?;
        Ok(true)
    }

    /// The right to send; `None` while somebody else has it.
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub fn turnstile(&self) -> Outcome<Option<Turnstile>> {
        let file = self.open_lock("sending")?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Turnstile { _file: file })),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(e) => Err(Fault::passing(format!("locking the queue {}: {e}", self.dir.display()))),
        }
    }

    fn lock(&self, how: FlockOperation) -> Outcome<File> {
        let file = self.open_lock(LOCK)?;
        flock(&file, how)
            .map_err(|e| Fault::passing(format!("locking the queue {}: {e}", self.dir.display())))?;
        Ok(file)
    }

    fn open_lock(&self, name: &str) -> Outcome<File> {
        OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(self.dir.join(name))
            .map_err(|e| Fault::passing(format!("locking the queue {}: {e}", self.dir.display())))
    }

    /// Whole, or not at all.
    fn write(&self, path: &Path, bytes: &[u8]) -> Outcome<()> {
        let doing = |e: io::Error| Fault::passing(format!("writing {}: {e}", path.display()));
        let mut file = tempfile::NamedTempFile::new_in(&self.dir).map_err(doing)?;
        file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(doing)?;
        file.persist_noclobber(path).map_err(|e| doing(e.error))?;
        File::open(&self.dir).and_then(|dir| dir.sync_all()).map_err(doing)
    }

    /// The turn behind bundles that are not kept any more.
    fn forgotten(&self) -> Outcome<Turn> {
        let path = self.dir.join(LAST);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Turn { sequence: 1, previous: None }),
            Err(e) => return Err(Fault::passing(format!("reading {}: {e}", path.display()))),
        };
        let mut words = text.split_whitespace();
        let sequence: Option<u64> = words.next().and_then(|word| word.parse().ok());
        let sequence = sequence
            .ok_or_else(|| Fault::lasting(format!("{} is damaged: a number is wanted", path.display())))?;
        Ok(Turn { sequence: sequence.saturating_add(1), previous: words.next().and_then(BundleId::parse) })
    }

    /// Forgets what was sent long ago, but how far the numbers came.
    fn forget(&self, now: Timestamp) -> Outcome<()> {
        let kept = SignedDuration::from_hours(24 * limits::BUNDLE_KEPT_DAYS);
        for old in self.sent()?.into_iter().filter(|sent| now.duration_since(sent.since) > kept) {
            let id = bundle::id_of(&self.bytes(&old)?);
            let text = format!("{} {}\n", old.sequence, id.as_ref().map_or("", BundleId::as_str));
            let last = self.forgotten()?.sequence.saturating_sub(1);
            if old.sequence > last {
                let mut file = tempfile::NamedTempFile::new_in(&self.dir)?;
                file.write_all(text.as_bytes())?;
                file.as_file().sync_all()?;
                file.persist(self.dir.join(LAST)).map_err(|e| Fault::from(e.error))?;
            }
            fs::remove_file(&old.path)?;
        }
        Ok(())
    }
}

/// How far the numbers came of what is not kept any more.
const LAST: &str = "last";

/// Bundles in a directory, by their numbers; everything else there is passed over.
fn list(dir: &Path) -> Outcome<Vec<Queued>> {
    let why = |e: io::Error| Fault::passing(format!("reading the queue {}: {e}", dir.display()));
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(why)? {
        let entry = entry.map_err(why)?;
        let name = entry.file_name();
        let parts = name.to_str().and_then(|name| name.strip_suffix(ENDING)?.split_once('-'));
        let Some((Ok(sequence), session)) = parts.map(|(number, id)| (number.parse(), id)) else { continue };
        let Ok(meta) = entry.metadata() else { continue };
        let since = meta.modified().ok().and_then(|at| Timestamp::try_from(at).ok()).unwrap_or_default();
        let path = entry.path();
        let mut trouble = String::new();
        if let Ok(file) = File::open(beside(&path)) {
            let _ = file.take(1000).read_to_string(&mut trouble);
        }
        let trouble = Some(trouble).filter(|text| !text.is_empty());
        found.push(Queued { sequence, session: session.to_owned(), size: meta.len(), since, trouble, path });
    }
    found.sort_by_key(|queued| queued.sequence);
    Ok(found)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(TROUBLE);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests;
