//! Every column of the database that holds words of people, beside events, mails, letters and the records of sessions, which
//! are looked at in ways of their own. Who is erased is taken out of all of them, some hundred rows at a time, along the keys
//! of each table. A test holds the list against the schema.

use super::Tx;
use crate::fault::Outcome;
use rusqlite::params_from_iter;
use rusqlite::types::Value;
use serde_json::Value as Json;

/// Rows that are in memory at a time.
const ROWS: usize = 200;

/// A table, its key, and its columns with words.
struct Texts {
    table: &'static str,
    key: &'static [&'static str],
    columns: &'static [&'static str],
}

const fn texts(table: &'static str, key: &'static [&'static str], columns: &'static [&'static str]) -> Texts {
    Texts { table, key, columns }
}

const TEXTS: [Texts; 16] = [
    texts("person", &["id"], &["address", "spelled", "name"]),
    texts("ticket", &["number"], &["title"]),
    texts("entry", &["id"], &["text"]),
    texts("attachment", &["entry", "place"], &["name", "media"]),
    texts("field", &["ticket", "name"], &["value"]),
    texts("tag", &["ticket", "word"], &["word"]),
    texts("intake", &["id"], &["why", "message_id"]),
    texts("seen", &["message_id", "print"], &["message_id"]),
    texts("message", &["id"], &["message_id"]),
    texts("outbox", &["id"], &["recipient", "envelope_from", "said"]),
    texts("pending", &["id"], &["lines"]),
    texts("period_sent", &["id"], &["recipient"]),
    texts("host", &["key"], &["name", "by"]),
    texts("session", &["number"], &["host", "login"]),
    texts("annotation", &["id"], &["text", "quoted"]),
    texts("token", &["id"], &["host", "user"]),
];
/// Columns of JSON, whose strings are looked at for themselves.
const JSON: [&str; 1] = ["lines"];

/// What becomes of words; `None`: they stay.
pub type Change<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Tx<'_> {
    /// How many rows hold words that `change` has something else for; they are written anew when `writes` says so. The
    /// indexes of words would only note that some are gone (FTS5, secure-delete), and keep to it from then on.
    pub fn rewrite_texts(
        &self,
        change: Change<'_>,
        writes: bool,
        progress: &mut dyn FnMut(&str, u64, u64),
    ) -> Outcome<u64> {
        if writes {
            self.db.execute("INSERT INTO search (search, rank) VALUES ('secure-delete', 1)", [])?;
            self.db.execute("INSERT INTO titles (titles, rank) VALUES ('secure-delete', 1)", [])?;
        }
        let mut count = 0;
        for texts in &TEXTS {
            count += self.rewrite_table(texts, change, writes, progress)?;
        }
        Ok(count)
    }

    fn rewrite_table(
        &self,
        texts: &Texts,
        change: Change<'_>,
        writes: bool,
        progress: &mut dyn FnMut(&str, u64, u64),
    ) -> Outcome<u64> {
        let Texts { table, key, columns } = texts;
        let all: u64 = self.db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
        let (keys, marks) = (key.join(", "), vec!["?"; key.len()].join(", "));
        let select = format!("SELECT {keys}, {} FROM {table}", columns.join(", "));
        let order = format!("ORDER BY {keys} LIMIT {ROWS}");
        let (mut changed, mut done, mut last) = (0, 0, None::<Vec<Value>>);
        loop {
            progress("texts", done, all);
            let rows = match &last {
                None => self.values(&format!("{select} {order}"), &[])?,
                Some(last) => self.values(&format!("{select} WHERE ({keys}) > ({marks}) {order}"), last)?,
            };
            for row in &rows {
                changed += u64::from(self.rewrite_row(texts, row, change, writes)?);
            }
            done += rows.len() as u64;
            let end = rows.into_iter().next_back().and_then(|row| Some(row.get(..key.len())?.to_vec()));
            match end {
                Some(end) => last = Some(end),
                None => return Ok(changed),
            }
        }
    }

    fn rewrite_row(&self, texts: &Texts, row: &[Value], change: Change<'_>, writes: bool) -> Outcome<bool> {
        let (key, words) = row.split_at_checked(texts.key.len()).unwrap_or_default();
        let mut changed = false;
        for (column, value) in texts.columns.iter().zip(words) {
            let Value::Text(text) = value else { continue };
            let new = if JSON.contains(column) { in_json(text, change) } else { change(text) };
            let Some(new) = new else { continue };
            changed = true;
            if writes {
                // two words or numbers may have become one
                let either = if ["tag", "seen"].contains(&texts.table) { "OR REPLACE" } else { "" };
                let marks = vec!["?"; key.len()].join(", ");
                let keys = texts.key.join(", ");
                let update =
                    format!("UPDATE {either} {} SET {column} = ? WHERE ({keys}) = ({marks})", texts.table);
                let values = std::iter::once(Value::Text(new)).chain(key.iter().cloned());
                self.db.prepare_cached(&update)?.execute(params_from_iter(values))?;
            }
        }
        Ok(changed)
    }

    fn values(&self, query: &str, with: &[Value]) -> Outcome<Vec<Vec<Value>>> {
        let mut rows = self.db.prepare_cached(query)?;
        let columns = rows.column_count();
        let found =
            rows.query_map(params_from_iter(with), |row| (0..columns).map(|at| row.get(at)).collect())?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

/// JSON with other strings, or what is none as a text; `None` when all stay.
pub(in crate::store) fn in_json(text: &str, change: Change<'_>) -> Option<String> {
    let Ok(mut value) = serde_json::from_str(text) else { return change(text) };
    strings(&mut value, change).then(|| value.to_string())
}

/// Gives whether any is another now. The parser's limit is that of the depth.
fn strings(value: &mut Json, change: Change<'_>) -> bool {
    let all: Vec<&mut Json> = match value {
        Json::String(text) => {
            let new = change(text);
            let is_new = new.is_some();
            *text = new.unwrap_or_else(|| std::mem::take(text));
            return is_new;
        }
        Json::Array(all) => all.iter_mut().collect(),
        Json::Object(all) => all.values_mut().collect(),
        _ => return false,
    };
    all.into_iter().map(|one| strings(one, change)).filter(|is_new| *is_new).count() > 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    /// Columns of text that are none of these: fixed words and numbers, logins of staff, keys of hosts, what the chain,
    /// mails, letters and records of sessions are, what names a mail in its mailbox, and what is deleted for itself.
    const LEFT: &str = "annotation.side bundle.id bundle.key bundle.program bundle.session event.actor event.detail event.proof \
        event.what field.name host.key host.login host.member intake.state intake.uid lock.host lock.login lock.started mailbox.name \
        message.kind named.address outbox.kind outbox.message_id outbox.state pending.purpose period_sent.kind period_sent.period \
        person.language relation.kind session.id session_change.detail session_content.hash session_display.kind setting.name \
        setting.value subscription.level tally.what tally.whom ticket.owner ticket.state token.login \
        token.program";

    #[test]
    fn no_column_of_words_is_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let query = "SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND c.type = 'TEXT' AND m.sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY 1";
        let all = store.transact(|tx| tx.values(query, &[])).unwrap();
        let known = |name: &str| {
            let (table, column) = name.split_once('.').unwrap();
            TEXTS.iter().any(|t| t.table == table && t.columns.contains(&column))
        };
        let mut left = Vec::new();
        for row in all {
            let Value::Text(name) = &row[0] else { panic!("{row:?}") };
            if !known(name) && !name.starts_with("search_") && !name.starts_with("titles_") {
                left.push(name.clone());
            }
        }
        assert_eq!(left.join(" "), LEFT.split_whitespace().collect::<Vec<_>>().join(" "));
    }

    #[test]
    fn rows_are_counted_first_and_then_written() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let change = |text: &str| text.contains("bob").then(|| text.replace("bob", "x"));
        store
            .transact(|tx| {
                tx.db.execute_batch(
                    "INSERT INTO person (address, spelled, since) VALUES ('bob@x', 'bob@x', 0);
                     INSERT INTO ticket (state, title, requester, created, changed) VALUES ('open', 'bob', 1, 0, 0);
                     INSERT INTO tag VALUES (1, 'bob'), (1, 'x'), (1, 'y');",
                )?;
                for number in 0..ROWS + 50 {
                    let word = if number % 2 == 0 { "bob" } else { "ann" };
                    tx.db.execute("INSERT INTO field VALUES (1, ?1, ?2)", [&number.to_string(), word])?;
                }
                let count = |writes| tx.rewrite_texts(&change, writes, &mut |_, _, _| {});
                let all = (ROWS as u64 + 50) / 2 + 3;
                assert_eq!([count(false)?, count(true)?, count(true)?], [all, all, 0]);
                assert_eq!(tx.values("SELECT word FROM tag", &[])?.len(), 2);
                assert_eq!(tx.values("SELECT 1 FROM titles WHERE titles MATCH 'bob'", &[])?.len(), 0);
                Ok(())
            })
            .unwrap();
        let line = r#"[{"a":"x\nbob"}]"#;
        assert_eq!(in_json(line, &change).as_deref(), Some(r#"[{"a":"x\nx"}]"#));
    }
}
