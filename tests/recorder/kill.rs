//! `kill -9` of the shell, the recorder or a program, at a hundred moments that nobody chose: what was changed until then is
//! in the log, and what the recorder left is completed by `trackle recover`.

use crate::site::{Site, err};
use rustix::process::{Pid, Signal, kill_process};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use trackle::model::session::{Ending, Session};

const MOMENTS: usize = 100;
/// The longest that anything is left alone, from its start.
const LONGEST: u64 = 120;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    Program,
    Shell,
    Recorder,
}

/// Makes one file after the other, as fast as it can.
const LOOP: &str = "n=0; while [ $n -lt 20000 ]; do n=$((n+1)); echo $n > f$n; done";

#[test]
fn every_change_before_a_kill_is_in_the_log() {
    let site = Site::new();
    let (mut filed, mut changed) = (0, 0);
    for moment in 0..MOMENTS {
        let victim = [Victim::Program, Victim::Shell, Victim::Recorder][moment % 3];
        let dir = site.path(&format!("etc/{moment}"));
        fs::create_dir(&dir).unwrap();
        let made = killed(&site, victim, &dir);
        let recovered = site.run(&["recover"]);
        assert!(recovered.status.success(), "{moment} {victim:?}: {recovered:?}");
        assert!(site.left().is_empty(), "{moment} {victim:?}: {:?} {}", site.left(), err(&recovered));
        let Some(session) = site.session(filed + 1) else {
            assert!(made.is_empty(), "{moment} {victim:?}: {} files, and no session", made.len());
            continue;
        };
        filed += 1;
        let told = told(&session, &dir);
        let missing: Vec<&String> = made.difference(&told).collect();
        assert!(missing.is_empty(), "{moment} {victim:?}: {} of {} missing", missing.len(), made.len());
        if victim == Victim::Recorder {
            assert_eq!(session.ending, Ending::Recovered, "{moment}");
        }
        changed += made.len();
    }
    assert!(filed > 50 && changed > 1_000, "{filed} sessions, {changed} files: killed too early to tell");
}

/// Works, kills and gives the files that were there when nobody made any more.
fn killed(site: &Site, victim: Victim, dir: &Path) -> BTreeSet<String> {
    let line = match victim {
        Victim::Program => format!("cd {}; dash -c '{LOOP}'", dir.display()),
        Victim::Shell | Victim::Recorder => format!("cd {}; {LOOP}", dir.display()),
    };
    let mut command = site.trackle(&["work", "1", "-c", &line]);
    let mut recorder = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(rand::random_range(0..LONGEST)));
    let shell = child_named(recorder.id(), "bash");
    let program = shell.and_then(|shell| child_named(shell, "dash"));
    match victim {
        Victim::Program => kill(program),
        Victim::Shell => kill(shell),
        Victim::Recorder => kill(Some(recorder.id())),
    }
    if victim == Victim::Recorder {
        // the shell goes on, recorded, until it is killed as well
        kill(shell.filter(|shell| is_of(*shell, "bash")));
    }
    if program.or(shell).is_none() {
        // it had not begun: it goes its way, or ends with its recorder
        kill(child_named(recorder.id(), "bash"));
        kill(Some(recorder.id()));
    }
    ended(&mut recorder);
    wait(|| shell.is_none_or(|shell| !is_of(shell, "bash")));
    fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The names of files in that directory that the log knows of.
fn told(session: &Session, dir: &Path) -> BTreeSet<String> {
    let start = format!("{}/", dir.display());
    let names = session.changes.iter().filter_map(|change| {
        let path = change.path.shown();
        path.strip_prefix(&start).map(str::to_owned)
    });
    names.collect()
}

fn child_named(process: u32, name: &str) -> Option<u32> {
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children")).ok()?;
    children.split_whitespace().filter_map(|child| child.parse().ok()).find(|child| is_of(*child, name))
}

fn is_of(process: u32, name: &str) -> bool {
    let comm = fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    comm.trim() == name && !stat.contains(") Z ")
}

fn kill(process: Option<u32>) {
    if let Some(process) = process.and_then(|process| Pid::from_raw(i32::try_from(process).unwrap())) {
        let _ = kill_process(process, Signal::KILL);
    }
}

fn ended(child: &mut Child) {
    wait(|| child.try_wait().unwrap().is_some());
}

fn wait(mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not end");
        std::thread::sleep(Duration::from_millis(2));
    }
}
