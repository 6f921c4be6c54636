//! Every way for mail to come in and for answers to find their ticket: with and without subaddresses, STARTTLS and
//! submission, done mail moved away, Maildir and pipe.

use crate::people::{ALICE, ANNA, Written, letter};
use crate::robot::{Robot, Setup, code, complaint, drop_into, wait_until};
use crate::servers::{Servers, mails_in};
use std::fs;
use trackle::model::mail::Mail;

/// From a mail to a follow-up; gives what Alice's follow-up was sent to.
fn converse(servers: &Servers, robot: &Robot) -> String {
    ALICE.writes("Printer", "It is broken.").send(servers);
    let question = letter(servers, "alice", "confirm_ticket", 1);
    ALICE.answers(&question, "Yes.").send(servers);
    let opened = letter(servers, "alice", "ticket_opened", 1);
    let more = ALICE.answers(&opened, "It smells of burnt toast.");
    more.send(servers);
    let told = letter(servers, "staff", "staff_changed", 1);
    assert!(told.text.contains("burnt toast"), "{}", told.text);
    assert_eq!(robot.tickets().len(), 1);
    robot.is_sound();
    more.to
}

#[test]
fn starttls_and_submission_carry_it_too() {
    let servers = Servers::start();
    let robot = Robot::serving(&Setup::starttls(&servers));
    assert!(converse(&servers, &robot).starts_with("help+1."));
    let log = servers.logs();
    assert!(log.contains("sasl_username=help"), "letters were handed over by a login\n{log}");
}

#[test]
fn without_subaddresses_answers_find_their_ticket_all_the_same() {
    let servers = Servers::start();
    let setup = Setup::new(&servers);
    let robot = Robot::serving(&Setup { robot: "plus_addressing = false".into(), ..setup });
    assert_eq!(converse(&servers, &robot), "help@team.example");
}

#[test]
fn mail_that_is_done_moves_away() {
    let servers = Servers::start();
    let setup = Setup::new(&servers);
    let mailboxes = format!("{}done = \"move\"\ndone_folder = \"Done/by Trackle\"\n", setup.mailboxes);
    let robot = Robot::serving(&Setup { mailboxes, ..setup });
    converse(&servers, &robot);
    let done = servers.maildir("help").join(".Done.by Trackle");
    let moved = wait_until(|| Some(mails_in(&done)).filter(|mails| mails.len() == 3));
    assert!(moved.is_some() && servers.mails("help").is_empty(), "{}", robot.log());
}

/// What lies in a person's Maildir of the courier's.
fn received(robot: &Robot, who: &str) -> Vec<Mail> {
    let mails = mails_in(&robot.path("mail").join(format!("{who}@team.example")));
    mails.iter().map(|mail| trackle::read::mail(mail).unwrap()).collect()
}

fn deliver(robot: &Robot, mail: &Written) {
    let out = robot.run(&["deliver", "--to", &mail.to, "--from", &mail.from], mail.text.as_bytes());
    assert_eq!(code(&out), 0, "{}", complaint(&out));
}

/// Shows T069.
#[test]
fn a_maildir_and_a_pipe_are_as_good_as_imap() {
    let robot = Robot::new(&Setup::local());
    let once = || {
        let out = robot.once();
        assert_eq!(code(&out), 0, "{}", complaint(&out));
    };
    let request = ALICE.writes("Printer", "It is broken.");
    // nobody serves yet: the pipe needs no daemon and no database
    deliver(&robot, &request);
    once();
    let question = received(&robot, "alice").remove(0);
    drop_into(&robot.path("help"), &ALICE.answers(&question, "Yes.").text);
    once();
    let thread = received(&robot, "staff").remove(0);
    deliver(&robot, &ANNA.answers(&thread, "Which one?"));
    // the same mail by another way
    drop_into(&robot.path("help"), &request.text);
    once();
    assert_eq!(robot.tickets().len(), 1);
    let kinds: Vec<_> =
        received(&robot, "alice").iter().map(|m| m.header("X-Trackle-Kind").map(str::to_owned)).collect();
    assert_eq!(
        kinds,
        ["confirm_ticket", "ticket_opened", "changed"].map(|k| Some(k.to_owned())),
        "none for the copy"
    );
    robot.is_sound();
}

#[test]
fn the_pipe_tells_the_mail_server_what_to_do() {
    let robot = Robot::new(&Setup::local());
    for (mail, expected) in [("", 65), ("\n \r\n", 65), ("From: a@b.example\n\nx\n", 0)] {
        let out = robot.run(&["deliver"], mail.as_bytes());
        assert_eq!(
            (code(&out), complaint(&out).is_empty()),
            (expected, expected == 0),
            "{}",
            complaint(&out)
        );
    }
    let large = vec![b'x'; trackle::limits::MAIL_BYTES + 1];
    assert_eq!(code(&robot.run(&["deliver"], &large)), 65);
    // a state directory that cannot be written: the mail server keeps the mail
    robot.reconfigure("state = \"state\"", "state = \"notify/state\"");
    let out = robot.run(&["deliver"], b"From: a@b.example\n\nx\n");
    assert_eq!(code(&out), 75, "{}", complaint(&out));
    assert!(complaint(&out).contains("notify/state"), "{}", complaint(&out));
    robot.reconfigure("[courier]", "[currier]");
    assert_eq!(code(&robot.run(&["deliver"], b"From: a@b.example\n\nx\n")), 75);
    fs::remove_file(robot.path("trackle.toml")).unwrap();
    assert_eq!(code(&robot.run(&["deliver"], b"From: a@b.example\n\nx\n")), 75);
}
