//! Request Tracker's objects as its REST 2.0 gives them, and others.

use super::*;
use crate::model::carried::Tie;
use crate::read::trac::tests::robot;
use data_encoding::BASE64;
use serde_json::json;

fn taken(values: &[Value]) -> (Vec<Carried>, Losses) {
    let (export, robot) = (Export::of(values), robot());
    let mut losses = export.losses.clone();
    let there = There { name: "rt", robot: &robot };
    let tickets = export.tickets(&there).map(|(ticket, lost)| {
        losses.extend(lost);
        ticket
    });
    (tickets.collect(), losses)
}

fn sorts(losses: &Losses) -> Vec<&str> {
    losses.iter().map(|(sort, ..)| sort).collect()
}

fn user(id: &str) -> Value {
    json!({ "type": "user", "id": id, "_url": format!("https://rt.example/REST/2.0/user/{id}") })
}

fn parts() -> Vec<Value> {
    let ticket = json!({
        "id": 12, "Subject": "Printer", "Status": "resolved", "Priority": "50", "Due": "2026-12-01T05:00:00Z",
        "Queue": { "id": "1", "Name": "General" }, "Owner": user("ann"), "Creator": user("bob@example.net"),
        "Requestor": [user("bob@example.net"), user("joe@example.net")], "Cc": [user("eve@example.net")], "AdminCc": [user("root")],
        "Created": "2026-01-02T10:00:00Z", "LastUpdated": "2026-01-03T10:00:00Z", "TimeWorked": "5",
        "CustomFields": [{ "id": "3", "name": "Room", "values": ["12b"] }, { "name": "Empty", "values": [] }],
        "_hyperlinks": [
            { "ref": "self", "type": "ticket", "id": 12, "_url": "https://rt.example/REST/2.0/ticket/12" },
            { "ref": "depends-on", "type": "ticket", "id": "15" },
        ],
    });
    let transaction = |id: u32, kind: &str, at: &str| {
        json!({ "id": id, "Type": kind, "Object": { "type": "ticket", "id": "12" }, "Creator": user("ann"),
                "Created": at, "Field": "", "OldValue": "", "NewValue": "" })
    };
    let history = json!({ "items": [
        transaction(2, "Comment", "2026-01-03T10:00:00Z"), transaction(1, "Create", "2026-01-02T10:00:00Z"),
    ] });
    let attachment = |id: u32, of: Value, media: &str, file: &str, text: &str| json!({ "id": id, "TransactionId": of, "ContentType": media, "Filename": file, "Content": BASE64.encode(text.as_bytes()) });
    vec![
        ticket,
        history,
        attachment(5, json!({ "id": "1" }), "text/plain", "", "It\r\nsmokes."),
        attachment(6, json!({ "id": "1" }), "image/png", "a.png", "x"),
        attachment(7, json!("2"), "text/html", "", "<p>Among <b>us</b></p>"),
        json!({ "type": "ticket", "id": "99" }),
    ]
}

#[test]
fn what_the_interface_gives_makes_tickets() {
    let (all, losses) = taken(&parts());
    let ticket = &all[0];
    assert_eq!((ticket.source.as_str(), ticket.state.as_str()), ("rt:rt.example#12", "closed"));
    assert_eq!(
        (ticket.owner.as_deref(), ticket.requester.address.as_str()),
        (Some("ann"), "bob@example.net")
    );
    let followers: Vec<&str> = ticket.followers.iter().map(|f| f.who.address.as_str()).collect();
    assert_eq!((followers, ticket.named.join(" ")), (vec!["joe@example.net"], "eve@example.net root".into()));
    let fields: Vec<(&str, &str)> = ticket.fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    // it was due when that day began where they work
    assert_eq!(fields, [("component", "General"), ("due", "2026-12-01"), ("priority", "50")]);
    let texts: Vec<(&str, bool)> = ticket.entries.iter().map(|e| (e.text.as_str(), e.staff_only)).collect();
    assert_eq!(texts, [("It\nsmokes.", false), ("Among us", true)]);
    assert_eq!(ticket.relations, [Tie { relation: "depends".into(), other: 15 }]);
    let wanted = [
        "objects that are no whole ticket, transaction or attachment",
        "times worked, in minutes",
        "values of the custom field Room",
    ];
    assert_eq!(sorts(&losses), wanted);
}

#[test]
fn files_come_with_the_text_that_they_belong_to() {
    let mut values = parts();
    let part = |id: u32, of: u32, more: Value| {
        let mut part = json!({ "id": id, "TransactionId": of, "ContentType": "text/plain", "Filename": "",
                               "Content": "eA==" });
        part.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        part
    };
    values.extend([
        part(10, 2, json!({ "ContentType": "multipart/mixed" })),
        part(11, 2, json!({ "Filename": "secret.txt" })),
        part(12, 2, json!({ "Filename": "gone", "Content": null })),
        part(13, 2, json!({ "Filename": "bad", "Content": "*" })),
        part(14, 77, json!({ "Filename": "of nobody" })),
        // a page that stands beside the text, and one that says the same
        part(20, 1, json!({ "ContentType": "multipart/mixed" })),
        part(
            21,
            1,
            json!({ "ContentType": "text/html", "Parent": { "id": "20" }, "MessageId": "1@rt.example" }),
        ),
    ]);
    let (all, losses) = taken(&values);
    let (asked, said) = (&all[0].entries[0], &all[0].entries[1]);
    let names = |entry: &crate::model::carried::Entry| {
        entry.files.iter().map(|file| file.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!((names(asked), asked.staff_only), (vec!["a.png".to_owned(), "page.html".into()], false));
    assert_eq!((names(said), said.staff_only), (vec!["secret.txt".to_owned()], true));
    let mails: Vec<Option<&str>> = all[0].mails.iter().map(|mail| Some(mail.sha256.as_str())).collect();
    assert_eq!(mails, [asked.mail.as_deref(), said.mail.as_deref()]);
    assert_eq!(all[0].messages[0].id, "1@rt.example");
    let sorts = sorts(&losses);
    assert!(sorts.contains(&"attached files whose content is not there"), "{sorts:?}");
    assert!(sorts.contains(&"attachments of transactions that are not here"), "{sorts:?}");
}

#[test]
fn nothing_but_answers_becomes_text_for_all() {
    let kinds = ["Comment", "comment", "CommentEmailRecord", "EmailRecord", "Forward", "SystemError", ""];
    for kind in kinds {
        let mut values = parts();
        values[1]["items"][0]["Type"] = json!(kind);
        let (all, _) = taken(&values);
        let said: Vec<bool> =
            all[0].entries.iter().filter(|e| e.text.contains("Among")).map(|e| e.staff_only).collect();
        assert_eq!(said, if kind == "Comment" { vec![true] } else { vec![] }, "{kind}");
        assert!(all[0].events.iter().all(|event| !event.detail.to_string().contains("Among")), "{kind}");
    }
}

#[test]
fn numbers_of_other_sorts_are_no_tickets() {
    let mut values = parts();
    let link =
        |kind: &str, sort: &str| json!({ "ref": kind, "type": sort, "id": "15", "_url": "https://x/" });
    values[0]["_hyperlinks"] =
        json!([link("refers-to", "article"), link("refers-to", "external"), link("parent", "ticket")]);
    values[0]["Cc"] = json!([{ "type": "group", "id": "5" }]);
    values[0]["CustomRoles"] =
        json!({ "Manager": user("max"), "Second": [user("eve")], "Third": user("Nobody") });
    values.push(
        json!({ "id": 9, "Type": "Comment", "Object": { "type": "queue", "id": "12" }, "Created": "" }),
    );
    let (all, losses) = taken(&values);
    assert_eq!(all[0].relations, [Tie { relation: "parent".into(), other: 15 }]);
    assert_eq!((all[0].events.len(), all[0].named.join(" ")), (2, "root".into()));
    let lost: Vec<(&str, u64)> = losses.iter().map(|(sort, count, _)| (sort, count)).collect();
    for wanted in [
        ("links to what is no ticket", 2),
        ("groups in Cc", 1),
        ("people in the role Manager", 1),
        ("people in the role Second", 1),
        ("transactions of tickets that are not here", 1),
    ] {
        assert!(lost.contains(&wanted), "{wanted:?} in {lost:?}");
    }
}

#[test]
fn merged_tickets_bring_their_transactions_to_the_one_that_took_them_in() {
    let mut values = parts();
    let of = |id: u32, ticket: u32, kind: &str, into: Value| {
        json!({ "id": id, "Type": kind, "Object": { "type": "ticket", "id": ticket }, "Creator": user("ann"),
                "Created": "2026-01-02T12:00:00Z", "Field": "MergedInto", "NewValue": into })
    };
    values.extend([
        of(30, 40, "Correspond", json!("")),
        of(31, 40, "AddLink", json!({ "type": "ticket", "id": "41" })),
        of(32, 41, "AddLink", json!("fsck.com-rt://example.org/ticket/12")),
        of(33, 50, "AddLink", json!({ "type": "ticket", "id": "51" })),
        of(34, 51, "AddLink", json!({ "type": "ticket", "id": "50" })),
        json!({ "id": 90, "TransactionId": "30", "ContentType": "text/plain", "Content": "TWluZSB0b28=" }),
    ]);
    let (all, losses) = taken(&values);
    let texts: Vec<&str> = all[0].entries.iter().map(|e| e.text.as_str()).collect();
    assert_eq!(texts, ["It\nsmokes.", "Mine too", "Among us"]);
    assert!(losses.iter().any(|(sort, count, _)| sort.starts_with("transactions of") && count == 2));
    // one that says so itself
    values[0]["EffectiveId"] = json!({ "type": "ticket", "id": "15" });
    let (all, _) = taken(&values);
    assert!(all[0].relations.contains(&Tie { relation: "merged".into(), other: 15 }));
}

#[test]
fn states_days_and_custom_fields_are_what_they_are_here() {
    let with = |name: &str, value: Value| {
        let mut values = parts();
        values[0][name] = value;
        let (mut all, losses) = taken(&values);
        let sorts: Vec<String> = sorts(&losses).into_iter().map(str::to_owned).collect();
        (all.remove(0), sorts)
    };
    for (status, state, own) in [
        ("new", "open", false),
        ("stalled", "open", false),
        ("rejected", "closed", false),
        ("deleted", "closed", false),
        ("waiting for parts", "open", true),
    ] {
        let (ticket, sorts) = with("Status", json!(status));
        assert_eq!(ticket.state, state, "{status}");
        assert_eq!(sorts.iter().any(|sort| sort.starts_with("states of")), own, "{status}");
    }
    let mut values = parts();
    values[0]["Status"] = json!("shipped");
    values[0]["Resolved"] = json!("2026-01-03T00:00:00Z");
    assert_eq!(taken(&values).0[0].state, "closed");
    assert_eq!(with("Due", json!("2026-12-01T04:59:59Z")).0.fields["due"], "2026-11-30");
    assert_eq!(with("Due", json!("1970-01-01T00:00:00Z")).0.fields.get("due"), None);
    assert_eq!(with("Priority", json!(70)).0.fields["priority"], "70");
    let custom = |name: &str, all: &[&str]| with("CustomFields", json!([{ "name": name, "values": all }]));
    assert_eq!(custom("Severity", &["high"]).0.fields["severity"], "high");
    assert_eq!(custom("Keywords", &["Ink, paper", "tray"]).0.keywords, ["ink", "paper", "tray"]);
    let (ticket, sorts) = custom("Private", &["yes"]);
    assert!(
        !ticket.fields.contains_key("private")
            && sorts.contains(&"values of the custom field Private".into())
    );
}

#[test]
fn nonsense_is_counted_and_nothing_more() {
    for value in [
        json!(null),
        json!([1, 2]),
        json!({ "items": [3, null] }),
        json!({ "Subject": 1, "Status": 2, "id": -1 }),
    ] {
        assert!(taken(&[value]).0.is_empty());
    }
    let bare = json!({ "id": "3", "Subject": "", "Status": "" });
    assert_eq!(taken(&[bare]).0[0].requester.address, "nobody");
}
