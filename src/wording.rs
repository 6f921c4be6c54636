//! The words of the letters: those that are built in, or a site's own from a directory, with one folder in it for each
//! further language; and the commands that the help letter explains, from the table of commands.

use crate::command::{self, Who};
use crate::fault::{Fault, Outcome};
use crate::model::letter::VerbHelp;
use crate::write::{Wording, Wrong};
use std::fs::DirEntry;
use std::path::Path;

/// Longest replacement letter that is read, in bytes.
const LONGEST: u64 = 64 * 1024;

/// The wording of this installation. Every letter with a replacement in `directory` is written with that one, and
/// readers of a language with a folder there are written to from it. What cannot be used stands in `wrong`; the letter
/// is then written as if it were not there.
///
/// # Errors
/// When the directory cannot be read.
pub fn read(directory: Option<&Path>) -> Outcome<Wording> {
    let (mut replacements, mut wrong) = (Vec::new(), Vec::new());
    for (name, text) in directory.map_or_else(|| Ok(Vec::new()), files)? {
        match text {
            Ok(text) => replacements.push((name, text)),
            Err(what) => wrong.push(Wrong { file: name, line: None, what }),
        }
    }
    let mut wording = Wording::with(replacements);
    wording.wrong.append(&mut wrong);
    wording.verbs = verbs();
    Ok(wording)
}

/// A file's name below the directory, and its text or what is wrong with it.
pub type Found = (String, Result<String, String>);

/// The letters of a directory and of the folders in it.
///
/// # Errors
/// When a directory cannot be read.
pub fn files(directory: &Path) -> Outcome<Vec<Found>> {
    let mut found = Vec::new();
    for (name, entry) in entries(directory)? {
        if entry.path().is_dir() {
            let inner = entries(&entry.path())?.into_iter();
            found.extend(inner.map(|(inner, entry)| (format!("{name}/{inner}"), text(&entry.path()))));
        } else {
            found.push((name, text(&entry.path())));
        }
    }
    // editors leave their own files beside the letters
    found.retain(|(name, _)| name.ends_with(".txt") || name.ends_with(".toml"));
    Ok(found)
}

/// What stands in a directory and is not hidden, in order of name.
fn entries(directory: &Path) -> Outcome<Vec<(String, DirEntry)>> {
    let all = directory.read_dir().and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let all = all
        .map_err(|e| Fault::lasting(format!("reading the letters in {}: {e}", directory.display())))?
        .into_iter();
    let named = all.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry));
    let mut shown: Vec<_> = named.filter(|(name, _)| !name.starts_with('.')).collect();
    shown.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(shown)
}

/// A letter's text.
///
/// # Errors
/// When it cannot be read, or is no text, or too long, in words.
pub fn text(path: &Path) -> Result<String, String> {
    let size = std::fs::metadata(path).map_err(|e| e.to_string())?.len();
    if size > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    std::fs::read_to_string(path).map_err(|e| e.to_string())
}

fn verbs() -> Vec<VerbHelp> {
    command::TABLE
        .iter()
        .map(|verb| VerbHelp {
            word: verb.word.to_owned(),
            also: verb.aliases.iter().map(|a| (*a).to_owned()).collect(),
            group: command::help::group(verb.word),
            seldom: command::help::SELDOM.contains(&verb.word),
            usage: verb.usage.to_owned(),
            what: verb.what.to_owned(),
            staff_only: verb.who == Who::Staff,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// Commands that a shipped set does not explain (yet), as `de: subscribe`: their line in the help letter is English.
    /// Empty is right; what stands here is owed.
    const OWED: [&str; 0] = [];

    #[test]
    fn every_command_is_explained_in_every_shipped_language() {
        let mut missing = Vec::new();
        for (file, text) in Wording::originals() {
            let Some(code) = file.strip_suffix("/phrases.toml") else { continue };
            let lines = crate::model::phrase::parse(text).unwrap();
            let there = |word: &str| lines.iter().any(|line| line.key == format!("what.{word}"));
            missing.extend(
                command::TABLE.iter().filter(|v| !there(v.word)).map(|v| format!("{code}: {}", v.word)),
            );
            for line in
                lines.iter().filter(|line| line.key.starts_with("what.") || line.key.starts_with("usage."))
            {
                let verb = line.key.split('.').nth(1).unwrap();
                assert!(command::TABLE.iter().any(|v| v.word == verb), "{file}: {verb} is no command");
            }
        }
        assert_eq!(missing, OWED);
    }

    #[test]
    fn a_directory_holds_letters_and_folders_of_languages() {
        let dir = tempfile::tempdir().unwrap();
        let left = "S {{ ticket }}\n\ntext\n";
        fs::create_dir(dir.path().join("fr")).unwrap();
        fs::create_dir(dir.path().join(".git")).unwrap();
        for (name, text) in [
            ("left.txt", left),
            ("left.txt~", "x"),
            (".left.txt", "x"),
            (".git/left.txt", "x"),
            ("fr/left.txt", left),
            ("fr/help.txt", "no subject"),
            ("fr/phrases.toml", "[state]\nopen = \"ouvert\"\n"),
            ("README.md", "x"),
            ("long.txt", &"x".repeat(LONGEST as usize + 1)),
        ] {
            fs::write(dir.path().join(name), text).unwrap();
        }
        fs::write(dir.path().join("already.txt"), b"\xff").unwrap();
        let wording = read(Some(dir.path())).unwrap();
        assert_eq!(wording.languages().into_iter().collect::<Vec<_>>(), ["de", "fr"]);
        assert!(wording.verbs.iter().any(|v| v.word == "help"));
        let mut wrong: Vec<String> = wording.wrong.iter().map(ToString::to_string).collect();
        wrong.sort();
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        assert!(
            wrong[0].starts_with("already.txt: ") && wrong[2] == "long.txt: it is longer than 65536 bytes"
        );
        assert!(wrong[1].starts_with("fr/help.txt, line 3: there is no text"), "{wrong:?}");
        assert!(read(Some(&dir.path().join("none"))).is_err());
        assert!(read(None).unwrap().wrong.is_empty());
    }
}
