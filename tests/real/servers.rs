//! A private Dovecot (IMAP, LMTP) and Postfix (SMTP) on free ports of the loopback, with a certificate authority
//! of their own, below a temporary folder; they end when this value is dropped. Nothing of the system's mail
//! configuration is used or changed, no mail leaves the machine, no name is looked up.

mod dialogue;
mod dovecot;
mod mlmmj;
mod postfix;

use dialogue::Dialogue;
use std::fs::{self, DirEntry, File, Permissions};
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener, TcpStream, ToSocketAddrs};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, UNIX_EPOCH};

/// The people who have a mailbox; everybody's password is [`PASSWORD`]. `user+anything` goes to `user`.
pub const USERS: [&str; 6] = ["help", "staff", "anna", "bob", "alice", "robot"];
pub const PASSWORD: &str = "pass word\"\\";
pub const DOMAIN: &str = "team.example";

/// Servers that run.
pub struct Servers {
    /// In the clear, with STARTTLS on offer.
    pub imap_port: u16,
    pub imaps_port: u16,
    pub lmtp_port: u16,
    /// SMTP as an MX speaks it: no login, our domain only, STARTTLS on offer.
    pub smtp_port: u16,
    /// SMTP submission: STARTTLS and login required.
    pub submission_port: u16,
    /// SMTP submission under TLS from the first byte.
    pub smtps_port: u16,
    /// The authority that signed the servers' certificate, which is for `localhost` and 127.0.0.1.
    pub ca_pem: PathBuf,
    pub domain: &'static str,
    /// By name.
    running: Vec<(String, Child)>,
    /// Removed last.
    dir: tempfile::TempDir,
}

impl Servers {
    /// Starts both servers; about a second. They end with the thread that started them, if not sooner.
    pub fn start() -> Servers {
        let mut servers = Servers::imap_only();
        servers.start_postfix();
        servers
    }

    /// Starts Dovecot alone, for tests of reading; its LMTP port takes mail.
    pub fn imap_only() -> Servers {
        assert!(rustix::process::geteuid().is_root(), "these tests start mail servers and need root");
        for (program, package) in
            [("dovecot", "dovecot-core"), ("postfix", "postfix"), ("openssl", "openssl")]
        {
            let found = ["/usr/sbin", "/usr/bin"].iter().any(|d| Path::new(d).join(program).exists());
            assert!(found, "{program} is missing: run tests/install (package {package})");
        }
        for (module, package) in [("imap", "dovecot-imapd"), ("lmtp", "dovecot-lmtpd")] {
            let found = Path::new("/usr/lib/dovecot").join(module).exists();
            assert!(found, "Dovecot cannot do {module}: run tests/install (package {package})");
        }
        let version = output(Command::new("dovecot").arg("--version"));
        assert!(version.starts_with("2.3."), "these tests configure Dovecot 2.3, this is {version}");
        let dir = tempfile::Builder::new().prefix("tk").tempdir_in("/tmp").unwrap();
        // Dovecot's and Postfix's own users must be able to walk in
        fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
        let [imap_port, imaps_port, lmtp_port, smtp_port, submission_port, smtps_port] = free_ports();
        let mut servers = Servers {
            imap_port,
            imaps_port,
            lmtp_port,
            smtp_port,
            submission_port,
            smtps_port,
            ca_pem: dir.path().join("tls/ca.pem"),
            domain: DOMAIN,
            running: Vec::new(),
            dir,
        };
        certify(&servers.path("tls"));
        servers.set_up_dovecot();
        servers
    }

    /// The folder of everything.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// `help` as `help@team.example`.
    pub fn address(&self, user: &str) -> String {
        format!("{user}@{}", self.domain)
    }

    /// A user's INBOX; folders lie below as `.Name`.
    pub fn maildir(&self, user: &str) -> PathBuf {
        self.path("mail").join(user)
    }

    /// All mails in a user's INBOX, oldest first.
    pub fn mails(&self, user: &str) -> Vec<Vec<u8>> {
        mails_in(&self.maildir(user))
    }

    /// Waits until a user's INBOX holds so many mails, and returns them.
    pub fn wait_for(&self, user: &str, count: usize) -> Vec<Vec<u8>> {
        for _ in 0..600 {
            let mails = self.mails(user);
            if mails.len() >= count {
                return mails;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("{user} has {} mails after 30 s, not {count}\n{}", self.mails(user).len(), self.logs());
    }

    /// Puts mails into a user's INBOX by one LMTP connection, in order.
    pub fn deliver(&self, user: &str, mails: impl IntoIterator<Item = String>) {
        let mut smtp = Dialogue::open(self.lmtp_port, "LHLO");
        for mail in mails {
            smtp.send("sender@elsewhere.example", &self.address(user), &mail);
        }
    }

    /// Sends a mail by SMTP, as another server would.
    pub fn smtp(&self, from: &str, to: &str, mail: &str) {
        Dialogue::open(self.smtp_port, "EHLO").send(from, to, mail);
    }

    /// What the servers logged, for a failing test.
    pub fn logs(&self) -> String {
        ["log/dovecot.log", "log/postfix.log", "mlmmj/staff/mlmmj.operation.log"]
            .iter()
            .filter_map(|name| fs::read_to_string(self.path(name)).ok())
            .collect()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn set_up_dovecot(&mut self) {
        let dir = self.dir.path().to_owned();
        for folder in ["etc", "log", "mail", "run", "postfix/queue/private"] {
            fs::create_dir_all(dir.join(folder)).unwrap();
        }
        fs::set_permissions(dir.join("log"), Permissions::from_mode(0o777)).unwrap();
        let (uid, gid) = ids("mail");
        chown(dir.join("mail"), Some(uid), Some(gid)).unwrap();
        chown(dir.join("postfix/queue/private"), Some(ids("postfix").0), None).unwrap();
        let home = dir.join("mail");
        let line =
            |user: &&str| format!("{user}:{{PLAIN}}{PASSWORD}:{uid}:{gid}::{}/{user}::\n", home.display());
        fs::write(dir.join("etc/users"), USERS.iter().map(line).collect::<String>()).unwrap();
        let conf = dovecot::conf(&dir, [self.imap_port, self.imaps_port, self.lmtp_port]);
        fs::write(dir.join("etc/dovecot.conf"), conf).unwrap();
        self.start_dovecot();
    }

    /// Starts Dovecot, for the first time or again.
    pub fn start_dovecot(&mut self) {
        let conf = self.path("etc/dovecot.conf").display().to_string();
        self.run("dovecot", &["dovecot", "-F", "-c", &conf]);
        for _ in 0..100 {
            if self.greets((Ipv4Addr::LOCALHOST, self.imap_port), "* OK") {
                break;
            }
            // a helper of one that was killed holds its socket for a moment more, and so long the next does not start
            if self.running.last_mut().is_some_and(|(_, child)| matches!(child.try_wait(), Ok(Some(_)))) {
                self.running.pop();
                self.run("dovecot", &["dovecot", "-F", "-c", &conf]);
            }
            sleep(Duration::from_millis(30));
        }
        self.await_greeting(self.imap_port, "* OK");
        self.await_greeting(self.lmtp_port, "220");
    }

    /// Kills Dovecot as a crash would.
    pub fn stop_dovecot(&mut self) {
        self.running.extract_if(.., |(name, _)| name == "dovecot").for_each(|(_, mut child)| end(&mut child));
    }

    /// Dovecot's certificate expires, or is renewed.
    pub fn certify_for(&mut self, days: u32) {
        sign(&self.path("tls"), days);
        self.stop_dovecot();
        self.start_dovecot();
        // to the second
        sleep(Duration::from_millis(1_100));
    }

    /// Dovecot stays there and says nothing more.
    pub fn freeze_dovecot(&self) {
        let (_, child) = self.running.iter().find(|(name, _)| name == "dovecot").unwrap();
        let group = rustix::process::Pid::from_child(child);
        rustix::process::kill_process_group(group, rustix::process::Signal::STOP).unwrap();
    }

    fn start_postfix(&mut self) {
        assert!(
            Path::new("/etc/postfix/main.cf").exists(),
            "/etc/postfix/main.cf is missing: run tests/install"
        );
        let dir = self.dir.path().to_owned();
        let etc = dir.join("postfix/etc");
        for folder in ["postfix/etc", "postfix/data"] {
            fs::create_dir_all(dir.join(folder)).unwrap();
        }
        chown(dir.join("postfix/data"), Some(ids("postfix").0), None).unwrap();
        // Postfix takes mail for `gone`, whom Dovecot does not know: the report goes to the envelope sender
        let accepted = USERS.iter().chain(&["gone"]);
        let known = accepted.map(|user| format!("{user}@{DOMAIN} {user}\n")).collect::<String>();
        let ports = [self.smtp_port, self.submission_port, self.smtps_port];
        let said = format!("PREPEND Authentication-Results: mail.{DOMAIN}; dmarc=pass header.from={DOMAIN}");
        let vouched = USERS.iter().map(|user| format!("{user}@{DOMAIN} {said}\n")).collect::<String>();
        for (name, text) in [
            ("mailboxes", known),
            ("vouched", vouched),
            (
                "transport",
                if self.list().exists() { format!("staff@{DOMAIN} mlmmj:\n") } else { String::new() },
            ),
            ("main.cf", postfix::main_cf(&dir)),
            ("master.cf", postfix::master_cf(ports, &self.list())),
        ] {
            fs::write(etc.join(name), text).unwrap();
            // Postfix waits until a file is two seconds old
            File::options().write(true).open(etc.join(name)).unwrap().set_modified(UNIX_EPOCH).unwrap();
        }
        let etc = etc.display().to_string();
        // makes the queue's folders; master itself stays our child, so that it ends with us
        output(Command::new("postfix").args(["-c", &etc, "check"]));
        self.run("postfix", &["/usr/lib/postfix/sbin/master", "-c", &etc, "-s"]);
        self.await_greeting(self.smtp_port, "220");
    }

    /// From here on Postfix takes fields with its own name out of mail that comes in, and leaves those that it writes
    /// itself (which here go the same way as all others).
    pub fn remove_forgeries(&self) {
        let etc = self.path("postfix/etc");
        let name = format!("mail.{DOMAIN}").replace('.', "\\.");
        let own = format!("{name}; dmarc=pass header\\.from={}$", DOMAIN.replace('.', "\\."));
        let checks = format!(
            "/^Authentication-Results: {own}/ DUNNO\n/^Authentication-Results:[[:space:]]*{name}/ IGNORE\n"
        );
        fs::write(etc.join("header_checks"), checks).unwrap();
        let main = fs::read_to_string(etc.join("main.cf")).unwrap();
        let main = format!("{main}header_checks = regexp:{}/header_checks\n", etc.display());
        fs::write(etc.join("main.cf"), main).unwrap();
        for file in ["header_checks", "main.cf"] {
            File::options().write(true).open(etc.join(file)).unwrap().set_modified(UNIX_EPOCH).unwrap();
        }
        output(Command::new("postfix").args(["-c", &etc.display().to_string(), "reload"]));
    }

    /// From here on it knows no addresses with a plus, as many a provider does not.
    pub fn knows_no_plus(&self) {
        let path = self.path("postfix/etc/main.cf");
        let main = fs::read_to_string(&path).unwrap();
        fs::write(&path, main.replace("recipient_delimiter = +", "recipient_delimiter =")).unwrap();
        File::options().write(true).open(&path).unwrap().set_modified(UNIX_EPOCH).unwrap();
        let etc = self.path("postfix/etc").display().to_string();
        output(Command::new("postfix").args(["-c", &etc, "reload"]));
    }

    /// From here on Postfix takes mail at that address of ours as well, at the port that it has.
    pub fn listens_at(&self, ours: Ipv4Addr) {
        let etc = self.path("postfix/etc");
        let master = fs::read_to_string(etc.join("master.cf")).unwrap();
        let more =
            format!("{ours}:{} inet n - n - - smtpd\n  -o local_header_rewrite_clients=\n", self.smtp_port);
        fs::write(etc.join("master.cf"), master + &more).unwrap();
        File::options().write(true).open(etc.join("master.cf")).unwrap().set_modified(UNIX_EPOCH).unwrap();
        output(Command::new("postfix").args(["-c", &etc.display().to_string(), "reload"]));
        self.await_greeting_at((ours, self.smtp_port), "220");
    }

    /// Starts a server that ends when we do, even when we are killed.
    fn run(&mut self, name: &str, command: &[&str]) {
        let log = File::create(self.path("log").join(format!("{name}.out"))).unwrap();
        let child = Command::new("setsid")
            .args(["setpriv", "--pdeathsig", "TERM"])
            .args(command)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("setsid is missing (package util-linux)");
        self.running.push((name.to_owned(), child));
    }

    fn greets(&self, at: impl ToSocketAddrs, greeting: &str) -> bool {
        let Ok(tcp) = TcpStream::connect(at) else { return false };
        tcp.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
        let mut line = String::new();
        BufReader::new(tcp).read_line(&mut line).is_ok() && line.starts_with(greeting)
    }

    fn await_greeting(&self, port: u16, greeting: &str) {
        self.await_greeting_at((Ipv4Addr::LOCALHOST, port), greeting);
    }

    fn await_greeting_at(&self, at: (Ipv4Addr, u16), greeting: &str) {
        for _ in 0..300 {
            if self.greets(at, greeting) {
                return;
            }
            sleep(Duration::from_millis(50));
        }
        let out = |name| fs::read_to_string(self.path("log").join(name)).unwrap_or_default();
        panic!("no server at {at:?}\n{}{}{}", out("dovecot.out"), out("postfix.out"), self.logs());
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        self.running.iter_mut().for_each(|(_, child)| end(child));
    }
}

/// Each leads a session of its own with all its helpers; nothing of theirs is worth an orderly end of a second.
fn end(child: &mut Child) {
    let group = rustix::process::Pid::from_child(child);
    let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    let _ = child.wait();
}

/// Files of a Maildir's `new` and `cur`, in the order they came.
pub fn mails_in(maildir: &Path) -> Vec<Vec<u8>> {
    let list = |folder: &str| fs::read_dir(maildir.join(folder)).into_iter().flatten().flatten();
    let came = |e: &DirEntry| e.metadata().and_then(|m| m.modified()).unwrap_or(UNIX_EPOCH);
    let mut files: Vec<_> =
        list("new").chain(list("cur")).map(|e| (came(&e), e.file_name(), e.path())).collect();
    files.sort();
    files.into_iter().filter_map(|(.., path)| fs::read(path).ok()).collect()
}

/// Free ports, below those that the system hands out to anybody who connects.
fn free_ports<const N: usize>() -> [u16; N] {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // test programs that run beside each other begin elsewhere
    let first = std::process::id() % 400 * 50;
    std::array::from_fn(|_| {
        (0..1_000)
            .map(|_| (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 20_000 + 10_000)
            .filter_map(|port| u16::try_from(port).ok())
            .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
            .expect("no free port")
    })
}

fn ids(user: &str) -> (u32, u32) {
    let passwd = fs::read_to_string("/etc/passwd").unwrap();
    let line = passwd.lines().find(|l| l.starts_with(&format!("{user}:")));
    let fields: Vec<&str> = line.unwrap_or_else(|| panic!("there is no user {user}")).split(':').collect();
    (fields[2].parse().unwrap(), fields[3].parse().unwrap())
}

fn output(command: &mut Command) -> String {
    let out = command.stdin(Stdio::null()).output();
    let out = out.unwrap_or_else(|e| panic!("{command:?}: {e}: run tests/install"));
    assert!(out.status.success(), "{command:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

/// Makes `ca.pem`, `server.pem` and `server.key`, and for tests of refusal `other-ca.pem`.
fn certify(dir: &Path) {
    fs::create_dir_all(dir).unwrap();
    let openssl = |args: &str| output(Command::new("openssl").current_dir(dir).args(args.split_whitespace()));
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    for name in ["ca", "other-ca"] {
        openssl(&format!(
            "req -x509 {key} -days 2 -subj /CN={name}.example -addext basicConstraints=critical,CA:TRUE \
             -addext keyUsage=critical,keyCertSign,cRLSign -keyout {name}.key -out {name}.pem"
        ));
    }
    let extensions = "basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=serverAuth\n\
                      subjectAltName=DNS:localhost,IP:127.0.0.1\n";
    fs::write(dir.join("server.ext"), extensions).unwrap();
    openssl(&format!("req {key} -subj /CN=localhost -keyout server.key -out server.csr"));
    sign(dir, 2);
}

/// Makes the servers' certificate, good for so many days.
fn sign(dir: &Path, days: u32) {
    let args = format!(
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days {days} -extfile server.ext \
         -out server.pem"
    );
    output(Command::new("openssl").current_dir(dir).args(args.split_whitespace()));
}

/// The servers themselves: what the other tests stand on.
#[test]
fn a_mail_by_smtp_reaches_the_mailbox_with_its_subaddress() {
    let servers = Servers::start();
    servers.smtp("anna@elsewhere.example", "help+12.token@team.example", "Subject: hello\n\n.dot\n");
    let mails = servers.wait_for("help", 1);
    let text = String::from_utf8_lossy(&mails[0]);
    assert!(text.contains("Delivered-To: help+12.token@team.example"), "{text}");
    assert!(text.contains("Return-Path: <anna@elsewhere.example>") && text.contains("\n.dot"), "{text}");
    assert_eq!(servers.maildir("help").join("new").read_dir().unwrap().count(), 1);
    for (port, tls) in [(servers.submission_port, "--tls"), (servers.smtps_port, "--tls-on-connect")] {
        let server = format!("127.0.0.1:{port}");
        let people = ["--from", "help@team.example", "--to", "anna@team.example"];
        let login = ["--auth", "--auth-user", "help", "--auth-password", PASSWORD];
        output(Command::new("swaks").args(["--server", &server, tls]).args(people).args(login));
    }
    servers.wait_for("anna", 2);
    let ports = [servers.imap_port, servers.smtp_port];
    drop(servers);
    assert!(ports.iter().all(|port| TcpStream::connect(("127.0.0.1", *port)).is_err()));
}
