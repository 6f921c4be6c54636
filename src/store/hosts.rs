//! Hosts whose sessions are believed, and the bundles that came from them. Enrolling and revoking are events. Never looks
//! into a bundle.

use super::events::Cause;
use super::packing::pack;
use super::{Reader, Tx, seconds, time};
use crate::fault::{Fault, Outcome};
use crate::model::bundle::{BundleId, Cover, HostKey};
use crate::model::host::{Card, Host, Standing};
use crate::model::token::Grant;
use rusqlite::{OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

/// The columns of a host, in the order in which [`host`] reads them.
const COLUMNS: &str = "h.key, h.name, h.login, h.member, h.enrolled, h.by, h.revoked";

impl Tx<'_> {
    /// The host of that key, revoked or not.
    pub fn host(&self, key: &HostKey) -> Outcome<Option<Host>> {
        let found = self
            .db
            .prepare_cached(&format!("SELECT {COLUMNS} FROM host h WHERE h.key = ?1"))?
            .query_row([key.to_string()], |row| Ok(host(row)))
            .optional()?;
        found.transpose()
    }

    /// Believes a host from now on; one that was revoked again. `by` is the address of whoever said yes, or the console.
    /// Gives the event.
    pub fn enroll(&self, card: &Card, by: &str, cause: &Cause) -> Outcome<i64> {
        let detail = serde_json::json!({
            "host": card.name, "key": card.key.to_string(), "login": card.login, "member": card.member, "by": by,
        });
        let event = self.add_raw_event(cause, None, 0, "host enrolled", &detail.to_string())?;
        self.db
            .prepare_cached(
                "INSERT INTO host (key, name, login, member, enrolled, by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (key) DO UPDATE SET name = excluded.name, login = excluded.login,
                   member = excluded.member, enrolled = excluded.enrolled, by = excluded.by, revoked = NULL",
            )?
            .execute(params![
                card.key.to_string(),
                card.name,
                card.login,
                card.member,
                seconds(cause.now),
                by
            ])?;
        Ok(event)
    }

    /// Believes a host no longer. Gives whether it was believed.
    pub fn revoke(&self, key: &HostKey, cause: &Cause) -> Outcome<bool> {
        let changed = self
            .db
            .prepare_cached("UPDATE host SET revoked = ?2 WHERE key = ?1 AND revoked IS NULL")?
            .execute(params![key.to_string(), seconds(cause.now)])?;
        if changed == 1 {
            let detail = serde_json::json!({ "key": key.to_string() }).to_string();
            self.add_raw_event(cause, None, 0, "host revoked", &detail)?;
        }
        Ok(changed == 1)
    }

    /// The mails in quarantine whose reason speaks of a key by its print, oldest first: they waited for their host.
    pub fn waits_for_host(&self, key: &HostKey) -> Outcome<Vec<i64>> {
        let sql = "SELECT id FROM intake WHERE state = 'quarantined' AND instr(why, ?1) > 0 ORDER BY id";
        let mut rows = self.db.prepare_cached(sql)?;
        let found = rows.query_map([key.print()], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The mail that brought a bundle which was filed.
    pub fn bundle_of(&self, id: &BundleId) -> Outcome<Option<i64>> {
        let found = self
            .db
            .prepare_cached("SELECT intake FROM bundle WHERE id = ?1")?
            .query_row([id.as_str()], |row| row.get(0))
            .optional()?;
        Ok(found)
    }

    /// Notes that a bundle was filed.
    pub fn add_bundle(&self, id: &BundleId, cover: &Cover, cause: &Cause) -> Outcome<()> {
        self.db
            .prepare_cached(
                "INSERT INTO bundle (id, key, sequence, session, program, intake, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                id.as_str(),
                cover.key.to_string(),
                i64::try_from(cover.sequence).unwrap_or(i64::MAX),
                cover.session,
                cover.program,
                cause.intake,
                seconds(cause.now)
            ])?;
        Ok(())
    }

    /// Takes the bundles of a session out of the mails that brought them, when something was taken out of the session that
    /// they hold as well: a note stands in their place. Gives those mails.
    pub fn erase_bundles(&self, session: &str, number: u64) -> Outcome<Vec<i64>> {
        let mut rows = self.db.prepare_cached(
            "WITH came AS (SELECT intake FROM bundle WHERE session = ?1)
             SELECT i.id, i.raw FROM intake i WHERE i.id IN came OR (i.state = 'duplicate'
               AND (i.why = ?2 OR i.why IN (SELECT 'the same session as ' || intake FROM came))) ORDER BY i.id",
        )?;
        let filed = format!("session {number} was filed before");
        let found = rows.query_map(params![session, filed], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let found: Vec<(i64, i64)> = found.collect::<Result<_, _>>()?;
        for (_, raw) in &found {
            let note = format!(
                "Subject: erased\n\nMail {raw} brought the record of session {number}. Something was taken out of that, and \
                 so this mail was erased.\n"
            );
            self.db
                .prepare_cached(
                    "UPDATE raw SET sha256 = ?2, size = ?3, packed = ?4, erased = 1 WHERE id = ?1",
                )?
                .execute(params![
                    raw,
                    Sha256::digest(note.as_bytes()).as_slice(),
                    note.len() as u64,
                    pack(note.as_bytes())
                ])?;
        }
        Ok(found.into_iter().map(|(mail, _)| mail).collect())
    }

    /// Every host, by name, those that are believed first.
    pub fn hosts(&self) -> Outcome<Vec<Standing>> {
        let mut rows = self.db.prepare_cached(&format!(
            "SELECT {COLUMNS}, count(b.id), max(b.sequence), max(b.at),
                    (SELECT program FROM bundle l WHERE l.key = h.key ORDER BY l.at DESC, l.sequence DESC LIMIT 1)
             FROM host h LEFT JOIN bundle b ON b.key = h.key
             GROUP BY h.key ORDER BY h.revoked IS NOT NULL, h.name, h.login, h.key"
        ))?;
        let found = rows.query_map([], |row| {
            let (bundles, last): (u64, Option<u64>) = (row.get(7)?, row.get(8)?);
            let (seen, program): (Option<i64>, Option<String>) = (row.get(9)?, row.get(10)?);
            Ok((host(row), bundles, last.unwrap_or(0), seen.map(time), program))
        })?;
        let tokens = self.tokens()?;
        let mut all = Vec::new();
        for row in found {
            let (host, bundles, last, brought, program) = row?;
            let host = host?;
            let spoken = spoken(&host, &tokens);
            let spoke = spoken.and_then(|grant| grant.seen);
            // whichever came last knows the version
            let program =
                if spoke > brought { spoken.and_then(|grant| grant.program.clone()) } else { program };
            let unsent = spoken.and_then(|grant| grant.unsent);
            all.push(Standing { host, seen: brought.max(spoke), program, bundles, last, spoke, unsent });
        }
        Ok(all)
    }

    /// The name of the mailbox that a mail came from.
    pub fn mailbox_of(&self, intake: i64) -> Outcome<String> {
        let sql = "SELECT m.name FROM intake i JOIN mailbox m ON m.id = i.mailbox WHERE i.id = ?1";
        Ok(self.db.prepare_cached(sql)?.query_row([intake], |row| row.get(0))?)
    }
}

impl Reader {
    /// As [`Tx::hosts`].
    ///
    /// # Errors
    /// Those of the database.
    pub fn hosts(&self) -> Outcome<Vec<Standing>> {
        self.look(|tx| tx.hosts())
    }
}

/// The token of a host that was used last: one for its user, or for whoever enrolled with it.
fn spoken<'a>(host: &Host, tokens: &'a [Grant]) -> Option<&'a Grant> {
    let is_its = |grant: &&Grant| {
        grant.host == host.name
            && Some(&grant.login) == host.member.as_ref()
            && (grant.user.is_none() || grant.user == host.login)
    };
    tokens.iter().filter(is_its).filter(|grant| grant.seen.is_some()).max_by_key(|grant| grant.seen)
}

fn host(row: &Row<'_>) -> Outcome<Host> {
    let key: String = row.get(0)?;
    let key = HostKey::parse(&key).ok_or_else(|| Fault::lasting(format!("{key} is no key of a host")))?;
    Ok(Host {
        key,
        name: row.get(1)?,
        login: row.get(2)?,
        member: row.get(3)?,
        enrolled: time(row.get(4)?),
        by: row.get(5)?,
        revoked: row.get::<_, Option<i64>>(6)?.map(time),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::store::spool::Parcelled;
    use jiff::Timestamp;

    fn cover(key: HostKey, sequence: u64) -> Cover {
        Cover {
            host: "web1".into(),
            key,
            session: format!("{sequence:026}"),
            sequence,
            previous: None,
            program: format!("0.{sequence}.0"),
            raw: 0,
            packed: 0,
            body: String::new(),
        }
    }

    #[test]
    fn hosts_come_and_go_and_what_is_missing_is_seen() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let now = Timestamp::from_second(1_795_219_200).unwrap();
        let key = HostKey([1; 32]);
        let card =
            Card { name: "web1".into(), login: None, member: Some("ann".into()), key, program: "0.1".into() };
        store
            .transact(|tx| {
                let parcel = Parcelled::new("1".into(), b"x", None, false);
                let intake = tx.keep(tx.mailbox("maildir:/x")?, &parcel, now)?;
                let cause = Cause { actor: "x".into(), proof: "console".into(), intake, now };
                assert_eq!(tx.mailbox_of(intake.unwrap())?, "maildir:/x");
                assert_eq!(tx.host(&key)?, None);
                tx.enroll(&card, "ann@example.org", &cause)?;
                let known = tx.host(&key)?.unwrap();
                assert_eq!((known.by.as_str(), known.member.as_deref()), ("ann@example.org", Some("ann")));
                for sequence in [1, 4, 2] {
                    let id = BundleId::of(&[sequence as u8]);
                    assert_eq!(tx.bundle_of(&id)?, None);
                    tx.add_bundle(&id, &cover(key, sequence), &cause)?;
                    assert_eq!(tx.bundle_of(&id)?, intake);
                }
                let all = tx.hosts()?;
                assert_eq!((all.len(), all[0].bundles, all[0].last, all[0].missing()), (1, 3, 4, 1));
                assert_eq!((all[0].seen, all[0].program.as_deref()), (Some(now), Some("0.4.0")));
                assert!(tx.revoke(&key, &cause)? && !tx.revoke(&key, &cause)?);
                assert_eq!(tx.host(&key)?.unwrap().revoked, Some(now));
                tx.enroll(&card, "console", &cause)?;
                assert_eq!(tx.host(&key)?.unwrap().revoked, None);
                Ok(())
            })
            .unwrap();
    }
}
