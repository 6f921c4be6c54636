//! Protection of the line, and logging in.

use super::*;
use crate::model::server::SecretSource;
use std::path::PathBuf;

const OFFER: &str = "250-fake\r\n250 STARTTLS\r\n";
const READY: &str = "220 2.0.0 ready\r\n";

fn authority() -> Roots {
    Roots::File(PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/send/smtp/tests/authority.pem")))
}

fn protected(fake: &Fake, security: Security, roots: Roots) -> Smtp {
    Smtp::new(Server { roots, ..server(fake.port, security) }, "robot.example", patience())
}

/// A courier with a password that a command prints: a new one each time, `pw1`, `pw2` …
fn known(fake: &Fake, dir: &tempfile::TempDir, mechanism: Mechanism) -> Smtp {
    let count = dir.path().join("count").display().to_string();
    let script = format!("echo x >> '{count}'; echo pw-number-$(wc -l < '{count}')");
    let secret = SecretSource::Command(["sh", "-c", &script].map(str::to_owned).to_vec());
    let login = Some(Login { user: "help@x".into(), mechanism, secret });
    Smtp::new(Server { login, ..server(fake.port, Security::Plain) }, "robot.example", patience())
}

#[tokio::test]
async fn letters_go_under_tls() {
    let script = Script::of(&WELL, End::Close).tls_after(0);
    let fake = Fake::serve([script]).await;
    let (kind, trouble) = parts(protected(&fake, Security::Tls, authority()).carry(&parcel(BODY)).await);
    assert_eq!(kind, "sent", "{trouble:?}");

    let lines = [&[WELL[0], OFFER, READY], &WELL[1..]].concat();
    let fake = Fake::serve([Script::of(&lines, End::Close).tls_after(3)]).await;
    let mut courier = protected(&fake, Security::StartTls, authority());
    let (kind, trouble) = parts(courier.carry(&parcel(BODY)).await);
    assert_eq!(kind, "sent", "{trouble:?}");
    courier.close().await;
    let heard = fake.heard().await;
    assert_eq!(heard[0][..3], ["EHLO robot.example\r\n", "STARTTLS\r\n", "EHLO robot.example\r\n"]);
}

#[tokio::test]
async fn a_certificate_that_is_not_believed_locks() {
    let lines = [&[WELL[0], OFFER, READY], &WELL[1..]].concat();
    for (lines, security, after) in [(&WELL[..], Security::Tls, 0), (&lines[..], Security::StartTls, 3)] {
        let fake = Fake::serve([Script::of(lines, End::Close).tls_after(after)]).await;
        let delivery = protected(&fake, security, Roots::Bundled).carry(&parcel(BODY)).await;
        let (kind, trouble) = parts(delivery);
        assert_eq!(kind, "locked");
        assert!(trouble.text.contains("certificate"), "{trouble:?}");
    }
    // a port without TLS wants a person, a line that breaks or stalls in the handshake does not
    for (line, end, kind) in [
        ("220 clear\r\n", End::Close, "locked"),
        ("", End::Silence, "later"),
        ("\x16", End::Silence, "later"),
    ] {
        let fake = Fake::serve([Script::of(&[line], end)]).await;
        let step = if kind == "later" { Duration::from_millis(100) } else { patience().step };
        let patience = Patience { step, ..patience() };
        let mut courier = Smtp::new(server(fake.port, Security::Tls), "robot.example", patience);
        assert_eq!(parts(courier.carry(&parcel(BODY)).await).0, kind, "{line:?}");
    }
    let fake = Fake::serve([Script::of(&[""], End::Close).deaf_after(0)]).await;
    assert_eq!(parts(protected(&fake, Security::Tls, Roots::Bundled).carry(&parcel(BODY)).await).0, "later");
}

#[tokio::test]
async fn without_starttls_nothing_is_said() {
    let injected = [READY, "250-fake\r\n250 AUTH PLAIN\r\n"].concat();
    for (hello, answer, kind, words) in [
        ("250 fake\r\n", None, "locked", "STARTTLS"),
        ("250-fake\r\n250 AUTH PLAIN\r\n", None, "locked", "STARTTLS"),
        (OFFER, Some("454 4.7.0 not now\r\n"), "later", "not now"),
        (OFFER, Some("502 no\r\n"), "locked", "no"),
        (OFFER, Some(&injected[..]), "locked", "in the clear"),
        (OFFER, Some("220 ready\r\nx"), "locked", "in the clear"),
    ] {
        let lines: Vec<&str> = [WELL[0], hello].into_iter().chain(answer).collect();
        let fake = Fake::serve([Script::of(&lines, End::Close)]).await;
        let dir = tempfile::tempdir().unwrap();
        let mut courier = known(&fake, &dir, Mechanism::Password);
        courier.server.security = Security::StartTls;
        let (got, trouble) = parts(courier.carry(&parcel(BODY)).await);
        assert_eq!(got, kind, "{trouble:?}");
        assert!(trouble.text.contains(words), "{trouble:?}");
        let said = fake.heard().await.concat().concat();
        assert!(!said.contains("AUTH") && !said.contains("MAIL"), "{said}");
        assert!(!dir.path().join("count").exists(), "nobody asked for the password");
    }
}

#[tokio::test]
async fn the_server_chooses_the_mechanism() {
    let ok = "235 2.7.0 welcome\r\n";
    for (mechanism, offer, answers, heard) in [
        (
            Mechanism::Password,
            "250-f\r\n250 AUTH XOAUTH2 PLAIN LOGIN\r\n",
            &[ok][..],
            &["AUTH PLAIN AGhlbHBAeABwdy1udW1iZXItMQ==\r\n"][..],
        ),
        (
            Mechanism::Password,
            "250-f\r\n250 AUTH LOGIN PLAIN\r\n",
            &["334 VXNlcm5hbWU6\r\n", "334 anything\r\n", ok],
            &["AUTH LOGIN\r\n", "aGVscEB4\r\n", "cHctbnVtYmVyLTE=\r\n"],
        ),
        (
            Mechanism::Xoauth2,
            "250-f\r\n250 auth login xoauth2\r\n",
            &[ok],
            &["AUTH XOAUTH2 dXNlcj1oZWxwQHgBYXV0aD1CZWFyZXIgcHctbnVtYmVyLTEBAQ==\r\n"],
        ),
    ] {
        let lines = [&[WELL[0], offer], answers, &WELL[2..]].concat();
        let fake = Fake::serve([Script::of(&lines, End::Close)]).await;
        let dir = tempfile::tempdir().unwrap();
        let mut courier = known(&fake, &dir, mechanism);
        let (kind, trouble) = parts(courier.carry(&parcel(BODY)).await);
        assert_eq!(kind, "sent", "{trouble:?}");
        courier.close().await;
        assert_eq!(fake.heard().await[0][1..=heard.len()], *heard);
    }
}

#[tokio::test]
async fn a_login_that_fails_locks_and_does_not_tell_the_secret() {
    for (offer, answers, kind, code) in [
        ("250 f\r\n", &[][..], "locked", 0),
        ("250-f\r\n250 AUTH CRAM-MD5\r\n", &[], "locked", 0),
        ("250-f\r\n250 AUTH PLAIN\r\n", &["535 5.7.8 no\r\n"], "locked", 535),
        ("250-f\r\n250 AUTH PLAIN\r\n", &["454 4.7.0 directory down\r\n"], "locked", 454),
        ("250-f\r\n250 AUTH PLAIN\r\n", &["534 5.7.9 use an app password\r\n"], "locked", 534),
        ("250-f\r\n250 AUTH PLAIN\r\n", &["535 not pw-number-1\r\n"], "locked", 535),
        ("250-f\r\n250 AUTH PLAIN\r\n", &["501 AGhlbHBAeABwdy1udW1iZXItMQ==\r\n"], "locked", 501),
        ("250-f\r\n250 AUTH LOGIN\r\n", &["535 no\r\n"], "locked", 535),
        ("250-f\r\n250 AUTH PLAIN\r\n", &["421 too many logins\r\n"], "later", 421),
        ("250-f\r\n250 AUTH PLAIN\r\n", &[], "later", 0),
    ] {
        let lines = [&[WELL[0], offer], answers].concat();
        let fake = Fake::serve([Script::of(&lines, End::Close)]).await;
        let dir = tempfile::tempdir().unwrap();
        let (got, trouble) = parts(known(&fake, &dir, Mechanism::Password).carry(&parcel(BODY)).await);
        assert_eq!((got, trouble.code), (kind, code), "{trouble:?}");
        assert!(!trouble.text.contains("pw-number") && !trouble.text.contains("cHct"), "{trouble:?}");
        assert!(!trouble.text.contains("AGhlbHBAe"), "{trouble:?}");
    }
}

#[tokio::test]
async fn a_token_that_ran_out_is_asked_for_once_more() {
    let hello = [WELL[0], "250-f\r\n250 AUTH XOAUTH2\r\n"];
    let old = [&hello[..], &["334 eyJzdGF0dXMiOiI0MDEifQ==\r\n", "535 5.7.8 expired\r\n"]].concat();
    let new = [&hello[..], &["235 ok\r\n"], &WELL[2..]].concat();
    let script = |lines: &[&str]| Script::of(lines, End::Close);
    let dir = tempfile::tempdir().unwrap();

    let fake = Fake::serve([script(&old), script(&new)]).await;
    assert_eq!(parts(known(&fake, &dir, Mechanism::Xoauth2).carry(&parcel(BODY)).await).0, "sent");
    let heard = fake.heard().await;
    assert_eq!(heard[0][2], "\r\n", "the challenge is answered with an empty line");
    assert_ne!(heard[0][1], heard[1][1], "the second token is a new one");

    let fake = Fake::serve([script(&old), script(&old), script(&new)]).await;
    let (kind, trouble) = parts(known(&fake, &dir, Mechanism::Xoauth2).carry(&parcel(BODY)).await);
    assert_eq!((kind, trouble.code), ("locked", 535));
    assert_eq!(fake.connections(), 2);
}

#[tokio::test]
async fn a_secret_that_cannot_be_had_locks() {
    let fake = Fake::serve([Script::of(&[WELL[0], "250-f\r\n250 AUTH PLAIN\r\n"], End::Close)]).await;
    let dir = tempfile::tempdir().unwrap();
    let mut courier = known(&fake, &dir, Mechanism::Password);
    courier.server.login.as_mut().unwrap().secret = SecretSource::File(dir.path().join("missing"));
    let (kind, trouble) = parts(courier.carry(&parcel(BODY)).await);
    assert_eq!(kind, "locked");
    assert!(trouble.text.contains("missing"), "{trouble:?}");
}
