//! Writing: what somebody will be told becomes bytes that never change again. A [`Letter`], the robot and the wording
//! come in; a [`Frozen`] letter goes out, the same for the same input to the byte. Reads no file and no clock, knows
//! no random number, sends nothing. Words stand in `templates/mail`, headers in `envelope.rs`.

mod attached;
mod body;
mod clean;
mod envelope;
mod letters;
mod recheck;
mod thread;
mod wording;
mod wrap;

pub use wording::{Wording, Wrong};

use crate::fault::Outcome;
use crate::model::letter::{Chain, Frozen, Letter};
use crate::model::robot::Robot;
use envelope::Envelope;
use jiff::Timestamp;

/// When a letter is written: by the clock, and by how far the history has come.
#[derive(Debug, Clone)]
pub struct Moment {
    pub now: Timestamp,
    pub chain: Chain,
}

/// Writes a letter. Fails only by a mistake of ours: the letter that came out is read again, and one that is not what
/// it should be goes nowhere.
pub fn freeze(letter: &Letter, robot: &Robot, wording: &Wording, at: &Moment) -> Outcome<Frozen> {
    let kind = envelope::kind(&letter.about);
    let frozen = written(letter, robot, wording, at);
    frozen.map_err(|f| f.while_(&format!("writing {kind} of event {}", letter.event)))
}

fn written(letter: &Letter, robot: &Robot, wording: &Wording, at: &Moment) -> Outcome<Frozen> {
    let envelope = Envelope::new(letter, robot, at)?;
    let (text, files) = letters::words(letter, robot, wording)?;
    let (subject, body) = text.split_once('\n').unwrap_or((&text, ""));
    let head = envelope.head(subject)?;
    let body = wrap::prose(body.trim_matches('\n'));
    let bytes = body::assembled(head, &body, &files, &envelope.message_id, letter.to.address())?;
    Ok(Frozen {
        kind: envelope::kind(&letter.about),
        to: letter.to.address().clone(),
        envelope_from: envelope.sender(),
        message_id: envelope.message_id,
        event: letter.event,
        bytes,
        not_before: letter.not_before,
    })
}

#[cfg(test)]
mod tests;
