//! What a server's answer means for a parcel, and how it reads: an `Answer` comes in, a `Delivery` goes out. Enhanced
//! status codes as in RFC 3463 and RFC 2034. Pure.

use super::line::Answer;
use crate::send::courier::{Delivery, Trouble, one_line};

impl Answer {
    /// One line of what was said.
    pub fn text(&self) -> String {
        one_line(&self.lines.join(" "))
    }

    /// The answer as a reason for not having been taken.
    pub fn trouble(&self) -> Trouble {
        Trouble { code: self.code, status: self.status().unwrap_or_default().to_owned(), text: self.text() }
    }

    /// What a refusal means for the parcel at hand. An answer that is neither yes nor no leaves it for later.
    pub fn refusal(&self) -> Delivery {
        let trouble = self.trouble();
        match self.code {
            // authentication required, too weak, failed, needs TLS (RFC 4954)
            530 | 534 | 535 | 538 => Delivery::Locked(trouble),
            500.. => Delivery::Refused(trouble),
            400..500 => Delivery::Later(trouble),
            _ => Delivery::Later(Trouble {
                text: one_line(&format!("out of turn: {}", trouble.text)),
                ..trouble
            }),
        }
    }

    /// The enhanced status code: first word by the book, `(#5.1.1)` somewhere by qmail's habit. Its class agrees
    /// with the code, which keeps version numbers and addresses out.
    fn status(&self) -> Option<&str> {
        let class = self.code / 100;
        let words = self.lines.iter().flat_map(|line| line.split(' '));
        words.map(|word| word.trim_matches(|c: char| !c.is_ascii_digit())).find(|word| is_status(word, class))
    }
}

/// A letter that we do not even offer, with the status that its refusal would have had.
pub fn refused(status: &str, why: &str) -> Delivery {
    Delivery::Refused(Trouble { code: 0, status: status.to_owned(), text: why.to_owned() })
}

fn is_status(word: &str, class: u16) -> bool {
    let mut parts = word.split('.');
    let digits = |part: Option<&str>, most: usize| {
        part.is_some_and(|p| (1..=most).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
    };
    word.starts_with(['2', '4', '5'])
        && parts.next() == Some(class.to_string().as_str())
        && digits(parts.next(), 3)
        && digits(parts.next(), 3)
        && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(code: u16, text: &str) -> Answer {
        Answer { code, lines: text.split('|').map(str::to_owned).collect() }
    }

    #[test]
    fn status_codes_are_found_where_servers_put_them() {
        for (code, text, status) in [
            (550, "5.1.1 no such user", "5.1.1"),
            (550, "5.7.26 Unauthenticated|5.7.26 mail", "5.7.26"),
            (550, "sorry, no mailbox here by that name. (#5.1.1)", "5.1.1"),
            (550, "#5.1.0 Address rejected", "5.1.0"),
            (550, "5.1.1: unknown", "5.1.1"),
            (450, "4.2.0 greylisted", "4.2.0"),
            (550, "4.2.0 wrong class", ""),
            (550, "host 5.1.2.3 is blocked", ""),
            (550, "5.1 5.1.1234 5..1 5.1.", ""),
            (354, "3.1.1 go on", ""),
            (550, "", ""),
        ] {
            assert_eq!(answer(code, text).trouble().status, status, "{text}");
        }
    }

    #[test]
    fn codes_become_deliveries() {
        let kind = |code| match answer(code, "x").refusal() {
            Delivery::Later(_) => 'l',
            Delivery::Refused(_) => 'r',
            Delivery::Locked(_) => 'k',
            Delivery::Sent(_) | Delivery::Away(_) | Delivery::Unknown(_) => '?',
        };
        for (code, expected) in [
            (250, 'l'),
            (354, 'l'),
            (400, 'l'),
            (421, 'l'),
            (454, 'l'),
            (499, 'l'),
            (500, 'r'),
            (529, 'r'),
            (530, 'k'),
            (534, 'k'),
            (535, 'k'),
            (538, 'k'),
            (550, 'r'),
            (599, 'r'),
        ] {
            assert_eq!(kind(code), expected, "{code}");
        }
    }

    #[test]
    fn texts_are_one_short_line() {
        assert_eq!(answer(550, " a|b ").text(), "a b");
        assert_eq!(answer(550, &"x".repeat(299)).text().len(), 299);
        assert_eq!(answer(550, &"x".repeat(300)).text().len(), 300);
        assert_eq!(answer(550, &"x".repeat(301)).text().len(), 300);
        assert_eq!(Trouble::said("a\r\nb\u{1b}c").text, "a  b c");
    }
}
