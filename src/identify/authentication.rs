//! What our own mail server says about a mail's sender: Authentication-Results (RFC 8601) and Received (RFC 5321).
//! In come the header fields in their order, the From address and whose word counts; out come the strength of proof
//! and the reason in words. Everything below the last field that one of our servers surely wrote is the sender's own
//! tale and is not looked at. Any doubt means no proof: the sender is asked then, nothing is lost.
//!
//! Which fields count. From the top down to the first Received whose `by` is none of `mx_hosts` (and to the first
//! Received of all when `mx_hosts` is empty), of these the Authentication-Results whose first word is one of
//! `authserv_ids`. A mail without any Received field inside or at the border of that stretch proves nothing. A server
//! of ours has to remove such fields with its own name from mail that comes in (RFC 8601 5); as a second line, fields
//! that contradict each other prove nothing. SPF, ARC and DKIM for another domain prove nothing about From.
//! Where none of our servers has said anything, a DKIM signature that was checked here may prove the domain.

use super::received::Hop;
use super::results::{Finding, Results};
use crate::model::address::Address;
use crate::model::mail::{Header, Mail};
use crate::model::proof::Proof;
use crate::model::robot::Trust;
use crate::model::witness::Dkim;

/// The proof that lies in the fields of our own servers, and why in words.
pub fn proof(mail: &Mail, from: &Address, trust: &Trust) -> (Proof, String) {
    let hops: Vec<Hop> = mail.headers_named("Received").map(Hop::parse).collect();
    let findings = findings(mail, trust);
    match submission(&hops, findings.as_ref().map_or(&[], |said| said.all.as_slice()), from, trust) {
        Some(why) => (Proof::Submission, why),
        None => match findings {
            Ok(said) => match said.domain(from.domain()) {
                Ok(why) => (Proof::Domain, why),
                Err(why) => (Proof::None, why),
            },
            // our own look at a signature counts where no server of ours has said anything
            Err(Silence::Nobody(why)) => signature(&mail.witness.dkim, from, why),
            Err(Silence::Doubt(why)) => (Proof::None, why.to_owned()),
        },
    }
}

/// Whether no server of ours has said anything about the sender, so that somebody else may be asked.
pub fn is_open(mail: &Mail, trust: &Trust) -> bool {
    matches!(findings(mail, trust), Err(Silence::Nobody(_)))
}

/// What our servers wrote on a mail, by their own names.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// First words of Authentication-Results.
    pub ids: Vec<String>,
    /// Names after `by` in Received, the last server first.
    pub hosts: Vec<String>,
}

/// What servers wrote on a mail of which it is known which fields are forged: it was sent to find that out.
pub fn seen(mail: &Mail, is_forged: impl Fn(&str) -> bool) -> Seen {
    let mut seen = Seen::default();
    for field in &mail.headers {
        let received = field.name.eq_ignore_ascii_case("Received");
        match is_forged(&field.value) {
            true if received => break,
            true => {}
            false if received => seen.hosts.extend(Hop::parse(&field.value).by),
            false if field.name.eq_ignore_ascii_case("Authentication-Results") => {
                seen.ids.extend(Results::parse(&field.value).map(|results| results.by));
            }
            false => {}
        }
    }
    for names in [&mut seen.ids, &mut seen.hosts] {
        let mut known = Vec::new();
        names.retain(|name| {
            !known.contains(name) && {
                known.push(name.clone());
                true
            }
        });
    }
    seen
}

fn signature(dkim: &Dkim, from: &Address, why: &str) -> (Proof, String) {
    match dkim {
        Dkim::Passed(domain) if domain.eq_ignore_ascii_case(from.domain()) => {
            (Proof::Domain, format!("DKIM signature of {domain}, checked here"))
        }
        Dkim::Passed(domain) => (Proof::None, format!("{why}; the DKIM signature is {domain}'s")),
        Dkim::Failed(also) => (Proof::None, format!("{why}; DKIM: {also}")),
        Dkim::NotAsked => (Proof::None, why.to_owned()),
    }
}

/// Why the fields say nothing.
enum Silence {
    /// There are none of ours.
    Nobody(&'static str),
    /// There are, and they cannot be understood.
    Doubt(&'static str),
}

/// What the fields that count have found.
struct Findings {
    all: Vec<Finding>,
    by: String,
}

fn findings(mail: &Mail, trust: &Trust) -> Result<Findings, Silence> {
    if trust.authserv_ids.is_empty() {
        return Err(Silence::Nobody("no server's Authentication-Results are trusted"));
    }
    let stretch = believable(&mail.headers, trust).ok_or(Silence::Nobody("no Received field of ours"))?;
    let mut said = Findings { all: Vec::new(), by: String::new() };
    for field in stretch.iter().filter(|h| h.name.eq_ignore_ascii_case("Authentication-Results")) {
        match Results::parse(&field.value) {
            Some(results) if trust.authserv_ids.iter().any(|id| id.eq_ignore_ascii_case(&results.by)) => {
                said.by = results.by;
                said.all.extend(results.found);
            }
            // somebody else's
            Some(_) => {}
            // ours perhaps, but who can tell
            None if names_us(&field.value, trust) => {
                return Err(Silence::Doubt("Authentication-Results that break their grammar"));
            }
            None => {}
        }
    }
    if said.by.is_empty() { Err(Silence::Nobody("no Authentication-Results of ours")) } else { Ok(said) }
}

/// The fields at the top that our own servers wrote or let pass; `None` when there is no server's mark at all.
fn believable<'a>(headers: &'a [Header], trust: &Trust) -> Option<&'a [Header]> {
    let is_received = |h: &Header| h.name.eq_ignore_ascii_case("Received");
    let ours = |h: &Header| is_ours(&Hop::parse(&h.value), trust);
    let end = headers.iter().position(|h| is_received(h) && !ours(h)).unwrap_or(headers.len());
    let stretch = headers.get(..end)?;
    let marked =
        if trust.mx_hosts.is_empty() { end < headers.len() } else { stretch.iter().any(is_received) };
    marked.then_some(stretch)
}

fn is_ours(hop: &Hop, trust: &Trust) -> bool {
    hop.by.as_ref().is_some_and(|by| trust.mx_hosts.iter().any(|host| host.eq_ignore_ascii_case(by)))
}

/// Whether a field that cannot be read begins like one of ours, in quotes or comments or not.
fn names_us(value: &str, trust: &Trust) -> bool {
    let value = value.to_ascii_lowercase();
    trust.authserv_ids.iter().any(|id| value.contains(&id.to_ascii_lowercase()))
}

impl Findings {
    /// Whether they say that this domain sent the mail; the reason in words either way.
    fn domain(self, domain: &str) -> Result<String, String> {
        let (by, all) = (&self.by, &self.all);
        let of = |method: &'static str| all.iter().filter(move |f| f.method == method);
        let (dmarc, dkim) = (of("dmarc").collect::<Vec<_>>(), of("dkim").collect::<Vec<_>>());
        // `none` and its cousin say that the domain has no policy, which is no contradiction
        if let Some(bad) =
            dmarc.iter().find(|f| !matches!(f.result.as_str(), "pass" | "none" | "bestguesspass"))
        {
            return Err(format!("dmarc={} by {by}", bad.result));
        }
        let passed = |f: &&&Finding| f.result == "pass";
        let aligned =
            |f: &Finding, name: &str| f.property(name).is_some_and(|d| bare(d).eq_ignore_ascii_case(domain));
        if dmarc.iter().any(|f| passed(&f)) {
            return if dmarc.iter().all(|f| passed(&f) && aligned(f, "header.from")) {
                Ok(format!("dmarc=pass for {domain} by {by}"))
            } else {
                Err(format!("dmarc=pass by {by}, but not for {domain} alone"))
            };
        }
        if dkim.iter().any(|f| passed(&f) && aligned(f, "header.d")) {
            return if dkim.iter().any(|f| f.result == "none") {
                Err(format!("{by} says both dkim=pass and dkim=none"))
            } else {
                Ok(format!("dkim=pass for {domain} by {by}"))
            };
        }
        let other = dkim.iter().find(passed).and_then(|f| f.property("header.d"));
        Err(match other {
            Some(other) => format!("dkim=pass by {by}, but for {other}"),
            None => format!("neither dmarc=pass nor dkim=pass by {by}"),
        })
    }
}

/// `header.from` holds a domain, with some servers a whole address.
fn bare(value: &str) -> &str {
    value.rsplit_once('@').map_or(value, |(_, domain)| domain)
}

/// Whether our own server took the mail from its sender, who had logged in, or from a network that is trusted.
fn submission(hops: &[Hop], said: &[Finding], from: &Address, trust: &Trust) -> Option<String> {
    let top = hops.iter().position(|hop| !(is_ours(hop, trust) && hop.is_final_delivery()))?;
    let (way, entry) = (hops.get(top..)?, hops.get(top)?);
    if !is_ours(entry, trust) {
        return None;
    }
    let by = entry.by.as_deref().unwrap_or("");
    let is_from = |name: &str| Address::parse(name).is_some_and(|name| name == *from);
    if entry.is_submission() {
        let in_results = || {
            let mut logins = said.iter().filter(|f| f.method == "auth");
            let login = logins.next().filter(|f| f.result == "pass" && logins.next().is_none())?;
            login.property("smtp.auth")
        };
        if entry.login.as_deref().or_else(in_results).is_some_and(is_from) {
            return Some(format!("handed to {by} by {from}, logged in"));
        }
    }
    // A server of ours may stand in a trusted network itself and pass on what came from anywhere: so every step has
    // to be inside. The first one from outside was written down by us, so nobody can hide it.
    let inside = |hop: &Hop| match hop.client {
        Some(ip) => trust.networks.iter().any(|net| net.contains(ip)),
        None => !hop.from_elsewhere,
    };
    let client = entry.client?;
    way.iter().all(inside).then(|| format!("handed to {by} from {client}, a trusted network"))
}

#[cfg(test)]
mod tests;
