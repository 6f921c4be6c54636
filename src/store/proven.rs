//! How an address was proven: by which answer to which letter, or by whose word; and what staff put right about a person by hand,
//! each an event first.

use super::events::Cause;
use super::{Tx, seconds, time};
use crate::fault::Outcome;
use crate::model::address::Address;
use crate::model::ticket::Number;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

/// What made an address count as proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    pub at: Timestamp,
    pub how: How,
    /// Of the ticket that it was about, if it was about one.
    pub ticket: Option<Number>,
    /// The mail that said yes, or that was asked about.
    pub mail: Option<i64>,
    /// The event that says so, where there is one.
    pub event: Option<i64>,
}

/// The way in which an address was proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// He answered what a new ticket asks.
    Ticket,
    /// He answered what a held mail asks.
    Mail,
    /// He took an invitation.
    Invited,
    /// A member of staff of that address vouched for him.
    Vouched(String),
    /// Nothing here tells; it came along from elsewhere.
    Elsewhere,
}

impl Tx<'_> {
    /// How that address was proven; `None` when it was not.
    pub fn proven(&self, address: &Address) -> Outcome<Option<Proven>> {
        let person: Option<(i64, Option<i64>)> = self
            .db
            .prepare_cached("SELECT id, confirmed FROM person WHERE address = ?1")?
            .query_row([address.key()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((id, Some(at))) = person else { return Ok(None) };
        let bare = Proven { at: time(at), how: How::Elsewhere, ticket: None, mail: None, event: None };
        let said = self
            .db
            .prepare_cached(
                "SELECT seq, ticket, intake, actor, what FROM event
                 WHERE at = ?2 AND (what = 'confirmed' AND actor = ?1
                   OR what = 'vouched' AND json_extract(detail, '$.key') = ?1) ORDER BY seq LIMIT 1",
            )?
            .query_row(params![address.key(), at], |row| {
                let (actor, what): (String, String) = (row.get(3)?, row.get(4)?);
                let how = if what == "vouched" { How::Vouched(actor) } else { How::Ticket };
                let ticket = row.get::<_, Option<u32>>(1)?.map(Number);
                Ok(Proven { how, ticket, mail: row.get(2)?, event: row.get(0)?, ..bare.clone() })
            })
            .optional()?;
        if let Some(mut said) = said {
            if let How::Vouched(by) = &mut said.how {
                *by = self.masks()?.text(by, said.event.unwrap_or(0));
            }
            return Ok(Some(said));
        }
        let answered = self
            .db
            .prepare_cached(
                "SELECT purpose, ticket, intake, event FROM pending WHERE person = ?1 AND answered = ?2 ORDER BY id LIMIT 1",
            )?
            .query_row(params![id, at], |row| {
                let how = match row.get::<_, String>(0)?.as_str() {
                    "ticket" => How::Ticket,
                    "follow" => How::Invited,
                    _ => How::Mail,
                };
                let ticket = row.get::<_, Option<u32>>(1)?.map(Number);
                Ok(Proven { how, ticket, mail: row.get(2)?, event: row.get(3)?, ..bare.clone() })
            })
            .optional()?;
        Ok(Some(answered.unwrap_or(bare)))
    }

    /// That address counts as proven on somebody's word. Gives whether that is new; `false` too for one who never wrote.
    pub fn vouch(&self, address: &Address, cause: &Cause) -> Outcome<bool> {
        let changed = self
            .db
            .prepare_cached("UPDATE person SET confirmed = ?2 WHERE address = ?1 AND confirmed IS NULL")?
            .execute(params![address.key(), seconds(cause.now)])?;
        if changed == 1 {
            let detail = serde_json::json!({ "who": address.as_str(), "key": address.key() }).to_string();
            self.add_raw_event(cause, None, 0, "vouched", &detail)?;
        }
        Ok(changed == 1)
    }

    /// What that person is called from now on. Gives whether that is new; `false` too for one who never wrote.
    pub fn name_person(&self, address: &Address, name: &str, cause: &Cause) -> Outcome<bool> {
        let changed = self
            .db
            .prepare_cached("UPDATE person SET name = ?2 WHERE address = ?1 AND name != ?2")?
            .execute(params![address.key(), name])?;
        if changed == 1 {
            let detail = serde_json::json!({ "who": address.as_str(), "to": name }).to_string();
            self.add_raw_event(cause, None, 0, "named", &detail)?;
        }
        Ok(changed == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn whoever_is_vouched_for_is_proven_once() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let (bob, eve) = (Address::parse("Bob@x.example").unwrap(), Address::parse("eve@x.example").unwrap());
        let now = Timestamp::from_second(1_000).unwrap();
        let cause = Cause { actor: "ann@x.example".into(), proof: "console".into(), intake: None, now };
        store
            .transact(|tx| {
                tx.meet(&bob, "", now)?;
                assert_eq!(tx.proven(&bob)?, None);
                assert!(tx.vouch(&bob, &cause)? && !tx.vouch(&bob, &cause)? && !tx.vouch(&eve, &cause)?);
                let proven = tx.proven(&bob)?.unwrap();
                assert_eq!((proven.at, proven.how), (now, How::Vouched("ann@x.example".into())));
                assert!(tx.name_person(&bob, "Bob", &cause)? && !tx.name_person(&bob, "Bob", &cause)?);
                assert_eq!(tx.person(&bob)?.unwrap().name, "Bob");
                let eve = tx.meet(&eve, "", now)?;
                tx.confirm_person(eve.id, now)?;
                assert_eq!(tx.proven(&eve.address)?.unwrap().how, How::Elsewhere);
                Ok(())
            })
            .unwrap();
    }
}
