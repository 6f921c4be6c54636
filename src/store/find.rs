//! What the overview looks for: words become a question to the database, the answer is numbers.

use super::Reader;
use super::lists::{Only, Owner, Which};
use super::search::Scope;
use crate::fault::Outcome;
use crate::model::filter::Filter;
use crate::model::ticket::{Number, State};
use std::collections::BTreeSet;

/// Tickets that words find, the best first.
const FOUND: usize = 500;

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
            return Ok(there.into_iter().map(|line| line.ticket.number).collect());
        }
        let state = if filter.closed { State::Closed } else { State::Open };
        if !asked.words.is_empty() {
            return by_words(self, &asked, state);
        }
        if asked.owner.is_none() && asked.tags.is_empty() {
            return self.numbers(filter.closed);
        }
        of_owner(self, &asked, state)
    }
}

fn by_words(reader: &Reader, asked: &Asked, state: State) -> Outcome<Vec<Number>> {
    let hits = reader.search(&asked.words.join(" "), Scope::All, FOUND)?;
    let numbers: Vec<Number> = hits.iter().map(|hit| hit.number).collect();
    let fits: BTreeSet<Number> = reader
        .lines(&numbers)?
        .into_iter()
        .filter(|line| line.ticket.state == state)
        .filter(|line| asked.owner.as_ref().is_none_or(|owner| is_of(line.ticket.owner.as_deref(), owner)))
        .filter(|line| asked.tags.iter().all(|tag| line.ticket.tags.contains(&tag.to_lowercase())))
        .map(|line| line.ticket.number)
        .collect();
    Ok(numbers.into_iter().filter(|number| fits.contains(number)).collect())
}

fn of_owner(reader: &Reader, asked: &Asked, state: State) -> Outcome<Vec<Number>> {
    let only: Vec<Only> = asked.tags.iter().cloned().map(Only::Tagged).collect();
    let owner = match asked.owner.as_deref() {
        None => Owner::Anybody,
        Some("" | "-" | "none" | "nobody") => Owner::Nobody,
        Some(login) => Owner::Is(login),
    };
    reader.numbers_of(Which { state: Some(state), owner, only: &only, most: usize::MAX })
}

fn is_of(owner: Option<&str>, wanted: &str) -> bool {
    match wanted {
        "" | "-" | "none" | "nobody" => owner.is_none(),
        login => owner == Some(login),
    }
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
