//! Tickets from elsewhere, one after the other into the database: each in one transaction, with its relations to those that are
//! here, and theirs to it. What is here already is left alone: what staff did to it since, they did. Counts what it does.

use super::settle::settle;
use crate::clock::{Clock, SystemClock};
use crate::fault::Outcome;
use crate::model::carried::{Cargo, Carried, Losses};
use crate::model::links::Relation;
use crate::model::robot::Robot;
use crate::model::ticket::Number;
use crate::pipeline::bring;
use crate::run::progress::Progress;
use crate::store::{Guest, Tx};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What was done, or would be.
#[derive(Debug, Default)]
pub struct Done {
    /// Numbers here, by what the tickets were called there.
    pub brought: Vec<(String, u32, Number)>,
    pub skipped: u64,
    pub relations: u64,
    /// People of foreign tickets who are known and follow nothing.
    pub named: u64,
    pub losses: Losses,
}

/// An import under way.
pub struct Import<'a> {
    robot: &'a Robot,
    guest: Guest,
    now: Timestamp,
    /// Everything is taken back.
    dry: bool,
    /// Tickets that are here, by what they were called there.
    known: BTreeMap<String, Number>,
    /// Those of them that came just now.
    new: BTreeSet<String>,
    /// Relations that wait for the other ticket, by what that is called.
    waiting: BTreeMap<String, Vec<(String, Relation)>>,
    done: Done,
}

impl<'a> Import<'a> {
    /// One into that database, where these are known already.
    pub fn new(robot: &'a Robot, guest: Guest, known: BTreeMap<String, Number>, dry: bool) -> Import<'a> {
        Import {
            robot,
            guest,
            now: SystemClock.now(),
            dry,
            known,
            new: BTreeSet::new(),
            waiting: BTreeMap::new(),
            done: Done::default(),
        }
    }

    /// Brings all of a file.
    ///
    /// # Errors
    /// Those of the database.
    pub fn all(&mut self, cargo: Cargo) -> Outcome<()> {
        let number = cargo.tickets.len();
        let tickets = cargo.tickets.into_iter().map(|ticket| (ticket, Losses::default()));
        self.each(number, tickets, cargo.losses)
    }

    /// Brings so many tickets as they are made, each with what it lost until then.
    ///
    /// # Errors
    /// Those of the database.
    pub fn each(
        &mut self,
        number: usize,
        tickets: impl Iterator<Item = (Carried, Losses)>,
        losses: Losses,
    ) -> Outcome<()> {
        self.done.losses.extend(losses);
        let mut progress = Progress::of("importing");
        for (done, (ticket, losses)) in tickets.enumerate() {
            progress.tell("tickets", done as u64, number as u64);
            // of what is here already nothing is lost
            if !self.known.contains_key(&ticket.source) {
                self.done.losses.extend(losses);
            }
            self.one(ticket)?;
        }
        progress.clear();
        Ok(())
    }

    /// Brings a ticket, unless it is here.
    ///
    /// # Errors
    /// Those of the database.
    pub fn one(&mut self, mut ticket: Carried) -> Outcome<()> {
        let ties = ties(&ticket);
        if self.known.contains_key(&ticket.source) {
            self.done.skipped += 1;
            return self.meets(&ticket.source, ties);
        }
        settle(&mut ticket, self.robot, &mut self.done.losses);
        if ticket.is_foreign() {
            self.done.named += ticket.named.len() as u64;
        }
        let (here, away): (Vec<_>, Vec<_>) =
            ties.into_iter().partition(|(_, other)| self.known.contains_key(other));
        let waited = self.waiting.remove(&ticket.source).unwrap_or_default();
        let of = |source: &String| self.known.get(source).copied();
        let out =
            here.iter().filter_map(|(relation, other)| Some((*relation, of(other)?))).collect::<Vec<_>>();
        let in_ =
            waited.iter().filter_map(|(source, relation)| Some((of(source)?, *relation))).collect::<Vec<_>>();
        let now = self.now;
        let work = |tx: &Tx<'_>| {
            let brought = bring::bring(tx, &ticket, now)?;
            let mut new = 0;
            for (relation, other) in &out {
                new += u64::from(tx.tie(brought.number, *relation, *other, now)?);
            }
            for (number, relation) in &in_ {
                new += u64::from(tx.tie(*number, *relation, brought.number, now)?);
            }
            Ok((brought, new))
        };
        let brought = if self.dry { self.guest.rehearse(work) } else { self.guest.transact(work) };
        let (brought, new) = brought.map_err(|fault| fault.while_(&ticket.source))?;
        self.done.relations += if self.dry { (out.len() + in_.len()) as u64 } else { new };
        self.done.losses.extend(brought.losses);
        self.done.brought.push((ticket.source.clone(), ticket.number, brought.number));
        self.wait(&ticket.source, away);
        self.new.insert(ticket.source.clone());
        self.known.insert(ticket.source, brought.number);
        Ok(())
    }

    /// A ticket that was here before: it has relations to what came just now, and no others that it has not.
    fn meets(&mut self, source: &str, ties: Vec<(Relation, String)>) -> Outcome<()> {
        let (here, away): (Vec<_>, Vec<_>) =
            ties.into_iter().partition(|(_, other)| self.known.contains_key(other));
        let now = self.now;
        for (relation, other) in here.into_iter().filter(|(_, other)| self.new.contains(other)) {
            let (Some(number), Some(there)) = (self.known.get(source), self.known.get(&other)) else {
                continue;
            };
            let new = self.dry || self.guest.transact(|tx| tx.tie(*number, relation, *there, now))?;
            self.done.relations += u64::from(new);
        }
        self.wait(source, away);
        Ok(())
    }

    fn wait(&mut self, source: &str, away: Vec<(Relation, String)>) {
        for (relation, other) in away {
            self.waiting.entry(other).or_default().push((source.to_owned(), relation));
        }
    }

    /// What was done, with the relations that nothing came of.
    pub fn finished(mut self) -> Done {
        for (other, waiting) in &self.waiting {
            for (source, relation) in waiting.iter().filter(|(source, _)| self.new.contains(source)) {
                let example = format!("{source} {} {other}", relation.words(true));
                self.done.losses.add("relations to tickets that did not come along", example);
            }
        }
        self.done
    }
}

/// What it is to others, by what those are called. None is anything to itself.
fn ties(ticket: &Carried) -> Vec<(Relation, String)> {
    let there = ticket.installation();
    let ties = ticket.relations.iter().filter(|tie| tie.other != ticket.number);
    ties.filter_map(|tie| Some((Relation::of(&tie.relation)?, format!("{there}#{}", tie.other)))).collect()
}
