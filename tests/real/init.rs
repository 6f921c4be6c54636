//! `trackle init` as somebody types it in a terminal, against a real Dovecot and a real Postfix: what is wrong is explained,
//! and mended by one more answer; what is written works at once.

use crate::machine::Machine;
use crate::mutt::tmux;
use crate::people::{ALICE, ANNA, letter};
use crate::robot::{Robot, Setup, code, complaint, wait_until};
use crate::servers::{PASSWORD, Servers};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A terminal in which it runs. It ends when this value is dropped.
struct Seat {
    dir: tempfile::TempDir,
}

impl Seat {
    fn new() -> Seat {
        Seat { dir: tempfile::tempdir_in("/tmp").unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn tmux(&self, args: &[&str]) -> String {
        tmux(&self.path("tmux"), args)
    }

    /// Starts it; what it says at its end is kept on the screen.
    fn starts(&self) {
        self.starts_with((150, 100), &format!("--config {} init", self.path("etc/trackle.toml").display()));
    }

    /// The same with these words behind `trackle`, in a terminal of that size.
    fn starts_with(&self, (width, height): (u32, u32), words: &str) {
        let run = format!("{} {words}; echo ended: $?; cat", env!("CARGO_BIN_EXE_trackle"));
        fs::write(self.path("run"), run).unwrap();
        let home = self.path("").display().to_string();
        let line = format!("env -u SUDO_USER HOME={home} sh {home}/run");
        let (width, height) = (width.to_string(), height.to_string());
        self.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", &width, "-y", &height, &line]);
    }

    /// Presses Ctrl-C at the question that begins so; gives the screen at the end.
    fn leaves(&self, asked: &str) -> String {
        self.asks(asked);
        self.tmux(&["send-keys", "C-c"]);
        let screen = self.asks("ended: 1");
        assert!(screen.contains("trackle: nothing was written"), "{screen}");
        assert!(!self.path("etc").exists());
        screen
    }

    /// Waits until the last line that is not empty begins so; gives the screen.
    fn asks(&self, words: &str) -> String {
        let look = || self.tmux(&["capture-pane", "-p", "-J"]);
        let last = |screen: &str| screen.trim_end().lines().next_back().unwrap_or("").to_owned();
        let found = wait_until(|| Some(look()).filter(|screen| last(screen).starts_with(words)));
        found.unwrap_or_else(|| panic!("it does not ask {words:?}, but\n{}", look()))
    }

    /// Answers the question that begins so.
    fn answers(&self, asked: &str, text: &str) {
        self.asks(asked);
        if !text.is_empty() {
            self.tmux(&["send-keys", "-l", text]);
        }
        self.tmux(&["send-keys", "Enter"]);
    }

    fn trackle(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trackle"));
        command.arg("--config").arg(self.path("etc/trackle.toml")).args(words).output().unwrap()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_person_sets_it_up_and_mends_what_was_wrong() {
    let servers = Servers::start();
    let seat = Seat::new();
    seat.starts();
    seat.answers("Address that people write to", "help@team.example");
    seat.answers("How its mail arrives", "");
    seat.answers("IMAP server [", &format!("localhost:{}", servers.imaps_port));
    seat.answers("Login there [help@team.example]", "help");
    seat.answers("Password", "not the password");
    seat.answers(
        "SMTP server that letters leave by [localhost]",
        &format!("localhost:{}", servers.smtps_port),
    );
    seat.answers("Login there (- for none) [help]", "");
    seat.answers("On staff", "anna Anna Berg <anna@team.example>");
    seat.answers("One more on staff", "bob Bob Stone <bob@team.example>");
    seat.answers("One more on staff", "");
    seat.answers("Staff's mailing list, or one person [anna@team.example]", "staff@team.example");
    seat.answers(
        "Directory for tickets and mails [/var/lib/trackle]",
        &seat.path("state").display().to_string(),
    );

    // nobody believes an authority that he does not know
    let screen = seat.asks("Enter corrects it");
    assert!(screen.contains("an authority that is not among"), "{screen}");
    assert!(screen.contains("If an authority of your own signed it"), "{screen}");
    seat.answers("Enter corrects it", "");
    seat.answers("IMAP server [localhost:", "");
    seat.answers("File of the authority", &servers.ca_pem.display().to_string());
    seat.answers("SMTP server that letters leave by [localhost:", "");

    // the login, which both servers share, is asked for once
    let screen = seat.asks("Enter corrects it");
    assert!(screen.contains("the server refused the login"), "{screen}");
    assert!(screen.contains("The server does not take this login with this password"), "{screen}");
    assert!(!seat.path("etc").exists(), "nothing is written before it works");
    seat.answers("Enter corrects it", "");
    seat.answers("Login there [help]", "");
    seat.answers("Password", PASSWORD);
    let screen = seat.asks("ended: 0");
    assert!(!screen.contains(PASSWORD) && !screen.contains("not the password"), "{screen}");
    for words in
        ["lets us in, holds 0 mails", "mail to help@team.example lies in the folder INBOX", "Start it:"]
    {
        assert!(screen.contains(words), "{words} in\n{screen}");
    }
    assert_eq!(
        (mode(&seat.path("etc/trackle.toml")), mode(&seat.path("etc/mailbox.password"))),
        (0o640, 0o600)
    );
    assert!(!fs::read_to_string(seat.path("etc/trackle.toml")).unwrap().contains(PASSWORD));

    let checked = seat.trackle(&["check"]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    ALICE.writes("Printer", "It is broken.").send(&servers);
    servers.wait_for("help", 1);
    let served = seat.trackle(&["serve", "--once", "--quiet"]);
    assert!(served.status.success(), "{}", String::from_utf8_lossy(&served.stderr));
    letter(&servers, "alice", "confirm_ticket", 1);
}

#[test]
fn whoever_leaves_in_the_middle_leaves_nothing_behind() {
    let seat = Seat::new();
    seat.starts();
    seat.answers("Address that people write to", "help@team.example");
    seat.answers("How its mail arrives", "1");
    seat.answers("IMAP server [", "localhost:1");
    seat.answers("Login there [", "");
    seat.asks("Password");
    seat.tmux(&["send-keys", "-l", "half of it"]);
    let screen = seat.leaves("Password");
    assert!(!screen.contains("half of it"), "{screen}");
    // the terminal shows again what is typed
    seat.tmux(&["send-keys", "-l", "seen again"]);
    seat.asks("seen again");
}

/// Ctrl-C at any question writes nothing, and what was typed before it is not typed again.
#[test]
fn whoever_left_goes_on_where_he_was() {
    let place = tempfile::tempdir_in("/tmp").unwrap();
    let mut words = format!("--config {}/etc/trackle.toml init", place.path().display());
    let seat = Seat::new();
    seat.starts_with((300, 50), &words);
    assert!(!seat.leaves("Address that people write to").contains("to go on"));
    for (asked, answer, next) in [
        ("Address that people write to", "help@team.example", "How its mail arrives"),
        ("How its mail arrives", "2", "SMTP server"),
        ("SMTP server that letters leave by", "localhost:1", "Login there"),
        ("Login there (- for none)", "-", "On staff"),
        ("On staff, first you", "anna Anna O'Hara <anna@team.example>", "One more on staff"),
        ("Staff's mailing list", "staff@team.example", "Directory for tickets"),
    ] {
        let seat = Seat::new();
        seat.starts_with((300, 50), &words);
        seat.answers(asked, answer);
        let screen = seat.leaves(next);
        let line = screen.lines().find_map(|line| line.strip_prefix("  trackle "));
        words = line.unwrap_or_else(|| panic!("{asked}: {screen}")).to_owned();
    }
    assert!(!place.path().join("etc").exists());
    for wanted in
        ["--address help@team.example", "--pipe", "--smtp localhost:1", "--smtp-user -", "'\\''Hara <"]
    {
        assert!(words.contains(wanted), "{wanted} in {words}");
    }
}

/// No word is cut in two where the terminal is narrow, and what is refused at once is not found out later.
#[test]
fn a_narrow_terminal_is_enough() {
    let seat = Seat::new();
    seat.starts_with((44, 40), &format!("--config {} init", seat.path("etc/trackle.toml").display()));
    seat.answers("Address that people", "help@team.example");
    seat.answers("How its mail", "2");
    seat.answers("SMTP server", "localhost:1");
    seat.answers("Login there", "-");
    seat.answers("On staff", "anna Anna Berg <anna@team.example>");
    seat.answers("One more", "");
    seat.answers("Staff's mailing list", "help@team.example");
    let screen = seat.asks("Staff's mailing list");
    for words in [
        "over: a line in /etc/aliases\n",
        "\n  ann Ann Lee <ann@example.org>\n",
        "that is the robot's own address",
    ] {
        assert!(screen.contains(words), "{words} in\n{screen}");
    }
}

/// The whole way of somebody who has never seen it: set up by flags, checked, started, written to, answered, taken.
#[test]
fn from_the_first_flag_to_a_ticket_that_somebody_has_taken() {
    let servers = Servers::start();
    let mut robot = Robot::new(&Setup::new(&servers));
    let [secret, state] =
        [servers.dir().join("secret"), robot.state()].map(|path| path.display().to_string());
    let (imap, smtp) =
        (format!("localhost:{}", servers.imaps_port), format!("localhost:{}", servers.smtps_port));
    let roots = servers.ca_pem.display().to_string();
    let mailbox = ["--imap", &imap, "--user", "help", "--password-file", &secret, "--smtp", &smtp];
    let team = ["--member", "anna Anna Berg <anna@team.example>", "--list", "staff@team.example"];
    let rest = ["--roots", &roots, "--state", &state, "--force", "--address", "help@team.example"];
    let made = robot.run(&[&["init"][..], &mailbox, &team, &rest].concat(), b"");
    assert_eq!(code(&made), 0, "{}{}", String::from_utf8_lossy(&made.stdout), complaint(&made));
    let told = String::from_utf8_lossy(&made.stdout).into_owned();
    assert!(told.contains("Then write to help@team.example from an address that is not staff's."), "{told}");
    assert_eq!(code(&robot.run(&["check"], b"")), 0);
    robot.start();
    ALICE.writes("Printer", "It burns.").send(&servers);
    ALICE.answers(&letter(&servers, "alice", "confirm_ticket", 1), "").send(&servers);
    ANNA.answers(&letter(&servers, "staff", "staff_opened", 1), "take").send(&servers);
    // nothing is believed yet, so she is asked
    ANNA.answers(&letter(&servers, "anna", "confirm_mail", 1), "").send(&servers);
    let mine = || String::from_utf8(robot.run(&["list", "--owner", "anna"], b"").stdout).unwrap();
    let found = wait_until(|| mine().contains("Printer").then_some(()));
    assert!(found.is_some(), "{}", mine());
    robot.is_sound();
}

/// What the README tells root to type, beside cargo's part, on a machine that has never had any of it; the source is in /mnt.
#[test]
fn the_first_hour_of_the_readme_works_word_for_word() {
    let readme = fs::read_to_string("README.md").unwrap();
    let hour = readme.split("## The first hour").nth(1).unwrap().split("\n### ").next().unwrap();
    let typed = hour.lines().filter_map(|line| line.strip_prefix("       "));
    let (mine, machines): (Vec<&str>, Vec<&str>) =
        typed.partition(|line| ["cargo ", "trackle "].iter().any(|word| line.starts_with(word)));
    assert_eq!(mine, ["cargo install --path . --locked", "trackle init", "trackle check"]);
    let machine = Machine::start("desk");
    // no compiler ran here, and nothing can be started: its program is the one that the tests have
    let script = machines
        .join("\n")
        .replace("target/release/trackle /usr/local/bin/", "/usr/local/bin/trackle /usr/bin/")
        .replace("enable --now", "enable");
    let said = machine.root("sh", &["-ec", &format!("cd /mnt\n{script}")]);
    assert!(machine.root("id", &["trackle"]).contains("(trackle)"), "{said}");
    machine.root("test", &["-L", "/etc/systemd/system/multi-user.target.wants/trackle.service"]);
    let init =
        ["init", "--untried", "--pipe", "--address", "help@team.example", "--smtp", "127.0.0.1:25", "--yes"];
    let team = ["--list", "staff@team.example", "--member", "anna Anna Berg <anna@team.example>"];
    let made = machine.trackle(&[&init[..], &team].concat());
    assert_eq!(code(&made), 0, "{}", complaint(&made));
    let told = String::from_utf8_lossy(&made.stdout).into_owned();
    assert!(told.contains("Start it:\n  systemctl enable --now trackle\n"), "{told}");
    assert_eq!(machine.root("stat", &["-c", "%a %U:%G", "/etc/trackle/trackle.toml"]), "640 root:trackle\n");
}
