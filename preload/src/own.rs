//! A page of the process's own, for what only few need: mapped when it is first asked for, so that all others begin with a
//! page less.

use core::sync::atomic::{AtomicPtr, Ordering::*};

use crate::memo::Memo;
use crate::once::Path;
use crate::sys;

/// What stands on it.
pub struct Own {
    /// Where open directories lie.
    pub known: [Memo; 2],
    /// Where the root lies that the program has taken, seen from the old one.
    pub below: Path,
}

static OWN: AtomicPtr<Own> = AtomicPtr::new(core::ptr::null_mut());

/// The page; nothing where there is no memory.
#[inline(never)]
pub fn get() -> Option<&'static Own> {
    let mut own = OWN.load(Acquire);
    if own.is_null() {
        own = sys::map(-1, size_of::<Own>()).ok()?.cast();
        if let Err(other) = OWN.compare_exchange(core::ptr::null_mut(), own, AcqRel, Acquire) {
            sys::unmap(own.cast(), size_of::<Own>());
            own = other;
        }
    }
    // SAFETY: it is mapped for ever, and what is new is all zeros, which is what an empty one is
    Some(unsafe { &*own })
}
