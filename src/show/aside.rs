//! Mails that are set aside: the list, and one of them with the beginning of its bytes; from whom, why, and what can be
//! done about it.

use super::grid::{self, Column, painted, plain};
use super::look::{Look, Paint, age, json_time, size};
use super::safe;
use crate::store::quarantine::Aside;
use jiff::Timestamp;
use serde_json::{Value, json};

/// How much of a mail is shown.
const HEAD: usize = 8 * 1024;

/// What can be done, below the list and beside each mail.
const REMEDY: &str = "`trackle quarantine retry MAIL` lets it through, `… drop MAIL --reason TEXT` closes it";

/// A mail that is set aside, with its one sender, or none.
pub type Sent = (Aside, String);

/// For people.
pub fn page(mails: &[Sent], now: Timestamp, look: &Look) -> String {
    let heads = ["mail", "state", "age", "size", "from", "why"];
    let mut rows = vec![heads.iter().map(|h| painted(Paint::Dim, h)).collect::<Vec<_>>()];
    rows.extend(mails.iter().map(|(m, from)| {
        vec![
            painted(Paint::Bold, m.intake.to_string()),
            painted(if m.state == "held" { Paint::Plain } else { Paint::Careful }, &m.state),
            plain(age(m.taken, now)),
            plain(size(m.size)),
            plain(from),
            plain(&m.why),
        ]
    }));
    let columns = [Column::Right, Column::Left, Column::Right, Column::Right, Column::Left, Column::Wrap];
    grid::lay(&columns, &rows, look) + &look.paint(Paint::Dim, REMEDY) + "\n"
}

/// For programs, as an array.
pub fn json(mails: &[Sent]) -> Value {
    mails.iter().map(one_json).collect()
}

fn one_json((mail, from): &Sent) -> Value {
    json!({
        "mail": mail.intake,
        "from": from,
        "state": mail.state,
        "taken": json_time(mail.taken),
        "size": mail.size,
        "why": mail.why,
        "tries": mail.tries,
    })
}

/// One mail and how it begins; bytes that are no text show as what they stand for in Latin-1 or as escapes.
pub fn one((mail, from): &Sent, bytes: &[u8], now: Timestamp, look: &Look) -> String {
    let rows = [
        ("mail", mail.intake.to_string()),
        ("state", mail.state.clone()),
        ("from", from.clone()),
        ("why", mail.why.clone()),
        ("mend", REMEDY.replace("MAIL", &mail.intake.to_string())),
        ("taken", format!("{} ({} ago)", look.date(mail.taken), age(mail.taken, now))),
        ("size", size(mail.size)),
        ("tries", mail.tries.to_string()),
    ];
    let rows: Vec<_> = rows.iter().map(|(label, text)| vec![plain(label), plain(text)]).collect();
    let (text, whole) = head(bytes);
    let mut out = grid::lay(&[Column::Left, Column::Wrap], &rows, look);
    out.push('\n');
    out.push_str(&safe::block(&text));
    if !text.ends_with('\n') {
        out.push('\n');
    }
    if !whole {
        let rest = format!(
            "[the rest is left out; `trackle quarantine show {} --raw` writes all of it]\n",
            mail.intake
        );
        out.push_str(&look.paint(Paint::Dim, &rest));
    }
    out
}

/// The beginning of the bytes as text, and whether that is all.
fn head(bytes: &[u8]) -> (String, bool) {
    let start = bytes.get(..HEAD).unwrap_or(bytes);
    let text = match std::str::from_utf8(start) {
        Ok(text) => text.to_owned(),
        // cut within a character
        Err(e) if start.len() < bytes.len() && e.error_len().is_none() => {
            String::from_utf8_lossy(start.get(..e.valid_up_to()).unwrap_or_default()).into_owned()
        }
        Err(_) => start.iter().map(|b| char::from(*b)).collect(),
    };
    (text, start.len() == bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail() -> Sent {
        let aside = Aside {
            intake: 3,
            state: "held".into(),
            taken: Timestamp::from_second(0).unwrap(),
            size: 20,
            why: "nobody\u{9b}vouched".into(),
            tries: 1,
        };
        (aside, "ann@x.example".into())
    }

    #[test]
    fn the_list_is_safe_to_look_at() {
        let page = page(&[mail()], Timestamp::from_second(60).unwrap(), &Look::plain());
        let (list, remedy) = page.trim_end().rsplit_once('\n').unwrap();
        assert_eq!(
            list,
            "mail  state  age      size  from           why\n   3  held    1m  20 bytes  ann@x.example  nobody\\x9bvouched"
        );
        assert!(remedy.contains("quarantine retry"), "{remedy}");
        assert_eq!(
            (&json(&[mail()])[0]["mail"], &json(&[mail()])[0]["from"]),
            (&3.into(), &"ann@x.example".into())
        );
    }

    #[test]
    fn a_mail_is_shown_without_harm_and_not_whole() {
        let show = |bytes: &[u8]| one(&mail(), bytes, Timestamp::from_second(60).unwrap(), &Look::plain());
        assert!(show(b"").contains("`trackle quarantine retry 3` lets it through"));
        assert!(show(b"From: \x1b[2Ja\r\n\r\nh\xe9\x80").ends_with("\n\nFrom: \\x1b[2Ja\n\nhé\\x80\n"));
        let long = "ü".repeat(HEAD);
        assert!(show(long.as_bytes()).contains("üüü\n[the rest is left out"));
        assert!(!show(&[]).contains("left out"));
    }
}
