//! Who is who after all renames. In: the records of a session in order; out: for each path that was there at the start the
//! record of what it was, and for each that was touched where it is now. A tree of names is moved about as the programs
//! moved the real one, so that a file that was changed below a renamed directory is found under the name it had at the
//! start. A record stands before its call, which may have failed: whether a rename happened is told by the file's number.

use super::journal::Entry;
use super::resolve::Resolver;
use rustix::fs::FileType;
use std::collections::{HashMap, HashSet};
use trackle_wire::Kind;
use trackle_wire::record::flag;

/// The start of a path, by numbers of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Was {
    /// The record of its type, mode and owner.
    pub first: usize,
    /// The record that stands before the first change of its content.
    pub opened: Option<usize>,
}

/// What the records tell.
pub struct Story {
    /// Paths of which it is known what they were at the start.
    pub was: HashMap<Vec<u8>, Was>,
    /// Paths that something may be at now, with the record that names them first.
    pub now: HashMap<Vec<u8>, usize>,
    /// Where renamed things are now, each with the record that moved it last.
    pub moved: Vec<(Vec<u8>, usize)>,
    /// What was there at the start, and a name that it was given; something else may have taken that since.
    pub given: Vec<(Vec<u8>, Vec<u8>)>,
    tree: Tree,
}

/// What a file is told by: device and number, if it is there.
pub type Number = Option<(u64, u64)>;

/// Walks through the records. `number` tells what is at a path now.
pub fn story(entries: &[Entry], resolver: &mut Resolver, number: &dyn Fn(&[u8]) -> Number) -> Story {
    let named: Vec<Names> = (entries.iter().enumerate())
        .map(|(at, e)| match e.kind {
            Kind::Moved | Kind::Linked => (resolver.path(&e.path, at), resolver.path(&e.second, at)),
            _ => (resolver.path(&e.path, at), Vec::new()),
        })
        .collect();
    let moves = moves(entries, &named);
    let mut story = Story {
        was: HashMap::new(),
        now: HashMap::new(),
        moved: Vec::new(),
        given: Vec::new(),
        tree: Tree::new(),
    };
    let (mut touched, mut moved) = (Vec::new(), Vec::new());
    for (at, (entry, (path, second))) in entries.iter().zip(&named).enumerate() {
        match entry.kind {
            Kind::Before => {
                let node = story.before(at, entry, path);
                touched.push((node, at));
            }
            Kind::Linked => {
                story.name(path, second, at);
                if moves.get(&at).is_none_or(|m| m.linked((path, second), &named, number)) {
                    story.tree.join(path, second);
                }
            }
            Kind::Moved => {
                story.name(path, second, at);
                if moves.get(&at).is_none_or(|m| m.renamed((path, second), &named, number)) {
                    let origin = story.origin(path);
                    story.given.extend(origin.map(|origin| (origin, second.clone())));
                    let exchange = entry.flags & flag::EXCHANGED != 0;
                    moved.extend(story.tree.rename(path, second, exchange).into_iter().map(|n| (n, at)));
                }
            }
            _ => {}
        }
    }
    for (node, at) in touched {
        if let Some(path) = story.tree.path(node) {
            story.now.entry(path).or_insert(at);
        }
    }
    story.moved = moved.into_iter().filter_map(|(n, at)| Some((story.tree.path(n)?, at))).collect();
    story
}

impl Story {
    /// Where what is at this path now was at the start; `None`: it is new.
    pub fn origin(&mut self, path: &[u8]) -> Option<Vec<u8>> {
        let node = self.tree.at(path);
        self.tree.origin(node).map(<[u8]>::to_vec)
    }

    /// Whether what is at this path now was there at the start.
    pub fn is_of_start(&mut self, path: &[u8]) -> bool {
        self.origin(path).is_some_and(|origin| origin == path)
    }

    /// Both names are to be looked at.
    fn name(&mut self, one: &[u8], other: &[u8], at: usize) {
        self.now.entry(one.to_vec()).or_insert(at);
        self.now.entry(other.to_vec()).or_insert(at);
    }

    fn before(&mut self, at: usize, entry: &Entry, path: &[u8]) -> usize {
        let node = self.tree.at(path);
        self.now.entry(path.to_vec()).or_insert(at);
        let Some(origin) = self.tree.origin(node).map(<[u8]>::to_vec) else { return node };
        let opened = (entry.mode != 0 && entry.flags & flag::METADATA == 0).then_some(at);
        let was = self.was.entry(origin).or_insert(Was { first: at, opened });
        was.opened = was.opened.or(opened);
        if entry.mode == 0 {
            self.tree.vacate(node);
        }
        node
    }
}

/// A rename or a further name, as far as the files are known.
#[derive(Default, Clone)]
struct Move {
    /// As the record says, or else what was last known of the name. `None`: a file that is new, of which no record told.
    file: Number,
    /// What may have had the other name, each with its next rename.
    over: Vec<((u64, u64), Option<usize>)>,
    /// The next rename of the file.
    next: Option<usize>,
    exchanged: bool,
    /// A further name for a directory, or one that something else bears: no system gives that.
    refused: bool,
}

/// What is known of names on the way through the records.
#[derive(Default)]
struct Known<'a> {
    /// Files that may have it, the last one first.
    files: HashMap<&'a [u8], Vec<(u64, u64)>>,
    /// A file of which no record told may have it.
    unsure: HashSet<&'a [u8]>,
    /// Something has it: it was not to be taken away.
    there: HashSet<&'a [u8]>,
    directories: HashSet<(u64, u64)>,
}

/// How many files one name is remembered for.
const FILES: usize = 8;

impl<'a> Known<'a> {
    fn before(&mut self, path: &'a [u8], entry: &Entry) {
        if entry.mode != 0 && entry.flags & flag::METADATA != 0 {
            self.there.insert(path)
        } else {
            self.there.remove(path)
        };
        if entry.mode == 0 {
            self.files.remove(path);
            return;
        }
        self.is(path, (entry.dev, entry.ino));
        if FileType::from_raw_mode(entry.mode) == FileType::Directory {
            self.directories.insert((entry.dev, entry.ino));
        }
    }

    /// Other files keep the name as well, since a rename may have failed.
    fn is(&mut self, path: &'a [u8], file: (u64, u64)) {
        let files = self.files.entry(path).or_default();
        files.retain(|known| *known != file);
        files.insert(0, file);
        files.truncate(FILES);
        self.unsure.remove(path);
    }

    fn moves(&mut self, entry: &Entry, path: &'a [u8], second: &'a [u8]) -> Move {
        let told = (entry.ino != 0).then_some((entry.dev, entry.ino));
        let sure =
            || self.files.get(path).filter(|_| !self.unsure.contains(path)).and_then(|files| files.first());
        let file = told.or_else(|| sure().copied());
        let is_link = entry.kind == Kind::Linked;
        let over: Vec<_> = self.files.get(second).into_iter().flatten().map(|file| (*file, None)).collect();
        let refused = is_link
            && (file.is_some_and(|file| self.directories.contains(&file)) || self.there.contains(second));
        match file {
            _ if refused => {}
            Some(file) => self.is(second, file),
            None => drop(self.unsure.insert(second)),
        }
        if !is_link {
            self.there.remove(path);
        }
        Move { file, over, next: None, exchanged: entry.flags & flag::EXCHANGED != 0, refused }
    }
}

/// The renames among the records, and the further names.
fn moves(entries: &[Entry], named: &[Names]) -> HashMap<usize, Move> {
    let (mut known, mut moves) = (Known::default(), HashMap::new());
    for (at, (entry, (path, second))) in entries.iter().zip(named).enumerate() {
        match entry.kind {
            Kind::Before => known.before(path, entry),
            Kind::Moved | Kind::Linked => drop(moves.insert(at, known.moves(entry, path, second))),
            _ => {}
        }
    }
    let mut later = HashMap::new();
    for (at, entry) in entries.iter().enumerate().rev() {
        let Some(slot) = moves.get_mut(&at) else { continue };
        slot.over.iter_mut().for_each(|(file, next)| *next = later.get(file).copied());
        slot.next = slot.file.and_then(|file| later.get(&file).copied());
        if let Some(file) = slot.file.filter(|_| entry.kind == Kind::Moved) {
            later.insert(file, at);
        }
    }
    moves
}

impl Move {
    /// Whether it happened: if not, its file is still where it was, or was so at the next attempt; and no rename leads to
    /// another file system. Of a file that nobody knows: whether what it was to replace is gone.
    fn renamed(&self, (from, to): (&[u8], &[u8]), named: &[Names], number: &dyn Fn(&[u8]) -> Number) -> bool {
        let Some(file) = self.file else { return self.is_possible((from, to), named, number) };
        if let Some(later) = name_at(self.next, named) {
            // two witnesses may tell of the same rename, of which one counts
            return later != from;
        }
        match number(to) == Some(file) {
            // two names of one file stay as they are
            true => !self.has_over(file) || number(from) != Some(file),
            false => number(from) != Some(file) && self.is_possible((from, to), named, number),
        }
    }

    /// Whether it got the further name.
    fn linked(&self, (from, to): (&[u8], &[u8]), named: &[Names], number: &dyn Fn(&[u8]) -> Number) -> bool {
        let known = self.file.is_some_and(|file| self.has_over(file));
        !self.refused && (known || self.is_possible((from, to), named, number))
    }

    fn has_over(&self, file: (u64, u64)) -> bool {
        self.over.iter().any(|(over, _)| *over == file)
    }

    /// Whether nothing is known that was in the way: another file system, and what had the name still has it.
    fn is_possible(
        &self,
        (from, to): (&[u8], &[u8]),
        named: &[Names],
        number: &dyn Fn(&[u8]) -> Number,
    ) -> bool {
        let stays = |(over, next): &((u64, u64), Option<usize>)| match name_at(*next, named) {
            Some(later) => later == to,
            None => number(to) == Some(*over),
        };
        let here = self.file.map(|(dev, _)| dev).or_else(|| device(from, number));
        let elsewhere = here.zip(device(to, number)).is_some_and(|(one, other)| one != other);
        !elsewhere && (self.exchanged || !self.over.iter().any(stays))
    }
}

/// Both names of a record.
type Names = (Vec<u8>, Vec<u8>);

/// What that rename is from.
fn name_at(at: Option<usize>, named: &[Names]) -> Option<&[u8]> {
    at.and_then(|at| named.get(at)).map(|(from, _)| from.as_slice())
}

/// The file system that a name is in, by the nearest directory that is still there.
fn device(path: &[u8], number: &dyn Fn(&[u8]) -> Number) -> Option<u64> {
    let mut path = path;
    loop {
        let end = path.iter().rposition(|b| *b == b'/')?;
        path = path.get(..end)?;
        if let Some((dev, _)) = number(if end == 0 { b"/" } else { path }) {
            return Some(dev);
        }
    }
}

/// Names in a tree; node 0 is the root.
struct Tree {
    nodes: Vec<Node>,
}

struct Node {
    name: Vec<u8>,
    /// `None` for the root, and for what was taken out of the tree.
    parent: Option<usize>,
    /// Where it was at the start; `None`: nowhere.
    origin: Option<Vec<u8>>,
    /// It was brought here by a rename or a link.
    placed: bool,
    children: HashMap<Vec<u8>, usize>,
}

impl Node {
    fn new(name: Vec<u8>, parent: Option<usize>, origin: Option<Vec<u8>>) -> Node {
        Node { name, parent, origin, placed: false, children: HashMap::new() }
    }
}

impl Tree {
    fn new() -> Tree {
        Tree { nodes: vec![Node::new(Vec::new(), None, Some(Vec::new()))] }
    }

    /// The node of a path, made when it is new.
    fn at(&mut self, path: &[u8]) -> usize {
        let mut node = 0;
        for name in path.split(|b| *b == b'/').filter(|name| !name.is_empty()) {
            node = self.child(node, name);
        }
        node
    }

    fn child(&mut self, parent: usize, name: &[u8]) -> usize {
        let next = self.nodes.len();
        let Some(around) = self.nodes.get_mut(parent) else { return 0 };
        if let Some(known) = around.children.get(name) {
            return *known;
        }
        around.children.insert(name.to_vec(), next);
        let origin = around.origin.as_ref().map(|origin| [origin.as_slice(), b"/", name].concat());
        self.nodes.push(Node::new(name.to_vec(), Some(parent), origin));
        next
    }

    fn origin(&self, node: usize) -> Option<&[u8]> {
        self.nodes.get(node)?.origin.as_deref()
    }

    /// There was nothing: whatever comes to be here is new. That was said before what was brought here since, if a second
    /// witness says so.
    fn vacate(&mut self, node: usize) {
        if let Some(node) = self.nodes.get_mut(node).filter(|node| !node.placed) {
            node.origin = None;
        }
    }

    /// Moves what is at a path over what is at another; gives what was moved. Nothing where one lies within the other.
    fn rename(&mut self, from: &[u8], to: &[u8], exchange: bool) -> Vec<usize> {
        let (a, b) = (self.at(from), self.at(to));
        if self.is_within(a, b) || self.is_within(b, a) {
            return Vec::new();
        }
        let places = (self.take(a), self.take(b));
        let (Some(place_a), Some(place_b)) = places else { return Vec::new() };
        self.put(a, place_b);
        if exchange {
            self.put(b, place_a);
            return vec![a, b];
        }
        let fresh = self.child(place_a.0, &place_a.1);
        self.vacate(fresh);
        vec![a]
    }

    /// A further name for what is at a path.
    fn join(&mut self, path: &[u8], name: &[u8]) {
        let (from, to) = (self.at(path), self.at(name));
        let origin = self.origin(from).map(<[u8]>::to_vec);
        if let Some(to) = self.nodes.get_mut(to) {
            (to.origin, to.placed) = (origin, true);
        }
    }

    /// Whether the first node is the second or lies below it.
    fn is_within(&self, mut node: usize, top: usize) -> bool {
        loop {
            if node == top {
                return true;
            }
            match self.nodes.get(node).and_then(|n| n.parent) {
                Some(parent) => node = parent,
                None => return false,
            }
        }
    }

    fn take(&mut self, node: usize) -> Option<(usize, Vec<u8>)> {
        let taken = self.nodes.get_mut(node)?;
        let place = (taken.parent.take()?, taken.name.clone());
        self.nodes.get_mut(place.0)?.children.remove(&place.1);
        Some(place)
    }

    fn put(&mut self, node: usize, (parent, name): (usize, Vec<u8>)) {
        if let Some(node) = self.nodes.get_mut(node) {
            (node.parent, node.name, node.placed) = (Some(parent), name.clone(), true);
        }
        if let Some(parent) = self.nodes.get_mut(parent) {
            parent.children.insert(name, node);
        }
    }

    /// Where a node is; `None`: something was moved over it, or over what it was in.
    fn path(&self, mut node: usize) -> Option<Vec<u8>> {
        let mut names = Vec::new();
        while node != 0 {
            let here = self.nodes.get(node)?;
            names.push(here.name.as_slice());
            node = here.parent?;
        }
        Some(names.iter().rev().flat_map(|name| [b"/".as_slice(), name]).collect::<Vec<_>>().concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::journal::sample;

    /// `/a` or `+/a` (nothing was there), `~/a` (metadata only), `/a>/b` (moved), with the file's number behind `#`.
    fn entry(text: &str) -> Entry {
        let (text, ino) = text.split_once('#').unwrap_or((text, "0"));
        let ino = ino.parse().unwrap();
        let base = Entry { mode: 0o100_644, dev: 1, ino, ..sample() };
        let path = |text: &str| text.as_bytes().to_vec();
        match (text.split_once('>'), text.as_bytes()[0]) {
            (Some((from, to)), _) => Entry { kind: Kind::Moved, path: path(from), second: path(to), ..base },
            (None, b'+') => Entry { mode: 0, path: path(&text[1..]), ..base },
            (None, b'~') => Entry { flags: flag::METADATA, path: path(&text[1..]), ..base },
            _ => Entry { path: path(text), ..base },
        }
    }

    fn tell(texts: &[&str], now: &[(&str, u64)]) -> Story {
        let entries: Vec<Entry> = texts.iter().map(|t| entry(t)).collect();
        let now: HashMap<&[u8], u64> = now.iter().map(|(p, n)| (p.as_bytes(), *n)).collect();
        story(&entries, &mut Resolver::new(&entries), &|path| now.get(path).map(|n| (1, *n)))
    }

    fn origin(story: &mut Story, path: &str) -> Option<String> {
        story.origin(path.as_bytes()).map(|o| String::from_utf8(o).unwrap())
    }

    #[test]
    fn a_file_keeps_its_first_name_through_all_renames() {
        let mut told = tell(&["/a", "+/b", "/a>/b", "+/c", "/b>/c"], &[]);
        assert_eq!(origin(&mut told, "/c"), Some("/a".into()));
        assert_eq!((origin(&mut told, "/a"), origin(&mut told, "/b")), (None, None));
        assert_eq!(origin(&mut told, "/other"), Some("/other".into()));
        assert_eq!(told.moved, [(b"/c".to_vec(), 2), (b"/c".to_vec(), 4)]);
    }

    #[test]
    fn a_temporary_that_replaces_a_file_is_new() {
        let mut told = tell(&["+/f.tmp", "/f", "/f.tmp>/f"], &[]);
        assert_eq!(origin(&mut told, "/f"), None);
        assert_eq!(told.was[&b"/f"[..]], Was { first: 1, opened: Some(1) });
    }

    #[test]
    fn what_is_below_a_renamed_directory_is_known_by_where_it_was() {
        let told = &mut tell(&["~/d", "+/e", "/d>/e", "/e/f", "+/e/new", "/e>/g"], &[]);
        assert_eq!(told.was[&b"/d/f"[..]], Was { first: 3, opened: Some(3) });
        assert_eq!(origin(told, "/g/x/y"), Some("/d/x/y".into()));
        assert_eq!(origin(told, "/g/new"), None);
        assert_eq!(origin(told, "/d/f"), None);
        assert!(told.now.contains_key(&b"/g/new"[..]) && told.now.contains_key(&b"/g/f"[..]));
    }

    #[test]
    fn a_rename_that_failed_moves_nothing() {
        // still there under its number
        let told = &mut tell(&["~/a#7", "/a>/b#7"], &[("/a", 7)]);
        assert_eq!(origin(told, "/a"), Some("/a".into()));
        // was there at the next try, and went elsewhere
        let told = &mut tell(&["~/a#7", "/a>/b#7", "/a>/c#7"], &[("/c", 7)]);
        assert_eq!(origin(told, "/c"), Some("/a".into()));
        assert_eq!(origin(told, "/b"), Some("/b".into()));
        // told of by two witnesses
        let told = &mut tell(&["~/a#7", "+/b", "/a>/b#7", "/a>/b#7"], &[("/b", 7)]);
        assert_eq!(origin(told, "/b"), Some("/a".into()));
        // there and back again
        let told = &mut tell(&["~/a#7", "/a>/b#7", "/b/f", "/b>/a#7"], &[("/a", 7)]);
        assert!(told.was.contains_key(&b"/a/f"[..]));
        assert_eq!(origin(told, "/a"), Some("/a".into()));
        // to another file system: copied and removed
        let other = |path: &[u8]| (path == b"/mnt").then_some((2, 1));
        let entries = [entry("/a#7"), entry("/a>/mnt/a#7")];
        let mut told = story(&entries, &mut Resolver::new(&entries), &other);
        assert_eq!(origin(&mut told, "/mnt/a"), Some("/mnt/a".into()));
        // the same when only the record before tells which file it was
        let entries =
            [entry("~/d#7"), entry("+/mnt/d"), entry("/d>/mnt/d"), entry("+/mnt/d/f"), entry("/d/f#8")];
        let told = story(&entries, &mut Resolver::new(&entries), &other);
        assert_eq!(told.was[&b"/d/f"[..]], Was { first: 4, opened: Some(4) });
    }

    #[test]
    fn what_is_changed_through_a_new_name_is_the_file_of_the_old_one() {
        let mut link = entry("/a>/b");
        link.kind = Kind::Linked;
        let entries = [entry("~/a"), entry("+/b"), link, entry("+/b"), entry("/b")];
        let told = &mut story(&entries, &mut Resolver::new(&entries), &|_| None);
        assert_eq!(told.was[&b"/a"[..]], Was { first: 0, opened: Some(4) });
        assert_eq!(origin(told, "/b"), Some("/a".into()));
    }

    #[test]
    fn content_is_that_before_its_own_first_change() {
        let told = tell(&["~/a", "/a", "~/b", "~/b>/x"], &[]);
        assert_eq!(told.was[&b"/a"[..]], Was { first: 0, opened: Some(1) });
        assert_eq!(told.was[&b"/b"[..]], Was { first: 2, opened: None });
        // moved first, changed under the new name
        let told = tell(&["~/a", "+/b", "/a>/b", "/b"], &[]);
        assert_eq!(told.was[&b"/a"[..]], Was { first: 0, opened: Some(3) });
        assert_eq!(told.was[&b"/b"[..]].first, 1);
    }

    /// `/a=/b`: the first is to get the second as a further name.
    fn linked(texts: &[&str], now: &[(&str, u64)]) -> Story {
        let made = |text: &&str| match text.split_once('=') {
            Some((from, to)) => Entry { kind: Kind::Linked, ino: 0, ..entry(&format!("{from}>{to}")) },
            None => entry(text),
        };
        let entries: Vec<Entry> = texts.iter().map(made).collect();
        let now: HashMap<&[u8], u64> = now.iter().map(|(p, n)| (p.as_bytes(), *n)).collect();
        story(&entries, &mut Resolver::new(&entries), &|path| now.get(path).map(|n| (1, *n)))
    }

    #[test]
    fn a_new_file_that_took_no_others_place_is_where_it_was_made() {
        // over a directory, which stayed
        let told = &mut tell(&["+/d.tmp", "~/d#5", "/d.tmp>/d"], &[("/d", 5), ("/d.tmp", 9)]);
        assert_eq!(origin(told, "/d/f"), Some("/d/f".into()));
        // the same, and the directory was renamed later; or another tried as well
        let told = &mut tell(&["+/d.tmp", "~/d#5", "/d.tmp>/d", "/d>/e#5"], &[("/e", 5)]);
        assert_eq!(origin(told, "/e/f"), Some("/d/f".into()));
        let failing = ["~/x#7", "~/d#5", "/x>/d#7", "+/d.tmp", "/d.tmp>/d"];
        let told = &mut tell(&failing, &[("/x", 7), ("/d", 5)]);
        assert_eq!(origin(told, "/d/f"), Some("/d/f".into()));
        // a file that is known, which was moved later by the directory that it is in
        let told = &mut tell(&["~/a/f#7", "~/d#5", "/a/f>/d#7", "~/a#3", "/a>/b#3"], &[("/d", 5), ("/b", 3)]);
        assert_eq!(origin(told, "/b/f"), Some("/a/f".into()));
        assert_eq!(origin(told, "/d/g"), Some("/d/g".into()));
    }

    #[test]
    fn two_names_of_one_file_do_not_replace_each_other() {
        let told = &mut tell(&["~/a#7", "~/b#7", "/a>/b#7"], &[("/a", 7), ("/b", 7)]);
        assert_eq!((origin(told, "/a"), origin(told, "/b")), (Some("/a".into()), Some("/b".into())));
    }

    #[test]
    fn a_further_name_is_given_to_files_and_where_there_is_none() {
        let given = |texts: &[&str], now: &[(&str, u64)]| origin(&mut linked(texts, now), "/b");
        assert_eq!(given(&["~/a#7", "+/b", "/a=/b"], &[("/a", 7), ("/b", 7)]), Some("/a".into()));
        // something had it, and keeps it; or was taken away before
        assert_eq!(given(&["~/a#7", "~/b#8", "/a=/b"], &[("/a", 7), ("/b", 8)]), Some("/b".into()));
        assert_eq!(given(&["~/b#8", "/b#8", "~/a#7", "/a=/b"], &[("/a", 7), ("/b", 7)]), Some("/a".into()));
        // no directory has two
        let directory = Entry { mode: 0o040_755, ..entry("~/a#7") };
        let entries = [directory, entry("+/b"), Entry { kind: Kind::Linked, ino: 0, ..entry("/a>/b") }];
        let told = &mut story(&entries, &mut Resolver::new(&entries), &|_| None);
        assert_eq!(origin(told, "/b"), None);
    }

    #[test]
    fn exchanged_names_and_impossible_renames() {
        let mut swap = entry("/a>/b");
        swap.flags = flag::EXCHANGED;
        let entries = [entry("~/a"), entry("~/b"), swap, entry("/a/b>/a"), entry("/a>/a/b/c")];
        let told = &mut story(&entries, &mut Resolver::new(&entries), &|_| None);
        assert_eq!(origin(told, "/a/x"), Some("/b/x".into()));
        assert_eq!(origin(told, "/b"), Some("/a".into()));
    }
}
