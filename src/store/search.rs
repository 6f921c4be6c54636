//! Searching tickets by their words: SQLite's FTS5 over titles and texts, without accents and case. What somebody typed
//! comes in, tickets go out, the best first. FTS5's query language is never reached: each word is quoted.

use super::lists::Which;
use super::{Reader, Tx, longer};
use crate::fault::Outcome;
use crate::model::clues::Hit;
use crate::model::ticket::{Number, State};
use rusqlite::{OptionalExtension, params, params_from_iter};
use std::collections::HashMap;

/// Words of one search; further ones are left out.
const WORDS: usize = 12;
/// Characters of one word.
const WORD: usize = 40;
/// From so many characters on, a word also finds longer ones that begin with it, when it finds too little itself.
const BEGIN: usize = 4;
/// Entries (or titles) that are ranked, the newest ones that match: a word that stands everywhere costs no more than this.
/// Of a word that stands in so many it is also not asked how much it says.
const RANKED: usize = 2_000;
/// Entries looked at, the newest ones, where only some tickets are wanted: those may be old. Titles are fewer and cost less.
const ENTRIES: usize = 25 * RANKED;
const TITLES: usize = 100 * RANKED;
/// Titles looked at for everybody, of which some are hidden.
const LOOKED_AT: usize = 2 * RANKED;
/// What puts a title that has all words before everything that FTS5's rank says of texts.
const TITLED: f64 = 1e6;
/// The condition on a ticket `t` that everybody may know of.
pub(super) const PUBLIC: &str = "t.state != 'unconfirmed'
  AND NOT EXISTS (SELECT 1 FROM field f WHERE f.ticket = t.number AND f.name = 'private')";

/// What is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// For everybody: titles of what is not private. Whoever could search texts could guess at what is in them, even without seeing it.
    Titles,
    /// For staff: titles and texts.
    All,
}

impl Scope {
    fn table(self) -> &'static str {
        if self == Scope::Titles { "titles" } else { "search" }
    }
}

/// A word as FTS5 is asked for it, alone or with longer ones.
struct Word {
    query: String,
    /// It stands in [`RANKED`] rows or more.
    plenty: bool,
}

impl Reader {
    /// As [`Tx::search`].
    ///
    /// # Errors
    /// Those of the database.
    pub fn search(&self, words: &str, scope: Scope, most: usize) -> Outcome<Vec<Hit>> {
        Tx { db: &self.db }.search(words, scope, most)
    }

    /// For staff: as [`Tx::search`] with titles and texts, of those tickets alone.
    ///
    /// # Errors
    /// Those of the database.
    pub fn search_among(&self, words: &str, which: Which<'_>) -> Outcome<Vec<Hit>> {
        let (condition, with) = which.condition();
        let among = Among { scope: Scope::All, condition, with };
        Tx { db: &self.db }.found(words, &among, which.most)
    }
}

/// Of which tickets what is searched.
pub(super) struct Among {
    scope: Scope,
    /// On a ticket `t`.
    pub condition: String,
    /// What that compares with.
    pub with: Vec<String>,
}

impl Among {
    fn all(scope: Scope) -> Among {
        let condition = if scope == Scope::Titles { PUBLIC } else { "t.state != 'unconfirmed'" };
        Among { scope, condition: condition.to_owned(), with: Vec::new() }
    }

    /// The values of a query that begins with the words.
    pub fn values<'a>(&'a self, query: &'a str) -> impl rusqlite::Params {
        params_from_iter(std::iter::once(query).chain(self.with.iter().map(String::as_str)))
    }
}

impl Tx<'_> {
    /// Tickets in which all words stand together, in title and one entry's text; the best first, at most `most`.
    /// Unconfirmed ones are never found, nor private ones by their titles alone. Nothing is found without a word that has a letter or a digit.
    pub fn search(&self, words: &str, scope: Scope, most: usize) -> Outcome<Vec<Hit>> {
        self.found(words, &Among::all(scope), most)
    }

    fn found(&self, words: &str, among: &Among, most: usize) -> Outcome<Vec<Hit>> {
        let (typed, scope) = (cut(words), among.scope);
        let exact = typed.iter().map(|typed| self.word(quoted(typed), scope));
        let exact = exact.collect::<Outcome<Vec<Word>>>()?;
        let mut hits = self.hits(&exact, among, most)?;
        if hits.len() < most {
            let more = self.hits(&self.going_on(&typed, &exact, scope)?, among, most)?;
            let news = more.into_iter().filter(|hit| hits.iter().all(|h| h.number != hit.number));
            hits.extend(news.collect::<Vec<_>>());
            hits.truncate(most);
        }
        if scope == Scope::All && hits.len() < most {
            let in_sessions = self.found_in_sessions(words, among, most)?;
            let news = in_sessions.into_iter().filter(|hit| hits.iter().all(|h| h.number != hit.number));
            hits.extend(news.collect::<Vec<_>>());
            hits.truncate(most);
        }
        Ok(hits)
    }

    fn hits(&self, words: &[Word], among: &Among, most: usize) -> Outcome<Vec<Hit>> {
        let mut hits = Vec::new();
        if !words.is_empty() {
            let query = all_of(words);
            for (number, entry) in self.ranked(words, &query, among)?.into_iter().take(most) {
                hits.extend(self.hit(number, entry, &query, among.scope)?);
            }
        }
        Ok(hits)
    }

    /// Knows of a word whether it stands in plenty.
    fn word(&self, query: String, scope: Scope) -> Outcome<Word> {
        let table = scope.table();
        let count =
            format!("SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {table} MATCH ?1 LIMIT {RANKED})");
        let count: usize = self.db.prepare_cached(&count)?.query_row([&query], |row| row.get(0))?;
        Ok(Word { query, plenty: count == RANKED })
    }

    /// The words, each as itself or as a longer one; none when there are no longer ones. One that stands in plenty by
    /// itself is meant as it is.
    fn going_on(&self, typed: &[String], exact: &[Word], scope: Scope) -> Outcome<Vec<Word>> {
        let parts = exact.iter().filter(|word| !word.plenty).count();
        let (mut words, mut any) = (Vec::new(), false);
        if parts == 0 {
            return Ok(words);
        }
        for (word, mut tokens) in exact.iter().zip(longer::tokens(typed)?) {
            let last = tokens.pop().unwrap_or_default();
            let mut longer = Vec::new();
            if !word.plenty && last.chars().count() >= BEGIN {
                longer = self.longer(&last, scope, parts)?;
            }
            any |= !longer.is_empty();
            let phrase = |last: String| quoted(&[tokens.as_slice(), &[last]].concat().join(" "));
            let each = std::iter::once(word.query.clone()).chain(longer.into_iter().map(phrase));
            words.push(self.word(each.collect::<Vec<_>>().join(" OR "), scope)?);
        }
        if !any {
            words.clear();
        }
        Ok(words)
    }

    /// Number and best entry of each ticket found, the best ticket first: those whose titles have all words, then by
    /// FTS5's rank, then the newest.
    fn ranked(&self, words: &[Word], query: &str, among: &Among) -> Outcome<Vec<(u32, i64)>> {
        let scores = self.scores(words, among.scope)?;
        let mut best: HashMap<u32, (f64, i64)> = HashMap::new();
        for (number, entry, row) in self.matching(query, among)? {
            // FTS5's ranks are negative: the smaller, the better
            let score = scores.get(&row).copied().unwrap_or(0.0);
            let kept = best.entry(number).or_insert((score, entry));
            if score < kept.0 {
                *kept = (score, entry);
            }
        }
        if among.scope == Scope::All {
            for (number, entry) in self.titled(query, among)? {
                best.entry(number).or_insert((0.0, entry)).0 -= TITLED;
            }
        }
        let mut all: Vec<_> = best.into_iter().collect();
        all.sort_by(|(one, (a, _)), (other, (b, _))| a.total_cmp(b).then(other.cmp(one)));
        Ok(all.into_iter().map(|(number, (_, entry))| (number, entry)).collect())
    }

    /// FTS5's rank of each row that has all words that do not stand in plenty. To rank by one that does, FTS5 goes
    /// through everything that has it, and learns that it says little.
    fn scores(&self, words: &[Word], scope: Scope) -> Outcome<HashMap<i64, f64>> {
        let scarce: Vec<&Word> = words.iter().filter(|word| !word.plenty).collect();
        if scarce.is_empty() {
            return Ok(HashMap::new());
        }
        let score = match scope {
            Scope::Titles => "rowid, bm25(titles) FROM titles WHERE titles",
            Scope::All => "rowid, bm25(search, 8.0, 1.0) FROM search WHERE search",
        };
        let mut rows = self.db.prepare_cached(&format!("SELECT {score} MATCH ?1"))?;
        let found = rows.query_map([all_of(scarce)], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Number, entry and row in the index of the newest that match.
    fn matching(&self, query: &str, among: &Among) -> Outcome<Vec<(u32, i64, i64)>> {
        let condition = &among.condition;
        let what = match among.scope {
            // what is hidden is left out behind the limit: it must cost no more than what is shown
            Scope::Titles => format!(
                "t.number, 0, t.number FROM (SELECT rowid FROM titles
                   WHERE titles MATCH ?1 ORDER BY rowid DESC LIMIT {LOOKED_AT}) found
                 CROSS JOIN ticket t ON t.number = found.rowid WHERE {condition} ORDER BY t.number DESC"
            ),
            // in the order of what is within: the newest ones
            Scope::All => format!(
                "t.number, e.id, e.id FROM (SELECT rowid FROM search
                   WHERE search MATCH ?1 ORDER BY rowid DESC LIMIT {ENTRIES}) found
                 CROSS JOIN entry e ON e.id = found.rowid CROSS JOIN ticket t ON t.number = e.ticket
                 WHERE {condition}"
            ),
        };
        let mut rows = self.db.prepare_cached(&format!("SELECT {what} LIMIT {RANKED}"))?;
        let values = among.values(query);
        let found = rows.query_map(values, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Number and newest entry of the newest tickets whose titles match; out of the index of titles, which is small.
    fn titled(&self, query: &str, among: &Among) -> Outcome<Vec<(u32, i64)>> {
        let condition = &among.condition;
        let mut rows = self.db.prepare_cached(&format!(
            "SELECT t.number, (SELECT max(id) FROM entry WHERE ticket = t.number) AS entry
             FROM (SELECT rowid FROM titles WHERE titles MATCH ?1 ORDER BY rowid DESC LIMIT {TITLES}) found
             CROSS JOIN ticket t ON t.number = found.rowid
             WHERE {condition} AND EXISTS (SELECT 1 FROM entry WHERE ticket = t.number) LIMIT {RANKED}"
        ))?;
        let found = rows.query_map(among.values(query), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    fn hit(&self, number: u32, entry: i64, query: &str, scope: Scope) -> Outcome<Option<Hit>> {
        let mut of_ticket = self.db.prepare_cached("SELECT state, title FROM ticket WHERE number = ?1")?;
        let row = of_ticket
            .query_row([number], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
            .optional()?;
        let Some((state, title)) = row else { return Ok(None) };
        let snippet: String = match scope {
            Scope::Titles => String::new(),
            Scope::All => self
                .db
                .prepare_cached(
                    "SELECT snippet(search, 1, '', '', '…', 16) FROM search WHERE search MATCH ?1 AND rowid = ?2",
                )?
                .query_row(params![query, entry], |row| row.get(0))?,
        };
        let snippet = snippet.split_whitespace().collect::<Vec<_>>().join(" ");
        let state = State::of(&state).unwrap_or(State::Open);
        Ok(Some(Hit { number: Number(number), state, title, snippet }))
    }
}

/// The words that are searched, each with a letter or a digit.
pub(super) fn cut(words: &str) -> Vec<String> {
    let word = |word: &str| -> String { word.chars().filter(|c| *c != '\0').take(WORD).collect() };
    let says = |word: &String| word.chars().any(char::is_alphanumeric);
    words.split_whitespace().map(word).filter(says).take(WORDS).collect()
}

/// A query that means nothing but these words.
fn all_of<'a>(words: impl IntoIterator<Item = &'a Word>) -> String {
    let each = words.into_iter().map(|word| format!("({})", word.query));
    each.collect::<Vec<_>>().join(" AND ")
}

pub(super) fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::address::Address;
    use crate::model::decision::{Change, Entry, Filing, Target, What};
    use crate::store::Store;
    use crate::store::events::Cause;
    use crate::store::lists::{Only, Owner};
    use crate::store::tickets::SeenBy;
    use jiff::Timestamp;
    use tempfile::TempDir;

    struct Shelf {
        dir: TempDir,
        store: Store,
    }

    impl Shelf {
        fn new() -> Shelf {
            let dir = tempfile::tempdir().unwrap();
            let store = Store::open(dir.path()).unwrap();
            Shelf { dir, store }
        }

        fn file(&mut self, target: Target, text: &str) {
            self.store.transact(|tx| file(tx, target, text)).unwrap();
        }

        /// So many closed tickets.
        fn fill(&mut self, title: &str, many: usize) {
            let target = || Target::New { title: title.into(), state: State::Closed };
            let filled = self.store.transact(|tx| (0..many).try_for_each(|_| file(tx, target(), title)));
            filled.unwrap();
        }

        fn add(&mut self, title: &str, state: State, text: &str) {
            self.file(Target::New { title: title.into(), state }, text);
        }

        fn found(&self, words: &str, scope: Scope) -> Vec<u32> {
            let hits = Reader::open(self.dir.path()).unwrap().search(words, scope, 10).unwrap();
            hits.iter().map(|h| h.number.0).collect()
        }
    }

    /// However many newer ones are closed: the few that are open are found, by their titles and by their texts.
    #[test]
    fn a_few_open_ones_are_found_below_many_closed_ones() {
        let mut shelf = Shelf::new();
        shelf.add("Copier", State::Open, "It hums.");
        shelf.add("Another", State::Open, "The copier hums.");
        shelf.fill("Copier", RANKED + 500);
        let reader = Reader::open(shelf.dir.path()).unwrap();
        let only = [Only::Tagged("ink".into())];
        let which = Which { state: Some(State::Open), owner: Owner::Anybody, only: &[], most: 500 };
        for (which, count) in [
            (which, 2),
            (Which { only: &only, ..which }, 0),
            (Which { owner: Owner::Is("ann"), ..which }, 0),
            (Which { owner: Owner::Nobody, ..which }, 2),
            (Which { state: Some(State::Closed), ..which }, 500),
        ] {
            assert_eq!(reader.search_among("copier", which).unwrap().len(), count, "{which:?}");
        }
    }

    fn file(tx: &Tx<'_>, target: Target, text: &str) -> Outcome<()> {
        let now = Timestamp::UNIX_EPOCH;
        let cause = Cause { actor: "x".into(), proof: "none".into(), intake: None, now };
        let changes = vec![Change { line: 0, what: What::Opened, remark: String::new() }];
        let entry = Some(Entry { text: text.into(), staff_only: false });
        let filing = Filing { target, entry, changes, quiet: true, requester: None };
        let bob = tx.meet(&Address::parse("bob@example.org").unwrap(), "Bob", now)?;
        tx.file(&filing, None, &bob, &cause, SeenBy::default()).map(drop)
    }

    #[test]
    fn what_is_private_is_found_by_staff_alone() {
        let shelf = filled();
        let db = rusqlite::Connection::open(shelf.dir.path().join(crate::store::FILE)).unwrap();
        db.execute("INSERT INTO field (ticket, name, value) VALUES (1, 'private', 'yes')", []).unwrap();
        assert_eq!(shelf.found("printer", Scope::All), [1, 2]);
        assert_eq!(shelf.found("printer", Scope::Titles), Vec::<u32>::new());
        assert_eq!(shelf.found("network", Scope::Titles), [2]);
    }

    fn filled() -> Shelf {
        let mut shelf = Shelf::new();
        shelf.add("Café printer is dead", State::Open, "It smokes, and the NEAR OR far end is hot.");
        shelf.add(
            "Slow network",
            State::Closed,
            "Since the printer came, the network is slow. Its key: hunter2.",
        );
        shelf.add("Printer again", State::Unconfirmed, "It smokes.");
        shelf.file(Target::Known(Number(1)), "My colleague\nsaw smoke at the door.");
        shelf
    }

    #[test]
    fn staff_find_words_in_titles_and_texts_and_titles_weigh_more() {
        let shelf = filled();
        let found = |words: &str| shelf.found(words, Scope::All);
        assert_eq!(found("printer"), [1, 2]);
        assert_eq!(found("CAFE Printer"), [1]);
        assert_eq!(found("cafés"), Vec::<u32>::new());
        assert_eq!(found("prin"), [1, 2]);
        assert_eq!(found("pri"), Vec::<u32>::new());
        // a word that is there stands before longer ones
        assert_eq!(found("smok"), [1]);
        assert_eq!(found("printer colleague"), [1]);
        assert_eq!(found("printer nowhere"), Vec::<u32>::new());
        let reader = Reader::open(shelf.dir.path()).unwrap();
        let hits = reader.search("colleague", Scope::All, 10).unwrap();
        assert_eq!(hits[0].snippet, "My colleague saw smoke at the door.");
        assert_eq!(reader.search("printer", Scope::All, 1).unwrap().len(), 1);
    }

    #[test]
    fn others_find_titles_and_cannot_guess_at_texts() {
        let shelf = filled();
        let found = |words: &str| shelf.found(words, Scope::Titles);
        assert_eq!(found("printer"), [1]);
        assert_eq!(found("network"), [2]);
        for none in ["hunter2", "printer hunter2", "text : hunter2", "hunter2) OR text : (hunter2", "again"] {
            assert_eq!(found(none), Vec::<u32>::new(), "{none}");
        }
        let hits = Reader::open(shelf.dir.path()).unwrap().search("printer", Scope::Titles, 10).unwrap();
        assert_eq!(hits[0].snippet, "");
    }

    #[test]
    fn a_long_thread_hides_no_other_title() {
        let mut shelf = Shelf::new();
        shelf.add("Printer one", State::Open, "first");
        shelf.add("Printer two", State::Open, "second");
        let db = rusqlite::Connection::open(shelf.dir.path().join(crate::store::FILE)).unwrap();
        db.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
             INSERT INTO entry (ticket, event, at, text) SELECT 2, 1, 0, 'more' FROM n",
            [RANKED as i64 + 10],
        )
        .unwrap();
        assert_eq!(shelf.found("printer", Scope::Titles), [2, 1]);
    }

    #[test]
    fn of_more_than_are_ranked_titles_come_first() {
        let mut shelf = Shelf::new();
        shelf.add("Coffee", State::Open, "none");
        shelf.add("Tea", State::Open, "coffee");
        let db = rusqlite::Connection::open(shelf.dir.path().join(crate::store::FILE)).unwrap();
        db.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
             INSERT INTO entry (ticket, event, at, text) SELECT 2, 1, 0, 'more coffee' FROM n",
            [RANKED as i64 + 10],
        )
        .unwrap();
        assert_eq!(shelf.found("coffee", Scope::All), [1, 2]);
        assert_eq!(shelf.found("more coffee", Scope::All), [2]);
    }

    #[test]
    fn a_word_in_plenty_counts_and_the_rare_one_beside_it_ranks() {
        let mut shelf = Shelf::new();
        shelf.add("Kettle", State::Open, "a descaler, descaler, descaler for the coffee");
        shelf.add("Tea", State::Open, "one descaler among many other things that say nothing, and coffee");
        shelf.add("Coffee descaler", State::Closed, "none");
        shelf.add("Descaler", State::Closed, "coffee");
        shelf.add("Coffee", State::Unconfirmed, "descaler");
        shelf.add("Pot", State::Open, "none");
        let db = rusqlite::Connection::open(shelf.dir.path().join(crate::store::FILE)).unwrap();
        db.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
             INSERT INTO entry (ticket, event, at, text) SELECT 6, 1, 0, 'coffee' FROM n",
            [RANKED as i64 + 10],
        )
        .unwrap();
        // the title of 4 has one, its texts the other
        assert_eq!(shelf.found("coffee descaler", Scope::All), [3, 4, 1, 2]);
        assert_eq!(shelf.found("coffee desc", Scope::All), [3, 4, 1, 2]);
        assert_eq!(shelf.found("coffee kettle", Scope::All), [1]);
        assert_eq!(shelf.found("coffee desc", Scope::Titles), [3]);
    }

    #[test]
    fn longer_words_are_found_however_the_begin_is_spelled() {
        let mut shelf = Shelf::new();
        shelf.add("Drückertreiber", State::Open, "Vom Wi-Fi-Netzwerk aus.");
        let found = |words: &str| shelf.found(words, Scope::All);
        for words in ["DRÜCK", "druck", "drücker netz", "wi-fi-netz", "wi-fi-NETZWERK"] {
            assert_eq!(found(words), [1], "{words}");
        }
        for words in ["netz-wi", "dru", "drucks", "drück nirgends", "drück\"*"] {
            let hits = if words.ends_with('*') { vec![1] } else { vec![] };
            assert_eq!(found(words), hits, "{words}");
        }
        assert_eq!(shelf.found("drück", Scope::Titles), [1]);
        assert_eq!(shelf.found("netz", Scope::Titles), Vec::<u32>::new());
    }

    #[test]
    fn the_query_language_is_never_reached() {
        let shelf = filled();
        for words in [
            "",
            " ",
            "\"",
            "\"\"",
            "*",
            "printer OR",
            "NEAR(a b)",
            "-",
            "^printer",
            "a:b",
            "(",
            "title : x",
            "printer\"*",
            "\0",
            "'; DROP TABLE ticket",
            "+",
            "{title} : printer",
            "AND",
            "NOT",
            "!!! ???",
        ] {
            for scope in [Scope::Titles, Scope::All] {
                shelf.found(words, scope);
            }
        }
        assert_eq!(shelf.found("near or far", Scope::All), [1]);
        assert_eq!(shelf.found("\"printer\" !!!", Scope::Titles), [1]);
        assert_eq!(shelf.found(&"printer ".repeat(100_000), Scope::Titles), [1]);
        assert_eq!(shelf.found(&"x".repeat(1_000_000), Scope::All), Vec::<u32>::new());
    }

    #[test]
    fn what_changes_is_found_as_it_is_now() {
        let shelf = filled();
        let db = rusqlite::Connection::open(shelf.dir.path().join(crate::store::FILE)).unwrap();
        db.execute("UPDATE ticket SET title = 'Toaster' WHERE number = 1", []).unwrap();
        db.execute("UPDATE entry SET text = 'Gone' WHERE id = 1", []).unwrap();
        assert_eq!(shelf.found("printer", Scope::Titles), Vec::<u32>::new());
        assert_eq!(shelf.found("toaster colleague", Scope::All), [1]);
        assert_eq!(shelf.found("smokes", Scope::All), Vec::<u32>::new());
        assert_eq!(shelf.found("toaster gone", Scope::All), [1]);
        db.execute("DELETE FROM entry WHERE id = 1", []).unwrap();
        assert_eq!(shelf.found("gone", Scope::All), Vec::<u32>::new());
        for index in ["search", "titles"] {
            db.execute_batch(&format!("INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)"))
                .unwrap();
        }
    }
}
