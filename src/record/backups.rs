//! Backup copies among the changes (`fstab~`, `fstab.orig`): in come changes, out the same, with those marked that hold what
//! another file of their directory held at the start and bear its name within theirs.

use crate::model::session::{Action, Change, Content, FilePath};
use std::collections::HashMap;

/// Marks them.
pub fn mark<'a>(changes: impl Iterator<Item = &'a mut Change>) {
    let changes: Vec<&mut Change> = changes.collect();
    let mut held: HashMap<String, Vec<FilePath>> = HashMap::new();
    for change in &changes {
        if let Some(Content::Hash(hash)) = change.before.as_ref().map(|thing| &thing.content) {
            let path = change.from.as_ref().unwrap_or(&change.path);
            let paths = held.entry(hash.clone()).or_default();
            // of many files that held the same, the first few are enough
            if paths.len() < 8 {
                paths.push(path.clone());
            }
        }
    }
    for change in changes.into_iter().filter(|c| c.action == Action::Created) {
        let Some(thing) = change.after.as_ref().filter(|thing| thing.size > 0) else { continue };
        let Content::Hash(hash) = &thing.content else { continue };
        let original = |of: &&FilePath| is_name_of_backup(&change.path.0, &of.0);
        change.backup_of = held.get(hash).and_then(|paths| paths.iter().find(original)).cloned();
    }
}

/// Whether the first name is the second with something before or behind, in the same directory.
fn is_name_of_backup(backup: &[u8], original: &[u8]) -> bool {
    let cut = |path: &[u8]| path.iter().rposition(|b| *b == b'/').unwrap_or(0);
    let (dir, name) = backup.split_at(cut(backup));
    let (of_dir, of_name) = original.split_at(cut(original));
    let (name, of_name) = (name.get(1..).unwrap_or_default(), of_name.get(1..).unwrap_or_default());
    dir == of_dir
        && name != of_name
        && !of_name.is_empty()
        && name.windows(of_name.len()).any(|part| part == of_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_bears_the_name_of_what_it_keeps() {
        let is = |backup: &str, of: &str| is_name_of_backup(backup.as_bytes(), of.as_bytes());
        for name in ["fstab~", "fstab.orig", ".fstab.swp", "#fstab#", "fstab.2026-11-21"] {
            assert!(is(&format!("/etc/{name}"), "/etc/fstab"), "{name}");
        }
        assert!(!is("/etc/passwd", "/etc/fstab") && !is("/root/fstab~", "/etc/fstab") && !is("/a", "/a"));
    }
}
