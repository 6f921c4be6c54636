//! The terminal of the console: it is taken, drawn on, asked for keys, and given back as it was, whatever happens in
//! between. Nothing of what is typed means anything here.

use super::signals::{self, Asked, Signals};
use crate::show::console::Key;
use ratatui::crossterm::event::{
    self, DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture, Event,
    KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind,
};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{Clear, ClearType};
use ratatui::{DefaultTerminal, Frame};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;
use std::io::{self, Stdout, stdout};
use std::time::Duration;

/// The whole screen, for as long as it lives.
pub(super) struct Screen {
    /// `None` while something else has it.
    terminal: Option<DefaultTerminal>,
    signals: Signals,
}

impl Screen {
    pub fn take() -> io::Result<Screen> {
        let signals = Signals::listen()?;
        let mut screen = Screen { terminal: Some(ratatui::try_init()?), signals };
        extras(&mut stdout(), true)?;
        // whoever died here before has left his letters
        screen.clear()?;
        Ok(screen)
    }

    pub fn height(&self) -> u16 {
        let size = self.terminal.as_ref().and_then(|terminal| terminal.size().ok());
        size.map_or(24, |size| size.height)
    }

    pub fn draw(&mut self, with: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.up()?.draw(with)?;
        Ok(())
    }

    fn up(&mut self) -> io::Result<&mut DefaultTerminal> {
        self.terminal.as_mut().ok_or_else(gone)
    }

    /// The drawing ends. One that cannot even show the cursor again would complain of it on a terminal that is gone, and fail.
    fn put_down(&mut self) {
        if let Some(mut terminal) = self.terminal.take()
            && terminal.show_cursor().is_err()
        {
            std::mem::forget(terminal);
        }
    }

    /// Has all of it drawn anew. Asks the terminal nothing: over a slow line its answer may come too late.
    pub fn clear(&mut self) -> io::Result<()> {
        execute!(stdout(), Clear(ClearType::All))?;
        // what was drawn last is forgotten, so that the next drawing leaves nothing out
        self.up()?.swap_buffers();
        Ok(())
    }

    /// What is pressed next; `None` when nobody does for so long.
    ///
    /// # Errors
    /// Also when the terminal has gone: whoever reads from it then reads nothing for ever.
    pub fn key(&self, patience: Duration) -> io::Result<Option<Key>> {
        is_there(Duration::ZERO)?;
        if !event::poll(Duration::ZERO)? {
            is_there(patience)?;
            // a size that changed wakes nobody else
            if !event::poll(Duration::ZERO)? {
                return Ok(None);
            }
        }
        Ok(Some(key(event::read()?)))
    }

    /// Forgets what was typed before anybody could see what is on the screen now.
    pub fn forget_keys(&self) -> io::Result<()> {
        is_there(Duration::ZERO)?;
        while event::poll(Duration::ZERO)? {
            event::read()?;
        }
        Ok(())
    }

    /// Gives the terminal away while something else needs it. Gives what came of that, and whether the terminal is ours
    /// again.
    pub fn aside<T>(&mut self, work: impl FnOnce() -> T) -> io::Result<(T, io::Result<()>)> {
        self.put_down();
        extras(&mut stdout(), false)?;
        ratatui::try_restore()?;
        self.signals.aside(true);
        let done = work();
        self.signals.aside(false);
        Ok((done, self.retake()))
    }

    fn retake(&mut self) -> io::Result<()> {
        self.terminal = Some(ratatui::try_init()?);
        extras(&mut stdout(), true)?;
        self.clear()
    }

    /// Stops for as long as signals ask for it. Gives what is to be done then: to leave, or to draw all of it anew.
    pub fn asked(&mut self) -> io::Result<Option<Asked>> {
        let asked = self.signals.asked();
        match asked {
            None | Some(Asked::Leave) => {}
            Some(Asked::Stop) => {
                let (stopped, back) = self.aside(signals::stop)?;
                stopped.and(back)?;
            }
            Some(Asked::GoOn) => self.aside(|| ())?.1?,
        }
        Ok(asked)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // when that fails there is no terminal any more, and nobody to be told
        self.put_down();
        let _ = extras(&mut stdout(), false);
        let _ = ratatui::try_restore();
    }
}

/// Waits for a key, or for the terminal to go. poll(2).
fn is_there(patience: Duration) -> io::Result<()> {
    let (input, hung) = (io::stdin(), PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL);
    let mut looked = [PollFd::new(&input, PollFlags::IN)];
    let patience =
        Timespec { tv_sec: patience.as_secs().cast_signed(), tv_nsec: patience.subsec_nanos().into() };
    match rustix::event::poll(&mut looked, Some(&patience)) {
        // a signal came: whoever asked looks at it
        Ok(_) | Err(Errno::INTR) => {}
        Err(e) => return Err(e.into()),
    }
    if looked.iter().any(|fd| fd.revents().intersects(hung)) {
        return Err(gone());
    }
    Ok(())
}

fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the terminal is gone")
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
        // Esc and at once a letter look the same, and the letter alone would be an order
        KeyCode::Char(_) if key.modifiers.contains(KeyModifiers::ALT) => Key::Nothing,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_behind_escape_is_no_order() {
        let pressed = |modifiers| of_key(KeyEvent::new(KeyCode::Char('t'), modifiers));
        assert_eq!(pressed(KeyModifiers::NONE), Key::Char('t'));
        assert_eq!(pressed(KeyModifiers::ALT), Key::Nothing);
        assert_eq!(pressed(KeyModifiers::CONTROL), Key::Control('t'));
    }
}
