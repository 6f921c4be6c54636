//! What takes secrets out of contents, command lines and environments before they are stored or sent: in comes what a host
//! or a person wrote, out comes the same with marks `«redacted:rule»` where a secret stood. One engine for the recorder,
//! which looks before the first byte leaves the host, and for the robot, which looks again with newer rules: what is marked
//! already stays as it is. Equal secrets of one content get equal marks, others get a number behind theirs, so that a diff
//! shows that a secret changed and not what it was. Never lets anything through because it was too much to look at.

mod arguments;
mod assigned;
mod blocks;
mod drawn;
mod environment;
mod keys;
mod mark;
mod pairs;
mod sections;
mod shell;
mod tokens;
mod values;
mod words;

pub use mark::{BEGIN, END, unnumbered};

use crate::limits;
use mark::Marks;
use regex::bytes::{Regex, RegexBuilder};
use std::collections::BTreeSet;
use std::ops::Range;
use trackle_wire::deny;

/// Secrets that are sought wherever else they stand.
const KNOWN: usize = 500;

/// A secret that was taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    pub rule: &'static str,
    /// Of the text before redaction, from 1; of arguments, which one.
    pub line: u32,
}

/// Both sides of a changed file as they may leave the host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sides {
    pub before: Option<Vec<u8>>,
    pub after: Option<Vec<u8>>,
    /// Of both sides.
    pub found: Vec<Found>,
}

/// Where a secret stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hit {
    range: Range<usize>,
    rule: &'static str,
}

/// The engine of one session. It remembers what it took out, and finds it again in every later text: let it learn what was
/// typed and what ran, then give it the files, and then the lines and arguments.
#[derive(Debug, Default)]
pub struct Redactor {
    known: BTreeSet<Vec<u8>>,
    /// Those that no seeker seeks yet.
    fresh: Vec<Vec<u8>>,
    seekers: Vec<Seeker>,
}

/// Finds some of the secrets.
#[derive(Debug)]
struct Seeker {
    known: Vec<Vec<u8>>,
    form: Regex,
}

/// Why nothing of a content is let through.
type Withheld = &'static str;

impl Redactor {
    pub fn new() -> Redactor {
        Redactor::default()
    }

    /// Both sides of a file, or the name of the rule that withholds all of it.
    pub fn file(
        &mut self,
        path: &[u8],
        before: Option<&[u8]>,
        after: Option<&[u8]>,
    ) -> Result<Sides, Withheld> {
        if let Some(rule) = deny::rule(path) {
            return Err(rule);
        }
        if deny::never_carried(path) {
            return Err("database");
        }
        let sides = [before, after];
        let mut hits = [Vec::new(), Vec::new()];
        for (side, hits) in sides.iter().zip(&mut hits) {
            *hits = self.look(side.unwrap_or_default(), false)?;
        }
        let mut marks = Marks::among(&sides.map(Option::unwrap_or_default));
        let mut redacted = Sides::default();
        for ((side, hits), after) in sides.iter().zip(&mut hits).zip([false, true]) {
            let Some(side) = side else { continue };
            self.recall(side, hits)?;
            let (bytes, found) = marks.put(side, hits)?;
            redacted.found.extend(found);
            *(if after { &mut redacted.after } else { &mut redacted.before }) = Some(bytes);
        }
        Ok(redacted)
    }

    /// One content, or the name of the rule that withholds all of it.
    pub fn bytes(&mut self, content: &[u8]) -> Result<(Vec<u8>, Vec<Found>), Withheld> {
        let mut hits = self.look(content, false)?;
        self.recall(content, &mut hits)?;
        Marks::among(&[content]).put(content, &hits)
    }

    /// A text; what is too much to look at is replaced whole.
    pub fn text(&mut self, text: &str) -> (String, Vec<Found>) {
        self.bytes(text.as_bytes()).map_or_else(whole, |(bytes, found)| (string(bytes), found))
    }

    /// A line as it was typed into a shell.
    pub fn line(&mut self, line: &str) -> (String, Vec<Found>) {
        let bytes = line.as_bytes();
        let hits = self.look(bytes, true).and_then(|mut hits| {
            shell::find(bytes, &mut hits);
            self.learn(bytes, &hits);
            self.recall(bytes, &mut hits)?;
            Marks::among(&[bytes]).put(bytes, &hits)
        });
        hits.map_or_else(whole, |(bytes, found)| (string(bytes), found))
    }

    /// The arguments of a program, the first of them its own name.
    pub fn arguments(&mut self, arguments: &[String]) -> (Vec<String>, Vec<Found>) {
        let mut told = Vec::new();
        let by_place = arguments::find(arguments);
        let mut redacted = Vec::with_capacity(arguments.len());
        for (n, argument) in arguments.iter().enumerate() {
            let bytes = argument.as_bytes();
            let looked = self.look(bytes, false).and_then(|mut hits| {
                hits.extend(by_place.iter().filter(|(place, _)| *place == n).map(|(_, hit)| hit.clone()));
                self.learn(bytes, &hits);
                self.recall(bytes, &mut hits)?;
                Marks::among(&[bytes]).put(bytes, &hits)
            });
            let (text, found) = looked.map_or_else(whole, |(bytes, found)| (string(bytes), found));
            told.extend(found.into_iter().map(|f| Found { line: n as u32 + 1, ..f }));
            redacted.push(text);
        }
        (redacted, told)
    }

    /// Remembers the secrets of a line of shell, for texts that are looked at before it.
    pub fn learn_line(&mut self, line: &str) {
        let mut hits = self.look(line.as_bytes(), true).unwrap_or_default();
        shell::find(line.as_bytes(), &mut hits);
        self.learn(line.as_bytes(), &hits);
    }

    /// Remembers the secrets of a program's arguments.
    pub fn learn_arguments(&mut self, arguments: &[String]) {
        for (n, hit) in arguments::find(arguments) {
            self.learn(arguments.get(n).map_or(b"", |argument| argument.as_bytes()), &[hit]);
        }
    }

    /// The value of a variable that may be told, redacted; of others nothing is.
    pub fn environment(&mut self, name: &str, value: &str) -> Option<String> {
        environment::may_be_told(name).then(|| self.text(value).0)
    }

    /// Everything that the rules find. `shell`: it is a line as it was typed.
    fn look(&mut self, content: &[u8], shell: bool) -> Result<Vec<Hit>, Withheld> {
        if content.len() > limits::REDACT_BYTES {
            return Err("too big to be looked through");
        }
        if content.contains(&0) {
            return Err("binary");
        }
        let mut hits = Vec::new();
        blocks::find(content, &mut hits);
        tokens::find(content, &mut hits);
        pairs::find(content, &mut hits);
        sections::find(content, &mut hits);
        drawn::find(content, &mut hits);
        assigned::find(content, shell, &mut hits)?;
        shell::find_commands(content, &mut hits);
        self.learn(content, &hits);
        Ok(hits)
    }

    /// Remembers secrets that are told from ordinary words.
    fn learn(&mut self, content: &[u8], hits: &[Hit]) {
        for value in hits.iter().filter_map(|hit| content.get(hit.range.clone())) {
            if self.known.len() < KNOWN && values::is_distinct(value) && self.known.insert(value.to_vec()) {
                self.fresh.push(value.to_vec());
            }
        }
    }

    /// Finds what is remembered wherever else it stands.
    fn recall(&mut self, content: &[u8], hits: &mut Vec<Hit>) -> Result<(), Withheld> {
        if !self.fresh.is_empty() {
            // of seekers that grow as powers of two there are few, and each secret goes through few of them
            let mut known = std::mem::take(&mut self.fresh);
            while let Some(last) = self.seekers.pop_if(|last| last.known.len() <= known.len()) {
                known.extend(last.known);
            }
            match Seeker::form(&mut known) {
                Ok(form) => self.seekers.push(Seeker { known, form }),
                Err(rule) => {
                    self.fresh = known;
                    return Err(rule);
                }
            }
        }
        for seeker in &self.seekers {
            let found = seeker.form.find_iter(content);
            hits.extend(found.map(|m| Hit { range: m.range(), rule: "known" }));
        }
        Ok(())
    }
}

impl Seeker {
    fn form(known: &mut [Vec<u8>]) -> Result<Regex, Withheld> {
        // the longest first, since a secret may begin with another
        known.sort_by_key(|value| std::cmp::Reverse(value.len()));
        let forms: Vec<String> = known.iter().map(|value| escaped(value)).collect();
        let form = RegexBuilder::new(&forms.join("|")).unicode(false).size_limit(64 << 20).build();
        form.map_err(|_| "too many secrets")
    }
}

/// A pattern that is these bytes and nothing else.
fn escaped(value: &[u8]) -> String {
    value.iter().map(|byte| format!("\\x{byte:02x}")).collect()
}

fn whole(rule: Withheld) -> (String, Vec<Found>) {
    (mark::of("withheld", 1), vec![Found { rule, line: 1 }])
}

fn string(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests;
