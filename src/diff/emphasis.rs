//! What makes the difference within a line: in come lines that go and lines that come in their place, out come the parts of
//! each that the other does not have, by words. Only lines that resemble each other are looked at, and only as long as the
//! budget lasts, so that a hostile file costs no more than a big one.

use similar::{Algorithm, DiffTag, capture_diff_slices};
use std::ops::Range;

/// The longest line that is looked into.
const LINE: usize = 1_000;
/// Words compared with words in one diff, at most.
const COMPARISONS: usize = 2_000_000;

/// What is left to be spent on one diff.
pub(super) struct Budget(usize);

impl Default for Budget {
    fn default() -> Budget {
        Budget(COMPARISONS)
    }
}

/// The strong parts of each line; they count the sign in front.
type Strong = Vec<Vec<Range<usize>>>;

impl Budget {
    /// The n-th line that goes is compared with the n-th that comes, where there are as many of both.
    pub(super) fn between(&mut self, old: &[&[u8]], new: &[&[u8]]) -> (Strong, Strong) {
        if old.len() != new.len() {
            return (Vec::new(), Vec::new());
        }
        old.iter().zip(new).map(|(old, new)| self.pair(old, new)).unzip()
    }

    fn pair(&mut self, old: &[u8], new: &[u8]) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
        let nothing = (Vec::new(), Vec::new());
        if old.len() > LINE || new.len() > LINE {
            return nothing;
        }
        let (a, b) = (words(old), words(new));
        let price = a.len() * b.len();
        if price > self.0 {
            return nothing;
        }
        self.0 -= price;
        let ops = capture_diff_slices(Algorithm::Myers, &a, &b);
        let letters = |words: &[&[u8]]| words.iter().map(|w| w.len()).sum::<usize>();
        let equal: usize = ops
            .iter()
            .filter(|op| op.tag() == DiffTag::Equal)
            .map(|op| letters(a.get(op.old_range()).unwrap_or_default()))
            .sum();
        // two lines that share little are two lines
        if equal * 5 < old.len().max(new.len()) * 2 {
            return nothing;
        }
        let strong = |words: &[&[u8]], of: &dyn Fn(&similar::DiffOp) -> Range<usize>| {
            let mut parts: Vec<Range<usize>> = Vec::new();
            for op in ops.iter().filter(|op| op.tag() != DiffTag::Equal) {
                let range = of(op);
                let start = 1 + letters(words.get(..range.start).unwrap_or_default());
                let end = start + letters(words.get(range).unwrap_or_default());
                match parts.last_mut() {
                    Some(last) if last.end == start => last.end = end,
                    _ if start < end => parts.push(start..end),
                    _ => {}
                }
            }
            parts
        };
        (strong(&a, &|op| op.old_range()), strong(&b, &|op| op.new_range()))
    }
}

/// Words, blanks, and every other sign for itself.
fn words(line: &[u8]) -> Vec<&[u8]> {
    let class = |b: u8| match b {
        b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => 0,
        b' ' | b'\t' => 1,
        _ => 2,
    };
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.chunk_by(|a, b| class(*a) == class(*b) && class(*a) != 2).collect()
}
