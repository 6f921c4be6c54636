//! The way that a session takes into its ticket, and what the robot keeps of it.

use super::Town;
pub use super::recorded::Work;
use std::fmt::Write;
use trackle::model::session::Worker;
use trackle::model::session_log::Log;
use trackle::model::ticket::Number;
use trackle::pipeline::session::{self, Arrival, Taken};
use trackle::store::{Guest, Reader};

impl Town {
    /// Hands a session in for that member of staff, at the robot's machine.
    pub fn session(&mut self, login: &str, ticket: u32, work: &Work) -> Result<Taken, String> {
        self.settle();
        let files = work.session.changes.len();
        writeln!(self.log, "\n=== a session of {login} for #{ticket}, {files} files").unwrap();
        let now = self.now();
        let house = &self.hub().house;
        let member = house.robot.by_login(login).expect("a member");
        let worker = Worker { address: member.address.clone(), name: member.name.clone() };
        let Work { session, contents } = work;
        let arrival = Arrival {
            session,
            contents,
            worker: &worker,
            proof: "console",
            intake: None,
            is_redacted: false,
        };
        let file = |tx: &trackle::store::Tx<'_>| session::file(tx, house, arrival, Number(ticket), now);
        let done = Guest::open(&self.state()).unwrap().transact(file).unwrap();
        done.map_err(|why| why.to_string())
    }

    /// All that the robot has on its disk about sessions, unpacked.
    pub fn disk(&self) -> Vec<u8> {
        let db = self.database();
        let mut all = Vec::new();
        for query in ["SELECT packed FROM session", "SELECT packed FROM blob", "SELECT packed FROM outbox"] {
            let mut rows = db.prepare(query).unwrap();
            for packed in rows.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap() {
                all.extend(trackle::store::packing::unpack(&packed.unwrap(), 10_000_000).unwrap());
            }
        }
        for query in
            ["SELECT detail FROM session_change", "SELECT text FROM session_search", "SELECT text FROM entry"]
        {
            let mut rows = db.prepare(query).unwrap();
            for text in rows.query_map([], |row| row.get::<_, String>(0)).unwrap() {
                all.extend(text.unwrap().into_bytes());
            }
        }
        all
    }

    /// The log of that number.
    #[track_caller]
    pub fn log_of(&self, session: u64) -> Log {
        Reader::open(&self.state()).unwrap().session(session).unwrap().expect("such a session")
    }
}
