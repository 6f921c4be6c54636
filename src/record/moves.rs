//! Who is who after all renames. In: the records of a session in order; out: for each path that was there at the start the
//! record of what it was, and for each that was touched where it is now. A tree of names is moved about as the programs
//! moved the real one, so that a file that was changed below a renamed directory is found under the name it had at the
//! start. A record stands before its call, which may have failed: whether a rename happened is told by the file's number.

use super::journal::Entry;
use super::resolve::Resolver;
use std::collections::HashMap;
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
    let named: Vec<(Vec<u8>, Vec<u8>)> = (entries.iter().enumerate())
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
                story.tree.join(path, second);
            }
            Kind::Moved => {
                story.name(path, second, at);
                if moves.get(at).is_none_or(|m| m.happened((path, second), &named, number)) {
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

/// A rename as far as its files are known.
#[derive(Default, Clone, Copy)]
struct Move {
    /// As the record says, or else what was last known of the name. `None`: a file that is new, of which no record told.
    file: Number,
    /// What had the other name.
    over: Number,
    /// The next renames of both.
    next: Option<usize>,
    next_over: Option<usize>,
}

/// The renames among the records.
fn moves(entries: &[Entry], named: &[(Vec<u8>, Vec<u8>)]) -> Vec<Move> {
    let mut known: HashMap<&[u8], (u64, u64)> = HashMap::new();
    let mut moves = vec![Move::default(); entries.len()];
    for ((entry, (path, second)), slot) in entries.iter().zip(named).zip(&mut moves) {
        let told = (entry.ino != 0).then_some((entry.dev, entry.ino));
        match (entry.kind, told) {
            (Kind::Before, Some(file)) => {
                known.insert(path, file);
            }
            (Kind::Before, None) => {
                known.remove(path.as_slice());
            }
            (Kind::Moved, told) => {
                slot.file = told.or_else(|| known.get(path.as_slice()).copied());
                slot.over = known.get(second.as_slice()).copied();
                // the old name keeps it as well, since the rename may have failed
                match slot.file {
                    Some(file) => known.insert(second, file),
                    None => known.remove(second.as_slice()),
                };
            }
            _ => {}
        }
    }
    let mut later = HashMap::new();
    for (at, slot) in moves.iter_mut().enumerate().rev() {
        slot.next_over = slot.over.and_then(|file| later.get(&file).copied());
        slot.next = slot.file.and_then(|file| later.insert(file, at));
    }
    moves
}

impl Move {
    /// Whether it happened: if not, its file is still where it was, or was so at the next attempt; and no rename leads to
    /// another file system. Of a file that nobody knows: whether what it was to replace is gone.
    fn happened(
        &self,
        (from, to): (&[u8], &[u8]),
        named: &[(Vec<u8>, Vec<u8>)],
        number: &dyn Fn(&[u8]) -> Number,
    ) -> bool {
        let later = |next: Option<usize>| next.and_then(|at| named.get(at)).map(|(from, _)| from.as_slice());
        let above = |path: &[u8]| {
            let end = path.iter().rposition(|b| *b == b'/')?;
            number(path.get(..end.max(1))?).map(|(dev, _)| dev)
        };
        let Some(file) = self.file else {
            let stays = match (self.over, later(self.next_over)) {
                (Some(_), Some(later)) => later == to,
                (Some(over), None) => number(to) == Some(over),
                (None, _) => false,
            };
            return !stays && above(from).zip(above(to)).is_none_or(|(one, other)| one == other);
        };
        if let Some(later) = later(self.next) {
            // two witnesses may tell of the same rename, of which one counts
            return later != from;
        }
        if number(to) == Some(file) {
            return true;
        }
        above(to).is_none_or(|dev| dev == file.0) && number(from) != Some(file)
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
