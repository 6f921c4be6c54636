//! `kill -9` at a hundred random moments of taking in two thousand mails. Afterwards nothing is lost and nothing is
//! doubled: every mail carries a number of its own, and an account of what it must have led to is compared with the
//! database and with every letter that reached a server. What a crash may do is send a letter twice, to the byte.

mod account;
mod mails;

use crate::robot::{Robot, Setup, code, complaint, relay};
use crate::servers::Servers;
use crate::sink::{Sink, Taken};
use account::{Filed, Found, expected, verdict};
use mails::{Chance, Plan};
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;
use trackle::clock::instant;
use trackle::model::ticket::Number;

/// Mails, and moments at which the robot is killed.
const MAILS: usize = 2_000;
const KILLS: usize = 100;
/// Longest lives, in milliseconds: longer than a mail takes from the mailbox to its letter's end, and every third time
/// hardly longer than a start.
const LIVES: [usize; 3] = [500, 300, 120];

/// Puts mails into a folder of Dovecot's as a delivery does; their order is that of their numbers.
fn put(maildir: &Path, mails: &[(usize, String)]) {
    for (place, mail) in mails {
        let name = format!("2000000000.M{place:06}.test");
        let draft = maildir.join("tmp").join(&name);
        fs::write(&draft, mail).unwrap();
        fs::rename(draft, maildir.join("new").join(name)).unwrap();
    }
}

/// Everything that can be seen of what the robot did.
fn found(robot: &Robot, letters: Vec<Taken>) -> Found {
    let reader = robot.reader();
    let mut found = Found { letters, ..Found::default() };
    for view in robot.tickets() {
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

/// A hundred lives, among which the mails are shared out.
fn live_and_die(robot: &mut Robot, maildir: &Path, mails: &[(usize, String)], chance: &mut Chance) {
    let mut rest = mails;
    for left in (0..KILLS).rev() {
        let share = if left == 0 { rest.len() } else { chance.below(2 * rest.len() / (left + 1) + 1) };
        let (some, after) = rest.split_at(share);
        rest = after;
        // some lie there when it starts, some come while it works
        let (early, late) = some.split_at(chance.below(some.len() + 1));
        put(maildir, early);
        robot.spawn();
        let life = Duration::from_millis(chance.below(LIVES[left % LIVES.len()]) as u64);
        sleep(life / 2);
        put(maildir, late);
        sleep(life / 2);
        robot.kill();
    }
}

#[test]
fn a_hundred_kills_lose_nothing_and_double_nothing() {
    let servers = Servers::imap_only();
    let sink = Sink::open(0);
    let mut setup = Setup { courier: relay(sink.port), ..Setup::new(&servers) }.believing();
    setup.rest.push_str("trusted_domains = [\"known.example\"]\n[policy]\nautomatic_per_day = 1000\n");
    let mut robot = Robot::new(&setup);
    let maildir = servers.maildir("help");
    let mut chance = Chance::new(20_261_121);
    let begun = instant();

    // tickets that follow-ups and commands are for
    let plan = Plan::new(MAILS, &mut chance);
    let first = plan.first();
    // Dovecot makes the folder with the first mail; thousands by LMTP would take minutes
    servers.deliver("help", [first[0].1.clone()]);
    put(&maildir, &first[1..]);
    let out = robot.once();
    assert_eq!(code(&out), 0, "{}", complaint(&out));
    let titles = robot.tickets().into_iter().map(|v| (v.ticket.title.clone(), v.ticket.number.0));
    let numbers: HashMap<String, u32> = titles.collect();
    let before = begun.elapsed();

    live_and_die(&mut robot, &maildir, &plan.mails(&numbers), &mut chance);
    let killed = begun.elapsed();
    let left = robot.reader().audit(&mut |_, _, _| ()).unwrap().mails;
    let out = robot.once();
    assert_eq!(code(&out), 0, "{}", complaint(&out));

    let found = found(&robot, sink.taken());
    let due = expected(&plan, &numbers);
    let wrong = verdict(&due, &found);
    assert!(
        wrong.is_empty(),
        "{} things are wrong, such as\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
    account::notices_each_change(&due, &found);
    let audit = robot.reader().audit(&mut |_, _, _| ()).unwrap();
    assert!(audit.broken.is_empty(), "{:?}", audit.broken);
    let ends: Vec<&str> = audit.mails.keys().chain(audit.letters.keys()).map(String::as_str).collect();
    assert_eq!(ends, ["applied", "duplicate", "sent"], "{audit:?}");
    robot.is_sound();
    let twice = found.letters.len() as u64 - audit.letters["sent"];
    println!(
        "{before:?} to prepare, {:?} with {KILLS} kills, {:?} for the rest; when the killing ended: {left:?}; {} \
         letters, {twice} of them sent twice; {:?}",
        killed - before,
        begun.elapsed() - killed,
        audit.letters["sent"],
        audit.mails
    );
}
