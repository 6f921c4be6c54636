//! Makes a ticket from elsewhere fit for here: whoever is no address becomes a member of staff, or somebody whom no mail
//! reaches and who is nobody else; owners are on staff; whom another program sent copies is known, and gets nothing; words are
//! clean and within their limits. What cannot stay is counted. Touches nothing.

use crate::limits;
use crate::model::address::Address;
use crate::model::carried::{Carried, Losses, Someone};
use crate::model::fields::{Field, LONGEST};
use crate::model::robot::Robot;
use crate::model::sought::stands_in;
use crate::store::bring::NOWHERE;
use data_encoding::HEXLOWER;
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Stands where there is no title, as for mails.
const UNTITLED: &str = "(no subject)";
/// Longest keyword, in characters.
const KEYWORD: usize = 50;
/// Of a name that is no address, what its address begins with; digits of the hash that tells it from others.
const LOCAL: usize = 50;
const HASH: usize = 10;

/// Makes it fit.
pub fn settle(ticket: &mut Carried, robot: &Robot, losses: &mut Losses) {
    let about = format!("#{}", ticket.number);
    let mut lose = |sort: &str, what: &str| losses.add(sort, format!("{about}: {what}"));
    title(ticket, &mut lose);
    owner(ticket, robot, &mut lose);
    fields(ticket, &mut lose);
    if ticket.is_foreign() {
        named(ticket, robot, &mut lose);
    }
    let place = Place { robot, installation: ticket.installation().to_owned(), foreign: ticket.is_foreign() };
    let followers = ticket.followers.iter_mut().map(|follower| &mut follower.who);
    let authors = ticket.entries.iter_mut().filter_map(|entry| entry.author.as_mut());
    let sessions = ticket.sessions.iter_mut().flat_map(|session| {
        std::iter::once(&mut session.worker)
            .chain(session.remarks.iter_mut().map(|remark| &mut remark.author))
    });
    for who in std::iter::once(&mut ticket.requester).chain(followers).chain(authors).chain(sessions) {
        person(who, &place, &mut lose);
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
    match robot.by_name(&said) {
        Some(member) => ticket.owner = Some(member.login.clone()),
        None => lose("owners who are not on staff here", &said),
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

/// Who got copies there: they asked for nothing here, so they are known and may add text, but follow nothing. Our own
/// addresses and staff, who read all of it, are not among them.
fn named(ticket: &mut Carried, robot: &Robot, lose: &mut impl FnMut(&str, &str)) {
    let mut known = BTreeSet::new();
    for said in std::mem::take(&mut ticket.named) {
        if robot.by_name(&said).is_some() {
            continue;
        }
        match Address::parse(&said) {
            Some(address) if robot.is_own(&address) || robot.reads_list(&address) => {}
            Some(address) => {
                known.insert(address.key());
            }
            None => lose("people in Cc without an address", &said),
        }
    }
    let asked = std::iter::once(&ticket.requester).chain(ticket.followers.iter().map(|f| &f.who));
    for who in asked.filter_map(|who| Address::parse(&who.address)) {
        known.remove(&who.key());
    }
    ticket.named = known.into_iter().collect();
}

/// Where people come from, and whom they find here.
struct Place<'a> {
    robot: &'a Robot,
    installation: String,
    foreign: bool,
}

fn person(who: &mut Someone, place: &Place<'_>, lose: &mut impl FnMut(&str, &str)) {
    who.name = who.name.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    let robot = place.robot;
    // who was erased there is not who was erased here
    let address = Address::parse(&who.address).filter(|_| !stands_in(&who.address));
    if let Some(address) = address {
        if !place.foreign || !robot.is_own(&address) && !robot.reads_list(&address) {
            return;
        }
        lose("people with an address of this robot or its list: they get no mail", &who.address);
    } else if let Some(member) = robot.by_name(&who.address) {
        *who = Someone { address: member.address.to_string(), name: member.name.clone(), confirmed: None };
        return;
    } else {
        lose("people without an address: they get no mail", &who.address);
    }
    let said = std::mem::take(&mut who.address);
    if who.name.is_empty() {
        who.name = said.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    }
    who.address = nowhere(&said, &place.installation);
}

/// An address where no mail goes, for one who is called so in that installation, and for nobody else.
fn nowhere(said: &str, installation: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let local: String = said.chars().map(plain).take(LOCAL).collect();
    let local = local.trim_matches('-');
    let local = if local.is_empty() { "nobody" } else { local };
    let hash = HEXLOWER.encode(&Sha256::digest(format!("{installation}\0{said}")));
    format!("{local}-{}@imported{NOWHERE}", hash.get(..HASH).unwrap_or(&hash))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::carried::Follower;

    const CONFIG: &str = "[robot]\naddress = \"help@x.example\"\nstate = \"s\"\nplus_addressing = true\n[staff]\nlist = \"team@x.example\"\n\
        [[staff.member]]\nlogin = \"ben\"\naddress = \"ben@x.example\"\n\
        [[mailbox]]\nkind = \"maildir\"\npath = \"in\"\n[courier]\nkind = \"maildir\"\npath = \"out\"\n";

    fn robot() -> Robot {
        crate::config::Config::parse(CONFIG, std::path::Path::new("/"))
            .unwrap()
            .robot(crate::model::seal::Seal::new(vec![]))
    }

    fn someone(address: &str) -> Someone {
        Someone { address: address.into(), ..Someone::default() }
    }

    fn settled(source: &str, requester: &str, named: &[&str]) -> (Carried, Vec<String>) {
        let mut ticket = Carried {
            source: source.into(),
            number: 1,
            requester: someone(requester),
            named: named.iter().map(|said| (*said).to_owned()).collect(),
            owner: Some("be".into()),
            ..Carried::default()
        };
        let mut losses = Losses::default();
        settle(&mut ticket, &robot(), &mut losses);
        (ticket, losses.iter().map(|(sort, ..)| sort.to_owned()).collect())
    }

    #[test]
    fn nobody_becomes_somebody_else() {
        let all = [
            ("trac:a#1", "joe"),
            ("trac:a#1", "Joe"),
            ("trac:b#1", "joe"),
            ("trac:a#1", "jöe"),
            ("trac:a#1", "be"),
            ("trac:a#1", "help@x.example"),
            ("trac:a#1", "help+1@x.example"),
            ("trac:a#1", "team@x.example"),
        ];
        let made: BTreeSet<String> =
            all.iter().map(|(source, who)| settled(source, who, &[]).0.requester.address).collect();
        assert_eq!(made.len(), all.len(), "{made:?}");
        assert!(
            made.iter().all(|a| a.ends_with("@imported.invalid") && Address::parse(a).is_some()),
            "{made:?}"
        );
        assert_eq!(made, all.iter().map(|(s, who)| settled(s, who, &[]).0.requester.address).collect());
        assert_eq!(settled("trac:a#1", "Ben", &[]).0.requester.address, "ben@x.example");
        assert_eq!(settled("trac:a#1", &"x".repeat(99), &[]).0.requester.address.len(), 50 + 11 + 17);
        let (ticket, lost) = settled("trac:a#1", "bob@y.example", &[]);
        assert_eq!((ticket.owner, lost), (None, vec!["owners who are not on staff here".to_owned()]));
    }

    #[test]
    fn who_got_copies_elsewhere_is_known_and_follows_nothing() {
        let cc = [
            "Eve@y.example",
            "eve@Y.example",
            "help@x.example",
            "team@x.example",
            "ben",
            "bob@y.example",
            "be",
        ];
        let (ticket, lost) = settled("rt:a#1", "bob@y.example", &cc);
        assert_eq!(
            (ticket.named, ticket.followers),
            (vec!["eve@y.example".to_owned()], Vec::<Follower>::new())
        );
        assert!(lost.contains(&"people in Cc without an address".to_owned()), "{lost:?}");
        assert_eq!(settled("trackle:a#1", "bob@y.example", &["ben@x.example"]).0.named, ["ben@x.example"]);
    }
}
