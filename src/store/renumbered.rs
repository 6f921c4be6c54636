//! Numbers that a mail server has given to other mails without saying so (no new UIDVALIDITY, as RFC 9051 2.3.1.1 wants).
//! In come entries of a whole listing; out goes which of them may be another mail than the one kept under its number, and,
//! once its bytes are there, a place for it. What was kept stays; only its number is not its own any more.

use super::spool::{Cursor, Parcelled};
use super::{Store, Tx, seconds};
use crate::fault::Outcome;
use crate::limits;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

/// What a listing says of a mail.
#[derive(Debug, Clone)]
pub struct Listed {
    pub uid: String,
    /// Bytes.
    pub size: Option<u64>,
    /// In the mailbox.
    pub arrived: Option<Timestamp>,
}

impl Store {
    /// Which of these have a known number, and another time of arrival or quite another size than what is kept under it.
    /// Sizes are compared with some room, since some servers count line ends in another way than they send them.
    pub fn doubtful(&self, at: Cursor, entries: &[Listed]) -> Outcome<Vec<bool>> {
        let mut known = self.db.prepare_cached(
            "SELECT i.arrived, r.size FROM intake i JOIN raw r ON r.id = i.raw
             WHERE i.mailbox = ?1 AND i.epoch = ?2 AND i.uid = ?3",
        )?;
        let mut one = |entry: &Listed| -> Outcome<bool> {
            let row: Option<(i64, u64)> = known
                .query_row(params![at.mailbox, at.epoch, entry.uid], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((arrived, size)) = row else { return Ok(false) };
            let moved = entry.arrived.is_some_and(|time| seconds(time) != arrived);
            // of a mail over the limit only the beginning is kept
            let whole = size != limits::HEAD_BYTES as u64;
            let grown = entry.size.is_some_and(|listed| whole && listed.abs_diff(size) > size / 8 + 64);
            Ok(moved || grown)
        };
        entries.iter().map(&mut one).collect()
    }
}

impl Tx<'_> {
    /// Keeps a mail whose number was known, if it is another one than the one kept under it. Gives its intake number then.
    pub fn keep_instead(&self, at: Cursor, mail: &Parcelled, now: Timestamp) -> Outcome<Option<i64>> {
        let earlier: Option<(i64, bool)> = self
            .db
            .prepare_cached(
                "SELECT i.id, r.sha256 = ?4 FROM intake i JOIN raw r ON r.id = i.raw
                 WHERE i.mailbox = ?1 AND i.epoch = ?2 AND i.uid = ?3",
            )?
            .query_row(params![at.mailbox, at.epoch, mail.uid, mail.sha256()], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        match earlier {
            Some((intake, true)) => {
                let arrived = mail.arrived.map(seconds);
                self.run(
                    "UPDATE intake SET arrived = coalesce(?2, arrived) WHERE id = ?1",
                    params![intake, arrived],
                )?;
                Ok(None)
            }
            Some((intake, false)) => {
                // no server gives such a number, and no mark is given by it
                self.run("UPDATE intake SET uid = uid || '~' || id, marked = 1 WHERE id = ?1", [intake])?;
                self.keep(at, mail, now)
            }
            None => self.keep(at, mail, now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_mail_under_a_known_number_is_kept_beside_the_first() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let time = |n| Timestamp::from_second(n).unwrap();
        let parcel = |text: &str, n| Parcelled::new("5".into(), text.as_bytes(), Some(time(n)), false);
        let at = store
            .transact(|tx| {
                let at = Cursor { epoch: 7, ..tx.mailbox("m")? };
                tx.keep(at, &parcel("first", 10), time(20))?.unwrap();
                Ok(at)
            })
            .unwrap();
        let entry = |size, n: Option<i64>| Listed { uid: "5".into(), size, arrived: n.map(time) };
        let doubts = [
            entry(Some(5), Some(10)),
            entry(Some(60), Some(10)),
            entry(None, None),
            entry(Some(5), Some(11)),
            entry(Some(600), Some(10)),
            Listed { uid: "6".into(), ..entry(Some(600), Some(11)) },
        ];
        assert_eq!(store.doubtful(at, &doubts).unwrap(), [false, false, false, true, true, false]);
        store
            .transact(|tx| {
                assert_eq!(tx.keep_instead(at, &parcel("first", 11), time(30))?, None);
                assert!(tx.keep_instead(at, &parcel("other", 11), time(30))?.is_some());
                assert!(tx.keep_instead(at, &parcel("third", 11), time(30))?.is_some());
                Ok(())
            })
            .unwrap();
        assert_eq!(store.doubtful(at, &doubts[3..4]).unwrap(), [false]);
        let numbers: Vec<String> = store
            .db
            .prepare("SELECT uid FROM intake ORDER BY id")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(numbers, ["5~1", "5~2", "5"]);
    }
}
