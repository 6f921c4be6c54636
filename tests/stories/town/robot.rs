//! The robot of the town, in its two usual settings. Its key is always the same, so that codes and Message-IDs are.

use super::{ANN, BEN, HELP, STAFF};
use trackle::model::address::Address;
use trackle::model::person::Member;
use trackle::model::robot::{Policy, Robot, Trust};
use trackle::model::seal::Seal;

/// The name of the mail server whose word counts in a [`believing`] town.
pub const SERVER: &str = "mx.desk.example";

/// A robot that believes no witness: staff confirm what they order by mail.
pub fn plain() -> Robot {
    Robot {
        address: address(HELP),
        name: "Help desk".into(),
        aliases: Vec::new(),
        delimiter: Some('+'),
        returns: true,
        base_url: None,
        list: address(STAFF),
        also: Vec::new(),
        members: vec![member("ann", "Ann Admin", ANN), member("ben", "Ben Builder", BEN)],
        trust: Trust::default(),
        policy: Policy::default(),
        values: trackle::model::fields::Values::default(),
        seal: Seal::new(vec![[7; 32]]),
    }
}

/// A robot that believes what its own mail server says of senders, as most will.
pub fn believing() -> Robot {
    let mut robot = plain();
    robot.trust.authserv_ids.push(SERVER.into());
    robot.trust.mx_hosts.push(SERVER.into());
    robot
}

fn member(login: &str, name: &str, mail: &str) -> Member {
    Member {
        login: login.into(),
        name: name.into(),
        address: address(mail),
        aliases: Vec::new(),
        words: Vec::new(),
    }
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}
