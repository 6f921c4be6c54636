//! The play's people and their mail programs: they write, press reply, attach a picture, and are away at lunch.

use crate::fault::{Fault, Outcome};
use crate::model::mail::Mail;
use crate::read;
use data_encoding::BASE64;
use jiff::{Timestamp, tz::TimeZone};
use std::path::{Path, PathBuf};

/// Somebody in the play.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    pub name: &'static str,
    pub address: &'static str,
}

/// An end user.
pub const ALICE: Person = Person { name: "Alice Moss", address: "alice@home.example" };
/// A sysadmin.
pub const ANNA: Person = Person { name: "Anna Berg", address: "anna@demo.example" };

/// A mail that a person of the play sends.
#[derive(Debug, Clone)]
pub struct Written {
    pub from: Person,
    pub to: String,
    pub subject: String,
    /// What the person typed, for the screen.
    pub text: String,
    /// A remark for the screen, such as the name of an attached file.
    pub remark: String,
    pub bytes: String,
}

/// A letter that the robot sent.
#[derive(Debug, Clone)]
pub struct Mailed {
    pub path: PathBuf,
    /// The mailbox it lies in.
    pub to: String,
    pub mail: Mail,
}

impl Mailed {
    /// Reads a letter from its file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(path: &Path, to: &str) -> Outcome<Mailed> {
        let bytes = std::fs::read(path)?;
        let mail =
            read::mail(&bytes).map_err(|e| Fault::lasting(format!("{}: {}", path.display(), e.why)))?;
        Ok(Mailed { path: path.to_owned(), to: to.to_owned(), mail })
    }
    /// The event that caused it: letters in the order of what happened.
    pub fn order(&self) -> u64 {
        self.mail.header("x-trackle-event").and_then(|v| v.trim().parse().ok()).unwrap_or(u64::MAX)
    }
}

/// What a person decides about a mail; the mail program adds the rest.
struct Draft<'a> {
    to: &'a str,
    subject: &'a str,
    text: &'a str,
    remark: &'a str,
}

const HELP: &str = "help@demo.example";

impl Person {
    /// Writes a new mail to the help address.
    pub fn write(self, subject: &str, text: &str, now: Timestamp) -> Written {
        self.mail(Draft { to: HELP, subject, text, remark: "" }, &plain(text), now)
    }

    /// Presses reply and types.
    pub fn answer(self, letter: &Mailed, text: &str, now: Timestamp) -> Written {
        let body = plain(&format!("{text}\n\n{}", quoted(letter)));
        self.reply(letter, text, &body, "", now)
    }

    /// Presses reply, types, and attaches a picture.
    pub fn answer_with_file(self, letter: &Mailed, text: &str, now: Timestamp) -> Written {
        let part = plain(&format!("{text}\n\n{}", quoted(letter)));
        let body = format!(
            "Content-Type: multipart/mixed; boundary=\"=-play\"\r\n\r\n--=-play\r\n{part}\r\n--=-play\r\n\
             Content-Type: image/png; name=\"page 40.png\"\r\nContent-Transfer-Encoding: base64\r\n\
             Content-Disposition: attachment; filename=\"page 40.png\"\r\n\r\n{}\r\n--=-play--\r\n",
            BASE64.encode(DOT)
        );
        self.reply(letter, text, &body, "with page 40.png", now)
    }

    /// The mail program answers by itself.
    pub fn vacation(self, letter: &Mailed, now: Timestamp) -> Written {
        let text = "I am at lunch and will read your mail at two.";
        let mut away = self.reply(letter, text, &plain(text), "Auto-Submitted: auto-replied", now);
        away.bytes = format!("Auto-Submitted: auto-replied\r\n{}", away.bytes);
        away
    }

    fn reply(self, letter: &Mailed, text: &str, body: &str, remark: &str, now: Timestamp) -> Written {
        let mail = &letter.mail;
        let to = mail.reply_to.first().or(mail.from.first()).map_or(HELP, |m| m.addr.as_str());
        let subject = match mail.subject.get(..3) {
            Some(re) if re.eq_ignore_ascii_case("re:") => mail.subject.clone(),
            _ => format!("Re: {}", mail.subject),
        };
        let parent = mail.message_id.as_ref().map(ToString::to_string).unwrap_or_default();
        let older: Vec<String> = mail.references.iter().map(ToString::to_string).collect();
        let thread =
            format!("In-Reply-To: {parent}\r\nReferences: {} {parent}\r\n{body}", older.join("\r\n "));
        self.mail(Draft { to, subject: &subject, text, remark }, &thread, now)
    }

    fn mail(self, draft: Draft<'_>, tail: &str, now: Timestamp) -> Written {
        let Draft { to, subject, text, remark } = draft;
        let date = now.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S +0000");
        let domain = self.address.split('@').nth(1).unwrap_or("");
        let id = now.as_nanosecond();
        // the first field is what the demo's own mail server says of the sender
        let bytes = format!(
            "Authentication-Results: mx.demo.example; dmarc=pass header.from={domain}\r\nReturn-Path: <{}>\r\n\
             Delivered-To: {to}\r\nReceived: from mail.{domain} by mx.demo.example with ESMTPS; {date}\r\nFrom: {} <{}>\r\nTo: {to}\r\nSubject: {subject}\r\nDate: {date}\r\n\
             Message-ID: <{id}@{domain}>\r\nMIME-Version: 1.0\r\n{tail}",
            self.address, self.name, self.address
        );
        Written {
            from: self,
            to: to.to_owned(),
            subject: subject.to_owned(),
            text: text.to_owned(),
            remark: remark.to_owned(),
            bytes,
        }
    }
}

fn plain(text: &str) -> String {
    format!(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}\r\n",
        text.replace('\n', "\r\n")
    )
}

fn quoted(letter: &Mailed) -> String {
    let lines: Vec<String> = letter.mail.text.trim_end().lines().map(|l| format!("> {l}")).collect();
    let author = letter.mail.from.first().map_or("", |m| m.name.as_str());
    format!("On Monday, {author} wrote:\n{}", lines.join("\n"))
}

/// A picture of one black dot.
const DOT: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0,
    0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 0x0a, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63,
    0x60, 0, 0, 0, 2, 0, 1, 0x48, 0xaf, 0xa4, 0x71, 0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60,
    0x82,
];
