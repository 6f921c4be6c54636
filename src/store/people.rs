//! People and how often they did something lately.

use super::tickets::person;
use super::{Tx, seconds};
use crate::fault::{Fault, Outcome};
use crate::model::address::Address;
use crate::model::language::Language;
use crate::model::person::Person;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

impl Tx<'_> {
    /// The person of that address, if he wrote before.
    pub fn person(&self, address: &Address) -> Outcome<Option<Person>> {
        let found = self
            .db
            .prepare_cached("SELECT id, spelled, name, confirmed, language FROM person WHERE address = ?1")?
            .query_row([address.key()], |row| person(row, 0))
            .optional()?;
        Ok(found)
    }

    /// The person of that number.
    pub fn person_numbered(&self, id: i64) -> Outcome<Option<Person>> {
        let found = self
            .db
            .prepare_cached("SELECT id, spelled, name, confirmed, language FROM person WHERE id = ?1")?
            .query_row([id], |row| person(row, 0))
            .optional()?;
        Ok(found)
    }

    /// The person of that address, made when new. A name is learned once and kept.
    pub fn meet(&self, address: &Address, name: &str, now: Timestamp) -> Outcome<Person> {
        let met = self.person(address)?;
        if let Some(met) = met.filter(|met| name.is_empty() || !met.name.is_empty()) {
            return Ok(met);
        }
        // RETURNING would have SQLite open a table of its own for each call
        self.db
            .prepare_cached(
                "INSERT INTO person (address, spelled, name, since) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (address) DO UPDATE SET name = CASE name WHEN '' THEN excluded.name ELSE name END",
            )?
            .execute(params![address.key(), address.as_str(), name, seconds(now)])?;
        self.person(address)?.ok_or_else(|| Fault::lasting(format!("{address} was not kept")))
    }

    /// What this person writes in; kept until another mail says otherwise.
    pub fn learn_language(&self, id: i64, language: &Language) -> Outcome<()> {
        self.db
            .prepare_cached("UPDATE person SET language = ?2 WHERE id = ?1 AND language IS NOT ?2")?
            .execute(params![id, language.code()])?;
        Ok(())
    }

    /// The address answered a mail of ours.
    pub fn confirm_person(&self, id: i64, now: Timestamp) -> Outcome<()> {
        self.db
            .prepare_cached("UPDATE person SET confirmed = ?2 WHERE id = ?1 AND confirmed IS NULL")?
            .execute(params![id, seconds(now)])?;
        Ok(())
    }

    /// How often `whom` did `what` in that bucket.
    pub fn count(&self, what: &str, whom: &str, bucket: i64) -> Outcome<u32> {
        let found = self
            .db
            .prepare_cached("SELECT count FROM tally WHERE what = ?1 AND whom = ?2 AND bucket = ?3")?
            .query_row(params![what, whom, bucket], |row| row.get(0))
            .optional()?;
        Ok(found.unwrap_or(0))
    }

    /// Counts so many more.
    pub fn count_more(&self, what: &str, whom: &str, bucket: i64, more: usize) -> Outcome<()> {
        self.db
            .prepare_cached(
                "INSERT INTO tally (what, whom, bucket, count) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (what, whom, bucket) DO UPDATE SET count = count + excluded.count",
            )?
            .execute(params![what, whom, bucket, more as i64])?;
        Ok(())
    }

    /// Counts one more; gives the new count.
    pub fn tally(&self, what: &str, whom: &str, bucket: i64) -> Outcome<u32> {
        self.count_more(what, whom, bucket, 1)?;
        self.count(what, whom, bucket)
    }

    /// Forgets counts older than two days. A bucket is an hour or a day since 1970, which no number mixes up: there are
    /// far more hours.
    pub fn forget_tallies(&self, hour_now: i64) -> Outcome<()> {
        let (day_now, oldest_hour) = (hour_now / 24, hour_now - 48);
        self.db.execute(
            "DELETE FROM tally WHERE bucket < ?1 OR bucket > ?2 AND bucket < ?3",
            params![day_now - 2, day_now + 2, oldest_hour],
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::store::Store;
    use crate::store::tickets::{day, hour};
    use jiff::{SignedDuration, Timestamp};

    /// The number of a day is as small as that of an hour in 1972: counts of days were once forgotten at the next tidying.
    #[test]
    fn counts_are_kept_for_two_days_whatever_they_count() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let noon = Timestamp::from_second(20_833 * 86_400 + 12 * 3_600).unwrap();
        let back = |hours: i64| noon - SignedDuration::from_hours(hours);
        let hours = [(0, 1), (1, 1), (47, 1), (48, 1), (49, 0), (1_000, 0)];
        let days = [(-24, 1), (0, 1), (24, 1), (48, 1), (72, 0), (24_000, 0)];
        store
            .transact(|tx| {
                for (ago, _) in hours {
                    tx.tally("mails", "ann", hour(back(ago)))?;
                }
                for (ago, _) in days {
                    tx.tally("automatic", "ann", day(back(ago)))?;
                }
                tx.forget_tallies(hour(noon))?;
                tx.forget_tallies(hour(noon))?;
                for (ago, left) in hours {
                    assert_eq!(tx.count("mails", "ann", hour(back(ago)))?, left, "{ago} hours ago");
                }
                for (ago, left) in days {
                    assert_eq!(
                        tx.count("automatic", "ann", day(back(ago)))?,
                        left,
                        "the day {ago} hours ago"
                    );
                }
                Ok(())
            })
            .unwrap();
    }
}
