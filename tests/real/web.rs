//! One click: what a mail program does with the link of a letter, with curl, over TCP and over a socket in the file system.

use crate::people::{ALICE, ANNA};
use crate::robot::{Robot, Setup, code, complaint, drop_into, wait_until};
use crate::servers::mails_in;
use std::net::TcpListener;
use std::process::Command;
use trackle::model::mail::Mail;

/// A robot with a ticket of Alice's, and the path of the link in the letter that told her of an answer.
fn told(listen: &str) -> (Robot, String) {
    let mut setup = Setup::local();
    setup.robot = "base_url = \"https://desk.team.example\"".into();
    setup.rest = format!("[policy]\nconfirm_tickets = false\n[web]\nlisten = \"{listen}\"\n");
    let mut robot = Robot::new(&setup);
    drop_into(&robot.path("help"), &ALICE.writes("Printer", "It is broken.").text);
    let once = robot.once();
    assert_eq!(code(&once), 0, "{}", complaint(&once));
    let opened = received(&robot, "staff").remove(0);
    drop_into(&robot.path("help"), &ANNA.answers(&opened, "On my way.").text);
    assert_eq!(code(&robot.once()), 0);
    let told: Vec<Mail> = received(&robot, "alice");
    let link = told.iter().find_map(|mail| mail.header("List-Unsubscribe")).unwrap();
    let post = told.iter().find_map(|mail| mail.header("List-Unsubscribe-Post")).unwrap();
    assert_eq!(post.trim(), "List-Unsubscribe=One-Click");
    let path = link.split("https://desk.team.example").nth(1).unwrap().split('>').next().unwrap().to_owned();
    robot.start();
    (robot, path)
}

/// What lies in a person's Maildir of the courier's.
fn received(robot: &Robot, who: &str) -> Vec<Mail> {
    let mails = mails_in(&robot.path("mail").join(format!("{who}@team.example")));
    mails.iter().map(|mail| trackle::read::mail(mail).unwrap()).collect()
}

/// What curl got, its status last, once somebody listens.
fn curl(args: &[&str]) -> String {
    let got = wait_until(|| {
        let mut curl = Command::new("curl");
        let output =
            curl.args(["--silent", "--max-time", "20", "--write-out", "%{http_code}"]).args(args).output();
        let output = output.unwrap();
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    });
    got.unwrap_or_else(|| panic!("curl {args:?} got nothing"))
}

fn followers(robot: &Robot) -> usize {
    robot.tickets()[0].followers.len()
}

#[test]
fn a_click_ends_it_and_a_look_does_not() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (mut robot, path) = told(&format!("127.0.0.1:{port}"));
    let at = |path: &str| format!("http://127.0.0.1:{port}{path}");
    let page = curl(&[&at(&path)]);
    assert!(page.contains("<button>No more mail about #1</button>") && page.ends_with("200"), "{page}");
    let one_click = ["--data", "List-Unsubscribe=One-Click"];
    for (args, status) in [
        (&[at("/")][..], "404"),
        (&[at(&path.replace("u1-", "u2-"))], "404"),
        (&["--data".into(), "List-Unsubscribe=Two-Click".into(), at(&path)], "400"),
        (&["--request".into(), "PUT".into(), at(&path)], "400"),
        (&["--data".into(), "x".repeat(1025), at(&path)], "400"),
    ] {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        assert!(curl(&args).ends_with(status), "{args:?}");
        assert_eq!(followers(&robot), 1, "{args:?}");
    }
    let done = curl(&[one_click[0], one_click[1], &at(&path)]);
    assert_eq!(done, "You get no more mail about #1.\n200");
    assert_eq!(followers(&robot), 0);
    let form = curl(&["--form", "List-Unsubscribe=One-Click", &at(&path)]);
    assert!(form.ends_with("200"), "again is no trouble: {form}");
    let log = String::from_utf8(robot.run(&["log", "1"], b"").stdout).unwrap();
    assert_eq!(log.matches("unsubscribed").count(), 1, "{log}");
    assert!(log.contains("alice@team.example") && log.contains("link"), "{log}");
    let (status, _) = robot.stop();
    assert!(status.success());
    robot.is_sound();
}

#[test]
fn a_socket_in_the_file_system_serves_after_a_kill_as_well() {
    let dir = tempfile::Builder::new().prefix("tkw").tempdir_in("/tmp").unwrap();
    let socket = dir.path().join("web.sock").display().to_string();
    let (mut robot, path) = told(&socket);
    let at = format!("http://desk{path}");
    assert!(curl(&["--unix-socket", &socket, &at]).ends_with("200"));
    robot.kill();
    robot.start();
    let body = "List-Unsubscribe=One-Click";
    assert!(curl(&["--unix-socket", &socket, "--data", body, &at]).ends_with("200"));
    assert_eq!(followers(&robot), 0);
}
