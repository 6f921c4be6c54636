//! Taking the place of libc's functions: how a call comes to us and how it goes on to the real function. All that is unsafe
//! about it stands here.
//!
//! Nearly all hooks only look: what the program calls is a stub of two instructions that names the hook; the way on saves
//! the registers, lets us look at the arguments, puts the registers back and jumps to the real function. So that gets
//! what the caller gave, to the last register and word of the stack, and returns to the caller, who cannot tell that we
//! were there; nor can one who unwinds the stack. Around a function that starts a program, or chooses a name itself, we are
//! on the stack while it runs ([`crate::exec`]).

use core::ffi::{c_char, c_int, c_long, c_void};
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use linux_raw_sys::errno::ENOSYS;

use crate::act::{self, Does};
use crate::direct;
use crate::exec;
use crate::foreign::Name;
use crate::hooks;
use crate::keep;
use crate::names;
use crate::raw;

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

/// A word of the arguments.
#[inline]
pub fn word(words: &[usize], at: u8) -> usize {
    words.get(usize::from(at)).copied().unwrap_or_default()
}

/// What a word of the arguments may be.
pub trait Argument: Copy {
    /// From the register.
    fn of(word: usize) -> Self;
}

/// The way from a stub to the real function, with the hook's number on the stack.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
pub extern "C" fn pass() {
    core::arch::naked_asm!(
        "pop r11",
        "push rax",
        "push r9", "push r8", "push rcx", "push rdx", "push rsi", "push rdi",
        "mov edi, r11d",
        "mov rsi, rsp",
        "call {look}",
        "mov r11, rax",
        "mov r10, rdx",
        "pop rdi", "pop rsi", "pop rdx", "pop rcx", "pop r8", "pop r9",
        "pop rax",
        "test r11, r11",
        "jz 3f",
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
        "3: mov rax, r10",
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
        "cbz x16, 3f",
        "cbnz x17, 2f",
        "br x16",
        "2: stp x29, x30, [sp, #-32]!",
        "blr x16",
        "str x0, [sp, #16]",
        "bl {opened}",
        "ldr x0, [sp, #16]",
        "ldp x29, x30, [sp], #32",
        "ret",
        "3: mov x0, x17",
        "ret",
        look = sym look,
        opened = sym opened,
    )
}

/// The way from a stub to a function of ours that calls the real one itself, with the hook's number on the stack.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
pub extern "C" fn around() {
    core::arch::naked_asm!(
        "pop r11",
        "push rax",
        "push r9", "push r8", "push rcx", "push rdx", "push rsi", "push rdi",
        "mov edi, r11d",
        "mov rsi, rsp",
        "call {around}",
        "add rsp, 56",
        "ret",
        around = sym exec::around,
    )
}

/// The way from a stub to a function of ours that calls the real one itself, with the hook's number in w16.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
pub extern "C" fn around() {
    core::arch::naked_asm!(
        "sub sp, sp, #64",
        "stp x0, x1, [sp]", "stp x2, x3, [sp, #16]", "stp x4, x5, [sp, #32]",
        "stp x29, x30, [sp, #48]",
        "mov w0, w16",
        "mov x1, sp",
        "bl {around}",
        "ldp x29, x30, [sp, #48]",
        "add sp, sp, #64",
        "ret",
        around = sym exec::around,
    )
}

/// Where a call goes on, in two registers.
#[repr(C)]
pub struct Next {
    /// 0: nowhere, since it has been made.
    address: usize,
    /// What it gave; or, if it is still to be made, not 0: the descriptor that it gives is looked at ([`opened`]).
    then: usize,
}

/// Looks at a call.
extern "C" fn look(hook: u32, words: &Words) -> Next {
    let Some(does) = hooks::LOOKS.get(hook as usize) else { return Next { address: real(hook), then: 0 } };
    if let Does::ByNumber = does {
        let address = raw::before(words).unwrap_or_else(|| real(hook));
        return Next { address, then: 0 };
    }
    let opens = act::before(does, words);
    let Some(given) = direct::call(hook, words) else {
        return Next { address: real(hook), then: opens.into() };
    };
    if opens {
        keep::opened(given as c_int);
    }
    Next { address: 0, then: given as usize }
}

/// A new file was opened.
extern "C" fn opened(fd: c_int) {
    keep::opened(fd);
}

/// The stub of a hook.
#[macro_export]
macro_rules! stub {
    ($name:ident, $number:expr, $way:ident) => {
        #[cfg(target_arch = "x86_64")]
        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        pub extern "C" fn $name() {
            core::arch::naked_asm!("push {}", "jmp {}", const $number, sym $crate::hook::$way)
        }

        #[cfg(target_arch = "aarch64")]
        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        pub extern "C" fn $name() {
            core::arch::naked_asm!("mov w16, #{}", "b {}", const $number, sym $crate::hook::$way)
        }
    };
}

/// The table of hooks: names, and what is done. First those that only look, then those around a real function.
#[macro_export]
macro_rules! hooks {
    (looks { $($(#[$a:meta])* $($look:ident)+: $does:expr;)+ } around { $($(#[$b:meta])* $($other:ident)+: $way:expr;)+ }) => {
        /// The hooks' numbers.
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[derive(Clone, Copy)]
        pub enum Hook { $($($look),+),+, $($($other),+),+ }

        mod stubs {
            $($($crate::stub!($look, super::Hook::$look as u32, pass);)+)+
            $($($crate::stub!($other, super::Hook::$other as u32, around);)+)+
        }

        /// What is looked at, by the hooks' numbers.
        pub static LOOKS: [$crate::act::Does; [$($(Hook::$look),+),+].len()] = [$($($crate::hooks!(@ $look $does)),+),+];
        /// What is done around the functions whose numbers follow.
        pub static AROUND: [$crate::exec::Around; [$($(Hook::$other),+),+].len()] =
            [$($($crate::hooks!(@ $other $way)),+),+];
    };
    (@ $name:ident $row:expr) => { $row };
}

/// How many hooks there are.
const COUNT: usize = hooks::LOOKS.len() + hooks::AROUND.len();
// an instruction of two bytes has no room for more in the stubs
const _: () = assert!(COUNT < 128);

static REAL: [AtomicUsize; COUNT] = [const { AtomicUsize::new(0) }; COUNT];

/// The address of the real function.
pub fn real(hook: u32) -> usize {
    match found(hook) {
        0 => missing as *const () as usize,
        found => found,
    }
}

/// The address of the real function; 0 where this libc has none.
#[inline(never)]
pub fn found(hook: u32) -> usize {
    let Some(real) = REAL.get(hook as usize) else { return 0 };
    match real.load(Relaxed) {
        0 => {
            let found = next(names::of(hook));
            real.store(found, Relaxed);
            found
        }
        found => found,
    }
}

/// Calls a function with the words of its registers.
pub fn call(address: usize, words: &Words) -> usize {
    let [a, b, c, d, e, f] = *words;
    type Function = unsafe extern "C" fn(usize, usize, usize, usize, usize, usize) -> usize;
    // SAFETY: the function is libc's, which takes its arguments from the same registers and looks at no more than it has
    let function = unsafe { core::mem::transmute::<usize, Function>(address) };
    // SAFETY: the caller keeps libc's contract, and these are his arguments
    unsafe { function(a, b, c, d, e, f) }
}

/// The address of a function, behind our own in the loader's order; 0 where this libc has none.
pub fn next(name: Name) -> usize {
    const NEXT: *mut c_void = core::ptr::without_provenance_mut(usize::MAX);
    // SAFETY: a hook is only called where there is a libc; RTLD_NEXT is -1 in glibc and musl
    let found = unsafe { dlsym(NEXT, name.pointer()) };
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
