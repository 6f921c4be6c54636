//! What a member says to the robot without a mail program, and what he saw before he said it. Looks nothing up, changes
//! nothing.

use super::fields::Field;
use super::ticket::{Description, Number, View};
use serde::{Deserialize, Serialize};

/// What somebody says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// `None`: a ticket of its own.
    pub about: Option<Number>,
    /// What a new ticket is called.
    pub title: String,
    /// As in mail, without `!`.
    pub commands: Vec<String>,
    /// Taken as it is: no line of it is a command.
    pub text: String,
    /// What the speaker saw before he changed it.
    pub seen: Vec<Seen>,
}

/// Something that was looked at, and is not to be changed when it has changed since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub aspect: Aspect,
    pub value: String,
}

/// What of a ticket can be changed from one value to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Aspect {
    State,
    Owner,
    Requester,
    Tags,
    /// By the number of the event that its text came with.
    Description,
    Field(Field),
}

impl Aspect {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Aspect::State => "state",
            Aspect::Owner => "owner",
            Aspect::Requester => "requester",
            Aspect::Tags => "keywords",
            Aspect::Description => "description",
            Aspect::Field(field) => field.word(),
        }
    }

    /// Its value now; empty when it has none.
    pub fn of(self, view: &View) -> String {
        let ticket = &view.ticket;
        match self {
            Aspect::State => ticket.state.word().to_owned(),
            Aspect::Owner => ticket.owner.clone().unwrap_or_default(),
            Aspect::Requester => ticket.requester.address.to_string(),
            Aspect::Tags => ticket.tags.join(" "),
            Aspect::Description => match view.description {
                Description::Of(event) => event.to_string(),
                Description::First | Description::This => String::new(),
            },
            Aspect::Field(Field::Title) => ticket.title.clone(),
            Aspect::Field(field) => ticket.fields.get(field).unwrap_or_default().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Aspect;
    use crate::model::fields::Field;

    #[test]
    fn every_aspect_has_its_own_word() {
        let mut words: Vec<&str> =
            [Aspect::State, Aspect::Owner, Aspect::Requester, Aspect::Tags, Aspect::Description]
                .map(Aspect::word)
                .to_vec();
        words.extend(Field::ALL.map(|field| Aspect::Field(field).word()));
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count);
    }
}
