//! Where secrets are made: the key of the robot's seal, from the kernel's random numbers, once, in a file that only
//! the robot can read. Whoever has this file can forge confirmations; whoever loses it makes old reply addresses void.

use crate::fault::{Fault, Outcome};
use crate::model::seal::Seal;
use data_encoding::HEXLOWER_PERMISSIVE;
use rustix::fs::{Gid, Uid};
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

/// The key file's name below the state directory.
pub const FILE: &str = "seal.key";

/// The seal of this installation; its key is made at the first start. A file may hold several keys, one a line, the
/// newest first: all are believed, the first one signs.
///
/// # Errors
/// When the file cannot be read or made, or a line is not 64 hexadecimal digits.
pub fn seal(state: &Path) -> Outcome<Seal> {
    let path = state.join(FILE);
    match std::fs::read_to_string(&path) {
        Ok(text) => parse(&text).ok_or_else(|| damaged(&path)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => make(state, &path),
        Err(e) => Err(Fault::passing(format!("reading {}: {e}", path.display()))),
    }
}

fn parse(text: &str) -> Option<Seal> {
    let keys: Option<Vec<[u8; 32]>> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| HEXLOWER_PERMISSIVE.decode(line.as_bytes()).ok()?.try_into().ok())
        .collect();
    keys.filter(|k| !k.is_empty()).map(Seal::new)
}

fn make(state: &Path, path: &Path) -> Outcome<Seal> {
    let doing = |e: std::io::Error| Fault::passing(format!("making {}: {e}", path.display()));
    std::fs::create_dir_all(state).map_err(doing)?;
    let key: [u8; 32] = rand::random();
    // written aside and renamed, so that a power cut leaves no half key; linked, so that of two starts one wins
    let aside = state.join(format!(".{FILE}.{}", std::process::id()));
    let mut file =
        OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&aside).map_err(doing)?;
    file.write_all(format!("{}\n", HEXLOWER_PERMISSIVE.encode(&key)).as_bytes()).map_err(doing)?;
    file.sync_all().map_err(doing)?;
    let linked = std::fs::hard_link(&aside, path);
    std::fs::remove_file(&aside).map_err(doing)?;
    match linked {
        Ok(()) => {
            std::fs::File::open(state).and_then(|d| d.sync_all()).map_err(doing)?;
            Ok(Seal::new(vec![key]))
        }
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => seal(state),
        Err(e) => Err(doing(e)),
    }
}

/// Puts back the keys of a backup: they sign from now on, and those that were there are still believed.
///
/// # Errors
/// When the backup's keys are none, or the file cannot be written.
pub fn take_back(state: &Path, keys: &str) -> Outcome<()> {
    let path = state.join(FILE);
    if parse(keys).is_none() {
        return Err(Fault::lasting(
            "the backup's keys are damaged: codes and reply addresses of before are void",
        ));
    }
    let doing =
        |e: std::io::Error| Fault::passing(format!("putting the keys back into {}: {e}", path.display()));
    let there = match std::fs::read_to_string(&path) {
        Ok(there) => there,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(doing(e)),
    };
    let mut lines: Vec<&str> = Vec::new();
    for line in keys.lines().chain(there.lines()).map(str::trim).filter(|line| !line.is_empty()) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    write(state, &(lines.join("\n") + "\n")).map_err(doing)
}

/// A new key signs from now on; those that were there are still believed, unless they are to be forgotten. Gives how many
/// keys there are then.
///
/// # Errors
/// When there is no key yet, or the file is damaged or cannot be written.
pub fn rotate(state: &Path, forget: bool) -> Outcome<usize> {
    change(state, |lines| {
        if forget {
            lines.clear();
        }
        let key: [u8; 32] = rand::random();
        lines.insert(0, HEXLOWER_PERMISSIVE.encode(&key));
    })
}

/// Only the key that signs is believed from now on. Gives how many keys there are then.
///
/// # Errors
/// As [`rotate`].
pub fn forget(state: &Path) -> Outcome<usize> {
    change(state, |lines| lines.truncate(1))
}

fn change(state: &Path, work: impl FnOnce(&mut Vec<String>)) -> Outcome<usize> {
    let path = state.join(FILE);
    let doing = |e: std::io::Error| Fault::passing(format!("changing the keys in {}: {e}", path.display()));
    // one at a time: a key that somebody signs with already must not be lost
    let lock = std::fs::File::open(state).map_err(doing)?;
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).map_err(|e| doing(e.into()))?;
    let text = std::fs::read_to_string(&path).map_err(doing)?;
    if parse(&text).is_none() {
        return Err(damaged(&path));
    }
    let mut lines: Vec<String> =
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    work(&mut lines);
    write(state, &(lines.join("\n") + "\n")).map_err(doing)?;
    Ok(lines.len())
}

/// Writes the file as a whole or not at all, for its owner's eyes only, whoever writes.
fn write(state: &Path, text: &str) -> std::io::Result<()> {
    let path = state.join(FILE);
    let aside = state.join(format!(".{FILE}.{}", std::process::id()));
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&aside)?;
    file.write_all(text.as_bytes())?;
    // root changes them for the robot's user
    let (made, wanted) = (file.metadata()?, std::fs::metadata(&path).or_else(|_| std::fs::metadata(state))?);
    if made.uid() != wanted.uid() || made.gid() != wanted.gid() {
        let (user, group) = (Uid::from_raw(wanted.uid()), Gid::from_raw(wanted.gid()));
        rustix::fs::fchown(&file, Some(user), Some(group))?;
    }
    file.sync_all()?;
    std::fs::rename(&aside, &path)?;
    std::fs::File::open(state)?.sync_all()
}

fn damaged(path: &Path) -> Fault {
    Fault::lasting(format!("{} is damaged: each line has to be 64 hexadecimal digits", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_kept_private() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let first = seal(dir.path()).unwrap().instance();
        assert_eq!(seal(dir.path()).unwrap().instance(), first);
        let mode = std::fs::metadata(dir.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::write(dir.path().join(FILE), "beef\n").unwrap();
        assert!(seal(dir.path()).unwrap_err().doing.contains("damaged"));
    }

    #[test]
    fn keys_of_a_backup_sign_again_and_those_of_today_are_still_believed() {
        let dir = tempfile::tempdir().unwrap();
        let (old, new) = ("ab".repeat(32), "cd".repeat(32));
        std::fs::write(dir.path().join(FILE), format!("{new}\n")).unwrap();
        take_back(dir.path(), &format!("{old}\n")).unwrap();
        take_back(dir.path(), &format!("{old}\n")).unwrap();
        assert_eq!(std::fs::read_to_string(dir.path().join(FILE)).unwrap(), format!("{old}\n{new}\n"));
        assert!(take_back(dir.path(), "beef").is_err());
        let empty = tempfile::tempdir().unwrap();
        take_back(empty.path(), &old).unwrap();
        seal(empty.path()).unwrap();
    }

    #[test]
    fn a_new_key_signs_and_old_ones_are_believed_until_they_are_forgotten() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        assert!(rotate(dir.path(), false).is_err());
        let first = seal(dir.path()).unwrap().instance();
        assert_eq!(rotate(dir.path(), false).unwrap(), 2);
        let both = seal(dir.path()).unwrap();
        assert!(both.instance() != first && both.instances().contains(&first));
        assert_eq!(forget(dir.path()).unwrap(), 1);
        assert_eq!(seal(dir.path()).unwrap().instances(), [both.instance()]);
        assert_eq!((rotate(dir.path(), false).unwrap(), rotate(dir.path(), true).unwrap()), (2, 1));
        let mode = std::fs::metadata(dir.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!((mode & 0o777, std::fs::read_dir(dir.path()).unwrap().count()), (0o600, 1));
        std::fs::write(dir.path().join(FILE), "beef\n").unwrap();
        assert!(rotate(dir.path(), false).unwrap_err().doing.contains("damaged"));
    }
}
