//! A mailbox in one file (RFC 4155), quoted so that nothing is lost (mboxrd): a `>` stands before each line that is `From `
//! with any number of `>` before it. In: a mail as bytes, with who sent it and when; out: its part of the file. Line ends become bare
//! line feeds, as mail programs expect them in such a file, where all of a mail's were CRLF; `read/mbox.rs` undoes both.

use crate::model::address::Address;
use jiff::Timestamp;

/// One mail as it stands in a mailbox.
pub fn boxed(from: Option<&Address>, at: Timestamp, mail: &[u8]) -> Vec<u8> {
    let mut mailbox = Vec::with_capacity(mail.len() + 128);
    let from = from.map_or("MAILER-DAEMON", Address::as_str);
    // asctime(3), always in UTC
    mailbox.extend_from_slice(format!("From {from} {}\n", at.strftime("%a %b %e %H:%M:%S %Y")).as_bytes());
    let strip = is_crlf(mail);
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        let marks = line.iter().take_while(|byte| **byte == b'>').count();
        if line.get(marks..).is_some_and(|rest| rest.starts_with(b"From ")) {
            mailbox.push(b'>');
        }
        match line.strip_suffix(b"\r\n").filter(|_| strip) {
            Some(text) => {
                mailbox.extend_from_slice(text);
                mailbox.push(b'\n');
            }
            None => mailbox.extend_from_slice(line),
        }
    }
    if !mail.ends_with(b"\n") {
        mailbox.push(b'\n');
    }
    mailbox.push(b'\n');
    mailbox
}

/// Whether every line ends as on the wire.
fn is_crlf(mail: &[u8]) -> bool {
    let mut before = 0;
    for byte in mail {
        if *byte == b'\n' && before != b'\r' {
            return false;
        }
        before = *byte;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_would_begin_a_mail_are_quoted() {
        let from = Address::parse("ann@x.example").unwrap();
        let mail = b"A: b\r\n\r\nFrom me\r\n>From you\r\n> From\r\n";
        let mut mailbox = boxed(Some(&from), Timestamp::UNIX_EPOCH, mail);
        let later = Timestamp::from_second(1_795_219_200).unwrap();
        mailbox.extend(boxed(None, later, b"A: b\r\n\r\nmixed\nends"));
        let wanted = "From ann@x.example Thu Jan  1 00:00:00 1970\nA: b\n\n>From me\n>>From you\n> From\n\n\
                      From MAILER-DAEMON Sat Nov 21 00:00:00 2026\nA: b\r\n\r\nmixed\nends\n\n";
        assert_eq!(String::from_utf8(mailbox).unwrap(), wanted);
    }
}
