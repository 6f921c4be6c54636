//! The configuration's file as `trackle admin` changes it: read under a lock, changed in memory, understood before anything is
//! written, written beside and renamed, with its owner and mode. Whoever is killed in between has changed nothing. A link stays
//! one: what it leads to is changed. Afterwards a robot that runs is told to read it again.

mod told;

use crate::config::Config;
use crate::run::{Failed, account, exit, read_config};
use crate::show::safe;
use rustix::fs::{FlockOperation, Gid, Mode, Uid, XattrFlags};
use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};
use std::ffi::CStr;
use std::fs::{File, Metadata, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use told::{Told, tell_both};

pub use told::tell;

/// Largest configuration that is changed, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Bytes of extended attributes that are kept, and of each.
const LISTED: usize = 4096;
/// How often, and how long apart, the lock is tried for.
const PATIENCE: u32 = 200;
const WAIT: Duration = Duration::from_millis(50);

/// A file that is being changed; nobody else who asks for it here changes it meanwhile.
pub struct Sheet {
    /// As it was named, for people and for relative paths in it.
    named: PathBuf,
    /// What that leads to.
    path: PathBuf,
    base: PathBuf,
    before: String,
    meta: Metadata,
    /// Locked as long as it lives: the directory, since the file is replaced.
    _lock: File,
}

/// A change that was made, or was none.
pub struct Changed {
    before: String,
    after: String,
    told: Told,
}

impl Sheet {
    /// Reads the file, and keeps others from changing it.
    ///
    /// # Errors
    /// When it is not there, or may not be changed.
    pub fn open(named: &Path) -> Result<Sheet, Failed> {
        let trouble = |what: &str, e: &dyn std::fmt::Display| Failed {
            text: format!("{what} {}: {e}", named.display()),
            code: exit::CONFIG,
        };
        if !named.exists() {
            read_config(named)?;
        }
        let path = std::fs::canonicalize(named).map_err(|e| trouble("looking for", &e))?;
        let whole = std::path::absolute(named).map_err(|e| trouble("looking for", &e))?;
        let base = whole.parent().unwrap_or(Path::new("/")).to_owned();
        let directory = path.parent().unwrap_or(Path::new("/"));
        let lock = File::open(directory).map_err(|e| trouble("locking", &e))?;
        locked(&lock, named)?;
        // whoever may not write it is not to replace it either
        let file = OpenOptions::new().read(true).write(true).open(&path).map_err(|e| closed(&path, &e))?;
        let meta = file.metadata().map_err(|e| trouble("reading", &e))?;
        if meta.len() > LARGEST {
            return Err(trouble("reading", &"it is too large"));
        }
        let before = std::io::read_to_string(file).map_err(|e| trouble("reading", &e))?;
        Ok(Sheet { named: named.to_owned(), path, base, before, meta, _lock: lock })
    }

    /// What it says.
    pub fn text(&self) -> &str {
        &self.before
    }

    /// What it means now.
    ///
    /// # Errors
    /// Every complaint about it.
    pub fn config(&self) -> Result<Config, Failed> {
        self.understood(&self.before)
    }

    /// Understands a text in its place.
    fn understood(&self, text: &str) -> Result<Config, Failed> {
        Config::parse(text, &self.base)
            .map_err(|wrong| Failed { text: wrong.to_string(), code: exit::CONFIG })
    }

    /// Writes another text, if it can be understood, and tells a robot that runs.
    ///
    /// # Errors
    /// Every complaint about the text: then nothing is written; a file that somebody else changed, or that cannot be written.
    pub fn write(&self, text: String) -> Result<Changed, Failed> {
        if text == self.before {
            return Ok(Changed { before: text.clone(), after: text, told: Told::Nothing });
        }
        let config = self.understood(&text).map_err(|failed| Failed {
            text: format!("{}\nnothing was written: the configuration would be wrong", failed.text),
            ..failed
        })?;
        let before = self.understood(&self.before).ok();
        self.has_its_letters(before.as_ref(), &config)?;
        let trouble = |e: std::io::Error| Failed {
            text: format!("writing {}: {e}; it is as it was", self.named.display()),
            code: exit::FAILED,
        };
        let aside = self.lay_aside(&text).map_err(trouble)?;
        let unchanged = std::fs::read(&self.path).is_ok_and(|now| now == self.before.as_bytes());
        if !unchanged {
            let _ = std::fs::remove_file(&aside);
            let text = format!(
                "{} was changed by somebody else meanwhile: nothing was written",
                self.named.display()
            );
            return Err(Failed { text, code: exit::LATER });
        }
        self.put(&aside).map_err(trouble)?;
        let told = tell_both(before.as_ref().unwrap_or(&config), &config);
        Ok(Changed { before: self.before.clone(), after: text, told })
    }

    /// A robot does not start where the letters are said to be in a directory that is not there.
    fn has_its_letters(&self, before: Option<&Config>, after: &Config) -> Result<(), Failed> {
        let Some(letters) = after.robot.letters.as_deref().filter(|letters| !letters.is_dir()) else {
            return Ok(());
        };
        if before.is_some_and(|before| before.robot.letters.as_deref() == Some(letters)) {
            return Ok(());
        }
        let text = format!("{} is no directory: make it first; nothing was written", letters.display());
        Err(Failed { text, code: exit::FAILED })
    }

    /// Writes the text beside the file, as the file is to be.
    fn lay_aside(&self, text: &str) -> std::io::Result<PathBuf> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let aside = self.path.with_file_name(format!(".{name}.new"));
        match std::fs::remove_file(&aside) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
            _ => {} // somebody was killed here
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
        let written = self.fill(&mut file, text);
        if written.is_err() {
            let _ = std::fs::remove_file(&aside);
        }
        written.map(|()| aside)
    }

    fn fill(&self, file: &mut File, text: &str) -> std::io::Result<()> {
        file.write_all(text.as_bytes())?;
        let made = file.metadata()?;
        let (uid, gid) = (self.meta.uid(), self.meta.gid());
        if (made.uid(), made.gid()) != (uid, gid) {
            rustix::fs::fchown(&*file, Some(Uid::from_raw(uid)), Some(Gid::from_raw(gid)))?;
        }
        keep_attributes(&self.path, file)?;
        rustix::fs::fchmod(&*file, Mode::from_raw_mode(self.meta.mode() & 0o7777))?;
        file.sync_all()
    }

    /// Puts it in the file's place.
    fn put(&self, aside: &Path) -> std::io::Result<()> {
        std::fs::rename(aside, &self.path)?;
        File::open(self.path.parent().unwrap_or(Path::new("/")))?.sync_all()
    }
}

/// Locks the directory, and waits for others as long as nobody seems to sleep over it.
fn locked(directory: &File, named: &Path) -> Result<(), Failed> {
    for _ in 0..PATIENCE {
        match rustix::fs::flock(directory, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(()),
            Err(rustix::io::Errno::WOULDBLOCK) => std::thread::sleep(WAIT),
            Err(e) => {
                return Err(Failed { text: format!("locking {}: {e}", named.display()), code: exit::FAILED });
            }
        }
    }
    let text = format!("another trackle changes {} just now; nothing was written", named.display());
    Err(Failed { text, code: exit::LATER })
}

/// Why it may not be changed, and by whom it may.
fn closed(path: &Path, e: &std::io::Error) -> Failed {
    let file = path.display();
    let owner = std::fs::metadata(path).ok().map(|meta| meta.uid());
    let owner = owner.map(|uid| account::name(uid).unwrap_or_else(|| format!("#{uid}")));
    let text = match (e.kind(), owner) {
        (std::io::ErrorKind::PermissionDenied, Some(owner)) => {
            format!("{file} is {owner}'s to change: `sudo -u {owner} trackle admin …`")
        }
        _ => format!("changing {file}: {e}"),
    };
    Failed { text, code: exit::FAILED }
}

/// What the file system keeps beside a file, access lists among them, is the other's too; what it sets by itself is not touched.
fn keep_attributes(from: &Path, to: &File) -> std::io::Result<()> {
    let mut names = [0; LISTED];
    let length = rustix::fs::listxattr(from, &mut names).unwrap_or(0);
    let names = names.get(..length).unwrap_or_default();
    for name in
        names.split_inclusive(|byte| *byte == 0).filter_map(|name| CStr::from_bytes_with_nul(name).ok())
    {
        if !name.to_bytes().starts_with(b"security.") {
            let mut value = [0; LISTED];
            let length = rustix::fs::getxattr(from, name, &mut value)?;
            rustix::fs::fsetxattr(to, name, value.get(..length).unwrap_or_default(), XattrFlags::empty())?;
        }
    }
    Ok(())
}

impl Changed {
    /// Whether anything is otherwise now.
    pub fn is_any(&self) -> bool {
        self.told != Told::Nothing
    }

    /// Whether it is done.
    pub fn code(&self) -> ExitCode {
        self.told.code()
    }

    /// What changed, line by line, and who knows of it.
    pub fn words(&self) -> String {
        let lines = self.lines().into_iter().map(|line| format!("{}\n", safe::line(&line)));
        lines.chain([format!("{}\n", self.told.words())]).collect()
    }

    /// The same for programs.
    pub fn json(&self) -> Value {
        json!({ "changed": self.is_any(), "lines": self.lines(), "robot": self.told.word() })
    }

    fn lines(&self) -> Vec<String> {
        let diff = TextDiff::from_lines(&self.before, &self.after);
        let sign = |tag| match tag {
            ChangeTag::Equal => None,
            ChangeTag::Delete => Some('-'),
            ChangeTag::Insert => Some('+'),
        };
        let lines = diff.iter_all_changes().filter(|line| !line.value().trim().is_empty());
        lines.filter_map(|line| Some(format!("{}{}", sign(line.tag())?, line.value().trim_end()))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    const TEXT: &str = "[robot]\naddress = \"help@example.org\"\nstate = \"state\"\n# Ours.\n[staff]\nlist = \"team@example.org\"\n\
                        [courier]\nkind = \"maildir\"\npath = \"out\"\n";

    fn site() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("trackle.toml");
        std::fs::write(&file, TEXT).unwrap();
        (dir, file)
    }

    #[test]
    fn whoever_is_killed_before_the_end_has_changed_nothing() {
        let (dir, file) = site();
        let other = TEXT.replace("team@", "desk@");
        let aside = Sheet::open(&file).unwrap().lay_aside("half of it").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), TEXT);
        assert!(aside.exists());
        let changed = Sheet::open(&file).unwrap().write(other.clone()).unwrap();
        assert_eq!(changed.lines(), ["-list = \"team@example.org\"", "+list = \"desk@example.org\""]);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), other);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn mode_and_links_stay_and_what_is_wrong_is_not_written() {
        let (dir, file) = site();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        std::fs::create_dir(dir.path().join("etc")).unwrap();
        let link = dir.path().join("etc/linked.toml");
        std::os::unix::fs::symlink("../trackle.toml", &link).unwrap();
        let sheet = Sheet::open(&link).unwrap();
        let wrong = sheet.write(TEXT.replace("team@", "help@")).err().unwrap();
        assert_eq!(wrong.code, exit::CONFIG);
        assert!(
            wrong.text.contains("staff.list") && wrong.text.ends_with("would be wrong"),
            "{}",
            wrong.text
        );
        assert_eq!(std::fs::read_to_string(&file).unwrap(), TEXT);
        assert_eq!(sheet.config().unwrap().robot.state, dir.path().join("etc/state"));
        assert!(sheet.write(TEXT.replace("Ours", "Yours")).unwrap().is_any());
        assert!(link.is_symlink() && std::fs::read_to_string(&file).unwrap().contains("# Yours."));
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn what_somebody_else_changed_meanwhile_is_not_lost() {
        let (dir, file) = site();
        let sheet = Sheet::open(&file).unwrap();
        std::fs::write(&file, TEXT.replace("Ours", "Theirs")).unwrap();
        let late = sheet.write(TEXT.replace("Ours", "Yours")).err().unwrap();
        assert_eq!(late.code, exit::LATER);
        assert!(std::fs::read_to_string(&file).unwrap().contains("# Theirs."));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
