//! Mails that a safety stop holds: too many of one sender, the same words again, more news of a ticket than an hour may
//! have, a complaint that anybody may have written. Nobody is asked about them, so staff are told, once of each mail and
//! gathered by reason. Lets nothing through and throws nothing away; that is a sysadmin's (`quarantine`).

use super::Tx;
use crate::fault::Outcome;
use crate::model::letter::Stopped;
use rusqlite::params;

/// The condition of the index `intake_stopped`, word for word: without it each look reads all mails that ever came.
const STOPPED: &str = "state = 'held' AND stopped = 1";
/// Mails looked at for one letter; those beyond are told of in the next.
const MAILS: usize = 10_000;
/// Mails of one reason that are named.
const NAMED: usize = 10;

impl Tx<'_> {
    /// Notes that a safety stop holds a mail.
    pub fn stop(&self, intake: i64) -> Outcome<()> {
        self.db.prepare_cached("UPDATE intake SET stopped = 1, told = 0 WHERE id = ?1")?.execute([intake])?;
        Ok(())
    }

    /// The held ones that staff do not know of yet, by reason, oldest first; noted as told with this call.
    pub fn newly_stopped(&self) -> Outcome<Vec<Stopped>> {
        let (stopped, last) = self.stopped_where("AND told = 0")?;
        if let Some(last) = last {
            self.db.execute(
                &format!("UPDATE intake SET told = 1 WHERE {STOPPED} AND told = 0 AND id <= ?1"),
                params![last],
            )?;
        }
        Ok(stopped)
    }

    /// All that are held now, by reason, those first that staff do not know of.
    pub fn stopped(&self) -> Outcome<Vec<Stopped>> {
        Ok(self.stopped_where("")?.0)
    }

    /// And the number of the last mail that was looked at.
    fn stopped_where(&self, which: &'static str) -> Outcome<(Vec<Stopped>, Option<i64>)> {
        let mut rows = self.db.prepare_cached(&format!(
            "SELECT id, why FROM intake WHERE {STOPPED} {which} ORDER BY told, id LIMIT {MAILS}"
        ))?;
        let mut rows = rows.query([])?;
        let (mut all, mut last) = (Vec::<Stopped>::new(), None);
        let mut places = std::collections::HashMap::<String, usize>::new();
        while let Some(row) = rows.next()? {
            let (mail, why): (i64, String) = (row.get(0)?, row.get(1)?);
            last = Some(mail);
            let place = *places.entry(why.clone()).or_insert(all.len());
            if place == all.len() {
                all.push(Stopped { why, mails: Vec::new(), count: 0 });
            }
            if let Some(group) = all.get_mut(place) {
                group.count += 1;
                group.mails.extend((group.mails.len() < NAMED).then_some(mail));
            }
        }
        Ok((all, last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::decision::End;
    use crate::store::Store;
    use crate::store::spool::Parcelled;
    use jiff::Timestamp;

    #[test]
    fn each_is_told_once_and_gathered_by_reason() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let hold = |tx: &Tx<'_>, n: usize, why: &str| -> Outcome<i64> {
            let uid = format!("{n} {why}");
            let parcel = Parcelled::new(uid.clone(), uid.as_bytes(), None, false);
            let mail = tx.keep(tx.mailbox("x")?, &parcel, Timestamp::UNIX_EPOCH)?.unwrap();
            tx.end(mail, End::Held, why, None)?;
            Ok(mail)
        };
        store
            .transact(|tx| {
                assert_eq!(tx.newly_stopped()?, []);
                for n in 0..12 {
                    let mail = hold(tx, n, "too many of ann")?;
                    tx.stop(mail)?;
                }
                let ben = hold(tx, 0, "too many of ben")?;
                tx.stop(ben)?;
                hold(tx, 1, "waits for its sender")?;
                let told = tx.newly_stopped()?;
                assert_eq!(
                    told.iter().map(|s| (s.mails.len(), s.count)).collect::<Vec<_>>(),
                    [(10, 12), (1, 1)]
                );
                assert_eq!((told[1].mails.as_slice(), tx.newly_stopped()?), (&[ben][..], vec![]));
                assert_eq!(tx.stopped()?, told);
                tx.end(ben, End::Applied, "", None)?;
                assert_eq!(tx.stopped()?.len(), 1);
                Ok(())
            })
            .unwrap();
        for which in ["", "AND told = 0"] {
            let query = format!(
                "EXPLAIN QUERY PLAN SELECT id, why FROM intake WHERE {STOPPED} {which} ORDER BY told, id"
            );
            let plan: String = store.db.query_row(&query, [], |row| row.get(3)).unwrap();
            assert!(plan.contains(" INDEX intake_stopped"), "{plan}");
        }
    }
}
