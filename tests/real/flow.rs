//! One request from the first mail to the last, between real servers and a real mail program.

use crate::mutt;
use crate::people::{ALICE, ANNA, BOB, Written, letter, letters};
use crate::robot::{Robot, Setup};
use crate::servers::Servers;
use std::process::Command;
use std::time::Duration;
use trackle::clock::instant;
use trackle::model::ticket::State;

fn states(robot: &Robot) -> Vec<State> {
    robot.tickets().iter().map(|view| view.ticket.state).collect()
}

/// From a mail to an open ticket; gives the two mails that Alice sent.
fn open(servers: &Servers, robot: &Robot) -> Vec<Written> {
    let request = ALICE.writes("Printer on the 3rd floor", "It pulls in two sheets at a time.");
    request.send(servers);
    let question = letter(servers, "alice", "confirm_ticket", 1);
    assert_eq!(states(robot), [State::Unconfirmed]);
    assert!(servers.mails("staff").is_empty(), "nobody is disturbed before the confirmation");
    let yes = ALICE.answers(&question, "Yes.");
    yes.send(servers);
    letter(servers, "alice", "ticket_opened", 1);
    letter(servers, "staff", "staff_opened", 1);
    assert_eq!(states(robot), [State::Open]);
    vec![request, yes]
}

/// `swaks`, as an administrator tries a new robot.
#[test]
fn a_mail_is_answered_while_its_sender_looks_on() {
    let servers = Servers::start();
    let robot = Robot::serving(&Setup::new(&servers));
    robot.logs("started", 1);
    let server = format!("127.0.0.1:{}", servers.smtp_port);
    let mut times = Vec::new();
    for nth in 1..=3 {
        let subject = format!("Subject: try {nth}");
        let sent = Command::new("swaks")
            .args(["--server", &server, "--from", "alice@team.example", "--to", "help@team.example"])
            .args(["--header", &subject, "--body", "Hello", "--silent", "3"])
            .status();
        assert!(sent.expect("swaks is missing: run tests/install").success());
        let begun = instant();
        letter(&servers, "alice", "confirm_ticket", nth);
        times.push(begun.elapsed());
    }
    println!("from the mail's arrival to the confirmation in the inbox: {times:?}");
    // no timed test: but a robot that only polls would take minutes
    assert!(times.iter().all(|t| *t < Duration::from_secs(15)), "{times:?}");
    robot.is_sound();
}

#[test]
fn with_nothing_configured_a_command_is_confirmed_by_one_mail() {
    let servers = Servers::start();
    let robot = Robot::serving(&Setup::new(&servers));
    open(&servers, &robot);
    let thread = letter(&servers, "staff", "staff_opened", 1);
    ANNA.answers(&thread, "close: There is a new roller in it.").send(&servers);
    let question = letter(&servers, "anna", "confirm_mail", 1);
    assert!(question.text.contains("close: There is a new roller in it."), "{}", question.text);
    assert_eq!(states(&robot), [State::Open]);
    ANNA.answers(&question, "").send(&servers);
    let told = letter(&servers, "alice", "changed", 1);
    assert!(told.text.contains("There is a new roller in it."), "{}", told.text);
    letter(&servers, "staff", "staff_changed", 1);
    assert_eq!(states(&robot), [State::Closed]);
    // a second answer to the same question changes nothing
    ANNA.answers(&question, "").send(&servers);
    letter(&servers, "anna", "already", 1);
    assert_eq!(letters(&servers, "alice", "changed").len(), 1);
    robot.is_sound();
}

#[test]
fn a_server_that_vouches_for_staff_spares_them_the_question_and_mutt_shows_threads() {
    let servers = Servers::start();
    let robot = Robot::serving(&Setup::new(&servers).believing());
    let mut mine = open(&servers, &robot);
    let first = letter(&servers, "staff", "staff_opened", 1);
    BOB.answers(&first, "take\n\nOn my way.").send(&servers);
    let news = letter(&servers, "alice", "changed", 1);
    let taken = letter(&servers, "staff", "staff_changed", 1);
    mine.push(ALICE.answers(&news, "Thank you, it is the left tray."));
    mine[2].send(&servers);
    let more = letter(&servers, "staff", "staff_changed", 2);
    assert!(more.text.contains("left tray"), "{}", more.text);
    ANNA.answers(&taken, "close: There is a new roller in it.").send(&servers);
    letter(&servers, "staff", "staff_changed", 3);
    letter(&servers, "alice", "changed", 2);
    assert_eq!(states(&robot), [State::Closed]);
    for member in ["anna", "bob"] {
        assert!(servers.mails(member).is_empty(), "{member} was asked");
    }
    // one thread each, never broken; mutt leaves out a subject that is the one above
    let thread = mutt::index(&servers.mails("staff"));
    assert_eq!(thread, ["[#1] Printer on the 3rd floor", "`->", "  `->", "    `->"]);
    // with what Alice sent, as mail programs show conversations
    let sent = mine.iter().map(|mail| mail.text.clone().into_bytes());
    let thread = mutt::index(&servers.mails("alice").into_iter().chain(sent).collect::<Vec<_>>());
    let seen: Vec<&str> = thread.iter().map(|line| line.split(" [c").next().unwrap_or_default()).collect();
    let (question, request) = ("->Please confirm your request", "->Re: [#1] Printer on the 3rd floor");
    // two answers to one mail, written within the same second: either may stand first
    let first = [&format!("|{question}"), "| `->", &format!("`{request}"), "  `->", "    `->", "      `->"];
    let last = [&format!("|{request}"), "| `->", "|   `->", "|     `->", &format!("`{question}"), "  `->"];
    assert_eq!(seen[0], "Printer on the 3rd floor");
    assert!(seen[1..] == first || seen[1..] == last, "{seen:?}");
    robot.is_sound();
}

#[test]
fn a_command_in_somebody_elses_name_is_asked_about_and_does_nothing() {
    let servers = Servers::start();
    let robot = Robot::serving(&Setup::new(&servers).believing());
    open(&servers, &robot);
    let thread = letter(&servers, "staff", "staff_opened", 1);
    let mut forged = ANNA.answers(&thread, "close");
    // what the private Postfix does not vouch for
    forged.from = "mallory@elsewhere.example".into();
    forged.send(&servers);
    let question = letter(&servers, "anna", "confirm_mail", 1);
    assert!(question.text.contains("close"), "{}", question.text);
    assert_eq!(states(&robot), [State::Open]);
    robot.is_sound();
}
