//! Orders that stand in no line: in the address that a mail was written to (`help+12-close@`, RFC 5233), and in a subject
//! that is nothing but `unsubscribe`. A mail and the robot come in; orders as if written above its first line go out.
//! They grant nothing: rights and proof are asked of them as of any other.

use crate::command::Order;
use crate::model::mail::Mail;
use crate::model::robot::Robot;
use crate::model::ticket::Number;

/// Words of the text below a subject that is a command: more is a mail about something.
pub(super) const FEW_WORDS: usize = 3;

/// The orders in addresses and subject, each once.
pub fn orders(mail: &Mail, robot: &Robot) -> Vec<Order> {
    let mut all: Vec<Order> = Vec::new();
    if is_meant(mail, robot) {
        for address in robot.addressed(mail) {
            let found = robot.detail_of(&address).and_then(order);
            all.extend(found.filter(|o| all.iter().all(|known| known.text != o.text)));
        }
    }
    let subject = mail.subject.trim();
    if subject.eq_ignore_ascii_case("unsubscribe") && is_short(mail) {
        all.extend(Order::bare("unsubscribe", None));
    }
    all
}

/// Whether there is (nearly) no text.
pub(super) fn is_short(mail: &Mail) -> bool {
    mail.new_text().split_whitespace().count() <= FEW_WORDS && mail.attachments.is_empty()
}

/// Whether the mail was written to our addresses alone: who answers all readers of a mail that was sent to
/// `help+12-close@` copies it there without meaning to close anything again.
fn is_meant(mail: &Mail, robot: &Robot) -> bool {
    mail.to.iter().filter_map(|m| m.address()).all(|a| robot.is_own(&a))
}

/// `12-close`; nothing for other words, which leave the mail one for ticket 12.
fn order(detail: &str) -> Option<Order> {
    let (number, word) = detail.split_once('-')?;
    Order::bare(word, Some(Number::parse(number)?))
}

#[cfg(test)]
mod tests {
    use super::order;
    use crate::model::ticket::Number;

    #[test]
    fn only_verbs_that_need_nothing_else() {
        for (detail, text) in [
            ("12-close", "close #12"),
            ("12-Done", "done #12"),
            ("12-subscribe", "subscribe #12"),
            ("12-unsubscribe", "unsubscribe #12"),
            ("12-note", "note #12"),
            ("12-mute", "mute #12"),
            ("12-show", "show #12"),
            ("12-private", "private #12"),
            ("12-public", "public #12"),
            ("12-wait", "wait #12"),
        ] {
            let order = order(detail).unwrap_or_else(|| panic!("{detail}"));
            assert_eq!((order.text.as_str(), order.line), (text, 0));
            assert_eq!(order.tickets, [Number(12)]);
        }
        for detail in [
            "12",
            "12-",
            "close-12",
            "12-merge",
            "12-assign",
            "12-undo",
            "12-help",
            "12-list",
            "12-requester",
            "12-remove",
            "12-banana",
            "12-split",
            "12-close-15",
            "0-close",
            "12.close",
            "-close",
        ] {
            assert!(order(detail).is_none(), "{detail}");
        }
    }
}
