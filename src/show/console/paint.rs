//! Colours of the console. Only the terminal's own sixteen, which its owner has chosen to be legible on his ground, light
//! or dark; nothing is told by colour alone. Without colour bold, dim and reversed remain.

use ratatui::style::{Color, Modifier, Style};

/// Whether there is colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    pub colour: bool,
}

impl Palette {
    fn of(self, colour: Color) -> Style {
        if self.colour { Style::new().fg(colour) } else { Style::new() }
    }
    pub(super) fn bold(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }
    pub(super) fn dim(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }
    /// Where the cursor is.
    pub(super) fn here(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }
    pub(super) fn bar(self) -> Style {
        self.here()
    }
    pub(super) fn good(self) -> Style {
        self.of(Color::Green)
    }
    pub(super) fn careful(self) -> Style {
        self.of(Color::Yellow).add_modifier(Modifier::BOLD)
    }
    pub(super) fn bad(self) -> Style {
        self.of(Color::Red).add_modifier(Modifier::BOLD)
    }
}
