//! `[web]` and `robot.base_url`: where a proxy hands requests to the robot, and how the world names that place.

use super::sheet::Sheet;
use crate::config::written;
use crate::config::{Listen, Web};
use crate::model::address::Address;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use toml::Spanned;

/// Where it listens unless it is told.
const PORT: u16 = 8025;
/// Longest base URL: with a code behind it, it has to fit into one line of a header.
const LONGEST: usize = 200;

pub(super) fn web(said: &written::Web, sheet: &mut Sheet) -> Web {
    let default = Listen::Tcp(SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)));
    let listen = said.listen.as_ref().and_then(|l| listen(l, sheet)).unwrap_or(default);
    let api = said.api.as_ref().filter(|on| *on.get_ref());
    if let (Some(on), Listen::Tcp(at)) = (api, &listen)
        && !at.ip().is_loopback()
    {
        let what = format!(
            "would take tokens in the clear at {at}: listen at 127.0.0.1 or a socket, behind a proxy"
        );
        sheet.note(on, what);
    }
    Web { listen, api: api.is_some() }
}

fn listen(said: &Spanned<String>, sheet: &mut Sheet) -> Option<Listen> {
    let text = said.get_ref();
    if Path::new(text).is_absolute() {
        return Some(Listen::Unix(sheet.path(said)));
    }
    match text.parse() {
        Ok(address) => Some(Listen::Tcp(address)),
        Err(_) => {
            let what = "is neither an address with a port, such as \"127.0.0.1:8025\", nor the absolute path of a socket";
            sheet.wrong(said, format!("{text:?} {what}"))
        }
    }
}

/// `https://name[:port][/path]` in plain characters, since mail programs read it in a header (RFC 8058 3.1 wants https).
pub(super) fn base_url(said: &Spanned<String>, sheet: &mut Sheet) -> Option<String> {
    let text = said.get_ref().trim_end_matches('/');
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    let is_right = |rest: &str| {
        let (server, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = server.split_once(':').unwrap_or((server, "443"));
        Address::parse(&format!("x@{host}")).is_some()
            && port.parse::<u16>().is_ok()
            && path.bytes().all(is_plain)
    };
    if text.len() <= LONGEST && text.strip_prefix("https://").is_some_and(is_right) {
        return Some(text.to_owned());
    }
    sheet.wrong(
        said,
        format!("{text:?} is not such as \"https://desk.example.org\" or \"https://example.org/desk\""),
    )
}
