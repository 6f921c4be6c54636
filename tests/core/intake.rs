//! Taking mail in from a server that misbehaves.

use super::{Desk, from};
use jiff::Timestamp;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use trackle::clock::{Clock, SystemClock};
use trackle::daemon::intake::{self, Source};
use trackle::daemon::{Ends, Hub, courier, engine};
use trackle::fetch::imap::{Done, Imap};
use trackle::model::server::{Login, Mechanism, Roots, SecretSource, Security, Server};
use trackle::send::smtp::{Patience, Smtp};
use trackle::send::{Carrier, maildir};

/// An IMAP server of few words. It hangs up whenever the mail of number 2 is asked for.
fn stubborn_server(epoch: Arc<AtomicU32>, marked: Arc<Mutex<Vec<String>>>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for tcp in listener.incoming().flatten() {
            let _ = talk(tcp, epoch.load(Ordering::SeqCst), &marked);
        }
    });
    port
}

fn talk(tcp: TcpStream, epoch: u32, marked: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut out = tcp.try_clone()?;
    // another epoch is another folder, and that one is empty but for one mail
    let mails: &[u32] = if epoch == 7 { &[1, 2, 3] } else { &[] };
    out.write_all(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n")?;
    for line in BufReader::new(tcp).lines() {
        let line = line?;
        let (tag, said) = line.split_once(' ').unwrap_or((&line, ""));
        if said.starts_with("SELECT") {
            let exists = mails.len();
            write!(
                out,
                "* {exists} EXISTS\r\n* OK [UIDVALIDITY {epoch}] ok\r\n* OK [PERMANENTFLAGS (\\*)] ok\r\n"
            )?;
        } else if said.starts_with("UID STORE") {
            marked.lock().unwrap().push(format!("{epoch}: {said}"));
        } else if let Some(what) = said.strip_prefix("UID FETCH ") {
            let whole = what.contains("PEEK");
            let set = what.split(' ').next().unwrap();
            for (at, uid) in mails.iter().enumerate() {
                let at = at + 1;
                let mail = format!(
                    "From: alice@far.example\r\nTo: help@desk.example\r\nSubject: Mail {}\r\n\
                     Message-ID: <{uid}@far.example>\r\n\r\nText.\r\n",
                    "x".repeat(at)
                );
                let asked = set.split(',').any(|part| match part.split_once(':') {
                    Some((low, "*")) => *uid >= low.parse().unwrap(),
                    Some((low, high)) => (low.parse().unwrap()..=high.parse().unwrap()).contains(uid),
                    None => part.parse() == Ok(*uid),
                });
                match (asked, whole) {
                    (false, _) => {}
                    (true, true) if *uid == 2 => return Ok(()),
                    (true, true) => {
                        write!(out, "* {at} FETCH (UID {uid} BODY[] {{{}}}\r\n{mail})\r\n", mail.len())?
                    }
                    (true, false) => {
                        write!(out, "* {at} FETCH (UID {uid} RFC822.SIZE {} FLAGS ())\r\n", mail.len())?
                    }
                }
            }
        }
        write!(out, "{tag} OK done\r\n")?;
    }
    Ok(())
}

#[tokio::test]
async fn a_mail_that_kills_the_connection_keeps_no_other_from_us() {
    let (epoch, marked) = (Arc::new(AtomicU32::new(7)), Arc::default());
    let port = stubborn_server(epoch.clone(), Arc::clone(&marked));
    let desk = Desk::new();
    let hub = Arc::new(Hub::new(desk.store, desk.house, Arc::new(SystemClock)));
    let mut source = Source::Imap(Box::new(Imap::new(server(port), "INBOX", Done::Flag)));
    assert_eq!(intake::take_in(&hub, &mut source).await.unwrap(), 2);
    // the next listing begins with the one that was left
    let cursor = hub.transact(|tx, _| tx.mailbox("imap:help@127.0.0.1/INBOX")).await.unwrap();
    assert_eq!((cursor.epoch, cursor.last), (7, 1));
    assert_eq!(engine::round(&hub).await.unwrap(), 2);
    // the folder is numbered anew before anything was marked: no mark may fall on its mails
    epoch.store(8, Ordering::SeqCst);
    source.close_politely().await;
    assert_eq!(intake::take_in(&hub, &mut source).await.unwrap(), 0);
    intake::mark_done(&hub, &mut source).await.unwrap();
    assert!(marked.lock().unwrap().is_empty(), "{marked:?}");
}

pub fn server(port: u16) -> Server {
    let secret = SecretSource::Command(vec!["echo".into(), "s3cret".into()]);
    let login = Some(Login { user: "help".into(), mechanism: Mechanism::Password, secret });
    Server { host: "127.0.0.1".into(), port, security: Security::Plain, roots: Roots::Bundled, login }
}

#[test]
fn a_full_disk_uses_up_no_tries() {
    let mut desk = Desk::new();
    let intake = desk.take_in(&from("alice@far.example", "Printer", "It eats paper."));
    let clock = Arc::new(Hands(Mutex::new(desk.now)));
    let db = rusqlite::Connection::open(desk.dir.path().join("trackle.db")).unwrap();
    let hub = Hub::new(desk.store, desk.house, clock.clone());
    // as SQLite does when the disk is full: the whole transaction is gone, and the next one fails as well
    db.execute_batch(
        "CREATE TRIGGER full BEFORE INSERT ON person BEGIN SELECT RAISE(ROLLBACK, 'full'); END;
         CREATE TRIGGER full_too BEFORE UPDATE ON intake WHEN NEW.state = 'new'
         BEGIN SELECT RAISE(ROLLBACK, 'full'); END;",
    )
    .unwrap();
    for _ in 0..10 {
        assert!(engine::batch(&hub).is_err());
        *clock.0.lock().unwrap() += jiff::SignedDuration::from_mins(5);
    }
    db.execute_batch("DROP TRIGGER full; DROP TRIGGER full_too;").unwrap();
    while hub.store().next_due().unwrap().is_some() {
        engine::batch(&hub).unwrap();
        *clock.0.lock().unwrap() += jiff::SignedDuration::from_mins(5);
    }
    let row = "SELECT state, tries FROM intake WHERE id = ?1";
    let (state, tries): (String, u32) =
        db.query_row(row, [intake], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!((state.as_str(), tries), ("applied", 1));
}

#[tokio::test]
async fn a_courier_that_is_told_to_stop_gives_back_what_it_has_not_tried() {
    let mut desk = Desk::new();
    for n in 0..4 {
        desk.send(&from(&format!("p{n}@far.example"), "Printer", "It eats paper."));
    }
    let db = rusqlite::Connection::open(desk.dir.path().join("trackle.db")).unwrap();
    let post = tempfile::tempdir().unwrap();
    let carrier = Carrier::Maildir(maildir::Maildir::new(post.path().to_owned()));
    let mut ends = Ends { sources: Vec::new(), carrier, bounce_address: None, web: None };
    let hub = Arc::new(Hub::new(desk.store, desk.house, Arc::new(Hands(Mutex::new(desk.now)))));
    // told to stop after the second letter
    let asked = AtomicU32::new(0);
    let go_on = || asked.fetch_add(1, Ordering::SeqCst) < 3;
    assert_eq!(courier::round(&hub, &mut ends, go_on).await.unwrap(), 2);
    let mut rows = db.prepare("SELECT state, tries FROM outbox ORDER BY id").unwrap();
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap);
    let states: Vec<(String, u32)> = rows.collect();
    let states: Vec<(&str, u32)> = states.iter().map(|(state, tries)| (state.as_str(), *tries)).collect();
    assert_eq!(states, [("sent", 1), ("sent", 1), ("waiting", 0), ("waiting", 0)]);
    assert_eq!(courier::round(&hub, &mut ends, || true).await.unwrap(), 2);
}

#[tokio::test]
async fn where_no_server_answers_one_letter_a_minute_finds_that_out() {
    let mut desk = Desk::new();
    for n in 0..50 {
        desk.send(&from(&format!("p{n}@far.example"), "Printer", "It eats paper."));
    }
    let db = rusqlite::Connection::open(desk.dir.path().join("trackle.db")).unwrap();
    // a port that nobody has any more
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let roots = Roots::System;
    let server = Server { host: "127.0.0.1".into(), port, security: Security::Plain, roots, login: None };
    let carrier = Carrier::Smtp(Box::new(Smtp::new(server, "robot.example", Patience::default())));
    let mut ends = Ends { sources: Vec::new(), carrier, bounce_address: None, web: None };
    let clock = Arc::new(Hands(Mutex::new(desk.now)));
    let hub = Arc::new(Hub::new(desk.store, desk.house, clock.clone()));
    let tried = || -> u32 { db.query_row("SELECT sum(tries) FROM outbox", [], |row| row.get(0)).unwrap() };
    for (seconds, tries, all) in [(0, 1, 1), (1, 0, 1), (59, 1, 2), (59, 0, 2), (3_600, 1, 3)] {
        *clock.0.lock().unwrap() += jiff::SignedDuration::from_secs(seconds);
        assert_eq!(courier::round(&hub, &mut ends, || true).await.unwrap(), tries, "after {seconds} s more");
        assert_eq!(tried(), all);
    }
    // and one that was only away takes all of them
    let post = tempfile::tempdir().unwrap();
    ends.carrier = Carrier::Maildir(maildir::Maildir::new(post.path().to_owned()));
    *clock.0.lock().unwrap() += jiff::SignedDuration::from_hours(2);
    assert_eq!(courier::round(&hub, &mut ends, || true).await.unwrap(), 50);
}

/// A clock that a test moves.
pub struct Hands(pub Mutex<Timestamp>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

#[tokio::test]
async fn a_reload_waits_for_the_transaction_under_way() {
    let desk = Desk::new();
    let hub = Arc::new(Hub::new(desk.store, desk.house, Arc::new(SystemClock)));
    let (go, wait) = std::sync::mpsc::channel::<()>();
    // a loop that is told to stop drops its future; the closure goes on
    let work = hub.transact(move |tx, _| {
        let _ = wait.recv();
        tx.mailbox("late")
    });
    let given_up = tokio::time::timeout(Duration::from_millis(1), work).await;
    assert!(given_up.is_err());
    let (store, _) = tokio::join!(hub.into_store(), async { go.send(()) });
    let mut store = store.ok().unwrap();
    assert!(store.transact(|tx| tx.mailbox("late")).is_ok());
}
