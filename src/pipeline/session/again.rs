//! Redacting once more what came redacted: hosts lag behind, and this robot may know rules that they do not. In come a
//! record and what its files held; out goes the same without what the rules of today find. Nothing is let through because
//! it could not be looked at.

use crate::model::session::{Change, Content, Ran, Session, Thing, Typed};
use crate::model::session_log::{Contents, name_of};
use crate::redact::Redactor;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// What the engine says of contents that are for no eye anyway; their hash tells nothing.
const BINARY: &str = "binary";

/// The record and its contents as they may be kept.
pub(super) fn redacted(session: &Session, contents: &Contents) -> (Session, Contents) {
    let mut redactor = Redactor::new();
    let mut kept = Contents::new();
    // the files first: what is found in them is found in every later text
    let changes = session.changes.iter().map(|change| of_change(change, contents, &mut redactor, &mut kept));
    let changes = changes.collect();
    let typed = session.typed.iter();
    let typed = typed.map(|typed| Typed { line: redactor.line(&typed.line).0, ..typed.clone() }).collect();
    let ran = session.ran.iter();
    let ran = ran.map(|ran| Ran { arguments: redactor.arguments(&ran.arguments).0, ..ran.clone() }).collect();
    let environment = session.environment.iter();
    let environment = environment
        .filter_map(|(name, value)| Some((name.clone(), redactor.environment(name, value)?)))
        .collect();
    let command = session.command.as_ref().map(|command| redactor.line(command).0);
    let remark = redactor.text(&session.remark).0;
    let mut evidence = session.evidence.clone();
    for one in &mut evidence {
        one.text = redactor.text(&one.text).0;
    }
    (Session { changes, typed, ran, environment, command, remark, evidence, ..session.clone() }, kept)
}

fn of_change(change: &Change, all: &Contents, redactor: &mut Redactor, kept: &mut Contents) -> Change {
    let held = |thing: &Option<Thing>| {
        thing.as_ref().and_then(|thing| name_of(&thing.content)).and_then(|name| all.get(name))
    };
    let (before, after) = (held(&change.before), held(&change.after));
    let sides = redactor.file(&change.path.0, before.map(Vec::as_slice), after.map(Vec::as_slice));
    let mut change = change.clone();
    match sides {
        Ok(sides) => {
            keep(&mut change.before, before, sides.before, kept);
            keep(&mut change.after, after, sides.after, kept);
        }
        Err(BINARY) => {}
        Err(rule) => {
            for thing in change.before.iter_mut().chain(&mut change.after) {
                if matches!(thing.content, Content::Hash(_)) {
                    thing.content = Content::Withheld(rule.to_owned());
                }
            }
        }
    }
    change
}

/// Keeps one side; under another name, when it is not what came: the old name is a hash of what is taken out.
fn keep(thing: &mut Option<Thing>, came: Option<&Vec<u8>>, stays: Option<Vec<u8>>, kept: &mut Contents) {
    let (Some(thing), Some(came), Some(stays)) = (thing, came, stays) else { return };
    if stays != *came {
        thing.content = Content::Hash(HEXLOWER.encode(&Sha256::digest(&stays)));
    }
    if let Some(name) = name_of(&thing.content) {
        kept.insert(name.to_owned(), stays);
    }
}
