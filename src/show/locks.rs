//! Locks: who works on which ticket in a session, since when and until when.

use super::grid::{self, Column, painted, plain};
use super::look::{Look, Paint, json_time};
use super::safe;
use crate::model::lock::Lock;
use crate::model::ticket::Number;
use serde_json::{Value, json};

/// One line for each lock.
pub fn page(locks: &[(Number, Lock)], look: &Look) -> String {
    let heads = ["ticket", "who", "since", "until", "where"];
    let mut rows = vec![heads.iter().map(|h| painted(Paint::Dim, h)).collect::<Vec<_>>()];
    rows.extend(locks.iter().map(|(number, lock)| {
        vec![
            painted(Paint::Bold, number.to_string()),
            plain(&lock.login),
            plain(look.date(lock.since)),
            plain(look.date(lock.until)),
            plain(place(lock)),
        ]
    }));
    let columns = [Column::Right, Column::Left, Column::Left, Column::Left, Column::Left];
    grid::lay(&columns, &rows, look)
}

/// `ann since 2026-03-02 14:02, until 2026-03-02 16:02, by hand on desk`.
pub fn line(lock: &Lock, look: &Look) -> String {
    let (since, until) = (look.date(lock.since), look.date(lock.until));
    format!("{} since {since}, until {until}, {}", safe::line(&lock.login), safe::line(&place(lock)))
}

fn place(lock: &Lock) -> String {
    match &lock.process {
        Some(process) => format!("process {} on {}", process.pid, lock.host),
        None => format!("by hand on {}", lock.host),
    }
}

/// One lock for programs; null when there is none.
pub fn json(lock: Option<&Lock>) -> Value {
    lock.map_or(Value::Null, |lock| {
        json!({
            "login": lock.login,
            "host": lock.host,
            "pid": lock.process.as_ref().map(|p| p.pid),
            "since": json_time(lock.since),
            "until": json_time(lock.until),
        })
    })
}

/// All locks for programs.
pub fn all_json(locks: &[(Number, Lock)]) -> Value {
    let one = |(number, lock): &(Number, Lock)| {
        let mut one = json(Some(lock));
        if let Some(fields) = one.as_object_mut() {
            fields.insert("ticket".into(), number.0.into());
        }
        one
    };
    locks.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::lock::Process;
    use jiff::Timestamp;

    #[test]
    fn a_lock_says_who_and_where() {
        let at = |s| Timestamp::from_second(s).unwrap();
        let by_hand =
            Lock { login: "ann".into(), host: "desk".into(), process: None, since: at(0), until: at(7_200) };
        let process = Some(Process { pid: 17, started: "then".into() });
        let session = Lock { login: "b\u{1b}en".into(), process, ..by_hand.clone() };
        let page = page(&[(Number(3), by_hand.clone()), (Number(12), session.clone())], &Look::plain());
        let wanted = "\
ticket  who      since             until             where
    #3  ann      1970-01-01 00:00  1970-01-01 02:00  by hand on desk
   #12  b\\x1ben  1970-01-01 00:00  1970-01-01 02:00  process 17 on desk
";
        assert_eq!(page, wanted);
        assert_eq!(
            line(&session, &Look::plain()),
            "b\\x1ben since 1970-01-01 00:00, until 1970-01-01 02:00, process 17 on desk"
        );
        assert_eq!((&json(Some(&session))["pid"], json(None)), (&json!(17), Value::Null));
        assert_eq!(json(Some(&by_hand))["until"], "1970-01-01T02:00:00Z");
    }
}
