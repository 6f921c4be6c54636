//! The room on the stack in which a hook works: the paths one behind the other, then what belongs into the record. There
//! is one per call, since the threads with the smallest stack have no more to give; nothing is written that was not asked
//! for, so its size costs nothing.

use core::mem::MaybeUninit;

use crate::foreign::Name;
use crate::sys::{self, Out};

/// The longest path, as the kernel has it.
pub const PATH: usize = 4096;
/// Bytes of the room.
pub const SIZE: usize = 4800;

/// Bytes that grow up to [`SIZE`].
pub struct Text {
    bytes: [MaybeUninit<u8>; SIZE],
    length: usize,
}

/// A path in the room, ended by a NUL that is not counted.
#[derive(Clone, Copy)]
pub struct Span {
    start: u16,
    end: u16,
}

impl Text {
    /// An empty one.
    #[inline]
    pub fn new() -> Text {
        Text { bytes: [MaybeUninit::uninit(); SIZE], length: 0 }
    }

    /// How many bytes it has.
    pub fn len(&self) -> usize {
        self.length
    }

    /// The bytes from one place to another.
    #[inline(never)]
    pub fn between(&self, start: usize, end: usize) -> &[u8] {
        // SAFETY: `length` never grows over what was written, nor over the array
        let all = unsafe { core::slice::from_raw_parts(self.bytes.as_ptr().cast::<u8>(), self.length) };
        all.get(start..end).unwrap_or_default()
    }

    /// The bytes from a place on.
    pub fn from(&self, start: usize) -> &[u8] {
        self.between(start, self.length)
    }

    /// The bytes of a path.
    pub fn of(&self, path: Span) -> &[u8] {
        self.between(path.start(), path.end())
    }

    /// A path as the kernel takes it.
    #[inline(never)]
    pub fn name(&self, path: Span) -> Name {
        Name::lent(self.between(path.start(), path.end() + 1))
    }

    /// Adds bytes, or nothing when they do not fit.
    #[inline(never)]
    pub fn push(&mut self, bytes: &[u8]) -> Option<()> {
        let to = self.bytes.get_mut(self.length..)?.get_mut(..bytes.len())?;
        to.write_copy_of_slice(bytes);
        self.length += bytes.len();
        Some(())
    }

    /// What was added from a place on is a path.
    #[inline(never)]
    pub fn end_path(&mut self, start: usize) -> Option<Span> {
        let end = self.length;
        self.push(b"\0")?;
        Some(Span { start: start as u16, end: end as u16 })
    }

    /// Adds bytes that are there already.
    #[inline(never)]
    pub fn push_again(&mut self, start: usize, end: usize) -> Option<()> {
        let length = end.checked_sub(start)?;
        if end > self.length || length > self.left() {
            return None;
        }
        self.bytes.copy_within(start..end, self.length);
        self.length += length;
        Some(())
    }

    /// What stands from `tail` on takes the place of all from `start` on.
    #[inline(never)]
    pub fn move_down(&mut self, start: usize, tail: usize) {
        if start <= tail && tail <= self.length {
            self.bytes.copy_within(tail..self.length, start);
            self.length -= tail - start;
        }
    }

    /// The path that was moved down to a place, its NUL with it.
    pub fn end_moved(&self, start: usize) -> Option<Span> {
        let end = self.length.checked_sub(1).filter(|end| *end > start)?;
        Some(Span { start: start as u16, end: end as u16 })
    }

    /// Makes it shorter.
    pub fn cut(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    /// How many bytes it could still take.
    pub fn left(&self) -> usize {
        SIZE - self.length
    }

    /// Has the kernel write behind what is there, at most so many bytes; it tells how many it wrote.
    #[inline(never)]
    pub fn fill(&mut self, most: usize, by: impl FnOnce(sys::Room<'_>) -> Out<usize>) -> Out<usize> {
        let end = most.min(self.left());
        let room = self.bytes.get_mut(self.length..self.length + end).unwrap_or_default();
        let written = by(room)?.min(end);
        self.length += written;
        Ok(written)
    }

    /// Writes four bytes over those at a place.
    pub fn put(&mut self, place: usize, bytes: [u8; 4]) {
        if let Some(to) = self.bytes.get_mut(..self.length).and_then(|all| all.get_mut(place..)?.get_mut(..4))
        {
            to.write_copy_of_slice(&bytes);
        }
    }
}

impl Span {
    /// Where it begins.
    pub fn start(self) -> usize {
        self.start.into()
    }

    /// Where it ends.
    pub fn end(self) -> usize {
        self.end.into()
    }
}

/// A number in decimal digits.
#[inline(never)]
pub fn digits(number: u64, to: &mut [u8; 24]) -> &[u8] {
    let (mut rest, mut at) = (number, to.len());
    loop {
        at -= 1;
        if let Some(digit) = to.get_mut(at) {
            *digit = b'0' + (rest % 10) as u8;
        }
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    to.get(at..).unwrap_or_default()
}
