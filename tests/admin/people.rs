//! Who is on staff, and what an administrator knows and puts right of others.

use super::settings::{admin, refused, text};
use super::{OPEN, Site, err, json, out, run};
use std::fs;
use std::process::{Child, Stdio};
use std::time::Duration;
use trackle::clock::{Clock, SystemClock};

/// Believes what the mail server says of senders.
const BELIEVED: &str = "[policy]\nconfirm_tickets = false\n[identity]\nmx_hosts = [\"mx.example.org\"]\ntrusted_networks = [\"192.0.2.0/24\"]\n[digest]\ndays = \"never\"\nown = false\n";

/// A mail that the mail server vouches for.
fn proven(from: &str, number: u32, about: &str, text: &str) -> Vec<u8> {
    let now = jiff::fmt::rfc2822::to_string(&SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC)).unwrap();
    format!(
        "Received: from desk (desk.example.org [192.0.2.7]) by mx.example.org with ESMTP id 1; {now}\r\n\
         From: {from}@example.org\r\nTo: help@example.org\r\nSubject: {about}\r\nDate: {now}\r\n\
         Message-ID: <m{number}@example.org>\r\n\r\n{text}\r\n"
    )
    .into_bytes()
}

fn owner(site: &Site, ticket: &str) -> String {
    let shown = json(&run(site, &["show", ticket, "--json"]));
    shown["owner"].as_str().unwrap_or("nobody").to_owned()
}

/// Shows T121, T124: members come, change and go, their tickets go to somebody, and what else is theirs is told.
#[test]
fn a_member_comes_changes_and_goes() {
    let site = super::filled();
    let before = text(&site);
    let added = run(
        &site,
        &[
            "admin",
            "people",
            "add",
            "bob",
            "--address",
            "bob@example.org",
            "--name",
            "Bob Jones",
            "--alias",
            "rob",
        ],
    );
    assert!(added.status.success(), "{added:?}");
    admin(&site, "people update bob --alias bob@home.example --remove-alias rob");
    assert!(text(&site).contains("[[staff.member]]\nlogin = \"bob\"\nname = \"Bob Jones\"\naddress = \"bob@example.org\"\naliases = [\"bob@home.example\"]\n"));
    let one = admin(&site, "people list bob@home.example");
    assert!(one.starts_with("bob (Bob Jones), staff\nbob@example.org: never wrote\n"), "{one}");
    let moved = run(&site, &["admin", "people", "update", "bob", "--address", "bob@new.example"]);
    assert!(err(&moved).contains("`--alias bob@example.org` would keep it"), "{moved:?}");
    admin(&site, "people update bob --address bob@example.org --alias bob@new.example");
    admin(&site, "people update bob --remove-alias BOB@new.example");
    for words in [
        "people add eve --address ann@example.org",
        "people add bob --address b@example.org",
        "people add 12 --address b@example.org",
        "people update bob --key short",
    ] {
        let (code, why) = refused(&site, words);
        assert!(code == 78 && why.contains("nothing was written"), "{words}: {code} {why}");
    }
    let assigned = "UPDATE ticket SET owner = 'bob' WHERE number IN (1, 2)";
    rusqlite::Connection::open(site.path("state/trackle.db")).unwrap().execute(assigned, []).unwrap();
    let all = json(&run(&site, &["admin", "people", "--json"]));
    assert_eq!((&all[1]["login"], &all[1]["open"]), (&"bob".into(), &serde_json::json!([1, 2])));
    let (code, why) = refused(&site, "people remove bob");
    assert!(code == 1 && why.contains("bob has 2 open tickets: --hand-to LOGIN"), "{code} {why}");
    assert_eq!(refused(&site, "people remove bob --hand-to bob").0, 1);
    assert_eq!(refused(&site, "people remove bob --hand-to eve").0, 1);
    let gone = run(&site, &["admin", "people", "remove", "bob", "--hand-to", "ann", "--as", "ann"]);
    assert!(
        gone.status.success() && out(&gone).starts_with("2 tickets went to ann\n-[[staff.member]]\n"),
        "{gone:?}"
    );
    assert!(
        err(&gone).contains("if team@example.org is a mailing list, take bob@example.org off it"),
        "{gone:?}"
    );
    assert_eq!((owner(&site, "1"), owner(&site, "2")), ("ann".into(), "ann".into()));
    let log = out(&run(&site, &["log", "1"]));
    assert!(log.contains("assigned") && log.contains("console"), "{log}");
    assert_eq!(text(&site), before);
}

/// Whoever leaves tickets behind has said so; they still show whose they were.
#[test]
fn tickets_may_stay_with_a_login_that_is_gone() {
    let site = super::filled();
    admin(&site, "people add bob --address bob@example.org");
    let assigned = "UPDATE ticket SET owner = 'bob' WHERE number = 1";
    rusqlite::Connection::open(site.path("state/trackle.db")).unwrap().execute(assigned, []).unwrap();
    admin(&site, "people remove bob --yes");
    assert_eq!(owner(&site, "1"), "bob");
    assert!(refused(&site, "people remove bob").1.contains("nobody on staff is called"));
    assert!(refused(&site, "people remove ann").1.contains("is the last on staff"));
}

#[test]
fn others_are_vouched_for_named_and_kept_from_mail() {
    let site = Site::configured(OPEN);
    site.takes(&[&super::mail(1, "", "It smokes.")]);
    let bob = "bob@example.net";
    let before = admin(&site, &format!("people list {bob}"));
    assert!(before.contains("called Bob Jones") && before.contains("not proven"), "{before}");
    let vouched = admin(&site, &format!("people update {bob} --confirmed --name Robert --as ann"));
    assert_eq!(vouched, format!("{bob} is called Robert now\n{bob} counts as proven, on the word of ann\n"));
    let after = admin(&site, &format!("people list {bob}"));
    assert!(
        after.contains("called Robert") && after.contains("by the word of ann@example.org, event"),
        "{after}"
    );
    assert_eq!(admin(&site, &format!("people update {bob} --confirmed --as ann")), "it is so already\n");
    let known = json(&run(&site, &["admin", "people", "list", bob, "--json"]));
    assert_eq!(
        (&known["role"], &known["addresses"][0]["proven"]["how"]),
        (&"requester".into(), &"vouched".into())
    );
    admin(&site, &format!("people suspend {bob}"));
    assert!(refused(&site, &format!("people suspend {bob}")).1.contains("suspended already"));
    assert!(admin(&site, &format!("people list {bob}")).contains("gets no news since"));
    admin(&site, &format!("people restore {bob}"));
    for words in [
        "people suspend x@example.net",
        "people update x@example.net --confirmed --as ann",
        "people list x@example.net",
    ] {
        assert!(refused(&site, words).1.contains("never wrote"), "{words}");
    }
    assert!(
        refused(&site, &format!("people update {bob} --alias x --as ann")).1.contains("nobody's on staff")
    );
    assert!(refused(&site, "people update ann --confirmed").1.contains("vouches already"));
    let sound = run(&site, &["audit"]);
    assert!(sound.status.success(), "{sound:?}");
}

/// Who confirmed, and how: the letter's ticket, the mail that answered and the event are named.
#[test]
fn how_an_address_was_proven_is_told() {
    let site = Site::configured("");
    site.takes(&[&super::mail(1, "", "It smokes.")]);
    super::keys::comes(&site, "yes", &super::keys::yes(2, &super::keys::code(&site, 1)));
    let told = admin(&site, "people list bob@example.net");
    assert!(
        told.contains("by the answer to the question about #1 (mail 2), event 3; letters arrive"),
        "{told}"
    );
}

/// A robot that serves until it is dropped.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until it holds; `last` says how it stands when it does not.
fn comes(holds: impl Fn() -> bool, last: impl Fn() -> String) {
    for _ in 0..600 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{}", last());
}

/// Shows T121: beside a robot that serves, a new member may command at once, and one who went may not any more.
#[test]
fn a_running_robot_knows_who_came_and_who_went() {
    let site = Site::configured(BELIEVED);
    site.takes(&[&super::mail(1, "", "It smokes."), &super::mail(2, "", "No ink.")]);
    let log = fs::File::create(site.path("log")).unwrap();
    let _robot = Serving(site.command(&["serve"]).stderr(Stdio::from(log)).spawn().unwrap());
    let log = || fs::read_to_string(site.path("log")).unwrap();
    let logged = |words: &str, times: usize| comes(|| log().matches(words).count() >= times, log);
    let owned = |wanted: &str| comes(|| owner(&site, "1") == wanted, log);
    logged("started", 1);
    let told = admin(&site, "people add bob --address bob@example.org");
    assert!(told.ends_with("the robot has read it again\n"), "{told}");
    logged("configuration read again", 1);
    let put = |name: &str, mail: &[u8]| {
        fs::write(site.path(&format!("in/tmp/{name}")), mail).unwrap();
        fs::rename(site.path(&format!("in/tmp/{name}")), site.path(&format!("in/new/{name}"))).unwrap();
    };
    put("take", &proven("bob", 1, "Re: [#1] Printer 1", "take 1"));
    owned("bob");
    admin(&site, "people remove bob --hand-to ann --as ann");
    logged("configuration read again", 2);
    put("late", &proven("bob", 2, "Re: [#2] Printer 2", "take 2"));
    put("ann", &proven("ann", 3, "Re: [#1] Printer 1", "drop 1"));
    owned("nobody");
    assert_eq!(owner(&site, "2"), "nobody");
    fs::create_dir_all(site.path("letters")).unwrap();
    admin(&site, "set robot.letters letters");
    fs::remove_dir(site.path("letters")).unwrap();
    let (code, _) = refused(&site, "set robot.name Desk");
    let again = run(&site, &["admin", "set", "robot.name", "Help"]);
    assert!(
        code == 1 && out(&again).contains("the robot goes on as it was: reading the letters in "),
        "{again:?}"
    );
    let elsewhere = run(&site, &["admin", "set", "robot.state", "other"]);
    assert!(
        out(&elsewhere).contains("robot.state changes when the robot is stopped and started"),
        "{elsewhere:?}"
    );
}
