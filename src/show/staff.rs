//! Who works here, as an administrator looks after them: addresses, what is theirs, how each address was proven, whether letters
//! arrive; and everybody else in the same way.

use super::grid::{self, Cell, Column, painted, plain};
use super::look::{Look, Paint, json_time};
use super::safe;
use crate::model::host::Standing as Host;
use crate::model::ticket::Number;
use crate::store::proven::{How, Proven};
use crate::store::reach::Standing;
use serde_json::{Value, json};

/// Somebody.
#[derive(Debug, Clone)]
pub struct Known {
    /// `None`: not on staff.
    pub member: Option<Mate>,
    /// His mail goes to an address that gets everything in any case.
    pub reads_list: bool,
    /// Every address of his, with what is known of it; nothing where nobody wrote from there.
    pub addresses: Vec<(String, Option<Standing>, Option<Proven>)>,
    /// Open tickets that are his.
    pub tickets: Vec<Number>,
    /// Hosts on which he works, that are believed.
    pub hosts: Vec<Host>,
}

/// What the configuration says of a member, beside the addresses.
#[derive(Debug, Clone)]
pub struct Mate {
    pub login: String,
    pub name: String,
    /// Further words that mean him.
    pub words: Vec<String>,
    /// Fingerprints.
    pub keys: Vec<String>,
}

impl Known {
    fn role(&self) -> &'static str {
        match (&self.member, self.reads_list) {
            (Some(_), false) => "staff",
            (Some(_), true) => "staff, reads all",
            (None, true) => "reads all",
            (None, false) => "requester",
        }
    }

    fn is_suspended(&self) -> bool {
        self.addresses.iter().any(|(_, standing, _)| standing.as_ref().is_some_and(|s| s.suspended.is_some()))
    }

    fn proven(&self) -> Option<&Proven> {
        self.addresses.iter().find_map(|(_, _, proven)| proven.as_ref())
    }
}

/// One line each.
pub fn page(all: &[Known], look: &Look) -> String {
    let columns = [
        Column::Left,
        Column::Left,
        Column::Grow,
        Column::Left,
        Column::Right,
        Column::Left,
        Column::Left,
        Column::Left,
    ];
    let heads = ["login", "name", "addresses", "role", "open", "proven", "letters", "hosts"];
    let mut rows: Vec<Vec<Cell>> = vec![heads.into_iter().map(|head| painted(Paint::Dim, head)).collect()];
    rows.extend(all.iter().map(|known| row(known, look)));
    grid::lay(&columns, &rows, look)
}

fn row(known: &Known, look: &Look) -> Vec<Cell> {
    let addresses: Vec<&str> = known.addresses.iter().map(|(address, ..)| address.as_str()).collect();
    let hosts: Vec<&str> = known.hosts.iter().map(|host| host.host.name.as_str()).collect();
    let proven = known.proven().map_or_else(|| "-".to_owned(), |proven| look.date(proven.at));
    let letters = if known.is_suspended() { painted(Paint::Careful, "suspended") } else { plain("arrive") };
    let member = known.member.as_ref();
    vec![
        painted(Paint::Bold, member.map_or("-", |m| m.login.as_str())),
        plain(member.map_or("-", |m| m.name.as_str())),
        plain(addresses.join(" ")),
        plain(known.role()),
        plain(known.tickets.len().to_string()),
        plain(proven),
        letters,
        plain(if hosts.is_empty() { "-".into() } else { hosts.join(" ") }),
    ]
}

/// All that is known of one.
pub fn one(known: &Known, look: &Look) -> String {
    let mut lines = Vec::new();
    if let Some(member) = &known.member {
        lines.push(format!("{} ({}), {}", member.login, member.name, known.role()));
        if !member.words.is_empty() {
            lines.push(format!("also called {}", member.words.join(", ")));
        }
        lines.extend(member.keys.iter().map(|key| format!("signs with {key}")));
    } else {
        lines.push(known.role().to_owned());
    }
    for (address, standing, proven) in &known.addresses {
        lines.push(format!("{address}: {}", of_address(standing.as_ref(), proven.as_ref(), look)));
    }
    let numbers: Vec<String> = known.tickets.iter().map(Number::to_string).collect();
    if known.member.is_some() {
        let all = if numbers.is_empty() { "none".to_owned() } else { numbers.join(" ") };
        lines.push(format!("open tickets: {all}"));
    }
    lines.extend(
        known.hosts.iter().map(|host| format!("works on {} ({})", host.host.name, host.host.key.print())),
    );
    lines.iter().map(|line| format!("{}\n", safe::line(line))).collect()
}

fn of_address(standing: Option<&Standing>, proven: Option<&Proven>, look: &Look) -> String {
    let Some(standing) = standing else { return "never wrote".into() };
    let name = if standing.name.is_empty() { String::new() } else { format!("called {}, ", standing.name) };
    let proven = proven.map_or_else(|| "not proven".to_owned(), |proven| words(proven, look));
    let letters = match standing.suspended {
        Some(since) => format!("gets no news since {}", look.date(since)),
        None if standing.score > 0.0 => format!("letters came back, score {}", standing.score),
        None => "letters arrive".into(),
    };
    format!("{name}known since {}; {proven}; {letters}", look.date(standing.since))
}

fn words(proven: &Proven, look: &Look) -> String {
    let ticket = proven.ticket.map(|number| format!(" about {number}")).unwrap_or_default();
    let mail = proven.mail.map(|mail| format!(" (mail {mail})")).unwrap_or_default();
    let how = match &proven.how {
        How::Ticket => format!("by the answer to the question{ticket}{mail}"),
        How::Mail => format!("by the answer to a question about a mail{mail}"),
        How::Invited => format!("by the answer to an invitation{ticket}{mail}"),
        How::Vouched(by) => format!("by the word of {by}"),
        How::Elsewhere => "nothing here says how".into(),
    };
    let event = proven.event.map(|event| format!(", event {event}")).unwrap_or_default();
    format!("proven {} {how}{event}", look.date(proven.at))
}

/// All there is to tell, as an array.
pub fn json(all: &[Known]) -> Value {
    all.iter().map(one_json).collect()
}

/// The same of one.
pub fn one_json(known: &Known) -> Value {
    let how = |how: &How| match how {
        How::Ticket => "ticket",
        How::Mail => "mail",
        How::Invited => "invitation",
        How::Vouched(_) => "vouched",
        How::Elsewhere => "unknown",
    };
    let proof = |proven: &Proven| {
        let by = if let How::Vouched(by) = &proven.how { Some(by) } else { None };
        json!({
            "at": json_time(proven.at), "how": how(&proven.how), "by": by, "ticket": proven.ticket.map(|n| n.0),
            "mail": proven.mail, "event": proven.event,
        })
    };
    let address = |(address, standing, proven): &(String, Option<Standing>, Option<Proven>)| {
        json!({
            "address": address,
            "name": standing.as_ref().map(|s| &s.name),
            "since": standing.as_ref().map(|s| json_time(s.since)),
            "proven": proven.as_ref().map(proof),
            "suspended": standing.as_ref().and_then(|s| s.suspended).map(json_time),
            "score": standing.as_ref().map(|s| s.score),
        })
    };
    let host = |host: &Host| json!({ "name": host.host.name, "key": host.host.key.to_string() });
    let member = known.member.as_ref();
    json!({
        "login": member.map(|m| &m.login),
        "name": member.map(|m| &m.name),
        "role": known.role(),
        "words": member.map(|m| &m.words),
        "keys": member.map(|m| &m.keys),
        "addresses": known.addresses.iter().map(address).collect::<Vec<_>>(),
        "open": known.tickets.iter().map(|n| n.0).collect::<Vec<_>>(),
        "hosts": known.hosts.iter().map(host).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn all_that_is_known_of_somebody_is_told() {
        let at = Timestamp::from_second(1_795_219_200).unwrap();
        let standing = Standing {
            address: "bob@example.org".into(),
            name: "Bob\u{1b}[31m".into(),
            since: at,
            confirmed: Some(at),
            score: 0.0,
            scored: None,
            suspended: Some(at),
            warnings: 0,
            follows: 1,
        };
        let how = |how| Proven { at, how, ticket: Some(Number(12)), mail: Some(34), event: Some(56) };
        let member = Mate {
            login: "bob".into(),
            name: "Bob".into(),
            words: vec!["rob".into()],
            keys: vec!["AB".into()],
        };
        let known = Known {
            member: Some(member),
            reads_list: false,
            addresses: vec![
                ("bob@example.org".into(), Some(standing), Some(how(How::Ticket))),
                ("b@home.example".into(), None, None),
            ],
            tickets: vec![Number(1), Number(9)],
            hosts: Vec::new(),
        };
        let wanted = "\
bob (Bob), staff
also called rob
signs with AB
bob@example.org: called Bob\\x1b[31m, known since 2026-11-21 00:00; proven 2026-11-21 00:00 by the answer to the question about #12 (mail 34), event 56; gets no news since 2026-11-21 00:00
b@home.example: never wrote
open tickets: #1 #9
";
        assert_eq!(one(&known, &Look::plain()), wanted);
        let line = page(std::slice::from_ref(&known), &Look::plain());
        assert!(
            line.contains(
                "bob    Bob   bob@example.org b@home.example  staff     2  2026-11-21 00:00  suspended  -"
            ),
            "{line}"
        );
        let told = json(&[known]);
        assert_eq!(
            (&told[0]["addresses"][0]["proven"]["how"], &told[0]["open"][1]),
            (&"ticket".into(), &9.into())
        );
        let vouched = words(&how(How::Vouched("ann@x".into())), &Look::plain());
        assert!(vouched.ends_with("by the word of ann@x, event 56"), "{vouched}");
    }
}
