//! From-munged posts as the managers in use write them, and the tricks beside them.

use super::*;
use crate::model::mail::Header;
use crate::model::person::Member;
use crate::model::robot::{Policy, Trust};
use crate::model::seal::Seal;

const LIST: &str = "staff@x.example";

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn robot() -> Robot {
    let member = |login: &str, name: &str, mail: &str| Member {
        login: login.into(),
        name: name.into(),
        address: address(mail),
        aliases: vec![],
        words: vec![],
    };
    Robot {
        address: address("help@x.example"),
        name: "Help".into(),
        aliases: vec![],
        delimiter: Some('+'),
        returns: true,
        base_url: None,
        list: address(LIST),
        also: vec![],
        members: vec![member("ann", "Ann Lee", "ann@y.example"), member("bob", "Bob Stone", "bob@y.example")],
        trust: Trust::default(),
        policy: Policy::default(),
        values: crate::model::fields::Values::default(),
        seal: Seal::new(vec![[7; 32]]),
    }
}

fn mailboxes(all: &[(&str, &str)]) -> Vec<Mailbox> {
    all.iter().map(|(name, addr)| Mailbox { name: (*name).into(), addr: (*addr).into() }).collect()
}

/// A post of the list with that display name in front of the list's address.
fn post(name: &str) -> Mail {
    let headers = vec![Header { name: "List-Id".into(), value: "<staff.x.example>".into() }];
    Mail { headers, from: mailboxes(&[(name, LIST)]), ..Mail::default() }
}

fn kept(value: &str, mail: Mail) -> Mail {
    let mut headers = mail.headers;
    headers.push(Header { name: "X-Original-From".into(), value: value.into() });
    Mail { headers, ..mail }
}

fn replied(all: &[(&str, &str)], mail: Mail) -> Mail {
    Mail { reply_to: mailboxes(all), ..mail }
}

fn copied(all: &[(&str, &str)], mail: Mail) -> Mail {
    Mail { cc: mailboxes(all), ..mail }
}

fn told(mail: &Mail) -> Option<(String, Option<String>)> {
    let author = author(mail, &robot())?;
    assert_eq!(author.proof, Proof::None, "a name proves nothing");
    Some((author.address.key(), author.staff))
}

#[test]
fn authors_are_told_as_each_manager_writes_them() {
    let (ann, alice) = (("Ann Lee", "ann@y.example"), ("Alice Moss", "alice@z.example"));
    for (what, mail, expected) in [
        ("Mailman, reply to sender", replied(&[ann], post("Ann Lee via Staff")), "ann@y.example"),
        (
            "Mailman, reply to list",
            copied(&[ann], replied(&[("", LIST)], post("Ann Lee via Staff"))),
            "ann@y.example",
        ),
        ("Mailman, both", replied(&[ann, ("Staff", LIST)], post("Ann Lee via Staff")), "ann@y.example"),
        (
            "Mailman, no name",
            replied(&[("", "ann@y.example")], post("ann@y.example via Staff")),
            "ann@y.example",
        ),
        ("Google Groups", kept("Ann Lee <ann@y.example>", post("'Ann Lee' via Staff")), "ann@y.example"),
        (
            "Groups.io",
            kept("\"Ann Lee\" <ann@y.example>", post("Ann Lee via staff.x.example")),
            "ann@y.example",
        ),
        ("Sympa", replied(&[ann], post("Ann Lee (ann@y.example via staff Mailing List)")), "ann@y.example"),
        ("Sympa, name only", kept("Ann Lee <ann@y.example>", post("Ann Lee")), "ann@y.example"),
        ("mlmmj", replied(&[ann], post("Ann Lee [ann@y.example]")), "ann@y.example"),
        ("nowhere, a member", post("Ann Lee via Staff"), "ann@y.example"),
        ("nowhere, a member's address", post("ann@y.example via Staff"), "ann@y.example"),
        (
            "case and blanks",
            replied(&[("\"ann  lee\"", "ann@y.example")], post("Ann LEE via Staff")),
            "ann@y.example",
        ),
        ("not a member", replied(&[alice], post("Alice Moss via Staff")), "alice@z.example"),
        (
            "a member's other address",
            replied(&[("Ann Lee", "ann@home.example")], post("Ann Lee via Staff")),
            "ann@home.example",
        ),
    ] {
        assert_eq!(told(&mail).map(|(address, _)| address), Some(expected.to_owned()), "{what}");
    }
    assert_eq!(told(&post("Ann Lee via Staff")).unwrap().1.as_deref(), Some("ann"));
    assert_eq!(told(&replied(&[alice], post("Alice Moss via Staff"))).unwrap().1, None);
}

#[test]
fn what_does_not_fit_names_nobody() {
    let ann = ("Ann Lee", "ann@y.example");
    for (what, mail) in [
        ("another name in Reply-To", replied(&[ann], post("Mallory via Staff"))),
        ("another address in From", replied(&[ann], post("Ann Lee (mallory@evil.example via Staff)"))),
        ("two of that name", replied(&[ann, ("Ann Lee", "mallory@evil.example")], post("Ann Lee via Staff"))),
        ("no name at all", replied(&[("", "ann@y.example")], post(""))),
        ("the list's own name", replied(&[("Staff", LIST)], post("Staff"))),
        ("ourselves", replied(&[("Help", "help+12@x.example")], post("Help via Staff"))),
        ("nowhere, nobody we know", post("Alice Moss via Staff")),
        ("an unusable address", replied(&[("Alice Moss", "alice")], post("Alice Moss via Staff"))),
        // the surer field leaves it open, a weaker one does not help
        (
            "two in the first field",
            copied(&[ann], replied(&[ann, ("Ann Lee", "a@evil.example")], post("Ann Lee"))),
        ),
    ] {
        assert_eq!(told(&mail), None, "{what}");
    }
}

#[test]
fn no_other_list_and_no_plain_mail_is_taken_apart() {
    let reply_to = mailboxes(&[("Ann Lee", "ann@y.example")]);
    let other = Mail { from: mailboxes(&[("Ann Lee via Other", "other@x.example")]), ..post("") };
    let direct = Mail { headers: vec![], ..post("Ann Lee via Staff") };
    let plain = Mail { from: mailboxes(&[("Ann Lee", "mallory@evil.example")]), ..post("") };
    let two = Mail { from: mailboxes(&[("Ann Lee", LIST), ("Bob", "bob@y.example")]), ..post("") };
    let doubled = Mail { doubled: vec!["from".into()], ..post("Ann Lee via Staff") };
    for mail in [other, direct, plain, two, doubled] {
        assert_eq!(told(&Mail { reply_to: reply_to.clone(), ..mail.clone() }), None, "{:?}", mail.from);
    }
    // the list is one person's address: her mail is hers
    let robot = Robot { list: address("ann@y.example"), ..robot() };
    let mail = replied(&[("Ann Lee", "mallory@evil.example")], post("Ann Lee"));
    assert!(author(&Mail { from: mailboxes(&[("Ann Lee", "ann@y.example")]), ..mail }, &robot).is_none());
}

#[test]
fn the_reason_names_the_field_and_the_list() {
    let author =
        author(&replied(&[("Ann Lee", "ann@y.example")], post("Ann Lee via Staff")), &robot()).unwrap();
    assert_eq!(author.name, "Ann Lee");
    assert_eq!(
        author.why,
        "staff@x.example stands in From; by its name and Reply-To it is of ann@y.example, which proves nothing"
    );
}

#[test]
fn hostile_names_are_cheap() {
    let deep = "(".repeat(100_000) + &" via ".repeat(100_000);
    assert_eq!(told(&post(&deep)), None);
    let many = vec![("x", "y"); 100_000];
    assert_eq!(told(&replied(&many, post("Ann Lee"))).unwrap().0, "ann@y.example");
}
