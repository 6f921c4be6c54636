//! Reading: bytes into nouns, one file per foreign format. In: the raw bytes of a mail; out: a [`Mail`], as much of
//! one as can be had, with what was wrong in `damage`. Knows no clock, no files, no network; believes nothing, and
//! no input makes it panic, recurse without end or take more than a few times its own size.

pub mod addresses;
pub mod accounting;
pub mod audit;
pub mod bundle;
pub mod carried;
pub mod charset;
pub mod content;
pub mod csv;
pub mod fields;
pub mod flowed;
pub mod headers;
pub mod host;
pub mod html;
pub mod mbox;
pub mod names;
pub mod params;
pub mod part;
pub mod posted;
pub mod quotes;
pub mod report;
pub mod rt;
pub mod signed;
pub mod trac;
pub mod transfer;
pub mod tree;
pub mod unlabelled;
pub mod uuencode;
pub mod words;

use crate::limits;
use crate::model::{
    address::Mailbox,
    bundle::MAGIC,
    mail::{Header, Mail, Piece, PieceKind},
};
use content::Content;
use std::fmt;

/// Nothing could be made of the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    pub why: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}
impl std::error::Error for Unreadable {}

/// Fields that may stand once and on which somebody may rely (RFC 5322 3.6).
const SINGLE: [&str; 5] = ["from", "sender", "date", "message-id", "subject"];

/// Reads a mail. A damaged one is read as far as it goes; only emptiness is unreadable.
pub fn mail(bytes: &[u8]) -> Result<Mail, Unreadable> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Unreadable { why: "the mail is empty".to_owned() });
    }
    if bytes.starts_with(MAGIC) {
        return Ok(bundle::as_mail(bytes));
    }
    let tree::Tree { root, damage } = tree::tree(bytes);
    let mut mail = Mail { damage, ..Mail::default() };
    fill_from_headers(&mut mail, &root.headers);
    let content = Content::of(&root);
    let readable = content.readable();
    mail.text = readable.text;
    mail.html_only = readable.html;
    if readable.cut {
        mail.damage.push("text beyond the limit was left out".to_owned());
    }
    mail.pieces = quotes::pieces(&mail.text);
    mail.report = report::report(&root, &mail.subject, &mail.text);
    append_forwarded(&mut mail, readable.forwarded);
    let attached = content.attached_in(&root);
    if attached.iter().filter(|a| **a).count() + readable.files.len() > limits::ATTACHMENTS {
        mail.damage.push("attachments beyond the limit were left out".to_owned());
    }
    mail.attachments = readable.files;
    let mut root = root;
    mail.headers = std::mem::take(&mut root.headers);
    mail.attachments.extend(content::attachments(root, attached));
    mail.attachments.truncate(limits::ATTACHMENTS);
    Ok(mail)
}

/// Reads a bare body: text, or HTML when it looks like it.
pub fn body(text: &str) -> Mail {
    let text = text.get(..text.floor_char_boundary(limits::TEXT_BYTES)).unwrap_or("");
    let html_only = html::looks_like(text);
    let text = content::clean(text);
    let text = if html_only { html::text(&text) } else { text };
    Mail { pieces: quotes::pieces(&text), text, html_only, ..Mail::default() }
}

/// The text of an attached mail is readable text, and not the writer's.
fn append_forwarded(mail: &mut Mail, forwarded: String) {
    if forwarded.trim().is_empty() {
        return;
    }
    // pieces are whole lines
    if !mail.text.is_empty() && !mail.text.ends_with('\n') {
        mail.text.push('\n');
        if let Some(last) = mail.pieces.last_mut() {
            last.text.push('\n');
        }
    }
    mail.text.push_str(&forwarded);
    mail.pieces.push(Piece { kind: PieceKind::Forward, text: forwarded });
}

fn fill_from_headers(mail: &mut Mail, headers: &[Header]) {
    let named = |name: &'static str| {
        headers.iter().filter(move |h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.as_str())
    };
    for name in SINGLE {
        if named(name).count() > 1 {
            mail.doubled.push(name.to_owned());
        }
    }
    let mut room = limits::ADDRESSES;
    let mut people = |name: &'static str| -> Vec<Mailbox> {
        let all: Vec<Mailbox> = named(name).take(room).flat_map(addresses::list).take(room).collect();
        room -= all.len();
        all
    };
    mail.from = people("from");
    mail.reply_to = people("reply-to");
    mail.to = people("to");
    mail.cc = people("cc");
    let mut own: Vec<_> = named("message-id").flat_map(fields::ids).take(2).collect();
    mail.message_id = own.pop().filter(|_| own.is_empty());
    mail.in_reply_to = fields::references(named("in-reply-to"));
    mail.references = fields::references(named("references"));
    mail.subject = named("subject").next().map(words::line).unwrap_or_default();
    mail.date = named("date").find_map(fields::date);
}

#[cfg(test)]
mod tests;
