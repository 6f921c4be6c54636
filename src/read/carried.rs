//! Our own exports (`model/carried.rs`): a line of JSON, or a ticket's mbox, in; the ticket with its raw mails out. Which mail of
//! the mbox is which is told by its SHA-256; one that a mail program has changed since is taken as it is now, and that is
//! counted. Only the last mail of an mbox says how the ticket stands: what a stranger writes into one of his is his mail.

use super::{Unreadable, mbox};
use crate::limits;
use crate::model::carried::{Bytes, CARD_FIELD, CARD_MEDIA, Carried, FORM, Losses};
use crate::model::mail::with_crlf;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// One line of `trackle admin export --format jsonl`.
///
/// # Errors
/// When it is no ticket of the form that this program knows.
pub fn line(json: &str) -> Result<Carried, Unreadable> {
    let wrong = |why: String| Unreadable { why };
    let ticket: Carried =
        serde_json::from_str(json).map_err(|e| wrong(format!("no exported ticket: {e}")))?;
    if ticket.trackle != FORM {
        return Err(wrong(format!(
            "form {} of an exported ticket; this program knows {FORM}",
            ticket.trackle
        )));
    }
    if ticket.number == 0 || ticket.source.is_empty() {
        return Err(wrong("an exported ticket without a number or a source".to_owned()));
    }
    Ok(ticket)
}

/// The mbox of one ticket.
///
/// # Errors
/// When its last mail does not say how a ticket stands.
pub fn mailbox(bytes: Vec<u8>) -> Result<(Carried, Losses), Unreadable> {
    let mut mails = mbox::mails(&bytes);
    drop(bytes);
    let mut ticket = card(&mails.pop().unwrap_or_default())?;
    let missing = found(&mut ticket, &mut mails);
    let losses = changed(&mut ticket, missing, mails);
    Ok((ticket, losses))
}

/// Gives the ticket the mails that are as they were, and takes them out of the mailbox. Gives the places of all others.
fn found(ticket: &mut Carried, mails: &mut Vec<Vec<u8>>) -> Vec<usize> {
    let mut wanted: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, mail) in ticket.mails.iter().enumerate() {
        wanted.entry(mail.sha256.clone()).or_default().push(at);
    }
    // one at a time has its forms in memory
    mails.retain(|mail| {
        let form = forms(mail).into_iter().find_map(|form| Some((wanted.remove(&sha256(&form))?, form)));
        let Some((places, form)) = form else { return true };
        for at in places {
            if let Some(mail) = ticket.mails.get_mut(at) {
                mail.raw = Some(Bytes(form.clone()));
            }
        }
        false
    });
    let mut missing: Vec<usize> = wanted.into_values().flatten().collect();
    missing.sort_unstable();
    missing
}

/// Mails that something has changed since, by their Message-IDs: kept as they are now.
fn changed(ticket: &mut Carried, missing: Vec<usize>, mails: Vec<Vec<u8>>) -> Losses {
    let mut losses = Losses::default();
    let mut left: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    if !missing.is_empty() {
        for mail in mails {
            if let Some(id) = super::mail(&mail).ok().and_then(|mail| mail.message_id) {
                left.entry(id.as_str().to_owned()).or_insert(mail);
            }
        }
    }
    let mut renamed: BTreeMap<String, String> = BTreeMap::new();
    for at in missing {
        let Some(mail) = ticket.mails.get_mut(at) else { continue };
        let about = format!("#{}: {}", ticket.number, mail.message_id.as_deref().unwrap_or(&mail.sha256));
        match mail.message_id.as_ref().and_then(|id| left.get(id)) {
            Some(found) => {
                losses.add("mails that were changed after the export, kept as they are now", about);
                let bytes = with_crlf(found);
                let now = sha256(&bytes);
                renamed.insert(std::mem::replace(&mut mail.sha256, now.clone()), now);
                mail.raw = Some(Bytes(bytes));
            }
            None => losses.add("mails that are not in the mailbox", about),
        }
    }
    let named = ticket.entries.iter_mut().map(|entry| &mut entry.mail);
    for name in named.chain(ticket.events.iter_mut().map(|event| &mut event.mail)).flatten() {
        if let Some(now) = renamed.get(name) {
            name.clone_from(now);
        }
    }
    losses
}

/// How the ticket stands, from the mail that says so.
fn card(mail: &[u8]) -> Result<Carried, Unreadable> {
    let read = super::mail(mail).map_err(|_| none())?;
    read.header(CARD_FIELD).ok_or_else(none)?;
    let file = read.attachments.iter().find(|file| file.media == CARD_MEDIA).ok_or_else(none)?;
    line(std::str::from_utf8(&file.bytes).map_err(|_| none())?)
}

fn none() -> Unreadable {
    let why = "no mailbox that `trackle admin export` wrote: its last mail does not say how a ticket stands";
    Unreadable { why: why.to_owned() }
}

/// What a mail in a mailbox may have been: with line ends as on the wire or not, and with an end of its last line or not.
fn forms(mail: &[u8]) -> Vec<Vec<u8>> {
    if mail.len() > limits::MAIL_BYTES * 2 {
        return Vec::new();
    }
    let bare = mail.strip_suffix(b"\n").unwrap_or(mail);
    let mut forms = vec![on_the_wire(mail), mail.to_vec(), on_the_wire(bare), bare.to_vec()];
    forms.dedup();
    forms
}

/// What `show/archive/mbox.rs` does to line ends, undone: each gets its carriage return, whatever stands before it.
fn on_the_wire(mail: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(mail.len() + mail.len() / 32);
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(text) => {
                out.extend_from_slice(text);
                out.extend_from_slice(b"\r\n");
            }
            None => out.extend_from_slice(line),
        }
    }
    out
}

fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::carried::{Entry, Mail};
    use data_encoding::BASE64;

    fn mailbox_of(mails: &[&[u8]], boxed: &[&str]) -> Vec<u8> {
        let mail = |bytes: &&[u8]| Mail {
            sha256: sha256(bytes),
            message_id: super::super::mail(bytes).unwrap().message_id.map(|id| id.as_str().to_owned()),
            ..Mail::default()
        };
        let mails: Vec<Mail> = mails.iter().map(mail).collect();
        let entry = Entry { mail: mails.first().map(|mail| mail.sha256.clone()), ..Entry::default() };
        let source = "trackle:x#12".to_owned();
        let ticket =
            Carried { trackle: 1, number: 12, source, mails, entries: vec![entry], ..Carried::default() };
        let json = BASE64.encode(serde_json::to_string(&ticket).unwrap().as_bytes());
        let card = format!(
            "{CARD_FIELD}: 1\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: {CARD_MEDIA}\n\
             Content-Transfer-Encoding: base64\n\n{json}\n--b--\n"
        );
        let all = boxed.iter().copied().chain([card.as_str()]);
        all.flat_map(|mail| format!("From x\n{mail}\n").into_bytes()).collect()
    }

    #[test]
    fn mails_are_as_they_came_whatever_their_line_ends() {
        let came: [&[u8]; 5] = [
            b"Message-ID: <1@x>\r\n\r\nOne\r\n",
            b"Message-ID: <2@x>\n\nTwo",
            b"Message-ID: <3@x>\r\n\r\nThree",
            b"Message-ID: <4@x>\r\n\r\nFour\r\r\n\r\r\n",
            b"Message-ID: <5@x>\r\n\r\nFive\r",
        ];
        let boxed = [
            "Message-ID: <1@x>\n\nOne\n",
            "Message-ID: <2@x>\n\nTwo\n",
            "Message-ID: <3@x>\n\nThree\n",
            "Message-ID: <4@x>\n\nFour\r\n\r\n",
            "Message-ID: <5@x>\n\nFive\r\n",
        ];
        let (ticket, losses) = mailbox(mailbox_of(&came, &boxed)).unwrap();
        let raw: Vec<&[u8]> =
            ticket.mails.iter().map(|mail| mail.raw.as_ref().unwrap().0.as_slice()).collect();
        assert_eq!((raw, losses.iter().count()), (came.to_vec(), 0));
    }

    #[test]
    fn what_was_changed_or_taken_out_is_counted() {
        let came: [&[u8]; 2] = [b"Message-ID: <1@x>\r\n\r\nOne\r\n", b"Message-ID: <2@x>\r\n\r\nTwo\r\n"];
        let (ticket, losses) =
            mailbox(mailbox_of(&came, &["Message-ID: <1@x>\nStatus: RO\n\nOne\n"])).unwrap();
        assert_eq!(losses.iter().map(|(_, count, _)| count).collect::<Vec<_>>(), [1, 1]);
        assert!(ticket.mails[0].raw.is_some() && ticket.mails[1].raw.is_none());
        assert_eq!(ticket.entries[0].mail.as_ref(), Some(&ticket.mails[0].sha256));
    }

    #[test]
    fn other_mailboxes_and_forms_are_refused() {
        for bytes in [&b""[..], b"From x\nA: b\n\nc\n"] {
            assert!(mailbox(bytes.to_vec()).is_err_and(|e| e.why.contains("trackle admin export")));
        }
        let mut after = mailbox_of(&[], &[]);
        after.extend_from_slice(b"From x\nA: b\n\nc\n");
        assert!(mailbox(after).is_err());
        for json in
            ["", "[]", "{}", r#"{"trackle":2,"number":1,"source":"x"}"#, r#"{"trackle":1,"source":"x"}"#]
        {
            assert!(line(json).is_err(), "{json}");
        }
        assert!(line(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))).is_err());
    }
}
