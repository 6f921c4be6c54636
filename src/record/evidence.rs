//! What else the host wrote down while a session went on. In: where that lies, the span of time, and the processes that are
//! known to be of the session; out: process accounting and audit records of these and their children, as text. What cannot
//! be read is no evidence and no error: on most hosts there is none, and root alone may read it. Arguments of programs are
//! not told; the session has them redacted.

use crate::model::session::{Evidence, FilePath};
use crate::read::accounting::{self, Process};
use crate::read::audit::{self, Touched};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Where process accounting is written, the newest part last.
const ACCOUNTS: [&[&str]; 3] = [
    &["var/log/account/pacct.0", "var/log/account/pacct"],
    &["var/account/pacct.1", "var/account/pacct"],
    &["var/log/pacct.0", "var/log/pacct"],
];
const AUDIT: &[&str] = &["var/log/audit/audit.log.1", "var/log/audit/audit.log"];
/// How much is read of the end of one file; a whole number of records of accounting.
const TAIL: u64 = 64 * 1024 * 1024;
/// Lines of one text.
const LINES: usize = 2_000;

/// What is looked for.
pub struct Search<'a> {
    pub from: Timestamp,
    pub to: Timestamp,
    /// Processes of the session.
    pub pids: BTreeSet<u32>,
    /// Of its user; for records that tell no process.
    pub uid: u32,
    /// Whether a moment is in a stretch that was not recorded, and is not told from here either.
    pub hides: &'a dyn Fn(Timestamp) -> bool,
}

/// What was found below `root`, which is `/`.
pub fn of(root: &Path, search: &Search<'_>) -> Vec<Evidence> {
    let mut pids = search.pids.clone();
    let accounts = ACCOUNTS.iter().find_map(|files| accounts(root, files, search, &mut pids));
    let audit = audit(root, search, &mut pids);
    accounts.into_iter().chain(audit).collect()
}

/// The end of a file.
fn tail(path: &Path) -> Option<Vec<u8>> {
    let mut file = File::open(path).ok()?;
    let length = file.metadata().ok().filter(std::fs::Metadata::is_file)?.len();
    let mut bytes = Vec::new();
    // records of 64 bytes begin at multiples of that; lines are found again by their ends
    file.seek(SeekFrom::Start((length.saturating_sub(TAIL)).next_multiple_of(64).min(length))).ok()?;
    file.take(TAIL).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// A process, and whether only its terminal or its user says that it is of the session.
type Counted = (Process, bool);

fn accounts(root: &Path, files: &[&str], search: &Search<'_>, pids: &mut BTreeSet<u32>) -> Option<Evidence> {
    let mut within: Vec<Process> = Vec::new();
    for file in files {
        let found = accounting::processes(&tail(&root.join(file)).unwrap_or_default()).processes;
        let span = search.from.as_second() - 1..=search.to.as_second();
        let hidden = |second| Timestamp::from_second(second).is_ok_and(|at| (search.hides)(at));
        let told = |process: &Process| span.contains(&process.started) && !hidden(process.started);
        within.extend(found.into_iter().filter(told));
    }
    grow(pids, within.iter().filter_map(|process| process.pid.zip(process.parent)));
    let counted = of_session(within, pids, search);
    if counted.is_empty() {
        return None;
    }
    let mut text = format!(
        "Process accounting of {} to {}, from /{}: {} of this session.\n\
         A process is told of when it has ended. ~ belongs by its terminal or user only; F never became another program,\n\
         S used the rights of root, D dumped core, X was killed.\n\n\
         {:<8} {:>7} {:>7} {:>6} {:<7} {:>6} {:<5} {:>9} {:>9}  program\n",
        search.from,
        search.to,
        files.last().copied().unwrap_or_default(),
        processes(counted.len()),
        "start",
        "pid",
        "parent",
        "user",
        "tty",
        "status",
        "",
        "cpu s",
        "elapsed s",
    );
    for (process, weak) in counted.iter().take(LINES) {
        account(&mut text, process, *weak);
    }
    cut(&mut text, counted.len());
    Some(Evidence { name: "process-accounting.txt".to_owned(), text })
}

fn processes(n: usize) -> String {
    if n == 1 { "1 process".to_owned() } else { format!("{n} processes") }
}

/// Adds the children of those that are known, and theirs.
fn grow(pids: &mut BTreeSet<u32>, born: impl Iterator<Item = (u32, u32)>) {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for (pid, parent) in born {
        children.entry(parent).or_default().push(pid);
    }
    let mut next: Vec<u32> = pids.iter().copied().collect();
    while let Some(pid) = next.pop() {
        for child in children.remove(&pid).unwrap_or_default() {
            pids.insert(child);
            next.push(child);
        }
    }
}

/// Those that are of the session, in the order in which they started.
fn of_session(within: Vec<Process>, pids: &BTreeSet<u32>, search: &Search<'_>) -> Vec<Counted> {
    let is_known = |process: &Process| process.pid.is_some_and(|pid| pids.contains(&pid));
    let terminals: BTreeSet<u16> =
        within.iter().filter(|p| is_known(p) && p.tty != 0).map(|p| p.tty).collect();
    let mut counted: Vec<Counted> = within
        .into_iter()
        .filter_map(|process| {
            if is_known(&process) {
                return Some((process, false));
            }
            let terminal = process.parent == Some(1) && terminals.contains(&process.tty);
            let user = process.pid.is_none() && process.uid == search.uid && process.tty != 0;
            (terminal || user).then_some((process, true))
        })
        .collect();
    counted.sort_by_key(|(process, _)| (process.started, process.pid));
    counted
}

fn account(text: &mut String, process: &Process, weak: bool) {
    let number = |n: Option<u32>| n.map(|n| n.to_string()).unwrap_or_default();
    let flags: String =
        [(process.forked, 'F'), (process.privileged, 'S'), (process.dumped_core, 'D'), (process.killed, 'X')]
            .into_iter()
            .filter_map(|(is, sign)| is.then_some(sign))
            .collect();
    let status = match (process.exit(), process.signal()) {
        (_, Some(signal)) => format!("SIG {signal}"),
        (exit, None) => number(exit),
    };
    let seconds = |milliseconds: u64| format!("{}.{:02}", milliseconds / 1000, milliseconds % 1000 / 10);
    let at = Timestamp::from_second(process.started).map(clock).unwrap_or_default();
    let _ = writeln!(
        text,
        "{at} {:>7} {:>7} {:>6} {:<7} {status:>6} {flags:<5} {:>9} {:>9} {}{}",
        number(process.pid),
        number(process.parent),
        user(process.uid),
        process.terminal().unwrap_or_default(),
        seconds(process.user + process.system),
        seconds(process.elapsed),
        if weak { '~' } else { ' ' },
        FilePath::new(process.name.as_bytes()).shown(),
    );
}

/// Hours, minutes and seconds, UTC.
fn clock(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%H:%M:%S").to_string()
}

fn user(uid: u32) -> String {
    if uid == 0 { "root".to_owned() } else { uid.to_string() }
}

fn cut(text: &mut String, all: usize) {
    if all > LINES {
        let _ = writeln!(text, "… and {} more", all - LINES);
    }
}

fn audit(root: &Path, search: &Search<'_>, pids: &mut BTreeSet<u32>) -> Option<Evidence> {
    let mut bytes = Vec::new();
    for file in AUDIT {
        bytes.extend(tail(&root.join(file)).unwrap_or_default());
        bytes.push(b'\n');
    }
    let log = audit::log(&bytes, search.from.as_second(), search.to.as_second() + 1);
    grow(pids, log.events.iter().filter_map(|event| event.pid.zip(event.parent)));
    let is_ours = |pid: Option<u32>| pid.is_some_and(|pid| pids.contains(&pid));
    let hidden = |at| Timestamp::from_millisecond(at).is_ok_and(|at| (search.hides)(at));
    let told = |touched: &Touched| is_ours(touched.pid) && !hidden(touched.at);
    let touched: Vec<Touched> = audit::touched(&log.events).into_iter().filter(told).collect();
    let about: Vec<_> =
        log.events.iter().filter_map(|event| Some((event.at, event.about.as_ref()?))).collect();
    if touched.is_empty() {
        return None;
    }
    let mut text = format!(
        "Audit records of {} to {}, from /{}: {} of files of this session.\n\
         A file is told of when it is opened for writing, not when it is written.\n\n",
        search.from,
        search.to,
        AUDIT.last().copied().unwrap_or_default(),
        touched.len(),
    );
    for (at, about) in about {
        let _ = writeln!(text, "{} the log itself: {}", moment(at), FilePath::new(about.as_bytes()).shown());
    }
    for touched in touched.iter().take(LINES) {
        let _ = writeln!(text, "{}", line(touched));
    }
    cut(&mut text, touched.len());
    Some(Evidence { name: "audit.txt".to_owned(), text })
}

fn moment(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds).map(clock).unwrap_or_default()
}

/// `10:00:00 1000 as root, 4711: renamed /a -> /b by /usr/bin/mv (failed)`
fn line(touched: &Touched) -> String {
    let who = match (touched.login, touched.uid) {
        (Some(login), Some(uid)) if login != uid => format!("{} as {}", user(login), user(uid)),
        (_, uid) => uid.map(user).unwrap_or_default(),
    };
    let pid = touched.pid.map(|pid| pid.to_string()).unwrap_or_default();
    let other = touched.other.as_ref().map(|other| format!(" -> {}", other.shown())).unwrap_or_default();
    let failed = if touched.failed { " (failed)" } else { "" };
    let (what, path, program) = (touched.what.word(), touched.path.shown(), touched.program.shown());
    format!("{} {who}, {pid}: {what} {path}{other} by {program}{failed}", moment(touched.at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn search(from: i64, to: i64, pids: &[u32]) -> Search<'static> {
        let at = |second| Timestamp::from_second(second).unwrap();
        Search { from: at(from), to: at(to), pids: pids.iter().copied().collect(), uid: 0, hides: &|_| false }
    }

    fn host(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        root
    }

    #[test]
    fn the_processes_of_a_session_are_those_below_it() {
        let root = host(&[("var/log/account/pacct", include_bytes!("../../tests/corpus/evidence/v3.bin"))]);
        let found = of(root.path(), &search(1_795_200_000, 1_795_300_000, &[2108]));
        let text = &found.first().unwrap().text;
        assert_eq!((found.len(), found.first().unwrap().name.as_str()), (1, "process-accounting.txt"));
        assert!(text.contains("66 processes of this session") && text.contains("sp ace"), "{text}");
        // below one shell of it
        let found = of(root.path(), &search(1_795_200_000, 1_795_300_000, &[2245]));
        let text = &found.first().unwrap().text;
        assert!(text.contains("3 processes of this session"), "{text}");
        assert!(text.contains("2247    2246") && text.contains("pts/1"), "{text}");
        assert!(of(root.path(), &search(0, 10, &[2108])).is_empty());
        assert!(of(root.path(), &search(1_795_200_000, 1_795_300_000, &[])).is_empty());
    }

    #[test]
    fn the_files_of_a_session_are_told_from_the_log() {
        let root = host(&[(
            "var/log/audit/audit.log",
            include_bytes!("../../tests/corpus/evidence/audit-enriched.log"),
        )]);
        let found = of(root.path(), &search(1_795_218_900, 1_795_219_000, &[23371]));
        let text = &found.first().unwrap().text;
        assert!(
            text.contains(
                "renamed /srv/lab/exp/watched/host -> /srv/lab/exp/watched/sub/host2 by /usr/bin/mv"
            ),
            "{text}"
        );
        assert!(text.contains("the log itself: config_change remove_rule trackle_w"), "{text}");
        assert!(of(root.path(), &search(1_795_218_900, 1_795_219_000, &[1])).is_empty());
        let paused = Search { hides: &|_| true, ..search(1_795_218_900, 1_795_219_000, &[23371]) };
        assert!(of(root.path(), &paused).is_empty());
    }

    /// A script three processes up: accounting knows whose child wrote the file.
    #[test]
    fn both_together_find_what_one_alone_does_not() {
        let audit = (
            "var/log/audit/audit.log",
            &include_bytes!("../../tests/corpus/evidence/audit-cronchain.log")[..],
        );
        let accounts =
            ("var/log/account/pacct", &include_bytes!("../../tests/corpus/evidence/pacct-cronchain.bin")[..]);
        let wide = |pids: &[u32]| search(1_795_219_000, 1_795_220_000, pids);
        let processes = accounting::processes(accounts.1).processes;
        let top =
            processes.iter().filter_map(|p| p.parent).filter(|p| processes.iter().all(|o| o.pid != Some(*p)));
        let top: Vec<u32> = top.collect();
        let both = host(&[audit, accounts]);
        assert!(
            of(both.path(), &wide(&top)).iter().any(|e| e.name == "audit.txt" && e.text.contains("img3.jpg"))
        );
        let alone = host(&[audit]);
        assert!(of(alone.path(), &wide(&top)).iter().all(|e| e.name != "audit.txt"));
    }
}
