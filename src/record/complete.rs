//! Completing the record of a session from what is on disk. In: its directory, which no program writes to any more, and what
//! its admin said at the end, if he did; out: the session as it is filed, redacted, with what its files held. An end that was
//! watched and one that nobody saw (a kill, a closed terminal, loss of power) are completed in the same way, and as often
//! as it is wanted with the same result: all that is asked of the machine is asked once and kept with the place.

use super::about;
use super::cast;
use super::changes::{self, Changed};
use super::evidence::Search;
use super::history;
use super::noise;
use super::pauses;
use super::place::{Place, Start};
use super::tty;
use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::model::session::{Change, Content, Ending, Evidence, FilePath, Ran, Session, Thing, Type, Typed};
use crate::model::session_log::Contents;
use crate::redact::Redactor;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::time::SystemTime;

/// A session that can be filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complete {
    pub session: Session,
    /// What its files held, redacted, by the names that its changes have for it.
    pub contents: Contents,
}

/// What the admin said at the end; it is kept with the place until the session is filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub remark: String,
    /// Files that the log shows, when he picked them.
    pub shown: Option<BTreeSet<FilePath>>,
    /// Nothing but the fact is kept.
    pub discard: bool,
}

/// Where that is.
const SAID: &str = "said.json";

/// Contents that say nothing to a reader, or are not looked through: what is known of them is their hash.
const BARE: [&str; 3] = ["binary", "database", "too big to be looked through"];

/// Keeps what was said.
///
/// # Errors
/// From the file system.
pub fn say(place: &Place, said: &Said) -> Outcome<()> {
    let failed = |e: std::io::Error| Fault::passing(format!("writing {}: {e}", place.dir().display()));
    let json = serde_json::to_vec(said).map_err(|e| failed(e.into()))?;
    std::fs::write(place.dir().join(SAID), json).map_err(failed)
}

/// Completes it.
///
/// # Errors
/// When what is on disk cannot be read.
pub fn complete(place: &Place) -> Outcome<Complete> {
    let (start, end, said) = (place.start()?, place.end()?, said(place));
    let ended = end.as_ref().map_or_else(|| last_sign(place, &start), |end| end.ended);
    let first = end.as_ref().and_then(|end| end.pid);
    let ending = end.map_or(Ending::Recovered, |end| end.ending);
    let changed = changes::of(place)?;
    let pids = changed.ran.iter().map(|ran| ran.pid).chain(first).collect();
    let spans = pauses::of(place.dir())?;
    let hides = |at| spans.iter().any(|span| span.hides(at));
    let search = Search { from: start.started, to: ended, pids, uid: start.uid, hides: &hides };
    // in the order in which secrets are learnt
    let mut redactor = Redactor::new();
    let typed = history::of(place.dir(), start.started)?;
    typed.iter().for_each(|typed| redactor.learn_line(&typed.line));
    changed.ran.iter().for_each(|ran| redactor.learn_arguments(&ran.arguments));
    let (mut changes, contents) = contents(&changed, &mut redactor)?;
    let answers = about::ask(place, &changes, &search);
    let tags = about::tell(&mut changes, &changed.contents, &answers)?;
    // what the host wrote down knows of no pause
    let evidence = answers.evidence.into_iter().filter(|_| spans.is_empty());
    let mut evidence: Vec<Evidence> =
        evidence.map(|told| Evidence { text: redactor.text(&told.text).0, ..told }).collect();
    let typed =
        typed.into_iter().map(|typed| Typed { line: redactor.line(&typed.line).0, ..typed }).collect();
    let told = changed.ran.into_iter().filter(|ran| !hides(ran.at));
    let ran = told.map(|ran| Ran { arguments: redactor.arguments(&ran.arguments).0, ..ran }).collect();
    let environment = start.environment.iter();
    let environment = environment
        .filter_map(|(name, value)| Some((name.clone(), redactor.environment(name, value)?)))
        .collect();
    evidence.extend(shown(place, &mut redactor));
    let command = start.command.as_ref().map(|line| redactor.line(line).0);
    let mut witnesses = changed.witnesses;
    witnesses.notes.extend(pauses::notes(&spans, ended));
    let bare = bare(start, ended, ending);
    let session = Session { command, environment, witnesses, typed, ran, changes, tags, evidence, ..bare };
    let complete = Complete { session, contents };
    Ok(match said {
        Some(said) => complete.with(&said),
        None => complete,
    })
}

impl Complete {
    /// As the admin wants it.
    #[must_use]
    pub fn with(mut self, said: &Said) -> Complete {
        let session = &mut self.session;
        session.remark = Redactor::new().text(&said.remark).0;
        if said.discard {
            return Complete { session: fact(self.session), contents: Contents::new() };
        }
        if let Some(shown) = &said.shown {
            for change in &mut session.changes {
                change.shown = shown.contains(&change.path);
            }
        }
        self
    }
}

/// Nothing but the fact that there was one.
fn fact(session: Session) -> Session {
    Session {
        ending: Ending::Discarded,
        command: None,
        environment: Vec::new(),
        witnesses: Default::default(),
        typed: Vec::new(),
        ran: Vec::new(),
        changes: Vec::new(),
        tags: Vec::new(),
        evidence: Vec::new(),
        ..session
    }
}

/// What is known without looking.
fn bare(start: Start, ended: Timestamp, ending: Ending) -> Session {
    Session {
        id: start.id,
        host: start.host,
        login: start.login,
        ticket: start.ticket,
        started: start.started,
        ended: ended.max(start.started),
        ending,
        directory: start.directory,
        shell: start.shell,
        command: None,
        environment: Vec::new(),
        witnesses: Default::default(),
        typed: Vec::new(),
        ran: Vec::new(),
        changes: Vec::new(),
        remark: String::new(),
        tags: Vec::new(),
        evidence: Vec::new(),
    }
}

/// What was said; what cannot be read was not said.
fn said(place: &Place) -> Option<Said> {
    serde_json::from_slice(&std::fs::read(place.dir().join(SAID)).ok()?).ok()
}

/// What the terminal showed, where that was recorded.
fn shown(place: &Place, redactor: &mut Redactor) -> Option<Evidence> {
    let mut text = String::new();
    let file = File::open(place.dir().join(tty::FILE)).ok()?;
    let read = file.take(limits::REDACT_BYTES as u64 * 2).read_to_string(&mut text);
    // cut within a character, or spoilt: what is whole is kept
    read.ok()?;
    let text = cast::made_over(&text, |shown| redactor.text(shown).0);
    Some(Evidence { name: tty::FILE.to_owned(), text })
}

/// The changes as they may be told, and the contents that may leave the host.
fn contents(changed: &Changed, redactor: &mut Redactor) -> Outcome<(Vec<Change>, Contents)> {
    let mut all = BTreeMap::new();
    let mut changes = changed.changes.clone();
    for change in &mut changes {
        change.shown = is_shown(change);
        let (before, after) = (held(change.before.as_ref()), held(change.after.as_ref()));
        if !before && !after {
            continue;
        }
        let before = if before { changed.contents.before(&change.path)? } else { None };
        let after = if after { changed.contents.after(&change.path)? } else { None };
        match redactor.file(&change.path.0, before.as_deref(), after.as_deref()) {
            Ok(sides) => {
                keep(&mut all, change.before.as_mut(), sides.before);
                keep(&mut all, change.after.as_mut(), sides.after);
            }
            Err(rule) if BARE.contains(&rule) => {}
            Err(rule) => {
                for thing in change.before.iter_mut().chain(change.after.iter_mut()) {
                    if thing.kind == Type::File {
                        thing.content = Content::Withheld(rule.to_owned());
                    }
                }
            }
        }
    }
    Ok((changes, all))
}

/// Whether a content is kept that is small enough to be carried.
fn held(thing: Option<&Thing>) -> bool {
    thing.is_some_and(|thing| {
        matches!(thing.content, Content::Hash(_)) && thing.size <= limits::SESSION_CONTENT as u64
    })
}

/// Under the hash of what it is now: that of a content with its secret would help to guess the secret.
fn keep(all: &mut BTreeMap<String, Vec<u8>>, thing: Option<&mut Thing>, bytes: Option<Vec<u8>>) {
    if let (Some(thing), Some(bytes)) = (thing, bytes) {
        let name = HEXLOWER.encode(&Sha256::digest(&bytes));
        thing.content = Content::Hash(name.clone());
        all.insert(name, bytes);
    }
}

/// Whether the log shows it by default.
pub fn is_shown(change: &Change) -> bool {
    let from = change.from.as_ref().is_none_or(|from| noise::is_noise(&from.0));
    !(noise::is_noise(&change.path.0) && from)
}

/// When something was written down last, for an end that nobody saw.
fn last_sign(place: &Place, start: &Start) -> Timestamp {
    let journal = |owner: u32| place.dir().join(owner.to_string()).join(trackle_wire::file::JOURNAL);
    let journals = place.owners().into_iter().map(journal);
    let files = journals.chain(history::files(place.dir()).unwrap_or_default());
    let times = files.filter_map(|file| file.metadata().ok()?.modified().ok());
    times.filter_map(timestamp).max().unwrap_or(start.started)
}

fn timestamp(time: SystemTime) -> Option<Timestamp> {
    Timestamp::try_from(time).ok()
}
