//! What stands above the hunks: in comes a change, out come git's lines for names, modes and renames, and the same in words
//! for people. Names are quoted as git does with `core.quotePath`: control characters, quotes, backslashes and bytes beyond
//! ASCII as escapes of C, the whole in double quotes, so that no name can pose as another line of the patch. A name with a
//! blank is quoted as well, since patch(1) ends it there in the lines that only git knows.

use super::Side;
use crate::model::session::{Change, Content, FilePath, Thing, Type};
use std::ops::Range;

/// The mode of a symbolic link, as git has it.
const LINK: u32 = 0o120_000;

/// `diff --git`, modes and renames; nothing where neither a mode nor a name nor, as far as is known, the content changed.
pub(super) fn lines(change: &Change, old: Side<'_>, new: Side<'_>) -> Vec<Vec<u8>> {
    let from = change.from.as_ref().unwrap_or(&change.path);
    let mut lines = Vec::new();
    match (old, new) {
        (Side::Is(old, _), Side::Is(new, _)) => {
            if old != new {
                lines.push(format!("old mode {old:06o}"));
                lines.push(format!("new mode {new:06o}"));
            } else if old == LINK && change.from.is_none() {
                // patch(1) takes it for a file unless it is told here; the numbers name no object, and zeros would say that there is none
                lines.push(format!("index 1111111..2222222 {LINK:06o}"));
            }
            if let Some(from) = &change.from {
                lines.push(format!("rename from {}", quoted("", from)));
                lines.push(format!("rename to {}", quoted("", &change.path)));
            }
        }
        (Side::Nothing, Side::Is(new, _)) => lines.push(format!("new file mode {new:06o}")),
        (Side::Is(old, _), _) => lines.push(format!("deleted file mode {old:06o}")),
        _ => {}
    }
    let contents = |side| if let Side::Is(_, content) = side { content } else { None };
    if lines.is_empty() && contents(old) == contents(new) {
        return Vec::new();
    }
    lines.insert(0, format!("diff --git {} {}", quoted("a", from), quoted("b", &change.path)));
    lines.into_iter().map(String::into_bytes).collect()
}

/// `---` and `+++`.
pub(super) fn names(change: &Change, old: Side<'_>, new: Side<'_>) -> [Vec<u8>; 2] {
    let from = change.from.as_ref().unwrap_or(&change.path);
    let name = |side: Side<'_>, root: &str, path: &FilePath| match side {
        Side::Nothing => "/dev/null".to_owned(),
        _ => quoted(root, path),
    };
    let (old, new) = (name(old, "a", from), name(new, "b", &change.path));
    [format!("--- {old}").into_bytes(), format!("+++ {new}").into_bytes()]
}

/// Lines `2,3` of a hunk's head, counted from one; an empty range stands before the line it names.
pub(super) fn extent(range: &Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => format!("{}", range.start + 1),
        n => format!("{},{n}", range.start + 1),
    }
}

/// A name as git writes it, below `root` where that is not empty.
pub fn quoted(root: &str, path: &FilePath) -> String {
    let path = path.0.strip_prefix(b"/").unwrap_or(&path.0);
    let slash = if root.is_empty() { "" } else { "/" };
    let plain = |b: &u8| matches!(b, b' '..=b'~') && !matches!(b, b'"' | b'\\');
    if path.iter().all(|b| plain(b) && *b != b' ') {
        return format!("{root}{slash}{}", String::from_utf8_lossy(path));
    }
    let mut name = format!("\"{root}{slash}");
    for byte in path {
        match byte {
            b'\n' => name.push_str("\\n"),
            b'\t' => name.push_str("\\t"),
            b'\r' => name.push_str("\\r"),
            b'"' | b'\\' => name.extend(['\\', char::from(*byte)]),
            byte if plain(byte) => name.push(char::from(*byte)),
            byte => name.push_str(&format!("\\{byte:03o}")),
        }
    }
    name.push('"');
    name
}

/// What changed beside the lines, in words, one fact a line.
pub fn facts(change: &Change, owner: &dyn Fn(u32, u32) -> String) -> Vec<String> {
    let path = change.path.shown();
    let rights = |thing: &Thing| format!("{:04o} {}", thing.mode, owner(thing.uid, thing.gid));
    let mut facts = Vec::new();
    match (&change.before, &change.after) {
        (None, Some(new)) => facts.push(format!("{path}: {} created, {}", word(new.kind), rights(new))),
        (Some(old), None) => facts.push(format!("{path}: {} removed, was {}", word(old.kind), rights(old))),
        (Some(old), Some(new)) => {
            if let Some(from) = &change.from {
                facts.push(format!("{path}: renamed from {}", from.shown()));
            }
            if old.kind != new.kind {
                facts.push(format!("{path}: {} -> {}", word(old.kind), word(new.kind)));
            }
            if rights(old) != rights(new) {
                facts.push(format!("{path}: permissions {} -> {}", rights(old), rights(new)));
            }
            if old.kind == Type::Symlink && new.kind == Type::Symlink && old.target != new.target {
                let target = |t: &Thing| t.target.as_ref().map(FilePath::shown).unwrap_or_default();
                facts.push(format!("{path}: leads to {} -> {}", target(old), target(new)));
            }
            facts.extend(attributes(old, new).into_iter().map(|fact| format!("{path}: {fact}")));
        }
        (None, None) => {}
    }
    facts.extend(content(change).map(|fact| format!("{path}: {fact}")));
    if let Some(other) = &change.backup_of {
        facts.push(format!("{path}: holds what {} held before", other.shown()));
    }
    if change.others {
        facts.push(format!("{path}: also changed by somebody outside the session"));
    }
    facts
}

/// Why there are no lines to see, if there are none.
fn content(change: &Change) -> Option<String> {
    let (old, new) = (change.before.as_ref(), change.after.as_ref());
    let either = [old, new].into_iter().flatten();
    let size = |thing: Option<&Thing>| thing.map_or(0, |thing| thing.size);
    let why = either.clone().find_map(|thing| match &thing.content {
        Content::Withheld(rule) => Some(format!("content withheld ({rule})")),
        Content::NotKept(why) => Some(format!("content not kept ({why})")),
        _ => None,
    })?;
    Some(format!("{why}, {} -> {} bytes", grouped(size(old)), grouped(size(new))))
}

/// Size, hash and kind of a file that is not shown line by line; nothing where its content did not change.
pub(super) fn bare(change: &Change) -> Option<String> {
    let held = |thing: &Thing| match &thing.content {
        Content::Hash(hash) if thing.kind == Type::File && thing.size > 0 => {
            Some(format!("{} bytes, sha256 {hash}", grouped(thing.size)))
        }
        _ => None,
    };
    let (old, new) = (change.before.as_ref(), change.after.as_ref());
    let told = match (old.and_then(held), new.and_then(held)) {
        (Some(old), Some(new)) if old == new => return None,
        (Some(old), Some(new)) => format!("{old} -> {new}"),
        (None, Some(new)) => new,
        (Some(old), None) => format!("was {old}"),
        (None, None) => return None,
    };
    let kind = change.description.as_ref().map(|kind| format!(", {kind}")).unwrap_or_default();
    Some(format!("{}: {told}{kind}", change.path.shown()))
}

/// Extended attributes that came, went or changed; of ACLs and capabilities in words.
fn attributes(old: &Thing, new: &Thing) -> Vec<String> {
    let find = |of: &[(String, String)], name: &str| {
        of.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone())
    };
    let called = |name: &str| match name {
        "system.posix_acl_access" => "access list".to_owned(),
        "system.posix_acl_default" => "default access list".to_owned(),
        "security.capability" => "capabilities".to_owned(),
        name => format!("attribute {}", FilePath::new(name.as_bytes()).shown()),
    };
    let mut facts = Vec::new();
    for (name, was) in &old.attributes {
        match find(&new.attributes, name) {
            None => facts.push(format!("{} removed", called(name))),
            Some(is) if is != *was => facts.push(format!("{} changed", called(name))),
            Some(_) => {}
        }
    }
    let added = new.attributes.iter().filter(|(name, _)| find(&old.attributes, name).is_none());
    facts.extend(added.map(|(name, _)| format!("{} set", called(name))));
    facts
}

/// What a type is called.
fn word(kind: Type) -> &'static str {
    match kind {
        Type::File => "file",
        Type::Directory => "directory",
        Type::Symlink => "link",
        Type::Fifo => "pipe",
        Type::Socket => "socket",
        Type::Character | Type::Block => "device",
    }
}

/// `1,204,310`
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
