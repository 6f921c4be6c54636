//! A town of random tickets: whatever a ticket can have, and mails as nobody would write them. It goes into files and comes
//! back, by either way, as what it was. The dice are thrown the same way each time.

use super::{Site, json, run};
use data_encoding::{BASE64, HEXLOWER};
use serde_json::{Map, Value, json as value};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;

const PEOPLE: [&str; 5] = [
    "bob@example.net",
    "Eve@Example.net",
    "o'neil+x@sub.example.net",
    "ann@example.org",
    "zoë@nowhere.invalid",
];
const TITLES: [&str; 4] = ["Drücker brennt", "a \"b\" <c> & d", "\u{202e}turned", "x"];
const LINES: [&[u8]; 14] = [
    b"From here on",
    b">From there",
    b">>From \xe4bove",
    b"",
    b".",
    b"\xff\xfe\x00 eight bits \xe4",
    b"a\rb",
    b"\r",
    b"grue\xc3\x9fe",
    b"-- ",
    b"From ",
    b"From: me",
    b"=20\t ",
    b"\x1a\x1b[31m",
];
const FIELDS: [(&str, &str); 8] = [
    ("priority", "high"),
    ("severity", "bad"),
    ("type", "bug"),
    ("component", "net"),
    ("milestone", "m 1"),
    ("due", "2026-12-01"),
    ("wait", "later"),
    ("private", "yes"),
];

struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % end
    }
    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }
    fn yes(&mut self) -> bool {
        self.below(2) == 0
    }
    fn many(&mut self, end: u64) -> std::ops::Range<u64> {
        0..self.below(end)
    }
    fn time(&mut self) -> String {
        jiff::Timestamp::from_second(1_790_000_000 + self.below(9) as i64).unwrap().to_string()
    }
    fn someone(&mut self) -> Value {
        let mut who = value!({ "address": self.pick(&PEOPLE[..4]) });
        if self.yes() {
            who["name"] = value!("Bob \"the\" Jönes");
        }
        if self.yes() {
            who["confirmed"] = value!(self.time());
        }
        who
    }
    /// A mail with its line ends, or a heap of bytes.
    fn mail(&mut self, id: Option<&str>) -> Vec<u8> {
        let ends: [&[u8]; 3] = [b"\r\n", b"\n", b"\r\r\n"];
        let (end, mixed) = (self.pick(&ends), self.below(4) == 0);
        let mut mail = Vec::new();
        let mut line = |dice: &mut Dice, text: &[u8]| {
            mail.extend_from_slice(text);
            mail.extend_from_slice(if mixed { dice.pick(&ends) } else { end });
        };
        line(self, b"From: Bob <bob@example.net>");
        line(self, b"Subject: \xe4 =?utf-8?B?w7w=?=");
        if let Some(id) = id {
            line(self, format!("Message-ID: <{id}>").as_bytes());
        }
        line(self, b"");
        for _ in self.many(9) {
            let text = self.pick(&LINES);
            line(self, text);
        }
        let long = vec![b'x'; self.below(3_000) as usize];
        line(self, &long);
        let last: [&[u8]; 6] = [b"", b"no end", b"\r", b"\n\n\n", b"\r\n\r\n", b"From x"];
        mail.extend_from_slice(self.pick(&last));
        mail
    }
}

fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

fn session(dice: &mut Dice, number: u64, event: u64) -> Value {
    let (before, after) = (b"old\n\xff", format!("new {number}\n"));
    let thing = |bytes: &[u8]| {
        value!({ "type": "file", "mode": 420, "uid": 0, "gid": 0, "size": bytes.len(), "mtime": 1, "links": 1,
                 "target": null, "attributes": [["user.a", "00ff"]], "content": { "hash": sha256(bytes) } })
    };
    let endings = [value!({ "exit": 1 }), value!({ "signal": 9 }), value!("recovered"), value!("discarded")];
    let at = dice.time();
    value!({
        "number": number, "event": event, "worker": { "address": "ann@example.org" },
        "record": {
            "id": format!("{number:026}"), "host": "mail", "login": "root", "ticket": null, "started": at, "ended": at,
            "ending": endings[dice.below(4) as usize], "directory": "/root/\\xff", "shell": "/bin/bash", "command": null,
            "environment": [["TERM", "x"]],
            "witnesses": { "by": ["preload"], "unseen": [], "lost": 1, "not_kept": 0, "still_running": [[7, "cat"]], "notes": [] },
            "typed": [{ "at": at, "directory": "/", "line": "vi /etc/motd", "status": 0 }],
            "ran": [{ "at": at, "pid": 5, "uid": 0, "program": "/bin/vi", "arguments": ["vi"], "directory": "/" }],
            "changes": [{ "path": "/etc/motd", "action": "modified", "from": null, "before": thing(before),
                          "after": thing(after.as_bytes()), "program": "/bin/vi", "replaced": true, "backup_of": null,
                          "others": false, "shown": true, "package": null, "description": "text" }],
            "remark": "Said.\nFrom me", "tags": ["etc"], "evidence": [{ "name": "audit", "text": "a=1" }],
        },
        "contents": { sha256(before): BASE64.encode(before), sha256(after.as_bytes()): BASE64.encode(after.as_bytes()) },
        "shown": [{ "kind": "file", "place": 0, "shown": dice.yes() }],
        "remarks": [{ "place": 0, "side": "new", "line": 1, "quoted": "new", "author": dice.someone(), "at": at, "text": "Why?" }],
    })
}

fn followers(dice: &mut Dice) -> Vec<Value> {
    let mut followers: BTreeMap<&str, Value> = BTreeMap::new();
    for _ in dice.many(4) {
        let mut who = dice.someone();
        who["address"] = value!(dice.pick(&PEOPLE[..3]));
        who["level"] = value!(dice.pick(&["short", "full", "daily", "weekly", "muted"]));
        who["since"] = value!(dice.time());
        if dice.yes() {
            who["ended"] = value!(dice.time());
        }
        let name = PEOPLE.iter().find(|name| who["address"] == **name).unwrap();
        followers.insert(name, who);
    }
    followers.into_values().collect()
}

fn ticket(dice: &mut Dice, number: u64, all: u64) -> Value {
    let mut mails: Vec<Value> = Vec::new();
    for at in dice.many(5) {
        let id = format!("{number}.{at}@example.net");
        let id = Some(id.as_str()).filter(|_| dice.below(3) > 0);
        let raw = dice.mail(id);
        mails.push(value!({ "sha256": sha256(&raw), "message_id": id, "arrived": dice.time(), "raw": BASE64.encode(&raw) }));
    }
    let hashes: Vec<Value> = mails.iter().map(|mail| mail["sha256"].clone()).chain([Value::Null]).collect();
    let mut events: Vec<Value> = Vec::new();
    for at in dice.many(6) {
        let mail = hashes[dice.below(hashes.len() as u64) as usize].clone();
        events.push(value!({ "number": number * 100 + at, "at": dice.time(), "actor": dice.pick(&PEOPLE), "proof": "dkim", "mail": mail,
                             "line": dice.below(3), "what": dice.pick(&["closed", "reopened", "set", "note"]),
                             "detail": { "field": "priority", "to": "hïgh" }, "hash": "00112233445566778899" }));
    }
    let numbers: Vec<Value> = events.iter().map(|event| event["number"].clone()).collect();
    let one_of = |dice: &mut Dice| numbers.get(dice.below(7) as usize).cloned().unwrap_or(value!(0));
    let mut entries: Vec<Value> = Vec::new();
    for _ in dice.many(6) {
        let text = dice.pick(&["It smokes.\n\nFrom the back.", ">From\t\u{202e}", "Grüße", " x "]);
        let author = if dice.yes() { dice.someone() } else { Value::Null };
        let mut entry = value!({ "at": dice.time(), "author": author, "text": text, "staff_only": dice.yes(), "event": one_of(dice),
                                 "mail": hashes[dice.below(hashes.len() as u64) as usize] });
        if dice.yes() {
            entry["files"] = value!([{ "name": "a ü.png", "media": "image/png", "size": 3, "sha256": sha256(b"abc") },
                                     { "name": "", "media": "", "size": 0, "sha256": sha256(b"") }]);
        }
        entries.push(entry);
    }
    let followers = followers(dice);
    let mut messages = Vec::new();
    for at in dice.many(4) {
        messages.push(value!({ "id": format!("{number}.{at}.m@example.org"), "kind": dice.pick(&["ours", "theirs", "ghost"]),
                               "staff": dice.yes(), "outside": dice.yes() }));
    }
    let mut relations = BTreeMap::new();
    for _ in dice.many(3) {
        let other = 1 + dice.below(all);
        let relation = dice.pick(&["duplicate", "link", "depends", "parent", "merged"]);
        if other != number {
            relations.insert(format!("{relation}{other}"), value!({ "relation": relation, "other": other }));
        }
    }
    let fields: Map<String, Value> = FIELDS
        .iter()
        .filter(|_| dice.below(3) == 0)
        .map(|(name, value)| ((*name).to_owned(), value!(value)))
        .collect();
    let sessions: Vec<Value> = numbers
        .first()
        .filter(|_| dice.below(3) == 0)
        .map(|event| session(dice, number, event.as_u64().unwrap()))
        .into_iter()
        .collect();
    value!({
        "source": format!("trackle:far#{number}"), "number": number,
        "state": dice.pick(&["open", "closed", "closed", "unconfirmed"]), "title": dice.pick(&TITLES),
        "owner": if dice.yes() { value!("ann") } else { Value::Null }, "requester": dice.someone(), "created": dice.time(),
        "changed": dice.time(), "fields": fields, "keywords": if dice.yes() { value!(["ink", "töner"]) } else { value!([]) },
        "named": if dice.yes() { value!(["zed@example.net", "eve@example.net"]) } else { value!([]) },
        "relations": relations.into_values().collect::<Vec<_>>(), "followers": followers,
        "described": one_of(dice), "entries": entries, "mails": mails, "messages": messages, "events": events, "sessions": sessions,
    })
}

/// A line of an export, which begins with what it is.
fn line(ticket: &Value) -> String {
    format!("{{\"trackle\":1,{}", &ticket.to_string()[1..])
}

/// A ticket with a session, as a line, for words that are put into it.
pub fn hostile() -> String {
    let mut dice = Dice(7);
    let mut one = ticket(&mut dice, 1, 1);
    one["state"] = value!("open");
    one["events"] = value!([{ "number": 5, "at": dice.time(), "what": "worked" }]);
    one["sessions"] = value!([session(&mut dice, 3, 5)]);
    one["sessions"][0]["shown"] = value!([]);
    line(&one)
}

/// Its tickets in one form, whichever installation has them: without what an import adds, and by names in the place of numbers.
fn tickets(site: &Site, name: &str) -> Vec<Value> {
    let to = site.path(name);
    let words = ["admin", "export", to.to_str().unwrap(), "--format", "jsonl", "--all"];
    let export = run(site, &words);
    assert!(export.status.success(), "{export:?}");
    fs::read_to_string(&to).unwrap().lines().map(|line| plain(serde_json::from_str(line).unwrap())).collect()
}

fn plain(mut ticket: Value) -> Value {
    let mut places = BTreeMap::new();
    let mut events = Vec::new();
    for event in ticket["events"].take().as_array().unwrap() {
        let mut event = event.clone();
        let number = event["number"].as_i64().unwrap();
        if event["what"] == "imported" {
            let mut detail = event["detail"].take();
            let fields = detail.as_object_mut().unwrap();
            event["what"] = fields.remove("was").unwrap();
            if let Some(there) = fields.remove("there") {
                event["proof"] = there["proof"].clone();
            }
            event["detail"] = detail;
        }
        let by_import = event["proof"] == "imported"
            && (event["what"] == "related"
                || event["what"] == "opened" && event["detail"].get("source").is_some());
        if !by_import {
            places.insert(number, events.len());
            let fields = event.as_object_mut().unwrap();
            fields.remove("number");
            fields.remove("hash");
            events.push(event);
        }
    }
    let place = |number: &mut Value| {
        *number =
            number.as_i64().and_then(|number| places.get(&number)).map_or(Value::Null, |place| value!(place));
    };
    ticket["entries"].as_array_mut().unwrap().iter_mut().for_each(|entry| place(&mut entry["event"]));
    for session in ticket["sessions"].as_array_mut().unwrap() {
        place(&mut session["event"]);
    }
    if ticket.get("described").is_some() {
        place(&mut ticket["described"]);
    }
    ticket["events"] = Value::Array(events);
    // who is whose number is nobody's business
    ticket["followers"].as_array_mut().unwrap().sort_by_key(|follower| follower["address"].to_string());
    let fields = ticket.as_object_mut().unwrap();
    fields.remove("source");
    // of our letters to staff the Message-IDs come along, among the messages
    fields.remove("letters");
    ticket
}

/// Shows that nothing is lost on the way, by either way.
#[test]
fn a_town_goes_away_and_comes_back() {
    for seed in [1, 20_261_121] {
        let mut dice = Dice(seed);
        let site = Site::configured(super::OPEN);
        let all = 12;
        let lines: Vec<String> = (1..=all).map(|number| line(&ticket(&mut dice, number, all))).collect();
        fs::write(site.path("town.jsonl"), lines.join("\n")).unwrap();
        let told =
            json(&run(&site, &["admin", "import", site.path("town.jsonl").to_str().unwrap(), "--json"]));
        assert_eq!((&told["tickets"], super::lost(&told)), (&value!(all), vec![]), "{told}");
        // some that the robot made itself, and staff
        let mails: Vec<Vec<u8>> = (0..6).map(|at| dice.mail(Some(&format!("n{at}@example.net")))).collect();
        site.takes(&mails.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let noted = run(&site, &["note", "13", "Bring water.", "--as", "ann"]);
        assert!(noted.status.success(), "{noted:?}");
        let there = tickets(&site, "there.jsonl");
        assert!(there.len() as u64 > all);
        let boxes = site.path("boxes");
        assert!(run(&site, &["admin", "export", boxes.to_str().unwrap(), "--all"]).status.success());
        for (way, from) in [("jsonl", site.path("there.jsonl")), ("mbox", boxes)] {
            let other = Site::configured(super::OPEN);
            let told = json(&run(&other, &["admin", "import", from.to_str().unwrap(), "--json"]));
            let lost: Vec<&str> =
                super::lost(&told).into_iter().filter(|what| !what.starts_with("letters to staff")).collect();
            assert_eq!(lost, Vec::<&str>::new(), "{way}: {told}");
            let here = tickets(&other, "here.jsonl");
            assert_eq!(here.len(), there.len());
            for (here, there) in here.iter().zip(&there) {
                for (field, value) in there.as_object().unwrap() {
                    assert_eq!(
                        here.get(field),
                        Some(value),
                        "{way}, {seed}: {field} of #{}",
                        there["number"]
                    );
                }
                assert_eq!(here, there);
            }
            assert!(run(&other, &["audit"]).status.success());
        }
    }
}
