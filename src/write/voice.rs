//! The words for one letter, all of one language. What is to be said comes in; what its reader reads goes out. Falls
//! back to English phrase by phrase, and to the built-in letter where a template fails in spite of its trial.

use super::clean;
use super::letters::Words;
use super::wording::{Wording, shaped};
use crate::fault::{Fault, Outcome};
use crate::model::letter::VerbHelp;
use crate::model::phrase::Phrase;
use crate::model::refusal::Refusal;
use minijinja::value::{Serde, Value};

/// A language that this letter is there in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Voice<'a> {
    pub wording: &'a Wording,
    /// Its code.
    pub code: &'a str,
}

impl Voice<'_> {
    /// A phrase.
    pub fn say(&self, phrase: Phrase) -> String {
        match self.wording.phrase(self.code, phrase.key) {
            Some(words) => phrase.said(words),
            None => phrase.to_string(),
        }
    }

    /// Why a line was not run.
    pub fn refusal(&self, why: &Refusal) -> String {
        self.say(match why {
            Refusal::Form { usage } => Phrase::of("refused.form").with("usage", self.usage(usage)),
            other => other.phrase(|phrase| self.say(phrase)),
        })
    }

    /// A ticket's title, cleaned.
    pub fn title(&self, text: &str) -> String {
        let title = clean::title(text);
        if title == clean::title("") { self.say(Phrase::of("said.no_subject")) } else { title }
    }

    /// What can be said to the robot.
    pub fn verbs(&self, staff: bool) -> impl Iterator<Item = VerbHelp> {
        let shown = self.wording.verbs.iter().filter(move |v| staff || !v.staff_only);
        shown.map(|verb| VerbHelp {
            usage: self.usage(&verb.usage).to_owned(),
            what: self.of_verb("what", &verb.usage).unwrap_or(&verb.what).to_owned(),
            ..verb.clone()
        })
    }

    fn usage<'w>(&'w self, english: &'w str) -> &'w str {
        self.of_verb("usage", english).unwrap_or(english)
    }

    /// The table's words for the verb that is used so.
    fn of_verb(&self, table: &str, usage: &str) -> Option<&str> {
        let verb = usage.split([' ', ':']).next().unwrap_or("");
        self.wording.phrase(self.code, &format!("{table}.{verb}"))
    }

    /// A letter's subject line and body.
    pub fn rendered<W: Words>(&self, words: &W) -> Outcome<String> {
        let own = self.wording.template(self.code, W::KIND);
        if let Some(text) = own.and_then(|t| t.render(Value::from(Serde(words))).ok())
            && shaped(&text, None, false).is_ok()
        {
            return Ok(text);
        }
        words.render().map_err(|e| Fault::lasting(format!("template {}: {e}", W::KIND)))
    }
}
