//! Mails, each with a number: new tickets of people who are known and of people who are not, follow-ups,
//! commands, and copies. From a seed, so that every run is the same.

use crate::chance::Chance;
use jiff::tz::TimeZone;
use std::collections::HashMap;
use trackle::clock::{Clock, SystemClock};

/// What a mail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A new ticket of somebody whose server is believed.
    Known,
    /// A new ticket of a stranger, who is asked.
    Stranger,
    /// Text for the ticket of that mail.
    FollowUp(usize),
    /// Staff close the ticket of that mail.
    Close(usize),
    /// Staff take it.
    Take(usize),
    /// That mail once more.
    Copy(usize),
}

/// The mails by their numbers. The first ones make the tickets that others are for.
pub struct Plan {
    pub sorts: Vec<Sort>,
    first: usize,
    /// When all of them were written: a copy is the same mail, whenever it is made.
    date: String,
}

impl Plan {
    /// Of every ten mails: four new ones of known people, three of strangers, two follow-ups, one command or copy.
    pub fn new(count: usize, chance: &mut Chance) -> Plan {
        let first = count / 10;
        // each command has a ticket of its own, so that none depends on another
        let mut untouched: Vec<usize> = (0..first).collect();
        let mut sorts = vec![Sort::Known; first];
        while sorts.len() < count {
            let number = sorts.len();
            sorts.push(match chance.below(20) {
                0..8 => Sort::Known,
                8..14 => Sort::Stranger,
                14..18 => Sort::FollowUp(chance.below(first)),
                18 => {
                    // a copy of a copy is a copy as well
                    let of = chance.below(number);
                    if let Sort::Copy(of) = sorts[of] { Sort::Copy(of) } else { Sort::Copy(of) }
                }
                _ if untouched.is_empty() => Sort::Known,
                _ => {
                    let ticket = untouched.swap_remove(chance.below(untouched.len()));
                    if chance.below(2) == 0 { Sort::Close(ticket) } else { Sort::Take(ticket) }
                }
            });
        }
        let date = SystemClock.now().to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S +0000");
        Plan { sorts, first, date: date.to_string() }
    }

    /// Those that come before anything is killed.
    pub fn first(&self) -> Vec<(usize, String)> {
        (0..self.first).map(|number| (number, self.mail(number, &HashMap::new()))).collect()
    }

    /// All others, when it is known which mail became which ticket.
    pub fn mails(&self, tickets: &HashMap<String, u32>) -> Vec<(usize, String)> {
        (self.first..self.sorts.len()).map(|number| (number, self.mail(number, tickets))).collect()
    }

    /// Who sends it.
    pub fn sender(&self, number: usize) -> String {
        match self.sorts[number] {
            Sort::Known => format!("p{number:06}@known.example"),
            Sort::Stranger => format!("s{number:06}@strange.example"),
            Sort::FollowUp(of) | Sort::Copy(of) => self.sender(of),
            Sort::Close(_) | Sort::Take(_) => "anna@team.example".into(),
        }
    }

    fn mail(&self, number: usize, tickets: &HashMap<String, u32>) -> String {
        let to = |of: usize| format!("help+{}@team.example", tickets[&name(of)]);
        let (from, name) = (self.sender(number), name(number));
        let (to, text) = match self.sorts[number] {
            Sort::Copy(of) => return self.mail(of, tickets),
            Sort::Known | Sort::Stranger => ("help@team.example".to_owned(), format!("This is {name}.")),
            Sort::FollowUp(of) => (to(of), format!("This is {name}.")),
            Sort::Close(of) => (to(of), format!("close: as {name} says")),
            Sort::Take(of) => (to(of), format!("take\n\nThis is {name}.")),
        };
        let domain = from.split('@').nth(1).unwrap_or_default();
        let vouched = match self.sorts[number] {
            Sort::Stranger => String::new(),
            _ => format!("Authentication-Results: mail.team.example; dmarc=pass header.from={domain}\n"),
        };
        let date = &self.date;
        format!(
            "Return-Path: <{from}>\nDelivered-To: {to}\nReceived: from out.{domain} by mail.team.example with ESMTPS; \
             {date}\n{vouched}From: {from}\nTo: {to}\nSubject: {name}\nDate: {date}\nMessage-ID: <{number}@{domain}>\n\
             MIME-Version: 1.0\nContent-Type: text/plain\n\n{text}\n"
        )
    }
}

/// What stands in a mail, and in everything that comes of it.
pub fn name(number: usize) -> String {
    format!("mail {number:06}")
}
