//! The name of a hook's function. It stands in the library's own table of symbols, by which the loader finds the stub, so it
//! is not carried a second time: the stub whose first instruction holds the hook's number is looked for there (elf(5)).

use crate::foreign::Name;

/// A line of the loader's list.
#[repr(C)]
struct Entry {
    tag: usize,
    value: usize,
}

/// A symbol.
#[repr(C)]
struct Symbol {
    name: u32,
    _kind: u16,
    /// 0: it is not defined here.
    section: u16,
    value: usize,
    _size: usize,
}

const STRINGS: usize = 5;
const SYMBOLS: usize = 6;

/// Where the library and the loader's list begin.
fn begins() -> (usize, *const Entry) {
    let (base, lines);
    // the linker's own names
    #[cfg(target_arch = "x86_64")]
    // SAFETY: addresses, and no memory is looked at
    unsafe {
        core::arch::asm!("lea {}, [rip + __ehdr_start]", "lea {}, [rip + _DYNAMIC]", out(reg) base, out(reg) lines,
                         options(pure, nomem, nostack));
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: addresses, and no memory is looked at
    unsafe {
        core::arch::asm!("adrp {0}, __ehdr_start", "add {0}, {0}, :lo12:__ehdr_start",
                         "adrp {1}, _DYNAMIC", "add {1}, {1}, :lo12:_DYNAMIC",
                         out(reg) base, out(reg) lines, options(pure, nomem, nostack));
    }
    (base, lines)
}

/// The name of a hook's function.
pub fn of(hook: u32) -> Name {
    let (base, lines) = begins();
    let table = |tag: usize| {
        let mut line = lines;
        // SAFETY: the list has a line for each of the tables, and the loader is through with it
        while unsafe { (*line).tag } != tag {
            // SAFETY: so it goes on
            line = unsafe { line.add(1) };
        }
        // SAFETY: it is a line of the list
        let value = unsafe { (*line).value };
        // some loaders turn what it says into addresses
        if value < base { base + value } else { value }
    };
    let mut symbol: *const Symbol = core::ptr::with_exposed_provenance(table(SYMBOLS));
    loop {
        // SAFETY: every hook has a symbol, so the table does not end before
        let found = unsafe { &*symbol };
        if found.section != 0 && number(base + found.value) == hook {
            return Name::at(table(STRINGS) + found.name as usize);
        }
        // SAFETY: the same
        symbol = unsafe { symbol.add(1) };
    }
}

/// The number that a stub's first instruction holds.
fn number(stub: usize) -> u32 {
    let stub: *const u32 = core::ptr::with_exposed_provenance(stub);
    // SAFETY: a function of this library, which is longer than four bytes
    let first = unsafe { stub.read_unaligned() };
    if cfg!(target_arch = "x86_64") {
        // push: 6A, the number
        if first & 0xFF == 0x6A { first >> 8 & 0xFF } else { u32::MAX }
    } else {
        // movz w16: 01010010 100, 16 bits of the number, 10000
        if first & 0xFFE0_001F == 0x5280_0010 { first >> 5 & 0xFFFF } else { u32::MAX }
    }
}
