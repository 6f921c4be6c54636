//! What the terminal shows, recorded: a real shell in a real terminal within a real terminal.

use crate::site::Site;
use crate::terminal::Terminal;
use serde_json::Value;
use std::process::Command;

/// All events of the recording of session 1.
fn cast(site: &Site) -> (Value, Vec<Value>, String) {
    let session = site.session(1).unwrap();
    assert_eq!(session.evidence.len(), 1);
    let text = session.evidence[0].text.clone();
    let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    (lines.next().unwrap(), lines.collect(), text)
}

fn shown(events: &[Value]) -> String {
    events.iter().filter(|event| event[1] == "o").map(|event| event[2].as_str().unwrap()).collect()
}

#[test]
fn what_is_shown_is_recorded_and_what_is_typed_unseen_is_not() {
    let site = Site::new();
    let terminal = Terminal::working(&site, "1 --tty");
    terminal.see("Trackle #1");
    terminal.type_line("tty; ps -o stat= -p $$; echo sh''own");
    terminal.see("shown");
    terminal.type_line("stty -echo; echo ask''ed; read word; stty echo; echo got ${#word}; echo aw''ake");
    terminal.see("asked");
    terminal.type_line("hunter2hunter2");
    terminal.see("awake");
    terminal.type_line("tput cols; sleep 100");
    terminal.see("80");
    terminal.press(&["C-c"]);
    terminal.resize(100, 30);
    std::thread::sleep(std::time::Duration::from_millis(600));
    terminal.type_line("echo size $(tput cols) $(tput lines)");
    terminal.see("size 100 30");
    terminal.type_line("exit");
    terminal.see("Enter files it");
    terminal.press(&["Enter"]);
    terminal.see("ended 0");
    let (head, events, text) = cast(&site);
    assert_eq!(
        (&head["version"], &head["term"]["cols"], &head["term"]["rows"]),
        (&3.into(), &80.into(), &24.into())
    );
    let shown = shown(&events);
    assert!(shown.contains("shown\r\n") && shown.contains("got 14") && shown.contains("awake"), "{shown}");
    let leads = |line: &str| line.starts_with('S') && line.ends_with('s') && line.len() <= 4;
    assert!(shown.lines().any(leads), "the shell leads no session: {shown}");
    assert!(!text.contains("hunter2"));
    assert!(events.iter().any(|event| event[1] == "m" && event[2] == "not recorded from here"));
    assert!(events.iter().any(|event| event[1] == "r" && event[2] == "100x30"));
    assert!(site.left().is_empty());
}

#[test]
fn asciinema_plays_it() {
    let site = Site::new();
    let terminal = Terminal::working(&site, "1 --tty --yes -c 'printf \"\\033[1mgr\\303\\274n\\033[0m\\n\"'");
    terminal.see("Session 1 is with #1");
    let (_, events, text) = cast(&site);
    assert!(shown(&events).contains("\x1b[1mgrün\x1b[0m\r\n"), "{events:?}");
    std::fs::write(site.path("terminal.cast"), text).unwrap();
    let version = Command::new("asciinema").arg("--version").output().expect("tests/install");
    // format 3 is known from version 3 on
    if String::from_utf8_lossy(&version.stdout).contains("asciinema 3") {
        let played = Command::new("asciinema").arg("cat").arg(site.path("terminal.cast")).output().unwrap();
        assert!(String::from_utf8_lossy(&played.stdout).contains("grün"), "{played:?}");
    }
}

#[test]
fn without_a_terminal_it_says_so_and_nothing_runs() {
    let site = Site::new();
    let output = site.work("touch ran", &["--tty"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("what the terminal shows cannot be recorded"));
    assert!(!output.status.success() && !site.path("etc/ran").exists() && site.left().is_empty());
}
