//! A value that is set while the library is loaded and only read afterwards: no lock, no atomic word.

use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicUsize, Ordering::*};

/// See above.
pub struct Once<T>(UnsafeCell<T>);

// SAFETY: the one write comes before the program's first thread ([`Once::at_first`])
unsafe impl<T: Sync> Sync for Once<T> {}

impl<T> Once<T> {
    /// With a value to begin with.
    pub const fn new(value: T) -> Once<T> {
        Once(UnsafeCell::new(value))
    }

    /// The value.
    #[inline]
    pub fn get(&self) -> &T {
        // SAFETY: it is written before anybody reads
        unsafe { &*self.0.get() }
    }

    /// The value, to be set.
    ///
    /// # Safety
    /// Nobody reads it yet, and nobody else sets it.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn at_first(&self) -> &mut T {
        // SAFETY: the caller's promise
        unsafe { &mut *self.0.get() }
    }
}

/// A path that is set now and then, by one thread at a time: a program changes its root at most a few times. All zeros: an
/// empty one.
pub struct Path {
    bytes: UnsafeCell<[u8; 2048]>,
    length: AtomicUsize,
}

// SAFETY: the length is 0 while the bytes are written
unsafe impl Sync for Path {}

impl Path {
    /// Its bytes.
    pub fn get(&self) -> &[u8] {
        // SAFETY: the bytes below the length are not written while it is not 0
        unsafe { &*self.bytes.get() }.get(..self.length.load(Acquire)).unwrap_or_default()
    }

    /// Sets it, to nothing if it is too long.
    pub fn set(&self, path: &[u8]) {
        self.length.store(0, Release);
        // SAFETY: nobody reads at this length
        if let Some(to) = unsafe { &mut *self.bytes.get() }.get_mut(..path.len()) {
            to.copy_from_slice(path);
            self.length.store(path.len(), Release);
        }
    }
}
