//! Whether the address is dead: the status fields and the report's words in; enhanced status code (RFC 3463), the
//! verdict and one line of reason out. Words beat codes, since servers answer 5.1.1 to spam and 5.7.1 to strangers;
//! in doubt the address lives, for a dead one only costs another bounce.

use super::{addresses, dsn::Told, folded, words};

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    pub status: String,
    pub dead: bool,
    pub diagnostic: String,
}

/// The verdict on the recipients: on what was told about them, or without that on the report's words. With several
/// recipients each is judged by what stands beside it alone, and all must be dead.
pub fn of(about: &[&Told], recipients: &[String], said: &str) -> Verdict {
    let lines = reply_lines(said);
    let reply = lines.join(" ");
    let status = status(about, &reply, said);
    let dead = match about {
        [] if recipients.len() < 2 => is_dead(&status, &[&reply, said]),
        [] => beside_each(recipients, said)
            .iter()
            .all(|words| is_dead(&status_in(words).unwrap_or_default(), &[words])),
        [one] if is_vague(&one.status) => is_dead(&status, &[&one.diagnostic, &reply, said]),
        [one] => is_dead(&one.status, &[&one.diagnostic, &reply, said]),
        many => many.iter().all(|told| is_dead(&told.status, &[&told.diagnostic])),
    };
    Verdict { status, dead, diagnostic: reason(about, &lines, said) }
}

/// What to show of the other server's words: the diagnostic code, else the first answer in the text (with the line it
/// runs on to), else the first line that says something.
fn reason(about: &[&Told], replies: &[&str], said: &str) -> String {
    // X-Unix diagnostics are bare numbers
    let worded = |d: &&str| d.chars().any(char::is_alphabetic);
    if let Some(told) = about.iter().map(|t| t.diagnostic.as_str()).find(worded) {
        return told.to_owned();
    }
    let mut lines = said.lines().map(str::trim);
    let first = match replies.first() {
        Some(reply) => lines.find(|l| l == reply),
        None => lines.find(|l| speaks(l)),
    };
    match first {
        Some(line) if line.ends_with([':', ',']) => format!("{line} {}", lines.next().unwrap_or_default()),
        first => first.unwrap_or_default().to_owned(),
    }
}

/// The stated code, unless it says less than the one in the other server's answer.
fn status(about: &[&Told], reply: &str, said: &str) -> String {
    let told = about.iter().find(|t| is_status(&t.status)).or(about.first());
    match told {
        Some(told) if !is_vague(&told.status) => told.status.clone(),
        Some(told) => better_of(&told.status, status_in(&told.diagnostic).or_else(|| status_in(reply))),
        None => better_of("", status_in(reply).or_else(|| status_in(said))),
    }
}

/// The words that stand beside each recipient: its line and those below it, up to the next one's. Recipients listed
/// with nothing between them share what follows.
fn beside_each(recipients: &[String], said: &str) -> Vec<String> {
    let mut beside = vec![String::new(); recipients.len()];
    let mut now: Vec<usize> = Vec::new();
    let mut listing = false;
    for line in said.lines() {
        let named: Vec<usize> = addresses::all(line)
            .take(super::RECIPIENTS)
            .filter_map(|a| recipients.iter().position(|r| r.eq_ignore_ascii_case(a)))
            .collect();
        if !named.is_empty() {
            if !listing {
                now.clear();
            }
            now.extend(named);
            listing = true;
        }
        listing &= !has_code(line) && !speaks(line);
        for n in &now {
            if let Some(words) = beside.get_mut(*n) {
                words.push_str(line);
                words.push('\n');
            }
        }
    }
    beside
}

/// Asks each text in turn; the first that says something clear decides, then the code.
fn is_dead(status: &str, texts: &[&str]) -> bool {
    if status.starts_with('4') || words::LIVING_CODES.contains(&status) {
        return false;
    }
    // a server that states 5.1.1 at the wrong stage still states it
    if !words::DEAD_CODES.contains(&status) && texts.iter().any(|t| of_the_mail(t)) {
        return false;
    }
    for text in texts {
        let text = folded(text);
        let has = |list: &[&str]| list.iter().any(|w| text.contains(w));
        if has(words::LIVING) {
            return false;
        }
        if has(words::DEAD) {
            return true;
        }
        if has(words::ALIVE) {
            return false;
        }
    }
    words::DEAD_CODES.contains(&status)
}

/// Whether the refusal was of the sender or the mail: a server that had taken the address by then knows it.
fn of_the_mail(text: &str) -> bool {
    let text = folded(text);
    let has = |list: &[&str]| list.iter().any(|w| text.contains(w));
    has(words::ANOTHER_STAGE) && !has(words::NO_ADDRESS_TAKEN)
}

/// The lines in which the other server speaks: those with a reply code.
fn reply_lines(said: &str) -> Vec<&str> {
    said.lines().map(str::trim).filter(|l| has_code(l)).take(20).collect()
}

/// `550 `, `550-` or `5.1.1` standing by itself.
fn has_code(line: &str) -> bool {
    let code = |w: &str| {
        let digits = w.trim_matches(|c: char| "<>()[]#:'\"".contains(c)).as_bytes();
        matches!(
            digits,
            [b'4' | b'5', b'0'..=b'7', b'0'..=b'9'] | [b'4' | b'5', b'0'..=b'7', b'0'..=b'9', b'-', ..]
        )
    };
    status_in(line).is_some() || line.split_whitespace().take(12).any(code)
}

fn speaks(line: &str) -> bool {
    let line = folded(line);
    words::DEAD.iter().chain(words::LIVING).chain(words::ALIVE).any(|w| line.contains(w))
}

fn better_of(stated: &str, found: Option<String>) -> String {
    match found {
        Some(code) if !is_vague(&code) || !is_status(stated) => code,
        _ if is_status(stated) => stated.to_owned(),
        _ => String::new(),
    }
}

/// `5.0.0`, `5.3.0` and what is no code: says nothing of the address.
fn is_vague(status: &str) -> bool {
    !is_status(status) || status.ends_with(".0.0") || status.ends_with(".5.0") || status.ends_with(".3.0")
}

/// `class.subject.detail` (RFC 3463 2).
fn is_status(code: &str) -> bool {
    let mut numbers = code.split('.');
    let class = matches!(numbers.next(), Some("2" | "4" | "5"));
    let mut small = || {
        numbers.next().is_some_and(|n| (1..=3).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit()))
    };
    class && small() && small() && numbers.next().is_none()
}

/// The first telling enhanced code of a failure in a text, else the first of any; addresses of hosts are none.
pub fn status_in(text: &str) -> Option<String> {
    let mut vague = None;
    for word in text.split(|c: char| !(c.is_ascii_digit() || c == '.')) {
        let word = word.trim_matches('.');
        if is_status(word) && !word.starts_with('2') {
            if !is_vague(word) {
                return Some(word.to_owned());
            }
            vague.get_or_insert_with(|| word.to_owned());
        }
    }
    vague
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_from_hosts_and_versions() {
        assert_eq!(status_in("550 5.1.1 <a@x>: no"), Some("5.1.1".to_owned()));
        assert_eq!(status_in("(#5.7.1)"), Some("5.7.1".to_owned()));
        assert_eq!(status_in("550-5.0.0 then 550 5.2.2"), Some("5.2.2".to_owned()));
        assert_eq!(status_in("host 4.4.4.4 said no"), None);
        assert_eq!(status_in("postfix 2.10.1"), None);
    }

    #[test]
    fn words_beat_codes() {
        for (status, text, dead) in [
            ("5.1.1", "550 5.1.1 user unknown", true),
            ("5.1.1", "550 5.1.1 mailbox is full", false),
            ("5.1.1", "550 5.1.1 message looks like spam", false),
            ("5.7.1", "550 5.7.1 no such user here", true),
            ("5.7.1", "550 5.7.1 relaying denied", false),
            ("5.7.1", "554 5.7.1 <a@x>: Recipient address rejected: Access denied", true),
            ("5.7.1", "550 5.7.1 client host rejected: cannot find your hostname", false),
            ("5.1.8", "553 5.1.8 sender's domain does not exist", false),
            ("5.7.13", "525 5.7.13 user account disabled", false),
            ("5.0.0", "550 user unknown (in reply to end of DATA command)", false),
            ("5.1.1", "550 5.1.1 user unknown (in reply to end of DATA command)", true),
            ("5.0.0", "the recipient's account is disabled", true),
            ("5.2.0", "Benutzer unbekannt", true),
            ("5.2.0", "宛先が見つかりません", true),
            ("5.0.0", "Host unknown (Name server: x: host not found)", true),
            ("5.2.1", "the mailbox has been disabled", true),
            ("5.2.2", "", false),
            ("5.1.1", "", true),
            ("5.1.10", "", true),
            ("4.1.1", "user unknown", false),
            ("5.4.7", "delivery time expired", false),
            ("5.3.4", "message too large", false),
            ("", "", false),
        ] {
            assert_eq!(is_dead(status, &[text]), dead, "{status} {text}");
        }
    }

    #[test]
    fn several_recipients_are_dead_only_together() {
        let told = |status: &str, diagnostic: &str| Told {
            status: status.to_owned(),
            diagnostic: diagnostic.to_owned(),
            ..Told::default()
        };
        let (gone, full) = (told("5.1.1", "user unknown"), told("5.2.2", "mailbox full"));
        assert!(of(&[&gone, &gone], &[], "").dead);
        assert!(!of(&[&gone, &full], &[], "").dead);

        let two = ["a@x.example".to_owned(), "b@x.example".to_owned()];
        assert!(of(&[], &two, "<a@x.example>:\n550 no such user\n<b@x.example>:\nhost unknown\n").dead);
        assert!(
            !of(&[], &two, "<a@x.example>:\n550 no such user\n<b@x.example>:\nconnection refused\n").dead
        );
    }
}
