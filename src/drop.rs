//! Puts a mail into a Maildir so that it is there after a power cut, or not there at all. Comes in: bytes and a
//! name; goes out: the path under `new/`. Never leaves half a mail where a reader looks, never follows a link.
//! Maildir as in <https://cr.yp.to/proto/maildir.html>; everything here blocks.

use crate::fault::{Fault, Outcome};
use jiff::Timestamp;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Writes `bytes` durably as `new/name`; a mail of the same name still lying there is replaced, so that trying
/// again makes no second copy. The Maildir is made when it is missing; only its owner may read what is made.
///
/// # Errors
/// Passing ones from the file system (full, read-only); a lasting one for a name that a reader would overlook.
pub fn into_maildir(dir: &Path, bytes: &[u8], name: &str) -> Outcome<PathBuf> {
    let path = put(dir, bytes, name, true)?;
    let synced = File::open(dir.join("new")).and_then(|new| new.sync_all());
    synced.map_err(|e| Fault::passing(format!("writing {}: {e}", path.display())))?;
    Ok(path)
}

/// Like [`into_maildir`], but sure to be there after a power cut only once [`settle`] has been called: for many mails
/// at a time.
///
/// # Errors
/// As [`into_maildir`].
pub fn place(dir: &Path, bytes: &[u8], name: &str) -> Outcome<PathBuf> {
    put(dir, bytes, name, false)
}

/// Brings everything that was placed below `dir` to the disk, in one go.
///
/// # Errors
/// Passing ones from the file system.
pub fn settle(dir: &Path) -> Outcome<()> {
    let settled = File::open(dir).and_then(|dir| Ok(rustix::fs::syncfs(dir)?));
    settled.map_err(|e| Fault::passing(format!("bringing letters in {} to the disk: {e}", dir.display())))
}

fn put(dir: &Path, bytes: &[u8], name: &str, sync: bool) -> Outcome<PathBuf> {
    if !is_name(name) {
        return Err(Fault::lasting(format!("{name:?} cannot name a file in a Maildir")));
    }
    make(dir)?;
    let (draft, path) = (dir.join("tmp").join(name), dir.join("new").join(name));
    let done = write(&draft, bytes, sync).and_then(|()| std::fs::rename(&draft, &path));
    if let Err(e) = done {
        // the error that matters is the first one; what is left in tmp harms nobody
        let _ = std::fs::remove_file(&draft);
        return Err(Fault::passing(format!("writing {}: {e}", path.display())));
    }
    Ok(path)
}

/// Makes the Maildir with its three folders, as far as they are missing.
///
/// # Errors
/// Passing ones from the file system.
pub fn make(dir: &Path) -> Outcome<()> {
    for folder in ["tmp", "new", "cur"] {
        let path = dir.join(folder);
        if !path.is_dir() {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(&path)
                .map_err(|e| Fault::passing(format!("making the Maildir {}: {e}", path.display())))?;
        }
    }
    Ok(())
}

/// A name that no other delivery has: time, process, a number that grows, and chance for a machine that shares
/// the Maildir. Names made later by one process sort later.
pub fn unique(now: Timestamp) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let micros = now.subsec_microsecond().max(0);
    let (pid, chance) = (std::process::id(), rand::random::<u32>());
    format!("{}.M{micros:06}P{pid}Q{count:06}.{chance:08x}", now.as_second())
}

fn write(draft: &Path, bytes: &[u8], sync: bool) -> io::Result<()> {
    let create = || OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft);
    let mut file = match create() {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
            // an earlier try died here
            std::fs::remove_file(draft)?;
            create()?
        }
        other => other?,
    };
    file.write_all(bytes)?;
    if sync { file.sync_all() } else { Ok(()) }
}

/// One path component that every Maildir reader takes for a mail without flags.
fn is_name(name: &str) -> bool {
    (1..=200).contains(&name.len())
        && !name.starts_with('.')
        && name.bytes().all(|b| b.is_ascii_graphic() && b != b'/' && b != b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_put_once_and_whole() {
        let dir = tempfile::tempdir().unwrap();
        let box_ = dir.path().join("a/b");
        let path = into_maildir(&box_, b"one", "7.x").unwrap();
        assert_eq!(path, box_.join("new/7.x"));
        std::fs::write(box_.join("tmp/7.x"), "half of a mail that died").unwrap();
        into_maildir(&box_, b"two", "7.x").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(box_.join("tmp")).unwrap().count(), 0);
        assert_eq!(std::fs::read_dir(box_.join("new")).unwrap().count(), 1);
    }

    #[test]
    fn odd_names_and_a_place_that_cannot_be_written_are_faults() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["", ".hidden", "../x", "a/b", "a:2,S", "a b", "a\n", "ü"] {
            assert!(!into_maildir(dir.path(), b"x", name).unwrap_err().again, "{name:?}");
        }
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(into_maildir(&file, b"x", "ok").unwrap_err().again);
    }

    #[test]
    fn a_link_in_tmp_is_not_written_through() {
        let dir = tempfile::tempdir().unwrap();
        make(dir.path()).unwrap();
        let target = dir.path().join("precious");
        std::fs::write(&target, "keep").unwrap();
        std::os::unix::fs::symlink(&target, dir.path().join("tmp/m")).unwrap();
        into_maildir(dir.path(), b"mail", "m").unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"keep");
    }

    #[test]
    fn names_are_unique_and_in_order() {
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let names: Vec<String> = (0..100).map(|_| unique(now)).collect();
        assert!(names.is_sorted() && names.iter().all(|n| is_name(n)));
    }
}
