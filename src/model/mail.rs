//! A mail as `read` understood it: plain data, everything in it still a claim of whoever sent it.
//! Never says who the sender is (that is `identify`) nor what is wanted (that is `route`).
//! Terms follow RFC 5322 (headers), RFC 2045-2047 and 2231 (MIME), RFC 3464, 8098 and 5965 (reports).

use super::address::{Address, Mailbox};
use super::witness::Witness;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A Message-ID without its angle brackets: 1 to 250 visible ASCII characters, none of `<>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageId(String);

impl MessageId {
    /// `None` for what could not be stored and written back into a header without harm.
    pub fn parse(text: &str) -> Option<MessageId> {
        let text = text.trim().trim_start_matches('<').trim_end_matches('>');
        let fits = (1..=250).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>');
        fits.then(|| MessageId(text.to_owned()))
    }
    /// Without angle brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// Whether it may be written into a header of ours: one `@` with something on both sides (RFC 5322 3.6.4), and nothing
    /// that a reader could decode into other words (RFC 2047).
    pub fn is_strict(&self) -> bool {
        !self.0.contains("=?")
            && matches!(self.0.split_once('@'), Some((l, r)) if !l.is_empty() && !r.is_empty() && !r.contains('@'))
    }
}

impl TryFrom<String> for MessageId {
    type Error = &'static str;
    fn try_from(text: String) -> Result<MessageId, &'static str> {
        MessageId::parse(&text).ok_or("not a Message-ID")
    }
}
impl From<MessageId> for String {
    fn from(id: MessageId) -> String {
        id.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.0)
    }
}

/// One header field, unfolded, not decoded; bytes that are not UTF-8 were read as Latin-1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub name: String,
    pub value: String,
}

/// What is left of a mail after reading. Text is valid UTF-8 without control characters but `\n` and `\t`.
#[derive(Debug, Clone, Default)]
pub struct Mail {
    /// All header fields of the outermost mail, top first.
    pub headers: Vec<Header>,
    /// `None` when there was none, more than one, or none that can be stored.
    pub message_id: Option<MessageId>,
    pub in_reply_to: Vec<MessageId>,
    /// Oldest first, as written; at most `limits::REFERENCES` are kept: the newest and the first.
    pub references: Vec<MessageId>,
    pub from: Vec<Mailbox>,
    pub reply_to: Vec<Mailbox>,
    pub to: Vec<Mailbox>,
    pub cc: Vec<Mailbox>,
    /// Decoded, one line, no control characters.
    pub subject: String,
    /// The Date header when it could be read. A claim: never used for ordering.
    pub date: Option<Timestamp>,
    /// The whole readable text, `\n` line ends, format=flowed undone, HTML turned into text when there was no plain part.
    pub text: String,
    /// The text cut into what the writer added and what was there before; the pieces put together are `text`.
    pub pieces: Vec<Piece>,
    /// The text came from HTML: no commands are read from it.
    pub html_only: bool,
    pub attachments: Vec<Attachment>,
    /// A delivery report, read receipt or abuse report, when the mail is one.
    pub report: Option<Report>,
    /// Names (lower case) of fields that may stand once and stood more often: such a mail commands nothing.
    pub doubled: Vec<String>,
    /// What had to be guessed or left out, for `explain` and the ticket's record.
    pub damage: Vec<String>,
    /// What was found out about the bytes by asking others, when they were asked.
    pub witness: Witness,
}

impl Mail {
    /// The value of the first field of that name (case ignored), not decoded.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.as_str())
    }
    /// All values of that name, top first.
    pub fn headers_named<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.headers.iter().filter(move |h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.as_str())
    }
    /// The one From address. `None` with no, several or unusable addresses: such a mail is nobody's.
    pub fn sender(&self) -> Option<Address> {
        match self.from.as_slice() {
            [one] if !self.doubled.iter().any(|d| d == "from") => one.address(),
            _ => None,
        }
    }
    /// What the writer added: the `New` pieces joined, trimmed of blank lines at both ends. Pieces that end within a
    /// line are parted by a line end, so that two answers never run into one line.
    pub fn new_text(&self) -> String {
        let mut text = String::new();
        for piece in self.pieces.iter().filter(|p| p.kind == PieceKind::New) {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&piece.text);
        }
        text.trim_matches('\n').trim_end().to_owned()
    }
}

/// A run of whole lines of the text; only a line that holds both an answer and the attribution behind it is cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub kind: PieceKind,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceKind {
    /// Written by the sender for this mail.
    New,
    /// Quoted lines, and the line above them that says whose they are.
    Quote,
    /// A signature or a phone's "sent from".
    Signature,
    /// A forwarded mail.
    Forward,
    /// A mailing list's footer.
    Footer,
}

/// A part that is not the mail's text. Never opened by us.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// A name for display and for a download's file name: no directory, no control or bidi characters, at most
    /// 120 characters; empty when the mail gave none.
    pub name: String,
    /// `type/subtype`, lower case; a claim.
    pub media: String,
    pub bytes: Vec<u8>,
}

/// A report that another machine made about a mail of ours (or about somebody else's).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub kind: ReportKind,
    /// The addresses it speaks of, as written.
    pub recipients: Vec<String>,
    /// Enhanced status code such as `5.1.1` (RFC 3463), or empty.
    pub status: String,
    /// The address will never take mail: unknown user or host, disabled; not full, filtered or refused by policy.
    pub dead: bool,
    /// Message-ID of the mail it is about, when it could be found.
    pub original: Option<MessageId>,
    /// How that mail's reader can leave, as its List-Unsubscribe says it (RFC 2369); read in complaints, capped, or empty.
    pub leave: String,
    /// One line of the other machine's words, at most 200 characters.
    pub diagnostic: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ReportKind {
    /// A final failure (RFC 3464 Action: failed).
    #[default]
    Bounce,
    /// Still being tried.
    Delay,
    /// Delivered, relayed or expanded.
    Success,
    /// An abuse report (RFC 5965).
    Feedback,
    /// A read receipt (RFC 8098).
    Receipt,
}

/// Bytes of a mail with the line ends that it was sent with: a Maildir keeps bare line feeds, and signatures are over
/// CRLF (RFC 5322 2.3).
pub fn with_crlf(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 32);
    let mut before = 0;
    for &b in bytes {
        if b == b'\n' && before != b'\r' {
            out.push(b'\r');
        }
        out.push(b);
        before = b;
    }
    out
}
