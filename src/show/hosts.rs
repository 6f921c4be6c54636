//! Hosts: which ones are believed, who said so, and what came from them.

use super::grid::{self, Cell, Column, painted, plain};
use super::look::{Look, Paint, age, json_time};
use crate::model::host::{Host, Standing};
use jiff::Timestamp;
use serde_json::{Value, json};

/// One line each.
pub fn page(hosts: &[Standing], now: Timestamp, look: &Look) -> String {
    let columns = [
        Column::Left,
        Column::Left,
        Column::Left,
        Column::Left,
        Column::Right,
        Column::Left,
        Column::Right,
        Column::Right,
        Column::Left,
    ];
    let heads = ["host", "whose", "key", "enrolled", "seen", "version", "sessions", "unsent", "state"];
    let mut rows: Vec<Vec<Cell>> = vec![heads.into_iter().map(|h| painted(Paint::Dim, h)).collect()];
    rows.extend(hosts.iter().map(|standing| row(standing, now, look)));
    grid::lay(&columns, &rows, look)
}

fn row(standing: &Standing, now: Timestamp, look: &Look) -> Vec<Cell> {
    let host = &standing.host;
    vec![
        painted(Paint::Bold, &host.name),
        plain(whose(host)),
        plain(host.key.print()),
        plain(look.date(host.enrolled)),
        plain(standing.seen.map_or_else(|| "never".to_owned(), |at| age(at, now))),
        plain(standing.program.as_deref().unwrap_or("-")),
        plain(standing.bundles.to_string()),
        plain(standing.unsent.map_or_else(|| "-".to_owned(), |unsent| unsent.to_string())),
        state(standing),
    ]
}

/// Whose sessions it signs: `everybody`, `ann`, `root (ann)`.
fn whose(host: &Host) -> String {
    let login = host.login.as_deref().unwrap_or("everybody");
    match host.member.as_deref() {
        Some(member) if host.login.as_deref() != Some(member) => format!("{login} ({member})"),
        _ => login.to_owned(),
    }
}

fn state(standing: &Standing) -> Cell {
    match standing.missing() {
        _ if standing.host.revoked.is_some() => painted(Paint::Bad, "revoked"),
        0 => plain("believed"),
        missing => painted(Paint::Careful, format!("believed, {missing} missing")),
    }
}

/// All there is to tell, as an array.
pub fn json(hosts: &[Standing]) -> Value {
    let one = |standing: &Standing| {
        let host = &standing.host;
        json!({
            "host": host.name,
            "key": host.key.to_string(),
            "print": host.key.print(),
            "login": host.login,
            "member": host.member,
            "enrolled": json_time(host.enrolled),
            "by": host.by,
            "revoked": host.revoked.map(json_time),
            "seen": standing.seen.map(json_time),
            "version": standing.program,
            "sessions": standing.bundles,
            "last": standing.last,
            "missing": standing.missing(),
            "spoke": standing.spoke.map(json_time),
            "unsent": standing.unsent,
        })
    };
    hosts.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bundle::HostKey;

    #[test]
    fn hosts_stand_below_each_other() {
        let at = |s: i64| Timestamp::from_second(s).unwrap();
        let host = Host {
            key: HostKey([1; 32]),
            name: "web1".into(),
            login: None,
            member: None,
            enrolled: at(0),
            by: "ann@example.org".into(),
            revoked: None,
        };
        let web = Standing {
            host: host.clone(),
            seen: Some(at(3_600)),
            program: Some("0.1.0".into()),
            bundles: 3,
            last: 4,
            spoke: None,
            unsent: Some(2),
        };
        let own = Host {
            login: Some("root".into()),
            member: Some("ann".into()),
            name: "db".into(),
            ..host.clone()
        };
        let db =
            Standing { host: own, seen: None, program: None, bundles: 0, last: 0, spoke: None, unsent: None };
        let gone = Standing { host: Host { revoked: Some(at(9)), ..host }, ..web.clone() };
        let page = page(&[web, db, gone.clone()], at(7_200), &Look::plain());
        let wanted = "\
host  whose       key                  enrolled           seen  version  sessions  unsent  state
web1  everybody   72cd-6e84-22c4-07fb  1970-01-01 00:00     1h  0.1.0           3       2  believed, 1 missing
db    root (ann)  72cd-6e84-22c4-07fb  1970-01-01 00:00  never  -               0       -  believed
web1  everybody   72cd-6e84-22c4-07fb  1970-01-01 00:00     1h  0.1.0           3       2  revoked
";
        assert_eq!(page, wanted, "{page}");
        assert_eq!(json(&[gone])[0]["missing"], 1);
    }
}
