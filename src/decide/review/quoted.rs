//! An answer as runs of quoted lines, each with what was said below it. Quotes are told by their marks; where a mail program
//! put none (Outlook quotes below a head and marks nothing), by the letter that is quoted: what does not stand in that was
//! said, and is believed only where it finds its place.

use crate::model::mail::{Piece, PieceKind};
use std::collections::HashSet;

/// Quoted lines as [`plain`] gives them, and what follows them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Run {
    pub quoted: Vec<String>,
    pub said: Vec<String>,
    /// Nobody but its own words tells that this was said and not quoted.
    pub unsure: bool,
}

/// What marks a quoted line.
const MARK: char = '>';
/// Characters of a line that are compared; letters cut longer ones.
const COMPARED: usize = 200;
/// Characters of a part of a broken line that can be told from other words.
const PART: usize = 10;
/// Lines without a mark that are looked for within the letter's.
const LOOKED_FOR: usize = 2_000;

/// The mail's runs, in order; the first one may quote nothing.
pub(super) fn runs(pieces: &[Piece], letter: &str) -> Vec<Run> {
    let mut runs = Runs { all: vec![Run::default()], said: false };
    for piece in pieces {
        match piece.kind {
            PieceKind::New => piece.text.lines().for_each(|line| runs.say(line, false)),
            PieceKind::Quote if is_marked(&piece.text) => {
                piece.text.lines().for_each(|line| runs.quote(line))
            }
            PieceKind::Quote => runs.unmarked(&piece.text, letter),
            PieceKind::Signature | PieceKind::Forward | PieceKind::Footer => {}
        }
    }
    runs.all
}

/// A line as it is compared: without marks and blanks around it, each run of blanks one, and not too long.
pub(super) fn plain(line: &str) -> String {
    let bare = line.trim_start_matches(|c: char| c.is_whitespace() || c == MARK);
    let words: Vec<&str> = bare.split_whitespace().collect();
    words.join(" ").chars().take(COMPARED).collect()
}

fn is_marked(text: &str) -> bool {
    text.lines().any(|line| line.trim_start().starts_with(MARK))
}

struct Runs {
    all: Vec<Run>,
    /// The last line was said.
    said: bool,
}

impl Runs {
    fn say(&mut self, line: &str, unsure: bool) {
        if !self.said && line.trim().is_empty() {
            return;
        }
        self.said = true;
        if let Some(run) = self.all.last_mut() {
            run.unsure = unsure;
            run.said.push(line.to_owned());
        }
    }

    fn quote(&mut self, line: &str) {
        if self.said {
            self.said = false;
            self.all.push(Run::default());
        }
        if let Some(run) = self.all.last_mut() {
            run.quoted.push(plain(line));
        }
    }

    /// Quoted lines that nothing marks, below a head of which nothing was said.
    fn unmarked(&mut self, text: &str, letter: &str) {
        let known: HashSet<String> = letter.lines().map(plain).filter(|line| !line.is_empty()).collect();
        let whole = letter.lines().map(plain_whole).collect::<Vec<_>>().join("\n");
        let (mut begun, mut looks) = (false, 0);
        for line in text.lines() {
            let key = plain(line);
            looks += 1;
            let broken = || key.chars().count() >= PART && looks < LOOKED_FOR && whole.contains(&key);
            let is_known = known.contains(&key) || broken();
            begun |= is_known;
            if is_known || key.is_empty() && !self.said {
                self.quote(line);
            } else if begun {
                self.say(line, true);
            }
        }
    }
}

/// As [`plain`], however long.
fn plain_whole(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
