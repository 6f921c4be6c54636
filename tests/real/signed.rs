//! Orders signed by a real mutt with a real gpg, over a real Postfix and a real Dovecot: what a mail program signs is
//! what the robot finds signed, and a changed word on the way is noticed. Nobody's mail server is believed here.

use crate::mutt;
use crate::people::{BOB, letter};
use crate::robot::{Robot, Setup, wait_until};
use crate::servers::Servers;
use std::fs;
use std::process::Command;
use tempfile::TempDir;
use trackle::model::ticket::State;

/// Anna's key ring.
struct Ring(TempDir);

impl Ring {
    fn new() -> Ring {
        let ring = Ring(tempfile::tempdir_in("/tmp").unwrap());
        let key = ["--quick-gen-key", "anna@team.example", "ed25519", "sign", "never"];
        ring.gpg(&[&["--passphrase", ""], &key[..]].concat());
        ring
    }

    fn gpg(&self, words: &[&str]) -> String {
        let mut gpg = Command::new("gpg");
        gpg.arg("--homedir").arg(self.0.path()).args(["--batch", "--no-tty", "--quiet"]).args(words);
        let done = gpg.output().expect("gpg is missing: run tests/install");
        assert!(done.status.success(), "{done:?}");
        String::from_utf8(done.stdout).unwrap()
    }

    fn fingerprint(&self) -> String {
        let listed = self.gpg(&["--with-colons", "--list-keys"]);
        listed.lines().find_map(|l| l.strip_prefix("fpr:")).unwrap().trim_matches(':').to_owned()
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        let _ = Command::new("gpgconf").arg("--homedir").arg(self.0.path()).args(["--kill", "all"]).status();
    }
}

/// Shows T022, T034: a member's signature is proof enough, whatever the mail server says.
#[test]
fn what_mutt_signs_is_done_and_what_was_altered_is_asked_about() {
    let servers = Servers::start();
    let ring = Ring::new();
    let mut robot = Robot::new(&Setup::new(&servers));
    fs::write(robot.path("staff.asc"), ring.gpg(&["--export", "--armor"])).unwrap();
    let address = "address = \"anna@team.example\"\n";
    robot.reconfigure(address, &format!("{address}keys = [\"{}\"]\n", ring.fingerprint()));
    let text = fs::read_to_string(robot.path("trackle.toml")).unwrap();
    robot.configure(&format!("{text}\n[identity]\nkeyring = \"staff.asc\"\n"));
    robot.start();
    BOB.writes("Switch", "The switch in room 4 is broken.").send(&servers);
    let state = |wanted| wait_until(|| (robot.tickets().first()?.ticket.state == wanted).then_some(()));
    assert!(state(State::Open).is_some(), "{}", robot.log());

    let signed = mutt::signed(ring.0.path(), &ring.fingerprint(), "close 1\n");
    let send = |mail: &str| servers.smtp("anna@team.example", "help@team.example", mail);
    send(&signed.replace("close 1", "assign bob 1"));
    let question = letter(&servers, "anna", "confirm_mail", 1);
    assert!(question.text.contains("assign bob 1"), "{}", question.text);
    assert!(state(State::Open).is_some());
    send(&signed);
    assert!(state(State::Closed).is_some(), "{}\n{signed}", robot.log());
    let told = String::from_utf8(robot.run(&["log", "1"], b"").stdout).unwrap();
    assert!(told.contains("signed"), "{told}");
    robot.stop();
    robot.is_sound();
}
