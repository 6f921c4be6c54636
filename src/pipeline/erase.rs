//! A person taken out of all that is kept: the address, and names that somebody typed, give way to words that tell nobody
//! apart from others. First all is looked through, beside a daemon; then what was found, and what came meanwhile, is written
//! in one transaction with one event. Whatever is large is in memory alone, one at a time. What cannot be reached is
//! counted: the chain of events above all, which proves that nothing else was changed because it never is.

pub mod mails;
mod sessions;

use crate::fault::{Fault, Outcome};
use crate::model::address::Address;
use crate::model::sought::{Sought, stand_in};
use crate::store::erase::{Numbers, Upto};
use crate::store::events::Cause;
use crate::store::{Reader, Tx};
use jiff::Timestamp;
use mails::{Pen, Rewritten};
use serde_json::json;

/// Fields of a letter that stay: those that tell which one it was.
const KEPT: [&str; 3] = ["message-id:", "date:", "x-trackle-"];
/// What stands in the place of its text.
const GONE: &[u8] = b"\r\n(erased)\r\n";

/// Where he was found, and what is out of reach.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Found {
    pub numbers: Numbers,
    /// Up to what was looked through.
    pub upto: Upto,
    /// Texts, titles, keywords, names of files, reasons, counts.
    pub texts: u64,
    /// That name him and stay.
    pub events: u64,
    /// Files that are taken out of mails.
    pub files: u64,
    /// Letters that were owed and do not go.
    pub owed: u64,
    /// Mails that are damaged, and were not looked at.
    pub damaged: u64,
    /// He is known as a person.
    pub is_known: bool,
}

impl Found {
    /// Whether he is nowhere.
    pub fn is_nothing(&self) -> bool {
        let Numbers { raws, letters, sessions } = &self.numbers;
        !self.is_known && self.texts == 0 && raws.is_empty() && letters.is_empty() && sessions.is_empty()
    }
}

/// What is done, how much of it, of how much.
pub type Progress<'a> = &'a mut dyn FnMut(&str, u64, u64);

/// Looks for him everywhere, beside a daemon, and learns what he is called.
///
/// # Errors
/// Those of the database.
pub fn find(reader: &Reader, sought: &mut Sought, now: Timestamp, progress: Progress<'_>) -> Outcome<Found> {
    let all = reader.look(|tx| tx.numbers_after(Upto::default()))?;
    if let Some(name) = reader.look(|tx| tx.name_of(&sought.address))? {
        sought.is_called(&name);
    }
    let by = nobody(sought)?;
    let mut found = Found { upto: all.last(Upto::default()), ..Found::default() };
    for (done, raw) in all.raws.iter().enumerate() {
        progress("mails", done as u64, all.raws.len() as u64);
        let (_, names) = reader.look(|tx| mail(tx, *raw, Pen { sought, by: &by, now }, &mut found))?;
        names.iter().for_each(|name| sought.is_called(name));
    }
    let pen = Pen { sought, by: &by, now };
    for (done, letter) in all.letters.iter().enumerate() {
        progress("letters", done as u64, all.letters.len() as u64);
        reader.look(|tx| letter_of(tx, *letter, pen, &mut found))?;
    }
    for (done, session) in all.sessions.iter().enumerate() {
        progress("sessions", done as u64, all.sessions.len() as u64);
        if reader.look(|tx| sessions::holds(tx, *session, pen))? {
            found.numbers.sessions.push(*session);
        }
        sought.turn();
    }
    reader.look(|tx| {
        found.texts = tx.rewrite_texts(&|text| changed(text, pen), false, progress)?;
        found.texts += tx.keys_of(&sought.address)?;
        found.is_known = tx.person(&sought.address)?.is_some();
        found.events = tx.events_naming(&|text| sought.is_in(text.as_bytes()))?;
        Ok(())
    })?;
    Ok(found)
}

/// Notes a raw mail that he is in; gives it without him, and the names that he has in its fields.
fn mail(tx: &Tx<'_>, raw: i64, pen: Pen<'_>, found: &mut Found) -> Outcome<(Option<Rewritten>, Vec<String>)> {
    let bytes = match tx.raw(raw) {
        Ok(bytes) => bytes,
        Err(fault) if fault.again => return Err(fault),
        Err(_) => {
            found.damaged += 1;
            return Ok((None, Vec::new()));
        }
    };
    let new = pen.mail(&bytes);
    pen.sought.turn();
    let Some(new) = new else { return Ok((None, Vec::new())) };
    found.files += new.files;
    found.numbers.raws.push(raw);
    Ok((Some(new), pen.names_in(&bytes)))
}

/// Notes a letter that is to him or that he is in.
fn letter_of(tx: &Tx<'_>, letter: i64, pen: Pen<'_>, found: &mut Found) -> Outcome<()> {
    let Some(sent) = tx.sent(letter)? else { return Ok(()) };
    // one about what he did has his name; nobody can say what a damaged one holds, and it is of no other use
    let is_to = |whom: &str| pen.sought.is_his(whom) || whom == pen.by.as_str();
    let is_left = !sent.bytes.ends_with(GONE);
    let is_his = is_left && (is_to(&sent.recipient) || is_to(&sent.about) || sent.bytes.is_empty());
    if pen.mail(&sent.bytes).is_some() || is_his {
        found.numbers.letters.push(letter);
    }
    pen.sought.turn();
    Ok(())
}

/// A text without him, which counts as one thing.
fn changed(text: &str, pen: Pen<'_>) -> Option<String> {
    let new = pen.sought.text_without(text, pen.by);
    pen.sought.turn();
    new
}

/// Takes him out of what was found, of what came since, and of all texts; gives what was done.
///
/// # Errors
/// Those of the database.
pub fn erase(
    tx: &Tx<'_>,
    sought: &Sought,
    found: &Found,
    cause: &Cause,
    progress: Progress<'_>,
) -> Outcome<Found> {
    let by = tx.next_erased()?.ok_or_else(|| Fault::lasting("no address is left that stands for nobody"))?;
    let pen = Pen { sought, by: &by, now: cause.now };
    let mut done = Found { upto: found.upto, ..Found::default() };
    done.texts = tx.keys_of(&sought.address)?;
    tx.drop_keys(&sought.address)?;
    done.texts += tx.rewrite_texts(&|text| changed(text, pen), true, progress)?;
    done.is_known = tx.empty_person(&by, cause.now)?;
    let numbers = joined(&found.numbers, tx.numbers_after(found.upto)?);
    for (at, raw) in numbers.raws.iter().enumerate() {
        progress("mails", at as u64, numbers.raws.len() as u64);
        if let Some(new) = mail(tx, *raw, pen, &mut done)?.0 {
            tx.rewrite_raw(*raw, &new.bytes, new.is_his)?;
        }
    }
    for (at, letter) in numbers.letters.iter().enumerate() {
        progress("letters", at as u64, numbers.letters.len() as u64);
        take_back(tx, *letter, pen, &mut done)?;
    }
    for (at, session) in numbers.sessions.iter().enumerate() {
        progress("sessions", at as u64, numbers.sessions.len() as u64);
        if sessions::rewrite(tx, *session, pen)? {
            done.numbers.sessions.push(*session);
        }
        sought.turn();
    }
    done.events = tx.events_naming(&|text| sought.is_in(text.as_bytes()))?;
    let Numbers { raws, letters, sessions } = &done.numbers;
    let detail = json!({
        "as": by.as_str(), "mails": raws.len(), "letters": letters.len(), "sessions": sessions.len(),
        "texts": done.texts, "events": done.events,
    });
    let event = tx.erased(cause, &detail.to_string())?;
    let names: Vec<String> = sought.names().into_iter().map(|(name, _)| name).collect();
    tx.mask(event, &sought.address, &by, &names)?;
    Ok(done)
}

/// Keeps of a letter that he is in only what tells which one it was.
fn take_back(tx: &Tx<'_>, letter: i64, pen: Pen<'_>, done: &mut Found) -> Outcome<()> {
    letter_of(tx, letter, pen, done)?;
    let Some(sent) = tx.sent(letter)?.filter(|_| done.numbers.letters.last() == Some(&letter)) else {
        return Ok(());
    };
    let head = head_of(&sent.bytes);
    let head = pen.sought.without(&head, pen.by).unwrap_or(head);
    done.owed += u64::from(tx.rewrite_letter(letter, &head, pen.now)?);
    Ok(())
}

/// What was found, with what came since.
fn joined(found: &Numbers, since: Numbers) -> Numbers {
    let mut all = found.clone();
    all.raws.extend(since.raws);
    all.letters.extend(since.letters);
    all.sessions.extend(since.sessions);
    all
}

/// What stands for him while nothing is written.
fn nobody(sought: &Sought) -> Outcome<Address> {
    stand_in(0).ok_or_else(|| Fault::lasting(format!("{} cannot be looked for", sought.address)))
}

/// The fields of a letter that tell which one it was, and that there is no more of it.
fn head_of(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let head = text.split("\r\n\r\n").next().unwrap_or_default();
    let (mut out, mut keeps) = (String::new(), false);
    for line in head.split("\r\n") {
        if !line.starts_with([' ', '\t']) {
            let lower = line.to_ascii_lowercase();
            keeps = KEPT.iter().any(|name| lower.starts_with(name));
        }
        if keeps {
            out.push_str(line);
            out.push_str("\r\n");
        }
    }
    [out.as_bytes(), GONE].concat()
}

#[cfg(test)]
mod tests;
