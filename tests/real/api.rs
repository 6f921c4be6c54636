//! A host that speaks to the robot over HTTPS: a real `trackle serve` behind a real nginx, a token, a home of its own. It is
//! enrolled, lists, shows, locks, notes and works; what goes wrong on the way loses nothing.

use crate::proxy::{Proxy, free_port};
use crate::robot::{Robot, Setup, code, complaint, drop_into, wait_until};
use crate::screen::Screen;
use crate::servers::mails_in;
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use trackle::clock::{Clock, SystemClock};
use trackle::model::session::{Ending, Session, Witnesses};
use trackle::record::hostkey::Signer;
use trackle::record::queue::Queue;

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
        // it takes mail before it listens
        wait_until(|| TcpStream::connect(("127.0.0.1", port)).ok()).expect("somebody listens");
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
    let status = said(&desk.robot.run(&["status"], b""));
    assert!(!status.contains("never looked into"), "{status}");
    desk.robot.is_sound();
}

#[test]
fn a_line_that_is_down_loses_nothing() {
    let mut desk = Desk::enrolled();
    desk.proxy.stop();
    let motd = desk.home.path("motd");
    let line = format!("echo Welcome. > {}", motd.display());
    let worked = desk.home.run(&["work", "1", "-c", &line, "--yes", "--show", "motd"]);
    assert_eq!(code(&worked), 0, "{}", complaint(&worked));
    let told = complaint(&worked);
    assert!(told.contains("what you do is kept and handed in later") && told.contains(" waits "), "{told}");
    let noted = desk.home.does(&["note", "1", "Ordered", "ink."]);
    assert!(noted.contains("waits (a note)"), "{noted}");
    let told = desk.home.fails(2, &["note", "--public", "1", "Ordered", "paper."]);
    assert!(told.contains("goes to staff alone"), "{told}");
    assert!(desk.home.fails(75, &["list"]).contains(&desk.proxy.url()));
    assert!(desk.home.fails(75, &["submit"]).contains("2 sessions wait"));
    assert!(desk.letters("staff").iter().all(|text| !text.contains("Welcome.")));

    desk.proxy.start();
    // whoever looks tells how many wait
    desk.home.does(&["list"]);
    let hosts = said(&desk.robot.run(&["hosts", "--json"], b""));
    assert!(hosts.contains("\"unsent\": 2"), "{hosts}");
    let sent = desk.home.does(&["submit"]);
    assert!(sent.starts_with("2 sessions sent to https://localhost:"), "{sent}");
    desk.staff_read("+Welcome.");
    desk.staff_read("Ordered ink.");
    // handed in once more, it changes nothing
    let status = desk.home.does(&["submit", "--status", "--json"]);
    let session = status.split("\"session\": \"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    desk.home.does(&["submit", "--again", &session]);
    let hosts = said(&desk.robot.run(&["hosts", "--json"], b""));
    assert!(hosts.contains("\"unsent\": 0") && hosts.contains("\"sessions\": 2"), "{hosts}");
    assert_eq!(said(&desk.robot.run(&["sessions", "--json"], b"")).matches("\"web1\"").count(), 2);
    desk.robot.is_sound();
}

#[test]
fn who_has_no_token_that_counts_is_told_nothing() {
    let mut desk = Desk::enrolled();
    let own = desk.home.path("given");
    let token = fs::read_to_string(&own).unwrap().trim().to_owned();
    let listed = || said(&desk.robot.run(&["admin", "token", "list", "--json"], b""));
    assert!(!listed().contains(&token) && listed().contains("\"counts\": true"), "{}", listed());

    // the next one; the old one holds for a day, or not
    let next = said(&desk.robot.run(&["admin", "token", "rotate", "1"], b"")).trim().to_owned();
    desk.home.does(&["list"]);
    desk.home.keeps("given", &next);
    desk.home.does(&["list"]);
    let last = said(&desk.robot.run(&["admin", "token", "rotate", "2", "--now"], b"")).trim().to_owned();
    assert!(desk.home.fails(1, &["list"]).contains("the token of bob at web1 is revoked"));
    desk.home.keeps("given", &last);
    desk.home.does(&["list"]);
    assert_eq!(code(&desk.robot.run(&["admin", "token", "revoke", "3"], b"")), 0);
    for args in [
        &["list"][..],
        &["show", "1"],
        &["lock", "take", "1"],
        &["note", "1", "Words."],
        &["work", "1", "-c", "true"],
    ] {
        assert!(desk.home.fails(1, args).contains("is revoked"), "{args:?}");
    }
    // one that never was, one that is none, one that others can read
    desk.home.keeps("given", &format!("trk_{}", "a".repeat(32)));
    let told = desk.home.fails(1, &["list"]);
    assert!(told.contains("no token that is known here") && !told.contains("trk_"), "{told}");
    desk.home.keeps("given", "trk_short");
    assert!(desk.home.fails(1, &["list"]).contains("it holds none"));
    desk.home.keeps("given", &token);
    fs::set_permissions(&own, Permissions::from_mode(0o644)).unwrap();
    assert!(desk.home.fails(1, &["list"]).contains("chmod 600"));

    // with its host a token goes as well
    let again = desk.token(&["--for", "bob", "--host", "web1"]);
    desk.home.keeps("given", &again);
    desk.home.does(&["list"]);
    assert_eq!(code(&desk.robot.run(&["host", "revoke", "web1", "--as", "bob"], b"")), 0);
    assert!(desk.home.fails(1, &["list"]).contains("the token of bob at web1 is revoked"));

    // who leaves staff leaves here as well
    let other = desk.token(&["--for", "anna", "--host", "web1", "--user", "root"]);
    desk.home.keeps("given", &other);
    assert!(desk.home.does(&["list"]).contains("Printer"));
    desk.robot.reconfigure("login = \"anna\"", "login = \"annika\"");
    let (status, _) = desk.robot.stop();
    assert!(status.success());
    desk.robot.start();
    // it takes mail before it listens
    wait_until(|| (code(&desk.home.run(&["list"])) != 75).then_some(()));
    assert!(desk.home.fails(1, &["list"]).contains("no longer on staff"));
    for secret in [token, next, last, again, other] {
        assert!(!desk.robot.log().contains(&secret), "{}", desk.robot.log());
    }
    desk.robot.is_sound();
}

#[test]
fn only_the_right_robot_gets_the_token() {
    let desk = Desk::open();
    let token = desk.token(&["--for", "bob", "--host", "web1", "--user", "root"]);
    let file = desk.home.keeps("given", &token);
    let (url, other) = (desk.proxy.url(), desk.proxy.other_ca().display().to_string());
    let enroll = |more: &[&str]| desk.home.run(&[&["host", "enroll", "--token-file", &file], more].concat());
    let wrong = enroll(&["--url", &url, "--roots", &other]);
    assert!(code(&wrong) == 75 && complaint(&wrong).contains("certificate"), "{}", complaint(&wrong));
    let plain = enroll(&["--url", &url.replace("https://localhost", "http://desk.example.org")]);
    assert!(code(&plain) == 2 && complaint(&plain).contains("in the clear"), "{}", complaint(&plain));
    let ca = desk.proxy.ca().display().to_string();
    let named = enroll(&["--url", &url, "--roots", &ca, "--name", "web2"]);
    assert!(complaint(&named).contains("the token is for web1"), "{}", complaint(&named));
    for name in ["host.toml", "token"] {
        assert!(!desk.home.path("config/trackle").join(name).exists(), "{name}");
    }
    let hosts = said(&desk.robot.run(&["hosts"], b""));
    assert!(hosts.contains("no host is enrolled"), "{hosts}");
}

/// A token lets a session in; whether it is believed, the key says that signed it.
#[test]
fn a_token_makes_no_session_true() {
    let desk = Desk::enrolled();
    let token = fs::read_to_string(desk.home.path("given")).unwrap().trim().to_owned();
    let (queue, own) = (Queue::open(&desk.home.path("queue")).unwrap(), Signer::new(&[9; 32]).unwrap());
    let enrolled = Signer::load(&desk.home.path("config/trackle/host.key")).unwrap();
    let mut sessions = Vec::new();
    for (signer, login, id) in [(&own, "root", 'a'), (&enrolled, "anna", 'b')] {
        let now = SystemClock.now();
        let session = Session {
            id: String::from(id).repeat(26),
            host: "web1".into(),
            login: login.into(),
            ticket: Some(1),
            started: now - SignedDuration::from_mins(5),
            ended: now,
            ending: Ending::Exit(0),
            directory: "/root".into(),
            shell: "/bin/bash".into(),
            command: None,
            environment: Vec::new(),
            witnesses: Witnesses::default(),
            typed: Vec::new(),
            ran: Vec::new(),
            changes: Vec::new(),
            remark: "It was nobody.".into(),
            tags: Vec::new(),
            evidence: Vec::new(),
        };
        sessions.push(queue.put(session, BTreeMap::new(), signer).unwrap().path);
    }
    for (session, told) in
        sessions.iter().zip(["is the key of no host that is enrolled", "says that anna worked there"])
    {
        let status = Command::new("curl")
            .args(["--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "-H"])
            .arg(format!("Authorization: Bearer {token}"))
            .arg("--data-binary")
            .arg(format!("@{}", session.display()))
            .arg(format!("http://127.0.0.1:{}/api/1/bundle", desk.port))
            .output()
            .unwrap();
        assert_eq!(said(&status), "202");
        let listed = || said(&desk.robot.run(&["quarantine", "list"], b""));
        assert!(wait_until(|| listed().contains(told).then_some(())).is_some(), "{told}: {}", listed());
    }
    assert!(said(&desk.robot.run(&["sessions"], b"")).is_empty());
    desk.robot.is_sound();
}

/// What programs of strangers say to it, without the https.
#[test]
fn what_is_no_right_request_is_refused() {
    let desk = Desk::enrolled();
    let token = fs::read_to_string(desk.home.path("given")).unwrap().trim().to_owned();
    let bearer = format!("Authorization: Bearer {token}");
    let ask = |path: &str, args: &[&str]| {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--include", "--max-time", "20"]).args(args);
        said(&curl.arg(format!("http://127.0.0.1:{}/api/1/{path}", desk.port)).output().unwrap())
    };
    let large = desk.home.path("large");
    fs::write(&large, vec![b'a'; 8_000_000]).unwrap();
    let large = format!("@{}", large.display());
    let json = "Content-Type: application/json";
    for (status, path, args) in [
        ("200", "site", &["-H", &bearer][..]),
        ("401", "site", &[]),
        ("401", "bundle", &["--data", "x"]),
        ("401", "nothing", &[]),
        ("401", "site", &["-H", "Authorization: Bearer "]),
        ("401", "site", &["-H", "Authorization: Basic YTpi"]),
        ("404", "nothing", &["-H", &bearer]),
        ("404", "tickets/2", &["-H", &bearer]),
        ("400", "tickets/x", &["-H", &bearer]),
        ("405", "say", &["-H", &bearer]),
        ("413", "bundle", &["-H", &bearer, "-H", "Expect:", "--data-binary", &large]),
        ("413", "say", &["-H", &bearer, "-H", "Expect:", "-H", json, "--data-binary", &large]),
        ("400", "bundle", &["-H", &bearer, "--data", "no session"]),
        ("400", "host", &["-H", &bearer, "--data", "no card"]),
        ("400", "say", &["-H", &bearer, "-H", json, "--data", "{"]),
        ("422", "say", &["-H", &bearer, "-H", json, "--data", "{}"]),
        ("422", "locks", &["-H", &bearer, "-H", json, "--data", "{\"ticket\":0,\"turn\":\"start\"}"]),
        ("400", "locks", &["-H", &bearer, "-H", json, "--data", "{\"ticket\":1,\"turn\":{\"take\":-1}}"]),
        ("400", "site", &["-H", &bearer, "-H", "Transfer-Encoding: chunked", "--data", "x"]),
    ] {
        let answer = ask(path, args);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{path} {args:?}: {answer}");
        assert!(!answer.contains(&token) && !answer.contains(".rs"), "{answer}");
        if path != "site" || args.len() < 4 {
            assert!(answer.contains("cache-control: no-store"), "{path} {args:?}: {answer}");
        }
    }
    desk.robot.is_sound();
}

/// What an editor does that writes this above what is there.
fn writes(text: &str) -> String {
    format!("printf '%s\\n' '{text}' | cat - \"$1\" >\"$1.new\" && cat \"$1.new\" >\"$1\" && rm \"$1.new\"\n")
}

#[test]
fn the_console_works_from_there_as_it_does_here() {
    let mut desk = Desk::enrolled();
    let run = format!(
        "env HOME={0} XDG_CONFIG_HOME={0}/config XDG_STATE_HOME={0}/state {1} --config /nowhere/trackle.toml console",
        desk.home.path("").display(),
        env!("CARGO_BIN_EXE_trackle")
    );
    let screen = Screen::open(&run, (80, 24), &writes("The roller was worn."));
    screen.shows("1 of 1 open");
    screen.keys(&["Enter"]);
    screen.shows("Please come.");
    screen.keys(&["Down", "Down", "Enter"]);
    screen.shows("┌owner");
    screen.types("b");
    screen.keys(&["Enter"]);
    screen.shows("owner      *bob");
    screen.types("s");
    screen.shows("#1: assigned, text");
    let letter = desk.staff_read("The roller was worn.");
    assert!(letter.contains("Bob Stone") && letter.contains("on web1, by token"), "{letter}");
    // what others do appears by itself
    assert_eq!(code(&desk.robot.run(&["note", "1", "--as", "anna", "Ink", "is", "there."], b"")), 0);
    screen.keys(&["Escape"]);
    screen.shows("1 of 1 open");
    screen.keys(&["Enter"]);
    screen.shows("Ink is there.");

    // without the line what is typed is kept, and all goes on when it is back
    desk.proxy.stop();
    screen.types("c");
    screen.shows("your text is in");
    // such words stand there until somebody has read them
    screen.keys(&["Enter"]);
    screen.types("h");
    screen.shows("[history");
    desk.proxy.start();
    screen.keys(&["Escape"]);
    screen.keys(&["Escape"]);
    screen.shows("1 of 1 open");
    screen.keys(&["Enter"]);
    screen.types("x");
    screen.shows("state      closed");
    screen.keys(&["Escape"]);
    screen.shows("0 of 0 open");
    screen.types("q");
    screen.shows("ended with 0");
    let view = desk.robot.tickets().remove(0);
    assert_eq!((view.ticket.owner.as_deref(), view.ticket.state.word()), (Some("bob"), "closed"));
    desk.staff_read("closed");
    let (status, _) = desk.robot.stop();
    assert!(status.success());
    desk.robot.is_sound();
}
