//! The library in the system: where programs that have more rights than their user load it too, so that a session goes on
//! below sudo and su. In: the places of this system; out: the library, set-uid and root's, in the first of the loader's own
//! directories, and the directory that such programs find sessions in. The set-uid bit gives no rights: it is the loader's
//! sign that root trusts a library (ld.so(8)). The directory is the switch: without it the library does nothing in a
//! privileged program. Everything can be taken out again.

use super::library::{BYTES, DIRECTORIES};
use crate::fault::{Fault, Outcome};
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Readable for all, run by nobody.
const LIBRARY_MODE: u32 = 0o4644;
/// Anybody may make a directory in it, nobody sees whose there are.
const SESSIONS_MODE: u32 = 0o1733;
/// What a library of ours has in it, of whatever version.
const SIGN: &[u8] = b"TRACKLE_SESSION";

/// Where things go.
#[derive(Debug, Clone)]
pub struct Places {
    /// The loader's own directories, the first that is there is taken.
    pub libraries: Vec<PathBuf>,
    /// Where sessions have their directories.
    pub sessions: PathBuf,
    /// Makes that directory again after a start (tmpfiles.d(5)).
    pub tmpfiles: PathBuf,
}

impl Places {
    /// Those of this system.
    pub fn of_system() -> Places {
        Places {
            libraries: DIRECTORIES.map(PathBuf::from).into(),
            sessions: trackle_wire::SESSIONS.into(),
            tmpfiles: "/etc/tmpfiles.d/trackle-recorder.conf".into(),
        }
    }

    /// The library, where it is or would go.
    fn library(&self) -> Option<PathBuf> {
        let file = |dir: &PathBuf| dir.join(trackle_wire::LIBRARY);
        let there = self.libraries.iter().map(file).find(|path| path.symlink_metadata().is_ok());
        there.or_else(|| self.libraries.iter().find(|dir| dir.is_dir()).map(file))
    }
}

/// What is at the library's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    Nothing,
    /// This version, as it should be.
    Good,
    /// This version, but privileged programs do not load it, or others may change it.
    WrongRights,
    OtherVersion,
    /// Something that is not ours.
    Foreign,
}

/// How things stand.
#[derive(Debug, Clone)]
pub struct Status {
    pub library: PathBuf,
    pub found: Found,
    /// The directory of sessions is there, root's, and open as it should be.
    pub sessions: bool,
    pub tmpfiles: bool,
    /// Processes that record by the installed library now.
    pub users: Vec<(u32, String)>,
}

/// How things stand.
///
/// # Errors
/// When this system has none of the directories.
pub fn status(places: &Places) -> Outcome<Status> {
    let library = places.library().ok_or_else(|| Fault::lasting("the loader's directories are not there"))?;
    Ok(Status {
        found: found(&library),
        library,
        sessions: is_ready(&places.sessions),
        tmpfiles: places.tmpfiles.exists(),
        users: users(),
    })
}

fn found(library: &Path) -> Found {
    let Ok(meta) = fs::symlink_metadata(library) else { return Found::Nothing };
    let bytes = if meta.is_file() { fs::read(library).unwrap_or_default() } else { Vec::new() };
    if bytes == BYTES {
        let good = meta.uid() == 0 && meta.mode() & 0o7777 == LIBRARY_MODE;
        return if good { Found::Good } else { Found::WrongRights };
    }
    let ours = bytes.starts_with(b"\x7fELF") && bytes.windows(SIGN.len()).any(|window| window == SIGN);
    if ours { Found::OtherVersion } else { Found::Foreign }
}

fn is_ready(sessions: &Path) -> bool {
    let good = |path: &Path, mode: u32| {
        fs::symlink_metadata(path).is_ok_and(|m| m.is_dir() && m.uid() == 0 && m.mode() & 0o7777 == mode)
    };
    good(sessions, SESSIONS_MODE)
        && sessions.parent().is_some_and(|above| {
            fs::symlink_metadata(above).is_ok_and(|m| m.is_dir() && m.uid() == 0 && m.mode() & 0o022 == 0)
        })
}

/// Puts the library in, or the newer one in its place: programs that have the old one loaded keep it.
///
/// # Errors
/// A sentence: something foreign is there, the file system is read-only, the loader does not find it. Nothing is left of it
/// then that was not there before.
pub fn install(places: &Places) -> Outcome<Status> {
    let library = places.library().ok_or_else(|| Fault::lasting("the loader's directories are not there"))?;
    let before = found(&library);
    if before == Found::Foreign {
        return Err(Fault::lasting(format!(
            "{} is there and is not ours: it stays as it is",
            library.display()
        )));
    }
    let fault = |path: &Path, e: io::Error| Fault::lasting(format!("{}: {e}", path.display()));
    put(&library, BYTES, LIBRARY_MODE).map_err(|e| fault(&library, e))?;
    if let Err(e) = is_loaded(&library) {
        if before == Found::Nothing {
            let _ = fs::remove_file(&library);
        }
        return Err(e);
    }
    make_sessions(&places.sessions).map_err(|e| fault(&places.sessions, e))?;
    let text = format!(
        "# sessions that are recorded below sudo; made by `trackle install-recorder`\n\
         d {} 0755 root root -\nd {} {SESSIONS_MODE:o} root root -\n",
        places.sessions.parent().unwrap_or(Path::new("/")).display(),
        places.sessions.display(),
    );
    if places.tmpfiles.parent().is_some_and(Path::is_dir) {
        put(&places.tmpfiles, text.as_bytes(), 0o644).map_err(|e| fault(&places.tmpfiles, e))?;
    }
    status(places)
}

/// Writes a file beside its place and renames it there: who reads or has it mapped sees the old one or the new.
fn put(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let temporary = path.with_extension(format!("{}.new", std::process::id()));
    let _ = fs::remove_file(&temporary);
    let written = (|| {
        let mut file: File = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
        file.write_all(bytes)?;
        // the set-uid bit last: nobody loads half a library
        file.set_permissions(Permissions::from_mode(mode))?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Whether the loader finds it by its bare name.
fn is_loaded(library: &Path) -> Outcome<()> {
    let mut program = Command::new("/bin/true");
    program.env_clear().env(trackle_wire::PRELOAD, trackle_wire::LIBRARY).stdin(Stdio::null());
    let ran = program.output().map_err(|e| Fault::lasting(format!("/bin/true: {e}")))?;
    if ran.stderr.is_empty() {
        return Ok(());
    }
    let why = String::from_utf8_lossy(&ran.stderr);
    Err(Fault::lasting(format!("the loader does not take {}: {}", library.display(), why.trim())))
}

fn make_sessions(sessions: &Path) -> io::Result<()> {
    for (dir, mode) in [(sessions.parent(), 0o755), (Some(sessions), SESSIONS_MODE)] {
        let Some(dir) = dir else { continue };
        match DirBuilder::new().mode(mode).create(dir) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
            _ => {}
        }
        let meta = fs::symlink_metadata(dir)?;
        if !meta.is_dir() || meta.uid() != 0 {
            return Err(io::Error::other("it is there and is not root's"));
        }
        fs::set_permissions(dir, Permissions::from_mode(mode))?;
    }
    Ok(())
}

/// Takes everything out again: first the directory, so that nothing is recorded any more, then what would make it again,
/// the library last.
///
/// # Errors
/// A sentence: programs still have its name in their environment, and each that they start would complain; or something
/// foreign stands in its place.
pub fn remove(places: &Places, although_used: bool) -> Outcome<Status> {
    let now = status(places)?;
    if now.found == Found::Foreign {
        return Err(Fault::lasting(format!("{} is not ours: it stays as it is", now.library.display())));
    }
    if let Some((pid, name)) = now.users.first().filter(|_| !although_used) {
        let others = now.users.len() - 1;
        return Err(Fault::passing(format!(
            "{name} (process {pid}) and {others} more are in recorded sessions, and every program that they start would \
             complain of a missing library: end them, or use --now"
        )));
    }
    let fault = |path: &Path, e: io::Error| Fault::lasting(format!("{}: {e}", path.display()));
    let gone = |done: io::Result<()>| match done {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    };
    // records that nobody has completed are not thrown away
    match fs::remove_dir(&places.sessions) {
        Err(e) if e.kind() == io::ErrorKind::DirectoryNotEmpty => {
            fs::set_permissions(&places.sessions, Permissions::from_mode(0o700))
                .map_err(|e| fault(&places.sessions, e))?;
        }
        other => gone(other).map_err(|e| fault(&places.sessions, e))?,
    }
    gone(fs::remove_file(&places.tmpfiles)).map_err(|e| fault(&places.tmpfiles, e))?;
    gone(fs::remove_file(&now.library)).map_err(|e| fault(&now.library, e))?;
    status(places)
}

/// Processes whose environment has the bare name of the library, as far as /proc lets us look.
fn users() -> Vec<(u32, String)> {
    let entry = format!("{}=", trackle_wire::PRELOAD).into_bytes();
    let has = |variable: &[u8]| {
        variable.strip_prefix(&entry[..]).is_some_and(|value| {
            value.split(|b| *b == b':' || *b == b' ').any(|e| e == trackle_wire::LIBRARY.as_bytes())
        })
    };
    let Ok(all) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = all.flatten().filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok());
    let mut users: Vec<(u32, String)> = pids
        .filter(|pid| *pid != std::process::id())
        .filter(|pid| fs::read(format!("/proc/{pid}/environ")).is_ok_and(|e| e.split(|b| *b == 0).any(has)))
        .map(|pid| {
            (pid, fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default().trim().to_owned())
        })
        .collect();
    users.sort_unstable();
    users
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(dir: &Path) -> Places {
        let libraries = vec![dir.join("nowhere"), dir.join("lib"), dir.join("lib2")];
        fs::create_dir_all(dir.join("lib")).unwrap();
        fs::create_dir_all(dir.join("lib2")).unwrap();
        fs::create_dir_all(dir.join("run")).unwrap();
        fs::create_dir_all(dir.join("tmpfiles.d")).unwrap();
        let (sessions, tmpfiles) = (dir.join("run/trackle/s"), dir.join("tmpfiles.d/recorder.conf"));
        Places { libraries, sessions, tmpfiles }
    }

    fn is_root() -> bool {
        rustix::process::geteuid().is_root()
    }

    #[test]
    fn what_is_put_in_is_taken_out() {
        let dir = tempfile::tempdir().unwrap();
        let places = places(dir.path());
        assert_eq!(status(&places).unwrap().found, Found::Nothing);
        if !is_root() {
            return;
        }
        make_sessions(&places.sessions).unwrap();
        put(&places.library().unwrap(), BYTES, LIBRARY_MODE).unwrap();
        put(&places.tmpfiles, b"", 0o644).unwrap();
        let now = status(&places).unwrap();
        assert_eq!((now.found, now.sessions, now.tmpfiles), (Found::Good, true, true));
        assert_eq!(now.library, dir.path().join("lib/libtrackle.so"));
        let now = remove(&places, true).unwrap();
        assert_eq!((now.found, now.sessions, now.tmpfiles), (Found::Nothing, false, false));
        assert_eq!(fs::read_dir(dir.path().join("lib")).unwrap().count(), 0);
        remove(&places, true).unwrap();
    }

    #[test]
    fn what_is_not_ours_stays() {
        let dir = tempfile::tempdir().unwrap();
        let places = places(dir.path());
        let library = places.library().unwrap();
        for foreign in [&b"of somebody else"[..], b""] {
            fs::write(&library, foreign).unwrap();
            assert!(install(&places).unwrap_err().doing.contains("not ours"));
            assert!(remove(&places, true).is_err());
            assert_eq!(fs::read(&library).unwrap(), foreign);
        }
        fs::remove_file(&library).unwrap();
        std::os::unix::fs::symlink("/bin/true", &library).unwrap();
        assert!(install(&places).is_err());
        assert!(library.is_symlink());
    }

    #[test]
    fn an_older_version_of_ours_is_known() {
        let dir = tempfile::tempdir().unwrap();
        let places = places(dir.path());
        let library = places.library().unwrap();
        fs::write(&library, [&b"\x7fELF of another day "[..], SIGN].concat()).unwrap();
        assert_eq!(status(&places).unwrap().found, Found::OtherVersion);
        fs::write(&library, BYTES).unwrap();
        assert_eq!(status(&places).unwrap().found, Found::WrongRights);
    }

    #[test]
    fn records_that_nobody_completed_are_not_thrown_away() {
        if !is_root() {
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let places = places(dir.path());
        make_sessions(&places.sessions).unwrap();
        fs::create_dir(places.sessions.join("x")).unwrap();
        let now = remove(&places, true).unwrap();
        assert!(!now.sessions && places.sessions.join("x").is_dir());
    }

    #[test]
    fn a_directory_of_somebody_else_is_not_taken() {
        if !is_root() {
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let places = places(dir.path());
        fs::create_dir_all(&places.sessions).unwrap();
        std::os::unix::fs::chown(&places.sessions, Some(65534), None).unwrap();
        assert!(make_sessions(&places.sessions).is_err());
        assert!(!status(&places).unwrap().sessions);
    }
}
