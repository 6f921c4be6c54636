//! Changing a configuration's text: in come the text of `trackle.toml` and one change, out comes the text with that change and
//! every other byte as it was, comments and blank lines too. A new setting stands below the comment that shows its default, where
//! there is one. Knows the form of TOML and no meaning: whoever writes the text has it understood first. Touches no file.

mod list;
mod place;

use place::{Entry, Section};
use std::fmt;
use std::ops::Range;
use toml::Value;

pub use place::Place;

/// A value as a setting may have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    Word(String),
    Number(i64),
    Flag(bool),
    Words(Vec<String>),
}

impl Said {
    /// What of TOML a setting may be; `None` for the rest.
    pub fn of(value: &Value) -> Option<Said> {
        Some(match value {
            Value::String(word) => Said::Word(word.clone()),
            Value::Integer(number) => Said::Number(*number),
            Value::Boolean(flag) => Said::Flag(*flag),
            Value::Array(all) => {
                Said::Words(all.iter().map(|one| one.as_str().map(str::to_owned)).collect::<Option<_>>()?)
            }
            _ => return None,
        })
    }
}

/// As TOML.
impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Said::Word(word) => f.write_str(&quoted(word)),
            Said::Number(number) => write!(f, "{number}"),
            Said::Flag(flag) => write!(f, "{flag}"),
            Said::Words(words) => {
                let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
                write!(f, "[{}]", words.join(", "))
            }
        }
    }
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The text cannot be changed there, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stuck(pub String);

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the text says of a setting; `None` when it says nothing.
///
/// # Errors
/// When it is no TOML.
pub fn said(text: &str, place: &Place) -> Result<Option<Said>, Stuck> {
    let entry = place::find(text, place)?.1;
    Ok(entry.and_then(|entry| entry.said))
}

/// How many tables of that name there are: `[[mailbox]]`, `[[staff.member]]`.
///
/// # Errors
/// When it is no TOML.
pub fn count(text: &str, table: &str) -> Result<usize, Stuck> {
    place::count(text, table)
}

/// The text with a setting of that value.
///
/// # Errors
/// When it is no TOML, or the table is written in a form that is not changed here.
pub fn set(text: &str, place: &Place, value: &Said) -> Result<String, Stuck> {
    let (section, entry) = place::find(text, place)?;
    match (entry, value) {
        (Some(entry), Said::Words(words)) if entry.items.is_some() => list::become_these(text, place, words),
        (Some(entry), _) => Ok(spliced(text, entry.value, &value.to_string())),
        (None, _) => add_line(text, place, section, &format!("{} = {value}", place.key)),
    }
}

/// The text without the setting, and without what stands behind it on its line.
///
/// # Errors
/// When it is no TOML, or the setting shares its line with others.
pub fn unset(text: &str, place: &Place) -> Result<String, Stuck> {
    let Some(Entry { key, value, .. }) = place::find(text, place)?.1 else { return Ok(text.to_owned()) };
    let start = line_start(text, key.start);
    let before = text.get(start..key.start).unwrap_or_default();
    let behind = text.get(value.end..line_end(text, value.end)).unwrap_or_default().trim();
    if !before.trim().is_empty() || !(behind.is_empty() || behind.starts_with('#')) {
        return Err(Stuck(format!("{} shares its line with others: change it by hand", place.key)));
    }
    Ok(spliced(text, start..line_end(text, value.end), ""))
}

/// The text with one more table of an array of tables, behind the others: its settings in their order.
///
/// # Errors
/// When it is no TOML.
pub fn add_table(text: &str, table: &str, settings: &[(&str, Said)]) -> Result<String, Stuck> {
    let end = newline(text);
    let mut block = format!("{end}[[{table}]]{end}");
    for (key, value) in settings {
        block.push_str(&format!("{key} = {value}{end}"));
    }
    let above = table.rsplit_once('.').map_or(table, |(above, _)| above);
    let text = ended(text);
    let last = place::last(&text, table)?;
    let section = if last.is_some() { last } else { place::section(&text, above, 0)? };
    let at = section.map_or(text.len(), |section| body_end(&text, section.end));
    Ok(spliced(&text, at..at, &block))
}

/// The text without that table of an array of tables, counted from 0: its header, all below it, and the comment right above it
/// unless it is the first, above which stands what is said of all.
///
/// # Errors
/// When it is no TOML, or the table is written in a form that is not changed here.
pub fn remove_table(text: &str, table: &str, at: usize) -> Result<String, Stuck> {
    let Some(section) = place::section(text, table, at)? else {
        return Err(Stuck(format!("there is no such [[{table}]]")));
    };
    let mut start = line_start(text, section.header.start);
    if at > 0 {
        start = above(text, start, |line| line.trim_start().starts_with('#'));
    }
    let blank = above(text, start, |line| line.trim().is_empty());
    if blank < start {
        start = line_start(text, start.saturating_sub(1));
    }
    Ok(spliced(text, start..body_end(text, section.end), ""))
}

/// A new line in its section: below the comment that shows the setting, or behind the last one.
fn add_line(text: &str, place: &Place, section: Option<Section>, line: &str) -> Result<String, Stuck> {
    let (text, end) = (ended(text), newline(text));
    let Some(section) = section else {
        if place::is_there(&text, &place.table)? {
            let table = &place.table;
            return Err(Stuck(format!("{table} is not written below a line [{table}]: change it by hand")));
        }
        let gap = if text.trim().is_empty() { "" } else { end };
        return Ok(format!("{text}{gap}[{}]{end}{line}{end}", place.table));
    };
    let at = match shown(&text, &section, &place.key) {
        Some(at) => at,
        None => section.values.iter().map(|value| value.end).max().unwrap_or(section.header.end),
    };
    let at = line_end(&text, at);
    Ok(spliced(&text, at..at, &format!("{line}{end}")))
}

/// Where a comment such as `#name = "Help desk"` shows the setting: its default rather than another way.
fn shown(text: &str, section: &Section, key: &str) -> Option<usize> {
    let mut at = line_end(text, section.header.end);
    let mut other = None;
    while at < section.end {
        let end = line_end(text, at);
        let line = text.get(at..end).unwrap_or_default();
        let rest = line.trim_start_matches('#');
        let says = rest.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
        if says && !section.values.iter().any(|value| value.contains(&at)) {
            match line.len() - rest.len() {
                1 => return Some(at),
                2 => other = other.or(Some(at)),
                _ => {}
            }
        }
        if end == at {
            break;
        }
        at = end;
    }
    other
}

/// Where what belongs to a section ends: before blank lines, and before the comment right above the next header.
fn body_end(text: &str, end: usize) -> usize {
    let end =
        if end < text.len() { above(text, end, |line| line.trim_start().starts_with('#')) } else { end };
    above(text, end, |line| line.trim().is_empty())
}

/// The start of the run of such lines right above that start of a line.
fn above(text: &str, mut at: usize, is_such: impl Fn(&str) -> bool) -> usize {
    while at > 0 {
        let start = line_start(text, at - 1);
        if !is_such(text.get(start..at).unwrap_or_default()) {
            break;
        }
        at = start;
    }
    at
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// Behind the end of the line.
fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |newline| at + newline + 1)
}

/// What ends lines in that text.
fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// With an end to its last line.
fn ended(text: &str) -> String {
    let whole = text.is_empty() || text.ends_with('\n');
    if whole { text.to_owned() } else { format!("{text}{}", newline(text)) }
}

fn spliced(text: &str, range: Range<usize>, instead: &str) -> String {
    let (before, behind) = (text.get(..range.start), text.get(range.end..));
    format!("{}{instead}{}", before.unwrap_or_default(), behind.unwrap_or_default())
}

#[cfg(test)]
mod tests;
