//! Lines that break, stall and flood.

use super::*;

/// The server's part of a good session, and how much of it comes before the letter is asked for.
fn spoken() -> (String, usize) {
    (WELL.concat(), WELL[..5].concat().len())
}

#[tokio::test]
async fn cut_after_any_byte_that_the_server_says() {
    let (all, letter) = spoken();
    for cut in 0..=all.len() {
        let mut lines = Vec::new();
        let mut left = cut;
        for line in WELL {
            lines.push(&line[..left.min(line.len())]);
            left -= left.min(line.len());
            if left == 0 {
                break;
            }
        }
        let fake = Fake::serve([Script::of(&lines, End::Close)]).await;
        let kind = parts(courier(&fake).carry(&parcel(BODY)).await).0;
        let expected = match cut {
            cut if cut < letter => "later",
            cut if cut < all.len() => "unknown",
            _ => "sent",
        };
        assert_eq!(kind, expected, "cut after byte {cut}");
    }
}

#[tokio::test]
async fn cut_after_any_byte_that_the_server_hears() {
    let commands =
        "EHLO robot.example\r\nMAIL FROM:<bounce+1@x.example> SIZE=31\r\nRCPT TO:<Ann@y.example>\r\nDATA\r\n";
    let letter = "Subject: x\r\n\r\n..hidden\r\n..\r\nend\r\n.\r\n";
    for cut in 0..commands.len() + letter.len() {
        let fake = Fake::serve([Script::of(&WELL, End::Close).deaf_after(cut)]).await;
        let kind = parts(courier(&fake).carry(&parcel(BODY)).await).0;
        if cut < commands.len() {
            assert_eq!(kind, "later", "cut after byte {cut}");
        } else {
            assert!(kind == "later" || kind == "unknown", "cut after byte {cut}: {kind}");
        }
    }
    let fake = Fake::serve([Script::of(&WELL, End::Close).deaf_after(commands.len() + letter.len())]).await;
    assert_eq!(parts(courier(&fake).carry(&parcel(BODY)).await).0, "sent");
}

#[tokio::test]
async fn silence_ends_every_step() {
    // cut in the middle of the answer: a server that begins to speak is no better than one that does not
    for step in 0..6 {
        for begun in [0, 3] {
            let lines = but(step, &WELL[step][..begun]);
            let fake = Fake::serve([Script::of(&lines[..=step], End::Silence)]).await;
            let mut patience = patience();
            if step < 5 {
                patience.step = Duration::from_millis(100);
            } else {
                patience.dot = Duration::from_millis(100);
            }
            let mut courier = Smtp::new(server(fake.port, Security::Plain), "robot.example", patience);
            let (kind, trouble) = parts(courier.carry(&parcel(BODY)).await);
            assert_eq!(kind, if step < 5 { "later" } else { "unknown" }, "{step} {begun}");
            assert!(trouble.text.starts_with("localhost:") && trouble.code == 0, "{trouble:?}");
        }
    }
}

#[tokio::test]
async fn a_letter_that_nobody_reads_ends() {
    // larger than what the system buffers, to a server that listens no more
    let lines = but(1, "250 fake\r\n");
    let fake = Fake::serve([Script::of(&lines[..5], End::Silence).deaf_after(100)]).await;
    let patience = Patience { step: Duration::from_millis(200), ..patience() };
    let mut courier = Smtp::new(server(fake.port, Security::Plain), "robot.example", patience);
    let body = "0123456789\r\n".repeat(2_000_000);
    assert_eq!(parts(courier.carry(&parcel(&body)).await).0, "later");
}

#[tokio::test]
async fn floods_are_dammed() {
    let line = format!("250-{}\r\n", "x".repeat(1_000_000));
    let endless = "250-more\r\n".repeat(100_000);
    let unended = "2".repeat(1_000_000);
    for flood in [&line, &endless, &unended] {
        for step in 0..6 {
            let mut lines = WELL.to_vec();
            lines[step] = flood;
            let fake = Fake::serve([Script::of(&lines[..=step], End::Close)]).await;
            let (kind, trouble) = parts(courier(&fake).carry(&parcel(BODY)).await);
            assert_eq!(kind, if step < 5 { "later" } else { "unknown" }, "{step}");
            assert!(trouble.text.chars().count() <= 300 && !trouble.text.contains(char::is_control));
        }
    }
}

#[tokio::test]
async fn a_long_refusal_is_kept_short_and_clean() {
    let said = format!("550-5.1.1 \u{1b}[31mred\u{202e}\r\n550 5.1.1 {}\r\n", "x".repeat(2000));
    let lines = [WELL[0], WELL[1], WELL[2], &said];
    let fake = Fake::serve([Script::of(&lines, End::Close)]).await;
    let (kind, trouble) = parts(courier(&fake).carry(&parcel(BODY)).await);
    assert_eq!((kind, trouble.status.as_str()), ("refused", "5.1.1"));
    assert_eq!(trouble.text.len(), 300);
    assert!(trouble.text.bytes().all(|b| b == b' ' || b.is_ascii_graphic()));
}
