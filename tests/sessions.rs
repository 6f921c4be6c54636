//! Sessions on the machine, by the program as people start it: what `sessions`, `session show`, `blame`, `drift` and `redact`
//! print, and their exit codes. The patch of a session is applied by patch(1), both ways.

// the kit of an integration test is test code too, but clippy sees only the functions marked so
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "stories/town/recorded.rs"]
mod recorded;
#[path = "machine/site.rs"]
mod site;

use recorded::Work;
use serde_json::Value;
use site::Site;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use trackle::config::Config;
use trackle::model::session::Worker;
use trackle::model::ticket::Number;
use trackle::pipeline::session::{self, Arrival};
use trackle::store::Guest;
use trackle::{daemon, machine};

const MAIL: &[u8] = b"From: Bob <bob@example.net>\r\nTo: help@example.org\r\nSubject: Backup\r\n\
                      Message-ID: <1@example.net>\r\n\r\nIt is not mounted.\r\n";

impl Site {
    /// One with an open ticket.
    fn new() -> Site {
        let site = Site::configured("[policy]\nconfirm_tickets = false\n");
        site.takes(&[MAIL]);
        site
    }

    #[track_caller]
    fn run(&self, words: &[&str]) -> Done {
        Done::of(&self.command(words).current_dir(self.dir.path()).output().unwrap())
    }

    /// Files a session of Ann's with the ticket, on this host.
    fn file(&self, mut work: Work) {
        work.session.host = machine::host();
        let config = Config::read(&self.path("trackle.toml")).unwrap();
        let house = daemon::house(&config).unwrap();
        let member = &house.robot.members[0];
        let worker = Worker { address: member.address.clone(), name: "Ann".into() };
        let Work { session, contents } = &work;
        let arrival = Arrival {
            session,
            contents,
            worker: &worker,
            proof: "console",
            intake: None,
            is_redacted: false,
        };
        let now = session.ended;
        let mut guest = Guest::open(&config.robot.state).unwrap();
        guest.transact(|tx| session::file(tx, &house, arrival, Number(1), now)).unwrap().unwrap();
    }
}

/// In which manner a log was read, as the event has it.
fn how(event: &Value) -> &str {
    assert!(event["actor"].as_str().is_some_and(|who| who.starts_with("console, uid ")), "{event}");
    assert_eq!(event["detail"]["session"], 1, "{event}");
    event["detail"]["how"].as_str().unwrap()
}

struct Done {
    code: i32,
    out: String,
    err: String,
}

impl Done {
    fn of(output: &Output) -> Done {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Done { code: output.status.code().unwrap(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {} {}", self.out, self.err))
    }

    #[track_caller]
    fn says(&self, words: &str) {
        assert!(self.out.contains(words), "{words:?} is missing in:\n{}{}", self.out, self.err);
    }
}

fn at(minute: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_780_000_000 + minute * 60).unwrap()
}

/// Shows T084, T087, T088: the log on the screen, for programs and as a patch.
#[test]
fn a_log_is_listed_shown_and_applied() {
    let site = Site::new();
    let none = site.run(&["sessions"]);
    assert_eq!((none.code, none.out.as_str()), (1, ""));
    let (old, new) = ("one\ntwo\nthree\n", "one\n2\nthree\nfour\n");
    let work = Work::before(at(0))
        .remark("Not mounted.")
        .typed("vi /etc/x.conf")
        .file("/etc/x.conf", Some(old), Some(new))
        .file("/etc/new file", None, Some("new"))
        .file("/etc/gone", Some("gone\n"), None)
        .file("/etc/hidden", Some("a\n"), Some("b\n"))
        .but(|change| change.shown = false);
    site.file(work);
    let listed = site.run(&["sessions", "--ticket", "1"]);
    assert_eq!(listed.code, 0);
    listed.says(&format!("root@{}", machine::host()));
    assert_eq!(site.run(&["sessions", "--json"]).json()[0]["files"], 4);
    let shown = site.run(&["session", "show", "1"]);
    for words in [
        "session 1 of #1: Ann worked on",
        "1  ",
        "vi /etc/x.conf",
        "-two\n+2\n",
        "1 not shown; --all shows them",
    ] {
        shown.says(words);
    }
    assert!(!shown.out.contains("+b\n") && !shown.out.contains('\u{1b}'), "{}", shown.out);
    site.run(&["session", "show", "1", "--all"]).says("+b\n");
    let one = site.run(&["session", "show", "1", "/etc/gone"]);
    assert!(one.out.contains("-gone\n") && !one.out.contains("+2\n"), "{}", one.out);
    assert_eq!(site.run(&["session", "show", "1"]).out, shown.out);
    assert_eq!(site.run(&["session", "show", "1", "--json"]).json()["session"]["remark"], "Not mounted.");
    assert_eq!(site.run(&["session", "show", "9"]).code, 1);
    // patch(1) makes of the old what the new was, and back
    let tree = site.path("tree");
    fs::create_dir_all(tree.join("etc")).unwrap();
    let put = |name: &str, text: &str| fs::write(tree.join(name), text).unwrap();
    put("etc/x.conf", old);
    put("etc/gone", "gone\n");
    put("etc/hidden", "a\n");
    let patch = site.command(&["session", "show", "1", "--patch"]).output().unwrap().stdout;
    apply(&tree, &patch, &[]);
    let read = |name: &str| fs::read_to_string(tree.join(name)).ok();
    assert_eq!(read("etc/x.conf").as_deref(), Some(new));
    assert_eq!((read("etc/new file").as_deref(), read("etc/gone")), (Some("new"), None));
    assert_eq!(read("etc/hidden").as_deref(), Some("b\n"));
    apply(&tree, &patch, &["-R"]);
    assert_eq!((read("etc/x.conf").as_deref(), read("etc/new file")), (Some(old), None));
}

fn apply(tree: &Path, patch: &[u8], also: &[&str]) {
    let mut command = Command::new("patch");
    command.args(["-p1", "-s", "-f"]).args(also).current_dir(tree).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).spawn().expect("patch(1)");
    child.stdin.take().unwrap().write_all(patch).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(
        done.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(patch)
    );
}

/// Shows T085, T173: which sessions changed a file, and what changed without one.
/// Shows T014: from a file to its sessions, and to their tickets.
#[test]
fn what_changed_without_a_session_is_found() {
    let site = Site::new();
    let file = site.path("app.conf");
    let path = file.to_str().unwrap();
    site.file(Work::before(at(0)).id("a").file(path, Some("one\n"), Some("two\n")));
    site.file(Work::before(at(60)).id("b").file(path, Some("two\n"), Some("three\n")));
    fs::write(&file, "three\n").unwrap();
    let own = std::os::unix::fs::MetadataExt::uid(&fs::metadata(&file).unwrap());
    let blame = site.run(&["blame", "app.conf"]);
    assert_eq!((blame.code, blame.out.lines().count()), (0, 3), "{}", blame.out);
    assert_eq!(site.run(&["blame", path, "--json"]).json()[1]["session"]["number"], 2);
    let nobody = site.run(&["blame", "/etc/nobody"]);
    assert_eq!((nobody.code, nobody.err.as_str()), (1, "trackle: no session changed /etc/nobody\n"));
    if own == 0 {
        let still = site.run(&["drift", path]);
        assert_eq!(still.code, 0, "{}{}", still.out, still.err);
        still.says("1 file of");
    }
    // somebody edits it by hand, and the next session finds it so
    fs::write(&file, "four\n").unwrap();
    let now = site.run(&["drift", site.dir.path().to_str().unwrap()]);
    assert_eq!(now.code, 1);
    now.says("content");
    now.says("after session 2 of #1, until today");
    site.file(Work::before(at(120)).id("c").file(path, Some("four\n"), Some("five\n")));
    fs::write(&file, "five\n").unwrap();
    let found = site.run(&["drift", "--json", path]).json();
    assert_eq!((&found[0]["before"]["number"], &found[0]["after"]["number"]), (&3.into(), &2.into()));
    fs::remove_file(&file).unwrap();
    site.run(&["drift", "--today", path]).says("gone");
}

#[test]
fn a_log_is_edited_and_redacted_in_a_members_name() {
    let site = Site::new();
    let work = Work::before(at(0)).typed("unlock Summer-in-Kiruna").file(
        "/etc/x.conf",
        None,
        Some("phrase Summer-in-Kiruna\npassword = hunter2hunter2\n"),
    );
    site.file(work);
    assert_eq!(site.run(&["session", "hide", "1", "x.conf", "--as", "ann"]).code, 0);
    site.run(&["session", "show", "1"]).says("1 not shown");
    let again = site.run(&["session", "hide", "1", "x.conf", "--as", "ann"]);
    assert_eq!((again.code, again.err.as_str()), (1, "trackle: session 1 shows it so already\n"));
    assert_eq!(site.run(&["session", "reveal", "1", "/etc/", "--as", "ann"]).code, 0);
    let withheld = site.run(&["session", "show", "1", "--withheld"]);
    withheld.says("/etc/x.conf  taken out: ");
    assert_eq!(site.run(&["redact", "1", "no such words", "--as", "ann"]).code, 1);
    fs::create_dir(site.path("backups")).unwrap();
    fs::write(site.path("backups/other.backup"), "none of ours").unwrap();
    assert_eq!(site.run(&["backup", "backups/before.backup"]).code, 0);
    let mut child = site.command(&["redact", "1", "-", "--as", "ann", "--backups", "backups"]);
    child.current_dir(site.dir.path());
    let child = &mut child;
    let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"Summer-in-Kiruna\n").unwrap();
    let done = Done::of(&child.wait_with_output().unwrap());
    done.says("session 1: taken out at ");
    done.says("held back: the letter session_log to team@example.org");
    done.says("still there: the backup backups/before.backup has it; delete it\n");
    done.says("look there too: the backup backups/other.backup: ");
    assert!(!done.out.contains("the log beside the database"), "{}", done.out);
    let shown = site.run(&["session", "show", "1", "--all"]).out;
    assert!(!shown.contains("Kiruna") && shown.contains("«redacted:by-hand»"), "{shown}");
    assert_eq!(site.run(&["redact", "1", "[", "--regex", "--as", "ann"]).code, 65);
    let unnamed = site.run(&["redact", "1", "--file", "/etc/x.conf", "--as", "ann"]);
    assert_eq!(unnamed.code, 0);
    unnamed.says("backups that were made before still have it: --backups DIR names them");
    site.run(&["session", "show", "1", "--withheld"]).says("content withheld: redacted by hand");
    // who looked at it, and how, stands in the ticket's log: once a day for each manner
    site.run(&["session", "show", "1", "--patch"]);
    let events = site.run(&["log", "1", "--json"]).json();
    let reads: Vec<&str> =
        events.as_array().unwrap().iter().filter(|e| e["what"] == "read").map(how).collect();
    assert_eq!(reads, ["shown", "what was withheld", "shown with what is hidden", "exported as a patch"]);
    let audit = site.run(&["audit"]);
    assert_eq!(audit.code, 0, "{}{}", audit.out, audit.err);
}
