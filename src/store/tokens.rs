//! Tokens for the API: made, ended, used. Only their hashes are here. Making and ending one is an event.

use super::events::Cause;
use super::{Reader, Tx, seconds, time};
use crate::fault::Outcome;
use crate::model::token::Grant;
use jiff::Timestamp;
use rusqlite::{Row, params};
use subtle::ConstantTimeEq;

/// A token that was made before its host was revoked ends with that.
const COLUMNS: &str =
    "t.id, t.login, t.host, t.user, t.made, coalesce(min(t.ends, h.revoked), t.ends, h.revoked), t.seen,
     t.program, t.unsent";
const FROM: &str =
    "token t LEFT JOIN (SELECT t.id, min(h.revoked) AS revoked FROM token t JOIN host h ON h.name = t.host
       AND h.revoked >= t.made AND coalesce(h.member, t.login) = t.login AND coalesce(h.login = t.user, 1)
     GROUP BY t.id) h ON h.id = t.id";

/// What a new token is for.
#[derive(Debug, Clone, Copy)]
pub struct For<'a> {
    pub login: &'a str,
    pub host: &'a str,
    pub user: Option<&'a str>,
}

impl Tx<'_> {
    /// Lets a token in from now on. Gives its number.
    pub fn add_token(&self, hash: &[u8; 32], wish: For<'_>, cause: &Cause) -> Outcome<i64> {
        let For { login, host, user } = wish;
        self.db
            .prepare_cached("INSERT INTO token (hash, login, host, user, made) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![hash, login, host, user, seconds(cause.now)])?;
        let id = self.db.last_insert_rowid();
        let detail = serde_json::json!({ "token": id, "login": login, "host": host, "user": user });
        self.add_raw_event(cause, None, 0, "token made", &detail.to_string())?;
        Ok(id)
    }

    /// Lets a token in no longer from that time on, which is not put off. Gives whether that changed anything.
    pub fn end_token(&self, id: i64, at: Timestamp, cause: &Cause) -> Outcome<bool> {
        let changed = self
            .db
            .prepare_cached("UPDATE token SET ends = ?2 WHERE id = ?1 AND (ends IS NULL OR ends > ?2)")?
            .execute(params![id, seconds(at)])?;
        if changed == 1 {
            let detail = serde_json::json!({ "token": id, "ends": at.to_string() }).to_string();
            self.add_raw_event(cause, None, 0, "token ended", &detail)?;
        }
        Ok(changed == 1)
    }

    /// Notes that a token was used; what waits there stays as it was when nobody says.
    pub fn token_seen(&self, id: i64, program: &str, unsent: Option<u64>, now: Timestamp) -> Outcome<()> {
        self.db
            .prepare_cached(
                "UPDATE token SET seen = ?2, program = ?3, unsent = coalesce(?4, unsent) WHERE id = ?1",
            )?
            .execute(params![id, seconds(now), program, unsent])?;
        Ok(())
    }

    /// Every token that there ever was, by host.
    pub fn tokens(&self) -> Outcome<Vec<Grant>> {
        let sql = format!("SELECT {COLUMNS} FROM {FROM} ORDER BY t.host, t.id");
        let mut rows = self.db.prepare_cached(&sql)?;
        let found = rows.query_map([], grant)?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

impl Reader {
    /// As [`Tx::tokens`].
    ///
    /// # Errors
    /// Those of the database.
    pub fn tokens(&self) -> Outcome<Vec<Grant>> {
        self.look(|tx| tx.tokens())
    }

    /// What the token of that hash allows, whether it still counts or not. All are compared, each in full, so that the time
    /// it takes tells nothing.
    ///
    /// # Errors
    /// Those of the database.
    pub fn grant(&self, hash: &[u8; 32]) -> Outcome<Option<Grant>> {
        let mut rows = self.db.prepare_cached(&format!("SELECT {COLUMNS}, t.hash FROM {FROM}"))?;
        let mut rows = rows.query([])?;
        let mut found = None;
        while let Some(row) = rows.next()? {
            let known: Vec<u8> = row.get(9)?;
            let one = grant(row)?;
            if bool::from(known.as_slice().ct_eq(hash.as_slice())) {
                found = Some(one);
            }
        }
        Ok(found)
    }
}

fn grant(row: &Row<'_>) -> rusqlite::Result<Grant> {
    Ok(Grant {
        id: row.get(0)?,
        login: row.get(1)?,
        host: row.get(2)?,
        user: row.get(3)?,
        made: time(row.get(4)?),
        ends: row.get::<_, Option<i64>>(5)?.map(time),
        seen: row.get::<_, Option<i64>>(6)?.map(time),
        program: row.get(7)?,
        unsent: row.get(8)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bundle::HostKey;
    use crate::model::host::Card;
    use crate::store::Store;

    #[test]
    fn who_revokes_a_host_ends_its_tokens() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let at = |second| Timestamp::from_second(second).unwrap();
        let cause =
            |second| Cause { actor: "x".into(), proof: "console".into(), intake: None, now: at(second) };
        let key = HostKey([1; 32]);
        let card = Card {
            name: "web1".into(),
            login: Some("root".into()),
            member: Some("ann".into()),
            key,
            program: "0.1".into(),
        };
        let tokens = [
            ("ann", "web1", None, 100, false),
            ("ann", "web1", Some("root"), 200, false),
            ("ann", "web1", Some("ben"), 100, true),
            ("ben", "web1", None, 100, true),
            ("ann", "web2", None, 100, true),
            ("ann", "web1", None, 201, true),
        ];
        store
            .transact(|tx| {
                tx.enroll(&card, "x", &cause(50))?;
                for (byte, (login, host, user, made, _)) in (0..).zip(tokens) {
                    tx.add_token(&[byte; 32], For { login, host, user }, &cause(made))?;
                }
                tx.revoke(&key, &cause(200))
            })
            .unwrap();
        let reader = Reader::open(dir.path()).unwrap();
        for (byte, (login, host, user, made, holds)) in (0..).zip(tokens) {
            let grant = reader.grant(&[byte; 32]).unwrap().unwrap();
            assert_eq!(grant.holds(at(300)), holds, "{login} {host} {user:?} {made}");
        }
        store.transact(|tx| tx.enroll(&card, "x", &cause(250))).unwrap();
        assert!(reader.grant(&[0; 32]).unwrap().unwrap().holds(at(300)), "it is believed again");
    }

    #[test]
    fn tokens_are_made_used_and_ended() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let at = |second| Timestamp::from_second(second).unwrap();
        let cause = Cause { actor: "x".into(), proof: "console".into(), intake: None, now: at(100) };
        let wish = For { login: "ann", host: "web1", user: Some("root") };
        let id = store.transact(|tx| tx.add_token(&[7; 32], wish, &cause)).unwrap();
        let reader = Reader::open(dir.path()).unwrap();
        assert_eq!(reader.grant(&[8; 32]).unwrap(), None);
        let grant = reader.grant(&[7; 32]).unwrap().unwrap();
        assert_eq!((grant.id, grant.login.as_str(), grant.user.as_deref()), (id, "ann", Some("root")));
        assert_eq!((grant.ends, grant.seen), (None, None));
        store
            .transact(|tx| {
                tx.token_seen(id, "0.1.0", Some(3), at(150))?;
                tx.token_seen(id, "0.1.0", None, at(160))?;
                assert!(tx.end_token(id, at(500), &cause)?);
                assert!(!tx.end_token(id, at(600), &cause)?, "an end is not put off");
                assert!(tx.end_token(id, at(200), &cause)?);
                Ok(())
            })
            .unwrap();
        let grant = reader.grant(&[7; 32]).unwrap().unwrap();
        assert_eq!((grant.seen, grant.unsent, grant.ends), (Some(at(160)), Some(3), Some(at(200))));
        assert_eq!(reader.tokens().unwrap(), [grant]);
    }
}
