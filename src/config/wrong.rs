//! What is wrong with a configuration file, for whoever has to mend it: file, line, field, and what to do.
//! In come complaints that know their place in the text as a byte offset; line and field are found from it.

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Everything that is wrong with one file; its Display is one line for each complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The file's name, without its directory.
    pub file: String,
    /// In the order of the file; at least one.
    pub complaints: Vec<Complaint>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Counted from 1; `None` when it is about something that is not in the file.
    pub line: Option<usize>,
    /// Such as `mailbox.port`; empty when it is about the whole file.
    pub field: String,
    /// What is wrong and what to do.
    pub text: String,
}

/// A complaint that knows its place only as an offset into the text.
#[derive(Debug)]
pub(super) struct Found {
    /// `None` when a whole table is missing.
    pub at: Option<usize>,
    /// The field, when the place does not tell it since the field is missing there.
    pub field: Option<String>,
    pub text: String,
}

impl Wrong {
    pub(super) fn unreadable(path: &Path, e: &io::Error) -> Wrong {
        let text = format!("cannot be read: {e}");
        Wrong {
            file: path.display().to_string(),
            complaints: vec![Complaint { line: None, field: String::new(), text }],
        }
    }

    /// Finds line and field of every complaint. The text need not be right TOML.
    pub(super) fn about(text: &str, mut found: Vec<Found>) -> Wrong {
        found.sort_by_key(|f| f.at);
        let (table, _) = DeTable::parse_recoverable(text);
        let field = |at: usize| {
            let innermost = Some(field_at(table.get_ref(), at)).filter(|f| !f.is_empty());
            innermost.or_else(|| key_at(text, at))
        };
        let place = |f: Found| Complaint {
            line: f.at.map(|at| line_at(text, at)),
            field: f.field.or_else(|| field(f.at?)).unwrap_or_default(),
            text: f.text,
        };
        Wrong { file: "trackle.toml".to_owned(), complaints: found.into_iter().map(place).collect() }
    }
}

fn line_at(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|b| *b == b'\n').count() + 1
}

/// The key on that line, for a line that the parser has thrown away, such as a second one with the same key.
fn key_at(text: &str, at: usize) -> Option<String> {
    let (key, _) = text.lines().nth(line_at(text, at) - 1)?.split_once('=')?;
    let bare = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
    Some(key.trim()).filter(|key| !key.is_empty() && key.bytes().all(bare)).map(str::to_owned)
}

/// The dotted name of the innermost field whose key or value holds the offset.
/// A table's own span is only its header or braces, so its fields are asked whatever its span says.
fn field_at(table: &DeTable<'_>, at: usize) -> String {
    for (key, value) in table {
        let inner = below(value, at);
        if !inner.is_empty() {
            return format!("{}.{inner}", key.get_ref());
        }
        if holds(&key.span(), at) || holds(&value.span(), at) || in_element(value, at) {
            return key.get_ref().to_string();
        }
    }
    String::new()
}

/// The name of the field below this value, or nothing.
fn below(value: &Spanned<DeValue<'_>>, at: usize) -> String {
    match value.get_ref() {
        DeValue::Table(inner) => field_at(inner, at),
        DeValue::Array(all) => all.iter().map(|v| below(v, at)).find(|s| !s.is_empty()).unwrap_or_default(),
        _ => String::new(),
    }
}

/// Whether one of a list's elements holds the offset (`[[mailbox]]` headers are elements).
fn in_element(value: &Spanned<DeValue<'_>>, at: usize) -> bool {
    value.get_ref().as_array().is_some_and(|all| all.iter().any(|v| holds(&v.span(), at)))
}

fn holds(span: &Range<usize>, at: usize) -> bool {
    span.contains(&at)
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, complaint) in self.complaints.iter().enumerate() {
            let end = if i == 0 { "" } else { "\n" };
            write!(f, "{end}{}", self.file)?;
            if let Some(line) = complaint.line {
                write!(f, " line {line}")?;
            }
            if !complaint.field.is_empty() {
                write!(f, ": {}", complaint.field)?;
            }
            write!(f, ": {}", complaint.text)?;
        }
        Ok(())
    }
}

impl std::error::Error for Wrong {}
