//! B22: hours of work with real Dovecot: 200 mails a minute, letters' server down for a tenth of the time, a kill each minute
//! of the first half; in the second half the robot lives on, since what leaks is seen in a long life only. Its memory and its
//! files do not grow, the database's log stays small, no letter waits for long, and in the end each mail has made one ticket.
//! A row of the release tier: `tests/battery --row B22 --trials 30` takes half an hour.

use crate::audit::audited;
use crate::chance::Chance;
use crate::epoch::{each_once, mail};
use crate::robot::{Robot, Setup, code, complaint, relay};
use crate::row::{Row, Trial};
use crate::servers::Servers;
use crate::sink::{Sink, Taken};
use std::collections::HashSet;
use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};
use trackle::clock::instant;
use trackle::limits;
use trackle::store::FILE;

/// The row.
pub const ROW: Row = Row {
    name: "B22",
    about: "hours of work leave nothing behind that grows",
    unit: "minutes",
    amounts: [0, 0, 150],
    trial: |trial| hours(trial),
    control: |trial| {
        let minutes: Vec<f64> = (0..20).map(f64::from).collect();
        // 100 KiB a minute, under noise that is larger
        let leaks: Vec<(f64, f64)> =
            minutes.iter().map(|m| (m / 60.0, 30.0 + m * 0.1 + 0.4 * (m * 7.0).sin())).collect();
        let steady: Vec<(f64, f64)> =
            minutes.iter().map(|m| (m / 60.0, 30.0 + 0.4 * (m * 7.0).sin())).collect();
        if grows(&leaks).is_none() || grows(&steady).is_some() {
            return Ok("a leak was not told from noise".into());
        }
        with_a_reader(trial.seed)
    },
};

const MAILS_A_MINUTE: u64 = 200;
/// Seconds in which the letters' server is down, of so many.
const DOWN: (u64, u64) = (10, 100);
/// MiB an hour.
const GROWTH: f64 = 1.0;
/// Seconds.
const OLDEST: i64 = 15 * 60;

/// What is seen of the robot from outside, once a second.
#[derive(Clone, Copy, Default)]
struct Sample {
    minute: u64,
    /// MiB of its own: not what it has mapped of its program and of the database.
    memory: f64,
    files: usize,
    /// Bytes.
    log: u64,
    /// Seconds that the oldest letter has waited.
    oldest: i64,
}

struct Soak {
    servers: Servers,
    robot: Robot,
    sink: Option<Sink>,
    port: u16,
    letters: Vec<Taken>,
    written: usize,
}

impl Soak {
    fn new() -> Soak {
        let servers = Servers::imap_only();
        let sink = Sink::open(0);
        let port = sink.port;
        let setup = Setup { courier: relay(port), ..Setup::new(&servers) }.unhurried();
        let robot = Robot::new(&setup);
        // Dovecot makes the folder with the first mail
        servers.deliver("help", [mail(0)]);
        Soak { servers, robot, sink: Some(sink), port, letters: Vec::new(), written: 1 }
    }

    /// The next mail comes, as this makes it of the usual one.
    fn write(&mut self, made: impl FnOnce(String) -> String) {
        let name = format!("2000000000.M{:06}.test", self.written);
        let folder = self.servers.maildir("help");
        let draft = folder.join("tmp").join(&name);
        fs::write(&draft, made(mail(self.written))).unwrap();
        fs::rename(draft, folder.join("new").join(name)).unwrap();
        self.written += 1;
    }

    fn goes_down(&mut self, down: bool) {
        if down && let Some(sink) = self.sink.take() {
            sink.hang_up();
            sink.let_go();
            self.letters.extend(sink.taken());
        } else if !down && self.sink.is_none() {
            self.sink = Some(Sink::open(self.port));
        }
    }

    fn log(&self) -> u64 {
        fs::metadata(self.robot.state().join(format!("{FILE}-wal"))).map_or(0, |file| file.len())
    }

    fn sample(&self, minute: u64) -> Option<Sample> {
        let process = format!("/proc/{}", self.robot.pid()?);
        let status = fs::read_to_string(format!("{process}/status")).ok()?;
        let memory =
            status.lines().find_map(|line| line.strip_prefix("RssAnon:")?.split_whitespace().next())?;
        let db = rusqlite::Connection::open(self.robot.state().join(FILE)).ok()?;
        let oldest =
            "SELECT coalesce(unixepoch() - min(queued), 0) FROM outbox WHERE state IN ('waiting','sending')";
        Some(Sample {
            minute,
            memory: memory.parse::<f64>().ok()? / 1024.0,
            files: fs::read_dir(format!("{process}/fd")).ok()?.count(),
            log: self.log(),
            oldest: db.query_row(oldest, [], |row| row.get(0)).unwrap_or(0),
        })
    }

    /// Everything comes to its end, and each mail has its ticket.
    fn finish(&mut self) -> Result<String, String> {
        self.goes_down(false);
        self.robot.start();
        self.robot.stop();
        let out = self.robot.once();
        if code(&out) != 0 {
            return Err(complaint(&out));
        }
        self.goes_down(true);
        each_once(&self.robot, self.written)?;
        let owed: u64 = audited(&self.robot.state())?.letters.values().sum();
        let different: HashSet<&Taken> = self.letters.iter().collect();
        if different.len() as u64 != owed {
            return Err(format!("{} different letters came where {owed} are owed", different.len()));
        }
        let twice = self.letters.len() - different.len();
        Ok(format!("{} mails, 0 lost; {owed} letters, {twice} of them twice", self.written))
    }
}

fn hours(trial: &Trial<'_>) -> Result<String, String> {
    let (mut soak, mut chance) = (Soak::new(), Chance::new(trial.seed));
    let mut samples = Vec::new();
    let begun = instant();
    soak.robot.start();
    for minute in 0..trial.amount {
        let killed_at = (minute < trial.amount / 2).then(|| 50 + chance.below(10) as u64);
        for second in 0..60 {
            let now = minute * 60 + second;
            soak.goes_down(now % DOWN.1 < DOWN.0 && now > DOWN.0);
            while soak.written as u64 <= now * MAILS_A_MINUTE / 60 {
                soak.write(|mail| mail);
            }
            samples.extend(soak.sample(minute));
            if killed_at == Some(second) {
                soak.robot.kill();
                soak.robot.start();
            }
            until(begun, now + 1);
        }
        trial.step();
    }
    soak.robot.kill();
    let ended = soak.finish()?;
    let seen = judged(&samples, trial.amount)?;
    Ok(format!("{ended}; {seen}"))
}

fn until(begun: Instant, second: u64) {
    sleep(Duration::from_secs(second).saturating_sub(begun.elapsed()));
}

/// Nothing grew.
fn judged(samples: &[Sample], minutes: u64) -> Result<String, String> {
    let most = |of: fn(&Sample) -> u64| samples.iter().map(of).max().unwrap_or(0);
    let (log, oldest) = (most(|s| s.log), most(|s| s.oldest.unsigned_abs()));
    if log >= limits::LOG_BYTES {
        return Err(format!("the database's log grew to {} MiB", log >> 20));
    }
    if oldest >= OLDEST.unsigned_abs() {
        return Err(format!("a letter waited for {oldest} s"));
    }
    let of_minute = |minute: u64| samples.iter().filter(move |s| s.minute == minute);
    // a life ends in the last seconds of its minute: as old as the others by then
    let at_end = |minute| Some((minute as f64 / 60.0, of_minute(minute).map(|s| s.memory).reduce(f64::max)?));
    // in the first minutes the database grows into the cache that it may have
    let cold = minutes / 8 + 1;
    let warm = minutes / 2 + cold;
    let lives: Vec<(f64, f64)> = (cold..minutes / 2).filter_map(at_end).collect();
    let life: Vec<(f64, f64)> = (warm..minutes).filter_map(at_end).collect();
    for (what, series) in [("from life to life", &lives), ("within a life", &life)] {
        if let Some(slope) = grows(series) {
            return Err(format!("its memory grows by {slope:.1} MiB an hour {what}: {series:.1?}"));
        }
    }
    let files = |minute| of_minute(minute).map(|s| s.files).min();
    if let (Some(first), Some(last)) = (files(warm), files(minutes - 1))
        && last > first
    {
        return Err(format!("it had {first} files open, and then {last}"));
    }
    let memory = samples.iter().map(|s| s.memory).fold(0.0, f64::max);
    Ok(format!(
        "at most {memory:.0} MiB of memory ({:.1?} and {:.1?} MiB an hour), {} files, a log of {} KiB, a letter {oldest} s old",
        slope(&lives).map(|(slope, _)| slope),
        slope(&life).map(|(slope, _)| slope),
        most(|s| s.files as u64),
        log >> 10
    ))
}

/// By how much a series grows, in MiB an hour, when it surely grows by more than is allowed: noise of a short trial is no
/// leak, and a leak of a long one is seen through it.
fn grows(series: &[(f64, f64)]) -> Option<f64> {
    slope(series).filter(|(slope, error)| slope - 2.0 * error > GROWTH).map(|(slope, _)| slope)
}

/// The slope of a line through points, and its standard error; of four points at the least.
fn slope(points: &[(f64, f64)]) -> Option<(f64, f64)> {
    let many = points.len() as f64;
    if points.len() < 4 {
        return None;
    }
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / many;
    let (x, y) = (mean(|p| p.0), mean(|p| p.1));
    let spread: f64 = points.iter().map(|p| (p.0 - x).powi(2)).sum();
    let slope = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum::<f64>() / spread;
    let rest: f64 = points.iter().map(|p| (p.1 - y - slope * (p.0 - x)).powi(2)).sum();
    Some((slope, (rest / (many - 2.0) / spread).sqrt()))
}

/// While somebody reads one and the same state of the database for ever, its log cannot begin anew.
fn with_a_reader(seed: u64) -> Result<String, String> {
    let (mut soak, mut chance) = (Soak::new(), Chance::new(seed));
    soak.robot.start();
    let reader = rusqlite::Connection::open(soak.robot.state().join(FILE)).map_err(|e| e.to_string())?;
    reader.execute_batch("BEGIN; SELECT count(*) FROM intake").map_err(|e| e.to_string())?;
    let mut samples = Vec::new();
    for second in 0..180 {
        for _ in 0..4 {
            // a megabyte that cannot be packed small, and that nobody reads as text
            let end = |word| if word % 4 == 3 { "\n" } else { "" };
            let word = |word| format!("{:016x}{}", chance.below(usize::MAX), end(word));
            let file: String = (0..1 << 16).map(word).collect();
            let head = "\nMIME-Version: 1.0\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\n";
            soak.write(|mail| mail.replace("\n\n", head) + &file);
        }
        sleep(Duration::from_secs(1));
        samples.extend(soak.sample(second / 60));
        if let Err(why) = judged(&samples, 1) {
            reader.execute_batch("COMMIT").map_err(|e| e.to_string())?;
            soak.robot.stop();
            soak.finish()?;
            return Err(format!("a reader: {why}; {} KiB of it are left without him", soak.log() >> 10));
        }
    }
    Ok("a reader that never ends was not noticed".into())
}
