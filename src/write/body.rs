//! Header and text become the bytes of a mail. A head, lines of text and files come in; MIME goes out (RFC 2045, 2046):
//! UTF-8, CRLF, quoted-printable unless the text is plain ASCII in short lines, never format=flowed. The boundary is
//! made of the Message-ID: nothing here is random.

use super::attached::Files;
use super::envelope::Head;
use super::recheck;
use crate::fault::{Fault, Outcome};
use crate::model::address::Address;
use crate::model::mail::MessageId;
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Body, MultiPart, SinglePart};

/// Columns up to which ASCII goes as it is: what lettre takes, a little less than the 78 of RFC 5322 2.1.1.
const SHORT: usize = 73;

/// The finished letter, looked at once more.
pub(super) fn assembled(
    head: Head,
    text: &str,
    files: &Files<'_>,
    id: &MessageId,
    to: &Address,
) -> Outcome<Vec<u8>> {
    let Head { fields, mut names } = head;
    names.push(("Content-Type".to_owned(), None));
    let mut bytes = fields.to_string().into_bytes();
    let text = plain(text)?;
    if files.carried.is_empty() {
        names.push(("Content-Transfer-Encoding".to_owned(), None));
        bytes.extend(text.formatted());
    } else {
        // "=_" stands in no quoted-printable and no base 64 text
        let left = id.as_str().split('@').next().unwrap_or("");
        let mut parts = MultiPart::mixed().boundary(format!("=_{left}")).singlepart(text);
        for file in &files.carried {
            parts = parts.singlepart(file.part());
        }
        bytes.extend(parts.formatted());
    }
    recheck::letter(&bytes, &names, to)?;
    Ok(bytes)
}

/// The text as a part. Line ends are made here, in one go.
fn plain(text: &str) -> Outcome<SinglePart> {
    let as_it_is = text.is_ascii() && text.lines().all(|l| l.len() <= SHORT);
    let encoding =
        if as_it_is { ContentTransferEncoding::SevenBit } else { ContentTransferEncoding::QuotedPrintable };
    let text = text.replace('\n', "\r\n");
    let body = Body::new_with_encoding(text, encoding)
        .map_err(|_| Fault::lasting("the text fits no transfer encoding"))?;
    Ok(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(body))
}
