//! Two robots at one mailbox, which nothing can prevent, are noticed; and numbers that a server gives twice hide no mail.

use super::folder::Folder;
use super::intake::server;
use super::{Desk, from};
use std::sync::Arc;
use trackle::clock::SystemClock;
use trackle::daemon::intake::{self, Source};
use trackle::daemon::{Hub, engine};
use trackle::fetch::imap::{Done, Imap};
use trackle::model::robot::Policy;
use trackle::model::seal::Seal;

/// A robot at a folder; its key tells it from others.
pub struct Robot {
    dir: tempfile::TempDir,
    hub: Arc<Hub>,
    source: Source,
}

impl Robot {
    pub fn at(folder: &Folder, key: u8) -> Robot {
        Robot::with(folder, key, Policy::default())
    }

    pub fn with(folder: &Folder, key: u8, policy: Policy) -> Robot {
        let Desk { dir, store, mut house, .. } = Desk::new();
        house.robot.policy = policy;
        house.robot.seal = Seal::new(vec![[key; 32]]);
        let hub = Arc::new(Hub::new(store, house, Arc::new(SystemClock)));
        let source = Source::Imap(Box::new(Imap::new(server(folder.port), "INBOX", Done::Flag)));
        Robot { dir, hub, source }
    }

    pub async fn take(&mut self) -> usize {
        let taken = intake::take_in(&self.hub, &mut self.source).await.unwrap();
        engine::round(&self.hub).await.unwrap();
        taken
    }

    pub async fn mark(&mut self) {
        intake::mark_done(&self.hub, &mut self.source).await.unwrap();
    }

    /// All mails get new numbers, while nobody is logged in.
    pub async fn renumbered(&mut self, folder: &Folder) {
        self.source.close_politely().await;
        folder.inside.lock().unwrap().validity += 1;
    }

    pub fn list(&self, query: &str) -> Vec<String> {
        let db = rusqlite::Connection::open(self.dir.path().join("trackle.db")).unwrap();
        let mut rows = db.prepare(query).unwrap();
        rows.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    /// How each mail ended, in the order in which they were taken.
    pub fn ends(&self) -> Vec<String> {
        self.list("SELECT state FROM intake ORDER BY id")
    }

    /// What staff were told of the mailbox.
    pub fn told(&self) -> Vec<String> {
        self.list("SELECT detail ->> 'what' FROM event WHERE what = 'mailbox' ORDER BY seq")
    }
}

pub fn mail(n: u32) -> String {
    from(&format!("p{n}@far.example"), &format!("Printer {n}"), "It eats paper.")
}

#[tokio::test]
async fn two_installations_on_one_mailbox_are_noticed_by_both_within_two_looks() {
    let folder = Folder::new();
    let (mut one, mut two) = (Robot::at(&folder, 1), Robot::at(&folder, 2));
    // both have looked into it before
    folder.put(1, &mail(1), 1);
    one.take().await;
    two.take().await;
    one.mark().await;
    assert_eq!(one.told(), [""; 0]);
    // it finds the other one's mark on what it has just done itself
    two.mark().await;
    assert_eq!(two.told(), ["another trackle"]);
    assert_eq!(folder.flags(1).len(), 3, "{:?}", folder.flags(1));
    // the second one is faster this time
    folder.put_later(2, &mail(2), 2);
    two.take().await;
    two.mark().await;
    assert_eq!(one.take().await, 1);
    assert_eq!(one.told(), ["another trackle"]);
    // its sender was answered already
    assert_eq!((one.ends(), two.ends()), (list(&["applied", "quarantined"]), list(&["applied", "applied"])));
    // once a day is enough
    folder.put_later(3, &mail(3), 3);
    two.take().await;
    two.mark().await;
    one.take().await;
    assert_eq!((one.told().len(), two.told().len()), (1, 1));
}

pub fn list(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[tokio::test]
async fn what_another_one_left_behind_is_not_done_again() {
    let folder = Folder::new();
    let mut before = Robot::at(&folder, 1);
    (1..=3).for_each(|n| folder.put(n, &mail(n), n));
    before.take().await;
    before.mark().await;
    folder.put(4, &mail(4), 4);
    let mut now = Robot::at(&folder, 2);
    now.take().await;
    now.mark().await;
    assert_eq!(now.ends(), list(&["ignored", "ignored", "ignored", "applied"]));
    assert_eq!(now.told(), list(&["another trackle"]), "its own marks go onto the other one's mails");
}

/// What the first hour has no room for was left behind all the same.
#[tokio::test]
async fn what_another_one_left_behind_may_be_more_than_an_hour_has_room_for() {
    let folder = Folder::new();
    let mut before = Robot::at(&folder, 1);
    (1..=3).for_each(|n| folder.put(n, &mail(n), n));
    before.take().await;
    before.mark().await;
    let mut now = Robot::with(&folder, 2, Policy { mails_per_hour: 2, ..Policy::default() });
    assert_eq!(now.take().await, 2);
    now.list("DELETE FROM tally");
    assert_eq!(now.take().await, 1);
    assert_eq!((now.ends(), now.told()), (list(&["ignored"; 3]), list(&["too much mail"])));
}

/// As after a restored backup: what this very robot had done is taken in again, and staff hear of it, since a copy of it may
/// run. A mail that somebody copied back, mark and all, is none of that.
#[tokio::test]
async fn our_own_marks_on_unknown_mails_are_told_and_a_copied_mail_is_not() {
    let folder = Folder::new();
    let (mut now, mut copy) = (Robot::at(&folder, 1), Robot::at(&folder, 1));
    folder.put(1, &mail(1), 1);
    now.take().await;
    now.mark().await;
    let copied = folder.inside.lock().unwrap().mails[&1].clone();
    folder.inside.lock().unwrap().mails.insert(2, copied);
    now.take().await;
    assert_eq!((now.ends(), now.told()), (list(&["applied", "duplicate"]), list(&[])));
    copy.take().await;
    assert_eq!(copy.told(), list(&[]), "it has never seen the mailbox");
    folder.put_later(3, &mail(3), 3);
    now.take().await;
    now.mark().await;
    copy.take().await;
    assert_eq!((copy.ends().last().unwrap().as_str(), copy.told()), ("applied", list(&["marks not known"])));
}

#[tokio::test]
async fn a_number_that_is_given_twice_hides_no_mail() {
    let folder = Folder::new();
    let mut robot = Robot::at(&folder, 1);
    (1..=2).for_each(|n| folder.put(n, &mail(n), n));
    robot.take().await;
    robot.mark().await;
    // the server has lost its list of numbers, and kept the UIDVALIDITY
    folder.put(1, &mail(3), 30);
    folder.put(2, &mail(4), 40);
    robot.take().await;
    assert_eq!(robot.ends(), list(&["applied"; 4]));
    // nothing changes any more
    robot.take().await;
    robot.mark().await;
    assert_eq!((robot.ends().len(), robot.told()), (4, list(&[])));
    assert!(folder.flags(1).contains(&"$TrackleDone".to_owned()));
}
