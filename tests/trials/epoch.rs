//! B8: the mailbox loses its numbers again and again while mail comes in. Dovecot's list of UIDs is deleted, so that
//! UIDVALIDITY is another one and every mail shows up under a new number; the folder comes back from a backup, list and
//! all, so that numbers which were given before are given to other mails under the same UIDVALIDITY; mails are copied back
//! into the INBOX. No mail makes a second ticket, none is lost, and nobody gets a letter twice.

use crate::audit::audited;
use crate::chance::Chance;
use crate::robot::{Robot, Setup, code, complaint, relay, wait_until};
use crate::row::{Row, Trial};
use crate::servers::Servers;
use crate::sink::Sink;
use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};
use trackle::clock::instant;
use trackle::store::FILE;

/// The row.
pub const ROW: Row = Row {
    name: "B8",
    about: "a mailbox numbered anew opens no ticket twice",
    unit: "changes",
    amounts: [5, 50, 500],
    trial: |trial| changes(trial, true),
    // what mails are known by is not there any more
    control: |trial| changes(&trial.of(3), false),
};

/// Dovecot takes UIDVALIDITY from the clock, in seconds.
const SECOND: Duration = Duration::from_millis(1_050);

/// What happens to the mailbox while nobody is logged in.
#[derive(Debug, Clone, Copy)]
enum Change {
    Renumbered,
    Restored,
    CopiedBack,
}

fn changes(trial: &Trial<'_>, remembers: bool) -> Result<String, String> {
    let servers = Servers::imap_only();
    let sink = Sink::open(0);
    let setup = Setup { courier: relay(sink.port), ..Setup::new(&servers) }.unhurried();
    let robot = Robot::in_memory(&setup);
    let mut mailbox = Mailbox { robot, servers, written: 0, backup: Vec::new(), renumbered: instant() };
    // Dovecot makes the folder with the first mail
    mailbox.servers.deliver("help", [mail(0)]);
    mailbox.written = 1;
    mailbox.write(3)?;
    mailbox.handle()?;
    mailbox.backup = mailbox.files().map_err(|e| e.to_string())?;
    let mut counts = [0; 3];
    for seed in trial.seeds() {
        let mut chance = Chance::new(seed);
        let change = [Change::Renumbered, Change::Restored, Change::CopiedBack][(seed % 3) as usize];
        counts[change as usize] += 1;
        let changed = mailbox.go_through(change, &mut chance, remembers);
        changed.map_err(|what| format!("seed {seed}, {change:?}: {what}"))?;
        trial.step();
    }
    let audit = audited(&mailbox.robot.state())?;
    let letters = sink.taken();
    let different: HashSet<&[u8]> = letters.iter().map(|letter| letter.bytes.as_slice()).collect();
    let owed: u64 = audit.letters.values().sum();
    if letters.len() as u64 != owed || different.len() as u64 != owed {
        return Err(format!(
            "{} letters came, {} of them different, {owed} are owed",
            letters.len(),
            different.len()
        ));
    }
    let [anew, restored, copied] = counts;
    let duplicates = audit.mails.get("duplicate").copied().unwrap_or_default();
    Ok(format!(
        "{anew} new UIDVALIDITYs, {restored} backups, {copied} copies: {} mails, each one ticket; {duplicates} came again",
        mailbox.written
    ))
}

/// Names, bytes, and times of the last change.
type Files = Vec<(PathBuf, Vec<u8>, SystemTime)>;

struct Mailbox {
    robot: Robot,
    servers: Servers,
    written: usize,
    /// The folder as it was at some time.
    backup: Files,
    renumbered: Instant,
}

impl Mailbox {
    /// Mails come in, the mailbox changes, more come in; all of them are known for what they are.
    fn go_through(&mut self, change: Change, chance: &mut Chance, remembers: bool) -> Result<(), String> {
        self.robot.start();
        self.write(chance.below(6))?;
        // in the middle of its work, or when it has hardly begun
        sleep(Duration::from_millis(chance.below(400) as u64));
        self.robot.stop();
        if matches!(change, Change::Restored) {
            // what a backup does not have is gone from the mailbox for good
            self.handle()?;
        }
        if !remembers {
            self.forget()?;
        }
        self.change(change, chance).map_err(|e| e.to_string())?;
        if chance.once_in(3) {
            self.backup = self.files().map_err(|e| e.to_string())?;
        }
        self.write(1 + chance.below(5))?;
        // the first it finds at its start, the second while it lives
        self.robot.start();
        for _ in 0..2 {
            self.write(1)?;
            let all = wait_until(|| (self.robot.tickets().len() >= self.written).then_some(()));
            if all.is_none() {
                return Err(format!("{} of {} mails are tickets", self.robot.tickets().len(), self.written));
            }
        }
        self.robot.stop();
        self.handle()
    }

    fn folder(&self) -> PathBuf {
        self.servers.maildir("help")
    }

    fn change(&mut self, change: Change, chance: &mut Chance) -> io::Result<()> {
        match change {
            Change::Renumbered => self.renumber(),
            Change::Restored => self.restore(),
            Change::CopiedBack => self.copy_back(chance),
        }
    }

    fn renumber(&mut self) -> io::Result<()> {
        sleep(SECOND.saturating_sub(self.renumbered.elapsed()));
        fs::remove_file(self.folder().join("dovecot-uidlist"))?;
        for index in ["dovecot.index", "dovecot.index.log", "dovecot.index.cache"] {
            let _ = fs::remove_file(self.folder().join(index));
        }
        self.renumbered = instant();
        Ok(())
    }

    fn restore(&self) -> io::Result<()> {
        // nobody brings a backup back within the second in which the last mail came
        sleep(SECOND);
        for (name, ..) in self.files()? {
            fs::remove_file(self.folder().join(name))?;
        }
        for (name, bytes, time) in &self.backup {
            let path = self.folder().join(name);
            fs::write(&path, bytes)?;
            File::options().write(true).open(&path)?.set_modified(*time)?;
            self.hand_over(&path)?;
        }
        Ok(())
    }

    fn copy_back(&self, chance: &mut Chance) -> io::Result<()> {
        let mails: Vec<PathBuf> =
            fs::read_dir(self.folder().join("cur"))?.flatten().map(|e| e.path()).collect();
        for copy in 0..(1 + chance.below(3)).min(mails.len()) {
            let name = format!("2000000001.M{}C{copy}.test", self.written);
            let path = self.folder().join("new").join(name);
            fs::copy(chance.of(&mails), &path)?;
            self.hand_over(&path)?;
        }
        Ok(())
    }

    /// Dovecot may write it.
    fn hand_over(&self, path: &Path) -> io::Result<()> {
        let folder = self.folder().metadata()?;
        chown(path, Some(folder.uid()), Some(folder.gid()))
    }

    /// Every file of the folder, Dovecot's own among them.
    fn files(&self) -> io::Result<Files> {
        let mut found = Vec::new();
        for folder in ["", "new", "cur"] {
            let files = fs::read_dir(self.folder().join(folder))?.flatten();
            for file in files.filter(|file| file.path().is_file()) {
                let name = PathBuf::from(folder).join(file.file_name());
                found.push((name, fs::read(file.path())?, file.metadata()?.modified()?));
            }
        }
        Ok(found)
    }

    fn write(&mut self, many: usize) -> Result<(), String> {
        for number in self.written..self.written + many {
            let name = format!("2000000000.M{number:06}.test");
            let draft = self.folder().join("tmp").join(&name);
            let put = fs::write(&draft, mail(number))
                .and_then(|()| fs::rename(draft, self.folder().join("new").join(name)));
            put.map_err(|e| e.to_string())?;
        }
        self.written += many;
        Ok(())
    }

    /// Takes in and handles what there is: every mail that was ever written has made one ticket.
    fn handle(&self) -> Result<(), String> {
        let out = self.robot.once();
        if code(&out) != 0 {
            return Err(complaint(&out));
        }
        each_once(&self.robot, self.written)
    }

    /// What tells that a mail was here before: its bytes' hash, and its Message-ID with what it says.
    fn forget(&self) -> Result<(), String> {
        let db = rusqlite::Connection::open(self.robot.state().join(FILE)).map_err(|e| e.to_string())?;
        let forget = "DELETE FROM seen; UPDATE raw SET sha256 = randomblob(32) WHERE id NOT IN
                      (SELECT raw FROM intake WHERE state IN ('new','reading'))";
        db.execute_batch(forget).map_err(|e| e.to_string())
    }
}

/// Every mail up to that number has made one ticket.
pub fn each_once(robot: &Robot, written: usize) -> Result<(), String> {
    let mut titles: BTreeMap<String, usize> = BTreeMap::new();
    robot.tickets().iter().for_each(|view| *titles.entry(view.ticket.title.clone()).or_default() += 1);
    let lost = (0..written).map(title).filter(|title| !titles.contains_key(title)).collect::<Vec<_>>();
    let twice = titles.iter().filter(|(_, times)| **times > 1).map(|(title, _)| title).collect::<Vec<_>>();
    if lost.is_empty() && twice.is_empty() {
        return Ok(());
    }
    Err(format!("of {written} mails lost: {lost:?}; with more than one ticket: {twice:?}"))
}

fn title(number: usize) -> String {
    format!("Number {number}")
}

/// Each is as long as the other, so that nothing tells them apart by chance.
pub fn mail(number: usize) -> String {
    format!(
        "Return-Path: <p{number:06}@known.example>\nDelivered-To: help@team.example\nReceived: from out.known.example by \
         mail.team.example with ESMTPS; Mon, 02 Mar 2026 08:00:00 +0000\nAuthentication-Results: mail.team.example; \
         dmarc=pass header.from=known.example\nFrom: p{number:06}@known.example\nTo: help@team.example\nSubject: {}\n\
         Message-ID: <{number:06}@known.example>\n\nThis is it.\n",
        title(number)
    )
}
