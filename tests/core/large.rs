//! A folder with a hundred thousand mails, as one that nobody ever tidied: it is listed in parts, the hour has its limit, and
//! a mail that was missed is found among all of them.

use super::folder::{Folder, Lying};
use super::intake::server;
use super::{Desk, from};
use std::collections::BTreeSet;
use std::sync::Arc;
use trackle::clock::SystemClock;
use trackle::daemon::Hub;
use trackle::daemon::intake::{self, Source};
use trackle::fetch::imap::{Done, Imap};
use trackle::limits;

const MAILS: u32 = 100_000;

/// All of them came in the same second and are as long as each other.
fn full_folder() -> Folder {
    let folder = Folder::new();
    let mails = (1..=MAILS).map(|uid| {
        let lying = Lying {
            bytes: from("p@far.example", &format!("Printer {uid:06}"), "It eats paper.")
                .lines()
                .filter(|line| !line.starts_with("Message-ID"))
                .map(|line| format!("{line}\r\n"))
                .collect(),
            date: "01-Jan-2026 00:00:00 +0000".into(),
            flags: BTreeSet::new(),
        };
        (uid, lying)
    });
    folder.inside.lock().unwrap().mails.extend(mails);
    folder
}

fn parts(folder: &Folder) -> Vec<String> {
    std::mem::take(&mut folder.inside.lock().unwrap().listed)
}

#[tokio::test]
async fn a_folder_of_a_hundred_thousand_is_taken_in_hour_by_hour_and_searched_in_parts() {
    let folder = full_folder();
    let Desk { dir, store, mut house, .. } = Desk::new();
    house.robot.policy.mails_per_hour = 30;
    let hub = Arc::new(Hub::new(store, house, Arc::new(SystemClock)));
    let mut source = Source::Imap(Box::new(Imap::new(server(folder.port), "INBOX", Done::Flag)));
    assert_eq!(intake::take_in(&hub, &mut source).await.unwrap(), 30);
    let size = limits::IMAP_LISTED;
    // what there is no room for is not even listed
    assert_eq!(parts(&folder), [format!("1:{size}")]);
    let db = rusqlite::Connection::open(dir.path().join("trackle.db")).unwrap();
    let letters = hub.transact(|tx, hub| tx.lease(hub.now(), 10)).await.unwrap();
    let letter = String::from_utf8_lossy(&letters[0].bytes);
    assert!(letter.contains(&format!("{} of them were left", MAILS - 30)), "{letter}");
    // as if nearly all had been taken in over the weeks
    let missed = [31, size, size + 1, 55_555, MAILS - 1, MAILS];
    db.execute_batch(
        "INSERT INTO intake (mailbox, epoch, uid, raw, arrived, taken, state)
         WITH RECURSIVE n(uid) AS (SELECT 32 UNION ALL SELECT uid + 1 FROM n WHERE uid < 99998)
         SELECT mailbox, epoch, n.uid, raw, arrived, taken, 'applied' FROM n, intake WHERE intake.uid = '30'",
    )
    .unwrap();
    for uid in missed {
        db.execute("DELETE FROM intake WHERE uid = ?1", [uid.to_string()]).unwrap();
    }
    db.execute("DELETE FROM tally", []).unwrap();
    assert_eq!(intake::take_in(&hub, &mut source).await.unwrap(), missed.len());
    let every: Vec<String> =
        (0..MAILS / size).map(|n| format!("{}:{}", n * size + 1, (n + 1) * size)).collect();
    assert_eq!(parts(&folder), every);
    let at = hub.transact(|tx, _| tx.mailbox("imap:help@127.0.0.1/INBOX")).await.unwrap();
    assert_eq!(at.last, u64::from(MAILS));
    assert_eq!(intake::take_in(&hub, &mut source).await.unwrap(), 0);
    // of what lies behind the part that filled the hour, nearly all is known: it is not said to have been left
    db.execute_batch("DELETE FROM intake WHERE CAST(uid AS INTEGER) BETWEEN 101 AND 132; DELETE FROM tally")
        .unwrap();
    assert_eq!(intake::take_in(&hub, &mut source).await.unwrap(), 30);
    let letters = hub.transact(|tx, hub| tx.lease(hub.now(), 10)).await.unwrap();
    let letter = String::from_utf8_lossy(&letters[0].bytes);
    assert!(letter.contains("2 of them were left"), "{letter}");
}
