//! Twice or never: the row that says that a period is done and the letter of that period are written together, or neither is,
//! and there is one such row for each period and reader.

use super::*;
use rusqlite::Connection;

/// Each sort of letter that comes once in a period: its name, and what owes it.
type Sort = (&'static str, fn(&Tx<'_>, &House, Timestamp) -> Outcome<usize>);
const SORTS: [Sort; 3] = [
    ("digest", owe_due),
    ("own", own::owe_due),
    ("news", |tx, house, now| roundups::owe_due(tx, house, now).map(|round| round.owed)),
];

/// Ann has done something to Bob's ticket, whose news he gathers; all looks have begun.
fn busy() -> (Desk, Connection) {
    let (mut desk, ticket) = gathering(Level::Daily);
    (desk.house.digest.own, desk.house.digest.news) = (true, true);
    for (_, owe) in SORTS {
        let house = &desk.house;
        desk.store.transact(|tx| owe(tx, house, at("2026-01-02T05:00:00Z"))).unwrap();
    }
    let closed = What::State { from: State::Open, to: State::Closed };
    desk.file("ann@x.example", Some(ticket), closed, Some("It is out."), "2026-01-02T05:10:00Z");
    let db = Connection::open(desk.dir.path().join(crate::store::FILE)).unwrap();
    (desk, db)
}

fn count(db: &Connection, table: &str, kind: &str) -> u32 {
    db.query_row(&format!("SELECT count(*) FROM {table} WHERE kind = ?1"), [kind], |row| row.get(0)).unwrap()
}

#[test]
fn the_row_of_a_period_and_its_letter_come_together_or_not_at_all() {
    let now = at("2026-01-03T06:30:00Z");
    for (kind, owe) in SORTS {
        for table in ["outbox", "period_sent", "event"] {
            let (mut desk, db) = busy();
            let house = &desk.house;
            let both = |db: &Connection| (count(db, "period_sent", kind), count(db, "outbox", kind));
            let before = both(&db);
            db.execute_batch(&format!(
                "CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'broken'); END"
            ))
            .unwrap();
            assert!(desk.store.transact(|tx| owe(tx, house, now)).is_err(), "{kind}, {table}");
            assert_eq!(both(&db), before, "{kind}, {table}");
            db.execute_batch("DROP TRIGGER broken").unwrap();
            // then it is not over, and comes once
            for owed in [1, 0, 0] {
                assert_eq!(desk.store.transact(|tx| owe(tx, house, now)).unwrap(), owed, "{kind}, {table}");
            }
            assert_eq!(both(&db), (before.0 + 1, before.1 + 1), "{kind}, {table}");
        }
    }
}

#[test]
fn a_period_has_one_row_for_each_reader() {
    let (mut desk, db) = busy();
    let (bob, carla) = (address("bob@y.example"), address("Carla@y.example"));
    desk.store
        .transact(|tx| {
            let mark = tx.mark(at("2026-01-03T06:30:00Z"))?;
            let done = |to, period| tx.digest_done(Done { kind: "news", to, period, mark });
            assert!(done(&bob, "2026-01-03")? && !done(&bob, "2026-01-03")?);
            assert!(done(&carla, "2026-01-03")? && done(&bob, "2026-01-04")?);
            // however his address is spelled
            assert!(!done(&address("carla@Y.example"), "2026-01-03")?);
            Ok(())
        })
        .unwrap();
    let again = "INSERT INTO period_sent (kind, recipient, period, at, upto)
                 SELECT kind, recipient, period, at, upto FROM period_sent";
    assert!(db.execute(again, []).is_err(), "the database itself sees to it");
}
