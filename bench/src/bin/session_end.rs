//! What the end of a large session costs whoever sits before it: two thousand text files changed, and some made, removed,
//! renamed, binary. Tells the time from the shell's end to the list of changes, and from there to the session being with its
//! ticket; then what showing and searching it takes, packing it for another host, and how large the mail is.
//!
//!     cargo build --release --workspace && target/release/session_end [--files N] [--dir DIR]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use trackle::clock::{Clock, SystemClock, instant};
use trackle::model::session_log::{Contents, name_of};
use trackle::read;
use trackle::record::hostkey::Signer;
use trackle::record::seal::{Turn, seal};
use trackle::store::Reader;

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

/// What a session does to `N` files below `tree`, of which `N / 20` each are removed, renamed and binary; `N / 20` are made.
const WORK: &str = "\
cd tree
ls */*.conf | xargs sed -i -e '3s/$/ # checked/' -e '$a timeout = 30' -e '/retries/s/[0-9]$/9/'
for f in */*.bin; do printf 'changed\\000' >>$f; done
rm */*.old
for f in */*.move; do mv $f $f.away; done
i=0; while [ $i -lt $((FILES / 20)) ]; do printf 'made = %s\\n' $i >new-$i.conf; i=$((i + 1)); done
echo ended $EPOCHREALTIME >&2";

fn main() {
    let (mut files, mut dir) = (2_000, PathBuf::from("/srv"));
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--files" => files = words.next().and_then(|n| n.parse().ok()).expect("the number of files"),
            "--dir" => dir = words.next().map(PathBuf::from).expect("a directory"),
            _ => panic!("{word}: --files N or --dir DIR"),
        }
    }
    let site = Site::new(&dir);
    let bytes = site.plant(files);
    println!("{files} files of {} kB in all, in {}", bytes / 1_000, dir.display());
    site.work(&WORK.replace("FILES", &files.to_string()));
    for words in [
        &["session", "show", "1"][..],
        &["session", "show", "1", "--json"],
        &["session", "show", "1", "--patch"],
        &["sessions"],
        &["blame", &site.path("tree/7/7.conf").to_string_lossy()],
        &["drift"],
        &["serve", "--once", "--quiet"],
    ] {
        let (seconds, output) = site.run(words);
        println!("{:44}{seconds:6.2} s  {:8} bytes", words[..words.len().min(3)].join(" "), output.len());
    }
    site.bundle();
    site.mails();
}

/// Prints what something took since then.
fn tell(what: &str, since: Instant) {
    println!("{what:44}{:6.2} s", since.elapsed().as_secs_f64());
}

/// A robot's host, with a ticket on it.
struct Site {
    dir: tempfile::TempDir,
}

impl Site {
    fn new(dir: &Path) -> Site {
        let site = Site { dir: tempfile::tempdir_in(dir).unwrap() };
        fs::write(site.path("trackle.toml"), CONFIG).unwrap();
        fs::create_dir(site.path("home")).unwrap();
        let new = site.path("in/new");
        fs::create_dir_all(&new).unwrap();
        let now = jiff::Zoned::now().strftime("%a, %d %b %Y %H:%M:%S %z");
        let mail = format!(
            "From: Ann <ann@example.org>\r\nTo: help@example.org\r\nSubject: Printer\r\n\
             Message-ID: <1@example.org>\r\nDate: {now}\r\n\
             Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\r\n\
             Received: from x by mx.example.org; {now}\r\n\r\nIt smokes.\r\n"
        );
        fs::write(new.join("1.1.x"), mail).unwrap();
        site.run(&["serve", "--once", "--quiet"]);
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn trackle(&self, words: &[&str]) -> Command {
        let trackle = std::env::current_exe().unwrap().with_file_name("trackle");
        assert!(trackle.exists(), "{} is missing: run cargo build --release", trackle.display());
        let mut command = Command::new(trackle);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", self.path("home"));
        command.env("LOGNAME", "ann").env("SHELL", "/bin/bash").current_dir(self.dir.path());
        command.arg("--config").arg(self.path("trackle.toml")).args(words).stdin(Stdio::null());
        command
    }

    /// How many seconds it took, and what it printed.
    fn run(&self, words: &[&str]) -> (f64, Vec<u8>) {
        let begun = instant();
        let output = self.trackle(words).output().unwrap();
        let seconds = begun.elapsed().as_secs_f64();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        (seconds, output.stdout)
    }

    /// Makes the files; gives their bytes. They are what is in `/etc` of any machine: settings, comments, some secrets.
    fn plant(&self, files: usize) -> usize {
        let mut bytes = 0;
        for n in 0..files {
            let ending = match n % 20 {
                17 => "old",
                18 => "move",
                19 => "bin",
                _ => "conf",
            };
            let path = self.path(&format!("tree/{}/{n}.{ending}", n % 40));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let mut text = settings(n, 300 + n * 97 % 7_700);
            if ending == "bin" {
                text.push('\0');
            }
            bytes += text.len();
            fs::write(path, text).unwrap();
        }
        bytes
    }

    /// The session, timed by what it says.
    fn work(&self, script: &str) {
        let mut child = self
            .trackle(&["work", "1", "--yes", "-c", script])
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let begun = instant();
        let (mut ended, mut listed) = (begun, begun);
        for line in BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok) {
            if line.starts_with("ended ") {
                ended = instant();
                tell("the work itself", begun);
            } else if line.contains(" changed") && listed == begun {
                listed = instant();
                println!("  {line}");
                tell("from its end to the list", ended);
            } else if line.starts_with("Session ") {
                println!("  {line}");
                tell("from the list to its being filed", listed);
            }
        }
        assert!(child.wait().unwrap().success());
        tell("from its end to the prompt", ended);
    }

    /// Packs the session for another host's robot, and opens it there.
    fn bundle(&self) {
        let reader = Reader::open(&self.path("state")).unwrap();
        let session = reader.session(1).unwrap().unwrap().filed.session;
        let things = session.changes.iter().flat_map(|change| change.before.iter().chain(&change.after));
        let contents: Contents = things
            .filter_map(|thing| name_of(&thing.content))
            .filter_map(|name| {
                let held = reader.look(|tx| tx.content(1, name)).unwrap()?;
                Some((name.to_owned(), held))
            })
            .collect();
        let signer = Signer::new(&[7; 32]).unwrap();
        let begun = instant();
        let sealed = seal(session, contents, &Turn { sequence: 1, previous: None }, &signer).unwrap();
        tell(&format!("a bundle of {} kB", sealed.bytes.len() / 1_000), begun);
        let begun = instant();
        read::bundle::open(&sealed.bytes, &signer.key(), SystemClock.now()).unwrap();
        tell("opening it", begun);
    }

    /// The letters, the largest last.
    fn mails(&self) {
        let mut sizes = Vec::new();
        let mut dirs = vec![self.path("out")];
        while let Some(dir) = dirs.pop() {
            for entry in fs::read_dir(dir).unwrap().flatten() {
                if entry.path().is_dir() {
                    dirs.push(entry.path());
                    continue;
                }
                let text = fs::read(entry.path()).unwrap();
                let longest = text.split(|b| *b == b'\n').map(<[u8]>::len).max().unwrap_or(0);
                sizes.push((text.len(), longest, entry.path()));
            }
        }
        sizes.sort();
        let Some((size, longest, path)) = sizes.pop() else { return };
        println!("the mail: {} kB, its longest line {longest} bytes", size / 1_000);
        if let Some(keep) = std::env::var_os("KEEP") {
            fs::copy(path, keep).unwrap();
        }
    }
}

/// So many bytes of settings, about.
fn settings(seed: usize, size: usize) -> String {
    const WORDS: [&str; 16] = [
        "server",
        "listen",
        "timeout",
        "cache",
        "proxy",
        "log",
        "module",
        "directory",
        "path",
        "user",
        "limit",
        "retries",
        "buffer",
        "address",
        "option",
        "default",
    ];
    let mut text = format!("# settings of service {seed}\n[service-{seed}]\nname = service-{seed}\n");
    let mut n = seed;
    while text.len() < size {
        n = n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (at, of) = (n >> 33, n >> 45);
        let (a, b) = (WORDS[at % 16], WORDS[of % 16]);
        text.push_str(&match at % 40 {
            0 => format!("\n[{a}.{b}]\n"),
            1..=9 => format!("# the {a} of the {b}; see {b}(5) for what else may stand here\n"),
            10 => format!("{a}_password = {:x}{b}\n", n >> 20),
            11..=13 => format!("{a} = https://{b}.example.org:{}/{a}?x={}\n", at % 9_000, of % 100),
            14..=16 => format!("{a}.{b} = /usr/share/{a}/{b}/{}\n", at % 100),
            17..=19 => format!("    {a} {b} {};\n", of % 1_000),
            _ => format!("{a}_{b} = {}\n", of % 10_000),
        });
    }
    text
}
