//! The files of `trackle init`: the configuration (mode 0640) and, beside it, passwords that were typed (0600). Each is there
//! as a whole or not at all, and none takes the place of another unless that was asked for. During a trial passwords are in
//! memory alone.

use super::answers::Places;
use super::written::EXAMPLE;
use crate::run::{Failed, account, exit};
use rustix::fs::{Access, MemfdFlags};
use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};
use tempfile::{NamedTempFile, TempPath};

/// Whom the robot runs as, where systemd starts it.
pub const ROBOT: &str = "trackle";
/// What names of files begin with that have no place yet.
const DRAFT: &str = ".trackle-";

/// Where passwords lie that stand beside this configuration.
pub fn places(config: &Path) -> Places {
    Places {
        mailbox: config.with_file_name("mailbox.password"),
        courier: config.with_file_name("courier.password"),
    }
}

/// Sees to it that the configuration may be written, before anybody is asked anything. The example as a package brings it
/// is nobody's decision.
///
/// # Errors
/// When it is there already, or its directory cannot be written.
pub fn ready(config: &Path, force: bool) -> Result<(), Failed> {
    let shown = config.display();
    if !force
        && config.symlink_metadata().is_ok()
        && fs::read(config).ok().as_deref() != Some(EXAMPLE.as_bytes())
    {
        return Err(there_already(config));
    }
    let above = config.ancestors().skip(1).find(|dir| dir.exists()).unwrap_or(Path::new("/"));
    rustix::fs::access(above, Access::WRITE_OK | Access::EXEC_OK).map_err(|e| {
        let why = io::Error::from(e);
        failed(format!(
            "{shown} cannot be written in {}: {why}; --config FILE names another place",
            above.display()
        ))
    })
}

/// Writes passwords and configuration, the configuration last: a robot that finds it finds all it names.
///
/// # Errors
/// When a file is there already, or cannot be written; then nothing new is left behind.
pub fn write(config: &Path, text: &str, passwords: &[(&Path, &str)], force: bool) -> Result<(), Failed> {
    ready(config, force)?;
    if let Some((path, _)) = passwords.iter().find(|(path, _)| !force && path.symlink_metadata().is_ok()) {
        return Err(there_already(path));
    }
    let robot = Owner::of(config);
    let wrong = |path: &Path, e: io::Error| failed(format!("writing {}: {e}", path.display()));
    let directory = config.parent().unwrap_or(Path::new("/"));
    make(directory, robot).map_err(|e| wrong(directory, e))?;
    let all = passwords.iter().map(|(path, password)| (*path, format!("{password}\n"), 0o600));
    let mut drafts = Vec::new();
    for (path, text, mode) in all.chain([(config, text.to_owned(), 0o640)]) {
        let owner =
            robot.map(|robot| if mode == 0o600 { (robot.user, robot.group) } else { (0, robot.group) });
        drafts.push(Draft::of(path, &text, mode, owner).map_err(|e| wrong(path, e))?);
    }
    // all are on the disk before the first of them counts
    let mut done = Vec::new();
    for draft in drafts {
        let path = draft.path.clone();
        match draft.take_place() {
            Ok(there) => done.push(there),
            Err(e) => {
                done.into_iter().rev().for_each(Replaced::back);
                return Err(wrong(&path, e));
            }
        }
    }
    File::open(directory).and_then(|directory| directory.sync_all()).map_err(|e| wrong(directory, e))
}

/// A file that is written and has no name yet.
struct Draft {
    path: PathBuf,
    file: NamedTempFile,
    /// What stands at its place so far, under a second name.
    before: Option<TempPath>,
}

/// A file in its place, and what it took the place of.
struct Replaced {
    path: PathBuf,
    before: Option<TempPath>,
}

impl Draft {
    /// Writes it aside. Where a link stands, what it leads to is replaced.
    fn of(path: &Path, text: &str, mode: u32, owner: Option<(u32, u32)>) -> io::Result<Draft> {
        let path = if path.is_symlink() { path.canonicalize()? } else { path.to_owned() };
        let directory = path.parent().unwrap_or(Path::new("/"));
        let mut file = tempfile::Builder::new().prefix(DRAFT).tempfile_in(directory)?;
        file.write_all(text.as_bytes())?;
        if let Some((user, group)) = owner {
            fchown(file.as_file(), Some(user), Some(group))?;
        }
        // whatever the umask is
        file.as_file().set_permissions(Permissions::from_mode(mode))?;
        file.as_file().sync_all()?;
        let before = if path.exists() {
            let kept =
                tempfile::Builder::new().prefix(DRAFT).make_in(directory, |name| fs::hard_link(&path, name));
            Some(kept?.into_temp_path())
        } else {
            None
        };
        Ok(Draft { path, file, before })
    }

    fn take_place(self) -> io::Result<Replaced> {
        let Draft { path, file, before } = self;
        file.persist(&path).map_err(|e| e.error)?;
        Ok(Replaced { path, before })
    }
}

impl Replaced {
    /// As it was.
    fn back(self) {
        // whoever reads of the trouble has a file at each place or none, as before
        match self.before {
            Some(before) => drop(before.persist(&self.path)),
            None => drop(fs::remove_file(&self.path)),
        }
    }
}

/// Who reads what root writes for the whole machine.
#[derive(Debug, Clone, Copy)]
struct Owner {
    user: u32,
    group: u32,
}

impl Owner {
    /// The robot's own user, once there is one. Whoever sets up another place serves himself.
    fn of(config: &Path) -> Option<Owner> {
        let machines = config.starts_with(crate::run::post::ETC) && rustix::process::geteuid().is_root();
        let (user, group) = account::numbers(ROBOT).filter(|_| machines)?;
        Some(Owner { user, group })
    }
}

fn make(directory: &Path, robot: Option<Owner>) -> io::Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    let mode = if rustix::process::geteuid().is_root() { 0o750 } else { 0o700 };
    DirBuilder::new().recursive(true).mode(mode).create(directory)?;
    match robot {
        Some(robot) => std::os::unix::fs::chown(directory, Some(0), Some(robot.group)),
        None => Ok(()),
    }
}

/// Passwords of a trial: in memory, each behind a path of this process.
#[derive(Debug)]
pub struct Kept {
    pub places: Places,
    /// The paths live as long as these.
    _files: [File; 2],
}

/// Keeps room for both passwords.
///
/// # Errors
/// When the kernel gives none.
pub fn keep() -> io::Result<Kept> {
    let make =
        || -> io::Result<File> { Ok(File::from(rustix::fs::memfd_create("password", MemfdFlags::CLOEXEC)?)) };
    let files = [make()?, make()?];
    let [mailbox, courier] =
        files.each_ref().map(|file| PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd())));
    Ok(Kept { places: Places { mailbox, courier }, _files: files })
}

fn there_already(path: &Path) -> Failed {
    failed(format!(
        "{} is there already: --force writes another in its place, --config FILE elsewhere",
        path.display()
    ))
}

fn failed(text: String) -> Failed {
    Failed { text, code: exit::FAILED }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn files_are_written_once_and_for_nobody_else() {
        let dir = tempfile::tempdir().unwrap();
        let config = dir.path().join("a/b/trackle.toml");
        let places = places(&config);
        let passwords = [(places.mailbox.as_path(), "pass word")];
        ready(&config, false).unwrap();
        write(&config, "one", &passwords, false).unwrap();
        assert_eq!((mode(&config), mode(&places.mailbox)), (0o640, 0o600));
        assert_eq!(fs::read_to_string(&places.mailbox).unwrap(), "pass word\n");
        for failed in [ready(&config, false), write(&config, "two", &passwords, false)] {
            assert!(failed.unwrap_err().text.contains("--force"));
        }
        assert_eq!(fs::read_to_string(&config).unwrap(), "one");
        write(&config, "two", &[], true).unwrap();
        assert_eq!(fs::read_to_string(&config).unwrap(), "two");
        // a password is no less precious than a configuration
        fs::remove_file(&config).unwrap();
        assert!(
            write(&config, "three", &passwords, false)
                .unwrap_err()
                .text
                .contains("mailbox.password is there")
        );
        assert!(!config.exists());
        assert_eq!(fs::read_dir(config.parent().unwrap()).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn an_example_is_no_decision_and_what_is_half_done_is_undone() {
        let dir = tempfile::tempdir().unwrap();
        let config = dir.path().join("trackle.toml");
        fs::write(&config, EXAMPLE).unwrap();
        ready(&config, false).unwrap();
        fs::write(&config, format!("{EXAMPLE}\n")).unwrap();
        assert!(ready(&config, false).is_err());
        fs::remove_file(&config).unwrap();
        fs::create_dir(&config).unwrap();
        let places = places(&config);
        for before in [None, Some("a password that works\n")] {
            if let Some(before) = before {
                fs::write(&places.mailbox, before).unwrap();
            }
            assert!(write(&config, "x", &[(&places.mailbox, "y")], true).is_err());
            assert_eq!(fs::read_to_string(&places.mailbox).ok().as_deref(), before);
        }
        // the same when it shows only after the password has its place
        let password = Draft::of(&places.mailbox, "y", 0o600, None).unwrap();
        password.take_place().unwrap().back();
        let courier = Draft::of(&places.courier, "y", 0o600, None).unwrap();
        courier.take_place().unwrap().back();
        assert_eq!(fs::read_to_string(&places.mailbox).unwrap(), "a password that works\n");
        let left: Vec<_> =
            fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left.len(), 2, "the directory and the password: {left:?}");
    }

    #[test]
    fn what_a_link_leads_to_is_replaced_and_the_link_stays() {
        let dir = tempfile::tempdir().unwrap();
        let (link, real) = (dir.path().join("trackle.toml"), dir.path().join("real.toml"));
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write(&link, "new", &[], true).unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
    }

    #[test]
    fn what_is_kept_for_a_trial_is_on_no_disk() {
        let kept = keep().unwrap();
        fs::write(&kept.places.courier, "secret\n").unwrap();
        for _ in 0..2 {
            assert_eq!(fs::read_to_string(&kept.places.courier).unwrap(), "secret\n");
        }
        assert_eq!(fs::read_to_string(&kept.places.mailbox).unwrap(), "");
    }
}
