//! A mailbox that does not work: it is tried again and again, staff hear of it by mail after half an hour, and when somebody
//! has mended it nothing was lost.

use super::folder::Folder;
use super::intake::{Hands, server};
use super::{Desk, from};
use jiff::SignedDuration;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpSocket;
use tokio::sync::watch;
use tokio::time::sleep;
use trackle::daemon::Hub;
use trackle::daemon::intake::{self, Source};
use trackle::fetch::imap::{Done, Imap};

/// Asks until there are so many.
async fn until(many: u32, ask: impl Fn() -> u32) {
    for _ in 0..600 {
        if ask() >= many {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("there are {} of {many}", ask());
}

#[tokio::test]
async fn staff_hear_of_a_mailbox_that_has_not_worked_for_half_an_hour() {
    // a port that is taken, and at which nobody listens
    let taken = TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = taken.local_addr().unwrap().port();
    let Desk { dir, store, house, now, .. } = Desk::new();
    let clock = Arc::new(Hands(Mutex::new(now)));
    let hub = Arc::new(Hub::new(store, house, clock.clone()));
    let source = Source::Imap(Box::new(Imap::new(server(port), "INBOX", Done::Flag)));
    let (stop, stopping) = watch::channel(false);
    let looks = tokio::spawn(intake::run(Arc::clone(&hub), source, Duration::from_millis(50), stopping));
    let db = rusqlite::Connection::open(dir.path().join("trackle.db")).unwrap();
    let count = |what: &str| -> u32 { db.query_row(what, [], |row| row.get(0)).unwrap() };
    let told = || count("SELECT count(*) FROM outbox WHERE kind = 'mailbox'");
    until(1, || count("SELECT count(*) FROM mailbox")).await;
    sleep(Duration::from_millis(500)).await;
    assert_eq!(told(), 0, "it may be over in a minute");
    // once more where the first try took its time
    while told() == 0 {
        *clock.0.lock().unwrap() += SignedDuration::from_mins(31);
        sleep(Duration::from_secs(3)).await;
    }
    let letters = hub.transact(|tx, hub| tx.lease(hub.now(), 10)).await.unwrap();
    let letter = String::from_utf8_lossy(&letters[0].bytes);
    assert!(letter.contains("It has not worked for ") && letter.contains("refused"), "{letter}");
    // somebody mends it
    drop(taken);
    let folder = Folder::at(port);
    folder.put(1, &from("p@far.example", "Printer", "It eats paper."), 1);
    until(1, || count("SELECT count(*) FROM intake")).await;
    assert_eq!(told(), 1);
    stop.send_replace(true);
    looks.await.unwrap();
}
