//! Which sessions there are, and which of them changed a file. Reading only; the newest ones first.

use super::super::{Reader, Tx, seconds, time};
use super::change;
use crate::fault::Outcome;
use crate::model::session::{Change, FilePath, Session};
use crate::model::ticket::Number;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

/// A session in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub number: u64,
    pub ticket: Number,
    pub title: String,
    /// Who worked, as staff call him.
    pub worker: String,
    pub host: String,
    pub login: String,
    pub started: Timestamp,
    pub ended: Timestamp,
    pub files: u64,
}

/// What a session did to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    pub session: Listed,
    pub change: Change,
}

const LISTED: &str = "s.number, s.ticket, t.title, coalesce(nullif(p.name, ''), p.spelled), s.host, s.login,
     s.started, s.ended, s.files";
const FROM: &str = "session s JOIN ticket t ON t.number = s.ticket JOIN person p ON p.id = s.person";

impl Tx<'_> {
    /// Sessions of one ticket, or of all: by ticket, the one with the newest session first, and the newest first in each.
    pub fn sessions(&self, ticket: Option<Number>, most: usize) -> Outcome<Vec<Listed>> {
        let mut rows = self.db.prepare_cached(&format!(
            "SELECT {LISTED}, (SELECT max(number) FROM session WHERE ticket = s.ticket) AS newest FROM {FROM}
             WHERE ?1 IS NULL OR s.ticket = ?1 ORDER BY newest DESC, s.number DESC LIMIT ?2"
        ))?;
        let found = rows.query_map(params![ticket.map(|n| n.0), most as u64], listed)?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// What sessions on a host (on any, when none is said) did to a path, the oldest first; also what went from it.
    pub fn touches(&self, path: &FilePath, host: Option<&str>, most: usize) -> Outcome<Vec<Touch>> {
        let mut rows = self.db.prepare_cached(&format!(
            "SELECT {LISTED}, c.detail FROM {FROM} JOIN session_change c ON c.session = s.number
             WHERE (c.path = ?1 OR c.origin = ?1) AND (?2 IS NULL OR s.host = ?2)
             ORDER BY s.started, s.number LIMIT ?3"
        ))?;
        let found = rows.query_map(params![path.0, host, most as u64], |row| {
            Ok((listed(row)?, row.get::<_, String>(9)?))
        })?;
        let mut touches = Vec::new();
        for row in found {
            let (session, detail) = row?;
            touches.push(Touch { session, change: change(&detail)? });
        }
        Ok(touches)
    }

    /// What the last session before that one, on its host, did to a path, also to one that it took away from there. Of two
    /// at a time neither knows what the other did.
    pub fn last_touch(
        &self,
        path: &FilePath,
        before: &Session,
        number: u64,
    ) -> Outcome<Option<(u64, Change)>> {
        let sql = "SELECT s.number, c.detail FROM session_change c JOIN session s ON s.number = c.session
             WHERE (c.path = ?1 OR c.origin = ?1) AND s.number <> ?2 AND s.host = ?3 AND s.ended <= ?4
             ORDER BY s.started DESC, s.number DESC LIMIT 1";
        self.touch(sql, params![path.0, number, before.host, seconds(before.started)])
    }

    /// The same of the session on its host that was filed last before it, whatever the clock there said.
    pub fn last_filed(
        &self,
        path: &FilePath,
        before: &Session,
        number: u64,
    ) -> Outcome<Option<(u64, Change)>> {
        let sql = "SELECT s.number, c.detail FROM session_change c JOIN session s ON s.number = c.session
             WHERE (c.path = ?1 OR c.origin = ?1) AND s.number < ?2 AND s.host = ?3
             ORDER BY s.number DESC LIMIT 1";
        self.touch(sql, params![path.0, number, before.host])
    }

    fn touch(&self, sql: &str, of: impl rusqlite::Params) -> Outcome<Option<(u64, Change)>> {
        let found: Option<(u64, String)> =
            self.db.prepare_cached(sql)?.query_row(of, |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        found.map(|(number, detail)| Ok((number, change(&detail)?))).transpose()
    }

    /// Paths that sessions on a host changed, in the order of the alphabet: that one, or those below that directory.
    pub fn touched(&self, below: &FilePath, host: &str, most: usize) -> Outcome<Vec<FilePath>> {
        let mut first = below.0.clone();
        while first.last() == Some(&b'/') {
            first.pop();
        }
        // paths below a directory stand between its name with a slash and its name with what comes behind a slash
        let (from, to) = ([first.as_slice(), b"/"].concat(), [first.as_slice(), b"0"].concat());
        let mut rows = self.db.prepare_cached(
            "SELECT DISTINCT c.path FROM session_change c JOIN session s ON s.number = c.session
             WHERE (c.path = ?1 OR (c.path >= ?2 AND c.path < ?3)) AND s.host = ?4 ORDER BY c.path LIMIT ?5",
        )?;
        let found =
            rows.query_map(params![first, from, to, host, most as u64], |row| row.get(0).map(FilePath))?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

impl Reader {
    /// As [`Tx::sessions`].
    ///
    /// # Errors
    /// Those of the database.
    pub fn sessions(&self, ticket: Option<Number>, most: usize) -> Outcome<Vec<Listed>> {
        self.look(|tx| tx.sessions(ticket, most))
    }

    /// As [`Tx::touches`].
    ///
    /// # Errors
    /// Those of the database.
    pub fn touches(&self, path: &FilePath, host: Option<&str>, most: usize) -> Outcome<Vec<Touch>> {
        self.look(|tx| tx.touches(path, host, most))
    }
}

fn listed(row: &rusqlite::Row<'_>) -> rusqlite::Result<Listed> {
    Ok(Listed {
        number: row.get(0)?,
        ticket: Number(row.get(1)?),
        title: row.get(2)?,
        worker: row.get(3)?,
        host: row.get(4)?,
        login: row.get(5)?,
        started: time(row.get(6)?),
        ended: time(row.get(7)?),
        files: row.get(8)?,
    })
}
