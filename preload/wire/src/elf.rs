//! Whether a program is one that no library is loaded into. In: the first bytes of its file (elf(5)); every number in them
//! may be a lie.

/// How many bytes of the file are to be shown: the header and more entries behind it than any linker makes.
pub const BEGIN: usize = 4096;

/// The entry that names the loader.
const INTERPRETER: u32 = 3;

/// Whether this is the beginning of a program that names no loader, so that no library is loaded into it. A script is
/// none; its interpreter is a program of its own.
pub fn is_static(begin: &[u8]) -> bool {
    names_a_loader(begin) == Some(false)
}

fn names_a_loader(begin: &[u8]) -> Option<bool> {
    let wide = match begin.get(..6)? {
        [0x7F, b'E', b'L', b'F', 1, 1] => false,
        [0x7F, b'E', b'L', b'F', 2, 1] => true,
        _ => return None,
    };
    // where the table of entries begins, how long each is, and how many there are
    let (table, size, count) = if wide {
        (usize::try_from(u64::from_le_bytes(at(begin, 32)?)).ok()?, at(begin, 54)?, at(begin, 56)?)
    } else {
        (u32::from_le_bytes(at(begin, 28)?) as usize, at(begin, 42)?, at(begin, 44)?)
    };
    let (size, count) = (usize::from(u16::from_le_bytes(size)), usize::from(u16::from_le_bytes(count)));
    for n in 0..count {
        // entries that were not shown are taken for none
        let Some(kind) = n.checked_mul(size).and_then(|o| o.checked_add(table)).and_then(|o| at(begin, o))
        else {
            return Some(false);
        };
        if u32::from_le_bytes(kind) == INTERPRETER {
            return Some(true);
        }
    }
    Some(false)
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
        for wide in [false, true] {
            assert!(is_static(&program(wide, &[1, 1, 4])));
            assert!(!is_static(&program(wide, &[6, 3, 1])));
        }
        for other in [&b"#!/bin/sh\n"[..], b"", b"\x7fELF", b"\x7fELF\x02\x01", b"\x7fELF\x02\x02"] {
            assert!(!is_static(other), "{other:?}");
        }
    }

    #[test]
    fn numbers_that_lie_are_no_harm() {
        let mut lie = program(true, &[6, 3, 1]);
        for offset in [32, 54, 56] {
            for byte in [0xFF, 0x80] {
                let mut bytes = lie.clone();
                bytes[offset..offset + 2].copy_from_slice(&[byte, byte]);
                is_static(&bytes);
            }
        }
        lie[32..40].copy_from_slice(&[0xFF; 8]);
        assert!(is_static(&lie));
    }
}
