//! This machine and its processes, as a lock remembers them: in comes a lock, out comes whether the process that holds
//! it still lives here. A process is told by its number, its start and the boot it started in, so that a later one of
//! the same number is another. Read from `/proc` (proc(5)). Where that shows no processes of others (`hidepid`, and the
//! sandbox of our own service) none is seen alive, and a lock lasts for as long as it is renewed.

use crate::model::lock::{Lock, Process};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The name of this machine.
pub fn host() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    if name.trim().is_empty() { "localhost".to_owned() } else { name.trim().to_owned() }
}

/// This process.
pub fn this_process() -> Option<Process> {
    let pid = std::process::id();
    started(pid).map(|started| Process { pid, started })
}

/// Whether the process that holds a lock is seen alive.
pub fn lives(lock: &Lock) -> bool {
    lock.process.as_ref().is_some_and(|process| lock.host == host() && is_alive(process))
}

/// Whether that process of this machine is seen alive.
pub fn is_alive(process: &Process) -> bool {
    started(process.pid).as_ref() == Some(&process.started)
}

/// The processes, of those that we may look into, that were started with a variable of that value.
pub fn with_variable(name: &str, value: &str) -> Vec<u32> {
    let wanted = format!("{name}={value}");
    let is_wanted = |pid: &u32| {
        fs::read(format!("/proc/{pid}/environ")).is_ok_and(|environment| {
            environment.split(|byte| *byte == 0).any(|pair| pair == wanted.as_bytes())
        })
    };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(is_wanted).collect()
}

/// The process that holds a whole file locked (flock(2)), as far as it can be seen from here.
pub fn who_locks(file: &Path) -> Option<u32> {
    let found = file.metadata().ok()?;
    let (major, minor) = (rustix::fs::major(found.dev()), rustix::fs::minor(found.dev()));
    let name = format!("{major:02x}:{minor:02x}:{}", found.ino());
    locker(&fs::read_to_string("/proc/locks").ok()?, &name)
}

/// Whether that process listens for SIGHUP, which is the end of one that does not (proc(5), `SigCgt`).
pub fn hears_hangup(pid: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}

/// The process in a line such as `1: FLOCK  ADVISORY  WRITE 2315 fe:01:1325 0 EOF`.
fn locker(locks: &str, file: &str) -> Option<u32> {
    let holder = |line: &str| {
        let mut words = line.split_ascii_whitespace().skip(1);
        let is_lock = words.next()? == "FLOCK";
        let (pid, of) = (words.nth(2)?.parse().ok()?, words.next()?);
        (is_lock && of == file && pid > 0).then_some(pid)
    };
    locks.lines().find_map(holder)
}

/// The boot and, in ticks since then, the start of a process.
fn started(pid: u32) -> Option<String> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(format!("{} {}", boot.trim(), ticks(&stat)?))
}

/// Field 22 of `/proc/PID/stat`. The name in field 2 may hold blanks and brackets, so it is counted from behind it.
fn ticks(stat: &str) -> Option<u64> {
    const BEHIND_NAME: usize = 22 - 3;
    let (_, behind) = stat.rsplit_once(')')?;
    behind.split_ascii_whitespace().nth(BEHIND_NAME)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn names_in_brackets_hide_nothing() {
        let rest = "R 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20";
        for name in ["cat", "a b", "x) R 1 (", ")"] {
            assert_eq!(ticks(&format!("12 ({name}) {rest}")), Some(4711), "{name}");
        }
        for stat in
            ["", "12 cat", "12 (cat) R 1", "12 (cat) R 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 x"]
        {
            assert_eq!(ticks(stat), None, "{stat}");
        }
    }

    #[test]
    fn whoever_holds_a_file_is_found() {
        let locks = "1: POSIX  ADVISORY  WRITE 7 fe:01:12 0 EOF\n2: -> FLOCK ADVISORY WRITE 8 fe:01:12 0 EOF\n\
                     3: FLOCK  ADVISORY  WRITE 9 fe:01:12 0 EOF\n4: FLOCK  ADVISORY  READ 0 fe:01:13 0 EOF\nx\n";
        for (file, pid) in [("fe:01:12", Some(9)), ("fe:01:13", None), ("fe:01:1", None)] {
            assert_eq!(locker(locks, file), pid, "{file}");
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive).unwrap();
        assert_eq!(who_locks(file.path()), Some(std::process::id()));
    }

    #[test]
    fn a_process_lives_until_another_has_its_number() {
        let at = Timestamp::UNIX_EPOCH;
        let lock = |process| Lock { login: "ann".into(), host: host(), process, since: at, until: at };
        let this = this_process().unwrap();
        assert!(lives(&lock(Some(this.clone()))));
        let other = Process { started: format!("{}1", this.started), ..this.clone() };
        assert!(!lives(&lock(Some(other))) && !lives(&lock(None)));
        assert!(!lives(&Lock { host: "elsewhere.invalid".into(), ..lock(Some(this)) }));
    }
}
