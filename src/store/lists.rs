//! Lists of tickets for the console: what is asked for comes in, the tickets with all that is set at them go out. Open ones come by how
//! much they matter now, which grows with the open ones that match and never with what is closed; others by their last
//! change. What is unconfirmed appears in no list.

use super::tickets::person;
use super::{Reader, Tx, time};
use crate::fault::Outcome;
use crate::model::fields::{Field, Fields, Values};
use crate::model::importance::{self, Weight};
use crate::model::links::{Link, Relation};
use crate::model::lock::Lock;
use crate::model::ticket::{Number, State, Ticket};
use jiff::civil::Date;
use rusqlite::{Row, params_from_iter};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;

const LINE: &str =
    "SELECT t.number, t.state, t.title, t.owner, t.created, t.changed, p.id, p.spelled, p.name, p.confirmed,
       (SELECT json_group_array(json_array(f.name, f.value)) FROM field f WHERE f.ticket = t.number),
       (SELECT json_group_array(g.word) FROM tag g WHERE g.ticket = t.number),
       (SELECT json_group_array(json_array(r.kind, o.number, o.state))
          FROM relation r JOIN ticket o ON o.number = r.other WHERE r.ticket = t.number),
       (SELECT json_group_array(json_array(r.kind, o.number, o.state))
          FROM relation r JOIN ticket o ON o.number = r.ticket WHERE r.other = t.number)
     FROM ticket t JOIN person p ON p.id = t.requester";
/// Sorted by an index that holds no closed ticket.
const OPEN: &str = "SELECT number FROM ticket WHERE state = 'open' ORDER BY changed DESC, number DESC";
/// Closed tickets that are listed when nothing is looked for: enough to look through, older ones are found by their words.
pub const NEWEST: usize = 1_000;
/// Tickets that words find for a list, the best first.
pub const FOUND: usize = 500;

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub ticket: Ticket,
    /// Titles are left out.
    pub links: Vec<Link>,
    /// Who works on it in a session.
    pub lock: Option<Lock>,
}

/// Which tickets are listed.
#[derive(Debug, Clone, Copy)]
pub struct Which<'a> {
    /// `None`: open and closed ones.
    pub state: Option<State>,
    pub owner: Owner<'a>,
    /// All of these hold.
    pub only: &'a [Only],
    /// At most so many, the first ones.
    pub most: usize,
}

impl Which<'_> {
    /// The condition on a ticket `t`, and what it is compared with.
    pub(super) fn condition(&self) -> (String, Vec<String>) {
        let mut with = Vec::new();
        let mut all = vec![match self.state {
            None => "t.state != 'unconfirmed'",
            Some(State::Closed) => "t.state = 'closed'",
            Some(_) => "t.state = 'open'",
        }];
        match self.owner {
            Owner::Anybody => {}
            Owner::Nobody => all.push("t.owner IS NULL"),
            Owner::Is(login) => {
                all.push("t.owner = ?");
                with.push(login.to_owned());
            }
        }
        for only in self.only {
            let (condition, values) = only.condition();
            all.push(condition);
            with.extend(values);
        }
        (all.join(" AND "), with)
    }
}

/// The same question for whoever asks it from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub state: Option<State>,
    pub owner: Option<String>,
    /// Those of nobody; then `owner` is not looked at.
    pub unowned: bool,
    pub only: Vec<Only>,
    pub most: usize,
}

impl Asked {
    /// The question.
    pub fn which(&self) -> Which<'_> {
        let owner = match &self.owner {
            _ if self.unowned => Owner::Nobody,
            Some(login) => Owner::Is(login),
            None => Owner::Anybody,
        };
        Which { state: self.state, owner, only: &self.only, most: self.most }
    }
}

/// Whose tickets are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner<'a> {
    Anybody,
    Nobody,
    /// A login.
    Is(&'a str),
}

/// What else has to hold of a listed ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Only {
    /// The field is set.
    Set(Field),
    /// It has that value, in whatever case.
    Is(Field, String),
    /// It has that keyword.
    Tagged(String),
    /// It is a part of that one.
    PartOf(Number),
    /// It waits for something: a day, somebody, another ticket that is open.
    Waits,
}

/// What the team goes by: the order of its values, and the day that it is.
#[derive(Debug, Clone, Copy)]
pub struct Yardstick<'a> {
    pub values: &'a Values,
    pub today: Date,
}

impl Only {
    /// The condition on a ticket `t`, and what it is compared with.
    fn condition(&self) -> (&'static str, Vec<String>) {
        const FIELD: &str = "EXISTS (SELECT 1 FROM field f WHERE f.ticket = t.number AND f.name = ?)";
        const VALUE: &str = "EXISTS (SELECT 1 FROM field f WHERE f.ticket = t.number AND f.name = ?
                             AND f.value = ? COLLATE NOCASE)";
        const WAITS: &str = "(EXISTS (SELECT 1 FROM field f WHERE f.ticket = t.number AND f.name = 'wait')
          OR EXISTS (SELECT 1 FROM relation r JOIN ticket o ON o.number = r.other
                     WHERE r.ticket = t.number AND r.kind = 'depends' AND o.state = 'open'))";
        match self {
            Only::Set(field) => (FIELD, vec![field.word().into()]),
            Only::Is(field, value) => (VALUE, vec![field.word().into(), value.clone()]),
            Only::Tagged(word) => (
                "EXISTS (SELECT 1 FROM tag g WHERE g.ticket = t.number AND g.word = ?)",
                vec![word.to_lowercase()],
            ),
            Only::PartOf(number) => (
                "EXISTS (SELECT 1 FROM relation r WHERE r.ticket = t.number AND r.kind = 'parent'
                         AND r.other = CAST(? AS INTEGER))",
                vec![number.0.to_string()],
            ),
            Only::Waits => (WAITS, Vec::new()),
        }
    }
}

impl Reader {
    /// Those tickets; open ones the most important first, others the newest change first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list(&self, which: Which<'_>, by: Yardstick<'_>) -> Outcome<Vec<Line>> {
        let (where_to, with) = which.condition();
        let ranked = which.state == Some(State::Open);
        let most = if ranked { i64::MAX } else { i64::try_from(which.most).unwrap_or(i64::MAX) };
        let mut rows = self.db.prepare(&format!(
            "{LINE} WHERE {where_to} ORDER BY t.changed DESC, t.number DESC LIMIT {most}"
        ))?;
        let found = rows.query_map(params_from_iter(with), line)?;
        let mut lines = found.collect::<Result<Vec<_>, _>>()?;
        if ranked {
            lines.sort_by_cached_key(|line| Reverse(line.points(by)));
            lines.truncate(which.most);
        }
        self.with_locks(lines)
    }

    /// The numbers of all open tickets, or of the [`NEWEST`] closed ones; the newest change first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn numbers(&self, closed: bool) -> Outcome<Vec<Number>> {
        if closed {
            let only = Which { state: Some(State::Closed), owner: Owner::Anybody, only: &[], most: NEWEST };
            return self.numbers_of(only);
        }
        let mut rows = self.db.prepare_cached(OPEN)?;
        let found = rows.query_map([], |row| row.get(0).map(Number))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The numbers of those tickets, the newest change first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn numbers_of(&self, which: Which<'_>) -> Outcome<Vec<Number>> {
        let (where_to, with) = which.condition();
        let most = i64::try_from(which.most).unwrap_or(i64::MAX);
        let mut rows = self.db.prepare(&format!(
            "SELECT t.number FROM ticket t WHERE {where_to} ORDER BY t.changed DESC, t.number DESC LIMIT {most}"
        ))?;
        let found = rows.query_map(params_from_iter(with), |row| row.get(0).map(Number))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The lines of these tickets, in whatever order; those that there are.
    ///
    /// # Errors
    /// Those of the database.
    pub fn lines(&self, numbers: &[Number]) -> Outcome<Vec<Line>> {
        let wanted = serde_json::json!(numbers.iter().map(|number| number.0).collect::<Vec<_>>()).to_string();
        let mut rows =
            self.db.prepare_cached(&format!("{LINE} WHERE t.number IN (SELECT value FROM json_each(?1))"))?;
        let found = rows.query_map([wanted], line)?;
        let lines = found.collect::<Result<Vec<_>, _>>()?;
        self.with_locks(lines)
    }

    /// A number that is another one when anybody has written since: what is on a screen may be old then.
    ///
    /// # Errors
    /// Those of the database.
    pub fn version(&self) -> Outcome<i64> {
        Ok(self.db.query_row("PRAGMA data_version", [], |row| row.get(0))?)
    }

    fn with_locks(&self, mut lines: Vec<Line>) -> Outcome<Vec<Line>> {
        let locks = (Tx { db: &self.db }).locks()?.into_iter();
        let mut locks: BTreeMap<u32, Lock> = locks.map(|(number, lock)| (number.0, lock)).collect();
        lines.iter_mut().for_each(|line| line.lock = locks.remove(&line.ticket.number.0));
        Ok(lines)
    }
}

impl Line {
    /// How much it matters.
    fn points(&self, by: Yardstick<'_>) -> i64 {
        let open = |outward| {
            let is = |l: &&Link| l.relation == Relation::Depends && l.outward == outward;
            self.links.iter().filter(is).filter(|l| l.state == State::Open).count()
        };
        let created = self.ticket.created.to_zoned(jiff::tz::TimeZone::UTC).date();
        let weight = Weight {
            fields: &self.ticket.fields,
            age: importance::days_between(created, by.today),
            needed_by: open(false),
            waits_for: open(true),
        };
        importance::points(&weight, by.values, by.today)
    }
}

fn line(row: &Row<'_>) -> rusqlite::Result<Line> {
    let mut fields = Fields::default();
    for (name, value) in pairs(&row.get::<_, String>(10)?) {
        if let Some(field) = Field::of(&name) {
            fields.set(field, Some(value));
        }
    }
    let mut tags: Vec<String> = serde_json::from_str(&row.get::<_, String>(11)?).unwrap_or_default();
    tags.sort();
    let mut links = related(&row.get::<_, String>(12)?, true);
    links.extend(related(&row.get::<_, String>(13)?, false));
    let ticket = Ticket {
        number: Number(row.get(0)?),
        state: State::of(&row.get::<_, String>(1)?).unwrap_or(State::Open),
        title: row.get(2)?,
        owner: row.get(3)?,
        created: time(row.get(4)?),
        changed: time(row.get(5)?),
        requester: person(row, 6)?,
        fields,
        tags,
    };
    Ok(Line { ticket, links, lock: None })
}

fn pairs(json: &str) -> Vec<(String, String)> {
    serde_json::from_str(json).unwrap_or_default()
}

fn related(json: &str, outward: bool) -> Vec<Link> {
    let all: Vec<(String, u32, String)> = serde_json::from_str(json).unwrap_or_default();
    let link = |(kind, other, state): &(String, u32, String)| Link {
        relation: Relation::of(kind).unwrap_or(Relation::Link),
        outward,
        other: Number(*other),
        state: State::of(state).unwrap_or(State::Open),
        title: String::new(),
        private: false,
        held: false,
    };
    all.iter().map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::address::Address;
    use crate::model::decision::{Change, Filing, Target, What};
    use crate::store::Store;
    use crate::store::events::Cause;
    use crate::store::tickets::SeenBy;
    use jiff::Timestamp;
    use tempfile::TempDir;

    struct Shelf {
        dir: TempDir,
        store: Store,
    }

    impl Shelf {
        fn new() -> Shelf {
            let dir = tempfile::tempdir().unwrap();
            let store = Store::open(dir.path()).unwrap();
            Shelf { dir, store }
        }

        /// A new ticket, changed at its number in seconds.
        fn add(&mut self, number: i64, state: State, changes: Vec<What>) {
            let now = Timestamp::from_second(number).unwrap();
            let cause = Cause { actor: "x".into(), proof: "none".into(), intake: None, now };
            let change = |what| Change { line: 0, what, remark: String::new() };
            let changes = [What::Opened].into_iter().chain(changes).map(change).collect();
            let target = Target::New { title: format!("number {number}"), state };
            let filing = Filing { changes, quiet: true, ..Filing::of(target) };
            let filed = self.store.transact(|tx| {
                let bob = tx.meet(&Address::parse("bob@example.org").unwrap(), "Bob", now)?;
                tx.file(&filing, None, &bob, &cause, SeenBy::default())
            });
            filed.unwrap();
        }

        fn listed(&self, state: Option<State>, owner: Owner<'_>, only: &[Only], most: usize) -> Vec<u32> {
            let today = jiff::civil::date(1970, 1, 1);
            let by = Yardstick { values: &Values::default(), today };
            let reader = Reader::open(self.dir.path()).unwrap();
            let lines = reader.list(Which { state, owner, only, most }, by).unwrap();
            lines.iter().map(|l| l.ticket.number.0).collect()
        }
    }

    fn set(field: Field, to: &str) -> What {
        What::Set { field, from: None, to: Some(to.into()) }
    }
    fn owner(login: &str) -> What {
        What::Owner { from: None, to: Some(login.into()) }
    }
    fn related_to(relation: Relation, other: u32) -> What {
        What::Related { relation, other: Number(other) }
    }

    const ALL: usize = usize::MAX;

    #[test]
    fn tickets_are_listed_by_state_and_owner() {
        let mut shelf = Shelf::new();
        shelf.add(1, State::Open, vec![owner("ann")]);
        shelf.add(2, State::Open, vec![]);
        shelf.add(3, State::Closed, vec![owner("ann")]);
        shelf.add(4, State::Unconfirmed, vec![]);
        let open = Some(State::Open);
        assert_eq!(shelf.listed(open, Owner::Anybody, &[], ALL), [2, 1]);
        assert_eq!(shelf.listed(Some(State::Closed), Owner::Anybody, &[], ALL), [3]);
        assert_eq!(shelf.listed(None, Owner::Anybody, &[], ALL), [3, 2, 1]);
        assert_eq!(shelf.listed(None, Owner::Anybody, &[], 2), [3, 2]);
        assert_eq!(shelf.listed(None, Owner::Is("ann"), &[], ALL), [3, 1]);
        assert_eq!(shelf.listed(None, Owner::Nobody, &[], ALL), [2]);
        assert_eq!(shelf.listed(None, Owner::Is("' OR 1"), &[], ALL), Vec::<u32>::new());
    }

    #[test]
    fn what_was_closed_last_stands_first() {
        let mut shelf = Shelf::new();
        for number in 1..=3 {
            shelf.add(number, State::Closed, vec![]);
        }
        let set = "UPDATE ticket SET changed = 100 WHERE number = 1";
        shelf.store.db.execute(set, []).unwrap();
        let numbers = Reader::open(shelf.dir.path()).unwrap().numbers(true).unwrap();
        assert_eq!(numbers, [1, 3, 2].map(Number));
    }

    #[test]
    fn open_ones_stand_by_how_much_they_matter_and_what_waits_stands_last() {
        let mut shelf = Shelf::new();
        shelf.add(1, State::Open, vec![set(Field::Priority, "low")]);
        shelf.add(2, State::Open, vec![set(Field::Priority, "urgent")]);
        shelf.add(3, State::Open, vec![set(Field::Due, "1970-01-02")]);
        shelf.add(4, State::Open, vec![set(Field::Priority, "urgent"), related_to(Relation::Depends, 1)]);
        shelf.add(5, State::Open, vec![set(Field::Wait, "user")]);
        shelf.add(6, State::Closed, vec![set(Field::Priority, "urgent")]);
        let open = |only: &[Only], most| shelf.listed(Some(State::Open), Owner::Anybody, only, most);
        assert_eq!(open(&[], ALL), [3, 2, 1, 4, 5]);
        assert_eq!(open(&[], 2), [3, 2]);
        assert_eq!(open(&[Only::Waits], ALL), [4, 5]);
        assert_eq!(open(&[Only::Set(Field::Due)], ALL), [3]);
        assert_eq!(open(&[Only::Is(Field::Priority, "URGENT".into())], ALL), [2, 4]);
    }

    #[test]
    fn all_that_is_asked_for_holds() {
        let mut shelf = Shelf::new();
        let tagged = |word: &str| What::Tagged { added: vec![word.into()], removed: vec![] };
        shelf.add(1, State::Open, vec![tagged("ink"), set(Field::Component, "Printing")]);
        shelf.add(2, State::Open, vec![tagged("ink"), related_to(Relation::Parent, 1)]);
        let open = |only: &[Only]| shelf.listed(Some(State::Open), Owner::Anybody, only, ALL);
        let printing = Only::Is(Field::Component, "printing".into());
        assert_eq!(open(&[Only::Tagged("INK".into())]), [2, 1]);
        assert_eq!(open(&[Only::Tagged("ink".into()), printing]), [1]);
        assert_eq!(open(&[Only::PartOf(Number(1))]), [2]);
        assert_eq!(open(&[Only::Tagged("' OR 1".into())]), Vec::<u32>::new());
    }

    /// SQLite says so itself: the open ones are found by their own index, whatever is asked of them.
    #[test]
    fn what_is_closed_is_not_looked_at() {
        let shelf = Shelf::new();
        for only in [Only::Waits, Only::Tagged("x".into()), Only::Is(Field::Type, "bug".into())] {
            let (condition, values) = only.condition();
            let query = format!(
                "EXPLAIN QUERY PLAN SELECT t.number FROM ticket t JOIN person p ON p.id = t.requester
                 WHERE t.state = 'open' AND {condition} ORDER BY t.changed DESC"
            );
            let mut plan = shelf.store.db.prepare(&query).unwrap();
            let steps = plan.query_map(params_from_iter(values), |row| row.get::<_, String>(3)).unwrap();
            let steps: Vec<String> = steps.map(Result::unwrap).collect();
            assert!(steps.iter().any(|s| s.contains("t USING INDEX ticket_open")), "{steps:?}");
            assert!(steps.iter().all(|s| !s.starts_with("SCAN") || s.contains("ticket_open")), "{steps:?}");
        }
    }
}
