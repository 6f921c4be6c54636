//! The memory of another process (process_vm_readv(2)): reads what the arguments of a stopped call point at. The kernel
//! lets only those read who could trace the process; a process that is gone or forbids it is an error, never a crash.

use std::io;

/// The smallest page of a machine: a read that starts and ends within one is whole or nothing.
const PAGE: u64 = 4096;

/// Reads bytes at an address; fewer when the memory ends.
///
/// # Errors
/// When the process is gone, may not be read, or has nothing at this address.
pub fn read(pid: u32, address: u64, to: &mut [u8]) -> io::Result<usize> {
    let pid = libc::pid_t::try_from(pid).map_err(|_| io::ErrorKind::InvalidInput)?;
    let address = usize::try_from(address).map_err(|_| io::ErrorKind::InvalidInput)?;
    let local = libc::iovec { iov_base: to.as_mut_ptr().cast(), iov_len: to.len() };
    let remote = libc::iovec { iov_base: std::ptr::without_provenance_mut(address), iov_len: to.len() };
    // SAFETY: `local` is the caller's slice; the kernel checks the other address in the other process
    let count = unsafe { libc::process_vm_readv(pid, &raw const local, 1, &raw const remote, 1, 0) };
    usize::try_from(count).map_err(|_| io::Error::last_os_error())
}

/// Reads bytes up to a NUL, without it; at most `longest`.
///
/// # Errors
/// As [`read`], or when there is no NUL within the longest.
pub fn text(pid: u32, address: u64, longest: usize) -> io::Result<Vec<u8>> {
    let mut found = Vec::new();
    let mut room = [0; PAGE as usize];
    while found.len() < longest {
        let at = address.checked_add(found.len() as u64).ok_or(io::ErrorKind::InvalidInput)?;
        // most paths are short and end within a page: the first look is small
        let step = if found.is_empty() { 256 } else { PAGE };
        let length = (PAGE - at % PAGE).min(step) as usize;
        let count = read(pid, at, room.get_mut(..length).unwrap_or_default())?;
        let part = room.get(..count).unwrap_or_default();
        if let Some(end) = part.iter().position(|b| *b == 0) {
            found.extend_from_slice(part.get(..end).unwrap_or_default());
            found.truncate(longest);
            return Ok(found);
        }
        if count == 0 {
            break;
        }
        found.extend_from_slice(part);
    }
    Err(io::ErrorKind::InvalidData.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_to_its_end_across_pages() {
        let me = std::process::id();
        for length in [0, 1, 255, 256, 4095, 4096, 9000] {
            let text_: Vec<u8> = std::iter::repeat_n(b'x', length).chain([0, b'y']).collect();
            let found = text(me, text_.as_ptr() as u64, 10_000).unwrap();
            assert_eq!(found.len(), length);
        }
        let endless = vec![b'x'; 10_000];
        assert!(text(me, endless.as_ptr() as u64, 5000).is_err());
        assert!(text(me, 8, 100).is_err());
        assert!(text(0x3fff_ffff, endless.as_ptr() as u64, 100).is_err());
    }
}
