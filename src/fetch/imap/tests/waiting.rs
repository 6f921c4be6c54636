//! Waiting for mail, in IDLE or without.

use super::*;

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
