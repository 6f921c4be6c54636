//! Where the words of a note come from: the command line, standard input, or an editor on a file of its own that is
//! gone afterwards. Text goes out with the line ends of this system and without blank lines around it, unchanged in
//! between: no line of it is a comment, since markup begins lines with any sign.

use crate::limits;
use crate::run::{Failed, exit};
use std::io::{IsTerminal, Read, Write};
use std::path::PathBuf;
use std::process::Command;

/// The editor where neither VISUAL nor EDITOR names one.
const EDITOR: &str = "vi";

/// Where the words come from.
#[derive(Debug, PartialEq, Eq)]
pub enum Source {
    Said(String),
    Input,
    /// By the command that starts it.
    Editor(String),
}

impl Source {
    /// The words of the command line, or else whatever standard input is: a terminal wants an editor.
    pub fn of(said: &[String]) -> Source {
        if !said.is_empty() {
            Source::Said(said.join(" "))
        } else if std::io::stdin().is_terminal() {
            Source::Editor(editor())
        } else {
            Source::Input
        }
    }

    /// The words; empty when there are none.
    ///
    /// # Errors
    /// When they cannot be read, or are more than a mail's text may be; an editor that fails.
    pub fn read(&self) -> Result<String, Failed> {
        let bytes = match self {
            Source::Said(text) => text.clone().into_bytes(),
            Source::Input => capped(std::io::stdin().lock())?,
            Source::Editor(command) => run_editor(command, "")?,
        };
        let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
        Ok(text.trim_matches('\n').trim_end().to_owned())
    }
}

/// What somebody writes in his editor.
///
/// # Errors
/// As [`Source::read`].
pub fn edited() -> Result<String, Failed> {
    Source::Editor(editor()).read()
}

/// What somebody makes of that text in his editor, as it is.
///
/// # Errors
/// As [`Source::read`].
pub fn edited_from(template: &str) -> Result<String, Failed> {
    let bytes = run_editor(&editor(), template)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Keeps a text that could not be stored, for nobody else to read; nothing of an empty one.
///
/// # Errors
/// When there is no place for it.
pub fn keep(text: &str) -> std::io::Result<Option<PathBuf>> {
    if text.is_empty() {
        return Ok(None);
    }
    let mut file = file()?;
    writeln!(file, "{text}")?;
    let (_, path) = file.keep().map_err(|e| e.error)?;
    Ok(Some(path))
}

fn file() -> std::io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new().prefix("trackle-note-").suffix(".txt").tempfile()
}

fn run_editor(command: &str, template: &str) -> Result<Vec<u8>, Failed> {
    let mut file = file()?;
    file.write_all(template.as_bytes())?;
    // as other programs start it: the variable may hold options
    let status = Command::new("sh")
        .arg("-c")
        .arg(format!("{command} \"$@\""))
        .arg(command)
        .arg(file.path())
        .status()
        .map_err(|e| Failed { text: format!("starting {command}: {e}"), code: exit::FAILED })?;
    if !status.success() {
        return Err(Failed { text: format!("{command} failed: nothing was noted"), code: exit::FAILED });
    }
    // by its name, since editors put a new file in the place of the old one
    capped(std::fs::File::open(file.path())?)
}

fn capped(from: impl Read) -> Result<Vec<u8>, Failed> {
    let mut bytes = Vec::new();
    from.take(limits::TEXT_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > limits::TEXT_BYTES {
        let text = format!("more than {} bytes of text: nothing was noted", limits::TEXT_BYTES);
        return Err(Failed { text, code: exit::DATA });
    }
    Ok(bytes)
}

#[allow(clippy::disallowed_methods)] // which editor somebody likes is no part of the configuration
fn editor() -> String {
    let named = ["VISUAL", "EDITOR"].into_iter().filter_map(|name| std::env::var(name).ok());
    named.into_iter().find(|name| !name.trim().is_empty()).unwrap_or_else(|| EDITOR.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_as_they_were_written() {
        assert_eq!(Source::of(&["two".into(), "words".into()]), Source::Said("two words".into()));
        for (said, read) in [
            ("\n\n# Head\r\n  * item\n\n", "# Head\n  * item"),
            ("  indented", "  indented"),
            ("\n \n", ""),
            ("", ""),
        ] {
            assert_eq!(Source::Said(said.into()).read().unwrap(), read);
        }
    }

    #[test]
    fn an_editor_writes_the_file_it_is_given() {
        let write = "printf '= Head =\\n# no comment\\n' >";
        assert_eq!(Source::Editor(write.into()).read().unwrap(), "= Head =\n# no comment");
        assert_eq!(Source::Editor("true".into()).read().unwrap(), "");
        assert!(Source::Editor("false".into()).read().is_err());
        assert_eq!(keep("").unwrap(), None);
        let path = keep("a\n b").unwrap().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a\n b\n");
        std::fs::remove_file(path).unwrap();
        assert!(capped(&vec![b'x'; limits::TEXT_BYTES + 1][..]).is_err());
    }
}
