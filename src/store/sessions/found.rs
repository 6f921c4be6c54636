//! Finding sessions by words in their commands, paths, differences and remarks: for staff alone. The text of each session is
//! one row of the index, which a redaction writes anew.

use super::super::Tx;
use super::super::search::{Among, cut, quoted};
use crate::fault::Outcome;
use crate::model::clues::Hit;
use crate::model::ticket::{Number, State};
use rusqlite::params;

/// Newest sessions that match, which are looked through for tickets.
const LOOKED_AT: usize = 200;

impl Tx<'_> {
    /// Makes a session found by this text, and by no other.
    pub fn index_session(&self, session: u64, text: &str) -> Outcome<()> {
        self.db.prepare_cached("DELETE FROM session_search WHERE rowid = ?1")?.execute([session])?;
        self.db
            .prepare_cached("INSERT INTO session_search (rowid, text) VALUES (?1, ?2)")?
            .execute(params![session, text])?;
        Ok(())
    }

    /// Tickets with sessions that have all the words, those with the newest first.
    pub(in crate::store) fn found_in_sessions(
        &self,
        words: &str,
        among: &Among,
        most: usize,
    ) -> Outcome<Vec<Hit>> {
        let words: Vec<String> = cut(words).iter().map(|word| quoted(word)).collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let mut rows = self.db.prepare_cached(&format!(
            "SELECT t.number, t.state, t.title, s.number, snippet(session_search, 0, '', '', '…', 16)
             FROM session_search JOIN session s ON s.number = session_search.rowid
             JOIN ticket t ON t.number = s.ticket
             WHERE session_search MATCH ?1 AND {} ORDER BY session_search.rowid DESC LIMIT {LOOKED_AT}",
            among.condition
        ))?;
        let found = rows.query_map(among.values(&words.join(" AND ")), |row| {
            let (session, snippet): (u64, String) = (row.get(3)?, row.get(4)?);
            let snippet = snippet.split_whitespace().collect::<Vec<_>>().join(" ");
            Ok(Hit {
                number: Number(row.get(0)?),
                state: State::of(&row.get::<_, String>(1)?).unwrap_or(State::Open),
                title: row.get(2)?,
                snippet: format!("session {session}: {snippet}"),
            })
        })?;
        let mut hits: Vec<Hit> = Vec::new();
        for hit in found {
            let hit = hit?;
            if hits.len() < most && hits.iter().all(|known| known.number != hit.number) {
                hits.push(hit);
            }
        }
        Ok(hits)
    }
}
