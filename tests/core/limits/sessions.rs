//! How much of a session its letter shows, and how much of it is kept.

#[allow(dead_code)] // the stories use all of it
#[path = "../../stories/town/recorded.rs"]
mod recorded;

use super::rates::with_tickets;
use recorded::Work;
use rusqlite::Connection;
use tempfile::TempDir;
use trackle::model::mail::Mail;
use trackle::model::session::{Evidence, Worker};
use trackle::model::ticket::Number;
use trackle::pipeline::session::{self, Arrival};
use trackle::read;

/// A session that was filed.
struct Filed {
    letter: Mail,
    db: Connection,
    _dir: TempDir,
}

fn filed(make: impl FnOnce(Work) -> Work) -> Filed {
    let mut desk = with_tickets(1);
    let work = make(Work::before(desk.now));
    let member = &desk.house.robot.members[0];
    let worker = Worker { address: member.address.clone(), name: member.name.clone() };
    let arrival = Arrival {
        session: &work.session,
        contents: &work.contents,
        worker: &worker,
        proof: "console",
        intake: None,
        is_redacted: false,
    };
    let (house, now) = (&desk.house, desk.now);
    desk.store.transact(|tx| session::file(tx, house, arrival, Number(1), now)).unwrap().unwrap();
    let letter =
        desk.letters().into_iter().find(|l| l.header("X-Trackle-Kind").trim() == "session_log").unwrap();
    let letter = read::mail(letter.text.as_bytes()).unwrap();
    let db = Connection::open(desk.dir.path().join("trackle.db")).unwrap();
    Filed { letter, db, _dir: desk.dir }
}

/// A new file of so many lines, each with its own word.
fn lines(file: usize, n: usize) -> String {
    (0..n).map(|line| format!("line-{file}-{line}.\n")).collect()
}

/// The lines of a difference before those of a new file: its two names and its place.
const HEAD: usize = 3;

pub fn lines_of_all(n: usize) -> bool {
    let each = trackle::limits::SESSION_FILE_LINES / 2;
    let sizes: Vec<usize> = (0..n / each - 1).map(|_| each).chain([each + n % each]).collect();
    let Filed { letter, .. } = filed(|work| {
        let files = sizes.iter().enumerate();
        files.fold(work, |work, (at, size)| {
            work.file(&format!("/srv/{at:03}"), None, Some(&lines(at, size - HEAD)))
        })
    });
    let whole = |(at, size): (usize, &usize)| {
        (0..size - HEAD).all(|line| letter.text.contains(&format!("+line-{at}-{line}.\n")))
    };
    sizes.iter().enumerate().all(whole)
}

pub fn lines_of_a_file(n: usize) -> bool {
    let Filed { letter, .. } = filed(|work| work.file("/srv/x", None, Some(&lines(0, n - HEAD))));
    (0..n - HEAD).all(|line| letter.text.contains(&format!("+line-0-{line}.\n")))
}

/// With the sign before it.
pub fn columns(n: usize) -> bool {
    let line = "x".repeat(n - 1);
    let Filed { letter, .. } = filed(|work| work.file("/srv/x", None, Some(&format!("{line}\n"))));
    letter.text.contains(&format!("+{line}\n"))
}

pub fn files(n: usize) -> bool {
    let Filed { letter, .. } =
        filed(|work| (0..n).fold(work, |work, at| work.file(&format!("/srv/{at:03}"), None, Some("x\n"))));
    (0..n).all(|at| letter.text.contains(&format!("A /srv/{at:03} ")))
}

pub fn commands(n: usize) -> bool {
    let Filed { letter, .. } = filed(|work| (0..n).fold(work, |work, at| work.typed(&format!("step-{at}."))));
    (0..n).all(|at| letter.text.contains(&format!("step-{at}.\n")))
}

fn patch(letter: &Mail) -> String {
    let file = letter.attachments.iter().find(|file| file.name.ends_with(".patch")).unwrap();
    String::from_utf8(file.bytes.clone()).unwrap().replace("\r\n", "\n")
}

/// Lines in a patch before those of a new file.
fn patch_head() -> String {
    let Filed { letter, .. } = filed(|work| work.file("/srv/x", None, Some(&lines(0, 1))));
    patch(&letter).split("+line").next().unwrap().to_owned()
}

pub fn patch_lines(n: usize) -> bool {
    let head = patch_head().lines().count();
    let Filed { letter, .. } = filed(|work| work.file("/srv/x", None, Some(&lines(0, n - head))));
    patch(&letter).contains(&format!("+line-0-{}.\n", n - head - 1))
}

/// Three large files, the last with as much more as there is room.
pub fn patch_bytes(n: usize) -> bool {
    let written = |more: usize| {
        let text =
            |last: usize| format!("{}{}\n", format!("{}\n", "x".repeat(1_000)).repeat(690), "y".repeat(last));
        let Filed { letter, .. } = filed(|work| {
            let work = work.file("/srv/a", None, Some(&text(1))).file("/srv/b", None, Some(&text(1)));
            work.file("/srv/c", None, Some(&text(1 + more)))
        });
        patch(&letter).len()
    };
    written(n - written(0)) == n
}

pub fn content(n: usize) -> bool {
    let text = "x".repeat(n - 1) + "\n";
    let Filed { db, _dir, .. } = filed(|work| work.file("/srv/x", None, Some(&text)));
    db.query_row("SELECT count(*) FROM blob WHERE size = ?1", [n], |row| row.get::<_, usize>(0)).unwrap() == 1
}

pub fn evidence(n: usize) -> bool {
    let text = "x\n".repeat(n / 2) + &"x".repeat(n % 2);
    let Filed { letter, .. } = filed(|mut work| {
        work.session.evidence.push(Evidence { name: "audit.txt".into(), text: text.clone() });
        work
    });
    let long = |bytes: &[u8]| bytes.iter().filter(|byte| **byte != b'\r').count();
    letter.attachments.iter().any(|file| long(&file.bytes) == n)
}

/// What a search looks at, beside the end of the remark, which is empty here.
pub fn searched(n: usize) -> bool {
    let n = n - 1;
    let word = "kiruna";
    let line = "x ".repeat((n - word.len()) / 2) + if n.is_multiple_of(2) { "" } else { " " } + word;
    assert_eq!(line.len(), n);
    let Filed { db, _dir, .. } = filed(|work| work.typed(&line));
    let found = "SELECT count(*) FROM session_search WHERE session_search MATCH ?1";
    db.query_row(found, [word], |row| row.get::<_, usize>(0)).unwrap() == 1
}
