//! Fields and relations of all open tickets at once, for what puts them in order: lists and digests. The work grows with
//! the open tickets, never with what is closed.

use super::Tx;
use crate::fault::Outcome;
use crate::model::fields::{Field, Fields};
use crate::model::links::{Relation, Ties};
use crate::model::ticket::Number;
use std::collections::HashMap;

/// Tickets named on each side of a ticket's ties.
const MOST: usize = 100;

/// What fields and relations say of the open tickets; those that have none are not among them.
#[derive(Debug, Default)]
pub struct Attributes(HashMap<u32, (Fields, Ties)>);

impl Attributes {
    /// What they say of that ticket, which is taken out.
    pub fn take(&mut self, number: Number) -> (Fields, Ties) {
        self.0.remove(&number.0).unwrap_or_default()
    }
}

impl Tx<'_> {
    /// Of every open ticket.
    ///
    /// # Errors
    /// Those of the database.
    pub fn attributes_of_open(&self) -> Outcome<Attributes> {
        let mut all = Attributes::default();
        self.fields_of_open(&mut all)?;
        self.ties_of_open(&mut all)?;
        Ok(all)
    }

    fn fields_of_open(&self, all: &mut Attributes) -> Outcome<()> {
        let mut rows = self.db.prepare_cached(
            "SELECT f.ticket, f.name, f.value FROM ticket t CROSS JOIN field f ON f.ticket = t.number
             WHERE t.state = 'open'",
        )?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(field) = Field::of(&row.get::<_, String>(1)?) {
                all.0.entry(row.get(0)?).or_default().0.set(field, Some(row.get(2)?));
            }
        }
        Ok(())
    }

    fn ties_of_open(&self, all: &mut Attributes) -> Outcome<()> {
        let mut rows = self.db.prepare_cached(
            "SELECT r.ticket, r.kind, r.other, o.state = 'open' FROM ticket t
             CROSS JOIN relation r ON r.ticket = t.number CROSS JOIN ticket o ON o.number = r.other
             WHERE t.state = 'open' AND r.kind IN ('depends','parent')",
        )?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let (number, other): (u32, u32) = (row.get(0)?, row.get(2)?);
            match (Relation::of(&row.get::<_, String>(1)?), row.get(3)?) {
                (Some(Relation::Parent), _) => {
                    all.0.entry(number).or_default().1.part_of = Some(Number(other));
                }
                (Some(Relation::Depends), true) => {
                    add(&mut all.0.entry(number).or_default().1.waits_for, other);
                    add(&mut all.0.entry(other).or_default().1.needed_by, number);
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn add(to: &mut Vec<Number>, number: u32) {
    if to.len() < MOST {
        to.push(Number(number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn open_tickets_are_told_with_what_they_wait_for() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let (one, two, three, four) = (Number(1), Number(2), Number(3), Number(4));
        store
            .transact(|tx| {
                tx.db.execute_batch(
                    "INSERT INTO person (address, spelled, since) VALUES ('a@x', 'a@x', 0);
                     INSERT INTO ticket (state, title, requester, created, changed) VALUES
                       ('open', '', 1, 0, 0), ('open', '', 1, 0, 0), ('closed', '', 1, 0, 0), ('open', '', 1, 0, 0);
                     INSERT INTO field VALUES (1, 'due', '2026-12-01'), (3, 'due', '2026-12-01'), (1, 'colour', 'x');
                     INSERT INTO relation VALUES
                       (1, 'depends', 2), (4, 'depends', 2), (1, 'depends', 3), (3, 'depends', 2),
                       (2, 'parent', 3), (4, 'link', 1);",
                )?;
                let mut all = tx.attributes_of_open()?;
                let (fields, ties) = all.take(one);
                assert_eq!(fields.iter().count(), 1);
                assert_eq!(ties, Ties { waits_for: vec![two], ..Ties::default() });
                let needed = Ties { needed_by: vec![one, four], part_of: Some(three), ..Ties::default() };
                assert_eq!(all.take(two).1, needed);
                assert_eq!(all.take(three), Default::default());
                assert_eq!(all.take(four).1.waits_for, [two]);
                Ok(())
            })
            .unwrap();
    }
}
