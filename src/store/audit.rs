//! The laws of the database, checked: every raw mail has exactly one end, its bytes still hash to their name, every
//! letter has a cause, the chain of events is whole. Reading only.

use super::events::Event;
use super::packing::unpack;
use super::{Reader, time};
use crate::fault::Outcome;
use crate::limits;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What the audit found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Mails by state; `new` and `reading` together are what reliability calls pending.
    pub mails: BTreeMap<String, u64>,
    pub raw: u64,
    pub letters: BTreeMap<String, u64>,
    pub events: u64,
    /// Hash of the newest event, in hexadecimal.
    pub chain_head: String,
    /// Every law that does not hold, in words.
    pub broken: Vec<String>,
}

impl Findings {
    /// How many laws are checked.
    pub fn laws() -> usize {
        // raw bytes, letters, references, the chain and the file beside those of one query each
        LAWS.len() + 5
    }
}

/// Laws that one query each can check: what a row found by it means, and the query.
const LAWS: &[(&str, &str)] = &[
    (
        "mail without raw bytes",
        "SELECT i.id FROM intake i LEFT JOIN raw r ON r.id = i.raw WHERE r.id IS NULL",
    ),
    (
        "raw bytes that no mail owns",
        "SELECT r.id FROM raw r WHERE NOT EXISTS (SELECT 1 FROM intake i WHERE i.raw = r.id)",
    ),
    (
        "the same bytes applied twice, raw",
        "SELECT raw FROM intake WHERE state = 'applied' GROUP BY raw HAVING count(*) > 1",
    ),
    (
        "applied mail without a reason",
        "SELECT id FROM intake WHERE state IN ('applied','ignored','held','quarantined','duplicate') AND why = ''",
    ),
    (
        "mail that opened two tickets, mail",
        "SELECT intake FROM event WHERE what = 'opened' AND intake IS NOT NULL GROUP BY intake HAVING count(*) > 1",
    ),
    (
        "ticket that no event opened",
        "SELECT t.number FROM ticket t WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.ticket = t.number AND e.what = 'opened')",
    ),
    (
        "mail that was filed and still waits",
        "SELECT i.id FROM intake i WHERE i.state IN ('new','reading') AND i.id IN (SELECT n.intake FROM entry n)",
    ),
    (
        "event of a mail that is not there",
        "SELECT e.seq FROM event e WHERE e.intake IS NOT NULL AND NOT EXISTS (SELECT 1 FROM intake i WHERE i.id = e.intake)",
    ),
    (
        "letter without a cause",
        "SELECT o.id FROM outbox o WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.seq = o.event)",
    ),
    (
        "session without its event",
        "SELECT s.number FROM session s WHERE NOT EXISTS
           (SELECT 1 FROM event e WHERE e.seq = s.event AND e.ticket = s.ticket AND e.what = 'worked')",
    ),
    (
        "content of a file that no session has",
        "SELECT b.id FROM blob b WHERE NOT EXISTS (SELECT 1 FROM session_content c WHERE c.blob = b.id)",
    ),
    (
        "entry without its event",
        "SELECT n.id FROM entry n WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.seq = n.event)",
    ),
];

/// Whether a letter's header has that Message-ID, folded or not.
fn is_called(letter: &[u8], name: &str) -> bool {
    let text = String::from_utf8_lossy(letter);
    let head = text.split("\r\n\r\n").next().unwrap_or_default();
    let said = head.split("\r\n").skip_while(|line| !line.starts_with("Message-ID:")).take(2);
    said.collect::<String>().split(['<', '>']).nth(1) == Some(name.trim_matches(['<', '>']))
}

impl Reader {
    /// Checks everything; takes time in proportion to the database. `progress` is told what is being checked, how many
    /// of how many.
    pub fn audit(&self, progress: &mut dyn FnMut(&str, u64, u64)) -> Outcome<Findings> {
        let mut found = Findings {
            mails: self.tally_of("SELECT state, count(*) FROM intake GROUP BY state")?,
            letters: self.tally_of("SELECT state, count(*) FROM outbox GROUP BY state")?,
            ..Findings::default()
        };
        for (law, query) in LAWS {
            let mut rows = self.db.prepare(query)?;
            let broken =
                rows.query_map([], |row| row.get::<_, i64>(0))?.take(20).collect::<Result<Vec<_>, _>>()?;
            found.broken.extend(broken.iter().map(|id| format!("{law} {id}")));
        }
        self.check_references(&mut found)?;
        self.check_raw(&mut found, progress)?;
        self.check_letters(&mut found, progress)?;
        self.check_chain(&mut found, progress)?;
        progress("the database file", 0, 1);
        let integrity: String = self.db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if integrity != "ok" {
            found.broken.push(format!("the database file is damaged: {integrity}"));
        }
        Ok(found)
    }

    fn tally_of(&self, query: &str) -> Outcome<BTreeMap<String, u64>> {
        let mut rows = self.db.prepare(query)?;
        let found = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// What a row names is there.
    fn check_references(&self, found: &mut Findings) -> Outcome<()> {
        let mut rows =
            self.db.prepare(r#"SELECT "table", rowid, parent FROM pragma_foreign_key_check LIMIT 20"#)?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let (table, id, of): (String, Option<i64>, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let id = id.map_or(String::new(), |id| format!(" {id}"));
            found.broken.push(format!("{table}{id} names a {of} that is not there"));
        }
        Ok(())
    }

    /// The bytes of every letter can be had, and are those of the letter that the row says.
    fn check_letters(&self, found: &mut Findings, progress: &mut dyn FnMut(&str, u64, u64)) -> Outcome<()> {
        let all = found.letters.values().sum();
        let mut rows = self.db.prepare("SELECT id, message_id, packed FROM outbox")?;
        let mut rows = rows.query([])?;
        let mut done = 0;
        while let Some(row) = rows.next()? {
            let (id, name): (i64, String) = (row.get(0)?, row.get(1)?);
            let bytes = unpack(&row.get::<_, Vec<u8>>(2)?, limits::MAIL_BYTES * 2).unwrap_or_default();
            progress("letters", done, all);
            done += 1;
            if !is_called(&bytes, &name) {
                found.broken.push(format!("the bytes of letter {id} are not its own"));
            }
        }
        Ok(())
    }

    fn check_raw(&self, found: &mut Findings, progress: &mut dyn FnMut(&str, u64, u64)) -> Outcome<()> {
        let all = self.db.query_row("SELECT count(*) FROM raw", [], |row| row.get(0))?;
        let mut rows = self.db.prepare("SELECT id, sha256, size, packed FROM raw")?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let (id, sha256, size): (i64, Vec<u8>, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let bytes = unpack(&row.get::<_, Vec<u8>>(3)?, size as usize).unwrap_or_default();
            progress("raw mails", found.raw, all);
            found.raw += 1;
            if bytes.len() as i64 != size || Sha256::digest(&bytes).as_slice() != sha256.as_slice() {
                found.broken.push(format!("raw mail {id} no longer matches its SHA-256"));
            }
        }
        Ok(())
    }

    pub(in crate::store) fn check_chain(
        &self,
        found: &mut Findings,
        progress: &mut dyn FnMut(&str, u64, u64),
    ) -> Outcome<()> {
        let all = self.db.query_row("SELECT count(*) FROM event", [], |row| row.get(0))?;
        let mut rows = self.db.prepare(
            "SELECT seq, ticket, at, actor, proof, intake, line, what, detail, hash FROM event ORDER BY seq",
        )?;
        let mut rows = rows.query([])?;
        let mut before: Vec<u8> = vec![0; 32];
        while let Some(row) = rows.next()? {
            let event = Event {
                seq: row.get(0)?,
                ticket: row.get(1)?,
                at: time(row.get(2)?),
                actor: row.get(3)?,
                proof: row.get(4)?,
                intake: row.get(5)?,
                line: row.get(6)?,
                what: row.get(7)?,
                detail: row.get(8)?,
            };
            let hash: Vec<u8> = row.get(9)?;
            progress("events", found.events, all);
            found.events += 1;
            if event.seq as u64 != found.events || event.hash(&before).as_slice() != hash.as_slice() {
                found.broken.push(format!("the chain of events breaks at event {}", event.seq));
                return Ok(());
            }
            before = hash;
        }
        found.chain_head = data_encoding::HEXLOWER.encode(&before);
        Ok(())
    }
}
