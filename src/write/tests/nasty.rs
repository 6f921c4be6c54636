//! Values that a stranger could have typed.

use super::*;
use crate::model::lock::{Lock, Turn};
use crate::model::session::FilePath;
use crate::model::session_log::{Side, Spot};

/// What each field of a mail may bring.
fn nasty() -> Vec<String> {
    vec![
        "x\r\nBcc: victim@evil.example\r\n\r\nbody".into(),
        "x\nBcc: victim@evil.example".into(),
        "x\rBcc: victim@evil.example".into(),
        "x\u{2028}Bcc: victim@evil.example\u{85}y".into(),
        "a>,<victim@evil.example".into(),
        "\"quoted, name\" \\ (comment) <a@b>; c:".into(),
        "=?utf-8?q?=0D=0ABcc:_victim@evil.example?=".into(),
        "ab\u{202e}gpj.exe".into(),
        "שלום עולם 👩‍🔧 日本語".into(),
        "ä".repeat(10_000),
        "x".repeat(10_000),
        "x ".repeat(10_000),
        "\u{2}\u{3}\0\u{7f}\u{1b}[31m".into(),
        "{{ code }}{% for x in y %}{# ".into(),
        "\n.\n-- \n[#99] open\n> close 99".into(),
        "\u{301}".repeat(500),
        String::new(),
        " \t ".into(),
    ]
}

fn letters(bad: &str) -> Vec<Letter> {
    let mailbox = |upset| to_staff(About::Mailbox { mailbox: bad.into(), upset });
    let mut view = view();
    view.ticket.title = bad.into();
    view.ticket.requester.name = bad.into();
    view.ticket.owner = Some(bad.into());
    let process = None;
    view.lock = Some(Lock { login: bad.into(), host: bad.into(), process, since: now(), until: now() });
    view.followers = vec![follows(view.ticket.requester.clone())];
    view.staff_thread = MessageId::parse(bad).into_iter().collect();
    let view = || Box::new(view.clone());
    let owner = What::Owner { from: Some(bad.into()), to: Some(bad.into()) };
    let told = News {
        actor: bad.into(),
        actor_address: bad.into(),
        proof: bad.into(),
        changes: vec![
            Change { line: 1, what: close().what, remark: bad.into() },
            change(2, owner),
            change(0, What::Undelivered { recipient: bad.into(), why: bad.into() }),
            change(0, What::Lock { turn: Turn::Broken, holder: bad.into() }),
            change(0, What::Worked { session: 17, host: bad.into(), files: 3, discarded: false }),
            change(0, What::Unplaced { session: 17, quoted: bad.into() }),
            change(0, annotated(bad)),
            change(
                0,
                What::Follows { who: view().ticket.requester.address, from: Some(Level::Short), to: None },
            ),
        ],
        text: bad.into(),
        noted: true,
        attachments: vec![Attachment { name: bad.into(), media: bad.into(), bytes: b"x".to_vec() }],
        by_person: true,
        answers: None,
    };
    let told = || Box::new(told.clone());
    let who = Refusal::WhoIs { word: bad.into(), close: vec![bad.into()] };
    let hit = Hit { number: Number(7), state: State::Open, title: bad.into(), snippet: bad.into() };
    let lines = vec![NotRun { line: bad.into(), why: who }];
    let reply = |reply| About::Reply { reply, view: Some(view()), answers: MessageId::parse(bad) };
    vec![
        to_bob(About::ConfirmMail {
            code: "c18-x".into(),
            mails: vec![
                Waiting {
                    subject: bad.into(),
                    would: vec![bad.into()],
                    ..waiting(&[bad], true, None)
                };
                2
            ],
            answers: None,
        }),
        to_bob(About::Opened { view: view(), likely: vec![] }),
        to_staff(About::StaffOpened { view: view(), news: told(), likely: vec![] }),
        to_staff(About::StaffChanged { view: view(), news: told() }),
        to_bob(About::Changed { view: view(), news: told() }),
        to_bob(reply(Reply::Transcript { about: None, lines, has_text: true })),
        to_bob(reply(Reply::Found { words: bad.into(), hits: vec![hit.clone(), hit], full: true })),
        to_staff(About::SessionLog { view: view(), told: Box::new(sessions::bad(bad)) }),
        to_staff(About::Undelivered { view: Some(view()), recipient: bad.into(), why: bad.into() }),
        mailbox(Upset::Another { mark: bad.into() }),
        mailbox(Upset::Away { minutes: 30, doing: bad.into() }),
        to_staff(About::Quarantined {
            items: vec![Stuck { intake: 1, size: 1, print: bad.into(), why: bad.into() }],
            stopped: vec![Stopped { why: bad.into(), mails: vec![2], count: 1 }],
        }),
    ]
    .into_iter()
    .chain(digests(bad))
    .collect()
}

/// What was said about a line of a file.
fn annotated(bad: &str) -> What {
    let path = FilePath::new(bad.as_bytes());
    let spot = Spot { path, side: Side::Old, line: 3, quoted: bad.into() };
    What::Annotated { session: 17, spot, text: bad.into() }
}

/// Those that come once in a period.
fn digests(bad: &str) -> [Letter; 3] {
    let mut digest = digest();
    digest.fresh[0].title = bad.into();
    digest.ours[0].owner = Some(bad.into());
    digest.lost[0] = Lost { number: None, recipient: bad.into(), why: bad.into() };
    digest.deeds[0].title = bad.into();
    digest.deeds[0].what = What::Owner { from: None, to: Some(bad.into()) };
    let set = |field| What::Set { field, from: Some(bad.into()), to: Some(bad.into()) };
    (digest.deeds[1].what, digest.deeds[2].what) = (set(Field::Component), set(Field::Due));
    digest.ours[1].fields.set(Field::Milestone, Some(bad.into()));
    (digest.deeds[1].actor, digest.deeds[1].name) = (bad.into(), bad.into());
    let (mut roundup, mut own) = (roundup(), own());
    let gathered = &mut roundup.tickets[0];
    gathered.title = bad.into();
    gathered.news[0] = Piece { who: bad.into(), ..gathered.news[0].clone() };
    gathered.news[1].say = Say::Wrote { text: bad.into(), files: 0 };
    (own.acts[0].title, own.acts[0].proof, own.acts[1].what) = (bad.into(), bad.into(), set(Field::Title));
    [
        to_staff(About::Digest { digest: Box::new(digest) }),
        to_bob(About::Roundup { roundup: Box::new(roundup) }),
        to_staff(About::Own { own: Box::new(own) }),
    ]
}

#[test]
fn nothing_gets_out_of_its_place() {
    let expected: Vec<Vec<String>> = letters("").iter().map(|l| fields(&frozen(l))).collect();
    for bad in nasty() {
        for (letter, expected) in letters(&bad).iter().zip(&expected) {
            let f = frozen(letter);
            assert_eq!(fields(&f), *expected, "{} {bad:?}", f.kind);
            assert_eq!(field(&f, "To").unwrap(), letter.to.address().as_str());
            let subject = field(&f, "Subject").unwrap();
            assert!(subject.chars().count() <= 240, "{subject}");
            assert!(!subject.chars().any(char::is_control), "{subject:?}");
            assert!(!subject.contains('\u{202e}'));
            let shown = shown(&f);
            assert!(!shown.chars().any(|c| c.is_control() && c != '\n' && c != '\t'), "{shown:?}");
        }
    }
}

/// Names of the header fields. Threads differ: an id that is one makes two fields more, a bad one none.
fn fields(f: &Frozen) -> Vec<String> {
    let mail = mailparse::parse_mail(&f.bytes).unwrap();
    let names = mail.headers.iter().map(|h| h.get_key());
    names.filter(|n| n != "In-Reply-To" && n != "References").collect()
}

/// The same letters with nothing bad in them.
static PLAIN: LazyLock<Vec<Frozen>> = LazyLock::new(|| letters("x").iter().map(frozen).collect());

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, cases: 60, ..Default::default() })]

    #[test]
    fn any_text_makes_the_same_fields(bad in "(?s).{0,200}") {
        for (letter, plain) in letters(&bad).iter().zip(PLAIN.iter()) {
            let f = frozen(letter);
            proptest::prop_assert_eq!(f.kind, plain.kind);
            proptest::prop_assert_eq!(fields(&f), fields(plain));
        }
    }
}

#[test]
fn a_line_of_a_digest_begins_as_we_wrote_it() {
    for bad in nasty() {
        let about = |l: &Letter| matches!(l.about, About::Digest { .. });
        let digest = letters(&bad).into_iter().find(about).unwrap();
        let text = shown(&frozen(&digest));
        let (_, body) = text.split_once("\n\n").unwrap();
        for line in body.lines() {
            assert!(line.chars().count() <= wrap::WIDTH, "{line}");
            assert!(!line.trim_start().starts_with(['[', '>', '|', '!']), "{line}");
        }
    }
}

/// What tries to begin a header field of its own, or to end the header: each by itself, behind and before ordinary words.
fn payloads() -> Vec<String> {
    let ends = [
        "\r\n",
        "\n",
        "\r",
        "\n\r",
        "\u{85}",
        "\u{2028}",
        "\u{b}",
        "\u{c}",
        "\0",
        "=?utf-8?q?=0D=0A?=",
        "%0d%0a",
        "\\r\\n",
    ];
    let fields = [
        "Bcc: evil@x.example",
        "To: evil@x.example",
        "Subject: other",
        "Reply-To: evil@x.example",
        "X-Trackle-Kind: help",
        "Content-Type: text/html",
        "\r\n<html>",
        ".\r\nMAIL FROM:<evil@x.example>",
        " folded",
        "\tfolded",
        ":",
        "",
        "Auto-Submitted: no",
        "=?utf-8?b?QmNjOiBldmlsQHguZXhhbXBsZQ==?=",
    ];
    let around = [("", ""), ("Printer", ""), ("Printer \u{fc}", "more")];
    let all = ends.iter().flat_map(|end| fields.iter().map(move |field| format!("{end}{field}")));
    all.flat_map(|bad| around.map(|(front, back)| format!("{front}{bad}{back}"))).collect()
}

#[test]
fn five_hundred_ways_to_add_a_header_field_add_none() {
    let all = payloads();
    assert!(all.len() >= 500, "{}", all.len());
    let there: Vec<Vec<String>> = PLAIN.iter().map(fields).collect();
    for bad in &all {
        for (letter, there) in letters(bad).iter().zip(&there) {
            // an id that is none names no thread: fields may be fewer, never more
            let f = frozen(letter);
            assert!(fields(&f).iter().all(|field| there.contains(field)), "{bad:?} in {}", f.kind);
        }
    }
}
