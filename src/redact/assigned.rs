//! Secrets that are told by the name in front of them: in comes a content, out come places. The name is looked for by its
//! stem wherever it stands; what is around it says how far the name goes, what ties the value to it (`=`, `:`, `=>`, `>` of
//! an element, a comma of a call, a blank of a directive) and where the value ends. So one search serves INI, YAML, JSON,
//! TOML, XML, shell, PHP and the rest. The work on one content is counted; too much of it withholds the content.

mod extent;
mod names;

use super::keys::{self, Weight};
use super::{Hit, values};
use extent::{end_of_setting, end_of_word, is_command, quoted_part};
use names::{DIRECTIVES, INNER, WHOLE, is_before_name};
use regex::bytes::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// The longest value on one line.
const VALUE: usize = 8192;
/// How far before a name the beginning of its line is looked for.
const INDENT: usize = 200;
/// Bytes that may be looked at for each byte of a content, and for any content.
const EFFORT: usize = 64;
const EFFORT_ANYWAY: usize = 1 << 20;

/// Parts of the names that [`keys`] knows.
static STEMS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let stems = "pass|pwd|secret|psk|pw\\b|kennwort|authtok|mnemonic|community|token|bearer|auth|session|cookie|cred|encrypt|key|\
                 salt|seed|hmac|webhook|sig|otp|pin\\b";
    Regex::new(&format!("(?i-u){stems}")).ok()
});

/// A name and where its value may be.
struct Named<'a> {
    content: &'a [u8],
    name: Range<usize>,
    /// Nothing but blanks, a mark of comment or list, or a word such as `export` stands before it on its line.
    first: bool,
    comment: bool,
    weight: Weight,
    /// What stands before it on its line, if that is not too long.
    before: Option<&'a [u8]>,
    /// It is a line of shell: a value ends at a blank.
    shell: bool,
}

/// `shell`: the content is a line as it was typed.
pub(super) fn find(content: &[u8], shell: bool, hits: &mut Vec<Hit>) -> Result<(), &'static str> {
    let Some(stems) = STEMS.as_ref() else { return Err("no rules") };
    let mut effort = EFFORT_ANYWAY + content.len() * EFFORT;
    let mut done = 0;
    for stem in stems.find_iter(content) {
        if stem.start() < done {
            continue;
        }
        let name = name_around(content, stem.range());
        done = name.end;
        let cost = name.len() + INDENT;
        effort = effort.checked_sub(cost).ok_or("too much to be looked through")?;
        let Some(weight) = keys::weight(content.get(name.clone()).unwrap_or_default()) else { continue };
        let named = Named { shell, ..Named::new(content, name, weight) };
        if let Some((value, rule)) = named.value() {
            effort = effort.checked_sub(value.len()).ok_or("too much to be looked through")?;
            done = done.max(value.end);
            hits.push(Hit { range: value, rule });
        }
        effort = effort.checked_sub(named.line_left().len()).ok_or("too much to be looked through")?;
    }
    Ok(())
}

fn is_name(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.-$".contains(byte)
}

/// The whole name, without dots and dashes around it.
fn name_around(content: &[u8], stem: Range<usize>) -> Range<usize> {
    const MOST: usize = 80;
    let before = content.get(stem.start.saturating_sub(MOST)..stem.start).unwrap_or_default();
    let start = stem.start - before.iter().rev().take_while(|b| is_name(b)).count();
    let behind = content.get(stem.end..content.len().min(stem.end + MOST)).unwrap_or_default();
    let end = stem.end + behind.iter().take_while(|b| is_name(b)).count();
    let name = content.get(start..end).unwrap_or_default();
    let trim = |b: &&u8| matches!(**b, b'.' | b'-' | b'$');
    let front = name.iter().take_while(trim).count();
    let back = name.iter().rev().take_while(trim).count();
    start + front..end.saturating_sub(back).max(start + front)
}

impl<'a> Named<'a> {
    fn new(content: &'a [u8], name: Range<usize>, weight: Weight) -> Named<'a> {
        let before = content.get(name.start.saturating_sub(INDENT)..name.start).unwrap_or_default();
        let line = match before.iter().rposition(|b| *b == b'\n') {
            Some(end) => before.get(end + 1..),
            None if name.start <= INDENT => Some(before),
            None => None,
        };
        let words = line.map(|line| {
            let word = |b: &u8| b.is_ascii_whitespace();
            line.split(word).filter(|w| !w.is_empty()).collect::<Vec<_>>()
        });
        let comment = words.as_ref().is_some_and(|words| {
            words.first().is_some_and(|w| {
                w.starts_with(b"#") || w.starts_with(b"//") || matches!(*w, b";" | b"*" | b"--")
            })
        });
        let first = words.is_some_and(|words| words.iter().all(|word| is_before_name(word)));
        Named { content, name, first, comment, weight, before: line, shell: false }
    }

    fn byte(&self, at: usize) -> u8 {
        self.content.get(at).copied().unwrap_or(b'\n')
    }

    fn blanks(&self, at: usize) -> usize {
        const MOST: usize = 200;
        let rest = self.content.get(at..self.content.len().min(at + MOST)).unwrap_or_default();
        at + rest.iter().take_while(|b| matches!(b, b' ' | b'\t')).count()
    }

    /// What follows the name on its line.
    fn line_left(&self) -> &'a [u8] {
        let end = self.content.len().min(self.name.end + VALUE);
        let rest = self.content.get(self.name.end..end).unwrap_or_default();
        rest.split(|b| *b == b'\n').next().unwrap_or_default()
    }

    /// The value, if there is one and it is secret.
    fn value(&self) -> Option<(Range<usize>, &'static str)> {
        let mut at = self.name.end;
        let mut quoted = false;
        while matches!(self.byte(at), b'"' | b'\'' | b'`' | b']' | b'\\' | b')') && at < self.name.end + 4 {
            quoted = true;
            at += 1;
        }
        let entity = |at: usize| self.content.get(at..).is_some_and(|rest| rest.starts_with(b"&quot;"));
        if entity(at) && entity(at + 7) {
            return self.entity(at + 7);
        }
        let tied = self.blanks(at);
        let two = [self.byte(tied), self.byte(tied + 1)];
        let element = self.name.start > 0 && matches!(self.byte(self.name.start - 1), b'<' | b':');
        match two {
            [b'=', b'>' | b'='] | [b':' | b'?' | b'+', b'='] => self.assigned(tied + 2),
            [b':', b':'] => self.assigned(tied + 2),
            // `"Password:"`: it is a question
            [b':', b'"' | b'\'']
                if self.name.start > 0 && self.byte(self.name.start - 1) == two[1] && !quoted =>
            {
                None
            }
            [b'=', _] | [b':', _] => self.assigned(tied + 1),
            [b'%', b'3'] if matches!(self.byte(tied + 2), b'D' | b'd') => self.assigned(tied + 3),
            [b'(', b'"' | b'\''] => self.called(tied + 1),
            [b',', _] if quoted && (self.is_called() || self.is_option()) => self
                .assigned(tied + 1)
                .filter(|(value, _)| matches!(self.byte(value.start.saturating_sub(1)), b'"' | b'\'')),
            [b'>', _] if element => self.element(tied + 1),
            [b' ' | b'\t' | b'\n' | b'\r', _] => None,
            _ if tied > at && element => {
                let open = self.content.get(tied..self.content.len().min(tied + 200)).unwrap_or_default();
                let close = open.iter().position(|b| *b == b'>')?;
                self.element(tied + close + 1)
            }
            _ if tied > at && self.first && !quoted => self.directive(tied),
            _ if tied > at && !quoted => self.beside(tied),
            _ => None,
        }
    }

    /// `&quot;password&quot;:&quot;x&quot;`, from the second of these quotes on.
    fn entity(&self, at: usize) -> Option<(Range<usize>, &'static str)> {
        let start = at + 6;
        let rest = self.content.get(start..self.content.len().min(start + VALUE))?;
        let end = rest.iter().position(|b| matches!(b, b'&' | b'\n'))?;
        self.judged(start..start + end, true)
    }

    /// `setPassword("x")`: not what asks for one, or names one.
    fn called(&self, at: usize) -> Option<(Range<usize>, &'static str)> {
        let rest = self.content.get(at..self.content.len().min(at + VALUE))?;
        let (start, end) = quoted_part(rest.split(|b| *b == b'\n').next()?)?;
        let value = rest.get(start..end)?;
        let sure = (values::is_random(value) || values::is_mixed(value) && keys::weight(value).is_none())
            && !value.contains(&b' ');
        sure.then(|| self.judged(at + start..at + end, true)).flatten()
    }

    /// Whether dashes stand before it: `["--password", "x"]`.
    fn is_option(&self) -> bool {
        self.name.start > 0 && self.byte(self.name.start - 1) == b'-'
    }

    /// Whether it is the first argument of a call: `define('PASSWORD', 'x')`.
    fn is_called(&self) -> bool {
        let before = self.before.unwrap_or_default().trim_ascii_end();
        let before = before.strip_suffix(b"'").or_else(|| before.strip_suffix(b"\"")).unwrap_or(before);
        before.trim_ascii_end().ends_with(b"(")
    }

    /// `neighbor 10.0.0.1 password x`: a word between others, which has to look like a secret.
    fn beside(&self, at: usize) -> Option<(Range<usize>, &'static str)> {
        let Weight::Secret(_) = self.weight else { return None };
        let rest = self.content.get(at..self.content.len().min(at + VALUE)).unwrap_or_default();
        let line = rest.split(|b| *b == b'\n').next().unwrap_or_default();
        let (start, end, quoted) = match quoted_part(line) {
            Some((start, end)) => (start, end, true),
            None => (0, end_of_word(line), false),
        };
        let value = line.get(start..end)?;
        // `pass` and `secret` are words of people, `-x` is an option
        let name = self.content.get(self.name.clone())?.to_ascii_lowercase();
        let word = match name.as_slice() {
            b"pass" => true,
            b"psk" | b"secret" | b"secrets" => !(quoted || value.iter().any(u8::is_ascii_digit)),
            _ => false,
        };
        if word || value.starts_with(b"-") {
            return None;
        }
        (!self.is_option() && (quoted || values::is_mixed(value)))
            .then(|| self.judged(at + start..at + end, quoted))
            .flatten()
    }

    /// `<password>x</password>`
    fn element(&self, at: usize) -> Option<(Range<usize>, &'static str)> {
        let rest = self.content.get(at..self.content.len().min(at + VALUE)).unwrap_or_default();
        let end = rest.iter().position(|b| *b == b'<')?;
        let blank = rest.get(..end)?.iter().all(u8::is_ascii_whitespace);
        let inner =
            INNER.iter().find(|inner| blank && rest.get(end..).is_some_and(|rest| rest.starts_with(inner)));
        match inner {
            Some(inner) => {
                let start = end + inner.len();
                let length = rest.get(start..)?.iter().position(|b| *b == b'<')?;
                self.judged(at + start..at + start + length, true)
            }
            None if rest.get(end..)?.starts_with(b"</") => self.judged(at..at + end, true),
            None => None,
        }
    }

    /// `requirepass x`: only where nothing else can be meant.
    fn directive(&self, at: usize) -> Option<(Range<usize>, &'static str)> {
        let at = self.behind_options(at);
        let rest = self.content.get(at..self.content.len().min(at + VALUE)).unwrap_or_default();
        let line = rest.split(|b| *b == b'\n').next().unwrap_or_default().trim_ascii_end();
        let name = self.content.get(self.name.clone()).unwrap_or_default();
        let before = self.before.unwrap_or_default().trim_ascii();
        let whole =
            matches!(before, b"ENV" | b"setenv") || WHOLE.iter().any(|d| name.eq_ignore_ascii_case(d));
        let end = |b: &u8| if whole { *b == b'\r' } else { b.is_ascii_whitespace() || *b == b';' };
        let (start, end) =
            quoted_part(line).unwrap_or_else(|| (0, line.iter().position(end).unwrap_or(line.len())));
        let alone = line.get(end..).unwrap_or_default().iter().all(|b| b" \t;\"'".contains(b));
        let value = line.get(start..end).unwrap_or_default();
        let plain = value.iter().all(|b| b.is_ascii_lowercase()) && start == 0;
        let sure = whole || DIRECTIVES.iter().any(|d| name.eq_ignore_ascii_case(d));
        if sure || !(self.comment || plain || !alone) {
            return self.judged(at + start..at + end, start > 0);
        }
        // `password root x`
        let mut words = line.split(|b| b.is_ascii_whitespace()).filter(|word| !word.is_empty()).skip(1);
        match (words.next(), words.next()) {
            (Some(last), None) if !self.comment && values::is_mixed(last) && name == b"password" => {
                self.judged(at + line.len() - last.len()..at + line.len(), false)
            }
            _ => self.beside(at),
        }
    }

    /// Behind words such as the second of `rootpw --plaintext x`; a line has few.
    fn behind_options(&self, mut at: usize) -> usize {
        const MOST: usize = 4;
        for _ in 0..MOST {
            let rest = self.content.get(at..self.content.len().min(at + INDENT)).unwrap_or_default();
            let length = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
            let next = self.blanks(at + length);
            if !rest.starts_with(b"--") || next == at + length {
                break;
            }
            at = next;
        }
        at
    }

    /// What stands behind the sign of assignment.
    fn assigned(&self, behind: usize) -> Option<(Range<usize>, &'static str)> {
        let mut at = self.blanks(behind);
        let rest = self.content.get(at..self.content.len().min(at + VALUE)).unwrap_or_default();
        let line = rest.split(|b| *b == b'\n').next().unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if matches!(line.trim_ascii_end(), b"" | b"|" | b">" | b"|-" | b">-" | b"|+" | b">+") {
            return self.indented(at + line.len());
        }
        if let Some((start, end)) = quoted_part(line) {
            return self.judged(at + start..at + end, true);
        }
        let tight = at == behind;
        let command = tight && self.byte(behind.saturating_sub(1)) == b'=' && is_command(line);
        // `machine password = x`
        let spaced = !tight && self.content.get(self.name.end) == Some(&b' ');
        let named = spaced
            && self.before.is_some_and(|before| before.iter().all(|b| b.is_ascii_lowercase() || *b == b' '));
        let whole = (self.first || named) && !self.shell && !command;
        // `Environment="PASSWORD=x y"`: the quotes are around both
        let around = self.byte(self.name.start.saturating_sub(1));
        let closed = line.iter().position(|b| *b == around && matches!(b, b'"' | b'\''));
        let end = match closed {
            Some(end) if self.name.start > 0 => end,
            _ if whole => end_of_setting(line),
            _ => end_of_word(line),
        };
        let lead = line.iter().take_while(|b| matches!(b, b'\\' | b'"' | b'\'')).count().min(end);
        let value = line.get(lead..end).unwrap_or_default();
        // `SALT: &str = "x"`, `password = String::from("x")`
        if let Some(inner) = value.iter().position(|b| matches!(b, b'"' | b'\''))
            && (values::is_code(value) || value.get(..inner).is_some_and(|typed| typed.ends_with(b" = ")))
        {
            return self.called(at + lead + inner);
        }
        at += lead;
        // `TOKEN=x command`
        let first = value.iter().position(|b| *b == b' ').unwrap_or(value.len());
        let whole = self.judged(at..at + value.len(), false);
        whole.or_else(|| match self.weight {
            Weight::Random(_) => self.judged(at..at + first, false),
            Weight::Secret(_) => None,
        })
    }

    /// The lines below a name that are further in than it.
    fn indented(&self, end_of_line: usize) -> Option<(Range<usize>, &'static str)> {
        let indent = self.before?;
        if !self.first || !indent.iter().all(|b| matches!(b, b' ' | b'-' | b'"' | b'\'')) {
            return None;
        }
        let rest = self.content.get(end_of_line..self.content.len().min(end_of_line + VALUE))?;
        let mut range: Option<Range<usize>> = None;
        let mut at = end_of_line;
        for line in rest.split_inclusive(|b| *b == b'\n').skip(1).map(<[u8]>::trim_ascii_end) {
            at += rest.get(at - end_of_line..)?.iter().position(|b| *b == b'\n')? + 1;
            let inner = line.iter().take_while(|b| **b == b' ').count();
            let text = line.get(inner..)?;
            if text.is_empty() {
                continue;
            }
            if inner <= indent.len() || text.starts_with(b"- ") || text.contains(&b':') {
                break;
            }
            let end = at + line.len();
            range = Some(range.map_or(at + inner..end, |range| range.start..end));
        }
        match self.weight {
            Weight::Secret(rule) => Some((range?, rule)),
            Weight::Random(_) => self.judged(range?, true),
        }
    }

    /// Whether this is secret under this name.
    fn judged(&self, range: Range<usize>, quoted: bool) -> Option<(Range<usize>, &'static str)> {
        let value = self.content.get(range.clone())?;
        let rule = match self.weight {
            Weight::Secret(rule) => {
                let name = self.content.get(self.name.clone())?;
                // `connect(password=password)`
                let passed_on = !self.first && values::is_name_of_one(value);
                let words = values::is_code(value) || values::is_prose(value, self.comment) || passed_on;
                let plain = keys::is_about_doing(name) && values::is_plain(value);
                if values::is_harmless(value) || values::is_grammar(value) || plain || (!quoted && words) {
                    return None;
                }
                rule
            }
            Weight::Random(rule) => {
                if values::is_harmless(value) || !values::is_random(value) {
                    return None;
                }
                rule
            }
        };
        Some((range, rule))
    }
}
