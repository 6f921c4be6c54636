//! How much of a mail is read, and sizes and times that are mere arithmetic.

use super::super::{START, from};
use jiff::SignedDuration;
use std::fmt::Write;
use trackle::command::line;
use trackle::fetch::pipe::{Envelope, deliver};
use trackle::limits;
use trackle::model::bundle::{self, Refused};
use trackle::model::mail::Mail;
use trackle::model::reach::Reach;
use trackle::send::courier::{Delivery, Trouble};
use trackle::send::retry::{self, Next};

fn read(text: &str) -> Mail {
    trackle::read::mail(text.as_bytes()).unwrap()
}

/// Nothing was left out or cut.
fn is_whole(text: &str) -> bool {
    read(text).damage.is_empty()
}

pub fn mail_bytes(n: usize) -> bool {
    let spool = tempfile::tempdir().unwrap();
    deliver(spool.path(), &vec![b'x'; n][..], &Envelope::default(), START).is_ok()
}

pub fn header_block(n: usize) -> bool {
    let field = |name: &str, long: usize| format!("{name}: {}\n", "x".repeat(long - name.len() - 3));
    let full = limits::HEADER_FIELD;
    is_whole(&format!("{}{}{}\nbody", field("A", full), field("B", full), field("C", n - 2 * full)))
}

pub fn header_field(n: usize) -> bool {
    is_whole(&format!("A: {}\n\nbody", "x".repeat(n - 4)))
}

pub fn header_decoded(n: usize) -> bool {
    let word = "=?utf-8?q?=C3=BC?=";
    let subject = read(&format!("Subject: {}{word}\n\nbody", "x".repeat(n - word.len()))).subject;
    subject.ends_with('ü')
}

pub fn header_count(n: usize) -> bool {
    read(&format!("{}\nbody", "A: 1\n".repeat(n))).headers.len() == n
}

/// The mail itself is the first level.
pub fn mime_depth(n: usize) -> bool {
    let mut text = String::new();
    for level in 1..n {
        write!(text, "Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n").unwrap();
    }
    text.push_str("\nbody\n");
    (1..n).rev().for_each(|level| writeln!(text, "--b{level}--").unwrap());
    is_whole(&text)
}

/// The mail itself is the first part.
pub fn mime_parts(n: usize) -> bool {
    let parts = "--z\n\nx\n".repeat(n - 1);
    is_whole(&format!("Content-Type: multipart/mixed; boundary=z\n\n{parts}--z--\n"))
}

pub fn attachments(n: usize) -> bool {
    let parts = "--z\nContent-Disposition: attachment\n\nx\n".repeat(n);
    is_whole(&format!("Content-Type: multipart/mixed; boundary=z\n\n{parts}--z--\n"))
}

pub fn addresses(n: usize) -> bool {
    read(&format!("To: {}\n\nbody", "a@x,".repeat(n))).to.len() == n
}

pub fn references(n: usize) -> bool {
    let ids: String = (0..n).map(|id| format!(" <{id}@x.example>\n")).collect();
    read(&format!("References:{ids}\nbody")).references.len() == n
}

pub fn received(n: usize) -> bool {
    let hops = "Received: from a.example by b.example; Fri, 15 Jan 2027 08:00:00 +0000\n".repeat(n);
    let mut desk = super::super::Desk::new();
    desk.send(&format!("{hops}{}", from("alice@far.example", "Printer", "It eats paper."))).nature.may_answer
}

pub fn text_bytes(n: usize) -> bool {
    is_whole(&format!("A: b\n\n{}", "x".repeat(n)))
}

pub fn html_bytes(n: usize) -> bool {
    let front = "<p>";
    is_whole(&format!("Content-Type: text/html\n\n{front}{}", "x".repeat(n - front.len())))
}

/// What is no command after enough of them is text.
pub fn unknown_commands(n: usize) -> bool {
    line::read(&"!clsoe 12\n".repeat(n), true).not_run.len() == n
}

pub fn bundle_packed(n: usize) -> bool {
    bundle::fits(1, n as u64)
}

pub fn bundle_raw(n: usize) -> bool {
    bundle::fits(n as u64, limits::BUNDLE_PACKED as u64)
}

/// Of a bundle, and of a host's card, which stands in a mail by itself.
pub fn bundle_cover(n: usize) -> bool {
    let is_too_big = |refused| matches!(refused, Some(Refused::TooBig(_)));
    let length = u16::try_from(n).unwrap().to_le_bytes();
    let sealed = [&bundle::MAGIC[..], &bundle::VERSION.to_le_bytes(), &length, &vec![b'x'; n]].concat();
    let (cover, card) = (trackle::read::bundle::cover(&sealed), trackle::read::host::card(&vec![b'x'; n]));
    let seen = [is_too_big(cover.err()), is_too_big(card.err())];
    assert_eq!(seen[0], seen[1], "{n}");
    !seen[0]
}

/// Of a thousand bytes, beside one record.
pub fn bundle_ratio(n: usize) -> bool {
    bundle::fits(1_000 * n as u64 + limits::BUNDLE_RECORD as u64, 1_000)
}

/// Just before the end of so many days.
pub fn retry_days(n: usize) -> bool {
    let later = Delivery::Later(Trouble::default());
    let now = START + SignedDuration::from_hours(24 * n as i64) - SignedDuration::from_secs(1);
    matches!(retry::next(&later, 9, START, now, 0.0), Next::At(_))
}

/// The last point suspends.
pub fn bounce_score(n: usize) -> bool {
    let points = n.saturating_sub(1) as i64;
    !(0..points).fold(Reach::default(), |reach, day| reach.after(2, 100 + day)).suspended
}

pub fn bounce_stale_days(n: usize) -> bool {
    Reach::default().after(2, 100).after(2, 100 + n as i64).half_points == 4
}
