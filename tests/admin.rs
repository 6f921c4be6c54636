//! `trackle admin` as people start it: tickets go into files and come back, and nothing is lost or written over on the way.
//! Each test has a site of its own that needs no server.

// what only tests use is a test too, but clippy sees only the functions marked so
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "admin/fields.rs"]
mod fields;
#[path = "admin/keys.rs"]
mod keys;
#[path = "admin/letters.rs"]
mod letters;
#[path = "admin/people.rs"]
mod people;
#[path = "admin/settings.rs"]
mod settings;
#[path = "machine/site.rs"]
mod site;
#[path = "admin/town.rs"]
mod town;

use serde_json::Value;
use site::Site;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

/// Tickets open without a question.
const OPEN: &str = "[policy]\nconfirm_tickets = false\n";

fn run(site: &Site, words: &[&str]) -> Output {
    site.command(words).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {output:?}"))
}

fn mail(number: u32, more: &str, text: &str) -> Vec<u8> {
    format!(
        "From: Bob Jones <bob@example.net>\r\nTo: help@example.org\r\nSubject: Printer {number}\r\n\
         Message-ID: <{number}@example.net>\r\n{more}\r\n{text}\r\n"
    )
    .into_bytes()
}

/// Two tickets, one of them with a second mail, a note of staff, an owner and a priority.
fn filled() -> Site {
    let site = Site::configured(OPEN);
    let first = mail(1, "", "It smokes.\r\n\r\nFrom the back.\r\n>From there.");
    let answer = mail(3, "In-Reply-To: <1@example.net>\r\n", "Now it burns.");
    site.takes(&[&first, &mail(2, "", "No ink."), &answer]);
    for words in [["note", "1", "Bring water."], ["note", "2", "Buy some."]] {
        let noted = run(&site, &[&words[..], &["--as", "ann"]].concat());
        assert!(noted.status.success(), "{noted:?}");
    }
    site
}

/// What a ticket is to people: all but the numbers of mails and events, and when it was carried.
fn bare(site: &Site, number: u32) -> Value {
    let mut shown = json(&run(site, &["show", &number.to_string(), "--json"]));
    let fields = shown.as_object_mut().unwrap();
    fields.remove("history");
    for said in fields["thread"].as_array_mut().unwrap() {
        let said = said.as_object_mut().unwrap();
        said.remove("mail");
        said.remove("event");
    }
    shown
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Shows T124: exit code 0 on success, another one on error.
#[test]
fn tickets_go_into_mailboxes_that_nobody_else_reads() {
    let site = filled();
    let to = site.path("archive");
    let words = ["admin", "export", to.to_str().unwrap()];
    let told = out(&run(&site, &words));
    assert!(told.contains("2 tickets, 3 mails"), "{told}");
    assert_eq!((mode(&to), mode(&to.join("00001.mbox"))), (0o700, 0o600));
    let mailbox = fs::read_to_string(to.join("00001.mbox")).unwrap();
    for line in
        ["From bob@example.net ", ">From the back.", ">>From there.", "X-Trackle-Export: 1", "Now it burns."]
    {
        assert!(mailbox.lines().any(|l| l.starts_with(line)), "{line} in {mailbox}");
    }
    assert!(!mailbox.contains('\r'));
    let again = run(&site, &words);
    assert_eq!(again.status.code(), Some(1));
    assert!(err(&again).contains("--force"), "{again:?}");
    let forced = run(&site, &[&words[..], &["--force", "--ticket", "2", "--json"]].concat());
    assert_eq!(json(&forced)["tickets"], 1);
    let missing = run(&site, &["admin", "export", "elsewhere", "--ticket", "7"]);
    assert_eq!(
        (missing.status.code(), err(&missing).as_str()),
        (Some(1), "trackle: there is no ticket #7\n")
    );
    assert_eq!(run(&site, &["admin"]).status.code(), Some(2));
}

/// What is in a database, in numbers.
fn number(site: &Site, query: &str) -> i64 {
    let db = rusqlite::Connection::open(site.path("state/trackle.db")).unwrap();
    db.busy_timeout(Duration::from_secs(10)).unwrap();
    db.query_row(query, [], |row| row.get(0)).unwrap()
}

/// Both archives hold everything: an empty installation has the same tickets afterwards, and has written to nobody.
fn comes_back(format: &str, name: &str) {
    let site = filled();
    let db = rusqlite::Connection::open(site.path("state/trackle.db")).unwrap();
    // the second text tells what it is about, as staff have put it
    let described =
        "INSERT INTO field SELECT ticket, 'description', event FROM entry WHERE text = 'Now it burns.'";
    assert_eq!(db.execute(described, []).unwrap(), 1);
    drop(db);
    let to = site.path(name);
    let words = ["admin", "export", to.to_str().unwrap(), "--format", format];
    assert!(run(&site, &words).status.success());
    let own = json(&run(&site, &["admin", "import", to.to_str().unwrap(), "--json"]));
    assert_eq!((&own["tickets"], &own["skipped"]), (&Value::from(0), &Value::from(2)), "they are here");
    let other = Site::configured(OPEN);
    let would = json(&run(&other, &["admin", "import", to.to_str().unwrap(), "--dry-run", "--json"]));
    assert_eq!((&would["tickets"], other.path("state/trackle.db").exists()), (&Value::from(2), false));
    let import = ["admin", "import", to.to_str().unwrap(), "--json"];
    let told = json(&run(&other, &import));
    assert_eq!((&told["tickets"], &told["renumbered"]), (&Value::from(2), &Value::Array(vec![])), "{told}");
    assert_eq!(bare(&other, 1)["description"], "Now it burns.");
    for number in [1, 2] {
        assert_eq!(bare(&other, number), bare(&site, number));
    }
    let again = json(&run(&other, &import));
    assert_eq!((&again["tickets"], &again["skipped"]), (&Value::from(0), &Value::from(2)));
    assert_eq!(number(&other, "SELECT count(*) FROM outbox"), 0);
    let raw = "SELECT count(*) FROM raw";
    assert_eq!(number(&other, raw), number(&site, raw));
    assert_eq!(number(&other, "SELECT count(*) FROM event WHERE proof != 'imported'"), 0);
    let audit = run(&other, &["audit"]);
    assert!(audit.status.success(), "{audit:?}");
    // a mail of the thread that comes again, and an answer to one of it, find their ticket
    let answer = mail(4, "In-Reply-To: <3@example.net>\r\n", "It is out.");
    other.takes(&[&mail(2, "", "No ink."), &answer]);
    assert_eq!(number(&other, "SELECT count(*) FROM ticket"), 2);
    assert_eq!(number(&other, "SELECT count(*) FROM entry WHERE ticket = 1 AND text = 'It is out.'"), 1);
    // where numbers are taken, others are given
    let third = Site::configured(OPEN);
    third.takes(&[&mail(9, "", "Tea.")]);
    let moved = json(&run(&third, &import));
    assert_eq!(moved["renumbered"].as_array().unwrap().len(), 2, "{moved}");
    assert_eq!(bare(&third, 3)["title"], bare(&site, 2)["title"]);
    assert!(run(&third, &["audit"]).status.success());
}

/// Shows T124.
#[test]
fn mailboxes_come_back_as_the_same_tickets() {
    comes_back("mbox", "boxes");
}

#[test]
fn lines_come_back_as_the_same_tickets() {
    comes_back("jsonl", "tickets.jsonl");
}

#[test]
fn what_is_no_export_is_refused() {
    let site = Site::configured("");
    let good = "{\"trackle\":1,\"number\":1,\"source\":\"trackle:x#1\",\"state\":\"open\",\"requester\":{\"address\":\"bob@x.example\"}}\n";
    for (name, text, words) in [
        ("a.txt", "Hello", "neither an export"),
        ("a.mbox", "From x\nSubject: a\n\nb\n", "trackle admin export"),
        ("a.jsonl", "{\"trackle\":1}\n", "line 1: "),
        ("b.jsonl", &format!("{good}\n{{\"trackle\":1,\"number\":\"x\"}}\n"), "line 3: "),
        ("a.json", "{\"id\":", "line 1 column 6"),
        ("a.csv", "Name;Owner\nx;y\n", "no column"),
        ("trac.db", "SQLite format 3\0 and no more", "trac.db"),
    ] {
        fs::write(site.path(name), text).unwrap();
        let output = run(&site, &["admin", "import", site.path(name).to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(65), "{name}: {output:?}");
        let told = err(&output);
        assert!(told.contains(name) && told.contains(words), "{told}");
    }
    // a heap that no memory has room for is not begun
    let large = fs::File::create(site.path("large.mbox")).unwrap();
    std::io::Write::write_all(&mut &large, b"From x\n").unwrap();
    large.set_len(1 << 31).unwrap();
    let output = run(&site, &["admin", "import", site.path("large.mbox").to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(65));
    assert!(err(&output).contains("larger than"), "{output:?}");
    assert_eq!(run(&site, &["admin", "import", "/nowhere"]).status.code(), Some(1));
}

/// What is said among staff there is said among staff here, with its files.
#[test]
fn a_request_tracker_comes_along_and_its_comments_stay_among_staff() {
    let site = Site::configured("");
    let transaction = |id: u32, kind: &str, by: &str| {
        serde_json::json!({ "id": id, "Type": kind, "Object": { "type": "ticket", "id": "12" },
            "Creator": { "type": "user", "id": by }, "Created": format!("2026-01-02T10:00:0{id}Z") })
    };
    let part = |id: u32, of: u32, file: &str, text: &str| {
        serde_json::json!({ "id": id, "TransactionId": { "id": of.to_string() }, "ContentType": "text/plain", "Filename": file,
            "MessageId": format!("{id}@rt.example"), "Content": data_encoding::BASE64.encode(text.as_bytes()) })
    };
    let ticket = serde_json::json!({ "id": 12, "Subject": "Printer", "Status": "open", "Queue": { "id": "1", "Name": "General" },
        "Requestor": [{ "type": "user", "id": "bob@example.net" }], "Cc": [{ "type": "user", "id": "eve@example.net" }],
        "AdminCc": [{ "type": "user", "id": "ann" }, { "type": "user", "id": "help@example.org" }],
        "Created": "2026-01-02T10:00:01Z", "LastUpdated": "2026-01-02T10:00:03Z" });
    fs::create_dir(site.path("rt")).unwrap();
    let history = [
        transaction(1, "Create", "bob@example.net"),
        transaction(2, "Comment", "ann"),
        transaction(3, "Correspond", "ann"),
    ];
    fs::write(site.path("rt/1.json"), serde_json::json!({ "items": history }).to_string()).unwrap();
    fs::write(site.path("rt/2.json"), serde_json::json!([ticket, part(1, 1, "", "It smokes.")]).to_string())
        .unwrap();
    let parts = [part(2, 2, "", "He broke it."), part(3, 2, "bill.txt", "900"), part(4, 3, "", "Wait.")];
    let parts: Vec<String> = parts.iter().map(Value::to_string).collect();
    fs::write(site.path("rt/3.json"), parts.join("\n")).unwrap();
    let told = json(&run(&site, &["admin", "import", site.path("rt").to_str().unwrap(), "--json"]));
    assert_eq!((told["tickets"].as_u64(), told["named"].as_u64(), lost(&told)), (Some(1), Some(1), vec![]));
    let shown = json(&run(&site, &["show", "12", "--json"]));
    let thread: Vec<(&str, bool, usize)> = shown["thread"]
        .as_array()
        .unwrap()
        .iter()
        .map(|said| {
            let files = said["attachments"].as_array().unwrap().len();
            (said["text"].as_str().unwrap(), said["staff_only"].as_bool().unwrap(), files)
        })
        .collect();
    assert_eq!(thread, [("It smokes.", false, 0), ("He broke it.", true, 1), ("Wait.", false, 0)]);
    // an answer to a mail of that time finds its ticket, and brings nobody what was said among staff
    site.takes(&[&mail(9, "In-Reply-To: <4@rt.example>\r\n", "Still?")]);
    assert_eq!(number(&site, "SELECT count(*) FROM entry WHERE ticket = 12 AND text LIKE 'Still?%'"), 1);
    for name in ["bob@example.net", "eve@example.net"] {
        let letters = fs::read_dir(site.path("out").join(name).join("new")).into_iter().flatten();
        for letter in letters {
            let letter = String::from_utf8(fs::read(letter.unwrap().path()).unwrap()).unwrap();
            assert!(!letter.contains("broke") && !letter.contains("bill.txt"), "{letter}");
        }
    }
    assert!(!site.path("out/eve@example.net").exists());
}

/// What staff have ended since stays ended; what had to wait for the other ticket is made up for.
#[test]
fn relations_come_once() {
    let line = |number: u32, other: u32| {
        format!(
            "{{\"trackle\":1,\"source\":\"trackle:x#{number}\",\"number\":{number},\"state\":\"open\",\"title\":\"No {number}\",\
             \"requester\":{{\"address\":\"bob@example.net\"}},\"relations\":[{{\"relation\":\"depends\",\"other\":{other}}}]}}\n"
        )
    };
    let site = Site::configured("");
    let import = |text: String| {
        fs::write(site.path("all.jsonl"), text).unwrap();
        json(&run(&site, &["admin", "import", site.path("all.jsonl").to_str().unwrap(), "--json"]))
    };
    let count = || number(&site, "SELECT count(*) FROM relation");
    let first = import(line(1, 2) + &line(3, 1));
    assert_eq!((first["relations"].as_u64(), count(), lost(&first).len()), (Some(1), 1, 1), "{first}");
    let second = import(line(1, 2) + &line(2, 3) + &line(3, 1));
    assert_eq!((second["relations"].as_u64(), count(), lost(&second).len()), (Some(2), 3, 0), "{second}");
    let db = rusqlite::Connection::open(site.path("state/trackle.db")).unwrap();
    db.execute("DELETE FROM relation WHERE ticket = 1", []).unwrap();
    drop(db);
    let again = import(line(1, 2) + &line(2, 3) + &line(3, 1) + &line(4, 4));
    assert_eq!((again["relations"].as_u64(), again["tickets"].as_u64(), count()), (Some(0), Some(1), 2));
}

#[test]
fn an_import_that_is_killed_goes_on_where_it_was() {
    const ALL: i64 = 400;
    let site = Site::configured("");
    let line = |number: i64| {
        format!(
            "{{\"trackle\":1,\"source\":\"trackle:x#{number}\",\"number\":{number},\"state\":\"open\",\"title\":\"No {number}\",\
             \"requester\":{{\"address\":\"bob@example.net\"}},\"relations\":[{{\"relation\":\"depends\",\"other\":1}}],\
             \"entries\":[{{\"text\":\"Text {number}\",\"author\":{{\"address\":\"bob@example.net\"}}}}]}}\n"
        )
    };
    let all: String = (1..=ALL).map(line).collect();
    fs::write(site.path("all.jsonl"), all).unwrap();
    let words = ["admin", "import", site.path("all.jsonl").to_str().unwrap()].map(str::to_owned);
    let mut child = site.command(&words).stdout(Stdio::null()).spawn().unwrap();
    let there = || {
        // opening must not make the file
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE;
        let db = rusqlite::Connection::open_with_flags(site.path("state/trackle.db"), flags).ok()?;
        db.busy_timeout(Duration::from_secs(10)).ok()?;
        db.query_row("SELECT count(*) FROM ticket", [], |row| row.get::<_, i64>(0)).ok()
    };
    while there().unwrap_or(0) < 20 && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = there().unwrap();
    assert!((20..ALL).contains(&before), "killed too late: {before}");
    let told = run(&site, &["admin", "import", &words[2], "--json"]);
    assert_eq!(
        (json(&told)["skipped"].as_i64(), json(&told)["tickets"].as_i64()),
        (Some(before), Some(ALL - before))
    );
    assert_eq!(number(&site, "SELECT count(*) FROM ticket"), ALL);
    assert_eq!(number(&site, "SELECT count(*) FROM entry"), ALL);
    // the first one does not wait for itself
    assert_eq!(number(&site, "SELECT count(*) FROM relation"), ALL - 1);
    assert!(run(&site, &["audit"]).status.success());
}

/// Where the files of its ticket are since Trac 1.0.
const HASHED_17: &str = "071/0716d9708d321ffb6a00818614779e779925365c";

/// A Trac with one ticket of Joe's, who has no address, that Ann has answered.
fn trac(site: &Site) {
    fs::create_dir_all(site.path("env/db")).unwrap();
    let db = rusqlite::Connection::open(site.path("env/db/trac.db")).unwrap();
    db.execute_batch(
        "CREATE TABLE ticket (id INTEGER PRIMARY KEY, type TEXT, time INTEGER, changetime INTEGER, component TEXT,
           severity TEXT, priority TEXT, owner TEXT, reporter TEXT, cc TEXT, version TEXT, milestone TEXT, status TEXT,
           resolution TEXT, summary TEXT, description TEXT, keywords TEXT);
         CREATE TABLE ticket_change (ticket INTEGER, time INTEGER, author TEXT, field TEXT, oldvalue TEXT, newvalue TEXT);
         CREATE TABLE attachment (type TEXT, id TEXT, filename TEXT, size INTEGER, time INTEGER, description TEXT, author TEXT);
         INSERT INTO ticket (id, type, time, changetime, owner, reporter, status, summary, description, priority, cc)
           VALUES (17, 'defect', 1200000000000000, 1200000300000000, 'ann', 'joe', 'closed', 'Printer', 'It smokes.', 'high',
             'eve@example.net, help@example.org; team@example.org ann');
         INSERT INTO ticket_change VALUES (17, 1200000300000000, 'ann', 'comment', '1', 'Water helped.'),
           (17, 1200000300000000, 'ann', 'status', 'new', 'closed');
         INSERT INTO attachment VALUES ('ticket', '17', 'foo.txt', 5, 1200000100000000, 'How it looks', 'joe'),
           ('ticket', '17', '../../../../secret', 5, 1200000300000000, '', 'joe');",
    )
    .unwrap();
}

fn lost(told: &Value) -> Vec<&str> {
    told["losses"].as_array().unwrap().iter().map(|loss| loss["what"].as_str().unwrap()).collect()
}

#[test]
fn a_trac_comes_along_with_what_it_lost() {
    let site = Site::configured("");
    trac(&site);
    let path = site.path("env/db/trac.db");
    let before = fs::read(&path).unwrap();
    let told = json(&run(&site, &["admin", "import", path.to_str().unwrap(), "--json"]));
    assert_eq!(
        lost(&told),
        [
            "attached files, whose directory is not beside the database (--attachments DIR)",
            "people without an address: they get no mail"
        ]
    );
    assert_eq!(fs::read(&path).unwrap(), before);
    let shown = json(&run(&site, &["show", "17", "--json"]));
    assert_eq!(
        (&shown["state"], &shown["owner"], &shown["fields"]["priority"], &shown["created"]),
        (
            &Value::from("closed"),
            &Value::from("ann"),
            &Value::from("high"),
            &Value::from("2008-01-10T21:20:00Z")
        )
    );
    let requester = shown["requester"]["address"].as_str().unwrap();
    assert!(requester.starts_with("joe-") && requester.ends_with("@imported.invalid"), "{requester}");
    let texts: Vec<&str> =
        shown["thread"].as_array().unwrap().iter().map(|said| said["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["It smokes.", "Water helped."]);
    let proofs: Vec<&str> =
        shown["history"].as_array().unwrap().iter().map(|e| e["proof"].as_str().unwrap()).collect();
    assert!(proofs.iter().all(|proof| *proof == "imported") && proofs.len() == 4, "{shown}");
    assert!(out(&run(&site, &["show", "17"])).contains("source trac:trac#17"));
}

/// Who got copies elsewhere has asked for nothing here; who has no address gets nothing, whatever happens.
#[test]
fn nobody_gets_mail_who_did_not_ask_here() {
    let site = Site::configured("");
    trac(&site);
    let told = run(&site, &["admin", "import", site.path("env/db/trac.db").to_str().unwrap()]);
    let text = out(&told);
    assert!(text.contains("1 person in Cc there may add text here, and gets no mail"), "{text}");
    let follow = "SELECT count(*) FROM subscription s JOIN person p ON p.id = s.person WHERE s.ended IS NULL";
    assert_eq!(number(&site, &format!("{follow} AND p.address NOT LIKE 'joe-%@imported.invalid'")), 0);
    assert_eq!(number(&site, "SELECT count(*) FROM named WHERE address = 'eve@example.net'"), 1);
    assert_eq!(number(&site, "SELECT count(*) FROM named"), 1);
    // another Joe, of another installation, is another one
    fs::copy(site.path("env/db/trac.db"), site.path("other.db")).unwrap();
    assert!(run(&site, &["admin", "import", site.path("other.db").to_str().unwrap()]).status.success());
    assert_eq!(number(&site, "SELECT count(*) FROM person WHERE address LIKE 'joe-%'"), 2);
    // a mail in his name is asked about, as any stranger's; nothing goes there, and nobody's bounce suspends him
    let db = rusqlite::Connection::open(site.path("state/trackle.db")).unwrap();
    let joe: String =
        db.query_row("SELECT address FROM person WHERE address LIKE 'joe-%'", [], |row| row.get(0)).unwrap();
    db.execute("UPDATE person SET suspended = NULL", []).unwrap();
    drop(db);
    let forged =
        format!("From: {joe}\r\nTo: help@example.org\r\nSubject: Tea\r\nMessage-ID: <1@x>\r\n\r\nNow.\r\n");
    let real = mail(2, "", "No ink.");
    site.takes(&[forged.as_bytes(), &real]);
    // one directory for each who got something
    let names = fs::read_dir(site.path("out")).unwrap();
    let names: Vec<String> = names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names, ["bob@example.net"]);
    assert_eq!(number(&site, "SELECT count(*) FROM outbox WHERE recipient LIKE '%.invalid'"), 0);
}

#[test]
fn the_files_of_a_trac_come_along_and_none_from_elsewhere() {
    for (place, sha1) in [("files/attachments", true), ("attachments", false)] {
        let site = Site::configured("");
        trac(&site);
        fs::write(site.path("secret"), "secret").unwrap();
        let directory = site.path("env").join(place).join("ticket").join(if sha1 { HASHED_17 } else { "17" });
        fs::create_dir_all(&directory).unwrap();
        let name = if sha1 { "9206ac42b532ef8e983470c251f4e1a365fd636c.txt" } else { "foo.txt" };
        fs::write(directory.join(name), "smoke").unwrap();
        let path = site.path("env/db/trac.db");
        let nowhere =
            ["admin", "import", path.to_str().unwrap(), "--attachments", site.dir.path().to_str().unwrap()];
        assert_eq!(run(&site, &nowhere).status.code(), Some(1));
        let told = json(&run(&site, &["admin", "import", path.to_str().unwrap(), "--json"]));
        assert_eq!(
            lost(&told),
            ["attached files that are not in their directory", "people without an address: they get no mail"]
        );
        let shown = json(&run(&site, &["show", "17", "--json"]));
        let texts: Vec<&str> =
            shown["thread"].as_array().unwrap().iter().map(|said| said["text"].as_str().unwrap()).collect();
        assert_eq!(texts, ["It smokes.", "How it looks", "Water helped."]);
        assert_eq!(shown["thread"][1]["attachments"][0]["name"], "foo.txt", "{shown}");
        // its bytes go into an export and come back with it
        let to = site.path("archive");
        assert!(run(&site, &["admin", "export", to.to_str().unwrap()]).status.success());
        let other = Site::configured("");
        let told = json(&run(&other, &["admin", "import", to.to_str().unwrap(), "--json"]));
        assert_eq!((told["tickets"].as_u64(), lost(&told)), (Some(1), vec![]), "{told}");
        assert_eq!(bare(&other, 17)["thread"], bare(&site, 17)["thread"]);
    }
}

#[test]
fn pages_are_for_the_browser_and_harmless() {
    let site = Site::configured(OPEN);
    let text = "<script>alert(1)</script></pre><img src=x onerror=alert(2)>";
    let hostile = format!(
        "From: \"<b>Bob</b>\" <bob@example.net>\r\nTo: help@example.org\r\nSubject: {text}\r\nMessage-ID: <1@example.net>\r\n\r\n{text}\r\n"
    );
    site.takes(&[hostile.as_bytes()]);
    let to = site.path("pages");
    assert!(run(&site, &["admin", "export", to.to_str().unwrap(), "--format", "html"]).status.success());
    let mut names: Vec<String> =
        fs::read_dir(&to).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["00001.html", "index.html", "style.css"]);
    for name in ["00001.html", "index.html"] {
        let page = fs::read_to_string(to.join(name)).unwrap();
        assert!(page.contains("alert(1)"), "{page}");
        for words in ["<script", "<img", "<b>Bob"] {
            assert!(!page.contains(words), "{words} in {page}");
        }
    }
}

#[test]
fn sessions_on_pages_are_harmless_too() {
    let site = Site::configured("");
    let text = "</pre></script><script>alert(1)</script>\\\" onload='x' <img src=x onerror=y>";
    let mut ticket = town::hostile();
    for words in [
        "Said.\\nFrom me",
        "vi /etc/motd",
        "/etc/motd",
        "\"mail\"",
        "preload",
        "Why?",
        "\"old",
        "\"root\"",
        "etc",
    ] {
        let quoted = words.starts_with('"') && words.ends_with('"');
        ticket = ticket.replace(words, &if quoted { format!("\"{text}\"") } else { text.to_owned() });
    }
    fs::write(site.path("one.jsonl"), ticket).unwrap();
    let told = json(&run(&site, &["admin", "import", site.path("one.jsonl").to_str().unwrap(), "--json"]));
    assert_eq!(told["tickets"], 1, "{told}");
    let to = site.path("pages");
    assert!(run(&site, &["admin", "export", to.to_str().unwrap(), "--format", "html"]).status.success());
    let page = fs::read_to_string(to.join("00001.html")).unwrap();
    assert!(page.matches("alert(1)").count() > 4, "{page}");
    for words in ["<script", "<img", "</script"] {
        assert!(!page.contains(words), "{words} in {page}");
    }
    assert_eq!(page.matches("<pre").count(), page.matches("</pre>").count(), "{page}");
}

/// Shows T124.
#[test]
fn an_erased_person_stands_in_the_chain_alone() {
    let site = filled();
    let eve = "From: Eve <eve@example.net>\r\nTo: help@example.org\r\nCc: Bob Jones <bob@example.net>\r\nSubject: About bob@example.net\r\n\
               Message-ID: <8@example.net>\r\nContent-Transfer-Encoding: base64\r\n\r\nQm9iIEpvbmVzIHdhcyBoZXJlLg==\r\n";
    fs::write(site.path("in/new/8.eve"), eve).unwrap();
    site.takes(&[]);
    let erase = ["admin", "erase", "Bob@example.net", "--name", "Bob Jones"];
    let would = json(&run(&site, &[&erase[..], &["--dry-run", "--json"]].concat()));
    assert_eq!((&would["mails"], &would["known"]), (&Value::from(4), &Value::from(true)), "{would}");
    assert_eq!(run(&site, &erase).status.code(), Some(1), "nobody can be asked");
    assert_eq!(
        run(&site, &["admin", "erase", "ann@example.org", "--yes"]).status.code(),
        Some(1),
        "she is on staff"
    );
    assert_eq!(run(&site, &["admin", "erase", "bob", "--yes"]).status.code(), Some(65));
    let done = json(&run(&site, &[&erase[..], &["--yes", "--json"]].concat()));
    assert!(done["events"].as_i64().unwrap() > 0 && done["letters"].as_i64().unwrap() > 0, "{done}");

    let to = site.path("all.jsonl");
    let export = run(&site, &["admin", "export", to.to_str().unwrap(), "--format", "jsonl", "--all"]);
    assert!(export.status.success(), "{export:?}");
    let lines = fs::read_to_string(&to).unwrap();
    for line in lines.lines() {
        let ticket: Value = serde_json::from_str(line).unwrap();
        for mail in ticket["mails"].as_array().unwrap() {
            let raw = data_encoding::BASE64.decode(mail["raw"].as_str().unwrap().as_bytes()).unwrap();
            let raw = String::from_utf8(raw).unwrap().to_lowercase();
            assert!(!raw.contains("bob@") && !raw.contains("bob jones") && !raw.contains("qm9iiep"), "{raw}");
        }
    }
    assert!(!lines.to_lowercase().contains("bob@example.net") && !lines.contains("Bob Jones"), "{lines}");
    for words in [&["show", "1"][..], &["log", "1"], &["people"], &["list"], &["show", "3", "--json"]] {
        let told = out(&run(&site, words));
        assert!(!told.contains("bob@example.net") && !told.contains("Jones"), "{words:?}: {told}");
    }
    assert_eq!(run(&site, &["search", "jones"]).status.code(), Some(1));
    assert_eq!(run(&site, &["search", "smokes"]).status.code(), Some(0));
    assert!(number(&site, "SELECT count(*) FROM event WHERE actor = 'bob@example.net'") > 0);
    assert_eq!(
        number(&site, "SELECT count(*) FROM event WHERE what = 'erased' AND detail NOT LIKE '%bob@%'"),
        1
    );
    // outside of events nothing has it, not even the pages that were freed
    let db = rusqlite::Connection::open(site.path("state/trackle.db")).unwrap();
    for table in
        ["person", "entry", "named", "outbox", "intake", "ticket", "tally", "pending", "setting", "field"]
    {
        let mut rows = db.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for at in 0..columns {
                let text = row.get::<_, rusqlite::types::Value>(at).unwrap();
                let text = format!("{text:?}").to_lowercase();
                assert!(!text.contains("bob@example.net") && !text.contains("bob jones"), "{table}: {text}");
            }
        }
    }
    drop(db);
    let audit = run(&site, &["audit"]);
    assert!(audit.status.success(), "{audit:?}");
    assert_eq!(run(&site, &[&erase[..], &["--yes"]].concat()).status.code(), Some(1), "he stands nowhere");
    // the mail is not taken in again from where it still lies
    site.takes(&[]);
    assert!(!out(&run(&site, &["people"])).contains("bob@"));
}
