//! A second machine and the robot's, a cable between them and nothing else: whoever works there is believed once staff said
//! so by mail, works while the cable is out, and hands in later; each session once, whatever became of an answer and
//! whatever the clock there says.

use crate::machine::Machine;
use crate::people::{ALICE, ANNA, letter, letters};
use crate::robot::{Robot, Setup, code, complaint, wait_until};
use crate::servers::Servers;
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use trackle::model::mail::Mail;

const FILE: &str = "/etc/trackle/host.toml";

/// A ticket, and a machine whose sessions are believed.
struct Site {
    servers: Servers,
    robot: Robot,
    web: Machine,
}

impl Site {
    /// The robot serves, and has a ticket; the machine has never heard of it.
    fn begins() -> Site {
        let servers = Servers::start();
        let web = Machine::start("web1");
        servers.listens_at(web.ours);
        let robot = Robot::serving(&Setup::new(&servers).believing());
        ALICE.writes("Backup", "It is gone.").send(&servers);
        ALICE.answers(&letter(&servers, "alice", "confirm_ticket", 1), "Yes.").send(&servers);
        letter(&servers, "staff", "staff_opened", 1);
        Site { servers, robot, web }
    }

    /// The same, and Anna has said yes to it.
    fn with_host() -> Site {
        let site = Site::begins();
        site.web.root("mkdir", &["-p", "/etc/trackle"]);
        site.goes_by(site.servers.smtp_port);
        let asked = site.enrolls();
        assert_eq!(code(&asked), 0, "{}", complaint(&asked));
        site.anna_says_yes();
        site
    }

    fn enrolls(&self) -> Output {
        self.web.trackle(&["host", "enroll", "--robot", "help@team.example", "--as", "anna"])
    }

    /// Its mail goes to that port of ours.
    fn goes_by(&self, port: u16) {
        let text = format!(
            "robot = \"help@team.example\"\nmember = \"anna\"\nfrom = \"root@web1.example\"\n[courier]\nkind = \"smtp\"\n\
             host = \"{}\"\nport = {port}\nsecurity = \"plain\"\n",
            self.web.ours
        );
        self.web.writes(FILE, &text);
    }

    /// Gives what she was asked.
    fn anna_says_yes(&self) -> Mail {
        let question = letter(&self.servers, "staff", "host", 1);
        ANNA.answers(&question, "yes").send(&self.servers);
        letter(&self.servers, "staff", "host", 2);
        question
    }

    /// Somebody there works on the ticket.
    fn works(&self, line: &str, more: &[&str]) -> Output {
        let words = ["work", "1", "-c", line, "--yes", "--show", "motd"];
        self.web.trackle(&[&words[..], more].concat())
    }

    fn log(&self, nth: usize) -> Mail {
        letter(&self.servers, "staff", "session_log", nth)
    }

    /// How each mail with that subject ended, in the order in which they came.
    fn came(&self, subject: &str) -> Vec<String> {
        let (reader, subject) = (self.robot.reader(), format!("\nSubject: {subject}"));
        let all = (1..).map_while(|number| reader.mail(number).unwrap());
        let meant = all
            .filter(|taken| String::from_utf8_lossy(&reader.raw_of(taken.mail).unwrap()).contains(&subject));
        meant.map(|taken| taken.state).collect()
    }

    /// The one host, as the robot lists it.
    fn host(&self) -> serde_json::Value {
        let hosts = self.robot.run(&["hosts", "--json"], b"");
        serde_json::from_slice::<serde_json::Value>(&hosts.stdout).unwrap()[0].clone()
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), complaint(output))
}

#[track_caller]
fn does(output: &Output, wanted: i32, words: &[&str]) {
    let said = said(output);
    assert_eq!(code(output), wanted, "{said}");
    for words in words {
        assert!(said.contains(words), "{words} in {said}");
    }
}

/// Shows T171: a host of its own network, name and disk reports to the one database.
#[test]
fn a_second_host_is_enrolled_works_without_a_network_and_hands_in_later() {
    let site = Site::begins();
    let web = &site.web;
    does(&web.trackle(&["work", "1", "-c", "true"]), 1, &["`trackle host enroll --robot"]);
    // a machine without a mail program is told the way out, and what it has made so far is kept
    does(&site.enrolls(), 75, &["help@team.example was not asked", "[courier] in host.toml"]);
    let key = web.root("cat", &["/etc/trackle/host.key"]);
    site.goes_by(site.servers.smtp_port);
    let asked = site.enrolls();
    does(&asked, 0, &["asked help@team.example, which asks its staff"]);
    assert_eq!(web.root("cat", &["/etc/trackle/host.key"]), key);
    let question = site.anna_says_yes();
    let print = said(&asked).split("spoken of as ").nth(1).map(|words| words[..19].to_owned()).unwrap();
    for words in ["web1 wants to send", "anna works there", &print] {
        assert!(question.text.contains(words), "{words} in {}", question.text);
    }

    web.is_cut_off();
    let worked = site.works("echo Welcome. >/etc/motd", &["--remark", "It was empty."]);
    does(&worked, 0, &["for #1 waits (1 file)", "No route to host; `trackle submit` sends it"]);
    does(&site.works("exit 3", &[]), 3, &["waits (0 files)"]);
    does(&web.trackle(&["note", "1", "The cable is out."]), 0, &["waits (a note)"]);
    does(&web.trackle(&["submit"]), 75, &["3 sessions wait: ", "No route to host"]);
    does(&web.trackle(&["submit", "--status"]), 0, &["waits: ", "No route to host"]);
    assert_eq!(site.host()["sessions"], 0);
    assert_eq!(site.host()["seen"], serde_json::Value::Null);

    web.is_back();
    does(&web.trackle(&["submit"]), 0, &["3 sessions sent to help@team.example"]);
    // Postfix may hand over the second one before the first
    site.log(3);
    let logs = letters(&site.servers, "staff", "session_log");
    let log = logs.iter().find(|log| log.text.contains("It was empty.")).expect("the first one");
    for words in ["Anna Berg <anna@team.example> worked on web1 as root", "It was empty.", "\n+Welcome.\n"] {
        assert!(log.text.contains(words), "{words} in {}", log.text);
    }
    assert_eq!(log.subject, "Re: [#1] Backup");
    assert!(logs.iter().any(|log| log.text.contains("The cable is out.")));
    // each once
    let again = web.trackle(&["submit"]);
    assert_eq!((code(&again), said(&again).as_str()), (0, ""));
    let host = site.host();
    assert_eq!((&host["host"], &host["sessions"], &host["missing"]), (&"web1".into(), &3.into(), &0.into()));
    assert_eq!((&host["version"], &host["member"]), (&env!("CARGO_PKG_VERSION").into(), &"anna".into()));
    assert!(host["seen"].is_string(), "{host}");

    // who is believed no longer may go on sending; staff hear of it
    does(&site.robot.run(&["host", "revoke", "web1", "--as", "anna"], b""), 0, &["is believed any more"]);
    does(&site.works("echo Again >/etc/motd", &[]), 0, &["is on its way to help@team.example"]);
    let told = letter(&site.servers, "staff", "quarantined", 1);
    assert!(told.text.contains("web1 is believed no longer"), "{}", told.text);
    does(&site.robot.run(&["quarantine", "list"], b""), 0, &["web1 is believed no longer"]);
    assert_eq!(letters(&site.servers, "staff", "session_log").len(), 3);
    // nothing of the robot's was ever within its reach
    let state = site.robot.state().display().to_string();
    assert!(!web.command("ls", &[&state]).output().unwrap().status.success());
    site.robot.is_sound();
}

#[test]
fn a_session_whose_answer_was_lost_comes_twice_and_is_filed_once() {
    let site = Site::with_host();
    let web = &site.web;
    site.goes_by(answer_is_lost(web, site.servers.smtp_port));
    web.is_cut_off();
    does(&site.works("echo Welcome. >/etc/motd", &[]), 0, &["waits (1 file)"]);
    web.is_back();
    let mut submits = web.command("trackle", &["submit"]).spawn().unwrap();
    // it has arrived, and the machine will never hear of it
    site.log(1);
    // not INT, which whoever was started in the background may ignore
    kill_process(Pid::from_child(&submits), Signal::TERM).unwrap();
    assert!(!submits.wait().unwrap().success());
    does(&web.trackle(&["submit", "--status"]), 0, &["waits"]);
    web.is_back();
    site.goes_by(site.servers.smtp_port);
    does(&web.trackle(&["submit"]), 0, &["1 session sent to help@team.example"]);
    let came = || site.came("A session on web1");
    let twice = wait_until(|| (came() == ["applied", "duplicate"]).then_some(()));
    assert!(twice.is_some(), "{:?}", came());
    assert_eq!((site.host()["sessions"].as_u64(), site.host()["missing"].as_u64()), (Some(1), Some(0)));
    assert_eq!(letters(&site.servers, "staff", "session_log").len(), 1);
    site.robot.is_sound();
}

#[test]
fn a_clock_that_is_wrong_by_hours_does_not_spoil_the_order() {
    let site = Site::with_host();
    let days = [("Monday", 0), ("Tuesday", -5), ("Wednesday", 0)];
    for (at, (day, hours)) in days.into_iter().enumerate() {
        let clock = site.web.clock(hours * 3_600);
        let line = format!("echo {day} >/etc/motd");
        let words = [clock, "trackle", "work", "1", "-c", &line, "--yes", "--show", "motd"];
        does(&site.web.command("env", &words).output().unwrap(), 0, &["is on its way"]);
        let log = site.log(at + 1);
        assert!(log.text.contains(&format!("\n+{day}\n")), "{}", log.text);
        assert!(!log.text.contains("Changed without a session"), "{}", log.text);
    }
    does(&site.robot.run(&["drift", "--host", "web1"], b""), 0, &["as the last session left them"]);
    let clock = site.web.clock(5 * 3_600);
    let words = [clock, "trackle", "work", "1", "-c", "echo Thursday >/etc/motd", "--yes"];
    does(&site.web.command("env", &words).output().unwrap(), 0, &["is on its way"]);
    let told = letter(&site.servers, "staff", "quarantined", 1);
    let words = told.text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("it is from the future, by about 5 hours: the clock of its host is wrong, or ours"),
        "{words}"
    );
    // with the right clock it goes on, and what is missing is counted
    does(&site.works("echo Friday >/etc/motd", &[]), 0, &["is on its way"]);
    site.log(4);
    assert_eq!((site.host()["sessions"].as_u64(), site.host()["missing"].as_u64()), (Some(4), Some(1)));
    site.robot.is_sound();
}

/// A port at our end of the cable, which hands a mail on to Postfix, and pulls the cable before Postfix's answer to its last
/// dot comes back.
fn answer_is_lost(web: &Machine, smtp_port: u16) -> u16 {
    let listener = TcpListener::bind((web.ours, 0)).unwrap();
    let (port, cut) = (listener.local_addr().unwrap().port(), web.cutter());
    thread::spawn(move || {
        let (client, _) = listener.accept().unwrap();
        let server = TcpStream::connect(("127.0.0.1", smtp_port)).unwrap();
        let (mut said, mut out) = (BufReader::new(client.try_clone().unwrap()), server.try_clone().unwrap());
        let ended = Arc::new(AtomicBool::new(false));
        let dot = Arc::clone(&ended);
        thread::spawn(move || {
            let mut line = Vec::new();
            while said.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
                dot.fetch_or(line == b".\r\n", Ordering::Relaxed);
                if out.write_all(&line).is_err() {
                    return;
                }
                line.clear();
            }
        });
        let mut line = String::new();
        let mut answers = BufReader::new(server);
        while answers.read_line(&mut line).is_ok_and(|n| n > 0) {
            if ended.load(Ordering::Relaxed) {
                cut();
                assert!(line.starts_with("250"), "{line}");
                let _ = (&client).write_all(line.as_bytes());
                return;
            }
            (&client).write_all(line.as_bytes()).unwrap();
            line.clear();
        }
    });
    port
}
