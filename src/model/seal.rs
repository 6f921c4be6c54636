//! The robot's own mark on what it gives out: HMAC-SHA-256 over everything that is believed later (RFC 2104).
//! Holds the key in memory only; compares in constant time. The key never stands in the database, a log or a mail.

use super::address::Address;
use super::mail::MessageId;
use super::ticket::Number;
use data_encoding::Specification;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use std::fmt;
use subtle::ConstantTimeEq;

/// Signs with the first key, believes all of them (so that keys can be changed).
#[derive(Clone)]
pub struct Seal {
    keys: Vec<[u8; 32]>,
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal«secret»")
    }
}

/// Characters of a mark on tokens: 100 bits in base 32.
const TOKEN: usize = 20;
/// Characters of a mark on Message-IDs and return paths: 65 bits in base 32.
const SHORT: usize = 13;

impl Seal {
    /// The newest key first.
    pub fn new(keys: Vec<[u8; 32]>) -> Seal {
        Seal { keys }
    }

    /// `trk.{ticket}.{event}.{mark}`, the left side of our own Message-IDs.
    pub fn message_id(&self, ticket: Option<Number>, event: i64, domain: &str) -> String {
        let ticket = ticket.map_or(0, |n| n.0);
        let mark = self.mark(SHORT, "message-id", &[&ticket.to_string(), &event.to_string()]);
        format!("trk.{ticket}.{event}.{mark}@{domain}")
    }

    /// The ticket and event of a Message-ID of ours. The domain is not looked at: relays rewrite it.
    pub fn open_message_id(&self, id: &MessageId) -> Option<(Option<Number>, i64)> {
        let left = id.as_str().split('@').next()?;
        let mut parts = left.strip_prefix("trk.")?.split('.');
        let (ticket, event, mark) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || !self.holds(SHORT, "message-id", &[ticket, event], mark) {
            return None;
        }
        Some((Number::parse(ticket), event.parse().ok()?))
    }

    /// Address detail that proves the person it was given to: `{ticket}.{day}.{mark}`; good until that day's end.
    pub fn reply_detail(&self, ticket: Number, person: &Address, until: Timestamp) -> String {
        let day = until.as_second() / 86_400;
        let mark = self.mark(TOKEN, "reply", &[&ticket.0.to_string(), &day.to_string(), &person.key()]);
        format!("{}.{day}.{mark}", ticket.0)
    }

    /// Whether the detail was given to this person and still holds.
    pub fn open_reply(&self, detail: &str, person: &Address, now: Timestamp) -> Option<Number> {
        let mut parts = detail.split('.');
        let (ticket, day, mark) = (parts.next()?, parts.next()?, parts.next()?);
        let mark = mark.to_ascii_lowercase();
        if parts.next().is_some() || !self.holds(TOKEN, "reply", &[ticket, day, &person.key()], &mark) {
            return None;
        }
        let end =
            Timestamp::from_second(day.parse::<i64>().ok()?.checked_add(1)?.checked_mul(86_400)?).ok()?;
        (now <= end).then(|| Number::parse(ticket)).flatten()
    }

    /// A confirmation code `c{pending}-{mark}`: what it confirms, for whom and until when stands in the database and
    /// is part of the mark.
    pub fn code(&self, pending: i64, person: &Address, expires: Timestamp) -> String {
        let (n, until) = (pending.to_string(), expires.as_second().to_string());
        let mark = self.mark(TOKEN, "confirm", &[&n, &until, &person.key()]);
        format!("c{pending}-{mark}")
    }

    /// Whether the mark of a code is right for what the database knows of it.
    pub fn code_holds(&self, mark: &str, pending: i64, person: &Address, expires: Timestamp) -> bool {
        let (n, until) = (pending.to_string(), expires.as_second().to_string());
        self.holds(TOKEN, "confirm", &[&n, &until, &person.key()], mark)
    }

    /// An unsubscribe code `u{ticket}-{person}-{mark}`; its ticket is 0 when it is for all whose news come gathered.
    pub fn leave_code(&self, ticket: Option<Number>, person: i64) -> String {
        let (ticket, person) = (ticket.map_or(0, |n| n.0).to_string(), person.to_string());
        let mark = self.mark(TOKEN, "leave", &[&ticket, &person]);
        format!("u{ticket}-{person}-{mark}")
    }

    /// The ticket and person of an unsubscribe code that we gave out.
    pub fn open_leave(&self, code: &str) -> Option<(Option<Number>, i64)> {
        let mut parts = code.strip_prefix('u')?.split('-');
        let (ticket, person, mark) = (parts.next()?, parts.next()?, parts.next()?);
        let holds = parts.next().is_none() && self.holds(TOKEN, "leave", &[ticket, person], mark);
        if holds { Some((Number::parse(ticket), person.parse().ok()?)) } else { None }
    }

    /// Detail of the return path of one letter: `b.{event}.{mark}`; only mail to it counts as that letter's bounce.
    pub fn bounce_detail(&self, event: i64, to: &Address) -> String {
        format!("b.{event}.{}", self.mark(SHORT, "bounce", &[&event.to_string(), &to.key()]))
    }

    /// The event of a return path, and its mark to compare with the letter's recipient.
    pub fn bounce_holds(&self, event: i64, to: &Address, mark: &str) -> bool {
        self.holds(SHORT, "bounce", &[&event.to_string(), &to.key()], mark)
    }

    /// A short name of this installation for headers; tells nothing of the key.
    pub fn instance(&self) -> String {
        self.mark(SHORT, "instance", &[])
    }

    /// That, and what it was with each earlier key.
    pub fn instances(&self) -> Vec<String> {
        self.keys.iter().map(|key| mark_with(key, SHORT, "instance", &[])).collect()
    }

    fn mark(&self, length: usize, purpose: &str, fields: &[&str]) -> String {
        self.keys.first().map(|key| mark_with(key, length, purpose, fields)).unwrap_or_default()
    }

    fn holds(&self, length: usize, purpose: &str, fields: &[&str], mark: &str) -> bool {
        self.keys.iter().any(|key| {
            let right = mark_with(key, length, purpose, fields);
            bool::from(right.as_bytes().ct_eq(mark.as_bytes()))
        })
    }
}

fn mark_with(key: &[u8; 32], length: usize, purpose: &str, fields: &[&str]) -> String {
    // HMAC takes a key of any length, so this cannot fail; an empty mark would match nothing anyway
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(b"trackle v1\0");
    mac.update(purpose.as_bytes());
    for field in fields {
        mac.update(&(field.len() as u64).to_be_bytes());
        mac.update(field.as_bytes());
    }
    let text = BASE32.encode(&mac.finalize().into_bytes());
    text.get(..length).unwrap_or("").to_owned()
}

/// Lower case, no padding: survives servers that fold case.
static BASE32: std::sync::LazyLock<data_encoding::Encoding> = std::sync::LazyLock::new(|| {
    let mut spec = Specification::new();
    spec.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
    // a constant alphabet of 32 different symbols is always valid
    spec.encoding().unwrap_or(data_encoding::BASE32_NOPAD)
});

#[cfg(test)]
mod tests {
    use super::*;

    fn seal() -> Seal {
        Seal::new(vec![[7; 32]])
    }
    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(day * 86_400).unwrap()
    }

    #[test]
    fn a_message_id_opens_and_no_changed_one_does() {
        let id = seal().message_id(Some(Number(42)), 7, "x.example");
        assert_eq!(seal().open_message_id(&MessageId::parse(&id).unwrap()), Some((Some(Number(42)), 7)));
        for (old, new) in [("42", "43"), (".7.", ".8."), ("trk", "trl")] {
            assert_eq!(seal().open_message_id(&MessageId::parse(&id.replacen(old, new, 1)).unwrap()), None);
        }
        let rewritten = id.replace("x.example", "relay.example");
        assert!(seal().open_message_id(&MessageId::parse(&rewritten).unwrap()).is_some());
    }

    #[test]
    fn a_reply_detail_is_for_one_person_ticket_and_time() {
        let (ann, bob) = (Address::parse("Ann@x").unwrap(), Address::parse("bob@x").unwrap());
        let detail = seal().reply_detail(Number(42), &ann, at(30));
        assert!(detail.len() <= 60, "{detail}");
        assert_eq!(
            seal().open_reply(&detail.to_ascii_uppercase(), &Address::parse("ann@X").unwrap(), at(30)),
            Some(Number(42))
        );
        assert_eq!(seal().open_reply(&detail, &bob, at(30)), None);
        assert_eq!(seal().open_reply(&detail, &ann, at(32)), None);
        assert_eq!(seal().open_reply(&detail.replacen("42", "43", 1), &ann, at(30)), None);
        assert_eq!(seal().open_reply(&detail.replacen(".30.", ".31.", 1), &ann, at(30)), None);
        assert_eq!(Seal::new(vec![[8; 32]]).open_reply(&detail, &ann, at(30)), None);
        assert_eq!(Seal::new(vec![[8; 32], [7; 32]]).open_reply(&detail, &ann, at(30)), Some(Number(42)));
    }

    #[test]
    fn a_code_covers_number_person_and_time() {
        let ann = Address::parse("ann@x").unwrap();
        let code = seal().code(5, &ann, at(3));
        let mark = code.strip_prefix("c5-").unwrap();
        assert!(seal().code_holds(mark, 5, &ann, at(3)));
        assert!(!seal().code_holds(mark, 6, &ann, at(3)));
        assert!(!seal().code_holds(mark, 5, &ann, at(4)));
        assert!(!seal().code_holds("", 5, &ann, at(3)));
        assert!(!Seal::new(vec![]).code_holds("", 5, &ann, at(3)));
    }

    #[test]
    fn a_leave_code_names_ticket_and_person() {
        let code = seal().leave_code(Some(Number(3)), 9);
        assert_eq!(seal().open_leave(&code), Some((Some(Number(3)), 9)));
        let all = seal().leave_code(None, 9);
        assert_eq!(seal().open_leave(&all), Some((None, 9)));
        assert_eq!(seal().open_leave(&all.replacen("u0", "u3", 1)), None);
        assert_eq!(seal().open_leave(&code.replacen("u3", "u4", 1)), None);
    }
}
