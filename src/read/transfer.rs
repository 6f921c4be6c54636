//! Transfer encodings undone (RFC 2045 6): base64 and quoted-printable, and uuencode for those who still name it.
//! Damaged input is decoded as far as it goes and the damage is told; nothing here fails, everything is one pass.

use super::uuencode;
use std::borrow::Cow;

/// Undoes the encoding that a Content-Transfer-Encoding field names, and says which one was damaged, if it was.
/// The field may carry blanks and comments; an unknown encoding leaves the bytes as they are.
pub fn decoded<'a>(bytes: &'a [u8], field: &str) -> (Cow<'a, [u8]>, Option<&'static str>) {
    let token: String = field
        .trim_start_matches(|c: char| c.is_whitespace() || c == '"')
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(20)
        .collect();
    let (body, damaged, name) = match token.to_ascii_lowercase().as_str() {
        "base64" if is_plain(bytes) => (bytes.into(), true, "base64"),
        "base64" => owned(base64(bytes), "base64"),
        "quoted-printable" => owned(quoted_printable(bytes, false), "quoted-printable"),
        "x-uuencode" | "uuencode" | "x-uue" | "uue" => match uuencode::first(bytes) {
            Some(found) => owned((found.bytes, false), "uuencode"),
            None => (bytes.into(), true, "uuencode"),
        },
        _ => (bytes.into(), false, ""),
    };
    (body, damaged.then_some(name))
}

fn owned<'a>(decoded: (Vec<u8>, bool), name: &'static str) -> (Cow<'a, [u8]>, bool, &'static str) {
    (decoded.0.into(), decoded.1, name)
}

/// Whether bytes that are said to be base64 are plain text: the first line and most of the next have blanks or
/// punctuation in them.
fn is_plain(bytes: &[u8]) -> bool {
    let lines = || bytes.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|l| !l.is_empty()).take(4);
    let foreign = |line: &&[u8]| line.iter().any(|b| base64_value(*b).is_none() && *b != b'=');
    lines().next().is_some_and(|l| foreign(&l)) && lines().filter(foreign).count() * 2 > lines().count()
}

const NONE: u8 = 0xff;
/// Groups of four digits that are decoded in one go: those of a line, which has 19.
const LINE: usize = 20;

/// Values of the base64 alphabet.
static BASE64: [u8; 256] = {
    let mut table = [NONE; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut i = 0;
    while i < alphabet.len() {
        #[allow(clippy::indexing_slicing)] // evaluated by the compiler
        {
            table[alphabet[i] as usize] = i as u8;
        }
        i += 1;
    }
    table
};

/// The six bits a base64 digit stands for.
pub fn base64_value(digit: u8) -> Option<u8> {
    Some(six_bits(digit)).filter(|v| *v != NONE)
}

fn six_bits(digit: u8) -> u8 {
    BASE64.get(usize::from(digit)).copied().unwrap_or(NONE)
}

/// Decodes what is base64 and passes over what is not. Padding ends a run and the next run starts anew, since
/// programs join encoded pieces; a line of prose after the padding, or below a whole run, ends it all: some mailing lists
/// write their footer there.
/// Damaged: foreign characters, or digits left over.
pub fn base64(bytes: &[u8]) -> (Vec<u8>, bool) {
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3 + 3);
    let (mut bits, mut digits, mut damaged) = (0u32, 0u32, false);
    let mut rest = bytes;
    while let Some((&b, after)) = rest.split_first() {
        if digits == 0 {
            let groups = whole_groups(rest, &mut out);
            if groups > 0 {
                rest = rest.get(4 * groups..).unwrap_or_default();
                continue;
            }
        }
        rest = after;
        match BASE64.get(usize::from(b)).copied() {
            Some(value) if value != NONE => {
                bits = (bits << 6) | u32::from(value);
                digits += 1;
                if digits == 4 {
                    let [_, x, y, z] = bits.to_be_bytes();
                    out.extend_from_slice(&[x, y, z]);
                    (bits, digits) = (0, 0);
                }
            }
            _ if b == b'=' => {
                damaged |= digits == 1;
                flush(&mut out, bits, digits);
                let ends = digits != 0;
                (bits, digits) = (0, 0);
                if ends && is_prose(rest, b"_-. :") {
                    return (out, true);
                }
            }
            // blanks alone tell nothing here, where more data may come
            _ if b == b'\n' && digits == 0 && !out.is_empty() && is_prose(rest, b"_-.:") => {
                return (out, true);
            }
            _ => damaged |= !b.is_ascii_whitespace() && b != 0,
        }
    }
    damaged |= digits != 0;
    flush(&mut out, bits, digits);
    (out, damaged)
}

/// Decodes the groups of four digits at the start, at most [`LINE`]; gives how many there are. Nearly all there is, is in such groups;
/// whatever else, is looked at digit by digit.
fn whole_groups(bytes: &[u8], out: &mut Vec<u8>) -> usize {
    let mut line = [[0; 3]; LINE];
    let mut groups = 0;
    for ([a, b, c, d], three) in bytes.as_chunks::<4>().0.iter().zip(&mut line) {
        let (a, b, c, d) = (six_bits(*a), six_bits(*b), six_bits(*c), six_bits(*d));
        // more than six bits: one of them is no digit
        if a | b | c | d > 0x3f {
            break;
        }
        *three = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
        groups += 1;
    }
    out.extend_from_slice(line.as_flattened().get(..3 * groups).unwrap_or_default());
    groups
}

fn flush(out: &mut Vec<u8>, bits: u32, digits: u32) {
    match digits {
        2 => out.extend((bits >> 4).to_be_bytes().last()),
        3 => out.extend((bits >> 2).to_be_bytes().iter().skip(2)),
        _ => {}
    }
}

/// Whether what follows is, after few blanks, a line that no encoder would write: one with such a character in it.
fn is_prose(rest: &[u8], signs: &[u8]) -> bool {
    // more of the same, which is nearly always there, is told at a glance
    if rest.get(..76).is_some_and(|line| line.iter().all(|b| base64_value(*b).is_some())) {
        return false;
    }
    let near = rest.get(..160).unwrap_or(rest);
    let begins = near.iter().position(|b| !b"=\r\n \t".contains(b)).unwrap_or(near.len());
    let line = near.get(begins..).unwrap_or_default().split(|b| *b == b'\n').next().unwrap_or_default();
    line.get(..76).unwrap_or(line).trim_ascii().iter().any(|b| signs.contains(b))
}

/// Decodes `=XX` and soft line ends. In a header (RFC 2047 4.2) `_` is a blank and blanks at a line's end stay.
/// Damaged: an equals sign with neither two hex digits nor a line end behind it, which is kept as written.
pub fn quoted_printable(bytes: &[u8], header: bool) -> (Vec<u8>, bool) {
    let mut out = Vec::with_capacity(bytes.len());
    let mut damaged = false;
    let mut rest = bytes;
    while let Some((&b, after)) = rest.split_first() {
        rest = after;
        match b {
            b'_' if header => out.push(b' '),
            b'=' => match after {
                [h, l, ..] if hex(*h).is_some() && hex(*l).is_some() => {
                    out.push(hex(*h).unwrap_or(0) << 4 | hex(*l).unwrap_or(0));
                    rest = after.get(2..).unwrap_or_default();
                }
                _ => match soft_end(after) {
                    Some(next) if !header => rest = next,
                    _ => {
                        damaged = true;
                        out.push(b);
                    }
                },
            },
            b'\n' if !header => {
                // blanks before a line's end were added on the way (RFC 2045 6.7 rule 3)
                let cr = out.last() == Some(&b'\r');
                while out.last().is_some_and(|b| b" \t\r".contains(b)) {
                    out.pop();
                }
                if cr {
                    out.push(b'\r');
                }
                out.push(b);
            }
            _ => out.push(b),
        }
    }
    (out, damaged)
}

/// What follows a soft line end: blanks, then the line's or the input's end. Looks at no more than 80 bytes.
fn soft_end(after: &[u8]) -> Option<&[u8]> {
    let blanks = after.iter().take(80).take_while(|b| b" \t\r".contains(b)).count();
    match after.get(blanks..) {
        Some([b'\n', rest @ ..]) => Some(rest),
        Some([]) => Some(&[]),
        _ => None,
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_forgiving() {
        for (raw, want, damaged) in [
            (&b"aGVsbG8="[..], &b"hello"[..], false),
            (b"aGVs\r\nbG8=\r\n", b"hello", false),
            (b"aGVsbG8", b"hello", true),
            (b"aGVsbG8gdGhlcmU=\n_______\nlist mailing list\n", b"hello there", true),
            (b"aGVsbG8h\n\n_______\nlist mailing list\n", b"hello!", true),
            (b"aGVsbG8h\r\n-- \r\nlist mailing list\r\n", b"hello!", true),
            (b"aGVs bG8h\naGVs bG8h\n", b"hello!hello!", false),
            (b"aGVsb\nG8h\n", b"hello!", false),
            (b"aGk=aGk=", b"hihi", false),
            (b"aG!k=", b"hi", true),
            (b"====", b"", false),
            (b"a", b"", true),
            (b"", b"", false),
        ] {
            assert_eq!(base64(raw), (want.to_vec(), damaged), "{}", String::from_utf8_lossy(raw));
        }
    }

    #[test]
    fn quoted_printable_is_forgiving() {
        for (raw, want, damaged) in [
            ("caf=C3=A9", "café", false),
            ("caf=c3=a9", "café", false),
            ("a=\nb", "ab", false),
            ("a= \t\r\nb", "ab", false),
            ("a  \r\nb\t\n", "a\r\nb\n", false),
            ("1=2", "1=2", true),
            ("end=", "end", false),
            ("=3D=", "=", false),
        ] {
            assert_eq!(quoted_printable(raw.as_bytes(), false), (want.into(), damaged), "{raw}");
        }
        assert_eq!(quoted_printable(b"a_b=20c=", true).0, b"a b c=");
    }

    #[test]
    fn encodings_are_named_carelessly() {
        for field in ["base64 ", "BASE64 (really)", " base64;", "\"base64\""] {
            assert_eq!(&*decoded(b"aGk=", field).0, b"hi", "{field}");
        }
        assert_eq!(&*decoded(b"aGk=", "8bit").0, b"aGk=");
        assert_eq!(&*decoded(b"This is text.\n", "base64").0, b"This is text.\n");
        assert_eq!(&*decoded(b"aG\nk=\n-- \n", "base64").0, b"hi");
    }
}
