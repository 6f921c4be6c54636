//! B1: `kill -9` at random moments of taking in mail by a real Dovecot and sending letters by SMTP. Mostly the robot is
//! killed, now and then Dovecot with all its processes as well, and the letters' server breaks off in the middle of a word.
//! Afterwards nothing is lost and nothing is doubled: every mail carries a number of its own, and an account of what it must
//! have led to, kept outside, is compared with the database and with every letter that reached the server. What may happen
//! is that a letter comes twice, to the byte: once for each kill or broken line, and only when one lies between the copies.

mod account;
mod mails;

use crate::audit::audited;
use crate::chance::Chance;
use crate::robot::{Robot, Setup, code, complaint, relay};
use crate::row::{Row, Trial};
use crate::servers::Servers;
use crate::sink::{Sink, Taken};
use account::{Filed, Found, expected, verdict};
use mails::Plan;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};
use trackle::clock::instant;
use trackle::model::ticket::Number;
use trackle::store::FILE;

/// The row.
pub const ROW: Row = Row {
    name: "B1",
    about: "kill -9 at any moment loses and doubles no mail",
    unit: "kills",
    amounts: [25, 1_000, 10_000],
    trial: |trial| soak(trial, trial.amount, Wrong::Nothing),
    control: |trial| {
        let mut said = String::new();
        for wrong in [Wrong::Forgets, Wrong::Empties] {
            match soak(trial, trial.amount.min(8), wrong) {
                Ok(_) => return Ok(format!("{wrong:?}")),
                Err(why) => said = format!("{wrong:?}: {}", why.replace('\n', "; ")),
            }
        }
        Err(said)
    },
};

/// Mails for each kill.
const MAILS: u64 = 10;
/// Longest lives, in milliseconds: longer than a mail takes from the mailbox to its letter's end, and every third time
/// hardly longer than a start.
const LIVES: [usize; 3] = [500, 300, 120];
/// Dovecot dies once in so many lives, and the letters' server hangs up in the middle of one once in so many.
const DOVECOT_DIES: usize = 25;
const HANGS_UP: usize = 6;

/// What is wrong, to see that it is noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Nothing,
    /// What a life has written down is gone with it, as on a disk that is made anew.
    Forgets,
    /// What the mailbox holds is gone with it, as with those who fetch and delete before they have written down.
    Empties,
}

/// The robot, what it reads and where it writes to, and how often it was killed.
struct Soak {
    servers: Servers,
    sink: Sink,
    robot: Robot,
    chance: Chance,
    /// When each life began but the first, and how often the line of letters was broken in each.
    lives: Vec<Instant>,
    broken: Vec<usize>,
}

fn soak(trial: &Trial<'_>, kills: u64, wrong: Wrong) -> Result<String, String> {
    let servers = Servers::imap_only();
    let sink = Sink::open(0);
    let setup = Setup { courier: relay(sink.port), ..Setup::new(&servers) }.unhurried();
    let robot = Robot::in_memory(&setup);
    let chance = Chance::new(trial.seed);
    let mut soak = Soak { servers, sink, robot, chance, lives: Vec::new(), broken: vec![0] };

    // tickets that follow-ups and commands are for
    let plan = Plan::new((kills * MAILS) as usize, &mut soak.chance);
    let first = plan.first();
    // Dovecot makes the folder with the first mail; thousands by LMTP would take minutes
    soak.servers.deliver("help", [first[0].1.clone()]);
    put(&soak.servers.maildir("help"), &first[1..]);
    soak.finish()?;
    let titles = soak.robot.tickets().into_iter().map(|v| (v.ticket.title.clone(), v.ticket.number.0));
    let numbers: HashMap<String, u32> = titles.collect();
    if numbers.len() != first.len() {
        return Err(format!("{} of the first {} mails became tickets", numbers.len(), first.len()));
    }
    soak.live_and_die(trial, kills, &plan.mails(&numbers), wrong);
    soak.finish()?;

    let found = soak.found();
    let due = expected(&plan, &numbers);
    let faults = verdict(&due, &found);
    if !faults.is_empty() {
        return Err(format!(
            "{} things are wrong, such as\n{}",
            faults.len(),
            faults[..faults.len().min(3)].join("\n")
        ));
    }
    account::notices_each_change(&due, &found)?;
    let twice = soak.copies()?;
    let audit = audited(&soak.robot.state())?;
    let ends: Vec<&str> = audit.mails.keys().chain(audit.letters.keys()).map(String::as_str).collect();
    let sent = audit.letters.get("sent").copied().unwrap_or_default();
    if ends.iter().any(|end| !["applied", "duplicate", "sent"].contains(end)) {
        return Err(format!("not everything came to its end: {:?} {:?}", audit.mails, audit.letters));
    }
    if found.letters.len() as u64 != sent + twice {
        return Err(format!("{} letters came, {sent} were sent and {twice} twice", found.letters.len()));
    }
    let broken: usize = soak.broken.iter().sum();
    Ok(format!(
        "{} mails, 0 lost, 0 doubled; {sent} letters, {twice} of them twice; {broken} broken lines",
        plan.sorts.len()
    ))
}

/// Puts mails into a folder of Dovecot's as a delivery does; their order is that of their numbers.
fn put(maildir: &Path, mails: &[(usize, String)]) {
    for (place, mail) in mails {
        let name = format!("2000000000.M{place:06}.test");
        let draft = maildir.join("tmp").join(&name);
        fs::write(&draft, mail).unwrap();
        fs::rename(draft, maildir.join("new").join(name)).unwrap();
    }
}

impl Soak {
    /// Everything is done that is left to do.
    fn finish(&mut self) -> Result<(), String> {
        self.sink.let_go();
        self.lives.push(instant());
        self.broken.push(0);
        // a start makes letters due that wait for their next try
        self.robot.start();
        self.robot.stop();
        let out = self.robot.once();
        if code(&out) == 0 { Ok(()) } else { Err(complaint(&out)) }
    }

    /// Lives, among which the mails are shared out.
    fn live_and_die(&mut self, trial: &Trial<'_>, kills: u64, mails: &[(usize, String)], wrong: Wrong) {
        let maildir = self.servers.maildir("help");
        let mut rest = mails;
        for left in (0..kills as usize).rev() {
            let share =
                if left == 0 { rest.len() } else { self.chance.below(2 * rest.len() / (left + 1) + 1) };
            let (some, after) = rest.split_at(share);
            rest = after;
            // some lie there when it starts, some come while it works
            let (early, late) = some.split_at(self.chance.below(some.len() + 1));
            put(&maildir, early);
            let before = (wrong == Wrong::Forgets).then(|| files(&self.robot.state()));
            let random = self.chance.below(LIVES[left % LIVES.len()]) as u64;
            // who empties the mailbox does it before anything could be written down
            let life = if wrong == Wrong::Empties { 0 } else { random };
            self.life(Duration::from_millis(life), |soak| {
                put(&maildir, late);
                if wrong == Wrong::Forgets {
                    soak.await_letter();
                }
            });
            if let Some(before) = before {
                write_back(&self.robot.state(), &before);
            }
            if wrong == Wrong::Empties {
                for folder in ["new", "cur"] {
                    let mails = fs::read_dir(maildir.join(folder)).unwrap().flatten();
                    mails.for_each(|mail| fs::remove_file(mail.path()).unwrap());
                }
            }
            trial.step();
        }
    }

    /// Something has to happen in a life for its loss to be noticed, however busy the machine is.
    fn await_letter(&self) {
        let before = self.sink.taken().len();
        for _ in 0..100 {
            if self.sink.taken().len() > before {
                return;
            }
            sleep(Duration::from_millis(30));
        }
    }

    /// From a start to a kill.
    fn life(&mut self, life: Duration, amid: impl FnOnce(&mut Soak)) {
        self.lives.push(instant());
        self.broken.push(0);
        self.robot.spawn();
        sleep(life / 2);
        amid(self);
        if self.chance.once_in(DOVECOT_DIES) {
            self.servers.stop_dovecot();
            self.servers.start_dovecot();
        }
        sleep(life / 4);
        if self.chance.once_in(HANGS_UP) {
            self.sink.hang_up();
            *self.broken.last_mut().unwrap() += 1;
        }
        sleep(life / 4);
        self.robot.kill();
        self.sink.let_go();
    }

    /// Everything that can be seen of what the robot did.
    fn found(&self) -> Found {
        let reader = self.robot.reader();
        let mut found = Found { letters: self.sink.taken(), ..Found::default() };
        for view in self.robot.tickets() {
            let ticket = view.ticket.number.0;
            found.tickets.push(view.ticket.title.clone());
            // the first text is the ticket's own mail
            let said = reader.said(Number(ticket)).unwrap();
            found.filed.extend(said.into_iter().skip(1).map(|s| Filed { ticket, what: s.text }));
            let happened = reader.history(Number(ticket)).unwrap().into_iter();
            let changed = happened.filter(|e| matches!(e.what.as_str(), "closed" | "assigned"));
            found.filed.extend(changed.map(|e| Filed { ticket, what: e.what }));
        }
        found
    }

    /// How many letters came more than once. A second copy comes in a later life than the first, and the end of a life and
    /// each broken line in it lead to no more than one.
    fn copies(&self) -> Result<u64, String> {
        let life = |at: Instant| self.lives.partition_point(|begin| *begin <= at);
        let mut spent = vec![0; self.lives.len() + 1];
        let mut first: HashMap<Taken, usize> = HashMap::new();
        let mut twice = 0;
        for (at, letter) in self.sink.taken_when() {
            let now = life(at);
            let Some(then) = first.insert(letter, now) else { continue };
            twice += 1;
            spent[then] += 1;
            if then == now || spent[then] > 1 + self.broken[then] {
                let broken = self.broken[then];
                return Err(format!(
                    "copy {} of life {then} came in life {now}, and the line broke {broken} times",
                    spent[then]
                ));
            }
        }
        Ok(twice)
    }
}

/// The database as it lies on the disk.
fn files(state: &Path) -> HashMap<String, Vec<u8>> {
    let names = [FILE.to_owned(), format!("{FILE}-wal")];
    names.into_iter().filter_map(|name| Some((name.clone(), fs::read(state.join(name)).ok()?))).collect()
}

fn write_back(state: &Path, files: &HashMap<String, Vec<u8>>) {
    let gone: HashSet<String> =
        [String::new(), "-wal".into(), "-shm".into()].map(|end| format!("{FILE}{end}")).into();
    gone.iter().for_each(|name| drop(fs::remove_file(state.join(name))));
    files.iter().for_each(|(name, bytes)| fs::write(state.join(name), bytes).unwrap());
}
