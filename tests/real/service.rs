//! As systemd and an administrator treat it: ready, stopped, told to read its configuration again, killed.

use crate::people::{ALICE, letter, letters};
use crate::robot::{Robot, Setup, code, complaint, drop_into, wait_until};
use crate::servers::Servers;
use rustix::process::Signal;
use std::time::Duration;

#[test]
fn it_says_when_it_is_ready_and_ends_when_it_is_told() {
    let servers = Servers::start();
    let mut robot = Robot::serving(&Setup::new(&servers));
    ALICE.writes("Printer", "It is broken.").send(&servers);
    letter(&servers, "alice", "confirm_ticket", 1);
    // waiting for mail and for letters: what a stop has to break off
    let (status, took) = robot.stop();
    println!("stopped after {took:?}");
    assert!(status.success(), "{status}\n{}", robot.log());
    assert!(took < Duration::from_secs(5), "{took:?}");
    robot.told("STOPPING=1");
    robot.logs("stopping", 1);
    robot.is_sound();
}

#[test]
fn a_mail_server_that_has_gone_silent_does_not_hold_up_a_stop() {
    let servers = Servers::imap_only();
    let mut robot = Robot::serving(&Setup::new(&servers));
    servers.deliver("help", [ALICE.writes("Printer", "It is broken.").text]);
    robot.logs("mail taken", 1);
    servers.freeze_dovecot();
    let (status, took) = robot.stop();
    assert!(status.success() && took < Duration::from_secs(5), "{status} after {took:?}\n{}", robot.log());
    robot.is_sound();
}

#[test]
fn a_stop_in_the_middle_of_work_leaves_nothing_half_done() {
    let mut setup = Setup::local();
    setup.rest =
        "[policy]\nconfirm_tickets = false\nmails_per_sender_hour = 1000\ntickets_per_sender_hour = 1000\n"
            .into();
    let mut robot = Robot::new(&setup);
    for number in 0..300 {
        drop_into(&robot.path("help"), &ALICE.writes(&format!("Request {number}"), "Hello").text);
    }
    for _ in 0..3 {
        robot.start();
        let (status, took) = robot.stop();
        assert!(
            status.success() && took < Duration::from_secs(5),
            "{status} after {took:?}\n{}",
            robot.log()
        );
        robot.is_sound();
    }
    assert_eq!(code(&robot.once()), 0);
    let mut titles: Vec<String> = robot.tickets().into_iter().map(|view| view.ticket.title).collect();
    titles.sort();
    titles.dedup();
    assert_eq!(titles.len(), 300);
    assert_eq!(robot.tickets().len(), 300);
}

#[test]
fn after_a_kill_it_goes_on_where_it_was() {
    let servers = Servers::start();
    let mut robot = Robot::serving(&Setup::new(&servers));
    ALICE.writes("Printer", "It is broken.").send(&servers);
    letter(&servers, "alice", "confirm_ticket", 1);
    robot.kill();
    ALICE.writes("Scanner", "It is broken as well.").send(&servers);
    servers.wait_for("help", 2);
    robot.start();
    letter(&servers, "alice", "confirm_ticket", 2);
    robot.stop();
    assert_eq!(letters(&servers, "alice", "confirm_ticket").len(), 2);
    robot.is_sound();
}

/// The name that the robot's letters bear, by the number of letters so far.
fn name_in_letter(robot: &Robot, nth: usize) -> String {
    drop_into(&robot.path("help"), &ALICE.writes(&format!("Try {nth}"), "Hello").text);
    let maildir = robot.path("mail/alice@team.example");
    let mails = wait_until(|| Some(crate::servers::mails_in(&maildir)).filter(|mails| mails.len() >= nth));
    let mails = mails.unwrap_or_else(|| panic!("no letter {nth}\n{}", robot.log()));
    trackle::read::mail(mails.last().unwrap()).unwrap().from[0].name.clone()
}

#[test]
fn a_reload_takes_effect_and_a_wrong_file_changes_nothing() {
    let rest = "[policy]\nconfirm_tickets = false\n".into();
    let mut robot = Robot::serving(&Setup { rest, ..Setup::local() });
    assert_eq!(name_in_letter(&robot, 1), "Help desk");
    robot.reconfigure("Help desk", "Service point");
    robot.signal(Signal::HUP);
    robot.logs("configuration read again", 1);
    assert_eq!(name_in_letter(&robot, 2), "Service point");
    robot.reconfigure("\"Service point\"", "\"Nobody\"\nfrobnicate = true");
    robot.signal(Signal::HUP);
    robot.logs("configuration not changed", 1);
    assert!(robot.log().contains("frobnicate"), "it says what is wrong\n{}", robot.log());
    assert_eq!(name_in_letter(&robot, 3), "Service point");
    // a file that reads well and cannot be carried out
    robot.reconfigure("\nfrobnicate = true", "");
    robot.reconfigure("path = \"help\"", "path = \"notify/help\"");
    robot.signal(Signal::HUP);
    robot.logs("configuration not changed: making the Maildir", 1);
    assert_eq!(name_in_letter(&robot, 4), "Service point");
    robot.reconfigure("path = \"notify/help\"", "path = \"help\"");
    // the state cannot move below a running robot
    robot.reconfigure("state = \"state\"", "state = \"elsewhere\"");
    robot.signal(Signal::HUP);
    robot.logs("configuration not changed: robot.state cannot change while running", 1);
    robot.reconfigure("state = \"elsewhere\"", "state = \"state\"");
    assert!(robot.stop().0.success());
    robot.is_sound();
}

#[test]
fn two_cannot_work_on_one_state_directory() {
    let mut robot = Robot::serving(&Setup::local());
    for args in [&["serve"][..], &["serve", "--once"]] {
        let second = robot.run(args, b"");
        assert_eq!(code(&second), 75, "{}", complaint(&second));
        let state = robot.state().display().to_string();
        let text = complaint(&second);
        assert!(
            text.contains("another trackle works on this state directory") && text.contains(&state),
            "{text}"
        );
    }
    assert!(robot.stop().0.success());
    assert_eq!(code(&robot.once()), 0);
}
