//! A robot's host with a ticket, and an admin's home on it: a directory of its own, the real program, a real database.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;
use trackle::model::session::{Session, Typed};
use trackle::store::Reader;

/// One site. Ann and Ben are on staff; #1 is open.
pub struct Site {
    dir: TempDir,
}

const CONFIG: &str = "\
[robot]
address = \"help@example.org\"
state = \"state\"
[staff]
list = \"team@example.org\"
[[staff.member]]
login = \"ann\"
name = \"Ann\"
address = \"ann@example.org\"
[[staff.member]]
login = \"ben\"
name = \"Ben\"
address = \"ben@example.org\"
[[mailbox]]
kind = \"maildir\"
path = \"in\"
[courier]
kind = \"maildir\"
path = \"out\"
[identity]
authserv_id = [\"mx.example.org\"]
mx_hosts = [\"mx.example.org\"]
";

impl Site {
    pub fn new() -> Site {
        // what is changed below /tmp is not shown by default, and the project itself may lie there
        let dir = tempfile::tempdir_in("/srv").unwrap();
        let site = Site { dir };
        fs::write(site.path("trackle.toml"), CONFIG).unwrap();
        fs::create_dir(site.path("home")).unwrap();
        fs::create_dir(site.path("etc")).unwrap();
        fs::write(site.path("etc/fstab"), "proc\n").unwrap();
        site.mail("Printer", "It smokes.");
        site
    }

    /// Ann writes a mail that the robot believes.
    pub fn mail(&self, subject: &str, text: &str) {
        self.mail_to("help", subject, text);
    }

    /// To `help+1`, it is about a ticket.
    pub fn mail_to(&self, to: &str, subject: &str, text: &str) {
        let new = self.path("in/new");
        fs::create_dir_all(&new).unwrap();
        let name = format!("{to}.{}.x", subject.len());
        let now = jiff::Zoned::now().strftime("%a, %d %b %Y %H:%M:%S %z");
        let mail = format!(
            "From: Ann <ann@example.org>\r\nTo: {to}@example.org\r\nSubject: {subject}\r\n\
             Message-ID: <{name}@example.org>\r\nDate: {now}\r\n\
             Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\r\n\
             Received: from x by mx.example.org; {now}\r\n\r\n{text}\r\n"
        );
        fs::write(new.join(name), mail).unwrap();
        let served = self.trackle(&["serve", "--once", "--quiet"]).output().unwrap();
        assert!(served.status.success(), "{served:?}");
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// The environment of somebody who has just logged in.
    pub fn environment(&self, command: &mut Command) {
        command
            .env_clear()
            .env("HOME", self.path("home"))
            .env("LOGNAME", "ann")
            .env("TERM", "xterm-256color");
        command
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("SHELL", "/bin/bash")
            .env("LC_ALL", "C.UTF-8");
    }

    /// The program before this site.
    pub fn trackle(&self, words: &[impl AsRef<OsStr>]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trackle"));
        self.environment(&mut command);
        command.arg("--config").arg(self.path("trackle.toml")).args(words).current_dir(self.path("etc"));
        command.stdin(Stdio::null());
        command
    }

    pub fn run(&self, words: &[&str]) -> Output {
        self.trackle(words).output().unwrap()
    }

    /// Works on #1 by one command.
    pub fn work(&self, line: &str, options: &[&str]) -> Output {
        self.run(&[&["work", "1", "-c", line], options].concat())
    }

    /// The program on a host that does not see the tickets.
    pub fn trackle_away(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trackle"));
        self.environment(&mut command);
        command.args(["--config", "/nowhere/trackle.toml"]).args(words).current_dir(self.path("etc"));
        command.stdin(Stdio::null());
        command
    }

    /// That host is called web1, is believed, and its mails are kept in `mails`.
    pub fn enroll_away(&self) {
        fs::create_dir_all(self.path("home/.config/trackle")).unwrap();
        fs::create_dir(self.path("mails")).unwrap();
        let program = self.path("sendmail");
        let keep = format!("#!/bin/sh\ncat > \"{}/$$\"\n", self.path("mails").display());
        fs::write(&program, keep).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let host = format!(
            "robot = \"help@example.org\"\nname = \"web1\"\nfrom = \"ann@example.org\"\nsendmail = \"{}\"\n",
            program.display()
        );
        fs::write(self.path("home/.config/trackle/host.toml"), host).unwrap();
        let key = self.path("home/.config/trackle/host.key").display().to_string();
        let key = self.run(&["host", "keygen", "--key", &key]);
        let key = String::from_utf8_lossy(&key.stdout).trim().to_owned();
        let added = self.run(&["host", "add", "web1", &key, "--for", "ann"]);
        assert!(added.status.success(), "{added:?}");
    }

    /// The robot gets what that host mailed.
    pub fn bring_bundles(&self) {
        for (n, mail) in fs::read_dir(self.path("mails")).unwrap().flatten().enumerate() {
            fs::rename(mail.path(), self.path(&format!("in/new/bundle{n}.x"))).unwrap();
        }
        let served = self.run(&["serve", "--once", "--quiet"]);
        assert!(served.status.success(), "{served:?}");
    }

    /// All letters that staff got.
    pub fn letters(&self) -> String {
        let mails = fs::read_dir(self.path("out/team@example.org/new")).into_iter().flatten().flatten();
        mails.map(|mail| fs::read_to_string(mail.path()).unwrap_or_default()).collect()
    }

    /// The session of that number, as it was filed.
    pub fn session(&self, number: u64) -> Option<Session> {
        let reader = Reader::open(&self.path("state")).unwrap();
        reader.session(number).unwrap().map(|log| log.filed.session)
    }

    /// Sessions that are still on disk.
    pub fn left(&self) -> Vec<PathBuf> {
        let sessions = self.path("home/.local/state/trackle/sessions");
        let entries = fs::read_dir(sessions).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    }
}

/// What it changed, each by its sign and its name.
pub fn changes(session: &Session) -> Vec<String> {
    let name = |path: &str| Path::new(path).file_name().unwrap().to_string_lossy().into_owned();
    let line = |change: &trackle::model::session::Change| {
        let shown = if change.shown { "" } else { " hidden" };
        format!("{:?} {}{shown}", change.action, name(&change.path.shown()))
    };
    session.changes.iter().map(line).collect()
}

/// What was typed, each line with its status.
pub fn typed(session: &Session) -> Vec<(&str, Option<i32>)> {
    session.typed.iter().map(|Typed { line, status, .. }| (line.as_str(), *status)).collect()
}

pub fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
