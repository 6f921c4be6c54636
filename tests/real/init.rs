//! `trackle init` as somebody types it in a terminal, against a real Dovecot and a real Postfix: what is wrong is explained,
//! and mended by one more answer; what is written works at once.

use crate::mutt::tmux;
use crate::people::{ALICE, letter};
use crate::robot::wait_until;
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
        let line = format!(
            "env -u SUDO_USER HOME={} sh -c '{} --config {} init; echo ended: $?; cat'",
            self.path("").display(),
            env!("CARGO_BIN_EXE_trackle"),
            self.path("etc/trackle.toml").display(),
        );
        self.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", "150", "-y", "100", &line]);
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
    assert!(screen.contains("For an authority of your own name its file"), "{screen}");
    seat.answers("Enter corrects it", "");
    seat.answers("IMAP server [localhost:", "");
    seat.answers("File of the authority", &servers.ca_pem.display().to_string());
    seat.answers("SMTP server that letters leave by [localhost:", "");

    // the login, which both servers share, is asked for once
    let screen = seat.asks("Enter corrects it");
    assert!(screen.contains("the server refused the login"), "{screen}");
    assert!(screen.contains("The server knows this login or this password not"), "{screen}");
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
    seat.tmux(&["send-keys", "C-c"]);
    let screen = seat.asks("ended: 1");
    assert!(screen.contains("nothing was written") && !screen.contains("half of it"), "{screen}");
    // the terminal shows again what is typed
    seat.tmux(&["send-keys", "-l", "seen again"]);
    seat.asks("seen again");
    assert!(!seat.path("etc").exists());
}
