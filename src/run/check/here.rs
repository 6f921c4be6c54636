//! What is on this machine: the state directory, the key, the database, the clock. Looks only: makes nothing, and takes
//! nothing from a running daemon.

use crate::mint;
use crate::show::checks::Check;
use crate::show::look::size;
use crate::store::{Reader, is_in_use};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rustix::fs::Access;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

/// With less room than this nothing can be promised.
const NO_ROOM: u64 = 100_000_000;
/// With less room than this somebody should look.
const LITTLE_ROOM: u64 = 1_000_000_000;
/// A larger database is looked through by `trackle audit` only.
const LOOKED_THROUGH: u64 = 500_000_000;

/// Checks made as somebody else than the one who serves say little.
pub fn user(state: &Path) -> Option<Check> {
    let owner = state.metadata().ok()?.uid();
    let us = rustix::process::getuid().as_raw();
    let text = format!(
        "this is tried as uid {us}, but {} belongs to uid {owner}: run it as the user that serves, such as \
         `sudo -u '#{owner}' trackle check`",
        state.display()
    );
    (us != owner).then(|| Check::warning("user", text))
}

/// The state directory.
pub fn state(path: &Path) -> Vec<Check> {
    const ITEM: &str = "state";
    let shown = path.display();
    let meta = match path.metadata() {
        Ok(meta) if meta.is_dir() => meta,
        Ok(_) => return vec![Check::wrong(ITEM, format!("{shown} is no directory"))],
        Err(e) if e.kind() == ErrorKind::NotFound => return vec![missing(path)],
        Err(e) => return vec![Check::wrong(ITEM, format!("{shown}: {e}"))],
    };
    let mut checks = Vec::new();
    if let Err(e) = writable(path) {
        checks.push(Check::wrong(ITEM, format!("{shown} cannot be written: {e}")));
    }
    let mode = meta.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let text =
            format!("{shown} is open to others (mode {mode:o}), and holds all mail: chmod 700 {shown}");
        checks.push(Check::warning(ITEM, text));
    }
    checks.extend(room(path));
    if checks.is_empty() {
        checks.push(Check::ok(ITEM, format!("{shown} can be written, by nobody else, and has room")));
    }
    checks
}

/// A directory that `trackle serve` makes at its start, if it can.
fn missing(path: &Path) -> Check {
    let above = path.ancestors().skip(1).find(|p| p.exists()).unwrap_or(Path::new("/"));
    match writable(above) {
        Ok(()) => {
            Check::ok("state", format!("{} does not exist yet; `trackle serve` makes it", path.display()))
        }
        Err(e) => {
            let text =
                format!("{} does not exist and cannot be made in {}: {e}", path.display(), above.display());
            Check::wrong("state", text)
        }
    }
}

/// Whether files can be made in a directory, read-only file systems included.
pub fn writable(path: &Path) -> std::io::Result<()> {
    Ok(rustix::fs::access(path, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK)?)
}

fn room(path: &Path) -> Option<Check> {
    let stat = rustix::fs::statvfs(path).ok()?;
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    let text = format!("{} free below {}", size(free), path.display());
    match free {
        0..NO_ROOM => Some(Check::wrong("room", format!("{text}: mail can soon not be stored any more"))),
        NO_ROOM..LITTLE_ROOM => Some(Check::warning("room", text)),
        _ => None,
    }
}

/// The key of the robot's seal.
pub fn key(state: &Path) -> Option<Check> {
    const ITEM: &str = "key";
    let path = state.join(mint::FILE);
    let shown = path.display();
    let mode = match path.metadata() {
        Ok(meta) => meta.permissions().mode() & 0o777,
        Err(e) if e.kind() == ErrorKind::NotFound => {
            // before the first start there is neither
            let text =
                format!("{shown} is gone: what was given out before (codes, reply addresses) counts no more");
            return state.join(crate::store::FILE).exists().then(|| Check::warning(ITEM, text));
        }
        Err(e) => return Some(Check::wrong(ITEM, format!("{shown}: {e}"))),
    };
    if mode & 0o077 != 0 {
        let text =
            format!("whoever reads {shown} can forge confirmations (mode {mode:o}): chmod 600 {shown}");
        return Some(Check::wrong(ITEM, text));
    }
    Some(match mint::seal(state) {
        Ok(_) => Check::ok(ITEM, "the key is there, for nobody else to read"),
        Err(fault) => Check::wrong(ITEM, fault.doing),
    })
}

/// The database: that it opens, its version, its form.
pub fn database(state: &Path) -> Check {
    const ITEM: &str = "database";
    if matches!(state.join(crate::store::FILE).try_exists(), Ok(false)) {
        return Check::ok(ITEM, "there is none yet; `trackle serve` makes it");
    }
    let tried = Reader::open(state).and_then(|reader| {
        let bytes = reader.size()?;
        let whole = bytes <= LOOKED_THROUGH;
        if whole {
            reader.check_form()?;
        }
        Ok((bytes, whole))
    });
    match tried {
        Ok((bytes, true)) => {
            Check::ok(ITEM, format!("opens, fits this program and is sound ({})", size(bytes)))
        }
        Ok((bytes, false)) => Check::ok(
            ITEM,
            format!("opens and fits this program ({}); `trackle audit` looks through it", size(bytes)),
        ),
        Err(fault) => Check::wrong(ITEM, fault.doing),
    }
}

/// Whether a daemon works here; no fault either way.
pub fn daemon(state: &Path) -> Check {
    match is_in_use(state) {
        Ok(true) => Check::ok("daemon", "is running"),
        Ok(false) => Check::ok("daemon", "is not running"),
        Err(fault) => Check::warning("daemon", fault.doing),
    }
}

/// The clock, as far as one can tell without asking another.
pub fn clock(now: Timestamp) -> Check {
    let year = now.to_zoned(TimeZone::UTC).year();
    if (2026..2100).contains(&year) {
        Check::ok("clock", format!("it is {now:.0}"))
    } else {
        let text = format!("it says {now:.0}: codes would be void and letters dated wrongly; set it (NTP)");
        Check::wrong("clock", text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::checks::Verdict;

    fn mode(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn the_state_directory_has_to_be_private() {
        let dir = tempfile::tempdir().unwrap();
        let verdict = |checks: Vec<Check>| checks.iter().map(|c| (c.item, c.verdict)).collect::<Vec<_>>();
        let about_state = |path: &Path| {
            let all = state(path).into_iter().filter(|c| c.item == "state").collect();
            verdict(all)
        };
        mode(dir.path(), 0o755);
        assert_eq!(about_state(dir.path()), [("state", Verdict::Warning)]);
        assert_eq!(about_state(&dir.path().join("new/deep")), [("state", Verdict::Ok)]);
        std::fs::write(dir.path().join("file"), "").unwrap();
        assert_eq!(about_state(&dir.path().join("file")), [("state", Verdict::Wrong)]);
    }

    #[test]
    fn key_and_database_are_looked_at_and_not_made() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(key(dir.path()), None);
        assert_eq!(database(dir.path()).verdict, Verdict::Ok);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
        mint::seal(dir.path()).unwrap();
        assert_eq!(key(dir.path()).unwrap().verdict, Verdict::Ok);
        mode(&dir.path().join(mint::FILE), 0o644);
        assert_eq!(key(dir.path()).unwrap().verdict, Verdict::Wrong);
        drop(crate::store::Store::open(dir.path()).unwrap());
        assert_eq!(database(dir.path()).verdict, Verdict::Ok);
        std::fs::write(dir.path().join(crate::store::FILE), "no database, but long enough to be looked at")
            .unwrap();
        assert_eq!(database(dir.path()).verdict, Verdict::Wrong);
    }

    #[test]
    fn a_clock_that_was_never_set_is_wrong() {
        for (second, verdict) in
            [(0, Verdict::Wrong), (1_795_219_200, Verdict::Ok), (9_999_999_999, Verdict::Wrong)]
        {
            assert_eq!(clock(Timestamp::from_second(second).unwrap()).verdict, verdict, "{second}");
        }
    }
}
