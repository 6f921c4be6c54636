//! B3: the power goes while the real program takes in mail, handles it and sends letters. Its state lies on a disk of its own
//! (`power/disk.rs`); the mailbox, the letters' server and the book of what was acknowledged lie outside, as on other
//! machines. Everything that the world was told before the cut has to be on the disk after it: a mail for which `trackle
//! deliver` ended well, a mail that was marked as done in its mailbox, a letter that a server took. The next life begins on
//! what the cut left, by itself, and is cut off in turn, many of them while they are still recovering; in the end every
//! mail has made one ticket, and copies of letters are equal to the byte.
//!
//! The control is the same trial with the same program, but for one thing: a commit to the write-ahead log is not brought to
//! the disk, which is what `synchronous=NORMAL` means. That setting is not to be had, so `strace` swallows exactly these calls:
//! `fsync` and `fdatasync` of that one file (NORMAL would make one of them in a thousand pages). `kill -9` cannot see this.

mod disk;
mod left;
mod program;

use crate::audit::audited;
use crate::chance::Chance;
use crate::row::{Row, Trial};
use crate::sink::{Sink, Taken};
use disk::Disk;
use left::{Left, open, rows};
use program::{Program, Syncs};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::PathBuf;
use std::process::Child;
use std::thread::sleep;
use std::time::Duration;
use trackle::store::FILE;

/// The row.
pub const ROW: Row = Row {
    name: "B3",
    about: "a power cut takes nothing back that was acknowledged",
    unit: "cuts",
    amounts: [12, 500, 2_000],
    trial: |trial| cuts(trial, Syncs::All),
    control: |trial| cuts(&trial.of(20), Syncs::AllButCommits),
};

/// Cuts that one world goes through.
const TOGETHER: usize = 25;
/// Longest lives, in milliseconds; in every third one nothing new comes, and it ends while it recovers.
const LIVES: [usize; 3] = [800, 450, 200];

fn cuts(trial: &Trial<'_>, syncs: Syncs) -> Result<String, String> {
    let seeds: Vec<u64> = trial.seeds().collect();
    let mut told = Told::default();
    for some in seeds.chunks(TOGETHER) {
        let mut world = World::new(some[0], syncs)?;
        for (cut, seed) in some.iter().enumerate() {
            world.life(*seed, cut).map_err(|what| format!("seed {seed}, cut {}: {what}", cut + 1))?;
            trial.step();
        }
        told.add(&world.end().map_err(|what| format!("seeds from {}: {what}", some[0]))?);
    }
    let Told { delivered, marked, letters, twice } = told;
    Ok(format!(
        "{} of them while recovering; {delivered} mails delivered, {marked} marked, {letters} letters sent: 0 lost; {twice} letters twice",
        seeds.chunks(TOGETHER).map(|some| some.len() / LIVES.len()).sum::<usize>()
    ))
}

/// How many things were acknowledged.
#[derive(Default)]
struct Told {
    delivered: usize,
    marked: usize,
    letters: usize,
    twice: usize,
}

impl Told {
    fn add(&mut self, other: &Told) {
        self.delivered += other.delivered;
        self.marked += other.marked;
        self.letters += other.letters;
        self.twice += other.twice;
    }
}

/// A robot on a disk, and what the world outside knows.
struct World {
    dir: tempfile::TempDir,
    sink: Sink,
    program: Program,
    disk: Option<Disk>,
    images: usize,
    /// Numbers of mails: from the first to those that are not written yet.
    first: usize,
    written: usize,
    /// Mails for `trackle deliver` that it has not said yes to.
    undelivered: Vec<usize>,
    delivered: HashSet<usize>,
}

impl World {
    fn new(seed: u64, syncs: Syncs) -> Result<World, String> {
        let dir =
            tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).map_err(|e| e.to_string())?;
        let sink = Sink::open(0);
        let program = Program::new(dir.path(), sink.port, syncs)?;
        let at = dir.path().join("at");
        fs::create_dir(&at).map_err(|e| e.to_string())?;
        let disk = Disk::make(dir.path().join("image0"), &at)?;
        let (undelivered, delivered) = (Vec::new(), HashSet::new());
        let first = (seed as usize).wrapping_mul(1_000) % 1_000_000;
        let disk = Some(disk);
        let world =
            World { dir, sink, program, disk, images: 1, first, written: first, undelivered, delivered };
        world.program.once(world.disk())?;
        Ok(world)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn disk(&self) -> &Disk {
        self.disk.as_ref().expect("there is a disk")
    }

    /// A life from a start to a power cut, and a look at what is left.
    fn life(&mut self, seed: u64, cut: usize) -> Result<(), String> {
        let mut chance = Chance::new(seed);
        let longest = LIVES[cut % LIVES.len()];
        let life = Duration::from_millis(chance.below(longest) as u64);
        let mut robot = self.program.serve(self.disk())?;
        let mut delivers = Vec::new();
        if cut % LIVES.len() != 2 {
            for _ in 0..chance.below(8) {
                self.write_to_mailbox();
            }
            sleep(life / 3);
            delivers = self.deliver(chance.below(4))?;
            for _ in 0..chance.below(4) {
                self.write_to_mailbox();
            }
        }
        sleep(life * 2 / 3);
        disk::stop(&robot);
        delivers.iter().for_each(|(_, child)| disk::stop(child));
        // whatever ended well until now has told somebody so
        for (mail, child) in &mut delivers {
            if child.try_wait().is_ok_and(|ended| ended.is_some_and(|status| status.success())) {
                self.undelivered.retain(|other| other != mail);
                self.delivered.insert(*mail);
            }
        }
        let (letters, marked) = (self.sink.taken(), self.marked());
        let ended = robot.try_wait().map_err(|e| e.to_string())?;
        let image = self.path(&format!("image{}", self.images));
        self.images += 1;
        self.disk().copy(&image)?;
        for child in delivers.iter_mut().map(|(_, child)| child).chain([&mut robot]) {
            child.kill().and_then(|()| child.wait()).map_err(|e| e.to_string())?;
        }
        self.sink.let_go();
        self.disk = None;
        self.disk = Some(Disk::mount(image, &self.path("at"))?);
        if let Some(status) = ended {
            return Err(format!("it ended by itself, {status}: {}", self.program.log()));
        }
        self.look(&letters, &marked)
    }

    /// Somebody writes to the mailbox, which lies on another machine.
    fn write_to_mailbox(&mut self) {
        let (number, inbox) = (self.written, self.path("in"));
        self.written += 1;
        let draft = inbox.join("tmp").join(name(number));
        fs::write(&draft, mail(number)).unwrap();
        fs::rename(draft, inbox.join("new").join(name(number))).unwrap();
    }

    /// The mail system hands over so many new mails, and those again that were not taken for sure.
    fn deliver(&mut self, new: usize) -> Result<Vec<(usize, Child)>, String> {
        self.undelivered.extend(self.written..self.written + new);
        self.written += new;
        let hand_over = |number: &usize| Ok((*number, self.program.deliver(self.disk(), &mail(*number))?));
        let all: std::io::Result<_> = self.undelivered.iter().map(hand_over).collect();
        all.map_err(|e| e.to_string())
    }

    /// Names of the mails that their mailbox was told of as done.
    fn marked(&self) -> Vec<String> {
        let done = fs::read_dir(self.path("in/.Done/cur")).into_iter().flatten().flatten();
        done.map(|e| e.file_name().to_string_lossy().trim_end_matches(":2,S").to_owned()).collect()
    }

    /// The database as the cut left it, in a directory of its own.
    fn database(&self) -> Result<tempfile::TempDir, String> {
        let copy = tempfile::tempdir_in(self.dir.path()).map_err(|e| e.to_string())?;
        for file in [FILE.to_owned(), format!("{FILE}-wal")] {
            if let Ok(bytes) = fs::read(self.disk().path("state").join(&file)) {
                fs::write(copy.path().join(file), bytes).map_err(|e| e.to_string())?;
            }
        }
        Ok(copy)
    }

    /// Everything that was acknowledged is there.
    fn look(&self, letters: &[Taken], marked: &[String]) -> Result<(), String> {
        let state = self.database()?;
        let found = Left::read(state.path(), &self.disk().path("state/incoming/new"))?;
        let lost_mails = self.delivered.iter().filter(|mail| !found.mails.contains(*mail));
        let lost_ends = marked.iter().filter(|name| !found.ended.contains(*name));
        let lost_letters = letters.iter().filter(|letter| !found.letters.contains(&letter.bytes));
        let lost = [lost_mails.count(), lost_ends.count(), lost_letters.count()];
        if lost != [0; 3] {
            let [mails, ends, letters] = lost;
            return Err(format!(
                "{mails} delivered mails, {ends} mails marked as done and {letters} sent letters are lost"
            ));
        }
        audited(state.path()).map(drop)
    }

    /// The last life is not cut off: every mail has its ticket.
    fn end(mut self) -> Result<Told, String> {
        for (mail, mut child) in self.deliver(0)? {
            if !child.wait().map_err(|e| e.to_string())?.success() {
                return Err(format!("mail {mail} cannot be delivered"));
            }
        }
        self.program.once(self.disk())?;
        let state = self.database()?;
        audited(state.path())?;
        let db = open(state.path())?;
        let mut titles: Vec<String> = rows(&db, "SELECT title FROM ticket", |row| row.get(0))?;
        let mut due: Vec<String> = (self.first..self.written).map(title).collect();
        titles.sort();
        due.sort();
        if titles != due {
            return Err(format!("tickets are {titles:?} instead of {due:?}"));
        }
        let mut copies: HashMap<Taken, usize> = HashMap::new();
        let taken = self.sink.taken();
        taken.iter().for_each(|letter| *copies.entry(letter.clone()).or_default() += 1);
        let owed: usize = rows(&db, "SELECT id FROM outbox", |row| row.get::<_, i64>(0))?.len();
        // as many different letters as are owed: copies are equal to the byte
        if copies.len() != owed {
            return Err(format!("{} different letters came where {owed} are owed", copies.len()));
        }
        Ok(Told {
            delivered: self.delivered.len(),
            marked: self.marked().len(),
            letters: owed,
            twice: taken.len() - copies.len(),
        })
    }
}

fn name(number: usize) -> String {
    format!("1795219200.M{number}.x")
}

fn mail(number: usize) -> String {
    format!(
        "Received: from out.known.example by mx.example.org with ESMTPS; Mon, 02 Mar 2026 08:00:00 +0000\n\
         Authentication-Results: mx.example.org; dmarc=pass header.from=known.example\nFrom: p{number}@known.example\n\
         To: help@example.org\nSubject: {}\nMessage-ID: <{number}@known.example>\n\nIt is dark.\n",
        title(number)
    )
}

fn title(number: usize) -> String {
    format!("Cut {number}")
}
