//! The library that is loaded into recorded programs, carried within this one. In: where users keep what can be made
//! again; out: what to put into LD_PRELOAD. The one that is installed for the whole system is taken where it is the same,
//! since privileged programs load no other; else a copy is written once, under a name that tells its content, where only
//! its owner can change it. A copy that is not what it should be is written anew, never loaded.

use crate::fault::{Fault, Outcome};
use sha2::{Digest, Sha256};
use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use trackle_wire::elf::{self, Loading};

/// The library as it was built with this program.
pub const BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/libtrackle.so"));

/// Where the loader looks for a library that has no directory in its name, also for privileged programs (ld.so(8)).
pub const DIRECTORIES: [&str; 6] =
    [concat_arch::MULTIARCH, concat_arch::MULTIARCH_LIB, "/usr/lib64", "/lib64", "/usr/lib", "/lib"];

#[cfg(target_arch = "aarch64")]
mod concat_arch {
    pub const MULTIARCH: &str = "/usr/lib/aarch64-linux-gnu";
    pub const MULTIARCH_LIB: &str = "/lib/aarch64-linux-gnu";
}
#[cfg(not(target_arch = "aarch64"))]
mod concat_arch {
    pub const MULTIARCH: &str = "/usr/lib/x86_64-linux-gnu";
    pub const MULTIARCH_LIB: &str = "/lib/x86_64-linux-gnu";
}

/// What goes into LD_PRELOAD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Library {
    /// Installed by root: privileged programs load it too.
    Installed,
    /// A copy of the user's own.
    Copy(PathBuf),
}

impl Library {
    /// The entry in LD_PRELOAD.
    pub fn entry(&self) -> &OsStr {
        match self {
            Library::Installed => OsStr::new(trackle_wire::LIBRARY),
            Library::Copy(path) => path.as_os_str(),
        }
    }
}

/// Where root keeps it: his programs become those of other users, who load it from there too.
pub fn cache_of_root() -> Option<PathBuf> {
    rustix::process::geteuid().is_root().then(|| PathBuf::from("/var/cache"))
}

/// The library, ready to be loaded. `cache` is the user's cache directory; it is made when it is missing.
///
/// # Errors
/// When no copy can be written, or programs could not load it: a sentence for the user.
pub fn ready(cache: &Path) -> Outcome<Library> {
    if installed(&DIRECTORIES.map(Path::new)).is_some() {
        return Ok(Library::Installed);
    }
    let dir = cache.join("trackle");
    let name = format!("libtrackle-{}.so", short_hash(BYTES));
    let copy = dir.join(name);
    let why = |what: String| Fault::lasting(format!("the library that records, {}: {what}", copy.display()));
    if copy.as_os_str().as_encoded_bytes().iter().any(|b| b": \t".contains(b)) {
        return Err(why("its path has a blank or a colon, which the loader takes for the end".into()));
    }
    if !is_good(&copy) {
        write(&dir, &copy).map_err(|e| why(e.to_string()))?;
    }
    if is_noexec(&dir) {
        return Err(why("it lies on a file system that programs cannot be loaded from (noexec)".into()));
    }
    Ok(Library::Copy(copy))
}

/// The installed library, when it is this very one and privileged programs load it: set-uid, and root's.
pub fn installed(directories: &[&Path]) -> Option<PathBuf> {
    let found = directories.iter().map(|dir| dir.join(trackle_wire::LIBRARY)).find(|path| path.exists())?;
    let meta = fs::symlink_metadata(&found).ok()?;
    let loads = meta.is_file() && meta.uid() == 0 && meta.mode() & 0o4022 == 0o4000;
    (loads && fs::read(&found).is_ok_and(|bytes| bytes == BYTES)).then_some(found)
}

/// Whether a program loads the library and calls libc for all that it does, or the one is like that which its first line names.
pub fn is_loaded_by(program: &Path) -> bool {
    let begin = |path: &Path| {
        let mut begin = Vec::with_capacity(elf::BEGIN);
        let read = File::open(path).and_then(|file| file.take(elf::BEGIN as u64).read_to_end(&mut begin));
        read.map(|_| begin).unwrap_or_default()
    };
    let first = begin(program);
    let other = elf::interpreter(&first).map(|other| begin(Path::new(OsStr::from_bytes(other))));
    elf::loading(&other.unwrap_or(first)) == Loading::Library
}

/// Sixteen hexadecimal digits.
fn short_hash(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(Sha256::digest(bytes).get(..8).unwrap_or_default())
}

/// Whether a copy is there, is ours alone to change, and is what it should be.
fn is_good(copy: &Path) -> bool {
    let me = rustix::process::geteuid().as_raw();
    let ours = |meta: fs::Metadata| meta.is_file() && meta.uid() == me && meta.mode() & 0o022 == 0;
    fs::symlink_metadata(copy).is_ok_and(ours) && fs::read(copy).is_ok_and(|bytes| bytes == BYTES)
}

fn write(dir: &Path, copy: &Path) -> io::Result<()> {
    let me = rustix::process::geteuid().as_raw();
    let mode = if me == 0 { 0o755 } else { 0o700 };
    DirBuilder::new().recursive(true).mode(mode).create(dir)?;
    let meta = fs::symlink_metadata(dir)?;
    if !meta.is_dir() || meta.uid() != me {
        return Err(io::Error::other("the directory is not yours"));
    }
    if meta.mode() & 0o022 != 0 || me == 0 {
        // whatever the umask is
        fs::set_permissions(dir, fs::Permissions::from_mode(mode))?;
    }
    let temporary = copy.with_extension(format!("{}.new", std::process::id()));
    let written = written(&temporary).and_then(|()| fs::rename(&temporary, copy));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn written(temporary: &Path) -> io::Result<()> {
    let _ = fs::remove_file(temporary);
    let mut file: File = OpenOptions::new().write(true).create_new(true).mode(0o600).open(temporary)?;
    file.write_all(BYTES)?;
    file.set_permissions(fs::Permissions::from_mode(0o755))?;
    file.sync_data()
}

fn is_noexec(dir: &Path) -> bool {
    let flags = rustix::fs::statvfs(dir).map(|found| found.f_flag);
    flags.is_ok_and(|flags| flags.contains(rustix::fs::StatVfsMountFlags::NOEXEC))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_written_once_and_mended_when_it_is_spoilt() {
        let cache = tempfile::tempdir().unwrap();
        let Library::Copy(copy) = ready(cache.path()).unwrap() else { return };
        let first = fs::metadata(&copy).unwrap();
        let mode = if rustix::process::geteuid().is_root() { 0o755 } else { 0o700 };
        assert_eq!(fs::metadata(copy.parent().unwrap()).unwrap().mode() & 0o777, mode);
        assert_eq!(fs::metadata(ready(cache.path()).unwrap().entry()).unwrap().ino(), first.ino());
        fs::write(&copy, b"something else").unwrap();
        assert_eq!(ready(cache.path()).unwrap().entry(), copy);
        assert_eq!(fs::read(&copy).unwrap(), BYTES);
        // one that others may write to is not trusted either
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o777)).unwrap();
        ready(cache.path()).unwrap();
        assert_eq!(fs::metadata(&copy).unwrap().mode() & 0o777, 0o755);
        assert_eq!(fs::read_dir(copy.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn where_it_cannot_stand_is_said() {
        let cache = tempfile::tempdir().unwrap();
        if installed(&DIRECTORIES.map(Path::new)).is_some() {
            return;
        }
        fs::write(cache.path().join("trackle"), b"").unwrap();
        assert!(ready(cache.path()).unwrap_err().doing.contains("the library that records"));
        let blank = cache.path().join("a b");
        assert!(ready(&blank).unwrap_err().doing.contains("blank"));
    }

    #[test]
    fn an_installed_one_is_taken_when_privileged_programs_load_it() {
        let dir = tempfile::tempdir().unwrap();
        let library = dir.path().join(trackle_wire::LIBRARY);
        let found = || installed(&[Path::new("/nowhere"), dir.path()]);
        assert_eq!(found(), None);
        fs::write(&library, BYTES).unwrap();
        assert_eq!(found(), None);
        fs::set_permissions(&library, fs::Permissions::from_mode(0o4644)).unwrap();
        let root = fs::metadata(&library).unwrap().uid() == 0;
        assert_eq!(found(), root.then(|| library.clone()));
        fs::write(&library, b"of another version").unwrap();
        assert_eq!(found(), None);
    }
}
