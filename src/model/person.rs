//! People: end users are known by their address alone, staff by the configuration.

use super::address::Address;
use super::language::Language;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Somebody who wrote to us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Number in the database.
    pub id: i64,
    pub address: Address,
    /// The display name of the first mail, for show only; may be empty.
    pub name: String,
    /// When the address was proven by answering a mail of ours.
    pub confirmed: Option<Timestamp>,
    /// What the newest mail that made it clear was written in.
    pub language: Option<Language>,
}

impl Person {
    /// What to call this person in a letter that others read: the name, or the part of the address before the at
    /// sign. Never the whole address.
    pub fn called(&self) -> String {
        if self.name.is_empty() { self.address.local().to_owned() } else { self.name.clone() }
    }
}

/// A member of staff, from the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Short name, unique: what `assign` takes.
    pub login: String,
    pub name: String,
    pub address: Address,
    /// Other addresses the same person writes from.
    pub aliases: Vec<Address>,
    /// Other short names that mean this person, lower case.
    pub words: Vec<String>,
}

impl Member {
    /// All addresses of the member, the one that gets mail first.
    pub fn addresses(&self) -> impl Iterator<Item = &Address> {
        std::iter::once(&self.address).chain(&self.aliases)
    }
    /// Whether that is one of the member's addresses.
    pub fn writes_from(&self, address: &Address) -> bool {
        self.address == *address || self.aliases.contains(address)
    }
}
