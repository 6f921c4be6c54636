//! The second witness: real programs under the filter, and what the journal says of what they changed, held against the
//! tree before and after. As root over the whole session, as an ordinary user around static programs.

mod kit;

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
    let Some(shell) = busybox() else { return };
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
