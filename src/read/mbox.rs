//! A mailbox in one file (RFC 4155, quoted as mboxrd): bytes in, its mails out, without the line above each and with one `>`
//! less before each quoted `From `. What stands above the first such line is no mail. Line ends stay as the file has them.

/// The mails of a mailbox, in its order.
pub fn mails(mailbox: &[u8]) -> Vec<Vec<u8>> {
    let mut mails: Vec<Vec<u8>> = Vec::new();
    let mut blank = true;
    for line in mailbox.split_inclusive(|byte| *byte == b'\n') {
        if blank && line.starts_with(b"From ") {
            close(mails.last_mut());
            mails.push(Vec::new());
        } else if let Some(mail) = mails.last_mut() {
            let marks = line.iter().take_while(|byte| **byte == b'>').count();
            let quoted = marks > 0 && line.get(marks..).is_some_and(|rest| rest.starts_with(b"From "));
            mail.extend_from_slice(line.get(usize::from(quoted)..).unwrap_or_default());
        }
        blank = matches!(line, b"\n" | b"\r\n");
    }
    close(mails.last_mut());
    mails
}

/// Takes the empty line away that ends each mail in a mailbox.
fn close(mail: Option<&mut Vec<u8>>) {
    let Some(mail) = mail else { return };
    for end in [&b"\r\n\r\n"[..], b"\n\n"] {
        if mail.ends_with(end) {
            mail.truncate(mail.len() - end.len() / 2);
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_are_parted_and_one_mark_is_taken_away() {
        let file = b"Folder\n\nFrom a@x Thu Jan  1 00:00:00 1970\nA: b\n\n>From me\n>>From you\n> From\nFrom here on\n\n\
                     From MAILER-DAEMON Sat Nov 21 00:00:00 2026\nA: c\n\nend\n\n";
        let mails: Vec<String> =
            mails(file).into_iter().map(|mail| String::from_utf8(mail).unwrap()).collect();
        assert_eq!(mails, ["A: b\n\nFrom me\n>From you\n> From\nFrom here on\n", "A: c\n\nend\n"]);
        assert!(super::mails(b"").is_empty() && super::mails(b"A: b\n").is_empty());
        assert_eq!(super::mails(b"From x\r\n\r\n"), [b"\r\n"]);
    }
}
