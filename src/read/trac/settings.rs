//! What people who log in to a Trac have set of themselves: rows of its table `session_attribute` in, names and addresses by
//! login out. Who is on staff here is known by his login alone.

use super::{Row, text};
use crate::model::address::Address;
use crate::model::carried::{Someone, There};
use std::collections::BTreeMap;

/// By login.
pub struct Settings<'a>(BTreeMap<&'a str, (&'a str, &'a str)>);

impl<'a> Settings<'a> {
    /// Reads them.
    pub fn of(rows: &'a [Row], there: &There<'_>) -> Settings<'a> {
        let mut all: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
        // whoever does not log in can call himself anything
        for row in rows.iter().filter(|row| text(row, "authenticated") == "1") {
            let login = text(row, "sid");
            if there.robot.by_name(login).is_some() {
                continue;
            }
            match (text(row, "name"), text(row, "value").trim()) {
                ("name", name) => all.entry(login).or_default().0 = name,
                ("email", address)
                    if Address::parse(address).is_some() && there.robot.by_name(address).is_none() =>
                {
                    all.entry(login).or_default().1 = address;
                }
                _ => {}
            }
        }
        Settings(all)
    }

    /// Whoever is known by his login alone gets his name and address.
    pub fn know(&self, who: &mut Someone) {
        let Some((name, address)) = self.0.get(who.address.as_str()) else { return };
        if who.name.is_empty() {
            who.name = (*name).to_owned();
        }
        if !address.is_empty() {
            who.address = (*address).to_owned();
        }
    }

    /// The address of that login, or what was said.
    pub fn address(&self, said: &str) -> String {
        let set = self.0.get(said).map(|(_, address)| *address).filter(|address| !address.is_empty());
        set.unwrap_or(said).to_owned()
    }
}
