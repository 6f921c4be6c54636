//! The part of a mail that an OpenPGP signature covers. In: the raw bytes of a mail; out: the signed bytes exactly as
//! they were signed, the signature, and what those bytes say when they are read alone. Follows RFC 3156 5
//! (multipart/signed) and RFC 9580 7 (the cleartext framework); of both only the plain form is taken, one signature
//! around one part, at the top of the mail or as the first part below what a mailing list wraps around it. Everything
//! that two programs could read in two ways is no claim at all. Verifies nothing.

use super::params::Field;
use super::{charset, content, headers, quotes, transfer, tree};
use crate::limits;
use crate::model::mail::{self, Header, Mail};
use crate::model::witness::Claim;

const BEGIN: &[u8] = b"-----BEGIN PGP SIGNED MESSAGE-----";
const SIGNATURE: &[u8] = b"-----BEGIN PGP SIGNATURE-----";
const END: &[u8] = b"-----END PGP SIGNATURE-----";

/// The signed part; `None` when there is none, or more than one could be meant.
pub fn claim(bytes: &[u8]) -> Option<Claim> {
    let bytes = tree::start(bytes);
    let root = Entity::of(&bytes)?;
    match root.content.value.as_str() {
        "multipart/mixed" => signed(&Entity::of(root.pieces()?.first()?)?),
        _ => signed(&root),
    }
}

fn signed(entity: &Entity<'_>) -> Option<Claim> {
    match entity.content.value.as_str() {
        "multipart/signed" => detached(entity),
        "text/plain" => inline(entity),
        _ => None,
    }
}

/// A MIME entity, not yet decoded.
struct Entity<'a> {
    content: Field,
    encoding: String,
    body: &'a [u8],
}

impl<'a> Entity<'a> {
    /// `None` when a field that decides how it is read stands twice, or it is a file.
    fn of(bytes: &'a [u8]) -> Option<Entity<'a>> {
        let block = headers::block(bytes);
        let content = Field::read(&only(&block.headers, "Content-Type")?.unwrap_or("text/plain".into()));
        let encoding = only(&block.headers, "Content-Transfer-Encoding")?.unwrap_or_default();
        let disposition = Field::read(&only(&block.headers, "Content-Disposition")?.unwrap_or_default());
        let is_file = !matches!(disposition.value.as_str(), "" | "inline");
        (!is_file).then_some(Entity { content, encoding, body: block.body })
    }

    /// The parts of a multipart that has its boundary and its end.
    fn pieces(&self) -> Option<Vec<&'a [u8]>> {
        let boundary = self.content.param("boundary").map(str::trim_end).filter(|b| !b.is_empty())?;
        let split = tree::Split::of(self.body, boundary.as_bytes());
        split.closed.then_some(split.pieces)
    }
}

/// The value of a field that stands once, `Some(None)` when it is missing, `None` when it stands more often.
#[allow(clippy::option_option)]
fn only(headers: &[Header], name: &str) -> Option<Option<String>> {
    let mut values = headers.iter().filter(|h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.clone());
    let first = values.next();
    values.next().is_none().then_some(first)
}

/// `multipart/signed`: the first part is signed with all its headers, the second is the signature.
fn detached(entity: &Entity<'_>) -> Option<Claim> {
    let protocol = entity.content.param("protocol")?;
    if !protocol.trim().eq_ignore_ascii_case("application/pgp-signature") {
        return None;
    }
    let pieces = entity.pieces()?;
    let [part, signature] = pieces.as_slice() else { return None };
    let block = headers::block(signature);
    let media = Field::read(&only(&block.headers, "Content-Type")??);
    if media.value != "application/pgp-signature" {
        return None;
    }
    let encoding = only(&block.headers, "Content-Transfer-Encoding")?.unwrap_or_default();
    let signature = transfer::decoded(block.body, &encoding).0.into_owned();
    let content = super::mail(part).ok()?;
    fits(part, &signature).then(|| Claim { data: mail::with_crlf(part), signature, content })
}

/// Text between armour lines in a plain part. The hash covers its lines without blanks at their ends, parted by CRLF.
fn inline(entity: &Entity<'_>) -> Option<Claim> {
    let body = transfer::decoded(entity.body, &entity.encoding).0;
    let lines: Vec<&[u8]> = body.split(|b| *b == b'\n').map(<[u8]>::trim_ascii_end).collect();
    let mut armour = lines.iter().enumerate().filter(|(_, l)| l.starts_with(b"-----")).map(|(at, _)| at);
    let (begin, middle, end) = (armour.next()?, armour.next()?, armour.next()?);
    let is = |at: usize, what: &[u8]| lines.get(at).is_some_and(|line| *line == what);
    if armour.next().is_some() || !is(begin, BEGIN) || !is(middle, SIGNATURE) || !is(end, END) {
        return None;
    }
    let framed = lines.get(begin + 1..middle)?;
    let blank = framed.iter().position(|line| line.is_empty())?;
    let (hashes, text) = (framed.get(..blank)?, framed.get(blank + 1..)?);
    if !hashes.iter().all(|line| line.starts_with(b"Hash: ")) {
        return None;
    }
    let text: Vec<&[u8]> = text.iter().map(|line| undashed(line)).collect::<Option<_>>()?;
    let data = text.join(b"\r\n".as_slice());
    let signature = lines.get(middle..=end)?.join(b"\n".as_slice());
    let label = entity.content.param("charset").unwrap_or("");
    let text = content::clean(&charset::text(&data, label));
    fits(&data, &signature).then(|| {
        let content = Mail { pieces: quotes::pieces(&text), text, ..Mail::default() };
        Claim { data, signature, content }
    })
}

/// A line without its escape; an unescaped dash at its beginning breaks the framework.
fn undashed(line: &[u8]) -> Option<&[u8]> {
    match line.strip_prefix(b"- ") {
        Some(rest) => Some(rest),
        // its blank went with those at the end of the line
        None if line == b"-" => Some(b""),
        None => (!line.starts_with(b"-")).then_some(line),
    }
}

fn fits(data: &[u8], signature: &[u8]) -> bool {
    data.len() <= limits::SIGNED_BYTES && (1..=limits::SIGNATURE_BYTES).contains(&signature.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARMOUR: &str = "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----";

    fn pgp(part: &str) -> String {
        format!(
            "From: a@b.example\nContent-Type: multipart/signed; protocol=\"application/pgp-signature\"; \
             boundary=z\n\n--z\n{part}\n--z\nContent-Type: application/pgp-signature\n\n{ARMOUR}\n--z--\n"
        )
    }

    #[test]
    fn the_bytes_are_those_that_were_signed() {
        let claim = claim(pgp("Content-Type: text/plain\n\nclose 12\n").as_bytes()).unwrap();
        assert_eq!(claim.data, b"Content-Type: text/plain\r\n\r\nclose 12\r\n");
        assert_eq!(claim.content.new_text(), "close 12");
        assert!(claim.signature.starts_with(SIGNATURE));

        let inline = format!(
            "Hi\n\n{}\nHash: SHA512\n\nclose 12  \n- - x\n-\n{ARMOUR}\ntake 12\n",
            "-----BEGIN PGP SIGNED MESSAGE-----"
        );
        let claim = super::claim(format!("From: a@b.example\n\n{inline}").as_bytes()).unwrap();
        assert_eq!(claim.data, b"close 12\r\n- x\r\n");
        assert_eq!(claim.content.text, "close 12\n- x\n");
    }

    #[test]
    fn a_list_may_wrap_it() {
        let inner = pgp("Content-Type: text/plain\n\nclose 12\n");
        let (_, inner) = inner.split_once('\n').unwrap();
        let list =
            format!("Content-Type: multipart/mixed; boundary=y\n\n--y\n{inner}\n--y\n\n!close 99\n--y--\n");
        let claim = claim(list.as_bytes()).unwrap();
        assert_eq!(claim.content.new_text(), "close 12");
    }

    /// What could be read in two ways is not signed at all.
    #[test]
    fn doubtful_forms_are_no_claims() {
        let begin = "-----BEGIN PGP SIGNED MESSAGE-----";
        let part = "Content-Type: text/plain\n\nx\n";
        let sound = pgp(part);
        let block = format!("{begin}\nHash: SHA256\n\nclose 12\n{ARMOUR}\n");
        assert!(claim(format!("A: b\n\n{block}").as_bytes()).is_some());
        for wrong in [
            "A: b\n\nclose 12\n".to_owned(),
            format!("A: b\n\n{block}{block}"),
            format!("A: b\n\n{begin}\n{block}"),
            format!("A: b\n\n{begin}\nHash: SHA256\nNotDashEscaped: x\n\nclose 12\n{ARMOUR}\n"),
            format!("A: b\n\n{begin}\nclose 99\n\nclose 12\n{ARMOUR}\n"),
            format!("A: b\n\n{begin}\n\n-close 12\n{ARMOUR}\n"),
            format!("A: b\n\n{begin}\n\nclose 12\n"),
            format!("A: b\nContent-Type: text/html\n\n{block}"),
            format!("A: b\nContent-Type: text/plain\nContent-Type: text/plain\n\n{block}"),
            format!("A: b\nContent-Disposition: attachment; filename=x\n\n{block}"),
            sound.replace("pgp-signature\"", "pkcs7-signature\""),
            sound.replace("--z--", ""),
            sound.replace("--z--", "--z\n\nclose 99\n--z--"),
            sound.replace("boundary=z", "boundary=q"),
            sound.replace("Content-Type: application/pgp-signature", "Content-Type: text/plain"),
            format!("A: b\n\n{begin}\n\n{}\n{ARMOUR}\n", "x".repeat(limits::SIGNED_BYTES + 1)),
            String::new(),
        ] {
            assert!(claim(wrong.as_bytes()).is_none(), "{}", wrong.get(..200).unwrap_or(&wrong));
        }
    }

    proptest::proptest! {
        /// Whatever stands there, in whatever order: no panic, and what is claimed is within its limits.
        #[test]
        fn no_bytes_break_it(words in proptest::collection::vec(0..WORDS.len(), 0..40)) {
            let mail: String = words.into_iter().map(|word| WORDS[word]).collect();
            if let Some(claim) = claim(mail.as_bytes()) {
                assert!(claim.signature.len() <= limits::SIGNATURE_BYTES);
            }
        }
    }

    const WORDS: [&str; 16] = [
        "\n",
        "\r\n",
        " ",
        "-",
        "- ",
        "--z",
        "--",
        "x",
        "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=z\n",
        "Content-Type: multipart/mixed; boundary=z\n",
        "Content-Type: application/pgp-signature\n",
        "Content-Transfer-Encoding: base64\n",
        "-----BEGIN PGP SIGNED MESSAGE-----\n",
        "Hash: SHA256\n",
        "-----BEGIN PGP SIGNATURE-----\n",
        "-----END PGP SIGNATURE-----\n",
    ];
}
