//! The words of all letters: the built-in templates, compiled and checked with the program, and a site's replacements
//! for some of them. Names and texts of replacements come in; rendered letters go out. A replacement that cannot be
//! used is refused when it is loaded, with its file and line; this never reads the file itself.

use super::letters::{KINDS, Sample, Words};
use crate::fault::{Fault, Outcome};
use crate::model::letter::VerbHelp;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, Template, UndefinedBehavior};
use std::collections::BTreeSet;
use std::fmt;

/// What letters say. The verbs of the help letter are filled in by who knows the commands.
#[derive(Debug, Clone, Default)]
pub struct Wording {
    own: Option<Environment<'static>>,
    pub verbs: Vec<VerbHelp>,
}

/// Why a replacement cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Name of the file, without directory.
    pub file: String,
    /// Counted from 1, where it is known.
    pub line: Option<usize>,
    pub what: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}, line {line}: {}", self.file, self.what),
            None => write!(f, "{}: {}", self.file, self.what),
        }
    }
}
impl std::error::Error for Wrong {}

impl Wording {
    /// The letters as they come with the program.
    pub fn built_in() -> Wording {
        Wording::default()
    }

    /// File name and text of every built-in template: what a site starts its own from.
    pub fn originals() -> Vec<(String, &'static str)> {
        KINDS.iter().map(|k| (k.file(), k.source)).collect()
    }

    /// With replacements, each the name of a template (such as `changed.txt`) and its text. Every one is tried out on
    /// sample values, so that a broken one is found now and not when the letter is due.
    pub fn with(replacements: Vec<(String, String)>) -> Result<Wording, Wrong> {
        let mut own = Environment::new();
        own.set_undefined_behavior(UndefinedBehavior::Strict);
        own.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        for (file, text) in replacements {
            let text = text.replace("\r\n", "\n");
            if let Some(n) = text.split('\n').position(|l| l.chars().any(|c| c.is_control() && c != '\t')) {
                let what = "a control character".to_owned();
                return Err(Wrong { file, line: Some(n + 1), what });
            }
            if !KINDS.iter().any(|k| k.file() == file) {
                let known: Vec<String> = KINDS.iter().map(|k| k.file()).collect();
                let what = format!("no letter of that name; there are {}", known.join(", "));
                return Err(Wrong { file, line: None, what });
            }
            own.add_template_owned(file.clone(), text).map_err(|e| wrong(&file, &e))?;
        }
        let wording = Wording { own: Some(own), verbs: Vec::new() };
        wording.check()?;
        Ok(wording)
    }

    /// Tries every replacement on sample values.
    pub fn check(&self) -> Result<(), Wrong> {
        let Some(own) = &self.own else { return Ok(()) };
        for kind in &KINDS {
            let file = kind.file();
            let Ok(template) = own.get_template(&file) else { continue };
            known(own, &template, &(kind.samples)()).map_err(|(line, what)| Wrong {
                file: file.clone(),
                line,
                what,
            })?;
            for (n, sample) in (kind.samples)().into_iter().enumerate() {
                let text = template.render(&sample.values).map_err(|e| wrong(&file, &e))?;
                shaped(&text, sample.code.as_deref(), n == 0).map_err(|(line, what)| Wrong {
                    file: file.clone(),
                    line: Some(line),
                    what,
                })?;
            }
        }
        Ok(())
    }

    /// A letter's subject line and body. A replacement that fails in spite of its trial gives way to the built-in one.
    pub(super) fn rendered<W: Words>(&self, words: &W) -> Outcome<String> {
        let own = self.own.as_ref().and_then(|own| own.get_template(&format!("{}.txt", W::KIND)).ok());
        if let Some(text) = own.and_then(|t| t.render(Value::from(Serde(words))).ok())
            && shaped(&text, None, false).is_ok()
        {
            return Ok(text);
        }
        words.render().map_err(|e| Fault::lasting(format!("template {}: {e}", W::KIND)))
    }
}

/// Refuses values that the letter does not have, even where the samples do not lead to them.
fn known(
    own: &Environment<'_>,
    template: &Template<'_, '_>,
    samples: &[Sample],
) -> Result<(), (Option<usize>, String)> {
    let Some(values) = samples.first().and_then(|s| s.values.try_iter().ok()) else { return Ok(()) };
    let values: BTreeSet<String> = values.map(|v| v.to_string()).collect();
    let functions: BTreeSet<&str> = own.globals().map(|(name, _)| name).collect();
    let used: BTreeSet<String> = template.undeclared_variables(false).into_iter().collect();
    match used.iter().find(|u| !values.contains(*u) && !functions.contains(u.as_str())) {
        None => Ok(()),
        Some(stranger) => {
            let line = template.source().lines().position(|l| l.contains(stranger.as_str())).map(|n| n + 1);
            let values: Vec<String> = values.into_iter().collect();
            Err((line, format!("there is no {stranger} in this letter, but {}", values.join(", "))))
        }
    }
}

/// What holds of every letter: a subject, a blank line, a body if it was given everything to say (`full`), and the
/// code where one is asked back.
fn shaped(text: &str, code: Option<&str>, full: bool) -> Result<(), (usize, String)> {
    let mut lines = text.split('\n');
    if lines.next().is_none_or(|l| l.trim().is_empty()) {
        return Err((1, "the first line is the subject and must not be empty".to_owned()));
    }
    if lines.next().is_some_and(|l| !l.trim().is_empty()) {
        return Err((2, "a blank line must stand between subject and text".to_owned()));
    }
    if full && lines.all(|l| l.trim().is_empty()) {
        return Err((3, "there is no text".to_owned()));
    }
    match code {
        Some(code) if !text.contains(code) => {
            Err((1, "{{ code }} must stand in the subject or the text".to_owned()))
        }
        _ => Ok(()),
    }
}

fn wrong(file: &str, e: &minijinja::Error) -> Wrong {
    let what = e.detail().map_or_else(|| e.kind().to_string(), |d| format!("{}: {d}", e.kind()));
    Wrong { file: file.to_owned(), line: e.line(), what }
}
