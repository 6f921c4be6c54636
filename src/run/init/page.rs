//! A page of TOML with its prose, as the example is: settings are set where they stand, commented out or not, and what is not
//! meant is commented out; no line of prose is ever lost. In: a text and values; out: the text with them. Touches nothing.

use std::path::Path;

/// The example, line by line.
pub struct Page {
    lines: Vec<String>,
}

impl Page {
    /// The page with this text.
    pub fn of(text: &str) -> Page {
        Page { lines: text.lines().map(str::to_owned).collect() }
    }

    /// What stands on it.
    pub fn text(&self) -> String {
        self.lines.join("\n") + "\n"
    }

    /// Sets a setting where it stands, commented out or not; behind the table's head where it does not.
    pub fn set(&mut self, table: &str, key: &str, value: &str) {
        let line = format!("{key} = {value}");
        let Some((head, all)) = self.table(table) else { return };
        let stands = |at: &usize| self.lines.get(*at).is_some_and(|line| key_of(line) == Some(key));
        let plain = |at: &usize| self.lines.get(*at).is_some_and(|line| !line.starts_with('#'));
        let place = all.clone().filter(stands).find(plain).or_else(|| all.clone().find(stands));
        match place.and_then(|at| self.lines.get_mut(at)) {
            Some(old) => *old = line,
            None => self.lines.insert(head + 1, line),
        }
    }

    /// Comments a setting out, as another way.
    pub fn unset(&mut self, table: &str, key: &str) {
        let Some((_, all)) = self.table(table) else { return };
        for line in self.lines.iter_mut().take(all.end).skip(all.start) {
            if !line.starts_with('#') && key_of(line) == Some(key) {
                line.insert_str(0, "##");
            }
        }
    }

    /// Comments a whole table out.
    pub fn leave_out(&mut self, table: &str) {
        let Some((head, all)) = self.table(table) else { return };
        for line in self.lines.iter_mut().take(all.end).skip(head) {
            if !line.starts_with('#') && !line.is_empty() {
                line.insert_str(0, "##");
            }
        }
    }

    /// Takes a table in that is commented out, with these settings of it. The last one of that name, since one that was
    /// left out may stand before it.
    pub fn take_in(&mut self, table: &str, keys: &[&str]) {
        let Some(head) = self.lines.iter().rposition(|line| line == table) else { return };
        for line in self.lines.iter_mut().skip(head).take(1 + keys.len()) {
            if key_of(line).is_none_or(|key| keys.contains(&key)) {
                *line = line.trim_start_matches('#').to_owned();
            }
        }
    }

    /// Adds lines behind the last setting of a table.
    pub fn add(&mut self, table: &str, lines: Vec<String>) {
        let behind = self.last_setting(table);
        self.lines.splice(behind..behind, lines);
    }

    /// Behind the last line of a table that is a setting, commented out or not.
    fn last_setting(&self, table: &str) -> usize {
        let Some((head, all)) = self.table(table) else { return self.lines.len() };
        let is_setting = |at: &usize| self.lines.get(*at).is_some_and(|line| key_of(line).is_some());
        all.rev().find(is_setting).unwrap_or(head) + 1
    }

    /// Where a table's head stands, and the lines below it up to the next head, commented out or not.
    fn table(&self, table: &str) -> Option<(usize, std::ops::Range<usize>)> {
        let head = self.lines.iter().position(|line| line == table)?;
        let is_head = |line: &String| line.trim_start_matches('#').starts_with('[');
        let length = self.lines.iter().skip(head + 1).position(is_head);
        Some((head, head + 1..length.map_or(self.lines.len(), |length| head + 1 + length)))
    }
}

/// The setting that a line sets, or would if it were not commented out; prose sets nothing.
fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.trim_start_matches('#').split_once(" = ")?;
    key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_').then_some(key).filter(|key| !key.is_empty())
}

/// A path, as [`quoted`].
pub fn quoted_path(path: &Path) -> String {
    quoted(&path.to_string_lossy())
}

/// A basic string of TOML.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# head\n[a]\n# what x is = this\n#x = 1\n##y = 2\nz = 3\n\n[[b]]\nx = 1\n##[[b]]\n##p = 1\n##q = 2\n";

    #[test]
    fn settings_are_set_where_they_stand() {
        let mut page = Page::of(TEXT);
        page.set("[a]", "x", "7");
        page.set("[a]", "y", "8");
        page.set("[a]", "new", "9");
        page.unset("[a]", "z");
        page.set("[c]", "x", "no such table");
        page.add("[a]", vec!["# more".to_owned()]);
        let first = "# head\n[a]\nnew = 9\n# what x is = this\nx = 7\ny = 8\n##z = 3\n# more\n\n[[b]]\n";
        assert!(page.text().starts_with(first), "{}", page.text());
    }

    #[test]
    fn one_way_is_left_out_and_another_taken_in() {
        let mut page = Page::of(TEXT);
        page.leave_out("[[b]]");
        page.take_in("##[[b]]", &["p"]);
        assert!(page.text().ends_with("\n##[[b]]\n##x = 1\n[[b]]\np = 1\n##q = 2\n"), "{}", page.text());
    }

    #[test]
    fn any_text_is_a_string() {
        for text in ["", "a", "\"", "\\", "a\\\"b", "tab\tline\n\u{7f}", "ü #"] {
            let toml: toml::Table = toml::from_str(&format!("x = {}", quoted(text))).unwrap();
            assert_eq!(toml["x"].as_str(), Some(text));
        }
    }
}
