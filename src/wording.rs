//! The words of the letters: those that are built in, or a site's own from a directory; and the commands that the
//! help letter explains, from the table of commands.

use crate::command::{self, Who};
use crate::fault::{Fault, Outcome};
use crate::model::letter::VerbHelp;
use crate::write::Wording;
use std::path::Path;

/// Longest replacement letter that is read, in bytes.
const LONGEST: u64 = 64 * 1024;

/// The wording of this installation. Every letter with a replacement in `directory` is written with that one.
///
/// # Errors
/// When a file cannot be read, is none of the letters, or is no template: named with its line.
pub fn read(directory: Option<&Path>) -> Outcome<Wording> {
    let mut replacements = Vec::new();
    if let Some(directory) = directory {
        let doing = |e: std::io::Error| {
            Fault::lasting(format!("reading the letters in {}: {e}", directory.display()))
        };
        for entry in directory.read_dir().map_err(doing)? {
            let entry = entry.map_err(doing)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // editors leave their own files beside the letters
            if name.starts_with('.') || !name.ends_with(".txt") {
                continue;
            }
            if entry.metadata().map_err(doing)?.len() > LONGEST {
                return Err(Fault::lasting(format!(
                    "the letter {} is longer than {LONGEST} bytes",
                    entry.path().display()
                )));
            }
            replacements.push((name, std::fs::read_to_string(entry.path()).map_err(doing)?));
        }
    }
    let mut wording = Wording::with(replacements).map_err(|wrong| Fault::lasting(wrong.to_string()))?;
    wording.verbs = verbs();
    Ok(wording)
}

fn verbs() -> Vec<VerbHelp> {
    command::TABLE
        .iter()
        .map(|verb| VerbHelp {
            usage: verb.usage.to_owned(),
            what: verb.what.to_owned(),
            staff_only: verb.who == Who::Staff,
        })
        .collect()
}
