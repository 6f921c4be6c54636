//! Orders that a member has signed, from raw bytes to what they do, with a real gpg and a key made here. What is not
//! signed is never run: lines around the signed part, an order whose ticket only the (unsigned) header names, an old
//! mail played again.

use super::{Desk, from};
use jiff::{SignedDuration, Timestamp};
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;
use tempfile::TempDir;
use trackle::clock::{Clock, SystemClock};
use trackle::daemon::{Hub, engine};
use trackle::witness::Witnesses;
use trackle::witness::openpgp::Key;

struct Still(Timestamp);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        self.0
    }
}

struct Ann {
    home: TempDir,
    now: Timestamp,
}

impl Ann {
    fn new() -> Ann {
        let ann = Ann { home: tempfile::tempdir().unwrap(), now: SystemClock.now() };
        ann.gpg(&["--quick-gen-key", "ann@desk.example", "ed25519", "sign", "never"], "");
        std::fs::write(ann.home.path().join("ring.asc"), ann.gpg(&["--export", "--armor"], "")).unwrap();
        ann
    }

    fn gpg(&self, words: &[&str], input: &str) -> String {
        let mut child = Command::new("gpg")
            .arg("--homedir")
            .arg(self.home.path())
            .args(["--batch", "--no-tty", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""])
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
    }

    fn witnesses(&self) -> Witnesses {
        let listed = self.gpg(&["--with-colons", "--list-keys"], "");
        let print = listed.lines().find_map(|l| l.strip_prefix("fpr:")).unwrap().trim_matches(':');
        let key = Key { fingerprint: print.to_owned(), login: "ann".into() };
        Witnesses::new(Some(self.home.path().join("ring.asc")), vec![key], false)
    }

    fn signs(&self, text: &str) -> String {
        self.gpg(&["--clearsign"], text)
    }

    /// A mail of hers, written now.
    fn mail(&self, text: &str) -> String {
        self.mail_of(self.now, text)
    }

    fn mail_of(&self, when: Timestamp, text: &str) -> String {
        let date = jiff::fmt::rfc2822::to_string(&when.to_zoned(jiff::tz::TimeZone::UTC)).unwrap();
        from("ann@desk.example", "Printer", text).replace("Fri, 15 Jan 2027 08:00:00 +0000", &date)
    }
}

impl Drop for Ann {
    fn drop(&mut self) {
        let _ =
            Command::new("gpgconf").arg("--homedir").arg(self.home.path()).args(["--kill", "all"]).status();
    }
}

/// Takes mails in and lets the engine handle them `hours` later; gives how the last one ended, why, and ticket 1's
/// state.
fn handled(ann: &Ann, mails: &[&str], hours: i64) -> (String, String, String) {
    let mut desk = Desk::new();
    desk.now = ann.now;
    desk.opened();
    let intake = mails.iter().map(|mail| desk.take_in(mail)).last().unwrap();
    let dir = desk.dir;
    let clock = Arc::new(Still(ann.now + SignedDuration::from_hours(hours)));
    let hub = Hub::new(desk.store, desk.house, clock).asking(ann.witnesses());
    engine::batch(&hub).unwrap();
    let db = rusqlite::Connection::open(dir.path().join("trackle.db")).unwrap();
    let row = "SELECT state, COALESCE(why, '') FROM intake WHERE id = ?1";
    let (end, why) = db.query_row(row, [intake], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let state = db.query_row("SELECT state FROM ticket WHERE number = 1", [], |row| row.get(0)).unwrap();
    (end, why, state)
}

/// Shows T022, T033, T034: a member's signature over the orders is proof enough, and covers nothing else.
#[test]
fn signed_orders_run_and_nothing_around_them_does() {
    let ann = Ann::new();
    let signed = ann.signs("close 1\n");
    let runs = |mail: &str| handled(&ann, &[mail], 0);
    let (end, why, state) = runs(&ann.mail(&signed));
    assert_eq!((end.as_str(), state.as_str()), ("applied", "closed"), "{why}");
    // lines before and behind the signed part are not read at all
    let (end, _, state) = runs(&ann.mail(&format!("!reopen 1\n\n{}\n!close 1\n", ann.signs("take 1\n"))));
    assert_eq!((end.as_str(), state.as_str()), ("applied", "open"));

    let held = |mail: &str, hours| {
        let (end, why, state) = handled(&ann, &[mail], hours);
        assert_eq!((end.as_str(), state.as_str()), ("held", "open"), "{why}");
        why
    };
    assert!(held(&ann.mail("close 1\n"), 0).contains("need proof"));
    assert!(held(&ann.mail(&signed.replace("close 1", "close  1")), 0).contains("altered"));
    // an unsigned header must not say which ticket a signed order is for
    held(&ann.mail(&ann.signs("close\n")).replace("To: help@", "To: help+1@"), 0);
    // somebody else's mail around a member's signature is a stranger's mail
    let (_, _, state) = runs(&ann.mail(&signed).replace("ann@desk.example", "bob@desk.example"));
    assert_eq!(state, "open");
    // played again: as it was, and in a new mail
    assert!(held(&ann.mail(&signed), 60).contains("hours ago"));
    let again = ann.mail_of(ann.now + SignedDuration::from_hours(60), &signed);
    // the signature may be a moment younger than the clock of this test
    assert!(held(&again, 60).contains("it was made "));
    // and once run, within the time that it could run in, in a new mail and with other armour
    let armour =
        signed.replace("-----BEGIN PGP SIGNATURE-----\n", "-----BEGIN PGP SIGNATURE-----\nComment: x\n");
    let (first, between) = (ann.mail(&signed), ann.mail(&ann.signs("reopen 1\n")));
    for again in [ann.mail(&signed), ann.mail(&armour)] {
        let (end, why, state) = handled(&ann, &[&first, &between, &again], 0);
        assert_eq!((end.as_str(), state.as_str()), ("duplicate", "open"), "{why}");
    }
}
