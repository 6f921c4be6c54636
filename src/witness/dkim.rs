//! DKIM signatures checked by ourselves (RFC 6376, RFC 8463). In: the raw mail, the domain of From, the time, and
//! somebody who knows the keys that domains publish; out: whether that domain signed From, Date, Message-ID and the whole text.
//!
//! mail-auth does the hashing and the arithmetic; what it is given is chosen here. It sees a clean header or none, the
//! signatures of that one domain, at most `limits::DKIM_SIGNATURES`, each with known tags only: no `l=` (text could be
//! added), none that has expired or is of the future, no algorithm but SHA-256. It asks DNS nothing by itself. A key
//! that its domain calls a trial (`t=y`) proves nothing, nor does an RSA key of less than 1024 bits. A panic in it
//! ends the look at this mail and nothing else.

use crate::limits;
use crate::model::mail;
use crate::model::witness::Dkim;
use futures_util::FutureExt;
use jiff::Timestamp;
use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::DomainKey;
use mail_auth::hickory_resolver::config::{NameServerConfig, ResolverConfig, ResolverOpts};
use mail_auth::{AuthenticatedMessage, DkimResult, MessageAuthenticator, Parameters, ResolverCache, Txt};
use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

/// Most of a key's record that is read.
const RECORD: usize = 8 * 1024;
/// How far a signer's clock may be ahead of ours, in seconds.
const AHEAD: i64 = 24 * 3_600;

/// Who knows the keys that domains publish.
#[allow(async_fn_in_trait)] // used by generics only, always on our own runtime
pub trait Published {
    /// The TXT record of that name, its strings joined.
    async fn txt(&self, name: &str) -> Result<Vec<u8>, String>;
}

/// The name servers that this machine uses, or a single one.
#[derive(Debug, Default)]
pub struct Dns {
    /// To be asked by UDP in the place of the machine's.
    pub instead: Option<SocketAddr>,
}

impl Dns {
    /// Made for each question: it lives on the runtime that it is made on, and its answers are not to be kept.
    fn resolver(&self) -> Result<MessageAuthenticator, String> {
        let Some(server) = self.instead else {
            return MessageAuthenticator::new_system_conf().map_err(|e| e.to_string());
        };
        let mut asked = NameServerConfig::udp(server.ip());
        asked.connections.iter_mut().for_each(|connection| connection.port = server.port());
        let config = ResolverConfig::from_parts(None, Vec::new(), vec![asked]);
        MessageAuthenticator::new(config, ResolverOpts::default()).map_err(|e| e.to_string())
    }
}

impl Published for Dns {
    async fn txt(&self, name: &str) -> Result<Vec<u8>, String> {
        self.resolver()?.txt_raw_lookup(name).await.map_err(|e| e.to_string())
    }
}

/// Whether that domain signed the mail.
pub async fn ask(published: &impl Published, bytes: &[u8], domain: &str, now: Timestamp) -> Dkim {
    let look = AssertUnwindSafe(look(published, bytes, domain, now));
    look.catch_unwind().await.unwrap_or_else(|_| Dkim::Failed("looking at it broke".to_owned()))
}

async fn look(published: &impl Published, bytes: &[u8], domain: &str, now: Timestamp) -> Dkim {
    let domain = domain.to_ascii_lowercase();
    let bytes = mail::with_crlf(bytes);
    let Some(head) = Head::of(&bytes) else {
        return Dkim::Failed("its header is not clean".to_owned());
    };
    let signatures: Vec<Tags> = head.signatures(&domain);
    if signatures.is_empty() {
        return Dkim::NotAsked;
    }
    let mut why = String::new();
    for tags in signatures.iter().take(limits::DKIM_SIGNATURES) {
        let looked = match tags.refused(now) {
            Some(refused) => Err(refused.to_owned()),
            None => verified(published, &head, tags, &domain).await,
        };
        match looked {
            Ok(()) => return Dkim::Passed(domain),
            Err(refused) => why = refused,
        }
    }
    Dkim::Failed(why)
}

/// Has one signature of the mail verified, with all others of it left out.
async fn verified(
    published: &impl Published,
    head: &Head<'_>,
    tags: &Tags,
    domain: &str,
) -> Result<(), String> {
    let name = format!("{}._domainkey.{domain}.", tags.get("s"));
    let record = published.txt(&name).await.map_err(|e| format!("the key at {name} cannot be had: {e}"))?;
    let keys = Known(HashMap::from([(name, key(&record)?)]));
    let mail = head.with_only(tags.at);
    let message = AuthenticatedMessage::parse(&mail).ok_or("it cannot be read again")?;
    // knows no server: every key there is to ask for is in the table
    let nobody = MessageAuthenticator::new(ResolverConfig::default(), ResolverOpts::default())
        .map_err(|e| e.to_string())?;
    let asked = Parameters::new(&message).with_txt_cache(&keys);
    match nobody.verify_dkim(asked).await.as_slice() {
        [one] if *one.result() == DkimResult::Pass => Ok(()),
        [one] => Err(format!("{:?}", one.result()).chars().take(120).collect()),
        _ => Err("it is more or less than one signature".to_owned()),
    }
}

/// A published key that may prove something.
fn key(record: &[u8]) -> Result<Arc<DomainKey>, String> {
    if record.len() > RECORD {
        return Err("its key's record is too long".to_owned());
    }
    let tags =
        Tags::parse(&String::from_utf8_lossy(record), 0).ok_or("its key's record is no list of tags")?;
    if tags.list("t").any(|flag| flag.eq_ignore_ascii_case("y")) {
        return Err("its domain only tries DKIM out (t=y)".to_owned());
    }
    if !tags.get("s").is_empty() && !tags.list("s").any(|service| matches!(service, "*" | "email")) {
        return Err("its key is not for mail".to_owned());
    }
    DomainKey::parse(record).map(Arc::new).map_err(|e| format!("its key: {e}"))
}

/// Keys that have been asked for. What is not here is not published.
struct Known(HashMap<String, Arc<DomainKey>>);

impl ResolverCache<Box<str>, Txt> for Known {
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let found = self.0.iter().find(|(known, _)| {
            let boxed: Box<str> = known.as_str().into();
            <Box<str> as Borrow<Q>>::borrow(&boxed) == name
        });
        let nothing = mail_auth::Error::Dns(mail_auth::DnsError::InvalidRecordType);
        Some(found.map_or(Txt::Error(nothing), |(_, key)| Txt::DomainKey(Arc::clone(key))))
    }
    fn remove<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        None
    }
    fn insert(&self, _: Box<str>, _: Txt, _: std::time::Instant) {}
}

/// The tags of a signature or a key (RFC 6376 3.2).
struct Tags {
    /// Which field of the header it is.
    at: usize,
    tags: Vec<(String, String)>,
}

impl Tags {
    /// `None` for what is no list of tags, or has one twice.
    fn parse(text: &str, at: usize) -> Option<Tags> {
        let mut tags: Vec<(String, String)> = Vec::new();
        for tag in text.trim().trim_end_matches(';').split(';') {
            let (name, value) = tag.split_once('=')?;
            let value: String = value.chars().filter(|c| !matches!(c, ' ' | '\t' | '\r' | '\n')).collect();
            let name = name.trim().to_owned();
            if tags.iter().any(|(n, _)| *n == name) {
                return None;
            }
            tags.push((name, value));
        }
        Some(Tags { at, tags })
    }

    /// A tag's value without blanks; empty when it is missing.
    fn get(&self, name: &str) -> &str {
        self.tags.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    fn list<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.get(name).split(':')
    }

    fn has(&self, name: &str) -> bool {
        self.tags.iter().any(|(n, _)| n == name)
    }

    /// Why a signature proves nothing, whatever its arithmetic says.
    fn refused(&self, now: Timestamp) -> Option<&'static str> {
        const KNOWN: [&str; 12] = ["v", "a", "b", "bh", "c", "d", "h", "i", "q", "s", "t", "x"];
        let now = now.as_second();
        let time = |name| self.get(name).parse::<i64>().ok();
        let signs = |field: &str| self.list("h").any(|name| name.eq_ignore_ascii_case(field));
        let label =
            |l: &str| !l.is_empty() && l.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        if self.has("l") {
            Some("it leaves a part of the text unsigned (l=)")
        } else if self.tags.iter().any(|(name, _)| !KNOWN.contains(&name.as_str()) && name != "z") {
            Some("it has a tag that is not known here")
        } else if self.get("v") != "1" || !matches!(self.get("a"), "rsa-sha256" | "ed25519-sha256") {
            Some("its version or algorithm is not taken")
        } else if !["From", "Date", "Message-ID"].into_iter().all(signs) {
            // without them the mail could be played again as another one
            Some("it does not cover From, Date and Message-ID")
        } else if self.has("x") && time("x").is_none_or(|x| x <= now) {
            Some("it has expired")
        } else if self.has("t") && time("t").is_none_or(|t| t > now.saturating_add(AHEAD)) {
            Some("it was made in the future")
        } else if self.get("s").len() > 200 || !self.list_of_labels("s").all(label) {
            Some("its selector is no name")
        } else {
            None
        }
    }

    fn list_of_labels<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.get(name).split('.')
    }
}

/// A mail's header, field by field as it was sent, and its body.
struct Head<'a> {
    fields: Vec<&'a [u8]>,
    body: &'a [u8],
}

impl<'a> Head<'a> {
    /// `None` for a header that two programs could read in two ways: a line that is no field, a bare CR, a blank in a
    /// name, more than one From or Date, more than a mail may have.
    fn of(bytes: &'a [u8]) -> Option<Head<'a>> {
        let mut head = Head { fields: Vec::new(), body: &[] };
        let (mut start, mut at) = (0, 0);
        while let Some(rest) = bytes.get(at..) {
            let length = rest.iter().position(|b| *b == b'\n')? + 1;
            let line = rest.get(..length)?.strip_suffix(b"\r\n")?;
            let folded = matches!(line.first(), Some(b' ' | b'\t')) && at > 0;
            if !folded && at > start {
                head.fields.push(bytes.get(start..at)?);
                start = at;
            }
            let sound = line.is_empty() || folded || is_field(line);
            if !sound
                || line.contains(&b'\r')
                || at > limits::HEADER_BLOCK
                || head.fields.len() > limits::HEADER_COUNT
            {
                return None;
            }
            at += length;
            if line.is_empty() {
                head.body = bytes.get(at..)?;
                let single = |name: &str| head.named(name).count() == 1;
                return (single("From") && single("Date")).then_some(head);
            }
        }
        None
    }

    fn named<'s>(&'s self, name: &'s str) -> impl Iterator<Item = (usize, &'a [u8])> + 's {
        self.fields.iter().enumerate().filter_map(move |(at, field)| {
            let (own, rest) = field.split_at_checked(name.len())?;
            Some((at, rest.strip_prefix(b":")?)).filter(|_| own.eq_ignore_ascii_case(name.as_bytes()))
        })
    }

    /// Signatures in the name of that domain, in their order.
    fn signatures(&self, domain: &str) -> Vec<Tags> {
        self.named("DKIM-Signature")
            .filter(|(_, value)| value.len() <= limits::DKIM_FIELD)
            .filter_map(|(at, value)| Tags::parse(std::str::from_utf8(value).ok()?, at))
            .filter(|tags| tags.get("d").eq_ignore_ascii_case(domain))
            .collect()
    }

    /// The mail with no other signature than the one in that field.
    fn with_only(&self, signature: usize) -> Vec<u8> {
        let others: Vec<usize> = self.named("DKIM-Signature").map(|(at, _)| at).collect();
        let kept = self.fields.iter().enumerate();
        let kept = kept.filter(|(at, _)| *at == signature || !others.contains(at)).map(|(_, field)| *field);
        let mut mail: Vec<u8> = kept.flatten().copied().collect();
        mail.extend_from_slice(b"\r\n");
        mail.extend_from_slice(self.body);
        mail
    }
}

/// `Name: value` with a name of visible characters (RFC 5322 2.2).
fn is_field(line: &[u8]) -> bool {
    let name = line.split(|b| *b == b':').next().unwrap_or_default();
    !name.is_empty() && name.len() < line.len() && name.iter().all(u8::is_ascii_graphic)
}

#[cfg(test)]
mod tests;
