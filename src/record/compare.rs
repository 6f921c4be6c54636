//! One path before and after. In: both states, and where copies lie; out: whether it changed and how, both sides with
//! what is known of their content. Reads no more than it must: a file that the kernel has not seen change since its
//! original was kept is the same, and of two sizes there are two contents. What is withheld is not even hashed.

use super::contents::{self, Copies, Copy, Store};
use super::look::{self, State};
use crate::limits;
use crate::model::session::{Action, Content, Type};
use std::io::{self, Read};
use trackle_wire::deny;

/// The granularity of the kernel's file times, with room to spare: nanoseconds.
pub const TICK: u64 = 20_000_000;
/// How much is read at a time.
const PIECE: usize = 64 * 1024;
/// Files of which both contents are held while they are compared: bytes.
const SMALL: u64 = 1024 * 1024;
/// The rule for files that neither their group nor others may read, where it is on.
const PRIVATE: &str = "private";

/// A path at one end of the session.
pub type Side<'a> = Option<(&'a [u8], State)>;

/// The verdict on a path, with both states complete.
pub struct Difference {
    pub action: Action,
    pub before: Option<State>,
    pub after: Option<State>,
    /// Another file took its place.
    pub replaced: bool,
    /// Its content changed, though no program of the session was seen to open it.
    pub unseen: bool,
}

/// What all comparisons of a session share.
pub struct Compare<'a> {
    store: &'a Store,
    copies: &'a mut Copies,
    withhold_private: bool,
    /// Room for what is read, made once for thousands of files.
    room: Held,
}

/// Both contents of a small file.
#[derive(Default)]
struct Held {
    then: Vec<u8>,
    now: Vec<u8>,
}

/// What is known of the content of a file, both ends compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Same,
    Other,
    /// Other, and nobody knows what it was.
    Unseen,
}

impl<'a> Compare<'a> {
    /// `withhold_private`: content of files that only their owner may read is withheld.
    pub fn new(store: &'a Store, copies: &'a mut Copies, withhold_private: bool) -> Compare<'a> {
        Compare { store, copies, withhold_private, room: Held::default() }
    }

    /// What became of it; `None`: nothing. A path that goes by another name at the end was renamed.
    pub fn sides(&mut self, before: Side<'_>, after: Side<'_>) -> Option<Difference> {
        let rule = self.rule(before.as_ref()).or_else(|| self.rule(after.as_ref()));
        let rule = rule.as_deref();
        match (before, after) {
            (None, None) => None,
            (None, Some((path, mut now))) => {
                self.fill_now(path, &mut now, rule, Copy::New);
                Some(Difference::of(Action::Created, None, Some(now)))
            }
            (Some((_, mut then)), None) => {
                self.fill_then(&mut then, rule);
                Some(Difference::of(Action::Removed, Some(then), None))
            }
            (Some((from, then)), Some((path, now))) => self.both(from != path, path, then, now),
        }
    }

    /// What a file held at the start, of which nothing was opened since: it lies whole at another path now.
    pub fn adopt(&mut self, then: &mut State, path: &[u8], now: &State) {
        if self.rule(Some(&(path, then.clone()))).is_some() {
            return;
        }
        let taken =
            look::open(path, now).and_then(|mut file| self.copies.take(&mut file, now.thing.size, Copy::All));
        if let Ok((_, _, kept @ Some(_))) = taken
            && self.copies.flush().is_ok()
        {
            (then.kept, then.opened) = (kept, true);
        }
    }

    fn both(&mut self, renamed: bool, path: &[u8], mut then: State, mut now: State) -> Option<Difference> {
        let rule = self.rule(Some(&(path, then.clone()))).or_else(|| self.rule(Some(&(path, now.clone()))));
        let rule = rule.as_deref();
        let files = then.is(Type::File) && now.is(Type::File);
        let held = if files { self.held(path, &then, &now, rule) } else { None };
        let verdict = match &held {
            Some(held) if held.then == held.now => Verdict::Same,
            Some(_) => Verdict::Other,
            None if files => self.verdict(path, &then, &now, rule),
            None => Verdict::Same,
        };
        let action = match () {
            () if renamed => Some(Action::Renamed),
            () if then.thing.kind != now.thing.kind => Some(Action::Retyped),
            () if verdict != Verdict::Same || is_set_otherwise(&then, &now) => Some(Action::Modified),
            () => None,
        };
        if action.is_some() {
            self.fill(path, (&mut then, &mut now), rule, files && verdict == Verdict::Same, held.as_ref());
        }
        self.room = held.unwrap_or_default();
        let replaced = files && !then.is_same_file(&now);
        let unseen = verdict == Verdict::Unseen;
        Some(Difference { replaced, unseen, ..Difference::of(action?, Some(then), Some(now)) })
    }

    /// Both contents, where they have to be looked at and are small: each is read once, whatever is asked of it.
    fn held(&mut self, path: &[u8], then: &State, now: &State, rule: Option<&str>) -> Option<Held> {
        let small = |state: &State| state.thing.size <= SMALL;
        let kept =
            then.kept.filter(|kept| kept.size <= SMALL && small(now) && then.opened && rule.is_none())?;
        if is_untouched(then, now) {
            return None;
        }
        let mut held = std::mem::take(&mut self.room);
        self.store.read(&kept, &mut held.then).ok()?;
        held.now.clear();
        let file = look::open(path, now).ok()?;
        // one more than there should be shows that it has grown
        let most = usize::try_from(now.thing.size).unwrap_or(0) + 1;
        held.now.resize(most, 0);
        let read = fill(&mut &file, &mut held.now).ok()?;
        held.now.truncate(read);
        (read < most).then_some(held)
    }

    /// Completes both sides of a path that changed. `same`: the content of a file did not.
    fn fill(
        &mut self,
        path: &[u8],
        (then, now): (&mut State, &mut State),
        rule: Option<&str>,
        same: bool,
        held: Option<&Held>,
    ) {
        let copy = match (same, then.kept) {
            (true, _) => Copy::No,
            (false, Some(_)) => Copy::All,
            (false, None) => Copy::Text,
        };
        match held {
            Some(held) => self.keep_now(now, copy, &mut held.now.as_slice()),
            None => self.fill_now(path, now, rule, copy),
        }
        match held {
            _ if same => then.thing.content = now.thing.content.clone(),
            Some(held) => then.thing.content = Content::Hash(contents::hash_of(&held.then)),
            None => self.fill_then(then, rule),
        }
    }

    /// The rule by which the content of a file stays out of the record.
    fn rule(&self, side: Option<&(&[u8], State)>) -> Option<String> {
        let (path, state) = side.filter(|(_, state)| state.is(Type::File))?;
        if let Content::Withheld(rule) = &state.thing.content {
            return Some(rule.clone());
        }
        let private = self.withhold_private && state.thing.mode & 0o044 == 0;
        deny::rule(path).or(private.then_some(PRIVATE)).map(str::to_owned)
    }

    fn verdict(&self, path: &[u8], then: &State, now: &State, rule: Option<&str>) -> Verdict {
        let same_file = then.is_same_file(now);
        let same_size = then.thing.size == now.thing.size;
        if !then.opened {
            return if same_file && same_size { Verdict::Same } else { Verdict::Unseen };
        }
        if is_untouched(then, now) {
            return Verdict::Same;
        }
        let same = match &then.kept {
            _ if !same_size => false,
            Some(kept) if rule.is_none() => self
                .store
                .open(kept)
                .and_then(|mut original| are_equal(&mut original, &mut look::open(path, now)?))
                .unwrap_or(false),
            _ => same_file && then.thing.mtime == now.thing.mtime,
        };
        if same { Verdict::Same } else { Verdict::Other }
    }

    fn fill_then(&self, then: &mut State, rule: Option<&str>) {
        if !then.is(Type::File) {
            return;
        }
        then.thing.content = match (rule, &then.kept, &then.thing.content) {
            (Some(rule), _, _) => Content::Withheld(rule.to_owned()),
            (None, Some(kept), _) => match self.store.open(kept).and_then(|mut o| contents::hash(&mut o)) {
                Ok(hash) => Content::Hash(hash),
                Err(e) => Content::NotKept(e.to_string()),
            },
            (None, None, Content::NotKept(why)) => Content::NotKept(why.clone()),
            (None, None, _) => Content::NotKept("no witness saw it being opened".to_owned()),
        };
        if rule.is_some() {
            then.kept = None;
        }
    }

    fn fill_now(&mut self, path: &[u8], now: &mut State, rule: Option<&str>, copy: Copy) {
        if !now.is(Type::File) {
            return;
        }
        if let Some(rule) = rule {
            now.thing.content = Content::Withheld(rule.to_owned());
            return;
        }
        if now.thing.size > limits::SESSION_HASH {
            now.thing.content = Content::NotKept("it is too large".to_owned());
            return;
        }
        match look::open(path, now) {
            Ok(mut file) => self.keep_now(now, copy, &mut file),
            Err(e) => now.thing.content = Content::NotKept(format!("it could not be read: {e}")),
        }
    }

    fn keep_now(&mut self, now: &mut State, copy: Copy, from: &mut impl Read) {
        match self.copies.take(from, now.thing.size, copy) {
            Ok((hash, size, kept)) => {
                now.thing.content = Content::Hash(hash);
                (now.thing.size, now.kept) = (size, kept);
            }
            Err(e) => now.thing.content = Content::NotKept(format!("it could not be read: {e}")),
        }
    }
}

impl Difference {
    fn of(action: Action, before: Option<State>, after: Option<State>) -> Difference {
        Difference { action, before, after, replaced: false, unseen: false }
    }
}

/// Whether the kernel saw nothing of the file change since its original was kept.
fn is_untouched(then: &State, now: &State) -> bool {
    then.is_same_file(now) && now.changed + TICK < then.changed
}

/// Whether mode, owner, attributes or the place that a link leads to are others.
fn is_set_otherwise(then: &State, now: &State) -> bool {
    let (a, b) = (&then.thing, &now.thing);
    (a.mode, a.uid, a.gid, &a.target) != (b.mode, b.uid, b.gid, &b.target) || a.attributes != b.attributes
}

fn are_equal(a: &mut impl Read, b: &mut impl Read) -> io::Result<bool> {
    let (mut left, mut right) = (vec![0; PIECE], vec![0; PIECE]);
    loop {
        let (one, other) = (fill(a, &mut left)?, fill(b, &mut right)?);
        if left.get(..one) != right.get(..other) {
            return Ok(false);
        }
        if one == 0 {
            return Ok(true);
        }
    }
}

/// Reads until there is no more or no more room; gives how much it was.
fn fill(from: &mut impl Read, room: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = room.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(filled)
}
