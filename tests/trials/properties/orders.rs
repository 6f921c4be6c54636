//! What gives power: a mail server's word on a sender, lines that are commands, marks in addresses. Whatever is accepted
//! has to be what we would have written or been told ourselves.

use super::{NOW, ROBOT, address, is_plain, text};
use trackle::command::line::{self, Order};
use trackle::identify::authentication;
use trackle::limits;
use trackle::model::address::Mailbox;
use trackle::model::mail::{Header, Mail, MessageId};
use trackle::model::proof::Proof;
use trackle::model::robot::Trust;
use trackle::model::ticket::Number;
use trackle::read;
use trackle::route::clues;

const MX: &str = "mx.desk.example";

/// Fields, one a line: Received behind `R `, else Authentication-Results; on top of them is what our server wrote.
pub fn results(bytes: &[u8]) {
    let (text, ann) = (text(bytes), address("ann@desk.example"));
    let said = |line: &str| match line.strip_prefix("R ") {
        Some(hop) => field("Received", hop),
        None => field("Authentication-Results", line),
    };
    let hop =
        format!("from out.example ([203.0.113.9]) by {MX} with ESMTPS; Fri, 15 Jan 2027 08:00:00 +0000");
    let mut headers = vec![field("Received", &hop)];
    headers.extend(text.lines().map(said));
    let mut mail = Mail { headers, ..Mail::default() };
    let trust = Trust { authserv_ids: vec![MX.into()], mx_hosts: vec![MX.into()], ..Trust::default() };
    let (proof, why) = authentication::proof(&mail, &ann, &trust);
    is_plain(&why, &[]);
    // the top hop was handed in by nobody who had logged in
    assert!(matches!(proof, Proof::None | Proof::Domain), "{proof:?}: {why}");
    if proof == Proof::Domain {
        let ours = |line: &str| {
            let line = line.to_ascii_lowercase();
            let says = ["pass", MX, "desk.example"].iter().all(|word| line.contains(word));
            says && (line.contains("dmarc") || line.contains("dkim"))
        };
        assert!(text.lines().any(ours), "{why}");
        // one voice of ours against it is enough
        let against = format!("{MX}; dmarc=fail header.from=desk.example");
        mail.headers.insert(1, field("Authentication-Results", &against));
        assert_eq!(authentication::proof(&mail, &ann, &trust).0, Proof::None, "{why}");
    }
    assert_eq!(authentication::proof(&mail, &ann, &Trust::default()).0, Proof::None);
    authentication::seen(&mail, |value| value.len() % 2 == 0);
}

/// As `read::headers` hands them on.
fn field(name: &str, value: &str) -> Header {
    let value = value.replace(|c: char| c.is_control() && c != '\t', "\u{fffd}");
    Header { name: name.into(), value }
}

/// A text with commands in it. Each that is found is found in its line alone, and says the same.
pub fn commands(bytes: &[u8]) {
    let text = read::content::clean(&text(bytes));
    for staff in [false, true] {
        let reading = line::read(&text, staff);
        assert!(reading.orders.len() <= limits::COMMANDS, "{} orders", reading.orders.len());
        assert!(reading.rest.lines().all(|left| text.lines().any(|line| line == left)));
        for order in &reading.orders {
            let alone = line::read(&order.text, staff);
            let [again] = alone.orders.as_slice() else { panic!("{order:?} alone: {alone:?}") };
            assert_eq!(said(again), said(order));
            assert!(order.named().count() <= 2 * limits::COMMANDS, "{order:?}");
        }
    }
    Order::bare(&text, Some(Number(1)));
}

fn said(order: &Order) -> String {
    let Order { verb, tickets, others, people, words, remark, .. } = order;
    format!("{} {tickets:?} {others:?} {people:?} {words:?} {remark:?}", verb.word)
}

/// What stands behind the plus of an address, in a Message-ID or in a subject. Only what we gave out is ours.
pub fn tokens(bytes: &[u8]) {
    let (text, ann, seal) = (text(bytes), address("ann@desk.example"), &ROBOT.seal);
    if let Some(number) = Number::parse(&text) {
        assert_eq!(Number::parse(&number.to_string()), Some(number));
    }
    if let Some(id) = MessageId::parse(&text) {
        assert_eq!(MessageId::parse(id.as_str()).as_ref(), Some(&id));
        if let Some((ticket, event)) = seal.open_message_id(&id) {
            assert!(
                seal.message_id(ticket, event, "x")
                    .split('@')
                    .eq([id.as_str().split('@').next().unwrap_or(""), "x"])
            );
        }
    }
    if let Some(ticket) = seal.open_reply(&text, &ann, NOW) {
        let day: i64 = text.split('.').nth(1).and_then(|day| day.parse().ok()).expect("a day");
        let until = jiff::Timestamp::from_second(day * 86_400).expect("a time");
        assert_eq!(seal.reply_detail(ticket, &ann, until), text.to_ascii_lowercase());
    }
    if let Some((ticket, person)) = seal.open_leave(&text) {
        assert_eq!(seal.leave_code(ticket, person), text);
    }
    let to = vec![Mailbox { addr: format!("help+{text}@desk.example"), name: String::new() }];
    let mail =
        Mail { to, subject: read::words::line(&text), text: read::content::clean(&text), ..Mail::default() };
    let found = clues::clues(&mail, Some(&ann), &line::read(&mail.text, true), &ROBOT, NOW);
    let seen = format!("{text}\n{}\n{}", mail.subject, mail.text).to_ascii_lowercase();
    if let Some((number, mark)) = found.code {
        assert!(number >= 0 && mark.len() == 20 && seen.contains(&mark), "{number} {mark}");
    }
    let mut words = seen.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    assert!(found.leave.is_none() || words.any(|word| seal.open_leave(word).is_some()), "{:?}", found.leave);
    assert!(found.reply.is_none() || seal.open_reply(&text.to_ascii_lowercase(), &ann, NOW).is_some());
}
