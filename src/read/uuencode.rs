//! Files that stand uuencoded in a text, between `begin 644 name` and `end` (POSIX uuencode, historical form).
//! In: bytes; out: the file, and what stands around it. Damaged lines are padded with NULs; one pass, no errors.

/// A file found in a text.
#[derive(Debug, PartialEq, Eq)]
pub struct Found<'a> {
    /// As given, not yet safe.
    pub name: String,
    pub bytes: Vec<u8>,
    pub before: &'a [u8],
    pub after: &'a [u8],
}

/// The first file in `text`. `None` when none begins, or none ends: somebody wrote "begin" and meant it.
pub fn first(text: &[u8]) -> Option<Found<'_>> {
    let mut at = 0;
    let mut open: Option<(usize, String, Vec<u8>)> = None;
    for line in text.split_inclusive(|b| *b == b'\n') {
        let end = at + line.len();
        match open.as_mut() {
            None => open = begin(line).map(|name| (at, name, Vec::new())),
            Some(_) if line.trim_ascii_end() == b"end" => {
                let (start, name, bytes) = open?;
                return Some(Found { name, bytes, before: text.get(..start)?, after: text.get(end..)? });
            }
            Some((_, _, bytes)) => decode_line(line.trim_ascii_end(), bytes),
        }
        at = end;
    }
    None
}

/// The name in `begin 644 name`.
fn begin(line: &[u8]) -> Option<String> {
    let rest = line.strip_prefix(b"begin ")?.trim_ascii();
    let (mode, name) = rest.split_at_checked(rest.iter().position(|b| *b == b' ')?)?;
    let octal = matches!(mode.len(), 3 | 4) && mode.iter().all(|b| (b'0'..=b'7').contains(b));
    (octal && name.len() > 1).then(|| String::from_utf8_lossy(name.trim_ascii()).into_owned())
}

/// One line: its first character is the number of bytes, the others are six bits each.
fn decode_line(line: &[u8], out: &mut Vec<u8>) {
    let Some((&first, data)) = line.split_first() else { return };
    let wanted = out.len() + usize::from(first.wrapping_sub(b' ') & 63);
    for four in data.chunks(4) {
        let six = |i: usize| u32::from(four.get(i).unwrap_or(&b' ').wrapping_sub(b' ') & 63);
        let bits = six(0) << 18 | six(1) << 12 | six(2) << 6 | six(3);
        out.extend(bits.to_be_bytes().iter().skip(1));
    }
    out.resize(wanted, 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_between_words() {
        let found = first(b"hello\nbegin 644 a b.txt\r\n#0V%T\r\n`\r\nend\r\nbye").unwrap();
        assert_eq!((found.name.as_str(), found.bytes.as_slice()), ("a b.txt", &b"Cat"[..]));
        assert_eq!((found.before, found.after), (&b"hello\n"[..], &b"bye"[..]));
        for none in ["begin with me\nend\n", "begin 644 x\n#0V%T\n", "begin 999 x\nend\n", ""] {
            assert_eq!(first(none.as_bytes()), None, "{none}");
        }
    }
}
