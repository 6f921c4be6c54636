//! What the story may ask the robot's database. Reading only, by the robot's own reader or by plain queries.

use super::Town;
use super::draft::Sent;
use rusqlite::{Connection, OpenFlags};
use std::sync::Arc;
use trackle::model::fields::Values;
use trackle::model::ticket::{Number, View};
use trackle::store::events::Cause;
use trackle::store::lists::{Owner, Which, Yardstick};
use trackle::store::spool::Parcelled;
use trackle::store::{FILE, Reader};

impl Town {
    fn reader(&self) -> Reader {
        Reader::open(&self.state()).unwrap()
    }

    /// The database itself.
    pub fn database(&self) -> Connection {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Connection::open_with_flags(self.state().join(FILE), flags).unwrap()
    }

    fn count(&self, of: &str) -> usize {
        self.database().query_row(&format!("SELECT count(*) FROM {of}"), [], |row| row.get(0)).unwrap()
    }

    /// The ticket of that number.
    #[track_caller]
    pub fn ticket(&self, number: u32) -> View {
        self.reader().view(Number(number), self.now()).unwrap().expect("such a ticket")
    }
    /// `unconfirmed`, `open` or `closed`.
    #[track_caller]
    pub fn state_of(&self, number: u32) -> &'static str {
        self.ticket(number).ticket.state.word()
    }
    /// Login of the ticket's owner; empty when nobody has it.
    #[track_caller]
    pub fn owner_of(&self, number: u32) -> String {
        self.ticket(number).ticket.owner.unwrap_or_default()
    }
    /// Who gets the short letters.
    #[track_caller]
    pub fn subscribers(&self, number: u32) -> Vec<String> {
        self.ticket(number).subscribers().map(|p| p.address.key()).collect()
    }
    /// Addresses that get no news.
    pub fn suspended(&mut self) -> Vec<String> {
        self.settle();
        let people = self.reader().people(None, 100).unwrap();
        people.into_iter().filter(|p| p.suspended.is_some()).map(|p| p.address).collect()
    }
    /// Numbers of the tickets that lists show.
    pub fn listed(&self) -> Vec<u32> {
        let all = Which { state: None, owner: Owner::Anybody, only: &[], most: 100 };
        let mut lines = self.listed_by_importance(all);
        lines.reverse();
        lines
    }
    /// Numbers of those tickets, the first the first.
    pub fn listed_by_importance(&self, which: Which<'_>) -> Vec<u32> {
        let today = self.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let by = Yardstick { values: &Values::default(), today };
        self.reader().list(which, by).unwrap().iter().map(|line| line.ticket.number.0).collect()
    }
    /// How many tickets there are, listed or not.
    pub fn tickets(&self) -> usize {
        self.count("ticket")
    }
    /// What was written in a ticket, oldest first.
    pub fn said_in(&self, number: u32) -> Vec<String> {
        self.reader().said(Number(number)).unwrap().into_iter().map(|said| said.text).collect()
    }
    /// What happened to a ticket, oldest first.
    pub fn history(&self, number: u32) -> Vec<String> {
        self.reader().history(Number(number)).unwrap().into_iter().map(|event| event.what).collect()
    }

    /// How a mail ended and why.
    #[track_caller]
    pub fn end_of(&mut self, mail: &Sent) -> (String, String) {
        self.settle();
        self.end_of_uid(&mail.uid)
    }
    #[track_caller]
    pub fn end_of_uid(&self, uid: &str) -> (String, String) {
        let query = "SELECT state, why FROM intake WHERE uid = ?1 ORDER BY id DESC";
        self.database()
            .query_row(query, [uid], |row| Ok((row.get(0)?, row.get(1)?)))
            .expect("a mail of the mailbox")
    }
    /// The mail ended so.
    #[track_caller]
    pub fn ended(&mut self, mail: &Sent, state: &str) {
        let (found, why) = self.end_of(mail);
        assert_eq!(found, state, "{why}");
    }
    /// Number of the mail in quarantine lists.
    pub fn intake_of(&self, mail: &Sent) -> i64 {
        let query = "SELECT id FROM intake WHERE uid = ?1";
        self.database().query_row(query, [&mail.uid], |row| row.get(0)).unwrap()
    }

    /// A sysadmin lets a mail be handled again.
    pub fn retry(&mut self, mail: &Sent) {
        self.retry_uid(&mail.uid);
    }
    /// The same, by its name in the mailbox.
    pub fn retry_uid(&mut self, uid: &str) {
        let query = "SELECT id FROM intake WHERE uid = ?1";
        let intake = self.database().query_row(query, [uid], |row| row.get(0)).unwrap();
        let cause = Cause { actor: "root".into(), proof: "console".into(), intake: None, now: self.now() };
        self.hub().store().transact(|tx| tx.retry(intake, &cause)).unwrap();
    }

    /// The mailbox was made anew: all its mails come once more under other numbers.
    pub fn renumber_mailbox(&mut self, mails: &[&Sent]) {
        let (hub, now) = (Arc::clone(self.hub()), self.now());
        let name = format!("maildir:{}", self.inbox().display());
        let mut store = hub.store();
        store
            .transact(|tx| {
                let mut cursor = tx.mailbox(&name)?;
                cursor.epoch += 1;
                for (at, mail) in mails.iter().enumerate() {
                    let parcel = Parcelled::new(format!("renumbered-{at}"), &mail.bytes, None, false);
                    tx.keep(cursor, &parcel, now)?;
                }
                Ok(())
            })
            .unwrap();
    }

    /// All tickets with everything in them, and the laws that do not hold, as text.
    pub fn books(&self) -> String {
        let mut books = format!("{:?}\n", self.broken_laws());
        for number in 1..=self.tickets() as u32 {
            let (said, history) = (self.said_in(number), self.history(number));
            let (state, owner) = (self.state_of(number), self.owner_of(number));
            books += &format!("{number} {state} {owner} {said:?} {history:?}\n");
        }
        books
    }

    pub(super) fn waiting_letters(&self) -> usize {
        self.count("outbox WHERE state IN ('waiting','sending')")
    }
    pub(super) fn waiting_mails(&self) -> usize {
        self.count("intake WHERE state IN ('new','reading')")
    }
    pub(super) fn stuck(&self) -> usize {
        self.count("intake WHERE state = 'quarantined'")
    }
    /// Laws of the database that do not hold.
    pub fn broken_laws(&self) -> Vec<String> {
        self.reader().audit(&mut |_, _, _| {}).unwrap().broken
    }
}
