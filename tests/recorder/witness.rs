//! The second witness: real programs under the filter, and what the journal says of what they changed, held against the
//! tree before and after. As root over the whole session, as an ordinary user around static programs.

pub mod kit;

use kit::{Session, busybox, is_root, snapshot};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use trackle_wire::Kind;

/// Everything a shell's own tools do to files.
const WORK: &str = "
    set -e
    echo new > made
    echo more >> grown
    echo other > written
    : > emptied
    rm removed
    mv moved moved-to
    mv over overwritten
    mkdir -p dir/deep
    rmdir gone
    ln -s written link
    ln written hard
    chmod 600 moded
    cp grown copied
    cat big > big-copy
    truncate -s 3 cut
    mkfifo pipe
    rm -r tree
    touch untouched
    sed -i s/one/two/ edited
    cd dir; echo up > ../sideways; echo here > deep/file
    echo through > /proc/self/cwd/by-proc
";

fn tree(session: &Session) {
    for (name, content) in [
        ("grown", "a\n"),
        ("written", "before\n"),
        ("emptied", "full\n"),
        ("removed", "was\n"),
        ("moved", "m\n"),
        ("over", "o\n"),
        ("overwritten", "under\n"),
        ("moded", "x\n"),
        ("cut", "a long line\n"),
        ("tree/one", "1"),
        ("tree/deep/two", "2"),
        ("gone/", ""),
        ("untouched", "u\n"),
        ("edited", "one\n"),
        ("sideways", "down\n"),
    ] {
        session.put(name, content);
    }
    session.put("big", &"0123456789abcdef".repeat(1 << 14));
}

#[test]
fn root_sees_a_static_shell_and_all_it_does() {
    if !is_root() {
        return;
    }
    let shell = busybox();
    let session = Session::new();
    tree(&session);
    let before = snapshot(session.work());
    let status = session.run(Command::new(shell).args(["sh", "-c", WORK])).status().unwrap();
    assert!(status.success());
    session.assert_seen(&before);
    let moved = session.records().into_iter().filter(|r| r.kind == Kind::Moved as u16).count();
    assert!(moved >= 2);
    session.assert_all_kept_before();
}

#[test]
fn what_the_session_may_do_is_what_it_could_do_before() {
    if !is_root() {
        return;
    }
    let session = Session::new();
    let file = session.put("file", "x");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    for (script, status, output) in [
        ("exit 7", 7, ""),
        ("echo out; mkdir /proc/x; rm /nowhere; cat < nowhere", 2, "out\n"),
        ("echo a | cat; echo $0 $1", 0, "a\nsh one\n"),
        ("kill -TERM $$", 143, ""),
    ] {
        let out = session.run(Command::new("sh").args(["-c", script, "sh", "one"])).output().unwrap();
        use std::os::unix::process::ExitStatusExt;
        let code = out.status.code().unwrap_or_else(|| 128 + out.status.signal().unwrap());
        assert_eq!((code, &*String::from_utf8_lossy(&out.stdout)), (status, output), "{script}");
    }
    assert_eq!(session.run(&mut Command::new("/nowhere/x")).status().unwrap().code(), Some(127));
    assert_eq!(session.run(&mut Command::new("/etc")).status().unwrap().code(), Some(126));
}

#[test]
fn a_go_program_is_seen() {
    if !is_root() {
        return;
    }
    let program = kit::go();
    let session = Session::new();
    for name in ["a", "b", "c"] {
        session.put(name, "before");
    }
    let before = snapshot(session.work());
    assert!(session.run(&mut Command::new(&program)).status().unwrap().success());
    assert!(fs::read_to_string(session.work().join("a")).unwrap() == "after");
    session.assert_seen(&before);
    assert_eq!(session.started().last().unwrap().0, program.canonicalize().unwrap());
}

#[test]
fn a_static_c_program_with_calls_of_its_own_is_seen_and_io_uring_is_refused() {
    if !is_root() {
        return;
    }
    let program = kit::compiled("calls", kit::CALLS, &["-static"]);
    let session = Session::new();
    for name in [
        "opened",
        "renamed",
        "exchanged-1",
        "exchanged-2",
        "unlinked",
        "owned",
        "xattr",
        "moded",
        "how",
        "stat",
    ] {
        session.put(name, name);
    }
    session.put("deep/file", "deep");
    let before = snapshot(session.work());
    let out = session.run(&mut Command::new(&program)).output().unwrap();
    assert!(out.status.success(), "{out:?}");
    assert_eq!(String::from_utf8_lossy(&out.stdout), "io_uring: 38\n");
    session.assert_seen(&before);
    let socket = session.work().join("socket");
    assert_eq!(session.first()[&socket].mode, 0);
    for name in ["owned", "xattr", "moded"] {
        assert!(session.first().contains_key(&session.work().join(name)), "{name}");
    }
}

#[test]
fn a_32_bit_program_is_seen() {
    if !is_root() {
        return;
    }
    let program = kit::compiled("small", kit::SMALL, &["-m32", "-static", "-nostdlib"]);
    let session = Session::new();
    session.put("old", "x");
    let before = snapshot(session.work());
    assert_eq!(session.run(&mut Command::new(&program)).status().unwrap().code(), Some(7));
    session.assert_seen(&before);
    assert_eq!(session.started().last().unwrap().1, program.to_str().unwrap());
}

#[test]
fn another_root_is_seen_by_its_outer_names() {
    if !is_root() {
        return;
    }
    let shell = busybox();
    let session = Session::new();
    session.put("jail/etc/conf", "old\n");
    session.put("jail/bin/", "");
    fs::copy(shell, session.work().join("jail/bin/busybox")).unwrap();
    std::os::unix::fs::symlink("/etc/conf", session.work().join("jail/link")).unwrap();
    let before = snapshot(session.work());
    let script = "echo new > /link; cd /etc; echo more > ../etc/other; /bin/busybox mkdir /var";
    let mut command = Command::new("chroot");
    command.args(["jail", "/bin/busybox", "sh", "-c", script]);
    assert!(session.run(&mut command).status().unwrap().success());
    session.assert_seen(&before);
    session.assert_all_kept_before();
}

#[test]
fn what_nobody_may_read_is_not_kept() {
    if !is_root() {
        return;
    }
    let session = Session::new();
    let secret = session.put("host.key", "-----BEGIN PRIVATE KEY-----");
    let script = "echo x >> host.key; ln -s host.key link; echo y > link";
    assert!(session.run(Command::new("sh").args(["-c", script])).status().unwrap().success());
    let record = &session.first()[&secret];
    assert_eq!(record.flags & trackle_wire::record::flag::WITHHELD, trackle_wire::record::flag::WITHHELD);
    let all = [session.journal(), fs::read(session.own().join("pack")).unwrap()].concat();
    assert!(!all.windows(5).any(|w| w == b"BEGIN"));
}

/// One supervisor after the other is killed, at whatever moment it is; the shell goes on and nothing is missed.
#[test]
fn a_killed_supervisor_takes_nobody_with_it() {
    if !is_root() {
        return;
    }
    let shell = busybox();
    let session = Session::new();
    for n in 0..600 {
        session.put(&format!("f{n}"), &format!("before {n}"));
    }
    let before = snapshot(session.work());
    let script = "n=0; while [ $n -lt 600 ]; do echo after > f$n || exit 9; n=$((n+1));
        [ $((n % 20)) = 0 ] && sleep 0.03; done; mkdir done";
    let mut child = session.run(Command::new(shell).args(["sh", "-c", script])).spawn().unwrap();
    let mut killed = 0;
    while child.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(17));
        let all = session.supervising();
        // never both: that is what two are there for
        if let [one, _other, ..] = all[..] {
            kit::kill(if killed % 3 == 0 { all[1] } else { one });
            killed += 1;
        }
    }
    assert!(child.wait().unwrap().success());
    assert!(killed > 2, "{killed}");
    session.assert_seen(&before);
}

/// A daemon stays under the filter for ever, so it is let pass for ever.
#[test]
fn what_outlives_the_session_goes_on_and_is_recorded_no_more() {
    if !is_root() {
        return;
    }
    let session = Session::new();
    let script =
        "(sleep 1; while ! test -e go; do sleep 0.05; done; echo late > late && mv late later) & exit 0";
    let mut command = session.run(Command::new("sh").args(["-c", script]));
    assert!(command.status().unwrap().success());
    // until the first sleep is on record
    std::thread::sleep(std::time::Duration::from_millis(500));
    session.close();
    let (records, work) = (session.journal(), session.work().to_owned());
    let tree = session.end();
    fs::write(work.join("go"), "").unwrap();
    for _ in 0..200 {
        if work.join("later").exists() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!(work.join("later").exists());
    assert!(fs::read(tree.1.path().join("0/journal")).unwrap() == records);
    for _ in 0..100 {
        if kit::supervising(tree.1.path()).is_empty() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("supervisors without anybody to supervise: {:?}", kit::supervising(tree.1.path()));
}
