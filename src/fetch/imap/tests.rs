//! Scripted servers: each says what a broken or hostile one would. Nothing of it may look like an empty folder,
//! hang, or take memory.

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

#[tokio::test]
async fn a_good_server_is_listed() {
    let listing = listing(GREETING, vec![LOGIN, SELECT, LIST]).await.unwrap();
    assert_eq!(listing.epoch, 7);
    let got: Vec<_> = listing.entries.iter().map(|e| (e.uid.as_str(), e.size, e.marked)).collect();
    assert_eq!(got, [("3", Some(5), false), ("9", Some(7), true)]);
    assert!(listing.entries.iter().all(|e| e.arrived.is_some()));
}

#[tokio::test]
async fn an_account_is_tried_out_and_left() {
    let play = play(vec![(GREETING, vec![LOGIN, SELECT, ("LOGOUT", "* BYE\r\nTAG OK bye\r\n")])]).await;
    let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
    let probe = imap.probe().await.unwrap();
    assert_eq!(probe, Probe { mails: 2, idle: true, can_move: true, keeps_flags: true });
    assert!(imap.line.is_none());
    play.fine();
}

#[tokio::test]
async fn greetings_that_are_none() {
    for (greeting, words) in [
        ("* PREAUTH welcome\r\n", "PREAUTH"),
        ("* BYE too many connections\r\n", "too many connections"),
        ("* 3 EXISTS\r\n", "did not greet"),
        ("220 mail.example ESMTP\r\n", ""),
        ("", "said nothing"),
        ("+ go on\r\n", "did not greet"),
        ("* OK well {400}\r\n", "announces data"),
    ] {
        let fault = listing(greeting, vec![]).await.unwrap_err();
        assert!(fault.contains(words) && fault.starts_with("IMAP 127.0.0.1:"), "{greeting}: {fault}");
    }
}

#[tokio::test]
async fn logins_that_fail_say_why_and_never_the_secret() {
    let can = "* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hello\r\n";
    assert!(listing(can, vec![]).await.unwrap_err().contains("takes no password"));
    for (answer, words) in [
        ("TAG NO [AUTHENTICATIONFAILED] no user help with s3cret\r\n", "refused the login"),
        ("TAG BAD what\r\n", "refused the login: what"),
        ("* BYE go away\r\n", "go away"),
        ("CLOSE", "closed the connection"),
        ("HUSH", "said nothing"),
        ("A99 OK in\r\n", "was not given"),
        ("+ more\r\nHUSH", "asked for more"),
    ] {
        let fault = listing(GREETING, vec![(LOGIN.0, answer)]).await.unwrap_err();
        assert!(fault.contains(words), "{answer}: {fault}");
    }
}

#[tokio::test]
async fn a_broken_select_or_listing_is_never_an_empty_folder() {
    let rows: Vec<(Step, &str)> = vec![
        ((SELECT.0, "CLOSE"), "closed the connection"),
        ((SELECT.0, "* 0 EXISTS\r\nCLOSE"), "closed the connection"),
        ((SELECT.0, "TAG OK done\r\n"), "without saying"),
        ((SELECT.0, "* 0 EXISTS\r\nTAG OK done\r\n"), "without saying"),
        ((SELECT.0, "* OK [UIDVALIDITY 7] x\r\nTAG OK done\r\n"), "without saying"),
        ((SELECT.0, "TAG NO no such folder\r\n"), "refused opening the folder INBOX: no such folder"),
        ((SELECT.0, "HUSH"), "said nothing"),
        ((SELECT.0, "DRIP"), "no whole answer"),
        ((LIST.0, "TAG OK done\r\n"), "has 2 mails and lists none"),
        ((LIST.0, "TAG NO server bug\r\n"), "server bug"),
        ((LIST.0, "* 1 FETCH (UID 3 RFC822.SIZE 5)\r\nCLOSE"), "closed the connection"),
        ((LIST.0, "* 1 FETCH (UID 3 RFC8"), "said nothing"),
        ((LIST.0, "* 1 FETCH (UID 3 RFC8CLOSE"), ""),
        ((LIST.0, "* 1 FETCH (UID 3 X {7\r\nTAG OK done\r\n"), ""),
        ((LIST.0, "* 1 FETCH (INTERNALDATE NIL)\r\nTAG OK done\r\n"), "makes no sense"),
        ((LIST.0, "* 1 FETCH (UID 3 BODY[] {500000000}\r\n"), "more data than was asked"),
        ((LIST.0, "* 1 FETCH (UID 3 BODY[] {99999999999999999999}\r\n"), "more data than was asked"),
        ((LIST.0, "* 1 FETCH (UID 3 BODY[] {-1}\r\nx)\r\nTAG OK done\r\n"), ""),
        (
            (
                LIST.0,
                "* 1 FETCH (BODYSTRUCTURE (((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((",
            ),
            "nested",
        ),
    ];
    // beside each other, since silence takes its time
    join_all(rows.into_iter().map(|((command, answer), words)| async move {
        let steps = if command == SELECT.0 {
            vec![LOGIN, (command, answer)]
        } else {
            vec![LOGIN, SELECT, (command, answer)]
        };
        let fault = listing(GREETING, steps).await.unwrap_err();
        assert!(fault.contains(words), "{answer}: {fault}");
    }))
    .await;
    // what is only odd does no harm: an alert, an early EXISTS, flags of somebody else, a number given twice
    let odd = (
        LIST.0,
        "* NO [ALERT] disk at 95%\r\n* 2 EXISTS\r\n* 2 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (UID 9 FLAGS ())\r\n\
         * 1 FETCH (UID 3 RFC822.SIZE 5)\r\n* 1 FETCH (UID 3 RFC822.SIZE 5)\r\nTAG OK done\r\n",
    );
    assert_eq!(listing(GREETING, vec![LOGIN, SELECT, odd]).await.unwrap().entries.len(), 1);
}

/// The line is cut after every single byte of a listing and of a fetch.
#[tokio::test]
async fn a_line_cut_anywhere_is_an_error() {
    let bodies =
        "* 1 FETCH (UID 3 BODY[] {5}\r\nthree)\r\n* 2 FETCH (UID 9 BODY[] {7}\r\n1234567)\r\nTAG OK x\r\n";
    let cut = |answer: &str, at: usize| -> &'static str { format!("{}CLOSE", &answer[..at]).leak() };
    let whole = |answer: &str| answer.len() - "\r\n".len();
    let mut scripts = Vec::new();
    for at in 0..=whole(LIST.1) {
        scripts.push((GREETING, vec![LOGIN, SELECT, (LIST.0, cut(LIST.1, at))]));
    }
    for at in 0..=whole(bodies) {
        scripts.push((GREETING, vec![LOGIN, SELECT, LIST, (FETCH, cut(bodies, at))]));
    }
    let play = play(scripts).await;
    let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
    for at in 0..=whole(LIST.1) {
        assert!(imap.list(None).await.is_err(), "{at}");
        imap.logins.clear();
    }
    for at in 0..=whole(bodies) {
        let entries = imap.list(None).await.unwrap().entries;
        assert!(imap.fetch(&entries).await.is_err(), "{at}");
        imap.logins.clear();
    }
    play.fine();
}

#[tokio::test]
async fn only_what_is_above_the_last_number_is_new_and_only_in_its_epoch() {
    let above = "UID FETCH 10:* (UID RFC822.SIZE INTERNALDATE FLAGS)";
    // `n:*` answers with the last mail when nothing is above
    let last = "* 2 FETCH (UID 9 RFC822.SIZE 7)\r\nTAG OK done\r\n";
    let noop = ("NOOP", "TAG OK x\r\n");
    let play = play(vec![(GREETING, vec![LOGIN, SELECT, (above, last), noop, LIST])]).await;
    let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
    assert!(imap.list(Some((7, 9))).await.unwrap().entries.is_empty());
    assert_eq!(imap.list(Some((6, 9))).await.unwrap().entries.len(), 2);
    play.fine();
}

#[tokio::test]
async fn a_folder_that_is_about_to_give_a_number_again_is_listed_whole() {
    let select =
        (SELECT.0, "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 10] next\r\nTAG OK done\r\n");
    let above = ("UID FETCH 21:* (UID RFC822.SIZE INTERNALDATE FLAGS)", "TAG OK done\r\n");
    let play = play(vec![(GREETING, vec![LOGIN, select, LIST, ("NOOP", "TAG OK x\r\n"), above])]).await;
    let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
    assert_eq!(imap.list(Some((7, 20))).await.unwrap().entries.len(), 2);
    // what the server said then is of no meaning later on the same line
    assert!(imap.list(Some((7, 20))).await.unwrap().entries.is_empty());
    play.fine();
}

#[tokio::test]
async fn bodies_are_had_whole_and_in_order() {
    let bodies = "* 2 FETCH (UID 9 BODY[] {7}\r\nnine\r\n.)\r\n* 5 FETCH (UID 5 BODY[] {1}\r\nx)\r\n\
                  * 1 FETCH (BODY[] {5}\r\nthree UID 3)\r\n* 1 FETCH (UID 3 BODY[] {5}\r\nagain)\r\nTAG OK done\r\n";
    let head = "* 4 FETCH (UID 12 BODY[]<0> {4}\r\nhead)\r\nTAG OK done\r\n";
    let play = play(vec![(
        GREETING,
        vec![LOGIN, SELECT, LIST, (FETCH, bodies), ("UID FETCH 12 (UID BODY.PEEK[]<0.65536>)", head)],
    )])
    .await;
    let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
    imap.list(None).await.unwrap();
    let large = entry("12", limits::MAIL_BYTES as u64 + 1);
    let fetched = imap.fetch(&[large, entry("9", 7), entry("3", 5)]).await.unwrap();
    let got: Vec<_> = fetched.iter().map(|f| (f.uid.as_str(), f.bytes.as_slice(), f.cut)).collect();
    assert_eq!(got, [("12", &b"head"[..], true), ("9", b"nine\r\n.", false), ("3", b"three", false)]);
    play.fine();
}

#[tokio::test]
async fn a_vanished_mail_is_left_out_and_a_broken_answer_is_not() {
    for (answer, words) in [
        ("* 1 FETCH (UID 3 BODY[] {5}\r\nthree)\r\nTAG OK some are gone\r\n", None),
        ("* 1 FETCH (UID 3 BODY[] {5}\r\nthree)\r\nCLOSE", Some("closed")),
        ("* 1 FETCH (UID 3 BODY[] {5}\r\nthrCLOSE", Some("")),
        ("* 1 FETCH (UID 3 BODY[] {500000000}\r\nthree", Some("more data")),
        ("* 1 FETCH (UID 3 BODY[] {3}\r\nthree)\r\nTAG OK x\r\n", Some("not IMAP")),
        ("* 1 FETCH (UID 3 BODY[] {90}\r\nthree)\r\nTAG OK x\r\n", Some("said nothing")),
        ("* 1 FETCH (UID 3 BODY[] {5}\r\nthree)\r\nHUSH", Some("said nothing")),
    ] {
        let play = play(vec![(GREETING, vec![LOGIN, SELECT, LIST, (FETCH, answer)])]).await;
        let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
        let entries = imap.list(None).await.unwrap().entries;
        match (imap.fetch(&entries).await, words) {
            (Ok(fetched), None) => assert_eq!(fetched.len(), 1),
            (Err(fault), Some(words)) => assert!(fault.doing.contains(words), "{answer}: {fault}"),
            (other, _) => panic!("{answer}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn far_more_than_was_listed_is_not_taken() {
    let sixty = "x".repeat(60_000);
    let bodies: String =
        (1..=3).map(|n| format!("* {n} FETCH (UID {n} BODY[] {{60000}}\r\n{sixty})\r\n")).collect();
    let fetch = ("UID FETCH 1:3 (UID BODY.PEEK[])", &*format!("{bodies}TAG OK x\r\n").leak());
    let play = play(vec![(GREETING, vec![LOGIN, SELECT, LIST, fetch])]).await;
    let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
    imap.list(None).await.unwrap();
    let fault = imap.fetch(&["1", "2", "3"].map(|uid| entry(uid, 5))).await.unwrap_err();
    assert!(
        fault.doing.ends_with("fetching mail broke off: it sends far more mail than it listed"),
        "{fault}"
    );
}

#[tokio::test]
async fn a_size_that_was_only_estimated_is_believed_when_the_same_bytes_come_twice() {
    let short = "* 1 FETCH (UID 3 BODY[] {4}\r\nthre)\r\nTAG OK done\r\n";
    let play = play(vec![(
        GREETING,
        vec![
            LOGIN,
            SELECT,
            LIST,
            (FETCH, "* 1 FETCH (UID 3 BODY[] {4}\r\nthre)\r\n* 2 FETCH (UID 9 BODY[] {7}\r\n1234567)\r\nTAG OK x\r\n"),
            ("UID FETCH 3 (UID BODY.PEEK[])", short),
        ],
    )])
    .await;
    let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
    let entries = imap.list(None).await.unwrap().entries;
    let fetched = imap.fetch(&entries).await.unwrap();
    let got: Vec<_> = fetched.iter().map(|f| (f.bytes.as_slice(), f.cut)).collect();
    assert_eq!(got, [(&b"thre"[..], false), (b"1234567", false)]);
    play.fine();
}

#[tokio::test]
async fn a_mail_that_never_comes_whole_does_not_keep_the_others_out() {
    let both =
        (FETCH, "* 1 FETCH (UID 3 BODY[] NIL)\r\n* 2 FETCH (UID 9 BODY[] {7}\r\n1234567)\r\nTAG OK x\r\n");
    let refused = (FETCH, "TAG NO [SERVERBUG] internal error\r\n");
    let one = ("UID FETCH 3 (UID BODY.PEEK[])", "* 1 FETCH (UID 3 BODY[] NIL)\r\nTAG OK x\r\n");
    let no = ("UID FETCH 3 (UID BODY.PEEK[])", "TAG NO unreadable\r\n");
    let nine = ("UID FETCH 9 (UID BODY.PEEK[])", "* 2 FETCH (UID 9 BODY[] {7}\r\n1234567)\r\nTAG OK x\r\n");
    let play = play(vec![
        (GREETING, vec![LOGIN, SELECT, LIST, both, one]),
        (GREETING, vec![LOGIN, SELECT, LIST, refused, no]),
        (GREETING, vec![LOGIN, SELECT, LIST, refused, one, nine]),
    ])
    .await;
    let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
    for try_ in 1..=limits::TRIES {
        let entries = imap.list(None).await.unwrap().entries;
        let result = imap.fetch(&entries).await;
        if try_ < limits::TRIES {
            assert!(result.unwrap_err().doing.contains("does not come whole"));
        } else {
            let got: Vec<_> = result.unwrap().into_iter().map(|f| (f.bytes, f.cut)).collect();
            assert_eq!(got, [(vec![], true), (b"1234567".to_vec(), false)]);
        }
    }
    play.fine();
}

#[tokio::test]
async fn marks_are_one_command_and_only_a_courtesy() {
    let store = "UID STORE 3:4,9 +FLAGS.SILENT ($TrackleDone)";
    let uids: Vec<String> = ["9", "3", "4"].map(String::from).into();
    for answer in ["TAG OK x\r\n", "TAG NO read-only\r\n", "TAG BAD what\r\n"] {
        let play = play(vec![(GREETING, vec![LOGIN, SELECT, LIST, (store, answer)])]).await;
        let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
        imap.list(None).await.unwrap();
        imap.mark(&uids).await.unwrap();
        play.fine();
    }
    // a folder that keeps no flags is not asked to
    let keeps_none =
        (SELECT.0, "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [PERMANENTFLAGS ()] x\r\nTAG OK x\r\n");
    let play = play(vec![(
        GREETING,
        vec![LOGIN, keeps_none, ("NOOP", "TAG OK x\r\n"), LIST, ("LOGOUT", "* BYE x\r\nTAG OK x\r\n")],
    )])
    .await;
    let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
    assert!(imap.mark(&uids).await.unwrap_err().doing.contains("not been listed"));
    imap.list(None).await.unwrap();
    imap.mark(&uids).await.unwrap();
    imap.close().await;
    play.fine();
}

#[tokio::test]
async fn mail_that_is_done_moves_into_a_folder_made_for_it() {
    let steps = vec![
        LOGIN,
        SELECT,
        LIST,
        ("LIST \"\" \"\"", "* LIST (\\Noselect) \".\" \"\"\r\nTAG OK x\r\n"),
        ("LIST \"\" \"Trackle.Done\"", "TAG OK x\r\n"),
        ("LIST \"\" \"INBOX.Trackle.Done\"", "TAG OK x\r\n"),
        ("CREATE \"Trackle.Done\"", "TAG NO [CANNOT] only below INBOX\r\n"),
        ("CREATE \"INBOX.Trackle.Done\"", "TAG OK x\r\n"),
        ("UID MOVE 3 \"INBOX.Trackle.Done\"", "* OK [COPYUID 8 3 1] x\r\n* 1 EXPUNGE\r\nTAG OK x\r\n"),
        ("UID MOVE 9 \"INBOX.Trackle.Done\"", "TAG NO [TRYCREATE] gone\r\n"),
        ("UID STORE 9 +FLAGS.SILENT ($TrackleDone)", "TAG OK x\r\n"),
    ];
    let play = play(vec![(GREETING, steps)]).await;
    let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
    imap.done = Done::Move("Trackle/Done".into());
    imap.list(None).await.unwrap();
    imap.mark(&["3".to_owned()]).await.unwrap();
    imap.mark(&["9".to_owned()]).await.unwrap();
    play.fine();
}

#[tokio::test]
async fn numbers_of_another_epoch_are_not_used() {
    let anew = (SELECT.0, "* 1 EXISTS\r\n* OK [UIDVALIDITY 8] x\r\nTAG OK x\r\n");
    let play = play(vec![
        (GREETING, vec![LOGIN, SELECT, LIST, ("UID STORE 3 +FLAGS.SILENT ($TrackleDone)", "CLOSE")]),
        (GREETING, vec![LOGIN, anew]),
    ])
    .await;
    let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
    imap.list(None).await.unwrap();
    let three = ["3".to_owned()];
    assert!(imap.mark(&three).await.unwrap_err().doing.contains("closed the connection"));
    assert!(imap.mark(&three).await.unwrap_err().doing.contains("UIDVALIDITY"));
    assert!(imap.fetch(&[entry("3", 5)]).await.unwrap_err().doing.contains("UIDVALIDITY"));
    play.fine();
}

#[tokio::test]
async fn waiting_ends_when_mail_comes() {
    let idle = ("IDLE", "+ idling\r\n* OK still here\r\n* 3 EXISTS\r\n");
    let done = ("DONE", "T4 OK x\r\n");
    let play = play(vec![(GREETING, vec![LOGIN, SELECT, LIST, idle, done])]).await;
    let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
    imap.list(None).await.unwrap();
    tokio::time::timeout(Duration::from_secs(10), imap.wait(Duration::from_secs(60))).await.unwrap().unwrap();
    // and at once when it came before anybody waited
    imap.wait(Duration::from_secs(60)).await.unwrap();
    play.fine();
}

#[tokio::test]
async fn a_wait_given_up_or_run_out_leaves_the_connection_in_order() {
    let noop = ("NOOP", "TAG OK x\r\n");
    let steps = vec![
        LOGIN,
        SELECT,
        LIST,
        ("IDLE", "+ idling\r\n"),
        ("DONE", "T4 OK x\r\n"),
        ("IDLE", "+ idling\r\n"),
        ("DONE", "T5 OK x\r\n"),
        noop,
        LIST,
    ];
    let play = play(vec![(GREETING, steps)]).await;
    let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
    imap.list(None).await.unwrap();
    imap.wait(Duration::from_millis(50)).await.unwrap();
    let given_up = tokio::time::timeout(Duration::from_millis(800), imap.wait(Duration::from_secs(60))).await;
    assert!(given_up.is_err());
    assert_eq!(imap.list(None).await.unwrap().entries.len(), 2);
    play.fine();
}

#[tokio::test]
async fn a_server_that_fails_in_idle_is_left() {
    for (steps, words) in [
        (vec![("IDLE", "CLOSE")], "closed"),
        (vec![("IDLE", "HUSH")], ""),
        (vec![("IDLE", "+ idling\r\nCLOSE")], "closed"),
        (vec![("IDLE", "+ idling\r\n* BYE shutting down\r\n")], "shutting down"),
        (vec![("IDLE", "+ idling\r\nT4 OK enough\r\n")], "ended IDLE"),
        (vec![("IDLE", "+ idling\r\n* 9 EXISTS\r\n"), ("DONE", "HUSH")], ""),
        (vec![("IDLE", "+ idling\r\n* 9 EXISTS\r\n"), ("DONE", "DRIP")], "does not end IDLE"),
    ] {
        let all = [vec![LOGIN, SELECT, LIST], steps].concat();
        let play = play(vec![(GREETING, all)]).await;
        let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
        imap.list(None).await.unwrap();
        let wait = tokio::time::timeout(Duration::from_secs(10), imap.wait(Duration::from_secs(60)));
        let fault = wait.await.expect("it hangs").unwrap_err();
        assert!(fault.doing.contains(words), "{fault}");
        assert!(imap.line.is_none());
    }
}

#[tokio::test]
async fn a_server_without_idle_is_polled() {
    for answer in ["TAG NO not now\r\n", "TAG OK and nothing more\r\n", "TAG BAD\r\n", "TAG BAD what\r\n"] {
        let noop = ("NOOP", "TAG OK x\r\n");
        let play = play(vec![(GREETING, vec![LOGIN, SELECT, LIST, ("IDLE", answer), noop, LIST])]).await;
        let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
        imap.list(None).await.unwrap();
        imap.wait(Duration::from_secs(60)).await.unwrap();
        imap.wait(Duration::from_secs(60)).await.unwrap();
        imap.list(None).await.unwrap();
        play.fine();
    }
}

#[tokio::test]
async fn starttls_is_insisted_on_and_nothing_may_slip_in_before_it() {
    let offers = "* OK [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n";
    for (greeting, steps, words) in [
        ("* OK [CAPABILITY IMAP4rev1] hello\r\n", vec![], "does not offer STARTTLS"),
        (offers, vec![("STARTTLS", "TAG NO not today\r\n")], "not today"),
        (offers, vec![("STARTTLS", "TAG OK go\r\n* OK [CAPABILITY IMAP4rev1] injected\r\n")], "ahead of TLS"),
        (offers, vec![("STARTTLS", "TAG OK go\r\nCLOSE")], "TLS handshake"),
        ("* PREAUTH hello\r\n", vec![], "PREAUTH"),
    ] {
        let play = play(vec![(greeting, steps)]).await;
        let (mut imap, _secret) = play.imap(Security::StartTls, Mechanism::Password, "s3cret");
        let fault = imap.list(None).await.unwrap_err();
        assert!(fault.doing.contains(words), "{fault}");
        play.fine();
    }
}

#[tokio::test]
async fn tokens_go_by_xoauth2_and_its_complaint_is_shown() {
    let offers = "* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2] hello\r\n";
    let token = "dXNlcj1oZWxwAWF1dGg9QmVhcmVyIHRva2VuAQE=";
    let bad = play(vec![(
        offers,
        vec![
            ("AUTHENTICATE XOAUTH2", "+ \r\n"),
            (token, "+ eyJzdGF0dXMiOiI0MDAifQ==\r\n"),
            ("", "T1 NO AUTHENTICATE failed\r\n"),
        ],
    )])
    .await;
    let (mut imap, _secret) = bad.imap(Security::Plain, Mechanism::Xoauth2, "token");
    let fault = imap.list(None).await.unwrap_err();
    assert!(fault.doing.ends_with("AUTHENTICATE failed {\"status\":\"400\"}"), "{fault}");
    bad.fine();
    let (mut imap, _secret) = {
        let none = play(vec![(GREETING, vec![])]).await;
        none.imap(Security::Plain, Mechanism::Xoauth2, "token")
    };
    assert!(imap.list(None).await.unwrap_err().doing.contains("does not offer XOAUTH2"));
    // letters beyond ASCII cannot stand in LOGIN
    let plain = play(vec![(
        GREETING,
        vec![
            ("AUTHENTICATE PLAIN", "+ \r\n"),
            ("AGhlbHAAw7xiZXI=", "T1 OK [CAPABILITY IMAP4rev1] in\r\n"),
            SELECT,
            LIST,
        ],
    )])
    .await;
    let (mut imap, _secret) = plain.imap(Security::Plain, Mechanism::Password, "über");
    imap.list(None).await.unwrap();
    plain.fine();
}

#[tokio::test]
async fn a_connection_that_died_unnoticed_costs_no_error() {
    let play = play(vec![
        (GREETING, vec![LOGIN, SELECT, LIST, ("NOOP", "CLOSE")]),
        (GREETING, vec![LOGIN, SELECT, LIST]),
    ])
    .await;
    let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
    imap.list(None).await.unwrap();
    assert_eq!(imap.list(None).await.unwrap().entries.len(), 2);
    play.fine();
}

#[test]
fn logins_wait_when_there_were_enough() {
    let server =
        Server { host: "x".into(), port: 1, security: Security::Tls, roots: Roots::Bundled, login: None };
    let mut imap = Imap::new(server, "INBOX", Done::Flag);
    let start = Instant::now();
    for n in 0..limits::IMAP_LOGINS {
        assert_eq!(imap.turn(start), None, "{n}");
    }
    assert_eq!(imap.turn(start), Some(start + LOGINS_WITHIN));
    assert_eq!(imap.turn(start + LOGINS_WITHIN), None);
}

/// Which installation has done a mail is told by its badge.
#[tokio::test]
async fn the_marks_of_another_installation_are_told_apart() {
    let list = (
        LIST.0,
        "* 1 FETCH (UID 3 RFC822.SIZE 5 FLAGS ($TrackleDone $trackle-MINE))\r\n\
         * 2 FETCH (UID 9 RFC822.SIZE 7 FLAGS ($TrackleDone $Trackle-theirs))\r\nTAG OK done\r\n",
    );
    let look = (
        "UID FETCH 3,9 (UID FLAGS)",
        "* 2 FETCH (UID 9 FLAGS ($TrackleDone $Trackle-theirs))\r\n* 1 FETCH (UID 3 FLAGS ())\r\nTAG OK x\r\n",
    );
    let store = ("UID STORE 3,9 +FLAGS.SILENT ($TrackleDone $Trackle-mine)", "TAG OK x\r\n");
    let play = play(vec![(GREETING, vec![LOGIN, SELECT, list, look, store])]).await;
    let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
    imap.badges = vec!["$Trackle-mine".into(), "$Trackle-before".into()];
    let listed = imap.list(None).await.unwrap().entries;
    let marks: Vec<_> = listed.iter().map(|e| (e.marked, e.another.as_deref())).collect();
    assert_eq!(marks, [(true, None), (true, Some("$Trackle-theirs"))]);
    assert_eq!(imap.stranger, None);
    imap.mark(&["3".into(), "9".into()]).await.unwrap();
    assert_eq!(imap.stranger.as_deref(), Some("$Trackle-theirs"));
    play.fine();
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
