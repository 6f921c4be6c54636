//! What goes wrong around a session, and the sentence that is told of it: what was tried, what happened, what to do.

use crate::installed::{alone, changes, succeeded};
use crate::site::{Site, err};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Output;

/// Shows T155: what is recorded, what a pause reaches below sudo, and who takes away what root's programs wrote.
#[test]
fn a_pause_reaches_what_it_can_and_roots_part_is_taken_away() {
    let script = r#"
        $T install-recorder > /dev/null
        as_user $T record --out out -- sh -c '
            sudo -n touch $AT/root/before
            $T pause
            touch mine-paused
            sudo -n touch $AT/root/not-reached
            sudo -n $T pause
            sudo -n touch $AT/root/paused
            $T resume
            touch mine-after
            sudo -n touch $AT/root/still-paused
            sudo -n $T resume
            sudo -n touch $AT/root/after
            sudo -n $T pause
            ls -ln /run/trackle/s/*/ >&2
            $T resume
        '
        as_user $T record show out --json
        echo == $(ls /run/trackle/s | wc -l)
        as_user $T recover
        echo == $(ls /run/trackle/s | wc -l)
        $T recover
        echo == $(ls /run/trackle/s | wc -l)
    "#;
    let Some(output) = alone(script, &[]) else { return };
    let told = succeeded(&output);
    let names: Vec<String> = changes(&told).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["mine-after", "after", "before", "not-reached"], "{told}");
    for sentence in [
        "What you run with other rights (sudo, su) is still recorded; `sudo trackle pause` ends that as well.",
        "What you run with other rights (sudo, su) is not recorded yet: `sudo trackle resume`.",
        "== 1\nno session was left behind\n== 1\n",
        "what root's programs had recorded for 1 filed session is taken away\nno session was left behind\n== 0",
    ] {
        assert!(told.contains(sentence), "{sentence} is missing in {told}");
    }
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Shows T062: a lock does not outlive its session, whoever ended that.
#[test]
fn a_recovered_session_gives_its_lock_back() {
    let site = Site::new();
    let killed = site.work("echo x > new; kill -9 $PPID", &[]);
    assert!(!killed.status.success());
    assert!(out(&site.run(&["lock", "1"])).contains("ann"), "{killed:?}");
    assert!(err(&site.run(&["work", "1", "-c", "true", "--as", "ben"])).contains("Ann works on #1 since"));
    let recovered = site.run(&["recover", "--now"]);
    assert!(err(&recovered).contains("Session 1 is with #1"), "{recovered:?}");
    assert_eq!(out(&site.run(&["lock", "1"])), "nobody works on #1\n");
}

#[test]
fn a_lock_that_somebody_else_has_by_now_stays_his() {
    let site = Site::new();
    site.work("echo x > new; kill -9 $PPID", &[]);
    assert!(site.run(&["lock", "break", "1", "--yes", "--as", "ben"]).status.success());
    assert!(site.run(&["lock", "take", "1", "--as", "ben"]).status.success());
    let recovered = site.run(&["recover", "--now"]);
    assert!(err(&recovered).contains("Session 1 is with #1"), "{recovered:?}");
    assert!(out(&site.run(&["lock", "1"])).contains("ben"));
}

/// Shows T064: a note is a session of no length, and goes the way of the others.
#[test]
fn a_note_on_a_host_without_the_tickets_is_sent_to_the_robot() {
    let site = Site::new();
    let away = |words: &[&str]| site.trackle_away(words).output().unwrap();
    let nowhere = away(&["note", "1", "Fan cleaned."]);
    assert!(err(&nowhere).contains("trackle host enroll --robot"), "{nowhere:?}");
    site.enroll_away();
    let public = away(&["note", "1", "Fan cleaned.", "--public"]);
    assert!(err(&public).contains("leave out --public, or answer #1 by mail"), "{public:?}");
    assert!(err(&away(&["note", "1", ""])).contains("no text: nothing was noted"));
    assert!(err(&away(&["note", "1", "x", "--as", "ben"])).contains("trackle host enroll --as ben"));
    let noted = away(&["note", "1", "Fan cleaned.", "password=hunter2hunter2"]);
    assert!(noted.status.success(), "{noted:?}");
    assert!(out(&noted).contains("is on its way to help@example.org, for #1: a note."), "{noted:?}");
    site.bring_bundles();
    let session = site.session(1).unwrap();
    assert!(session.is_note() && session.started == session.ended);
    assert!(session.remark.starts_with("Fan cleaned. password="), "{}", session.remark);
    assert!(!session.remark.contains("hunter2"));
    let letter = site.letters();
    assert!(letter.contains("wrote on web1 as root, "), "{letter}");
    assert!(letter.contains("\r\nFan cleaned."), "{letter}");
    assert!(!letter.contains("nothing changed") && !letter.contains("history.txt"), "{letter}");
    // the mail program is out of order: it waits
    fs::write(site.path("sendmail"), "#!/bin/sh\nexit 75\n").unwrap();
    let waits = away(&["note", "1", "And closed."]);
    assert!(waits.status.success() && out(&waits).contains("waits (a note)"), "{waits:?}");
    assert!(out(&waits).contains("`trackle submit` sends it"), "{waits:?}");
    fs::set_permissions(site.path("sendmail"), Permissions::from_mode(0o755)).unwrap();
}
