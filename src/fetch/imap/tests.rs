//! Scripted servers: each says what a broken or hostile one would. Nothing of it may look like an empty folder,
//! hang, or take memory. The scripts stand in the files below, by what they are about.

mod entering;
mod fetching;
mod listing;
mod marking;
mod waiting;

use super::*;
use crate::model::server::{Login, Mechanism, Roots, SecretSource, Security};
use futures_util::future::join_all;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// One exchange: the command that is expected to follow the tag, and the answer in which `TAG` is that tag.
/// An answer may end in one of [`END`].
type Step = (&'static str, &'static str);

/// The server hangs up, says nothing more, or never comes to an end.
const END: [&str; 3] = ["CLOSE", "HUSH", "DRIP"];

const GREETING: &str = "* OK [CAPABILITY IMAP4rev1 IDLE MOVE AUTH=PLAIN] hello\r\n";
const LOGIN: Step = ("LOGIN \"help\" \"s3cret\"", "TAG OK [CAPABILITY IMAP4rev1 IDLE MOVE] in\r\n");
const SELECT: Step = (
    "SELECT \"INBOX\"",
    "* FLAGS (\\Seen)\r\n* 2 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 7] ok\r\n\
     * OK [PERMANENTFLAGS (\\Seen \\*)] ok\r\nTAG OK [READ-WRITE] done\r\n",
);
const LIST: Step = (
    "UID FETCH 1:* (UID RFC822.SIZE INTERNALDATE FLAGS)",
    "* 1 FETCH (UID 3 RFC822.SIZE 5 INTERNALDATE \"01-Jan-2026 00:00:00 +0000\" FLAGS (\\Seen))\r\n\
     * 2 FETCH (FLAGS ($trackledone) UID 9 RFC822.SIZE 7 INTERNALDATE \" 2-Jan-2026 00:00:00 +0000\")\r\n\
     TAG OK done\r\n",
);
const FETCH: &str = "UID FETCH 3,9 (UID BODY.PEEK[])";

/// A server that plays its scripts, one for each connection, and notes what was unexpected.
struct Play {
    port: u16,
    wrong: Arc<Mutex<Vec<String>>>,
    /// Steps that nobody has come to yet.
    left: Arc<AtomicUsize>,
}

async fn play(scripts: Vec<(&'static str, Vec<Step>)>) -> Play {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let wrong = Arc::new(Mutex::new(Vec::new()));
    let left = Arc::new(AtomicUsize::new(scripts.iter().map(|(_, steps)| steps.len()).sum()));
    let (notes, counter) = (wrong.clone(), left.clone());
    tokio::spawn(async move {
        for (greeting, steps) in scripts {
            let (tcp, _) = listener.accept().await.unwrap();
            if let Err(what) = act(tcp, greeting, &steps, &counter).await {
                notes.lock().unwrap().push(what);
            }
        }
    });
    Play { port, wrong, left }
}

async fn act(tcp: TcpStream, greeting: &str, steps: &[Step], left: &AtomicUsize) -> Result<(), String> {
    let mut tcp = BufReader::new(tcp);
    tcp.write_all(greeting.as_bytes()).await.map_err(|e| e.to_string())?;
    for (expected, answer) in steps {
        let mut line = String::new();
        if tcp.read_line(&mut line).await.is_err() || line.is_empty() {
            return Err(format!("hung up before {expected}"));
        }
        let (tag, command) = line.trim_end().split_once(' ').unwrap_or(("", line.trim_end()));
        if command != *expected && line.trim_end() != *expected {
            return Err(format!("expected {expected:?}, got {line:?}"));
        }
        left.fetch_sub(1, Ordering::SeqCst);
        let (text, then) = match END.iter().find(|end| answer.ends_with(**end)) {
            Some(end) => (answer.trim_end_matches(end), *end),
            None => (*answer, ""),
        };
        tcp.write_all(text.replace("TAG", tag).as_bytes()).await.map_err(|e| e.to_string())?;
        match then {
            "CLOSE" => return Ok(()),
            "HUSH" => drop(tcp.read_to_end(&mut Vec::new()).await),
            "DRIP" => {
                while tcp.write_all(b"* OK still here\r\n").await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
            _ => {}
        }
    }
    let _ = tcp.read_to_end(&mut Vec::new()).await;
    Ok(())
}

impl Play {
    fn imap(
        &self,
        security: Security,
        mechanism: Mechanism,
        secret: &str,
    ) -> (Imap, tempfile::NamedTempFile) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "{secret}").unwrap();
        let login =
            Login { user: "help".into(), mechanism, secret: SecretSource::File(file.path().to_owned()) };
        let server = Server {
            host: "127.0.0.1".into(),
            port: self.port,
            security,
            roots: Roots::Bundled,
            login: Some(login),
        };
        let mut imap = Imap::new(server, "INBOX", Done::Flag);
        imap.patience = Patience {
            step: Duration::from_millis(800),
            command: Duration::from_millis(1600),
            poll: Duration::from_millis(50),
            idle: Duration::from_secs(30),
        };
        (imap, file)
    }

    /// Nothing unexpected came, and all that was expected.
    fn fine(&self) {
        assert_eq!(self.left.load(Ordering::SeqCst), 0, "steps that were not played");
        assert_eq!(*self.wrong.lock().unwrap(), Vec::<String>::new());
    }
}

/// A listing against one script after login; the fault's text when it fails.
async fn listing(greeting: &'static str, steps: Vec<Step>) -> Result<Listing, String> {
    let play = play(vec![(greeting, steps)]).await;
    let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
    let result = tokio::time::timeout(Duration::from_secs(20), imap.list(None)).await.expect("it hangs");
    result.map_err(|fault| {
        assert!(fault.again && !fault.doing.contains("s3cret"), "{fault}");
        assert!(!fault.doing.contains(char::is_control), "{fault}");
        assert!(imap.line.is_none(), "a connection in doubt is kept");
        fault.doing
    })
}

fn entry(uid: &str, size: u64) -> Entry {
    Entry { uid: uid.into(), size: Some(size), arrived: None, marked: false, another: None }
}

/// The daemon spawns these.
#[test]
fn futures_may_cross_threads() {
    fn send<T: Send>(_: T) {}
    let login = None;
    let server = Server { host: "x".into(), port: 1, security: Security::Tls, roots: Roots::Bundled, login };
    let mut imap = Imap::new(server, "INBOX", Done::Flag);
    assert_eq!(imap.name(), "imap:@x/INBOX");
    send(imap.list(None));
    send(imap.fetch(&[]));
    send(imap.mark(&[]));
    send(imap.wait(Duration::ZERO));
    send(imap.close());
}
