//! Loss of power: what has been written out by then is found on the disk, and is whole. The disk is a file, and what it holds
//! when the power goes is what a copy of that file holds: nothing that is still in the machine's memory.

use crate::apis::{compiled, library};
use crate::witness::kit::is_root;
use std::path::{Path, PathBuf};
use std::process::Command;
use trackle::record::journal;
use trackle::record::place::{Manner, Place, Start, new_id};
use trackle::record::steady;
use trackle_wire::{Kind, state};

/// The other half runs in mounts of its own.
#[test]
fn what_was_written_out_is_there_after_a_loss_of_power() {
    assert!(is_root(), "this test mounts a disk or becomes somebody else, and needs root");
    let guest = compiled("cc", "guest", &["-pthread"]);
    let dir = tempfile::tempdir().unwrap();
    let script = r#"
        truncate -s 64M disk && mkfs.ext4 -q -F disk && mkdir at later work && mount -o loop disk at || exit 99
        exec "$@""#;
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", script, "sh"]).arg(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "power::within_its_mounts", "--nocapture"]);
    let done = command.current_dir(dir.path()).env("GUEST", guest).output().unwrap();
    assert_ne!(done.status.code(), Some(99), "no disk in a file: {done:?}");
    let told = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && told.contains("1 passed"), "{done:?}");
}

#[test]
#[ignore = "run by the test above, in mounts of its own"]
fn within_its_mounts() {
    let (dir, guest) = (std::env::current_dir().unwrap(), std::env::var_os("GUEST").unwrap());
    let start = start();
    let manner = Manner { flags: state::flag::PROGRAMS, ..Manner::default() };
    let place = Place::make(&dir.join("at/session"), &start, &manner).unwrap();
    let recorded = |program: &Path, words: &[&str]| {
        let mut command = Command::new(program);
        command.args(words).current_dir(dir.join("work"));
        command.envs(place.environment(&start, library().as_os_str(), None));
        assert!(command.status().unwrap().success());
    };
    std::fs::write(dir.join("work/small"), "small\n").unwrap();
    std::fs::write(dir.join("work/large"), vec![b'x'; 300_000]).unwrap();
    recorded(Path::new(&guest), &[]);
    recorded(Path::new("/bin/sh"), &["-c", "echo more >> small; echo more >> large; rm large"]);
    steady::write_out(&place);
    // what comes now may be lost, but takes nothing else along
    recorded(Path::new("/bin/sh"), &["-c", "for n in $(seq 100); do echo $n > late$n; done"]);
    std::fs::copy(dir.join("disk"), dir.join("copy")).unwrap();
    let mounted = Command::new("mount").args(["-o", "loop", "copy", "later"]).status().unwrap();
    assert!(mounted.success());
    assert_found(&dir, &Place::open(&dir.join("later/session")).unwrap());
}

fn assert_found(dir: &Path, place: &Place) {
    assert_eq!(place.start().unwrap().login, "ann");
    let found = journal::read(place).unwrap();
    let before = |name: &str| {
        let path = dir.join("work").join(name);
        let is =
            |e: &&journal::Entry| e.kind == Kind::Before && e.path == path.as_os_str().as_encoded_bytes();
        found.entries.iter().find(is).unwrap_or_else(|| panic!("{name} is lost")).clone()
    };
    for made in ["thread", "signal", "closed", "vfork", "shell"] {
        assert_eq!(before(made).mode, 0, "{made}");
    }
    for (name, bytes) in [("small", b"small\n".to_vec()), ("large", vec![b'x'; 300_000])] {
        let kept = before(name).content.unwrap();
        let file = if kept.packed { "pack" } else { "journal" };
        let own: PathBuf = place.dir().join(kept.owner.unwrap().to_string()).join(file);
        let all = std::fs::read(own).unwrap();
        let at = usize::try_from(kept.at).unwrap();
        assert!(all.get(at..at + bytes.len()).is_some_and(|held| held == bytes), "{name}");
    }
    assert!(found.entries.iter().any(|entry| entry.kind == Kind::Started));
}

fn start() -> Start {
    Start {
        id: new_id(),
        host: "host".into(),
        login: "ann".into(),
        uid: rustix::process::geteuid().as_raw(),
        ticket: Some(1),
        started: jiff::Timestamp::UNIX_EPOCH,
        directory: "/".into(),
        shell: "/bin/sh".into(),
        command: None,
        environment: Vec::new(),
        witnesses: Vec::new(),
        recorder: None,
    }
}
