//! Mails and their parts: bytes and fields in, what `read` promises of the nouns that come out.

use super::{NOW, ROBOT, is_plain, text};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use trackle::model::address::{Address, Mailbox};
use trackle::model::mail::{Mail, Piece, Report};
use trackle::model::proof::Proof;
use trackle::{command, identify, limits, read, route};

/// A whole mail, and what the thinking rooms make of it.
pub fn mail(bytes: &[u8]) {
    let Ok(mail) = read::mail(bytes) else {
        return assert!(bytes.iter().all(u8::is_ascii_whitespace), "unreadable");
    };
    of_mail(&mail);
    if let Some(claim) = read::signed::claim(bytes) {
        assert!(claim.signature.len() <= limits::SIGNATURE_BYTES && claim.data.len() <= limits::SIGNED_BYTES);
        of_mail(&claim.content);
    }
    let sender = identify::sender::sender(&mail, &ROBOT, NOW);
    if let Some(sender) = &sender {
        assert_eq!(sender.proof, Proof::None, "nobody vouched for it: {}", sender.why);
        is_plain(&sender.name, &[]);
    }
    identify::loops::nature_for(&mail, &ROBOT);
    identify::language::language(&mail);
    identify::munged::author(&mail, &ROBOT);
    let reading = command::line::read(&mail.new_text(), true);
    let clues = route::clues::clues(&mail, sender.as_ref().map(|s| &s.address), &reading, &ROBOT, NOW);
    assert!(clues.reply.is_none() && clues.leave.is_none() && clues.ours.is_empty(), "{clues:?}");
}

fn of_mail(mail: &Mail) {
    assert!(mail.headers.len() <= limits::HEADER_COUNT);
    mail.headers.iter().for_each(|header| is_plain(&header.value, &['\t']));
    let people: Vec<&Mailbox> =
        [&mail.from, &mail.reply_to, &mail.to, &mail.cc].into_iter().flatten().collect();
    assert!(people.len() <= limits::ADDRESSES);
    people.into_iter().for_each(of_mailbox);
    assert!(mail.references.len().max(mail.in_reply_to.len()) <= limits::REFERENCES);
    is_plain(&mail.subject, &[]);
    is_plain(&mail.text, &['\n', '\t']);
    assert!(mail.text.len() <= limits::TEXT_BYTES + 2 * limits::MIME_PARTS);
    of_pieces(&mail.pieces, &mail.text);
    assert!(mail.attachments.len() <= limits::ATTACHMENTS);
    for file in &mail.attachments {
        is_plain(&file.name, &[]);
        assert!(file.name.chars().count() <= 120 && !file.name.contains(['/', '\\']), "{:?}", file.name);
        assert!(
            !file.name.starts_with('.') && !file.name.chars().any(read::words::is_bidi),
            "{:?}",
            file.name
        );
        assert_eq!(file.media, file.media.to_ascii_lowercase());
    }
    mail.report.iter().for_each(of_report);
}

fn of_mailbox(found: &Mailbox) {
    is_plain(&found.name, &[]);
    is_plain(&found.addr, &[]);
}

fn of_pieces(pieces: &[Piece], text: &str) {
    assert!(pieces.iter().all(|piece| !piece.text.is_empty()));
    let together: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
    assert_eq!(together, text);
}

fn of_report(report: &Report) {
    is_plain(&report.diagnostic, &[]);
    assert!(report.diagnostic.chars().count() <= 200 && report.recipients.len() <= 100);
    report.recipients.iter().for_each(|address| is_plain(address, &[]));
    assert!(report.status.bytes().all(|b| b.is_ascii_digit() || b == b'.'), "{:?}", report.status);
}

/// A header block; read again from what was read of it, it is the same.
pub fn headers(bytes: &[u8]) {
    let block = read::headers::block(bytes);
    assert!(bytes.ends_with(block.body) && block.headers.len() <= limits::HEADER_COUNT);
    let mut again = String::new();
    for header in &block.headers {
        is_plain(&header.value, &['\t']);
        assert!(header.name.len() <= 100 && header.name.bytes().all(|b| b.is_ascii_graphic() && b != b':'));
        again += &format!("{}: {}\r\n", header.name, header.value);
    }
    if again.len() < limits::HEADER_FIELD {
        assert_eq!(read::headers::block((again + "\r\n").as_bytes()).headers, block.headers);
    }
    for header in &block.headers {
        is_plain(&read::words::line(&header.value), &[]);
        let field = read::params::Field::read(&header.value);
        field.param("charset");
        read::fields::ids(&header.value).for_each(drop);
    }
}

/// An address field. Whoever can be written to is the only one whom a field of his address and name names.
pub fn addresses(bytes: &[u8]) {
    for found in read::addresses::list(&text(bytes)) {
        of_mailbox(&found);
        let Some(address) = found.address() else { continue };
        assert_eq!(Address::parse(address.as_str()).as_ref().map(Address::as_str), Some(address.as_str()));
        let name = found.name.replace('\\', "\\\\").replace('"', "\\\"");
        let again = read::addresses::list(&format!("\"{name}\" <{address}>"));
        assert!(again.len() == 1 && again[0].addr == address.as_str(), "{found:?} {again:?}");
    }
}

/// A date; written by the standard it is the same one.
pub fn dates(bytes: &[u8]) {
    let Some(date) = read::fields::date(&text(bytes)) else { return };
    let Ok(written) = rfc2822::DateTimePrinter::new().timestamp_to_string(&date) else { return };
    let seconds = Timestamp::from_second(date.as_second()).expect("whole seconds");
    assert_eq!(read::fields::date(&written), Some(seconds), "{written}");
}

/// What a machine says of a letter that came back, in one of three frames.
pub fn bounces(bytes: &[u8]) {
    let Some((frame, said)) = bytes.split_first() else { return };
    let frame: &[u8] = match frame % 3 {
        0 => b"",
        1 => b"From: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail Returned to Sender\n\n",
        _ => {
            b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\n--b\n\
              Content-Type: message/delivery-status\n\n"
        }
    };
    let tree = read::tree::tree(&[frame, said].concat());
    let said = text(said);
    read::report::report(&tree.root, &said, &said).iter().for_each(of_report);
}

/// A text, cut into what is new and what is not; put together it is the same text.
pub fn quotes(bytes: &[u8]) {
    let text = read::content::clean(&text(bytes));
    of_pieces(&read::quotes::pieces(&text), &text);
    of_mail(&read::body(&text));
}

/// A page of HTML as text.
pub fn html(bytes: &[u8]) {
    let page = read::content::clean(&text(bytes));
    read::html::looks_like(&page);
    let shown = read::html::text(&page);
    is_plain(&shown, &['\n', '\t']);
    assert!(shown.len() <= 64 * page.len() + 64, "{} bytes of {}", shown.len(), page.len());
}
