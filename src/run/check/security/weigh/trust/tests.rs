//! What each setting adds.

use super::*;
use crate::model::bundle::HostKey;
use crate::model::host::Host;
use std::path::Path;

/// A configuration with this in `[[mailbox]]` and after it.
fn config(robot: &str, mailbox: &str, rest: &str) -> Config {
    let text = format!(
        "[robot]\naddress = \"help@example.org\"\n{robot}\n[staff]\nlist = \"team@example.org\"\n[[mailbox]]\n\
         kind = \"imap\"\nuser = \"help\"\n{mailbox}\n[courier]\nkind = \"maildir\"\npath = \"out\"\n{rest}"
    );
    Config::parse(&text, Path::new("/etc")).unwrap()
}

fn tenths(rows: &[Row]) -> u8 {
    rows.iter().map(|row| row.tenths).sum()
}

#[test]
fn a_password_stands_in_a_file() {
    for (said, wanted) in [
        ("password_file = \"p\"", 0),
        ("password_command = [\"pass\", \"show\", \"x\"]", 0),
        ("password_command = [\"/bin/echo\", \"hunter2\"]", 5),
        ("password_command = [\"printf\", \"hunter2\"]", 5),
        ("password_env = \"P\"", 3),
    ] {
        let rows = secrets(&config("", &format!("host = \"h\"\n{said}"), ""));
        assert_eq!((rows.len(), tenths(&rows)), (1, wanted), "{said}");
        assert!(!rows[0].state.contains("hunter2"));
    }
}

#[test]
fn only_what_stays_on_the_machine_goes_in_the_clear() {
    for (said, wanted) in [
        ("host = \"mail.example\"", 0),
        ("host = \"mail.example\"\nroots = \"/etc/ca.pem\"", 0),
        ("host = \"mail.example\"\nsecurity = \"starttls\"", 0),
        ("host = \"mail.example\"\nsecurity = \"plain\"", 9),
        ("host = \"127.0.0.1\"\nsecurity = \"plain\"", 0),
        ("host = \"localhost\"\nsecurity = \"plain\"", 0),
    ] {
        let rows = lines(&config("", &format!("{said}\npassword_file = \"p\""), ""));
        assert_eq!((rows.len(), tenths(&rows)), (1, wanted), "{said}");
    }
}

#[test]
fn what_is_believed_adds_something() {
    let of = |rest: &str| {
        let rows = orders(&config("", "host = \"h\"\npassword_file = \"p\"", rest));
        let open: Vec<&str> = rows.iter().filter(|row| row.tenths > 0).map(|row| row.item).collect();
        open.join(" ")
    };
    for (rest, open) in [
        ("", ""),
        ("[identity]\nauthserv_id = [\"mx\"]", "orders"),
        ("[identity]\nmx_hosts = [\"mx\"]\ntrusted_networks = [\"192.0.2.0/24\"]", "orders networks"),
        ("[identity]\ncommand_age = \"30d\"", "old orders"),
        ("[policy]\nconfirm_tickets = false", "strangers"),
    ] {
        assert_eq!(of(rest), open, "{rest}");
    }
}

#[test]
fn the_web_endpoint_is_for_a_proxy_on_this_machine() {
    let url = "base_url = \"https://desk.example.org\"";
    for (robot, rest, wanted) in [
        ("", "", 0),
        ("", "[web]\nlisten = \"0.0.0.0:80\"", 0),
        ("", "[web]\napi = true", 0),
        (url, "", 0),
        (url, "[web]\nlisten = \"0.0.0.0:80\"", 3),
        (url, "[web]\nlisten = \"[::1]:80\"", 0),
        (url, "[web]\nlisten = \"/run/x.sock\"", 0),
    ] {
        let config = config(robot, "host = \"h\"\npassword_file = \"p\"", rest);
        assert_eq!(web(&config).tenths, wanted, "{robot} {rest}");
    }
}

const NOW: i64 = 1_795_219_200;

fn ago(days: i64) -> Timestamp {
    Timestamp::from_second(NOW - days * 86_400).unwrap()
}

#[test]
fn keys_grow_old() {
    for (changed, wanted) in [(0, 0), (365, 0), (366, 1), (-1, 0)] {
        let found = Keys::There { count: 1, changed: ago(changed) };
        assert_eq!(keys(found, ago(0)).tenths, wanted, "{changed}");
    }
    assert!(keys(Keys::Missing, ago(0)).seen && !keys(Keys::Unseen, ago(0)).seen);
}

#[test]
fn hosts_that_are_silent_are_named() {
    let host = |enrolled: i64, seen: Option<i64>, revoked: bool| Standing {
        host: Host {
            key: HostKey([1; 32]),
            name: "web1".into(),
            login: None,
            member: None,
            enrolled: ago(enrolled),
            by: "ann@example.org".into(),
            revoked: revoked.then(|| ago(0)),
        },
        seen: seen.map(ago),
        program: None,
        bundles: 0,
        last: 0,
        spoke: None,
        unsent: None,
    };
    for (all, wanted) in [
        (vec![], 0),
        (vec![host(1, None, false)], 0),
        (vec![host(400, None, false)], 2),
        (vec![host(400, Some(3), false)], 0),
        (vec![host(800, Some(3), false)], 1),
        (vec![host(800, None, true)], 0),
        (vec![host(400, None, false), host(800, Some(3), false)], 3),
    ] {
        assert_eq!(tenths(&hosts(Some(&all), ago(0))), wanted, "{all:?}");
    }
    assert!(!hosts(None, ago(0))[0].seen);
}
