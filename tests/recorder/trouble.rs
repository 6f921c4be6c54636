//! What goes wrong around a session, and the sentence that is told of it: what was tried, what happened, what to do.

use crate::installed::{alone, changes, succeeded};
use crate::site::{Site, err};
use crate::terminal::Terminal;
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
    let output = alone(script, &[]);
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

/// Whoever may not use the robot's directory on its own machine is told what to do, and works as on any other host.
#[test]
fn whoever_may_not_use_the_robots_directory_works_as_elsewhere() {
    use std::os::unix::process::CommandExt;
    let site = Site::new();
    if !rustix::process::geteuid().is_root() {
        return;
    }
    fs::set_permissions(site.path("state"), Permissions::from_mode(0o700)).unwrap();
    let here = site.path("");
    fs::set_permissions(&here, Permissions::from_mode(0o755)).unwrap();
    std::os::unix::fs::chown(site.path("home"), Some(65534), None).unwrap();
    let refused = site.trackle(&["note", "1", "hi"]).uid(65534).output().unwrap();
    let told = err(&refused);
    assert!(told.contains("/state: Permission denied; to do without it"), "{told}");
    assert!(told.contains("trackle host enroll --robot"), "{told}");
}

/// Nobody forgets that nothing is recorded: the prompt says so, in each shell and with a prompt of the user's own.
#[test]
fn the_prompt_says_that_recording_is_paused() {
    let site = Site::new();
    fs::create_dir_all(site.path("home/.config/fish")).unwrap();
    fs::write(site.path("home/.bashrc"), "PROMPT_COMMAND='PS1=\"own \"'\n").unwrap();
    fs::write(site.path("home/.zshrc"), "PROMPT='own '\n").unwrap();
    let fish = "function fish_prompt; echo -n 'own '; end; set -g fish_greeting\n";
    fs::write(site.path("home/.config/fish/config.fish"), fish).unwrap();
    for (number, shell) in ["bash", "zsh", "fish"].into_iter().enumerate() {
        let terminal = Terminal::working(&site, &format!("1 --shell {shell} --discard"));
        terminal.see("Trackle #1 own");
        for (line, prompt) in
            [("trackle pause", "Trackle #1 paused own"), ("clear; trackle resume", "Trackle #1 own")]
        {
            terminal.type_line(line);
            terminal.see(prompt);
        }
        terminal.type_line("exit");
        terminal.see(&format!("Session {} is with #1", number + 1));
    }
}
