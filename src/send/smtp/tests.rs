//! `Smtp` against servers that follow a script: well-behaved, cut off at every byte, silent at every step, hostile.

use super::*;
use crate::model::address::Address;
use crate::model::server::{Login, Roots, Security};
use crate::send::Carrier;
use crate::send::courier::Trouble;
use fake::{End, Fake, Script};

mod fake;
mod lines;
mod logins;

/// A session in which everything goes well, as the server speaks it.
const WELL: [&str; 6] = [
    "220 fake ESMTP\r\n",
    "250-fake\r\n250-SIZE 1000\r\n250 8BITMIME\r\n",
    "250 2.1.0 sender ok\r\n",
    "250 2.1.5 recipient ok\r\n",
    "354 go on\r\n",
    "250 2.0.0 queued as 1\r\n",
];
const BODY: &str = "Subject: x\r\n\r\n.hidden\r\n.\r\nend\r\n";

fn server(port: u16, security: Security) -> Server {
    Server { host: "localhost".into(), port, security, roots: Roots::Bundled, login: None }
}

/// Long enough for a busy machine: nothing here waits for it unless it fails.
fn patience() -> Patience {
    let long = Duration::from_secs(20);
    Patience { step: long, dot: long, idle: long }
}

fn courier(fake: &Fake) -> Smtp {
    Smtp::new(server(fake.port, Security::Plain), "robot.example", patience())
}

fn parcel(body: &str) -> Parcel {
    let address = |text| Address::parse(text).unwrap();
    Parcel {
        id: 1,
        from: Some(address("bounce+1@x.example")),
        to: address("Ann@y.example"),
        bytes: body.as_bytes().to_vec(),
    }
}

/// The delivery's name and its trouble.
fn parts(delivery: Delivery) -> (&'static str, Trouble) {
    match delivery {
        Delivery::Sent(text) => ("sent", Trouble::said(&text)),
        Delivery::Later(trouble) => ("later", trouble),
        Delivery::Away(trouble) => ("away", trouble),
        Delivery::Refused(trouble) => ("refused", trouble),
        Delivery::Unknown(trouble) => ("unknown", trouble),
        Delivery::Locked(trouble) => ("locked", trouble),
    }
}

/// `WELL` with one line replaced.
fn but(step: usize, line: &'static str) -> Vec<&'static str> {
    let mut lines = WELL.to_vec();
    lines[step] = line;
    lines
}

#[tokio::test]
async fn a_server_is_tried_out_without_a_letter() {
    let lines = [&WELL[..2], &["221 bye\r\n"]].concat();
    let shut = Script::of(&["554 not today\r\n"], End::Close);
    let fake = Fake::serve([Script::of(&lines, End::Close), shut]).await;
    let courier = courier(&fake);
    assert_eq!(courier.probe().await, Ok(Probe { eight_bit: true, largest: Some(1000) }));
    assert_eq!(parts(courier.probe().await.unwrap_err()).0, "locked");
    assert_eq!(fake.heard().await[0], ["EHLO robot.example\r\n", "QUIT\r\n"]);
}

#[tokio::test]
async fn two_letters_go_over_one_connection() {
    let lines = [&WELL[..], &WELL[2..], &["221 bye\r\n"]].concat();
    let fake = Fake::serve([Script::of(&lines, End::Close)]).await;
    let mut courier = courier(&fake);
    let (kind, trouble) = parts(courier.carry(&parcel(BODY)).await);
    assert_eq!((kind, trouble.text.as_str()), ("sent", "2.0.0 queued as 1"));
    let auto = Parcel { from: None, ..parcel("Subject: ü\r\n\r\n") };
    assert_eq!(parts(courier.carry(&auto).await).0, "sent");
    courier.close().await;
    assert_eq!(
        fake.heard().await,
        [[
            "EHLO robot.example\r\n",
            "MAIL FROM:<bounce+1@x.example> SIZE=31\r\n",
            "RCPT TO:<Ann@y.example>\r\n",
            "DATA\r\n",
            "Subject: x\r\n\r\n..hidden\r\n..\r\nend\r\n.\r\n",
            "MAIL FROM:<> SIZE=15 BODY=8BITMIME\r\n",
            "RCPT TO:<Ann@y.example>\r\n",
            "DATA\r\n",
            "Subject: ü\r\n\r\n.\r\n",
            "QUIT\r\n",
        ]]
    );
}

#[tokio::test]
async fn each_answer_means_what_it_says_and_the_next_letter_goes() {
    for (step, line, kind, code, status) in [
        (2, "450 4.1.8 dns\r\n", "later", 450, "4.1.8"),
        (2, "550 5.7.1 no\r\n", "refused", 550, "5.7.1"),
        (2, "530 5.7.0 log in first\r\n", "locked", 530, "5.7.0"),
        (3, "550-5.1.1 no\r\n550 5.1.1 such user\r\n", "refused", 550, "5.1.1"),
        (3, "451 greylisted\r\n", "later", 451, ""),
        (3, "452 4.2.2 full\r\n", "later", 452, "4.2.2"),
        (4, "451 4.3.0 no disk\r\n", "later", 451, "4.3.0"),
        (4, "554 no valid recipients\r\n", "refused", 554, ""),
        (5, "554 5.6.0 spam\r\n", "refused", 554, "5.6.0"),
        (5, "451 4.7.1 try again\r\n", "later", 451, "4.7.1"),
    ] {
        let lines = [&but(step, line)[..=step], &["250 reset\r\n"], &WELL[2..]].concat();
        let fake = Fake::serve([Script::of(&lines, End::Close)]).await;
        let mut courier = courier(&fake);
        let (got, trouble) = parts(courier.carry(&parcel(BODY)).await);
        assert_eq!((got, trouble.code, trouble.status.as_str()), (kind, code, status), "{line}");
        assert_eq!(parts(courier.carry(&parcel(BODY)).await).0, "sent", "after {line}");
        assert_eq!(fake.heard().await[0][step], "RSET\r\n", "{line}");
    }
}

#[tokio::test]
async fn a_server_that_shuts_the_door_is_told_from_one_that_is_busy() {
    for (step, line, kind) in [
        (0, "421 too many\r\n", "later"),
        (0, "554 no service for you\r\n", "locked"),
        (0, "hello\r\n", "later"),
        (1, "502 what\r\n", "locked"),
        (1, "451 later\r\n", "later"),
        (2, "421 4.3.2 closing\r\n", "later"),
        (3, "421 closing\r\n", "later"),
        (3, "354 what\r\n", "later"),
        (4, "250 what\r\n", "later"),
        (4, "421 closing\r\n", "later"),
        (5, "421 closing\r\n", "later"),
        (5, "354 what\r\n", "unknown"),
        (5, "what\r\n", "unknown"),
        (5, "250-one\r\n251 two\r\n", "unknown"),
    ] {
        let fake = Fake::serve([Script::of(&but(step, line)[..=step], End::Close)]).await;
        assert_eq!(parts(courier(&fake).carry(&parcel(BODY)).await).0, kind, "{step} {line}");
    }
}

#[tokio::test]
async fn what_no_server_should_get_is_not_sent() {
    let fake = Fake::serve([Script::of(&WELL, End::Close)]).await;
    let mut courier = courier(&fake);
    for body in ["a\nb\r\n", "a\rb\r\n", "a\r\r\n", "\n", "\na\r\n", "a\r\n\n", "a\r", "a\r\n.\n", "\r"] {
        let (kind, trouble) = parts(courier.carry(&parcel(body)).await);
        assert_eq!((kind, trouble.code, trouble.status.as_str()), ("refused", 0, "5.6.0"), "{body:?}");
    }
    for (length, kind) in [(1001, "refused"), (1000, "sent")] {
        let body = format!("{}\r\n", "x".repeat(length - 2));
        assert_eq!(parts(courier.carry(&parcel(&body)).await).0, kind, "{length}");
    }
    let lines = but(1, "250 fake\r\n");
    let fake = Fake::serve([Script::of(&lines, End::Close)]).await;
    let (kind, trouble) = parts(super::tests::courier(&fake).carry(&parcel("ü\r\n")).await);
    assert_eq!((kind, trouble.status.as_str()), ("refused", "5.6.3"));
}

#[tokio::test]
async fn a_dead_connection_costs_no_try() {
    let well = || Script::of(&WELL, End::Close);
    let goodbye = [&WELL[..], &["421 4.4.2 idle for too long\r\n"]].concat();
    for first in [well(), Script::of(&goodbye, End::Close)] {
        let fake = Fake::serve([first, well()]).await;
        let mut courier = courier(&fake);
        assert_eq!(parts(courier.carry(&parcel(BODY)).await).0, "sent");
        assert_eq!(parts(courier.carry(&parcel(BODY)).await).0, "sent");
        assert_eq!(fake.heard().await.len(), 2);
    }
    // once DATA was said, there is no second time
    for said in [3, 4] {
        let broken = [&WELL[..], &WELL[2..][..said - 1]].concat();
        let fake = Fake::serve([Script::of(&broken, End::Close), well()]).await;
        let mut courier = courier(&fake);
        assert_eq!(parts(courier.carry(&parcel(BODY)).await).0, "sent");
        let kind = parts(courier.carry(&parcel(BODY)).await).0;
        assert_eq!(kind, if said == 3 { "later" } else { "unknown" });
        assert_eq!(fake.connections(), 1);
    }
}

#[tokio::test]
async fn an_idle_connection_is_left() {
    let well = || Script::of(&WELL, End::Close);
    let fake = Fake::serve([well(), well()]).await;
    let patience = Patience { idle: Duration::ZERO, ..patience() };
    let mut courier = Smtp::new(server(fake.port, Security::Plain), "robot.example", patience);
    for _ in 0..2 {
        assert_eq!(parts(courier.carry(&parcel(BODY)).await).0, "sent");
    }
    assert_eq!(fake.heard().await.len(), 2);
}

#[tokio::test]
async fn nobody_there_is_away() {
    let fake = Fake::serve([]).await;
    let mut courier = courier(&fake);
    fake.heard().await;
    let (kind, trouble) = parts(courier.carry(&parcel(BODY)).await);
    assert_eq!(kind, "away");
    assert!(trouble.text.starts_with("localhost:"), "{trouble:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn couriers_work_on_any_thread() {
    let fake = Fake::serve([Script::of(&WELL, End::Close)]).await;
    let mut carrier = Carrier::Smtp(Box::new(courier(&fake)));
    let task = tokio::spawn(async move {
        let delivery = carrier.carry(&parcel(BODY)).await;
        carrier.close().await;
        delivery
    });
    assert_eq!(parts(task.await.unwrap()).0, "sent");
}

#[test]
fn only_a_name_is_said_as_a_name() {
    let long = format!("{}.example", "a".repeat(250));
    for (name, said) in [
        ("robot.example", "robot.example"),
        ("localhost", "localhost"),
        ("192.0.2.7", "[192.0.2.7]"),
        ("", "[127.0.0.1]"),
        ("a b", "[127.0.0.1]"),
        ("a\r\nQUIT", "[127.0.0.1]"),
        ("rechnér", "[127.0.0.1]"),
        ("a..b", "[127.0.0.1]"),
        (&long, "[127.0.0.1]"),
    ] {
        assert_eq!(client_id(name).to_string(), said);
    }
}
