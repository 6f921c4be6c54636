//! The terminal of `trackle init`, and nothing else: lines are read from standard input, questions go to standard error. A
//! password is read while the terminal shows nothing; the terminal is as it was afterwards, whatever happens in between.
//! Ctrl-C at a question is an answer: that somebody leaves.

use super::prose::wrapped;
use super::talk::Sitter;
use crate::show::safe;
use crate::show::screen::look_at;
use rustix::termios::{self, LocalModes, OptionalActions, SpecialCodeIndex, Termios};
use std::io::{self, IsTerminal, Read, Write};

/// A longer line is nobody's answer.
const LONGEST: u64 = 4_096;
/// Ctrl-C.
const INTERRUPT: u8 = 0x03;

/// Whoever sits before this process.
pub struct Terminal;

impl Terminal {
    /// `None` when nobody does.
    pub fn here() -> Option<Terminal> {
        (io::stdin().is_terminal() && io::stderr().is_terminal()).then_some(Terminal)
    }
}

impl Sitter for Terminal {
    fn line(&mut self, prompt: &str) -> io::Result<Option<String>> {
        let modes = Modes::for_lines()?;
        ask(prompt)?;
        let mut bytes = Vec::new();
        let mut input = io::stdin().lock().take(LONGEST);
        while !bytes.ends_with(b"\n") && !bytes.ends_with(&[INTERRUPT]) {
            let mut byte = [0];
            if input.read(&mut byte)? == 0 {
                break;
            }
            bytes.extend(byte);
        }
        drop(modes);
        if bytes.is_empty() || bytes.ends_with(&[INTERRUPT]) {
            // the prompt's line is not ended by whoever left
            let _ = writeln!(io::stderr());
            return Ok(None);
        }
        Ok(Some(String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']).to_owned()))
    }

    fn unseen(&mut self, prompt: &str) -> io::Result<Option<String>> {
        let modes = Modes::for_secrets()?;
        ask(prompt)?;
        let mut typed = Unseen::default();
        // by byte, from the same buffer as whole lines: what was typed ahead is not lost
        let ended = loop {
            let mut byte = [0];
            if io::stdin().lock().read(&mut byte)? == 0 {
                break Some(End::Gone);
            }
            let [pressed] = byte;
            let ended = typed.press(pressed);
            if ended.is_some() {
                break ended;
            }
        };
        drop(modes);
        writeln!(io::stderr())?;
        Ok((ended == Some(End::Entered)).then(|| typed.text()))
    }

    fn say(&mut self, text: &str) {
        let width = look_at(&io::stderr()).width;
        let _ = writeln!(io::stderr(), "{}", wrapped(&safe::block(text), width));
    }
}

fn ask(prompt: &str) -> io::Result<()> {
    let mut out = io::stderr();
    write!(out, "{}", safe::line(prompt))?;
    out.flush()
}

/// A terminal that leaves Ctrl-C to us, for as long as this lives: it must not end this process before the terminal is as it
/// was, nor before it is said how to go on.
struct Modes {
    before: Termios,
}

impl Modes {
    /// Whole lines, as they are typed everywhere; Ctrl-C ends one.
    fn for_lines() -> io::Result<Modes> {
        Modes::begin(|modes| {
            // as POSIX disables a key (_POSIX_VDISABLE of Linux)
            modes.special_codes[SpecialCodeIndex::VINTR] = 0;
            modes.special_codes[SpecialCodeIndex::VEOL] = INTERRUPT;
        })
    }

    /// Nothing of what is typed is shown, and every key comes to us.
    fn for_secrets() -> io::Result<Modes> {
        Modes::begin(|modes| {
            modes.local_modes -=
                LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG | LocalModes::IEXTEN;
        })
    }

    fn begin(alter: impl FnOnce(&mut Termios)) -> io::Result<Modes> {
        let before = termios::tcgetattr(io::stdin())?;
        let mut altered = before.clone();
        alter(&mut altered);
        termios::tcsetattr(io::stdin(), OptionalActions::Drain, &altered)?;
        Ok(Modes { before })
    }
}

impl Drop for Modes {
    fn drop(&mut self) {
        let _ = termios::tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}

/// What is typed, key by key.
#[derive(Default)]
struct Unseen {
    bytes: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Entered,
    Gone,
}

impl Unseen {
    fn press(&mut self, byte: u8) -> Option<End> {
        match byte {
            b'\n' | b'\r' => return Some(End::Entered),
            // Ctrl-C, Ctrl-\
            INTERRUPT | 0x1c => return Some(End::Gone),
            // Ctrl-D
            0x04 if self.bytes.is_empty() => return Some(End::Gone),
            0x08 | 0x7f => {
                // one sign may be several bytes
                while self.bytes.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
            }
            // Ctrl-U
            0x15 => self.bytes.clear(),
            0..=0x1f => {}
            _ if self.bytes.len() as u64 >= LONGEST => {}
            _ => self.bytes.push(byte),
        }
        None
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_a_password() {
        for (keys, text, end) in [
            ("pass word\"\\\r", "pass word\"\\", Some(End::Entered)),
            ("abc\u{7f}\u{8}x\n", "ax", Some(End::Entered)),
            ("aß€\u{7f}\n", "aß", Some(End::Entered)),
            ("\u{7f}a\n", "a", Some(End::Entered)),
            ("wrong\u{15}right\n", "right", Some(End::Entered)),
            ("a\u{1b}\tb\n", "ab", Some(End::Entered)),
            ("half\u{3}", "half", Some(End::Gone)),
            ("\u{4}", "", Some(End::Gone)),
            ("a\u{4}", "a", None),
        ] {
            let mut typed = Unseen::default();
            let ended = keys.bytes().find_map(|byte| typed.press(byte));
            assert_eq!((typed.text().as_str(), ended), (text, end), "{keys:?}");
        }
        let mut typed = Unseen::default();
        (0..10_000).for_each(|_| assert_eq!(typed.press(b'x'), None));
        assert_eq!(typed.text().len() as u64, LONGEST);
    }
}
