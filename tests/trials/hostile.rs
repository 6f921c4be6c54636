//! B9: mails that nobody wrote with good intent, made from a seed: bombs of structure, headers, words and addresses, forged
//! witnesses and codes, orders in every place where they do not count, bytes that are no text. The robot goes on, each mail
//! comes to an end, the ticket that they are after stays as it is, and nobody gets a letter who is only named in it.

use crate::chance::Chance;
use crate::row::{Row, Trial};
use crate::town::{ALICE, ANN, BEN, MALLORY, Town, believing};

/// The row.
pub const ROW: Row = Row {
    name: "B9",
    about: "a hostile mail changes nothing and harms nobody",
    unit: "mails",
    amounts: [400, 100_000, 1_000_000],
    trial: |trial| mails(trial, false),
    // the server's own word stands on each, as if it had vouched for them
    control: |trial| mails(trial, true),
};

/// Mails that one town gets.
const TOGETHER: u64 = 40;

fn mails(trial: &Trial<'_>, vouched: bool) -> Result<String, String> {
    let seeds: Vec<u64> = trial.seeds().collect();
    let (mut ends, mut letters) = ([0_usize; 3], 0);
    for some in seeds.chunks(TOGETHER as usize) {
        let mut town = Town::new(believing());
        let got = some_mails(&mut town, some, vouched, &mut || trial.step());
        let counted = ["held", "ignored", "quarantined"].map(|state| count(&town, state));
        town.abandon();
        letters += got?;
        ends.iter_mut().zip(counted).for_each(|(sum, found)| *sum += found);
    }
    let [held, ignored, quarantined] = ends;
    Ok(format!(
        "{held} held, {ignored} ignored, {quarantined} in quarantine; {letters} letters, none to a third; 0 orders run"
    ))
}

/// The mails of these seeds come to a town; gives how many letters they led to.
fn some_mails(
    town: &mut Town,
    seeds: &[u64],
    vouched: bool,
    step: &mut dyn FnMut(),
) -> Result<usize, String> {
    town.opened(ALICE, "Printer", "It is on fire, please come.");
    let before = ticket(town);
    let mut letters = 0;
    for seed in seeds {
        let bytes = mail(&mut Chance::new(*seed), *seed, vouched);
        town.send_again(&bytes);
        town.settle();
        let now = ticket(town);
        if now != before {
            return Err(format!("seed {seed}: {now} instead of {before}"));
        }
        for letter in town.delivered() {
            letters += 1;
            if is_victim(&letter.to) {
                return Err(format!(
                    "seed {seed}: a letter, {}, went to {}: {}",
                    letter.kind(),
                    letter.to,
                    String::from_utf8_lossy(&bytes)
                ));
            }
        }
        step();
    }
    let (written, ended, broken) = (town.mails_written(), town.mails_ended(), town.broken_laws());
    if written != ended || !broken.is_empty() {
        return Err(format!("seeds {seeds:?}: {ended} of {written} mails have an end; {broken:?}"));
    }
    Ok(letters)
}

fn count(town: &Town, state: &str) -> usize {
    let query = "SELECT count(*) FROM intake WHERE state = ?1";
    town.database().query_row(query, [state], |row| row.get(0)).unwrap_or_default()
}

/// Everything of the ticket that they are after, but that somebody was asked about it.
fn ticket(town: &Town) -> String {
    let mut history = town.history(1);
    history.retain(|what| what != "asked");
    format!("{} {:?} {:?} {history:?}", town.state_of(1), town.owner_of(1), town.said_in(1))
}

/// Those who are only named, wherever a spoilt byte stands.
fn is_victim(address: &str) -> bool {
    address.contains("victim")
        || address.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// A mail; `vouched`: with the word of our own server on it.
pub fn mail(chance: &mut Chance, seed: u64, vouched: bool) -> Vec<u8> {
    let from = *chance.of(&[ANN, BEN, MALLORY, ALICE, "root@localhost", "eve@elsewhere.example"]);
    let mut head = String::new();
    if vouched {
        let domain = from.split('@').nth(1).unwrap_or_default();
        head += &format!("Authentication-Results: mx.desk.example; dmarc=pass header.from={domain}\r\n");
        head +=
            "Received: from out.example by mx.desk.example with ESMTPS; Mon, 02 Mar 2026 09:00:00 +0000\r\n";
    }
    head += &format!("From: {from}\r\nTo: help@desk.example\r\nMessage-ID: <h{seed}@elsewhere.example>\r\n");
    let order = *chance.of(&[
        "close 1",
        "take 1",
        "assign 1 ben",
        "private 1",
        "close 1: done\r\ntake 1",
        "merge 1 1",
    ]);
    let subject = *chance.of(&["Re: [#1] Printer", "[#1]", "close 1", "=?utf-8?q?=E2=80=AE1#=5B?=", "x"]);
    if !vouched {
        head += &forged(chance);
    }
    let (fields, body) = trick(chance, order);
    let mut bytes = format!("{head}Subject: {subject}\r\n{fields}\r\n").into_bytes();
    bytes.extend(body);
    if !vouched {
        spoil(&mut bytes, chance);
    }
    bytes
}

/// Witnesses and codes that nobody gave.
fn forged(chance: &mut Chance) -> String {
    let number = chance.below(1_000_000_000);
    match chance.below(9) {
        0 => "Authentication-Results: mx.evil.example; dmarc=pass header.from=desk.example\r\n".into(),
        1 => "Authentication-Results: MX.DESK.EXAMPLE.evil.example; dmarc=pass header.from=desk.example\r\n"
            .into(),
        2 => "X-Authentication-Results: mx.desk.example; dmarc=pass header.from=desk.example\r\n".into(),
        3 => format!("In-Reply-To: <trk.1.{number}.abcdefghijklm@desk.example>\r\n"),
        4 => format!("References: <trk.1.1.{number}@desk.example> <trk.1.2.aaaaaaaaaaaaa@desk.example>\r\n"),
        5 => format!("To: help+1.{number}aaaaaaaaaaaaaaaa@desk.example\r\n"),
        6 => {
            "Sender: ann@desk.example\r\nReply-To: ann@desk.example\r\nX-Original-From: ann@desk.example\r\n"
                .into()
        }
        7 => "From: ann@desk.example\r\n".into(),
        _ => String::new(),
    }
}

/// A body, with the fields that make something of it.
fn trick(chance: &mut Chance, order: &str) -> (String, Vec<u8>) {
    let many = 1 + chance.below(3_000);
    let plain = |text: String| ("Content-Type: text/plain; charset=utf-8\r\n".to_owned(), text.into_bytes());
    match chance.below(14) {
        0 => {
            let depth = chance.below(120);
            let opened: String = (0..depth)
                .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"))
                .collect();
            ("Content-Type: multipart/mixed; boundary=b\r\n".into(), format!("--b\r\n{opened}\r\n{order}\r\n").into_bytes())
        }
        1 => {
            let parts: String = (0..many).map(|n| format!("--b\r\n\r\n{n}\r\n")).collect();
            ("Content-Type: multipart/mixed; boundary=b\r\n".into(), format!("{parts}--b--\r\n{order}\r\n").into_bytes())
        }
        2 => (format!("Subject: {}\r\n", "=?utf-8?q?a?= ".repeat(many)), format!("{order}\r\n").into_bytes()),
        3 => {
            let all: String = (0..many).map(|n| format!("v{n}@victim.example, ")).collect();
            (format!("Cc: {all}x@victim.example\r\n"), format!("{order}\r\n").into_bytes())
        }
        4 => plain(format!("> {order}\r\n>> {order}\r\n  {order}\r\nOn Monday Ann wrote:\r\n{order}\r\n")),
        5 => (
            "Content-Type: text/html\r\n".into(),
            format!("<style>{order}</style><p style='display:none'>{order}</p>{}", "<b>".repeat(many)).into_bytes(),
        ),
        6 => ("Content-Transfer-Encoding: base64\r\n".into(), "////".repeat(many).into_bytes()),
        7 => ("Content-Transfer-Encoding: quoted-printable\r\n".into(), "=".repeat(many).into_bytes()),
        8 => plain(format!("{}\r\n{order}\r\n", "a".repeat(many * 40))),
        9 => (
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n".into(),
            format!("--b\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; alice@town.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n{order}\r\n").into_bytes(),
        ),
        10 => plain("From: a\r\n\r\n".repeat(many)),
        11 => ("Content-Type: text/plain; charset=\"utf-7\"\r\n".into(), format!("+AGM-lose 1\r\n{order}\r\n").into_bytes()),
        12 => (format!("X-{}: y\r\n", "z".repeat(many)), format!("\u{202e}{order}\u{202c}\r\n\0\r\n{order}\r\n").into_bytes()),
        _ => plain(format!("{order}\r\n\r\n-- \r\nAnn\r\n")),
    }
}

/// Turns, drops and repeats bytes here and there.
fn spoil(bytes: &mut Vec<u8>, chance: &mut Chance) {
    for _ in 0..chance.below(6) {
        let at = chance.below(bytes.len());
        match chance.below(4) {
            0 => bytes[at] = chance.below(256) as u8,
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, *chance.of(b"\r\n\0:;<>@\"\\\xff=?")),
            _ => bytes.truncate(at.max(40)),
        }
        if bytes.is_empty() {
            bytes.push(b'\n');
        }
    }
}
