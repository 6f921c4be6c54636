//! The terminal of `trackle init`, and nothing else: lines are read from standard input, questions go to standard error. A
//! password is read while the terminal shows nothing; the terminal is as it was afterwards, whatever happens in between.

use super::talk::Sitter;
use crate::show::safe;
use rustix::termios::{self, LocalModes, OptionalActions, Termios};
use std::io::{self, BufRead, IsTerminal, Read, Write};

/// A longer line is nobody's answer.
const LONGEST: u64 = 4_096;

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
        ask(prompt)?;
        let mut bytes = Vec::new();
        io::stdin().lock().take(LONGEST).read_until(b'\n', &mut bytes)?;
        if bytes.is_empty() {
            // the prompt's line is not ended by whoever left
            let _ = writeln!(io::stderr());
            return Ok(None);
        }
        Ok(Some(String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']).to_owned()))
    }

    fn unseen(&mut self, prompt: &str) -> io::Result<Option<String>> {
        let quiet = Quiet::begin()?;
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
        drop(quiet);
        writeln!(io::stderr())?;
        Ok((ended == Some(End::Entered)).then(|| typed.text()))
    }

    fn say(&mut self, text: &str) {
        let _ = writeln!(io::stderr(), "{}", safe::block(text));
    }
}

fn ask(prompt: &str) -> io::Result<()> {
    let mut out = io::stderr();
    write!(out, "{}", safe::line(prompt))?;
    out.flush()
}

/// A terminal that shows nothing of what is typed, and leaves every key to us: Ctrl-C must not end this process before the
/// terminal shows again.
struct Quiet {
    before: Termios,
}

impl Quiet {
    fn begin() -> io::Result<Quiet> {
        let before = termios::tcgetattr(io::stdin())?;
        let mut quiet = before.clone();
        quiet.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG | LocalModes::IEXTEN;
        termios::tcsetattr(io::stdin(), OptionalActions::Drain, &quiet)?;
        Ok(Quiet { before })
    }
}

impl Drop for Quiet {
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
            0x03 | 0x1c => return Some(End::Gone),
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
