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
    pub store: &'a Store,
    pub copies: &'a mut Copies,
    /// Content of files that only their owner may read is withheld.
    pub withhold_private: bool,
}

/// What is known of the content of a file, both ends compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Same,
    Other,
    /// Other, and nobody knows what it was.
    Unseen,
}

impl Compare<'_> {
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
        let verdict = if files { self.verdict(path, &then, &now, rule) } else { Verdict::Same };
        let action = match () {
            () if renamed => Action::Renamed,
            () if then.thing.kind != now.thing.kind => Action::Retyped,
            () if verdict != Verdict::Same || is_set_otherwise(&then, &now) => Action::Modified,
            () => return None,
        };
        if files && verdict == Verdict::Same {
            self.fill_now(path, &mut now, rule, Copy::No);
            then.thing.content = now.thing.content.clone();
        } else {
            let copy = if then.kept.is_some() { Copy::All } else { Copy::Text };
            self.fill_then(&mut then, rule);
            self.fill_now(path, &mut now, rule, copy);
        }
        let replaced = files && !then.is_same_file(&now);
        let unseen = verdict == Verdict::Unseen;
        Some(Difference { replaced, unseen, ..Difference::of(action, Some(then), Some(now)) })
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
        if same_file && now.changed + TICK < then.changed {
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
        let taken =
            look::open(path, now).and_then(|mut file| self.copies.take(&mut file, now.thing.size, copy));
        match taken {
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

/// Whether mode, owner, attributes or the place that a link leads to are others.
fn is_set_otherwise(then: &State, now: &State) -> bool {
    let (a, b) = (&then.thing, &now.thing);
    (a.mode, a.uid, a.gid, &a.target) != (b.mode, b.uid, b.gid, &b.target) || a.attributes != b.attributes
}

fn are_equal(a: &mut impl Read, b: &mut impl Read) -> io::Result<bool> {
    const PIECE: u64 = 64 * 1024;
    let (mut left, mut right) = (Vec::new(), Vec::new());
    loop {
        left.clear();
        right.clear();
        a.by_ref().take(PIECE).read_to_end(&mut left)?;
        b.by_ref().take(PIECE).read_to_end(&mut right)?;
        if left != right {
            return Ok(false);
        }
        if left.is_empty() {
            return Ok(true);
        }
    }
}
