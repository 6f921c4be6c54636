//! People: who confirmed an address, who follows how much, and whom letters do not reach.

use super::grid::{self, Cell, Column, painted, plain};
use super::look::{Look, Paint, age, json_time};
use crate::store::reach::Standing;
use jiff::Timestamp;
use serde_json::{Value, json};

/// One line each.
pub fn page(people: &[Standing], now: Timestamp, look: &Look) -> String {
    let columns = [Column::Grow, Column::Left, Column::Right, Column::Right, Column::Left];
    let heads = ["address", "name", "confirmed", "follows", "mail"];
    let mut rows: Vec<Vec<Cell>> = vec![heads.into_iter().map(|h| painted(Paint::Dim, h)).collect()];
    rows.extend(people.iter().map(|p| row(p, now)));
    grid::lay(&columns, &rows, look)
}

fn row(person: &Standing, now: Timestamp) -> Vec<Cell> {
    let confirmed =
        person.confirmed.map_or_else(|| painted(Paint::Careful, "never"), |at| plain(age(at, now)));
    vec![
        plain(&person.address),
        plain(if person.name.is_empty() { "-" } else { &person.name }),
        confirmed,
        plain(person.follows.to_string()),
        mail(person, now),
    ]
}

/// Whether letters reach him.
fn mail(person: &Standing, now: Timestamp) -> Cell {
    match person.suspended {
        Some(since) => painted(Paint::Careful, format!("suspended for {}", age(since, now))),
        None if person.score > 0.0 => plain(format!("came back, score {}", person.score)),
        None => plain("arrives"),
    }
}

/// All there is to tell, as an array.
pub fn json(people: &[Standing]) -> Value {
    let one = |p: &Standing| {
        json!({
            "address": p.address,
            "name": p.name,
            "since": json_time(p.since),
            "confirmed": p.confirmed.map(json_time),
            "follows": p.follows,
            "score": p.score,
            "scored": p.scored.map(json_time),
            "suspended": p.suspended.map(json_time),
            "warnings": p.warnings,
        })
    };
    people.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_stand_below_each_other() {
        let at = |s: i64| Timestamp::from_second(s).unwrap();
        let bob = Standing {
            address: "bob@example.org".into(),
            name: "Bob\u{1b}[31m".into(),
            since: at(0),
            confirmed: Some(at(60)),
            score: 0.0,
            scored: None,
            suspended: None,
            warnings: 0,
            follows: 2,
        };
        let name = String::new();
        let eve =
            Standing { address: "eve@example.org".into(), name, confirmed: None, score: 1.5, ..bob.clone() };
        let gone = Standing {
            address: "old@example.org".into(),
            score: 5.0,
            suspended: Some(at(3_600)),
            ..eve.clone()
        };
        let page = page(&[gone.clone(), eve, bob], at(7_200), &Look::plain());
        let wanted = "\
address          name         confirmed  follows  mail
old@example.org  -                never        2  suspended for 1h
eve@example.org  -                never        2  came back, score 1.5
bob@example.org  Bob\\x1b[31m         1h        2  arrives
";
        assert_eq!(page, wanted, "{page}");
        let json = json(&[gone]);
        assert_eq!((&json[0]["score"], &json[0]["confirmed"]), (&json!(5.0), &Value::Null));
        assert_eq!(json[0]["suspended"], "1970-01-01T01:00:00Z");
    }
}
