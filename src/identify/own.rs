//! Whether a mail is one of ours come back, by whatever road: a list, a forwarder, another robot. In come the mail and
//! the robot, out comes the reason in words. Such a mail is written down and never acted on.
//! Not a proof of anything: all but the mark in the Message-ID can be typed by anybody, who then only is not heard.

use crate::model::address::Address;
use crate::model::mail::{Mail, MessageId};
use crate::model::robot::Robot;

/// The sign by which it is ours; `None` for other people's mail.
pub fn is_own(mail: &Mail, robot: &Robot) -> Option<String> {
    let own = |address: Option<Address>| address.filter(|a| robot.is_own(a));
    if let Some(from) = mail.from.iter().find_map(|from| own(from.address())) {
        return Some(format!("From is our address {from}"));
    }
    // every copy of the field, since read keeps none of two
    let mut ids =
        mail.headers_named("Message-ID").filter_map(MessageId::parse).chain(mail.message_id.clone());
    if ids.any(|id| robot.seal.open_message_id(&id).is_some()) {
        return Some("Message-ID is one of ours".into());
    }
    if let Some(loops) = mail.headers_named("X-Loop").find_map(|value| own(Address::parse(value))) {
        return Some(format!("X-Loop names our address {loops}"));
    }
    // few mails name one, and ours is made anew
    mail.header("X-Trackle-Instance")?;
    let instance = robot.seal.instance();
    let named = mail.headers_named("X-Trackle-Instance").any(|value| value.trim() == instance);
    (named && !instance.is_empty()).then(|| "X-Trackle-Instance is ours".into())
}

#[cfg(test)]
mod tests;
