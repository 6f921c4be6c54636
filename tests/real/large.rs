//! An INBOX that nobody ever tidied, on a real Dovecot.

use crate::fetch::imap;
use crate::robot::{Robot, Setup, code, complaint, relay};
use crate::servers::Servers;
use crate::sink::Sink;
use std::collections::HashSet;
use std::fs;
use trackle::fetch::mailbox::Mailbox;
use trackle::limits;

const MAILS: usize = 100_000;
/// An inode has no more names than 65,000 on some file systems.
const NAMES: usize = 20_000;

/// Mails that are taken in within the hour.
const TAKEN: usize = 20;

/// Fills it, in moments: behind some real ones few files under many names, which say how long they are.
fn fill(servers: &Servers) {
    let cur = servers.maildir("help").join("cur");
    let mut file = cur.clone();
    for n in 0..MAILS {
        let mail = format!("From: p{n:06}@far.example\nSubject: Old\nTo: help@team.example\n\nIt was.\n");
        let (size, wire) = (mail.len(), mail.len() + mail.lines().count());
        let name = cur.join(format!("1700000000.M{n:06}.test,S={size},W={wire}:2,S"));
        if n < 2 * TAKEN || n.is_multiple_of(NAMES) {
            fs::write(&name, mail).unwrap();
            file = name;
        } else {
            fs::hard_link(&file, name).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_mails_are_no_trouble() {
    let servers = Servers::imap_only();
    servers.deliver("help", ["Subject: first\n\nx\n".to_owned()]);
    fill(&servers);
    let sink = Sink::open(0);
    let mut setup = Setup { courier: relay(sink.port), ..Setup::new(&servers) };
    setup.rest = format!("[policy]\nmails_per_hour = {TAKEN}\n");
    let robot = Robot::new(&setup);
    for _ in 0..2 {
        let out = robot.once();
        assert_eq!(code(&out), 0, "{}", complaint(&out));
    }
    let db = rusqlite::Connection::open(robot.state().join("trackle.db")).unwrap();
    let taken: usize = db.query_row("SELECT count(*) FROM intake", [], |row| row.get(0)).unwrap();
    assert_eq!(taken, TAKEN);
    let told: Vec<String> =
        sink.taken().iter().map(|l| String::from_utf8_lossy(&l.bytes).into_owned()).collect();
    let left = format!("{} of them were left", MAILS + 1 - TAKEN);
    assert_eq!(told.iter().filter(|letter| letter.contains(&left)).count(), 1, "{told:?}");
    robot.is_sound();
    // all of it, as the hourly sweep goes through it
    let (mut imap, mut after, mut parts, mut uids) = (imap(&servers), None, 0, HashSet::new());
    loop {
        let listing = imap.list(after).await.unwrap();
        assert!(listing.entries.len() <= limits::IMAP_LISTED as usize);
        uids.extend(listing.entries.into_iter().map(|entry| entry.uid));
        parts += 1;
        let Some(more) = listing.more else { break };
        assert_eq!(uids.len() + more.mails, MAILS + 1);
        after = Some((listing.epoch, more.after));
    }
    assert_eq!((uids.len(), parts), (MAILS + 1, 6));
    imap.close().await;
}
