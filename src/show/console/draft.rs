//! Changes of fields that are being made and not said yet. What comes of them are the lines that would be mailed, and what
//! was seen before, so that nobody's change is overwritten.

use crate::model::fields::Field;
use crate::model::said::{Aspect, Seen, Words};
use crate::model::ticket::View;

/// One field that is to be otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Changed {
    aspect: Aspect,
    was: String,
    to: String,
}

impl Changed {
    fn seen(&self) -> Seen {
        Seen { aspect: self.aspect, value: self.was.clone() }
    }
}

/// All of them, in the order in which they were made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Draft(Vec<Changed>);

impl Draft {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// What a field is to be, when it is to be otherwise.
    pub fn of(&self, aspect: Aspect) -> Option<&str> {
        self.0.iter().find(|changed| changed.aspect == aspect).map(|changed| changed.to.as_str())
    }

    /// Sets a field that was something when it was looked at; back to that is no change.
    pub fn set(&mut self, seen: &Seen, to: &str) {
        let (aspect, to) = (seen.aspect, to.trim());
        let first = self.0.iter().find(|changed| changed.aspect == aspect).map(|changed| changed.was.clone());
        let was = first.unwrap_or_else(|| seen.value.clone());
        self.0.retain(|changed| changed.aspect != aspect);
        if was != to {
            self.0.push(Changed { aspect, was, to: to.to_owned() });
        }
    }

    /// Takes out what was said: those lines, by somebody who saw what was there before.
    pub fn said(&mut self, words: &Words) {
        let is_said = |changed: &Changed| {
            words.commands.contains(&command(changed)) && words.seen.contains(&changed.seen())
        };
        self.0.retain(|changed| !is_said(changed));
    }

    /// Takes out what is so by now, whoever did it.
    pub fn settle(&mut self, view: &View) {
        self.0.retain(|changed| changed.aspect.of(view) != changed.to);
    }

    /// What was seen of the fields that are changed.
    pub fn seen(&self) -> Vec<Seen> {
        self.0.iter().map(Changed::seen).collect()
    }

    /// The lines that change them, as in a mail.
    pub fn commands(&self) -> Vec<String> {
        self.0.iter().map(command).collect()
    }
}

fn command(changed: &Changed) -> String {
    let to = changed.to.as_str();
    match changed.aspect {
        Aspect::State => (if to == "closed" { "close" } else { "reopen" }).to_owned(),
        Aspect::Owner if to.is_empty() => "drop".to_owned(),
        Aspect::Owner => format!("assign {to}"),
        Aspect::Requester => format!("requester {to}"),
        Aspect::Tags if to.is_empty() => {
            let gone: Vec<String> = changed.was.split_whitespace().map(|word| format!("-{word}")).collect();
            format!("tag {}", gone.join(" "))
        }
        Aspect::Tags => {
            let all: Vec<String> =
                to.split([' ', ',']).filter(|word| !word.is_empty()).map(|word| format!("={word}")).collect();
            format!("tag {}", all.join(" "))
        }
        // that is a text of its own, and never one of several changes
        Aspect::Description => "describe".to_owned(),
        Aspect::Field(Field::Title) => format!("title: {to}"),
        Aspect::Field(Field::Private) => (if to == "yes" { "private" } else { "public" }).to_owned(),
        Aspect::Field(Field::Wait) if to.is_empty() => "wait off".to_owned(),
        Aspect::Field(Field::Wait) if to == "later" => "wait".to_owned(),
        Aspect::Field(Field::Wait) if to == "user" => "wait for user".to_owned(),
        Aspect::Field(Field::Wait) => format!("wait until {to}"),
        Aspect::Field(Field::Due) => format!("due {}", or_none(to)),
        Aspect::Field(Field::Priority) => format!("prio {}", or_none(to)),
        Aspect::Field(field) => format!("{}: {}", field.word(), or_none(to)),
    }
}

fn or_none(to: &str) -> &str {
    if to.is_empty() { "none" } else { to }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::line;

    fn seen(aspect: Aspect, was: &str) -> Seen {
        Seen { aspect, value: was.into() }
    }

    fn says(aspect: Aspect, was: &str, to: &str) -> Vec<String> {
        let mut draft = Draft::default();
        draft.set(&seen(aspect, was), to);
        draft.commands()
    }

    #[test]
    fn every_change_is_a_line_that_the_robot_understands() {
        use Aspect::{Owner, Requester, State, Tags};
        let field = Aspect::Field;
        for (aspect, was, to, line) in [
            (State, "open", "closed", "close"),
            (State, "closed", "open", "reopen"),
            (Owner, "", "ann", "assign ann"),
            (Owner, "ann", "", "drop"),
            (Requester, "a@x.example", "b@x.example", "requester b@x.example"),
            (Tags, "ink", "ink, paper", "tag =ink =paper"),
            (Tags, "ink paper", "", "tag -ink -paper"),
            (field(Field::Title), "No ink", "close 12", "title: close 12"),
            (field(Field::Priority), "", "high", "prio high"),
            (field(Field::Severity), "normal", "", "severity: none"),
            (field(Field::Type), "", "bug", "type: bug"),
            (field(Field::Component), "", "mail server", "component: mail server"),
            (field(Field::Milestone), "autumn", "", "milestone: none"),
            (field(Field::Due), "", "friday", "due friday"),
            (field(Field::Due), "2026-12-01", "", "due none"),
            (field(Field::Wait), "", "user", "wait for user"),
            (field(Field::Wait), "user", "2026-12-01", "wait until 2026-12-01"),
            (field(Field::Wait), "", "later", "wait"),
            (field(Field::Wait), "user", "", "wait off"),
            (field(Field::Private), "", "yes", "private"),
            (field(Field::Private), "yes", "", "public"),
        ] {
            assert_eq!(says(aspect, was, to), [line]);
            let read = line::read(&format!("!{line}"), true);
            assert_eq!((read.orders.len(), read.rest.as_str()), (1, ""), "{line}");
        }
    }

    #[test]
    fn only_what_was_said_is_done() {
        let mut draft = Draft::default();
        draft.set(&seen(Aspect::Owner, "ann"), "bob");
        let said = Words { commands: draft.commands(), seen: draft.seen(), ..Words::default() };
        draft.set(&seen(Aspect::State, "open"), "closed");
        draft.said(&Words { seen: Vec::new(), ..said.clone() });
        draft.said(&Words { commands: vec!["take".into()], ..Words::default() });
        assert_eq!(draft.len(), 2, "other words are no save of it");
        draft.said(&said);
        assert_eq!(draft.commands(), ["close"]);
    }

    #[test]
    fn back_to_what_it_was_is_no_change() {
        let mut draft = Draft::default();
        draft.set(&seen(Aspect::Owner, "ann"), "bob");
        draft.set(&seen(Aspect::Owner, "carol"), "dave");
        assert_eq!(
            draft.seen(),
            [Seen { aspect: Aspect::Owner, value: "ann".into() }],
            "what was seen first"
        );
        draft.set(&seen(Aspect::Owner, "carol"), "ann");
        assert!(draft.is_empty());
    }
}
