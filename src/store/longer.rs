//! Words that begin like one that somebody typed, out of those that the index holds: "drucker" goes on as "druckers" and
//! "druckertreiber". The work is bounded, as FTS5's own `drucker*` is not: that one gathers everything with such words
//! before it shows anything, for seconds and in all the memory that takes. Here words are looked up one by one, and
//! are searched as words are.

use super::Tx;
use super::search::Scope;
use crate::fault::Outcome;
use rusqlite::Connection;

/// Looks at the index in one search, and places of words that are gone through in one look: many places of one frequent
/// word, or many words that stand in few places. All in the order of the alphabet.
const LOOKS: usize = 80;
const PLACES: usize = 300;
/// Longer words that are searched in one search: the shortest of those that were seen.
const SEARCHED: usize = 48;

impl Tx<'_> {
    /// The shortest words that go on after `begin`, which is spelled as [`tokens`] spells; where `parts` words of the
    /// search are looked for so, each gets that part of the work.
    pub(super) fn longer(&self, begin: &str, scope: Scope, parts: usize) -> Outcome<Vec<String>> {
        let table = if scope == Scope::Titles { "title_word" } else { "word" };
        let mut next = self.db.prepare_cached(&format!(
            "SELECT DISTINCT term FROM (SELECT term FROM {table} WHERE term >= ?1 AND term < ?2 LIMIT {PLACES})
             ORDER BY term"
        ))?;
        let end = format!("{begin}{}", char::MAX);
        let mut found: Vec<String> = Vec::new();
        for _ in 0..LOOKS / parts.max(1) {
            // not `term > last`: that would go through all places where the last one stands
            let from = format!("{}\u{1}", found.last().map_or(begin, String::as_str));
            let seen = found.len();
            for term in next.query_map([&from, &end], |row| row.get(0))? {
                found.push(term?);
            }
            if found.len() == seen {
                break;
            }
        }
        found.sort_by_key(|word| word.chars().count());
        found.truncate(SEARCHED / parts.max(1));
        Ok(found)
    }
}

/// The tokens of each word, as the index cuts and spells them: FTS5 is asked, in a database that holds nothing else.
pub(super) fn tokens(words: &[String]) -> Outcome<Vec<Vec<String>>> {
    let db = Connection::open_in_memory()?;
    db.execute_batch(
        "CREATE VIRTUAL TABLE typed USING fts5(word, tokenize='unicode61 remove_diacritics 2');
         CREATE VIRTUAL TABLE token USING fts5vocab('typed', 'instance');",
    )?;
    let mut all = Vec::new();
    for (word, id) in words.iter().zip(1_i64..) {
        db.prepare_cached("INSERT INTO typed (rowid, word) VALUES (?1, ?2)")?.execute((id, word))?;
        let mut tokens = db.prepare_cached("SELECT term FROM token WHERE doc = ?1 ORDER BY offset")?;
        all.push(tokens.query_map([id], |row| row.get(0))?.collect::<Result<_, _>>()?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn words_are_cut_and_spelled_as_in_the_index() {
        let words = ["Drücker", "foo-Bar's", "!!!", "ÀÉ\u{301}x", ""].map(str::to_owned);
        let found = tokens(&words).unwrap();
        let all: Vec<String> = found.iter().map(|tokens| tokens.join(" ")).collect();
        assert_eq!(all, ["drucker", "foo bar s", "", "aex", ""]);
        // what is spelled so stays so
        assert_eq!(tokens(&all).unwrap(), found);
    }

    #[test]
    fn the_shortest_go_first_and_the_work_is_shared() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let many: Vec<String> = (0..100).map(|n| format!("prin{}x", "a".repeat(100 - n))).collect();
        let often = "princ ".repeat(3 * PLACES);
        let add = "INSERT INTO titles (rowid, title) VALUES (1, ?1), (2, ?2), (3, 'prim prio print prin')";
        let found = store.transact(|tx| {
            tx.db.execute(add, [&many.join(" "), &often])?;
            Ok([1, 8].map(|parts| tx.longer("prin", Scope::Titles, parts).unwrap()))
        });
        let [whole, part] = found.unwrap();
        assert_eq!((whole.len(), part.len()), (SEARCHED, SEARCHED / 8));
        assert_eq!(whole[..4], ["princ", "print", "prinax", "prinaax"]);
        assert_eq!(part[..2], whole[..2]);
    }
}
