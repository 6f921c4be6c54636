//! Looks at this machine: modes and owners of files, the process that serves, keys, hosts, backups. In: the configuration;
//! out: facts. Opens nothing for writing, starts nothing, reads no secret but the number of the seal's keys.

use super::facts::{Backups, Daemon, File, Found, Keys, Process, Recorder, Role, Seen};
use crate::config::{Config, Courier, Mailbox};
use crate::model::server::{Login, SecretSource, Server};
use crate::record::install::{self, Found as Library, Places};
use crate::store::backup::ENDING;
use crate::store::{self, Reader};
use crate::{daemon, machine, mint};
use jiff::Timestamp;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Files that are looked at in a directory of backups.
const MOST: usize = 10_000;

/// Looks at everything.
pub fn look(file: &Path, config: &Config, backups: Option<&Path>) -> Seen {
    let state = &config.robot.state;
    let us = rustix::process::geteuid().as_raw();
    Seen {
        robot: state.metadata().map_or(us, |found| found.uid()),
        files: files(file, config),
        daemon: serving(state),
        keys: keys(state),
        hosts: hosts(state),
        recorder: recorder(),
        backups: backups.map_or(Backups::Unnamed, backups_in),
    }
}

/// The servers of the configuration, and the table that each stands in.
pub fn servers(config: &Config) -> Vec<(&'static str, &Server)> {
    let mailboxes = config.mailboxes.iter().filter_map(|mailbox| match mailbox {
        Mailbox::Imap(imap) => Some(("mailbox", &imap.server)),
        Mailbox::Maildir(_) => None,
    });
    let courier = match &config.courier {
        Courier::Smtp(smtp) => Some(("courier", &smtp.server)),
        Courier::Maildir(_) => None,
    };
    mailboxes.chain(courier).collect()
}

fn files(file: &Path, config: &Config) -> Vec<File> {
    let state = &config.robot.state;
    let mut files = Vec::new();
    let mut add = |item, role, path: PathBuf| {
        let found = found(&path);
        files.push(File { item, path, role, found });
    };
    if let Ok(program) = std::env::current_exe() {
        add("program", Role::Trusted, program);
    }
    add("config", Role::Trusted, std::path::absolute(file).unwrap_or_else(|_| file.to_owned()));
    add("state", Role::Secret, state.clone());
    add("database", Role::Secret, state.join(store::FILE));
    add("database", Role::Secret, state.join(format!("{}-wal", store::FILE)));
    add("key", Role::Secret, state.join(mint::FILE));
    add("spool", Role::Trusted, state.join(daemon::SPOOL));
    add("spool", Role::Trusted, state.join(daemon::SESSIONS));
    for (item, server) in servers(config) {
        if let Some(Login { secret: SecretSource::File(path), .. }) = &server.login {
            add(
                if item == "mailbox" { "mailbox password" } else { "courier password" },
                Role::Secret,
                path.clone(),
            );
        }
        if let crate::model::server::Roots::File(path) = &server.roots {
            add("authorities", Role::Trusted, path.clone());
        }
    }
    if let Some(keyring) = &config.identity.keyring {
        add("keyring", Role::Trusted, keyring.clone());
    }
    if let Some(letters) = &config.robot.letters {
        add("letters", Role::Trusted, letters.clone());
    }
    files
}

/// Owner and rights of a file, and what the directories above it do to them.
pub fn found(path: &Path) -> Found {
    let whole = match fs::canonicalize(path) {
        Ok(whole) => whole,
        Err(e) if e.kind() == ErrorKind::NotFound => return Found::Missing,
        Err(e) => return Found::Unseen(e.to_string()),
    };
    let meta = match whole.metadata() {
        Ok(meta) => meta,
        Err(e) => return Found::Unseen(e.to_string()),
    };
    let (mut mode, mut loose) = (meta.mode() & 0o7777, None);
    for above in whole.ancestors().skip(1) {
        let Ok(meta) = above.metadata() else { continue };
        let (is_sticky, others_write) = (meta.mode() & 0o1000 != 0, meta.mode() & 0o002 != 0);
        if others_write && !is_sticky {
            loose = Some(above.to_owned());
        }
        let (group_enters, others_enter) = (meta.mode() & 0o010 != 0, meta.mode() & 0o001 != 0);
        if !others_enter {
            mode &= !0o007;
        }
        if !others_enter && !group_enters {
            mode &= !0o070;
        }
    }
    Found::There { uid: meta.uid(), mode, loose }
}

fn serving(state: &Path) -> Daemon {
    match store::is_in_use(state) {
        Ok(false) => Daemon::Absent,
        Err(_) => Daemon::Unseen,
        Ok(true) => {
            let holder = machine::who_locks(&state.join(store::LOCK));
            holder.and_then(process).map_or(Daemon::Unseen, Daemon::Running)
        }
    }
}

fn process(pid: u32) -> Option<Process> {
    let read = |name: &str| fs::read_to_string(format!("/proc/{pid}/{name}")).ok();
    let files = |pid: &str| fs::read_link(format!("/proc/{pid}/ns/mnt")).ok();
    let own_files = files(&pid.to_string()).zip(files("1")).map(|(its, first)| its != first);
    told(pid, &read("status")?, &read("limits")?, own_files)
}

/// From `/proc/PID/status` and `/proc/PID/limits`.
fn told(pid: u32, status: &str, limits: &str, own_files: Option<bool>) -> Option<Process> {
    let field =
        |name: &str| status.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(':')).map(str::trim);
    let capabilities = |name| field(name).is_some_and(|hex| !hex.trim_matches('0').is_empty());
    let core = limits.lines().find_map(|l| l.strip_prefix("Max core file size"))?;
    Some(Process {
        pid,
        // real, effective, saved, of the file system
        uid: field("Uid")?.split_ascii_whitespace().nth(1)?.parse().ok()?,
        no_new_privileges: field("NoNewPrivs") == Some("1"),
        capabilities: capabilities("CapEff") || capabilities("CapPrm"),
        filtered: field("Seccomp") == Some("2"),
        own_files,
        core: core.split_ascii_whitespace().next()?.parse().ok(),
    })
}

fn keys(state: &Path) -> Keys {
    let path = state.join(mint::FILE);
    let read = || {
        let text = fs::read_to_string(&path)?;
        let changed = Timestamp::try_from(path.metadata()?.modified()?).unwrap_or(Timestamp::UNIX_EPOCH);
        let count = text.lines().filter(|line| !line.trim().is_empty()).count();
        Ok::<_, std::io::Error>(Keys::There { count, changed })
    };
    read().unwrap_or_else(|e| if e.kind() == ErrorKind::NotFound { Keys::Missing } else { Keys::Unseen })
}

fn hosts(state: &Path) -> Option<Vec<crate::model::host::Standing>> {
    if matches!(state.join(store::FILE).try_exists(), Ok(false)) {
        return Some(Vec::new());
    }
    Reader::open(state).and_then(|reader| reader.hosts()).ok()
}

fn recorder() -> Option<Recorder> {
    let now = install::status(&Places::of_system()).ok()?;
    let mode = if now.found == Library::Nothing { None } else { now.library.symlink_metadata().ok() };
    Some(Recorder {
        found: now.found,
        mode: mode.map_or(0, |meta| meta.mode() & 0o7777),
        library: now.library,
    })
}

/// The backups in a directory, as `trackle backup` names them.
fn backups_in(directory: &Path) -> Backups {
    let listed = match fs::read_dir(directory) {
        Ok(listed) => listed,
        Err(e) => return Backups::Unseen(format!("{}: {e}", directory.display())),
    };
    let (mut newest, mut readable) = (None, Vec::new());
    let files = listed.flatten().map(|entry| entry.path());
    for path in files.filter(|path| path.extension().is_some_and(|end| end == ENDING)).take(MOST) {
        let changed = path.metadata().and_then(|meta| meta.modified()).ok();
        newest = newest.max(changed.and_then(|at| Timestamp::try_from(at).ok()));
        if matches!(found(&path), Found::There { mode, .. } if mode & 0o044 != 0) {
            readable.push(path);
        }
    }
    readable.sort();
    Backups::There { directory: directory.to_owned(), newest, readable }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    fn mode(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn directories_above_take_rights_away_or_make_them_worthless() {
        let dir = tempfile::tempdir().unwrap();
        let (inner, file) = (dir.path().join("in"), dir.path().join("in/file"));
        fs::create_dir(&inner).unwrap();
        fs::write(&file, "x").unwrap();
        mode(&file, 0o664);
        for (above, inside, seen, loose) in [
            (0o755, 0o755, 0o664, false),
            (0o700, 0o755, 0o600, false),
            (0o755, 0o710, 0o660, false),
            (0o755, 0o777, 0o664, true),
            (0o755, 0o1777, 0o664, false),
        ] {
            mode(dir.path(), above);
            mode(&inner, inside);
            let found = found(&file);
            let Found::There { mode, loose: by, .. } = found else { panic!("{found:?}") };
            assert_eq!((mode, by.is_some()), (seen, loose), "{above:o} {inside:o}");
        }
        assert_eq!(found(&dir.path().join("none")), Found::Missing);
    }

    #[test]
    fn a_process_is_told_from_what_the_kernel_says() {
        let status = "Name:\tx\nUid:\t1\t7\t7\t7\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000400\n\
                      NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t3\n";
        let limits =
            "Limit  Soft\nMax core file size        0                    unlimited            bytes\n";
        let process = told(5, status, limits, None).unwrap();
        assert_eq!((process.uid, process.core, process.capabilities), (7, Some(0), true));
        assert!(process.no_new_privileges && process.filtered);
        let free = told(5, "Uid:\t0\t0\t0\t0\n", &limits.replacen("  0  ", "  unlimited  ", 1), Some(false))
            .unwrap();
        assert_eq!((free.core, free.capabilities, free.filtered), (None, false, false));
        assert_eq!(told(5, "", limits, None), None);
        assert!(process_of_our_own().is_some());
    }

    fn process_of_our_own() -> Option<Process> {
        super::process(std::process::id())
    }

    #[test]
    fn backups_are_known_by_their_names() {
        let dir = tempfile::tempdir().unwrap();
        mode(dir.path(), 0o755);
        let readable = |dir: &Path| match backups_in(dir) {
            Backups::There { readable, newest, .. } => (readable.len(), newest.is_some()),
            other => panic!("{other:?}"),
        };
        assert_eq!(readable(dir.path()), (0, false));
        for (name, bits) in [("a.backup", 0o644), ("b.backup", 0o600), ("c.txt", 0o644)] {
            fs::write(dir.path().join(name), "").unwrap();
            mode(&dir.path().join(name), bits);
        }
        assert_eq!(readable(dir.path()), (1, true));
        mode(dir.path(), 0o700);
        assert_eq!(readable(dir.path()), (0, true));
        assert!(matches!(backups_in(&dir.path().join("none")), Backups::Unseen(_)));
    }
}
