//! The real `trackle` as a child process: a configuration for the private servers, starting and stopping as an
//! administrator or systemd does it, its log, its database. Everything waits with a deadline.

use crate::servers::{PASSWORD, Servers};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;
use trackle::clock::{Clock, SystemClock, instant};
use trackle::model::ticket::{Number, View};
use trackle::store::Reader;

/// Longer than anything here takes, however busy the machine.
pub const LONG: Duration = Duration::from_secs(30);

/// A configuration, section by section; a test changes what it is about.
#[derive(Clone)]
pub struct Setup {
    /// Lines of `[robot]` beside address and state.
    pub robot: String,
    /// Every `[[mailbox]]`.
    pub mailboxes: String,
    pub courier: String,
    /// `[identity]`, `[policy]`.
    pub rest: String,
}

impl Setup {
    /// IMAP over TLS, SMTP in the clear from this machine; nothing is known of anybody's identity.
    pub fn new(servers: &Servers) -> Setup {
        let secret = servers.dir().join("secret");
        fs::write(&secret, PASSWORD).unwrap();
        Setup {
            robot: "name = \"Help desk\"".into(),
            mailboxes: format!("[[mailbox]]\nkind = \"imap\"\n{}", login(servers, servers.imaps_port)),
            courier: relay(servers.smtp_port),
            rest: String::new(),
        }
    }

    /// IMAP with STARTTLS, and submission with STARTTLS and a login.
    pub fn starttls(servers: &Servers) -> Setup {
        let security = "security = \"starttls\"\n";
        let (imap, smtp) = (login(servers, servers.imap_port), login(servers, servers.submission_port));
        Setup {
            mailboxes: format!("[[mailbox]]\nkind = \"imap\"\n{security}{imap}"),
            courier: format!("kind = \"smtp\"\n{security}{smtp}"),
            ..Setup::new(servers)
        }
    }

    /// IMAP in the clear at that port, where somebody listens in.
    #[allow(dead_code)] // the battery needs no such thing
    pub fn plain(self, servers: &Servers, port: u16) -> Setup {
        let secret = servers.dir().join("secret").display().to_string();
        let mailboxes = format!(
            "[[mailbox]]\nkind = \"imap\"\nsecurity = \"plain\"\nhost = \"127.0.0.1\"\nport = {port}\n\
             user = \"help\"\npassword_file = \"{secret}\"\n"
        );
        Setup { mailboxes, ..self }
    }

    /// A Maildir `help` and one `mail/<address>` for each recipient, below the robot's own folder; no server.
    pub fn local() -> Setup {
        Setup {
            robot: "name = \"Help desk\"".into(),
            mailboxes: "[[mailbox]]\nkind = \"maildir\"\npath = \"help\"\n".into(),
            courier: "kind = \"maildir\"\npath = \"mail\"\n".into(),
            rest: String::new(),
        }
    }

    /// Believes what the private Postfix says of a sender.
    pub fn believing(self) -> Setup {
        let rest =
            "[identity]\nauthserv_id = [\"mail.team.example\"]\nmx_hosts = [\"mail.team.example\"]\n".into();
        Setup { rest, ..self }
    }

    /// Believes what Postfix says and what comes from `known.example`, and does not mind how many mails an hour has.
    #[allow(dead_code)] // the battery sends thousands
    pub fn unhurried(self) -> Setup {
        let mut setup = self.believing();
        setup.rest.push_str(
            "trusted_domains = [\"known.example\"]\n[policy]\nautomatic_per_day = 1000\nmails_per_sender_hour = 100000\n\
             confirmations_per_hour = 100000\nletters_per_hour = 1000000\nmails_per_hour = 1000000\n\
             mails_per_sender_day = 1000000\ntickets_per_sender_hour = 100000\n",
        );
        setup
    }

    fn text(&self) -> String {
        let Setup { robot, mailboxes, courier, rest } = self;
        format!(
            "[robot]\naddress = \"help@team.example\"\nstate = \"state\"\n{robot}\n\n[staff]\n\
             list = \"staff@team.example\"\n\n[[staff.member]]\nlogin = \"anna\"\nname = \"Anna Berg\"\n\
             address = \"anna@team.example\"\n\n[[staff.member]]\nlogin = \"bob\"\nname = \"Bob Stone\"\n\
             address = \"bob@team.example\"\n\n{mailboxes}\n[courier]\n{courier}\n{rest}"
        )
    }
}

/// A `[courier]` that needs no login.
pub fn relay(port: u16) -> String {
    format!("kind = \"smtp\"\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"plain\"\n")
}

fn login(servers: &Servers, port: u16) -> String {
    let (ca, secret) = (servers.ca_pem.display(), servers.dir().join("secret").display().to_string());
    format!(
        "host = \"localhost\"\nport = {port}\nuser = \"help\"\npassword_file = \"{secret}\"\nroots = \"{ca}\"\n"
    )
}

/// A robot, running or not. It is killed when this value is dropped.
pub struct Robot {
    dir: tempfile::TempDir,
    running: Option<Child>,
    /// Where systemd would listen.
    notify: UnixDatagram,
}

impl Robot {
    /// Writes the configuration; starts nothing.
    pub fn new(setup: &Setup) -> Robot {
        Robot::below("/tmp", setup)
    }

    /// The same with all its files in memory, where the machine has a place for them: what a kill leaves is the same there.
    #[allow(dead_code)] // for the battery, which kills it a thousand times
    pub fn in_memory(setup: &Setup) -> Robot {
        let memory = "/dev/shm";
        Robot::below(if Path::new(memory).is_dir() { memory } else { "/tmp" }, setup)
    }

    fn below(dir: &str, setup: &Setup) -> Robot {
        let dir = tempfile::Builder::new().prefix("tkr").tempdir_in(dir).unwrap();
        let notify = UnixDatagram::bind(dir.path().join("notify")).unwrap();
        notify.set_read_timeout(Some(LONG)).unwrap();
        let robot = Robot { dir, running: None, notify };
        robot.configure(&setup.text());
        robot
    }

    /// A robot that serves.
    pub fn serving(setup: &Setup) -> Robot {
        let mut robot = Robot::new(setup);
        robot.start();
        robot
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn configure(&self, text: &str) {
        fs::write(self.path("trackle.toml"), text).unwrap();
    }

    /// Changes the configuration's text.
    pub fn reconfigure(&self, from: &str, to: &str) {
        let text = fs::read_to_string(self.path("trackle.toml")).unwrap();
        assert!(text.contains(from), "{text}");
        self.configure(&text.replace(from, to));
    }

    /// The program with its configuration, to be given a subcommand.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trackle"));
        command.arg("--config").arg(self.path("trackle.toml")).env_remove("NOTIFY_SOCKET");
        command
    }

    /// `trackle serve`, without waiting for anything.
    pub fn spawn(&mut self) {
        assert!(self.running.is_none(), "it runs already");
        // what nobody reads fills the socket, and then whoever writes to it waits
        self.notify.set_nonblocking(true).unwrap();
        while self.notify.recv(&mut [0; 512]).is_ok() {}
        self.notify.set_nonblocking(false).unwrap();
        let log = File::options().create(true).append(true).open(self.path("log")).unwrap();
        let mut command = self.command();
        command.arg("serve").env("NOTIFY_SOCKET", self.path("notify"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.running = Some(command.spawn().unwrap());
    }

    /// `trackle serve`, until it says that it is ready.
    pub fn start(&mut self) {
        self.spawn();
        self.told("READY=1");
    }

    /// Waits until systemd is told this.
    pub fn told(&self, word: &str) {
        let mut words = [0; 512];
        loop {
            let length = match self.notify.recv(&mut words) {
                Ok(length) => length,
                // a signal came in between, such as that of a child that ended; nothing was told yet
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(e) => panic!("systemd was not told {word}: {e}\n{}", self.log()),
            };
            if String::from_utf8_lossy(&words[..length]).lines().any(|line| line == word) {
                return;
            }
        }
    }

    /// The process that runs.
    #[allow(dead_code)] // the battery watches it
    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(Child::id)
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(self.running.as_ref().unwrap()), signal).unwrap();
    }

    /// `kill -TERM`: how it ended, and how long that took.
    pub fn stop(&mut self) -> (ExitStatus, Duration) {
        self.signal(Signal::TERM);
        let begun = instant();
        (self.ended(), begun.elapsed())
    }

    /// Waits for its end.
    pub fn ended(&mut self) -> ExitStatus {
        let mut child = self.running.take().unwrap();
        let status = wait_until(|| child.try_wait().unwrap());
        status.unwrap_or_else(|| {
            child.kill().unwrap();
            panic!("it does not end\n{}", self.log())
        })
    }

    /// `trackle serve --once`.
    pub fn once(&self) -> Output {
        self.run(&["serve", "--once"], b"")
    }

    /// Runs a subcommand to its end.
    pub fn run(&self, args: &[&str], input: &[u8]) -> Output {
        let mut command = self.command();
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // who reads nothing may close its end
        let _ = child.stdin.take().unwrap().write_all(input);
        child.wait_with_output().unwrap()
    }

    /// What it has logged since it was made.
    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// Waits until a line with these words stands in the log so many times.
    pub fn logs(&self, words: &str, times: usize) {
        let found = wait_until(|| (self.log().matches(words).count() >= times).then_some(()));
        assert!(found.is_some(), "{words:?} is not logged {times} times\n{}", self.log());
    }

    /// The state directory.
    pub fn state(&self) -> PathBuf {
        self.path("state")
    }

    /// Its database, beside it.
    pub fn reader(&self) -> Reader {
        Reader::open(&self.state()).unwrap()
    }

    /// Every ticket, unconfirmed ones too.
    pub fn tickets(&self) -> Vec<View> {
        let (reader, now) = (self.reader(), SystemClock.now());
        (1..).map_while(|number| reader.view(Number(number), now).unwrap()).collect()
    }

    /// `trackle audit` finds nothing wrong.
    pub fn is_sound(&self) {
        let audit = self.run(&["audit"], b"");
        assert!(audit.status.success(), "{}{}", String::from_utf8_lossy(&audit.stdout), complaint(&audit));
    }
}

impl Drop for Robot {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Looks until there is something, or for [`LONG`].
pub fn wait_until<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let begun = instant();
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if begun.elapsed() > LONG {
            return None;
        }
        sleep(Duration::from_millis(20));
    }
}

/// How a run ended, in the words of `sysexits.h`.
pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

/// What a run complained of.
pub fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A Maildir of ours, as a delivery agent fills it.
pub fn drop_into(maildir: &Path, mail: &str) {
    let name = trackle::drop::unique(SystemClock.now());
    trackle::drop::into_maildir(maildir, mail.as_bytes(), &name).unwrap();
}
