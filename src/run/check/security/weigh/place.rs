//! The process that serves, and the library for privileged programs: what stands around them.

use super::super::facts::{Daemon, Process, Recorder};
use crate::record::install::Found;
use crate::show::exposure::Row;

/// Where the unit with the whole sandbox is.
const UNIT: &str = "start it by trackle.service, which has the whole sandbox";

/// What whoever got the better of the program could do.
pub fn process(daemon: Daemon, robot: u32) -> Vec<Row> {
    let mut rows = vec![match robot {
        0 => Row::open("user", 5, "the robot is root", "serve as a user of its own, as trackle.service does"),
        uid => Row::closed("user", format!("the robot is uid {uid}, not root")),
    }];
    match daemon {
        Daemon::Absent => rows.push(Row::closed("sandbox", "nothing serves now: look again while it does")),
        Daemon::Unseen => {
            rows.push(Row::unseen("sandbox", "the process that serves cannot be looked at from here"))
        }
        Daemon::Running(process) => rows.extend(around(process)),
    }
    rows
}

fn around(process: Process) -> Vec<Row> {
    let Process { pid, no_new_privileges, capabilities, filtered, own_files, core, uid } = process;
    let mut rows = vec![
        either(
            "sandbox",
            capabilities,
            3,
            "process {} has root's rights, or some of them",
            "process {} has no capabilities",
            pid,
        ),
        either(
            "sandbox",
            !no_new_privileges,
            2,
            "process {} may start set-uid programs",
            "process {} gains no rights by what it starts",
            pid,
        ),
        either(
            "sandbox",
            !filtered,
            2,
            "process {} may use every system call",
            "process {} has its system calls filtered",
            pid,
        ),
    ];
    if let Some(own) = own_files {
        rows.push(either(
            "sandbox",
            !own,
            2,
            "process {} sees all file systems as they are",
            "process {} has file systems of its own",
            pid,
        ));
    }
    if uid == 0 {
        rows.push(Row::open("sandbox", 5, format!("process {pid} is root's"), UNIT));
    }
    rows.push(match core {
        Some(0) => Row::closed("core dumps", "a crash leaves none"),
        _ => Row::open("core dumps", 2, "a crash leaves mail and keys in a core file", "LimitCORE=0"),
    });
    rows
}

/// The one sentence or the other, about that process.
fn either(item: &'static str, open: bool, tenths: u8, bad: &str, good: &str, pid: u32) -> Row {
    let about = |text: &str| text.replace("{}", &pid.to_string());
    if open { Row::open(item, tenths, about(bad), UNIT) } else { Row::closed(item, about(good)) }
}

/// What the loader puts into privileged programs.
pub fn recorder(recorder: &Recorder) -> Row {
    const ITEM: &str = "recorder";
    let Recorder { library, found, mode } = recorder;
    let shown = library.display();
    let again = "trackle install-recorder, or --remove";
    match found {
        Found::Nothing => Row::closed(ITEM, "no privileged program loads it"),
        Found::Good => {
            let state = format!("{shown}: whoever asks for it has set-uid programs load it");
            Row::open(ITEM, 1, state, "trackle install-recorder --remove, where nobody records below sudo")
        }
        Found::WrongRights if mode & 0o022 != 0 => {
            Row::open(ITEM, 9, format!("{shown} can be changed by others (mode {mode:o})"), again)
        }
        Found::WrongRights => {
            Row::open(ITEM, 1, format!("{shown} has other rights than it should ({mode:o})"), again)
        }
        Found::OtherVersion => Row::open(ITEM, 2, format!("{shown} is of another version"), again),
        Found::Foreign => Row::open(
            ITEM,
            3,
            format!("{shown} is not ours, and has our library's name"),
            "find out whose it is",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHUT: Process = Process {
        pid: 5,
        uid: 7,
        no_new_privileges: true,
        capabilities: false,
        filtered: true,
        own_files: Some(true),
        core: Some(0),
    };

    #[test]
    fn each_hole_in_the_sandbox_adds_its_own() {
        let tenths = |process| around(process).iter().map(|row| row.tenths).sum::<u8>();
        for (process, wanted) in [
            (SHUT, 0),
            (Process { own_files: None, ..SHUT }, 0),
            (Process { own_files: Some(false), ..SHUT }, 2),
            (Process { no_new_privileges: false, ..SHUT }, 2),
            (Process { capabilities: true, ..SHUT }, 3),
            (Process { filtered: false, ..SHUT }, 2),
            (Process { core: None, ..SHUT }, 2),
            (Process { core: Some(1_000), ..SHUT }, 2),
            (Process { uid: 0, ..SHUT }, 5),
        ] {
            assert_eq!(tenths(process), wanted, "{process:?}");
        }
        assert_eq!(process(Daemon::Absent, 0)[0].tenths, 5);
        assert!(!process(Daemon::Unseen, 7)[1].seen);
        assert!(
            process(Daemon::Running(SHUT), 7).iter().all(|row| row.tenths == 0 && !row.state.contains("{}"))
        );
    }

    #[test]
    fn a_library_that_others_can_change_is_the_end() {
        for (found, mode, wanted) in [
            (Found::Nothing, 0, 0),
            (Found::Good, 0o4644, 1),
            (Found::WrongRights, 0o644, 1),
            (Found::WrongRights, 0o666, 9),
            (Found::OtherVersion, 0o4644, 2),
            (Found::Foreign, 0o644, 3),
        ] {
            let of = Recorder { library: "/usr/lib/libtrackle.so".into(), found, mode };
            assert_eq!(recorder(&of).tenths, wanted, "{found:?} {mode:o}");
        }
    }
}
