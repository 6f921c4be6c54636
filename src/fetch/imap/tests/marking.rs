//! Marks: one command, a courtesy, and whose they are.

use super::*;

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

#[tokio::test]
async fn an_account_that_is_full_keeps_no_mail_from_us() {
    let full = "TAG NO [OVERQUOTA] quota exceeded\r\n";
    let steps = vec![
        LOGIN,
        SELECT,
        LIST,
        ("LIST \"\" \"\"", "* LIST (\\Noselect) \"/\" \"\"\r\nTAG OK x\r\n"),
        ("LIST \"\" \"Done\"", "TAG OK x\r\n"),
        ("LIST \"\" \"INBOX/Done\"", "TAG OK x\r\n"),
        ("CREATE \"Done\"", full),
        ("CREATE \"INBOX/Done\"", full),
        ("UID STORE 3 +FLAGS.SILENT ($TrackleDone)", full),
        ("NOOP", "TAG OK x\r\n"),
        LIST,
    ];
    let play = play(vec![(GREETING, steps)]).await;
    let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
    imap.done = Done::Move("Done".into());
    imap.list(None).await.unwrap();
    imap.mark(&["3".to_owned()]).await.unwrap();
    assert_eq!(imap.list(None).await.unwrap().entries.len(), 2);
    play.fine();
}
