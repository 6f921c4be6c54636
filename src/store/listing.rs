//! What was asked by mail: the conversation of one ticket, and lists of tickets. Each look costs what is open or the
//! reader's own, up to a limit; what is closed and over costs nothing.

use super::{Tx, time};
use crate::fault::Outcome;
use crate::limits;
use crate::model::fields::Values;
use crate::model::importance::{Weight, points};
use crate::model::links::Relation;
use crate::model::marks;
use crate::model::shown::{Listed, Listing, Sort, Spoken};
use crate::model::ticket::{Number, State, Ticket};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Params, params};

/// Tickets that are looked at for one list, those that changed last.
const LOOKED_AT: i64 = 1_000;
/// Events that are looked through for tickets that were closed lately.
const LATELY: i64 = 5_000;
const DAY: i64 = 86_400;

/// Whose tickets a list is made of.
#[derive(Debug, Clone, Copy)]
pub enum Reader<'a> {
    /// All of them, for the member of that login.
    Staff(&'a str),
    /// Those that a person asked for or follows.
    Person(i64),
}

/// What a list needs to know of the site and the day.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    pub values: &'a Values,
    pub today: Date,
    pub now: Timestamp,
}

impl Tx<'_> {
    /// What was said in a ticket, oldest first, and how many texts are left out behind the first one. Texts among staff
    /// only when `all`.
    pub fn conversation(&self, ticket: Number, all: bool) -> Outcome<(Vec<Spoken>, usize)> {
        let seen = "ticket = ?1 AND (staff_only = 0 OR ?2)";
        let count: usize = self
            .db
            .prepare_cached(&format!("SELECT count(*) FROM entry WHERE {seen}"))?
            .query_row(params![ticket.0, all], |row| row.get(0))?;
        let (texts, most) = (limits::SHOWN_TEXTS, limits::SHOWN_CHARACTERS);
        let mut rows = self.db.prepare_cached(&format!(
            "SELECT e.id, e.at, coalesce(p.name, ''), coalesce(p.spelled, ''), substr(e.text, 1, {most}),
                    length(e.text) > {most}, e.staff_only
             FROM entry e LEFT JOIN person p ON p.id = e.author
             WHERE e.id IN (SELECT * FROM (SELECT id FROM entry WHERE {seen} ORDER BY id LIMIT 1) UNION
                            SELECT * FROM (SELECT id FROM entry WHERE {seen} ORDER BY id DESC LIMIT {texts} - 1))
             ORDER BY e.id"
        ))?;
        let found = rows.query_map(params![ticket.0, all], |row| {
            let spoken = Spoken {
                at: time(row.get(1)?),
                name: row.get(2)?,
                address: row.get(3)?,
                text: row.get(4)?,
                cut: row.get(5)?,
                staff_only: row.get(6)?,
                files: Vec::new(),
            };
            Ok((row.get::<_, i64>(0)?, spoken))
        })?;
        let mut said = Vec::new();
        for row in found {
            let (entry, spoken) = row?;
            said.push(Spoken { files: self.files(entry)?, ..spoken });
        }
        let left_out = count.saturating_sub(said.len());
        Ok((said, left_out))
    }

    fn files(&self, entry: i64) -> Outcome<Vec<(String, u64)>> {
        let mut rows =
            self.db.prepare_cached("SELECT name, size FROM attachment WHERE entry = ?1 ORDER BY place")?;
        let found = rows.query_map([entry], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The tickets of that sort, what matters most first; never unconfirmed ones.
    pub fn listing(&self, sort: &Sort, reader: Reader<'_>, site: Site<'_>) -> Outcome<Listing> {
        let mut all = Vec::new();
        for number in self.candidates(sort, reader)? {
            let Some(ticket) = self.ticket(number)? else { continue };
            let mine = match reader {
                Reader::Staff(login) => ticket.owner.as_deref() == Some(login),
                Reader::Person(id) => ticket.requester.id == id,
            };
            if sort.takes(&ticket, mine, site.today) {
                all.push((self.place(sort, &ticket, site)?, ticket));
            }
        }
        all.sort_by_key(|(place, ticket)| (*place, std::cmp::Reverse(ticket.changed), ticket.number));
        let line = |(_, ticket): (i64, Ticket)| {
            let links = self.links(ticket.number)?;
            Ok(Listed {
                number: ticket.number,
                state: ticket.state,
                marks: marks::marks(&ticket, &links, site.today),
                title: ticket.title,
                owner: ticket.owner,
                changed: ticket.changed,
            })
        };
        let lines = all.into_iter().map(line).collect::<Outcome<_>>()?;
        Ok(Listing { lines })
    }

    fn candidates(&self, sort: &Sort, reader: Reader<'_>) -> Outcome<Vec<Number>> {
        match (reader, sort) {
            (Reader::Person(_), Sort::Milestone(_)) => Ok(Vec::new()),
            (Reader::Person(id), _) => self.numbers(
                &format!(
                    "SELECT number FROM ticket WHERE requester = ?1
                     UNION SELECT ticket FROM subscription WHERE person = ?1 AND ended IS NULL
                     ORDER BY 1 DESC LIMIT {LOOKED_AT}"
                ),
                [id],
            ),
            (Reader::Staff(_), Sort::Closed) => self.numbers(
                &format!(
                    "SELECT DISTINCT ticket FROM (SELECT ticket, what FROM event ORDER BY seq DESC LIMIT {LATELY})
                     WHERE what = 'closed' AND ticket IS NOT NULL LIMIT {LOOKED_AT}"
                ),
                [],
            ),
            (Reader::Staff(_), _) => self.numbers(
                &format!(
                    "SELECT number FROM ticket WHERE state = 'open' ORDER BY changed DESC LIMIT {LOOKED_AT}"
                ),
                [],
            ),
        }
    }

    fn numbers(&self, query: &str, with: impl Params) -> Outcome<Vec<Number>> {
        let mut rows = self.db.prepare_cached(query)?;
        let found = rows.query_map(with, |row| Ok(Number(row.get(0)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Where a ticket stands in its list: the smaller, the further up.
    fn place(&self, sort: &Sort, ticket: &Ticket, site: Site<'_>) -> Outcome<i64> {
        let seconds = |at: Timestamp| at.as_second();
        Ok(match sort {
            Sort::Closed => -seconds(ticket.changed),
            Sort::New => -i64::from(ticket.number.0),
            Sort::Due => ticket
                .fields
                .due()
                .and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok())
                .map_or(i64::MAX, |day| seconds(day.timestamp())),
            Sort::Open | Sort::Mine | Sort::Waiting | Sort::Milestone(_) => {
                let links = self.links(ticket.number)?;
                let open = |outward: bool| {
                    let depends = links.iter().filter(|l| l.relation == Relation::Depends);
                    depends.filter(|l| l.outward == outward && l.state == State::Open).count()
                };
                let weight = Weight {
                    fields: &ticket.fields,
                    age: (seconds(site.now) - seconds(ticket.created)) / DAY,
                    needed_by: open(false),
                    waits_for: open(true),
                };
                -points(&weight, site.values, site.today)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::address::Address;
    use crate::model::decision::{Change, Entry, Filing, Target, What};
    use crate::model::fields::Field;
    use crate::store::events::Cause;
    use crate::store::tickets::SeenBy;
    use crate::store::{FILE, Store};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// A change of a ticket, by somebody, at its number in seconds.
    fn file(store: &mut Store, from: &str, target: Target, changes: &[What], text: Option<(&str, bool)>) {
        let change = |what: &What| Change { line: 0, what: what.clone(), remark: String::new() };
        let filing = Filing {
            entry: text.map(|(text, staff_only)| Entry { text: text.into(), staff_only }),
            changes: changes.iter().map(change).collect(),
            ..Filing::of(target)
        };
        let made = store.transact(|tx| {
            let cause = Cause { actor: from.into(), proof: "none".into(), intake: None, now: at(9) };
            let person = tx.meet(&Address::parse(from).unwrap(), "", cause.now)?;
            tx.file(&filing, None, &person, &cause, SeenBy::default())
        });
        made.unwrap();
    }

    fn new(title: &str) -> Target {
        Target::New { title: title.into(), state: State::Open }
    }

    fn set(field: Field, to: &str) -> What {
        What::Set { field, from: None, to: Some(to.into()) }
    }

    const ANN: &str = "ann@x.example";
    const BOB: &str = "bob@x.example";

    /// 1: Bob's, plain; 2: Ann's, high; 3: Bob's, due, for autumn; 4: Ann's, waits; 5: Bob's, closed; 6: unconfirmed.
    fn filled() -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let owner = What::Owner { from: None, to: Some("ann".into()) };
        let closed = What::State { from: State::Open, to: State::Closed };
        for (from, title, what) in [
            (BOB, "one", vec![What::Opened]),
            (ANN, "two", vec![set(Field::Priority, "high"), owner]),
            (BOB, "three", vec![set(Field::Due, "2026-11-30"), set(Field::Milestone, "Autumn")]),
            (ANN, "four", vec![set(Field::Wait, "user")]),
            (BOB, "five", vec![closed]),
        ] {
            file(&mut store, from, new(title), &what, None);
        }
        let target = Target::New { title: "six".into(), state: State::Unconfirmed };
        file(&mut store, BOB, target, &[What::Opened], None);
        (dir, store)
    }

    fn listed(store: &mut Store, sort: Sort, reader: Reader<'_>) -> Vec<u32> {
        let (values, today) = (Values::default(), "2026-11-21".parse().unwrap());
        let site = Site { values: &values, today, now: at(9) };
        let listing = store.transact(|tx| tx.listing(&sort, reader, site)).unwrap();
        listing.lines.iter().map(|l| l.number.0).collect()
    }

    #[test]
    fn staff_list_all_and_others_their_own() {
        let (_dir, mut store) = filled();
        let bob = store.transact(|tx| tx.meet(&Address::parse(BOB).unwrap(), "", at(9))).unwrap().id;
        for (sort, staff, others) in [
            (Sort::Open, vec![3, 2, 1, 4], vec![3, 1]),
            (Sort::Mine, vec![2], vec![3, 1]),
            (Sort::Waiting, vec![4], vec![]),
            (Sort::Due, vec![3], vec![3]),
            (Sort::New, vec![4, 3, 1], vec![3, 1]),
            (Sort::Closed, vec![5], vec![5]),
            (Sort::Milestone("AUTUMN".into()), vec![3], vec![]),
            (Sort::Milestone("spring".into()), vec![], vec![]),
        ] {
            assert_eq!(listed(&mut store, sort.clone(), Reader::Staff("ann")), staff, "{sort:?}");
            assert_eq!(listed(&mut store, sort.clone(), Reader::Person(bob)), others, "{sort:?}");
        }
        assert_eq!(listed(&mut store, Sort::Open, Reader::Person(999)), Vec::<u32>::new());
    }

    #[test]
    fn a_conversation_is_cut_in_its_middle() {
        let (dir, mut store) = filled();
        let talk = |store: &mut Store, text: &str, staff_only| {
            file(store, BOB, Target::Known(Number(1)), &[], Some((text, staff_only)));
        };
        talk(&mut store, "first", false);
        talk(&mut store, "among us", true);
        let said = |store: &mut Store, all| {
            let (said, more) = store.transact(|tx| tx.conversation(Number(1), all)).unwrap();
            (said.into_iter().map(|s| s.text).collect::<Vec<_>>(), more)
        };
        assert_eq!(said(&mut store, true), (vec!["first".into(), "among us".into()], 0));
        assert_eq!(said(&mut store, false), (vec!["first".into()], 0));
        let db = rusqlite::Connection::open(dir.path().join(FILE)).unwrap();
        db.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
             INSERT INTO entry (ticket, event, at, text) SELECT 1, 1, 0, 'more ' || i FROM n",
            [limits::SHOWN_TEXTS as i64 + 9],
        )
        .unwrap();
        let (texts, left_out) = said(&mut store, false);
        assert_eq!((texts.len(), left_out), (limits::SHOWN_TEXTS, 10));
        assert_eq!((texts[0].as_str(), texts[1].as_str()), ("first", "more 11"));
    }
}
