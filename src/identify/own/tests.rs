//! Our own mail in every dress, and other people's that looks a little like it.

use super::*;
use crate::model::address::Mailbox;
use crate::model::mail::Header;
use crate::model::robot::{Policy, Trust};
use crate::model::seal::Seal;
use crate::model::ticket::Number;

fn robot() -> Robot {
    let address = |text: &str| Address::parse(text).unwrap();
    Robot {
        address: address("help@x.example"),
        name: "Help".into(),
        aliases: vec![address("it@x.example")],
        delimiter: Some('+'),
        returns: true,
        base_url: None,
        list: address("staff@x.example"),
        also: vec![],
        members: vec![],
        trust: Trust::default(),
        policy: Policy::default(),
        values: crate::model::fields::Values::default(),
        seal: Seal::new(vec![[7; 32]]),
    }
}

fn mail(from: &str, name: &str, value: &str) -> Mail {
    Mail {
        from: vec![Mailbox { name: String::new(), addr: from.into() }],
        headers: vec![Header { name: name.into(), value: value.into() }],
        ..Mail::default()
    }
}

#[test]
fn what_is_ours() {
    let seal = robot().seal;
    let id = seal.message_id(Some(Number(3)), 7, "x.example");
    for (from, name, value, says) in [
        ("help@x.example", "X", "", "From"),
        ("HELP+12@X.example", "X", "", "From"),
        ("it+anything.at.all@x.example", "X", "", "From"),
        ("a@b", "Message-ID", format!("<{id}>").as_str(), "Message-ID"),
        ("a@b", "message-id", id.replace("x.example", "relay.example").as_str(), "Message-ID"),
        ("a@b", "X-Loop", "help@x.example", "X-Loop"),
        ("a@b", "x-loop", "Help+12@x.example", "X-Loop"),
        ("a@b", "X-Trackle-Instance", seal.instance().as_str(), "X-Trackle-Instance"),
    ] {
        let why = is_own(&mail(from, name, value), &robot()).unwrap_or_default();
        assert!(why.starts_with(says), "{from} {name}: {value}: {why}");
    }
}

#[test]
fn what_is_not_ours() {
    let id = robot().seal.message_id(Some(Number(3)), 7, "x.example");
    for (from, name, value) in [
        ("a@b", "X", ""),
        ("", "X", ""),
        ("help@y.example", "X", ""),
        ("helper@x.example", "X", ""),
        ("staff@x.example", "X", ""),
        ("a@b", "In-Reply-To", id.as_str()),
        ("a@b", "References", id.as_str()),
        ("a@b", "Message-ID", id.replacen(".7.", ".8.", 1).as_str()),
        ("a@b", "X-Loop", "other@list.example"),
        ("a@b", "X-Loop", ""),
        ("a@b", "X-Trackle-Instance", "another"),
        ("a@b", "X-Trackle-Instance", ""),
    ] {
        assert_eq!(is_own(&mail(from, name, value), &robot()), None, "{from} {name}: {value}");
    }
    let keyless = Robot { seal: Seal::new(vec![]), ..robot() };
    assert_eq!(is_own(&mail("a@b", "X-Trackle-Instance", ""), &keyless), None);
}
