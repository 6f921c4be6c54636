//! What lies in a folder: nothing broken looks like an empty one.

use super::*;
use crate::fetch::mailbox::More;

#[tokio::test]
async fn a_good_server_is_listed() {
    let listing = listing(GREETING, vec![LOGIN, SELECT, LIST]).await.unwrap();
    assert_eq!(listing.epoch, 7);
    let got: Vec<_> = listing.entries.iter().map(|e| (e.uid.as_str(), e.size, e.marked)).collect();
    assert_eq!(got, [("3", Some(5), false), ("9", Some(7), true)]);
    assert!(listing.entries.iter().all(|e| e.arrived.is_some()));
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

#[tokio::test]
async fn a_large_folder_is_listed_in_parts() {
    let select = (
        SELECT.0,
        "* 30000 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 90000] next\r\nTAG OK done\r\n",
    );
    for (folder, asked) in [
        ("* 20000 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\nTAG OK done\r\n", LIST.0),
        (
            "* 20001 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\nTAG OK done\r\n",
            "UID FETCH 1:20000 (UID RFC822.SIZE INTERNALDATE FLAGS)",
        ),
    ] {
        let listed = listing(GREETING, vec![LOGIN, (SELECT.0, folder), (asked, LIST.1)]).await.unwrap();
        assert_eq!((listed.entries.len(), listed.more.is_some()), (2, asked != LIST.0));
    }
    let noop = ("NOOP", "TAG OK x\r\n");
    // what lies behind a part is no part of it, whatever the server says
    let part = (
        "UID FETCH 1:20000 (UID RFC822.SIZE INTERNALDATE FLAGS)",
        "* 19998 FETCH (UID 19999 RFC822.SIZE 5)\r\n* 19999 FETCH (UID 20001 RFC822.SIZE 5)\r\nTAG OK done\r\n",
    );
    // … and what comes to lie in its range meanwhile is looked for; a gap costs ever fewer commands
    let none = ("UID FETCH 20000:39999 (UID RFC822.SIZE INTERNALDATE FLAGS)", "TAG OK done\r\n");
    let wider = ("UID FETCH 40000:79999 (UID RFC822.SIZE INTERNALDATE FLAGS)", "TAG OK done\r\n");
    let rest = (
        "UID FETCH 80000:159999 (UID RFC822.SIZE INTERNALDATE FLAGS)",
        "* 30000 FETCH (UID 89999 RFC822.SIZE 5)\r\nTAG OK done\r\n",
    );
    // what came since it was opened is little
    let new = (
        "UID FETCH 90000:* (UID RFC822.SIZE INTERNALDATE FLAGS)",
        "* 30000 FETCH (UID 89999 RFC822.SIZE 5)\r\nTAG OK done\r\n",
    );
    let steps = vec![LOGIN, select, part, noop, none, wider, rest, noop, new];
    let play = play(vec![(GREETING, steps)]).await;
    let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
    for (after, uids, more) in [
        (None, &["19999"][..], Some(More { after: 19_999, mails: 10_002 })),
        (Some((7, 19_999)), &["89999"], None),
        (Some((7, 89_999)), &[], None),
    ] {
        let listing = imap.list(after).await.unwrap();
        let got: Vec<_> = listing.entries.iter().map(|e| e.uid.as_str()).collect();
        assert_eq!((got.as_slice(), listing.more), (uids, more), "{after:?}");
    }
    play.fine();
}
