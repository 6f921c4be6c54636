//! A database with a past: tickets, people, mails and letters as years of use leave them, written by SQL in seconds
//! rather than by mail in hours. What it makes answers to [`crate::mailgen::past_id`]. The chain of events is not a
//! true one and raw mails do not match their hashes: good for measuring the way of new mail, not for an audit.

use crate::mailgen::{KNOWN_DOMAIN, PEOPLE, past_id, person};
use rusqlite::{Connection, params};
use std::path::Path;
use trackle::store::{FILE, Store};

/// Each takes the number of tickets. Person n + 1 is `mailgen::person(n)`; ticket, event, entry, intake and raw of a
/// ticket share its number.
const TABLES: [&str; 10] = [
    "INSERT INTO raw (id, sha256, size, packed) SELECT i, randomblob(32), 1500, randomblob(700) FROM n",
    "INSERT INTO intake (id, mailbox, epoch, uid, raw, arrived, taken, state, due, why, ticket, marked)
     SELECT i, 1, 1, i, i, 1700000000 + i, 1700000000 + i, 'applied', 0, 'opened', i, 1 FROM n",
    "INSERT INTO ticket (number, state, title, requester, owner, created, changed)
     SELECT i, CASE WHEN i % 20 = 0 THEN 'open' ELSE 'closed' END, 'Request number ' || i, i % people + 1,
       CASE i % 4 WHEN 0 THEN 'anna' WHEN 1 THEN 'bob' WHEN 2 THEN 'chen' END, 1700000000 + i, 1700000000 + i
     FROM n, (SELECT ?2 AS people)",
    "INSERT INTO event (seq, ticket, at, actor, proof, intake, line, what, detail, hash)
     SELECT i, i, 1700000000 + i, 'user' || i % ?2 || '@uni.example', 'domain', i, 0, 'opened', '{}', randomblob(32)
     FROM n",
    "INSERT INTO entry (id, ticket, event, intake, author, at, text)
     SELECT i, i, i, i, i % ?2 + 1, 1700000000 + i, 'Nothing works. ' || hex(randomblob(200)) FROM n",
    "INSERT INTO subscription (ticket, person, level, since) SELECT i, i % ?2 + 1, 'short', 1700000000 + i FROM n",
    "INSERT INTO message (message_id, ticket, kind, staff, outside)
     SELECT 'past.' || i || '@uni.example', i, 'theirs', 0, 1 FROM n",
    "INSERT INTO message (message_id, ticket, kind, staff, outside)
     SELECT 'trk.' || i || '.' || i || '.abcdefghijklm@team.example', i, 'ours', 1, 0 FROM n",
    "INSERT INTO seen (message_id, print, intake) SELECT 'past.' || i || '@uni.example', randomblob(32), i FROM n",
    "INSERT INTO outbox (event, kind, recipient, message_id, packed, state, queued, due, tries, ended, said)
     SELECT i, 'staff_opened', 'staff@team.example', 'trk.' || i || '.' || i || '.abcdefghijklm@team.example',
       randomblob(700), 'sent', 1700000000 + i, 1700000000 + i, 1, 1700000001 + i, '250 ok' FROM n",
];

/// Makes the database below `state` and fills it with so many tickets.
pub fn make(state: &Path, tickets: u32) {
    drop(Store::open(state).unwrap());
    let db = Connection::open(state.join(FILE)).unwrap();
    assert_eq!(past_id(1), format!("past.1@{KNOWN_DOMAIN}"));
    db.execute_batch(
        "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;
         PRAGMA foreign_keys=OFF; PRAGMA cache_size=-1000000;
         BEGIN; INSERT INTO mailbox (id, name) VALUES (1, 'maildir:/past');",
    )
    .unwrap();
    for number in 0..PEOPLE {
        let (name, address) = person(number);
        db.prepare_cached(
            "INSERT INTO person (id, address, spelled, name, confirmed, since)
             VALUES (?1, ?2, ?2, ?3, 1700000000, 1700000000)",
        )
        .unwrap()
        .execute(params![number + 1, address, name])
        .unwrap();
    }
    for insert in TABLES {
        let counted = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)";
        let sql = format!("{counted} {insert}");
        let mut insert = db.prepare(&sql).unwrap();
        insert.raw_bind_parameter(1, tickets).unwrap();
        if insert.parameter_count() > 1 {
            insert.raw_bind_parameter(2, PEOPLE).unwrap();
        }
        insert.raw_execute().unwrap();
    }
    db.execute_batch("COMMIT").unwrap();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailgen::past_person;
    use trackle::model::mail::MessageId;
    use trackle::model::ticket::Number;

    #[test]
    fn past_tickets_are_found_by_their_mail() {
        let dir = tempfile::tempdir().unwrap();
        make(dir.path(), 50);
        let mut store = Store::open(dir.path()).unwrap();
        store
            .transact(|tx| {
                let number = tx.ticket_of(&MessageId::parse(&past_id(7)).unwrap(), None)?;
                assert_eq!(number, Some(Number(7)));
                let view = tx.view(Number(7), jiff::Timestamp::UNIX_EPOCH)?.unwrap();
                assert_eq!(view.ticket.requester.address.as_str(), person(past_person(7)).1);
                assert_eq!((view.followers.len(), view.outside_thread.len()), (1, 1));
                Ok(())
            })
            .unwrap();
    }
}
