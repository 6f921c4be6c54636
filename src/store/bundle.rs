//! Questions about held mails that are asked in one letter. Each question is a row; `bundle` names the newest one whose
//! letter lists it as well. Letters list without gaps: a row is in the letters of all questions from its own to that
//! one, so that the yes to any of them is known to mean just what stood in it.

use super::{Tx, time};
use crate::fault::Outcome;
use crate::limits;
use crate::model::letter::Waiting;
use crate::model::ticket::Number;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};

impl Tx<'_> {
    /// What of a person's mails is listed in the newest open question to him, oldest first, with the questions' numbers:
    /// what the next letter lists as well. Mails that went on without their question are left out.
    pub fn waiting(&self, person: i64, now: Timestamp) -> Outcome<Vec<(i64, Waiting)>> {
        let open = "person = ?1 AND purpose = 'mail' AND answered IS NULL AND event > 0 AND expires > ?2";
        let newest: Option<i64> = self
            .db
            .prepare_cached(&format!("SELECT id FROM pending WHERE {open} ORDER BY id DESC LIMIT 1"))?
            .query_row(params![person, now.as_second()], |row| row.get(0))
            .optional()?;
        let Some(newest) = newest else { return Ok(Vec::new()) };
        let mut rows = self.db.prepare_cached(&format!(
            "SELECT id, asked, ticket, lines FROM pending
             WHERE {open} AND (id = ?3 OR bundle >= ?3)
             AND (SELECT state FROM intake WHERE intake.id = pending.intake) = 'held' ORDER BY id LIMIT {}",
            limits::COMMANDS
        ))?;
        let found = rows.query_map(params![person, now.as_second(), newest], |row| {
            let about: Option<u32> = row.get(2)?;
            let waiting = listed(&row.get::<_, String>(3)?, time(row.get(1)?), about.map(Number));
            Ok((row.get(0)?, waiting))
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Notes what the letter of a question lists: its own mail, and those of earlier questions.
    pub fn bundle(&self, id: i64, own: &Waiting, earlier: impl Iterator<Item = i64>) -> Outcome<()> {
        let Waiting { subject, lines, has_text, would, .. } = own;
        let detail = json!({ "subject": subject, "lines": lines, "text": has_text, "would": would });
        self.db
            .prepare_cached("UPDATE pending SET lines = ?2 WHERE id = ?1")?
            .execute(params![id, detail.to_string()])?;
        for question in earlier {
            self.db
                .prepare_cached("UPDATE pending SET bundle = ?2 WHERE id = ?1")?
                .execute(params![question, id])?;
        }
        Ok(())
    }

    /// The command lines that the sender of a held mail was asked about and said yes to; `None` when none were listed.
    pub fn agreed(&self, intake: i64) -> Outcome<Option<Vec<String>>> {
        let detail: Option<String> = self
            .db
            .prepare_cached(
                "SELECT lines FROM pending WHERE intake = ?1 AND purpose = 'mail' AND answered IS NOT NULL
                 ORDER BY id DESC LIMIT 1",
            )?
            .query_row([intake], |row| row.get(0))
            .optional()?;
        let is_listed = |detail: &String| detail.starts_with('{');
        Ok(detail.filter(is_listed).map(|detail| listed(&detail, Timestamp::UNIX_EPOCH, None).lines))
    }

    /// Earlier questions that the letter of this one lists and that are open, with their mails, oldest first.
    pub(super) fn bundled(&self, id: i64, person: i64) -> Outcome<Vec<(i64, i64)>> {
        let mut rows = self.db.prepare_cached(
            "SELECT id, intake FROM pending WHERE person = ?2 AND purpose = 'mail' AND answered IS NULL
             AND id < ?1 AND bundle >= ?1 ORDER BY id",
        )?;
        let found = rows.query_map([id, person], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

/// Reads what [`Tx::bundle`] wrote; of a question from before it was written nothing but its time and ticket.
fn listed(detail: &str, at: Timestamp, about: Option<Number>) -> Waiting {
    let detail: Value = serde_json::from_str(detail).unwrap_or_default();
    let texts = |name: &str| -> Vec<String> {
        let all = detail.get(name).and_then(Value::as_array).into_iter().flatten();
        all.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    Waiting {
        at,
        subject: detail.get("subject").and_then(Value::as_str).unwrap_or_default().to_owned(),
        lines: texts("lines"),
        has_text: detail.get("text").and_then(Value::as_bool).unwrap_or(true),
        would: texts("would"),
        about,
    }
}
