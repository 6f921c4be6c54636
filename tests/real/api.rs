//! A host that speaks to the robot over HTTPS: a real `trackle serve` behind a real nginx, a token, a home of its own. It is
//! enrolled, lists, shows, locks, notes and works; what goes wrong on the way loses nothing.

use crate::proxy::{Proxy, free_port};
use crate::robot::{Robot, Setup, code, complaint, drop_into, wait_until};
use crate::servers::mails_in;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A robot with one ticket, the proxy before it, and the home of root on another host.
struct Desk {
    robot: Robot,
    proxy: Proxy,
    port: u16,
    home: Home,
}

/// Another host, where the robot's files are not.
pub struct Home(tempfile::TempDir);

impl Home {
    pub fn new() -> Home {
        Home(tempfile::Builder::new().prefix("tkh").tempdir_in("/tmp").unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The program there.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trackle"));
        command.args(["--config", "/nowhere/trackle.toml"]).env("HOME", self.0.path());
        command.env_remove("XDG_CONFIG_HOME").env_remove("XDG_STATE_HOME").stdin(Stdio::null());
        command.env("XDG_CONFIG_HOME", self.path("config"));
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command().args(args).output().unwrap()
    }

    /// The same, which has to end well; what it said.
    #[track_caller]
    pub fn does(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(code(&output), 0, "{args:?}: {}", complaint(&output));
        said(&output)
    }

    /// The same, which has to fail so; what it complained of.
    #[track_caller]
    pub fn fails(&self, wanted: i32, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(code(&output), wanted, "{args:?}: {}{}", said(&output), complaint(&output));
        complaint(&output)
    }

    /// A file that nobody else may read.
    pub fn keeps(&self, name: &str, text: &str) -> String {
        fs::write(self.path(name), text).unwrap();
        fs::set_permissions(self.path(name), Permissions::from_mode(0o600)).unwrap();
        self.path(name).display().to_string()
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

impl Desk {
    /// Serving, and nobody is enrolled.
    fn open() -> Desk {
        let port = free_port();
        let mut setup = Setup::local();
        setup.rest =
            format!("[policy]\nconfirm_tickets = false\n[web]\nlisten = \"127.0.0.1:{port}\"\napi = true\n");
        let mut robot = Robot::new(&setup);
        drop_into(
            &robot.path("help"),
            "From: Alice <alice@else.example>\nTo: help@team.example\nSubject: Printer on fire\n\nPlease come.\n",
        );
        let once = robot.once();
        assert_eq!(code(&once), 0, "{}", complaint(&once));
        robot.start();
        Desk { robot, proxy: Proxy::before(port), port, home: Home::new() }
    }

    /// The host is believed.
    fn enrolled() -> Desk {
        let desk = Desk::open();
        let token = desk.token(&["--for", "bob", "--host", "web1"]);
        let file = desk.home.keeps("given", &token);
        let told = desk.enroll(&file, &desk.proxy.ca());
        assert!(told.contains("web1: ") && told.contains("you are bob there"), "{told}");
        desk
    }

    fn token(&self, words: &[&str]) -> String {
        let made = self.robot.run(&[&["admin", "token", "add"], words].concat(), b"");
        assert_eq!(code(&made), 0, "{}", complaint(&made));
        let token = said(&made).trim().to_owned();
        assert!(token.starts_with("trk_") && token.len() == 36, "{token}");
        token
    }

    #[track_caller]
    fn enroll(&self, token_file: &str, ca: &std::path::Path) -> String {
        let (url, ca) = (self.proxy.url(), ca.display().to_string());
        // root's is /etc/trackle, unless there is one of his own
        let own = format!(
            "robot = \"help@team.example\"\nname = \"web1\"\n[api]\nurl = \"{url}\"\ntoken_file = \"{token_file}\"\n\
             roots = \"{ca}\"\n"
        );
        fs::create_dir_all(self.home.path("config/trackle")).unwrap();
        fs::write(self.home.path("config/trackle/host.toml"), own).unwrap();
        self.home.does(&["host", "enroll", "--url", &url, "--token-file", token_file, "--roots", &ca])
    }

    /// What lies in a Maildir of the courier's, as text.
    fn letters(&self, who: &str) -> Vec<String> {
        let mails = mails_in(&self.robot.path("mail").join(format!("{who}@team.example")));
        mails
            .iter()
            .map(|mail| trackle::read::mail(mail).unwrap())
            .map(|m| format!("{}\n{}", m.subject, m.text))
            .collect()
    }

    /// Waits for a letter to staff with these words.
    #[track_caller]
    fn staff_read(&self, words: &str) -> String {
        let found = wait_until(|| self.letters("staff").into_iter().find(|text| text.contains(words)));
        found.unwrap_or_else(|| {
            panic!("no letter says {words:?}: {:#?}\n{}", self.letters("staff"), self.robot.log())
        })
    }
}

#[test]
fn a_host_is_enrolled_by_a_token_and_works_over_https() {
    let desk = Desk::enrolled();
    let home = &desk.home;
    assert!(desk.staff_read("web1").contains("bob@team.example"));
    let toml = fs::read_to_string(home.path("config/trackle/host.toml")).unwrap();
    assert!(toml.contains("[api]") && !toml.contains("trk_"), "{toml}");

    let list = home.does(&["list"]);
    assert!(list.contains("Printer on fire"), "{list}");
    assert!(home.does(&["list", "--json", "--owner", "nobody"]).starts_with("[]"));
    let show = home.does(&["show", "1"]);
    assert!(show.contains("Please come.") && show.contains("alice@else.example"), "{show}");
    assert!(home.fails(1, &["show", "2"]).contains("there is no ticket #2"));

    home.does(&["note", "1", "The", "drum", "is", "worn."]);
    desk.staff_read("The drum is worn.");
    home.does(&["lock", "take", "1"]);
    assert!(home.does(&["lock"]).contains("bob"));
    let taken = desk.robot.run(&["lock", "take", "1", "--as", "anna"], b"");
    assert!(complaint(&taken).contains("Bob Stone"), "{}", complaint(&taken));
    home.does(&["lock", "release", "1"]);

    let motd = home.path("motd");
    fs::write(&motd, "hello\n").unwrap();
    let line = format!("echo Welcome. > {}", motd.display());
    let worked = home.run(&["work", "1", "-c", &line, "--yes", "--show", "motd"]);
    assert_eq!(code(&worked), 0, "{}", complaint(&worked));
    let told = complaint(&worked);
    assert!(told.contains("#1 (Printer on fire)") && !told.contains("does not see"), "{told}");
    let log = desk.staff_read("+Welcome.");
    assert!(log.contains("Bob Stone") && log.contains("on web1 as root"), "{log}");
    assert!(home.does(&["submit"]).is_empty());
    assert!(home.does(&["sessions"]).contains("web1"));
    assert!(home.does(&["session", "show", "1"]).contains("+Welcome."));

    let log = said(&desk.robot.run(&["log", "1"], b""));
    assert!(log.contains("token") && log.contains("bob@team.example"), "{log}");
    let hosts = said(&desk.robot.run(&["hosts", "--json"], b""));
    for wanted in [
        "\"host\": \"web1\"",
        "\"login\": \"root\"",
        "\"member\": \"bob\"",
        "\"unsent\": 0",
        "\"sessions\": 1",
    ] {
        assert!(hosts.contains(wanted), "{wanted} in {hosts}");
    }
    assert!(!hosts.contains("\"spoke\": null"), "{hosts}");
    desk.robot.is_sound();
}
