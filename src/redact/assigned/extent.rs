//! Where a value ends. In: what is left of its line; out: offsets in that.

/// Start and end of what stands between quotes at the beginning of a line.
pub(super) fn quoted_part(line: &[u8]) -> Option<(usize, usize)> {
    let mark = line
        .iter()
        .take_while(|b| matches!(b, b'b' | b'r' | b'u' | b'f' | b'@' | b'L' | b'\\'))
        .count()
        .min(2);
    let sign = *line.get(mark).filter(|b| matches!(b, b'"' | b'\'' | b'`'))?;
    let escaped = mark > 0 && line.get(mark - 1) == Some(&b'\\');
    if mark > 0 && !escaped && mark != line.iter().position(|b| *b == sign)? {
        return None;
    }
    let run = line.get(mark..)?.iter().take_while(|b| **b == sign).count();
    let start = mark + if run >= 3 { 3 } else { 1 };
    let mut at = start;
    while let Some(byte) = line.get(at) {
        match byte {
            b'\\' if escaped && line.get(at + 1) == Some(&sign) => return Some((start, at)),
            b'\\' => at += 2,
            byte if *byte == sign => return Some((start, at)),
            _ => at += 1,
        }
    }
    // it ends on another line: all of this one
    Some((start, line.trim_ascii_end().len().max(start)))
}

/// `PGPASSWORD=x psql -h db`: a command with options, or one by its path, follows the value.
pub(super) fn is_command(line: &[u8]) -> bool {
    let mut words = line.split(|b| *b == b' ').filter(|w| !w.is_empty()).skip(1);
    let is_path = |word: &[u8]| word.starts_with(b"/") || word.starts_with(b"./");
    words.next().is_some_and(|word| is_path(word) || words.any(|word| word.starts_with(b"-")))
}

/// Where a value ends that has its line for itself: at a comment, at a comma that ends the line.
pub(super) fn end_of_setting(line: &[u8]) -> usize {
    let comment = line.windows(2).position(|two| matches!(two, b" #" | b"\t#" | b" ;" | b"\t;"));
    let value = line.get(..comment.unwrap_or(line.len())).unwrap_or_default().trim_ascii_end();
    let value = value.strip_suffix(b",").or_else(|| value.strip_suffix(b";")).unwrap_or(value);
    value.len()
}

/// Where a value ends that stands among others.
pub(super) fn end_of_word(line: &[u8]) -> usize {
    line.iter().position(|b| b.is_ascii_whitespace() || b"\"'`;,&|<>)}]".contains(b)).unwrap_or(line.len())
}
