//! The program as people start it: what the console commands print, and their exit codes. Each test has a directory of
//! its own with a configuration that needs no server.

// what only tests use is a test too, but clippy sees only the functions marked so
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "cli/init.rs"]
mod init;
#[path = "machine/site.rs"]
mod site;

use jiff::Timestamp;
use serde_json::Value;
use site::Site;
use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use trackle::model::address::Address;
use trackle::store::Store;
use trackle::store::events::{Cause, Event};
use trackle::store::reach::Suspension;

impl Site {
    fn new() -> Site {
        Site::configured("")
    }

    /// One whose daemon ran once, over these mails.
    fn after(mails: &[&[u8]]) -> Site {
        let site = Site::new();
        site.takes(mails);
        site
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }
}

/// The program without a site.
fn trackle(words: &[&str]) -> Output {
    site::trackle().args(words).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {output:?}"))
}

const REQUEST: &[u8] =
    b"From: Bob <bob@example.net>\r\nTo: help@example.org\r\nSubject: Printer \x1b]0;x\r\nMessage-ID: <1@example.net>\r\n\r\nIt smokes.\r\n";

#[test]
fn mails_are_explained_to_programs_without_any_configuration() {
    let dir = tempfile::tempdir().unwrap();
    let name = |n: &str| dir.path().join(n).to_str().unwrap().to_owned();
    fs::write(name("a.eml"), REQUEST).unwrap();
    fs::write(name("empty.eml"), "\n").unwrap();
    fs::write(name("body.txt"), "yes\n\n> really?\n").unwrap();
    let explained = trackle(&[
        "explain",
        "--json",
        &name("a.eml"),
        &name("none.eml"),
        &name("empty.eml"),
        &name("a.eml"),
    ]);
    assert_eq!(code(&explained), 1);
    let lines: Vec<Value> = out(&explained).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        (&lines[1]["path"], &lines[1]["from"]),
        (&Value::from(name("a.eml")), &Value::from("bob@example.net"))
    );
    assert!(
        err(&explained).contains("none.eml: No such file") && err(&explained).contains("the mail is empty")
    );
    let body = trackle(&["explain", "--json", "--body", &name("body.txt")]);
    assert_eq!((code(&body), &json(&body)["new_text"]), (0, &Value::from("yes")));
}

#[test]
fn the_whole_sentence_is_explained_and_nothing_is_left_behind() {
    let site = Site::new();
    fs::write(site.path("a.eml"), REQUEST).unwrap();
    let mail = site.path("a.eml");
    let explained = site.run(&["explain", mail.to_str().unwrap()]);
    let text = out(&explained);
    assert_eq!(code(&explained), 0, "{explained:?}");
    for words in [
        "read ",
        "identify  bob@example.net, proof: none",
        "route     a new ticket",
        "write     confirm_ticket -> bob",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    assert!(!text.contains('\u{1b}'));
    assert!(err(&explained).contains("first mail ever"));
    assert!(!site.path("state").exists());

    let site = Site::after(&[REQUEST]);
    fs::write(site.path("a.eml"), REQUEST).unwrap();
    let mail = site.path("a.eml");
    let _daemon = Store::open(&site.path("state")).unwrap();
    let again = out(&site.run(&["explain", mail.to_str().unwrap()]));
    assert!(again.contains("duplicate: the same mail as 1"), "{again}");
    let alone = out(&site.run(&["explain", "--alone", mail.to_str().unwrap()]));
    assert!(alone.contains("opened unconfirmed"), "{alone}");
}

#[test]
fn an_empty_site_is_well() {
    let site = Site::after(&[]);
    let audit = site.run(&["audit"]);
    assert_eq!(code(&audit), 0, "{audit:?}");
    assert!(out(&audit).starts_with("mails    0 = 0 applied + "));
    assert_eq!(json(&site.run(&["audit", "--json"]))["broken"], Value::Array(vec![]));
    let status = site.run(&["status", "--json"]);
    assert_eq!((code(&status), &json(&status)["running"]), (0, &Value::from(false)));
    assert_eq!(json(&site.run(&["list", "--json"])), Value::Array(vec![]));
    assert_eq!(out(&site.run(&["list"])), "no tickets\n");
    let missing = site.run(&["show", "#7"]);
    assert_eq!((code(&missing), err(&missing).as_str()), (1, "trackle: there is no ticket #7\n"));
}

#[test]
fn what_one_run_leaves_for_later_is_said() {
    let site = Site::after(&[REQUEST]);
    let db = rusqlite::Connection::open(site.path("state/trackle.db")).unwrap();
    db.execute_batch("UPDATE intake SET state = 'new', due = unixepoch() + 60").unwrap();
    drop(db);
    let served = site.run(&["serve", "--once", "--quiet"]);
    assert_eq!((code(&served), err(&served).as_str()), (75, "trackle: 1 mail waits for another try\n"));
}

/// Shows T029, T051, T068, T114.
#[test]
fn a_ticket_is_shown_with_its_mail() {
    let site = Site::after(&[REQUEST]);
    let shown = json(&site.run(&["show", "1", "--json"]));
    assert_eq!(
        (&shown["state"], &shown["thread"][0]["text"]),
        (&Value::from("unconfirmed"), &Value::from("It smokes."))
    );
    assert_eq!(json(&site.run(&["list", "--state", "all", "--json"])), Value::Array(vec![]));
    assert!(out(&site.run(&["show", "1"])).contains("bob@example.net (none)"));
    assert_eq!(site.run(&["show", "1", "--raw", "1"]).stdout, REQUEST);
    assert_eq!(code(&site.run(&["show", "1", "--raw", "2"])), 1);
}

#[test]
fn people_are_shown_with_what_reaches_them_and_let_in_again() {
    let site = Site::after(&[REQUEST]);
    let people = json(&site.run(&["people", "--json"]));
    let bob = people.as_array().unwrap().iter().find(|p| p["address"] == "bob@example.net").unwrap();
    assert_eq!(
        (&bob["confirmed"], &bob["suspended"], &bob["score"]),
        (&Value::Null, &Value::Null, &Value::from(0.0))
    );
    assert!(out(&site.run(&["people", "bob@example.net"])).contains("arrives"));
    assert_eq!(code(&site.run(&["people", "eve@example.net"])), 1);
    assert_eq!(code(&site.run(&["people", "nobody"])), 65);
    assert_eq!(code(&site.run(&["people", "clear", "bob@example.net"])), 1, "he is not suspended");
    let address = Address::parse("bob@example.net").unwrap();
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    let by = Cause { actor: "trackle".into(), proof: "none".into(), intake: None, now };
    let mut store = Store::open(&site.path("state")).unwrap();
    assert!(store.transact(|tx| tx.suspend(&address, Suspension::Bounces, &by)).unwrap());
    drop(store);
    assert!(out(&site.run(&["people"])).contains("suspended for"));
    assert_eq!(out(&site.run(&["people", "clear", "Bob@Example.net"])), "Bob@Example.net gets news again\n");
    assert!(out(&site.run(&["people", "bob@example.net"])).contains("arrives"));
}

/// Shows T033, T060.
#[test]
fn what_happened_is_told_with_its_reasons() {
    let site = Site::after(&[REQUEST]);
    let log = json(&site.run(&["log", "#1", "--json"]));
    let words: Vec<&str> = log.as_array().unwrap().iter().map(|e| e["what"].as_str().unwrap()).collect();
    assert_eq!(words, ["opened", "asked"]);
    assert_eq!((&log[0]["mail"], &log[0]["message_id"]), (&Value::from(1), &Value::from("1@example.net")));
    assert!(out(&site.run(&["log", "1"])).contains("bob@example.net  none   mail 1"));
    assert_eq!(code(&site.run(&["log", "2"])), 1);

    for asked in [&["why", "<1@example.net>"][..], &["why", "1@example.net"], &["why", "mail", "1"]] {
        let told = out(&site.run(asked));
        for words in ["end      applied", "why      opened unconfirmed", "opened", "confirm_ticket", "sent "]
        {
            assert!(told.contains(words), "{words} in {told}");
        }
        assert!(!told.contains('\u{1b}'));
    }
    let why = json(&site.run(&["why", "mail", "1", "--json"]));
    let letter = why["mails"][0]["letters"][0]["message_id"].as_str().unwrap().to_owned();
    let told = json(&site.run(&["why", &letter, "--json"]));
    assert_eq!(
        (&told["letters"][0]["state"], &told["letters"][0]["cause"]["mail"]),
        (&Value::from("sent"), &Value::from(1))
    );
    assert!(out(&site.run(&["why", &letter])).contains("sent 20"));
    for (asked, wanted) in [
        (&["why", "2@example.net"][..], 1),
        (&["why", "mail", "7"], 1),
        (&["why", "mail", "x"], 65),
        (&["why", "no id"], 65),
        (&["why", "a@b", "c@d"], 65),
    ] {
        assert_eq!(code(&site.run(asked)), wanted, "{asked:?}");
    }
}

/// Shows T051.
#[test]
fn a_search_finds_what_is_confirmed_only() {
    let site = Site::after(&[REQUEST]);
    let none = site.run(&["search", "printer"]);
    assert_eq!((code(&none), err(&none).as_str()), (1, "trackle: nothing found\n"));
    let db = rusqlite::Connection::open(site.path("state/trackle.db")).unwrap();
    db.execute("UPDATE ticket SET state = 'open'", []).unwrap();
    let found = json(&site.run(&["search", "smokes", "PRINTER", "--json"]));
    assert_eq!((&found[0]["number"], &found[0]["snippet"]), (&1.into(), &"It smokes.".into()));
    assert!(out(&site.run(&["search", "smokes"])).starts_with("#1  open  Printer"));
    assert_eq!(code(&site.run(&["search", "title:", "OR"])), 1);
}

#[test]
fn mail_that_was_set_aside_has_its_reason_too() {
    let two: &[u8] = b"From: Bob <bob@example.net>\r\nMessage-ID: <2@example.net>\r\nAuto-Submitted: auto-replied\r\n\r\nx\r\n";
    let site = Site::after(&[b" \n", two]);
    let ignored = out(&site.run(&["why", "2@example.net"]));
    assert!(ignored.contains("end      ignored") && ignored.contains("kind     "), "{ignored}");
    let told = [1, 2].map(|mail| out(&site.run(&["why", "mail", &mail.to_string()])));
    assert!(told.iter().any(|t| t.contains("end      quarantined") && t.contains("no usable Message-ID")));
}

#[test]
fn letters_that_people_keep_hold_the_history_to_account() {
    let site = Site::after(&[REQUEST]);
    let kept =
        fs::read_dir(site.path("out")).unwrap().map(|e| e.unwrap().path()).find(|p| p.is_dir()).unwrap();
    let kept = kept.to_str().unwrap().to_owned();
    let verify = || site.run(&["verify", "--maildir", &kept, "--json"]);
    let well = verify();
    assert_eq!(
        (code(&well), &json(&well)["letters"], &json(&well)["without_mark"]),
        (0, &1.into(), &0.into())
    );
    assert!(out(&site.run(&["verify", "--maildir", &kept])).contains("fits every letter"));
    assert_eq!(code(&site.run(&["verify"])), 2);
    assert_eq!(code(&site.run(&["verify", "--mbox", "/nonexistent"])), 1);

    // somebody changes an event and makes the chain anew: the laws hold, the letter does not fit
    rewrite(&site, "eve@example.net");
    assert_eq!(code(&site.run(&["audit"])), 0);
    let bent = verify();
    assert_eq!(code(&bent), 1);
    assert!(out(&bent).contains("is not what it was then"), "{bent:?}");
    rewrite(&site, "bob@example.net");
    assert_eq!(code(&verify()), 0);

    // an archive with the letter, somebody else's mail, and a letter that was never written
    let file = fs::read_dir(format!("{kept}/new")).unwrap().next().unwrap().unwrap().path();
    let letter = fs::read_to_string(file).unwrap();
    let (id, _) = letter.split_once("Message-ID: <").unwrap().1.split_once('@').unwrap();
    let forged = letter.replace(id, "trk.1.9.aaaaaaaaaaaaa");
    fs::write(
        site.path("archive"),
        format!("From a\n{letter}\nFrom b\nSubject: hi\n\n.\n\nFrom c\n{forged}"),
    )
    .unwrap();
    let archive = site.run(&["verify", "--mbox", site.path("archive").to_str().unwrap(), "--json"]);
    let found = json(&archive);
    assert_eq!((code(&archive), &found["mails"], &found["letters"]), (1, &3.into(), &2.into()));
    assert_eq!(found["wrong"].as_array().unwrap().len(), 1);
    assert!(found["wrong"][0].as_str().unwrap().contains("none such"), "{found}");
}

/// Changes who did it, and makes the chain of events anew over that.
fn rewrite(site: &Site, actor: &str) {
    let db = rusqlite::Connection::open(site.path("state/trackle.db")).unwrap();
    db.execute_batch("DROP TRIGGER IF EXISTS event_stays").unwrap();
    let mut before = vec![0; 32];
    let events: Vec<Event> = db
        .prepare("SELECT seq, ticket, at, proof, intake, line, what, detail FROM event ORDER BY seq")
        .unwrap()
        .query_map([], |row| {
            Ok(Event {
                seq: row.get(0)?,
                ticket: row.get(1)?,
                at: Timestamp::from_second(row.get(2)?).unwrap(),
                actor: actor.to_owned(),
                proof: row.get(3)?,
                intake: row.get(4)?,
                line: row.get(5)?,
                what: row.get(6)?,
                detail: row.get(7)?,
            })
        })
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for event in events {
        before = event.hash(&before).to_vec();
        db.execute(
            "UPDATE event SET actor = ?2, hash = ?3 WHERE seq = ?1",
            rusqlite::params![event.seq, event.actor, before],
        )
        .unwrap();
    }
}

#[test]
fn mail_in_quarantine_calls_a_person_who_works_beside_the_daemon() {
    let site = Site::after(&[b" \n", b"\n\n"]);
    assert_eq!(code(&site.run(&["status"])), 1);
    let listed = json(&site.run(&["quarantine", "list", "--json"]));
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["state"]), (2, &Value::from("quarantined")));
    let one = listed[0]["mail"].to_string();
    let two = listed[1]["mail"].to_string();
    assert!(out(&site.run(&["quarantine", "show", &one])).contains("why    it cannot be read"));
    let raw = [&one, &two].map(|mail| site.run(&["quarantine", "show", mail, "--raw"]).stdout);
    assert!(raw.contains(&b" \n".to_vec()) && raw.contains(&b"\n\n".to_vec()));

    let daemon = Store::open(&site.path("state")).unwrap();
    assert_eq!(json(&site.run(&["status", "--json"]))["running"], true);
    let dropped = site.run(&["quarantine", "drop", &one, "--reason", "empty"]);
    assert_eq!((code(&dropped), out(&dropped).as_str()), (0, "1 mail closed\n"));
    let both = site.run(&["quarantine", "retry", &two, &one]);
    assert_eq!(code(&both), 1);
    assert!(err(&both).contains("is not set aside: it is ignored"));
    let retried = site.run(&["quarantine", "retry", &two]);
    assert_eq!((code(&retried), out(&retried).as_str()), (0, "1 mail: handled again within a minute\n"));
    drop(daemon);
    assert_eq!(code(&site.run(&["status"])), 0);
    assert_eq!(code(&site.run(&["audit"])), 0);
    assert!(site.run(&["serve", "--once", "--quiet"]).status.success());
    assert_eq!(json(&site.run(&["quarantine", "list", "--json"]))[0]["mail"].to_string(), two);
}

#[test]
fn a_wrong_configuration_is_told_with_its_line_and_field() {
    let site = Site::new();
    fs::write(site.path("trackle.toml"), "[robot]\naddress = \"help@example.org\"\nnam = \"x\"\n").unwrap();
    for words in [&["list"][..], &["status"], &["audit"], &["check"], &["explain", "x"]] {
        let told = site.run(words);
        assert_eq!(code(&told), 78, "{words:?}");
        assert!(err(&told).contains("trackle.toml line 3: robot.nam"), "{}", err(&told));
    }
    let missing = trackle(&["--config", "/nonexistent.toml", "list"]);
    assert_eq!(code(&missing), 78);
}

#[test]
fn a_check_tries_everything_and_makes_nothing() {
    let site = Site::new();
    let tried = site.run(&["check", "--json"]);
    assert_eq!(code(&tried), 0, "{tried:?}");
    let found = json(&tried);
    let verdict = |item: &str| {
        let of_item = found.as_array().unwrap().iter().filter(|c| c["item"] == item);
        of_item.map(|c| c["verdict"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(verdict("database"), ["ok"]);
    assert_eq!(
        (verdict("mailbox"), verdict("courier")),
        (vec!["warning".to_owned()], vec!["warning".to_owned()])
    );
    assert!(!site.path("state").exists() && !site.path("in").exists() && !site.path("out").exists());

    let config = fs::read_to_string(site.path("trackle.toml")).unwrap();
    let (rest, _) = config.split_once("[[mailbox]]").unwrap();
    // a port that nobody listens on
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = format!("host = \"127.0.0.1\"\nport = {port}\nsecurity = \"plain\"\n");
    let ends = format!(
        "[[mailbox]]\nkind = \"imap\"\nuser = \"help\"\npassword_env = \"NO_SUCH_SECRET\"\n{server}[courier]\nkind = \"smtp\"\n{server}"
    );
    fs::write(site.path("trackle.toml"), format!("{rest}{ends}")).unwrap();
    let tried = site.run(&["check", "--json"]);
    assert_eq!(code(&tried), 1);
    let found = json(&tried);
    let wrong: Vec<&Value> = found.as_array().unwrap().iter().filter(|c| c["verdict"] == "wrong").collect();
    assert!(wrong[0]["text"].as_str().unwrap().contains("NO_SUCH_SECRET is not set"), "{found}");
    assert_eq!((wrong.len(), &wrong[1]["item"]), (2, &Value::from("courier")));
}

#[test]
fn how_open_the_robot_stands_is_one_figure_with_a_threshold() {
    let site = Site::after(&[REQUEST]);
    let rights =
        |name: &str, mode| fs::set_permissions(site.path(name), Permissions::from_mode(mode)).unwrap();
    let looked = || {
        let tried = site.run(&["check", "--security", "--json", "--threshold", "8"]);
        (code(&tried), json(&tried))
    };
    let of = |found: &Value, item: &str| {
        let rows = found["rows"].as_array().unwrap().iter().filter(|row| row["item"] == item);
        rows.map(|row| row["exposure"].as_f64().unwrap()).fold(0.0, f64::max)
    };
    let (ended, shut) = looked();
    assert_eq!((ended, &shut["unseen"], of(&shut, "key")), (0, &Value::from(0), 0.0), "{shut:#}");
    for (dir, mode) in [("", 0o755), ("state", 0o755), ("state/seal.key", 0o644)] {
        rights(dir, mode);
    }
    let (ended, open) = looked();
    assert_eq!((ended, &open["word"], of(&open, "key")), (1, &Value::from("UNSAFE"), 0.9), "{open:#}");
    let told = out(&site.run(&["check", "--security"]));
    let key = site.path("state/seal.key");
    assert!(
        told.contains(&format!("can be read by anybody (mode 644): chmod go-rwx {}", key.display())),
        "{told}"
    );
    assert!(!told.contains('\u{1b}'));
    // what is said to be done mends it
    rights("state/seal.key", 0o600);
    rights("state", 0o700);
    assert_eq!((looked().0, &looked().1["exposure"]), (0, &shut["exposure"]));
    assert_eq!(code(&site.run(&["check", "--security", "--threshold", "0"])), 1);
    assert_eq!(code(&site.run(&["check", "--threshold", "1"])), 2, "a threshold of what?");
}

#[test]
fn the_process_that_serves_is_looked_at_and_leaves_no_core_file() {
    let site = Site::new();
    let mut daemon = site.command(&["serve", "--quiet"]).stderr(Stdio::null()).spawn().unwrap();
    let rows = || json(&site.run(&["check", "--security", "--json"]))["rows"].as_array().unwrap().clone();
    let about = |rows: &[Value], item: &str| {
        let found = rows.iter().filter(|row| row["item"] == item);
        found.map(|row| row["state"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let mut seen = rows();
    for _ in 0..200 {
        if about(&seen, "core dumps") == ["a crash leaves none"] {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
        seen = rows();
    }
    daemon.kill().unwrap();
    daemon.wait().unwrap();
    assert_eq!(about(&seen, "core dumps"), ["a crash leaves none"]);
    let pid = format!("process {} ", daemon.id());
    assert!(about(&seen, "sandbox").iter().all(|state| state.starts_with(&pid)), "{seen:#?}");
}

#[test]
fn a_broken_letter_is_told_and_does_not_stop_the_robot() {
    let site = Site::new();
    let config = fs::read_to_string(site.path("trackle.toml")).unwrap();
    let robot = "[robot]\nletters = \"letters\"\nlanguage = \"de\"\n";
    fs::write(site.path("trackle.toml"), config.replace("[robot]\n", robot)).unwrap();
    fs::create_dir_all(site.path("letters/fr")).unwrap();
    let letters = || -> Vec<String> {
        let found = json(&site.run(&["check", "--json"]));
        let of_letters = found.as_array().unwrap().iter().filter(|c| c["item"] == "letters");
        of_letters
            .map(|c| format!("{}: {}", c["verdict"].as_str().unwrap(), c["text"].as_str().unwrap()))
            .collect()
    };
    assert!(letters()[0].ends_with("in the reader's language where it is one of en, de"), "{:?}", letters());
    fs::write(site.path("letters/fr/left.txt"), "Fin {{ ticket }}\n\nAu revoir.\n").unwrap();
    assert!(letters()[0].ends_with("one of en, de, fr"), "{:?}", letters());
    fs::write(site.path("letters/fr/help.txt"), "Aide\n\n{{ verbes }}\n").unwrap();
    assert_eq!(code(&site.run(&["check"])), 1);
    let told = letters();
    assert_eq!(told.len(), 1);
    assert!(
        told[0].starts_with("wrong: not used: fr/help.txt, line 3: there is no verbes in this letter"),
        "{told:?}"
    );
    fs::create_dir_all(site.path("in/new")).unwrap();
    let served = site.run(&["serve", "--once"]);
    assert_eq!(code(&served), 0);
    assert!(err(&served).contains("a letter of this site is not used: fr/help.txt"), "{}", err(&served));
    fs::remove_file(site.path("letters/fr/help.txt")).unwrap();
    fs::write(site.path("trackle.toml"), config.replace("[robot]\n", &robot.replace("de", "pl"))).unwrap();
    assert!(letters()[0].starts_with("warning: there are none in pl"), "{:?}", letters());
}

#[test]
fn limits_pages_and_completions_need_nothing() {
    let limits = json(&trackle(&["limits", "--json"]));
    assert_eq!(limits[0]["name"], "mail_bytes");
    assert!(limits.as_array().unwrap().iter().all(|l| !l["why"].as_str().unwrap().is_empty()));
    let bare = trackle(&["limits"]);
    assert!(
        out(&bare).starts_with("mail_bytes") && err(&bare).contains("these are the defaults"),
        "{bare:?}"
    );
    let perms = json(&trackle(&["perms", "--json"]));
    assert_eq!(perms["classes"].as_array().unwrap().len(), 6);
    assert_eq!(perms["commands"].as_array().unwrap().len(), trackle::command::TABLE.len());
    assert!(out(&trackle(&["completions", "bash"])).contains("quarantine"));
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(code(&trackle(&["man", dir.path().to_str().unwrap()])), 0);
    let page = fs::read_to_string(dir.path().join("trackle.1")).unwrap();
    assert!(page.contains(".SH \"COMMANDS BY MAIL\"") && page.contains("\\fBtake [12 …]\\fR"), "{page}");
    let page = fs::read_to_string(dir.path().join("trackle-quarantine-retry.1")).unwrap();
    assert!(page.contains("Handle mails again"), "{page}");
}

#[test]
fn limits_are_those_that_are_in_force() {
    let site = Site::new();
    let limit = |name: &str| {
        let all = json(&site.run(&["limits", "--json"]));
        let found = all.as_array().unwrap().iter().find(|limit| limit["name"] == name).unwrap().clone();
        (found["value"].clone(), found["default"].clone())
    };
    let said = [
        ("automatic_per_day", 7, 10),
        ("mails_per_sender_hour", 8, 60),
        ("confirmations_per_hour", 9, 2_000),
        ("letters_per_hour", 11, 20_000),
        ("mails_per_hour", 12, 2_000),
        ("mails_per_sender_day", 13, 300),
        ("tickets_per_sender_hour", 14, 10),
        ("news_per_ticket_hour", 15, 60),
        ("reopens_per_hour", 16, 3),
        ("wrong_codes_per_hour", 17, 10),
        ("mail_bytes", 1_048_576, 26_214_400),
        ("command_hours", 24, 48),
    ];
    said.iter()
        .for_each(|(name, _, default)| assert_eq!(limit(name), ((*default).into(), (*default).into())));
    let policy: String = said[..11].iter().map(|(name, value, _)| format!("{name} = {value}\n")).collect();
    let config = fs::read_to_string(site.path("trackle.toml")).unwrap();
    fs::write(
        site.path("trackle.toml"),
        format!("{config}[policy]\n{policy}[identity]\ncommand_age = \"24h\"\n"),
    )
    .unwrap();
    said.iter()
        .for_each(|(name, value, default)| assert_eq!(limit(name), ((*value).into(), (*default).into())));
    let page = site.run(&["limits"]);
    assert!(
        out(&page).contains("Set in the configuration; the default is 20,000.") && err(&page).is_empty(),
        "{page:?}"
    );
    fs::write(site.path("trackle.toml"), "[policy]\nmails = 3\n").unwrap();
    assert_eq!(code(&site.run(&["limits"])), 78);
}

/// Shows T140: as cron runs it, it says and sends nothing when all is well.
#[test]
fn a_digest_with_nothing_to_say_is_silent() {
    let site = Site::after(&[]);
    let owed = site.run(&["digest", "--now"]);
    assert_eq!((code(&owed), out(&owed), err(&owed)), (0, String::new(), String::new()));
    assert!(site.run(&["serve", "--once", "--quiet"]).status.success());
    assert!(!site.path("out/team@example.org").exists());
}

/// Shows T137, T140.
#[test]
fn a_digest_is_shown_and_is_owed_when_asked_for() {
    let site = Site::new();
    assert_eq!(code(&site.run(&["digest", "--now"])), 1);
    let site = Site::after(&[STAFF_REQUEST]);
    let shown = site.run(&["digest"]);
    assert_eq!(code(&shown), 0, "{shown:?}");
    let text = out(&shown);
    assert!(text.starts_with("Digest ") && text.contains(": 1 new, 1 open\n"), "{text}");
    assert!(text.contains("\nNew\n  #1 Toner") && text.contains(" — nobody, just now\n"), "{text}");
    assert!(!text.contains('\u{1b}'));
    let later = out(&site.run(&["digest", "--since", "9000-01-01"]));
    assert!(later.contains(": 0 new, 1 open\n"), "{later}");
    assert_eq!(code(&site.run(&["digest", "--since", "yesterday"])), 2);

    // beside a daemon, and silent
    let daemon = Store::open(&site.path("state")).unwrap();
    let owed = site.run(&["digest", "--now"]);
    assert_eq!((code(&owed), out(&owed), err(&owed)), (0, String::new(), String::new()));
    assert_eq!(daemon.waiting_letters().unwrap(), 1);
    drop(daemon);
    assert!(site.run(&["serve", "--once", "--quiet"]).status.success());
    let letters = fs::read_dir(site.path("out/team@example.org/new")).unwrap();
    let digests = letters.filter(|l| {
        fs::read_to_string(l.as_ref().unwrap().path()).unwrap().contains("X-Trackle-Kind: digest")
    });
    assert_eq!(digests.count(), 1);
    assert_eq!(code(&site.run(&["audit"])), 0);
}

const STAFF_REQUEST: &[u8] =
    b"From: ann@example.org\r\nTo: help@example.org\r\nSubject: Toner\x1b]0;x\r\nMessage-ID: <2@example.org>\r\n\r\nIt is empty.\r\n";

/// A site with one open ticket, #1, and a second member of staff.
fn open_site() -> Site {
    let site = Site::after(&[REQUEST]);
    let config = fs::read_to_string(site.path("trackle.toml")).unwrap();
    let ben = "[[staff.member]]\nlogin = \"ben\"\naddress = \"ben@example.org\"\n[[mailbox]]";
    fs::write(site.path("trackle.toml"), config.replace("[[mailbox]]", ben)).unwrap();
    let db = rusqlite::Connection::open(site.path("state/trackle.db")).unwrap();
    db.execute("UPDATE ticket SET state = 'open'", []).unwrap();
    site
}

/// Shows T061, T063, T064: `trackle note` is a session of no length.
#[test]
fn what_was_done_is_written_down_by_hand() {
    let site = open_site();
    let noted = site.run(&["note", "1", "--as", "ann", "The", "toner was cheap."]);
    assert_eq!((code(&noted), out(&noted).as_str()), (0, "#1: noted; staff are told\n"), "{noted:?}");
    // from standard input, as it is
    let mut piped = site
        .command(&["note", "#1", "--as", "ben", "--public"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    piped.stdin.take().unwrap().write_all(b"= Drum =\n\n  * new\n").unwrap();
    let noted = piped.wait_with_output().unwrap();
    assert_eq!(out(&noted), "#1: noted; staff and followers are told\n");
    let shown = json(&site.run(&["show", "1", "--json"]));
    let thread = shown["thread"].as_array().unwrap();
    assert_eq!(
        (&thread[1]["text"], &thread[1]["staff_only"]),
        (&"The toner was cheap.".into(), &true.into())
    );
    assert_eq!(
        (&thread[2]["text"], &thread[2]["staff_only"]),
        (&"= Drum =\n\n  * new".into(), &false.into())
    );
    assert_eq!((&thread[1]["author"], &shown["lock"]), (&"ann".into(), &Value::Null));
    let event = &shown["history"][3];
    assert_eq!(
        (&event["what"], &event["actor"], &event["proof"]),
        (&"commented".into(), &"ann@example.org".into(), &"console".into())
    );
    // the daemon carries the letters: two to the list, one to the requester
    let served = site.run(&["serve", "--once", "--quiet"]);
    assert!(served.status.success(), "{served:?}");
    assert_eq!(fs::read_dir(site.path("out/team@example.org/new")).unwrap().count(), 2);
    assert_eq!(fs::read_dir(site.path("out/bob@example.net/new")).unwrap().count(), 2);
    assert_eq!(code(&site.run(&["audit"])), 0);
    for (asked, why) in [
        (&["note", "1", "--as", "ann"][..], "no text: nothing was noted"),
        (&["note", "7", "--as", "ann", "x"], "there is no ticket #7"),
        (
            &["note", "1", "--as", "eve", "x"],
            "nobody on staff is called \"eve\": say who you are with --as LOGIN",
        ),
    ] {
        let refused = site.run(asked);
        assert_eq!((code(&refused), err(&refused)), (1, format!("trackle: {why}\n")), "{asked:?}");
    }
}

/// Shows T062: a lock says who has it, and keeps others out until it is given back or broken.
#[test]
fn locks_are_taken_shown_given_back_and_broken() {
    let site = open_site();
    assert_eq!(out(&site.run(&["lock"])), "nobody works on a ticket\n");
    let none = site.run(&["lock", "1"]);
    assert_eq!((code(&none), out(&none).as_str()), (1, "nobody works on #1\n"));
    assert_eq!(
        out(&site.run(&["lock", "take", "1", "--as", "ann", "--for", "30m"])),
        "#1: ann works on it\n"
    );
    assert_eq!(code(&site.run(&["lock", "take", "1", "--as", "ann"])), 0);
    for asked in [
        &["note", "1", "--as", "ben", "x"][..],
        &["lock", "take", "1", "--as", "ben"],
        &["lock", "release", "1", "--as", "ben"],
    ] {
        let refused = site.run(asked);
        assert_eq!(code(&refused), 1, "{asked:?}");
        assert!(err(&refused).contains("ann works on #1 since 20"), "{refused:?}");
    }
    assert!(out(&site.run(&["lock"])).contains(" by hand on "));
    let locks = json(&site.run(&["lock", "#1", "--json"]));
    assert_eq!(
        (&locks[0]["ticket"], &locks[0]["login"], &locks[0]["pid"]),
        (&1.into(), &"ann".into(), &Value::Null)
    );
    assert!(out(&site.run(&["show", "1"])).contains("\nlock       ann since 20"));
    assert_eq!(json(&site.run(&["show", "1", "--json"]))["lock"]["login"], "ann");
    assert!(out(&site.run(&["list"])).contains("- (ann at work)"));
    assert_eq!(json(&site.run(&["list", "--json"]))[0]["lock"]["login"], "ann");
    let unasked = site.run(&["lock", "break", "1", "--as", "ben"]);
    assert_eq!((code(&unasked), err(&unasked).as_str()), (1, "trackle: nobody can be asked: say --yes\n"));
    assert_eq!(
        out(&site.run(&["lock", "break", "1", "--as", "ben", "--yes"])),
        "#1: ann has the lock no longer\n"
    );
    assert_eq!(out(&site.run(&["lock", "take", "1", "--as", "ben"])), "#1: ben works on it\n");
    assert_eq!(out(&site.run(&["lock", "release", "1", "--as", "ben"])), "#1: nobody works on it\n");
    let log = out(&site.run(&["log", "1"]));
    for word in ["locked", "lock broken", "unlocked", "holder ann"] {
        assert!(log.contains(word), "{log}");
    }
    assert_eq!(code(&site.run(&["lock", "take", "1", "--as", "ann", "--for", "1y"])), 2);
}

/// Shows T062, T064: while the editor is open nobody else can start; when it closes the lock is gone.
#[test]
fn an_editor_is_a_session() {
    let site = open_site();
    let config = site.path("trackle.toml").to_str().unwrap().to_owned();
    let other = format!("{} --config {config} note 1 --as ben me too", env!("CARGO_BIN_EXE_trackle"));
    let editor = site.path("editor");
    fs::write(&editor, format!("{other} 2> {0}.said; echo '# new drum' > \"$1\"", editor.display())).unwrap();
    let line = format!("{} --config {config} note 1 --as ann", env!("CARGO_BIN_EXE_trackle"));
    let told = note(&line, &editor).expect("script(1), of util-linux, makes the terminal");
    assert!(out(&told).contains("#1: noted; staff are told"), "{told:?}");
    let said = fs::read_to_string(site.path("editor.said")).unwrap();
    assert!(said.contains("ann works on #1 since 20"), "{said}");
    let shown = json(&site.run(&["show", "1", "--json"]));
    assert_eq!((&shown["thread"][1]["text"], &shown["lock"]), (&"# new drum".into(), &Value::Null));
    // somebody breaks in: what was typed is not lost
    let broken = other.replace("note 1 --as ben me too", "lock break 1 --yes --as ben");
    let taken = other.replace("note 1 --as ben me too", "lock take 1 --as ben");
    fs::write(&editor, format!("({broken}; {taken}) > /dev/null; echo precious > \"$1\"")).unwrap();
    let told = note(&line, &editor).unwrap();
    let said = out(&told);
    assert!(said.contains("ben works on #1 since 20"), "{said}");
    let path = said.rsplit_once("your text is in ").expect("a path").1.trim();
    assert_eq!(fs::read_to_string(path).unwrap(), "precious\n");
    fs::remove_file(path).unwrap();
    assert_eq!(json(&site.run(&["show", "1", "--json"]))["lock"]["login"], "ben");
}

/// Runs a command line at a terminal, which script(1) makes, with that editor.
fn note(line: &str, editor: &std::path::Path) -> std::io::Result<Output> {
    let editor = format!("sh {}", editor.display());
    Command::new("script")
        .args(["-qec", line, "/dev/null"])
        .env("VISUAL", editor)
        .stdin(Stdio::null())
        .output()
}

/// Letters in people's boxes, by what they are and to whom.
fn letters(site: &Site) -> Vec<String> {
    let mut found = Vec::new();
    for person in fs::read_dir(site.path("out")).into_iter().flatten().map(Result::unwrap) {
        for letter in fs::read_dir(person.path().join("new")).into_iter().flatten().map(Result::unwrap) {
            let text = fs::read_to_string(letter.path()).unwrap();
            let kind = text.lines().find_map(|l| l.strip_prefix("X-Trackle-Kind: ")).unwrap().to_owned();
            found.push(format!("{kind} to {}", person.file_name().to_string_lossy()));
        }
    }
    found.sort();
    found
}

#[test]
fn a_backup_comes_back_and_nothing_that_came_since_is_lost() {
    let site = Site::after(&[REQUEST]);
    let copy = site.path("b.backup");
    let copy = copy.to_str().unwrap();
    let made = site.run(&["backup", copy, "--json"]);
    assert_eq!((code(&made), &json(&made)["tickets"]), (0, &Value::from(1)), "{made:?}");
    let again = site.run(&["backup", copy]);
    assert!(code(&again) == 1 && err(&again).contains("name another file"), "{again:?}");
    assert_eq!(letters(&site), ["confirm_ticket to bob@example.net"]);

    let second = String::from_utf8_lossy(REQUEST).replace("1@", "2@").replace("Printer", "Scanner");
    fs::write(site.path("in/new/2.x"), second.replace("bob@", "eve@")).unwrap();
    assert!(site.run(&["serve", "--once", "--quiet"]).status.success());
    assert_eq!(letters(&site).len(), 2);

    let refused = site.run(&["restore", copy]);
    assert!(code(&refused) == 1 && err(&refused).contains("--replace"), "{refused:?}");
    let restored = site.run(&["restore", copy, "--replace"]);
    assert_eq!(code(&restored), 0, "{restored:?}");
    let told = out(&restored);
    assert!(told.contains("1 ticket, 1 mail") && told.contains("1 mail that came since"), "{told}");
    assert!(told.contains("trackle.db.before-"), "{told}");
    assert!(site.run(&["serve", "--once", "--quiet"]).status.success());
    assert_eq!(json(&site.run(&["status", "--json"]))["tickets"]["unconfirmed"], 2);
    // the second question was asked before: of what came since, letters may come twice
    assert_eq!(letters(&site).len(), 3);
    assert_eq!(code(&site.run(&["audit"])), 0);
    assert_eq!(out(&site.run(&["outbox"])), "every letter has left\n");
}

#[test]
fn letters_that_a_backup_owed_wait_for_a_word() {
    let site = Site::after(&[REQUEST]);
    let database = rusqlite::Connection::open(site.path("state/trackle.db")).unwrap();
    assert_eq!(database.execute("UPDATE outbox SET state = 'waiting'", []).unwrap(), 1);
    drop(database);
    let copy = site.path("b.backup");
    assert_eq!(code(&site.run(&["backup", copy.to_str().unwrap()])), 0);
    let restored = site.run(&["restore", copy.to_str().unwrap(), "--replace"]);
    fs::remove_dir_all(site.path("out")).unwrap();
    assert!(out(&restored).contains("1 letter owed then may have been sent since"), "{restored:?}");
    assert!(site.run(&["serve", "--once", "--quiet"]).status.success());
    assert!(letters(&site).is_empty());
    let status = site.run(&["status"]);
    assert!(
        code(&status) == 1 && out(&status).contains("1 letter held since a backup was restored"),
        "{status:?}"
    );
    let listed = json(&site.run(&["outbox", "--json"]));
    assert_eq!((&listed[0]["state"], &listed[0]["to"]), (&"held".into(), &"bob@example.net".into()));
    assert_eq!(out(&site.run(&["outbox", "release", "--all"])), "1 letter to be sent\n");
    assert_eq!(code(&site.run(&["outbox", "release", "--all"])), 1);
    assert!(site.run(&["serve", "--once", "--quiet"]).status.success());
    assert_eq!(letters(&site), ["confirm_ticket to bob@example.net"]);
    assert_eq!((code(&site.run(&["audit"])), code(&site.run(&["status"]))), (0, 0));
}
