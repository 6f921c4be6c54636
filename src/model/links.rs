//! How tickets relate to each other: duplicates, plain links, dependencies, parents and children, and tickets that went
//! into another one. A relation is written down once, at the ticket that was said to have it, and seen from both.

use super::ticket::{Number, State};
use serde::{Deserialize, Serialize};

/// What one ticket is to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Relation {
    /// It asks for the same.
    Duplicate,
    /// They have to do with each other.
    Link,
    /// It can only be done after the other.
    Depends,
    /// It is a part of the other.
    Parent,
    /// It went into the other: whatever comes for it goes there.
    Merged,
}

impl Relation {
    pub const ALL: [Relation; 5] =
        [Relation::Duplicate, Relation::Link, Relation::Depends, Relation::Parent, Relation::Merged];

    /// The word in the database and in `--json`.
    pub fn word(self) -> &'static str {
        match self {
            Relation::Duplicate => "duplicate",
            Relation::Link => "link",
            Relation::Depends => "depends",
            Relation::Parent => "parent",
            Relation::Merged => "merged",
        }
    }
    /// The relation of that word.
    pub fn of(word: &str) -> Option<Relation> {
        Relation::ALL.into_iter().find(|r| r.word() == word)
    }
    /// What stands before the other's number: `duplicate of #12`, and seen from the other, `duplicated by #15`.
    pub fn words(self, outward: bool) -> &'static str {
        match (self, outward) {
            (Relation::Duplicate, true) => "duplicate of",
            (Relation::Duplicate, false) => "has the duplicate",
            (Relation::Link, _) => "see also",
            (Relation::Depends, true) => "waits for",
            (Relation::Depends, false) => "needed by",
            (Relation::Parent, true) => "part of",
            (Relation::Parent, false) => "has the part",
            (Relation::Merged, true) => "merged into",
            (Relation::Merged, false) => "took in",
        }
    }
}

/// A relation of a ticket, with what there is to say of the other one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub relation: Relation,
    /// It was said of this ticket; otherwise of the other.
    pub outward: bool,
    pub other: Number,
    pub state: State,
    /// One line.
    pub title: String,
    /// The other one is known to nobody but its people and staff.
    pub private: bool,
    /// The other one waits for open tickets, this one not counted.
    pub held: bool,
}

/// One step from a ticket to what it was said to be related to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    pub from: Number,
    pub relation: Relation,
    pub to: Number,
}

/// What its relations mean for the turn of an open ticket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ties {
    /// Open tickets that it waits for.
    pub waits_for: Vec<Number>,
    /// Open tickets that wait for it.
    pub needed_by: Vec<Number>,
    /// What it is a part of, whether that is open or not.
    pub part_of: Option<Number>,
}

#[cfg(test)]
mod tests {
    use super::Relation;

    #[test]
    fn every_relation_has_its_own_word() {
        for relation in Relation::ALL {
            assert_eq!(Relation::of(relation.word()), Some(relation));
        }
        assert_eq!(Relation::of("cousin"), None);
    }
}
