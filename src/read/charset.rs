//! Bytes in some charset become text. In: bytes and the label that the mail put on them; out: a string, always.
//! Labels follow the WHATWG Encoding Standard, and the odd ones seen in bug reports; an unknown or missing label
//! means UTF-8 when the bytes are that and Windows-1252 otherwise. Never fails: what fits nothing becomes U+FFFD.

mod pages;

use encoding_rs::{
    EUC_JP, EUC_KR, Encoding, GBK, ISO_2022_JP, MACINTOSH, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252,
};
use std::borrow::Cow;

/// The text of `bytes` under `label`; an empty label is a missing one.
pub fn text(bytes: &[u8], label: &str) -> String {
    match charset(label) {
        Charset::Known(encoding) => known(bytes, encoding),
        Charset::Guess => guessed(bytes),
        Charset::Utf7 => utf7(bytes),
        Charset::Wide(width) => wide(bytes, width),
        Charset::Page(upper) => code_page(bytes, upper),
        Charset::Shifted(encoding) => encoding.decode_without_bom_handling(&unshifted(bytes)).0.into_owned(),
        Charset::Tilde => GBK.decode_without_bom_handling(&untilded(bytes)).0.into_owned(),
    }
}

/// The text of a file that says its charset by the mark at its beginning, or not at all: then it is guessed.
pub fn marked(bytes: &[u8]) -> String {
    match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => {
            encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0.into_owned()
        }
        None => guessed(bytes),
    }
}

/// Whether the charset has one byte for each character, the ASCII ones as they are.
pub fn keeps_ascii(label: &str) -> bool {
    match charset(label) {
        Charset::Known(encoding) => encoding.is_single_byte(),
        Charset::Page(_) => true,
        _ => false,
    }
}

enum Charset {
    Known(&'static Encoding),
    Guess,
    Utf7,
    /// UTF-16 or UTF-32, which are told apart by their bytes per unit; the mark or the zeros tell the order.
    Wide(usize),
    Page(&'static str),
    /// 7-bit with SO and SI around double-byte runs (RFC 1557, RFC 1922).
    Shifted(&'static Encoding),
    /// 7-bit with `~{` and `~}` around double-byte runs (RFC 1843).
    Tilde,
}

fn charset(label: &str) -> Charset {
    let label = label.trim_matches(|c: char| c.is_whitespace() || "\"'<>;,".contains(c)).to_ascii_lowercase();
    match label.as_str() {
        // "us-ascii" is what programs write that do not know better
        "" | "us-ascii" | "ascii" | "ansi_x3.4-1968" | "unknown-8bit" | "x-unknown" | "8bit" | "7bit"
        | "default" | "binary" | "x-user-defined" | "user-defined" => return Charset::Guess,
        "utf-7" | "unicode-1-1-utf-7" | "x-utf-7" | "utf7" => return Charset::Utf7,
        "utf-16" | "utf16" | "unicode" | "iso-10646-ucs-2" | "ucs-2" => return Charset::Wide(2),
        "utf-32" | "utf32" | "utf-32le" | "utf-32be" | "iso-10646-ucs-4" | "ucs-4" => {
            return Charset::Wide(4);
        }
        "iso-2022-kr" | "csiso2022kr" => return Charset::Shifted(EUC_KR),
        "iso-2022-cn" | "iso-2022-cn-ext" => return Charset::Shifted(GBK),
        "hz-gb-2312" | "hz" => return Charset::Tilde,
        _ => {}
    }
    let named = |l: &str| {
        // the WHATWG table maps labels that can hide markup to U+FFFD alone; here that would lose the text
        Encoding::for_label(l.as_bytes()).filter(|e| e.name() != "replacement")
    };
    if let Some(encoding) = named(&label) {
        return Charset::Known(encoding);
    }
    if let Some(upper) = pages::upper(&label) {
        return Charset::Page(upper);
    }
    let plain = label.replace('_', "-").replace("iso-8859-8-e", "iso-8859-8").replace("x-cp", "cp");
    let bare = plain.trim_start_matches("x-").trim_start_matches("charset=");
    let found = match bare {
        _ if bare.starts_with("mac-") || bare.starts_with("x-mac") => Some(MACINTOSH),
        "latin-1" | "iso-latin-1" => Some(WINDOWS_1252),
        "utf" | "utf8mb4" | "utf-8mb4" | "cp65001" | "65001" => Some(UTF_8),
        "cp932" | "ms932" | "cp943" | "sjis-win" => named("shift_jis"),
        "cp949" | "uhc" | "ms949" => Some(EUC_KR),
        "cp936" | "ms936" | "gb-2312-80" => Some(GBK),
        "cp950" | "ms950" | "big5-eten" => named("big5"),
        "eucjp" | "euc-jp-ms" | "eucjp-ms" | "cp51932" | "eucjp-win" => named("euc-jp"),
        "euckr" => Some(EUC_KR),
        "jis" | "iso-2022-jp-1" | "iso-2022-jp-2" | "iso-2022-jp-3" | "iso-2022-jp-ms" | "cp50220"
        | "cp50221" | "cp50222" => Some(ISO_2022_JP),
        _ => named(bare).or_else(|| numbered(bare)),
    };
    found.map_or(Charset::Guess, Charset::Known)
}

/// `8859-1`, `iso8859-15`, `iso-88592`, `win-1251`, `cp-1252`, `1252`: a family and a number.
fn numbered(label: &str) -> Option<&'static Encoding> {
    let digits: String = label.chars().filter(char::is_ascii_digit).collect();
    let name = match digits.strip_prefix("8859") {
        Some(part) if !part.is_empty() => format!("iso-8859-{part}"),
        _ if matches!(digits.len(), 3 | 4) => format!("windows-{digits}"),
        _ => return None,
    };
    Encoding::for_label(name.as_bytes())
}

/// Decodes as the label says. Where the bytes break the label's rules and keep another's, the label was wrong.
fn known(bytes: &[u8], encoding: &'static Encoding) -> String {
    let joined = if encoding == ISO_2022_JP { without_idle_escapes(bytes) } else { Cow::Borrowed(bytes) };
    let (text, broken) = encoding.decode_without_bom_handling(&joined);
    if !broken {
        return text.into_owned();
    }
    let rivals: &[&'static Encoding] = match encoding {
        e if e == ISO_2022_JP || e == SHIFT_JIS || e == EUC_JP => &[UTF_8, EUC_JP, SHIFT_JIS],
        e if e == UTF_8 && !has_utf8(bytes) => &[WINDOWS_1252],
        _ => &[UTF_8],
    };
    let sound = |e: &&'static Encoding| e.decode_without_bom_handling_and_without_replacement(bytes);
    rivals.iter().find_map(sound).unwrap_or(text).into_owned()
}

/// Whether some character beyond ASCII is sound UTF-8.
fn has_utf8(bytes: &[u8]) -> bool {
    bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii())
}

/// No label to believe: ISO-2022-JP shows itself by its escapes, UTF-8 by its form.
fn guessed(bytes: &[u8]) -> String {
    if has_jis_escape(bytes) {
        return known(bytes, ISO_2022_JP);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// Whether bytes that should be ASCII are ISO-2022-JP: `ESC $ @` or `ESC $ B`, and nothing above 7 bits.
pub fn has_jis_escape(bytes: &[u8]) -> bool {
    bytes.contains(&0x1b)
        && bytes.is_ascii()
        && bytes.windows(3).any(|w| matches!(w, [0x1b, b'$', b'B'] | [0x1b, b'$', b'@']))
}

/// Takes out escapes that are followed by another at once, as joined encoded words have them: browsers see an attack
/// in those and show U+FFFD.
fn without_idle_escapes(bytes: &[u8]) -> Cow<'_, [u8]> {
    let idle = |w: &[u8]| matches!(w, [0x1b, b'(' | b'$', _, 0x1b]);
    if !bytes.windows(4).any(idle) {
        return bytes.into();
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&b, after)) = rest.split_first() {
        if rest.get(..4).is_some_and(idle) {
            rest = rest.get(3..).unwrap_or_default();
        } else {
            out.push(b);
            rest = after;
        }
    }
    out.into()
}

/// RFC 2781: the byte order mark tells the order; without one, the zeros that Latin letters have in front or behind.
fn wide(bytes: &[u8], width: usize) -> String {
    // hardly any text of that width is without a zero, if only in its line ends, and some say "unicode" of UTF-8
    if !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok() {
        return guessed(bytes);
    }
    let zeros = |at: usize| bytes.iter().skip(at).step_by(width).take(1_000).filter(|b| **b == 0).count();
    let (big, little) = (
        bytes.starts_with(&[0xfe, 0xff]) || bytes.starts_with(&[0, 0, 0xfe, 0xff]),
        bytes.starts_with(&[0xff, 0xfe]),
    );
    let big = big || (!little && zeros(0) > zeros(width - 1));
    if width == 2 {
        let encoding = if big { UTF_16BE } else { UTF_16LE };
        return encoding.decode_with_bom_removal(bytes).0.into_owned();
    }
    let unit = |four: &[u8]| {
        let four = <[u8; 4]>::try_from(four).ok()?;
        char::from_u32(if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) })
    };
    let text: String = bytes.chunks(4).map(|c| unit(c).unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    text.trim_start_matches('\u{feff}').to_owned()
}

fn code_page(bytes: &[u8], upper: &str) -> String {
    let upper: Vec<char> = upper.chars().collect();
    let one = |b: &u8| match b.checked_sub(0x80) {
        None => char::from(*b),
        Some(i) => upper.get(usize::from(i)).copied().unwrap_or(char::REPLACEMENT_CHARACTER),
    };
    bytes.iter().map(one).collect()
}

/// Turns SO/SI runs into the 8-bit form of the same character set.
fn unshifted(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let (mut double, mut skip) = (false, 0u8);
    for &b in bytes {
        match b {
            _ if skip > 0 => skip -= 1,
            0x1b => skip = 3, // ESC $ ) C designates the set; there is only the one
            0x0e => double = true,
            0x0f => double = false,
            b'\n' => {
                double = false;
                out.push(b);
            }
            _ if double && b > b' ' => out.push(b | 0x80),
            _ => out.push(b),
        }
    }
    out
}

fn untilded(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let (mut double, mut it) = (false, bytes.iter().copied().peekable());
    while let Some(b) = it.next() {
        if b == b'~' {
            match it.next_if(|n| b"{}~\n".contains(n)) {
                Some(b'{') => double = true,
                Some(b'}') => double = false,
                Some(b'\n') => {}
                _ => out.push(b),
            }
        } else {
            out.push(if double && b > b' ' { b | 0x80 } else { b });
        }
    }
    out
}

/// RFC 2152. Written only by very old programs, and by attackers who hope that a filter cannot read it.
fn utf7(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut it = bytes.iter().copied().peekable();
    while let Some(b) = it.next() {
        if b != b'+' {
            out.push(if b.is_ascii() { char::from(b) } else { char::REPLACEMENT_CHARACTER });
            continue;
        }
        let (mut units, mut bits, mut held, mut digits) = (Vec::new(), 0u32, 0u32, 0usize);
        while let Some(value) = it.peek().and_then(|d| super::transfer::base64_value(*d)) {
            it.next();
            digits += 1;
            bits = (bits << 6) | u32::from(value);
            held += 6;
            if held >= 16 {
                held -= 16;
                units.push(u16::try_from((bits >> held) & 0xffff).unwrap_or_default());
                bits &= (1 << held) - 1;
            }
        }
        let closed = it.next_if_eq(&b'-').is_some();
        match (digits, closed) {
            (0, _) => out.push('+'), // "+-" is a plus sign; a lone one was meant as such
            _ => out.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))),
        }
    }
    out
}

#[cfg(test)]
mod tests;
