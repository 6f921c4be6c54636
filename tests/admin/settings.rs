//! Settings one by one, the staff list, and what is the same by two words.

use super::{Site, err, json, out, run};
use std::fs;

/// Says something to `trackle admin`; it is done.
pub fn admin(site: &Site, words: &str) -> String {
    let words: Vec<&str> = std::iter::once("admin").chain(words.split_whitespace()).collect();
    let done = run(site, &words);
    assert!(done.status.success(), "{words:?} {done:?}");
    out(&done)
}

/// The same, and it is not done: the exit code and why.
pub fn refused(site: &Site, words: &str) -> (i32, String) {
    let words: Vec<&str> = std::iter::once("admin").chain(words.split_whitespace()).collect();
    let done = run(site, &words);
    assert!(!done.status.success(), "{words:?} {done:?}");
    (done.status.code().unwrap(), err(&done))
}

/// The configuration as it is now.
pub fn text(site: &Site) -> String {
    fs::read_to_string(site.path("trackle.toml")).unwrap()
}

/// Shows T120, T124: settings are changed in one place, each is checked before it holds, and all else there stays.
#[test]
fn settings_are_shown_and_changed_one_by_one() {
    let site = Site::configured("# Ours.\n[policy]\nconfirm_tickets = false # for now\n");
    let before = text(&site);
    assert_eq!(admin(&site, "get robot.name"), "Help desk\n");
    let told = admin(&site, "set robot.name Desk");
    assert_eq!(told, "+name = \"Desk\"\nno robot runs: it will read this when it starts\n");
    assert_eq!(admin(&site, "get robot.name"), "Desk\n");
    assert_eq!(admin(&site, "set robot.name Desk"), "it is so already\n");
    assert!(
        admin(&site, "get policy").contains("policy.confirm_tickets = false\n#policy.invite_named = true\n")
    );
    admin(&site, "set policy.confirm_tickets true");
    assert!(text(&site).contains("confirm_tickets = true # for now\n"));
    admin(&site, "set policy.confirm_tickets no");
    admin(&site, "set digest.to ann@example.org bob@example.org");
    assert_eq!(admin(&site, "get digest.to"), "ann@example.org\nbob@example.org\n");
    admin(&site, "set mailbox.1.poll 90s");
    assert_eq!(admin(&site, "get mailbox.poll"), "90s\n");
    for setting in ["robot.name", "digest.to", "mailbox.poll"] {
        admin(&site, &format!("unset {setting}"));
    }
    assert_eq!(text(&site), format!("{before}\n[digest]\n"));
    let all = json(&run(&site, &["admin", "get", "--json"]));
    let of = |name: &str| all.as_array().unwrap().iter().find(|one| one["setting"] == name).unwrap().clone();
    assert_eq!(of("policy.confirm_tickets")["is_set"], true);
    assert_eq!(
        (&of("robot.delimiter")["value"], &of("robot.delimiter")["is_set"]),
        (&"+".into(), &false.into())
    );
    assert!(of("staff.member.1.login")["value"] == "ann");
    assert_eq!(admin(&site, "get staff.member.ann.address"), "ann@example.org\n");
}

#[test]
fn what_would_be_wrong_is_refused_and_nothing_is_written() {
    let site = Site::configured("");
    let before = text(&site);
    for (words, code, why) in [
        ("set robot.name", 2, "VALUE"),
        ("set robot.nme x", 1, "there is no setting robot.nme"),
        ("set courier.password x", 1, "no password is one: say where it is found with password_file"),
        ("set policy.automatic_per_day many", 2, "policy.automatic_per_day is a number"),
        ("set policy.confirm_tickets maybe", 2, "true or false"),
        ("set robot.name two words", 2, "takes one value"),
        ("set digest.at never", 78, "digest.at"),
        ("set staff.list help@example.org", 78, "nothing was written"),
        ("unset robot.address", 78, "robot.address"),
        ("set robot.letters nowhere", 1, "is no directory: make it first"),
        ("get robot.letters", 1, "robot.letters is not set"),
        ("set mailbox.7.poll 1m", 1, "there is no 7"),
        ("list nobody", 65, "is not a mail address"),
        ("list also remove x@example.org", 1, "is not among them"),
    ] {
        let (found, said) = refused(&site, words);
        assert!(found == code && said.contains(why), "{words}: {found} {said}");
    }
    assert_eq!(text(&site), before);
    fs::write(site.path("trackle.toml"), "[robot\n").unwrap();
    assert_eq!(refused(&site, "set robot.name x").0, 78);
}

#[test]
fn the_staff_list_is_set_and_what_has_to_be_done_there_is_said() {
    let site = Site::configured("");
    let set = run(&site, &["admin", "list", "staff@lists.example.org"]);
    assert!(set.status.success() && err(&set).contains("subscribe help@example.org to it"), "{set:?}");
    admin(&site, "list also add archive@example.org");
    assert_eq!(admin(&site, "list"), "staff@lists.example.org\nalso archive@example.org\n");
    admin(&site, "list also remove archive@example.org");
    assert_eq!(json(&run(&site, &["admin", "list", "--json"]))["also"], serde_json::json!([]));
}

#[test]
fn hosts_and_backups_are_the_same_by_both_words() {
    let site = super::filled();
    let key = out(&run(&site, &["host", "keygen", "--key", site.path("host.key").to_str().unwrap()]));
    admin(&site, &format!("host add web {} --as ann", key.trim()));
    let both = [["admin", "host", "list", "--json"].as_slice(), &["hosts", "--json"]];
    assert_eq!(json(&run(&site, both[0])), json(&run(&site, both[1])));
    admin(&site, "host revoke web --as ann");
    admin(&site, &format!("backup {}", site.path("all.backup").display()));
    let again = admin(&site, &format!("restore --replace {}", site.path("all.backup").display()));
    assert!(!again.is_empty() && out(&run(&site, &["list"])).contains("Printer 1"), "{again}");
}

/// Each has its turn: nobody's change is lost.
#[test]
fn many_at_once_change_one_after_the_other() {
    let site = Site::configured("");
    let all: Vec<_> = (0..8)
        .map(|number| {
            let address = format!("b{number}@example.org");
            let words = ["admin", "people", "add", &format!("bob{number}"), "--address", &address];
            site.command(&words).stdout(std::process::Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut one in all {
        assert!(one.wait().unwrap().success());
    }
    let logins = admin(&site, "people");
    assert!((0..8).all(|number| logins.contains(&format!("\nbob{number} "))), "{logins}");
}

/// At whatever moment it is killed, the file is the one or the other, and the next change goes through.
#[test]
fn whoever_is_killed_leaves_a_whole_file() {
    let site = Site::configured("");
    admin(&site, "set robot.name A");
    let (one, mut names) = (text(&site), std::collections::BTreeSet::new());
    for moment in 0..60 {
        let name = if moment % 2 == 0 { "B" } else { "A" };
        let mut child = site
            .command(&["admin", "set", "robot.name", name])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_micros(500 * moment));
        let _ = child.kill();
        child.wait().unwrap();
        let now = text(&site);
        assert!(now == one || now == one.replace("\"A\"", "\"B\""), "{now}");
        names.insert(now);
    }
    admin(&site, "set robot.name C");
    let left: Vec<_> = fs::read_dir(site.dir.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!((left.len(), admin(&site, "get robot.name").as_str()), (1, "C\n"), "{left:?} {}", names.len());
}
