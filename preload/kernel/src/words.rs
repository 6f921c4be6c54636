//! Words of 64 bits in a file that several processes map, read and changed only atomically: the page of a session's state,
//! and the desk of a supervisor. Never grows or shrinks the file; who maps one promises that nobody cuts it (a cut file
//! ends whoever touches what is gone).

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr::NonNull;
use std::sync::atomic::AtomicU64;

/// A mapping; unmapped when dropped.
#[derive(Debug)]
pub struct Words {
    at: NonNull<AtomicU64>,
    count: usize,
}

impl Words {
    /// Maps the first `count` words of a file.
    ///
    /// # Errors
    /// When the file is shorter, was not opened for reading and writing, or cannot be mapped.
    pub fn map(file: BorrowedFd<'_>, count: usize) -> io::Result<Words> {
        let length = count.checked_mul(8).filter(|l| *l > 0).ok_or(io::ErrorKind::InvalidInput)?;
        if size(file)? < length as u64 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let (protection, fd) = (libc::PROT_READ | libc::PROT_WRITE, file.as_raw_fd());
        // SAFETY: a new mapping at an address of the kernel's choice touches no memory of ours
        let at = unsafe { libc::mmap(std::ptr::null_mut(), length, protection, libc::MAP_SHARED, fd, 0) };
        if at == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let at = NonNull::new(at.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Words { at, count })
    }

    /// A word by its index; `None` behind the last.
    pub fn get(&self, index: usize) -> Option<&AtomicU64> {
        self.all().get(index)
    }

    /// All words.
    pub fn all(&self) -> &[AtomicU64] {
        // SAFETY: the mapping has `count` words, is aligned to a page, lives as long as `self`, and atomics may be changed
        // by others
        unsafe { std::slice::from_raw_parts(self.at.as_ptr(), self.count) }
    }
}

impl Drop for Words {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours and no reference into it outlives `self`
        let _ = unsafe { libc::munmap(self.at.as_ptr().cast(), self.count * 8) };
    }
}

// SAFETY: the words are atomics; the mapping belongs to no thread
unsafe impl Send for Words {}
// SAFETY: as above
unsafe impl Sync for Words {}

fn size(file: BorrowedFd<'_>) -> io::Result<u64> {
    let file = std::fs::File::from(file.try_clone_to_owned()?);
    Ok(file.metadata()?.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsFd;
    use std::sync::atomic::Ordering::Relaxed;

    #[test]
    fn two_mappings_of_a_file_are_the_same_words() {
        let path = std::env::temp_dir().join(format!("trackle-words-{}", std::process::id()));
        let mut options = std::fs::File::options();
        let file = options.read(true).write(true).create(true).truncate(true).open(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(Words::map(file.as_fd(), 4).is_err());
        assert!(Words::map(file.as_fd(), 0).is_err());
        file.set_len(32).unwrap();
        let (one, two) = (Words::map(file.as_fd(), 4).unwrap(), Words::map(file.as_fd(), 4).unwrap());
        one.get(3).unwrap().store(7, Relaxed);
        assert_eq!(two.get(3).unwrap().load(Relaxed), 7);
        assert!(two.get(4).is_none());
    }
}
