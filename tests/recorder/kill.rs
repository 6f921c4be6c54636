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

/// Of each of three victims.
const MOMENTS: usize = 34;
/// The longest that anything is left alone, in milliseconds: from the start, or from the first file.
const LONGEST: u64 = 60;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    Program,
    Shell,
    Recorder,
}

/// Makes so many files, one after the other, as fast as it can.
fn loop_of(files: usize) -> String {
    format!("n=0; while [ $n -lt {files} ]; do n=$((n+1)); echo $n > f$n; done")
}

#[test]
fn every_change_before_a_kill_of_a_program_is_in_the_log() {
    all_told(Victim::Program);
}

#[test]
fn every_change_before_a_kill_of_the_shell_is_in_the_log() {
    all_told(Victim::Shell);
}

#[test]
fn every_change_before_a_kill_of_the_recorder_is_in_the_log() {
    all_told(Victim::Recorder);
}

fn all_told(victim: Victim) {
    let site = Site::new();
    let (mut filed, mut changed) = (0, 0);
    for moment in 0..MOMENTS {
        let dir = site.path(&format!("etc/{moment}"));
        fs::create_dir(&dir).unwrap();
        killed(&site, victim, moment % 5, &dir);
        let made = recovered(&site, &dir);
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
    assert!(filed > 15 && changed > 300, "{filed} sessions, {changed} files: killed too early to tell");
}

/// Works, and kills.
fn killed(site: &Site, victim: Victim, early: usize, dir: &Path) {
    let line = match victim {
        Victim::Program => format!("cd {}; dash -c '{}'; true", dir.display(), loop_of(1_000)),
        Victim::Shell => format!("cd {}; {}", dir.display(), loop_of(1_000)),
        // it must not have ended by itself when its recorder is killed; afterwards it is killed in any case
        Victim::Recorder => format!("cd {}; {}", dir.display(), loop_of(200_000)),
    };
    let mut command = site.trackle(&["work", "1", "-c", &line]);
    let mut recorder = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    if early > 0 {
        wait(|| dir.join("f1").exists());
    }
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
    ended(&mut recorder);
    wait(|| shell.is_none_or(|shell| !is_of(shell, "bash")));
}

/// Completes what is left, once nobody works in it any more; gives the files that are there by then.
fn recovered(site: &Site, dir: &Path) -> BTreeSet<String> {
    let begun = Instant::now();
    loop {
        let recovered = site.run(&["recover"]);
        let still = err(&recovered).contains("still works in it");
        assert!(recovered.status.success() || still, "{recovered:?}");
        if !still {
            assert!(site.left().is_empty(), "{:?} {recovered:?}", site.left());
            let entries = fs::read_dir(dir).unwrap();
            return entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        }
        // a shell that its recorder started in its last moment
        assert!(begun.elapsed() < Duration::from_secs(60), "{recovered:?}");
        kill(err(&recovered).split("process ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok()));
    }
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
