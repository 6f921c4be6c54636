//! Taking the place of a libc function: the one macro that does it, and how the real function is found. All that is unsafe
//! about it stands here; a hook in the table is a name, a signature, and what is kept before the call.

use core::ffi::{CStr, c_char, c_int, c_void};
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use linux_raw_sys::errno::ENOSYS;

// Weak: a program without libc loads the library too, and gets no hook called.
core::arch::global_asm!(".weak dlsym; .weak environ; .weak getauxval; .weak __errno_location");

unsafe extern "C" {
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    fn __errno_location() -> *mut c_int;
}

/// Whether the loader found what is taken from libc.
pub fn has_libc() -> bool {
    let address: usize;
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a load from the library's own table of addresses
    unsafe {
        core::arch::asm!("mov {}, qword ptr [rip + dlsym@GOTPCREL]", out(reg) address, options(pure, readonly, nostack));
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: a load from the library's own table of addresses
    unsafe {
        core::arch::asm!("adrp {0}, :got:dlsym", "ldr {0}, [{0}, :got_lo12:dlsym]", out(reg) address,
                         options(pure, readonly, nostack));
    }
    address != 0
}

/// The real function of a name.
pub struct Real(AtomicUsize);

impl Real {
    /// Not yet looked for.
    pub const fn new() -> Real {
        Real(AtomicUsize::new(0))
    }

    /// Its address, behind our own in the loader's order; 0 where this libc has none.
    #[inline]
    pub fn address(&self, name: &CStr) -> usize {
        match self.0.load(Relaxed) {
            0 => self.find(name),
            found => found,
        }
    }

    #[cold]
    fn find(&self, name: &CStr) -> usize {
        const NEXT: *mut c_void = core::ptr::without_provenance_mut(usize::MAX);
        // SAFETY: a hook is only called where there is a libc; RTLD_NEXT is -1 in glibc and musl
        let found = unsafe { dlsym(NEXT, name.as_ptr()) } as usize;
        self.0.store(found, Relaxed);
        found
    }
}

/// What a function gives that this libc does not have: its error, with errno "not implemented".
pub fn missing<T>(failed: T) -> T {
    // SAFETY: libc's own word of this thread
    let errno = unsafe { __errno_location() };
    // SAFETY: the same
    unsafe { *errno = ENOSYS as c_int };
    failed
}

/// Puts functions with one signature in the place of libc's.
///
/// `before` runs ahead of the real call and sees its arguments, `after` behind it and sees also the `result`. Neither can
/// change anything: the real function gets what the caller gave, once, and the caller gets what it returned. Both make
/// system calls directly only, so `errno` is what the real function left. `around` is for the functions that start
/// programs: it makes the call itself.
#[macro_export]
macro_rules! hook {
    ($($(#[$about:meta])* $($name:ident)+ ($($arg:ident: $type:ty),*) -> $out:ty = $failed:expr;
       $way:ident $does:tt $(=> after ($result:ident) $after:tt)?)+) => {
        $($crate::hook! { @each [$($name)+] ($($arg: $type),*) -> $out = $failed; [$way $does] [$($result $after)?] })+
        /// The names that this file takes.
        #[allow(dead_code)]
        pub const NAMES: &[&str] = &[$($(stringify!($name)),+),+];
    };
    (@each [$($name:ident)+] $args:tt -> $out:ty = $failed:expr; $way:tt $after:tt) => {
        $($crate::hook! { @one $name $args -> $out = $failed; $way $after })+
    };
    (@one $name:ident ($($arg:ident: $type:ty),*) -> $out:ty = $failed:expr; $way:tt [$($result:ident $after:tt)?]) => {
        #[unsafe(no_mangle)]
        pub extern "C" fn $name($($arg: $type),*) -> $out {
            static REAL: $crate::hook::Real = $crate::hook::Real::new();
            let address = REAL.address(const { $crate::hook::name(concat!(stringify!($name), "\0")) });
            if address == 0 {
                return $crate::hook::missing($failed);
            }
            // SAFETY: it is libc's function of this name, whose signature stands in the table
            let real = unsafe { core::mem::transmute::<usize, unsafe extern "C" fn($($type),*) -> $out>(address) };
            // SAFETY: the caller keeps libc's contract, and these are his arguments
            let real = |$($arg: $type),*| unsafe { real($($arg),*) };
            let result = $crate::hook!(@way real ($($arg),*) $way);
            $(let $result = result; $after;)?
            result
        }
    };
    (@way $real:ident ($($arg:ident),*) [before $does:tt]) => {{ $does; $real($($arg),*) }};
    (@way $real:ident ($($arg:ident),*) [around (|$seen:ident| $does:expr)]) => {{ let $seen = $real; $does }};
}

/// A function's name as the loader takes it.
pub const fn name(text: &'static str) -> &'static CStr {
    match CStr::from_bytes_with_nul(text.as_bytes()) {
        Ok(name) => name,
        Err(_) => c"",
    }
}
