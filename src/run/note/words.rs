//! Where the words of a note come from: the command line, standard input, or an editor on a file of its own that is
//! gone afterwards, unless what is in it could not be taken. Text goes out with the line ends of this system and without blank lines around it, unchanged in
//! between: no line of it is a comment, since markup begins lines with any sign.

use crate::limits;
use crate::run::{Failed, exit};
use std::io::{IsTerminal, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The editor where neither VISUAL nor EDITOR names one.
const EDITOR: &str = "vi";
/// More than a file system's clock needs for its next tick.
const MOMENT: Duration = Duration::from_secs(2);

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
            Source::Editor(command) => run_editor(command, "")?.unwrap_or_default(),
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

/// What somebody makes of that text in his editor, as it is; `None` when the editor was left without writing it.
///
/// # Errors
/// As [`Source::read`].
pub fn edited_from(template: &str) -> Result<Option<String>, Failed> {
    let bytes = run_editor(&editor(), template)?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
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

/// What the editor leaves; `None` when it has not written at all. When that cannot be taken, the file stays.
fn run_editor(command: &str, template: &str) -> Result<Option<Vec<u8>>, Failed> {
    let mut file = file()?;
    file.write_all(template.as_bytes())?;
    // clocks of file systems are slow: a moment ago is surely before what the editor writes
    let written = file.as_file().metadata()?.modified()?;
    file.as_file().set_modified(written.checked_sub(MOMENT).unwrap_or(written))?;
    let before = mark(file.path())?;
    let left = left_by(command, file.path()).and_then(|()| match mark(file.path())? == before {
        true => Ok(None),
        // by its name, since editors put a new file in the place of the old one
        false => Ok(Some(capped(std::fs::File::open(file.path())?)?)),
    });
    left.map_err(|why| left_there(file, template, why))
}

/// Which file it is, and as of when.
fn mark(file: &Path) -> std::io::Result<(u64, u64, u64, i64, i64)> {
    let found = file.metadata()?;
    Ok((found.dev(), found.ino(), found.size(), found.mtime(), found.mtime_nsec()))
}

/// Why it cannot be taken, and where it is, unless nothing was written.
fn left_there(file: tempfile::NamedTempFile, template: &str, why: Failed) -> Failed {
    let is_there = |path: &Path| {
        let long = path.metadata().map_or(0, |found| found.len());
        long > 0
            && (long != template.len() as u64
                || std::fs::read(path).is_ok_and(|is| is != template.as_bytes()))
    };
    if !is_there(file.path()) {
        return why;
    }
    match file.keep() {
        Ok((_, path)) => Failed { text: format!("{}; your text is in {}", why.text, path.display()), ..why },
        Err(e) => Failed { text: format!("{}; your text could not be kept: {}", why.text, e.error), ..why },
    }
}

fn left_by(command: &str, file: &Path) -> Result<(), Failed> {
    // as other programs start it: the variable may hold options
    let status = Command::new("sh")
        .arg("-c")
        .arg(format!("{command} \"$@\""))
        .arg(command)
        .arg(file)
        .status()
        .map_err(|e| Failed { text: format!("starting {command}: {e}"), code: exit::FAILED })?;
    if !status.success() {
        return Err(Failed { text: format!("{command} failed: nothing was noted"), code: exit::FAILED });
    }
    Ok(())
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
    fn an_editor_that_wrote_nothing_said_nothing() {
        for (command, left) in [
            ("true", None),
            ("touch -r /dev/null /dev/null; cat", None),
            ("cp /dev/null", Some("")),
            ("f() { cp \"$1\" \"$1.new\" && mv \"$1.new\" \"$1\"; }; f", Some("as it was")),
        ] {
            let found = run_editor(command, "as it was").unwrap();
            let found = found.map(|bytes| String::from_utf8(bytes).unwrap());
            assert_eq!(found.as_deref(), left, "{command}");
        }
    }

    /// Whatever goes wrong, what was typed is somewhere.
    #[test]
    fn what_cannot_be_taken_stays_there() {
        let large = format!("head -c {} /dev/zero >", limits::TEXT_BYTES + 1);
        for (command, long) in
            [("f() { echo typed >\"$1\"; exit 1; }; f", 6), (large.as_str(), limits::TEXT_BYTES as u64 + 1)]
        {
            let why = run_editor(command, "# template").unwrap_err().text;
            let path = why.split("; your text is in ").nth(1).unwrap_or_else(|| panic!("{why}"));
            assert_eq!(std::fs::metadata(path).unwrap().len(), long, "{why}");
            std::fs::remove_file(path).unwrap();
        }
        let why = run_editor("false", "# template").unwrap_err().text;
        assert!(!why.contains("your text"), "{why}");
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
