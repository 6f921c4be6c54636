//! What a mail as a whole reads like: the traps that other readers fell into, and bytes of every kind.

use super::*;
use crate::model::mail::PieceKind;
use proptest::prelude::*;

fn read(raw: &str) -> Mail {
    mail(raw.as_bytes()).unwrap()
}

#[test]
fn emptiness_alone_is_unreadable() {
    assert!(mail(b"").is_err());
    assert!(mail(b"\r\n \n").is_err());
    assert_eq!(read("hello").text, "hello");
    assert_eq!(read("A: b").text, "");
}

#[test]
fn headers_become_nouns() {
    let mail = read(
        "From: \"Lee, Ann\" <ann@x.example>\nTo: help@x.example, Bob <bob@x.example>\nCc: team: c@x.example;\n\
         Subject: =?utf-8?Q?caf=C3?=\n =?utf-8?Q?=A9?= closed\nMessage-ID: <1@x>\nIn-Reply-To: Your mail <0@x>\n\
         References: <0@x>,<00@x>\nDate: Thu, 1 Jan 2026 10:00:00 +0000\nX-Odd:  =?utf-8?Q?raw?=\n\nhello\n",
    );
    assert_eq!(mail.sender().unwrap().as_str(), "ann@x.example");
    assert_eq!((mail.from[0].name.as_str(), mail.to.len(), mail.cc.len()), ("Lee, Ann", 2, 1));
    assert_eq!(mail.subject, "café closed");
    assert_eq!(mail.message_id.as_ref().unwrap().as_str(), "1@x");
    assert_eq!((mail.in_reply_to.len(), mail.references.len()), (1, 2));
    assert_eq!(mail.date.unwrap().to_string(), "2026-01-01T10:00:00Z");
    assert_eq!(mail.header("x-odd"), Some("=?utf-8?Q?raw?="));
    assert!(mail.doubled.is_empty() && mail.damage.is_empty());
}

#[test]
fn doubled_fields_are_told() {
    let mail = read(
        "From: a@x\nFrom: b@x\nSubject: 1\nsubject: 2\nMessage-ID: <1@x>\nMessage-Id: <2@x>\nTo: c@x\nTo: d@x\n\n",
    );
    assert_eq!(mail.doubled, ["from", "message-id", "subject"]);
    assert!(mail.sender().is_none() && mail.message_id.is_none());
    assert_eq!((mail.subject.as_str(), mail.to.len()), ("1", 2));
}

#[test]
fn a_forward_is_text_but_not_the_writers() {
    let raw = "Content-Type: multipart/mixed; boundary=z\n\n--z\n\nplease look\n--z\nContent-Type: message/rfc822\n\n\
               Subject: old\n\nclose 42\n--z--\n";
    let mail = read(raw);
    assert_eq!(mail.text, "please look\nclose 42");
    assert_eq!(mail.new_text(), "please look");
    assert_eq!(mail.pieces.last().unwrap().kind, PieceKind::Forward);
    assert_eq!(mail.pieces.iter().map(|p| p.text.as_str()).collect::<String>(), mail.text);
    assert_eq!(mail.attachments[0].media, "message/rfc822");
}

#[test]
fn html_is_told() {
    let mail = read("Content-Type: text/html\n\n<p>Hi<p>there<blockquote>old</blockquote>");
    assert_eq!((mail.text.as_str(), mail.html_only), ("Hi\n\nthere\n\n> old\n", true));
    assert!(body("<div>x</div>").html_only && !body("x < y").html_only);
}

#[test]
fn damage_is_told_and_read_on() {
    let mail =
        read("Content-Transfer-Encoding: base64 (mostly)\nstray\nSubject: x\n\naGVsbG8=\n--\nlist footer\n");
    assert_eq!((mail.text.as_str(), mail.subject.as_str()), ("hello", "x"));
    assert_eq!(mail.damage.len(), 2, "{:?}", mail.damage);
}

#[test]
fn caps_hold_for_a_whole_mail() {
    let parts = "--z\nContent-Disposition: attachment\n\nx\n".repeat(limits::ATTACHMENTS + 1);
    let mail = read(&format!("Content-Type: multipart/mixed; boundary=z\n\n{parts}--z--\n"));
    assert_eq!((mail.attachments.len(), mail.damage.len()), (limits::ATTACHMENTS, 1));
    let mail = read(&format!("To: {}\nCc: z@x\n\n", "a@x,".repeat(limits::ADDRESSES)));
    assert_eq!((mail.to.len(), mail.cc.len()), (limits::ADDRESSES, 0));
    let mail = read(&format!("A: b\n\n{}", "é".repeat(limits::TEXT_BYTES)));
    assert_eq!((mail.text.len(), mail.damage.len()), (limits::TEXT_BYTES, 1));
}

/// Pieces of mails, whose mixtures reach further into the reader than random bytes do.
const SHARDS: [&str; 22] = [
    "From: ",
    "a@b.c",
    "=?utf-8?Q?",
    "?=",
    "\n",
    "\r\n\r\n",
    "Content-Type: multipart/mixed; boundary=",
    "z",
    "--z",
    "--z--",
    "Content-Type: text/html\n\n",
    "<blockquote>",
    "<a href=\"",
    "Content-Transfer-Encoding: base64\n",
    "====",
    "Content-Type: message/rfc822\n\n",
    "filename*0*=utf-8''%",
    "\"",
    "(",
    "<",
    "begin 644 x\n",
    "> ",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 1..2_000)) {
        let _ = mail(&bytes);
        let _ = body(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_mixture_is_read(shards in prop::collection::vec((prop::sample::select(&SHARDS[..]), any::<u8>()), 1..200)) {
        let mut bytes = Vec::new();
        for (shard, noise) in shards {
            bytes.extend_from_slice(shard.as_bytes());
            if noise < 64 {
                bytes.push(noise * 4);
            }
        }
        if let Ok(mail) = mail(&bytes) {
            let clean = |s: &str| s.chars().all(|c| !c.is_control() || c == '\n' || c == '\t');
            prop_assert!(clean(&mail.text));
            prop_assert!(!mail.subject.contains(['\n', '\t']));
            prop_assert_eq!(mail.pieces.iter().map(|p| p.text.as_str()).collect::<String>(), mail.text);
        }
    }
}

/// What bug reports of other readers are full of: a mail is read whatever its bytes, and its words are found.
#[test]
fn odd_bytes_cost_no_mail() {
    let head = b"From: a@b.example\nSubject: ";
    for (subject, fields, body, title, text) in [
        (&b"x"[..], "Content-Type: text/plain; charset=made-up", &b"caf\xe9"[..], "x", "café"),
        (b"x", "Content-Type: text/plain; charset=8859_1", b"caf\xe9", "x", "café"),
        (b"x", "Content-Type: text/plain; charset=x-mac-turkish", b"\xdd\xdf\xddk", "x", "ışık"),
        (
            b"x",
            "Content-Type: text/plain; charset=ks_c_5601-1987",
            b"\xc7\xc1\xb8\xb0\xc5\xcd",
            "x",
            "프린터",
        ),
        (b"x", "Content-Type: text/plain; charset=gb2312", b"\xd6\xec\xe9F\xbb\xf9", "x", "朱镕基"),
        (b"x", "Content-Type: text/plain; charset=iso-2022-jp", b"\x1b$B-!\x1b(B", "x", "①"),
        (b"x", "Content-Type: text/plain; charset=utf-7", b"+AOk-", "x", "é"),
        (b"x", "Content-Type: text/plain; charset=utf-8", b"\xef\xbb\xbfclose", "x", "close"),
        (b"x", "Content-Type: text/plain; charset=\"utf-8", b"caf\xc3\xa9", "x", "café"),
        (b"x", "Content-Type: text/plain; charset==?utf-8?q?x?=", b"caf\xc3\xa9", "x", "café"),
        (b"a\0b", "X: y", b"one\0two\0", "a\u{fffd}b", "onetwo"),
        (b"caf\xc3\xa9", "X: y", b"\xc3\xa9", "café", "é"),
        (b"caf\xe9", "X: y", b"\xe9", "café", "é"),
        (
            b"\xd4\xc5\xd3\xd4",
            "Content-Type: text/plain; charset=koi8-r",
            b"\xd4\xc5\xd3\xd4",
            "тест",
            "тест",
        ),
        (b"=?made-up?Q?caf=C3=A9?=", "X: y", b"\xff\xfe\xfd", "café", "ÿþý"),
        (b"=?utf-8?Q?caf=C3?=\n =?utf-8?Q?=A9_x?=", "X: y", b"", "café x", ""),
    ] {
        let raw = [head, subject, b"\n", fields.as_bytes(), b"\n\n", body, b"\n"].concat();
        let mail = mail(&raw).unwrap();
        assert_eq!((mail.subject.as_str(), mail.new_text().as_str()), (title, text), "{fields} {body:?}");
        assert_eq!(mail.sender().unwrap().as_str(), "a@b.example");
    }
}
