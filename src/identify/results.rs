//! One Authentication-Results field, taken apart by RFC 8601 2.2: comments, quoted strings, versions and all.
//! In comes the field's value, unfolded; out come its writer's name and what it found. Never searches for words:
//! a field that is not understood from end to end says nothing at all. It does not know whom to believe.

/// A field that was understood.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Results {
    /// The authserv-id: who says it.
    pub by: String,
    pub found: Vec<Finding>,
}

/// `dkim=pass header.d=x.example`
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Finding {
    /// Lower case.
    pub method: String,
    /// Lower case.
    pub result: String,
    /// Names such as `header.d` in lower case, values as written.
    pub properties: Vec<(String, String)>,
}

impl Finding {
    /// The value of a property that stands exactly once.
    pub fn property(&self, name: &str) -> Option<&str> {
        let mut values = self.properties.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str());
        values.next().filter(|_| values.next().is_none())
    }
}

impl Results {
    /// `None` for a field that breaks the grammar anywhere, or has a version other than 1.
    pub fn parse(value: &str) -> Option<Results> {
        let mut text = Text { rest: value };
        let by = text.id()?;
        text.blanks()?;
        if !text.rest.starts_with(';') && !text.rest.is_empty() && text.value(true)? != "1" {
            return None;
        }
        let mut results = Results { by, found: Vec::new() };
        loop {
            text.blanks()?;
            if text.rest.is_empty() {
                return Some(results);
            }
            text.take(';')?;
            text.blanks()?;
            if !text.rest.is_empty() && !text.rest.starts_with(';') {
                results.found.extend(finding(&mut text)?);
            }
        }
    }
}

/// Between two semicolons. `Some(None)` for what says nothing: `none`, or a version of a method that we do not know.
fn finding(text: &mut Text) -> Option<Option<Finding>> {
    let name = text.name()?;
    text.blanks()?;
    if name == "none" && (text.rest.is_empty() || text.rest.starts_with(';')) {
        return Some(None);
    }
    let (method, version) = match name.split_once('/') {
        Some((method, version)) => (method.to_owned(), version.to_owned()),
        None => (name, "1".to_owned()),
    };
    text.take('=')?;
    let result = text.name()?;
    let mut properties = Vec::new();
    loop {
        let parted = text.blanks()?;
        if text.rest.is_empty() || text.rest.starts_with(';') {
            let known = version == "1" && is_keyword(&method) && is_keyword(&result);
            return Some(known.then_some(Finding { method, result, properties }));
        }
        // two words run together, as in `pass"x"`, are no two words
        if !parted {
            return None;
        }
        let name = text.name()?;
        text.blanks()?;
        text.take('=')?;
        text.blanks()?;
        // a return path may hold an equals sign and is seldom put in quotes
        properties.push((name, text.value(false)?));
    }
}

fn is_keyword(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// What is left to read.
struct Text<'a> {
    rest: &'a str,
}

impl Text<'_> {
    /// Skips blanks and comments (which nest); says whether there were any. `None` for a comment without end.
    fn blanks(&mut self) -> Option<bool> {
        let (mut depth, mut escaped, mut end) = (0usize, false, self.rest.len());
        for (at, c) in self.rest.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' if depth > 0 => escaped = true,
                '(' => depth += 1,
                ')' if depth > 0 => depth -= 1,
                _ if depth > 0 || matches!(c, ' ' | '\t' | '\r' | '\n') => {}
                _ => {
                    end = at;
                    break;
                }
            }
        }
        let skipped = end > 0;
        self.rest = self.rest.get(end..)?;
        (depth == 0).then_some(skipped)
    }

    fn take(&mut self, c: char) -> Option<()> {
        self.rest = self.rest.strip_prefix(c)?;
        Some(())
    }

    /// A word in front of, or after, an equals sign.
    fn name(&mut self) -> Option<String> {
        self.blanks()?;
        let name = self.word(true);
        let fits =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b));
        fits.then(|| name.to_ascii_lowercase())
    }

    /// The name of who says it: one word, or one quoted string without escapes. Who takes forged fields out of a mail
    /// may not read any other spelling of his name as we would.
    fn id(&mut self) -> Option<String> {
        self.blanks()?;
        let before = self.rest.len();
        let (id, spelt) = match self.rest.starts_with('"') {
            true => self.quoted().map(|id| (id.clone(), id.len() + 2))?,
            false => (self.word(true).to_owned(), before - self.rest.len()),
        };
        let ends = !self.rest.starts_with(|c: char| c != ';' && c != '(' && !c.is_ascii_whitespace());
        let as_it_stands = before - self.rest.len() == spelt && id.bytes().all(|b| b.is_ascii_graphic());
        (ends && as_it_stands && !id.is_empty()).then_some(id)
    }

    /// A word or a quoted string, or one run of both, since `"a b"@x.example` is one address.
    fn value(&mut self, ends_at_equals: bool) -> Option<String> {
        self.blanks()?;
        let (mut value, mut quoted) = (String::new(), false);
        loop {
            if self.rest.starts_with('"') {
                quoted = true;
                value.push_str(&self.quoted()?);
                continue;
            }
            let word = self.word(ends_at_equals);
            if word.is_empty() {
                break;
            }
            value.push_str(word);
        }
        ((quoted || !value.is_empty()) && value.bytes().all(|b| b == b' ' || b.is_ascii_graphic()))
            .then_some(value)
    }
}

impl<'a> Text<'a> {
    /// Characters up to a blank or a special one, perhaps up to an equals sign.
    fn word(&mut self, ends_at_equals: bool) -> &'a str {
        let rest = self.rest;
        let ends_here =
            |c: char| !c.is_ascii_graphic() || "()\";\\".contains(c) || (c == '=' && ends_at_equals);
        let end = rest.find(ends_here).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        self.rest = after;
        word
    }

    /// What stands between two quotes, backslashes undone.
    fn quoted(&mut self) -> Option<String> {
        let inner = self.rest.strip_prefix('"')?;
        let (mut text, mut escaped) = (String::new(), false);
        for (at, c) in inner.char_indices() {
            match c {
                _ if escaped => {
                    escaped = false;
                    text.push(c);
                }
                '\\' => escaped = true,
                '"' => {
                    self.rest = inner.get(at + 1..)?;
                    return Some(text);
                }
                c => text.push(c),
            }
        }
        None
    }
}
