//! The record of a session without somebody: commands, remarks, paths, what the host wrote down, and what files held.
//! Which places of a record hold text is known here.

use super::mails::Pen;
use crate::fault::Outcome;
use crate::model::session::{Change, Content, FilePath, Session, Thing};
use crate::model::session_log::name_of;
use crate::pipeline::session::index;
use crate::store::Tx;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Whether he stands in a record, beside what files held.
pub fn is_in(session: &Session, pen: Pen<'_>) -> bool {
    without(session, pen).is_some()
}

/// Whether he stands in a session or in what its files held.
///
/// # Errors
/// Those of the database.
pub fn holds(tx: &Tx<'_>, number: u64, pen: Pen<'_>) -> Outcome<bool> {
    let Some(log) = tx.session(number)? else { return Ok(false) };
    let mut found = is_in(&log.filed.session, pen);
    for name in names(&log.filed.session) {
        // all of them are looked at, since names that were typed are counted
        found |= tx.content(number, &name)?.is_some_and(|bytes| pen.sought.is_in(&bytes));
    }
    Ok(found)
}

/// Takes him out of a session; gives whether he was in it. The bundle that brought it goes with him.
///
/// # Errors
/// Those of the database.
pub fn rewrite(tx: &Tx<'_>, number: u64, pen: Pen<'_>) -> Outcome<bool> {
    let Some(log) = tx.session(number)? else { return Ok(false) };
    let record = without(&log.filed.session, pen);
    let mut found = record.is_some();
    let mut session = record.unwrap_or_else(|| log.filed.session.clone());
    let mut renamed = BTreeMap::new();
    for name in names(&session) {
        let Some(bytes) = tx.content(number, &name)? else { continue };
        if let Some(bytes) = pen.sought.without(&bytes, pen.by) {
            // the old name goes too: it is a hash of what is taken out
            let new = HEXLOWER.encode(&Sha256::digest(&bytes));
            tx.drop_content(number, &name)?;
            tx.keep_content(number, &new, &bytes)?;
            renamed.insert(name, new);
        }
    }
    for thing in session.changes.iter_mut().flat_map(things) {
        if let Some(new) = name_of(&thing.content).and_then(|name| renamed.get(name)) {
            thing.content = Content::Hash(new.clone());
        }
    }
    found |= !renamed.is_empty();
    if found {
        tx.rewrite_session(number, &session)?;
        tx.rewrite_paths(number, &session)?;
        index(tx, number)?;
        tx.erase_bundles(&session.id, number)?;
    }
    Ok(found)
}

/// The names of what files held, each once.
fn names(session: &Session) -> Vec<String> {
    let things = session.changes.iter().flat_map(|change| change.before.iter().chain(&change.after));
    let mut names: Vec<String> =
        things.filter_map(|thing| name_of(&thing.content)).map(str::to_owned).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn things(change: &mut Change) -> impl Iterator<Item = &mut Thing> {
    change.before.iter_mut().chain(&mut change.after)
}

/// A record without him; `None` when he is not in it.
fn without(session: &Session, pen: Pen<'_>) -> Option<Session> {
    let mut session = session.clone();
    let mut hand = Hand { pen, wrote: false };
    let Session { typed, ran, changes, witnesses, .. } = &mut session;
    for line in typed {
        hand.text(&mut line.line);
        hand.path(&mut line.directory);
    }
    for ran in ran {
        ran.arguments.iter_mut().for_each(|text| hand.text(text));
        hand.path(&mut ran.program);
        hand.path(&mut ran.directory);
    }
    for change in changes {
        hand.change(change);
    }
    for unseen in &mut witnesses.unseen {
        hand.path(&mut unseen.program);
        hand.text(&mut unseen.why);
    }
    let programs = witnesses.still_running.iter_mut().map(|(_, program)| program);
    for text in programs.chain(&mut witnesses.by).chain(&mut witnesses.notes) {
        hand.text(text);
    }
    let Session { host, login, directory, shell, command, environment, remark, tags, evidence, .. } =
        &mut session;
    hand.path(directory);
    let pairs = environment.iter_mut().flat_map(|(name, value)| [name, value]);
    let pairs = pairs.chain(evidence.iter_mut().flat_map(|one| [&mut one.name, &mut one.text]));
    for text in [host, login, shell, remark].into_iter().chain(command).chain(tags).chain(pairs) {
        hand.text(text);
    }
    hand.wrote.then_some(session)
}

/// Writes over him.
struct Hand<'a> {
    pen: Pen<'a>,
    wrote: bool,
}

impl Hand<'_> {
    fn text(&mut self, text: &mut String) {
        if let Some(without) = self.pen.sought.text_without(text, self.pen.by) {
            (*text, self.wrote) = (without, true);
        }
    }

    fn path(&mut self, path: &mut FilePath) {
        if let Some(without) = self.pen.sought.without(&path.0, self.pen.by) {
            (path.0, self.wrote) = (without, true);
        }
    }

    fn change(&mut self, change: &mut Change) {
        let Change { path, from, program, backup_of, package, description, before, after, .. } = change;
        for path in [path].into_iter().chain(from).chain(program).chain(backup_of) {
            self.path(path);
        }
        for text in package.iter_mut().chain(description) {
            self.text(text);
        }
        for thing in before.iter_mut().chain(after) {
            thing.target.iter_mut().for_each(|target| self.path(target));
            for (name, value) in &mut thing.attributes {
                self.text(name);
                self.value(value);
            }
            if let Content::Withheld(why) | Content::NotKept(why) = &mut thing.content {
                self.text(why);
            }
        }
    }

    /// The value of an attribute, in hexadecimal.
    fn value(&mut self, value: &mut String) {
        let bytes = HEXLOWER.decode(value.to_ascii_lowercase().as_bytes()).unwrap_or_default();
        if let Some(without) = self.pen.sought.without(&bytes, self.pen.by) {
            (*value, self.wrote) = (HEXLOWER.encode(&without), true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::address::Address;
    use crate::model::sought::{Sought, stand_in};
    use jiff::Timestamp;
    use serde_json::Value;

    /// Every place that holds text, in turn: wherever he is put, he is found and gone.
    #[test]
    fn no_place_of_a_record_hides_him() {
        let json = r#"{"id":"7","host":"h","login":"l","ticket":1,"started":"2026-01-01T00:00:00Z","ended":"2026-01-01T00:00:00Z",
            "ending":{"exit":0},"directory":"/d","shell":"/s","command":"c","environment":[["E","v"]],
            "witnesses":{"by":["b"],"unseen":[{"program":"/u","why":"w","times":1}],"lost":0,"not_kept":0,"still_running":[[1,"p"]],"notes":["n"]},
            "typed":[{"at":"2026-01-01T00:00:00Z","directory":"/t","line":"l","status":0}],
            "ran":[{"at":"2026-01-01T00:00:00Z","pid":1,"uid":0,"program":"/r","arguments":["a"],"directory":"/rd"}],
            "changes":[{"path":"/p","action":"modified","from":"/f","before":{"type":"symlink","mode":0,"uid":0,"gid":0,"size":0,"mtime":0,
              "links":1,"target":"/x","attributes":[["user.a","00"]],"content":{"not-kept":"why"}},"after":null,"program":"/g","replaced":false,
              "backup_of":"/o","others":false,"shown":true,"package":"k","description":"words"}],
            "remark":"r","tags":["t"],"evidence":[{"name":"acct","text":"e"}]}"#;
        let whole: Value = serde_json::from_str(json).unwrap();
        let sought = Sought::of(Address::parse("bob@x.example").unwrap(), &[]).unwrap();
        let by = stand_in(7).unwrap();
        let pen = Pen { sought: &sought, by: &by, now: Timestamp::UNIX_EPOCH };
        let fixed = [
            "/id",
            "/started",
            "/ended",
            "/typed/0/at",
            "/ran/0/at",
            "/changes/0/action",
            "/changes/0/before/type",
        ];
        let mut places = 0;
        for place in pointers(&whole, String::new()) {
            let text = match place.as_str() {
                "/changes/0/before/attributes/0/1" => HEXLOWER.encode(b"a\0bob@x.example"),
                _ => "line\nbob@x.example".to_owned(),
            };
            let mut with = whole.clone();
            *with.pointer_mut(&place).unwrap() = Value::from(text);
            if fixed.contains(&place.as_str()) {
                continue;
            }
            let session: Session = serde_json::from_value(with).unwrap();
            let without = without(&session, pen).unwrap_or_else(|| panic!("{place}"));
            assert!(!is_in(&without, pen) && without != session, "{place}");
            places += 1;
        }
        assert_eq!(places, 31);
        assert_eq!(without(&serde_json::from_value(whole).unwrap(), pen), None);
    }

    fn pointers(value: &Value, at: String) -> Vec<String> {
        match value {
            Value::String(_) => vec![at],
            Value::Array(all) => {
                all.iter().enumerate().flat_map(|(n, one)| pointers(one, format!("{at}/{n}"))).collect()
            }
            Value::Object(all) => {
                all.iter().flat_map(|(name, one)| pointers(one, format!("{at}/{name}"))).collect()
            }
            _ => Vec::new(),
        }
    }
}
