//! The room on the stack in which a hook works for a session: the paths one behind the other, then what belongs into the
//! record. There is one per call, since the threads with the smallest stack have no more to give; nothing is written that
//! was not asked for, so its size costs nothing.

use core::mem::MaybeUninit;
use core::num::NonZeroU32;

use linux_raw_sys::general as k;

use crate::foreign::Name;
use crate::session::Session;
use crate::sys::{self, Out};

/// The longest path, as the kernel has it.
pub const PATH: usize = 4096;
/// Bytes of the room.
pub const SIZE: usize = 4800;

/// Bytes that grow up to [`SIZE`].
// the length in front, where the instructions that get at it are short
#[repr(C)]
pub struct Room {
    /// The session that is worked for.
    pub session: Session,
    length: usize,
    /// Something had no room any more: what is put down since is no path.
    full: bool,
    bytes: [MaybeUninit<u8>; SIZE],
}

/// A path in the room, ended by a NUL that is not counted: where it begins, and in the upper half where it ends.
#[derive(Clone, Copy)]
pub struct Span(NonZeroU32);

impl Room {
    /// An empty one.
    #[inline]
    pub fn new(session: Session) -> Room {
        Room { session, length: 0, full: false, bytes: [MaybeUninit::uninit(); SIZE] }
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

    /// Adds bytes. When they do not fit, nothing in the room is made a path any more.
    #[inline(never)]
    pub fn push(&mut self, bytes: &[u8]) {
        match self.space(bytes.len()) {
            to if to.len() == bytes.len() => {
                to.write_copy_of_slice(bytes);
                self.length += bytes.len();
            }
            _ => self.full = true,
        }
    }

    /// Adds a slash.
    #[inline(never)]
    pub fn slash(&mut self) {
        self.push(b"/");
    }

    /// What was added from a place on is a path.
    #[inline(never)]
    pub fn end_path(&mut self, start: usize) -> Option<Span> {
        self.push(b"\0");
        self.end_moved(start)
    }

    /// Adds bytes that are there already.
    #[inline(never)]
    pub fn push_again(&mut self, start: usize, end: usize) {
        match end.checked_sub(start) {
            Some(length) if end <= self.length && length <= self.left() => {
                self.bytes.copy_within(start..end, self.length);
                self.length += length;
            }
            _ => self.full = true,
        }
    }

    /// What stands from `tail` on takes the place of all from `start` on.
    #[inline(never)]
    pub fn move_down(&mut self, start: usize, tail: usize) {
        if start <= tail && tail <= self.length {
            self.bytes.copy_within(tail..self.length, start);
            self.length -= tail - start;
        }
    }

    /// What stands from a place on is a path, its NUL with it.
    #[inline(never)]
    pub fn end_moved(&self, start: usize) -> Option<Span> {
        let end = self.length.checked_sub(1).filter(|end| *end > start && !self.full)?;
        Span::of(start, end)
    }

    /// Makes it shorter.
    pub fn cut(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    /// Whether something had no room; what is left of that is taken away.
    pub fn was_full(&mut self, start: usize) -> bool {
        if self.full {
            self.cut(start);
        }
        core::mem::take(&mut self.full)
    }

    /// How many bytes it could still take.
    pub fn left(&self) -> usize {
        SIZE - self.length
    }

    /// Where the kernel may write behind what is there, at most so many bytes; what it gives is then told ([`Room::wrote`]).
    #[inline(never)]
    pub fn space(&mut self, most: usize) -> sys::Space<'_> {
        let end = self.length + most.min(self.left());
        self.bytes.get_mut(self.length..end).unwrap_or_default()
    }

    /// The kernel wrote so many bytes into the space.
    #[inline(never)]
    pub fn wrote(&mut self, got: Out<usize>) -> Out<usize> {
        let written = got?.min(self.left());
        self.length += written;
        Ok(written)
    }

    /// Adds where a link leads.
    #[inline(never)]
    pub fn link(&mut self, path: Span) -> Out<usize> {
        let name = self.name(path);
        let got = sys::readlink(k::AT_FDCWD, name, self.space(PATH));
        self.wrote(got)
    }

    /// Adds bytes that are there already, as a path.
    #[inline(never)]
    pub fn again(&mut self, start: usize, end: usize) -> Option<Span> {
        let to = self.length;
        self.push_again(start, end);
        self.end_path(to)
    }

    /// Writes four bytes over those at a place.
    #[inline(never)]
    pub fn put(&mut self, place: usize, bytes: [u8; 4]) {
        if let Some(to) = self.bytes.get_mut(..self.length).and_then(|all| all.get_mut(place..)?.get_mut(..4))
        {
            to.write_copy_of_slice(&bytes);
        }
    }
}

impl Span {
    /// From one place to another, where a NUL or something else stands.
    pub fn of(start: usize, end: usize) -> Option<Span> {
        NonZeroU32::new(start as u32 | (end as u32) << 16).map(Span)
    }

    /// Where it begins.
    pub fn start(self) -> usize {
        (self.0.get() & 0xFFFF) as usize
    }

    /// Where it ends.
    pub fn end(self) -> usize {
        (self.0.get() >> 16) as usize
    }
}

/// A number in decimal digits; a NUL stands behind them.
#[inline(never)]
pub fn digits(number: u32, to: &mut [u8; 16]) -> &[u8] {
    let (mut rest, mut at) = (number, to.len() - 1);
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
    to.get(at..to.len() - 1).unwrap_or_default()
}
