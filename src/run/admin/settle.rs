//! Makes a ticket from elsewhere fit for here: whoever is no address becomes a member of staff, or somebody whom no mail
//! reaches; owners are on staff; words are clean and within their limits. What cannot stay is counted. Touches nothing.

use crate::limits;
use crate::model::address::Address;
use crate::model::carried::{Carried, Losses, Someone};
use crate::model::fields::{Field, LONGEST};
use crate::model::robot::Robot;
use crate::store::bring::NOWHERE;
use jiff::civil::Date;

/// Stands where there is no title, as for mails.
const UNTITLED: &str = "(no subject)";
/// Longest keyword, in characters.
const KEYWORD: usize = 50;

/// Makes it fit.
pub fn settle(ticket: &mut Carried, robot: &Robot, losses: &mut Losses) {
    let about = format!("#{}", ticket.number);
    let mut lose = |sort: &str, what: &str| losses.add(sort, format!("{about}: {what}"));
    title(ticket, &mut lose);
    owner(ticket, robot, &mut lose);
    fields(ticket, &mut lose);
    let followers = ticket.followers.iter_mut().map(|follower| &mut follower.who);
    let authors = ticket.entries.iter_mut().filter_map(|entry| entry.author.as_mut());
    let sessions = ticket.sessions.iter_mut().flat_map(|session| {
        std::iter::once(&mut session.worker)
            .chain(session.remarks.iter_mut().map(|remark| &mut remark.author))
    });
    for who in std::iter::once(&mut ticket.requester).chain(followers).chain(authors).chain(sessions) {
        person(who, robot, &mut lose);
    }
    // who is nobody that mail reaches follows nothing, unless it is his ticket
    let requester = ticket.requester.address.clone();
    ticket.followers.retain(|f| f.who.address == requester || !f.who.address.ends_with(NOWHERE));
    for entry in &mut ticket.entries {
        let text: String =
            entry.text.chars().filter(|c| !c.is_control() || ['\n', '\t'].contains(c)).collect();
        if text.len() > limits::TEXT_BYTES {
            lose("texts that are too long, cut", &entry.at.to_string());
        }
        entry.text = text.get(..text.floor_char_boundary(limits::TEXT_BYTES)).unwrap_or_default().to_owned();
    }
    ticket.entries.retain(|entry| !entry.text.trim().is_empty() || entry.mail.is_some() || entry.event > 0);
}

fn title(ticket: &mut Carried, lose: &mut impl FnMut(&str, &str)) {
    let clean: String = ticket.title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() > LONGEST {
        lose("titles that are too long, cut", &words);
    }
    let cut: String = words.chars().take(LONGEST).collect();
    ticket.title = if cut.is_empty() { UNTITLED.to_owned() } else { cut };
}

/// An owner is a member of staff by any of his names.
fn owner(ticket: &mut Carried, robot: &Robot, lose: &mut impl FnMut(&str, &str)) {
    let Some(said) = ticket.owner.take() else { return };
    match robot.by_word(&said) {
        Ok(member) => ticket.owner = Some(member.login.clone()),
        Err(_) => lose("owners who are not on staff here", &said),
    }
}

fn fields(ticket: &mut Carried, lose: &mut impl FnMut(&str, &str)) {
    ticket.fields.retain(|name, value| {
        let is_day = || value.parse::<Date>().is_ok();
        let fits = match Field::of(name) {
            Some(Field::Due) => is_day(),
            Some(Field::Wait) => is_day() || ["user", "later"].contains(&value.as_str()),
            _ => value.chars().count() <= LONGEST && !value.chars().any(char::is_control),
        };
        if !fits {
            lose(&format!("values of the field {name} that it cannot have"), value);
        }
        fits
    });
    ticket.keywords.retain(|word| {
        let fits = (1..=KEYWORD).contains(&word.chars().count())
            && !word.chars().any(|c| c.is_control() || c.is_whitespace());
        if !fits {
            lose("keywords that are no words", word);
        }
        fits
    });
}

fn person(who: &mut Someone, robot: &Robot, lose: &mut impl FnMut(&str, &str)) {
    who.name = who.name.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    if Address::parse(&who.address).is_some() {
        return;
    }
    if let Ok(member) = robot.by_word(&who.address) {
        *who = Someone { address: member.address.to_string(), name: member.name.clone(), confirmed: None };
        return;
    }
    lose("people without an address: they get no mail", &who.address);
    let said = std::mem::take(&mut who.address);
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let local: String = said.chars().map(plain).take(60).collect();
    let local = local.trim_matches('-');
    let local = if local.is_empty() { "nobody" } else { local };
    if who.name.is_empty() {
        who.name = said.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    }
    who.address = format!("{local}@imported{NOWHERE}");
}
