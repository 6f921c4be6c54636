//! A line that is typed into the screen. Pasted text becomes part of the line, whatever is in it; what steers a terminal is
//! left out of it.

use super::key::Key;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui_textarea::{CursorMove, TextArea};

/// Characters that one line may have.
const LONGEST: usize = 1_000;

/// A line and where its cursor is.
pub(super) struct Typed {
    area: TextArea<'static>,
    /// What stood there before.
    before: String,
}

impl Typed {
    pub fn new(text: &str) -> Typed {
        let before = plain(text);
        let mut area = TextArea::new(vec![before.clone()]);
        area.set_cursor_line_style(Style::new());
        area.move_cursor(CursorMove::End);
        Typed { area, before }
    }

    /// Whether it is another text than at the beginning.
    pub fn is_touched(&self) -> bool {
        self.text() != self.before
    }

    pub fn text(&self) -> String {
        self.area.lines().join(" ")
    }

    /// Takes a key; whether it was one of typing.
    pub fn press(&mut self, key: &Key) -> bool {
        let move_to = |area: &mut TextArea<'static>, to| {
            area.move_cursor(to);
            true
        };
        match key {
            Key::Char(c) => self.put(&c.to_string()),
            Key::Paste(text) => self.put(text),
            Key::Backspace => {
                self.area.delete_char();
                true
            }
            Key::Delete => {
                self.area.delete_next_char();
                true
            }
            Key::Control('u') => {
                self.area.delete_line_by_head();
                true
            }
            Key::Control('k') => {
                self.area.delete_line_by_end();
                true
            }
            Key::Control('w') => {
                self.area.delete_word();
                true
            }
            Key::Left => move_to(&mut self.area, CursorMove::Back),
            Key::Right => move_to(&mut self.area, CursorMove::Forward),
            Key::Home | Key::Control('a') => move_to(&mut self.area, CursorMove::Head),
            Key::End | Key::Control('e') => move_to(&mut self.area, CursorMove::End),
            _ => false,
        }
    }

    pub fn draw(&self, frame: &mut Frame<'_>, area: Rect) {
        frame.render_widget(&self.area, area);
    }

    fn put(&mut self, text: &str) -> bool {
        let room = LONGEST.saturating_sub(self.text().chars().count());
        self.area.insert_str(plain(text).chars().take(room).collect::<String>());
        true
    }
}

/// Text as one line: line ends are blanks, what else steers is gone.
fn plain(text: &str) -> String {
    let blank = |c: char| if c == '\n' || c == '\t' { ' ' } else { c };
    text.chars().map(blank).filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_typed_and_mended() {
        let mut typed = Typed::new("No ink");
        for key in [Key::Home, Key::Char('!'), Key::Delete, Key::End, Key::Char('s'), Key::Backspace] {
            assert!(typed.press(&key), "{key:?}");
        }
        assert_eq!(typed.text(), "!o ink");
        assert!(!typed.press(&Key::Enter) && !typed.press(&Key::Escape));
    }

    #[test]
    fn what_is_pasted_stays_one_line_and_steers_nothing() {
        let mut typed = Typed::new("");
        typed.press(&Key::Paste("a\r\nclose 12\n\u{1b}[2Jb\u{7}".into()));
        assert_eq!(typed.text(), "a close 12 [2Jb");
        typed.press(&Key::Paste("x".repeat(5_000)));
        assert_eq!(typed.text().chars().count(), LONGEST);
    }
}
