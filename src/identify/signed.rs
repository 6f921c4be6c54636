//! Whether a mail's OpenPGP signature proves its sender. In come the mail, with what gpg said of its bytes, the robot
//! and the time; out comes the mail cut down to what is signed, or nothing. The signer is the member whose address
//! stands in From, by a key on file; the signature and the mail are no older than commands may be, so that an old
//! one cannot be played again. Which ticket it is about is not signed: whoever runs commands asks for numbers.

use crate::model::mail::Mail;
use crate::model::robot::Robot;
use crate::model::witness::{OpenPgp, Signed, Witness};
use jiff::Timestamp;

/// The mail with nothing in it but what a member has signed; its headers stay, since they say where it came from.
pub fn cut_to_signed(mail: &Mail, robot: &Robot, now: Timestamp) -> Option<Mail> {
    let OpenPgp::Good(signed) = &mail.witness.openpgp else { return None };
    let part = signed.part.as_deref()?;
    refused(mail, signed, robot, now).is_none().then(|| Mail {
        text: part.text.clone(),
        pieces: part.pieces.clone(),
        html_only: part.html_only,
        attachments: part.attachments.clone(),
        witness: Witness {
            openpgp: OpenPgp::Good(Signed { part: None, ..signed.clone() }),
            ..mail.witness.clone()
        },
        ..mail.clone()
    })
}

/// Whether the mail holds what its sender has signed and nothing else; the reason in words either way, `None` when
/// there is no signature to speak of.
pub(super) fn proves(mail: &Mail, robot: &Robot, now: Timestamp) -> Option<Result<String, String>> {
    match &mail.witness.openpgp {
        OpenPgp::NotAsked => None,
        OpenPgp::Bad(why) => Some(Err(format!("its OpenPGP signature proves nothing: {why}"))),
        OpenPgp::Good(signed) => Some(match refused(mail, signed, robot, now) {
            Some(why) => Err(format!("its OpenPGP signature proves nothing: {why}")),
            None if signed.part.is_some() => Err("it is signed, but not all that it says".to_owned()),
            None => Ok(format!("signed by the key of {}", signed.login)),
        }),
    }
}

/// Why a good signature is not this sender's, now.
fn refused(mail: &Mail, signed: &Signed, robot: &Robot, now: Timestamp) -> Option<String> {
    let member = mail.sender().and_then(|from| robot.member(&from));
    if member.is_none_or(|m| m.login != signed.login) {
        return Some(format!("it is {}'s, who is not the sender", signed.login));
    }
    let most = robot.policy.command_hours;
    let hours = |at: Timestamp| (now.as_second() - at.as_second()) / 3_600;
    if hours(signed.made).abs() > most {
        return Some(format!("it was made {} hours ago", hours(signed.made)));
    }
    if mail.message_id.is_none() || mail.date.is_none_or(|date| hours(date).abs() > most) {
        return Some("the mail has no Message-ID, or is not of these days".to_owned());
    }
    None
}
