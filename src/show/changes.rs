//! A change set: what is otherwise at the end of a session than it was at its start. In: changes and who saw them; out: a
//! page for people, one line a path, and an object for programs. Mode, owner and attributes are told where they changed.

use super::look::{Look, Paint};
use super::safe;
use crate::model::session::{Action, Change, Content, Thing, Type, Witnesses};
use serde_json::{Map, Value, json};

/// For people: a line for each path, with what changed about it, and what nobody saw.
pub fn page(changes: &[Change], witnesses: &Witnesses, passing: u64, look: &Look) -> String {
    let mut text: String = changes.iter().map(|change| line(change, look)).collect();
    if changes.is_empty() {
        text.push_str("nothing was changed\n");
    }
    for note in notes(witnesses, passing) {
        text.push_str(&format!("{}\n", look.paint(Paint::Careful, &safe::line(&note))));
    }
    text
}

fn line(change: &Change, look: &Look) -> String {
    let (sign, paint) = match change.action {
        Action::Created => ("created ", Paint::Good),
        Action::Removed => ("removed ", Paint::Bad),
        Action::Modified => ("modified", Paint::Careful),
        Action::Renamed => ("renamed ", Paint::Careful),
        Action::Retyped => ("retyped ", Paint::Careful),
    };
    let from = change.from.as_ref().map(|from| format!("{} -> ", from.shown())).unwrap_or_default();
    let facts = facts(change);
    let facts = if facts.is_empty() { String::new() } else { format!("  ({})", facts.join("; ")) };
    let path = safe::line(&format!("{from}{}", change.path.shown()));
    format!("{}  {path}{}\n", look.paint(paint, sign), look.paint(Paint::Dim, &safe::line(&facts)))
}

/// What is to be said of a change beside its content.
fn facts(change: &Change) -> Vec<String> {
    let mut facts = Vec::new();
    let kind = |thing: &Thing| word(thing.kind);
    match (&change.before, &change.after) {
        (Some(then), Some(now)) => {
            if then.kind != now.kind {
                facts.push(format!("{} -> {}", kind(then), kind(now)));
            }
            if then.mode != now.mode && now.kind != Type::Symlink {
                facts.push(format!("mode {:04o} -> {:04o}", then.mode, now.mode));
            }
            if (then.uid, then.gid) != (now.uid, now.gid) {
                facts.push(format!("owner {}:{} -> {}:{}", then.uid, then.gid, now.uid, now.gid));
            }
            if then.attributes != now.attributes {
                facts.push("attributes".to_owned());
            }
            if let Some(target) = now.target.as_ref().filter(|_| then.target != now.target) {
                facts.push(format!("leads to {}", target.shown()));
            }
            if then.kind == now.kind && then.content != now.content && then.size != now.size {
                facts.push(format!("{} -> {} bytes", then.size, now.size));
            }
        }
        (Some(one), None) | (None, Some(one)) if one.kind != Type::File => facts.push(kind(one).to_owned()),
        _ => {}
    }
    facts.extend(change.backup_of.as_ref().map(|of| format!("backup of {}", of.shown())));
    for thing in [&change.before, &change.after].into_iter().flatten() {
        facts.extend(match &thing.content {
            Content::Withheld(rule) => Some(format!("content withheld: {rule}")),
            Content::NotKept(why) => Some(format!("content not kept: {why}")),
            Content::None | Content::Hash(_) => None,
        });
    }
    if change.others {
        facts.push("changed by others as well".to_owned());
    }
    facts.dedup();
    facts
}

fn word(kind: Type) -> &'static str {
    match kind {
        Type::File => "file",
        Type::Directory => "directory",
        Type::Symlink => "symbolic link",
        Type::Fifo => "fifo",
        Type::Socket => "socket",
        Type::Character => "character device",
        Type::Block => "block device",
    }
}

/// What a reader has to know to judge the list.
pub fn notes(witnesses: &Witnesses, passing: u64) -> Vec<String> {
    let mut notes = Vec::new();
    let mut count = |number: u64, one: &str, more: &str| match number {
        0 => {}
        1 => notes.push(one.to_owned()),
        n => notes.push(format!("{n} {more}")),
    };
    count(witnesses.lost, "1 change could not be recorded", "changes could not be recorded");
    count(witnesses.not_kept, "1 original was not kept", "originals were not kept");
    count(passing, "1 file came and went", "files came and went");
    for unseen in &witnesses.unseen {
        let times = if unseen.times == 1 { "once".to_owned() } else { format!("{} times", unseen.times) };
        notes.push(format!("{} ran unseen {times}: {}", unseen.program.shown(), unseen.why));
    }
    for (pid, name) in &witnesses.still_running {
        notes.push(format!("{name} ({pid}) still runs, and is not recorded any more"));
    }
    notes.extend(witnesses.notes.iter().cloned());
    notes
}

/// For programs: one object.
pub fn json(change: &Change) -> Value {
    let mut all = Map::new();
    let mut put = |key: &str, value: Value| all.insert(key.to_owned(), value);
    put("path", json!(change.path));
    put("action", json!(change.action));
    if let Some(from) = &change.from {
        put("from", json!(from));
    }
    put("before", side(change.before.as_ref()));
    put("after", side(change.after.as_ref()));
    put("program", json!(change.program));
    put("replaced", json!(change.replaced));
    if let Some(of) = &change.backup_of {
        put("backup_of", json!(of));
    }
    if change.others {
        put("others", json!(true));
    }
    Value::Object(all)
}

/// One side; `null` where there was nothing.
fn side(thing: Option<&Thing>) -> Value {
    let Some(thing) = thing else { return Value::Null };
    let attributes: Map<String, Value> =
        thing.attributes.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let mut all = json!({
        "type": thing.kind,
        "mode": format!("{:04o}", thing.mode),
        "uid": thing.uid,
        "gid": thing.gid,
        "xattrs": attributes,
    });
    let mut put = |key: &str, value: Value| {
        if let Some(all) = all.as_object_mut() {
            all.insert(key.to_owned(), value);
        }
    };
    // that of a directory says how its file system keeps it, not what it holds
    if matches!(thing.kind, Type::File | Type::Symlink) {
        put("size", json!(thing.size));
    }
    if let Some(target) = &thing.target {
        put("target", json!(target));
    }
    match &thing.content {
        Content::Hash(hash) => put("sha256", json!(hash)),
        Content::Withheld(rule) => put("withheld", json!(rule)),
        Content::NotKept(why) => put("not_kept", json!(why)),
        Content::None => {}
    }
    all
}

/// A line for programs that says what the list cannot: the same as [`notes`], by name.
pub fn json_witnesses(witnesses: &Witnesses, passing: u64) -> Value {
    json!({ "witnesses": witnesses, "came_and_went": passing })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::session::FilePath;

    fn thing(mode: u32, hash: &str) -> Thing {
        Thing {
            kind: Type::File,
            mode,
            uid: 0,
            gid: 0,
            size: 5,
            mtime: 0,
            links: 1,
            target: None,
            attributes: vec![("user.a".into(), "7a".into())],
            content: Content::Hash(hash.into()),
        }
    }

    fn change() -> Change {
        Change {
            path: "/etc/fstab".into(),
            action: Action::Modified,
            from: None,
            before: Some(thing(0o644, "aa")),
            after: Some(Thing { size: 7, ..thing(0o600, "bb") }),
            program: Some("/usr/bin/vim".into()),
            replaced: true,
            backup_of: None,
            others: false,
            shown: false,
            package: None,
            description: None,
        }
    }

    #[test]
    fn a_page_says_what_changed_and_what_nobody_saw() {
        let unseen = crate::model::session::Unseen {
            program: "/sbin/ldconfig".into(),
            why: "static".into(),
            times: 2,
        };
        let witnesses = Witnesses { lost: 1, unseen: vec![unseen], ..Witnesses::default() };
        let moved = Change {
            path: FilePath::new(b"/b\n"),
            from: Some("/a".into()),
            action: Action::Renamed,
            after: Some(thing(0o644, "aa")),
            ..change()
        };
        assert_eq!(
            page(&[change(), moved], &witnesses, 0, &Look::plain()),
            "modified  /etc/fstab  (mode 0644 -> 0600; 5 -> 7 bytes)\n\
             renamed   /a -> /b\\x0a\n\
             1 change could not be recorded\n\
             /sbin/ldconfig ran unseen 2 times: static\n"
        );
        assert_eq!(page(&[], &Witnesses::default(), 0, &Look::plain()), "nothing was changed\n");
    }

    #[test]
    fn an_object_holds_both_sides() {
        let removed = Change { action: Action::Removed, after: None, ..change() };
        let before = json!({ "type": "file", "mode": "0644", "uid": 0, "gid": 0, "size": 5, "sha256": "aa",
            "xattrs": { "user.a": "7a" } });
        assert_eq!(
            json(&removed),
            json!({ "path": "/etc/fstab", "action": "removed", "before": before, "after": null,
                "program": "/usr/bin/vim", "replaced": true })
        );
    }
}
