//! The last mail of a ticket's mbox: how the ticket stands. For people its text; for `trackle admin import` the ticket as it is
//! carried, in a part of its own, without the raw mails, which stand in the same mailbox. Makes the bytes of a mail that is
//! never sent, and that a robot which gets it all the same takes for its own (RFC 5322, RFC 2046; ASCII throughout).

use crate::fault::{Fault, Outcome};
use crate::model::address::Address;
use crate::model::carried::{CARD_FIELD as FIELD, CARD_MEDIA as MEDIA, Carried};
use data_encoding::BASE64;
use jiff::Timestamp;

/// Between its parts; base64 has no such line.
const BOUNDARY: &str = "=_trackle_card";
/// Letters of base64 in a line (RFC 2045 6.8).
const WIDTH: usize = 76;

/// Who writes it, and when.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// The help address.
    pub robot: &'a Address,
    /// The name of the installation that letters carry.
    pub instance: &'a str,
    pub now: Timestamp,
}

/// The mail; the raw mails are not in it, if `ticket` is without them. `page` is what people read of the ticket.
///
/// # Errors
/// Never, unless a ticket cannot be written as JSON.
pub fn card(ticket: &Carried, page: &str, by: By<'_>) -> Outcome<Vec<u8>> {
    let json = serde_json::to_vec(ticket)
        .map_err(|e| Fault::lasting(format!("ticket #{} as JSON: {e}", ticket.number)))?;
    let date = by.now.strftime("%a, %d %b %Y %H:%M:%S +0000");
    let (number, robot) = (ticket.number, by.robot);
    let mut mail = format!(
        "From: {robot}\nTo: {robot}\nSubject: [#{number}] as it stood on {day}\nDate: {date}\n\
         Message-ID: <export.{number}.{second}@{domain}>\n",
        day = by.now.strftime("%Y-%m-%d"),
        second = by.now.as_second(),
        domain = robot.domain(),
    );
    if let Some(first) = ticket.mails.iter().find_map(|mail| mail.message_id.as_deref()) {
        mail.push_str(&format!("In-Reply-To: <{first}>\nReferences: <{first}>\n"));
    }
    mail.push_str(&format!(
        "Auto-Submitted: auto-generated\nX-Trackle-Instance: {}\nX-Trackle-Ticket: {number}\n{FIELD}: {}\n",
        by.instance, ticket.trackle
    ));
    if ticket.is_private() {
        mail.push_str("X-Trackle-Private: yes\n");
    }
    mail.push_str(&format!("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"{BOUNDARY}\"\n\n"));
    part(&mut mail, "text/plain; charset=utf-8", page.as_bytes());
    part(&mut mail, MEDIA, &json);
    mail.push_str(&format!("--{BOUNDARY}--\n"));
    Ok(mail.into_bytes())
}

fn part(mail: &mut String, media: &str, bytes: &[u8]) {
    let kind = if media == MEDIA { "attachment; filename=ticket.json" } else { "inline" };
    mail.push_str(&format!(
        "--{BOUNDARY}\nContent-Type: {media}\nContent-Disposition: {kind}\nContent-Transfer-Encoding: base64\n\n"
    ));
    let text = BASE64.encode(bytes);
    // base64 is ASCII: every byte is a character
    for line in text.as_bytes().chunks(WIDTH) {
        mail.push_str(&String::from_utf8_lossy(line));
        mail.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::carried::Mail;

    #[test]
    fn it_answers_the_first_mail_and_tells_that_the_ticket_is_private() {
        let robot = Address::parse("help@x.example").unwrap();
        let by = By { robot: &robot, instance: "abc", now: Timestamp::UNIX_EPOCH };
        let mut ticket = Carried { number: 12, trackle: 1, title: "Drücker".into(), ..Carried::default() };
        let plain = String::from_utf8(card(&ticket, "page", by).unwrap()).unwrap();
        assert!(!plain.contains("References") && !plain.contains("Private") && plain.is_ascii());
        ticket.mails = vec![Mail { message_id: Some("1@x".into()), ..Mail::default() }];
        ticket.fields.insert("private".into(), "yes".into());
        let private = String::from_utf8(card(&ticket, "page", by).unwrap()).unwrap();
        for words in
            ["References: <1@x>\n", "X-Trackle-Private: yes\n", "X-Trackle-Export: 1\n", "cGFnZQ==\n"]
        {
            assert!(private.contains(words), "{words} in {private}");
        }
        assert!(private.lines().all(|line| line.len() <= 998));
    }
}
