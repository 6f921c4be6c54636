//! A text with files that another program kept becomes a mail again, since files stand in mails here. In: who wrote it, when,
//! about what, and the files; out: a mail's bytes (RFC 5322, RFC 2045, RFC 2047, RFC 2231; ASCII throughout, all of it in base
//! 64) and what is read from them, with the caps that mailed files have. The same input always makes the same bytes. It was
//! never sent and never will be: its Message-ID and, where its writer has no address, its sender are where no mail goes.

use crate::limits;
use crate::model::address::Address;
use crate::model::carried::{Bytes, File, Mail, Someone};
use data_encoding::{BASE64, BASE64_MIME, HEXLOWER};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// Between its parts; base 64 has no such line.
const BOUNDARY: &str = "=_trackle_imported";
/// The domain of what is nowhere (RFC 2606).
const NOWHERE: &str = "imported.invalid";
/// Longest name of a file, in characters.
const NAME: usize = 120;
/// Bytes in one encoded word: in base 64, with what stands around it, fewer than 76 letters (RFC 2047 2).
const WORD: usize = 42;
/// What the headers and each part take beside their contents, at most.
const AROUND: usize = 4 * 1024;

/// A text, and where it belongs.
#[derive(Debug)]
pub struct Post<'a> {
    pub author: &'a Someone,
    pub at: Timestamp,
    pub title: &'a str,
    pub text: &'a str,
    /// What it was called there, unlike any other: `rt:rt.example#12/34`.
    pub called: &'a str,
}

/// A file on its way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attached {
    pub name: String,
    /// As was claimed; nothing believes it.
    pub media: String,
    pub bytes: Vec<u8>,
}

/// A mail with its files, and the names of those that a mail has no room for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Posted {
    pub mail: Option<Mail>,
    pub files: Vec<File>,
    pub left: Vec<String>,
}

/// Makes it a mail, unless no file fits.
pub fn posted(post: &Post<'_>, all: Vec<Attached>) -> Posted {
    let mut left = Vec::new();
    let mut room = limits::MAIL_BYTES.saturating_sub(encoded(post.text.len()) + AROUND);
    let mut parts = Vec::new();
    for file in all {
        let size = encoded(file.bytes.len()) + AROUND;
        match room.checked_sub(size).filter(|_| parts.len() < limits::ATTACHMENTS) {
            Some(rest) => {
                room = rest;
                parts.push(file);
            }
            None => left.push(named(&file.name)),
        }
    }
    if parts.is_empty() {
        return Posted { left, ..Posted::default() };
    }
    let raw = bytes(post, &parts);
    drop(parts);
    // what is said of the files is what everybody reads from the mail
    let attached = super::mail(&raw).map(|mail| mail.attachments).unwrap_or_default();
    let file = |file: crate::model::mail::Attachment| File {
        size: file.bytes.len() as u64,
        sha256: hash(&file.bytes),
        name: file.name,
        media: file.media,
    };
    let files = attached.into_iter().map(file).collect();
    let mail =
        Mail { sha256: hash(&raw), message_id: Some(id(post)), arrived: post.at, raw: Some(Bytes(raw)) };
    Posted { mail: Some(mail), files, left }
}

fn bytes(post: &Post<'_>, parts: &[Attached]) -> Vec<u8> {
    let address = Address::parse(&post.author.address);
    let name = if post.author.name.is_empty() && address.is_none() {
        &post.author.address
    } else {
        &post.author.name
    };
    let address = address.map_or_else(|| format!("nobody@{NOWHERE}"), |address| address.to_string());
    let mut mail = format!(
        "From: {}<{address}>\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{}>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"{BOUNDARY}\"\r\n\r\n",
        words(name, " "),
        words(post.title, ""),
        post.at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
        id(post),
    );
    part(&mut mail, "text/plain; charset=utf-8", "inline", post.text.as_bytes());
    for one in parts {
        let place = format!("attachment;\r\n filename*=utf-8''{}", percent(&named(&one.name)));
        part(&mut mail, media(&one.media), &place, &one.bytes);
    }
    mail.push_str(&format!("--{BOUNDARY}--\r\n"));
    mail.into_bytes()
}

fn part(mail: &mut String, media: &str, place: &str, bytes: &[u8]) {
    mail.push_str(&format!(
        "--{BOUNDARY}\r\nContent-Type: {media}\r\nContent-Disposition: {place}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    ));
    BASE64_MIME.encode_append(bytes, mail);
}

/// A line of a header in encoded words, each on a line of its own; nothing where there is nothing.
fn words(text: &str, end: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut rest = clean.trim();
    let mut words = Vec::new();
    while !rest.is_empty() {
        let (word, more) = rest.split_at(rest.floor_char_boundary(WORD));
        words.push(format!("=?utf-8?B?{}?=", BASE64.encode(word.as_bytes())));
        rest = more;
    }
    if words.is_empty() { String::new() } else { words.join("\r\n ") + end }
}

/// A name that is no path and fits on a line.
fn named(name: &str) -> String {
    let plain = |c: char| if c.is_control() || ['/', '\\'].contains(&c) { '_' } else { c };
    let name: String = name.trim().chars().map(plain).collect();
    let cut = name.chars().count().saturating_sub(NAME);
    // the end tells what it is
    let name: String = name.chars().skip(cut).collect();
    if name.is_empty() { "file".to_owned() } else { name }
}

/// RFC 2231 7: letters and digits as they are.
fn percent(text: &str) -> String {
    let letter = |b: u8| match b {
        b'.' | b'-' | b'_' => char::from(b).to_string(),
        _ if b.is_ascii_alphanumeric() => char::from(b).to_string(),
        _ => format!("%{b:02X}"),
    };
    text.bytes().map(letter).collect()
}

/// A media type that can stand on a part in base 64 (RFC 2046 5.1, 5.2.1).
fn media(claim: &str) -> &str {
    let fits = claim.len() <= 100
        && matches!(claim.split_once('/'), Some((kind, sort)) if !kind.is_empty() && !sort.is_empty())
        && claim.bytes().all(|b| b.is_ascii_alphanumeric() || b"/+-._".contains(&b))
        && !["multipart/", "message/"].iter().any(|kind| claim.to_ascii_lowercase().starts_with(kind));
    if fits { claim } else { "application/octet-stream" }
}

fn encoded(size: usize) -> usize {
    BASE64_MIME.encode_len(size)
}

fn id(post: &Post<'_>) -> String {
    let hash = hash(post.called.as_bytes());
    format!("{}@{NOWHERE}", hash.get(..32).unwrap_or(&hash))
}

fn hash(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, media: &str, bytes: &[u8]) -> Attached {
        Attached { name: name.into(), media: media.into(), bytes: bytes.to_vec() }
    }

    fn of(author: &str, title: &str, files: Vec<Attached>) -> Posted {
        let author = Someone { address: author.into(), ..Someone::default() };
        let post = Post {
            author: &author,
            at: Timestamp::UNIX_EPOCH,
            title,
            text: "Grüße\n.\nFrom here",
            called: "rt:x#1/2",
        };
        posted(&post, files)
    }

    #[test]
    fn the_mail_says_what_was_kept_and_is_the_same_each_time() {
        let title = "Drücker ".repeat(20);
        let files = vec![
            file("a b\"ü.png", "image/png", b"\x00\xff"),
            file("../../etc/passwd\r\nX: y", "text/plain", b"root"),
            file("", "message/rfc822", b"Subject: inner\r\n\r\n--=_trackle_imported--"),
            file("x", "multipart/mixed; boundary=a", b"--a"),
        ];
        let made = of("joe\r\nBcc: eve@x.example", &title, files.clone());
        assert_eq!(made, of("joe\r\nBcc: eve@x.example", &title, files));
        let raw = made.mail.unwrap().raw.unwrap().0;
        let text = String::from_utf8(raw.clone()).unwrap();
        assert!(text.is_ascii() && text.lines().all(|line| line.len() <= 998) && !text.contains("\nBcc"));
        let mail = crate::read::mail(&raw).unwrap();
        assert_eq!((mail.subject.as_str(), mail.text.trim_end()), (title.trim_end(), "Grüße\n.\nFrom here"));
        assert_eq!(mail.sender().unwrap().as_str(), "nobody@imported.invalid");
        assert!(mail.damage.is_empty(), "{:?}", mail.damage);
        let named: Vec<(&str, &str, u64)> =
            made.files.iter().map(|f| (f.name.as_str(), f.media.as_str(), f.size)).collect();
        let octets = "application/octet-stream";
        let wanted = [
            ("a b\"ü.png", "image/png", 2),
            // a reader takes away what would hide it
            ("_.._etc_passwd__X: y", "text/plain", 4),
            ("file", octets, 40),
            ("x", octets, 3),
        ];
        assert_eq!(named, wanted);
        assert_eq!(mail.attachments.len(), 4);
    }

    #[test]
    fn what_has_no_room_in_a_mail_is_left_and_named() {
        let big = vec![0; limits::MAIL_BYTES * 3 / 4];
        let made = of("a@x.example", "", vec![file("film.mp4", "", &big), file("small", "", b"x")]);
        assert_eq!((made.left, made.files.len()), (vec!["film.mp4".to_owned()], 1));
        let many = (0..=limits::ATTACHMENTS).map(|n| file(&n.to_string(), "", b"x")).collect();
        let made = of("a@x.example", "", many);
        assert_eq!((made.left, made.files.len()), (vec!["50".to_owned()], limits::ATTACHMENTS));
        assert_eq!(of("a@x.example", "", vec![]), Posted::default());
    }
}
