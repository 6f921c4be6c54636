//! Evidence: addresses, Message-IDs, codes and numbers found in one mail. Marks that need only our key are checked
//! here; what needs the database is checked there. Nothing found here grants anything.

use crate::command::{Does, Order, Reading};
use crate::limits;
use crate::model::address::Address;
use crate::model::clues::Clues;
use crate::model::mail::{Mail, PieceKind};
use crate::model::robot::Robot;
use crate::model::seal::Seal;
use crate::model::ticket::Number;
use jiff::Timestamp;

/// Sessions that one mail may name.
const SESSIONS: usize = 5;

/// Finds the evidence of a mail.
pub fn clues(
    mail: &Mail,
    sender: Option<&Address>,
    reading: &Reading,
    robot: &Robot,
    now: Timestamp,
) -> Clues {
    let mut clues = Clues::default();
    for address in robot.addressed(mail) {
        if let Some(detail) = robot.detail_of(&address).filter(|d| !d.is_empty()) {
            read_detail(&detail.to_ascii_lowercase(), sender, robot, now, &mut clues);
        }
    }
    let ids = mail.in_reply_to.iter().chain(mail.references.iter().rev()).take(limits::REFERENCES);
    for id in ids {
        match robot.seal.open_message_id(id) {
            Some((ticket, event)) => {
                clues.ours.extend(ticket);
                clues.answered.push(event);
            }
            None => clues.foreign.push(id.clone()),
        }
    }
    let subject = mail.subject.to_ascii_lowercase();
    clues.code = clues.code.or_else(|| code(&subject)).or_else(|| code(&mail.text.to_ascii_lowercase()));
    clues.leave = clues.leave.or_else(|| leave(&subject, robot));
    clues.tag = tag(&mail.subject);
    clues.apart_event = apart(mail, robot);
    clues.apart = clues.apart_event.is_some();
    clues.gathered = clues.apart && reading.orders.iter().any(Order::is_about_all_gathered);
    clues.overheard = robot.overhears(mail);
    clues.footer = footer(mail).filter(|_| !clues.apart);
    clues.sessions = reading.orders.iter().filter_map(Order::session).take(SESSIONS).collect();
    clues.commanded = reading.orders.iter().flat_map(Order::named).collect();
    if let Some(sender) = sender.filter(|_| reading.orders.iter().any(|o| matches!(o.verb.does, Does::Undo)))
    {
        let member = robot.member(sender);
        clues.undo = member.map_or_else(|| vec![sender.clone()], |m| m.addresses().cloned().collect());
    }
    clues.reported = mail
        .report
        .as_ref()
        .and_then(|r| r.original.as_ref())
        .and_then(|id| robot.seal.open_message_id(id))
        .map(|(_, event)| event);
    clues.returned = mail.report.as_ref().and_then(|r| returned(&r.leave, &robot.seal));
    let failed = mail.report.iter().flat_map(|r| &r.recipients);
    clues.failed = failed.filter_map(|address| Address::parse(address)).collect();
    clues
}

fn read_detail(detail: &str, sender: Option<&Address>, robot: &Robot, now: Timestamp, clues: &mut Clues) {
    if let Some(found) = code(detail) {
        clues.code.get_or_insert(found);
    } else if let Some(found) = robot.seal.open_leave(detail) {
        clues.leave.get_or_insert(found);
    } else if let Some((event, mark)) = detail.strip_prefix("b.").and_then(|d| d.split_once('.')) {
        if let Ok(event) = event.parse() {
            clues.bounce.get_or_insert((event, mark.to_owned()));
        }
    } else {
        let proven = sender.and_then(|s| robot.seal.open_reply(detail, s, now));
        if let Some(ticket) = proven {
            clues.reply.get_or_insert(ticket);
        } else if let Some(ticket) = detail.split(['.', '-']).next().and_then(Number::parse) {
            clues.plus.get_or_insert(ticket);
        }
    }
}

/// The first confirmation code in a lower-case text: `c`, a number, `-`, twenty characters of base 32.
fn code(text: &str) -> Option<(i64, String)> {
    text.match_indices('c').find_map(|(at, _)| {
        let before = text.get(..at)?.chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric()) {
            return None;
        }
        let (number, rest) =
            text.get(at + 1..at + 60.min(text.len() - at)).or_else(|| text.get(at + 1..))?.split_once('-')?;
        let mark: String = rest.chars().take_while(|c| matches!(c, 'a'..='z' | '2'..='7')).collect();
        let right = number.len() <= 15 && number.bytes().all(|b| b.is_ascii_digit()) && mark.len() == 20;
        if right { Some((number.parse().ok()?, mark)) } else { None }
    })
}

fn leave(subject: &str, robot: &Robot) -> Option<(Option<Number>, i64)> {
    let mut words = subject.split_whitespace();
    words.find(|w| *w == "unsubscribe")?;
    words.find_map(|w| robot.seal.open_leave(w))
}

/// The unsubscribe code in a returned List-Unsubscribe, however its addresses were encoded. Its length is capped already.
fn returned(field: &str, seal: &Seal) -> Option<(Option<Number>, i64)> {
    let field = field.to_ascii_lowercase();
    field.match_indices('u').find_map(|(at, _)| {
        let end = |c: char| !c.is_ascii_alphanumeric() && c != '-';
        seal.open_leave(field.get(at..)?.split(end).next()?)
    })
}

/// `[#12]` in the subject.
fn tag(subject: &str) -> Option<Number> {
    subject.match_indices("[#").find_map(|(at, _)| {
        let inside = subject.get(at + 1..)?.split(']').next()?;
        subject.get(at + 1 + inside.len()..)?.starts_with(']').then(|| Number::parse(inside)).flatten()
    })
}

/// The event of the letter of ours that it answers, when that letter is about no ticket.
fn apart(mail: &Mail, robot: &Robot) -> Option<i64> {
    let parent = mail.in_reply_to.first().or(mail.references.last());
    parent
        .and_then(|id| robot.seal.open_message_id(id))
        .filter(|(ticket, _)| ticket.is_none())
        .map(|(_, e)| e)
}

/// A quoted line of ours that starts with `[#12] `.
fn footer(mail: &Mail) -> Option<Number> {
    let quoted = mail.pieces.iter().filter(|p| matches!(p.kind, PieceKind::Quote | PieceKind::Signature));
    quoted.flat_map(|p| p.text.lines()).find_map(|line| {
        let bare = line.trim_start_matches(['>', ' ', '|']);
        let (number, _) = bare.strip_prefix('[')?.split_once("] ")?;
        number.starts_with('#').then(|| Number::parse(number)).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_where_they_stand_and_nowhere_else() {
        let mark = "abcdefghijklmnop2345";
        for text in [
            format!("c17-{mark}"),
            format!("re: please confirm [c17-{mark}]"),
            format!("code: c17-{mark}\n> quoted"),
            format!("help+c17-{mark}@x.example"),
        ] {
            assert_eq!(code(&text), Some((17, mark.to_owned())), "{text}");
        }
        for text in [
            "c17-short",
            "abc17-abcdefghijklmnop2345",
            "c-abcdefghijklmnop2345",
            "c17-abcdefghijklmnop23456",
            "",
            "c",
            "ccccc",
            "ücü",
        ] {
            assert_eq!(code(text), None, "{text}");
        }
    }

    #[test]
    fn a_returned_link_is_opened_however_it_is_written() {
        let seal = Seal::new(vec![[7; 32]]);
        let code = seal.leave_code(Some(Number(3)), 9);
        for field in [
            format!("<mailto:help+{code}@x.example?subject=unsubscribe>"),
            format!("<https://x.example/u/{code}>,\t<mailto:help%2B{}@x.example>", code.to_ascii_uppercase()),
            format!("<mailto:help@x.example?subject=unsubscribe%20{code}>"),
        ] {
            assert_eq!(returned(&field, &seal), Some((Some(Number(3)), 9)), "{field}");
        }
        let forged = code.replacen("-9-", "-8-", 1);
        for field in ["".into(), "u-u-u".repeat(300), format!("<mailto:help+{forged}@x.example>")] {
            assert_eq!(returned(&field, &seal), None, "{field}");
        }
    }

    #[test]
    fn tags_are_whole() {
        assert_eq!(tag("Re: [#12] printer"), Some(Number(12)));
        assert_eq!(tag("[OTHER#7] Re: [#12] printer"), Some(Number(12)));
        for none in ["#12", "[12]", "[#12", "[#]", "[#12x]", "[# 12]"] {
            assert_eq!(tag(none), None, "{none}");
        }
    }
}
