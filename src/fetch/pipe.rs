//! One mail from standard input into the spool, a Maildir that the daemon reads. Comes in: the bytes an MTA pipes
//! to us and the envelope it knows; goes out: the file's name, once it would survive a power cut. Never parses the
//! mail and needs no database, so that it cannot fail for more reasons than a full disk.
//! `Return-Path:` and `Delivered-To:` as final delivery puts them in front, RFC 5321 section 4.4.

use crate::drop;
use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::model::address::Address;
use jiff::Timestamp;
use std::io::Read;
use std::path::Path;

/// What the MTA knows and the mail does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    /// Whom it was delivered to, a token in the address included.
    pub recipient: Option<Address>,
    /// Where failures go.
    pub sender: Option<ReturnPath>,
    /// Largest mail taken, in bytes; `None` is `limits::MAIL_BYTES`.
    pub largest: Option<usize>,
}

/// An envelope sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReturnPath {
    /// `<>`: a machine's mail, never answered.
    Nobody,
    Somebody(Address),
}

impl Envelope {
    /// From a command line. What is not a strict address is as good as not given; an empty sender, `<>` and the
    /// `MAILER-DAEMON` that Postfix writes for it are nobody.
    pub fn new(recipient: Option<&str>, sender: Option<&str>) -> Envelope {
        let bare = |text: &str| text.trim().trim_start_matches('<').trim_end_matches('>').to_owned();
        let path = |text: &str| match bare(text) {
            none if none.is_empty() || none.eq_ignore_ascii_case("MAILER-DAEMON") => Some(ReturnPath::Nobody),
            some => Address::parse(&some).map(ReturnPath::Somebody),
        };
        Envelope {
            largest: None,
            recipient: recipient.and_then(|r| Address::parse(&bare(r))),
            sender: sender.and_then(path),
        }
    }

    /// The fields that go in front.
    fn fields(&self, end: &str) -> String {
        let mut fields = match &self.sender {
            Some(ReturnPath::Nobody) => format!("Return-Path: <>{end}"),
            Some(ReturnPath::Somebody(address)) => format!("Return-Path: <{address}>{end}"),
            None => String::new(),
        };
        if let Some(address) = &self.recipient {
            fields.push_str(&format!("Delivered-To: {address}{end}"));
        }
        fields
    }
}

/// Puts one mail into the spool and returns its name there.
///
/// # Errors
/// Lasting: no mail, or one over `limits::MAIL_BYTES` (the MTA returns it to its sender). Passing: the file system.
pub fn deliver(spool: &Path, bytes: impl Read, envelope: &Envelope, now: Timestamp) -> Outcome<String> {
    let most = envelope.largest.unwrap_or(limits::MAIL_BYTES);
    let mut mail = Vec::new();
    bytes
        .take(most as u64 + 1)
        .read_to_end(&mut mail)
        .map_err(|e| Fault::passing(format!("reading the mail from standard input: {e}")))?;
    let body = without_mbox_line(&mail);
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(Fault::lasting("there is no mail on standard input"));
    }
    let mut whole = envelope.fields(line_end(body)).into_bytes();
    whole.extend_from_slice(body);
    if mail.len().max(whole.len()) > most {
        return Err(Fault::lasting(format!("the mail is larger than {most} bytes")));
    }
    let name = drop::unique(now);
    drop::into_maildir(spool, &whole, &name)?;
    Ok(name)
}

/// Without the `From someone Sat Nov 21 …` line that local delivery agents put in front.
fn without_mbox_line(mail: &[u8]) -> &[u8] {
    match mail.iter().position(|b| *b == b'\n') {
        Some(end) if mail.starts_with(b"From ") => mail.get(end + 1..).unwrap_or_default(),
        _ => mail,
    }
}

/// How the mail ends its lines.
fn line_end(mail: &[u8]) -> &'static str {
    match mail.iter().position(|b| *b == b'\n') {
        Some(end) if mail.get(..end).is_some_and(|line| line.ends_with(b"\r")) => "\r\n",
        _ => "\n",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piped(mail: &[u8], recipient: Option<&str>, sender: Option<&str>) -> Outcome<String> {
        let spool = tempfile::tempdir().unwrap();
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let name = deliver(spool.path(), mail, &Envelope::new(recipient, sender), now)?;
        assert!(name.starts_with("1700000000."));
        assert_eq!(std::fs::read_dir(spool.path().join("tmp")).unwrap().count(), 0);
        Ok(String::from_utf8(std::fs::read(spool.path().join("new").join(name)).unwrap()).unwrap())
    }

    #[test]
    fn the_envelope_goes_in_front_when_it_is_one() {
        let mail = b"Subject: x\n\nbody\n";
        for (recipient, sender, front) in [
            (None, None, ""),
            (Some("help+12.ab@x.example"), None, "Delivered-To: help+12.ab@x.example\n"),
            (None, Some("<>"), "Return-Path: <>\n"),
            (None, Some(""), "Return-Path: <>\n"),
            (None, Some("MAILER-DAEMON"), "Return-Path: <>\n"),
            (Some("<a@x>"), Some("b@y"), "Return-Path: <b@y>\nDelivered-To: a@x\n"),
            (Some("a@x\nSubject: forged"), Some("\"q\"@y"), ""),
            (Some("root"), Some("no address"), ""),
        ] {
            assert_eq!(piped(mail, recipient, sender).unwrap(), format!("{front}Subject: x\n\nbody\n"));
        }
    }

    #[test]
    fn line_ends_are_kept_and_the_mbox_line_goes() {
        let crlf = piped(b"From a@b Sat Nov 21 03:00:00 2026\r\nSubject: x\r\n\r\n", Some("a@x"), None);
        assert_eq!(crlf.unwrap(), "Delivered-To: a@x\r\nSubject: x\r\n\r\n");
        assert_eq!(piped(b"From: a@b\n\nFrom here\n", None, None).unwrap(), "From: a@b\n\nFrom here\n");
        assert_eq!(piped(b"no line end", None, None).unwrap(), "no line end");
    }

    #[test]
    fn no_mail_and_too_much_are_refused_for_good() {
        for mail in [&b""[..], b" \n\t\r\n", b"From a@b Sat Nov 21 03:00:00 2026\n"] {
            assert!(!piped(mail, None, None).unwrap_err().again);
        }
        let most = vec![b'x'; limits::MAIL_BYTES];
        assert!(piped(&most, None, None).is_ok());
        assert!(!piped(&most, Some("a@x"), None).unwrap_err().again);
        assert!(!piped(&[&most[..], b"x"].concat(), None, None).unwrap_err().again);
    }

    #[test]
    fn a_spool_that_cannot_be_written_is_tried_again() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let now = Timestamp::from_second(0).unwrap();
        let fault = deliver(file.path(), &b"mail"[..], &Envelope::default(), now).unwrap_err();
        assert!(fault.again, "{fault}");
    }
}
