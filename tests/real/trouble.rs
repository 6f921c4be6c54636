//! When something between the robot and its people breaks: a dead address, a mail server that goes away, comes back,
//! or numbers its mails anew.

use crate::people::{ALICE, BOB, Person, letter, letters};
use crate::robot::{Robot, Setup, code, complaint, drop_into, relay, wait_until};
use crate::servers::{PASSWORD, Servers};
use crate::sink::Sink;
use rustix::process::Signal;
use std::fs;
use std::thread::sleep;
use std::time::Duration;
use trackle::model::ticket::Number;

/// The mail server takes mail for this address, and finds out later that nobody is there.
const GONE: Person = Person { name: "Gone Long", user: "gone" };

#[test]
fn a_report_is_noted_in_its_ticket_and_answered_by_nobody() {
    let servers = Servers::start();
    let mut setup = Setup::new(&servers).believing();
    setup.rest.push_str("[policy]\nconfirm_tickets = false\n");
    let robot = Robot::serving(&setup);
    GONE.writes("Printer", "It is broken.").send(&servers);
    let thread = letter(&servers, "staff", "staff_opened", 1);
    BOB.answers(&thread, "Which one?").send(&servers);
    letter(&servers, "staff", "staff_changed", 1);
    robot.logs("did not arrive", 1);
    let reader = robot.reader();
    let noted = reader.history(Number(1)).unwrap().into_iter().find(|e| e.what == "undelivered");
    let noted = noted.unwrap_or_else(|| panic!("not noted\n{}", robot.log()));
    assert!(noted.detail.contains("gone@team.example"), "{}", noted.detail);
    // no mail about the mail about the mail
    let mails = servers.mails("help").len();
    sleep(Duration::from_secs(2));
    assert_eq!((mails, servers.mails("help").len()), (3, 3), "request, answer, report\n{}", robot.log());
    assert_eq!(robot.tickets().len(), 1);
    robot.is_sound();
}

#[test]
fn a_mail_server_that_restarts_is_found_again() {
    let mut servers = Servers::start();
    let robot = Robot::serving(&Setup::new(&servers));
    ALICE.writes("Printer", "It is broken.").send(&servers);
    letter(&servers, "alice", "confirm_ticket", 1);
    servers.stop_dovecot();
    robot.logs("is in trouble", 2);
    servers.start_dovecot();
    ALICE.writes("Scanner", "It is broken as well.").send(&servers);
    letter(&servers, "alice", "confirm_ticket", 2);
    robot.logs("works again", 1);
    assert_eq!(letters(&servers, "alice", "confirm_ticket").len(), 2);
    robot.is_sound();
}

#[test]
fn mails_numbered_anew_are_known_by_what_they_say() {
    let servers = Servers::start();
    let mut robot = Robot::serving(&Setup::new(&servers));
    for subject in ["Printer", "Scanner"] {
        ALICE.writes(subject, "It is broken.").send(&servers);
    }
    let question = letter(&servers, "alice", "confirm_ticket", 2);
    ALICE.answers(&question, "Yes.").send(&servers);
    letter(&servers, "alice", "ticket_opened", 1);
    letter(&servers, "staff", "staff_opened", 1);
    assert!(robot.stop().0.success());
    let before = (servers.mails("alice").len(), servers.mails("staff").len());
    // Dovecot makes a new UIDVALIDITY from the clock, in seconds
    sleep(Duration::from_millis(1100));
    for entry in fs::read_dir(servers.maildir("help")).unwrap().flatten() {
        if entry.file_name().to_string_lossy().starts_with("dovecot") {
            fs::remove_file(entry.path()).unwrap();
        }
    }
    robot.start();
    robot.logs("numbered its mails anew", 1);
    robot.logs("was here before", 3);
    ALICE.writes("Copier", "So is this.").send(&servers);
    letter(&servers, "alice", "ticket_opened", 2);
    letter(&servers, "staff", "staff_opened", 2);
    assert_eq!((servers.mails("alice").len(), servers.mails("staff").len()), (before.0 + 1, before.1 + 1));
    robot.is_sound();
}

#[test]
fn letters_wait_for_a_server_that_is_down() {
    let port = Sink::open(0).port;
    let robot = Robot::new(&Setup { courier: relay(port), ..Setup::local() });
    drop_into(&robot.path("help"), &ALICE.writes("Printer", "It is broken.").text);
    for _ in 0..2 {
        let out = robot.once();
        let text = complaint(&out);
        assert_eq!(code(&out), 75, "{text}");
        let port = port.to_string();
        assert!(
            text.contains("1 letter waits") && text.contains(&port) && text.contains("refused"),
            "{text}"
        );
    }
    let sink = Sink::open(port);
    hurry(&robot);
    for _ in 0..2 {
        let out = robot.once();
        assert_eq!(code(&out), 0, "{}", complaint(&out));
        assert_eq!(sink.taken().len(), 1);
    }
    robot.is_sound();
}

/// Time passes for letters that wait.
fn hurry(robot: &Robot) {
    let db = rusqlite::Connection::open(robot.state().join("trackle.db")).unwrap();
    assert_eq!(db.execute("UPDATE outbox SET due = 0 WHERE state = 'waiting'", []).unwrap(), 1);
}

#[test]
fn a_robot_that_serves_survives_its_couriers_absence() {
    let port = Sink::open(0).port;
    let mut robot = Robot::serving(&Setup { courier: relay(port), ..Setup::local() });
    drop_into(&robot.path("help"), &ALICE.writes("Printer", "It is broken.").text);
    robot.logs("not taken", 1);
    assert!(robot.stop().0.success());
    let sink = Sink::open(port);
    // whoever starts it anew has mended something: no letter waits for its time
    robot.start();
    let taken = wait_until(|| Some(sink.taken()).filter(|taken| !taken.is_empty()));
    assert_eq!(taken.unwrap_or_default().len(), 1);
    assert!(robot.stop().0.success());
}

#[test]
fn a_server_that_does_not_let_us_in_is_told_of_and_loses_no_letter() {
    let servers = Servers::start();
    let secret = servers.dir().join("courier");
    fs::write(&secret, "not the password").unwrap();
    let setup = Setup::starttls(&servers);
    let right = servers.dir().join("secret").display().to_string();
    let courier = setup.courier.replace(&right, &secret.display().to_string());
    let mut robot = Robot::serving(&Setup { courier, ..setup });
    ALICE.writes("Printer", "It is broken.").send(&servers);
    robot.logs("no letters can be sent: 535", 1);
    assert!(!robot.log().contains("not the password"));
    assert!(robot.stop().0.success());
    fs::write(&secret, PASSWORD).unwrap();
    robot.start();
    robot.logs("letter 1 sent", 1);
    letter(&servers, "alice", "confirm_ticket", 1);
    robot.is_sound();
}

/// A server locks out for longer who comes often with a password that is not taken.
#[test]
fn a_mailbox_that_lets_nobody_in_is_asked_seldom_and_holds_up_nothing() {
    let servers = Servers::imap_only();
    let sink = Sink::open(0);
    let mut setup = Setup { courier: relay(sink.port), ..Setup::new(&servers) };
    setup.mailboxes.push_str(&Setup::local().mailboxes);
    let robot = &mut Robot::new(&setup);
    fs::write(servers.dir().join("secret"), "not the password").unwrap();
    servers.deliver("help", [ALICE.writes("Printer", "It is broken.").text]);
    let out = robot.once();
    assert_eq!(code(&out), 75, "{}", complaint(&out));
    assert!(complaint(&out).contains("the server refused the login"), "{}", complaint(&out));
    robot.start();
    robot.logs("refused the login", 1);
    // the others do not wait for it
    drop_into(&robot.path("help"), &BOB.writes("Scanner", "It is broken.").text);
    let taken = wait_until(|| (!sink.taken().is_empty()).then_some(()));
    assert!(taken.is_some(), "{}", robot.log());
    sleep(Duration::from_secs(2));
    let log = robot.log();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("is in trouble")).collect();
    assert_eq!(lines.len(), 1, "{log}");
    let (_, wait) = lines[0].split_once("next try in ").unwrap();
    let seconds: u32 = wait.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().unwrap();
    assert!((24..=36).contains(&seconds), "{}", lines[0]);
    // whoever mends it need not wait
    fs::write(servers.dir().join("secret"), PASSWORD).unwrap();
    robot.signal(Signal::HUP);
    robot.logs("mail taken from imap:", 1);
    assert!(robot.stop().0.success());
    robot.is_sound();
}
