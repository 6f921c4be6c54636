//! The files of Trac's tickets, which lie beside its database: where, by what their names are hashed or quoted to (`attachment.py`
//! of Trac, `_get_path`), and how one becomes a part of its ticket. Opens none.

use crate::model::carried::{Carried, Entry, Someone};
use crate::read::posted::{Attached, Post, posted};
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

/// A file of a ticket that lies beside the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lying {
    pub name: String,
    pub at: Timestamp,
    pub author: Someone,
    /// What was said of it.
    pub about: String,
}

/// Puts a file into a ticket, as the last of its texts, one of its own: that is what it is in Trac. Gives the name of one
/// that a mail has no room for.
pub fn attach(ticket: &mut Carried, file: Lying, bytes: Vec<u8>) -> Option<String> {
    let called = format!("{}/{}", ticket.source, file.name);
    let post =
        Post { author: &file.author, at: file.at, title: &ticket.title, text: &file.about, called: &called };
    let attached = Attached { name: file.name, media: String::new(), bytes };
    let made = posted(&post, vec![attached]);
    if let Some(mail) = made.mail {
        let text = file.about.replace("\r\n", "\n");
        ticket.entries.push(Entry {
            at: file.at,
            author: Some(file.author),
            text,
            mail: Some(mail.sha256.clone()),
            files: made.files,
            ..Entry::default()
        });
        ticket.mails.push(mail);
    }
    made.left.into_iter().next()
}

/// Where a file of a ticket may lie below the directory of tickets' files, a name for each level: by hashes since Trac 1.0,
/// by quoted names before. Never up, and never without a name.
pub fn places(ticket: u32, file: &str) -> Vec<Vec<String>> {
    let sha1 = |text: &str| HEXLOWER.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes()).as_ref());
    let id = ticket.to_string();
    let (directory, mut name) = (sha1(&id), sha1(file));
    let end = file.rsplit_once('.').map(|(_, end)| end);
    if let Some(end) = end.filter(|end| !end.is_empty() && end.bytes().all(|b| b.is_ascii_alphanumeric())) {
        name = format!("{name}.{end}");
    }
    let first = directory.get(..3).unwrap_or_default().to_owned();
    let mut places = vec![vec![first, directory, name]];
    for plain in [&b"_.-~"[..], b"_.-"] {
        let name = quoted(file, plain);
        // a slash is the one letter that Trac did not quote
        if !["", ".", ".."].contains(&name.as_str()) && !file.contains('/') {
            places.push(vec![id.clone(), name]);
        }
    }
    places.dedup();
    places
}

/// As in addresses of the web (Python's `urllib.quote`, which in its old days quoted a tilde, too).
fn quoted(name: &str, plain: &[u8]) -> String {
    let letter = |b: u8| {
        let is_plain = b.is_ascii_alphanumeric() || plain.contains(&b);
        if is_plain { char::from(b).to_string() } else { format!("%{b:02X}") }
    };
    name.bytes().map(letter).collect()
}
