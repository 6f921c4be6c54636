//! A host in trouble: disks that are full or read-only, before a session, within it and at its end, homes that are not there,
//! files that are somebody else's. Whatever happens, the commands do what they would have done, and what is missing is
//! said. In mounts of the test's own.

use crate::site::{Site, changes, err};
use crate::terminal::Terminal;
use crate::witness::kit::is_root;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

const TRACKLE: &str = env!("CARGO_BIN_EXE_trackle");

/// `mount_at OPTIONS DIR` puts another disk there; `fill DIR` leaves no room on it; `work` is `trackle work`.
const BEGIN: &str = r#"
    mount_at() { mkdir -p "$2" && mount -t tmpfs -o "mode=755,$1" none "$2" || exit 99; }
    fill() { dd if=/dev/zero of="$1/fill" bs=4k 2> /dev/null; :; }
    trackle() { "$TRACKLE" --config "$SITE/trackle.toml" "$@"; }
    work() { trackle work 1 "$@" < /dev/null; echo "ended $?" >&2; }
    states=$HOME/.local/state
"#;

/// Runs a script in mounts of its own before that site.
fn troubled(site: &Site, script: &str) -> Output {
    let mut command = Command::new("unshare");
    site.environment(&mut command);
    let mounts = if is_root() { "-m" } else { "-rm" };
    command.args([mounts, "bash", "-c", &format!("{BEGIN}{script}")]).current_dir(site.path("etc"));
    command.env("TRACKLE", TRACKLE).env("SITE", site.path(""));
    let output = command.output().unwrap();
    assert_ne!(output.status.code(), Some(99), "no mounts of our own: {output:?}");
    output
}

/// Shows that nothing runs unrecorded unless it is wanted, and that what could not begin leaves nothing behind.
fn not_begun(trouble: &str, why: &str) {
    let site = Site::new();
    let output = troubled(
        &site,
        &format!(
            "{trouble}
            work -c 'touch ran' --yes
            [ -e ran ] && exit 7
            work -c 'touch ran; exit 3' --untracked
            [ -e ran ] || exit 8
            ls -A $states/trackle/sessions 2> /dev/null
            exit 0"
        ),
    );
    let said = err(&output);
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    assert!(said.matches("This cannot be recorded: ").count() == 2 && said.contains(why), "{said}");
    assert!(said.contains("nothing was done; --untracked goes on without a record\nended 1\n"), "{said}");
    assert!(said.contains("`trackle note` tells what you did.\nended 3\n"), "{said}");
    assert!(site.session(1).is_none());
}

#[test]
fn a_disk_that_is_full_before_the_session_is_told_before_anything_runs() {
    not_begun("mount_at size=1m $states", "MiB are free on that disk");
    // enough for its page and little more
    not_begun("mount_at size=16m $states", "MiB are free on that disk");
    not_begun("mount_at size=64m $states; fill $states", "MiB are free on that disk");
}

#[test]
fn what_is_read_only_before_the_session_is_told_before_anything_runs() {
    not_begun("mount_at ro $states", "Read-only file system");
    not_begun("mount_at ro $HOME", "Read-only file system");
    not_begun("mount_at ro cache; export XDG_CACHE_HOME=$PWD/cache", "the library that records");
    not_begun("mount_at noexec cache; export XDG_CACHE_HOME=$PWD/cache", "noexec");
    not_begun("export HOME=/nonexistent", "there is no home directory");
    assert!(!Path::new("/nonexistent").exists());
}

#[test]
fn whoever_sits_there_is_asked_whether_to_go_on_without_a_record() {
    let site = Site::new();
    let states = site.path("home/.local/state");
    fs::create_dir_all(&states).unwrap();
    let mounts = if is_root() { "-m" } else { "-rm" };
    let command = format!(
        "unshare {mounts} sh -c 'mount -t tmpfs -o size=1m none {}; trackle --config {} work 1'",
        states.display(),
        site.path("trackle.toml").display()
    );
    for (answer, ended) in [("n", "ended 1"), ("y", "ended 0")] {
        let terminal = Terminal::of(&site, &command);
        terminal.see("Go on without a record? [y/N]");
        terminal.type_line(answer);
        if answer == "y" {
            terminal.type_line("echo he''re; trackle prompt; echo prompt $?");
            assert!(!terminal.see("prompt 1").contains("Trackle #1"));
            terminal.type_line("exit");
        }
        terminal.see(ended);
    }
    assert!(site.session(1).is_none() && site.left().is_empty());
}

#[test]
fn a_disk_that_fills_within_the_session_stops_nobody_and_what_is_missing_is_said() {
    let site = Site::new();
    let output = troubled(
        &site,
        r#"
        mount_at size=48m $states
        seq 9000 > changed; seq 20000 > removed; seq 9000 > untouched
        work --yes -c '
            echo before > before
            dd if=/dev/zero of='$states'/fill bs=4k 2> /dev/null
            for n in $(seq 30); do echo $n > during$n || exit 5; done
            sed -i s/^1$/one/ changed || exit 6
            rm removed || exit 7
            rm '$states'/fill
            echo after > after
        '
        df --output=used $states | tail -1"#,
    );
    assert!(err(&output).ends_with("ended 0\n"), "{output:?}");
    let session = site.session(1).unwrap();
    let told = changes(&session);
    assert_eq!(told.iter().filter(|line| line.starts_with("Created during")).count(), 30, "{told:?}");
    for line in ["Created before", "Created after", "Modified changed", "Removed removed"] {
        assert!(told.iter().any(|told| told == line), "{told:?}");
    }
    assert_eq!((told.len(), session.witnesses.not_kept, session.witnesses.lost), (34, 2, 0));
    assert!(err(&output).contains("2 originals were not kept"), "{output:?}");
    // nothing of it is left on the disk
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "0");
}

#[test]
fn a_state_directory_that_goes_away_within_the_session_stops_nobody() {
    let site = Site::new();
    let output = troubled(
        &site,
        r#"work -c 'echo a > a; rm -r '$states'/trackle; echo b > b; sed -i s/b/c/ b; cat b; exit 4' --yes"#,
    );
    assert_eq!(String::from_utf8_lossy(&output.stdout), "c\n");
    assert!(err(&output).contains("No such file or directory"), "{output:?}");
    assert!(!err(&output).contains("panicked") && site.session(1).is_none(), "{output:?}");
}

#[test]
fn what_cannot_be_filed_for_want_of_room_is_filed_later() {
    let site = Site::new();
    let output = troubled(
        &site,
        r#"
        cp -a $SITE/state $SITE/kept
        mount_at size=8m $SITE/state
        cp -a $SITE/kept/. $SITE/state
        work --yes -c 'seq 1000 > new; dd if=/dev/zero of='$SITE'/state/fill bs=4k 2> /dev/null; exit 3'
        ls $states/trackle/sessions
        rm $SITE/state/fill
        trackle recover || exit 8
        trackle session show 1
        ls $states/trackle/sessions"#,
    );
    let (out, said) = (String::from_utf8_lossy(&output.stdout), err(&output));
    assert!(said.contains("nothing is lost: the session is in"), "{said}");
    assert!(said.contains("`trackle attach 1 ") && said.contains("ended 3\n"), "{said}");
    assert!(output.status.success() && out.contains("new") && out.contains("\n+1000\n"), "{out}\n{said}");
    assert_eq!((out.matches(".closed\n").count(), out.ends_with(".closed\n")), (1, false), "{out}");
}

#[test]
fn a_bundle_that_there_is_no_room_for_is_sealed_later() {
    let site = Site::new();
    let output = troubled(
        &site,
        r#"
        trackle() { "$TRACKLE" --config /no/such/trackle.toml "$@"; }
        mkdir -p $HOME/.config/trackle
        printf "robot = 'help@example.org'\nname = 'web1'\nkey = '%s'\nsendmail = '/no/sendmail'\n" "$SITE/host.key" \
            > $HOME/.config/trackle/host.toml
        trackle host keygen --key "$SITE/host.key" > /dev/null || exit 8
        mount_at size=1m $states/trackle/outgoing
        chmod 700 $states/trackle/outgoing
        work --yes -c "seq 1000 > new; dd if=/dev/zero of=$states/trackle/outgoing/fill bs=4k 2> /dev/null"
        ls $states/trackle/sessions
        rm $states/trackle/outgoing/fill
        trackle recover || exit 9
        ls $states/trackle/sessions $states/trackle/outgoing"#,
    );
    let (out, said) = (String::from_utf8_lossy(&output.stdout), err(&output));
    assert!(said.contains("nothing is lost: the session is in") && said.contains("ended 1\n"), "{said}");
    assert!(output.status.success() && said.contains("`trackle submit` sends it"), "{out}\n{said}");
    assert_eq!((out.matches(".closed\n").count(), out.matches(".trackle\n").count()), (1, 1), "{out}");
}

#[test]
fn a_record_that_cannot_begin_leaves_nothing_in_its_way() {
    let site = Site::new();
    let output = troubled(
        &site,
        r#"
        mount_at size=8m disk
        "$TRACKLE" record --out disk/out -- touch ran && exit 6
        [ -e ran ] && exit 7
        ls -A disk
        mount -o remount,size=32m disk
        "$TRACKLE" record --out disk/out -- touch ran || exit 8
        "$TRACKLE" record show disk/out
        mount -o remount,ro disk
        "$TRACKLE" record --out disk/other -- touch ran && exit 9
        "$TRACKLE" record --out nowhere/out -- touch ran && exit 9
        "$TRACKLE" record --untracked --out nowhere/out -- sh -c 'exit 4'
        [ $? = 4 ]"#,
    );
    let (out, said) = (String::from_utf8_lossy(&output.stdout), err(&output));
    assert!(output.status.success(), "{output:?}");
    assert!(out.starts_with("created ") && out.trim_end().ends_with("/etc/ran"), "{out}");
    for why in ["No space left", "Read-only", "No such file"] {
        assert!(said.contains(why), "{said}");
    }
    assert_eq!(said.matches("run anyway with --untracked").count(), 3, "{said}");
}

/// Somebody who is no friend of the robot's is told who is.
#[test]
fn whoever_may_not_touch_the_robots_files_is_told_who_may() {
    assert!(is_root(), "this test mounts a disk or becomes somebody else, and needs root");
    let site = Site::new();
    fs::set_permissions(site.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    let as_nobody = |words: &str| {
        let script = format!(
            "mkdir -p home/nobody; chown nobody home/nobody; export HOME=$PWD/home/nobody
             setpriv --reuid 65534 --regid 65534 --clear-groups \"$TRACKLE\" --config trackle.toml {words}"
        );
        troubled(&site, &format!("cd $SITE; {script}"))
    };
    for words in ["work 1 -c 'touch /tmp/ran' --as ann", "list", "note 1 x --as ann", "recover"] {
        let output = as_nobody(words);
        let advice = "the robot's files are root's: `sudo -u root trackle …` may use them\n";
        if words != "recover" {
            assert!(err(&output).ends_with(advice), "{words}: {output:?}");
            assert_eq!(output.status.code(), Some(1), "{words}");
        }
    }
}
