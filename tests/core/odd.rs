//! A server that gives nothing of a mail, that keeps no flags, or that numbers everything anew.

use super::folder::Folder;
use super::marks::{Robot, list, mail};
use trackle::limits;
use trackle::model::robot::Policy;

#[tokio::test]
async fn a_mail_without_a_body_is_set_aside_and_the_others_are_handled() {
    let folder = Folder::new();
    (1..=3).for_each(|n| folder.put(n, &mail(n), n));
    folder.inside.lock().unwrap().hollow.insert(2);
    let mut robot = Robot::at(&folder, 1);
    // one after the other: each look asks for it twice
    assert_eq!(robot.take().await, 2);
    robot.mark().await;
    for _ in 0..limits::TRIES {
        robot.take().await;
    }
    assert_eq!(robot.ends(), list(&["applied", "applied", "quarantined"]));
    let why = robot.list("SELECT why FROM intake WHERE state = 'quarantined'");
    assert_eq!(why, list(&["the mail server does not give all of it, however often it is asked"]));
    // and what comes behind it
    folder.put(4, &mail(4), 4);
    assert_eq!(robot.take().await, 1);
}

#[tokio::test]
async fn where_no_flags_are_kept_nothing_is_done_twice() {
    let folder = Folder::new();
    folder.inside.lock().unwrap().forgetful = true;
    (1..=3).for_each(|n| folder.put(n, &mail(n), n));
    let mut robot = Robot::at(&folder, 1);
    for _ in 0..3 {
        robot.take().await;
        robot.mark().await;
    }
    assert_eq!((robot.ends(), folder.flags(1)), (list(&["applied"; 3]), list(&[])));
    robot.renumbered(&folder).await;
    robot.take().await;
    assert_eq!(robot.ends()[3..], list(&["duplicate"; 3]));
}

/// Of a thousand mails that lie there marked, none may keep a new one waiting for an hour.
#[tokio::test]
async fn a_folder_that_is_numbered_anew_does_not_use_up_the_hour() {
    let folder = Folder::new();
    (1..=30).for_each(|n| folder.put(n, &mail(n), n));
    let mut robot = Robot::with(&folder, 1, Policy { mails_per_hour: 32, ..Policy::default() });
    assert_eq!(robot.take().await, 30);
    robot.mark().await;
    robot.renumbered(&folder).await;
    (31..=33).for_each(|n| folder.put(n, &mail(n), n));
    assert_eq!(robot.take().await, 32);
    assert_eq!(robot.told(), list(&["too much mail"]));
    let ends = robot.ends();
    assert_eq!(ends[30..60], list(&["duplicate"; 30]));
    assert_eq!(ends[60..], list(&["applied"; 2]));
}
