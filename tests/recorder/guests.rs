//! Programs that make it hard for a library, and session directories that make it impossible: all do what they would have
//! done without, and say what they would have said.

use crate::apis::{Bench, compiled, library};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const MADE: [&str; 7] = ["thread", "thread2", "signal", "closed", "errno", "vfork", "shell"];

/// Runs the guest with another library behind ours; all it makes is recorded.
fn recorded(guest: &Path, other: Option<&Path>) {
    let bench = Bench::new();
    let mut command = bench.command(guest);
    if let Some(other) = other {
        command.env("LD_PRELOAD", format!("{}:{}", library().display(), other.display()));
    }
    let done = command.output().unwrap();
    assert_eq!(
        (done.status.code(), &done.stdout[..], &done.stderr[..]),
        (Some(0), &b"all is well\n"[..], &b""[..])
    );
    for name in MADE {
        assert_eq!(bench.before(&bench.path(name)).iter().map(|b| b.mode).collect::<Vec<_>>(), [0], "{name}");
    }
    assert_eq!((bench.journal().lost, bench.journal().torn), (0, 0));
}

#[test]
fn small_stacks_signals_closed_descriptors_and_vfork() {
    recorded(&compiled("cc", "guest", &["-pthread"]), None);
}

#[test]
fn a_program_of_another_libc_loads_the_same_library() {
    recorded(&compiled("musl-gcc", "guest", &["-pthread"]), None);
}

#[test]
fn other_allocators_go_before_and_behind() {
    let guest = compiled("cc", "guest", &["-pthread"]);
    let machine = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    for name in ["libjemalloc.so.2", "libtcmalloc.so.4", "libtcmalloc_minimal.so.4", "libeatmydata.so"] {
        let path = Path::new(&machine).join(name);
        assert!(path.exists(), "{name}: tests/install");
        recorded(&guest, Some(&path));
    }
}

#[test]
fn a_program_with_a_sanitizer_of_its_own_starts_and_is_recorded() {
    let guest = compiled("cc", "sanitized", &["-fsanitize=address"]);
    let dir = tempfile::tempdir_in("/srv").unwrap();
    for (set, told) in [
        (None, "verify_asan_link_order=0\n"),
        (Some("halt_on_error=1"), "halt_on_error=1:verify_asan_link_order=0\n"),
    ] {
        let out = dir.path().join(if set.is_some() { "second" } else { "first" });
        let mut command = Command::new(env!("CARGO_BIN_EXE_trackle"));
        command.args(["record", "--out"]).arg(&out).arg("--").arg(&guest).current_dir(dir.path());
        command.env_remove("ASAN_OPTIONS").envs(set.map(|set| ("ASAN_OPTIONS", set)));
        let done = command.output().unwrap();
        assert_eq!((done.status.code(), &done.stdout[..]), (Some(3), told.as_bytes()), "{done:?}");
        let shown =
            Command::new(env!("CARGO_BIN_EXE_trackle")).args(["record", "show"]).arg(&out).output().unwrap();
        assert!(String::from_utf8_lossy(&shown.stdout).contains("/made"), "{shown:?}");
        fs::remove_file(dir.path().join("made")).unwrap();
    }
}

/// Runs the guest in a session that cannot record.
fn unrecorded(spoil: impl Fn(&Path)) {
    let guest = compiled("cc", "guest", &["-pthread"]);
    let bench = Bench::new();
    spoil(bench.place.dir());
    let done = bench.command(&guest).output().unwrap();
    assert_eq!(
        (done.status.code(), &done.stdout[..], &done.stderr[..]),
        (Some(0), &b"all is well\n"[..], &b""[..])
    );
}

fn own(session: &Path) -> PathBuf {
    session.join(rustix::process::geteuid().as_raw().to_string())
}

#[test]
fn a_session_that_cannot_record_stops_nobody() {
    unrecorded(|session| fs::remove_dir_all(session).unwrap());
    unrecorded(|session| fs::remove_file(own(session).join("state")).unwrap());
    unrecorded(|session| fs::remove_file(own(session).join("journal")).unwrap());
    unrecorded(|session| fs::write(own(session).join("state"), b"cut").unwrap());
    unrecorded(|session| fs::set_permissions(own(session), fs::Permissions::from_mode(0o777)).unwrap());
    // somebody else's
    unrecorded(|session| drop(std::os::unix::fs::chown(own(session), Some(12_345), None)));
}

#[test]
fn a_full_disk_under_the_session_stops_nobody() {
    let guest = compiled("cc", "guest", &["-pthread"]);
    let bench = Bench::new();
    let session = bench.place.dir().to_owned();
    // in a namespace of its own
    let full = "mount -t tmpfs -o size=64k none";
    let script = format!("{full} {0} && chmod 700 {0} && {1}", session.display(), guest.display());
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", &script]).current_dir(bench.path(""));
    command.envs(bench.place.environment(&bench.start, library().as_os_str(), None));
    let done = command.output().unwrap();
    assert_eq!((done.status.code(), &done.stdout[..]), (Some(0), &b"all is well\n"[..]), "{done:?}");
}

#[test]
fn fifty_writers_of_one_file_keep_it_once() {
    let bench = Bench::new();
    let script = "for n in $(seq 50); do (echo $n >> f) & done; wait";
    assert!(bench.command(Path::new("/bin/sh")).args(["-c", script]).status().unwrap().success());
    let kept = bench.before(&bench.path("f"));
    assert_eq!(kept.iter().map(|k| k.size).collect::<Vec<_>>(), [7]);
    assert_eq!(fs::read_to_string(bench.path("f")).unwrap().lines().count(), 51);
}

/// What a privileged program takes from whoever starts it: nothing but the session's name.
#[test]
fn a_privileged_program_writes_nowhere_that_its_user_chose() {
    let prober = compiled("cc", "privileged", &[]);
    assert!(crate::witness::kit::is_root(), "these tests become other users and need root");
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorder/privileged.sh");
    let done = Command::new("unshare")
        .args(["-m", "sh"])
        .args([&script, dir.path(), library(), &prober])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{done:?}");
    assert!(told.ends_with("all is well\n"), "{told} {done:?}");
}

/// An ordinary user's command that is itself a program without a loader, or a script of one: somebody sees it, or the record
/// says that nobody did.
#[test]
fn a_static_program_that_is_the_whole_command_is_seen_or_told() {
    assert!(crate::witness::kit::is_root(), "these tests become other users and need root");
    let dir = tempfile::tempdir_in("/srv").unwrap();
    std::os::unix::fs::chown(dir.path(), Some(65_534), Some(65_534)).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_trackle"), dir.path().join("trackle")).unwrap();
    fs::write(dir.path().join("script"), "#!/bin/busybox sh\necho x > by-script\nexit 5\n").unwrap();
    fs::set_permissions(dir.path().join("script"), fs::Permissions::from_mode(0o755)).unwrap();
    let record = |words: &[&str]| {
        let user = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "./trackle", "record"];
        let mut command = Command::new("setpriv");
        command.args(user).args(words).current_dir(dir.path()).env("HOME", dir.path());
        let done = command.output().unwrap();
        (
            done.status.code(),
            String::from_utf8(done.stdout).unwrap() + &String::from_utf8(done.stderr).unwrap(),
        )
    };
    for (out, words, path, code) in [
        ("one", &["busybox", "touch", "by-program"][..], "by-program", 0),
        ("two", &["./script"], "by-script", 5),
    ] {
        assert_eq!(record(&[&["--out", out, "--"], words].concat()), (Some(code), String::new()));
        let told = record(&["show", out, "--json", "--witnesses"]).1;
        assert!(
            told.contains(&format!("{}/{path}\"", dir.path().display())) && told.contains("\"unseen\":[]"),
            "{told}"
        );
    }
    assert_eq!(record(&["--out", "three", "--library-only", "--", "busybox", "touch", "x"]).0, Some(0));
    let told = record(&["show", "three", "--json", "--witnesses"]).1;
    assert!(told.contains("busybox\",\"times\":1,\"why\":\"static\""), "{told}");
}
