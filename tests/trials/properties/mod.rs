//! What holds of everything that reads what strangers, servers and other machines say. In: any bytes; out: nothing, or a
//! panic when a promise is broken: text without control characters, limits that are kept, what is written is read back as
//! the same, and nothing is believed that nobody proved. The battery and `fuzz/` share it.

pub mod machines;
mod orders;
mod reading;
mod servers;

use jiff::Timestamp;
use std::borrow::Cow;
use std::sync::LazyLock;
use trackle::model::address::Address;
use trackle::model::person::Member;
use trackle::model::robot::{Policy, Robot, Trust};
use trackle::model::seal::Seal;

/// Something that is read, by its name, which is that of its seeds, and of its program in `fuzz/`.
pub struct Target {
    pub name: &'static str,
    /// Panics when these bytes show that something does not hold.
    pub holds: fn(&[u8]),
}

/// All of them.
pub const TARGETS: [Target; 15] = [
    Target { name: "mail", holds: reading::mail },
    Target { name: "headers", holds: reading::headers },
    Target { name: "addresses", holds: reading::addresses },
    Target { name: "dates", holds: reading::dates },
    Target { name: "results", holds: orders::results },
    Target { name: "bounces", holds: reading::bounces },
    Target { name: "quotes", holds: reading::quotes },
    Target { name: "html", holds: reading::html },
    Target { name: "commands", holds: orders::commands },
    Target { name: "imap", holds: servers::imap },
    Target { name: "smtp", holds: servers::smtp },
    Target { name: "bundle", holds: machines::bundle },
    Target { name: "tokens", holds: orders::tokens },
    Target { name: "journal", holds: machines::journal },
    Target { name: "evidence", holds: machines::evidence },
];

/// A Friday morning.
pub const NOW: Timestamp = Timestamp::constant(1_800_000_000, 0);

/// A robot whose marks nobody knows, and that believes no server.
pub static ROBOT: LazyLock<Robot> = LazyLock::new(|| Robot {
    address: address("help@desk.example"),
    name: "Help".into(),
    aliases: Vec::new(),
    delimiter: Some('+'),
    returns: true,
    base_url: None,
    list: address("staff@desk.example"),
    also: Vec::new(),
    members: vec![Member {
        login: "ann".into(),
        name: "Ann".into(),
        address: address("ann@desk.example"),
        aliases: Vec::new(),
        words: Vec::new(),
    }],
    trust: Trust::default(),
    policy: Policy::default(),
    values: trackle::model::fields::Values::default(),
    seal: Seal::new(vec![[0x5a; 32]]),
});

fn address(text: &str) -> Address {
    Address::parse(text).expect("an address")
}

fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Text for people: no control character but those.
#[track_caller]
fn is_plain(text: &str, but: &[char]) {
    let bad = text.chars().find(|c| c.is_control() && !but.contains(c));
    assert_eq!(bad, None, "{text:?}");
}
