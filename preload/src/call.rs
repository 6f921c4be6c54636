//! Hooks that are functions: those that start programs, since their environment is mended, and those that choose a name
//! themselves, which is known only afterwards. The real function is called once, with the caller's arguments but for the
//! environment; `errno` is what it left.

use core::ffi::{CStr, c_int};
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::foreign::Stream;
use crate::hook;

/// The address of the real function, looked for once.
pub fn real(known: &AtomicUsize, name: &CStr) -> Option<usize> {
    match known.load(Relaxed) {
        0 => {
            let found = hook::next(name);
            known.store(found, Relaxed);
            Some(found).filter(|found| *found != 0)
        }
        found => Some(found),
    }
}

/// Puts functions in the place of libc's: `does` gets the real one and calls it.
#[macro_export]
macro_rules! calls {
    ($($(#[$about:meta])* $($name:ident)+ ($($arg:ident: $type:ty),*) -> $out:ty = $failed:expr; |$real:ident| $does:expr;)+) => {
        $($crate::calls! { @each [$($name)+] ($($arg: $type),*) -> $out = $failed; |$real| $does })+
    };
    (@each [$($name:ident)+] $args:tt -> $out:ty = $failed:expr; |$real:ident| $does:expr) => {
        $($crate::calls! { @one $name $args -> $out = $failed; |$real| $does })+
    };
    (@one $name:ident ($($arg:ident: $type:ty),*) -> $out:ty = $failed:expr; |$real:ident| $does:expr) => {
        #[unsafe(no_mangle)]
        pub extern "C" fn $name($($arg: $type),*) -> $out {
            static REAL: core::sync::atomic::AtomicUsize = core::sync::atomic::AtomicUsize::new(0);
            let Some(address) = $crate::call::real(&REAL, $crate::call::name(concat!(stringify!($name), "\0"))) else {
                $crate::hook::missing();
                return $failed;
            };
            // SAFETY: it is libc's function of this name, whose signature stands in the table
            let real = unsafe { core::mem::transmute::<usize, unsafe extern "C" fn($($type),*) -> $out>(address) };
            // SAFETY: the caller keeps libc's contract, and these are his arguments
            let $real = |$($arg: $type),*| unsafe { real($($arg),*) };
            $does
        }
    };
}

/// A function's name as the loader takes it.
pub const fn name(text: &'static str) -> &'static CStr {
    match CStr::from_bytes_with_nul(text.as_bytes()) {
        Ok(name) => name,
        Err(_) => c"",
    }
}

/// fileno(3), which only looks.
pub fn fileno(real: usize, stream: Stream) -> c_int {
    // SAFETY: it is libc's function of that name
    let real = unsafe { core::mem::transmute::<usize, unsafe extern "C" fn(Stream) -> c_int>(real) };
    // SAFETY: the caller's stream
    unsafe { real(stream) }
}
