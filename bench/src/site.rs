//! A robot of our own below a temporary folder, with the configuration that the generated mail is meant for, and the
//! daemon's own loops run once over it.

use crate::mailgen::{HELP, KNOWN_DOMAIN, STAFF};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use trackle::clock::{SystemClock, instant};
use trackle::config::Config;
use trackle::daemon::{self, Hub, engine, intake};
use trackle::drop;

/// A robot: its configuration, its state, and where its letters go.
pub struct Site {
    dir: TempDir,
    mailbox: String,
    courier: String,
    address: &'static str,
    /// Domains whose mail the receiving server vouches for.
    domains: &'static [&'static str],
}

/// Letters into Maildirs.
const MAILDIR: &str = "kind = \"maildir\"\npath = \"letters\"";
/// Letters to the SMTP server of that port; where nobody listens, as at port 1, they stay owed.
fn smtp(port: u16) -> String {
    format!("kind = \"smtp\"\nhost = \"localhost\"\nport = {port}\nsecurity = \"plain\"")
}

impl Site {
    /// A robot that reads a Maildir of its own, `mail`.
    pub fn with_maildir() -> Site {
        let dir = tempfile::tempdir().unwrap();
        drop::make(&dir.path().join("mail")).unwrap();
        Site::new(dir, "kind = \"maildir\"\npath = \"mail\"".into())
    }

    /// A robot that reads the INBOX of `help` on this machine's port.
    pub fn with_imap(port: u16, password: &str) -> Site {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("password"), password).unwrap();
        let mailbox = format!(
            "kind = \"imap\"\nhost = \"localhost\"\nport = {port}\nsecurity = \"plain\"\nuser = \"help\"\n\
             password_file = \"password\""
        );
        Site::new(dir, mailbox)
    }

    fn new(dir: TempDir, mailbox: String) -> Site {
        Site { dir, mailbox, courier: MAILDIR.into(), address: HELP, domains: &[KNOWN_DOMAIN] }
    }

    /// The same with nobody who takes the letters.
    pub fn owing(self) -> Site {
        Site { courier: smtp(1), ..self }
    }

    /// The same with letters that go to the SMTP server of that port.
    pub fn by_smtp(self, port: u16) -> Site {
        Site { courier: smtp(port), ..self }
    }

    /// The same with requesters of the mail server's own domain.
    pub fn for_neighbours(self) -> Site {
        Site { domains: &["team.example"], ..self }
    }

    /// The same for the mails of another generator: its help address, its requesters' domains.
    pub fn for_foreign_mail(self) -> Site {
        let domains = &["example.org", "example.com", "example.net", "uni.example.edu", "corp.example"];
        Site { address: "help@bench.test", domains, ..self }
    }

    /// Writes the configuration; gives its path.
    pub fn config(&self) -> PathBuf {
        let members: String = STAFF
            .iter()
            .map(|login| {
                format!("[[staff.member]]\nlogin = \"{login}\"\naddress = \"{login}@team.example\"\n")
            })
            .collect();
        let text = format!(
            "[robot]\naddress = \"{}\"\nstate = \"state\"\n[staff]\nlist = \"staff@team.example\"\n{members}\
             [courier]\n{}\n[[mailbox]]\n{}\n\
             [identity]\nauthserv_id = [\"mx.team.example\"]\nmx_hosts = [\"mx.team.example\"]\n\
             trusted_domains = {:?}\n[policy]\nmails_per_hour = 1000000\nmails_per_sender_day = 1000000\n\
             mails_per_sender_hour = 100000\ntickets_per_sender_hour = 100000\nconfirmations_per_hour = 100000\n\
             letters_per_hour = 1000000\n",
            self.address, self.courier, self.mailbox, self.domains
        );
        let path = self.dir.path().join("trackle.toml");
        fs::write(&path, text).unwrap();
        path
    }

    /// Where the database lies.
    pub fn state(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    /// The Maildir that is read.
    pub fn maildir(&self) -> PathBuf {
        self.dir.path().join("mail")
    }

    /// The robot's memory and words, opened.
    pub fn hub(&self) -> Arc<Hub> {
        let config = Config::read(&self.config()).unwrap();
        daemon::open(&config, Arc::new(SystemClock)).unwrap()
    }

    /// Takes in and handles all there is, as `trackle serve` does; letters are written and owed, not carried. Gives
    /// how long that took.
    pub fn take_in(&self) -> Duration {
        let runtime = Runtime::new().unwrap();
        let hub = self.hub();
        let mut ends = daemon::ends(&Config::read(&self.config()).unwrap()).unwrap();
        let begun = instant();
        runtime.block_on(async {
            for (source, _) in &mut ends.sources {
                intake::take_in(&hub, source).await.unwrap();
                while engine::round(&hub).await.unwrap() > 0 {}
                intake::mark_done(&hub, source).await.unwrap();
            }
        });
        let took = begun.elapsed();
        runtime.block_on(async {
            for (source, _) in &mut ends.sources {
                source.close_politely().await;
            }
        });
        took
    }
}

/// Puts mails into a Maildir as a delivery would, in order; readable for the mail server's own user.
pub fn deliver(maildir: &Path, mails: &[Vec<u8>], owner: Option<(u32, u32)>) {
    let own = |path: &Path| {
        if let Some((uid, gid)) = owner {
            std::os::unix::fs::chown(path, Some(uid), Some(gid)).unwrap();
        }
    };
    for folder in ["", "new", "cur", "tmp"] {
        fs::create_dir_all(maildir.join(folder)).unwrap();
        own(&maildir.join(folder));
    }
    for (number, mail) in mails.iter().enumerate() {
        // names that sort in the order of delivery
        let path = maildir.join("new").join(format!("2000000000.M{number:06}.bench"));
        fs::write(&path, mail).unwrap();
        own(&path);
    }
}
