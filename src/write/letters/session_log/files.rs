//! The files in a session's letter. In: the changes with their differences; out: a line for each of a few, and of thousands
//! lines for whole directories, as many as people read. A directory stands with a slash at its end, so that `show` and `hide`
//! take the line's name as it is.

use crate::limits;
use crate::model::session::{Action, Change, FilePath};
use crate::model::session_log::{Diffed, Told};
use crate::model::session_words as words;
use std::collections::HashMap;

/// What the lines are made of.
struct Item<'a> {
    change: &'a Change,
    diff: Option<&'a Diffed>,
    shown: bool,
}

/// The lines, those with something to see first; and whether any of them stands for several files.
pub(super) fn files(told: &Told) -> (Vec<String>, bool) {
    let diffs: HashMap<usize, &Diffed> = told.diffs.iter().map(|diff| (diff.place, diff)).collect();
    let item =
        |(place, change)| Item { change, diff: diffs.get(&place).copied(), shown: told.log.shows(place) };
    let mut items: Vec<Item<'_>> = told.log.changes().map(item).collect();
    if items.len() <= limits::SESSION_FILES {
        items.sort_by_key(|item| !item.shown);
        return (items.iter().map(Item::line).collect(), false);
    }
    // a directory, then what is in it, then its neighbour
    items.sort_by(|a, b| parts(a).cmp(parts(b)));
    let mut heaps = heaps(&items, limits::SESSION_FILES);
    heaps.sort_by_key(|heap| heap.items.iter().all(|item| !item.shown));
    (heaps.iter().map(Heap::line).collect(), true)
}

fn parts<'a>(item: &Item<'a>) -> impl Iterator<Item = &'a [u8]> {
    item.change.path.0.split(|byte| *byte == b'/')
}

/// Files that one line stands for, in order: a single one, or what is below a directory, and that itself.
struct Heap<'a> {
    items: &'a [Item<'a>],
    /// So many bytes of their paths are the directory's, without the slash at its end.
    dir: usize,
    /// Into how many it falls.
    parts: usize,
}

/// At most so many. What falls into the fewest parts is parted first, so that a few files are named one by one beside a
/// directory of thousands.
fn heaps<'a>(items: &'a [Item<'a>], most: usize) -> Vec<Heap<'a>> {
    let mut heaps = vec![Heap::of(items, 0)];
    loop {
        let room = most.saturating_sub(heaps.len()) + 1;
        let fits = |(_, heap): &(usize, &Heap<'_>)| heap.items.len() > 1 && heap.parts <= room;
        let fewest = heaps.iter().enumerate().filter(fits).min_by_key(|(_, heap)| heap.parts);
        let Some((at, heap)) = fewest else { return heaps };
        let parts: Vec<Heap<'a>> = heap.fallen().collect();
        heaps.splice(at..=at, parts);
    }
}

impl<'a> Item<'a> {
    /// What follows in its path behind so many bytes, up to the next slash; `None`: it ends there.
    fn next(&self, dir: usize) -> Option<&'a [u8]> {
        self.change.path.0.get(dir + 1..)?.split(|byte| *byte == b'/').next()
    }

    /// `M /etc/fstab (+2 -1, mode 0644 -> 0600)`
    fn line(&self) -> String {
        let mut notes: Vec<String> = Vec::new();
        if let Some(diff) = self.diff.filter(|d| d.added + d.removed > 0) {
            notes.push(format!("+{} -{}", diff.added, diff.removed));
        }
        notes.extend(words::notes(self.change));
        // what has no lines to read here
        if self.diff.is_none_or(|d| d.added + d.removed == 0) && self.shown {
            notes.extend(self.change.description.clone());
        }
        if !self.shown {
            notes.push("hidden".to_owned());
        }
        format!("{} {}{}", words::sign(self.change), self.change.path, bracketed(&notes))
    }
}

impl<'a> Heap<'a> {
    fn of(items: &'a [Item<'a>], dir: usize) -> Heap<'a> {
        // of one path there is only one
        let ends = items.iter().all(|item| item.next(dir).is_none());
        Heap { items, dir, parts: if ends { usize::MAX } else { chunks(items, dir).count() } }
    }

    fn fallen(&self) -> impl Iterator<Item = Heap<'a>> + use<'a> {
        let dir = self.dir;
        chunks(self.items, dir).map(move |items| {
            let part = items.first().and_then(|item| item.next(dir));
            Heap::of(items, part.map_or(dir, |part| dir + 1 + part.len()))
        })
    }

    /// `/srv/www/: 42 modified, 3 created (+90 -45, 3 hidden)`
    fn line(&self) -> String {
        let [first, _, ..] = self.items else { return self.items.iter().map(Item::line).collect() };
        let dir = FilePath::new(first.change.path.0.get(..self.dir).unwrap_or_default());
        let actions = ACTIONS.iter().filter_map(|(action, word)| {
            let count = self.items.iter().filter(|item| item.change.action == *action).count();
            (count > 0).then(|| format!("{count} {word}"))
        });
        let actions: Vec<String> = actions.collect();
        let sum =
            |of: fn(&Diffed) -> usize| self.items.iter().filter_map(|item| item.diff).map(of).sum::<usize>();
        let (added, removed) = (sum(|diff| diff.added), sum(|diff| diff.removed));
        let hidden = self.items.iter().filter(|item| !item.shown).count();
        let mut notes = Vec::new();
        notes.extend((added + removed > 0).then(|| format!("+{added} -{removed}")));
        notes.extend((hidden > 0).then(|| {
            if hidden == self.items.len() { "hidden".to_owned() } else { format!("{hidden} hidden") }
        }));
        format!("{dir}/: {}{}", actions.join(", "), bracketed(&notes))
    }
}

/// What is below a directory, by what follows that in the paths.
fn chunks<'a>(items: &'a [Item<'a>], dir: usize) -> impl Iterator<Item = &'a [Item<'a>]> + use<'a> {
    items.chunk_by(move |a, b| a.next(dir) == b.next(dir))
}

/// What the lines of directories count.
const ACTIONS: [(Action, &str); 5] = [
    (Action::Modified, "modified"),
    (Action::Created, "created"),
    (Action::Removed, "removed"),
    (Action::Renamed, "renamed"),
    (Action::Retyped, "of another type"),
];

fn bracketed(notes: &[String]) -> String {
    if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(path: &str, action: Action) -> Change {
        Change {
            path: path.into(),
            action,
            from: None,
            before: None,
            after: None,
            program: None,
            replaced: false,
            backup_of: None,
            others: false,
            shown: true,
            package: None,
            description: None,
        }
    }

    fn lines(paths: &[&str], most: usize) -> Vec<String> {
        let changes: Vec<Change> = paths.iter().map(|path| change(path, Action::Modified)).collect();
        let mut items: Vec<Item<'_>> = changes
            .iter()
            .map(|change| Item { change, diff: None, shown: !change.path.0.ends_with(b"~") })
            .collect();
        items.sort_by(|a, b| parts(a).cmp(parts(b)));
        heaps(&items, most).iter().map(Heap::line).collect()
    }

    #[test]
    fn a_few_files_are_named_and_many_are_counted() {
        let paths =
            ["/etc/fstab", "/etc/x/a", "/etc/x/b", "/etc/x/c", "/srv/a/1", "/srv/a/2~", "/srv/a/3", "/srv/b"];
        for (most, wanted) in [
            (0, &["/: 8 modified (1 hidden)"][..]),
            (2, &["/etc/: 4 modified", "/srv/: 4 modified (1 hidden)"]),
            (3, &["M /etc/fstab", "/etc/x/: 3 modified", "/srv/: 4 modified (1 hidden)"]),
            (4, &["M /etc/fstab", "/etc/x/: 3 modified", "/srv/a/: 3 modified (1 hidden)", "M /srv/b"]),
        ] {
            assert_eq!(lines(&paths, most), wanted, "{most}");
        }
        assert_eq!(lines(&paths, 8).len(), 8);
    }

    #[test]
    fn a_directory_stands_with_what_is_in_it_and_no_path_is_too_strange() {
        assert_eq!(lines(&["/a/b.c/x", "/a/b", "/a/b/c"], 2), ["/a/b/: 2 modified", "M /a/b.c/x"]);
        assert_eq!(lines(&["/a", "/a", "/a", "b"], 2), ["/a/: 3 modified", "M b"]);
        assert_eq!(lines(&["//x//y", "//x/", "", "z/"], 3).len(), 3);
        let deep = format!("/{}", "a/".repeat(2_000));
        let all: Vec<String> = (0..50).map(|n| format!("{deep}{n}")).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        assert_eq!(lines(&all, 10), [format!("{deep}: 50 modified")]);
    }
}
