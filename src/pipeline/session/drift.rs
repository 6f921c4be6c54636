//! Changes that no session made: what one session left of a file, and what the next one found, or what the file is today,
//! differ. Two states of a path come in, what differs goes out. A content that was redacted says only what stands around its
//! marks; where nothing is known of a content, nothing is said of it. Which session was the last one is told by the clock of
//! its host, which may have been wrong: what the one that was filed last has left so, is nobody's doing.

use crate::fault::Outcome;
use crate::model::session::{Change, Content, FilePath, Thing, Type};
use crate::model::session_log::{Drifted, Log, name_of};
use crate::redact::{BEGIN, END, unnumbered};
use crate::store::Tx;

/// Files that a session found otherwise than the session before it left them.
///
/// # Errors
/// Those of the database.
pub fn before(tx: &Tx<'_>, log: &Log) -> Outcome<Vec<Drifted>> {
    let (number, session) = (log.filed.number, &log.filed.session);
    let mut all = Vec::new();
    for (place, change) in log.changes() {
        let path = change.from.as_ref().unwrap_or(&change.path);
        let Some((last, touched)) = tx.last_touch(path, session, number)? else { continue };
        let left = kept(tx, last, sides(&touched, path).1)?;
        let found = kept(tx, number, change.before.as_ref())?;
        let Some(what) = differs(&left, &found) else { continue };
        let filed = tx.last_filed(path, session, number)?.filter(|(filed, _)| *filed != last);
        if let Some((filed, touched)) = filed
            && differs(&kept(tx, filed, sides(&touched, path).1)?, &found).is_none()
        {
            continue;
        }
        all.push(Drifted { place, after: last, what });
    }
    Ok(all)
}

/// What a session knows of a path.
///
/// # Errors
/// Those of the database.
pub fn kept(tx: &Tx<'_>, session: u64, thing: Option<&Thing>) -> Outcome<State> {
    let name = thing.and_then(|thing| name_of(&thing.content));
    let content = name.map(|name| tx.content(session, name)).transpose()?.flatten();
    Ok(State { thing: thing.cloned(), content })
}

/// A path at a moment: what it is (`None`: nothing is there), and what it holds, where that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    pub thing: Option<Thing>,
    pub content: Option<Vec<u8>>,
}

/// What a path was after a change, and before it: it may be the one that the file went from.
pub fn sides<'a>(change: &'a Change, path: &FilePath) -> (Option<&'a Thing>, Option<&'a Thing>) {
    match &change.from {
        Some(from) if from == path => (change.before.as_ref(), None),
        Some(_) => (None, change.after.as_ref()),
        None => (change.before.as_ref(), change.after.as_ref()),
    }
}

/// What is otherwise now, in words; `None` when nothing is, as far as is known.
pub fn differs(then: &State, now: &State) -> Option<String> {
    let (old, new) = match (&then.thing, &now.thing) {
        (None, None) => return None,
        (Some(_), None) => return Some("gone".to_owned()),
        (None, Some(_)) => return Some("there again".to_owned()),
        (Some(old), Some(new)) => (old, new),
    };
    if old.kind != new.kind {
        return Some("of another type".to_owned());
    }
    let mut all = Vec::new();
    if content_differs(then, now, old, new) {
        all.push("content".to_owned());
    }
    if old.target != new.target {
        all.push("where it leads".to_owned());
    }
    if old.mode != new.mode && old.kind != Type::Symlink {
        all.push(format!("mode {:04o} -> {:04o}", old.mode, new.mode));
    }
    if (old.uid, old.gid) != (new.uid, new.gid) {
        all.push(format!("owner {}:{} -> {}:{}", old.uid, old.gid, new.uid, new.gid));
    }
    (!all.is_empty()).then(|| all.join(", "))
}

fn content_differs(then: &State, now: &State, old: &Thing, new: &Thing) -> bool {
    let (Content::Hash(before), Content::Hash(after)) = (&old.content, &new.content) else { return false };
    if before == after {
        return false;
    }
    match (&then.content, &now.content) {
        (Some(then), Some(now)) => {
            !(unnumbered(then) == unnumbered(now) || fits(then, now) || fits(now, then))
        }
        // a hash is of the whole content, unless marks stand in it; then it would have been kept
        _ => true,
    }
}

/// Whether a content can be what another was before it was redacted.
fn fits(redacted: &[u8], whole: &[u8]) -> bool {
    let mut pieces = pieces(redacted).into_iter();
    let Some(rest) = pieces.next().and_then(|first| whole.strip_prefix(first)) else { return false };
    let mut rest = rest;
    let mut left: Vec<&[u8]> = pieces.collect();
    let Some(last) = left.pop() else { return rest.is_empty() };
    for piece in left {
        let at = find(rest, piece);
        match at.and_then(|at| rest.get(at + piece.len()..)) {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// What stands around the marks.
fn pieces(redacted: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut rest = redacted;
    while let Some(at) = find(rest, BEGIN.as_bytes()) {
        let Some(end) = rest.get(at..).and_then(|mark| find(mark, END.as_bytes())) else { break };
        pieces.push(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + end + END.len()..).unwrap_or_default();
    }
    pieces.push(rest);
    pieces
}

/// Where a piece stands first, in time that grows with both lengths, not with their product: whoever writes a file may
/// write what almost fits everywhere (Knuth, Morris, Pratt).
fn find(text: &[u8], piece: &[u8]) -> Option<usize> {
    // how much of the piece stands at the end of its first n + 1 bytes as well
    let mut again: Vec<usize> = Vec::with_capacity(piece.len());
    let step = |again: &[usize], mut fits: usize, byte: u8| {
        while fits > 0 && piece.get(fits) != Some(&byte) {
            fits = again.get(fits - 1).copied().unwrap_or(0);
        }
        fits + usize::from(piece.get(fits) == Some(&byte))
    };
    for (at, byte) in piece.iter().enumerate() {
        let fits = if at == 0 { 0 } else { step(&again, again.last().copied().unwrap_or(0), *byte) };
        again.push(fits);
    }
    let mut fits = 0;
    if piece.is_empty() {
        return Some(0);
    }
    for (at, byte) in text.iter().enumerate() {
        fits = step(&again, fits, *byte);
        if fits == piece.len() {
            return Some(at + 1 - fits);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::session::Action;

    fn thing(hash: &str) -> Thing {
        Thing {
            kind: Type::File,
            mode: 0o644,
            uid: 0,
            gid: 0,
            size: 1,
            mtime: 0,
            links: 1,
            target: None,
            attributes: vec![],
            content: Content::Hash(hash.into()),
        }
    }

    fn state(hash: &str, content: &str) -> State {
        State { thing: Some(thing(hash)), content: Some(content.as_bytes().to_vec()) }
    }

    #[test]
    fn what_was_redacted_differs_only_around_its_marks() {
        let left = "user = a\npass = «redacted:password»\nport = 1\n";
        for (now, wanted) in [
            ("user = a\npass = hunter2\nport = 1\n", false),
            ("user = a\npass = «redacted:password:3»\nport = 1\n", false),
            ("user = a\npass = hunter2\nport = 2\n", true),
            ("user = b\npass = hunter2\nport = 1\n", true),
            ("", true),
        ] {
            assert_eq!(differs(&state("1", left), &state("2", now)).is_some(), wanted, "{now}");
            assert_eq!(differs(&state("2", now), &state("1", left)).is_some(), wanted, "{now}");
        }
        assert_eq!(differs(&state("1", "a"), &state("1", "b")), None);
        assert_eq!(differs(&state("1", "a"), &state("2", "b")).unwrap(), "content");
    }

    #[test]
    fn a_piece_is_found_where_it_stands_first() {
        for text in ["aabaabaaab", "aaaa", "", "ab", "abab"] {
            for piece in ["", "a", "b", "aaab", "abab", "aabaaa", "aaaaa"] {
                assert_eq!(find(text.as_bytes(), piece.as_bytes()), text.find(piece), "{text} {piece}");
            }
        }
        // what almost fits everywhere: by the product of both this would take hours
        let text = vec![b'a'; 1 << 20];
        let piece = [&text[..1 << 19], b"b"].concat();
        assert_eq!(find(&text, &piece), None);
    }

    #[test]
    fn what_a_path_is_counts_and_what_is_not_known_does_not() {
        let none = State::default();
        let withheld = State {
            thing: Some(Thing { content: Content::Withheld("shadow".into()), mode: 0o600, ..thing("") }),
            content: None,
        };
        for (then, now, wanted) in [
            (&none, &none, None),
            (&state("1", "a"), &none, Some("gone")),
            (&none, &state("1", "a"), Some("there again")),
            (&withheld, &state("1", "a"), Some("mode 0600 -> 0644")),
            (&withheld, &withheld, None),
        ] {
            assert_eq!(differs(then, now).as_deref(), wanted);
        }
    }

    #[test]
    fn a_file_that_went_elsewhere_is_no_longer_where_it_was() {
        let change = Change {
            path: "/new".into(),
            action: Action::Renamed,
            from: Some("/old".into()),
            before: Some(thing("1")),
            after: Some(thing("1")),
            program: None,
            replaced: false,
            backup_of: None,
            others: false,
            shown: true,
            package: None,
            description: None,
        };
        assert_eq!(sides(&change, &"/old".into()), (Some(&thing("1")), None));
        assert_eq!(sides(&change, &"/new".into()), (None, Some(&thing("1"))));
    }
}
