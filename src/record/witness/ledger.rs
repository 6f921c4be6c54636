//! The recorder's own directory of a session, as the supervisor writes to it: the same shared page, journal and pack that
//! the preload library of this user's programs writes to ([`trackle_wire`]). In: records and originals; out: nothing. Who
//! comes first to a path keeps its original; the other waits for a moment and goes on.

use crate::clock::{Clock, SystemClock, instant};
use crate::fault::{Fault, Outcome};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};
use std::time::Duration;
use trackle_kernel::words::Words;
use trackle_wire::aspect::{Aspect, key};
use trackle_wire::record::{HEAD, head};
use trackle_wire::slots::{self, Claim};
use trackle_wire::state::{self, SLOTS, flag, word};
use trackle_wire::{Record, file};

/// How long one waits for another who keeps the same original.
const PATIENCE: Duration = Duration::from_millis(50);
/// Bytes that originals may take in a session where its page says nothing else.
const PACK_LIMIT: u64 = 1 << 30;

/// A user's directory of a session.
#[derive(Debug)]
pub struct Ledger {
    session: PathBuf,
    page: Words,
    journal: File,
    /// Originals go in here at the offset that [`Ledger::reserve`] gives.
    pub pack: File,
}

impl Ledger {
    /// Opens the directory of this user within a session's.
    ///
    /// # Errors
    /// When it is not there or not as it should be: lasting.
    pub fn open(session: &Path, uid: u32) -> Outcome<Ledger> {
        let own = session.join(uid.to_string());
        let fault = |e: io::Error| Fault::lasting(format!("{}: {e}", own.display()));
        let open = |name: &str, append: bool| {
            let mut options = OpenOptions::new();
            options.read(!append).write(!append).append(append);
            options
                .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32)
                .open(own.join(name))
                .map_err(fault)
        };
        let page = open(file::STATE, false)?;
        let page = Words::map(page.as_fd(), state::SIZE / 8).map_err(fault)?;
        if page.get(word::MAGIC).map(|w| w.load(Acquire)) != Some(state::MAGIC) {
            return Err(fault(io::ErrorKind::InvalidData.into()));
        }
        let session = session.canonicalize().map_err(fault)?;
        Ok(Ledger { session, page, journal: open(file::JOURNAL, true)?, pack: open(file::PACK, false)? })
    }

    fn word(&self, word: usize) -> Option<&AtomicU64> {
        self.page.get(word)
    }

    /// Bits of [`flag`].
    pub fn flags(&self) -> u64 {
        self.word(word::FLAGS).map_or(flag::CLOSED, |w| w.load(Acquire))
    }

    /// Sets bits of [`flag`].
    pub fn set(&self, flags: u64) {
        if let Some(word) = self.word(word::FLAGS) {
            word.fetch_or(flags, AcqRel);
        }
    }

    /// Whether changes are to be recorded now.
    pub fn is_on(&self) -> bool {
        self.flags() & (flag::CLOSED | flag::PAUSED) == 0
    }

    /// The session's secret; drawn here when there is none yet.
    pub fn cookie(&self) -> u64 {
        let Some(word) = self.word(word::COOKIE) else { return 0 };
        let drawn = rand::random::<u64>().max(1);
        match word.compare_exchange(0, drawn, AcqRel, Acquire) {
            Ok(_) => drawn,
            Err(found) => found,
        }
    }

    /// Whether a path lies within the session's own directory.
    pub fn is_own(&self, path: &[u8]) -> bool {
        let rest = path.strip_prefix(self.session.as_os_str().as_bytes());
        rest.is_some_and(|rest| rest.first().is_none_or(|b| *b == b'/'))
    }

    fn slots(&self) -> &[AtomicU64] {
        self.page.all().get(word::HEADER..word::HEADER + SLOTS).unwrap_or_default()
    }

    fn key(&self, path: &[u8], aspect: Aspect) -> u64 {
        key(path, aspect, self.word(word::AGAIN).map_or(0, |w| w.load(Acquire)))
    }

    /// Whether this was seen of a path.
    pub fn is_known(&self, path: &[u8], aspect: Aspect) -> bool {
        slots::is_saved(self.slots(), self.key(path, aspect))
    }

    /// This was seen of a path now.
    pub fn remember(&self, path: &[u8], aspect: Aspect) {
        self.once(path, aspect, || true);
    }

    /// Saves what is to be seen of a path, unless somebody has: whoever comes second waits for the first to be done, but
    /// no longer than one who was killed in the middle deserves. `save` says whether it did: if not, the next one does.
    pub fn once(&self, path: &[u8], aspect: Aspect, save: impl FnOnce() -> bool) {
        let index = match slots::claim(self.slots(), self.key(path, aspect)) {
            Claim::Saved => return,
            // no room in reach: once more costs time and nothing else
            Claim::Full => {
                save();
                return;
            }
            Claim::Saving(index) if self.wait(index) => return,
            Claim::Saving(index) | Claim::First(index) => index,
        };
        if save() {
            slots::saved(self.slots(), index);
        }
    }

    /// `false` when it does not come to an end.
    fn wait(&self, index: usize) -> bool {
        let begun = instant();
        while !slots::is_done(self.slots(), index) {
            if begun.elapsed() > PATIENCE {
                return false;
            }
            std::thread::sleep(Duration::from_micros(100));
        }
        true
    }

    /// A directory is to be moved or taken away: what programs know of where names lead is asked again. `again`: it takes a
    /// name that was in use before.
    pub fn moves(&self, again: bool) {
        for word in [Some(word::MOVES), again.then_some(word::AGAIN)].into_iter().flatten() {
            if let Some(word) = self.word(word) {
                word.fetch_add(1, AcqRel);
            }
        }
    }

    /// A place in the pack for so many bytes; `None` when the session has had its share.
    pub fn reserve(&self, bytes: u64) -> Option<u64> {
        let limit = self.word(word::PACK_LIMIT).map_or(0, |w| w.load(Relaxed));
        let limit = if limit == 0 { PACK_LIMIT } else { limit };
        let end = self.word(word::PACK_END)?;
        if end.load(Relaxed).checked_add(bytes)? > limit {
            return None;
        }
        Some(end.fetch_add(bytes, AcqRel))
    }

    /// Appends a record, with its number and time; what cannot be written is counted.
    pub fn append(&self, record: &Record<'_>) {
        if self.put(record).is_err() {
            self.missed();
        }
    }

    /// Counts a change that could not be recorded.
    pub fn missed(&self) {
        if let Some(word) = self.word(word::LOST) {
            word.fetch_add(1, AcqRel);
        }
    }

    fn put(&self, record: &Record<'_>) -> io::Result<()> {
        let number = self.word(word::NEXT).map_or(0, |w| w.fetch_add(1, AcqRel));
        let time = u64::try_from(SystemClock.now().as_nanosecond()).unwrap_or_default();
        let record = Record { number, time, ..*record };
        let mut words = [0; HEAD / 8];
        let zeros = head(&record, &mut words).ok_or(io::ErrorKind::FileTooLarge)?;
        let head: Vec<u8> = words.into_iter().flat_map(u64::to_le_bytes).collect();
        let parts = [&head[..], record.path, record.second, record.extra, record.content];
        let mut all = parts.concat();
        all.resize(all.len() + zeros, 0);
        // one write, so that records of several processes never mix
        let written = (&self.journal).write(&all)?;
        if written == all.len() { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::FileExt;

    /// A session's directory with an empty one for this user.
    pub fn session() -> (tempfile::TempDir, u32) {
        let dir = tempfile::tempdir().unwrap();
        let uid = rustix::process::geteuid().as_raw();
        let own = dir.path().join(uid.to_string());
        fs::create_dir(&own).unwrap();
        let page = File::create(own.join(file::STATE)).unwrap();
        page.set_len(state::SIZE as u64).unwrap();
        page.write_all_at(&state::MAGIC.to_le_bytes(), 0).unwrap();
        File::create(own.join(file::JOURNAL)).unwrap();
        File::create(own.join(file::PACK)).unwrap();
        (dir, uid)
    }

    #[test]
    fn a_path_is_kept_by_whoever_comes_first() {
        let (dir, uid) = session();
        let (one, two) = (Ledger::open(dir.path(), uid).unwrap(), Ledger::open(dir.path(), uid).unwrap());
        let path = b"/etc/fstab";
        let saved = std::cell::Cell::new(0);
        let save = |done| {
            saved.set(saved.get() + 1);
            done
        };
        one.once(path, Aspect::Whole, || save(false));
        assert!(!two.is_known(path, Aspect::Whole));
        one.once(path, Aspect::Whole, || {
            // the first is slow, or was killed as it seems: the second saves too
            two.once(path, Aspect::Whole, || save(true));
            true
        });
        two.once(path, Aspect::Whole, || save(true));
        assert_eq!(saved.get(), 2);
        assert!(two.is_known(path, Aspect::Whole) && !two.is_known(path, Aspect::Metadata));
    }

    #[test]
    fn records_are_numbered_and_read_back() {
        let (dir, uid) = session();
        let ledger = Ledger::open(dir.path(), uid).unwrap();
        for path in [&b"/a"[..], b"/b"] {
            ledger.append(&Record { path, ..Record::default() });
        }
        let bytes = fs::read(dir.path().join(uid.to_string()).join(file::JOURNAL)).unwrap();
        let (_, length, first) = trackle_wire::take(&bytes).unwrap();
        let (_, _, second) = trackle_wire::take(&bytes[length..]).unwrap();
        assert_eq!((first.path, first.number, second.path, second.number), (&b"/a"[..], 0, &b"/b"[..], 1));
        assert!(first.time > 1_600_000_000_000_000_000);
    }

    #[test]
    fn a_session_keeps_no_more_than_its_share() {
        let (dir, uid) = session();
        let ledger = Ledger::open(dir.path(), uid).unwrap();
        ledger.word(word::PACK_LIMIT).unwrap().store(10, Relaxed);
        assert_eq!(ledger.reserve(6), Some(0));
        assert_eq!(ledger.reserve(6), None);
        assert_eq!(ledger.reserve(4), Some(6));
    }

    #[test]
    fn what_is_no_session_is_no_ledger() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Ledger::open(dir.path(), 0).is_err());
        let (dir, uid) = session();
        assert!(Ledger::open(dir.path(), uid).unwrap().is_on());
        assert_ne!(Ledger::open(dir.path(), uid).unwrap().cookie(), 0);
        let ledger = Ledger::open(dir.path(), uid).unwrap();
        assert!(ledger.is_own(&[dir.path().as_os_str().as_bytes(), b"/x"].concat()));
        assert!(!ledger.is_own(&[dir.path().as_os_str().as_bytes(), b"x"].concat()));
        ledger.set(flag::CLOSED);
        assert!(!ledger.is_on());
    }
}
