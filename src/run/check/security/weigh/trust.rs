//! Whom the robot believes, and who can listen: secrets, lines to servers, orders by mail, the web, keys, hosts.

use super::super::facts::Keys;
use super::super::look::servers;
use super::days;
use crate::config::{Config, Listen};
use crate::model::host::Standing;
use crate::model::perms::{Class, Level, Verdict, verdict};
use crate::model::server::{Roots, SecretSource, Security};
use crate::run::check::servers::is_here;
use crate::show::exposure::Row;
use crate::show::look::count;
use jiff::Timestamp;

/// Programs that only say again what they are told, so that a password is one of their words.
const SAYERS: [&str; 3] = ["echo", "printf", "yes"];
/// How old keys may become.
const KEY_DAYS: i64 = 365;
/// Orders that are kept back longer than this are asked about by a careful site.
const OLD_ORDERS_HOURS: u64 = 7 * 24;

/// Where passwords are.
pub fn secrets(config: &Config) -> Vec<Row> {
    const ITEM: &str = "password";
    let row = |table: &str, source: &SecretSource| match source {
        SecretSource::File(path) => {
            Row::closed(ITEM, format!("{table}: in a file of its own, {}", path.display()))
        }
        SecretSource::Command(words) if is_said(words) => {
            let state = format!("{table}: it stands in the configuration, in password_command");
            Row::open(ITEM, 5, state, "put it into a file and use password_file")
        }
        SecretSource::Command(words) => {
            let program = words.first().map_or("", String::as_str);
            Row::closed(ITEM, format!("{table}: {program} is asked for it"))
        }
        SecretSource::Environment(name) => {
            let state =
                format!("{table}: in the environment ({name}), which every program that it starts gets");
            Row::open(ITEM, 3, state, "put it into a file and use password_file")
        }
    };
    servers(config)
        .into_iter()
        .filter_map(|(table, server)| Some(row(table, &server.login.as_ref()?.secret)))
        .collect()
}

fn is_said(words: &[String]) -> bool {
    let name = words.first().and_then(|word| word.rsplit('/').next());
    name.is_some_and(|name| SAYERS.contains(&name))
}

/// What can be heard on the way.
pub fn lines(config: &Config) -> Vec<Row> {
    const ITEM: &str = "TLS";
    let mut rows = Vec::new();
    for (table, server) in servers(config) {
        let name = format!("{table}: {}:{}", server.host, server.port);
        let roots = match &server.roots {
            Roots::System => "the system's authorities".to_owned(),
            Roots::Bundled => "the built-in authorities".to_owned(),
            Roots::File(path) => path.display().to_string(),
        };
        rows.push(match server.security {
            Security::Tls | Security::StartTls => {
                Row::closed(ITEM, format!("{name} is encrypted, and its certificate checked against {roots}"))
            }
            Security::Plain if is_here(server) => {
                Row::closed(ITEM, format!("{name} is in the clear and does not leave this machine"))
            }
            Security::Plain if server.login.is_some() => Row::open(
                ITEM,
                9,
                format!("{name} gets the password and all mail in the clear"),
                "security = \"tls\"",
            ),
            Security::Plain => {
                Row::open(ITEM, 5, format!("{name} gets all mail in the clear"), "security = \"tls\"")
            }
        });
    }
    rows
}

/// What mail may do.
pub fn orders(config: &Config) -> Vec<Row> {
    const ITEM: &str = "orders";
    let said = &config.identity;
    let mut rows = Vec::new();
    let vouched = !said.authserv_id.is_empty() || !said.mx_hosts.is_empty() || said.dkim;
    rows.push(if vouched {
        let by: Vec<&str> = said.authserv_id.iter().chain(&said.mx_hosts).map(String::as_str).collect();
        let by = if by.is_empty() { "our own look at DKIM".to_owned() } else { by.join(", ") };
        let remedy = "be sure by `trackle check mail` that your server removes forged fields";
        Row::open(ITEM, 1, format!("run at once when the sender's domain is vouched for by {by}"), remedy)
    } else {
        Row::closed(ITEM, "are asked about by mail, unless the sender is proven otherwise")
    });
    // follows the table that decides, so that it cannot say anything else
    rows.push(match verdict(Class::Heavy, Level::Domain) {
        Verdict::Do => {
            Row::open("grave orders", 3, "run at once when a domain is vouched for", "confirm them by mail")
        }
        _ => Row::closed("grave orders", "merging, removing and many tickets at once are always asked about"),
    });
    if !said.trusted_networks.is_empty() {
        let networks: Vec<String> = said.trusted_networks.iter().map(ToString::to_string).collect();
        let state = format!("whoever sends mail from {} is believed to be who he says", networks.join(", "));
        rows.push(Row::open("networks", 2, state, "let senders log in, and take trusted_networks out"));
    }
    let hours = said.command_age.as_secs() / 3_600;
    if hours > OLD_ORDERS_HOURS {
        let state =
            format!("one of {} ago still runs: it may have been kept and sent again", count(hours, "hour"));
        rows.push(Row::open("old orders", 1, state, "command_age = \"48h\""));
    }
    rows.push(if config.policy.confirm_tickets {
        Row::closed("strangers", "answer one mail before their ticket opens")
    } else {
        Row::open("strangers", 2, "open tickets with a forged From", "confirm_tickets = true")
    });
    rows.push(match config.staff.members.len() as u64 {
        0 => Row::closed("staff", "nobody may command"),
        some => Row::closed("staff", format!("{} may command, nobody else", count(some, "member"))),
    });
    rows
}

/// Who reaches what listens for the web.
pub fn web(config: &Config) -> Row {
    const ITEM: &str = "web";
    if config.robot.base_url.is_none() && !config.web.api {
        return Row::closed(ITEM, "nothing listens");
    }
    let listen = &config.web.listen;
    let named = listen.named();
    match listen {
        Listen::Tcp(at) if !at.ip().is_loopback() => {
            let state = format!("{named} is reached from the network without TLS");
            Row::open(ITEM, 3, state, "listen = \"127.0.0.1:8025\", behind a proxy of yours")
        }
        Listen::Tcp(_) | Listen::Unix(_) => {
            Row::closed(ITEM, format!("{named} is reached from this machine alone"))
        }
    }
}

/// The keys that codes and reply addresses are made with.
pub fn keys(found: Keys, now: Timestamp) -> Row {
    const ITEM: &str = "seal";
    match found {
        Keys::Missing => Row::closed(ITEM, "there is no key yet"),
        Keys::Unseen => Row::unseen(ITEM, "its keys cannot be read from here"),
        Keys::There { changed, .. } if days(changed, now) > KEY_DAYS => {
            let old = count(days(changed, now).unsigned_abs(), "day");
            let remedy = "put a new line of `openssl rand -hex 32` above it in seal.key, and restart";
            Row::open(ITEM, 1, format!("its newest key is {old} old"), remedy)
        }
        Keys::There { count: number, .. } => {
            Row::closed(ITEM, format!("{} believed, the newest not a year old", count(number as u64, "key")))
        }
    }
}

/// The hosts whose sessions are believed.
pub fn hosts(found: Option<&[Standing]>, now: Timestamp) -> Vec<Row> {
    const ITEM: &str = "hosts";
    let Some(all) = found else { return vec![Row::unseen(ITEM, "the database cannot be read from here")] };
    let believed: Vec<&Standing> = all.iter().filter(|standing| standing.host.revoked.is_none()).collect();
    let mut rows = Vec::new();
    for standing in &believed {
        let host = &standing.host;
        let (silent, old) = (days(standing.seen.unwrap_or(host.enrolled), now), days(host.enrolled, now));
        if silent > KEY_DAYS {
            let state = format!(
                "{} is believed and sent nothing for {}",
                host.name,
                count(silent.unsigned_abs(), "day")
            );
            rows.push(Row::open(ITEM, 2, state, format!("trackle host revoke {}", host.name)));
        } else if old > 2 * KEY_DAYS {
            let state = format!("{}'s key is {} old", host.name, count(old.unsigned_abs(), "day"));
            let remedy = format!("trackle host revoke {0}, and enroll {0} with a new one", host.name);
            rows.push(Row::open(ITEM, 1, state, remedy));
        }
    }
    if rows.is_empty() {
        let state = match believed.len() as u64 {
            0 => "none is believed".to_owned(),
            some => format!("{} believed, each heard of within a year", count(some, "host")),
        };
        rows.push(Row::closed(ITEM, state));
    }
    rows
}

#[cfg(test)]
#[path = "trust/tests.rs"]
mod tests;
