//! The conversations in which the real program gets into trouble: each is led in memory up to its last step, and what is on
//! the robot's disk then is the beginning of every trial.

use super::{Prepared, SERVE, copy};
use crate::town::draft::Draft;
use crate::town::host::Host;
use crate::town::session::Work;
use crate::town::storm::{Order, Storm};
use crate::town::{ALICE, ANN, BEN, CARLA, STAFF, Town, believing, home};
use rusqlite::Connection;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use trackle::clock::{Clock, SystemClock};
use trackle::daemon::intake;
use trackle::store::FILE;
use trackle::store::packing::pack;

/// What happens at the end of a conversation, and all that went before.
pub struct Scenario {
    pub name: &'static str,
    pub words: &'static [&'static str],
    config: &'static str,
    /// Gives the mails that lie in the mailbox when the trial begins.
    lead: fn(&mut Town) -> Vec<Vec<u8>>,
}

/// Nothing comes by itself.
const QUIET: &str = "[digest]\ndays = \"never\"\nown = false\n";

const fn mail(name: &'static str, lead: fn(&mut Town) -> Vec<Vec<u8>>) -> Scenario {
    Scenario { name, words: SERVE, config: QUIET, lead }
}

/// All of them.
pub const ALL: &[Scenario] = &[
    mail("a stranger writes", |town| vec![last(town, printer())]),
    mail("a stranger says yes", |town| {
        town.send(printer());
        let asked = town.letter_to(ALICE);
        vec![last(town, asked.answered_by(ALICE, "Yes."))]
    }),
    mail("staff take a ticket", |town| {
        let (staff, _) = opened(town);
        vec![last(town, staff.answered_by(ANN, "take"))]
    }),
    mail("staff close a ticket", |town| {
        let (staff, _) = opened(town);
        vec![last(town, staff.answered_by(BEN, "close: Water helped."))]
    }),
    mail("the requester goes on", |town| {
        let (_, receipt) = opened(town);
        vec![last(town, receipt.answered_by(ALICE, "It got worse.").attach("a.png", b"PNG"))]
    }),
    mail("a mail comes by two ways", |town| {
        town.send(printer().id("<printer@town.example>"));
        town.letter_to(ALICE);
        let bytes = last(town, printer().id("<printer@town.example>"));
        vec![[b"X-Way: another one\r\n".as_slice(), &bytes].concat(), bytes]
    }),
    mail("a letter comes back", |town| {
        let (staff, _) = opened(town);
        town.send(staff.answered_by(ANN, "close: Water helped."));
        town.letter_to(STAFF);
        let told = town.letter_to(ALICE);
        vec![last(town, told.bounced())]
    }),
    mail("a mail that cannot be read", |town| {
        vec![last(town, printer().header("X-Long", &"x ".repeat(200_000)))]
    }),
    Scenario {
        name: "a digest is due",
        words: SERVE,
        config: "[digest]\ndays = \"daily\"\nat = \"07:00\"\nzone = \"UTC\"\n",
        lead: |town| {
            let (staff, _) = opened(town);
            town.send(staff.answered_by(ANN, "take"));
            town.letters();
            town.later(24);
            Vec::new()
        },
    },
    mail("a host sends a session", |town| {
        opened(town);
        let host = Host::new("web1", 1);
        town.enroll(&host.card(None, Some("ann")));
        let work =
            Work::before(town.now()).typed("vi /etc/motd").file("/etc/motd", Some("one\n"), Some("two\n"));
        let sealed = host.seal(&work, 1);
        vec![host.mail(town, &sealed)]
    }),
    mail("somebody subscribes", |town| {
        opened(town);
        vec![last(town, Draft::new(CARLA, "hello", "subscribe 1"))]
    }),
    mail("a batch of commands", |town| {
        let (staff, _) = opened(town);
        vec![last(town, staff.answered_by(ANN, "take\nprio high\ntag fire\nclose: It is out."))]
    }),
    mail(OWED, |town| {
        let (staff, _) = opened(town);
        town.send(staff.answered_by(ANN, "close: Water helped."));
        town.send(Draft::new(CARLA, "Scanner", "It is gone."));
        Storm::new(Order::Right, Box::new(|_| false)).handle_only(town);
        Vec::new()
    }),
    mail("a mail waits to be handled", |town| {
        let (staff, _) = opened(town);
        town.send(staff.answered_by(ANN, "take"));
        taken_in(town)
    }),
    mail("an older database", |town| vec![last(town, Draft::new(CARLA, "Scanner", "It is gone."))]),
    Scenario {
        name: "a backup is made",
        words: &["backup", BACKUP],
        config: QUIET,
        lead: |town| {
            opened(town);
            Vec::new()
        },
    },
];

/// Those of a row; of its control only the one in which letters are owed from the beginning.
pub fn of(control: bool) -> impl Iterator<Item = &'static Scenario> {
    ALL.iter().filter(move |scenario| !control || scenario.name == OWED)
}

const OWED: &str = "letters are owed";

/// Several mails are handled together: where one of them fails alone, the others do not wait for it, and the order is
/// another one.
pub const BATCH: Scenario = mail("mails wait to be handled", |town| {
    let (staff, receipt) = opened(town);
    town.send(staff.answered_by(ANN, "take"));
    town.send(receipt.answered_by(ALICE, "It got worse."));
    town.send(Draft::new(CARLA, "Scanner", "It is gone."));
    taken_in(town)
});

/// What the last of them makes.
pub const BACKUP: &str = "week.backup";
/// The one that starts with a database of the first version.
const OLDER: &str = "an older database";

/// What was sent is in the database, and nobody has looked at it.
fn taken_in(town: &mut Town) -> Vec<Vec<u8>> {
    let (hub, mut ends) = (Arc::clone(town.hub()), town.ends());
    town.run(intake::take_in(&hub, &mut ends.sources[0].0)).unwrap();
    Vec::new()
}

fn printer() -> Draft {
    Draft::new(ALICE, "Printer", "It is on fire, please come.")
}

fn opened(town: &mut Town) -> (crate::town::letter::Letter, crate::town::letter::Letter) {
    let (_, staff, receipt) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    (staff, receipt)
}

/// A mail that is written and not read by anybody yet.
fn last(town: &Town, draft: Draft) -> Vec<u8> {
    draft.finish(900, town.now()).bytes
}

impl Scenario {
    /// Leads it up to its last step.
    pub fn prepare(&self) -> Result<Prepared, String> {
        let mut town = Town::new(believing());
        let mut mails = (self.lead)(&mut town);
        let dir = home();
        town.delivered();
        let (now, state) = (town.now(), dir.path().join("state"));
        town.while_down(|from, _| copy(from, &state).unwrap());
        town.abandon();
        if self.name == OLDER {
            older(&state, &mails.remove(0));
        }
        let wrong = |e: std::io::Error| e.to_string();
        fs::write(state.join(trackle::mint::FILE), "07".repeat(32) + "\n").map_err(wrong)?;
        fs::create_dir_all(dir.path().join("in/new")).map_err(wrong)?;
        for (number, mail) in mails.iter().enumerate() {
            fs::write(dir.path().join(format!("in/new/{number}.x")), mail).map_err(wrong)?;
        }
        fs::write(dir.path().join("left"), left(&state)?).map_err(wrong)?;
        let clock = now.as_second() - SystemClock.now().as_second();
        Ok(Prepared { dir, name: self.name, words: self.words, config: self.config, clock })
    }
}

/// The Message-IDs of the letters that have left by now, a line each.
fn left(state: &Path) -> Result<String, String> {
    let db = Connection::open(state.join(FILE)).map_err(|e| e.to_string())?;
    let mut rows = db
        .prepare("SELECT message_id || char(10) FROM outbox WHERE state = 'sent'")
        .map_err(|e| e.to_string())?;
    let ids: Result<String, _> =
        rows.query_map([], |row| row.get::<_, String>(0)).and_then(Iterator::collect);
    ids.map_err(|e| e.to_string())
}

/// A database as the first version of the program left it, that took a mail in and did no more.
fn older(state: &Path, bytes: &[u8]) {
    fs::remove_dir_all(state).unwrap();
    fs::create_dir_all(state).unwrap();
    let db = Connection::open(state.join(FILE)).unwrap();
    db.query_row("PRAGMA journal_mode=WAL", [], |_| Ok(())).unwrap();
    let first = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/schema/0001_first.sql");
    db.execute_batch(&fs::read_to_string(first).unwrap()).unwrap();
    let sha256 = <sha2::Sha256 as sha2::Digest>::digest(bytes).to_vec();
    db.execute_batch("INSERT INTO mailbox (name) VALUES ('m')").unwrap();
    db.execute(
        "INSERT INTO raw (sha256, size, packed) VALUES (?1, ?2, ?3)",
        rusqlite::params![sha256, bytes.len() as i64, pack(bytes)],
    )
    .unwrap();
    db.execute_batch(
        "INSERT INTO intake (mailbox, epoch, uid, raw, arrived, taken, state) VALUES (1, 0, 'a', 1, 0, 0, 'new')",
    )
    .unwrap();
    db.pragma_update(None, "application_id", 0x5472_6b6c).unwrap();
    db.pragma_update(None, "user_version", 1).unwrap();
}
