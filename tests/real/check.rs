//! `trackle check` against a real Dovecot and a real Postfix, which at first is a bad one: it leaves what is forged.

use crate::robot::{Robot, Setup, code, wait_until};
use crate::servers::{PASSWORD, Servers};
use serde_json::Value;
use std::fs;
use std::process::Command;

/// Verdict and text of mailbox and courier.
fn checked(servers: &Servers, password: &str) -> (Option<i32>, Vec<(String, String, String)>) {
    let dir = servers.dir();
    fs::write(dir.join("password"), password).unwrap();
    let server = |port| {
        let ca = servers.ca_pem.display();
        format!(
            "host = \"localhost\"\nport = {port}\nuser = \"help\"\npassword_file = \"password\"\nroots = \"{ca}\"\n"
        )
    };
    let config = format!(
        "[robot]\naddress = \"help@{domain}\"\nstate = \"state\"\n[staff]\nlist = \"staff@{domain}\"\n\
         [[mailbox]]\nkind = \"imap\"\ndone = \"move\"\n{}[courier]\nkind = \"smtp\"\n{}",
        server(servers.imaps_port),
        server(servers.smtps_port),
        domain = servers.domain,
    );
    let path = dir.join("trackle.toml");
    fs::write(&path, config).unwrap();
    let tried = Command::new(env!("CARGO_BIN_EXE_trackle"))
        .arg("--config")
        .arg(path)
        .args(["check", "--json"])
        .output()
        .unwrap();
    let found: Vec<Value> =
        serde_json::from_slice(&tried.stdout).unwrap_or_else(|e| panic!("{e}: {tried:?}"));
    let text = |c: &Value, field: &str| c[field].as_str().unwrap().to_owned();
    let ends = found.iter().filter(|c| ["mailbox", "courier"].contains(&c["item"].as_str().unwrap()));
    let ends = ends.map(|c| (text(c, "item"), text(c, "verdict"), text(c, "text"))).collect();
    (tried.status.code(), ends)
}

#[test]
fn accounts_are_tried_out_and_nothing_is_left_behind() {
    let servers = Servers::start();
    servers.deliver("help", ["Subject: x\n\nx\n".to_owned()]);
    let (code, found) = checked(&servers, PASSWORD);
    assert_eq!(code, Some(0), "{found:?}");
    let shown: Vec<_> = found.iter().map(|(item, verdict, _)| (item.as_str(), verdict.as_str())).collect();
    assert_eq!(shown, [("mailbox", "ok"), ("mailbox", "warning"), ("courier", "ok")]);
    // a new robot takes for new whatever lies there
    assert!(
        found[1].2.contains("holds 1 mail from before the robot: when it starts it answers"),
        "{found:?}"
    );
    assert!(found[0].2.contains("holds 1 mail, tells of new mail at once"), "{found:?}");
    let names = fs::read_dir(servers.maildir("help").join("cur")).unwrap();
    assert!(names.flatten().all(|e| e.file_name().to_string_lossy().ends_with(":2,")));

    let (code, found) = checked(&servers, "not the password");
    assert_eq!(code, Some(1), "{found:?}");
    assert!(
        found.iter().all(|(_, verdict, text)| verdict == "wrong" && !text.contains("not the password")),
        "{found:?}"
    );
    assert!(servers.mails("staff").is_empty());
}

/// Exit code and lines of `trackle check mail`.
fn believed(robot: &Robot) -> (i32, String) {
    let output = robot.run(&["check", "mail", "--wait", "30"], b"");
    (code(&output), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Shows T022: no server's word counts before it has been seen to take forgeries out.
#[test]
fn a_server_is_tried_with_a_forgery_before_it_is_believed() {
    let servers = Servers::start();
    let setup = Setup::new(&servers);
    let (fresh, mut trusting) = (Robot::new(&setup), Robot::new(&setup.clone().believing()));
    for robot in [&fresh, &trusting] {
        let (code, said) = believed(robot);
        assert_eq!(code, 1, "{said}\n{}", servers.logs());
        assert!(said.contains("left a forged \"Authentication-Results: mail.team.example\""), "{said}");
    }
    servers.remove_forgeries();
    for robot in [&fresh, &trusting] {
        let (code, said) = believed(robot);
        assert_eq!(code, 0, "{said}\n{}", servers.logs());
        assert!(said.contains("authserv_id = [\"mail.team.example\"]"), "{said}");
        assert!(said.contains("mx_hosts = [\"mail.team.example\""), "{said}");
        assert!(said.contains("mail to help+12@team.example arrives"), "{said}");
    }
    // a robot that serves meanwhile takes the mail before we do, and makes nothing of it
    trusting.start();
    let (code, said) = believed(&trusting);
    assert_eq!(code, 0, "{said}");
    assert!(trusting.tickets().is_empty());
    assert!(servers.mails("staff").is_empty());
    trusting.stop();
    trusting.is_sound();
}

/// Where nobody gets mail with a plus in its address, no answer to a letter would come through: that is found out before.
#[test]
fn a_server_that_knows_no_plus_is_found_out() {
    let servers = Servers::start();
    servers.remove_forgeries();
    servers.knows_no_plus();
    let robot = Robot::new(&Setup::new(&servers));
    // Postfix reads its settings again a moment after it was told
    let (code, said) =
        wait_until(|| Some(believed(&robot)).filter(|(code, _)| *code == 1)).expect("a refusal");
    assert_eq!(code, 1);
    for words in ["mail to help+12@team.example is not taken: ", "set robot.plus_addressing = false"] {
        assert!(said.contains(words), "{words} in {said}");
    }
    assert!(
        said.contains("authserv_id = [\"mail.team.example\"]"),
        "the rest is found out all the same: {said}"
    );
    robot.reconfigure("[robot]", "[robot]\nplus_addressing = false");
    let (code, said) = believed(&robot);
    assert!(code == 0 && !said.contains("answers"), "{said}");
}
