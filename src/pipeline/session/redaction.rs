//! Taking something out of a session afterwards: a text or a pattern wherever it stands in it, or all that was kept of one
//! file. In come a log and what is wanted; out go the record without it, its event and, for the one who wants it, what is
//! out of reach: letters that have left, mails that came, other sessions. What is taken out is written down nowhere.

use super::index;
use crate::fault::Outcome;
use crate::model::session::{Content, FilePath, Session, Thing};
use crate::model::session_log::{Log, name_of};
use crate::read;
use crate::store::Tx;
use crate::store::sessions::Stored;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use regex::bytes::{NoExpand, Regex};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// What stands in its place.
const MARK: &str = "«redacted:by-hand»";
/// The rule that a file is withheld by.
const RULE: &str = "redacted by hand";

/// What is to be taken out.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// Whatever matches, in everything that was kept.
    Pattern(Regex),
    /// What was kept of a file.
    File(FilePath),
}

/// What was taken out, and what cannot be.
#[derive(Debug, Default)]
pub struct Redaction {
    pub places: u64,
    /// Letters that held it, their text gone here: those that left are out there.
    pub letters: Vec<Stored>,
    /// Mails that brought the session from its host, and are gone with it.
    pub erased: Vec<i64>,
    /// Mails that came and hold it; what came stays as it came.
    pub mails: Vec<i64>,
    /// Other sessions with the same file.
    pub others: Vec<u64>,
    /// It stands in so many names of files, which stay.
    pub names: usize,
}

/// Takes it out.
///
/// # Errors
/// Those of the database.
pub fn redact(tx: &Tx<'_>, log: &Log, wanted: &Wanted, now: Timestamp) -> Outcome<Redaction> {
    let mut work = Work { tx, log, done: Redaction::default() };
    let mut session = log.filed.session.clone();
    match wanted {
        Wanted::Pattern(pattern) => work.pattern(&mut session, pattern)?,
        Wanted::File(path) => work.file(&mut session, path)?,
    }
    if work.done.places == 0 {
        return Ok(work.done);
    }
    tx.rewrite_session(log.filed.number, &session)?;
    index(tx, log.filed.number)?;
    // what a host sent holds it too, packed, where no pattern finds it
    work.done.erased = tx.erase_bundles(&log.filed.session.id, log.filed.number)?;
    work.elsewhere(wanted, now)?;
    Ok(work.done)
}

struct Work<'a> {
    tx: &'a Tx<'a>,
    log: &'a Log,
    done: Redaction,
}

impl Work<'_> {
    fn number(&self) -> u64 {
        self.log.filed.number
    }

    fn text(&mut self, text: &mut String, pattern: &Regex) {
        if let Some(bytes) = self.bytes(text.as_bytes(), pattern) {
            *text = String::from_utf8(bytes).unwrap_or_else(|_| MARK.to_owned());
        }
    }

    /// The bytes without it; `None` when it is not there.
    fn bytes(&mut self, bytes: &[u8], pattern: &Regex) -> Option<Vec<u8>> {
        let places = pattern.find_iter(bytes).filter(|m| !m.is_empty()).count();
        self.done.places += places as u64;
        (places > 0).then(|| pattern.replace_all(bytes, NoExpand(MARK.as_bytes())).into_owned())
    }

    fn pattern(&mut self, session: &mut Session, pattern: &Regex) -> Outcome<()> {
        for change in &mut session.changes {
            let paths = [Some(&change.path), change.from.as_ref(), change.backup_of.as_ref()];
            self.done.names += paths.into_iter().flatten().filter(|path| pattern.is_match(&path.0)).count();
            for thing in change.before.iter_mut().chain(&mut change.after) {
                self.content(thing, pattern)?;
            }
            for words in change.description.iter_mut() {
                self.text(words, pattern);
            }
        }
        let texts = session.typed.iter_mut().map(|typed| &mut typed.line);
        let texts = texts.chain(session.ran.iter_mut().flat_map(|ran| &mut ran.arguments));
        let texts = texts.chain(session.environment.iter_mut().map(|(_, value)| value));
        let texts = texts.chain(session.evidence.iter_mut().map(|one| &mut one.text));
        let texts = texts.chain(session.command.iter_mut()).chain([&mut session.remark]);
        for text in texts.chain(&mut session.witnesses.notes).chain(&mut session.tags) {
            self.text(text, pattern);
        }
        let mut overlay = self.log.overlay.clone();
        for one in &mut overlay.annotations {
            self.text(&mut one.text, pattern);
            self.text(&mut one.spot.quoted, pattern);
        }
        self.tx.rewrite_annotations(self.number(), &overlay)?;
        for (id, mut text) in self.tx.session_entry(self.log.event)? {
            self.text(&mut text, pattern);
            self.tx.rewrite_entry(id, &text)?;
        }
        Ok(())
    }

    /// Takes it out of what a file held. The old name goes too: it is a hash of what is taken out.
    fn content(&mut self, thing: &mut Thing, pattern: &Regex) -> Outcome<()> {
        let Some(name) = name_of(&thing.content).map(str::to_owned) else { return Ok(()) };
        let Some(bytes) = self.tx.content(self.number(), &name)? else { return Ok(()) };
        if let Some(rest) = self.bytes(&bytes, pattern) {
            self.forget(&name)?;
            let new = HEXLOWER.encode(&Sha256::digest(&rest));
            self.tx.keep_content(self.number(), &new, &rest)?;
            thing.content = Content::Hash(new);
        }
        Ok(())
    }

    fn file(&mut self, session: &mut Session, path: &FilePath) -> Outcome<()> {
        for change in session.changes.iter_mut().filter(|change| change.path == *path) {
            for thing in change.before.iter_mut().chain(&mut change.after) {
                if let Some(name) = name_of(&thing.content).map(str::to_owned) {
                    self.forget(&name)?;
                    thing.content = Content::Withheld(RULE.to_owned());
                    self.done.places += 1;
                }
            }
        }
        let mut overlay = self.log.overlay.clone();
        for one in overlay.annotations.iter_mut().filter(|one| one.spot.path == *path) {
            one.spot.quoted.clear();
        }
        self.tx.rewrite_annotations(self.number(), &overlay)
    }

    fn forget(&mut self, name: &str) -> Outcome<()> {
        let others: BTreeSet<u64> = self.done.others.drain(..).collect();
        let sharing = self.tx.sharing(self.number(), name)?;
        self.done.others = others.into_iter().chain(sharing).collect::<BTreeSet<_>>().into_iter().collect();
        self.tx.drop_content(self.number(), name)
    }

    /// Letters and mails about the ticket that hold it.
    fn elsewhere(&mut self, wanted: &Wanted, now: Timestamp) -> Outcome<()> {
        let ticket = self.log.filed.ticket;
        for letter in self.tx.letters_since(ticket, self.log.event, |bytes| holds(bytes, wanted))? {
            self.tx.take_back(&letter, &rest_of(&letter), now)?;
            self.done.letters.push(Stored { bytes: Vec::new(), ..letter });
        }
        // a mail that brought the session sealed, and could not be erased
        let brought = self.tx.mail_of_event(self.log.event)?;
        self.done.mails.extend(brought.filter(|mail| !self.done.erased.contains(mail)));
        for mail in self.tx.mails_about(ticket)? {
            let told = self.done.mails.contains(&mail) || self.done.erased.contains(&mail);
            if !told && holds(&self.tx.raw_of(mail)?, wanted) {
                self.done.mails.push(mail);
            }
        }
        Ok(())
    }
}

/// Whether a mail holds it, in its text or in a file that came with it. Of a file it is told by its name.
fn holds(bytes: &[u8], wanted: &Wanted) -> bool {
    let Ok(mail) = read::mail(bytes) else { return false };
    let texts = [mail.subject.as_bytes(), mail.text.as_bytes()];
    let mut all = texts.into_iter().chain(mail.attachments.iter().map(|file| file.bytes.as_slice()));
    match wanted {
        Wanted::Pattern(pattern) => all.any(|bytes| pattern.is_match(bytes)),
        Wanted::File(path) => {
            let below = format!("+++ b{path}");
            let gone = format!("--- a{path}");
            let names = [below.as_bytes(), gone.as_bytes()];
            all.any(|bytes| names.iter().any(|name| bytes.windows(name.len()).any(|part| part == *name)))
        }
    }
}

/// A letter's header, and that there is no more of it; of one that is damaged its id alone.
fn rest_of(letter: &Stored) -> Vec<u8> {
    let own = format!("Message-ID: <{}>\r\n\r\n", letter.message_id).into_bytes();
    let bytes = if letter.bytes.is_empty() { &own } else { &letter.bytes };
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").map_or(bytes.len(), |at| at + 4);
    let head = bytes.get(..end).unwrap_or_default();
    [head, b"(redacted)\r\n"].concat()
}
