//! Signatures made here with real keys, and a table instead of name servers.

use super::*;
use crate::clock::{Clock, SystemClock};
use jiff::SignedDuration;
use mail_auth::common::crypto::{Ed25519Key, RsaKey, Sha256};
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::{DkimSigner, Done};
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// A key of 2048 bits that was made for these tests.
const RSA: &[u8] = include_bytes!("rsa2048.pk8");
const RSA_PUBLIC: &str = include_str!("rsa2048.pub");
/// A whole mail, signed by a key of 1024 and one of 768 bits, made with OpenSSL: ring makes none so short.
const SHORT: &str = include_str!("short_keys.eml");
const SHORT_KEYS: &str = include_str!("short_keys.txt");

const MAIL: &str = "From: Ann <ann@corp.example>\r\nTo: help@x.example\r\nSubject: close\r\n\
    Date: Fri, 20 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@corp.example>\r\n\r\nclose 12\r\n";

type Signer = DkimSigner<RsaKey<Sha256>, Done>;

fn signer(domain: &str, fields: &[&str]) -> Signer {
    let key = RsaKey::<Sha256>::from_key_der(PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(RSA))).unwrap();
    DkimSigner::from_key(key).domain(domain).selector("s1").headers(fields.iter().copied())
}

fn usual() -> Signer {
    signer("corp.example", &["From", "Date", "Subject", "Message-ID"])
}

fn sign(signer: &Signer, mail: &str) -> String {
    format!("{}{mail}", signer.sign(mail.as_bytes()).unwrap().to_header())
}

/// A table for name servers.
struct Table(Vec<(String, String)>);

impl Published for Table {
    async fn txt(&self, name: &str) -> Result<Vec<u8>, String> {
        let found = self.0.iter().find(|(n, _)| n == name);
        found.map(|(_, record)| record.clone().into_bytes()).ok_or_else(|| "no such name".to_owned())
    }
}

fn published(record: &str) -> Table {
    let names = ["s1._domainkey.corp.example.", "s1._domainkey.evil.example."];
    Table(names.map(|name| (name.to_owned(), record.to_owned())).to_vec())
}

fn usual_key() -> Table {
    published(&format!("v=DKIM1; k=rsa; p={}", RSA_PUBLIC.trim()))
}

async fn asked(mail: &str) -> Dkim {
    ask(&usual_key(), mail.as_bytes(), "corp.example", SystemClock.now()).await
}

fn failed(dkim: Dkim) -> String {
    match dkim {
        Dkim::Failed(why) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_signature_over_all_of_it_proves_its_domain() {
    let passed = Dkim::Passed("corp.example".into());
    let mail = sign(&usual(), MAIL);
    assert_eq!(asked(&mail).await, passed);
    assert_eq!(asked(&mail.replace("\r\n", "\n")).await, passed, "as a Maildir keeps it");
    assert_eq!(asked(&format!("Received: by mx.x.example; now\r\n{mail}")).await, passed);
    // the domain's own broken signature of another server beside it, and strangers' in front
    let broken = sign(&usual(), &MAIL.replace("close 12", "other"));
    let (broken, _) = broken.split_once("From:").unwrap();
    assert_eq!(asked(&format!("{broken}{mail}")).await, passed);
    let foreign = sign(&signer("list.example", &["From", "Date"]), &mail);
    assert_eq!(asked(&foreign).await, passed);

    let pkcs8 = Ed25519Key::generate_pkcs8().unwrap();
    let key = Ed25519Key::from_pkcs8_der(&pkcs8).unwrap();
    let record = format!("v=DKIM1; k=ed25519; p={}", data_encoding::BASE64.encode(&key.public_key()));
    let signer = DkimSigner::from_key(key).domain("corp.example").selector("s1").headers([
        "From",
        "Date",
        "Message-ID",
    ]);
    let mail = format!("{}{MAIL}", signer.sign(MAIL.as_bytes()).unwrap().to_header());
    let said = ask(&published(&record), mail.as_bytes(), "corp.example", SystemClock.now()).await;
    assert_eq!(said, passed);
}

#[tokio::test]
async fn what_is_not_signed_is_not_proven() {
    let mail = sign(&usual(), MAIL);
    for (from, to) in [
        ("close 12", "close 13"),
        ("Ann <", "Bob <"),
        ("10:00:00", "11:00:00"),
        ("Subject: close", "Subject: open"),
        ("d=corp.example", "d=CORP.example"),
    ] {
        failed(asked(&mail.replacen(from, to, 1)).await);
    }
    // another domain's is nobody's, and asks nobody
    assert_eq!(asked(&sign(&signer("evil.example", &["From", "Date"]), MAIL)).await, Dkim::NotAsked);
    assert_eq!(asked(&sign(&signer("sub.corp.example", &["From", "Date"]), MAIL)).await, Dkim::NotAsked);
    assert_eq!(asked(MAIL).await, Dkim::NotAsked);
    let covers = "it does not cover From, Date and Message-ID";
    assert_eq!(failed(asked(&sign(&signer("corp.example", &["From", "Subject"]), MAIL)).await), covers);
}

#[tokio::test]
async fn hostile_signatures_prove_nothing() {
    let length = sign(&usual().body_length(true), MAIL);
    assert!(length.contains("l="), "{length}");
    assert!(failed(asked(&length).await).contains("l="));
    assert!(failed(asked(&format!("{length}close 99\r\n")).await).contains("l="));
    let spaced = length.replace("l=", "l =");
    assert!(failed(asked(&spaced).await).contains("l="), "{spaced}");

    let now = SystemClock.now();
    let short = sign(&usual().expiration(3_600), MAIL);
    let at = async |hours: i64| {
        ask(&usual_key(), short.as_bytes(), "corp.example", now + SignedDuration::from_hours(hours)).await
    };
    assert_eq!(at(0).await, Dkim::Passed("corp.example".into()));
    assert_eq!(failed(at(2).await), "it has expired");
    assert_eq!(failed(at(-48).await), "it was made in the future");

    let mail = sign(&usual(), MAIL);
    for (from, to, why) in [
        ("a=rsa-sha256", "a=rsa-sha1", "its version or algorithm is not taken"),
        ("v=1", "v=2", "its version or algorithm is not taken"),
        ("v=1;", "v=1; atps=evil.example;", "it has a tag that is not known here"),
        ("v=1;", "v=1; r=y;", "it has a tag that is not known here"),
        ("s=s1", "s=../s1", "its selector is no name"),
        ("s=s1", "s=s2", "cannot be had: no such name"),
        ("From: Ann", "From : Ann", "its header is not clean"),
        ("From: Ann", "From: bob@corp.example\r\nFrom: Ann", "its header is not clean"),
        ("To: help", "no field\r\nTo: help", "its header is not clean"),
        ("To: help", "X: a\rFrom: b\r\nTo: help", "its header is not clean"),
    ] {
        let said = failed(asked(&mail.replacen(from, to, 1)).await);
        assert!(said.contains(why), "{to}: {said}");
    }
    // a tag twice, or a field as long as a mail, is no signature that is looked at
    assert_eq!(asked(&mail.replacen("d=corp", "d=corp.example; d=corp", 1)).await, Dkim::NotAsked);
    let padded = mail.replacen("v=1;", &format!("v=1; z={};", "x".repeat(limits::DKIM_FIELD)), 1);
    assert_eq!(asked(&padded).await, Dkim::NotAsked);
    for nonsense in
        ["", "\r\n", "DKIM-Signature:", "DKIM-Signature: v=1; d=corp.example\r\nFrom: a\r\nDate: b\r\n\r\n"]
    {
        assert!(!matches!(asked(nonsense).await, Dkim::Passed(_)), "{nonsense}");
    }
}

/// Only so many are looked at: the good one behind them is too late.
#[tokio::test]
async fn a_flood_of_signatures_costs_little() {
    let mail = sign(&usual(), MAIL);
    let broken = mail.split_once("From:").unwrap().0.replacen("b=", "b=AAAA", 1);
    let few = format!("{}{mail}", broken.repeat(limits::DKIM_SIGNATURES - 1));
    assert_eq!(asked(&few).await, Dkim::Passed("corp.example".into()));
    failed(asked(&format!("{}{mail}", broken.repeat(limits::DKIM_SIGNATURES))).await);
    failed(asked(&format!("{}{mail}", broken.repeat(200))).await);
}

#[tokio::test]
async fn keys_that_prove_nothing() {
    let mail = sign(&usual(), MAIL);
    let p = RSA_PUBLIC.trim();
    for (record, why) in [
        (format!("v=DKIM1; t=y; p={p}"), "t=y"),
        (format!("v=DKIM1; t=s:y; p={p}"), "t=y"),
        (format!("v=DKIM1; s=tlsrpt; p={p}"), "not for mail"),
        ("v=DKIM1; p=".to_owned(), "its key"),
        ("v=spf1 -all".to_owned(), "its key"),
        ("nonsense".to_owned(), "no list of tags"),
        (format!("v=DKIM1; k=ed25519; p={p}"), ""),
        (format!("v=DKIM1; h=sha1; p={}", p.get(..40).unwrap()), ""),
        (format!("v=DKIM1; p={}", "A".repeat(RECORD)), "too long"),
    ] {
        let said = failed(ask(&published(&record), mail.as_bytes(), "corp.example", SystemClock.now()).await);
        assert!(said.contains(why), "{record}: {said}");
    }
}

/// RFC 8301: keys of 1024 bits count, shorter ones do not.
#[tokio::test]
async fn short_rsa_keys_prove_nothing() {
    let keys: Vec<(String, String)> = SHORT_KEYS
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(name, p)| (format!("{name}._domainkey.corp.example."), format!("v=DKIM1; p={p}")))
        .collect();
    let mail = SHORT.replace('\n', "\r\n");
    let only = |keep: &str| {
        mail.split_inclusive("\r\n")
            .filter(|line| !line.starts_with("DKIM-Signature:") || line.contains(keep))
            .collect::<String>()
    };
    let now = SystemClock.now();
    let table = Table(keys);
    let said = ask(&table, only("s=k1024").as_bytes(), "corp.example", now).await;
    assert_eq!(said, Dkim::Passed("corp.example".into()));
    failed(ask(&table, only("s=k768").as_bytes(), "corp.example", now).await);
}

/// A name server that knows the key of one name, in strings of 255 bytes, and no other.
fn name_server(record: String) -> SocketAddr {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let at = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut query = [0; 1_500];
        while let Ok((length, from)) = socket.recv_from(&mut query) {
            let name = query[12..length].iter().position(|b| *b == 0).unwrap();
            let question = &query[12..12 + name + 5];
            let known = question.starts_with(b"\x02s1\x0a_domainkey\x04corp\x07example\0\0\x10");
            let flags: [u8; 2] = if known { [0x81, 0x80] } else { [0x81, 0x83] };
            let mut answer =
                [&query[..2], &flags, &[0, 1, 0, u8::from(known), 0, 0, 0, 0], question].concat();
            if known {
                let strings: Vec<u8> =
                    record.as_bytes().chunks(255).flat_map(|s| [&[s.len() as u8], s].concat()).collect();
                answer.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60]);
                answer.extend((strings.len() as u16).to_be_bytes());
                answer.extend(strings);
            }
            socket.send_to(&answer, from).unwrap();
        }
    });
    at
}

#[tokio::test]
async fn keys_are_asked_for_by_dns() {
    let record = format!("v=DKIM1; k=rsa; p={}", RSA_PUBLIC.trim());
    assert!(record.len() > 255);
    let dns = Dns { instead: Some(name_server(record)) };
    let now = SystemClock.now();
    let mail = sign(&usual(), MAIL);
    assert_eq!(ask(&dns, mail.as_bytes(), "corp.example", now).await, Dkim::Passed("corp.example".into()));
    let other = mail.replace("s=s1", "s=s2");
    assert!(failed(ask(&dns, other.as_bytes(), "corp.example", now).await).contains("cannot be had"));
}

proptest::proptest! {
    /// Whatever a field or a key's record holds, it proves nothing and breaks nothing.
    #[test]
    fn no_signature_and_no_key_break_it(field in "[ -~]{0,60}", tags in "([a-z]{1,2}=[ -~]{0,20};){0,12}", record in "[ -~]{0,80}") {
        let mail = format!("DKIM-Signature: v=1; d=corp.example; s=s1; {tags}{field}\r\n{MAIL}");
        let signed = sign(&usual(), MAIL);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let now = SystemClock.now();
        for (key, mail) in [(usual_key(), &mail), (published(&record), &signed)] {
            let said = runtime.block_on(ask(&key, mail.as_bytes(), "corp.example", now));
            assert!(!matches!(said, Dkim::Passed(_)), "{said:?}");
        }
    }
}
