//! Coming in: greetings, TLS, logins, and how often.

use super::*;
use tokio::net::TcpSocket;

#[tokio::test]
async fn greetings_that_are_none() {
    for (greeting, words) in [
        ("* PREAUTH welcome\r\n", "PREAUTH"),
        ("* BYE too many connections\r\n", "too many connections"),
        ("* 3 EXISTS\r\n", "did not greet"),
        ("220 mail.example ESMTP\r\n", ""),
        ("", "said nothing"),
        ("+ go on\r\n", "did not greet"),
        ("* OK well {400}\r\n", "announces data"),
    ] {
        let fault = listing(greeting, vec![]).await.unwrap_err();
        assert!(fault.contains(words) && fault.starts_with("IMAP 127.0.0.1:"), "{greeting}: {fault}");
    }
}

#[tokio::test]
async fn logins_that_fail_say_why_and_never_the_secret() {
    let can = "* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hello\r\n";
    assert!(listing(can, vec![]).await.unwrap_err().contains("takes no password"));
    for (answer, words) in [
        ("TAG NO [AUTHENTICATIONFAILED] no user help with s3cret\r\n", "refused the login"),
        ("TAG BAD what\r\n", "refused the login: what"),
        ("* BYE go away\r\n", "go away"),
        ("CLOSE", "closed the connection"),
        ("HUSH", "said nothing"),
        ("A99 OK in\r\n", "was not given"),
        ("+ more\r\nHUSH", "asked for more"),
    ] {
        let fault = listing(GREETING, vec![(LOGIN.0, answer)]).await.unwrap_err();
        assert!(fault.contains(words), "{answer}: {fault}");
    }
}

#[tokio::test]
async fn starttls_is_insisted_on_and_nothing_may_slip_in_before_it() {
    let offers = "* OK [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n";
    for (greeting, steps, words) in [
        ("* OK [CAPABILITY IMAP4rev1] hello\r\n", vec![], "does not offer STARTTLS"),
        (offers, vec![("STARTTLS", "TAG NO not today\r\n")], "not today"),
        (offers, vec![("STARTTLS", "TAG OK go\r\n* OK [CAPABILITY IMAP4rev1] injected\r\n")], "ahead of TLS"),
        (offers, vec![("STARTTLS", "TAG OK go\r\nCLOSE")], "TLS handshake"),
        ("* PREAUTH hello\r\n", vec![], "PREAUTH"),
    ] {
        let play = play(vec![(greeting, steps)]).await;
        let (mut imap, _secret) = play.imap(Security::StartTls, Mechanism::Password, "s3cret");
        let fault = imap.list(None).await.unwrap_err();
        assert!(fault.doing.contains(words), "{fault}");
        play.fine();
    }
}

#[tokio::test]
async fn tokens_go_by_xoauth2_and_its_complaint_is_shown() {
    let offers = "* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2] hello\r\n";
    let token = "dXNlcj1oZWxwAWF1dGg9QmVhcmVyIHRva2VuAQE=";
    let bad = play(vec![(
        offers,
        vec![
            ("AUTHENTICATE XOAUTH2", "+ \r\n"),
            (token, "+ eyJzdGF0dXMiOiI0MDAifQ==\r\n"),
            ("", "T1 NO AUTHENTICATE failed\r\n"),
        ],
    )])
    .await;
    let (mut imap, _secret) = bad.imap(Security::Plain, Mechanism::Xoauth2, "token");
    let fault = imap.list(None).await.unwrap_err();
    assert!(fault.doing.ends_with("AUTHENTICATE failed {\"status\":\"400\"}"), "{fault}");
    bad.fine();
    let (mut imap, _secret) = {
        let none = play(vec![(GREETING, vec![])]).await;
        none.imap(Security::Plain, Mechanism::Xoauth2, "token")
    };
    assert!(imap.list(None).await.unwrap_err().doing.contains("does not offer XOAUTH2"));
    // letters beyond ASCII cannot stand in LOGIN
    let plain = play(vec![(
        GREETING,
        vec![
            ("AUTHENTICATE PLAIN", "+ \r\n"),
            ("AGhlbHAAw7xiZXI=", "T1 OK [CAPABILITY IMAP4rev1] in\r\n"),
            SELECT,
            LIST,
        ],
    )])
    .await;
    let (mut imap, _secret) = plain.imap(Security::Plain, Mechanism::Password, "über");
    imap.list(None).await.unwrap();
    plain.fine();
}

#[test]
fn logins_wait_when_there_were_enough() {
    let server =
        Server { host: "x".into(), port: 1, security: Security::Tls, roots: Roots::Bundled, login: None };
    let mut imap = Imap::new(server, "INBOX", Done::Flag);
    let start = Instant::now();
    for n in 0..limits::IMAP_LOGINS {
        assert_eq!(imap.turn(start), None, "{n}");
    }
    assert_eq!(imap.turn(start), Some(start + LOGINS_WITHIN));
    assert_eq!(imap.turn(start + LOGINS_WITHIN), None);
}

#[tokio::test]
async fn an_account_is_tried_out_and_left() {
    let play = play(vec![(GREETING, vec![LOGIN, SELECT, ("LOGOUT", "* BYE\r\nTAG OK bye\r\n")])]).await;
    let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
    let probe = imap.probe().await.unwrap();
    assert_eq!(probe, Probe { mails: 2, idle: true, can_move: true, keeps_flags: true });
    assert!(imap.line.is_none());
    play.fine();
}

/// Whoever knocks often at a door that is shut is shut out for longer.
#[tokio::test]
async fn a_shut_door_is_told_from_a_broken_line() {
    for (security, greeting, steps, shut) in [
        (Security::Plain, GREETING, vec![(LOGIN.0, "TAG NO [AUTHENTICATIONFAILED] no\r\n")], true),
        (Security::Plain, "* BYE too many connections\r\n", vec![], true),
        (Security::Plain, GREETING, vec![LOGIN, (SELECT.0, "TAG NO [NONEXISTENT] no such folder\r\n")], true),
        (Security::Tls, GREETING, vec![], true),
        (Security::Plain, GREETING, vec![LOGIN, SELECT, (LIST.0, "CLOSE")], false),
    ] {
        let play = play(vec![(greeting, steps)]).await;
        let (mut imap, _secret) = play.imap(security, Mechanism::Password, "s3cret");
        let fault = imap.list(None).await.unwrap_err();
        assert_eq!(imap.shut, shut, "{fault}");
    }
    let play = play(vec![(GREETING, vec![LOGIN, SELECT, LIST])]).await;
    let (mut imap, secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
    drop(secret);
    assert!(imap.list(None).await.is_err() && imap.shut, "no secret to be had");
    let (mut imap, _secret) = play.imap(Security::Plain, Mechanism::Password, "s3cret");
    imap.shut = true;
    imap.list(None).await.unwrap();
    assert!(!imap.shut);
    // a port that is taken, and at which nobody listens
    let taken = TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    (imap.line, imap.selected) = (None, None);
    imap.server.port = taken.local_addr().unwrap().port();
    assert!(imap.list(None).await.is_err() && !imap.shut, "nobody is there");
}
