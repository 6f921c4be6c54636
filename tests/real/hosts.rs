//! A machine without a database and the robot, between them a real Postfix: the machine asks to be believed, somebody on
//! staff says yes, and its sessions come into their ticket's thread, by the local mail program and by SMTP.

use crate::people::{ALICE, BOB, letter};
use crate::robot::{Robot, Setup, code, complaint, drop_into, relay, wait_until};
use crate::servers::{Servers, mails_in};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use trackle::clock::{Clock, SystemClock};
use trackle::model::session::{Ending, Session, Witnesses};
use trackle::record::hostkey::Signer;
use trackle::record::queue::Queue;

/// A user's home on that machine.
struct Home(tempfile::TempDir);

impl Home {
    /// Its mail program is the private Postfix's, under a name of its own.
    fn new(servers: &Servers) -> Home {
        let home = Home(tempfile::Builder::new().prefix("tkh").tempdir_in("/tmp").unwrap());
        let etc = servers.dir().join("postfix/etc");
        home.mail_program(&format!("exec /usr/sbin/sendmail -C {} \"$@\"", etc.display()));
        home.configure(&format!("sendmail = \"{}\"\n", home.path("sendmail").display()));
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn mail_program(&self, line: &str) {
        fs::write(self.path("sendmail"), format!("#!/bin/sh\n{line}\n")).unwrap();
        fs::set_permissions(self.path("sendmail"), Permissions::from_mode(0o755)).unwrap();
    }

    fn configure(&self, courier: &str) {
        fs::create_dir_all(self.path(".config/trackle")).unwrap();
        let text = format!(
            "robot = \"help@team.example\"\nname = \"web1\"\nfrom = \"alice@team.example\"\n{courier}"
        );
        fs::write(self.path(".config/trackle/host.toml"), text).unwrap();
    }

    /// `trackle …` on that machine.
    fn run(&self, args: &[&str]) -> Output {
        self.run_with(Path::new("/nowhere/trackle.toml"), args)
    }

    fn run_with(&self, config: &Path, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_trackle"))
            .arg("--config")
            .arg(config)
            .args(args)
            .env("HOME", self.0.path())
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_STATE_HOME")
            .output()
            .unwrap()
    }

    /// Seals a session into the queue, as its end does.
    fn works(&self, id: char) -> String {
        let now = SystemClock.now();
        let id = String::from(id).repeat(26);
        let session = Session {
            id: id.clone(),
            host: "web1".into(),
            login: "bob".into(),
            ticket: Some(1),
            started: now - SignedDuration::from_mins(5),
            ended: now,
            ending: Ending::Exit(0),
            directory: "/root".into(),
            shell: "/bin/bash".into(),
            command: None,
            environment: Vec::new(),
            witnesses: Witnesses::default(),
            typed: Vec::new(),
            ran: Vec::new(),
            changes: Vec::new(),
            remark: format!("This is session {id}."),
            tags: Vec::new(),
            evidence: Vec::new(),
        };
        let queue = Queue::open(&self.path(".local/state/trackle/outgoing")).unwrap();
        let signer = Signer::load(&self.path(".config/trackle/host.key")).unwrap();
        queue.put(session, BTreeMap::new(), &signer).unwrap();
        id
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn is_private(path: &Path) -> bool {
    fs::metadata(path).unwrap().permissions().mode() & 0o077 == 0
}

#[test]
fn a_host_is_enrolled_and_submits_by_its_mail_program_and_by_smtp() {
    let servers = Servers::start();
    let robot = Robot::serving(&Setup::new(&servers).believing());
    ALICE.writes("Backup", "It is gone.").send(&servers);
    ALICE.answers(&letter(&servers, "alice", "confirm_ticket", 1), "Yes.").send(&servers);
    letter(&servers, "staff", "staff_opened", 1);

    let home = Home::new(&servers);
    let asked = home.run(&["host", "enroll", "--robot", "help@team.example", "--as", "bob"]);
    assert_eq!(code(&asked), 0, "{}", complaint(&asked));
    assert!(is_private(&home.path(".config/trackle/host.key")));
    let question = letter(&servers, "staff", "host", 1);
    let print = said(&asked)
        .lines()
        .find_map(|l| l.strip_prefix("The key is spoken of as ")?.get(..19).map(str::to_owned));
    assert!(question.text.contains(&print.unwrap()), "{}", question.text);
    BOB.answers(&question, "yes").send(&servers);
    letter(&servers, "staff", "host", 2);

    // the mail program is out of order, then it works
    let first = home.works('a');
    home.mail_program("echo 'the disk is full' >&2; exit 75");
    let failed = home.run(&["submit"]);
    assert_eq!(code(&failed), 75);
    assert!(complaint(&failed).contains("1 session waits"), "{}", complaint(&failed));
    assert!(said(&home.run(&["submit", "--status"])).contains("waits: "));
    let etc = servers.dir().join("postfix/etc");
    home.mail_program(&format!("exec /usr/sbin/sendmail -C {} \"$@\"", etc.display()));
    let done = home.run(&["submit"]);
    assert_eq!(
        (code(&done), said(&done).as_str()),
        (0, "1 session sent to help@team.example\n"),
        "{}",
        complaint(&done)
    );
    let log = letter(&servers, "staff", "session_log", 1);
    assert!(log.text.contains(&first), "{}", log.text);

    // the next one by SMTP; and the first one again, which changes nothing
    let second = home.works('b');
    home.configure(&format!("[courier]\n{}", relay(servers.smtp_port)));
    assert_eq!(code(&home.run(&["submit", "--again", &first])), 0);
    let log = letter(&servers, "staff", "session_log", 2);
    assert!(log.text.contains(&second), "{}", log.text);
    let status = said(&home.run(&["submit", "--status", "--json"]));
    assert_eq!(status.matches("\"sent\": true").count(), 2, "{status}");
    assert_eq!(code(&home.run(&["submit"])), 0);
    let hosts = said(&robot.run(&["hosts", "--json"], b""));
    for wanted in ["\"host\": \"web1\"", "\"by\": \"bob@team.example\"", "\"sessions\": 2", "\"missing\": 0"]
    {
        assert!(hosts.contains(wanted), "{wanted} in {hosts}");
    }
    // and one that was really worked, by root, whom staff know as bob there
    let motd = home.path("motd");
    fs::write(&motd, "hello\n").unwrap();
    let line = format!("echo Welcome. > {}", motd.display());
    let worked = home.run(&["work", "1", "-c", &line, "--yes", "--show", "motd"]);
    assert_eq!(code(&worked), 0, "{}", complaint(&worked));
    let log = letter(&servers, "staff", "session_log", 3);
    for wanted in ["Bob Stone", "on web1 as root", "-hello", "+Welcome."] {
        assert!(log.text.contains(wanted), "{wanted} in {}", log.text);
    }
    robot.is_sound();
}

#[test]
fn on_the_robots_own_machine_the_spool_is_the_way() {
    let robot = Robot::serving(&Setup::local());
    drop_into(&robot.path("help"), &mail("anna", "Backup", "It is gone."));
    let home = Home(tempfile::Builder::new().prefix("tkh").tempdir_in("/tmp").unwrap());
    let question = robot.path("mail/anna@team.example");
    let question = wait_until(|| mails_in(&question).pop()).expect("a question");
    let question = trackle::read::mail(&question).unwrap();
    let code_in = question.subject.rsplit('[').next().unwrap().trim_end_matches(']').to_owned();
    drop_into(&robot.path("help"), &mail("anna", &code_in, "yes"));
    let list = robot.path("mail/staff@team.example");
    wait_until(|| (mails_in(&list).len() == 1).then_some(())).expect("a thread");
    fs::create_dir_all(home.path(".config/trackle")).unwrap();
    Signer::make(&home.path(".config/trackle/host.key")).unwrap();
    let id = home.works('c');
    let config = robot.path("trackle.toml");
    let done = home.run_with(&config, &["submit"]);
    assert_eq!(code(&done), 0, "{}", complaint(&done));
    let log = wait_until(|| mails_in(&list).into_iter().find(|m| String::from_utf8_lossy(m).contains(&id)));
    assert!(log.is_some(), "{}", robot.log());
    robot.is_sound();
}

fn mail(who: &str, subject: &str, text: &str) -> String {
    format!("From: {who}@team.example\r\nTo: help@team.example\r\nSubject: {subject}\r\n\r\n{text}\r\n")
}
