//! Bodies: whole, in order, and no more than was listed.

use super::*;

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

/// As a server does whose disk or cache lost the end of it.
#[tokio::test]
async fn a_body_that_lacks_one_byte_is_asked_for_again() {
    let cut =
        "* 1 FETCH (UID 3 BODY[] {4}\r\nab\r\n)\r\n* 2 FETCH (UID 9 BODY[] {7}\r\n1234567)\r\nTAG OK x\r\n";
    let whole = ("UID FETCH 3 (UID BODY.PEEK[])", "* 1 FETCH (UID 3 BODY[] {5}\r\nabc\r\n)\r\nTAG OK x\r\n");
    let play = play(vec![(GREETING, vec![LOGIN, SELECT, LIST, (FETCH, cut), whole])]).await;
    let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
    let entries = imap.list(None).await.unwrap().entries;
    let fetched = imap.fetch(&entries).await.unwrap();
    let got: Vec<_> = fetched.iter().map(|f| (f.bytes.as_slice(), f.cut)).collect();
    assert_eq!(got, [(&b"abc\r\n"[..], false), (b"1234567", false)]);
    play.fine();
}
