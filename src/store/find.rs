//! What the overview looks for: words become a question to the database, the answer is numbers.

use super::Reader;
use super::lists::{FOUND, Line, Only, Owner, Which};
use crate::fault::Outcome;
use crate::model::filter::Filter;
use crate::model::ticket::{Number, State};

/// What is asked for, taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    number: Option<Number>,
    owner: Option<String>,
    tags: Vec<String>,
    words: Vec<String>,
}

impl Asked {
    fn of(filter: &Filter, login: &str) -> Asked {
        let mut asked = Asked { owner: filter.mine.then(|| login.to_owned()), ..Asked::default() };
        let mut words = filter.text.split_whitespace().peekable();
        if let (Some(number), true) =
            (words.peek().and_then(|word| Number::parse(word)), filter.text.split_whitespace().count() == 1)
        {
            asked.number = Some(number);
            return asked;
        }
        for word in words {
            match (word.split_once(':'), word.strip_prefix('+')) {
                (Some(("owner", who)), _) => asked.owner = Some(who.to_lowercase()),
                (_, Some(tag)) if !tag.is_empty() => asked.tags.push(tag.to_owned()),
                _ => asked.words.push(word.to_owned()),
            }
        }
        asked
    }
}

impl Reader {
    /// The tickets that are looked for, the newest change first; those that words find, the best first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find(&self, filter: &Filter, login: &str) -> Outcome<Vec<Number>> {
        let asked = Asked::of(filter, login);
        if let Some(number) = asked.number {
            let there = self.lines(&[number])?;
            let is_shown = |line: &Line| line.ticket.state != State::Unconfirmed;
            return Ok(there.into_iter().filter(is_shown).map(|line| line.ticket.number).collect());
        }
        let state = if filter.closed { State::Closed } else { State::Open };
        if asked.words.is_empty() && asked.owner.is_none() && asked.tags.is_empty() {
            return self.numbers(filter.closed);
        }
        among(self, &asked, state)
    }
}

fn among(reader: &Reader, asked: &Asked, state: State) -> Outcome<Vec<Number>> {
    let only: Vec<Only> = asked.tags.iter().cloned().map(Only::Tagged).collect();
    let owner = match asked.owner.as_deref() {
        None => Owner::Anybody,
        Some("" | "-" | "none" | "nobody") => Owner::Nobody,
        Some(login) => Owner::Is(login),
    };
    let which = Which { state: Some(state), owner, only: &only, most: usize::MAX };
    if asked.words.is_empty() {
        return reader.numbers_of(which);
    }
    let hits = reader.search_among(&asked.words.join(" "), Which { most: FOUND, ..which })?;
    Ok(hits.into_iter().map(|hit| hit.number).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_a_number_or_words_and_marks() {
        let asked =
            |text: &str, mine| Asked::of(&Filter { text: text.into(), mine, ..Filter::default() }, "ann");
        assert_eq!(asked("#12", false).number, Some(Number(12)));
        assert_eq!(asked("12 monkeys", false).words, ["12", "monkeys"]);
        let all = asked("Owner owner:Bob +ink printer", false);
        assert_eq!((all.owner.as_deref(), all.tags.len(), all.words.len()), (Some("bob"), 1, 2));
        assert_eq!(asked("", true).owner.as_deref(), Some("ann"));
    }
}
