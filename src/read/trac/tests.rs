//! Trac's rows as its databases have them, its lists, and where its files lie.

use super::*;
use crate::model::address::Address;
use crate::model::fields::Values;
use crate::model::person::Member;
use crate::model::robot::{Policy, Robot, Trust};
use crate::model::seal::Seal;
use crate::read::csv;

/// Works in New York.
pub fn robot() -> Robot {
    Robot {
        address: Address::parse("help@x.example").unwrap(),
        name: "Help".into(),
        aliases: vec![],
        delimiter: None,
        returns: false,
        base_url: None,
        list: Address::parse("team@x.example").unwrap(),
        also: vec![],
        members: vec![Member {
            login: "ben".into(),
            address: Address::parse("ben@x.example").unwrap(),
            name: "Ben".into(),
            aliases: vec![],
            words: vec![],
        }],
        trust: Trust::default(),
        policy: Policy { zone: TimeZone::fixed(jiff::tz::offset(-5)), ..Policy::default() },
        values: Values::default(),
        seal: Seal::new(vec![]),
    }
}

fn row(values: &[(&str, &str)]) -> Row {
    values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Rows about one ticket.
fn tables() -> BTreeMap<String, Vec<Row>> {
    let ticket = row(&[
        ("id", "7"),
        ("type", "defect"),
        ("time", "1200000000000000"),
        ("changetime", "1200000300000000"),
        ("reporter", "Bob <bob@example.net>"),
        ("owner", "ann"),
        ("cc", "eve@example.net, joe"),
        ("status", "closed"),
        ("resolution", "fixed"),
        ("summary", "Printer\nsmokes"),
        ("description", "It\r\nsmokes."),
        ("keywords", "Ink, paper"),
        ("version", "1.0"),
    ]);
    let change = |time: &str, field: &str, from: &str, to: &str| {
        row(&[
            ("ticket", "7"),
            ("time", time),
            ("author", "ann"),
            ("field", field),
            ("oldvalue", from),
            ("newvalue", to),
        ])
    };
    let changes = vec![
        change("1200000300000000", "status", "new", "closed"),
        change("1200000300000000", "comment", "1", "Done."),
        change("1200000200000000", "comment", "", " "),
        change("1200000200000000", "_comment0", "Don.", "1"),
    ];
    let custom = |name: &str, value: &str| row(&[("ticket", "7"), ("name", name), ("value", value)]);
    let custom =
        vec![custom("hours", "3"), custom("severity", "bad"), custom("type", "other"), custom("tags", "a,B")];
    let file = vec![row(&[("type", "ticket"), ("id", "7"), ("filename", "a.png"), ("time", "1200000100")])];
    let set = |sid: &str, there: &str, name: &str, value: &str| {
        row(&[("sid", sid), ("authenticated", there), ("name", name), ("value", value)])
    };
    let settings = vec![
        set("ann", "1", "email", "ann@example.net"),
        set("ann", "1", "name", "Ann Lee"),
        set("joe", "0", "email", "eve@example.net"),
        // nobody sets himself up as staff
        set("joe", "1", "email", "ben@x.example"),
    ];
    let tables = [
        ("session_attribute", settings),
        ("ticket", vec![ticket]),
        ("ticket_change", changes),
        ("ticket_custom", custom),
        ("attachment", file),
    ];
    tables.into_iter().map(|(name, rows)| (name.to_owned(), rows)).collect()
}

#[test]
fn a_database_gives_tickets_with_their_comments_and_history() {
    let robot = robot();
    let Whole { cargo, files } = database(&tables(), &There { name: "office", robot: &robot });
    let ticket = &cargo.tickets[0];
    assert_eq!(
        (ticket.source.as_str(), ticket.state.as_str(), ticket.title.as_str()),
        ("trac:office#7", "closed", "Printer smokes")
    );
    assert_eq!(
        (ticket.requester.address.as_str(), ticket.requester.name.as_str()),
        ("bob@example.net", "Bob")
    );
    assert_eq!((ticket.created.as_second(), ticket.changed.as_second()), (1_200_000_000, 1_200_000_300));
    let texts: Vec<&str> = ticket.entries.iter().map(|entry| entry.text.as_str()).collect();
    assert_eq!(texts, ["It\nsmokes.", "Done."]);
    let what: Vec<&str> = ticket.events.iter().map(|event| event.what.as_str()).collect();
    assert_eq!(what, ["attached", "resolution", "set"]);
    assert_eq!((ticket.keywords.join(" "), ticket.followers.len()), ("ink paper a b".to_owned(), 0));
    assert_eq!(ticket.named, ["eve@example.net", "joe"]);
    assert_eq!((ticket.fields["type"].as_str(), ticket.fields["severity"].as_str()), ("defect", "bad"));
    let by = ticket.entries[1].author.as_ref().unwrap();
    assert_eq!((by.address.as_str(), by.name.as_str()), ("ann@example.net", "Ann Lee"));
    assert_eq!((files[&7][0].name.as_str(), files[&7][0].author.address.as_str()), ("a.png", "nobody"));
    let lost: Vec<&str> = cargo.losses.iter().map(|(sort, ..)| sort).collect();
    let wanted = [
        "earlier versions of comments",
        "values of the custom field hours",
        "values of the custom field type",
        "values of the field version",
    ];
    assert_eq!(lost, wanted);
}

#[test]
fn a_list_gives_tickets_whatever_its_columns_are_called() {
    let text = "Ticket,Summary,Status,Created,Modified,Reporter,Owner\n\
                3,Tea,new,2024-01-02T10:11:12Z,01/02/24 12:00:00,bob@example.net,\nx,none,new,,,,\n";
    let robot = robot();
    let there = There { name: "office", robot: &robot };
    assert!(list(csv::rows("a,b\n1,2\n"), &there).is_none());
    let cargo = list(csv::rows(text), &there).unwrap();
    let ticket = &cargo.tickets[0];
    assert_eq!((cargo.tickets.len(), ticket.number, ticket.owner.as_deref()), (1, 3, None));
    assert_eq!(ticket.created.to_string(), "2024-01-02T10:11:12Z");
    assert_eq!(ticket.changed.to_string(), "2024-01-02T17:00:00Z");
    assert!(
        cargo.losses.iter().any(|(sort, count, _)| sort.starts_with("comments and history") && count == 1)
    );
    assert!(cargo.losses.iter().any(|(sort, ..)| sort.starts_with("rows without")));
}

#[test]
fn people_are_kept_as_they_are_said() {
    for (said, address) in
        [("", "nobody"), ("ann", "ann"), ("\"A B\" <a@b.example>", "a@b.example"), ("a <b", "a <b")]
    {
        assert_eq!(someone(said).address, address);
    }
}

#[test]
fn files_become_texts_with_a_mail_of_their_own() {
    let mut ticket =
        Carried { source: "trac:x#7".into(), number: 7, title: "Ink".into(), ..Carried::default() };
    let lying = |name: &str| Lying {
        name: name.into(),
        at: Timestamp::UNIX_EPOCH,
        author: someone("joe"),
        about: "See\r\nhere".into(),
    };
    assert_eq!(attach(&mut ticket, lying("a.png"), vec![1, 2, 3]), None);
    let (entry, mail) = (&ticket.entries[0], &ticket.mails[0]);
    assert_eq!((entry.text.as_str(), entry.files[0].size), ("See\nhere", 3));
    assert_eq!(entry.mail.as_ref(), Some(&mail.sha256));
    let large = vec![0; crate::limits::MAIL_BYTES];
    assert_eq!(attach(&mut ticket, lying("film.mp4"), large), Some("film.mp4".into()));
    assert_eq!(ticket.entries.len(), 1);
}

#[test]
fn files_are_looked_for_where_trac_puts_them_and_nowhere_above() {
    // as Trac's own tests have it: `attachment.py`, `_get_path`
    assert_eq!(
        places(42, "foo.txt")[0],
        ["92c", "92cfceb39d57d914ed8b14d0e37643de0797ae56", "9206ac42b532ef8e983470c251f4e1a365fd636c.txt"]
    );
    assert_eq!(places(42, "Teüst.txt")[1], ["42", "Te%C3%BCst.txt"]);
    assert_eq!(places(1, "a~b").len(), 3);
    for name in ["../x", "..", ".", "", "/etc/passwd", "a/../../b", "\0", "x.\0", "x./../y", "a.b/c"] {
        for place in places(1, name) {
            assert!(place.iter().all(|level| {
                !level.is_empty() && level != "." && level != ".." && !level.contains(['/', '\0'])
            }));
        }
    }
}
