//! A value that goes, or is called otherwise: the list in the configuration first, so that nothing new comes to have it, then the
//! tickets, some at a time. What is in no list any more and still in tickets was left by somebody who was killed: it goes on.

use super::{allowed, failed, note, position, told, unknown, used, write};
use crate::config::Config;
use crate::model::fields::Field;
use crate::run::admin::ask::agreed;
use crate::run::admin::file::Sheet;
use crate::run::desk::{As, Sitting};
use crate::run::progress::Progress;
use crate::run::{Failed, read_config};
use crate::show::look::count;
use crate::store::values::Used;
use std::path::Path;
use std::process::ExitCode;

/// Tickets that are changed in one transaction.
const AT_ONCE: usize = 50;

/// A value that is to go.
pub(super) struct Change<'a> {
    pub config: &'a Path,
    pub field: Field,
    pub from: &'a str,
    pub json: bool,
    pub who: &'a As,
}

impl Change<'_> {
    /// Takes it off the list.
    ///
    /// # Errors
    /// What is no value, no yes, a file that cannot be changed; failures of the database.
    pub(super) fn remove(&self, to: Option<&str>, yes: bool) -> Result<ExitCode, Failed> {
        if to.is_none() && !yes {
            self.ask()?;
        }
        let sheet = Sheet::open(self.config)?;
        let mut all = allowed(&sheet.config()?, self.field);
        let at = position(&all, self.from);
        let from = at.map_or_else(|| self.from.to_owned(), |at| all.remove(at));
        let has_any = self.tickets(&sheet.config()?, &from)?.is_some();
        // a value that is in no list any more may still be in tickets
        if at.is_none() && !(has_any && to.is_some()) {
            return Err(unknown(self.field, self.from, &all));
        }
        let to = match to.map(|to| (to, position(&all, to).and_then(|at| all.get(at)))) {
            None => None,
            Some((_, Some(to))) => Some(to.clone()),
            Some((to, None)) if all.is_empty() && to != from => Some(to.to_owned()),
            Some((to, None)) => return Err(unknown(self.field, to, &all)),
        };
        let heir =
            to.filter(|_| has_any).map(|to| Ok::<_, Failed>((Sitting::down(self.config, self.who)?, to)));
        let heir = heir.transpose()?;
        if all.is_empty() && at.is_some() {
            note(&format!("that was the last {0}: from now on every word is one", self.field.word()));
        }
        let changed = write(&sheet, self.field, all, at.is_some())?;
        drop(sheet);
        let moved = heir.map_or(Ok(0), |(sitting, to)| self.move_all(&sitting, &from, &to))?;
        told(&changed, moved, self.json)
    }

    /// Asks, where tickets would keep a value that is in no list any more.
    fn ask(&self) -> Result<(), Failed> {
        let config = read_config(self.config)?;
        let all = allowed(&config, self.field);
        let Some(from) = position(&all, self.from).and_then(|at| all.get(at)) else { return Ok(()) };
        let Some(used) = self.tickets(&config, from)? else { return Ok(()) };
        let many = format!("{} and {}", count(used.open, "open ticket"), count(used.closed, "closed one"));
        let field = self.field.word();
        agreed(&format!("{many} have the {field} {from} and would keep it. Remove it from the list?"), false)
    }

    /// Calls it otherwise.
    ///
    /// # Errors
    /// As [`Change::remove`].
    pub(super) fn rename(&self, new: &str) -> Result<ExitCode, Failed> {
        let sheet = Sheet::open(self.config)?;
        let (mut all, new) = (allowed(&sheet.config()?, self.field), new.trim());
        let (old_at, new_at) = (position(&all, self.from), position(&all, new));
        let from = match old_at.and_then(|at| all.get_mut(at)) {
            Some(place) if new_at.is_none() || new_at == old_at => std::mem::replace(place, new.to_owned()),
            Some(_) => {
                return Err(failed(format!(
                    "{new} is a {0} already: `trackle admin fields remove {0} {1} --move-to {new}` makes one of both",
                    self.field.word(),
                    self.from
                )));
            }
            // where every word is allowed, or where somebody was killed when the list was done
            None => self.from.to_owned(),
        };
        let tickets = self.tickets(&sheet.config()?, &from)?.filter(|_| from != new);
        let goes_on = all.is_empty() || new_at.is_some();
        if old_at.is_none() && (tickets.is_none() || !goes_on) {
            return Err(unknown(self.field, self.from, &all));
        }
        let sitting = tickets.map(|_| Sitting::down(self.config, self.who)).transpose()?;
        let changed = write(&sheet, self.field, all, old_at.is_some())?;
        drop(sheet);
        let moved = sitting.map_or(Ok(0), |sitting| self.move_all(&sitting, &from, new))?;
        told(&changed, moved, self.json)
    }

    /// What tickets have that very value.
    fn tickets(&self, config: &Config, value: &str) -> Result<Option<Used>, Failed> {
        Ok(used(config, self.field)?.into_iter().find(|used| used.value == value))
    }

    /// Gives all tickets with a value another one; gives how many there were.
    fn move_all(&self, sitting: &Sitting, from: &str, to: &str) -> Result<u64, Failed> {
        let all = sitting.reader()?.look(|tx| tx.with_value(self.field, from, usize::MAX))?.len() as u64;
        let (mut progress, mut done) = (Progress::of("changing"), 0);
        loop {
            let some = sitting.reader()?.look(|tx| tx.with_value(self.field, from, AT_ONCE))?;
            if some.is_empty() {
                progress.clear();
                return Ok(done);
            }
            progress.tell("tickets", done.min(all), all);
            sitting.act(|desk, tx| desk.revalue(tx, &some, self.field, from, to).map(Ok))?;
            done += some.len() as u64;
        }
    }
}
