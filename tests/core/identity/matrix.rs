//! The identity matrix: From × how it came × token × signature × trust, against `identity.csv`, which was written from the
//! requirements and not from the program. Comes in: the robot; goes out: mails, what the oracle says of each, and what the
//! real reading, the real identify and the real table of perms make of it. Also a row of the battery.

use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use trackle::model::address::Address;
use trackle::model::kind::Kind;
use trackle::model::mail::Mail;
use trackle::model::perms::{Class, Level, Role, judge};
use trackle::model::proof::Proof;
use trackle::model::robot::{Robot, Trust};
use trackle::model::ticket::Number;
use trackle::model::witness::{Dkim, OpenPgp, Signed};
use trackle::{identify, read};

const ORACLE: &str = include_str!("../identity.csv");
pub const NOW: Timestamp = Timestamp::constant(1_800_000_000, 0);
const DATE: &str = "Fri, 15 Jan 2027 08:00:00 +0000";

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// The rows of one section, each cut into `fields` of which the last keeps its commas.
fn rows(section: &str, fields: usize) -> Vec<Vec<&'static str>> {
    let of = |line: &'static str| line.strip_prefix(section)?.strip_prefix(',');
    ORACLE.lines().filter_map(of).map(|line| line.splitn(fields, ',').collect()).collect()
}

/// One mail of the matrix, and what the oracle says of it.
pub struct Case {
    pub name: String,
    from: &'static str,
    /// The part in ticket 1; `None` when From names nobody.
    pub role: Option<&'static str>,
    arrival: &'static str,
    pub token: &'static str,
    pub signature: &'static str,
    automatic: bool,
    pub trust: usize,
    pub level: &'static str,
    /// The level without the signature.
    pub unsigned: &'static str,
}

/// How a site may trust.
fn trusts() -> [Trust; 3] {
    let names = Trust {
        authserv_ids: vec!["mx.desk.example".into()],
        mx_hosts: vec!["mx.desk.example".into()],
        ..Trust::default()
    };
    let networks = Trust { networks: vec!["192.0.2.0/24".parse().unwrap()], ..names.clone() };
    [Trust::default(), names, networks]
}

/// All mails.
pub fn cases() -> Vec<Case> {
    let (arrivals, tokens) = (rows("arrival", 5), rows("token", 2));
    let signatures = rows("signature", 3);
    let mut cases = Vec::new();
    for person in from_rows() {
        for arrival in &arrivals {
            for token in &tokens {
                for signature in &signatures {
                    // signatures that prove nothing, and robots, where most sites will be: they need not meet every trust
                    let telling = signature[0] == "none" || signature[0] == "own_key";
                    for trust in (0..3).filter(|trust| telling || *trust == 1) {
                        for automatic in [false, true].into_iter().filter(|a| !a || telling && trust == 1) {
                            let role = Some(person.1).filter(|role| *role != "nobody");
                            let level = |s| level(role, arrival[1 + trust], token[1], s, automatic);
                            cases.push(Case {
                                name: format!(
                                    "{} {} {} {} trust {trust} automatic {automatic}",
                                    person.0, arrival[0], token[0], signature[0]
                                ),
                                from: person.0,
                                role,
                                arrival: arrival[4],
                                token: token[0],
                                signature: signature[0],
                                automatic,
                                trust,
                                level: level(signature),
                                unsigned: level(&["none", "keep", "keep"]),
                            });
                        }
                    }
                }
            }
        }
    }
    cases
}

/// From as written, and the role; the value may hold commas, so the role is cut off behind.
fn from_rows() -> Vec<(&'static str, &'static str)> {
    rows("from", 2).iter().map(|row| row[1].rsplit_once(',').unwrap()).collect()
}

/// The oracle's own reading: what no person sent is automatic; an answered question is the surest thing after the
/// fact; a signature counts for staff; a reply address is worth more than how the mail came.
fn level(
    role: Option<&'static str>,
    arrival: &'static str,
    token: &'static str,
    signature: &[&'static str],
    automatic: bool,
) -> &'static str {
    let signed = if role == Some("staff") { signature[1] } else { signature[2] };
    match (automatic, token, signed) {
        (true, _, _) => "automatic",
        (_, "confirmed", _) => "confirmed",
        (_, _, "signed") => "signed",
        (_, "person", _) => "person",
        _ => arrival,
    }
}

impl Case {
    /// The address of From, where it names one.
    fn address(&self) -> &'static str {
        self.from.rsplit_once('<').map_or(self.from, |(_, bare)| bare.trim_end_matches('>'))
    }

    /// The header fields of its way here.
    fn way(&self) -> String {
        let (address, domain) = (self.address(), self.address().rsplit_once('@').unwrap().1);
        let field = |word: &str| {
            let (kind, text) = word.split_once(' ').unwrap();
            let text = text.replace("%D", domain).replace("%F", address);
            match (kind, text.split_once(' ').unwrap_or((&text, ""))) {
                ("A", _) => format!("Authentication-Results: {text}\n"),
                ("R", ("mx", _)) => received("out.example [203.0.113.9]", "mx.desk.example", "ESMTPS", ""),
                ("R", ("evil", _)) => received("x.example [203.0.113.9]", "mx.evil.example", "ESMTPS", ""),
                ("R", ("login", who)) => received("pc [203.0.113.9]", "mx.desk.example", "ESMTPSA", who),
                ("R", ("evillogin", who)) => received("pc [203.0.113.9]", "mx.evil.example", "ESMTPSA", who),
                ("R", ("net", _)) => received("web [192.0.2.7]", "mx.desk.example", "ESMTP", ""),
                ("R", ("near", _)) => received("web [192.0.3.7]", "mx.desk.example", "ESMTP", ""),
                _ => String::new(),
            }
        };
        self.arrival.split('|').filter(|word| !word.is_empty()).map(field).collect()
    }

    /// The mail as bytes; `to` is where it goes unless a token says otherwise.
    pub fn raw(&self, robot: &Robot, to: &str, text: &str, number: usize) -> String {
        let reply = |who: &str, until: Timestamp| {
            format!("help+{}@desk.example", robot.seal.reply_detail(Number(1), &address(who), until))
        };
        let month = NOW + SignedDuration::from_hours(24 * 30);
        let own = if self.role.is_some() { reply(self.address(), month) } else { to.to_owned() };
        let (mut to, mut more) = (to.to_owned(), String::new());
        match self.token {
            "own_reply_address" => to = own,
            "own_reply_address_delivered" => more = format!("Delivered-To: {own}\n"),
            "in_reply_to_field_only" => more = format!("Reply-To: {own}\n"),
            "anothers_reply_address" => to = reply("dora@far.example", month),
            "expired" if self.role.is_some() => {
                to = reply(self.address(), NOW - SignedDuration::from_hours(24 * 2));
            }
            "damaged" if self.role.is_some() => to = own.replace("help+1", "help+2"),
            _ => {}
        }
        if self.automatic {
            more.push_str("Auto-Submitted: auto-replied\n");
        }
        format!(
            "{}{more}From: {}\nTo: {to}\nSubject: Printer\nDate: {DATE}\nMessage-ID: <{number}@ids.example>\n\n{text}\n",
            self.way(),
            self.from
        )
        .replace('\n', "\r\n")
    }

    /// The mail as it is handed on when everybody has been asked; `is_cut`: when it has been cut down to what is signed.
    pub fn mail(&self, raw: &str, is_cut: bool) -> Mail {
        let mut mail = read::mail(raw.as_bytes()).unwrap();
        let domain = self.address().rsplit_once('@').unwrap().1.to_owned();
        mail.witness.dkim = match self.arrival.rsplit_once("K ").map(|(_, said)| said) {
            Some("pass") => Dkim::Passed(domain),
            Some("other") => Dkim::Passed("list.example".into()),
            Some(_) => Dkim::Failed("broken".into()),
            None => Dkim::NotAsked,
        };
        let week = SignedDuration::from_hours(24 * 7);
        let signed = |login: &str, made, part| {
            OpenPgp::Good(Signed { login: login.into(), made, mark: [0; 32], part })
        };
        let whole = Some(Box::new(mail.clone()));
        mail.witness.openpgp = match self.signature {
            "own_key" if is_cut => signed("ann", NOW, None),
            "own_key" => signed("ann", NOW, whole),
            "anothers_key" => signed("ben", NOW, None),
            "of_last_week" => signed("ann", NOW - week, None),
            "good_but_of_a_part" => signed("ann", NOW, whole),
            "bad" => OpenPgp::Bad("altered".into()),
            _ => OpenPgp::NotAsked,
        };
        mail
    }
}

fn received(from: &str, by: &str, with: &str, login: &str) -> String {
    let login = if login.is_empty() { String::new() } else { format!(" (Authenticated sender: {login})") };
    let (name, ip) = from.split_once(' ').unwrap();
    format!("Received: from {name} ({name} {ip}){login} by {by} (Postfix) with {with} id 1; {DATE}\n")
}

/// The robot of a site that trusts so; ann is a member of staff who has a second address.
pub fn site(mut robot: Robot, trust: usize) -> Robot {
    robot.members[0].aliases.push(address("ann@home.example"));
    robot.trust = trusts().into_iter().nth(trust).unwrap();
    robot
}

/// What the program makes of a mail: its level, or `None` for nobody's.
fn judged(case: &Case, mail: &Mail, robot: &Robot) -> Option<Level> {
    let sender = identify::sender::sender(mail, robot, NOW)?;
    if identify::loops::nature(mail).kind != Kind::Mail {
        return Some(Level::Automatic);
    }
    let asked = match case.token {
        "question_answered" => Some(sender.address.clone()),
        "anothers_question_answered" => Some(address("dora@far.example")),
        _ => None,
    };
    let confirmed = asked.and_then(|asked| identify::sender::vouch_confirmed(&sender, &asked));
    let proof = confirmed.map_or(sender.proof, |vouched| vouched.sender().proof);
    // nobody is vouched for without a proof
    assert_eq!(identify::sender::vouch(&sender).is_some(), sender.proof > Proof::None, "{}", case.name);
    Some(proof.into())
}

fn role_of(word: &str) -> Role {
    match word {
        "staff" => Role::Staff,
        "requester" => Role::Requester,
        "party" => Role::Party,
        _ => Role::Stranger,
    }
}

/// What the oracle lets happen.
pub fn allowed(class: &str, role: &str, level: &str) -> &'static str {
    let row = |section, fields| rows(section, fields).into_iter().find(|row| row[0] == class).unwrap();
    let levels = ["automatic", "none", "domain", "submission", "person", "confirmed", "signed"];
    let verdict = row("verdict", 8)[1 + levels.iter().position(|l| *l == level).unwrap()];
    let roles = ["stranger", "party", "requester", "staff"];
    match row("may", 5)[1 + roles.iter().position(|r| *r == role).unwrap()] {
        "yes" => verdict,
        // what a robot may not do is refused before anybody asks whose it is
        _ if verdict == "refuse" => verdict,
        other => other,
    }
}

/// Triples of class, role and level that were looked up already: the oracle's table is small, and read for every one of
/// them anew.
pub type Seen = BTreeSet<(Class, &'static str, Level)>;

/// Where the program and the oracle differ about a mail, the `number`th, and about what its sender may do.
pub fn differences(case: &Case, robot: &Robot, number: usize, seen: &mut Seen) -> Vec<String> {
    let mut wrong = Vec::new();
    let mail = case.mail(&case.raw(robot, "help@desk.example", "It burns.", number), true);
    let found = judged(case, &mail, robot);
    let expected = case.role.map(|_| case.level);
    if found.map(Level::word) != expected {
        wrong.push(format!("{}: {:?}, not {expected:?}", case.name, found.map(Level::word)));
    }
    let (Some(role), Some(level)) = (case.role, found) else { return wrong };
    for class in Class::ALL.into_iter().filter(|class| seen.insert((*class, role, level))) {
        let verdict = judge(class, role_of(role), level).word();
        if verdict != allowed(class.word(), role, level.word()) {
            wrong.push(format!("{class:?} {role} {level:?}: {verdict}"));
        }
    }
    wrong
}
