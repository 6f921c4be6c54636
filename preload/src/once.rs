//! A value that is set while the library is loaded and only read afterwards: no lock, no atomic word.

use core::cell::UnsafeCell;

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
