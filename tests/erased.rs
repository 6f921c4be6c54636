//! `trackle admin erase` from outside: somebody comes in by every door there is, is erased, and nothing that a reader is shown
//! has him any more, nor any file of the state directory but for the chain of events.

// the kit of an integration test is test code too, but clippy sees only the functions marked so
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "stories/town/recorded.rs"]
mod recorded;
#[path = "machine/site.rs"]
mod site;

use data_encoding::BASE64;
use recorded::Work;
use rusqlite::types::Value as Cell;
use serde_json::{Value, json};
use site::Site;
use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::Duration;
use trackle::config::Config;
use trackle::model::session::Worker;
use trackle::model::ticket::Number;
use trackle::pipeline::session::{self, Arrival};
use trackle::store::events::Cause;
use trackle::store::{Guest, Reader};
use trackle::{daemon, read};

const BOB: &str = "bob@example.net";
/// In a bundle, a mail, a text: what must not be left, in small letters.
const LEFT: [&str; 6] =
    ["bob@example.net", "bob=example.net", "bob%40example.net", "bob&#64;", "bob jones", "bob_jones"];

/// Picks the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
    /// Him, as somebody writes him in a text.
    fn him(&mut self) -> String {
        let forms = [
            "bob@example.net",
            "Hello\nBOB@example.net",
            "to=bob@example.net;",
            "'bob@example.net'",
            "<bob@example.net>",
            "_bob@example.net_",
            "Bob Jones <bob@example.net>",
            "Bob  Jones",
            "mailto:bob%40example.net",
            "list+bob=example.net@lists.example",
            "(Bob Jones)",
            "> bob@example.net wrote:\n> Bob\n> Jones",
            "...bob@example.net...",
        ];
        forms[self.roll(forms.len())].to_owned()
    }
}

fn run(site: &Site, words: &[&str]) -> Output {
    site.command(words).current_dir(site.dir.path()).output().unwrap()
}

fn told(site: &Site, words: &[&str]) -> String {
    let output = run(site, words);
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

#[track_caller]
fn json(site: &Site, words: &[&str]) -> Value {
    let output = run(site, words);
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {output:?}"))
}

fn db(site: &Site) -> rusqlite::Connection {
    let db = rusqlite::Connection::open(site.path("state/trackle.db")).unwrap();
    db.busy_timeout(Duration::from_secs(10)).unwrap();
    db
}

fn number(site: &Site, query: &str) -> i64 {
    db(site).query_row(query, [], |row| row.get(0)).unwrap()
}

fn open() -> Site {
    Site::configured("[policy]\nconfirm_tickets = false\n")
}

fn mail(from: &str, number: usize, head: &str, body: &str) -> Vec<u8> {
    let body = body.replace('\n', "\r\n");
    format!(
        "From: {from}\r\nTo: help@example.org\r\nMessage-ID: <{number}@example.net>\r\n{head}\r\n{body}\r\n"
    )
    .into_bytes()
}

/// A mail of Eve's that has him behind one of the doors of a mail.
fn of_eve(dice: &mut Dice, number: usize) -> Vec<u8> {
    let him = dice.him();
    let b64 = |text: &str| BASE64.encode(text.as_bytes());
    let (head, body) = match dice.roll(9) {
        0 => (
            format!("Subject: About {}\r\nCc: Bob Jones <bob@example.net>\r\n", him.replace('\n', " ")),
            "Hi.".into(),
        ),
        1 => ("Subject: =?utf-8?q?Bob_Jones_bob=40example=2Enet?=\r\n".into(), him),
        2 => (
            "Subject: x\r\nContent-Type: text/html; charset=utf-8\r\n".into(),
            format!("<p>b<b>o</b>b&#64;example.net</p><p>{him}</p>"),
        ),
        3 => ("Subject: y\r\nContent-Transfer-Encoding: base64\r\n".into(), b64(&him)),
        4 => (
            "Subject: z\r\nContent-Type: multipart/alternative; boundary=q\r\n".into(),
            format!(
                "--q\n\nPlain.\n--q\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n{}\n--q--",
                b64(&format!("<p>{him}</p>"))
            ),
        ),
        5 => (
            "Subject: f\r\nContent-Type: multipart/mixed; boundary=q\r\n".into(),
            format!(
                "--q\n\nSee.\n--q\nContent-Type: text/csv; name=\"bob@example.net.csv\"\nContent-Transfer-Encoding: base64\n\n{}\n\
                 --q\nContent-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n{}\n--q--",
                b64(&him),
                b64(&format!("%PDF {him}"))
            ),
        ),
        6 => (
            "Subject: q\r\nContent-Transfer-Encoding: quoted-printable\r\n".into(),
            "Ask b=6Fb@exam=\nple.net or Bob=20Jones.".into(),
        ),
        7 => (
            "Subject: w\r\nContent-Type: multipart/mixed; boundary=q\r\n".into(),
            format!(
                "--q\nContent-Type: message/rfc822\n\nFrom: Bob Jones <bob@example.net>\nSubject: in\n\n{him}\n--q--"
            ),
        ),
        _ => (
            format!("Subject: p\r\nIn-Reply-To: <1@example.net>\r\nReply-To: {BOB}\r\n"),
            format!("{him}\n\n> {him}"),
        ),
    };
    mail("Eve <eve@example.net>", number, &head, &body)
}

/// A session of Ann's with him in what was typed, in files, in a path and a remark.
fn session(site: &Site, dice: &mut Dice) {
    let config = Config::read(&site.path("trackle.toml")).unwrap();
    let house = daemon::house(&config).unwrap();
    let worker = Worker { address: house.robot.members[0].address.clone(), name: "Ann".into() };
    let now = jiff::Timestamp::from_second(1_790_000_000).unwrap();
    let file = format!("a\n{}\nb\n", dice.him());
    let work = Work::before(now)
        .id("7")
        .remark(&dice.him())
        .typed(&format!("useradd -c '{}' bob", dice.him().replace('\n', " ")))
        .typed(&format!("printf 'a\\n{BOB}'"))
        .file("/etc/aliases", Some("a\n"), Some(&file))
        .file(&format!("/var/mail/{BOB}"), None, Some(&file))
        .but(|change| change.description = Some(format!("the mailbox of {BOB}")));
    let Work { session: record, contents } = &work;
    let arrival = Arrival {
        session: record,
        contents,
        worker: &worker,
        proof: "console",
        intake: None,
        is_redacted: true,
    };
    let mut guest = Guest::open(&config.robot.state).unwrap();
    guest.transact(|tx| session::file(tx, &house, arrival, Number(1), now)).unwrap().unwrap();
}

/// Events that name him, and rows that no mail here makes.
fn rows(site: &Site, dice: &mut Dice) {
    let mut guest = Guest::open(&site.path("state")).unwrap();
    let now = jiff::Timestamp::from_second(1_790_000_100).unwrap();
    let cause = Cause { actor: BOB.into(), proof: "none".into(), intake: None, now };
    guest
        .transact(|tx| {
            for (what, detail) in [
                ("undelivered", json!({ "recipient": BOB, "why": format!("550 {}", dice.him()) })),
                ("requester", json!({ "from": BOB, "to": "eve@example.net" })),
                ("set", json!({ "field": "title", "from": dice.him(), "to": "x", "remark": dice.him() })),
                ("tagged", json!({ "added": [BOB], "removed": [] })),
                ("reopened", json!({ "from": "closed", "to": "open", "remark": dice.him() })),
                ("suspended", json!({ "who": BOB })),
            ] {
                tx.add_raw_event(&cause, Some(Number(1)), 0, what, &detail.to_string())?;
            }
            Ok(())
        })
        .unwrap();
    db(site)
        .execute_batch(&format!(
            "INSERT INTO tag VALUES (1, '{BOB}'); INSERT INTO field VALUES (1, 'location', 'near {BOB}');
             INSERT INTO host (key, name, member, enrolled, by) VALUES ('k', 'of {BOB}', NULL, 0, '{BOB}');
             INSERT INTO tally VALUES ('mails', '{BOB} 7', 1, 1);
             UPDATE outbox SET said = '250 to={BOB}' WHERE id = (SELECT max(id) FROM outbox);
             INSERT INTO period_sent (kind, recipient, period, at, upto) VALUES ('roundup', '{BOB}', '2026-01-01', 0, 0);"
        ))
        .unwrap();
}

#[track_caller]
fn has_nothing(text: &str, of: &[&str], whence: &str) {
    let small = text.to_lowercase();
    for words in of {
        assert!(!small.contains(words), "{words} in {whence}: {text}");
    }
}

/// Everything that a reader is shown, and all that is kept but the chain.
#[track_caller]
fn nobody_shows(site: &Site, of: &[&str]) {
    let tickets = number(site, "SELECT count(*) FROM ticket");
    let mails = number(site, "SELECT count(*) FROM intake");
    let mut all: Vec<Vec<String>> = Vec::new();
    let mut add = |words: &[&str]| all.push(words.iter().map(|word| (*word).to_owned()).collect());
    for words in [
        &["list"][..],
        &["list", "--json"],
        &["people"],
        &["people", "--json"],
        &["digest"],
        &["sessions"],
        &["sessions", "--json"],
        &["session", "show", "1"],
        &["blame", "/etc/aliases"],
        &["outbox"],
        &["outbox", "--json"],
        &["quarantine", "list"],
        &["status"],
        &["hosts"],
        &["hosts", "--json"],
        &["search", "smokes"],
        &["search", "example"],
    ] {
        add(words);
    }
    for ticket in 1..=tickets {
        let ticket = ticket.to_string();
        for words in [
            &["show", &ticket][..],
            &["show", &ticket, "--json"],
            &["log", &ticket],
            &["log", &ticket, "--json"],
        ] {
            add(words);
        }
    }
    for mail in 1..=mails {
        add(&["why", "mail", &mail.to_string()]);
    }
    for words in &all {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        has_nothing(&told(site, &words), of, &words.join(" "));
    }
    for format in ["mbox", "jsonl", "html"] {
        let to = site.path(&format!("as-{format}"));
        let words = ["admin", "export", to.to_str().unwrap(), "--format", format, "--all", "--force"];
        let output = run(site, &words);
        assert!(output.status.success(), "{output:?}");
        let files = if to.is_dir() {
            fs::read_dir(&to).unwrap().map(|f| f.unwrap().path()).collect()
        } else {
            vec![to]
        };
        for file in files {
            has_nothing(&fs::read_to_string(&file).unwrap(), of, format);
        }
    }
    kept(site, of);
    let audit = run(site, &["audit"]);
    assert!(audit.status.success(), "{audit:?}");
}

/// Rows of every table but the chain, and mails as they are read.
#[track_caller]
fn kept(site: &Site, of: &[&str]) {
    let db = db(site);
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'event' AND sql NOT LIKE '%fts5vocab%'";
    let mut tables = db.prepare(tables).unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    for table in tables {
        let mut rows = db.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for at in 0..columns {
                let text = match row.get::<_, Cell>(at).unwrap() {
                    Cell::Text(text) => text,
                    Cell::Blob(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                    _ => continue,
                };
                has_nothing(&text, of, &table);
            }
        }
    }
    let reader = Reader::open(&site.path("state")).unwrap();
    for raw in 1..=number(site, "SELECT max(id) FROM raw") {
        let bytes = reader.look(|tx| tx.raw(raw)).unwrap();
        let mail = read::mail(&bytes).unwrap();
        let files =
            mail.attachments.iter().map(|file| file.name.clone() + &String::from_utf8_lossy(&file.bytes));
        let fields = mail.headers.iter().map(|h| read::words::line(&h.value));
        for text in
            files.chain(fields).chain([mail.text.clone(), String::from_utf8_lossy(&bytes).into_owned()])
        {
            has_nothing(&text, of, &format!("raw mail {raw}"));
        }
    }
}

/// Bytes of every file below the state directory.
#[track_caller]
fn no_file_has(below: &Path, of: &[&str]) {
    for file in fs::read_dir(below).unwrap().map(|file| file.unwrap().path()) {
        if file.is_dir() {
            no_file_has(&file, of);
            continue;
        }
        let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).to_lowercase();
        for words in of {
            let around = text.split(words).next().unwrap().len();
            let near = text.get(
                text.floor_char_boundary(around.saturating_sub(99))..text.ceil_char_boundary(around + 99),
            );
            assert!(!text.contains(words), "{words} in {}: {near:?}", file.display());
        }
    }
}

#[test]
fn whoever_came_by_any_door_is_gone() {
    for seed in 1..=3 {
        let mut dice = Dice(seed);
        let site = open();
        let own = mail(
            "Bob Jones <bob@example.net>",
            1,
            "Subject: Printer of Bob Jones\r\n",
            &format!("It smokes.\n\n{}", dice.him()),
        );
        let mut mails = vec![own];
        mails.extend((2..9).map(|number| of_eve(&mut dice, number)));
        let forged = mail("erased-1@erased.invalid", 20, "Subject: I am he\r\n", "Am I?");
        mails.push(forged);
        let all: Vec<&[u8]> = mails.iter().map(Vec::as_slice).collect();
        site.takes(&all);
        let noted = run(&site, &["note", "1", &dice.him(), "--as", "ann"]);
        assert!(noted.status.success(), "{noted:?}");
        session(&site, &mut dice);
        rows(&site, &mut dice);
        let erase = ["admin", "erase", BOB, "--name", "Bob Jones"];
        let before = fs::read(site.path("state/trackle.db")).unwrap();
        let would = json(&site, &[&erase[..], &["--dry-run", "--json"]].concat());
        assert_eq!(fs::read(site.path("state/trackle.db")).unwrap(), before);
        let done = json(&site, &[&erase[..], &["--yes", "--json"]].concat());
        for what in ["known", "mails", "letters", "sessions", "texts", "files", "names", "events"] {
            assert_eq!(would[what], done[what], "{what}: {would} {done}");
        }
        assert!(done["events"].as_i64().unwrap() > 5 && done["sessions"] == 1, "{done}");
        nobody_shows(&site, &LEFT);
        assert_eq!(
            run(&site, &[&erase[..], &["--yes"]].concat()).status.code(),
            Some(1),
            "he stands nowhere"
        );
        // what was before is still his who was erased, and he is somebody else from now on
        let again = mail("Bob Jones <bob@example.net>", 30, "Subject: New\r\n", "Again.");
        comes(&site, "again", &again);
        has_nothing(&told(&site, &["log", "1"]), &LEFT, "the history of before");
        let done = run(&site, &[&erase[..], &["--yes"]].concat());
        assert!(done.status.success(), "a second time: {done:?}");
        nobody_shows(&site, &LEFT);
    }
}

/// Who was erased elsewhere is not taken for who was erased here.
#[test]
fn two_who_were_erased_stay_two() {
    let (there, here) = (open(), open());
    for (site, what) in [(&there, "Ink"), (&here, "Tea")] {
        site.takes(&[&mail("Bob Jones <bob@example.net>", 1, &format!("Subject: {what}\r\n"), "None.")]);
        assert!(run(site, &["admin", "erase", BOB, "--yes"]).status.success());
    }
    let to = there.path("all.jsonl");
    let to = to.to_str().unwrap();
    assert!(run(&there, &["admin", "export", to, "--format", "jsonl"]).status.success());
    assert!(run(&here, &["admin", "import", to]).status.success());
    let requester = |number: &str| json(&here, &["show", number, "--json"])["requester"]["address"].clone();
    assert_eq!(requester("1"), "erased-1@erased.invalid");
    let other = requester("2").as_str().unwrap().to_owned();
    assert!(other.starts_with("erased-1-erased-invalid-") && other.ends_with("@imported.invalid"), "{other}");
}

/// Somebody of whom others wrote alone is in no event: not a byte of him is left.
#[test]
fn who_never_wrote_is_gone_to_the_last_byte() {
    let site = open();
    let carol = "carol.smith@elsewhere.example";
    let mut mails = Vec::new();
    for number in 0..60 {
        let text = format!(
            "{}\nAsk {carol} about it, or Carol Smith.\n{}",
            "Words. ".repeat(number * 7),
            "More. ".repeat(number * 5)
        );
        mails.push(mail(
            &format!("Eve <eve{}@example.net>", number % 7),
            number,
            &format!("Subject: For {carol}\r\n"),
            &text,
        ));
    }
    let all: Vec<&[u8]> = mails.iter().map(Vec::as_slice).collect();
    site.takes(&all);
    let spooled = mail("Eve <eve@example.net>", 99, "Subject: Spooled\r\n", &format!("Ask {carol}."));
    fs::write(site.path("spooled"), spooled).unwrap();
    let file = fs::File::open(site.path("spooled")).unwrap();
    assert!(site.command(&["deliver"]).stdin(file).status().unwrap().success());
    site.takes(&[]);
    let noted = run(&site, &["note", "1", "Called Carol Smith", carol, "--as", "ann"]);
    assert!(noted.status.success(), "{noted:?}");
    let done = json(&site, &["admin", "erase", carol, "--name", "Carol Smith", "--yes", "--json"]);
    assert_eq!((&done["known"], &done["events"]), (&Value::from(false), &Value::from(0)), "{done}");
    assert_eq!(done["spooled"], 1, "{done}");
    assert!(done["names"][0]["in"].as_i64().unwrap() > 60, "{done}");
    let left = [carol, "carol smith"];
    nobody_shows(&site, &left);
    no_file_has(&site.path("state"), &left);
}

#[test]
fn what_a_stranger_calls_himself_is_no_pattern() {
    let site = open();
    site.takes(&[
        &mail("of the <mallory@example.net>", 1, "Subject: One of the best\r\n", "Some of the words."),
        &mail(
            "Eve <eve@example.net>",
            2,
            "Subject: Out of the box\r\nCc: of the <mallory@example.net>\r\n",
            "All of the rest.\nof the <mallory@example.net> said so.",
        ),
    ]);
    let erase = ["admin", "erase", "mallory@example.net"];
    let would = told(&site, &[&erase[..], &["--dry-run"]].concat());
    assert!(!would.contains("the name"), "{would}");
    assert!(run(&site, &[&erase[..], &["--yes"]].concat()).status.success());
    let shown = told(&site, &["show", "2"]);
    for words in ["Out of the box", "All of the rest.", "erased person <erased-1@erased.invalid> said so"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let named = told(&site, &["admin", "erase", "eve@example.net", "--name", "Eve", "--dry-run"]);
    assert!(named.contains("the name \"Eve\" stands in "), "{named}");
    for name in ["", "-", "a@b"] {
        let refused =
            run(&site, &["admin", "erase", "eve@example.net", &format!("--name={name}"), "--dry-run"]);
        assert_eq!(refused.status.code(), Some(65), "{refused:?}");
    }
    let again = run(&site, &["admin", "erase", "erased-1@erased.invalid", "--yes"]);
    assert_eq!(again.status.code(), Some(1), "{again:?}");
}

/// One more mail comes, under a name of its own.
fn comes(site: &Site, name: &str, mail: &[u8]) {
    fs::write(site.path(&format!("in/new/{name}.y")), mail).unwrap();
    site.takes(&[]);
}

fn files_below(path: &Path) -> usize {
    let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files_below(&path) } else { 1 }).sum()
}

/// A letter that is under way when its reader is erased may arrive; it never goes again, and nothing else in its place.
#[test]
fn a_letter_under_way_goes_no_second_time() {
    let site = open();
    site.takes(&[&mail("Bob Jones <bob@example.net>", 1, "Subject: Ink\r\n", "No ink.")]);
    let db = db(&site);
    let states = "UPDATE outbox SET state = CASE id % 3 WHEN 0 THEN 'sending' WHEN 1 THEN 'waiting' ELSE 'held' END, ended = NULL";
    assert!(db.execute(states, []).unwrap() > 1);
    db.execute("UPDATE outbox SET state = 'sending' WHERE recipient LIKE 'bob@%'", []).unwrap();
    drop(db);
    let before = files_below(&site.path("out"));
    let done = json(&site, &["admin", "erase", BOB, "--yes", "--json"]);
    assert!(done["owed"].as_i64().unwrap() > 1, "{done}");
    site.takes(&[]);
    assert_eq!(files_below(&site.path("out")), before);
    assert_eq!(number(&site, "SELECT count(*) FROM outbox WHERE state != 'failed'"), 0);
    assert!(number(&site, "SELECT count(*) FROM outbox WHERE said LIKE '%while it was being sent%'") > 0);
}

/// A mail of his that waits is handled no more, and none of its letters goes anywhere.
#[test]
fn a_mail_that_waits_is_handled_no_more() {
    let site = open();
    site.takes(&[
        &mail("Bob Jones <bob@example.net>", 1, "Subject: Ink\r\n", "No ink."),
        &mail("Eve <eve@example.net>", 2, "Subject: Tea\r\n", "Ask bob@example.net"),
    ]);
    for state in ["new", "reading", "quarantined", "held"] {
        db(&site).execute("UPDATE intake SET state = ?1, why = 'x'", [state]).unwrap();
        let would = json(&site, &["admin", "erase", BOB, "--dry-run", "--json"]);
        assert_eq!(would["mails"], 2, "{state}: {would}");
    }
    db(&site).execute("UPDATE intake SET state = 'reading', why = ''", []).unwrap();
    assert!(run(&site, &["admin", "erase", BOB, "--yes"]).status.success());
    let states = "SELECT group_concat(state || ' ' || tries, ', ') FROM (SELECT * FROM intake ORDER BY id)";
    let states: String = db(&site).query_row(states, [], |row| row.get(0)).unwrap();
    assert_eq!(states, "ignored 1, new 0");
    let letters = number(&site, "SELECT count(*) FROM outbox");
    // Eve's was filed before, which this test made the database forget
    db(&site).execute("UPDATE intake SET state = 'applied', why = 'filed' WHERE id = 2", []).unwrap();
    site.takes(&[]);
    assert_eq!(number(&site, "SELECT count(*) FROM outbox"), letters);
    assert_eq!(number(&site, "SELECT count(*) FROM intake"), 2);
}

/// A report about a letter that left before is news to nobody, and does not bring him back.
#[test]
fn a_report_brings_nobody_back() {
    let site = open();
    site.takes(&[&mail("Bob Jones <bob@example.net>", 1, "Subject: Ink\r\n", "No ink.")]);
    let letter = "SELECT message_id FROM outbox WHERE recipient LIKE 'bob@%' ORDER BY id LIMIT 1";
    let id: String = db(&site).query_row(letter, [], |row| row.get(0)).unwrap();
    assert!(run(&site, &["admin", "erase", BOB, "--yes"]).status.success());
    let report = format!(
        "From: MAILER-DAEMON@mx.example.net\r\nTo: help@example.org\r\nSubject: Undelivered Mail\r\nAuto-Submitted: auto-replied\r\n\
         Message-ID: <r1@mx.example.net>\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=z\r\n\r\n\
         --z\r\n\r\n<bob@example.net>: user unknown\r\n--z\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n\
         Final-Recipient: rfc822; bob@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 <bob@example.net> unknown\r\n\r\n\
         --z\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{}>\r\n\r\n--z--\r\n",
        id.trim_matches(['<', '>'])
    );
    comes(&site, "report", report.as_bytes());
    for words in [&["log", "1"][..], &["digest"], &["show", "1"], &["people"], &["outbox", "--json"]] {
        has_nothing(&told(&site, words), &LEFT, &words.join(" "));
    }
    assert_eq!(number(&site, "SELECT count(*) FROM event WHERE what = 'undelivered'"), 0);
    assert_eq!(number(&site, "SELECT count(*) FROM outbox WHERE said LIKE '%bob@%'"), 0);
    // the report itself is a mail that came later
    let done = run(&site, &["admin", "erase", BOB, "--yes"]);
    assert!(done.status.success(), "{done:?} {}", told(&site, &["why", "mail", "2"]));
    nobody_shows(&site, &LEFT);
}
