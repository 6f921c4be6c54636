//! Is it asked already? In comes the title of a new ticket, out go the few public ones that may ask for the same. How much
//! a word weighs depends on how rare it is here, so that no list of small words is needed in any language. The work is
//! bounded: of each word only the newest titles that have it are looked at.

use super::search::PUBLIC;
use super::{Tx, seconds};
use crate::fault::Outcome;
use crate::limits;
use crate::model::clues::Hit;
use crate::model::ticket::{Number, State};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, params};
use std::collections::{BTreeMap, BTreeSet};

/// Words of the title that are looked for.
const WORDS: usize = 12;
/// Titles looked at for each word, the newest that have it.
const TITLES: usize = 200;
/// Candidates whose ticket is looked at.
const CANDIDATES: usize = 20;
/// The part of the title's weight that the other one's words must have, and of its own words that must be shared.
const ENOUGH: (f64, f64) = (0.6, 0.5);

impl Tx<'_> {
    /// Public tickets, open or closed lately, whose titles say much of what this one says, the likeliest first; never
    /// the ticket `but` itself.
    pub fn likely(&self, title: &str, but: Option<Number>, now: Timestamp) -> Outcome<Vec<Hit>> {
        let newest: i64 =
            self.db.query_row("SELECT coalesce(max(number), 0) FROM ticket", [], |row| row.get(0))?;
        let mut scores: BTreeMap<u32, f64> = BTreeMap::new();
        let mut whole = 0.0;
        for word in words(title).into_iter().take(WORDS) {
            let having = self.having(&word)?;
            let weight = weight(&having, newest);
            whole += weight;
            for number in having {
                *scores.entry(number).or_default() += weight;
            }
        }
        let mut best: Vec<(u32, f64)> = scores
            .into_iter()
            .filter(|(number, score)| *score >= ENOUGH.0 * whole && but != Some(Number(*number)))
            .collect();
        best.sort_by(|(one, a), (other, b)| b.total_cmp(a).then(other.cmp(one)));
        let mut hits = Vec::new();
        for (number, _) in best.into_iter().take(CANDIDATES) {
            hits.extend(self.as_likely(number, title, now)?);
            if hits.len() == limits::LIKELY {
                break;
            }
        }
        Ok(hits)
    }

    /// The newest tickets with that word in their titles, the newest first.
    fn having(&self, word: &str) -> Outcome<Vec<u32>> {
        let mut rows = self.db.prepare_cached(&format!(
            "SELECT rowid FROM titles WHERE titles MATCH ?1 ORDER BY rowid DESC LIMIT {TITLES}"
        ))?;
        let found = rows.query_map([format!("\"{word}\"")], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The ticket, if everybody may know of it, it is not long over, and its title is not mostly about other things.
    fn as_likely(&self, number: u32, title: &str, now: Timestamp) -> Outcome<Option<Hit>> {
        let since = now - SignedDuration::from_hours(24 * limits::LIKELY_CLOSED_DAYS);
        let row = self
            .db
            .prepare_cached(&format!(
                "SELECT t.state, t.title FROM ticket t
                 WHERE t.number = ?1 AND {PUBLIC} AND (t.state = 'open' OR t.changed >= ?2)"
            ))?
            .query_row(params![number, seconds(since)], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
            })
            .optional()?;
        let Some((state, other)) = row else { return Ok(None) };
        let (own, others) = (words(title), words(&other));
        let shared = own.intersection(&others).count() as f64;
        let state = State::of(&state).unwrap_or(State::Open);
        let hit = Hit { number: Number(number), state, title: other, snippet: String::new() };
        Ok((shared >= ENOUGH.1 * others.len() as f64).then_some(hit))
    }
}

/// How much a word says: the rarer, the more. Of one that has more titles than are looked at, how close together the
/// newest of them stand tells how common it is.
fn weight(having: &[u32], newest: i64) -> f64 {
    let all = newest.max(1) as f64;
    let common = match having {
        [.., oldest] if having.len() == TITLES => {
            all * TITLES as f64 / (newest - i64::from(*oldest) + 1).max(1) as f64
        }
        _ => having.len().max(1) as f64,
    };
    (1.0 + all / common).ln()
}

/// The words of a title, lower case, as the index cuts them.
fn words(title: &str) -> BTreeSet<String> {
    let all = title.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 1);
    all.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::address::Address;
    use crate::model::decision::{Change, Filing, Target, What};
    use crate::model::fields::Field;
    use crate::store::Store;
    use crate::store::events::Cause;
    use crate::store::tickets::SeenBy;

    fn day(day: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + day * 86_400).unwrap()
    }

    fn open(store: &mut Store, title: &str, state: State, private: bool, now: Timestamp) {
        let cause = Cause { actor: "x".into(), proof: "none".into(), intake: None, now };
        let change = |what| Change { line: 0, what, remark: String::new() };
        let mut changes = vec![change(What::Opened)];
        let hide = What::Set { field: Field::Private, from: None, to: Some("yes".into()) };
        changes.extend(private.then(|| change(hide)));
        let target = Target::New { title: title.into(), state };
        let filing = Filing { changes, quiet: true, ..Filing::of(target) };
        let filed = store.transact(|tx| {
            let bob = tx.meet(&Address::parse("bob@example.org").unwrap(), "Bob", now)?;
            tx.file(&filing, None, &bob, &cause, SeenBy::default())
        });
        filed.unwrap();
    }

    fn likely(store: &mut Store, title: &str, but: Option<u32>) -> Vec<u32> {
        let hits = store.transact(|tx| tx.likely(title, but.map(Number), day(40))).unwrap();
        hits.iter().map(|hit| hit.number.0).collect()
    }

    #[test]
    fn what_asks_for_the_same_is_found_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        open(&mut store, "Printer on the second floor is on fire", State::Open, false, day(40));
        open(&mut store, "Login to the mail server", State::Open, false, day(40));
        open(&mut store, "The scanner is slow", State::Open, false, day(40));
        open(&mut store, "Order new toner", State::Closed, false, day(30));
        open(&mut store, "Order new chairs", State::Closed, false, day(2));
        open(&mut store, "Salary of the boss", State::Open, true, day(40));
        open(&mut store, "Beamer broken", State::Unconfirmed, false, day(40));
        for (title, found) in [
            ("Fire: printer on second floor", vec![1]),
            ("PRINTER on fire, second floor!", vec![1]),
            ("The window is open", vec![]),
            ("Printer", vec![]),
            ("order new toner", vec![4]),
            ("Order new chairs", vec![]),
            ("Salary of the boss", vec![]),
            ("Beamer broken", vec![]),
            ("", vec![]),
            ("!!! ???", vec![]),
            ("\" OR title : x*", vec![]),
        ] {
            assert_eq!(likely(&mut store, title, None), found, "{title}");
        }
        assert_eq!(likely(&mut store, "The scanner is slow", Some(3)), Vec::<u32>::new());
    }

    #[test]
    fn three_at_most_and_the_newest_of_equals() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        for _ in 0..5 {
            open(&mut store, "No network today", State::Open, false, day(40));
        }
        assert_eq!(likely(&mut store, "no network today", None), [5, 4, 3]);
        assert_eq!(likely(&mut store, &"no network today ".repeat(1_000), None), [5, 4, 3]);
    }

    #[test]
    fn a_word_that_stands_everywhere_weighs_little() {
        let newest_first: Vec<u32> = (0..TITLES as u32).map(|n| 1_000_000 - 2 * n).collect();
        assert!(weight(&newest_first, 1_000_000) < 1.2);
        assert!(weight(&[5], 1_000_000) > 13.0);
        assert!(weight(&[], 0) > 0.0);
    }
}
