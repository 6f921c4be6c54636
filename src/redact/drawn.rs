//! Values that nobody could have thought of, under names that tell nothing: in comes a content, out come places. Only long
//! ones of capitals, small letters and digits; sums, identifiers and certificates look alike and are told by their names.

use super::words::{Words, words};
use super::{Hit, values};
use regex::bytes::Regex;
use std::sync::LazyLock;

/// Bits a byte of what is drawn from 64 signs, at least, for 32 of them.
const DRAWN: f64 = 4.4;

static ASSIGNED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = r#"([A-Za-z_][A-Za-z0-9_.-]{2,60})\\?["']?\]?"#;
    let tie = r"(?:[ \t]{0,8}(?:=>|:=|=|:|>|,)[ \t]{0,8}|[ \t]{1,8})";
    let value = r#"@?\\?["'`]{0,3}([A-Za-z0-9+/_-]{32,200}={0,2})(?:[\\"'`\s,;<&)]|$)"#;
    let form = format!("(?-u){name}{tie}{value}");
    Regex::new(&form).ok()
});

/// Words of names whose values are for everybody.
static PUBLIC: Words = words(
    "hash hashes sum sums checksum checksums digest digests integrity fingerprint fingerprints cert certs certificate \
     certificates ca chain sha sha1 sha256 sha384 sha512 md5 id ids uuid guid etag commit rev revision ref refs version build \
     image url uri path src href public pub pubkey publickey signature sig anchor ssid serial thumbprint kid n x y e modulus \
     spki pin pins domainkey dnskey ds rrsig txt subject issuer name file dir address host peer node machine disk device part \
     oid tag label branch locale charset alphabet test example",
);

pub(super) fn find(content: &[u8], hits: &mut Vec<Hit>) {
    for found in ASSIGNED.iter().flat_map(|form| form.captures_iter(content)) {
        let (Some(name), Some(value)) = (found.get(1), found.get(2)) else { continue };
        let text = value.as_bytes();
        let kinds = [u8::is_ascii_uppercase, u8::is_ascii_lowercase, u8::is_ascii_digit];
        let mixed = kinds.iter().all(|kind| text.iter().filter(|b| kind(b)).count() >= 3);
        // what base 64 makes of a certificate, of a JSON document, of a picture
        let known = [&b"LS0tLS1CRUdJTiBDRVJU"[..], b"MII", b"AAAA", b"eyJ", b"iVBOR", b"sha"]
            .iter()
            .any(|start| text.starts_with(start));
        if mixed
            && !known
            && !is_public(name.as_bytes())
            && values::is_random(text)
            && values::entropy(text) >= DRAWN
        {
            hits.push(Hit { range: value.range(), rule: "entropy" });
        }
    }
}

fn is_public(name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    let mut parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    parts.any(|part| PUBLIC.has(part))
        || ["sha256", "hash", "digest", "checksum", "integrity", "uuid"].iter().any(|end| name.ends_with(end))
}
