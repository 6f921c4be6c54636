//! Tokens: for whom, from where, and when they were used last. The tokens themselves are nowhere.

use super::grid::{self, Cell, Column, painted, plain};
use super::look::{Look, Paint, age, json_time};
use crate::model::token::Grant;
use jiff::Timestamp;
use serde_json::{Value, json};

/// One line each.
pub fn page(all: &[Grant], now: Timestamp, look: &Look) -> String {
    let columns = [Column::Right, Column::Left, Column::Left, Column::Left, Column::Left, Column::Left];
    let heads = ["token", "host", "for", "made", "used", "state"];
    let mut rows: Vec<Vec<Cell>> = vec![heads.into_iter().map(|h| painted(Paint::Dim, h)).collect()];
    rows.extend(all.iter().map(|grant| row(grant, now, look)));
    grid::lay(&columns, &rows, look)
}

fn row(grant: &Grant, now: Timestamp, look: &Look) -> Vec<Cell> {
    let state = match grant.ends {
        None => plain("counts"),
        Some(end) if now < end => painted(Paint::Careful, format!("counts until {}", look.date(end))),
        Some(_) => painted(Paint::Bad, "revoked"),
    };
    let whose = match &grant.user {
        Some(user) if *user != grant.login => format!("{} (as {user})", grant.login),
        _ => grant.login.clone(),
    };
    vec![
        plain(grant.id.to_string()),
        painted(Paint::Bold, &grant.host),
        plain(whose),
        plain(look.date(grant.made)),
        plain(grant.seen.map_or_else(|| "never".to_owned(), |at| format!("{} ago", age(at, now)))),
        state,
    ]
}

/// All there is to tell, as an array.
pub fn json(all: &[Grant], now: Timestamp) -> Value {
    let one = |grant: &Grant| {
        json!({
            "token": grant.id,
            "host": grant.host,
            "login": grant.login,
            "user": grant.user,
            "made": json_time(grant.made),
            "ends": grant.ends.map(json_time),
            "counts": grant.holds(now),
            "seen": grant.seen.map(json_time),
            "version": grant.program,
            "unsent": grant.unsent,
        })
    };
    all.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_stand_below_each_other() {
        let at = |s: i64| Timestamp::from_second(s).unwrap();
        let grant = |id, ends| Grant {
            id,
            login: "ann".into(),
            host: "web1".into(),
            user: Some("root".into()),
            made: at(0),
            ends,
            seen: Some(at(60)),
            program: Some("0.1.0".into()),
            unsent: Some(2),
        };
        let all = [grant(1, Some(at(100))), grant(2, None)];
        let page = page(&all, at(120), &Look::plain());
        let lines: Vec<&str> = page.lines().collect();
        assert!(lines[1].contains("web1") && lines[1].ends_with("revoked"), "{page}");
        assert!(lines[2].contains("ann (as root)") && lines[2].ends_with("counts"), "{page}");
        let json = json(&all, at(120));
        assert_eq!((&json[0]["counts"], &json[1]["counts"]), (&json!(false), &json!(true)));
        assert_eq!(json[1]["unsent"], 2);
    }
}
