//! The town: people who write mail, the robot they write to, and a clock. What a story tells comes in; mail goes through
//! the daemon's own loops, letters come back out of its courier. Never waits for real time; a story that leaves letters
//! unread, mail unhandled or a law of the database broken fails when its town goes.

pub mod books;
pub mod draft;
mod drill;
pub mod golden;
pub mod host;
mod inspect;
pub mod letter;
mod machine;
mod recorded;
mod robot;
pub mod session;
pub mod storm;
mod trouble;

use draft::{Draft, Sent};
use jiff::{SignedDuration, Timestamp};
use letter::Letter;
pub use robot::{believing, plain};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use trackle::clock::Clock;
use trackle::daemon::intake::Source;
use trackle::daemon::{self, Ends, Hub};
use trackle::fetch::maildir::Maildir;
use trackle::model::digest::Schedule;
use trackle::model::robot::Robot;
use trackle::pipeline::House;
use trackle::send::{Carrier, maildir};
use trackle::store::Store;

/// The help address.
pub const HELP: &str = "help@desk.example";
/// Where staff read.
pub const STAFF: &str = "staff@desk.example";
/// The two on staff.
pub const ANN: &str = "ann@desk.example";
pub const BEN: &str = "ben@desk.example";
/// Three who are not.
pub const ALICE: &str = "alice@town.example";
pub const CARLA: &str = "carla@town.example";
pub const MALLORY: &str = "mallory@elsewhere.example";

/// A clock that moves when the story says so.
struct TownClock(Mutex<Timestamp>);

impl Clock for TownClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// Everything a story needs.
pub struct Town {
    home: TempDir,
    clock: Arc<TownClock>,
    pub robot: Robot,
    /// When the digest comes; never, unless the story says so.
    pub digest: Schedule,
    runtime: tokio::runtime::Runtime,
    /// Empty only while the robot is down.
    hub: Option<Arc<Hub>>,
    /// Mails written so far.
    written: u32,
    /// Delivered and not read yet, oldest first.
    unread: Vec<Letter>,
    /// Lines of text that people sent, for the inspection of letters.
    said: Vec<String>,
    /// What happened so far, for the golden file.
    log: String,
    /// Mails in quarantine that the story knows of.
    known_stuck: usize,
}

impl Town {
    /// A town whose robot is `robot`; see [`plain`] and [`believing`].
    pub fn new(robot: Robot) -> Town {
        let home = home();
        let start: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let mut town = Town {
            home,
            clock: Arc::new(TownClock(Mutex::new(start))),
            robot,
            digest: Schedule::never(),
            runtime,
            hub: None,
            written: 0,
            unread: Vec::new(),
            said: Vec::new(),
            log: String::new(),
            known_stuck: 0,
        };
        town.start();
        town
    }

    /// Starts the robot on what lies on its disk.
    pub fn start(&mut self) {
        let own = self.letters_dir();
        let wording = trackle::wording::read(own.is_dir().then_some(own.as_path())).unwrap();
        let house = House { robot: self.robot.clone(), wording, digest: self.digest.clone() };
        let store = Store::open(&self.state()).unwrap();
        self.hub = Some(Arc::new(Hub::new(store, house, self.clock.clone())));
    }

    /// Stops the robot properly and starts it again, with what the story has changed in it.
    pub fn restart(&mut self) {
        self.hub = None;
        self.start();
    }

    /// The robot's insides.
    pub fn hub(&self) -> &Arc<Hub> {
        self.hub.as_ref().expect("the robot is down")
    }

    /// Lets time pass.
    pub fn later(&mut self, hours: i64) {
        *self.clock.0.lock().unwrap() += SignedDuration::from_hours(hours);
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Somebody writes a new mail to the help address.
    pub fn write(&mut self, from: &str, subject: &str, body: &str) -> Sent {
        self.send(Draft::new(from, subject, body))
    }

    /// Somebody answers a letter as mail programs do: to its Reply-To, quoting it below.
    pub fn answer(&mut self, letter: &Letter, from: &str, body: &str) -> Sent {
        self.send(letter.answered_by(from, body))
    }

    /// The same, with the letter's other recipients in Cc.
    pub fn answer_all(&mut self, letter: &Letter, from: &str, body: &str) -> Sent {
        self.send(letter.answered_by(from, body).cc(&letter.to))
    }

    /// Puts a mail on its way; it lies in the robot's mailbox now.
    pub fn send(&mut self, draft: Draft) -> Sent {
        self.written += 1;
        let sent = draft.finish(self.written, self.now());
        self.said.extend(sent.body.lines().map(str::to_owned));
        self.log_sent(&sent);
        self.deliver(&sent.uid, &sent.bytes);
        sent
    }

    /// The very same bytes once more, as another mail of the mailbox.
    pub fn send_again(&mut self, bytes: &[u8]) -> String {
        self.written += 1;
        let uid = draft::uid(self.written, self.now());
        self.deliver(&uid, bytes);
        uid
    }

    fn deliver(&mut self, uid: &str, bytes: &[u8]) {
        trackle::drop::make(&self.inbox()).unwrap();
        fs::write(self.inbox().join("new").join(uid), bytes).unwrap();
    }

    /// Lets the robot work until there is nothing left to do at this hour.
    pub fn settle(&mut self) {
        let (hub, ends) = (Arc::clone(self.hub()), self.ends());
        let mut troubles = self.runtime.block_on(daemon::once(&hub, ends)).unwrap();
        // a letter for later is a matter of the story's, which must not end with one
        troubles.retain(|trouble| !trouble.contains("for another try"));
        assert_eq!(troubles, Vec::<String>::new());
        self.collect();
    }

    /// The newest letter to that address that nobody has read.
    #[track_caller]
    pub fn letter_to(&mut self, to: &str) -> Letter {
        self.settle();
        match self.unread.iter().rposition(|l| l.to == to) {
            Some(at) => self.unread.remove(at),
            None => panic!("no letter to {to}; unread: {:?}", self.summary()),
        }
    }

    /// All letters that nobody has read, oldest first.
    pub fn letters(&mut self) -> Vec<Letter> {
        self.settle();
        std::mem::take(&mut self.unread)
    }

    /// Nobody wrote to that address.
    #[track_caller]
    pub fn nothing_for(&mut self, to: &str) {
        self.settle();
        assert!(self.unread.iter().all(|l| l.to != to), "{:?}", self.summary());
    }

    /// Nobody wrote to anybody.
    #[track_caller]
    pub fn silence(&mut self) {
        self.settle();
        assert!(self.unread.is_empty(), "{:?}", self.summary());
    }

    /// A confirmed ticket, with all its letters read: the staff's and the requester's are given back.
    #[track_caller]
    pub fn opened(&mut self, from: &str, subject: &str, body: &str) -> (u32, Letter, Letter) {
        self.write(from, subject, body);
        let question = self.letter_to(from);
        self.answer(&question, from, "yes");
        let (staff, receipt) = (self.letter_to(STAFF), self.letter_to(from));
        (staff.ticket(), staff, receipt)
    }

    /// Runs what is asynchronous in the robot.
    pub fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Where mail comes from and letters go to.
    pub fn ends(&self) -> Ends {
        let inbox = Maildir::open(&self.inbox()).unwrap();
        let mut sources = vec![(Source::Maildir(inbox), Duration::from_secs(1))];
        let sessions = self.state().join(daemon::SESSIONS);
        if sessions.is_dir() {
            sources.push((Source::Maildir(Maildir::open(&sessions).unwrap()), Duration::from_secs(1)));
        }
        Ends {
            sources,
            carrier: Carrier::Maildir(maildir::Maildir::new(self.path("post"))),
            bounce_address: None,
            web: None,
        }
    }

    /// Takes the letters out of people's letter boxes, inspects them, and lays them on the pile.
    pub fn collect(&mut self) {
        let Ok(boxes) = fs::read_dir(self.path("post")) else { return };
        let mut new = Vec::new();
        for person in boxes.map(Result::unwrap).filter(|person| person.path().is_dir()) {
            for file in fs::read_dir(person.path().join("new")).unwrap().map(Result::unwrap) {
                new.push(Letter::new(&file.file_name().to_string_lossy(), &fs::read(file.path()).unwrap()));
                fs::remove_file(file.path()).unwrap();
            }
        }
        new.sort_by_key(|letter| letter.number);
        for letter in new {
            inspect::letter(&letter, &self.robot, &self.said);
            self.log_letter(&letter);
            self.unread.push(letter);
        }
    }

    /// What lies in people's letter boxes, read without letting the robot work on.
    pub fn delivered(&mut self) -> Vec<Letter> {
        self.collect();
        std::mem::take(&mut self.unread)
    }

    /// Kind and recipient of what nobody has read.
    fn summary(&self) -> Vec<String> {
        self.unread.iter().map(|l| format!("{} to {}: {}", l.kind(), l.to, l.subject())).collect()
    }

    /// Mails are in quarantine and ought to be.
    #[track_caller]
    pub fn expect_quarantined(&mut self, count: usize) {
        self.settle();
        assert_eq!(self.stuck(), count, "mails in quarantine");
        self.known_stuck = count;
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }
    /// The robot's state directory.
    pub fn state(&self) -> PathBuf {
        self.path("state")
    }
    /// The site's own letters, once a story makes the directory; read when the robot starts.
    pub fn letters_dir(&self) -> PathBuf {
        self.path("letters")
    }
    /// The robot's mailbox.
    pub fn inbox(&self) -> PathBuf {
        self.path("inbox")
    }
}

/// Memory, where the machine has a place for it with room enough for mail to be fetched: the stories sync as often as the
/// robot does.
pub fn home() -> TempDir {
    let memory = Path::new("/dev/shm");
    let has_room =
        rustix::fs::statvfs(memory).is_ok_and(|disk| disk.f_bavail.saturating_mul(disk.f_frsize) > 1 << 28);
    let made = if has_room { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.unwrap()
}

impl Drop for Town {
    fn drop(&mut self) {
        if std::thread::panicking() || self.hub.is_none() {
            return;
        }
        self.settle();
        assert!(self.unread.is_empty(), "letters nobody read: {:?}", self.summary());
        assert_eq!(self.waiting_letters(), 0, "letters still owed");
        assert_eq!(self.waiting_mails(), 0, "mails nobody handled");
        assert_eq!(self.stuck(), self.known_stuck, "mails in quarantine");
        assert_eq!(self.broken_laws(), Vec::<String>::new());
    }
}
