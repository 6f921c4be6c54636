//! A person taken out of all that is kept: the address, and a name of several words, give way to words that tell nobody apart
//! from others. Mails that he wrote keep their text, without what programs on the way wrote down of him; mails of others stay
//! as they are but for these words, where those stand in plain sight, and else keep their text alone. First all is looked
//! through, beside a daemon, then what was found is written in one transaction with one event. What cannot be reached is
//! counted: the chain of events above all, which proves that nothing else was changed because it never is.

use super::session::redaction::{self, Wanted};
use crate::fault::Outcome;
use crate::model::address::{Address, Mailbox};
use crate::model::bundle::MAGIC;
use crate::model::mail::Mail;
use crate::read;
use crate::store::events::Cause;
use crate::store::{Reader, Tx};
use regex::bytes::{Regex, RegexBuilder};
use serde_json::json;
use std::ops::Range;

/// Stands for the name.
const NAME: &str = "erased person";
/// The domain of the addresses that stand for erased ones (RFC 2606).
const DOMAIN: &str = "erased.invalid";
/// Fields of a letter that stay: those that tell which one it was.
const KEPT: [&str; 3] = ["message-id:", "date:", "x-trackle-"];

/// Whom to look for.
pub struct Person {
    pub address: Address,
    address_seen: Regex,
    name_seen: Option<Regex>,
}

/// Where he was found, and what is out of reach.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Found {
    pub raws: Vec<i64>,
    pub letters: Vec<i64>,
    pub sessions: Vec<u64>,
    /// Texts, titles, names of files, reasons.
    pub texts: u64,
    /// That name him and stay.
    pub events: u64,
    /// He is known as a person.
    pub is_known: bool,
}

impl Found {
    /// Whether he is nowhere.
    pub fn is_nothing(&self) -> bool {
        !self.is_known
            && self.raws.is_empty()
            && self.letters.is_empty()
            && self.sessions.is_empty()
            && self.texts == 0
    }
}

impl Person {
    /// Of a name only one with several words is looked for: "Bob" stands for many.
    ///
    /// # Errors
    /// Never, as far as anybody knows: what is looked for is quoted.
    pub fn of(address: Address, name: &str) -> Outcome<Person> {
        let pattern = |text: &str| {
            let built = RegexBuilder::new(text).case_insensitive(true).build();
            built.map_err(|e| crate::fault::Fault::lasting(format!("looking for somebody: {e}")))
        };
        let words: Vec<String> = name.split_whitespace().map(regex::escape).collect();
        let name_seen = if words.len() > 1 { Some(pattern(&words.join(r"\s+"))?) } else { None };
        Ok(Person { address_seen: pattern(&regex::escape(address.as_str()))?, address, name_seen })
    }

    /// Where he stands in it: the places of the address, and of the name.
    fn places(&self, bytes: &[u8]) -> Vec<(Range<usize>, bool)> {
        let of_address = |byte: u8| byte.is_ascii_alphanumeric() || b"-_+".contains(&byte);
        let of_name = |byte: u8| byte.is_ascii_alphanumeric() || byte >= 0x80;
        let at = |place: usize| bytes.get(place).copied();
        // an address goes on behind a dot, and begins before one; a name does neither
        let apart = |range: &Range<usize>, part: &dyn Fn(u8) -> bool, dots: bool| {
            let before = range.start.checked_sub(1).and_then(at);
            let behind = at(range.end);
            let goes_on =
                behind == Some(b'.') && at(range.end + 1).is_some_and(|b| b.is_ascii_alphanumeric());
            let dotted = dots && (goes_on || before == Some(b'.'));
            let joined = before.into_iter().chain(behind).any(part);
            !dotted && !joined
        };
        let mut all: Vec<(Range<usize>, bool)> =
            self.address_seen.find_iter(bytes).map(|m| (m.range(), true)).collect();
        all.retain(|(range, _)| apart(range, &of_address, true));
        if let Some(name) = &self.name_seen {
            let names =
                name.find_iter(bytes).map(|m| m.range()).filter(|range| apart(range, &of_name, false));
            all.extend(names.map(|range| (range, false)));
        }
        all.sort_by_key(|(range, _)| range.start);
        all
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        !self.places(bytes).is_empty()
    }

    /// The bytes without him; `None` when he is not there.
    fn without(&self, bytes: &[u8], by: &Address) -> Option<Vec<u8>> {
        let places = self.places(bytes);
        let (mut out, mut done) = (Vec::with_capacity(bytes.len()), 0);
        for (range, is_address) in &places {
            if range.start < done {
                continue;
            }
            out.extend_from_slice(bytes.get(done..range.start).unwrap_or_default());
            out.extend_from_slice(if *is_address { by.as_str().as_bytes() } else { NAME.as_bytes() });
            done = range.end;
        }
        out.extend_from_slice(bytes.get(done..).unwrap_or_default());
        (!places.is_empty()).then_some(out)
    }

    fn text_without(&self, text: &str, by: &Address) -> Option<String> {
        self.without(text.as_bytes(), by).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Whether he stands in what a mail means, however it is written.
    fn is_meant(&self, mail: &Mail) -> bool {
        let people = [&mail.from, &mail.reply_to, &mail.to, &mail.cc];
        let people =
            people.into_iter().flatten().flat_map(|m: &Mailbox| [m.name.as_bytes(), m.addr.as_bytes()]);
        let files = mail.attachments.iter().flat_map(|file| [file.name.as_bytes(), file.bytes.as_slice()]);
        let fields = mail.headers.iter().map(|header| header.value.as_bytes());
        let texts = [mail.subject.as_bytes(), mail.text.as_bytes()];
        texts.into_iter().chain(people).chain(files).chain(fields).any(|bytes| self.is_in(bytes))
    }

    /// A raw mail without him; `None` when he is not in it.
    fn mail(&self, bytes: &[u8], by: &Address) -> Option<Vec<u8>> {
        if bytes.starts_with(MAGIC) {
            return None;
        }
        let mail = read::mail(bytes).ok();
        if let Some(mail) = mail.as_ref().filter(|mail| mail.sender().as_ref() == Some(&self.address)) {
            return Some(self.bare(mail, by));
        }
        let out = self.without(bytes, by);
        match read::mail(out.as_deref().unwrap_or(bytes)) {
            Ok(mail) if self.is_meant(&mail) => Some(self.bare(&mail, by)),
            _ => out,
        }
    }

    /// A mail's text and the fields that its thread hangs on, and nothing else of it.
    fn bare(&self, mail: &Mail, by: &Address) -> Vec<u8> {
        let clean = |text: &str| self.text_without(text, by).unwrap_or_else(|| text.to_owned());
        let all = |people: &[Mailbox]| people.iter().map(|m| clean(&m.addr)).collect::<Vec<_>>().join(", ");
        let own = |name: &str| mail.header(name).map(clean).unwrap_or_default();
        let fields = [
            ("From", all(&mail.from)),
            ("To", all(&mail.to)),
            ("Cc", all(&mail.cc)),
            ("Subject", clean(&mail.subject)),
            ("Date", own("Date")),
            ("Message-ID", own("Message-ID")),
            ("In-Reply-To", own("In-Reply-To")),
            ("References", own("References")),
            ("Auto-Submitted", own("Auto-Submitted")),
            ("Content-Type", "text/plain; charset=utf-8".to_owned()),
            ("Content-Transfer-Encoding", "8bit".to_owned()),
        ];
        let mut out = String::new();
        for (name, value) in fields.iter().filter(|(_, value)| !value.trim().is_empty()) {
            let line: String = value.split_whitespace().collect::<Vec<_>>().join(" ");
            out.push_str(&format!("{name}: {line}\r\n"));
        }
        out.push_str("\r\n");
        out.push_str(&clean(&mail.text).replace('\n', "\r\n"));
        if !mail.attachments.is_empty() {
            out.push_str(&format!("\r\n({} files were taken out)\r\n", mail.attachments.len()));
        }
        out.into_bytes()
    }

    fn letter_is_his(&self, recipient: &str, bytes: &[u8]) -> bool {
        let to_him = Address::parse(recipient).is_some_and(|to| to == self.address);
        to_him || self.is_in(bytes) || read::mail(bytes).is_ok_and(|mail| self.is_meant(&mail))
    }
}

/// Looks for him everywhere, beside a daemon.
///
/// # Errors
/// Those of the database.
pub fn find(reader: &Reader, person: &Person, progress: &mut dyn FnMut(&str, u64, u64)) -> Outcome<Found> {
    let [raws, letters, sessions] = reader.look(|tx| tx.everything())?;
    let nobody = address_of(0, person);
    let mut found = Found::default();
    for (done, raw) in raws.iter().enumerate() {
        progress("mails", done as u64, raws.len() as u64);
        let bytes = reader.look(|tx| tx.raw(*raw))?;
        if person.mail(&bytes, &nobody).is_some() {
            found.raws.push(*raw);
        }
    }
    for (done, letter) in letters.iter().enumerate() {
        progress("letters", done as u64, letters.len() as u64);
        let sent = reader.look(|tx| tx.sent(*letter))?;
        if sent.is_some_and(|sent| person.letter_is_his(&sent.recipient, &sent.bytes)) {
            found.letters.push(*letter);
        }
    }
    for (done, session) in sessions.iter().enumerate() {
        progress("sessions", done as u64, sessions.len() as u64);
        let number = u64::try_from(*session).unwrap_or_default();
        if reader.look(|tx| in_session(tx, number, person))? {
            found.sessions.push(number);
        }
    }
    found.is_known = reader.look(|tx| tx.person(&person.address))?.is_some();
    found.events = reader.look(|tx| tx.events_naming(&person.address))?;
    Ok(found)
}

/// Whether he stands in the record of a session, or in what files held.
fn in_session(tx: &Tx<'_>, number: u64, person: &Person) -> Outcome<bool> {
    let Some(log) = tx.session(number)? else { return Ok(false) };
    let record = serde_json::to_vec(&log.filed.session).unwrap_or_default();
    if person.is_in(&record) || log.overlay.annotations.iter().any(|one| person.is_in(one.text.as_bytes())) {
        return Ok(true);
    }
    let things =
        log.filed.session.changes.iter().flat_map(|change| change.before.iter().chain(&change.after));
    for name in things.filter_map(|thing| crate::model::session_log::name_of(&thing.content)) {
        if tx.content(number, name)?.is_some_and(|bytes| person.is_in(&bytes)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes him out of what was found, and of all texts; gives it with what else there was.
///
/// # Errors
/// Those of the database.
pub fn erase(tx: &Tx<'_>, person: &Person, mut found: Found, cause: &Cause) -> Outcome<Found> {
    let by = address_of(tx.next_erased()?, person);
    for raw in &found.raws {
        if let Some(bytes) = person.mail(&tx.raw(*raw)?, &by) {
            tx.rewrite_raw(*raw, &bytes)?;
        }
    }
    for id in &found.letters {
        let Some(sent) = tx.sent(*id)? else { continue };
        let to_him = Address::parse(&sent.recipient).is_some_and(|to| to == person.address);
        let recipient = if to_him { by.as_str() } else { &sent.recipient };
        tx.rewrite_letter(sent.id, recipient, &head_of(&sent.bytes), cause.now)?;
    }
    for number in &found.sessions {
        if let Some(log) = tx.session(*number)? {
            redaction::redact(tx, &log, &Wanted::Pattern(person.address_seen.clone()), cause.now)?;
            if let (Some(name), Some(log)) = (&person.name_seen, tx.session(*number)?) {
                redaction::redact(tx, &log, &Wanted::Pattern(name.clone()), cause.now)?;
            }
        }
    }
    found.texts = tx.rewrite_texts(&|text| person.text_without(text, &by))?;
    tx.rewrite_keys(&person.address, &by)?;
    tx.rewrite_person(&person.address, &by, cause.now)?;
    found.events = tx.events_naming(&person.address)?;
    let detail = json!({
        "as": by.as_str(), "mails": found.raws.len(), "letters": found.letters.len(), "sessions": found.sessions.len(),
        "texts": found.texts, "events": found.events,
    });
    tx.erased(&person.address, &by, cause, &detail.to_string())?;
    Ok(found)
}

/// What stands for him.
fn address_of(number: i64, person: &Person) -> Address {
    Address::parse(&format!("erased-{number}@{DOMAIN}")).unwrap_or_else(|| person.address.clone())
}

/// The fields of a letter that tell which one it was, and that there is no more of it.
fn head_of(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let head = text.split("\r\n\r\n").next().unwrap_or_default();
    let (mut out, mut keeps) = (String::new(), false);
    for line in head.split("\r\n") {
        if !line.starts_with([' ', '\t']) {
            let lower = line.to_ascii_lowercase();
            keeps = KEPT.iter().any(|name| lower.starts_with(name));
        }
        if keeps {
            out.push_str(line);
            out.push_str("\r\n");
        }
    }
    (out + "\r\n(erased)\r\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bob() -> (Person, Address) {
        let person = Person::of(Address::parse("bob@x.example").unwrap(), "Bob Jones").unwrap();
        let by = address_of(7, &person);
        (person, by)
    }

    #[test]
    fn he_goes_and_others_stay() {
        let (person, by) = bob();
        for (text, wanted) in [
            ("Bob@X.example wrote", Some("erased-7@erased.invalid wrote")),
            ("(bob  jones) <bob@x.example>.", None),
            ("jimbob@x.example, jim.bob@x.example", Some("")),
            ("bob@x.example.com bob@x.example-y", Some("")),
            (
                "bob@x.example. Bob\nJones, Bobby Jonesson",
                Some("erased-7@erased.invalid. erased person, Bobby Jonesson"),
            ),
            ("Bob", Some("")),
        ] {
            let without = person.text_without(text, &by).unwrap_or_default();
            match wanted {
                Some(wanted) => assert_eq!(without, wanted, "{text}"),
                None => assert!(!without.is_empty(), "{text}"),
            }
        }
    }

    #[test]
    fn his_mails_keep_their_text_and_others_all_but_him() {
        let (person, by) = bob();
        let own = b"Received: from 192.0.2.7\r\nFrom: =?utf-8?q?B=C3=B6b?= <bob@x.example>\r\nSubject: Ink\r\nMessage-ID: <1@x>\r\n\r\nNo ink. bob@x.example\r\n";
        let text = String::from_utf8(person.mail(own, &by).unwrap()).unwrap();
        assert!(text.contains("Message-ID: <1@x>\r\n") && text.contains("No ink. erased-7@"), "{text}");
        assert!(!text.contains("192.0.2.7") && !text.contains("utf-8?q") && !text.contains("bob@"), "{text}");
        let other = b"From: ann@x.example\r\nTo: Bob Jones <bob@x.example>\r\n\r\nHello\r\n";
        let text = String::from_utf8(person.mail(other, &by).unwrap()).unwrap();
        assert_eq!(
            text,
            "From: ann@x.example\r\nTo: erased person <erased-7@erased.invalid>\r\n\r\nHello\r\n"
        );
        let hidden =
            b"From: ann@x.example\r\nContent-Transfer-Encoding: base64\r\n\r\nYm9iQHguZXhhbXBsZQ==\r\n";
        let text = String::from_utf8(person.mail(hidden, &by).unwrap()).unwrap();
        assert!(text.contains("\r\n\r\nerased-7@erased.invalid"), "{text}");
        assert_eq!(person.mail(b"From: ann@x.example\r\n\r\nHello\r\n", &by), None);
    }
}
