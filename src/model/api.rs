//! What a host and the robot say to each other over HTTPS, beside the nouns that both know: the site, a wish about a lock, a
//! note, what became of words. Plain data; each side takes what the other says for a stranger's.

use super::address::Address;
use super::column::Column;
use super::fields::Values;
use super::lock::{Lock, Process};
use super::ticket::Number;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Where all of it is, below what a proxy hands on.
pub const ROOT: &str = "/api/1";
/// The field of a request that tells how many bundles wait on its host.
pub const UNSENT: &str = "trackle-unsent";

/// Longest place.
const LONGEST: usize = 200;

/// What does not change while somebody looks at tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// The robot's address.
    pub robot: Address,
    /// What the token's host is called.
    pub host: String,
    /// The one user of it that the token is for.
    pub user: Option<String>,
    /// In whose name the token acts.
    pub login: String,
    /// His addresses.
    pub own: Vec<Address>,
    /// Login and name of everybody on staff.
    pub members: Vec<(String, String)>,
    pub values: Values,
    pub columns: Vec<Column>,
}

/// What is to be done with the lock of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grip {
    pub ticket: Number,
    /// The process on the host that works, or worked; a lock that is taken by hand has none.
    pub process: Option<Process>,
    pub turn: Turn,
}

/// What is to be done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Turn {
    /// Taken for the process.
    Start,
    /// The process still works.
    Renew,
    /// The process works no more.
    Stop,
    /// Taken by hand for so many seconds.
    Take(i64),
    Release,
    Break,
}

/// A lock that was broken, if one was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    pub lock: Option<Lock>,
}

/// Something to be written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub ticket: Number,
    pub text: String,
    pub public: bool,
    /// As in [`Grip`].
    pub process: Option<Process>,
}

/// What became of words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    pub ticket: Option<Number>,
    /// What was done, in words.
    pub why: String,
}

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    pub why: String,
}

/// Reads where the robot is reached: `https://name[:port][/path]`, without a slash at its end. In the clear only this very
/// machine is: a token would be read on the way.
///
/// # Errors
/// What is wrong with it.
pub fn url(text: &str) -> Result<String, &'static str> {
    let text = text.trim_end_matches('/');
    let (https, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => return Err("is not such as \"https://desk.example.org\""),
    };
    let (server, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (host, port) = match server.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) => {
            (host, port.strip_prefix(':').unwrap_or(if port.is_empty() { "1" } else { "" }))
        }
        None => server.split_once(':').unwrap_or((server, "1")),
    };
    let address: Option<IpAddr> = host.parse().ok();
    let is_name = super::host::is_host(host) && !host.ends_with('.');
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    let right = port.parse::<u16>().is_ok_and(|port| port > 0) && path.bytes().all(is_plain);
    if text.len() > LONGEST || !right || !(address.is_some() || is_name) {
        return Err("is not such as \"https://desk.example.org\"");
    }
    let is_here = address.map_or(host == "localhost", |address| address.is_loopback());
    if https || is_here { Ok(text.to_owned()) } else { Err("would carry a token in the clear: say https") }
}

#[cfg(test)]
mod tests {
    use super::url;

    #[test]
    fn a_token_goes_by_https_alone() {
        for good in [
            "https://desk.example.org",
            "https://desk.example.org:8443/trackle",
            "https://192.0.2.1",
            "https://[2001:db8::1]:8443",
            "http://127.0.0.1:8025",
            "http://[::1]:8025",
            "http://localhost",
        ] {
            assert_eq!(url(good).as_deref(), Ok(good));
        }
        assert_eq!(url("https://desk/").as_deref(), Ok("https://desk"));
        for bad in [
            "",
            "desk.example.org",
            "ftp://desk",
            "http://desk.example.org",
            "http://127.0.0.1.example.org",
            "http://127.0.0.1@example.org",
            "https://ann:pw@desk",
            "https://desk:0",
            "https://desk:x",
            "https://[::1]x",
            "https://",
            "https://desk/?a=b",
            "https://de sk",
            "https://desk/\r\nX: y",
        ] {
            assert!(url(bad).is_err(), "{bad}");
        }
        assert!(url(&format!("https://desk/{}", "a".repeat(300))).is_err());
    }
}
