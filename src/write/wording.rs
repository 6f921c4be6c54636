//! The words of all letters, in every language that there is: the built-in English templates, compiled and checked with
//! the program; the letter sets of other languages; a site's replacements for any of them. Names and texts of
//! replacements come in; rendered letters go out. One that cannot be used is named with its file and line, and what was
//! there before is used instead; this never reads the file itself.

use super::letters::{KINDS, Kind, Sample};
use super::sets::SHIPPED;
use super::voice::Voice;
use crate::model::language::Language;
use crate::model::letter::VerbHelp;
use crate::model::phrase;
use minijinja::{Environment, Template, UndefinedBehavior};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The file of the words that code puts into letters.
const PHRASES: &str = "phrases.toml";
/// The code of the built-in words.
const ENGLISH: &str = "en";

/// What letters say. The verbs of the help letter are filled in by who knows the commands.
#[derive(Debug, Clone)]
pub struct Wording {
    /// All but the built-in English ones: `changed.txt`, `de/changed.txt`.
    templates: Environment<'static>,
    /// By the code of their language.
    phrases: BTreeMap<String, phrase::Words>,
    /// For staff, and for readers in whose own language a letter is not there. English where it is missing in this too.
    pub language: Language,
    pub verbs: Vec<VerbHelp>,
    /// Replacements that are not used.
    pub wrong: Vec<Wrong>,
}

/// Why a replacement cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Name of the file below the directory of replacements.
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

/// A line, where it is known, and what is wrong with it.
type Complaint = (Option<usize>, String);

impl Default for Wording {
    fn default() -> Wording {
        Wording::built_in()
    }
}

impl Wording {
    /// The letters as they come with the program.
    pub fn built_in() -> Wording {
        Wording::with(Vec::new())
    }

    /// File name and text of everything built in: what a site starts its own from.
    pub fn originals() -> Vec<(String, &'static str)> {
        let english = KINDS.iter().map(|k| (k.file(), k.source));
        let others = SHIPPED.iter().copied().flatten().map(|(file, text)| ((*file).to_owned(), *text));
        english.chain([(PHRASES.to_owned(), phrase::SOURCE)]).chain(others).collect()
    }

    /// With replacements and sets of other languages, each a file's name (`changed.txt`, `fr/changed.txt`,
    /// `fr/phrases.toml`) and its text. Every one is tried out on sample values, so that a broken one is found now and
    /// not when the letter is due: it is not used, and stands in `wrong`.
    pub fn with(replacements: Vec<(String, String)>) -> Wording {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        let language = Language::english();
        let mut wording =
            Wording { templates, phrases: BTreeMap::new(), language, verbs: Vec::new(), wrong: Vec::new() };
        let shipped = SHIPPED.iter().copied().flatten();
        for (file, text) in shipped.map(|(f, t)| ((*f).to_owned(), (*t).to_owned())).chain(replacements) {
            if let Err((line, what)) = wording.take(&file, &text.replace("\r\n", "\n")) {
                wording.wrong.push(Wrong { file, line, what });
            }
        }
        wording
    }

    /// Checks one file and uses it from now on.
    fn take(&mut self, file: &str, text: &str) -> Result<(), Complaint> {
        let strange = |line: &str| line.chars().any(|c| c.is_control() && c != '\t');
        if let Some(n) = text.split('\n').position(strange) {
            return Err((Some(n + 1), "a control character".to_owned()));
        }
        let (folder, name) = file.split_once('/').unwrap_or(("", file));
        let code = if folder.is_empty() { ENGLISH.to_owned() } else { in_folder(folder)? };
        if name == PHRASES {
            let lines = phrases(text)?;
            self.phrases.entry(code).or_default().extend(lines);
            return Ok(());
        }
        let Some(kind) = KINDS.iter().find(|k| k.file() == name) else {
            let known: Vec<String> = KINDS.iter().map(Kind::file).collect();
            return Err((None, format!("no letter of that name; there are {}, {PHRASES}", known.join(", "))));
        };
        tried(&self.templates, kind, text)?;
        self.templates.add_template_owned(file.to_owned(), text.to_owned()).map_err(|e| wrong(&e))
    }

    /// Languages with words of their own besides English.
    pub fn languages(&self) -> BTreeSet<&str> {
        self.templates
            .templates()
            .filter_map(|(file, _)| file.split_once('/'))
            .map(|(code, _)| code)
            .collect()
    }

    /// The words for one letter: its reader's, as far as that letter is there in his language.
    pub(super) fn voice<'a>(&'a self, kind: &str, reader: Option<&'a Language>) -> Voice<'a> {
        let mut codes = reader.into_iter().chain([&self.language]).map(Language::code);
        let code = codes.find(|code| *code == ENGLISH || self.template(code, kind).is_some());
        Voice { wording: self, code: code.unwrap_or(ENGLISH) }
    }

    /// The template of that language that is not the built-in one.
    pub(super) fn template(&self, code: &str, kind: &str) -> Option<Template<'_, '_>> {
        let file = if code == ENGLISH { format!("{kind}.txt") } else { format!("{code}/{kind}.txt") };
        self.templates.get_template(&file).ok()
    }

    /// The words of a phrase in that language, where they are not the built-in ones.
    pub(super) fn phrase(&self, code: &str, key: &str) -> Option<&str> {
        self.phrases.get(code)?.get(key).map(String::as_str)
    }
}

/// The language of a folder of letters.
fn in_folder(folder: &str) -> Result<String, Complaint> {
    match Language::parse(folder) {
        Some(language) if language.is_english() => {
            Err((None, "English letters stand in the directory itself".to_owned()))
        }
        Some(language) if language.code() == folder => Ok(folder.to_owned()),
        Some(language) => Err((None, format!("letters of that language are looked for in {language}/"))),
        None => Err((None, format!("{folder} is no code of a language, such as de or fr"))),
    }
}

/// Reads a file of phrases and refuses what no letter says, and gaps that it has no values for.
fn phrases(text: &str) -> Result<Vec<(String, String)>, Complaint> {
    let lines = phrase::parse(text)?;
    for line in &lines {
        let at = Some(line.number);
        let complain = |what: String| Err((at, what));
        // commands are no phrases of the file, but may have a line there
        let known = match line.key.split_once('.') {
            Some(("usage", verb)) if !line.words.starts_with(verb) => {
                return complain(format!(
                    "it must begin with {verb}: commands are English in every language"
                ));
            }
            Some(("usage" | "what", _)) => "",
            _ => match phrase::ENGLISH.get(&line.key) {
                Some(english) => english.as_str(),
                None => return complain(format!("no letter says {}", line.key)),
            },
        };
        let gaps = |words: &str| phrase::gaps(words).map(str::to_owned).collect::<BTreeSet<_>>();
        if let Some(gap) = gaps(&line.words).difference(&gaps(known)).next() {
            return complain(format!("there is nothing to put into {{{gap}}}"));
        }
        if line.words.trim().is_empty() || line.words.contains(char::is_control) {
            return complain("it must be one line with some words".to_owned());
        }
    }
    Ok(lines.into_iter().map(|line| (line.key, line.words)).collect())
}

/// Tries a template on sample values.
fn tried(templates: &Environment<'_>, kind: &Kind, text: &str) -> Result<(), Complaint> {
    let template = templates.template_from_str(text).map_err(|e| wrong(&e))?;
    let samples = (kind.samples)();
    known(templates, &template, &samples)?;
    for (n, sample) in samples.into_iter().enumerate() {
        let text = template.render(&sample.values).map_err(|e| wrong(&e))?;
        shaped(&text, sample.code.as_deref(), n == 0)?;
    }
    Ok(())
}

/// Refuses values that the letter does not have, even where the samples do not lead to them.
fn known(
    templates: &Environment<'_>,
    template: &Template<'_, '_>,
    samples: &[Sample],
) -> Result<(), Complaint> {
    let Some(values) = samples.first().and_then(|s| s.values.try_iter().ok()) else { return Ok(()) };
    let values: BTreeSet<String> = values.map(|v| v.to_string()).collect();
    let functions: BTreeSet<&str> = templates.globals().map(|(name, _)| name).collect();
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
pub(super) fn shaped(text: &str, code: Option<&str>, full: bool) -> Result<(), Complaint> {
    let wrong = |line: usize, what: &str| Err((Some(line), what.to_owned()));
    let mut lines = text.split('\n');
    if lines.next().is_none_or(|l| l.trim().is_empty()) {
        return wrong(1, "the first line is the subject and must not be empty");
    }
    if lines.next().is_some_and(|l| !l.trim().is_empty()) {
        return wrong(2, "a blank line must stand between subject and text");
    }
    if full && lines.all(|l| l.trim().is_empty()) {
        return wrong(3, "there is no text");
    }
    match code {
        Some(code) if !text.contains(code) => wrong(1, "{{ code }} must stand in the subject or the text"),
        _ => Ok(()),
    }
}

fn wrong(e: &minijinja::Error) -> Complaint {
    let what = e.detail().map_or_else(|| e.kind().to_string(), |d| format!("{}: {d}", e.kind()));
    (e.line(), what)
}
