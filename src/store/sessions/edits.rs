//! What staff made of how a session's log is shown: files and commands shown or not, and what they said about lines. Each
//! edit is an event of its ticket first; here are its rows.

use super::super::{Tx, seconds, time};
use crate::fault::Outcome;
use crate::model::person::Person;
use crate::model::session::FilePath;
use crate::model::session_log::{Annotation, Overlay, Side, Spot};
use jiff::Timestamp;
use rusqlite::params;

impl Tx<'_> {
    /// Shows, from now on, these files and typed commands (by number, from 1), or shows them no longer.
    pub(in crate::store) fn display(
        &self,
        session: u64,
        (files, commands): (&[FilePath], &[u64]),
        shown: bool,
    ) -> Outcome<()> {
        let set = "ON CONFLICT (session, kind, place) DO UPDATE SET shown = excluded.shown";
        let mut of_file = self.db.prepare_cached(&format!(
            "INSERT INTO session_display (session, kind, place, shown)
             SELECT session, 'file', place, ?3 FROM session_change WHERE session = ?1 AND path = ?2 {set}"
        ))?;
        for file in files {
            of_file.execute(params![session, file.0, shown])?;
        }
        let mut of_command = self.db.prepare_cached(&format!(
            "INSERT INTO session_display (session, kind, place, shown) VALUES (?1, 'command', ?2, ?3) {set}"
        ))?;
        for number in commands {
            of_command.execute(params![session, number.saturating_sub(1), shown])?;
        }
        Ok(())
    }

    /// Keeps what somebody said about a line.
    pub(in crate::store) fn annotate(
        &self,
        session: u64,
        spot: &Spot,
        text: &str,
        (author, now): (&Person, Timestamp),
    ) -> Outcome<()> {
        self.db
            .prepare_cached(
                "INSERT INTO annotation (session, place, side, line, quoted, author, at, text)
                 SELECT session, place, ?3, ?4, ?5, ?6, ?7, ?8 FROM session_change
                 WHERE session = ?1 AND path = ?2 LIMIT 1",
            )?
            .execute(params![
                session,
                spot.path.0,
                spot.side.word(),
                spot.line,
                spot.quoted,
                author.id,
                seconds(now),
                text
            ])?;
        Ok(())
    }

    /// All edits of a session's log.
    pub(super) fn overlay(&self, session: u64) -> Outcome<Overlay> {
        let mut overlay = Overlay { annotations: self.annotations(session)?, ..Overlay::default() };
        let mut rows =
            self.db.prepare_cached("SELECT kind, place, shown FROM session_display WHERE session = ?1")?;
        let found = rows.query_map([session], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, usize>(1)?, row.get::<_, bool>(2)?))
        })?;
        for row in found {
            match row? {
                (kind, place, shown) if kind == "file" => {
                    overlay.files.insert(place, shown);
                }
                (_, place, false) => {
                    overlay.hidden_commands.insert(place);
                }
                _ => {}
            }
        }
        Ok(overlay)
    }

    fn annotations(&self, session: u64) -> Outcome<Vec<Annotation>> {
        let mut rows = self.db.prepare_cached(
            "SELECT a.at, coalesce(nullif(p.name, ''), p.spelled), a.place, c.path, a.side, a.line, a.quoted, a.text
             FROM annotation a JOIN person p ON p.id = a.author
             JOIN session_change c ON c.session = a.session AND c.place = a.place
             WHERE a.session = ?1 ORDER BY a.place, a.line, a.id",
        )?;
        let found = rows.query_map([session], |row| {
            let spot = Spot {
                path: FilePath(row.get(3)?),
                side: Side::of(&row.get::<_, String>(4)?),
                line: row.get(5)?,
                quoted: row.get(6)?,
            };
            let (at, by, place, text) = (time(row.get(0)?), row.get(1)?, row.get(2)?, row.get(7)?);
            Ok(Annotation { at, by, place, spot, text })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}
