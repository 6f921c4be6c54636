//! Whether the library sees what a program does. In: the first bytes of its file (elf(5)); every number in them may be a
//! lie.

/// How many bytes of the file are to be shown: the header and more entries behind it than any linker makes.
pub const BEGIN: usize = 4096;

/// How a program takes the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loading {
    /// It loads it, and calls libc for all that it does; or the file is no program at all.
    Library,
    /// It names no loader: it loads no library.
    Static,
    /// It loads it, but makes system calls of its own: a Go program that uses libc.
    OwnCalls,
    /// It is for another machine, or another size of words, whose loader knows no such library.
    OtherMachine,
}

/// Kinds of entries: the loader's name, and notes.
const INTERPRETER: u32 = 3;
const NOTE: u32 = 4;

/// This machine's number in `e_machine`.
#[cfg(target_arch = "x86_64")]
const MACHINE: u16 = 62;
#[cfg(target_arch = "aarch64")]
const MACHINE: u16 = 183;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const MACHINE: u16 = 0;

/// How the program takes the library that begins with these bytes.
pub fn loading(begin: &[u8]) -> Loading {
    let Some(entries) = Entries::of(begin) else { return Loading::Library };
    if !entries.has(INTERPRETER) {
        Loading::Static
    } else if at(begin, 18).map(u16::from_le_bytes) != Some(MACHINE) || !entries.wide {
        Loading::OtherMachine
    } else if entries.is_go() {
        Loading::OwnCalls
    } else {
        Loading::Library
    }
}

/// The interpreter that a script names in its first line.
pub fn interpreter(begin: &[u8]) -> Option<&[u8]> {
    let line = begin.strip_prefix(b"#!")?.split(|b| *b == b'\n').next()?;
    line.split(|b| *b == b' ' || *b == b'\t').find(|word| !word.is_empty())
}

/// The table of what is to be loaded.
struct Entries<'b> {
    begin: &'b [u8],
    wide: bool,
    table: usize,
    size: usize,
    count: usize,
}

impl<'b> Entries<'b> {
    fn of(begin: &'b [u8]) -> Option<Entries<'b>> {
        let wide = match begin.get(..6)? {
            [0x7F, b'E', b'L', b'F', 1, 1] => false,
            [0x7F, b'E', b'L', b'F', 2, 1] => true,
            _ => return None,
        };
        let (table, size, count) = if wide {
            (usize::try_from(u64::from_le_bytes(at(begin, 32)?)).ok()?, at(begin, 54)?, at(begin, 56)?)
        } else {
            (u32::from_le_bytes(at(begin, 28)?) as usize, at(begin, 42)?, at(begin, 44)?)
        };
        let (size, count) = (u16::from_le_bytes(size).into(), u16::from_le_bytes(count).into());
        Some(Entries { begin, wide, table, size, count })
    }

    /// The entries of a kind; what was not shown is passed over.
    fn each(&self, kind: u32) -> impl Iterator<Item = &'b [u8]> {
        let all = (0..self.count).map_while(|n| {
            let from = n.checked_mul(self.size)?.checked_add(self.table)?;
            self.begin.get(from..from.checked_add(self.size)?)
        });
        all.filter(move |entry| at(entry, 0).map(u32::from_le_bytes) == Some(kind))
    }

    fn has(&self, kind: u32) -> bool {
        self.each(kind).next().is_some()
    }

    /// Whether one of the notes is Go's.
    fn is_go(&self) -> bool {
        self.each(NOTE).any(|entry| {
            let offset = at(entry, 8).and_then(|o| usize::try_from(u64::from_le_bytes(o)).ok());
            // lengths of name and text, kind, name
            offset.and_then(|o| at(self.begin, o.checked_add(12)?)) == Some(*b"Go\0\0")
        })
    }
}

fn at<const N: usize>(bytes: &[u8], offset: usize) -> Option<[u8; N]> {
    bytes.get(offset..offset.checked_add(N)?)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn program(wide: bool, entries: &[u32]) -> Vec<u8> {
        let (class, head, size) = if wide { (2, 64, 56) } else { (1, 52, 32) };
        let mut bytes = std::vec![0; head];
        bytes[..6].copy_from_slice(&[0x7F, b'E', b'L', b'F', class, 1]);
        bytes[18] = MACHINE as u8;
        let (table, sizes) = if wide { (32, 54) } else { (28, 42) };
        bytes[table] = head as u8;
        bytes[sizes] = size;
        bytes[sizes + 2] = entries.len() as u8;
        for entry in entries {
            bytes.extend_from_slice(&entry.to_le_bytes());
            bytes.extend_from_slice(&std::vec![0; usize::from(size) - 4]);
        }
        bytes
    }

    #[test]
    fn a_program_without_a_loader_is_static() {
        assert_eq!(loading(&program(true, &[1, 1, 4])), Loading::Static);
        assert_eq!(loading(&program(true, &[6, 3, 1])), Loading::Library);
        assert_eq!(loading(&program(false, &[1])), Loading::Static);
        assert_eq!(loading(&program(false, &[6, 3, 1])), Loading::OtherMachine);
        for other in [&b"#!/bin/sh\n"[..], b"", b"\x7fELF", b"\x7fELF\x02\x01", b"\x7fELF\x02\x02"] {
            assert_eq!(loading(other), Loading::Library, "{other:?}");
        }
        let mut other = program(true, &[3]);
        other[18] ^= 1;
        assert_eq!(loading(&other), Loading::OtherMachine);
    }

    #[test]
    fn go_makes_its_own_calls() {
        let mut go = program(true, &[3, 4]);
        let note = go.len();
        go[64 + 56 + 8] = note as u8;
        go.extend_from_slice(b"\x04\0\0\0\x08\0\0\0\x04\0\0\0Go\0\0buildid\0");
        assert_eq!(loading(&go), Loading::OwnCalls);
    }

    #[test]
    fn a_script_names_its_interpreter() {
        for (begin, wanted) in [
            (&b"#!/bin/sh\nx"[..], Some(&b"/bin/sh"[..])),
            (b"#! /bin/busybox sh -e\n", Some(b"/bin/busybox")),
            (b"#!\n/bin/sh", None),
            (b"/bin/sh", None),
        ] {
            assert_eq!(interpreter(begin), wanted);
        }
    }

    #[test]
    fn numbers_that_lie_are_no_harm() {
        let lie = program(true, &[6, 3, 1]);
        for offset in [32, 38, 54, 56] {
            for byte in [0xFF, 0x80] {
                let mut bytes = lie.clone();
                bytes[offset..offset + 2].copy_from_slice(&[byte, byte]);
                loading(&bytes);
            }
        }
    }
}
