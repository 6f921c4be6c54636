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

use crate::audit::audited;
use crate::chance::Chance;
use crate::row::{Row, Trial};
use crate::sink::{Sink, Taken};
use disk::Disk;
use rusqlite::{Connection, OpenFlags};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;
use trackle::store::FILE;
use trackle::store::spool::unpack;

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

/// Which calls for writing out reach the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Syncs {
    All,
    AllButCommits,
}

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
        "{delivered} mails delivered, {marked} marked, {letters} letters sent before a cut: 0 lost; {twice} letters twice"
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
    syncs: Syncs,
    disk: Option<Disk>,
    images: usize,
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
        fs::write(dir.path().join("trackle.toml"), config(sink.port)).map_err(|e| e.to_string())?;
        let at = dir.path().join("at");
        fs::create_dir(&at).map_err(|e| e.to_string())?;
        let disk = Disk::make(dir.path().join("image0"), &at)?;
        let (undelivered, delivered) = (Vec::new(), HashSet::new());
        let first = (seed as usize).wrapping_mul(1_000) % 1_000_000;
        let world =
            World { dir, sink, syncs, disk: Some(disk), images: 1, written: first, undelivered, delivered };
        world.finish()?;
        Ok(world)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn disk(&self) -> &Disk {
        self.disk.as_ref().expect("there is a disk")
    }

    /// The program on that disk, to be given a subcommand.
    fn program(&self, command: &mut Command) {
        command.arg("--config").arg(self.path("trackle.toml")).env_remove("NOTIFY_SOCKET");
    }

    fn serve(&self) -> Result<Child, String> {
        let mut command = if self.syncs == Syncs::All {
            self.disk().command(env!("CARGO_BIN_EXE_trackle"))
        } else {
            let mut command = self.disk().command("strace");
            // -D: the program is our child, and not its tracer
            let what = ["-D", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=fsync,fdatasync"];
            command.args(what).args(["-e", "inject=fsync,fdatasync:retval=0", "-P"]);
            command.arg(self.path("at/state").join(format!("{FILE}-wal"))).arg(env!("CARGO_BIN_EXE_trackle"));
            command
        };
        self.program(&mut command);
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.path("log"))
            .map_err(|e| e.to_string())?;
        command.args(["serve", "--quiet"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        command.spawn().map_err(|e| e.to_string())
    }

    /// Takes in, handles and sends everything, with nothing in its way.
    fn finish(&self) -> Result<(), String> {
        let mut command = self.disk().command(env!("CARGO_BIN_EXE_trackle"));
        self.program(&mut command);
        let out = command.args(["serve", "--once", "--quiet"]).output().map_err(|e| e.to_string())?;
        if out.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&out.stderr).into_owned()) }
    }

    /// A life from a start to a power cut, and a look at what is left.
    fn life(&mut self, seed: u64, cut: usize) -> Result<(), String> {
        let mut chance = Chance::new(seed);
        let longest = LIVES[cut % LIVES.len()];
        let life = Duration::from_millis(chance.below(longest) as u64);
        let mut robot = self.serve()?;
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
            return Err(format!("it ended by itself, {status}: {}", self.log()));
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
        let hand_over = |number: &usize| {
            let mut command = self.disk().command(env!("CARGO_BIN_EXE_trackle"));
            self.program(&mut command);
            let command = command.args(["deliver", "--to", "help@example.org", "--from", "p@known.example"]);
            let mut child =
                command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
            child.stdin.take().map_or(Ok(()), |mut input| input.write_all(mail(*number).as_bytes()))?;
            Ok((*number, child))
        };
        self.undelivered
            .iter()
            .map(hand_over)
            .collect::<Result<_, std::io::Error>>()
            .map_err(|e| e.to_string())
    }

    /// Names of the mails that their mailbox was told of as done.
    fn marked(&self) -> Vec<String> {
        let done = fs::read_dir(self.path("in/.Done/cur")).into_iter().flatten().flatten();
        done.map(|e| e.file_name().to_string_lossy().trim_end_matches(":2,S").to_owned()).collect()
    }

    /// What the program complained of.
    fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
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
        for (_, mut child) in self.deliver(0)? {
            child.wait().map_err(|e| e.to_string())?;
        }
        // a start makes letters due that wait for their next try; what was cut off is not waited for
        self.finish()?;
        let state = self.database()?;
        audited(state.path())?;
        let db = open(state.path())?;
        let mut titles = BTreeMap::new();
        let all = rows(&db, "SELECT title FROM ticket", |row| row.get::<_, String>(0))?;
        all.into_iter().for_each(|title| *titles.entry(title).or_insert(0) += 1);
        if let Some((title, times)) = titles.iter().find(|(_, times)| **times != 1) {
            return Err(format!("{title} made {times} tickets"));
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

/// What is on the disk after a cut.
struct Left {
    /// Numbers of the mails that are kept.
    mails: HashSet<usize>,
    /// Names of those of the mailbox that came to their end.
    ended: HashSet<String>,
    letters: HashSet<Vec<u8>>,
}

impl Left {
    fn read(state: &Path, spool: &Path) -> Result<Left, String> {
        let db = open(state)?;
        let sized = |row: &rusqlite::Row<'_>| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?));
        let mails = rows(&db, "SELECT packed, size FROM raw", sized)?;
        let mails = mails.into_iter().filter_map(|(packed, size)| unpack(&packed, size as usize).ok());
        let waiting = fs::read_dir(spool).into_iter().flatten().flatten();
        let waiting = waiting.filter_map(|file| fs::read(file.path()).ok());
        let done = "SELECT uid FROM intake WHERE state NOT IN ('new','reading')";
        let letters = rows(&db, "SELECT packed FROM outbox", |row| row.get::<_, Vec<u8>>(0))?;
        Ok(Left {
            mails: mails.chain(waiting).filter_map(|bytes| number(&bytes)).collect(),
            ended: rows(&db, done, |row| row.get(0))?.into_iter().collect(),
            letters: letters.into_iter().filter_map(|packed| unpack(&packed, 1 << 20).ok()).collect(),
        })
    }
}

fn open(state: &Path) -> Result<Connection, String> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    Connection::open_with_flags(state.join(FILE), flags).map_err(|e| format!("opening what is left: {e}"))
}

fn rows<T>(
    db: &Connection,
    query: &str,
    one: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, String> {
    let mut query = db.prepare(query).map_err(|e| e.to_string())?;
    let found = query.query_map([], one).and_then(Iterator::collect);
    found.map_err(|e| e.to_string())
}

fn name(number: usize) -> String {
    format!("1795219200.M{number}.x")
}

fn mail(number: usize) -> String {
    format!(
        "Received: from out.known.example by mx.example.org with ESMTPS; Mon, 02 Mar 2026 08:00:00 +0000\n\
         Authentication-Results: mx.example.org; dmarc=pass header.from=known.example\nFrom: p{number}@known.example\n\
         To: help@example.org\nSubject: Cut {number}\nMessage-ID: <{number}@known.example>\n\nIt is dark.\n"
    )
}

/// The number of a mail.
fn number(bytes: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(bytes);
    text.lines().find_map(|line| line.strip_prefix("Subject: Cut ")?.trim().parse().ok())
}

fn config(port: u16) -> String {
    format!(
        "[robot]\naddress = \"help@example.org\"\nstate = \"at/state\"\n[staff]\nlist = \"team@example.org\"\n\
         [[staff.member]]\nlogin = \"ann\"\naddress = \"ann@example.org\"\n[[mailbox]]\nkind = \"maildir\"\npath = \"in\"\n\
         [courier]\nkind = \"smtp\"\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"plain\"\n\
         [identity]\nauthserv_id = [\"mx.example.org\"]\nmx_hosts = [\"mx.example.org\"]\ntrusted_domains = [\"known.example\"]\n\
         [policy]\nautomatic_per_day = 1000\n"
    )
}
