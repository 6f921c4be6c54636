//! The headers of all mails in an mbox file or a Maildir, one at a time. A mailbox may be larger than memory and its
//! mails may be anything: of each only the header block is kept, up to `limits::HEADER_BLOCK`. Follows no link in a
//! Maildir, writes nothing. An mbox is cut at lines that begin with `From ` after a blank line (RFC 4155).

use crate::limits;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// What is read of a line at a time; a longer one comes in pieces.
const PIECE: u64 = 64 * 1024;

/// Gives the header of each mail of an mbox to `each`.
///
/// # Errors
/// When the file cannot be read, and those of `each`.
pub fn of_mbox<E: From<io::Error>>(
    path: &Path,
    each: &mut dyn FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    split(BufReader::new(File::open(path)?), each)
}

/// Gives the header of each mail in `new` and `cur` of a Maildir to `each`.
///
/// # Errors
/// When the folders cannot be read, and those of `each`. A mail that goes while we look is passed over.
pub fn of_maildir<E: From<io::Error>>(
    path: &Path,
    each: &mut dyn FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    for folder in ["new", "cur"] {
        for entry in std::fs::read_dir(path.join(folder))? {
            let file = entry?.path();
            if !file.symlink_metadata().is_ok_and(|m| m.is_file()) {
                continue;
            }
            let mut head = Vec::new();
            match File::open(&file) {
                Ok(file) => file.take(limits::HEADER_BLOCK as u64).read_to_end(&mut head)?,
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                Err(e) => return Err(e.into()),
            };
            each(header(&head))?;
        }
    }
    Ok(())
}

/// The lines up to the first blank one.
fn header(bytes: &[u8]) -> &[u8] {
    let mut end = 0;
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        if is_blank(line) {
            break;
        }
        end += line.len();
    }
    bytes.get(..end).unwrap_or(bytes)
}

fn is_blank(line: &[u8]) -> bool {
    matches!(line, b"\n" | b"\r\n")
}

fn split<E: From<io::Error>>(
    mut mbox: impl BufRead,
    each: &mut dyn FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let mut line = Vec::new();
    // none until the first `From ` line
    let mut head: Option<Vec<u8>> = None;
    let (mut in_head, mut after_blank, mut starts) = (false, true, true);
    loop {
        line.clear();
        if mbox.by_ref().take(PIECE).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if starts && after_blank && line.starts_with(b"From ") {
            if let Some(head) = head.replace(Vec::new()) {
                each(&head)?;
            }
            in_head = true;
        } else if starts && is_blank(&line) {
            in_head = false;
        } else if let Some(head) = head.as_mut().filter(|h| in_head && h.len() < limits::HEADER_BLOCK) {
            head.extend_from_slice(&line);
        }
        after_blank = starts && is_blank(&line);
        starts = line.ends_with(b"\n");
    }
    head.map_or(Ok(()), |head| each(&head))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heads(mbox: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut each = |head: &[u8]| {
            found.push(String::from_utf8_lossy(head).into_owned());
            Ok::<_, io::Error>(())
        };
        split(mbox.as_bytes(), &mut each).unwrap();
        found
    }

    #[test]
    fn an_mbox_is_cut_between_its_mails_only() {
        let mbox =
            "From a Mon\nA: 1\n b\n\nbody\nFrom here on\n>From there\n\nC: 3\n\nFrom b Tue\r\nA: 2\r\n\r\nx";
        assert_eq!(heads(mbox), ["A: 1\n b\n", "A: 2\r\n"]);
        assert_eq!(heads(""), Vec::<String>::new());
        assert_eq!(heads("no mbox\n\nat all\n"), Vec::<String>::new());
        assert_eq!(heads("From a\nA: 1"), ["A: 1"]);
    }

    #[test]
    fn a_head_without_end_is_kept_up_to_the_limit() {
        let endless = format!("From a\nA: {}From \n\n", "x".repeat(3 * limits::HEADER_BLOCK));
        let found = heads(&endless);
        assert_eq!(found.len(), 1);
        assert!(found[0].len() <= limits::HEADER_BLOCK + PIECE as usize);
    }

    #[test]
    fn a_maildir_is_read_without_its_links_and_drafts() {
        let dir = tempfile::tempdir().unwrap();
        for folder in ["new", "cur", "tmp"] {
            std::fs::create_dir(dir.path().join(folder)).unwrap();
            std::fs::write(dir.path().join(folder).join("1"), format!("A: {folder}\n\nbody\n")).unwrap();
        }
        std::os::unix::fs::symlink("1", dir.path().join("new/2")).unwrap();
        let mut found = Vec::new();
        let mut each = |head: &[u8]| {
            found.push(String::from_utf8_lossy(head).into_owned());
            Ok::<_, io::Error>(())
        };
        of_maildir(dir.path(), &mut each).unwrap();
        assert_eq!(found, ["A: new\n", "A: cur\n"]);
        assert!(of_maildir::<io::Error>(&dir.path().join("new"), &mut |_| Ok(())).is_err());
    }
}
