//! The end of a session: what changed is listed, whoever sits there says what its log shows and what he has to say, and it is
//! filed with its ticket. Without a terminal the options say it, or nobody does. What cannot be filed now stays on disk.

use super::counter::{Counter, later};
use super::picker::{self, Picked};
use super::{asked, failed, say};
use crate::model::session::{Change, FilePath, Session};
use crate::model::ticket::Number;
use crate::record::complete::{self, Complete, Said};
use crate::record::place::Place;
use crate::run::Failed;
use crate::run::note::words;
use crate::show::pick::Pick;
use crate::show::screen;
use std::collections::BTreeSet;
use std::io::IsTerminal;

/// Lines of a list that is only looked at.
const LISTED: usize = 15;

/// What is wanted at the end, for those who are not asked.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Wish {
    /// The log shows these files; * stands for anything, and a directory for all below it.
    #[arg(long, value_name = "GLOB")]
    pub show: Vec<String>,
    /// It does not show these, unless somebody asks for them.
    #[arg(long, value_name = "GLOB")]
    pub hide: Vec<String>,
    /// Ask nothing at the end.
    #[arg(long)]
    pub yes: bool,
    /// What is to be said about it.
    #[arg(long, value_name = "TEXT")]
    pub remark: Option<String>,
    /// Give up: nothing is kept but that somebody worked on it.
    #[arg(long)]
    pub discard: bool,
}

impl Wish {
    /// What these words mean for these changes.
    pub fn said(&self, changes: &[Change]) -> Said {
        let is_one_of =
            |globs: &[String], change: &Change| globs.iter().any(|glob| matches(glob, &change.path));
        let shown = |change: &&Change| {
            let named = is_one_of(&self.show, change);
            !is_one_of(&self.hide, change) && (named || change.shown)
        };
        let shown = changes.iter().filter(shown).map(|change| change.path.clone()).collect();
        let remark = self.remark.clone().unwrap_or_default();
        Said { remark: remark.trim().to_owned(), shown: Some(shown), discard: self.discard }
    }
}

/// Lists, asks and files.
///
/// # Errors
/// When it could not be filed: where it is, and how it is filed later.
pub fn end(counter: &Counter, place: &Place, ticket: Number, wish: &Wish) -> Result<(), Failed> {
    let kept = |why: Failed| later(place, ticket, why);
    let complete = complete::complete(place).map_err(|fault| kept(fault.into()))?;
    let mut said = wish.said(&complete.session.changes);
    list(&complete.session, &said);
    let terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    if terminal && !wish.yes && !wish.discard {
        Asking { complete: &complete, said: &mut said }.all().map_err(kept)?;
    }
    // on disk first: whatever comes in between, it is filed as it was wanted
    complete::say(place, &said).map_err(|fault| kept(fault.into()))?;
    counter.file(place, complete.with(&said), ticket)
}

/// What changed, as the log would show it, and what is missing in it.
fn list(session: &Session, said: &Said) {
    if session.changes.is_empty() {
        say("No file changed.");
    } else {
        let pick = Pick::of(&wanted(&session.changes, said.shown.as_ref()));
        say(&pick.list(&screen::look_at(&std::io::stderr()), LISTED));
    }
    for note in crate::show::changes::notes(&session.witnesses, 0) {
        say(&format!("Note: {}", crate::show::safe::line(&note)));
    }
}

/// The changes with those shown that were picked.
fn wanted(changes: &[Change], shown: Option<&BTreeSet<FilePath>>) -> Vec<Change> {
    let mut changes = changes.to_vec();
    for change in &mut changes {
        change.shown = shown.is_none_or(|shown| shown.contains(&change.path));
    }
    changes
}

/// Whoever sits at the terminal, and what he said so far.
struct Asking<'a> {
    complete: &'a Complete,
    said: &'a mut Said,
}

impl Asking<'_> {
    fn all(self) -> Result<(), Failed> {
        let changes = &self.complete.session.changes;
        let pick = if changes.is_empty() { "" } else { "p picks what the log shows, " };
        loop {
            let answer = asked(&format!("Enter files it, {pick}r adds a remark, x gives up: "))?;
            match answer.as_str() {
                "" | "f" => return Ok(()),
                "p" => {
                    let shown = self.said.shown.take().unwrap_or_default();
                    self.said.shown = Some(self.picked(shown)?);
                }
                "r" => {
                    let line = asked("Remark (e opens your editor): ")?;
                    self.said.remark = if line == "e" { words::edited()? } else { line };
                }
                "x" if super::agreed("Keep nothing but that you worked on it?")? => {
                    self.said.discard = true;
                    return Ok(());
                }
                "x" => {}
                other => say(&format!("\"{}\" means nothing here.", crate::show::safe::line(other))),
            }
        }
    }

    fn picked(&self, before: BTreeSet<FilePath>) -> Result<BTreeSet<FilePath>, Failed> {
        let changes = wanted(&self.complete.session.changes, Some(&before));
        let show = |at: usize| picker::show_difference(self.complete, at);
        match picker::pick(&changes, show).map_err(|e| failed(format!("the terminal: {e}")))? {
            Picked::These(shown) => {
                let shown = changes.into_iter().zip(shown).filter(|(_, shown)| *shown);
                Ok(shown.map(|(change, _)| change.path).collect())
            }
            Picked::AsBefore => Ok(before),
        }
    }
}

/// Whether a path is meant: `*` and `?` stand for anything, a word without a slash for a file's name, and a directory for all
/// below it.
fn matches(glob: &str, path: &FilePath) -> bool {
    let glob = glob.as_bytes();
    let whole = path.0.as_slice();
    let name = whole.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    if !glob.contains(&b'/') {
        return fits(glob, name);
    }
    let below = [glob.strip_suffix(b"/").unwrap_or(glob), b"/*"].concat();
    fits(glob, whole) || fits(&below, whole)
}

/// In time that grows with the product of both lengths at most: it goes back to the last star only.
fn fits(glob: &[u8], text: &[u8]) -> bool {
    let (mut at, mut of) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(byte) = text.get(of) {
        match glob.get(at) {
            Some(b'*') => {
                star = Some((at, of));
                at += 1;
            }
            Some(sign) if *sign == b'?' || sign == byte => (at, of) = (at + 1, of + 1),
            _ => match star {
                Some((back, from)) => {
                    star = Some((back, from + 1));
                    (at, of) = (back + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    glob.get(at..).unwrap_or_default().iter().all(|sign| *sign == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_mean_names_paths_and_directories() {
        for (glob, path, meant) in [
            ("*.conf", "/etc/a/b.conf", true),
            ("fstab", "/etc/fstab", true),
            ("fstab", "/etc/fstab.d/x", false),
            ("/etc/*", "/etc/a/b", true),
            ("/etc", "/etc/a/b", true),
            ("/etc/", "/etc/a", true),
            ("/etc", "/etcetera", false),
            ("/etc/?", "/etc/a", true),
            ("*", "/a", true),
            ("", "/a", false),
            ("a*b*c", "/aXbXbc", true),
            ("a*b*c", "/aXbXb", false),
        ] {
            assert_eq!(matches(glob, &path.into()), meant, "{glob} {path}");
        }
        let (glob, path) = ("*a".repeat(200), FilePath::new(&b"a".repeat(4_000)));
        assert!(matches(&glob, &path));
        assert!(!matches(&format!("{glob}b"), &path));
    }
}
