//! The values of fields, and the tickets that have them.

use super::settings::{admin, refused, text};
use super::{Site, err, json, out, run};

/// What a ticket has.
fn field(site: &Site, ticket: u32, name: &str) -> String {
    let db = rusqlite::Connection::open(site.path("state/trackle.db")).unwrap();
    let found =
        db.query_row("SELECT value FROM field WHERE ticket = ?1 AND name = ?2", (ticket, name), |row| {
            row.get(0)
        });
    found.unwrap_or_default()
}

/// Two tickets, one with values, one closed with the same.
fn valued() -> Site {
    let site = super::filled();
    let db = rusqlite::Connection::open(site.path("state/trackle.db")).unwrap();
    for sql in [
        "INSERT INTO field VALUES (1, 'priority', 'urgent'), (2, 'priority', 'urgent'), (1, 'component', 'mail')
         ON CONFLICT DO UPDATE SET value = excluded.value",
        "UPDATE ticket SET state = 'closed' WHERE number = 2",
    ] {
        db.execute(sql, []).unwrap();
    }
    site
}

fn letters(site: &Site) -> i64 {
    super::number(site, "SELECT count(*) FROM outbox")
}

/// Shows T122, T124: values are listed with their tickets, allowed, put in order, renamed and removed.
#[test]
fn values_come_are_called_otherwise_and_go() {
    let site = valued();
    let listed = admin(&site, "fields");
    assert!(
        listed.contains("urgent  1 open  1 closed\n") && listed.contains("component (every word)\n  mail"),
        "{listed}"
    );
    admin(&site, "fields add priority someday --before low");
    admin(&site, "fields add severity deadly");
    admin(&site, "fields add type wish --after bug");
    for line in [
        "priority = [\"someday\", \"low\", \"normal\", \"high\", \"urgent\"]",
        "severity = [\"minor\", \"normal\", \"serious\", \"blocking\", \"deadly\"]",
        "type = [\"bug\", \"wish\", \"request\", \"question\", \"security\"]",
    ] {
        assert!(text(&site).contains(line), "{line} in {}", text(&site));
    }
    let first = run(&site, &["admin", "fields", "add", "milestone", "26.04"]);
    assert!(err(&first).contains("until now every word was a milestone"), "{first:?}");
    let owed = letters(&site);
    let renamed = run(&site, &["admin", "fields", "rename", "priority", "urgent", "now", "--as", "ann"]);
    assert!(out(&renamed).ends_with("2 tickets changed; nobody gets a letter about it\n"), "{renamed:?}");
    assert_eq!((field(&site, 1, "priority"), field(&site, 2, "priority")), ("now".into(), "now".into()));
    assert_eq!(letters(&site), owed);
    let log = out(&run(&site, &["log", "2"]));
    assert!(log.contains("ann@example.org") && log.contains("console") && log.contains("urgent"), "{log}");

    let (code, why) = refused(&site, "fields remove priority now");
    assert!(
        code == 1 && why.contains("1 open ticket and 1 closed one have the priority now and would keep it"),
        "{why}"
    );
    let moved = json(&run(
        &site,
        &["admin", "fields", "remove", "priority", "now", "--move-to", "high", "--as", "ann", "--json"],
    ));
    assert_eq!((&moved["tickets"], &moved["changed"]), (&2.into(), &true.into()));
    assert_eq!(field(&site, 1, "priority"), "high");
    admin(&site, "fields remove severity deadly");
    admin(&site, "fields remove priority high --yes");
    let all = json(&run(&site, &["admin", "fields", "--json"]));
    let stray =
        all[0]["values"].as_array().unwrap().iter().find(|value| value["value"] == "high").unwrap().clone();
    assert_eq!((&stray["listed"], &stray["open"]), (&false.into(), &1.into()));
    let sound = run(&site, &["audit"]);
    assert!(sound.status.success(), "{sound:?}");
}

/// Killed between the list and the tickets, or in the middle of them: called again, it goes on.
#[test]
fn a_rename_that_was_killed_goes_on() {
    let site = valued();
    admin(&site, "set fields.priority low normal high now");
    let renamed = admin(&site, "fields rename priority urgent now --as ann");
    assert_eq!(renamed, "2 tickets changed; nobody gets a letter about it\n");
    assert!(refused(&site, "fields rename priority urgent now --as ann").1.contains("urgent is no priority"));
    let case = admin(&site, "fields rename priority now NOW --as ann");
    assert!(case.contains("2 tickets changed") && field(&site, 1, "priority") == "NOW", "{case}");
    admin(&site, "fields rename component mail post --as ann");
    assert_eq!(field(&site, 1, "component"), "post");
}

#[test]
fn what_is_no_value_is_refused() {
    let site = valued();
    let before = text(&site);
    for (words, code, why) in [
        ("fields add colour red", 2, "one of priority, severity, type, component, milestone"),
        ("fields add priority HIGH", 1, "HIGH is a priority already"),
        ("fields add priority 12", 78, "would be taken for the number of a ticket"),
        ("fields add priority x --after y", 1, "y is no priority; there are low"),
        ("fields remove priority x", 1, "x is no priority"),
        ("fields remove priority urgent --move-to x", 1, "x is no priority"),
        ("fields remove priority urgent --move-to low --as eve", 1, "nobody on staff is called"),
        ("fields rename priority urgent now --as eve", 1, "nobody on staff is called"),
        ("fields rename priority urgent high --as ann", 1, "remove priority urgent --move-to high"),
        ("fields rename milestone x y", 1, "no ticket has x"),
    ] {
        let (found, said) = refused(&site, words);
        assert!(found == code && said.contains(why), "{words}: {found} {said}");
    }
    assert_eq!(text(&site), before);
}
