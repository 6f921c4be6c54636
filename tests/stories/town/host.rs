//! A machine that has no database: it seals its sessions and mails them, by the same means as `trackle submit`.

use super::session::Work;
use super::{HELP, Town};
use std::fmt::Write;
use tempfile::TempDir;
use trackle::model::address::Address;
use trackle::model::bundle;
use trackle::model::host::Card;
use trackle::record::hostkey::Signer;
use trackle::record::queue::Queue;
use trackle::record::submit::Way;
use trackle::store::events::Cause;

/// A machine with a key and a queue.
pub struct Host {
    name: String,
    signer: Signer,
    queue: Queue,
    _home: TempDir,
}

impl Host {
    /// Its key is always the same.
    pub fn new(name: &str, key: u8) -> Host {
        let home = tempfile::tempdir().unwrap();
        let queue = Queue::open(home.path()).unwrap();
        Host { name: name.into(), signer: Signer::new(&[key; 32]).unwrap(), queue, _home: home }
    }

    /// Its card, for the whole machine or one user of it.
    pub fn card(&self, login: Option<&str>, member: Option<&str>) -> Card {
        Card {
            name: self.name.clone(),
            login: login.map(str::to_owned),
            member: member.map(str::to_owned),
            key: self.signer.key(),
            program: "0.1.0".into(),
        }
    }

    /// A session that was worked here, sealed.
    pub fn seal(&self, work: &Work, ticket: impl Into<Option<u64>>) -> Vec<u8> {
        let mut session = work.session.clone();
        session.host.clone_from(&self.name);
        session.ticket = ticket.into();
        let queued = self.queue.put(session, work.contents.clone(), &self.signer).unwrap();
        self.queue.bytes(&queued).unwrap()
    }

    /// The mail that brings a bundle.
    pub fn mail(&self, town: &Town, sealed: &[u8]) -> Vec<u8> {
        let id = bundle::id_of(sealed).unwrap_or_else(|| bundle::BundleId::of(sealed));
        self.way(town).bundle("01jkqy8v3z5w9x7r2t4m6n8p0q", &id, sealed).unwrap().bytes
    }

    fn way(&self, town: &Town) -> Way {
        let from = Address::parse(&format!("root@{}.desk.example", self.name));
        Way { from, to: Address::parse(HELP).unwrap(), host: self.name.clone(), now: town.now() }
    }
}

impl Town {
    /// A host mails what it has sealed; gives the mail's name in the mailbox.
    pub fn submit(&mut self, host: &Host, sealed: &[u8]) -> String {
        writeln!(self.log, "\n=== {} mails a session", host.name).unwrap();
        let mail = host.mail(self, sealed);
        self.send_again(&mail)
    }

    /// A host asks to be believed.
    pub fn ask_to_enroll(&mut self, host: &Host, card: &Card) -> String {
        writeln!(self.log, "\n=== {} asks to be enrolled", host.name).unwrap();
        let mail = host.way(self).card(card, &host.signer.card(card)).unwrap();
        self.send_again(&mail.bytes)
    }

    /// A host that was enrolled some time ago.
    pub fn enroll(&mut self, card: &Card) {
        let cause = Cause { actor: "root".into(), proof: "console".into(), intake: None, now: self.now() };
        self.hub().store().transact(|tx| tx.enroll(card, "console", &cause)).unwrap();
    }

    /// It is believed no longer.
    pub fn revoke(&mut self, card: &Card) {
        let cause = Cause { actor: "root".into(), proof: "console".into(), intake: None, now: self.now() };
        assert!(self.hub().store().transact(|tx| tx.revoke(&card.key, &cause)).unwrap());
    }

    /// Puts a bundle into the spool of the robot's own machine.
    pub fn spool(&mut self, sealed: &[u8]) -> String {
        let name = trackle::drop::unique(self.now());
        trackle::drop::into_maildir(&self.state().join(trackle::daemon::SESSIONS), sealed, &name).unwrap();
        name
    }

    /// How many sessions were filed.
    pub fn sessions(&self) -> u64 {
        self.database().query_row("SELECT count(*) FROM session", [], |row| row.get(0)).unwrap()
    }
}
