//! People with mail programs: they write a mail, press reply, and look into their inbox. What a reply carries is what
//! mail programs make of the mail that is answered: Reply-To, Re:, In-Reply-To, References, a quote.

use crate::robot::wait_until;
use crate::servers::Servers;
use jiff::tz::TimeZone;
use std::sync::atomic::{AtomicU32, Ordering};
use trackle::clock::{Clock, SystemClock};
use trackle::model::mail::Mail;

/// Somebody with a mailbox on the private server.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    pub name: &'static str,
    pub user: &'static str,
}

pub const ALICE: Person = Person { name: "Alice Moss", user: "alice" };
pub const ANNA: Person = Person { name: "Anna Berg", user: "anna" };
pub const BOB: Person = Person { name: "Bob Stone", user: "bob" };

/// A mail that a person sends.
#[derive(Debug, Clone)]
pub struct Written {
    pub from: String,
    pub to: String,
    pub text: String,
}

impl Person {
    pub fn address(self) -> String {
        format!("{}@team.example", self.user)
    }

    /// A new mail to the help address.
    pub fn writes(self, subject: &str, text: &str) -> Written {
        self.mail("help@team.example", subject, "", text)
    }

    /// Presses reply, types above the quote, and sends.
    pub fn answers(self, letter: &Mail, text: &str) -> Written {
        let to = letter.reply_to.first().or(letter.from.first()).unwrap().addr.clone();
        let subject = match letter.subject.get(..3) {
            Some(re) if re.eq_ignore_ascii_case("re:") => letter.subject.clone(),
            _ => format!("Re: {}", letter.subject),
        };
        let parent = letter.message_id.as_ref().unwrap().to_string();
        let older: String = letter.references.iter().map(|id| format!("{id}\n ")).collect();
        let thread = format!("In-Reply-To: {parent}\nReferences: {older}{parent}\n");
        let quote: String = letter.text.trim_end().lines().map(|line| format!("> {line}\n")).collect();
        let author = &letter.from.first().unwrap().name;
        self.mail(&to, &subject, &thread, &format!("{text}\n\nOn Monday, {author} wrote:\n{quote}"))
    }

    fn mail(self, to: &str, subject: &str, thread: &str, text: &str) -> Written {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let (number, from) = (COUNT.fetch_add(1, Ordering::Relaxed), self.address());
        let date = SystemClock.now().to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S +0000");
        let text = format!(
            "From: {} <{from}>\nTo: {to}\nSubject: {subject}\nDate: {date}\nMessage-ID: <{number}.{}@client.example>\n\
             {thread}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{text}\n",
            self.name,
            std::process::id()
        );
        Written { from, to: to.to_owned(), text }
    }
}

impl Written {
    /// Hands it to the mail server.
    pub fn send(&self, servers: &Servers) {
        servers.smtp(&self.from, &self.to, &self.text);
    }
}

/// The letters of that kind in somebody's inbox, oldest first.
pub fn letters(servers: &Servers, who: &str, kind: &str) -> Vec<Mail> {
    let all = servers.mails(who).into_iter().map(|bytes| trackle::read::mail(&bytes).unwrap());
    all.filter(|mail| mail.header("X-Trackle-Kind").map(str::trim) == Some(kind)).collect()
}

/// Waits for the letter of that kind, the `nth` from 1.
pub fn letter(servers: &Servers, who: &str, kind: &str, nth: usize) -> Mail {
    let found = wait_until(|| letters(servers, who, kind).into_iter().nth(nth - 1));
    found.unwrap_or_else(|| {
        let mails = servers.mails(who);
        let subjects: Vec<_> =
            mails.iter().map(|bytes| trackle::read::mail(bytes).unwrap().subject).collect();
        panic!("{who} got no letter {kind} {nth}, but {subjects:?}\n{}", servers.logs())
    })
}
