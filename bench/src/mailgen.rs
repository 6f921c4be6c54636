//! A seeded stream of realistic mail to a help address: new tickets, follow-ups in their threads, commands of staff.
//! The same seed makes the same bytes. What is realistic: 40 % new tickets, 50 % follow-ups, 10 % commands; a median
//! of some kilobytes and a long tail; two of three with HTML beside the text, a quarter with files, a quarter in one
//! of ten other charsets; encoded words and file names, quotations, signatures, folded headers as servers leave them.
//! One new ticket in seven comes from somewhere that nobody vouches for, and waits for a confirmation for ever.

pub mod dice;
pub mod mime;
pub mod words;

use dice::Dice;
use jiff::{SignedDuration, Timestamp};
use mime::{Draft, File};
use words::{ENGLISH, OTHERS, Tongue};

/// Where everything is sent to.
pub const HELP: &str = "help@team.example";
/// Those who may command: first names below `team.example`.
pub const STAFF: [&str; 4] = ["anna", "bob", "chen", "dora"];
/// The domain whose mail the receiving server vouches for.
pub const KNOWN_DOMAIN: &str = "uni.example";
/// People who write; few enough that many write again, many enough that nobody floods.
pub const PEOPLE: u32 = 5_000;

/// Name and address of a requester.
pub fn person(number: u32) -> (String, String) {
    let first = words::FIRST[number as usize % words::FIRST.len()];
    let last = words::LAST[number as usize / 7 % words::LAST.len()];
    (format!("{first} {last}"), format!("user{number}@{KNOWN_DOMAIN}"))
}

/// The Message-ID that opened a ticket of the past.
pub fn past_id(ticket: u32) -> String {
    format!("past.{ticket}@{KNOWN_DOMAIN}")
}

/// Who wrote a ticket of the past.
pub fn past_person(ticket: u32) -> u32 {
    ticket % PEOPLE
}

/// A ticket as its writers see it.
struct Thread {
    requester: u32,
    subject: String,
    tongue: &'static Tongue,
    first: String,
    last: String,
    text: String,
}

/// The stream.
pub struct Post {
    dice: Dice,
    seed: u64,
    date: Timestamp,
    written: u64,
    past: u32,
    threads: Vec<Thread>,
}

impl Post {
    /// A stream in a place that has `past` tickets already (those that [`crate::history`] makes). Its first mail is
    /// dated `start`, and each later one a second later.
    pub fn new(seed: u64, past: u32, start: Timestamp) -> Post {
        Post { dice: Dice::new(seed), seed, date: start, written: 0, past, threads: Vec::new() }
    }

    /// The next mails.
    pub fn mails(&mut self, count: usize) -> Vec<Vec<u8>> {
        (0..count).map(|_| self.mail()).collect()
    }

    /// The next mail.
    pub fn mail(&mut self) -> Vec<u8> {
        self.written += 1;
        self.date = self.date.checked_add(SignedDuration::from_secs(1)).unwrap();
        match self.dice.below(10) {
            0..4 => self.opening(),
            _ if self.past == 0 && self.threads.is_empty() => self.opening(),
            4..9 => self.follow_up(),
            _ => self.command(),
        }
    }

    fn opening(&mut self) -> Vec<u8> {
        let dice = &mut self.dice;
        let tongue = if dice.percent(25) { &OTHERS[dice.below(OTHERS.len())] } else { &ENGLISH };
        let subject = words::filled(dice.pick(tongue.subjects), dice);
        let bytes = dice.length(700, 0.8).clamp(60, 20_000);
        let mut text = words::prose(tongue, bytes, dice);
        if dice.percent(12) {
            let bytes = dice.below(3_000);
            text.push_str(&format!("\n{}", words::log(bytes, dice)));
        }
        let requester = dice.below(PEOPLE as usize) as u32;
        let proven = !dice.percent(14);
        let (name, mut address) = person(requester);
        if !proven {
            address = format!("somebody{}@elsewhere.example", dice.below(1_000_000));
        }
        let id = self.id(&address);
        let signed = format!("{text}{}", self.signature(&name));
        let mail = self.packed((&name, &address), &subject, &id, None, &signed, (tongue, proven));
        if proven {
            self.threads.push(Thread { requester, subject, tongue, first: id.clone(), last: id, text });
        }
        mail
    }

    fn follow_up(&mut self) -> Vec<u8> {
        let mut thread = self.thread();
        let bytes = self.dice.length(280, 0.8).clamp(40, 20_000);
        let text = words::prose(thread.tongue, bytes, &mut self.dice);
        let ((name, address), tongue) = if self.dice.percent(60) {
            (person(thread.requester), thread.tongue)
        } else {
            (self.staff(), thread.tongue)
        };
        let mut whole = format!("{text}{}", self.signature(&name));
        if self.dice.percent(80) && !thread.text.is_empty() {
            whole.push_str("\nOn Mon, 16 Nov 2026 at 09:14, somebody wrote:\n");
            thread.text.lines().for_each(|line| whole.push_str(&format!("> {line}\n")));
        }
        let (id, subject) = (self.id(&address), format!("Re: {}", thread.subject));
        let ids = (thread.first.clone(), thread.last.clone());
        let mail =
            self.packed((&name, &address), &subject, &id, Some((&ids.0, &ids.1)), &whole, (tongue, true));
        thread.text = text;
        thread.last = id;
        self.give_back(thread);
        mail
    }

    fn command(&mut self) -> Vec<u8> {
        let thread = self.thread();
        let (name, address) = self.staff();
        let line = self.dice.pick(&["close", "take", "assign bob", "assign dora", "reopen"]);
        let sentence = words::filled(self.dice.pick(ENGLISH.sentences), &mut self.dice);
        let text = format!("{line}\n\n{sentence}\n");
        let (id, subject) = (self.id(&address), format!("Re: {}", thread.subject));
        let ids = Some((thread.first.as_str(), thread.last.as_str()));
        let mail = self.packed((&name, &address), &subject, &id, ids, &text, (&ENGLISH, true));
        self.give_back(thread);
        mail
    }

    /// The thread that somebody writes to: mostly a young one of this stream, or any of the past.
    fn thread(&mut self) -> Thread {
        if self.past > 0 && (self.threads.is_empty() || self.dice.percent(50)) {
            let ticket = self.dice.below(self.past as usize) as u32 + 1;
            let (first, subject) = (past_id(ticket), format!("Request number {ticket}"));
            let requester = past_person(ticket);
            let last = first.clone();
            return Thread { requester, subject, tongue: &ENGLISH, first, last, text: String::new() };
        }
        let count = self.threads.len();
        let back = self.dice.back((count as f64 / 6.0).clamp(4.0, 300.0)).min(count - 1);
        self.threads.remove(count - 1 - back)
    }

    /// A thread that somebody wrote to is young again; one of the past stays there.
    fn give_back(&mut self, thread: Thread) {
        if !thread.first.starts_with("past.") {
            self.threads.push(thread);
        }
    }

    fn staff(&mut self) -> (String, String) {
        let login = self.dice.pick(&STAFF);
        (login.to_owned(), format!("{login}@team.example"))
    }

    fn id(&self, address: &str) -> String {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        format!("{}.{}@{domain}", self.seed, self.written)
    }

    fn signature(&mut self, name: &str) -> String {
        if self.dice.percent(40) {
            return String::new();
        }
        let (room, phone) = (self.dice.below(400), self.dice.below(100_000));
        format!("\n-- \n{name}\nInstitute of Things, room {room}\n+49 30 {phone}\n")
    }

    fn packed(
        &mut self,
        from: (&str, &str),
        subject: &str,
        id: &str,
        thread: Option<(&str, &str)>,
        text: &str,
        (tongue, proven): (&Tongue, bool),
    ) -> Vec<u8> {
        let count = match self.dice.below(100) {
            0..75 => 0,
            75..92 => 1,
            92..97 => 2,
            _ => 3,
        };
        let files = (0..count).map(|_| self.file()).collect();
        let html = self.dice.percent(60);
        let draft =
            Draft { from, to: HELP, subject, date: self.date, id, thread, text, tongue, html, files, proven };
        draft.bytes(&mut self.dice)
    }

    fn file(&mut self) -> File {
        let (name, media) = words::FILES[self.dice.below(words::FILES.len())];
        let size = self.dice.length(12_000, 1.0).clamp(100, 400_000);
        let bytes = if media.starts_with("text/") {
            words::log(size, &mut self.dice).into_bytes()
        } else {
            self.dice.bytes(size)
        };
        File { name, media, bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trackle::read;

    fn sample() -> Vec<Vec<u8>> {
        Post::new(1, 0, Timestamp::from_second(1_790_000_000).unwrap()).mails(1_000)
    }

    #[test]
    fn the_same_seed_makes_the_same_mail() {
        assert_eq!(sample(), sample());
    }

    #[test]
    fn it_is_read_as_it_was_meant() {
        let mails: Vec<_> = sample().iter().map(|bytes| read::mail(bytes).unwrap()).collect();
        assert!(mails.iter().all(|m| m.message_id.is_some() && m.from.len() == 1 && m.date.is_some()));
        assert!(mails.iter().all(|m| !m.text.contains('\u{fffd}') && !m.subject.contains("=?")));
        let share = |of: &dyn Fn(&trackle::model::mail::Mail) -> bool| mails.iter().filter(|m| of(m)).count();
        assert!((150..350).contains(&share(&|m| !m.attachments.is_empty())));
        assert!((500..700).contains(&share(&|m| !m.references.is_empty())));
    }

    #[test]
    fn it_has_the_size_of_mail() {
        let mut sizes: Vec<usize> = sample().iter().map(Vec::len).collect();
        sizes.sort_unstable();
        assert!((3_000..8_000).contains(&sizes[500]), "median {}", sizes[500]);
        let mean = sizes.iter().sum::<usize>() / 1_000;
        assert!((8_000..25_000).contains(&mean), "mean {mean}");
    }
}
