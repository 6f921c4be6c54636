//! The directory of a session: made before its first program, closed after its last. In: where, and what is known at the
//! start; out: a place that the recorded programs write to, and that everything later is read from. It is never shared
//! with somebody who could put another in its place: no link, nobody else's, not in a directory that anybody may
//! rename in. Closing renames it, so that a program that outlives the session finds nothing to write to any more.

use crate::fault::{Fault, Outcome};
use crate::model::session::{Ending, FilePath};
use jiff::Timestamp;
use rustix::fs::FallocateFlags;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use trackle_wire::filter::{Instruction, ROOM, program};
use trackle_wire::state::{self, flag, word};
use trackle_wire::{file, id};

/// What the recorder knows before the first program runs; with it the record of a session that nobody ended is completed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// 26 digits and small letters.
    pub id: String,
    pub host: String,
    /// The user's name, and number.
    pub login: String,
    pub uid: u32,
    pub ticket: Option<u64>,
    pub started: Timestamp,
    pub directory: FilePath,
    /// The shell, or the program of a single command.
    pub shell: String,
    /// The one command.
    pub command: Option<String>,
    /// What the allow-list lets through.
    #[serde(default)]
    pub environment: Vec<(String, String)>,
    /// By whom it is seen, in words.
    #[serde(default)]
    pub witnesses: Vec<String>,
    /// The recorder itself, told from a later process of the same number by its start.
    #[serde(default)]
    pub recorder: Option<(u32, String)>,
}

/// How it ended; missing where nobody saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    pub ended: Timestamp,
    pub ending: Ending,
    /// The first program: the shell, or the command.
    pub pid: Option<u32>,
}

/// How programs are to record.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manner {
    /// Bits of [`trackle_wire::state::flag`].
    pub flags: u64,
    /// The secret of the session-wide filter; 0 without one.
    pub cookie: u64,
    /// The most bytes that originals take; 0: the library's own limit.
    pub pack_limit: u64,
    /// Other users' programs (sudo) make directories of their own in it: only below the installed recorder's place.
    pub shared: bool,
}

/// The directory of one session.
#[derive(Debug, Clone)]
pub struct Place {
    dir: PathBuf,
}

const START: &str = "session.json";
const END: &str = "end.json";
const CLOSED: &str = "closed";
/// What AddressSanitizer is told.
pub const SANITIZERS: &str = "ASAN_OPTIONS";
/// In a user's directory: the records that stood on his page.
pub(super) const LANE: &str = "lane";

/// A name for a session, from the kernel's random numbers: nobody guesses one.
pub fn new_id() -> String {
    const SIGNS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let sign = || SIGNS.get(rand::random_range(0..SIGNS.len())).copied().unwrap_or(b'a');
    std::iter::repeat_with(sign).take(id::LENGTH).map(char::from).collect()
}

impl Place {
    /// Makes the directory, which must not be there yet; its parent must be.
    ///
    /// # Errors
    /// When somebody else could exchange what is made, or it cannot be made: a sentence for the user, lasting.
    pub fn make(dir: &Path, start: &Start, manner: &Manner) -> Outcome<Place> {
        let why = |what: String| Fault::lasting(format!("{}: {what}", dir.display()));
        let (Some(parent), Some(name)) = (dir.parent(), dir.file_name()) else {
            return Err(why("that cannot be a directory of its own".into()));
        };
        // programs change their directory, so it is named from the root; and no link leads there later
        let parent = parent.canonicalize().map_err(|e| why(format!("the directory around it: {e}")))?;
        if let Some(open) = open_to_all(&parent) {
            return Err(why(format!("anybody could exchange it, since {} is open to all", open.display())));
        }
        let place = Place { dir: parent.join(name) };
        DirBuilder::new().mode(0o700).create(&place.dir).map_err(|e| why(e.to_string()))?;
        match place.fill(start, manner) {
            Ok(()) => Ok(place),
            Err(e) => {
                // what little there was room for would fill a full disk
                let _ = fs::remove_dir_all(&place.dir);
                Err(why(e.to_string()))
            }
        }
    }

    fn fill(&self, start: &Start, manner: &Manner) -> io::Result<()> {
        self.write(START, start)?;
        let own = self.dir.join(start.uid.to_string());
        DirBuilder::new().mode(0o700).create(&own)?;
        let new = |name| OpenOptions::new().write(true).create_new(true).mode(0o600).open(own.join(name));
        let page = new(file::STATE)?;
        // with all its blocks: a store into one that a full disk has no room for would end the program that makes it
        rustix::fs::fallocate(&page, FallocateFlags::empty(), 0, state::SIZE as u64)?;
        let words = [
            (word::MAGIC, state::MAGIC),
            (word::FLAGS, manner.flags),
            (word::COOKIE, manner.cookie),
            (word::PACK_LIMIT, manner.pack_limit),
        ];
        for (word, value) in words {
            page.write_all_at(&value.to_le_bytes(), word as u64 * 8)?;
        }
        // what the library puts around a static program
        let mut room = [Instruction::default(); ROOM];
        let filter = program(manner.cookie, &mut room).unwrap_or_default();
        let words = std::iter::once(filter.len() as u64).chain(filter.iter().map(|one| one.word()));
        let bytes: Vec<u8> = words.flat_map(u64::to_le_bytes).collect();
        page.write_all_at(&bytes, state::FILTER_START as u64)?;
        new(file::JOURNAL)?;
        new(file::PACK)?;
        if manner.shared {
            // whoever joins by sudo makes a directory of his own, and sees nobody else's
            fs::set_permissions(&self.dir, fs::Permissions::from_mode(0o1733))?;
        }
        Ok(())
    }

    /// Opens what was made.
    ///
    /// # Errors
    /// When it is not there, is no session's, or belongs to somebody else: lasting.
    pub fn open(dir: &Path) -> Outcome<Place> {
        let why = |what: &str| Fault::lasting(format!("{}: {what}", dir.display()));
        let found = fs::symlink_metadata(dir).map_err(|e| why(&e.to_string()))?;
        if !found.is_dir() {
            return Err(why("it is no directory"));
        }
        let me = rustix::process::geteuid().as_raw();
        if found.uid() != me && me != 0 {
            return Err(why("it belongs to somebody else"));
        }
        if !dir.join(START).is_file() {
            return Err(why("there is no record of a session in it"));
        }
        Ok(Place { dir: dir.to_owned() })
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What was known at its start.
    ///
    /// # Errors
    /// When it cannot be read, or is damaged.
    pub fn start(&self) -> Outcome<Start> {
        self.read(START)?
            .ok_or_else(|| Fault::lasting(format!("{START} is missing in {}", self.dir.display())))
    }

    /// How it ended; `None` where nobody wrote it down.
    ///
    /// # Errors
    /// As [`Place::start`].
    pub fn end(&self) -> Outcome<Option<End>> {
        self.read(END)
    }

    /// Writes down how it ended.
    ///
    /// # Errors
    /// From the file system.
    pub fn ended(&self, end: &End) -> Outcome<()> {
        self.write(END, end)
            .map_err(|e| Fault::passing(format!("writing {END} in {}: {e}", self.dir.display())))
    }

    /// The program that the recorder started, with its process where that was written down.
    ///
    /// # Errors
    /// As [`Place::start`].
    pub(super) fn first_program(&self) -> Outcome<(Option<u32>, FilePath)> {
        let shell = FilePath::new(self.start()?.shell.as_bytes());
        Ok((self.end()?.and_then(|end| end.pid), shell))
    }

    /// The manner of recording, as the page of the one who started it says.
    pub(super) fn flags(&self) -> u64 {
        let page = self.start().ok().and_then(|start| self.file_of(start.uid, file::STATE));
        let mut flags = [0; 8];
        let read = page.map(|page| page.read_exact_at(&mut flags, word::FLAGS as u64 * 8));
        if matches!(read, Some(Ok(()))) { u64::from_le_bytes(flags) } else { 0 }
    }

    /// What a program needs in its environment to be recorded. `library` is the path of the preload library, or its
    /// bare name where it is installed; `preloaded` what the user had there already.
    pub fn environment(
        &self,
        start: &Start,
        library: &OsStr,
        preloaded: Option<&OsStr>,
    ) -> Vec<(&'static str, OsString)> {
        let mut libraries = library.to_owned();
        if let Some(others) = preloaded.filter(|p| !p.is_empty()) {
            libraries.push(":");
            libraries.push(others);
        }
        let mut all =
            vec![(trackle_wire::SESSION, start.id.clone().into()), (trackle_wire::PRELOAD, libraries)];
        if self.dir.parent() != Some(Path::new(trackle_wire::SESSIONS)) {
            all.push((trackle_wire::DIR, self.dir.clone().into()));
        }
        all.extend(start.ticket.map(|number| (trackle_wire::TICKET, number.to_string().into())));
        all
    }

    /// What programs built with a shared AddressSanitizer need beside: they refuse to start with a library before theirs, if
    /// they are not told that it does no harm. `options` is what the user had there already.
    pub fn for_sanitizers(options: Option<&OsStr>) -> (&'static str, OsString) {
        let mut all = options.map(OsStr::to_owned).unwrap_or_default();
        if !all.is_empty() {
            all.push(":");
        }
        all.push("verify_asan_link_order=0");
        (SANITIZERS, all)
    }

    /// Ends all recording: the flag stops programs at their next change, the new name those that see no flag.
    ///
    /// # Errors
    /// From the file system; nothing of the record is lost then.
    pub fn close(self) -> Outcome<Place> {
        let fault = |e: io::Error| Fault::passing(format!("closing {}: {e}", self.dir.display()));
        for owner in self.owners() {
            // another user's page closes to us, and by its new name to him
            let page = self.dir.join(owner.to_string()).join(file::STATE);
            let Ok(page) = OpenOptions::new().read(true).write(true).open(page) else { continue };
            let at = word::FLAGS as u64 * 8;
            let mut flags = [0; 8];
            page.read_exact_at(&mut flags, at).map_err(fault)?;
            let flags = u64::from_le_bytes(flags) | flag::CLOSED;
            page.write_all_at(&flags.to_le_bytes(), at).map_err(fault)?;
        }
        let mut name = self.dir.clone().into_os_string();
        name.push(".");
        name.push(CLOSED);
        let closed = PathBuf::from(name);
        fs::rename(&self.dir, &closed).map_err(fault)?;
        Ok(Place { dir: closed })
    }

    /// Takes a closed place elsewhere, such as from memory to disk. What cannot be taken away at the old one, since it is
    /// another user's, stays there.
    ///
    /// # Errors
    /// From the file system; the old one is untouched then.
    pub fn carry(self, to: &Path) -> Outcome<Place> {
        let fault = |e: io::Error| Fault::passing(format!("taking the record to {}: {e}", to.display()));
        let new = Place { dir: to.to_owned() };
        self.copy(&new).map_err(fault)?;
        self.clear();
        Ok(new)
    }

    /// Takes it away, as far as our rights go: what root's programs recorded stays until root takes it away (see
    /// [`super::recover::sweep`]).
    pub fn clear(&self) {
        for entry in fs::read_dir(&self.dir).into_iter().flatten().flatten() {
            let (path, kind) = (entry.path(), entry.file_type());
            let _ = if kind.is_ok_and(|kind| kind.is_dir()) {
                fs::remove_dir_all(path)
            } else {
                fs::remove_file(path)
            };
        }
        let _ = fs::remove_dir(&self.dir);
    }

    /// Whether this is what [`Place::clear`] left.
    pub(super) fn is_cleared(dir: &Path) -> bool {
        let name = dir.file_name().and_then(OsStr::to_str).and_then(|name| name.strip_suffix(".closed"));
        let found = fs::symlink_metadata(dir);
        name.is_some_and(|name| id::is_valid(name.as_bytes()))
            && found.is_ok_and(|found| found.is_dir())
            && matches!(fs::symlink_metadata(dir.join(START)), Err(e) if e.kind() == io::ErrorKind::NotFound)
    }

    fn copy(&self, to: &Place) -> io::Result<()> {
        DirBuilder::new().mode(0o700).create(&to.dir)?;
        for name in [START, END] {
            if let Ok(bytes) = fs::read(self.dir.join(name)) {
                to.put(name, &bytes)?;
            }
        }
        for owner in self.owners() {
            let dir = to.dir.join(owner.to_string());
            DirBuilder::new().mode(0o700).create(&dir)?;
            for name in [file::STATE, file::JOURNAL, file::PACK] {
                let Some(mut from) = self.file_of(owner, name) else { continue };
                let mut new =
                    OpenOptions::new().write(true).create_new(true).mode(0o600).open(dir.join(name))?;
                io::copy(&mut from, &mut new)?;
            }
        }
        Ok(())
    }

    /// The numbers of those whose programs recorded something: directories that are really theirs, or were taken here.
    pub fn owners(&self) -> Vec<u32> {
        let Ok(entries) = fs::read_dir(&self.dir) else { return Vec::new() };
        let owner = |entry: io::Result<fs::DirEntry>| {
            let entry = entry.ok()?;
            let uid: u32 = entry.file_name().to_str()?.parse().ok()?;
            let found = entry.metadata().ok()?;
            (found.is_dir() && self.believes(&found, uid)).then_some(uid)
        };
        let mut owners: Vec<u32> = entries.filter_map(owner).collect();
        owners.sort_unstable();
        owners
    }

    /// Whether what is said to be of that user is his, or was put there by the one whose place it is.
    fn believes(&self, found: &fs::Metadata, owner: u32) -> bool {
        found.uid() == owner || fs::metadata(&self.dir).is_ok_and(|place| place.uid() == found.uid())
    }

    /// Takes away what only running programs need: the pages, which are large, but for the records on them, and the socket.
    /// Another user's page stays as it is.
    pub(super) fn retire_pages(&self) {
        for owner in self.owners() {
            let own = self.dir.join(owner.to_string());
            let saved = || {
                let page = File::open(own.join(file::STATE))?;
                let (draft, lane) = (own.join("lane.new"), own.join(LANE));
                let to = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft);
                let mut to = to?;
                io::copy(&mut super::journal::lane(&page)?, &mut to)?;
                to.sync_data()?;
                fs::rename(draft, lane)?;
                fs::remove_file(own.join(file::STATE))
            };
            let _: io::Result<()> = saved();
        }
        let _ = fs::remove_file(self.dir.join(file::WITNESS));
    }

    /// A file that programs of that user wrote; `None` when it is missing, or somebody else put it there.
    pub(super) fn file_of(&self, owner: u32, name: &str) -> Option<File> {
        use rustix::fs::{Mode, OFlags, open};
        let path = self.dir.join(owner.to_string()).join(name);
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(open(path, flags, Mode::empty()).ok()?);
        let found = file.metadata().ok()?;
        (found.is_file() && self.believes(&found, owner)).then_some(file)
    }

    fn write(&self, name: &str, value: &impl Serialize) -> io::Result<()> {
        self.put(name, &serde_json::to_vec(value)?)
    }

    /// Writes a file beside and puts it in place, so that it is there whole or not at all.
    pub(super) fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let draft = self.dir.join(format!("{name}.new"));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        file.write_all(bytes)?;
        // or else a loss of power may leave the name with nothing behind it
        file.sync_data()?;
        fs::rename(&draft, self.dir.join(name))
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> Outcome<Option<T>> {
        let path = self.dir.join(name);
        let fault = |e: String| Fault::lasting(format!("reading {}: {e}", path.display()));
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|e| fault(e.to_string())),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(fault(e.to_string())),
        }
    }
}

/// The first directory from here to the root in which anybody may rename what is not his.
fn open_to_all(dir: &Path) -> Option<PathBuf> {
    const OTHERS_WRITE: u32 = 0o002;
    const STICKY: u32 = 0o1000;
    let open = |dir: &&Path| {
        fs::metadata(dir).is_ok_and(|found| found.mode() & OTHERS_WRITE != 0 && found.mode() & STICKY == 0)
    };
    dir.ancestors().find(open).map(Path::to_owned)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn start() -> Start {
        Start {
            id: new_id(),
            host: "host".into(),
            login: "ann".into(),
            uid: rustix::process::geteuid().as_raw(),
            ticket: Some(42),
            started: Timestamp::UNIX_EPOCH,
            directory: "/".into(),
            shell: "/bin/sh".into(),
            command: None,
            environment: Vec::new(),
            witnesses: Vec::new(),
            recorder: None,
        }
    }

    #[test]
    fn a_place_is_made_private_and_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let (at, start) = (dir.path().join("s"), start());
        let manner = Manner { flags: flag::PROGRAMS, pack_limit: 7, ..Manner::default() };
        let place = Place::make(&at, &start, &manner).unwrap();
        assert_eq!(fs::metadata(&at).unwrap().mode() & 0o7777, 0o700);
        let page = fs::read(at.join(start.uid.to_string()).join(file::STATE)).unwrap();
        assert_eq!(page.len(), state::SIZE);
        assert_eq!(page[..16], [state::MAGIC.to_le_bytes(), flag::PROGRAMS.to_le_bytes()].concat());
        assert_eq!(Place::open(&at).unwrap().start().unwrap(), start);
        assert_eq!(place.owners(), [start.uid]);
        assert!(Place::make(&at, &start, &manner).is_err());
        let closed = place.close().unwrap();
        assert!(!at.exists() && closed.dir().ends_with("s.closed"));
        let page = fs::read(closed.dir().join(start.uid.to_string()).join(file::STATE)).unwrap();
        assert_eq!(page[8..16], (flag::PROGRAMS | flag::CLOSED).to_le_bytes());
    }

    #[test]
    fn a_place_that_others_could_exchange_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let open = dir.path().join("open");
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
        let refused = Place::make(&open.join("s"), &start(), &Manner::default()).unwrap_err();
        assert!(refused.doing.contains("open to all"), "{refused}");
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(&open, &link).unwrap();
        assert!(Place::make(&link, &start(), &Manner::default()).is_err());
        assert!(Place::open(&link).unwrap_err().doing.contains("no directory"));
        assert!(Place::open(&open).unwrap_err().doing.contains("no record"));
    }

    #[test]
    fn the_environment_names_the_directory_only_where_no_installed_recorder_knows_it() {
        let start = start();
        let names = |dir: &str| {
            let place = Place { dir: dir.into() };
            let all = place.environment(&start, OsStr::new("/l.so"), Some(OsStr::new("x.so")));
            assert_eq!(all[1].1, "/l.so:x.so");
            all.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(names("/home/s"), ["TRACKLE_SESSION", "LD_PRELOAD", "TRACKLE_DIR", "TRACKLE_TICKET"]);
        assert_eq!(names("/run/trackle/s/x"), ["TRACKLE_SESSION", "LD_PRELOAD", "TRACKLE_TICKET"]);
    }
}
