//! The sheet on which complaints are noted while a configuration is read, and the single values that one reads:
//! addresses, lines, paths, numbers, spans of time. A wrong value is noted and read as its default or as nothing.

use crate::config::written::Said;
use crate::config::wrong::Found;
use crate::model::address::Address;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Spanned;

/// Complaints so far.
pub(super) struct Sheet<'b> {
    base: &'b Path,
    pub found: Vec<Found>,
}

/// A table's name and where it stands, for complaints about what it lacks.
#[derive(Clone, Copy)]
pub(super) struct Table {
    pub name: &'static str,
    at: Option<usize>,
}

impl Table {
    pub fn of<T>(name: &'static str, said: &Said<T>) -> Table {
        Table { name, at: said.as_ref().map(|s| s.span().start) }
    }
    pub fn at<T>(name: &'static str, said: &Spanned<T>) -> Table {
        Table { name, at: Some(said.span().start) }
    }
}

impl<'b> Sheet<'b> {
    pub fn new(base: &'b Path) -> Sheet<'b> {
        Sheet { base, found: Vec::new() }
    }

    /// Notes what is wrong with a value.
    pub fn note<T>(&mut self, said: &Spanned<T>, text: impl Into<String>) {
        self.found.push(Found { at: Some(said.span().start), field: None, text: text.into() });
    }

    /// Notes what is wrong with a value and answers `None`: it has no meaning.
    pub fn wrong<T, M>(&mut self, said: &Spanned<T>, text: impl Into<String>) -> Option<M> {
        self.note(said, text);
        None
    }

    /// Notes that a table lacks a field; `what` says what to write there. Answers `None`.
    pub fn missing<M>(&mut self, table: Table, field: &str, what: &str) -> Option<M> {
        let field = Some(format!("{}.{field}", table.name));
        self.found.push(Found { at: table.at, field, text: format!("is missing: {what}") });
        None
    }

    pub fn address(&mut self, said: &Spanned<String>) -> Option<Address> {
        let address = Address::parse(said.get_ref());
        if address.is_none() {
            let text = format!("{:?} is not a bare mail address such as \"ann@example.org\"", said.get_ref());
            return self.wrong(said, text);
        }
        address
    }

    pub fn addresses(&mut self, said: &[Spanned<String>]) -> Vec<Address> {
        said.iter().filter_map(|a| self.address(a)).collect()
    }

    /// One line for people to read.
    pub fn line(&mut self, said: &Spanned<String>) -> String {
        let text = said.get_ref().trim();
        if text.is_empty() || text.chars().count() > 100 || text.chars().any(char::is_control) {
            self.note(said, "must be one line of 1 to 100 characters");
        }
        text.to_owned()
    }

    /// Visible ASCII without what separates words in header fields.
    pub fn word(&mut self, said: &Spanned<String>) -> Option<String> {
        let text = said.get_ref();
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_graphic() && !b";,()<>\"".contains(&b)) {
            return self.wrong(said, format!("{text:?} is not one plain word"));
        }
        Some(text.clone())
    }

    /// A name in the DNS, made lower case. IDN must be in its `xn--` form, as mail servers write it.
    pub fn domain(&mut self, said: &Spanned<String>) -> Option<String> {
        let text = said.get_ref().trim().to_ascii_lowercase();
        if text.contains('@') || Address::parse(&format!("x@{text}")).is_none() {
            return self.wrong(
                said,
                format!("{text:?} is not a bare host or domain name such as \"mx.example.org\""),
            );
        }
        Some(text)
    }

    /// A host to connect to: a name or an IP address without brackets.
    pub fn host(&mut self, said: &Spanned<String>) -> Option<String> {
        match said.get_ref().parse::<std::net::IpAddr>() {
            Ok(ip) => Some(ip.to_string()),
            Err(_) => self.domain(said),
        }
    }

    /// Made absolute without looking at the disk.
    pub fn path(&mut self, said: &Spanned<String>) -> PathBuf {
        let text = said.get_ref();
        if text.is_empty() || text.contains('\0') {
            self.note(said, "must be a path");
        } else if text.starts_with('~') {
            self.note(said, "~ means nothing here: write the whole path");
        }
        self.base.join(text)
    }

    pub fn number<N>(&mut self, said: &Said<N>, default: N, allowed: RangeInclusive<N>) -> N
    where
        N: PartialOrd + Copy + Display,
    {
        let Some(said) = said else { return default };
        if !allowed.contains(said.get_ref()) {
            let text = format!("{} must be {} to {}", said.get_ref(), allowed.start(), allowed.end());
            self.note(said, text);
        }
        *said.get_ref()
    }

    pub fn span(
        &mut self,
        said: &Said<String>,
        default: Duration,
        allowed: RangeInclusive<Duration>,
    ) -> Duration {
        let Some(said) = said else { return default };
        match span(said.get_ref()) {
            Some(span) if allowed.contains(&span) => return span,
            Some(_) => {
                let (least, most) = (in_words(*allowed.start()), in_words(*allowed.end()));
                self.note(said, format!("{:?} must be {least} to {most}", said.get_ref()))
            }
            None => {
                let text = format!(
                    "{:?} is not a span of time such as \"90s\", \"5m\", \"48h\" or \"2d\"",
                    said.get_ref()
                );
                self.note(said, text)
            }
        };
        default
    }

    /// The meaning of a word out of a few; the first of them is the default.
    pub fn choice<C: Copy>(&mut self, said: &Said<String>, choices: &[(&str, C)]) -> Option<C> {
        let Some(said) = said else { return choices.first().map(|c| c.1) };
        let chosen = choices.iter().find(|c| c.0 == said.get_ref()).map(|c| c.1);
        if chosen.is_none() {
            let words: Vec<String> = choices.iter().map(|c| format!("{:?}", c.0)).collect();
            return self.wrong(said, format!("{:?} is none of {}", said.get_ref(), words.join(", ")));
        }
        chosen
    }
}

/// A number and a unit: seconds, minutes, hours, days.
fn span(text: &str) -> Option<Duration> {
    let (number, unit) = text.trim().split_at_checked(text.trim().len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    number.trim_end().parse::<u32>().ok().map(|n| Duration::from_secs(u64::from(n) * seconds))
}

fn in_words(span: Duration) -> String {
    let seconds = span.as_secs();
    let units = [(86_400, "d"), (3_600, "h"), (60, "m")];
    let unit = units.into_iter().find(|(size, _)| seconds >= *size && seconds.is_multiple_of(*size));
    unit.map_or_else(|| format!("{seconds}s"), |(size, name)| format!("{}{name}", seconds / size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_spans() {
        for (text, seconds) in
            [("90s", Some(90)), ("5m", Some(300)), ("48 h", Some(172_800)), ("2d", Some(172_800))]
        {
            assert_eq!(span(text).map(|s| s.as_secs()), seconds, "{text}");
        }
        for text in ["", "5", "m", "-5m", "5 weeks", "99999999999d", "5µ", "1.5h"] {
            assert_eq!(span(text), None, "{text}");
        }
    }

    #[test]
    fn writes_spans() {
        for (seconds, text) in [(10, "10s"), (90, "90s"), (300, "5m"), (86_400, "1d"), (0, "0s")] {
            assert_eq!(in_words(Duration::from_secs(seconds)), text);
        }
    }
}
