//! Showing: nouns made visible, for people and for programs. Reads only, changes nothing. Each screen is a function from
//! facts and a [`look::Look`] to text, with a twin that gives JSON; only `screen` writes.

pub mod archive;
pub mod aside;
pub mod audit;
pub mod changes;
pub mod checks;
pub mod console;
pub mod exposure;
pub mod found;
pub mod grid;
pub mod health;
pub mod history;
pub mod hosts;
pub mod limits;
pub mod list;
pub mod locks;
pub mod look;
pub mod outbox;
pub mod people;
pub mod perms;
pub mod pick;
pub mod queue;
pub mod reading;
pub mod safe;
pub mod screen;
pub mod session;
pub mod sessions;
pub mod staff;
pub mod steps;
pub mod ticket;
pub mod values;
pub mod tokens;
pub mod verified;
pub mod why;
