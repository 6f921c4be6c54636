//! Who a mail is from, and what a reply address proves.

use super::*;
use crate::model::address::Mailbox;
use crate::model::mail::Header;
use crate::model::person::Member;
use crate::model::robot::{Policy, Trust};
use crate::model::seal::Seal;
use crate::model::ticket::Number;

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn robot() -> Robot {
    Robot {
        address: address("help@x.example"),
        name: "Help".into(),
        aliases: vec![address("it@x.example")],
        delimiter: Some('+'),
        returns: true,
        base_url: None,
        list: address("staff@x.example"),
        also: vec![],
        members: vec![Member {
            login: "ann".into(),
            name: "Ann".into(),
            address: address("ann@corp.example"),
            aliases: vec![address("ann@home.example")],
            words: vec![],
        }],
        trust: Trust {
            authserv_ids: vec!["mx.x.example".into()],
            mx_hosts: vec!["mx.x.example".into()],
            ..Trust::default()
        },
        policy: Policy::default(),
        values: crate::model::fields::Values::default(),
        seal: Seal::new(vec![[7; 32]]),
    }
}

fn day(day: i64) -> Timestamp {
    Timestamp::from_second(day * 86_400).unwrap()
}

fn mailbox(name: &str, addr: &str) -> Mailbox {
    Mailbox { name: name.into(), addr: addr.into() }
}

fn from(addr: &str) -> Mail {
    Mail { from: vec![mailbox("", addr)], ..Mail::default() }
}

fn header(name: &str, value: &str) -> Header {
    Header { name: name.into(), value: value.into() }
}

/// A mail that our server says is of Ann's domain.
fn authentic() -> Mail {
    let headers = vec![
        header("Received", "from a (a [203.0.113.9]) by mx.x.example with ESMTP; now"),
        header("Authentication-Results", "mx.x.example; dmarc=pass header.from=corp.example"),
    ];
    Mail { headers, ..from("ann@corp.example") }
}

#[test]
fn staff_are_known_by_address_alone() {
    for (addr, login) in [
        ("ann@corp.example", Some("ann")),
        ("ANN@Home.example", Some("ann")),
        ("ann@evil.example", None),
        ("ann+x@corp.example", None),
    ] {
        let sender = sender(&from(addr), &robot(), day(1)).unwrap();
        assert_eq!((sender.staff.as_deref(), sender.proof), (login, Proof::None), "{addr}");
    }
}

#[test]
fn display_names_identify_nobody() {
    for (name, shows) in [
        ("Ann", "Ann"),
        ("ann@corp.example", ""),
        ("root@corp.example via evil", ""),
        ("\"Ann\" <ann@corp.example>", ""),
        ("Ann ＠ Corp", ""),
        ("\u{202e}nna\n\0", "nna"),
        (&"x".repeat(500), &"x".repeat(80)),
    ] {
        let mail = Mail { from: vec![mailbox(name, "mallory@evil.example")], ..Mail::default() };
        let sender = sender(&mail, &robot(), day(1)).unwrap();
        assert_eq!((sender.address.as_str(), sender.staff), ("mallory@evil.example", None));
        assert_eq!(sender.name, shows);
    }
}

#[test]
fn a_mail_has_one_sender_or_none() {
    let two = vec![mailbox("", "ann@corp.example"), mailbox("", "mallory@evil.example")];
    assert!(sender(&Mail { from: two, ..authentic() }, &robot(), day(1)).is_none());
    assert!(sender(&Mail { from: vec![], ..authentic() }, &robot(), day(1)).is_none());
    assert!(sender(&Mail { doubled: vec!["from".into()], ..authentic() }, &robot(), day(1)).is_none());
    for bad in [
        "",
        "ann",
        "=?x?q?ann=40corp.example?=@evil.example",
        "\"a b\"@corp.example",
        "a@b, c@d",
        "undisclosed:;",
    ] {
        assert!(sender(&from(bad), &robot(), day(1)).is_none(), "{bad}");
    }
}

#[test]
fn doubled_fields_prove_nothing() {
    assert_eq!(sender(&authentic(), &robot(), day(1)).unwrap().proof, Proof::Domain);
    for name in ["sender", "date", "message-id", "subject"] {
        let mail = Mail { doubled: vec![name.into()], ..authentic() };
        let sender = sender(&mail, &robot(), day(1)).unwrap();
        assert_eq!((sender.proof, sender.why.contains(name)), (Proof::None, true), "{}", sender.why);
    }
    let harmless = Mail { doubled: vec!["to".into()], ..authentic() };
    assert_eq!(sender(&harmless, &robot(), day(1)).unwrap().proof, Proof::Domain);
}

#[test]
fn a_reply_address_proves_the_person_it_was_given_to() {
    let ann = address("ann@corp.example");
    let detail = robot().seal.reply_detail(Number(42), &ann, day(30));
    let to = |addr: &str| Mail { to: vec![mailbox("", addr)], ..from("Ann@corp.example") };
    let cc = |addr: &str| Mail { cc: vec![mailbox("Help", addr)], ..from("ann@corp.example") };
    let by = |name: &str, addr: &str| Mail { headers: vec![header(name, addr)], ..from("ann@corp.example") };
    let token = format!("help+{detail}@x.example");
    let yes = [
        to(&token),
        to(&token.to_ascii_uppercase()),
        cc(&token),
        to(&format!("it+{detail}@x.example")),
        by("Delivered-To", &token),
        by("delivered-to", &format!(" <{token}> ")),
        by("X-Original-To", &token),
        by("Envelope-To", &token),
    ];
    for mail in yes {
        let sender = sender(&mail, &robot(), day(30)).unwrap();
        assert_eq!(sender.proof, Proof::Person, "{mail:?}");
        assert_eq!(sender.why.to_lowercase(), "it came to the reply address given to ann@corp.example");
    }
    let no = [
        Mail { from: from("mallory@evil.example").from, ..to(&token) },
        Mail { from: from("ann@home.example").from, ..to(&token) },
        Mail { doubled: vec!["message-id".into()], ..to(&token) },
        Mail { reply_to: vec![mailbox("", &token)], ..from("ann@corp.example") },
        to(&format!("other+{detail}@x.example")),
        to(&format!("help+{detail}@evil.example")),
        to(&format!("help-{detail}@x.example")),
        to(&format!("help+x+{detail}@x.example")),
        to(&token.replacen("42", "43", 1)),
        to("help+42@x.example"),
        by("X-Forged-To", &token),
        by("X-Trackle-Token", &token),
    ];
    for mail in no {
        assert_eq!(sender(&mail, &robot(), day(30)).unwrap().proof, Proof::None, "{mail:?}");
    }
    assert_eq!(sender(&to(&token), &robot(), day(32)).unwrap().proof, Proof::None);
}

#[test]
fn vouching_needs_proof() {
    let with = |proof| Sender { proof, ..sender(&authentic(), &robot(), day(1)).unwrap() };
    assert!(vouch(&with(Proof::None)).is_none());
    for proof in [Proof::Domain, Proof::Submission, Proof::Person, Proof::Confirmed] {
        assert_eq!(vouch(&with(proof)).unwrap().sender().proof, proof);
    }
    let held = with(Proof::None);
    let vouched = vouch_confirmed(&held, &address("ANN@corp.example")).unwrap();
    assert_eq!((vouched.sender().proof, vouched.login()), (Proof::Confirmed, Some("ann")));
    assert!(vouch_confirmed(&held, &address("ann@home.example")).is_none());
}
