//! A chooser: valid values and nothing else, one of which is taken.

use super::key::Key;
use super::paint::Palette;
use crate::show::safe;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Paragraph};

/// What stands for a field that is empty.
const NONE: &str = "(none)";

/// Values, and the one that the cursor is at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chooser {
    head: &'static str,
    values: Vec<String>,
    at: usize,
}

/// What came of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Chosen {
    Nothing,
    This(String),
    Never,
}

impl Chooser {
    pub fn new(head: &'static str, values: Vec<String>, now: &str) -> Chooser {
        let at = values.iter().position(|value| value == now).unwrap_or(0);
        Chooser { head, values, at }
    }

    pub fn press(&mut self, key: &Key) -> Chosen {
        let last = self.values.len().saturating_sub(1);
        match key {
            Key::Up | Key::WheelUp | Key::Char('k') => self.at = self.at.saturating_sub(1),
            Key::Down | Key::WheelDown | Key::Char('j') => self.at = (self.at + 1).min(last),
            Key::Home | Key::PageUp => self.at = 0,
            Key::End | Key::PageDown => self.at = last,
            Key::Enter => {
                return self.values.get(self.at).map_or(Chosen::Never, |value| Chosen::This(value.clone()));
            }
            Key::Escape | Key::Control('c') | Key::Char('q') => return Chosen::Never,
            // the next value that begins so
            Key::Char(c) => {
                let begins = |value: &String| {
                    value.chars().next().is_some_and(|first| first.to_lowercase().eq(c.to_lowercase()))
                };
                let places = (self.at + 1..=last).chain(0..=self.at);
                self.at =
                    places.into_iter().find(|at| self.values.get(*at).is_some_and(begins)).unwrap_or(self.at);
            }
            _ => {}
        }
        Chosen::Nothing
    }

    pub fn draw(&self, frame: &mut Frame<'_>, body: Rect, palette: Palette) {
        let shown = |value: &String| if value.is_empty() { NONE.to_owned() } else { safe::line(value) };
        let widest = self.values.iter().map(|value| safe::width(&shown(value))).max().unwrap_or(0);
        let wide = widest.max(safe::width(self.head)) + 4;
        let rows = self.values.len().min(usize::from(body.height.saturating_sub(2)).max(1));
        let top = (self.at + 1).saturating_sub(rows);
        let small = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let area = Rect {
            x: body.x + 12.min(body.width / 4),
            y: body.y + 1.min(body.height),
            width: small(wide).min(body.width),
            height: small(rows + 2).min(body.height.saturating_sub(1)),
        }
        .intersection(body);
        let lines: Vec<Line<'_>> = self
            .values
            .iter()
            .enumerate()
            .skip(top)
            .take(rows)
            .map(|(at, value)| {
                let line = Line::raw(format!("{} {}", if at == self.at { ">" } else { " " }, shown(value)));
                if at == self.at { line.patch_style(palette.here()) } else { line }
            })
            .collect();
        frame.render_widget(Clear, area);
        frame.render_widget(Paragraph::new(lines).block(Block::bordered().title(self.head)), area);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_there_can_be_taken() {
        let values: Vec<String> = ["", "low", "normal", "high"].map(str::to_owned).to_vec();
        let mut chooser = Chooser::new("priority", values, "low");
        assert_eq!(chooser.press(&Key::Enter), Chosen::This("low".into()));
        for (key, value) in
            [(Key::Char('h'), "high"), (Key::Down, "high"), (Key::Home, ""), (Key::Char('n'), "normal")]
        {
            assert_eq!(chooser.press(&key), Chosen::Nothing);
            assert_eq!(chooser.press(&Key::Enter), Chosen::This(value.into()));
        }
        assert_eq!(chooser.press(&Key::Escape), Chosen::Never);
    }
}
