//! What files held before and after a session, on demand. In: where it lies in the packs and journals of a place; out: its
//! bytes, or their hash. The recorder's own copies of how files were at the end are appended here as well.

use super::journal::Kept;
use super::look;
use super::place::Place;
use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::model::session::{Change, Content, FilePath, Type};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::rc::Rc;
use trackle_wire::file;

/// The recorder's copies.
pub(super) const AFTER: &str = "after";
/// How much is read at a time.
const PIECE: usize = 64 * 1024;
/// How much is gathered before it is written.
const PENDING: usize = 512 * 1024;

/// The bytes of changed files, by the path of the change: `before` of a renamed file stands under its new name.
pub struct Contents {
    store: Store,
    before: HashMap<FilePath, Kept>,
    after: HashMap<FilePath, Kept>,
    /// Of new files that no copy was made of.
    hashes: HashMap<FilePath, String>,
}

impl Contents {
    pub(super) fn new(store: Store) -> Contents {
        Contents { store, before: HashMap::new(), after: HashMap::new(), hashes: HashMap::new() }
    }

    /// Learns where the content of a change lies.
    pub(super) fn learn(&mut self, change: &Change, before: Option<Kept>, after: Option<Kept>) {
        let path = &change.path;
        self.before.extend(before.map(|kept| (path.clone(), kept)));
        self.after.extend(after.map(|kept| (path.clone(), kept)));
        if let (None, None, Some(Content::Hash(hash))) =
            (&change.before, after, change.after.as_ref().map(|thing| &thing.content))
        {
            self.hashes.insert(path.clone(), hash.clone());
        }
    }

    /// What the file held at the start; `None`: that was not kept, or nothing was there.
    ///
    /// # Errors
    /// Passing ones from the file system.
    pub fn before(&self, path: &FilePath) -> Outcome<Option<Vec<u8>>> {
        self.bytes(self.before.get(path))
    }

    /// What it held at the end. Where no copy was made, that is what it holds today, if its hash is still the same.
    ///
    /// # Errors
    /// As [`Contents::before`].
    pub fn after(&self, path: &FilePath) -> Outcome<Option<Vec<u8>>> {
        match self.after.get(path) {
            Some(kept) => self.bytes(Some(kept)),
            None => Ok(self.hashes.get(path).and_then(|hash| unchanged(path, hash))),
        }
    }

    /// Both sides as streams, for files that are too large to hold.
    ///
    /// # Errors
    /// As [`Contents::before`].
    pub fn streams(&self, path: &FilePath) -> Outcome<(Option<Original>, Option<Original>)> {
        let open = |kept: Option<&Kept>| kept.map(|k| self.store.open(k)).transpose().map_err(fault);
        Ok((open(self.before.get(path))?, open(self.after.get(path))?))
    }

    fn bytes(&self, kept: Option<&Kept>) -> Outcome<Option<Vec<u8>>> {
        kept.map(|kept| self.store.bytes(kept)).transpose().map_err(fault)
    }
}

/// The bytes of a file that still has this hash.
fn unchanged(path: &FilePath, hash: &str) -> Option<Vec<u8>> {
    let seen = look::at(&path.0).ok()?.filter(|state| state.is(Type::File))?;
    let mut bytes = Vec::new();
    look::open(&path.0, &seen).ok()?.take(limits::SESSION_TEXT + 1).read_to_end(&mut bytes).ok()?;
    let same = bytes.len() as u64 <= limits::SESSION_TEXT && HEXLOWER.encode(&Sha256::digest(&bytes)) == hash;
    same.then_some(bytes)
}

fn fault(e: io::Error) -> Fault {
    Fault::passing(format!("reading a copy that the recorder kept: {e}"))
}

/// Whose file it is, and whether it is a pack.
type Key = (Option<u32>, bool);

/// The files of a place that hold copies.
pub struct Store {
    place: Place,
    open: RefCell<HashMap<Key, Rc<Holding>>>,
}

/// One of them.
struct Holding {
    file: File,
    /// Its length when it was opened.
    length: u64,
}

/// A copy, read from its beginning.
pub struct Original {
    from: Rc<Holding>,
    at: u64,
    left: u64,
}

impl Read for Original {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let most = to.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if most == 0 {
            return Ok(0);
        }
        let read = self.from.file.read_at(to.get_mut(..most).unwrap_or_default(), self.at)?;
        self.at += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}

impl Store {
    pub fn new(place: &Place) -> Store {
        Store { place: place.clone(), open: RefCell::default() }
    }

    /// A copy for reading. What a record promises and the file does not hold is an error.
    pub fn open(&self, kept: &Kept) -> io::Result<Original> {
        let mut from = self.file(kept)?;
        let end = kept.at.saturating_add(kept.size);
        if end > from.length {
            // the recorder's own grows while it compares
            from = self.reopened(kept)?;
        }
        if end > from.length {
            return Err(io::Error::other("the copy is not whole"));
        }
        Ok(Original { from, at: kept.at, left: kept.size })
    }

    pub fn bytes(&self, kept: &Kept) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.read(kept, &mut bytes)?;
        Ok(bytes)
    }

    /// The same into room that is there already, whatever it held.
    pub fn read(&self, kept: &Kept, to: &mut Vec<u8>) -> io::Result<()> {
        let original = self.open(kept)?;
        to.clear();
        to.resize(usize::try_from(original.left).map_err(io::Error::other)?, 0);
        original.from.file.read_exact_at(to, original.at)
    }

    fn file(&self, kept: &Kept) -> io::Result<Rc<Holding>> {
        if let Some(open) = self.open.borrow().get(&(kept.owner, kept.packed)) {
            return Ok(open.clone());
        }
        self.reopened(kept)
    }

    fn reopened(&self, kept: &Kept) -> io::Result<Rc<Holding>> {
        let name = if kept.packed { file::PACK } else { file::JOURNAL };
        let missing = || io::Error::other("its file is missing");
        let file = match kept.owner {
            Some(owner) => self.place.file_of(owner, name).ok_or_else(missing)?,
            None => File::open(self.place.dir().join(AFTER))?,
        };
        let length = file.metadata()?.len();
        let open = Rc::new(Holding { file, length });
        self.open.borrow_mut().insert((kept.owner, kept.packed), open.clone());
        Ok(open)
    }
}

/// How much of a file is copied as it is at the end.
#[derive(Clone, Copy)]
pub enum Copy {
    No,
    /// What a diff can show of a new file, as long as there is room for such.
    New,
    /// What a diff can show.
    Text,
    /// As much as of its original.
    All,
}

/// Where copies of how files are at the end are appended.
pub struct Copies {
    file: File,
    end: u64,
    /// What is still to be written before `end`: most files are small.
    pending: Vec<u8>,
    /// How many bytes may still be kept, and how many of new files.
    room: u64,
    new: u64,
    /// What is being read, made once for thousands of files.
    piece: Vec<u8>,
}

impl Copies {
    /// Begins anew.
    ///
    /// # Errors
    /// From the file system.
    pub fn begin(place: &Place) -> Outcome<Copies> {
        let path = place.dir().join(AFTER);
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path);
        let file = file.map_err(|e| Fault::passing(format!("making {}: {e}", path.display())))?;
        let (room, new) = (limits::SESSION_COPIES, limits::SESSION_NEW);
        Ok(Copies { file, end: 0, pending: Vec::new(), room, new, piece: vec![0; PIECE] })
    }

    /// The hash of what is read, in hexadecimal, how many bytes it was, and where they were kept, if they were.
    /// `expected` is what the file's size is said to be.
    ///
    /// # Errors
    /// From the file system, and when there is more than anybody waits for.
    pub fn take(
        &mut self,
        from: &mut impl Read,
        expected: u64,
        copy: Copy,
    ) -> io::Result<(String, u64, Option<Kept>)> {
        let most = match copy {
            Copy::No => 0,
            Copy::New => limits::SESSION_TEXT.min(self.new),
            Copy::Text => limits::SESSION_TEXT,
            Copy::All => limits::SESSION_COPY,
        };
        let most = most.min(self.room);
        let (mut hash, mut size) = (Sha256::new(), 0);
        let (start, mut keep) = (self.end, !matches!(copy, Copy::No) && expected <= most);
        // a file of less than a piece is known to be over without being asked once more
        while size == 0 || size != expected || size >= PIECE as u64 {
            let read = from.read(&mut self.piece)?;
            let Some(bytes) = self.piece.get(..read).filter(|b| !b.is_empty()) else { break };
            hash.update(bytes);
            size += read as u64;
            if size > limits::SESSION_HASH {
                return Err(io::Error::other("it is too large"));
            }
            keep = keep && size <= most && (matches!(copy, Copy::All) || !bytes.contains(&0));
            if keep {
                self.pending.extend_from_slice(bytes);
                self.end += read as u64;
                // a full disk costs the copy and nothing else
                keep = self.pending.len() < PENDING || self.flush().is_ok();
            }
        }
        if !keep {
            self.forget(start);
        }
        let kept = keep.then_some(Kept { owner: None, packed: true, at: start, size });
        if keep {
            self.room -= size;
            self.new -= if matches!(copy, Copy::New) { size } else { 0 };
        }
        Ok((HEXLOWER.encode(&hash.finalize()), size, kept))
    }

    /// Makes what was taken readable.
    ///
    /// # Errors
    /// From the file system.
    pub fn flush(&mut self) -> io::Result<()> {
        let at = self.end - self.pending.len() as u64;
        let done = self.file.write_all_at(&self.pending, at);
        if done.is_ok() {
            self.pending.clear();
        }
        done
    }

    /// Goes back to where a copy began that is not kept.
    fn forget(&mut self, start: u64) {
        let written = self.end - self.pending.len() as u64;
        self.pending.truncate(usize::try_from(start.saturating_sub(written)).unwrap_or(0));
        self.end = start;
        if start < written {
            self.pending.clear();
        }
    }

    /// Brings all to the file.
    ///
    /// # Errors
    /// From the file system; copies are missing then.
    pub fn end(mut self) -> io::Result<()> {
        self.flush()?;
        // what was written of a file that turned out too large
        self.file.set_len(self.end)
    }
}

/// The hash of what is at hand, in hexadecimal.
pub fn hash_of(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// The hash of a copy, in hexadecimal.
///
/// # Errors
/// From the file system.
pub fn hash(from: &mut Original) -> io::Result<String> {
    let room = usize::try_from(from.left).map_or(PIECE, |left| left.clamp(1, PIECE));
    let (mut hash, mut piece) = (Sha256::new(), vec![0; room]);
    loop {
        let read = from.read(&mut piece)?;
        let Some(bytes) = piece.get(..read).filter(|b| !b.is_empty()) else { break };
        hash.update(bytes);
    }
    Ok(HEXLOWER.encode(&hash.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::place::{Manner, tests::start};

    #[test]
    fn copies_are_kept_one_behind_the_other_and_none_that_is_too_large() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::make(&dir.path().join("s"), &start(), &Manner::default()).unwrap();
        let mut copies = Copies::begin(&place).unwrap();
        let large = vec![b'x'; 2 << 20];
        let mut take = |bytes: &[u8], said: u64, copy: Copy| {
            let (hash, size, kept) = copies.take(&mut &bytes[..], said, copy).unwrap();
            assert_eq!((hash, size), (HEXLOWER.encode(&Sha256::digest(bytes)), bytes.len() as u64));
            kept
        };
        let kept = [
            take(b"one", 3, Copy::Text),
            take(b"", 0, Copy::Text),
            // which grew while it was read
            take(&large, 5, Copy::Text),
            take(b"bin\0ary", 7, Copy::Text),
            take(b"not wanted", 10, Copy::No),
            take(&large, large.len() as u64, Copy::All),
            take(b"two\0", 4, Copy::All),
        ];
        copies.end().unwrap();
        let store = Store::new(&place);
        let read = kept.map(|kept| kept.map(|kept| store.bytes(&kept).unwrap()));
        let whole =
            [Some(b"one".to_vec()), Some(vec![]), None, None, None, Some(large), Some(b"two\0".to_vec())];
        assert!(read == whole);
    }

    #[test]
    fn a_copy_that_is_not_whole_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::make(&dir.path().join("s"), &start(), &Manner::default()).unwrap();
        let store = Store::new(&place);
        let owner = place.owners().first().copied();
        for (at, size) in [(0, 5), (u64::MAX, 1), (1, u64::MAX)] {
            assert!(store.bytes(&Kept { owner, packed: true, at, size }).is_err());
        }
    }
}
