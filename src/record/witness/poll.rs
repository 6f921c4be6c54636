//! Where no filter can be had: looks at /proc now and then which of the session's processes have not loaded the library, so
//! that programs that ran unseen are named at least, also below one that could not name them itself. In: the session's
//! first process and its directory; out: a record for each program found. What begins and ends between two looks is
//! missed, and what any of them changed is not known.

use super::ledger::Ledger;
use crate::fault::Outcome;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::Duration;
use trackle_wire::record::{NOT_PACKED, flag};
use trackle_wire::{Kind, Record};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(100);
/// Bytes of a program's arguments that are written down.
const ARGUMENTS: usize = 64 << 10;

/// Looks until it is dropped.
#[derive(Debug)]
pub struct Poll {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Poll {
    /// Looks from now on at what the process `first` has started, and at itself.
    ///
    /// # Errors
    /// When there is no journal to write to.
    pub fn start(dir: &Path, first: u32) -> Outcome<Poll> {
        let ledger = Ledger::open(dir, rustix::process::geteuid().as_raw())?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut look = Look { first, known: HashSet::new(), family: HashSet::from([first]) };
            while !stopped.load(Relaxed) {
                look.at(&ledger);
                std::thread::park_timeout(PAUSE);
            }
            look.at(&ledger);
        });
        Ok(Poll { stop, thread: Some(thread) })
    }
}

impl Drop for Poll {
    fn drop(&mut self) {
        self.stop.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

struct Look {
    first: u32,
    /// Processes with the program that they were seen to run.
    known: HashSet<(u32, Vec<u8>)>,
    /// Processes of the session; one whose parent has ended stays one.
    family: HashSet<u32>,
}

impl Look {
    fn at(&mut self, ledger: &Ledger) {
        let parents = parents();
        self.family.retain(|pid| *pid == self.first || parents.contains_key(pid));
        let mut grown = true;
        while grown {
            let new: Vec<u32> = parents
                .iter()
                .filter(|(pid, parent)| self.family.contains(parent) && !self.family.contains(pid))
                .map(|(pid, _)| *pid)
                .collect();
            grown = !new.is_empty();
            self.family.extend(new);
        }
        for pid in self.family.clone() {
            self.tell(ledger, pid);
        }
    }

    fn tell(&mut self, ledger: &Ledger, pid: u32) {
        let proc = format!("/proc/{pid}");
        let Ok(program) = fs::read_link(format!("{proc}/exe")) else { return };
        let program = program.as_os_str().as_bytes().to_vec();
        if self.known.contains(&(pid, program.clone())) || !is_blind(&proc) {
            return;
        }
        self.known.insert((pid, program.clone()));
        let mut arguments = fs::read(format!("{proc}/cmdline")).unwrap_or_default();
        arguments.truncate(ARGUMENTS);
        let directory = fs::read_link(format!("{proc}/cwd")).unwrap_or_default();
        ledger.append(&Record {
            kind: Kind::Started as u16,
            flags: flag::UNSEEN | flag::SECOND_WITNESS,
            pid,
            pack: NOT_PACKED,
            path: &program,
            second: &arguments,
            extra: directory.as_os_str().as_bytes(),
            ..Record::default()
        });
    }
}

/// Whether a program has not loaded the library. One that has just begun may still come to it: it is looked at once more
/// when it has libc and not us.
fn is_blind(proc: &str) -> bool {
    let maps = fs::read(format!("{proc}/maps")).unwrap_or_default();
    let has = |name: &[u8]| maps.windows(name.len()).any(|window| window == name);
    let begins = !has(b"libc") && has(b"/ld-");
    !maps.is_empty() && !has(b"libtrackle") && !begins
}

/// Every process with its parent.
fn parents() -> HashMap<u32, u32> {
    let Ok(entries) = fs::read_dir("/proc") else { return HashMap::new() };
    let pids = entries.flatten().filter_map(|e| e.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid: u32| Some((pid, parent(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)?)))
        .collect()
}

/// Field 4 of `/proc/PID/stat`; the name in field 2 may hold blanks and brackets.
fn parent(stat: &str) -> Option<u32> {
    let (_, behind) = stat.rsplit_once(')')?;
    behind.split_ascii_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::witness::ledger::tests::session;
    use std::process::Command;

    #[test]
    fn a_parent_is_found_behind_any_name() {
        assert_eq!(parent("12 (a) S 7 12"), Some(7));
        assert_eq!(parent("12 (x) R 1 () S 7 12"), Some(7));
        assert_eq!(parent(""), None);
    }

    #[test]
    fn what_the_first_process_starts_is_named() {
        let (dir, uid) = session();
        let mut shell = Command::new("sh").args(["-c", "sleep 30; true"]).spawn().unwrap();
        let poll = Poll::start(dir.path(), shell.id()).unwrap();
        let journal = dir.path().join(uid.to_string()).join("journal");
        let seen = || {
            let mut bytes = &fs::read(&journal).unwrap()[..];
            let mut names = Vec::new();
            while let Some((before, length, record)) = trackle_wire::take(bytes) {
                assert_eq!(record.flags & flag::UNSEEN, flag::UNSEEN);
                names.push(String::from_utf8_lossy(record.second).replace('\0', " "));
                bytes = &bytes[before + length..];
            }
            names
        };
        for _ in 0..100 {
            if seen().iter().any(|n| n == "sleep 30 ") {
                break;
            }
            std::thread::sleep(PAUSE);
        }
        shell.kill().unwrap();
        shell.wait().unwrap();
        drop(poll);
        assert!(seen().iter().any(|n| n == "sleep 30 "), "{:?}", seen());
    }
}
