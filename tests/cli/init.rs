//! `trackle init` by flags alone, as a script runs it: nobody sits there. What a person types is in `tests/real/init.rs`.

use super::{code, err, out, trackle};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use tempfile::TempDir;
use trackle::config::{Config, Courier, Mailbox};
use trackle::model::server::{SecretSource, Security};

const EXAMPLE: &str = include_str!("../../config.example.toml");

/// Where it is run.
struct Place {
    dir: TempDir,
}

impl Place {
    fn new() -> Place {
        Place { dir: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn config(&self) -> PathBuf {
        self.path("etc/trackle.toml")
    }

    /// With these flags, and with those that every test says.
    fn init(&self, flags: &[&str]) -> Output {
        let (config, state) = (self.config(), self.path("state"));
        let all = ["--config", config.to_str().unwrap(), "init", "--state", state.to_str().unwrap()];
        trackle(&[&all[..], flags].concat())
    }

    fn command(&self, words: &[&str]) -> Output {
        trackle(&[&["--config", self.config().to_str().unwrap()], words].concat())
    }
}

const TEAM: [&str; 8] = [
    "--address",
    "help@team.example",
    "--member",
    "ann Ann Lee <ann@team.example>",
    "--member",
    "ben Ben Stone <ben@team.example>",
    "--list",
    "staff@team.example",
];

/// A mail server that listens and takes no letters; it ends with the test program.
fn listener() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for line in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || {
                let mut answers = line.try_clone().unwrap();
                let _ = answers.write_all(b"220 mail.team.example\r\n");
                for command in BufReader::new(line).lines().map_while(Result::ok) {
                    let answer =
                        if command.starts_with("EHLO") { "250 mail.team.example" } else { "221 bye" };
                    let _ = answers.write_all(format!("{answer}\r\n").as_bytes());
                }
            });
        }
    });
    format!("127.0.0.1:{port} plain")
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o7777
}

/// Every line of prose in the example stands in the file, in its order.
fn is_as_well_explained(text: &str) {
    let mut lines = text.lines();
    for line in
        EXAMPLE.lines().filter(|line| line.starts_with("# ") && !line.contains("what you must decide"))
    {
        assert!(lines.any(|l| l == line), "{line} is not in\n{text}");
    }
}

#[test]
fn all_by_flags() {
    let (place, smtp) = (Place::new(), listener());
    let flags = [&TEAM[..], &["--pipe", "--smtp", &smtp, "--smtp-user", "-"]].concat();
    let made = place.init(&flags);
    assert_eq!(code(&made), 0, "{made:?}");
    let told = out(&made);
    for words in [
        "listens to us without a login",
        "help: \"|",
        " deliver\"\n",
        "recipient_delimiter=+",
        "Every command wants to be told of it: --config ",
    ] {
        assert!(told.contains(words), "{words} in {told}");
    }
    assert_eq!((mode(&place.config()), mode(&place.path("etc")) & 0o007), (0o640, 0));
    is_as_well_explained(&fs::read_to_string(place.config()).unwrap());
    let config = Config::read(&place.config()).unwrap();
    assert_eq!(config.robot.address.as_str(), "help@team.example");
    assert_eq!(config.robot.state, place.path("state"));
    assert_eq!(config.staff.list.as_str(), "staff@team.example");
    let logins: Vec<&str> = config.staff.members.iter().map(|m| m.login.as_str()).collect();
    assert_eq!((logins.as_slice(), config.mailboxes.len()), (["ann", "ben"].as_slice(), 0));
    let Courier::Smtp(courier) = &config.courier else { panic!("{config:?}") };
    assert_eq!((courier.server.security, &courier.server.login), (Security::Plain, &None));
    let checked = place.command(&["check"]);
    assert_eq!(code(&checked), 0, "{checked:?}");

    // what is there stays
    let before = fs::read(place.config()).unwrap();
    let again = place.init(&flags);
    assert_eq!(code(&again), 1);
    assert!(err(&again).contains("is there already: --force"), "{again:?}");
    assert_eq!(fs::read(place.config()).unwrap(), before);
    let forced = place.init(&[&flags[..], &["--force", "--no-plus"]].concat());
    assert_eq!(code(&forced), 0, "{forced:?}");
    assert!(!Config::read(&place.config()).unwrap().robot.plus_addressing);
}

#[test]
fn a_mailbox_by_flags() {
    let place = Place::new();
    let secret = place.path("secret");
    fs::write(&secret, "hunter2\n").unwrap();
    let mailbox = ["--imap", "imap.team.example", "--password-file", secret.to_str().unwrap(), "--untried"];
    let made = place.init(&[&TEAM[..], &mailbox, &["--smtp", "mx.team.example:587"]].concat());
    assert_eq!(code(&made), 0, "{made:?}");
    let told = out(&made);
    assert!(told.contains("mail to help@team.example lies in the folder INBOX"), "{told}");
    assert!(told.contains("may post to staff@team.example"), "{told}");
    is_as_well_explained(&fs::read_to_string(place.config()).unwrap());
    let config = Config::read(&place.config()).unwrap();
    let [Mailbox::Imap(imap)] = config.mailboxes.as_slice() else { panic!("{config:?}") };
    let Courier::Smtp(courier) = &config.courier else { panic!("{config:?}") };
    assert_eq!((imap.server.port, courier.server.port), (993, 587));
    for server in [&imap.server, &courier.server] {
        let login = server.login.as_ref().unwrap();
        assert_eq!(
            (login.user.as_str(), &login.secret),
            ("help@team.example", &SecretSource::File(secret.clone()))
        );
    }
    let names: Vec<_> = fs::read_dir(place.path("etc")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["trackle.toml"], "a password that lies elsewhere is not copied");
}

#[test]
fn what_is_missing_or_wrong_is_said_and_nothing_is_written() {
    let (place, smtp) = (Place::new(), listener());
    let local = ["--smtp", &smtp, "--smtp-user", "-"];
    let missing = place.init(&[]);
    assert_eq!(code(&missing), 2);
    for flag in ["--address", "--imap SERVER, --pipe or --maildir DIR", "--smtp", "--member", "--list"] {
        assert!(err(&missing).contains(flag), "{flag} in {missing:?}");
    }
    for (flags, told) in [
        (&["--address", "nobody"][..], "\"nobody\" is no bare mail address"),
        (&["--imap", "https://x"], "is no server's name"),
        (&["--imap", "x", "--pipe"], "cannot be used with"),
        (&["--member", "Ann"], "needs a login, a name and an address"),
        (
            &["--address", "help@team.example", "--list", "Help@team.example"],
            "that is the robot's own address",
        ),
    ] {
        let failed = place.init(flags);
        assert!(code(&failed) == 2 && err(&failed).contains(told), "{flags:?}: {failed:?}");
    }
    // a port where nobody listens; a state directory that is a file
    fs::write(place.path("file"), "").unwrap();
    let file = place.path("file/state");
    let closed = ["--pipe", "--smtp", "127.0.0.1:1 plain", "--smtp-user", "-"];
    let failed = place.init(&[&TEAM[..], &closed].concat());
    assert!(code(&failed) == 1 && out(&failed).contains("127.0.0.1:1"), "{failed:?}");
    assert!(err(&failed).contains("nothing was written: mend what is wrong"), "{failed:?}");
    // untried or not: the robot would write to a member who is itself
    let itself = ["--member", "help Help <help@team.example>", "--pipe", "--untried"];
    let failed = place.init(&[&TEAM[..], &itself, &local].concat());
    assert!(code(&failed) == 65 && err(&failed).contains("the robot's own address"), "{failed:?}");
    let config = place.config();
    let words = ["--config", config.to_str().unwrap(), "init", "--state", file.to_str().unwrap(), "--pipe"];
    let failed = trackle(&[&words[..], &TEAM, &local].concat());
    assert!(code(&failed) == 1 && out(&failed).contains("name another directory"), "{failed:?}");
    assert!(!place.config().exists());
}

#[test]
fn a_maildir_by_guesses_takes_a_mail() {
    let (place, smtp) = (Place::new(), listener());
    let maildir = place.path("in");
    fs::create_dir_all(maildir.join("new")).unwrap();
    fs::create_dir_all(maildir.join("cur")).unwrap();
    let flags = ["--maildir", maildir.to_str().unwrap(), "--smtp", &smtp, "--smtp-user", "-", "--yes"];
    let made = place.init(&[&TEAM[..], &flags].concat());
    assert_eq!(code(&made), 0, "{made:?}");
    assert!(out(&made).contains(&format!("help: {}/\n", maildir.display())), "{made:?}");
    fs::write(maildir.join("new/1.x"), super::REQUEST).unwrap();
    // the listener takes no letter: one is left for another try
    assert_eq!(code(&place.command(&["serve", "--once", "--quiet"])), 75);
    let listed = place.command(&["status", "--json"]);
    assert_eq!(super::json(&listed)["tickets"]["unconfirmed"], 1, "{listed:?}");
}

/// Whoever is not root sets up a robot of his own, and every command finds it.
#[test]
fn a_users_own_robot_is_found_without_a_flag() {
    const NOBODY: u32 = 65_534;
    assert!(
        !Path::new("/etc/trackle/trackle.toml").exists(),
        "this machine has a robot, whose configuration comes first"
    );
    let (place, smtp) = (Place::new(), listener());
    let program = place.path("trackle");
    let original = env!("CARGO_BIN_EXE_trackle");
    if fs::hard_link(original, &program).is_err() {
        fs::copy(original, &program).unwrap();
    }
    let home = place.path("home");
    fs::create_dir(&home).unwrap();
    fs::set_permissions(place.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    let is_root = rustix::process::geteuid().is_root();
    let user = |words: &[&str]| {
        let mut command = Command::new(&program);
        command.args(words).env_clear().env("HOME", &home).env("PATH", "/usr/bin:/bin").stdin(Stdio::null());
        if is_root {
            chown(&home, Some(NOBODY), Some(NOBODY)).unwrap();
            command.uid(NOBODY).gid(NOBODY).current_dir("/");
        }
        command.output().unwrap()
    };
    let flags = [&["init"][..], &TEAM, &["--pipe", "--smtp", &smtp, "--smtp-user", "-"]].concat();
    let made = user(&flags);
    assert_eq!(code(&made), 0, "{made:?}");
    let own = home.join(".config/trackle/trackle.toml");
    assert!(out(&made).contains(&format!("Written: {}\n", own.display())), "{made:?}");
    assert!(out(&made).contains("\n  trackle serve\n") && !out(&made).contains("Every command"), "{made:?}");
    assert!(out(&made).contains(&format!(" --config {} deliver\"", own.display())), "{made:?}");
    let checked = user(&["check"]);
    assert!(code(&checked) == 0 && out(&checked).contains("help@team.example"), "{checked:?}");
    // what is there already is said before anything is asked
    let again = user(&flags);
    assert!(code(&again) == 1 && err(&again).contains("is there already"), "{again:?}");
    // and where somebody else's files are, nothing is written
    let barred = user(&[&["--config", "/etc/trackle/trackle.toml"], flags.as_slice()].concat());
    assert!(!is_root || (code(&barred) == 1 && err(&barred).contains("--config FILE names another place")));
}
