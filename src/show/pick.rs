//! The changed files of a session, to pick those that its log shows: a screen full of them with a cursor, or for a terminal
//! that cannot do that a numbered list. In: the changes and what was pressed or typed; out: text, and what was picked.
//! Touches no terminal and no file.

use super::look::{Look, Paint, count};
use super::safe;
use crate::model::session::{Action, Change};
use std::ops::RangeInclusive;

/// What was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
    /// Turns the one at the cursor.
    Turn,
    All,
    None,
    /// Only those that are shown, or all again.
    Only,
    Diff,
    Done,
    /// As it was before.
    Quit,
}

/// What comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Stay,
    /// What changed in that one is to be seen.
    Diff(usize),
    Done,
    Quit,
}

/// Lines of the screen that are no file.
const AROUND: usize = 4;

/// What is picked so far.
#[derive(Debug, Clone)]
pub struct Pick {
    labels: Vec<Label>,
    shown: Vec<bool>,
    /// Which of them stand on the screen.
    listed: Vec<usize>,
    /// The cursor and the first line of the screen, among those.
    at: usize,
    top: usize,
    rows: usize,
}

#[derive(Debug, Clone)]
struct Label {
    sign: char,
    text: String,
}

impl Pick {
    pub fn of(changes: &[Change]) -> Pick {
        Pick {
            labels: changes.iter().map(label).collect(),
            shown: changes.iter().map(|change| change.shown).collect(),
            listed: (0..changes.len()).collect(),
            at: 0,
            top: 0,
            rows: 1,
        }
    }

    /// Which are to be shown, in the order of the changes.
    pub fn shown(&self) -> &[bool] {
        &self.shown
    }

    /// Takes the height of the screen in.
    pub fn fit(&mut self, height: usize) {
        self.rows = height.saturating_sub(AROUND).max(1);
        self.scroll();
    }

    pub fn press(&mut self, key: Key) -> Step {
        let last = self.listed.len().saturating_sub(1);
        let here = self.listed.get(self.at).copied();
        match key {
            Key::Up => self.at = self.at.saturating_sub(1),
            Key::Down => self.at = (self.at + 1).min(last),
            Key::PageUp => self.at = self.at.saturating_sub(self.rows),
            Key::PageDown => self.at = (self.at + self.rows).min(last),
            Key::Home => self.at = 0,
            Key::End => self.at = last,
            Key::Turn => {
                if let Some(shown) = here.and_then(|here| self.shown.get_mut(here)) {
                    *shown = !*shown;
                    self.at = (self.at + 1).min(last);
                }
            }
            Key::All => self.shown.fill(true),
            Key::None => self.shown.fill(false),
            Key::Only => self.only(),
            Key::Diff => return here.map_or(Step::Stay, Step::Diff),
            Key::Done => return Step::Done,
            Key::Quit => return Step::Quit,
        }
        self.scroll();
        Step::Stay
    }

    /// Takes those off the screen that are not shown, or puts them back; the cursor stays on its file.
    fn only(&mut self) {
        let here = self.listed.get(self.at).copied().unwrap_or(0);
        let all = self.listed.len() == self.shown.len();
        let stays = |at: &usize| !all || self.shown.get(*at) == Some(&true);
        let listed: Vec<usize> = (0..self.shown.len()).filter(stays).collect();
        if !listed.is_empty() {
            self.at = listed.iter().position(|at| *at >= here).unwrap_or(listed.len() - 1);
            self.listed = listed;
        }
    }

    fn scroll(&mut self) {
        self.top = self.top.min(self.at).max((self.at + 1).saturating_sub(self.rows));
    }

    /// Turns those that a line names: `3 5-8`, `a` for all, `n` for none; `d 3` asks for a difference, nothing means done.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn say(&mut self, line: &str) -> Result<Step, String> {
        let mut words = line.split([' ', ',']).filter(|word| !word.is_empty());
        let mut numbers = Vec::new();
        match words.clone().next() {
            None => return Ok(Step::Done),
            Some("q") => return Ok(Step::Quit),
            Some("a") => self.shown.fill(true),
            Some("n") => self.shown.fill(false),
            Some("d") => {
                let at = words.nth(1).and_then(|word| self.range(word)).map(|range| *range.start());
                return at.map(Step::Diff).ok_or_else(|| "d wants a file's number".to_owned());
            }
            Some(_) => {
                for word in words {
                    let range = self.range(word).ok_or_else(|| format!("{word} is no file's number"))?;
                    numbers.push(range);
                }
            }
        }
        for range in numbers {
            self.shown.get_mut(range).into_iter().flatten().for_each(|shown| *shown = !*shown);
        }
        Ok(Step::Stay)
    }

    /// `3` or `5-8`, counted from 1, as places in the list.
    fn range(&self, word: &str) -> Option<RangeInclusive<usize>> {
        let (from, to) = word.split_once('-').unwrap_or((word, word));
        let place = |number: &str| number.parse::<usize>().ok()?.checked_sub(1);
        let (from, to) = (place(from)?, place(to)?);
        (from <= to && to < self.shown.len()).then_some(from..=to)
    }

    /// The screen, each line ended as a raw terminal wants it.
    pub fn screen(&self, look: &Look) -> String {
        let width = look.width.unwrap_or(80).max(20);
        let mut lines = vec![
            look.paint(Paint::Bold, &safe::cut(&self.head(), width)),
            look.paint(
                Paint::Dim,
                &safe::cut("space turns one, a all, n none, o only those, d its difference", width),
            ),
        ];
        let on_screen = self.listed.iter().enumerate().skip(self.top).take(self.rows);
        lines.extend(on_screen.map(|(row, at)| self.line(row == self.at, *at, width, look)));
        lines.resize(self.rows + 2, String::new());
        let more = self.listed.len().saturating_sub(self.top + self.rows);
        lines.push(
            look.paint(Paint::Dim, &if more > 0 { format!("  {more} more below") } else { String::new() }),
        );
        lines.push(look.paint(Paint::Dim, "enter: go on with these   q: leave them as they were"));
        format!("\x1b[H\x1b[2J{}", lines.join("\r\n"))
    }

    fn head(&self) -> String {
        let shown = self.shown.iter().filter(|shown| **shown).count();
        format!("{} changed; the log shows {shown} of them", count(self.shown.len() as u64, "file"))
    }

    fn line(&self, cursor: bool, at: usize, width: usize, look: &Look) -> String {
        let (Some(label), Some(shown)) = (self.labels.get(at), self.shown.get(at)) else {
            return String::new();
        };
        let mark = if *shown { 'x' } else { ' ' };
        let pointer = if cursor { '>' } else { ' ' };
        let text = shortened(&label.text, width.saturating_sub(9));
        let paint = match (cursor, shown, label.sign) {
            (true, ..) => Paint::Bold,
            (_, false, _) => Paint::Dim,
            (.., '+') => Paint::Good,
            (.., '-') => Paint::Bad,
            _ => Paint::Plain,
        };
        look.paint(paint, &format!("{pointer} [{mark}] {} {text}", label.sign))
    }

    /// The first of them with their numbers, for a terminal without a cursor.
    pub fn list(&self, look: &Look, most: usize) -> String {
        let width = look.width.unwrap_or(usize::MAX);
        let digits = self.shown.len().to_string().len();
        let mut text = String::new();
        for (number, (label, shown)) in self.labels.iter().zip(&self.shown).enumerate().take(most) {
            let mark = if *shown { 'x' } else { ' ' };
            let room = width.saturating_sub(digits + 7).max(20);
            let name = shortened(&label.text, room);
            text.push_str(&format!("{:>digits$} [{mark}] {} {name}\n", number + 1, label.sign));
        }
        let more = self.shown.len().saturating_sub(most);
        if more > 0 {
            text.push_str(&format!("… and {}\n", count(more as u64, "more file")));
        }
        text.push_str(&self.head());
        text
    }
}

fn label(change: &Change) -> Label {
    let sign = match change.action {
        Action::Created => '+',
        Action::Removed => '-',
        Action::Modified => '~',
        Action::Renamed => '>',
        Action::Retyped => '!',
    };
    let path = safe::line(&change.path.shown());
    let text = match &change.from {
        Some(from) => format!("{path} (was {})", safe::line(&from.shown())),
        None => path,
    };
    Label { sign, text }
}

/// Its end, which tells more than its beginning, where it is too long.
fn shortened(text: &str, most: usize) -> String {
    if safe::width(text) <= most {
        return text.to_owned();
    }
    let mut kept = String::new();
    for sign in text.chars().rev() {
        if safe::width(&kept) + 2 > most {
            break;
        }
        kept.insert(0, sign);
    }
    format!("…{kept}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(path: &str, shown: bool) -> Change {
        Change {
            path: path.into(),
            action: Action::Created,
            from: None,
            before: None,
            after: None,
            program: None,
            replaced: false,
            backup_of: None,
            others: false,
            shown,
            package: None,
            description: None,
        }
    }

    fn pick() -> Pick {
        let mut pick = Pick::of(&[change("/a", true), change("/b", false), change("/c\x1b[2J", true)]);
        pick.fit(AROUND + 2);
        pick
    }

    #[test]
    fn keys_move_and_turn() {
        use Key::*;
        for (keys, shown) in [
            (&[Turn][..], [false, false, true]),
            (&[Turn, Turn], [false, true, true]),
            (&[End, Turn], [true, false, false]),
            (&[Down, Down, Down, Turn], [true, false, false]),
            (&[End, Up, Turn], [true, true, true]),
            (&[PageDown, Home, Turn], [false, false, true]),
            (&[None], [false; 3]),
            (&[All], [true; 3]),
            (&[Only, Down, Turn], [true, false, false]),
        ] {
            let mut pick = pick();
            assert!(keys.iter().all(|key| pick.press(*key) == Step::Stay));
            assert_eq!(pick.shown(), shown, "{keys:?}");
        }
        assert_eq!(pick().press(Diff), Step::Diff(0));
        assert_eq!(Pick::of(&[]).press(Diff), Step::Stay);
    }

    #[test]
    fn lines_say_what_keys_cannot() {
        for (line, shown) in
            [("1", [false, false, true]), ("1-3", [false, true, false]), ("1,2 3", [false, true, false])]
        {
            let mut pick = pick();
            assert_eq!((pick.say(line), pick.shown()), (Ok(Step::Stay), &shown[..]), "{line}");
        }
        assert_eq!(pick().say("d 2"), Ok(Step::Diff(1)));
        assert_eq!((pick().say(""), pick().say("q")), (Ok(Step::Done), Ok(Step::Quit)));
        for wrong in ["0", "4", "3-1", "x", "1-9", "d", "d 9"] {
            assert!(pick().say(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_screen_has_its_height_and_is_steered_by_no_name() {
        let mut pick = pick();
        pick.press(Key::End);
        let look = Look { width: Some(30), ..Look::plain() };
        let screen = pick.screen(&look);
        assert_eq!(screen.matches("\r\n").count() + 1, AROUND + 2);
        assert_eq!(screen.matches('\x1b').count(), 2);
        assert!(screen.contains("> [x] + /c\\x1b[2J") && !screen.contains("/a"));
        assert_eq!(
            pick.list(&look, 1),
            "1 [x] + /a\n… and 2 more files\n3 files changed; the log shows 2 of them"
        );
        assert_eq!(shortened("/very/long/path", 8), "…ng/path");
    }
}
