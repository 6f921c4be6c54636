//! What a reader is shown who asked how something stands: one ticket with its conversation, or a list of tickets. Facts
//! alone; how much of a ticket somebody may see is a [`Sight`], which `decide` gives.

use super::fields::{Field, Wait};
use super::ticket::{Number, State, Ticket};
use jiff::Timestamp;
use jiff::civil::Date;

/// How much of a ticket its reader may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// That it exists, its title and its state: all that anybody may know of a ticket that is not private.
    Title,
    /// How it stands and what was said, by name: whoever has a part in it.
    Part,
    /// Everything, with addresses and what was said among staff.
    Staff,
}

/// Something that was said in a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    pub at: Timestamp,
    /// May be empty.
    pub name: String,
    /// Shown to staff only.
    pub address: String,
    /// Cut, when it is long.
    pub text: String,
    pub cut: bool,
    pub staff_only: bool,
    /// Name and size in bytes.
    pub files: Vec<(String, u64)>,
}

/// What can be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sort {
    Open,
    /// Open, and the reader's: staff have them, others asked for them.
    Mine,
    /// Open, and nothing can be done for now.
    Waiting,
    /// Open, with a day by which it is to be done.
    Due,
    /// Open, and nobody has it.
    New,
    /// Closed lately.
    Closed,
    /// Open, and to be done for the milestone of that name; for staff.
    Milestone(String),
}

impl Sort {
    /// The sort of those words; open when there are none.
    pub fn of(words: &[String]) -> Sort {
        let mut words = words.iter().map(String::as_str);
        match (words.next(), words.next()) {
            (Some("mine"), _) => Sort::Mine,
            (Some("waiting"), _) => Sort::Waiting,
            (Some("due"), _) => Sort::Due,
            (Some("new"), _) => Sort::New,
            (Some("closed"), _) => Sort::Closed,
            (Some("milestone"), Some(name)) => Sort::Milestone(name.to_owned()),
            _ => Sort::Open,
        }
    }
    /// The word.
    pub fn word(&self) -> &'static str {
        match self {
            Sort::Open => "open",
            Sort::Mine => "mine",
            Sort::Waiting => "waiting",
            Sort::Due => "due",
            Sort::New => "new",
            Sort::Closed => "closed",
            Sort::Milestone(_) => "milestone",
        }
    }
    /// Whether a ticket is in that list on that day; `mine` says whether it is the reader's.
    pub fn takes(&self, ticket: &Ticket, mine: bool, today: Date) -> bool {
        let open = ticket.state == State::Open;
        match self {
            Sort::Open => open,
            Sort::Mine => open && mine,
            Sort::Waiting => open && ticket.fields.wait().is_some_and(|wait: Wait| wait.holds(today)),
            Sort::Due => open && ticket.fields.due().is_some(),
            Sort::New => open && ticket.owner.is_none(),
            Sort::Closed => ticket.state == State::Closed,
            Sort::Milestone(name) => {
                let has = ticket.fields.get(Field::Milestone).map(str::to_lowercase);
                open && has == Some(name.to_lowercase())
            }
        }
    }
}

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub number: Number,
    pub state: State,
    pub title: String,
    /// Login.
    pub owner: Option<String>,
    /// What is set, as `high` and `due Fri 27 Nov`.
    pub marks: Vec<String>,
    pub changed: Timestamp,
}

/// A list, whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    pub lines: Vec<Listed>,
}

#[cfg(test)]
mod tests {
    use super::Sort;

    #[test]
    fn every_sort_has_its_own_word() {
        for sort in [Sort::Open, Sort::Mine, Sort::Waiting, Sort::Due, Sort::New, Sort::Closed] {
            assert_eq!(Sort::of(&[sort.word().to_owned()]), sort);
        }
        assert_eq!(Sort::of(&[]), Sort::Open);
        let autumn = ["milestone", "autumn"].map(str::to_owned);
        assert_eq!(Sort::of(&autumn), Sort::Milestone("autumn".into()));
    }
}
