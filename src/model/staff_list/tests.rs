//! Which mails the staff list carried or wrote, by the marks of the managers in use.

use super::*;
use crate::model::address::Mailbox;
use crate::model::mail::Header;
use crate::model::person::Member;
use crate::model::robot::{Policy, Trust};
use crate::model::seal::Seal;

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn robot() -> Robot {
    Robot {
        address: address("help@x.example"),
        name: "Help".into(),
        aliases: vec![],
        delimiter: Some('+'),
        returns: true,
        base_url: None,
        list: address("Staff@x.example"),
        also: vec![],
        members: vec![],
        trust: Trust::default(),
        policy: Policy::default(),
        values: crate::model::fields::Values::default(),
        seal: Seal::new(vec![[7; 32]]),
    }
}

fn mailboxes(all: &[&str]) -> Vec<Mailbox> {
    all.iter().map(|addr| Mailbox { name: String::new(), addr: (*addr).into() }).collect()
}

fn headed(name: &str, value: &str) -> Mail {
    let headers = vec![Header { name: name.into(), value: value.into() }];
    Mail { headers, from: mailboxes(&["ann@y.example"]), ..Mail::default() }
}

#[test]
fn the_staff_list_is_told_by_its_marks() {
    for (name, value) in [
        ("List-Id", "Staff <staff.x.example>"),
        ("List-ID", " \"The <staff> of X\" <STAFF.x.example>"),
        ("List-Id", "staff.x.example"),
        ("List-Id", "<staff@x.example>"),
        ("List-Post", "<mailto:staff@x.example>"),
        ("List-Post", "<https://x.example/staff>, <mailto:staff@x.example?subject=x>"),
        ("X-BeenThere", "staff@x.example"),
        ("Mailing-list", "list staff@x.example; contact staff+owners@x.example"),
        ("X-Mailing-List", "<staff@x.example> archive/latest/12"),
        ("Delivered-To", "mailing list staff@x.example"),
        ("X-Loop", "staff@x.example"),
        ("Return-Path", "<staff+bounces-12-help=x.example@x.example>"),
        ("Return-Path", "<staff-bounces@x.example>"),
        ("Return-Path", "<staff-return-12-help=x.example@x.example>"),
        ("Sender", "\"Staff\" <staff-bounces+help=x.example@x.example>"),
        ("Sender", "owner-staff@x.example"),
    ] {
        assert!(robot().list_carried(&headed(name, value)), "{name}: {value}");
    }
    for (name, value) in [
        ("List-Id", "<staff.y.example>"),
        ("List-Id", "staff.x.example <other.x.example>"),
        ("List-Post", "<mailto:nostaff@x.example>"),
        ("List-Post", "NO"),
        ("X-Loop", "ann@y.example"),
        ("Delivered-To", "staff@x.example"),
        ("Return-Path", "<staff@x.example>"),
        ("Return-Path", "<stafford+bounces-1@x.example>"),
        ("Return-Path", "<staff+bounces-1@y.example>"),
        ("Return-Path", "<>"),
        ("Subject", "staff@x.example"),
    ] {
        assert!(!robot().list_carried(&headed(name, value)), "{name}: {value}");
    }
}

#[test]
fn a_list_that_is_one_member_is_no_list() {
    let from_list = |mail: Mail| Mail { from: mailboxes(&["staff@X.example"]), ..mail };
    let by_list = from_list(headed("List-Id", "<staff.x.example>"));
    assert!(robot().list_took_from(&by_list));
    assert!(!robot().list_took_from(&from_list(headed("Subject", "x"))));
    assert!(!robot().list_took_from(&headed("List-Id", "<staff.x.example>")));
    let member = Member {
        login: "ann".into(),
        name: "Ann".into(),
        address: address("staff@x.example"),
        aliases: vec![],
        words: vec![],
    };
    let robot = Robot { members: vec![member], ..robot() };
    assert!(!robot.list_carried(&by_list) && !robot.list_took_from(&by_list));
}

#[test]
fn its_manager_has_many_addresses() {
    for (text, manages) in [
        ("staff+owner@x.example", true),
        ("STAFF-bounces@x.example", true),
        ("staff-bounces+0123@x.example", true),
        ("staff-confirm+0123@x.example", true),
        ("staff+bounces-help@x.example", true),
        ("owner-staff@x.example", true),
        ("staff-editor@x.example", true),
        ("staff@x.example", false),
        ("staff+12@x.example", false),
        ("staff-ownership@x.example", false),
        ("staff-ann@x.example", false),
        ("staffowner@x.example", false),
        ("staff+owner@y.example", false),
        ("other+owner@x.example", false),
    ] {
        assert_eq!(robot().manages_list(&address(text)), manages, "{text}");
    }
}

#[test]
fn what_is_written_to_the_list_alone_is_overheard() {
    for (to, cc, overheard) in [
        (&["staff@x.example"][..], &[][..], true),
        (&["staff@x.example"], &["ann@y.example"], true),
        (&["staff@x.example"], &["help@x.example"], false),
        (&["help+12@x.example"], &["staff@x.example"], false),
        (&[], &[], true),
        // written by the list, which leaves itself out
        (&["help@x.example"], &[], true),
    ] {
        let mail = Mail { to: mailboxes(to), cc: mailboxes(cc), ..headed("List-Id", "<staff.x.example>") };
        assert_eq!(robot().overhears(&mail), overheard, "{to:?} {cc:?}");
    }
    let direct = Mail { to: mailboxes(&["staff@x.example"]), ..headed("Subject", "x") };
    assert!(!robot().overhears(&direct));
}
