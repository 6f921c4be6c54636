//! What the terminal shows, recorded: a real shell in a real terminal within a real terminal.

use crate::site::Site;
use crate::terminal::Terminal;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
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

/// Whether it is what <https://docs.asciinema.org/manual/asciicast/v3/> says, field by field.
fn assert_version_3(text: &str) {
    assert!(text.ends_with('\n') && !text.contains("\n\n"), "one value on each line");
    let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let head = lines.next().unwrap();
    let known = ["version", "term", "timestamp", "idle_time_limit", "command", "title", "env", "tags"];
    assert!(head.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())), "{head}");
    assert_eq!(head["version"], 3);
    let whole = |value: &Value| value.as_u64().is_some_and(|number| number > 0);
    assert!(
        whole(&head["term"]["cols"]) && whole(&head["term"]["rows"]) && whole(&head["timestamp"]),
        "{head}"
    );
    let term = head["term"].as_object().unwrap();
    assert!(
        term.keys().all(|key| ["cols", "rows", "type", "version", "theme"].contains(&key.as_str())),
        "{head}"
    );
    assert!(head["term"]["type"].is_string(), "{head}");
    for event in lines {
        let [since, code, data] = &event.as_array().unwrap()[..] else { panic!("{event}") };
        assert!(since.as_f64().is_some_and(|seconds| (0.0..60.0).contains(&seconds)), "{event}");
        let data = data.as_str().unwrap();
        match code.as_str().unwrap() {
            "o" | "m" => {}
            "r" => assert!(
                data.split_once('x').is_some_and(|(c, r)| [c, r].iter().all(|n| n.parse::<u16>().is_ok()))
            ),
            other => panic!("{other}: what is typed is not recorded"),
        }
    }
}

/// The same as version 2, which counts all times from the beginning: Debian 12's asciinema plays no other.
fn as_version_2(text: &str) -> String {
    let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let head = lines.next().unwrap();
    let term = &head["term"];
    let size = json!({ "version": 2, "width": term["cols"], "height": term["rows"], "timestamp": head["timestamp"] });
    let mut at = 0.0;
    let events = lines.map(|event| {
        at += event[0].as_f64().unwrap();
        json!([at, event[1], event[2]])
    });
    std::iter::once(size).chain(events).map(|line| format!("{line}\n")).collect()
}

#[test]
fn it_is_an_asciicast_of_version_3_and_asciinema_plays_it_or_its_version_2() {
    let site = Site::new();
    let terminal = Terminal::working(
        &site,
        "1 --tty --yes -c 'printf \"\\033[1mgr\\303\\274n\\033[0m\\n\"; sleep 0.3; echo end'",
    );
    terminal.see("Session 1 is with #1");
    let (_, events, text) = cast(&site);
    assert!(shown(&events).contains("\x1b[1mgrün\x1b[0m\r\n"), "{events:?}");
    assert_version_3(&text);
    let version = Command::new("asciinema").arg("--version").output().expect("tests/install");
    // format 3 is known from version 3 on
    let knows_3 = String::from_utf8_lossy(&version.stdout).contains("asciinema 3");
    std::fs::write(site.path("terminal.cast"), if knows_3 { text } else { as_version_2(&text) }).unwrap();
    // in a terminal, as it wants one; what it plays is what was shown
    let player =
        Terminal::of(&site, &format!("asciinema play -s 2 {}", site.path("terminal.cast").display()));
    player.see("ended 0");
    assert!(player.coloured().contains("\x1b[1mgrün"), "{}", player.coloured());
    assert!(player.text().starts_with("grün\nend\n"), "{}", player.text());
}

/// What the terminal is, in a window whose program does not look after it as an interactive shell would.
const MODES: &str =
    "stty -a | tr ' ;' '\\n\\n' | grep -xE -e '-?(icanon|echo|isig|opost|icrnl)' | tr '\\n' ' '";

#[test]
fn a_recorder_that_is_killed_leaves_the_terminal_as_it_was() {
    let site = Site::new();
    let config = site.path("trackle.toml");
    let command = format!(
        "{MODES}; trackle --config '{}' work 1 --tty; until stty -a | grep -q ' icanon'; do sleep 0.1; done; {MODES}",
        config.display()
    );
    let terminal = Terminal::of(&site, &command);
    terminal.see("Trackle #1");
    terminal.type_line("echo he''re > made; sleep 1000");
    let start = site.left()[0].join("session.json");
    let begun = std::time::Instant::now();
    while !site.path("etc/made").exists() {
        assert!(begun.elapsed().as_secs() < 60);
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let start: Value = serde_json::from_slice(&std::fs::read(start).unwrap()).unwrap();
    let recorder = start["recorder"][0].as_i64().unwrap();
    kill_process(Pid::from_raw(i32::try_from(recorder).unwrap()).unwrap(), Signal::KILL).unwrap();
    let shown = terminal.see("ended ");
    assert!(shown.contains("Trackle's recorder was killed; `trackle recover` files"), "{shown}");
    assert_eq!(shown.matches("icrnl opost isig icanon echo").count(), 2, "{shown}");
    // its shell is gone with its terminal, and nothing of what it did
    while crate::site::err(&site.run(&["recover"])).contains("still works in it") {
        assert!(begun.elapsed().as_secs() < 60);
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!(crate::site::changes(&site.session(1).unwrap()).contains(&"Created made".to_owned()));
}

#[test]
fn without_a_terminal_it_says_so_and_nothing_runs() {
    let site = Site::new();
    let output = site.work("touch ran", &["--tty"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("there is no terminal whose screen --tty could record"), "{told}");
    assert!(!output.status.success() && !site.path("etc/ran").exists() && site.left().is_empty());
}
