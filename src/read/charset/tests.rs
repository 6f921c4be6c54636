//! Bytes under the labels that mail has: the encodings of the WHATWG standard, one word in each; other names for them
//! from bug reports; pages that the standard leaves out; labels that lie.

use super::*;

/// Label, bytes as the charset's own programs write them, text.
#[rustfmt::skip]
const LABELS: &[(&str, &[u8], &str)] = &[
    ("utf-8", b"za\xc5\xbc\xc3\xb3\xc5\x82\xc4\x87 \xe3\x81\x82 \xf0\x9f\x98\x80", "zażółć あ 😀"),
    ("UTF8", b"\xc3\xa9", "é"),
    ("unicode-1-1-utf-8", b"\xc3\xa9", "é"),
    ("ibm866", b"\x8f\xe0\xa8\xad\xe2\xa5\xe0", "Принтер"),
    ("cp866", b"\xf0\xab\xaa\xa0", "Ёлка"),
    ("iso-8859-2", b"za\xbf\xf3\xb3\xe6", "zażółć"),
    ("latin2", b"\xf5", "ő"),
    ("iso-8859-3", b"\xa1", "Ħ"),
    ("iso-8859-4", b"\xbb", "ģ"),
    ("iso-8859-5", b"\xbf\xe0\xd8\xdd\xe2\xd5\xe0", "Принтер"),
    ("iso-8859-6", b"\xd3\xe4\xc7\xe5", "سلام"),
    ("iso-8859-7", b"\xe3\xe5\xe9\xdc", "γειά"),
    ("iso-8859-8", b"\xf9\xec\xe5\xed", "שלום"),
    ("iso-8859-8-i", b"\xf9\xec\xe5\xed", "שלום"),
    ("iso-8859-9", b"\xfd\xfe\xfdk", "ışık"),
    ("iso-8859-10", b"\xbf", "ŋ"),
    ("iso-8859-11", b"\xca\xc7\xd1\xca\xb4\xd5", "สวัสดี"),
    ("iso-8859-13", b"a\xe8i\xfb", "ačiū"),
    ("iso-8859-14", b"\xf0", "ŵ"),
    ("iso-8859-15", b"5 \xa4", "5 €"),
    ("iso-8859-16", b"\xba", "ș"),
    ("koi8-r", b"\xf0\xd2\xc9\xce\xd4\xc5\xd2", "Принтер"),
    ("koi8-u", b"\xa7\xd6\xc1\xcb", "їжак"),
    ("macintosh", b"caf\x8e", "café"),
    ("x-mac-roman", b"caf\x8e", "café"),
    ("x-mac-cyrillic", b"\x8f\xf0\xe8\xed\xf2\xe5\xf0", "Принтер"),
    ("windows-874", b"\xca\xc7\xd1\xca\xb4\xd5", "สวัสดี"),
    ("tis-620", b"\xca\xc7\xd1\xca\xb4\xd5", "สวัสดี"),
    ("windows-1250", b"za\xbf\xf3\xb3\xe6", "zażółć"),
    ("windows-1251", b"\xcf\xf0\xe8\xed\xf2\xe5\xf0", "Принтер"),
    ("windows-1252", b"\x93\xe9\x94 5 \x80", "“é” 5 €"),
    ("windows-1253", b"\xe3\xe5\xe9\xdc", "γειά"),
    ("windows-1254", b"\xfd\xfe\xfdk", "ışık"),
    ("windows-1255", b"\xf9\xec\xe5\xed", "שלום"),
    ("windows-1256", b"\xd3\xe1\xc7\xe3", "سلام"),
    ("windows-1257", b"a\xe8i\xfb", "ačiū"),
    ("windows-1258", b"\xf0", "đ"),
    ("gbk", b"\xb4\xf2\xd3\xa1\xbb\xfa", "打印机"),
    ("gb18030", b"\xb4\xf2\xd3\xa1\xbb\xfa \x949\xfc6", "打印机 😀"),
    ("big5", b"\xa6L\xaa\xed\xbe\xf7", "印表機"),
    ("big5-hkscs", b"\x9d\xef", "嘅"),
    ("euc-jp", b"\xa5\xd7\xa5\xea\xa5\xf3\xa5\xbf", "プリンタ"),
    ("iso-2022-jp", b"\x1b$B%W%j%s%?\x1b(B", "プリンタ"),
    ("shift_jis", b"\x83v\x83\x8a\x83\x93\x83^", "プリンタ"),
    ("euc-kr", b"\xc7\xc1\xb8\xb0\xc5\xcd", "프린터"),
    ("utf-16le", b"\xe9\x00\"o", "é漢"),
    ("utf-16be", b"\x00\xe9o\"", "é漢"),
    ("8859_1", b"caf\xe9", "café"),
    ("ISO_8859-1:1987", b"caf\xe9", "café"),
    ("latin1", b"caf\xe9", "café"),
    ("l1", b"caf\xe9", "café"),
    ("iso8859_2", b"\xf5", "ő"),
    ("ISO-8859-1-Windows-3.1-Latin-1", b"caf\xe9", "café"),
    ("cp1252", b"\x80", "€"),
    ("cp-1252", b"\x80", "€"),
    ("1252", b"\x80", "€"),
    ("ansi", b"\x80", "€"),
    ("windows-1252http-equivcontent-type", b"\x80", "€"),
    ("win1251", b"\xcf\xf0\xe8\xed\xf2\xe5\xf0", "Принтер"),
    ("x-cp1251", b"\xcf\xf0\xe8\xed\xf2\xe5\xf0", "Принтер"),
    ("koi8", b"\xf0\xd2\xc9\xce\xd4\xc5\xd2", "Принтер"),
    ("koi8-ru", b"\xa7\xd6\xc1\xcb", "їжак"),
    ("x-mac-turkish", b"\xdd\xdf\xddk \xda", "ışık Ğ"),
    ("x-mac-ce", b"za\xfd\x97\xb8\x8d", "zażółć"),
    ("x-mac-centraleurroman", b"\xce", "ő"),
    ("x-mac-greek", b"\xe7\xe5\xe9\xc0", "γειά"),
    ("x-mac-icelandic", b"\xdd", "ð"),
    ("x-mac-croatian", b"\xe8\xe6\xf0", "čćđ"),
    ("x-mac-romanian", b"\xbf", "ș"),
    ("cp437", b"\x82", "é"),
    ("cp850", b"\x82", "é"),
    ("cp852", b"za\xbe\xa2\x88\x86", "zażółć"),
    ("ibm852", b"\x8b", "ő"),
    ("cp857", b"\x8d\x9f\x8dk", "ışık"),
    ("cp858", b"\xd5", "€"),
    ("cp737", b"\x9a\x9c\xa0\xe1", "γειά"),
    ("cp775", b"a\xd1i\xd7", "ačiū"),
    ("cp855", b"\xdd\xe1\xb7\xd4\xe5\xa8\xe1", "Принтер"),
    ("cp860", b"\x84", "ã"),
    ("cp861", b"\x8c", "ð"),
    ("cp862", b"\x99\x8c\x85\x8d", "שלום"),
    ("cp863", b"\x82", "é"),
    ("cp865", b"\x9b", "ø"),
    ("cp869", b"\xd8\xde\xe3\x9b", "γειά"),
    ("ks_c_5601-1987", b"\xc7\xc1\xb8\xb0\xc5\xcd \x81A", "프린터 갂"),
    ("ksc5601", b"\xc7\xc1\xb8\xb0\xc5\xcd", "프린터"),
    ("cp949", b"\x81A", "갂"),
    ("uhc", b"\x81A", "갂"),
    ("iso-2022-kr", b"\x1b$)C\x0eGA80EM\x0f", "프린터"),
    ("gb2312", b"\xd6\xec\xe9F\xbb\xf9", "朱镕基"),
    ("gb_2312-80", b"\xb4\xf2\xd3\xa1\xbb\xfa", "打印机"),
    ("x-gbk", b"\xe9F", "镕"),
    ("cp936", b"\xe9F", "镕"),
    ("hz-gb-2312", b"~{4rS!;z~}", "打印机"),
    ("cp950", b"\xa6L\xaa\xed\xbe\xf7", "印表機"),
    ("x-x-big5", b"\xa6L\xaa\xed\xbe\xf7", "印表機"),
    ("iso-2022-jp-ms", b"\x1b$B%W%j%s%?\x1b(B", "プリンタ"),
    ("cp50221", b"\x1b$B%W%j%s%?\x1b(B", "プリンタ"),
    ("x-sjis", b"\x83v\x83\x8a\x83\x93\x83^", "プリンタ"),
    ("windows-31j", b"\x87@\xee\xe0", "①髙"),
    ("cp932", b"\x87@\xee\xe0", "①髙"),
    ("ms_kanji", b"\x87@", "①"),
    ("eucjp-ms", b"\xa5\xd7\xa5\xea\xa5\xf3\xa5\xbf", "プリンタ"),
    ("x-euc-jp", b"\xa5\xd7\xa5\xea\xa5\xf3\xa5\xbf", "プリンタ"),
    ("utf-7", b"+AOlvIg +-", "é漢 +"),
    ("utf-32le", b"\xe9\x00\x00\x00\x00\xf6\x01\x00", "é😀"),
    ("utf-32be", b"\x00\x00\x00\xe9\x00\x01\xf6\x00", "é😀"),
    ("utf-32", b"\xff\xfe\x00\x00\xe9\x00\x00\x00\x00\xf6\x01\x00", "é😀"),
];

#[test]
fn every_label_is_read() {
    let wrong: Vec<(&str, String)> = LABELS
        .iter()
        .map(|(label, bytes, want)| (*label, text(bytes, label), *want))
        .filter(|(_, read, want)| read != want)
        .map(|(label, read, _)| (label, read))
        .collect();
    assert_eq!(wrong, []);
}

#[test]
fn labels_are_read_however_they_are_written() {
    for label in [
        "ISO-8859-1",
        " iso-8859-1 ",
        "\"iso-8859-1\"",
        "'Latin-1'",
        "<iso-8859-1>",
        "iso8859-1",
        "ISO_8859-1",
        "iso-88591",
        "charset=iso-8859-1",
        "iso-8859-1;",
        "windows-1252",
        "made-up",
        "x-unknown",
        "",
        "us-ascii",
        "8bit",
    ] {
        assert_eq!(text(b"caf\xe9", label), "café", "{label}");
    }
}

/// What is labelled wrongly is read by what it is, as far as that can be seen.
#[test]
fn labels_that_lie_are_seen_through() {
    for (bytes, label, want) in [
        (&b"caf\xc3\xa9"[..], "made-up", "café"),
        (b"caf\xc3\xa9", "us-ascii", "café"),
        (b"caf\xe9", "utf-8", "café"),
        (b"caf\xc3\xa9 \xe9", "utf-8", "café \u{fffd}"),
        (b"\x1b$B$\"\x1b(B.", "", "あ."),
        (b"\x1b$B$\"\x1b(B\x1b$B$\"\x1b(B", "iso-2022-jp", "ああ"),
        (b"\x1b(I1\x1b(B", "iso-2022-jp", "ｱ"),
        (b"\x1b$B-!\x1b(B", "iso-2022-jp", "①"),
        (b"\xa4\xa2", "iso-2022-jp", "あ"),
        (b"\x82\xa0", "iso-2022-jp", "あ"),
        (b"\xe3\x81\x82", "euc-jp", "あ"),
        (b"\xe9F", "gb2312", "镕"),
        (b"\x949\xda3", "gb2312", "💩"),
        (b"~{VPND~}~~", "hz-gb-2312", "中文~"),
        (b"\xfe\xff\0h\0i", "utf-16", "hi"),
        (b"\xff\xfeh\0i\0", "utf-16", "hi"),
        (b"\0h\0i", "utf-16", "hi"),
        (b"h\0i\0", "utf-16", "hi"),
        (b"h\0i\0x", "utf-16", "hi\u{fffd}"),
        (b"\0\0\0h\0\0\0i\0", "utf-32", "hi\u{fffd}"),
        (b"+AGgAaQ-", "utf-7", "hi"),
        (b"caf\xc3\xa9", "unicode", "café"),
        (b"caf\xc3\xa9", "utf-16", "café"),
        (b"caf\xe9", "x-user-defined", "café"),
    ] {
        assert_eq!(text(bytes, label), want, "{label} {bytes:?}");
    }
}

#[test]
fn nothing_is_so_odd_that_it_stops() {
    let all: Vec<u8> = (0..=255).collect();
    for (label, _, _) in LABELS {
        for odd in
            [&b""[..], b"\0", b"\xff", b"\x1b", b"\x1b$", b"~", b"+", b"\xfe\xff", b"\x0e\xff\x0f", &all]
        {
            let read = text(odd, label);
            assert!(read.chars().count() <= odd.len().max(1), "{label}: {odd:?}");
        }
    }
    assert_eq!(text(b"x", &"y".repeat(100_000)), "x");
}
