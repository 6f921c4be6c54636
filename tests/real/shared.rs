//! A mailbox that is not the robot's alone: people read, move and delete mail in it, another installation works on it, and
//! most of the time nothing new is there.

use crate::client::Client;
use crate::ear::Ear;
use crate::robot::{Robot, Setup, code, complaint, relay, wait_until};
use crate::servers::Servers;
use crate::sink::Sink;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;
use tokio::sync::watch;
use trackle::clock::SystemClock;
use trackle::config::Config;
use trackle::daemon::intake::{self, Source};
use trackle::daemon::{self, engine};

/// A mail from somebody else each time.
fn mail(number: usize) -> String {
    format!(
        "From: p{number}@far.example\nTo: help@team.example\nSubject: Number {number}\n\
         Message-ID: <{number}@far.example>\n\nThis is it.\n"
    )
}

/// A robot that opens each ticket at once and sends its letters into the sink.
fn setup(servers: &Servers, sink: &Sink) -> Setup {
    let mut setup = Setup { courier: relay(sink.port), ..Setup::new(servers) }.unhurried();
    setup.rest.push_str("confirm_tickets = false\n");
    setup
}

/// What staff were told of the mailbox.
fn told(sink: &Sink) -> Vec<String> {
    let letters = sink.taken().into_iter().map(|l| String::from_utf8_lossy(&l.bytes).into_owned());
    letters.filter(|letter| letter.contains("X-Trackle-Kind: mailbox\r\n")).collect()
}

fn takes_in(robot: &Robot) {
    let out = robot.once();
    assert_eq!(code(&out), 0, "{}", complaint(&out));
}

/// How its mails ended.
fn ends(robot: &Robot) -> Vec<String> {
    let db = rusqlite::Connection::open(robot.state().join("trackle.db")).unwrap();
    let mut rows = db.prepare("SELECT state FROM intake ORDER BY id").unwrap();
    rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// A server answers `UID FETCH n:*` with its last mail when nothing is above n.
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_looks_without_news_fetch_no_mail() {
    let servers = Servers::imap_only();
    servers.deliver("help", [mail(0), mail(1)]);
    let ear = Ear::at(servers.imap_port);
    let setup = Setup { courier: Setup::local().courier, ..Setup::new(&servers) };
    let robot = Robot::new(&setup.plain(&servers, ear.port));
    let config = Config::read(&robot.path("trackle.toml")).unwrap();
    let hub = daemon::open(&config, Arc::new(SystemClock)).unwrap();
    let sources = daemon::ends(&config).unwrap().sources.into_iter().map(|(source, _)| source);
    let imap = sources.into_iter().find(|source| matches!(source, Source::Imap(_))).unwrap();
    let (stop, stopping) = watch::channel(false);
    let poll = Duration::from_millis(5);
    let intake = tokio::spawn(intake::run(Arc::clone(&hub), imap, poll, stopping.clone()));
    let engine = tokio::spawn(engine::run(Arc::clone(&hub), stopping));
    let looks = || ear.heard(":* (UID RFC822.SIZE").len();
    let bodies = || ear.heard("BODY").len();
    let until =
        |what: &dyn Fn() -> bool| wait_until(|| what().then_some(())).expect("it does not come to it");
    tokio::task::block_in_place(|| {
        until(&|| looks() > 100);
        assert_eq!(bodies(), 1, "{:?}", ear.heard("BODY"));
        servers.deliver("help", [mail(2)]);
        until(&|| bodies() == 2);
        let now = looks();
        until(&|| looks() > now + 10);
        assert_eq!(ear.heard("BODY")[1..], ear.heard("UID FETCH 3 (UID BODY.PEEK[])")[..]);
    });
    stop.send_replace(true);
    intake.await.unwrap();
    engine.await.unwrap();
}

/// Whatever people do to mail: what they leave is handled, once; what is read stays read and what is not does not.
#[test]
fn people_at_the_same_mailbox_are_not_in_the_way() {
    let servers = Servers::imap_only();
    let (sink, ear) = (Sink::open(0), Ear::at(servers.imap_port));
    servers.deliver("help", [mail(0)]);
    let mut robot = Robot::serving(&setup(&servers, &sink).plain(&servers, ear.port));
    let mut person = Client::of(&servers, "help");
    person.says("CREATE Elsewhere");
    // somebody is faster than the robot
    let mut other = Client::of(&servers, "help");
    robot.logs("mail taken", 1);
    ear.before("BODY.PEEK[]", move || {
        let last = *other.search("ALL").last().unwrap();
        other.says(&format!("UID MOVE {last} Elsewhere"));
    });
    let mut taken_away = BTreeSet::from(["Number 1".to_owned()]);
    servers.deliver("help", [mail(1)]);
    robot.logs("were gone before they could be fetched", 1);
    let mut read = BTreeSet::new();
    for number in 2..62 {
        servers.deliver("help", [mail(number)]);
        let all = person.search("ALL");
        // somewhere among the newest, which the robot is at as well
        let Some(uid) = all.iter().rev().nth(number * 7 % 3).copied() else { continue };
        match number % 5 {
            0 => {
                taken_away.extend(person.reads(uid));
                person.says(&format!("UID MOVE {uid} Elsewhere"));
                read.remove(&uid);
            }
            1 => {
                taken_away.extend(person.reads(uid));
                person.says(&format!("UID STORE {uid} +FLAGS (\\Deleted)"));
                person.says("EXPUNGE");
                read.remove(&uid);
            }
            2 => {
                person.says(&format!("UID STORE {uid} -FLAGS (\\Seen $TrackleDone)"));
                read.remove(&uid);
            }
            _ => {
                person.reads(uid);
                read.insert(uid);
            }
        }
    }
    let titles = || robot.tickets().into_iter().map(|view| view.ticket.title).collect::<Vec<_>>();
    let left: Vec<String> =
        (0..62).map(|n| format!("Number {n}")).filter(|t| !taken_away.contains(t)).collect();
    let all = wait_until(|| left.iter().all(|title| titles().contains(title)).then_some(()));
    assert!(all.is_some(), "{left:?} are {:?}\n{}", titles(), robot.log());
    let titles = titles();
    assert_eq!(titles.iter().collect::<BTreeSet<_>>().len(), titles.len(), "{titles:?}");
    assert!(robot.stop().0.success());
    assert_eq!(person.search("SEEN"), read.into_iter().collect::<Vec<_>>());
    for never in ["Seen", "Deleted", "EXPUNGE", "CLOSE", "BODY["] {
        assert_eq!(ear.heard(never), Vec::<String>::new());
    }
    takes_in(&robot);
    assert_eq!(robot.tickets().len(), titles.len());
    robot.is_sound();
}

/// On a server that keeps keywords as Dovecot does, over its restarts too.
#[test]
fn two_installations_on_one_mailbox_are_told_apart_by_their_marks() {
    let mut servers = Servers::imap_only();
    let sinks = [Sink::open(0), Sink::open(0)];
    let [one, two] = [&sinks[0], &sinks[1]].map(|sink| Robot::new(&setup(&servers, sink)));
    servers.deliver("help", [mail(0)]);
    takes_in(&one);
    // what another one left behind is not done again
    takes_in(&two);
    assert_eq!((ends(&one), ends(&two)), (vec!["applied".to_owned()], vec!["ignored".to_owned()]));
    assert!(told(&sinks[0]).is_empty());
    let marks = |servers: &Servers| {
        let flags = Client::of(servers, "help").says("UID FETCH 1:* (FLAGS)");
        flags.matches("$Trackle-").count()
    };
    assert_eq!(marks(&servers), 2);
    // the marks are no matter of indexes alone
    servers.stop_dovecot();
    for file in fs::read_dir(servers.maildir("help")).unwrap().flatten() {
        if file.file_name().to_string_lossy().starts_with("dovecot.index") {
            fs::remove_file(file.path()).unwrap();
        }
    }
    servers.start_dovecot();
    assert_eq!(marks(&servers), 2);
    // from now on both work on it; a server tells when mail came to the second
    sleep(Duration::from_millis(1_100));
    for (number, first, second) in [(1, &one, &two), (2, &two, &one)] {
        servers.deliver("help", [mail(number)]);
        takes_in(first);
        takes_in(second);
        assert_eq!(
            (ends(first).last().unwrap().as_str(), ends(second).last().unwrap().as_str()),
            ("applied", "quarantined")
        );
    }
    for sink in &sinks {
        assert_eq!(told(sink).len(), 1, "once a day");
        assert!(told(sink)[0].contains("Another Trackle works on it"), "{:?}", told(sink));
    }
    one.is_sound();
    two.is_sound();
}

/// A copy of an installation has its key and so its marks; only the database does not know them.
#[test]
fn a_copy_of_an_installation_is_noticed() {
    let servers = Servers::imap_only();
    let sinks = [Sink::open(0), Sink::open(0)];
    let [one, copy] = [&sinks[0], &sinks[1]].map(|sink| Robot::new(&setup(&servers, sink)));
    servers.deliver("help", [mail(0)]);
    takes_in(&one);
    fs::create_dir_all(copy.state()).unwrap();
    for file in fs::read_dir(one.state()).unwrap().flatten().filter(|file| file.path().is_file()) {
        fs::copy(file.path(), copy.state().join(file.file_name())).unwrap();
    }
    sleep(Duration::from_millis(1_100));
    servers.deliver("help", [mail(1)]);
    takes_in(&one);
    takes_in(&copy);
    assert_eq!((told(&sinks[0]).len(), told(&sinks[1]).len()), (0, 1));
    let told = &told(&sinks[1])[0];
    assert!(told.contains("1 of its mails carry the mark of this very Trackle"), "{told}");
    // a restored backup is the same to see, so the mail is taken in again
    assert_eq!((ends(&one), ends(&copy)), (vec!["applied".to_owned(); 2], vec!["applied".to_owned(); 2]));
}

/// The backup has Dovecot's list of numbers in it, so the next mails get those of others, under the same UIDVALIDITY.
#[test]
fn numbers_that_are_given_again_after_a_restore_hide_no_mail() {
    let mut servers = Servers::imap_only();
    let sink = Sink::open(0);
    let robot = Robot::new(&setup(&servers, &sink));
    let (folder, backup) = (servers.maildir("help"), servers.dir().join("backup"));
    let copy = |from: &Path, to: &Path| {
        let copied = Command::new("cp").arg("-a").args([from, to]).status().unwrap();
        assert!(copied.success());
    };
    let numbers = |servers: &Servers| Client::of(servers, "help").search("ALL");
    servers.deliver("help", [mail(0)]);
    takes_in(&robot);
    servers.stop_dovecot();
    copy(&folder, &backup);
    servers.start_dovecot();
    servers.deliver("help", [mail(1), mail(2)]);
    takes_in(&robot);
    assert_eq!(numbers(&servers), [1, 2, 3]);
    servers.stop_dovecot();
    fs::remove_dir_all(&folder).unwrap();
    copy(&backup, &folder);
    servers.start_dovecot();
    // nobody brings a backup back within the second in which the last mail came
    sleep(Duration::from_millis(1_100));
    servers.deliver("help", [mail(3), mail(4)]);
    assert_eq!(numbers(&servers), [1, 2, 3]);
    takes_in(&robot);
    let mut titles: Vec<String> = robot.tickets().into_iter().map(|view| view.ticket.title).collect();
    titles.sort();
    assert_eq!(titles, (0..5).map(|n| format!("Number {n}")).collect::<Vec<_>>());
    assert!(told(&sink).is_empty(), "{:?}", told(&sink));
    robot.is_sound();
}
