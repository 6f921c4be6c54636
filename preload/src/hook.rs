//! Taking the place of libc's functions: how a call comes to us and how it goes on to the real function. All that is unsafe
//! about it stands here.
//!
//! Nearly all hooks only look: what the program calls is a stub of two instructions that names the hook; the way on saves
//! the registers, lets us look at the arguments, puts the registers back and jumps to the real function. So that gets
//! what the caller gave, to the last register and word of the stack, and returns to the caller, who cannot tell that we
//! were there; nor can one who unwinds the stack. A hook that has something to do afterwards, or starts a program, is an
//! ordinary function ([`crate::call`]).

use core::ffi::{CStr, c_char, c_int, c_long, c_void};
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use linux_raw_sys::errno::ENOSYS;

use crate::direct;
use crate::hooks;
use crate::keep;

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

/// Words of arguments as they came in registers.
pub type Words = [usize; 6];

/// What a word of the arguments is.
pub trait Argument: Copy {
    /// From the register.
    fn of(word: usize) -> Self;
}

impl Argument for c_int {
    fn of(word: usize) -> c_int {
        word as c_int
    }
}

impl Argument for u32 {
    fn of(word: usize) -> u32 {
        word as u32
    }
}

impl Argument for c_long {
    fn of(word: usize) -> c_long {
        word as c_long
    }
}

impl Argument for usize {
    fn of(word: usize) -> usize {
        word
    }
}

/// The way from a stub to the real function, with the hook's number in r11.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
pub extern "C" fn pass() {
    core::arch::naked_asm!(
        "push rax",
        "push r9", "push r8", "push rcx", "push rdx", "push rsi", "push rdi",
        "mov edi, r11d",
        "mov rsi, rsp",
        "call {look}",
        "mov r11, rax",
        "mov r10, rdx",
        "pop rdi", "pop rsi", "pop rdx", "pop rcx", "pop r8", "pop r9",
        "pop rax",
        "test r10, r10",
        "jnz 2f",
        "jmp r11",
        "2: sub rsp, 8",
        "call r11",
        "mov [rsp], rax",
        "mov edi, eax",
        "call {opened}",
        "pop rax",
        "ret",
        look = sym look,
        opened = sym opened,
    )
}

/// The way from a stub to the real function, with the hook's number in w16.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
pub extern "C" fn pass() {
    core::arch::naked_asm!(
        "sub sp, sp, #96",
        "stp x0, x1, [sp]", "stp x2, x3, [sp, #16]", "stp x4, x5, [sp, #32]", "stp x6, x7, [sp, #48]",
        "stp x8, x30, [sp, #64]",
        "str x29, [sp, #80]",
        "mov w0, w16",
        "mov x1, sp",
        "bl {look}",
        "mov x16, x0",
        "mov x17, x1",
        "ldp x0, x1, [sp]", "ldp x2, x3, [sp, #16]", "ldp x4, x5, [sp, #32]", "ldp x6, x7, [sp, #48]",
        "ldp x8, x30, [sp, #64]",
        "ldr x29, [sp, #80]",
        "add sp, sp, #96",
        "cbnz x17, 2f",
        "br x16",
        "2: stp x29, x30, [sp, #-32]!",
        "blr x16",
        "str x0, [sp, #16]",
        "bl {opened}",
        "ldr x0, [sp, #16]",
        "ldp x29, x30, [sp], #32",
        "ret",
        look = sym look,
        opened = sym opened,
    )
}

/// Where a call goes on, in two registers.
#[repr(C)]
pub struct Next {
    address: usize,
    /// Not 0: the descriptor that it gives is looked at ([`opened`]).
    then: usize,
}

/// Looks at a call.
extern "C" fn look(hook: u32, words: &Words) -> Next {
    let way = hooks::before(hook, words);
    Next { address: way.address.unwrap_or_else(|| real(hook)), then: way.opens.into() }
}

/// A new file was opened.
extern "C" fn opened(fd: c_int) {
    keep::opened(fd);
}

/// The stub of a hook.
#[macro_export]
macro_rules! stub {
    ($name:ident, $number:expr) => {
        #[cfg(target_arch = "x86_64")]
        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        pub extern "C" fn $name() {
            core::arch::naked_asm!("mov r11d, {}", "jmp {}", const $number, sym $crate::hook::pass)
        }

        #[cfg(target_arch = "aarch64")]
        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        pub extern "C" fn $name() {
            core::arch::naked_asm!("mov w16, #{}", "b {}", const $number, sym $crate::hook::pass)
        }
    };
}

/// The table of hooks that only look: names, arguments, and what is looked at before the call goes on. Arguments behind
/// those that stand here are passed on unread.
#[macro_export]
macro_rules! hooks {
    ($($(#[$about:meta])* $($name:ident)+ ($($arg:ident: $type:ty),* $(,)?) $does:expr;)+) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[derive(Clone, Copy)]
        enum Hook { $($($name),+),+ }

        mod stubs { $($($crate::stub!($name, super::Hook::$name as u32);)+)+ }

        /// What is called, each name ended by NUL, by the hooks' numbers.
        pub const NAMES: &str = concat!($($(stringify!($name), "\0"),+),+);
        /// How many hooks there are.
        pub const COUNT: usize = [$($(Hook::$name),+),+].len();

        /// Looks at a call; tells how it is to go on.
        #[allow(non_upper_case_globals, clippy::too_many_lines)]
        pub fn before(hook: u32, words: &$crate::hook::Words) -> $crate::hook::Way {
            $($(const $name: u32 = Hook::$name as u32;)+)+
            match hook {
                $($($name)|+ => {
                    #[allow(unused_mut)]
                    let mut words = words.iter();
                    $(let $arg = <$type as $crate::hook::Argument>::of(words.next().copied().unwrap_or_default());)*
                    let _ = words;
                    $crate::hook::Way::from($does)
                })+
                _ => $crate::hook::Way::from(()),
            }
        }
    };
}

/// How a call goes on.
#[derive(Default)]
pub struct Way {
    /// Elsewhere than at the real function.
    address: Option<usize>,
    /// It makes a file of which the descriptor is of use.
    opens: bool,
}

impl From<()> for Way {
    fn from((): ()) -> Way {
        Way::default()
    }
}

impl From<bool> for Way {
    fn from(opens: bool) -> Way {
        Way { address: None, opens }
    }
}

impl From<Option<usize>> for Way {
    fn from(address: Option<usize>) -> Way {
        Way { address, opens: false }
    }
}

static REAL: [AtomicUsize; hooks::COUNT] = [const { AtomicUsize::new(0) }; hooks::COUNT];

/// Looks for the real functions anew.
pub fn forget() {
    REAL.iter().for_each(|real| real.store(0, Relaxed));
}

/// The address of the real function.
fn real(hook: u32) -> usize {
    let Some(real) = REAL.get(hook as usize) else { return missing as *const () as usize };
    match real.load(Relaxed) {
        0 => {
            let found = by_number(hook);
            real.store(found, Relaxed);
            found
        }
        found => found,
    }
}

#[cold]
fn by_number(hook: u32) -> usize {
    let name = hooks::NAMES.split_inclusive('\0').nth(hook as usize).unwrap_or_default();
    let name = CStr::from_bytes_with_nul(name.as_bytes()).unwrap_or_default();
    if let Some(direct) = direct::of(name.to_bytes()) {
        return direct;
    }
    match next(name) {
        0 => missing as *const () as usize,
        found => found,
    }
}

/// The address of a function, behind our own in the loader's order; 0 where this libc has none.
pub fn next(name: &CStr) -> usize {
    const NEXT: *mut c_void = core::ptr::without_provenance_mut(usize::MAX);
    // SAFETY: a hook is only called where there is a libc; RTLD_NEXT is -1 in glibc and musl
    let found = unsafe { dlsym(NEXT, name.as_ptr()) };
    found as usize
}

/// Stands for a function that this libc does not have: "not implemented", as an old kernel would say.
pub extern "C" fn missing() -> c_long {
    failed(ENOSYS as c_int)
}

/// What a function gives that failed, with its reason in `errno`.
pub fn failed(reason: c_int) -> c_long {
    // SAFETY: libc's own word of this thread
    let errno = unsafe { __errno_location() };
    // SAFETY: the same
    unsafe { *errno = reason };
    -1
}
