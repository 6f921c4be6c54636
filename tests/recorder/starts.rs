//! Very many programs, one after the other: each is told once, in order, wherever its record stands, and nothing is lost where
//! the page has no more room. A million by hand tells no more than these: what grows is the journal, by 144 bytes each.

use crate::apis::{Bench, compiled};
use crate::site::{Site, changes, err};
use std::path::PathBuf;
use trackle_wire::Kind;
use trackle_wire::state::LANE;

/// The one that starts, and the one that is started.
fn programs() -> (PathBuf, PathBuf) {
    let made = |name| compiled("cc", name, &[]);
    (made("starter"), made("nothing"))
}

#[test]
fn programs_beyond_what_the_page_holds_are_told_in_the_journal() {
    const TIMES: usize = 4_000;
    let (bench, (starter, nothing)) = (Bench::new(), programs());
    // of which the page holds half
    let long = "x".repeat(LANE / (TIMES / 2));
    let mut command = bench.command(&starter);
    let done = command.arg(TIMES.to_string()).args([&nothing, &PathBuf::from(&long)]).output().unwrap();
    assert_eq!((done.status.code(), &done.stdout[..]), (Some(0), &b"all is well\n"[..]), "{done:?}");
    let journal = bench.journal();
    let told: Vec<_> = journal.entries.iter().filter(|entry| entry.kind == Kind::Started).collect();
    assert_eq!((told.len(), journal.lost, journal.torn), (TIMES, 0, 0));
    let whole = |second: &[u8]| second.len() > long.len() && second.ends_with(b"x\0");
    assert!(told.iter().all(|entry| entry.path.ends_with(b"/nothing-cc") && whole(&entry.second)));
    assert!(told.windows(2).all(|pair| pair[0].number < pair[1].number && pair[0].time <= pair[1].time));
    let own = bench.place.dir().join(rustix::process::geteuid().as_raw().to_string());
    let written = std::fs::metadata(own.join("journal")).unwrap().len();
    assert!(written > (LANE / 3) as u64, "{written}: the page was large enough");
}

#[test]
fn twenty_thousand_programs_in_a_session_change_nothing_of_what_it_tells() {
    const TIMES: usize = 20_000;
    let (site, (starter, nothing)) = (Site::new(), programs());
    let line = format!("echo a > first; {} {TIMES} {}; echo z > last", starter.display(), nothing.display());
    let output = site.work(&line, &["--yes"]);
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(0), &b"all is well\n"[..]), "{output:?}");
    assert!(!err(&output).contains("Note:"), "{output:?}");
    let session = site.session(1).unwrap();
    assert_eq!(changes(&session), ["Created first", "Created last"]);
    let witnesses = &session.witnesses;
    assert_eq!((witnesses.lost, &witnesses.notes[..], witnesses.unseen.len()), (0, &[][..], 0));
    let started = session.ran.iter().filter(|ran| ran.program.0.ends_with(b"/nothing-cc")).count();
    assert_eq!(started, TIMES);
    assert!(session.ran.windows(2).all(|pair| pair[0].at <= pair[1].at));
}

/// What `env` and its like become is told by the filter where there is one, and by the library where there is none.
#[test]
fn programs_that_others_become_are_told_once_each() {
    let site = Site::new();
    let line = "env nice sh -c 'true; exec nohup /bin/true'; find . -maxdepth 0 -exec /bin/true ';'; echo | xargs /bin/true";
    let done = site.work(line, &["--yes"]);
    assert!(done.status.success(), "{}", err(&done));
    let session = site.session(1).unwrap();
    let ran: Vec<String> = session
        .ran
        .iter()
        .map(|ran| ran.program.to_string().rsplit('/').next().unwrap().to_owned())
        .collect();
    for (name, times) in [("env", 1), ("nice", 1), ("nohup", 1), ("find", 1), ("xargs", 1), ("true", 3)] {
        assert_eq!(ran.iter().filter(|program| *program == name).count(), times, "{name}: {ran:?}");
    }
}
