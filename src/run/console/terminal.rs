//! The terminal of the console: it is taken, drawn on, asked for keys, and given back as it was, whatever happens in
//! between. Nothing of what is typed means anything here.

use crate::run::Failed;
use crate::show::console::Key;
use ratatui::crossterm::event::{
    self, DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture, Event,
    KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind,
};
use ratatui::crossterm::execute;
use ratatui::{DefaultTerminal, Frame};
use std::io::{self, Stdout, stdout};
use std::time::Duration;

/// The whole screen, for as long as it lives.
pub(super) struct Screen {
    terminal: DefaultTerminal,
}

impl Screen {
    pub fn take() -> io::Result<Screen> {
        let terminal = ratatui::try_init()?;
        extras(&mut stdout(), true)?;
        Ok(Screen { terminal })
    }

    pub fn height(&self) -> u16 {
        self.terminal.size().map_or(24, |size| size.height)
    }

    pub fn draw(&mut self, with: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.terminal.draw(with)?;
        Ok(())
    }

    pub fn clear(&mut self) -> io::Result<()> {
        self.terminal.clear()
    }

    /// What is pressed next; `None` when nobody does for so long.
    pub fn key(&self, patience: Duration) -> io::Result<Option<Key>> {
        if !event::poll(patience)? {
            return Ok(None);
        }
        Ok(Some(key(event::read()?)))
    }

    /// Gives the terminal away while something else needs it.
    pub fn aside<T>(&mut self, work: impl FnOnce() -> T) -> Result<T, Failed> {
        extras(&mut stdout(), false)?;
        ratatui::try_restore()?;
        let done = work();
        self.terminal = ratatui::try_init()?;
        extras(&mut stdout(), true)?;
        self.terminal.clear()?;
        Ok(done)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // when that fails there is no terminal any more
        let _ = extras(&mut stdout(), false);
        ratatui::restore();
    }
}

/// Pastes that come as one, and the mouse.
fn extras(out: &mut Stdout, on: bool) -> io::Result<()> {
    if on {
        execute!(out, EnableBracketedPaste, EnableMouseCapture)
    } else {
        execute!(out, DisableBracketedPaste, DisableMouseCapture)
    }
}

/// What an event is to the console; one that is nothing to it draws the screen anew at no cost.
fn key(event: Event) -> Key {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => of_key(key),
        Event::Paste(text) => Key::Paste(text),
        Event::Mouse(mouse) => match mouse.kind {
            MouseEventKind::ScrollUp => Key::WheelUp,
            MouseEventKind::ScrollDown => Key::WheelDown,
            MouseEventKind::Down(MouseButton::Left) => Key::Click(mouse.row),
            _ => Key::Nothing,
        },
        _ => Key::Nothing,
    }
}

fn of_key(key: KeyEvent) -> Key {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Char('l') if control => Key::Redraw,
        KeyCode::Char(c) if control => Key::Control(c),
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Escape,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        _ => Key::Nothing,
    }
}
