//! What leaves this host: bundles and cards as mails, and the local mail program that takes them. In: bytes and where they
//! go; out: a mail, or what became of it. The mail is plain ASCII, whatever the names in a session are, and the same bundle
//! is the same mail each time. RFC 5322, RFC 2045.

use crate::fault::{Fault, Outcome};
use crate::model::address::Address;
use crate::model::bundle::{BundleId, ENDING, MEDIA};
use crate::model::host::{CARD_ENDING, CARD_MEDIA, Card};
use data_encoding::BASE64;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Characters of one line of base 64 (RFC 2045 6.8).
const LINE: usize = 76;
/// How long the mail program may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks whether it has ended.
const LOOK: Duration = Duration::from_millis(20);

/// A mail that is to leave this host; it has CRLF line ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub from: Option<Address>,
    pub to: Address,
    pub bytes: Vec<u8>,
}

/// Between whom, and when.
#[derive(Debug, Clone)]
pub struct Way {
    /// `None`: the mail program says who sends it.
    pub from: Option<Address>,
    /// The robot.
    pub to: Address,
    /// The name of this host.
    pub host: String,
    pub now: Timestamp,
}

/// A file that a mail carries.
struct Carried<'a> {
    name: String,
    media: &'a str,
    bytes: &'a [u8],
}

impl Way {
    /// The mail with a bundle in it.
    ///
    /// # Errors
    /// Never for a time that can be.
    pub fn bundle(&self, session: &str, id: &BundleId, bytes: &[u8]) -> Outcome<Outgoing> {
        let text = format!(
            "What was done in a session on {} is in the attached file.\nTrackle reads it; there is nothing to do for you.\n",
            self.host
        );
        let name = format!("session-{session}{ENDING}");
        let subject = format!("A session on {}", self.host);
        let mark = id.as_str().get(..32).unwrap_or_default();
        self.mail((&subject, mark), &text, &Carried { name, media: MEDIA, bytes })
    }

    /// The mail with a card in it; `signed` is the card's text.
    ///
    /// # Errors
    /// Never for a time that can be.
    pub fn card(&self, card: &Card, signed: &str) -> Outcome<Outgoing> {
        let text = format!(
            "{} wants to send sessions to Trackle. Its key is\n\n  {}\n\nand is spoken of as {}. Trackle asks its staff \
             whether it is\nto believe what this key signs.\n",
            self.host,
            card.key,
            card.key.print()
        );
        let subject = format!("A host wants to be enrolled: {}", self.host);
        let mark = BundleId::of(format!("{signed}{}", self.now).as_bytes());
        let mark = mark.as_str().get(..32).unwrap_or_default();
        let name = format!("{}{CARD_ENDING}", self.host);
        self.mail((&subject, mark), &text, &Carried { name, media: CARD_MEDIA, bytes: signed.as_bytes() })
    }

    fn mail(&self, (subject, mark): (&str, &str), text: &str, file: &Carried<'_>) -> Outcome<Outgoing> {
        let zoned = self.now.to_zoned(TimeZone::UTC);
        let date = jiff::fmt::rfc2822::to_string(&zoned)
            .map_err(|e| Fault::lasting(format!("the time of a mail: {e}")))?;
        let mut head = format!("To: {}\n", self.to);
        if let Some(from) = &self.from {
            head.push_str(&format!("From: {from}\n"));
        }
        let boundary = format!("=_{mark}");
        head.push_str(&format!(
            "Subject: {subject}\nDate: {date}\nMessage-ID: <trackle.{mark}@{}>\nMIME-Version: 1.0\n\
             Content-Type: multipart/mixed; boundary=\"{boundary}\"\n\n--{boundary}\n\
             Content-Type: text/plain; charset=us-ascii\n\n{text}\n--{boundary}\n\
             Content-Type: {};\n name=\"{name}\"\nContent-Transfer-Encoding: base64\n\
             Content-Disposition: attachment;\n filename=\"{name}\"\n\n",
            self.host,
            file.media,
            name = file.name
        ));
        let mut bytes = head.replace('\n', "\r\n").into_bytes();
        let packed = BASE64.encode(file.bytes);
        for line in packed.as_bytes().chunks(LINE) {
            bytes.extend_from_slice(line);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        Ok(Outgoing { from: self.from.clone(), to: self.to.clone(), bytes })
    }
}

/// Hands a mail to the local mail program, as sendmail(8) has been called for forty years. It gets line feeds, which all
/// of its descendants take.
///
/// # Errors
/// When there is no such program, or it does not take the mail: passing, with its words.
pub fn sendmail(program: &Path, mail: &Outgoing) -> Outcome<()> {
    let doing = |what: String| Fault::passing(format!("{}: {what}", program.display()));
    let io = |e: std::io::Error| doing(e.to_string());
    let (mut input, mut said) = (tempfile::tempfile().map_err(io)?, tempfile::tempfile().map_err(io)?);
    for line in mail.bytes.split_inclusive(|b| *b == b'\n') {
        input.write_all(line.strip_suffix(b"\r\n").unwrap_or(line)).map_err(io)?;
        input.write_all(b"\n").map_err(io)?;
    }
    input.seek(SeekFrom::Start(0)).map_err(io)?;
    let mut command = Command::new(program);
    // no dot ends the mail; no word of it is an option
    command.arg("-oi");
    if let Some(from) = &mail.from {
        command.arg("-f").arg(from.as_str());
    }
    command.arg("--").arg(mail.to.as_str());
    let output = |file: &File| file.try_clone().map(Stdio::from);
    command.stdin(input).stdout(output(&said).map_err(io)?).stderr(output(&said).map_err(io)?);
    let mut child = command.spawn().map_err(|e| match e.kind() {
        ErrorKind::NotFound => {
            doing("there is no such program; [courier] in host.toml names a mail server instead".into())
        }
        _ => io(e),
    })?;
    let began = crate::clock::instant();
    let status = loop {
        if let Some(status) = child.try_wait().map_err(io)? {
            break status;
        }
        if began.elapsed() > PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            return Err(doing(format!("it did not end within {} seconds", PATIENCE.as_secs())));
        }
        std::thread::sleep(LOOK);
    };
    if status.success() {
        return Ok(());
    }
    let mut words = String::new();
    let read = said.seek(SeekFrom::Start(0)).and_then(|_| said.take(1000).read_to_string(&mut words));
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    Err(doing(match read {
        Ok(_) if !words.is_empty() => words,
        _ => format!("it ended with {status}"),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn way() -> Way {
        Way {
            from: Address::parse("root@web1.example.org"),
            to: Address::parse("help@example.org").unwrap(),
            host: "web1.example.org".into(),
            now: Timestamp::from_second(1_795_219_200).unwrap(),
        }
    }

    #[test]
    fn a_bundle_comes_out_of_its_mail_as_it_went_in() {
        for size in [0, 1, 57, 58, 10_000] {
            let held: Vec<u8> = (0..size).map(|n: usize| (n * 7) as u8).collect();
            let id = BundleId::of(&held);
            let mail = way().bundle("0123456789abcdefghijklmnop", &id, &held).unwrap();
            assert_eq!(mail, way().bundle("0123456789abcdefghijklmnop", &id, &held).unwrap());
            let text = String::from_utf8(mail.bytes.clone()).unwrap();
            assert!(
                text.is_ascii() && text.split("\r\n").all(|line| line.len() < 80 && !line.contains('\n'))
            );
            let read = crate::read::mail(&mail.bytes).unwrap();
            assert_eq!(read.damage, Vec::<String>::new());
            let file = &read.attachments[0];
            assert_eq!(
                (file.name.as_str(), file.media.as_str()),
                ("session-0123456789abcdefghijklmnop.trackle", MEDIA)
            );
            assert_eq!(file.bytes, held);
            assert_eq!(read.sender(), way().from);
        }
    }

    #[test]
    fn the_mail_program_gets_the_mail_and_its_words_come_back() {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("sendmail");
        let script = |text: &str| {
            std::fs::write(&program, format!("#!/bin/sh\n{text}")).unwrap();
            std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        };
        let mail = way().bundle("x", &BundleId::of(b""), b".\n").unwrap();
        script(&format!("echo \"$@\" > {0}/args; cat > {0}/mail", dir.path().display()));
        sendmail(&program, &mail).unwrap();
        let read = |name| std::fs::read_to_string(dir.path().join(name)).unwrap();
        assert_eq!(read("args"), "-oi -f root@web1.example.org -- help@example.org\n");
        assert_eq!(read("mail"), String::from_utf8(mail.bytes.clone()).unwrap().replace("\r\n", "\n"));
        script("echo 'no  such\nhost' >&2; exit 67");
        assert!(sendmail(&program, &mail).unwrap_err().doing.ends_with("sendmail: no such host"));
        script("exit 75");
        assert!(sendmail(&program, &mail).unwrap_err().doing.contains("75"));
        let none = sendmail(&dir.path().join("none"), &mail).unwrap_err();
        assert!(none.again && none.doing.contains("[courier] in host.toml"), "{}", none.doing);
    }
}
