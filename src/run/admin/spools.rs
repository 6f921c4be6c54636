//! The robot's own spools below the state directory: mail that came through `trackle deliver`, and sessions of this machine,
//! stay there as files once they are taken in. In comes whom to look for, out go the files that he is in. Never touches a file
//! that is not taken in yet: that is new, and is looked at when it is here.

use crate::daemon::{SESSIONS, SPOOL};
use crate::fetch::maildir::DONE;
use crate::limits;
use crate::pipeline::erase::mails::Pen;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The files that somebody is in; one in memory at a time.
///
/// # Errors
/// Those of the file system.
pub fn holding(state: &Path, pen: Pen<'_>) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for spool in [SPOOL, SESSIONS] {
        let entries = match fs::read_dir(state.join(spool).join(DONE).join("cur")) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            Err(e) => return Err(e),
        };
        for entry in entries {
            let entry = entry?;
            // what is no file of ours, or is gone by now, nobody took in
            let fits =
                entry.metadata().is_ok_and(|m| m.is_file() && m.len() <= limits::MAIL_BYTES as u64 * 2);
            let Some(bytes) = fits.then(|| fs::read(entry.path()).ok()).flatten() else { continue };
            if pen.mail(&bytes).is_some() {
                found.push(entry.path());
            }
            pen.sought.turn();
        }
    }
    Ok(found)
}

/// Removes files.
///
/// # Errors
/// Those of the file system.
pub fn remove(files: &[PathBuf]) -> io::Result<()> {
    for file in files {
        match fs::remove_file(file) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    Ok(())
}
